//! SQL of 届出受付: rows as the filing writes them, and what a centre does with them.

use std::collections::HashMap;

use time::Date;
use uuid::Uuid;

use crate::access::events::News;
use crate::clock::Timestamp;
use crate::db::{Handle, Tx, insert_rows, list, places, sql};
use crate::error::{Error, Result};
use crate::monitoring::intake::store::padded;
use crate::notification::inbox::State;

/// A row as the filing of a notification makes it.
pub struct Entry {
    pub case_id: Uuid,
    pub notification_id: Uuid,
    pub center_id: Uuid,
    pub institution_id: Uuid,
    pub institution_name: String,
    pub proxy_for: Option<String>,
    pub state: State,
    pub place: i64,
    pub version: i64,
    pub arrived_at: Timestamp,
    pub changed_at: Timestamp,
    pub diagnosis_type: String,
    pub age: Option<i64>,
    pub is_clinical: bool,
    pub is_admitted: bool,
    pub severity: String,
    pub missing: i64,
    pub lookalike_id: Option<Uuid>,
}

/// Who confirmed which version.
pub struct Confirmation {
    pub version: i64,
    pub at: Timestamp,
    pub by: Uuid,
}

pub async fn insert(tx: &mut Tx, entries: &[(Entry, Option<Confirmation>)]) -> Result<()> {
    let rows = entries.iter().map(|(entry, confirmation)| {
        vec![
            entry.case_id.into(),
            entry.notification_id.into(),
            entry.center_id.into(),
            entry.institution_id.into(),
            entry.institution_name.as_str().into(),
            entry.proxy_for.clone().into(),
            entry.state.code().into(),
            entry.place.into(),
            entry.version.into(),
            entry.arrived_at.into(),
            entry.changed_at.into(),
            entry.diagnosis_type.as_str().into(),
            entry.age.into(),
            entry.is_clinical.into(),
            entry.is_admitted.into(),
            entry.severity.as_str().into(),
            entry.missing.into(),
            entry.lookalike_id.into(),
            confirmation.as_ref().map(|confirmed| confirmed.version).into(),
            confirmation.as_ref().map(|confirmed| confirmed.at).into(),
            confirmation.as_ref().map(|confirmed| confirmed.by).into(),
        ]
    });
    Ok(insert_rows(
        tx,
        "insert into notification_inbox (case_id, notification_id, center_id, institution_id, institution_name,
            proxy_for, state, place, version, arrived_at, changed_at, diagnosis_type, age, is_clinical, is_admitted,
            severity, missing, lookalike_id, confirmed_version, confirmed_at, confirmed_by) values ",
        rows.collect(),
    )
    .await?)
}

