//! SQL of 入力のお願い of one person.

use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Tx, sql};
use crate::error::Result;

/// How a person is asked.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Preference {
    pub channel: String,
    pub language: String,
    pub hour: Option<i64>,
    pub stopped_at: Option<Timestamp>,
    pub stop_reason: String,
    pub stopped_by: String,
    /// The organisation of whoever set it last.
    pub organization_id: Option<Uuid>,
}

pub async fn preference(db: &Db, case_id: Uuid) -> Result<Preference> {
    let found: Option<Preference> =
        sql("select p.channel, p.language, p.hour, p.stopped_at, p.stop_reason, p.stopped_by, a.organization_id
         from contact_preference p left join account a on a.account_id = p.updated_by where p.case_id = $1")
        .bind(case_id)
        .optional(db)
        .await?;
    Ok(found.unwrap_or_default())
}

/// What a centre does where nothing is set for a person.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Policy {
    pub reminder_hour: i64,
    pub reminder_second_hour: i64,
    pub reminder_channels: String,
}

pub async fn policy(db: &Db, case_id: Uuid) -> Result<Policy> {
    let found: Option<Policy> = sql("select o.reminder_hour, o.reminder_second_hour, o.reminder_channels
         from cases c join organization o on o.organization_id = c.responsible_center_id where c.case_id = $1")
    .bind(case_id)
    .optional(db)
    .await?;
    Ok(found.unwrap_or_default())
}

pub async fn set(
    tx: &mut Tx,
    case_id: Uuid,
    (channel, language, hour): (&str, &str, Option<i64>),
    account_id: Uuid,
    now: Timestamp,
) -> Result<()> {
    sql("insert into contact_preference (case_id, channel, language, hour, stopped_at, stop_reason, stopped_by,
                                         updated_at, updated_by)
         values ($1, $2, $3, $4, null, '', '', $5, $6)
         on conflict (case_id) do update set channel = excluded.channel, language = excluded.language,
             hour = excluded.hour, updated_at = excluded.updated_at, updated_by = excluded.updated_by")
    .bind(case_id)
    .bind(channel)
    .bind(language)
    .bind(hour)
    .bind(now)
    .bind(account_id)
    .run(tx)
    .await?;
    Ok(())
}

/// Only the way; what else was set stays.
pub async fn set_channel(tx: &mut Tx, case_id: Uuid, channel: &str, account_id: Uuid, now: Timestamp) -> Result<()> {
    sql("insert into contact_preference (case_id, channel, language, hour, stopped_at, stop_reason, stopped_by,
                                         updated_at, updated_by)
         values ($1, $2, '', null, null, '', '', $3, $4)
         on conflict (case_id) do update set channel = excluded.channel, updated_at = excluded.updated_at,
             updated_by = excluded.updated_by")
    .bind(case_id)
    .bind(channel)
    .bind(now)
    .bind(account_id)
    .run(tx)
    .await?;
    Ok(())
}

/// A request as it is shown.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Request {
    pub day: Date,
    pub round: i64,
    pub due_at: Timestamp,
    pub state: String,
    pub reason: String,
    pub channel: String,
}

/// The requests from a day on, the newest first.
pub async fn requests(db: &Db, case_id: Uuid, from: Date) -> Result<Vec<Request>> {
    Ok(sql("select day, round, due_at, state, reason, channel from reminder
         where case_id = $1 and day >= $2 order by day desc, round desc limit 60")
    .bind(case_id)
    .bind(from)
    .all(db)
    .await?)
}

/// How a message of a request goes.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Message {
    pub day: Date,
    pub round: i64,
    pub channel: String,
    pub status: String,
    pub delivery: Option<String>,
    pub last_error: Option<String>,
    pub finished_at: Option<Timestamp>,
}

pub async fn messages(db: &Db, case_id: Uuid, from: Date) -> Result<Vec<Message>> {
    Ok(sql("select r.day, r.round, m.channel, m.status, m.delivery, m.last_error, m.finished_at
         from reminder r join message m on m.message_id = r.message_id
         where r.case_id = $1 and r.day >= $2
         union
         select l.day, l.round, m.channel, m.status, m.delivery, m.last_error, m.finished_at
         from reminder_message l join message m on m.message_id = l.message_id
         where l.case_id = $1 and l.day >= $2")
    .bind(case_id)
    .bind(from)
    .all(db)
    .await?)
}

/// A wish of a person.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Wish {
    pub request_id: Uuid,
    pub wish: String,
    pub asked_at: Timestamp,
    /// The account of My HER-SYS; nil where it was asked by SMS or the link of a mail.
    pub asked_by: Uuid,
    pub settled_at: Option<Timestamp>,
    pub outcome: Option<String>,
    pub answer: String,
}

/// The open wishes, then the newest of the settled.
pub async fn wishes(db: &Db, case_id: Uuid) -> Result<Vec<Wish>> {
    Ok(sql("select request_id, wish, asked_at, asked_by, settled_at, outcome, answer from patient_request where case_id = $1
         order by case when settled_at is null then 0 else 1 end, asked_at desc limit 20")
    .bind(case_id)
    .all(db)
    .await?)
}

/// The wish, if it is open.
pub async fn open_wish(tx: &mut Tx, case_id: Uuid, request_id: Uuid) -> Result<Option<String>> {
    Ok(sql("select wish from patient_request where case_id = $1 and request_id = $2 and settled_at is null")
        .bind(case_id)
        .bind(request_id)
        .optional_scalar(tx)
        .await?)
}

/// Settles an open wish; `false` where somebody else has.
pub async fn settle(
    tx: &mut Tx,
    (case_id, request_id): (Uuid, Uuid),
    (outcome, answer): (&str, &str),
    (organization_id, account_id): (Uuid, Uuid),
    now: Timestamp,
) -> Result<bool> {
    let settled = sql("update patient_request set settled_at = $3, settled_by = $4, settled_by_organization_id = $5,
                              outcome = $6, answer = $7
         where case_id = $1 and request_id = $2 and settled_at is null")
    .bind(case_id)
    .bind(request_id)
    .bind(now)
    .bind(account_id)
    .bind(organization_id)
    .bind(outcome)
    .bind(answer)
    .run(tx)
    .await?;
    Ok(settled == 1)
}
