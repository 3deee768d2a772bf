//! SQL of households.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Tx, sql};
use crate::error::Result;

/// Most people of a household who are shown.
const MOST: i64 = 12;

/// Somebody who belongs together with a person.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Kin {
    pub case_id: Uuid,
    pub name: String,
    pub kind: String,
}

/// Whoever is on the same account of My HER-SYS, or was filed as the same household, as far as the organisation reaches
/// them; with the ties of contacts where `with_contacts`.
pub async fn kin(db: &Db, organization_id: Uuid, case_id: Uuid, with_contacts: bool) -> Result<Vec<Kin>> {
    let contacts = if with_contacts {
        " union select index_case_id from cases where case_id = $2 and index_case_id is not null
          union select case_id from cases where index_case_id = $2
          union select o.case_id from cases c join cases o on o.index_case_id = c.index_case_id where c.case_id = $2"
    } else {
        ""
    };
    // `cross join`: SQLite would rather read the organisation's whole list.
    Ok(sql(&format!(
        "select i.case_id, i.name, i.kind
         from (select o.case_id as tied from patient_person p
               join patient_person o on o.account_id = p.account_id where p.case_id = $2
               union select other_case_id from case_household where case_id = $2{contacts}) t
         cross join case_index i
         where i.organization_id = $1 and i.case_id = t.tied and t.tied <> $2
         order by i.kind desc, i.birth_on, i.case_id limit $3"
    ))
    .bind(organization_id)
    .bind(case_id)
    .bind(MOST)
    .all(db)
    .await?)
}

/// Ties a person to somebody of the same household, and to whoever was tied to them before.
pub async fn tie(tx: &mut Tx, case_id: Uuid, other_case_id: Uuid, now: Timestamp) -> Result<()> {
    let tied: Vec<(Uuid,)> =
        sql("select other_case_id from case_household where case_id = $1").bind(other_case_id).all(&mut *tx).await?;
    let others = tied.into_iter().map(|(tied,)| tied).chain([other_case_id]).filter(|other| *other != case_id);
    for other in others {
        sql("insert into case_household (case_id, other_case_id, since) values ($1, $2, $3), ($2, $1, $3)
             on conflict (case_id, other_case_id) do nothing")
        .bind(case_id)
        .bind(other)
        .bind(now)
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}
