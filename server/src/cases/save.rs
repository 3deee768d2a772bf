//! Saving an edited ID管理: document, history, case, relations and lists in one transaction.

use hersys_shared::identity::Identity;
use uuid::Uuid;

use crate::access::{Relation, Staff};
use crate::cases::create::{self, IDENTITY_TAB, IndexRows, IndexedCase, identity_body};
use crate::cases::form::CaseEntry;
use crate::cases::index::{Parties, relations_of};
use crate::cases::store::Case;
use crate::clock::Timestamp;
use crate::db::{Tx, sql};
use crate::error::Result;

/// Stores `entry` over version `version` of the ID管理 document of `case`.
/// `false`: somebody else has saved in the meantime; nothing was stored.
pub async fn save(
    tx: &mut Tx,
    case: &Case,
    version: i64,
    entry: &CaseEntry,
    staff: &Staff,
    now: Timestamp,
) -> Result<bool> {
    if !replace_document(tx, case.case_id, version, &entry.identity, staff, now).await? {
        return Ok(false);
    }
    sql("update cases set kind = $2, responsible_center_id = $3, index_case_id = $4, observed_from = $5,
                observed_until = $6
         where case_id = $1")
    .bind(case.case_id)
    .bind(entry.kind.code())
    .bind(entry.responsible_center_id)
    .bind(entry.index_case_id)
    .bind(entry.observed_from)
    .bind(entry.observed_until)
    .run(&mut *tx)
    .await?;
    if entry.responsible_center_id != case.responsible_center_id {
        hand_over(tx, case, entry.responsible_center_id, now).await?;
    }
    let changed = Case { kind: entry.kind, responsible_center_id: entry.responsible_center_id, ..case.clone() };
    reindex(tx, &changed, &entry.identity).await?;
    Ok(true)
}

/// The next version of the document, and its line in the history.
async fn replace_document(
    tx: &mut Tx,
    case_id: Uuid,
    version: i64,
    identity: &Identity,
    staff: &Staff,
    now: Timestamp,
) -> Result<bool> {
    let body = identity_body(identity)?;
    let replaced = sql("update document set version = $3 + 1, body = $4, updated_at = $5, updated_by = $6
         where case_id = $1 and tab = $2 and version = $3")
    .bind(case_id)
    .bind(IDENTITY_TAB)
    .bind(version)
    .bind(body.clone())
    .bind(now)
    .bind(staff.account_id)
    .run(&mut *tx)
    .await?;
    if replaced == 0 {
        return Ok(false);
    }
    sql("insert into document_history (case_id, tab, version, body, updated_at, updated_by, organization_id)
         values ($1, $2, $3, $4, $5, $6, $7)")
    .bind(case_id)
    .bind(IDENTITY_TAB)
    .bind(version + 1)
    .bind(body)
    .bind(now)
    .bind(staff.account_id)
    .bind(staff.organization_id)
    .run(&mut *tx)
    .await?;
    Ok(true)
}

/// C-02: the new centre and the offices above it reach the case from now on, the former ones no
/// longer by this reason.
async fn hand_over(tx: &mut Tx, case: &Case, center_id: Uuid, now: Timestamp) -> Result<()> {
    let parties = Parties {
        responsible_center_id: center_id,
        receiving_center_id: case.receiving_center_id,
        entered_by_organization_id: case.entered_by_organization_id,
    };
    let governors = create::governors(tx, &parties.centers()).await?;
    let wanted = relations_of(&parties, &governors);
    let ruled = [Relation::Responsible, Relation::Governing];
    for relation in ruled {
        sql("delete from case_relation where case_id = $1 and relation = $2")
            .bind(case.case_id)
            .bind(relation.code())
            .run(&mut *tx)
            .await?;
    }
    for (organization_id, relation) in wanted.into_iter().filter(|(_, relation)| ruled.contains(relation)) {
        sql("insert into case_relation (case_id, organization_id, relation, created_at) values ($1, $2, $3, $4)")
            .bind(case.case_id)
            .bind(organization_id)
            .bind(relation.code())
            .bind(now)
            .run(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Writes the case's rows anew in the lists of all organisations that reach it.
async fn reindex(tx: &mut Tx, case: &Case, identity: &Identity) -> Result<()> {
    for table in ["case_index", "case_phone_index"] {
        sql(&format!("delete from {table} where case_id = $1")).bind(case.case_id).run(&mut *tx).await?;
    }
    let rows: Vec<(Uuid,)> = sql("select distinct organization_id from case_relation where case_id = $1")
        .bind(case.case_id)
        .all(&mut *tx)
        .await?;
    let organizations: Vec<Uuid> = rows.into_iter().map(|(organization_id,)| organization_id).collect();
    let indexed = IndexedCase {
        case_id: case.case_id,
        kind: case.kind,
        hersys_id: case.hersys_id.as_str(),
        responsible_center_id: case.responsible_center_id,
        created_at: case.created_at,
    };
    let mut index = IndexRows::default();
    index.add(&indexed, identity, &organizations);
    index.insert(tx).await
}
