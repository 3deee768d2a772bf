//! Drafts and the doctors of an institution.

use hersys_shared::notification::{Edition, Typed};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::clock::Timestamp;
use crate::db::{self, Db, Handle, sql};
use crate::error::{Error, Result};

/// A notification that is being written.
#[derive(Debug, Clone)]
pub struct Draft {
    pub draft_id: Uuid,
    pub organization_id: Uuid,
    pub account_id: Uuid,
    /// Of whom it is, if they have a record.
    pub case_id: Option<Uuid>,
    /// What it edits, if it is no new notification.
    pub notification_id: Option<Uuid>,
    /// The version that the edit began with.
    pub version: Option<i64>,
    pub edition: Edition,
    pub typed: Typed,
    /// Whether anything was typed since it was begun.
    pub is_touched: bool,
    pub updated_at: Timestamp,
    pub reported_at: Option<Timestamp>,
    /// The page that was written in last: two windows have two.
    pub page_id: Option<Uuid>,
}

/// A draft that somebody left, and who typed last.
pub struct OpenDraft {
    pub draft: Draft,
    pub writer: String,
}

impl Draft {
    /// The case that it is of or that comes of it.
    pub fn person_id(&self) -> Uuid {
        self.case_id.unwrap_or(self.draft_id)
    }

    /// The notification that it edits or that comes of it.
    pub fn becomes(&self) -> Uuid {
        self.notification_id.unwrap_or(self.draft_id)
    }

    pub fn is_edit(&self) -> bool {
        self.notification_id.is_some()
    }

    /// Changes with every key and with the person: what was confirmed is what is reported, and of whom it was,
    /// whoever typed or chose meanwhile.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.person_id());
        hasher.update(self.becomes());
        hasher.update(self.version.unwrap_or_default().to_be_bytes());
        hasher.update(self.edition.code());
        for (key, value) in self.typed.iter() {
            for part in [key, value] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part);
            }
        }
        hasher.finalize()[..12].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub fn path(&self) -> String {
        format!("/staff/notifications/drafts/{}", self.draft_id)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    draft_id: Uuid,
    organization_id: Uuid,
    account_id: Uuid,
    case_id: Option<Uuid>,
    notification_id: Option<Uuid>,
    version: Option<i64>,
    edition: String,
    typed: serde_json::Value,
    is_touched: bool,
    updated_at: Timestamp,
    reported_at: Option<Timestamp>,
    page_id: Option<Uuid>,
}

impl TryFrom<Row> for Draft {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let unreadable = || Error::Internal("unreadable draft".into());
        Ok(Self {
            edition: Edition::from_code(&row.edition).ok_or_else(unreadable)?,
            typed: serde_json::from_value(row.typed).map_err(|_| unreadable())?,
            draft_id: row.draft_id,
            organization_id: row.organization_id,
            account_id: row.account_id,
            case_id: row.case_id,
            notification_id: row.notification_id,
            version: row.version,
            is_touched: row.is_touched,
            updated_at: row.updated_at,
            reported_at: row.reported_at,
            page_id: row.page_id,
        })
    }
}

const COLUMNS: &str = "d.draft_id, d.organization_id, d.account_id, d.case_id, d.notification_id, d.version, d.edition,
    d.typed, d.is_touched, d.updated_at, d.reported_at, d.page_id";

/// A draft of an organisation; those of others are not found.
pub async fn draft(on: impl Into<Handle<'_>>, draft_id: Uuid, organization_id: Uuid) -> Result<Option<Draft>> {
    let row: Option<Row> =
        sql(&format!("select {COLUMNS} from notification_draft d where draft_id = $1 and organization_id = $2"))
            .bind(draft_id)
            .bind(organization_id)
            .optional(on)
            .await?;
    row.map(Draft::try_from).transpose()
}

/// The drafts of an organisation in which something was typed, the latest first. Those of people whom it does not
/// reach any more are not among them.
pub async fn open_drafts(db: &Db, organization_id: Uuid) -> Result<Vec<OpenDraft>> {
    #[derive(sqlx::FromRow)]
    struct Open {
        #[sqlx(flatten)]
        row: Row,
        writer: String,
    }
    let rows: Vec<Open> = sql(&format!(
        "select {COLUMNS}, a.display_name as writer
         from notification_draft d join account a on a.account_id = d.account_id
         where d.organization_id = $1 and d.is_touched and d.reported_at is null
           and (d.case_id is null or exists (select 1 from case_relation r
                                             where r.case_id = d.case_id and r.organization_id = $1))
         order by d.updated_at desc limit 100"
    ))
    .bind(organization_id)
    .all(db)
    .await?;
    rows.into_iter().map(|open| Ok(OpenDraft { draft: open.row.try_into()?, writer: open.writer })).collect()
}