/// The row after a new version; what the centre did before stays noted.
pub async fn update(tx: &mut Tx, entry: &Entry, confirmation: Option<Confirmation>) -> Result<()> {
    sql("update notification_inbox set institution_name = $3, state = $4, place = $5, version = $6, changed_at = $7,
            diagnosis_type = $8, age = $9, is_clinical = $10, is_admitted = $11, severity = $12, missing = $13,
            lookalike_id = $14, confirmed_version = coalesce($15, confirmed_version),
            confirmed_at = coalesce($16, confirmed_at), confirmed_by = coalesce($17, confirmed_by)
         where case_id = $1 and notification_id = $2")
    .bind(entry.case_id)
    .bind(entry.notification_id)
    .bind(&entry.institution_name)
    .bind(entry.state.code())
    .bind(entry.place)
    .bind(entry.version)
    .bind(entry.changed_at)
    .bind(&entry.diagnosis_type)
    .bind(entry.age)
    .bind(entry.is_clinical)
    .bind(entry.is_admitted)
    .bind(&entry.severity)
    .bind(entry.missing)
    .bind(entry.lookalike_id)
    .bind(confirmation.as_ref().map(|confirmed| confirmed.version))
    .bind(confirmation.as_ref().map(|confirmed| confirmed.at))
    .bind(confirmation.as_ref().map(|confirmed| confirmed.by))
    .run(tx)
    .await?;
    Ok(())
}

/// The row of a notification that is held until the transaction ends. An update that changes nothing locks on both
/// databases.
pub async fn hold(tx: &mut Tx, case_id: Uuid, notification_id: Uuid) -> Result<()> {
    sql("update notification_inbox set place = place where case_id = $1 and notification_id = $2")
        .bind(case_id)
        .bind(notification_id)
        .run(tx)
        .await?;
    Ok(())
}

/// The row in the inbox of another centre: there it is new. When it was filed, and what was reported on, stays.
pub async fn readdress(tx: &mut Tx, entry: &Entry, confirmation: Option<Confirmation>) -> Result<()> {
    sql("update notification_inbox set center_id = $3, assignee_id = null, confirmed_version = null,
            confirmed_at = null, confirmed_by = null
         where case_id = $1 and notification_id = $2")
    .bind(entry.case_id)
    .bind(entry.notification_id)
    .bind(entry.center_id)
    .run(&mut *tx)
    .await?;
    update(tx, entry, confirmation).await
}

/// Marks a row as deleted and wipes what it said of the content.
pub async fn set_deleted(tx: &mut Tx, case_id: Uuid, notification_id: Uuid, now: Timestamp) -> Result<()> {
    sql("update notification_inbox set state = $3, place = $4, changed_at = $5, diagnosis_type = '', age = null,
            is_clinical = $6, is_admitted = $6, severity = '', missing = 0, lookalike_id = null
         where case_id = $1 and notification_id = $2")
    .bind(case_id)
    .bind(notification_id)
    .bind(State::Deleted.code())
    .bind(State::Deleted.place(now))
    .bind(now)
    .bind(false)
    .run(tx)
    .await?;
    Ok(())
}

/// Where a notification stands.
#[derive(Debug, Clone)]
pub struct Standing {
    pub case_id: Uuid,
    pub notification_id: Uuid,
    pub center_id: Uuid,
    pub institution_id: Uuid,
    pub institution_name: String,
    pub state: State,
    pub place: i64,
    pub version: i64,
    pub confirmed_version: Option<i64>,
    pub confirmed_at: Option<Timestamp>,
    pub reported_version: Option<i64>,
    pub reported_at: Option<Timestamp>,
    pub assignee_id: Option<Uuid>,
}

impl Standing {
    /// The state once this version is confirmed: what was reported on needs no second report.
    pub fn when_confirmed(&self) -> State {
        if self.reported_version == Some(self.version) { State::Reported } else { State::Confirmed }
    }
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    case_id: Uuid,
    notification_id: Uuid,
    center_id: Uuid,
    institution_id: Uuid,
    institution_name: String,
    state: String,
    place: i64,
    version: i64,
    confirmed_version: Option<i64>,
    confirmed_at: Option<Timestamp>,
    reported_version: Option<i64>,
    reported_at: Option<Timestamp>,
    assignee_id: Option<Uuid>,
}

impl TryFrom<StandingRow> for Standing {
    type Error = Error;

    fn try_from(row: StandingRow) -> Result<Self> {
        Ok(Self {
            state: read_state(&row.state)?,
            case_id: row.case_id,
            notification_id: row.notification_id,
            center_id: row.center_id,
            institution_id: row.institution_id,
            institution_name: row.institution_name,
            place: row.place,
            version: row.version,
            confirmed_version: row.confirmed_version,
            confirmed_at: row.confirmed_at,
            reported_version: row.reported_version,
            reported_at: row.reported_at,
            assignee_id: row.assignee_id,
        })
    }
}

pub fn read_state(code: &str) -> Result<State> {
    State::from_code(code).ok_or_else(|| Error::Internal(format!("unknown state of the inbox: {code}")))
}

const STANDING: &str = "select case_id, notification_id, center_id, institution_id, institution_name, state, place,
    version, confirmed_version, confirmed_at, reported_version, reported_at, assignee_id from notification_inbox";

/// Where a notification of a person stands.
pub async fn standing(on: impl Into<Handle<'_>>, case_id: Uuid, notification_id: Uuid) -> Result<Option<Standing>> {
    let row: Option<StandingRow> = sql(&format!("{STANDING} where case_id = $1 and notification_id = $2"))
        .bind(case_id)
        .bind(notification_id)
        .optional(on)
        .await?;
    row.map(Standing::try_from).transpose()
}

/// A notification by its id, in whose inbox ever; the caller says who may know of it.
pub async fn by_id(on: impl Into<Handle<'_>>, notification_id: Uuid) -> Result<Option<Standing>> {
    let row: Option<StandingRow> =
        sql(&format!("{STANDING} where notification_id = $1")).bind(notification_id).optional(on).await?;
    row.map(Standing::try_from).transpose()
}

/// Of whom the notification with this id is.
pub async fn case_of(on: impl Into<Handle<'_>>, notification_id: Uuid) -> Result<Option<Uuid>> {
    Ok(sql("select case_id from notification_inbox where notification_id = $1")
        .bind(notification_id)
        .optional_scalar(on)
        .await?)
}

/// Confirms exactly one version. `false`: it is another by now, or was confirmed before.
pub async fn confirm(tx: &mut Tx, standing: &Standing, version: i64, by: Uuid, now: Timestamp) -> Result<bool> {
    let state = standing.when_confirmed();
    let confirmed = sql("update notification_inbox set state = $5, place = $6, confirmed_version = version,
            confirmed_at = $7, confirmed_by = $8
         where case_id = $1 and notification_id = $2 and version = $3 and state = $4")
    .bind(standing.case_id)
    .bind(standing.notification_id)
    .bind(version)
    .bind(standing.state.code())
    .bind(state.code())
    .bind(state.place(now))
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    Ok(confirmed == 1)
}

/// What the top page told of a notification is done with once the centre has dealt with it.
pub async fn settle_news(tx: &mut Tx, standing: &Standing, now: Timestamp) -> Result<()> {
    let told = [News::Notified, News::NotificationChanged, News::NotificationDeleted, News::Answered];
    sql(&format!(
        "update center_event set seen_at = $3
         where organization_id = $1 and case_id = $2 and seen_at is null and kind in ({})",
        list(4, told.len())
    ))
    .bind(standing.center_id)
    .bind(standing.case_id)
    .bind(now)
    .bind_all(told.into_iter().map(|news| news.code().into()))
    .run(tx)
    .await?;
    Ok(())
}

/// 県へ報告 of exactly one confirmed version.
pub async fn report_on(tx: &mut Tx, standing: &Standing, version: i64, by: Uuid, now: Timestamp) -> Result<bool> {
    let reported = sql("update notification_inbox set state = $5, place = $6, reported_version = version,
            reported_at = $7, reported_by = $8
         where case_id = $1 and notification_id = $2 and version = $3 and state = $4")
    .bind(standing.case_id)
    .bind(standing.notification_id)
    .bind(version)
    .bind(State::Confirmed.code())
    .bind(State::Reported.code())
    .bind(State::Reported.place(now))
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    Ok(reported == 1)
}

pub async fn assign(tx: &mut Tx, standing: &Standing, assignee_id: Option<Uuid>) -> Result<()> {
    sql("update notification_inbox set assignee_id = $3 where case_id = $1 and notification_id = $2")
        .bind(standing.case_id)
        .bind(standing.notification_id)
        .bind(assignee_id)
        .run(tx)
        .await?;
    Ok(())
}

/// Moves a notification into another state, unless somebody else moved it meanwhile.
pub async fn move_on(tx: &mut Tx, standing: &Standing, to: State, now: Timestamp) -> Result<bool> {
    let moved = sql("update notification_inbox set state = $4, place = $5
         where case_id = $1 and notification_id = $2 and state = $3")
    .bind(standing.case_id)
    .bind(standing.notification_id)
    .bind(standing.state.code())
    .bind(to.code())
    .bind(to.place(now))
    .run(tx)
    .await?;
    Ok(moved == 1)
}

/// Of whom somebody may be the same person.
pub struct Resembled<'a> {
    /// In whose list to look.
    pub center_id: Uuid,
    pub case_id: Uuid,
    pub kana_key: String,
    pub birth_on: Option<Date>,
    /// Empty where there is none.
    pub phone: &'a str,
}

/// By person: the newest other person of the centre with the same reading and birth date, else with the same
/// telephone and one of both. A family shares a telephone: that alone is no suspicion.
pub async fn lookalikes(tx: &mut Tx, people: &[Resembled<'_>]) -> Result<HashMap<Uuid, Uuid>> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = padded(people.iter().collect());
    let values = places(1, rows.len(), 5);
    // The few who are found are sorted by an expression, and the number leads to the people (SQLite keeps the order
    // of a cross join): else SQLite would read the centre's whole list in the order of an index.
    let found: Vec<(Uuid, Option<Uuid>, Option<Uuid>)> = sql(&format!(
        "select k.column1,
                (select i.case_id from case_index i
                 where k.column3 <> '' and i.organization_id = k.column2 and i.kana_key = k.column3
                   and i.birth_on = k.column4 and i.case_id <> k.column1
                 order by coalesce(i.created_at, 0) desc limit 1),
                (select i.case_id from case_phone_index p cross join case_index i
                 where k.column5 <> '' and p.organization_id = k.column2 and p.phone = k.column5
                   and i.organization_id = p.organization_id and i.case_id = p.case_id and i.case_id <> k.column1
                   and (i.birth_on = k.column4 or i.kana_key = k.column3)
                 order by coalesce(i.created_at, 0) desc limit 1)
         from (values {values}) k"
    ))
    .bind_all(rows.into_iter().flat_map(|person| {
        [
            person.case_id.into(),
            person.center_id.into(),
            person.kana_key.as_str().into(),
            person.birth_on.into(),
            person.phone.into(),
        ]
    }))
    .all(tx)
    .await?;
    Ok(found.into_iter().filter_map(|(case_id, same, near)| Some((case_id, same.or(near)?))).collect())
}
