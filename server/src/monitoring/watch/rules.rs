//! Which rules count for a person: those of 担当保健所, else of an office above it, else of the ministry, else the
//! standard ones. A version that says so leaves it to the office above.

use std::collections::{BTreeSet, HashMap};

use hersys_shared::triage::RuleSet;
use time::Date;
use uuid::Uuid;

use crate::db::{Db, Handle, Value, list, sql};
use crate::error::{Error, Result};

/// As many steps as there are levels of offices; a circle of offices ends too.
const LEVELS: usize = 8;

/// A version of rules without its text.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Header {
    pub rules_id: Uuid,
    /// None for the ministry.
    pub organization_id: Option<Uuid>,
    pub version: i64,
    pub from_on: Date,
    pub follows_above: bool,
}

/// What each office has in force on a day, and which office stands above which.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// By organisation; of the ministry under `None`.
    latest: HashMap<Option<Uuid>, Header>,
    governors: HashMap<Uuid, Uuid>,
}

impl Chain {
    pub async fn on(db: &Db, day: Date) -> Result<Self> {
        let latest = latest(db, day).await?;
        Ok(Self::of_rows(latest, governors(db).await?))
    }

    /// [`Chain::on`], without what stands above offices where none of them has written anything.
    pub async fn of_writers(on: &mut Handle<'_>, day: Date) -> Result<Self> {
        let latest = latest(on.again(), day).await?;
        let is_needed = latest.iter().any(|header| header.organization_id.is_some());
        let governors = if is_needed { governors(on.again()).await? } else { Vec::new() };
        Ok(Self::of_rows(latest, governors))
    }

    fn of_rows(latest: Vec<Header>, governors: Vec<(Uuid, Uuid)>) -> Self {
        Self {
            latest: latest.into_iter().map(|header| (header.organization_id, header)).collect(),
            governors: governors.into_iter().collect(),
        }
    }

    /// The version that counts for an office (none: the ministry); `None` for the standard rules.
    pub fn of(&self, office: Option<Uuid>) -> Option<&Header> {
        let found = self.latest.get(&office).filter(|header| !header.follows_above);
        found.or_else(|| self.above(office))
    }

    /// What would count for an office that has written nothing.
    pub fn above(&self, office: Option<Uuid>) -> Option<&Header> {
        let mut asked = office?;
        for _ in 0..LEVELS {
            let Some(above) = self.governors.get(&asked).copied() else { break };
            if let Some(found) = self.latest.get(&Some(above)).filter(|header| !header.follows_above) {
                return Some(found);
            }
            asked = above;
        }
        self.latest.get(&None).filter(|header| !header.follows_above)
    }

    /// What an office has written itself, as far as it is in force.
    pub fn own(&self, office: Option<Uuid>) -> Option<&Header> {
        self.latest.get(&office)
    }

    /// Whether `above` (none: the ministry) is the office itself or stands above it.
    pub fn governs(&self, above: Option<Uuid>, office: Uuid) -> bool {
        let Some(above) = above else { return true };
        let mut asked = office;
        for _ in 0..LEVELS {
            if asked == above {
                return true;
            }
            match self.governors.get(&asked) {
                Some(next) => asked = *next,
                None => return false,
            }
        }
        false
    }
}

/// Each office's version that counts on `day`: of those whose day has come the one whose day came last.
async fn latest(on: impl Into<Handle<'_>>, day: Date) -> Result<Vec<Header>> {
    Ok(sql("select rules_id, organization_id, version, from_on, follows_above from (
             select rules_id, organization_id, version, from_on, follows_above,
                    row_number() over (partition by organization_id order by from_on desc, version desc) as place
             from watch_rules where from_on <= $1) as written
         where place = 1")
    .bind(day)
    .all(on)
    .await?)
}