pub async fn insert(on: impl Into<Handle<'_>>, draft: &Draft) -> Result<()> {
    sql("insert into notification_draft (draft_id, organization_id, account_id, case_id, notification_id, version,
                                         edition, typed, is_touched, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    .bind(draft.draft_id)
    .bind(draft.organization_id)
    .bind(draft.account_id)
    .bind(draft.case_id)
    .bind(draft.notification_id)
    .bind(draft.version)
    .bind(draft.edition.code())
    .bind(body(&draft.typed)?)
    .bind(draft.is_touched)
    .bind(draft.updated_at)
    .run(on)
    .await?;
    Ok(())
}

/// Keeps what was typed. A draft that was reported meanwhile stays as it is.
pub async fn keep(on: impl Into<Handle<'_>>, draft: &Draft, now: Timestamp) -> Result<()> {
    sql("update notification_draft set case_id = $2, edition = $3, typed = $4, updated_at = $5, version = $6,
                                        is_touched = $7, account_id = $8, page_id = $9
         where draft_id = $1 and reported_at is null")
    .bind(draft.draft_id)
    .bind(draft.case_id)
    .bind(draft.edition.code())
    .bind(body(&draft.typed)?)
    .bind(now)
    .bind(draft.version)
    .bind(draft.is_touched)
    .bind(draft.account_id)
    .bind(draft.page_id)
    .run(on)
    .await?;
    Ok(())
}

/// Empties a draft that was reported; its row leads a second press to the same notification.
pub async fn close(on: impl Into<Handle<'_>>, draft: &Draft, now: Timestamp) -> Result<()> {
    sql("update notification_draft set case_id = $2, notification_id = $3, typed = $4, reported_at = $5
         where draft_id = $1")
    .bind(draft.draft_id)
    .bind(draft.person_id())
    .bind(draft.becomes())
    .bind(serde_json::json!({}))
    .bind(now)
    .run(on)
    .await?;
    Ok(())
}

pub async fn discard(on: impl Into<Handle<'_>>, draft_id: Uuid) -> db::Result<()> {
    sql("delete from notification_draft where draft_id = $1").bind(draft_id).run(on).await.map(drop)
}

/// Takes away whatever nobody has touched since `before`.
pub async fn purge(on: impl Into<Handle<'_>>, before: Timestamp) -> db::Result<u64> {
    sql("delete from notification_draft where updated_at < $1").bind(before).run(on).await
}

fn body(typed: &Typed) -> Result<serde_json::Value> {
    serde_json::to_value(typed).map_err(|error| Error::Internal(format!("a draft cannot be written: {error}")))
}

/// 医師マスタ of an organisation, by name (FORM-11).
pub async fn doctors(db: &Db, organization_id: Uuid) -> db::Result<Vec<String>> {
    let names: Vec<(String,)> = sql("select name from doctor where organization_id = $1 order by name limit 500")
        .bind(organization_id)
        .all(db)
        .await?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

/// Adds a doctor to 医師マスタ; one who is there already stays.
pub async fn add_doctor(
    on: impl Into<Handle<'_>>,
    organization_id: Uuid,
    name: &str,
    now: Timestamp,
) -> db::Result<()> {
    sql("insert into doctor (organization_id, doctor_id, name, created_at) values ($1, $2, $3, $4)
         on conflict (organization_id, name) do nothing")
    .bind(organization_id)
    .bind(Uuid::now_v7())
    .bind(name)
    .bind(now)
    .run(on)
    .await
    .map(drop)
}

/// What a form takes over from the organisation that writes it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Writer {
    pub name: String,
    pub address: String,
    pub phone: String,
    pub governing_id: Option<Uuid>,
}

pub async fn writer(db: &Db, organization_id: Uuid) -> Result<Writer> {
    let writer: Option<Writer> =
        sql("select name, address, phone, governing_id from organization where organization_id = $1")
            .bind(organization_id)
            .optional(db)
            .await?;
    writer.ok_or(Error::NotFound)
}

/// A medical institution that a health centre enters for (FORM-03).
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Institution {
    pub name: String,
    pub address: String,
    pub phone: String,
}

/// The medical institutions under a health centre, by name.
pub async fn institutions(db: &Db, center_id: Uuid) -> db::Result<Vec<Institution>> {
    sql("select name, address, phone from organization where governing_id = $1 and kind = $2 order by name limit 2000")
        .bind(center_id)
        .bind(OrganizationKind::MedicalInstitution.code())
        .all(db)
        .await
}

/// Those of one name.
pub async fn institutions_named(db: &Db, center_id: Uuid, name: &str) -> db::Result<Vec<Institution>> {
    sql("select name, address, phone from organization where governing_id = $1 and kind = $2 and name = $3 limit 2")
        .bind(center_id)
        .bind(OrganizationKind::MedicalInstitution.code())
        .bind(name)
        .all(db)
        .await
}
