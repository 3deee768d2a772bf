//! Notifications and their versions. Whoever writes one goes through [`super::file`].

use std::collections::HashSet;

use hersys_shared::notification::Content;
use time::Date;
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::clock::Timestamp;
use crate::db::{Handle, Tx, insert_rows, list, sql};
use crate::error::{Error, Result};
use crate::monitoring::intake::store::padded;

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

/// A version to be written, by whom and when.
pub struct Written {
    pub case_id: Uuid,
    pub notification_id: Uuid,
    pub version: i64,
    pub body: serde_json::Value,
    pub receiving_center_id: Uuid,
    pub at: Timestamp,
    pub account_id: Uuid,
    pub organization_id: Uuid,
}

/// First versions of notifications, each with how it reached the centre that entered it for an institution.
pub async fn insert(tx: &mut Tx, written: &[(Written, Option<&str>)]) -> Result<()> {
    let notifications = written.iter().map(|(written, proxy_for)| {
        vec![
            written.case_id.into(),
            written.notification_id.into(),
            written.version.into(),
            written.body.clone().into(),
            written.receiving_center_id.into(),
            written.account_id.into(),
            written.organization_id.into(),
            (*proxy_for).map(str::to_owned).into(),
            written.at.into(),
            written.at.into(),
            written.account_id.into(),
        ]
    });
    insert_rows(
        tx,
        "insert into notification (case_id, notification_id, version, content, receiving_center_id, filed_by,
                                   filed_by_organization_id, proxy_for, filed_at, updated_at, updated_by) values ",
        notifications.collect(),
    )
    .await?;
    insert_versions(tx, written.iter().map(|(written, _)| written)).await
}

/// The next version in place of the one that stands.
pub async fn replace(tx: &mut Tx, written: &Written) -> Result<()> {
    sql(
        "update notification set version = $3, content = $4, receiving_center_id = $5, updated_at = $6, updated_by = $7
         where case_id = $1 and notification_id = $2",
    )
    .bind(written.case_id)
    .bind(written.notification_id)
    .bind(written.version)
    .bind(written.body.clone())
    .bind(written.receiving_center_id)
    .bind(written.at)
    .bind(written.account_id)
    .run(&mut *tx)
    .await?;
    insert_versions(tx, std::iter::once(written)).await
}

async fn insert_versions(tx: &mut Tx, written: impl Iterator<Item = &Written>) -> Result<()> {
    let versions = written.map(|written| {
        vec![
            written.case_id.into(),
            written.notification_id.into(),
            written.version.into(),
            written.body.clone().into(),
            written.at.into(),
            written.account_id.into(),
            written.organization_id.into(),
        ]
    });
    Ok(insert_rows(
        tx,
        "insert into notification_history (case_id, notification_id, version, content, written_at, written_by,
                                           organization_id) values ",
        versions.collect(),
    )
    .await?)
}

/// Those of some people who have notifications.
pub async fn people_there(tx: &mut Tx, people: Vec<Uuid>) -> Result<HashSet<Uuid>> {
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    let people = padded(people);
    let found: Vec<(Uuid,)> =
        sql(&format!("select case_id from notification where case_id in ({})", list(1, people.len())))
            .bind_all(people.into_iter().map(Into::into))
            .all(tx)
            .await?;
    Ok(found.into_iter().map(|(case_id,)| case_id).collect())
}

/// Takes what a notification says out of the tables, every version of it and the edits that somebody began; that
/// it existed stays (FORM-26).
pub async fn wipe(tx: &mut Tx, case_id: Uuid, notification_id: Uuid, at: Timestamp, account_id: Uuid) -> Result<()> {
    sql("update notification set content = $3, updated_at = $4, updated_by = $5, deleted_at = $4, deleted_by = $5
         where case_id = $1 and notification_id = $2")
    .bind(case_id)
    .bind(notification_id)
    .bind(serde_json::json!({}))
    .bind(at)
    .bind(account_id)
    .run(&mut *tx)
    .await?;
    for rest in [
        "delete from notification_history where case_id = $1 and notification_id = $2",
        "delete from notification_draft where case_id = $1 and notification_id = $2 and reported_at is null",
    ] {
        sql(rest).bind(case_id).bind(notification_id).run(&mut *tx).await?;
    }
    Ok(())
}

/// Since when and until when a health centre takes part; `None` where the organisation is no health centre.
pub async fn health_center(on: impl Into<Handle<'_>>, center_id: Uuid) -> Result<Option<(Option<Date>, Option<Date>)>> {
    Ok(sql("select active_from, active_until from organization where organization_id = $1 and kind = $2")
        .bind(center_id)
        .bind(OrganizationKind::HealthCenter.code())
        .optional(on)
        .await?)
}

/// The latest notification of a person that was not deleted.
pub async fn latest(on: impl Into<Handle<'_>>, case_id: Uuid) -> Result<Option<Uuid>> {
    Ok(sql("select notification_id from notification where case_id = $1 and deleted_at is null
            order by filed_at desc, notification_id desc limit 1")
    .bind(case_id)
    .optional_scalar(on)
    .await?)
}

/// NTF-09: whether institutions may have the notice of URL and ID sent to a centre's people.
pub async fn institutions_may_notify(on: impl Into<Handle<'_>>, center_id: Uuid) -> Result<bool> {
    let agreed: Option<bool> = sql("select institutions_may_notify from organization where organization_id = $1")
        .bind(center_id)
        .optional_scalar(on)
        .await?;
    Ok(agreed == Some(true))
}

pub async fn center_name(on: impl Into<Handle<'_>>, center_id: Uuid) -> Result<String> {
    Ok(sql("select name from organization where organization_id = $1").bind(center_id).scalar(on).await?)
}
