//! SQL of what an organisation has filed.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Value, sql};
use crate::error::Result;
use crate::notification::inbox::State;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Filed {
    pub case_id: Uuid,
    pub notification_id: Uuid,
    pub state: String,
    pub arrived_at: Timestamp,
    pub diagnosis_type: String,
    pub center: String,
    /// Who it is, where the organisation reaches the person.
    pub name: Option<String>,
}

/// A page of what an organisation has filed, the newest first, and whether there is more.
pub async fn filed(
    db: &Db,
    institution_id: Uuid,
    only_asked: bool,
    after: Option<(Timestamp, Uuid)>,
    size: usize,
) -> Result<(Vec<Filed>, bool)> {
    let mut values: Vec<Value> = vec![institution_id.into()];
    let mut condition = String::new();
    if only_asked {
        // The code itself, so that the index of those that wait serves.
        condition.push_str(" and i.state = 'asked'");
    }
    if let Some((at, id)) = after {
        condition.push_str(" and (i.arrived_at, i.notification_id) < ($2, $3)");
        values.extend([at.into(), id.into()]);
    }
    let mut rows: Vec<Filed> = sql(&format!(
        "select i.case_id, i.notification_id, i.state, i.arrived_at, i.diagnosis_type, o.name as center, c.name
         from notification_inbox i
         join organization o on o.organization_id = i.center_id
         left join case_index c on c.organization_id = $1 and c.case_id = i.case_id
         where i.institution_id = $1{condition}
         order by i.arrived_at desc, i.notification_id desc limit ${}",
        values.len() + 1
    ))
    .bind_all(values)
    .bind(i64::try_from(size).unwrap_or(100) + 1)
    .all(db)
    .await?;
    let more = rows.len() > size;
    rows.truncate(size);
    Ok((rows, more))
}

/// How many questions wait for an organisation's answer.
pub async fn asked(db: &Db, institution_id: Uuid) -> Result<i64> {
    debug_assert_eq!(State::Asked.code(), "asked");
    Ok(sql("select count(*) from notification_inbox where institution_id = $1 and state = 'asked'")
        .bind(institution_id)
        .scalar(db)
        .await?)
}
