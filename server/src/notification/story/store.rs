//! SQL of the story: what is told of nowhere else.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Result, sql};

/// A message to the person, as far as the story tells it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Sent {
    /// `sms` or `mail`
    pub channel: String,
    pub recipient: String,
    pub status: String,
    pub created_at: Timestamp,
}

/// The messages to a person, the oldest first.
pub async fn messages(db: &Db, case_id: Uuid) -> Result<Vec<Sent>> {
    sql("select channel, recipient, status, created_at from message where case_id = $1 order by created_at")
        .bind(case_id)
        .all(db)
        .await
}

/// When the person, or somebody of the family, was registered in My HER-SYS.
pub async fn registrations(db: &Db, case_id: Uuid) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> =
        sql("select linked_at from patient_person where case_id = $1 order by linked_at").bind(case_id).all(db).await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// Names of accounts with their organisations.
pub async fn account_names(db: &Db, ids: &[Uuid]) -> Result<std::collections::HashMap<Uuid, String>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(std::collections::HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = sql(&format!(
        "select a.account_id, o.name || ' ' || a.display_name from account a
         join organization o on o.organization_id = a.organization_id where a.account_id in ({0})
         union all
         select t.token_id, o.name || ' システム連携：' || t.name from institution_token t
         join organization o on o.organization_id = t.organization_id where t.token_id in ({0})",
        crate::db::list(1, ids.len())
    ))
    .bind_all(ids.into_iter().map(crate::db::Value::from))
    .all(db)
    .await?;
    Ok(rows.into_iter().collect())
}
