//! SQL of corrections: a wrong report stays where it is; a row says that it does not count, and why.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Tx, sql};
use crate::error::Result;
use crate::monitoring::reader::Writer;

/// Who corrects what, when and why.
pub struct Correcting<'a> {
    pub case_id: Uuid,
    pub report_id: Uuid,
    pub reason: &'a str,
    pub replacement_id: Option<Uuid>,
    pub at: Timestamp,
    pub by: Uuid,
    pub organization_id: Uuid,
}

/// Says that a report does not count; `false` where that was said before.
pub async fn correct(tx: &mut Tx, correcting: &Correcting<'_>) -> Result<bool> {
    let corrected = sql("insert into observation_correction (case_id, report_id, reason, corrected_at, corrected_by,
                                                 organization_id, replacement_id)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (case_id, report_id) do nothing")
    .bind(correcting.case_id)
    .bind(correcting.report_id)
    .bind(correcting.reason)
    .bind(correcting.at)
    .bind(correcting.by)
    .bind(correcting.organization_id)
    .bind(correcting.replacement_id)
    .run(tx)
    .await?;
    Ok(corrected == 1)
}

/// Lets a report count again; the correction stays as history. `false` where there was none.
pub async fn undo(tx: &mut Tx, key: (Uuid, Uuid), by: (Uuid, Uuid), at: Timestamp) -> Result<bool> {
    sql(
        "insert into observation_correction_undone (case_id, undoing_id, report_id, reason, corrected_at, corrected_by,
                                            organization_id, replacement_id, undone_at, undone_by,
                                            undone_by_organization_id)
         select case_id, $3, report_id, reason, corrected_at, corrected_by, organization_id, replacement_id, $4, $5, $6
         from observation_correction where case_id = $1 and report_id = $2",
    )
    .bind(key.0)
    .bind(key.1)
    .bind(Uuid::now_v7())
    .bind(at)
    .bind(by.1)
    .bind(by.0)
    .run(&mut *tx)
    .await?;
    let undone = sql("delete from observation_correction where case_id = $1 and report_id = $2")
        .bind(key.0)
        .bind(key.1)
        .run(tx)
        .await?;
    Ok(undone == 1)
}

/// A correction that was a mistake.
pub struct Undone {
    pub reason: String,
    pub corrected_at: Timestamp,
    pub corrected_by: Option<Writer>,
    pub undone_at: Timestamp,
    pub undone_by: Option<Writer>,
}

#[derive(sqlx::FromRow)]
struct UndoneRow {
    reason: String,
    corrected_at: Timestamp,
    corrector: Option<String>,
    corrector_organization_id: Option<Uuid>,
    corrector_organization: Option<String>,
    corrector_kind: Option<String>,
    undone_at: Timestamp,
    undoer: Option<String>,
    undoer_organization_id: Option<Uuid>,
    undoer_organization: Option<String>,
    undoer_kind: Option<String>,
}

/// The corrections of a report that were taken back, the newest first.
pub async fn undone(db: &Db, case_id: Uuid, report_id: Uuid) -> Result<Vec<Undone>> {
    let rows: Vec<UndoneRow> = sql("select u.reason, u.corrected_at, a.display_name as corrector,
                o.organization_id as corrector_organization_id, o.name as corrector_organization,
                o.kind as corrector_kind, u.undone_at, b.display_name as undoer,
                p.organization_id as undoer_organization_id, p.name as undoer_organization, p.kind as undoer_kind
         from observation_correction_undone u
         left join account a on a.account_id = u.corrected_by
         left join organization o on o.organization_id = u.organization_id
         left join account b on b.account_id = u.undone_by
         left join organization p on p.organization_id = u.undone_by_organization_id
         where u.case_id = $1 and u.report_id = $2 order by u.undone_at desc, u.undoing_id desc")
    .bind(case_id)
    .bind(report_id)
    .all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Undone {
            reason: row.reason,
            corrected_at: row.corrected_at,
            corrected_by: Writer::of(
                row.corrector,
                row.corrector_organization_id,
                row.corrector_organization,
                row.corrector_kind.as_deref(),
            ),
            undone_at: row.undone_at,
            undone_by: Writer::of(
                row.undoer,
                row.undoer_organization_id,
                row.undoer_organization,
                row.undoer_kind.as_deref(),
            ),
        })
        .collect())
}