async fn governors(on: impl Into<Handle<'_>>) -> Result<Vec<(Uuid, Uuid)>> {
    Ok(sql("select organization_id, governing_id from organization
         where governing_id is not null and kind in ('health_center', 'head_office')")
    .all(on)
    .await?)
}

/// A version of rules that counts, with its text.
#[derive(Debug, Clone)]
pub struct InForce {
    /// None for the standard rules, which are version 0.
    pub rules_id: Option<Uuid>,
    pub version: i64,
    pub set: RuleSet,
}

impl InForce {
    pub fn standard() -> Self {
        Self { rules_id: None, version: 0, set: RuleSet::standard() }
    }
}

/// The rules of some centres.
pub struct RulesOf {
    standard: InForce,
    by_center: HashMap<Uuid, InForce>,
}

impl RulesOf {
    pub fn of(&self, center_id: Uuid) -> &InForce {
        self.by_center.get(&center_id).unwrap_or(&self.standard)
    }
}

/// The rules that count on `day` for the people of some centres.
pub async fn of_centers(on: &mut Handle<'_>, day: Date, centers: impl IntoIterator<Item = Uuid>) -> Result<RulesOf> {
    let chain = Chain::of_writers(on, day).await?;
    let centers: BTreeSet<Uuid> = centers.into_iter().collect();
    let found: Vec<(Uuid, &Header)> =
        centers.into_iter().filter_map(|center| Some((center, chain.of(Some(center))?))).collect();
    let ids: BTreeSet<Uuid> = found.iter().map(|(_, header)| header.rules_id).collect();
    let mut sets = HashMap::new();
    for rules_id in ids {
        sets.insert(rules_id, body(on.again(), rules_id).await?);
    }
    let by_center = found
        .into_iter()
        .filter_map(|(center, header)| {
            let set = sets.get(&header.rules_id)?.clone();
            Some((center, InForce { rules_id: Some(header.rules_id), version: header.version, set }))
        })
        .collect();
    Ok(RulesOf { standard: InForce::standard(), by_center })
}

/// The text of a version; the standard rules where a version only points to the office above.
pub async fn body(on: impl Into<Handle<'_>>, rules_id: Uuid) -> Result<RuleSet> {
    let body: Option<serde_json::Value> = sql("select body from watch_rules where rules_id = $1 and not follows_above")
        .bind(rules_id)
        .optional_scalar(on)
        .await?;
    let Some(body) = body else { return Ok(RuleSet::standard()) };
    serde_json::from_value(body).map_err(|_| Error::Internal(format!("watch rules {rules_id}: unreadable")))
}

/// The rules that a header stands for.
pub async fn in_force(db: &Db, header: Option<&Header>) -> Result<InForce> {
    match header {
        Some(header) => {
            let set = body(db, header.rules_id).await?;
            Ok(InForce { rules_id: Some(header.rules_id), version: header.version, set })
        }
        None => Ok(InForce::standard()),
    }
}

/// Names of offices by id.
pub async fn names(db: &Db, offices: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    if offices.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = sql(&format!(
        "select organization_id, name from organization where organization_id in ({})",
        list(1, offices.len())
    ))
    .bind_all(offices.iter().map(|id| Value::from(*id)))
    .all(db)
    .await?;
    Ok(rows.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn header(office: Option<u128>, version: i64, follows_above: bool) -> Header {
        Header {
            rules_id: Uuid::from_u128(version as u128),
            organization_id: office.map(Uuid::from_u128),
            version,
            from_on: date!(2022 - 08 - 01),
            follows_above,
        }
    }

    fn chain(latest: Vec<Header>) -> Chain {
        // 1 and 2 stand below 10; 20 and 30 below each other.
        let below =
            [(1, 10), (2, 10), (20, 30), (30, 20)].map(|(low, high)| (Uuid::from_u128(low), Uuid::from_u128(high)));
        Chain::of_rows(latest, below.to_vec())
    }

    #[test]
    fn the_nearest_office_that_wrote_rules_counts() {
        let center = Some(Uuid::from_u128(1));
        let version = |chain: &Chain, office| chain.of(office).map(|header| header.version);
        assert_eq!(version(&chain(vec![]), center), None);
        let all = chain(vec![header(None, 5, false), header(Some(10), 6, false), header(Some(1), 7, false)]);
        assert_eq!(version(&all, center), Some(7));
        assert_eq!(version(&all, Some(Uuid::from_u128(2))), Some(6));
        assert_eq!(version(&all, None), Some(5));
        assert_eq!(all.above(center).map(|header| header.version), Some(6));
        // Whoever goes back to the office above is as if it had written nothing.
        let back = chain(vec![header(None, 5, false), header(Some(10), 6, true), header(Some(1), 7, true)]);
        assert_eq!(version(&back, center), Some(5));
        assert_eq!(version(&chain(vec![header(None, 5, true)]), center), None);
    }

    #[test]
    fn offices_in_a_circle_end_at_the_ministry() {
        let circle = chain(vec![header(None, 5, false)]);
        assert_eq!(circle.of(Some(Uuid::from_u128(20))).map(|header| header.version), Some(5));
        assert!(!circle.governs(Some(Uuid::from_u128(1)), Uuid::from_u128(20)));
        assert!(circle.governs(None, Uuid::from_u128(20)));
        assert!(circle.governs(Some(Uuid::from_u128(10)), Uuid::from_u128(1)));
    }
}
