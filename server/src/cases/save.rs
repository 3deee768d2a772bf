//! Saving an edited ID管理, or what another tab says of the same items: documents, history, case and lists in
//! one transaction. 担当保健所 is not among it: it changes by hand-over alone.

use hersys_shared::episode::Episode;
use hersys_shared::identity::Identity;
use time::Date;
use uuid::Uuid;

use crate::access::{ItemGroup, Level, Staff};
use crate::cases::create::{EPISODE_TAB, IDENTITY_TAB, NO_END, episode_body, identity_body};
use crate::cases::form::CaseEntry;
use crate::cases::reach;
use crate::cases::store::{self, Case};
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
    let case = reach::hold_as(tx, case_id, staff, ItemGroup::Identity, Level::Write).await?;
    if !replace_document(tx, case_id, version, &entry.identity, staff, now).await? {
        return Ok(false);
    }
    // OBS-09: the period is changed on its own page, with a reason.
    sql("update cases set kind = $2, index_case_id = $3 where case_id = $1")
        .bind(case_id)
        .bind(entry.kind.code())
        .bind(entry.index_case_id)
        .run(&mut *tx)
        .await?;
    let changed = Case { kind: entry.kind, ..case };
    let episode = store::episode(&mut *tx, case_id).await?;
    reach::rewrite(tx, &changed, &entry.identity, &episode, now).await?;
    Ok(true)
}

/// Saves the homes of shared items after something was entered on another tab (REF-01): new versions of ID管理
/// and of the episode where they changed, and lists and relations anew. `case` is held and as it is to be.
pub async fn save_shared(
    tx: &mut Tx,
    case: &Case,
    identity: &Identity,
    episode: &Episode,
    staff: &Staff,
    now: Timestamp,
) -> Result<()> {
    let stored = store::identity(&mut *tx, case.case_id).await?;
    if stored.identity != *identity {
        replace_document(tx, case.case_id, stored.version, identity, staff, now).await?;
    }
    if store::episode(&mut *tx, case.case_id).await? != *episode {
        write_episode(tx, case.case_id, episode, staff, now).await?;
    }
    reach::rewrite(tx, case, identity, episode, now).await
}

/// The same ID管理 as a new version: what stands beside it has changed, so that a form that was opened before is told.
pub async fn renew_identity(tx: &mut Tx, case_id: Uuid, staff: &Staff, now: Timestamp) -> Result<()> {
    let stored = store::identity(&mut *tx, case_id).await?;
    replace_document(tx, case_id, stored.version, &stored.identity, staff, now).await?;
    Ok(())
}

/// 届出先保健所 of a held case once a notification was deleted: that of the latest that is left. Lists and relations are
/// [`save_shared`]'s.
pub async fn set_receiving(tx: &mut Tx, case: Case, center_id: Option<Uuid>) -> Result<Case> {
    sql("update cases set receiving_center_id = $2 where case_id = $1")
        .bind(case.case_id)
        .bind(center_id)
        .run(&mut *tx)
        .await?;
    Ok(Case { receiving_center_id: center_id, ..case })
}

/// 健康観察期間 of a held case, in its row and in the lists that tell it.
pub async fn set_period(tx: &mut Tx, case: &Case, from: Option<Date>, until: Option<Date>) -> Result<Case> {
    sql("update cases set observed_from = $2, observed_until = $3 where case_id = $1")
        .bind(case.case_id)
        .bind(from)
        .bind(until)
        .run(&mut *tx)
        .await?;
    // As [`crate::cases::create::IndexRows`] writes it.
    sql("update case_index set ends_on = $2 where case_id = $1 and not is_linked")
        .bind(case.case_id)
        .bind(until.unwrap_or(NO_END))
        .run(&mut *tx)
        .await?;
    Ok(Case { observed_from: from, observed_until: until, ..case.clone() })
}

/// Makes a held case that of a notified person, whom the receiving centre reaches (C-02). Lists and relations are
/// [`save_shared`]'s.
pub async fn set_notified(tx: &mut Tx, case: Case, center_id: Uuid) -> Result<Case> {
    sql("update cases set receiving_center_id = $2, kind = $3 where case_id = $1")
        .bind(case.case_id)
        .bind(center_id)
        .bind(case.kind.code())
        .run(&mut *tx)
        .await?;
    Ok(Case { receiving_center_id: Some(center_id), ..case })
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
    if replaced > 0 {
        write_history(tx, case_id, IDENTITY_TAB, version + 1, body, staff, now).await?;
    }
    Ok(replaced > 0)
}

/// The next version of the episode, or its first.
async fn write_episode(tx: &mut Tx, case_id: Uuid, episode: &Episode, staff: &Staff, now: Timestamp) -> Result<()> {
    let body = episode_body(episode)?;
    let version: i64 = sql("insert into document (case_id, tab, version, body, updated_at, updated_by)
         values ($1, $2, 1, $3, $4, $5)
         on conflict (case_id, tab) do update
         set version = document.version + 1, body = excluded.body, updated_at = excluded.updated_at,
             updated_by = excluded.updated_by
         returning version")
    .bind(case_id)
    .bind(EPISODE_TAB)
    .bind(body.clone())
    .bind(now)
    .bind(staff.account_id)
    .scalar(&mut *tx)
    .await?;
    write_history(tx, case_id, EPISODE_TAB, version, body, staff, now).await
}

async fn write_history(
    tx: &mut Tx,
    case_id: Uuid,
    tab: &str,
    version: i64,
    body: serde_json::Value,
    staff: &Staff,
    now: Timestamp,
) -> Result<()> {
    sql("insert into document_history (case_id, tab, version, body, updated_at, updated_by, organization_id)
         values ($1, $2, $3, $4, $5, $6, $7)")
    .bind(case_id)
    .bind(tab)
    .bind(version)
    .bind(body)
    .bind(now)
    .bind(staff.account_id)
    .bind(staff.organization_id)
    .run(&mut *tx)
    .await?;
    Ok(())
}
