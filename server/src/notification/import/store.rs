//! SQL of filing by file and by other systems: what an institution is known by.

use time::Date;
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::db::{Db, Value, list, sql};
use crate::error::Result;

/// An organisation as its notifications name it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Institution {
    pub name: String,
    pub address: String,
    pub phone: String,
    /// 所管保健所; of a health centre its own id.
    pub governing_id: Option<Uuid>,
}

pub async fn institution(db: &Db, organization_id: Uuid) -> Result<Option<Institution>> {
    Ok(sql("select name, address, phone,
                case when kind = $2 then organization_id else governing_id end as governing_id
         from organization where organization_id = $1")
    .bind(organization_id)
    .bind(OrganizationKind::HealthCenter.code())
    .optional(db)
    .await?)
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Center {
    pub organization_id: Uuid,
    pub name: String,
    pub code: Option<String>,
}

/// The health centres that take part on `day`, as far as `words` name them: by id, code or name.
pub async fn centers(db: &Db, words: &[&str], day: Date) -> Result<Vec<Center>> {
    let mut found = Vec::new();
    for chunk in words.chunks(MOST_WORDS) {
        let ids: Vec<Value> = chunk.iter().filter_map(|word| Some(Uuid::parse_str(word).ok()?.into())).collect();
        let names: Vec<Value> =
            chunk.iter().filter(|word| Uuid::parse_str(word).is_err()).map(|word| Value::from(*word)).collect();
        let named = list(3, names.len());
        let by_id = format!("organization_id in ({})", list(names.len() + 3, ids.len()));
        // By their ids alone, as systems name them, they are found without looking at others.
        let meant = match (names.is_empty(), ids.is_empty()) {
            (true, _) => by_id,
            (false, true) => format!("name in ({named}) or code in ({named})"),
            (false, false) => format!("name in ({named}) or code in ({named}) or {by_id}"),
        };
        found.extend(
            sql(&format!(
                "select organization_id, name, code from organization
                 where kind = $1 and (active_from is null or active_from <= $2)
                   and (active_until is null or active_until > $2)
                   and ({meant})
                 order by organization_id"
            ))
            .bind(OrganizationKind::HealthCenter.code())
            .bind(day)
            .bind_all(names)
            .bind_all(ids)
            .all::<Center>(db)
            .await?,
        );
    }
    Ok(found)
}

/// Words of one statement.
const MOST_WORDS: usize = 200;
