//! SQL of the lists of 届出受付. A list touches one centre's slice of one index.

use hersys_shared::notification::DiagnosisType;
use time::{Date, Duration};
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::clock::Timestamp;
use crate::db::{Db, Handle, Value, list, sql};
use crate::error::Result;
use crate::notification::inbox::State;
use crate::notification::inbox::state::OPEN_UNTIL;

/// A row as the list shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listed {
    pub case_id: Uuid,
    pub notification_id: Uuid,
    pub center_id: Uuid,
    pub institution_name: String,
    pub proxy_for: Option<String>,
    pub state: String,
    pub place: i64,
    pub version: i64,
    pub arrived_at: Timestamp,
    pub changed_at: Timestamp,
    pub confirmed_version: Option<i64>,
    pub reported_version: Option<i64>,
    pub reported_at: Option<Timestamp>,
    pub assignee_id: Option<Uuid>,
    pub assignee: Option<String>,
    pub diagnosis_type: String,
    pub age: Option<i64>,
    pub is_clinical: bool,
    pub is_admitted: bool,
    pub severity: String,
    pub missing: i64,
    pub lookalike_id: Option<Uuid>,
    /// Who it is, where the reader reaches the person.
    pub name: Option<String>,
    pub hersys_id: Option<String>,
    /// The likely duplicate's スマホ入力ID, where the reader reaches that person, too.
    pub lookalike: Option<String>,
}

impl Listed {
    pub fn state(&self) -> Option<State> {
        State::from_code(&self.state)
    }

    pub fn diagnosis(&self) -> &'static str {
        DiagnosisType::from_code(&self.diagnosis_type).map_or("", DiagnosisType::label)
    }
}

/// Which rows of an inbox.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub day: Option<Date>,
    pub institution_id: Option<Uuid>,
    pub assignee: Option<Assignee>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    Nobody,
    Account(Uuid),
}

impl Filter {
    fn condition(&self, values: &mut Vec<Value>) -> String {
        let mut text = String::new();
        let mut add = |condition: &str, value: Value| {
            values.push(value);
            text.push_str(&condition.replace('?', &format!("${}", values.len())));
        };
        if let Some(state) = self.state {
            add(" and i.state = ?", state.code().into());
        }
        if let Some(day) = self.day {
            add(" and i.arrived_at >= ?", Timestamp::start_of(day).into());
            add(" and i.arrived_at < ?", (Timestamp::start_of(day) + Duration::days(1)).into());
        }
        if let Some(institution_id) = self.institution_id {
            add(" and i.institution_id = ?", institution_id.into());
        }
        match self.assignee {
            Some(Assignee::Account(account_id)) => add(" and i.assignee_id = ?", account_id.into()),
            Some(Assignee::Nobody) => text.push_str(" and i.assignee_id is null"),
            None => {}
        }
        text
    }
}

/// Where a page begins: rows behind or before one of a place.
#[derive(Debug, Clone, Copy)]
pub enum Position {
    First,
    After(i64, Uuid),
    Before(i64, Uuid),
}

pub struct Rows {
    pub rows: Vec<Listed>,
    pub before: bool,
    pub after: bool,
}

const LISTED: &str = "select i.case_id, i.notification_id, i.center_id, i.institution_name,
        i.proxy_for, i.state, i.place, i.version, i.arrived_at, i.changed_at, i.confirmed_version,
        i.reported_version, i.reported_at, i.assignee_id, a.display_name as assignee, i.diagnosis_type, i.age,
        i.is_clinical, i.is_admitted, i.severity, i.missing, i.lookalike_id, c.name, c.hersys_id,
        d.hersys_id as lookalike
     from notification_inbox i
     left join case_index c on c.organization_id = $1 and c.case_id = i.case_id
     left join account a on a.account_id = i.assignee_id
     left join case_index d on d.organization_id = $1 and d.case_id = i.lookalike_id";

/// A page of a centre's inbox, as `reader_id` sees it.
pub async fn rows(
    db: &Db,
    reader_id: Uuid,
    center_id: Uuid,
    filter: &Filter,
    position: Position,
    size: usize,
) -> Result<Rows> {
    let mut values: Vec<Value> = vec![reader_id.into(), center_id.into()];
    let mut condition = filter.condition(&mut values);
    let backwards = matches!(position, Position::Before(..));
    if let Position::After(place, id) | Position::Before(place, id) = position {
        let than = if backwards { '<' } else { '>' };
        let at = values.len() + 1;
        condition.push_str(&format!(" and (i.place, i.notification_id) {than} (${at}, ${})", at + 1));
        values.extend([place.into(), id.into()]);
    }
    let order = if backwards { "i.place desc, i.notification_id desc" } else { "i.place, i.notification_id" };
    let mut rows: Vec<Listed> =
        sql(&format!("{LISTED} where i.center_id = $2{condition} order by {order} limit ${}", values.len() + 1))
            .bind_all(values)
            .bind(i64::try_from(size).unwrap_or(100) + 1)
            .all(db)
            .await?;
    let more = rows.len() > size;
    rows.truncate(size);
    if backwards {
        rows.reverse();
    }
    let (before, after) = match position {
        Position::First => (false, more),
        Position::After(..) => (true, more),
        Position::Before(..) => (more, true),
    };
    Ok(Rows { rows, before, after })
}

