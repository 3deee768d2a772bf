//! Reads of notifications and their versions. Writing one is [`super::file`]'s alone.

use hersys_shared::notification::Content;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Handle, sql};
use crate::error::{Error, Result};

/// A notification as it stands.
#[derive(Debug, Clone)]
pub struct Notification {
    pub case_id: Uuid,
    pub notification_id: Uuid,
    /// 1 is what was reported first.
    pub version: i64,
    /// `None` once it was deleted: then only that it existed is known.
    pub content: Option<Content>,
    pub receiving_center_id: Uuid,
    pub filed_by: Uuid,
    pub filed_by_organization_id: Uuid,
    /// How it reached the health centre that entered it for an institution: `fax`, `phone`, `paper` (FORM-03).
    pub proxy_for: Option<String>,
    pub filed_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Uuid,
    pub deleted_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    case_id: Uuid,
    notification_id: Uuid,
    version: i64,
    content: serde_json::Value,
    receiving_center_id: Uuid,
    filed_by: Uuid,
    filed_by_organization_id: Uuid,
    proxy_for: Option<String>,
    filed_at: Timestamp,
    updated_at: Timestamp,
    updated_by: Uuid,
    deleted_at: Option<Timestamp>,
}

impl TryFrom<Row> for Notification {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let content = if row.deleted_at.is_none() { Some(read(row.content)?) } else { None };
        Ok(Self {
            case_id: row.case_id,
            notification_id: row.notification_id,
            version: row.version,
            content,
            receiving_center_id: row.receiving_center_id,
            filed_by: row.filed_by,
            filed_by_organization_id: row.filed_by_organization_id,
            proxy_for: row.proxy_for,
            filed_at: row.filed_at,
            updated_at: row.updated_at,
            updated_by: row.updated_by,
            deleted_at: row.deleted_at,
        })
    }
}

/// Content as its tables keep it.
pub fn read(body: serde_json::Value) -> Result<Content> {
    // Not the error's text, which may quote the content.
    serde_json::from_value(body)
        .map_err(|error| Error::Internal(format!("unreadable notification: {:?}", error.classify())))
}

const COLUMNS: &str = "case_id, notification_id, version, content, receiving_center_id, filed_by,
    filed_by_organization_id, proxy_for, filed_at, updated_at, updated_by, deleted_at";

/// All notifications of a person, the latest first; deleted ones among them.
pub async fn of_case(on: impl Into<Handle<'_>>, case_id: Uuid) -> Result<Vec<Notification>> {
    let rows: Vec<Row> = sql(&format!(
        "select {COLUMNS} from notification where case_id = $1 order by filed_at desc, notification_id desc"
    ))
    .bind(case_id)
    .all(on)
    .await?;
    rows.into_iter().map(Notification::try_from).collect()
}

/// One notification of a person.
pub async fn notification(
    on: impl Into<Handle<'_>>,
    case_id: Uuid,
    notification_id: Uuid,
) -> Result<Option<Notification>> {
    let row: Option<Row> =
        sql(&format!("select {COLUMNS} from notification where case_id = $1 and notification_id = $2"))
            .bind(case_id)
            .bind(notification_id)
            .optional(on)
            .await?;
    row.map(Notification::try_from).transpose()
}

/// One version out of the history.
#[derive(Debug, Clone)]
pub struct Version {
    pub version: i64,
    pub content: Content,
    pub written_at: Timestamp,
    pub written_by: Uuid,
    pub organization_id: Uuid,
}

/// Every version of a notification, the first first; none of a deleted one.
pub async fn versions(on: impl Into<Handle<'_>>, case_id: Uuid, notification_id: Uuid) -> Result<Vec<Version>> {
    type Row = (i64, serde_json::Value, Timestamp, Uuid, Uuid);
    let rows: Vec<Row> = sql("select version, content, written_at, written_by, organization_id
         from notification_history where case_id = $1 and notification_id = $2 order by version")
    .bind(case_id)
    .bind(notification_id)
    .all(on)
    .await?;
    rows.into_iter()
        .map(|(version, content, written_at, written_by, organization_id)| {
            Ok(Version { version, content: read(content)?, written_at, written_by, organization_id })
        })
        .collect()
}

/// How a health centre is reached by telephone.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CenterContact {
    pub name: String,
    pub phone: String,
}

pub async fn center_contact(on: impl Into<Handle<'_>>, center_id: Uuid) -> Result<Option<CenterContact>> {
    Ok(sql("select name, phone from organization where organization_id = $1").bind(center_id).optional(on).await?)
}
