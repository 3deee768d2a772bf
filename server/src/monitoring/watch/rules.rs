//! Which rules count for a person: those of 担当保健所, else of an office above it, else of the ministry, else the
//! standard ones.

use std::collections::HashMap;

use hersys_shared::triage::RuleSet;
use time::Date;
use uuid::Uuid;

use crate::db::{Db, sql};
use crate::error::{Error, Result};

/// A version of rules that counts.
#[derive(Debug, Clone)]
pub struct InForce {
    /// None for the standard rules, which are version 0.
    pub rules_id: Option<Uuid>,
    pub version: i64,
    pub set: RuleSet,
}

#[derive(sqlx::FromRow)]
struct Written {
    rules_id: Uuid,
    organization_id: Option<Uuid>,
    version: i64,
    body: serde_json::Value,
}

/// The rules of all on a day.
pub struct AllRules {
    standard: InForce,
    /// By organisation; of the ministry under `None`.
    written: HashMap<Option<Uuid>, InForce>,
    governors: HashMap<Uuid, Uuid>,
}

impl AllRules {
    /// The rules that count for the people of a centre.
    pub fn of(&self, center_id: Uuid) -> &InForce {
        let mut asked = Some(center_id);
        // As many steps as there are levels of offices; a circle ends too.
        for _ in 0..8 {
            let Some(organization_id) = asked else { break };
            if let Some(found) = self.written.get(&Some(organization_id)) {
                return found;
            }
            asked = self.governors.get(&organization_id).copied();
        }
        self.written.get(&None).unwrap_or(&self.standard)
    }
}

/// All rules in force on `day`.
pub async fn all(db: &Db, day: Date) -> Result<AllRules> {
    let rows: Vec<Written> = sql("select rules_id, organization_id, version, body from watch_rules
         where from_on <= $1 order by from_on, version")
    .bind(day)
    .all(db)
    .await?;
    let mut written = HashMap::new();
    // The last of an organisation stays.
    for row in rows {
        let set: RuleSet = serde_json::from_value(row.body)
            .map_err(|_| Error::Internal(format!("watch rules {}: unreadable", row.rules_id)))?;
        written.insert(row.organization_id, InForce { rules_id: Some(row.rules_id), version: row.version, set });
    }
    let governors = if written.keys().any(Option::is_some) {
        let pairs: Vec<(Uuid, Uuid)> =
            sql("select organization_id, governing_id from organization where governing_id is not null")
                .all(db)
                .await?;
        pairs.into_iter().collect()
    } else {
        HashMap::new()
    };
    Ok(AllRules { standard: InForce { rules_id: None, version: 0, set: RuleSet::standard() }, written, governors })
}

/// The rules that count for the people of a centre on `day`.
pub async fn in_force(db: &Db, center_id: Uuid, day: Date) -> Result<InForce> {
    Ok(all(db, day).await?.of(center_id).clone())
}
