//! SQL of the demo data.

use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Result, Tx, Value, places, sql};

/// Links cases with an organisation for follow-up (FUP-02).
pub async fn link(
    tx: &mut Tx,
    cases: &[Uuid],
    organization_id: Uuid,
    by_center: Uuid,
    by: Uuid,
    now: Timestamp,
) -> Result<()> {
    if cases.is_empty() {
        return Ok(());
    }
    sql(&format!(
        "insert into case_sharing (case_id, sharing_id, relation, organization_id, since, set_by, set_by_organization_id)
         values {}",
        places(1, cases.len(), 7)
    ))
    .bind_all(cases.iter().flat_map(|case_id| -> [Value; 7] {
        [
            (*case_id).into(),
            Uuid::now_v7().into(),
            "linked".into(),
            organization_id.into(),
            now.into(),
            by.into(),
            by_center.into(),
        ]
    }))
    .run(tx)
    .await
    .map(drop)
}

/// Name, HER-SYS ID and birth date of some cases as the list of `organization_id` has them.
pub async fn people(db: &Db, organization_id: Uuid, cases: &[Uuid]) -> Result<Vec<(String, String, Option<Date>)>> {
    sql(&format!(
        "select name, hersys_id, birth_on from case_index where organization_id = $1 and case_id in {}
         order by case_id",
        places(2, 1, cases.len())
    ))
    .bind(organization_id)
    .bind_all(cases.iter().map(|case_id| Value::from(*case_id)))
    .all(db)
    .await
}
