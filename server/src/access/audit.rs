//! What was done and looked at, by whom, when and from where (SEC-12).

use serde_json::Value as Json;
use uuid::Uuid;

use crate::access::{Client, Staff, store};
use crate::clock::Timestamp;
use crate::db::{Handle, Result, Tx};

/// What the audit calls a refusal of something to a signed-in ID.
pub const REFUSED: &str = "access.refused";

/// One line of the audit.
pub struct Entry {
    pub at: Timestamp,
    pub actor: &'static str,
    pub account_id: Option<Uuid>,
    pub organization_id: Option<Uuid>,
    pub action: &'static str,
    pub case_id: Option<Uuid>,
    pub detail: Json,
    pub network: String,
}

impl Entry {
    pub fn by_staff(staff: &Staff, client: &Client, at: Timestamp, action: &'static str) -> Self {
        Self {
            at,
            actor: "staff",
            account_id: Some(staff.account_id),
            organization_id: Some(staff.organization_id),
            action,
            case_id: None,
            detail: Json::Null,
            network: client.network(),
        }
    }

    pub fn by_patient(account_id: Option<Uuid>, client: &Client, at: Timestamp, action: &'static str) -> Self {
        Self {
            at,
            actor: "patient",
            account_id,
            organization_id: None,
            action,
            case_id: None,
            detail: Json::Null,
            network: client.network(),
        }
    }

    /// Something that the program did by itself.
    pub fn by_system(at: Timestamp, action: &'static str) -> Self {
        Self {
            at,
            actor: "system",
            account_id: None,
            organization_id: None,
            action,
            case_id: None,
            detail: Json::Null,
            network: String::new(),
        }
    }

    pub fn about(mut self, case_id: Uuid) -> Self {
        self.case_id = Some(case_id);
        self
    }

    pub fn with(mut self, detail: Json) -> Self {
        self.detail = detail;
        self
    }

    /// Appends the entry; within a transaction it stands or falls with what it tells of.
    pub async fn write(self, on: impl Into<Handle<'_>>) -> Result<()> {
        store::append_audit(self, on).await
    }

    /// [`Entry::write`] for many.
    pub async fn write_all(entries: Vec<Self>, tx: &mut Tx) -> Result<()> {
        store::append_audits(entries, tx).await
    }
}
