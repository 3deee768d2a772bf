//! Saving an edited ID管理: document, history, case and lists in one transaction. 担当保健所 is not among
//! it: it changes by hand-over alone.

use hersys_shared::identity::Identity;
use uuid::Uuid;

use crate::access::Staff;
use crate::cases::create::{IDENTITY_TAB, identity_body};
use crate::cases::form::CaseEntry;
use crate::cases::reach;
use crate::cases::store::Case;
use crate::clock::Timestamp;
use crate::db::{Tx, sql};
use crate::error::Result;

/// Stores `entry` over version `version` of the ID管理 document of a case.
/// `false`: somebody else has saved in the meantime; nothing was stored.
pub async fn save(
    tx: &mut Tx,
    case_id: Uuid,
    version: i64,
    entry: &CaseEntry,
    staff: &Staff,
    now: Timestamp,
) -> Result<bool> {
    // Sharing and hand-over may have changed it since the form was read: theirs stays.
    let case = reach::hold(tx, case_id).await?;
    if !replace_document(tx, case_id, version, &entry.identity, staff, now).await? {
        return Ok(false);
    }
    sql("update cases set kind = $2, index_case_id = $3, observed_from = $4, observed_until = $5
         where case_id = $1")
    .bind(case_id)
    .bind(entry.kind.code())
    .bind(entry.index_case_id)
    .bind(entry.observed_from)
    .bind(entry.observed_until)
    .run(&mut *tx)
    .await?;
    let changed = Case { kind: entry.kind, ..case };
    reach::rewrite(tx, &changed, &entry.identity, now).await?;
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
