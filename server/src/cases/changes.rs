//! What was changed in ID管理, version by version.

use hersys_shared::identity::Identity;
use hersys_shared::symptoms::CaseKind;
use time::Date;
use uuid::Uuid;

use crate::cases::items::{self, Beside};
use crate::cases::store;
use crate::clock::Timestamp;
use crate::db::Db;
use crate::error::Result;

/// One saving of ID管理.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityChange {
    pub version: i64,
    pub at: Timestamp,
    pub by: Uuid,
    /// The labels of the items that differ from the version before.
    pub items: Vec<&'static str>,
}

/// Every saving behind the first entry, the oldest first; for whoever may read ID管理.
pub async fn identity_changes(db: &Db, case_id: Uuid, today: Date) -> Result<Vec<IdentityChange>> {
    let versions = store::identity_versions(db, case_id).await?;
    Ok(versions
        .windows(2)
        .map(|pair| {
            let changes = items::changes(&of(&pair[0].identity, today), &of(&pair[1].identity, today));
            IdentityChange {
                version: pair[1].version,
                at: pair[1].updated_at,
                by: pair[1].updated_by,
                items: changes.into_iter().map(|change| change.label).collect(),
            }
        })
        .collect())
}

/// The document alone: what stands beside it on the page has histories of its own.
fn of(identity: &Identity, today: Date) -> Vec<items::Section> {
    let beside = Beside { kind: CaseKind::Patient, center_name: "", index_case: String::new(), period: None };
    items::sections(identity, &beside, today)
}