/// What waits longest in the centre's inbox beside `row`.
pub async fn next_open(db: &Db, row: &Listed) -> Result<Option<Uuid>> {
    Ok(sql("select notification_id from notification_inbox
            where center_id = $1 and place < $2 and notification_id <> $3 order by place, notification_id limit 1")
    .bind(row.center_id)
    .bind(OPEN_UNTIL)
    .bind(row.notification_id)
    .optional_scalar(db)
    .await?)
}

/// How many rows a filter finds.
pub async fn count(db: &Db, center_id: Uuid, filter: &Filter) -> Result<i64> {
    let mut values: Vec<Value> = vec![center_id.into()];
    let condition = filter.condition(&mut values);
    Ok(sql(&format!("select count(*) from notification_inbox i where i.center_id = $1{condition}"))
        .bind_all(values)
        .scalar(db)
        .await?)
}

/// Some rows of a centre by their notifications, in the list's order.
pub async fn some(
    on: impl Into<Handle<'_>>,
    reader_id: Uuid,
    center_id: Uuid,
    notifications: &[Uuid],
) -> Result<Vec<Listed>> {
    if notifications.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sql(&format!(
        "{LISTED} where i.center_id = $2 and i.notification_id in ({}) order by i.place, i.notification_id",
        list(3, notifications.len())
    ))
    .bind(reader_id)
    .bind(center_id)
    .bind_all(notifications.iter().map(|id| Value::from(*id)))
    .all(on)
    .await?)
}

/// One row, in whichever inbox, as `reader_id` sees it.
pub async fn one(db: &Db, reader_id: Uuid, notification_id: Uuid) -> Result<Option<Listed>> {
    Ok(sql(&format!("{LISTED} where i.notification_id = $2"))
        .bind(reader_id)
        .bind(notification_id)
        .optional(db)
        .await?)
}

/// How many rows of each state a centre has.
pub async fn counts(db: &Db, center_id: Uuid) -> Result<Vec<(State, i64)>> {
    let rows: Vec<(String, i64)> =
        sql("select state, count(*) from notification_inbox where center_id = $1 group by state")
            .bind(center_id)
            .all(db)
            .await?;
    Ok(rows.into_iter().filter_map(|(code, count)| Some((State::from_code(&code)?, count))).collect())
}

/// The institutions whose notifications a centre has, by name.
pub async fn institutions(db: &Db, center_id: Uuid) -> Result<Vec<(Uuid, String)>> {
    Ok(sql("select o.organization_id, o.name from organization o
         where o.organization_id in (select institution_id from notification_inbox where center_id = $1)
         order by o.name, o.organization_id")
    .bind(center_id)
    .all(db)
    .await?)
}

/// The accounts that may be 担当: those of the centre that are in use.
pub async fn accounts(on: impl Into<Handle<'_>>, center_id: Uuid) -> Result<Vec<(Uuid, String)>> {
    Ok(sql("select account_id, display_name || '（' || sign_in_id || '）' from account
         where organization_id = $1 and ended_at is null and suspended_at is null order by display_name, sign_in_id")
    .bind(center_id)
    .all(on)
    .await?)
}

/// A centre within the reach of a head office, and how far it has come.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Center {
    pub organization_id: Uuid,
    pub name: String,
}

/// The centres that a head office governs, directly or through a city's.
pub async fn centers(db: &Db, head_office_id: Uuid) -> Result<Vec<Center>> {
    Ok(sql("select organization_id, name from organization
         where kind = $2 and (governing_id = $1
            or governing_id in (select organization_id from organization where governing_id = $1))
         order by prefecture_code, code, name")
    .bind(head_office_id)
    .bind(OrganizationKind::HealthCenter.code())
    .all(db)
    .await?)
}

/// How many notifications of a centre are reported on, changed since, not yet reported, not yet
/// confirmed; and since when the oldest waits.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Progress {
    pub center_id: Uuid,
    pub living: i64,
    pub reported: i64,
    pub changed_since: i64,
    pub waiting: i64,
    pub oldest: Option<i64>,
}

pub async fn progress(db: &Db, centers: &[Center]) -> Result<Vec<Progress>> {
    if centers.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sql(&format!(
        "select center_id, count(*) as living,
                count(case when reported_version = version then 1 end) as reported,
                count(case when reported_version < version then 1 end) as changed_since,
                count(case when place < $1 then 1 end) as waiting,
                min(case when place < $1 then place end) as oldest
         from notification_inbox where state <> $2 and center_id in ({}) group by center_id",
        list(3, centers.len())
    ))
    .bind(OPEN_UNTIL)
    .bind(State::Deleted.code())
    .bind_all(centers.iter().map(|center| Value::from(center.organization_id)))
    .all(db)
    .await?)
}
