//! SQL of the outbox.

use hersys_shared::episode::Episode;
use sqlx::types::Json;
use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Engine, Handle, Query, Result, Tx, Value, insert_rows, list, places, sql};
use crate::messages::{Channel, NewMessage};

/// The row of a message: its id, and its values in the order of [`INSERT`].
fn row(now: Timestamp, message: NewMessage) -> (Uuid, Vec<Value>) {
    let message_id = Uuid::now_v7();
    let values = vec![
        message_id.into(),
        message.channel.code().into(),
        message.recipient.into(),
        message.subject.into(),
        message.body.into(),
        message.case_id.into(),
        now.into(),
        now.into(),
        message.expires_at.into(),
        "waiting".into(),
        0_i64.into(),
    ];
    (message_id, values)
}

const INSERT: &str = "insert into message (message_id, channel, recipient, subject, body, case_id, created_at, due_at,
                                           expires_at, status, attempts) values ";

pub async fn insert(on: impl Into<Handle<'_>>, now: Timestamp, message: NewMessage) -> Result<Uuid> {
    let (message_id, values) = row(now, message);
    sql(&format!("{INSERT}{}", places(1, 1, values.len()))).bind_all(values).run(on).await?;
    Ok(message_id)
}

/// Many at once, each with the moment at which it was asked for.
pub async fn insert_all(tx: &mut Tx, messages: Vec<(Timestamp, NewMessage)>) -> Result<()> {
    insert_rows(tx, INSERT, messages.into_iter().map(|(now, message)| row(now, message).1).collect()).await
}

/// A message that this process may send until the lease runs out.
#[derive(sqlx::FromRow)]
pub struct Leased {
    pub message_id: Uuid,
    pub channel: String,
    pub recipient: String,
    pub subject: String,
    pub body: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// Tries so far, this one included.
    pub attempts: i64,
    pub purpose: String,
    /// The token of the link that ends such mails, or empty.
    pub unsubscribe: String,
    /// Whom it is about, where it is about one person.
    pub case_id: Option<Uuid>,
}

/// Takes up to `most` due messages, oldest first, but reminders, which have a way of their own. Two processes never
/// hold the same message.
pub async fn take(
    db: &Db,
    channels: &[Channel],
    most: usize,
    now: Timestamp,
    leased_until: Timestamp,
) -> Result<Vec<Leased>> {
    take_of(db, "", channels, most, now, leased_until).await
}

/// [`take`] of the messages for one purpose.
pub(super) async fn take_of(
    db: &Db,
    purpose: &str,
    channels: &[Channel],
    most: usize,
    now: Timestamp,
    leased_until: Timestamp,
) -> Result<Vec<Leased>> {
    if channels.is_empty() || most == 0 {
        return Ok(Vec::new());
    }
    // Looking first keeps an idle outbox from taking SQLite's one write lock every few seconds.
    if due(purpose, channels, most, now, "").all::<Leased>(db).await?.is_empty() {
        return Ok(Vec::new());
    }
    let lock = match db.engine() {
        Engine::Postgres => "for update skip locked",
        // A writing transaction has the database to itself.
        Engine::Sqlite => "",
    };
    let mut tx = db.begin().await?;
    let mut messages = due(purpose, channels, most, now, lock).all::<Leased>(&mut tx).await?;
    if messages.is_empty() {
        return Ok(messages);
    }
    sql(&format!(
        "update message set leased_until = $1, attempts = attempts + 1 where message_id in ({})",
        list(2, messages.len())
    ))
    .bind(leased_until)
    .bind_all(messages.iter().map(|message| message.message_id.into()))
    .run(&mut tx)
    .await?;
    tx.commit().await?;
    for message in &mut messages {
        message.attempts += 1;
    }
    Ok(messages)
}

fn due(purpose: &str, channels: &[Channel], most: usize, now: Timestamp, lock: &str) -> Query {
    sql(&format!(
        "select message_id, channel, recipient, subject, body, created_at, expires_at, attempts,
                purpose, unsubscribe, case_id
         from message
         where purpose = $3 and status = 'waiting' and due_at <= $1 and expires_at > $1
           and (leased_until is null or leased_until <= $1) and channel in ({})
         order by due_at, message_id limit $2 {lock}",
        list(4, channels.len())
    ))
    .bind(now)
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .bind(purpose)
    .bind_all(channels.iter().map(|channel| Value::from(channel.code())))
}

/// Ends what was not sent in time; how many that were.
pub async fn expire(db: &Db, now: Timestamp, keep_text: bool) -> Result<u64> {
    // A retry is never due after its message expires, so the index on due_at serves here too.
    const OVERDUE: &str = "purpose in ('', 'reminder') and status = 'waiting' and due_at <= $1 and expires_at <= $1
                           and (leased_until is null or leased_until <= $1)";
    let any = sql(&format!("select message_id from message where {OVERDUE} limit 1"));
    if any.bind(now).optional_scalar::<Uuid>(db).await?.is_none() {
        return Ok(0);
    }
    sql(&format!(
        "update message set status = 'expired', finished_at = $1, leased_until = null {} where {OVERDUE}",
        wipe(keep_text)
    ))
    .bind(now)
    .run(db)
    .await
}

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Sent,
    /// Demo mode: to be read under /demo/outbox.
    Kept,
    Failed,
}

impl End {
    fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Kept => "kept",
            Self::Failed => "failed",
        }
    }
}

/// Ends a message. What another process ended in the meantime stays as it is.
pub async fn finish(
    db: &Db,
    message_id: Uuid,
    end: End,
    provider_id: Option<String>,
    error: Option<String>,
    now: Timestamp,
    keep_text: bool,
) -> Result<()> {
    sql(&format!(
        "update message set status = $2, provider_id = $3, last_error = $4, finished_at = $5, leased_until = null {}
         where message_id = $1 and status = 'waiting'",
        wipe(keep_text)
    ))
    .bind(message_id)
    .bind(end.code())
    .bind(provider_id)
    .bind(error)
    .bind(now)
    .run(db)
    .await
    .map(drop)
}

/// Takes back the requests to report that wait to be sent to a person, and whatever else where `all` (NTF-11); how many
/// there were. Whatever is on its way at this moment is gone.
pub async fn cancel_reminders(tx: &mut Tx, case_id: Uuid, all: bool, now: Timestamp) -> Result<i64> {
    let which = if all { "" } else { "and purpose || '' = 'reminder'" };
    let cancelled = sql(&format!(
        "update message set status = 'cancelled', finished_at = $2, leased_until = null {}
         where case_id = $1 and status || '' = 'waiting' {which}",
        wipe(false)
    ))
    .bind(case_id)
    .bind(now)
    .run(tx)
    .await?;
    Ok(i64::try_from(cancelled).unwrap_or(i64::MAX))
}

/// Whether somebody may still be written to: observed today, later or not yet, and alive.
pub async fn may_be_written_to(db: &Db, case_id: Uuid, today: Date) -> Result<bool> {
    let found: Option<(Option<Date>, Option<Json<Episode>>)> = sql("select c.observed_until, e.body from cases c
         left join document e on e.case_id = c.case_id and e.tab = 'episode' where c.case_id = $1")
    .bind(case_id)
    .optional(db)
    .await?;
    Ok(found.is_none_or(|(until, episode)| {
        until.is_none_or(|until| today <= until) && !episode.is_some_and(|Json(episode)| episode.is_dead())
    }))
}

/// A message that has ended needs its text no more, and texts carry codes.
pub(super) fn wipe(keep_text: bool) -> &'static str {
    if keep_text { "" } else { ", subject = '', body = '', unsubscribe = ''" }
}

/// Gives a message back for another try at `due_at`, unless its lease ran out and another process
/// has it now.
pub async fn postpone(db: &Db, message_id: Uuid, attempts: i64, due_at: Timestamp, error: String) -> Result<()> {
    sql("update message set due_at = $3, last_error = $4, leased_until = null
         where message_id = $1 and status = 'waiting' and attempts = $2")
    .bind(message_id)
    .bind(attempts)
    .bind(due_at)
    .bind(error)
    .run(db)
    .await
    .map(drop)
}

/// Gives a message back that is not to leave before `due_at`.
pub async fn put_off(db: &Db, message_id: Uuid, attempts: i64, due_at: Timestamp) -> Result<()> {
    sql("update message set due_at = $3, leased_until = null
         where message_id = $1 and status = 'waiting' and attempts = $2")
    .bind(message_id)
    .bind(attempts)
    .bind(due_at)
    .run(db)
    .await
    .map(drop)
}

/// Whether the provider's id belongs to a message of this installation.
pub async fn has_provider_id(db: &Db, provider_id: &str) -> Result<bool> {
    let found = sql("select message_id from message where provider_id = $1 limit 1").bind(provider_id);
    Ok(found.optional_scalar::<Uuid>(db).await?.is_some())
}

/// Notes the provider's word on a delivery where the last word is one of `earlier` or there is none.
pub async fn note_delivery(
    db: &Db,
    provider_id: &str,
    delivery: &str,
    earlier: &[&str],
    error: Option<String>,
) -> Result<()> {
    let after = if earlier.is_empty() { String::new() } else { format!("or delivery in ({})", list(4, earlier.len())) };
    sql(&format!(
        "update message set delivery = $2, last_error = coalesce($3, last_error)
         where provider_id = $1 and (delivery is null {after})"
    ))
    .bind(provider_id)
    .bind(delivery)
    .bind(error)
    .bind_all(earlier.iter().map(|state| Value::from(*state)))
    .run(db)
    .await
    .map(drop)
}

/// Keeps a word on a delivery whose message is not known yet, in place of one of `earlier`.
pub async fn keep_early(
    db: &Db,
    provider_id: &str,
    (delivery, error): (&str, Option<String>),
    earlier: &[&str],
    now: Timestamp,
) -> Result<()> {
    let then = if earlier.is_empty() {
        "nothing".to_owned()
    } else {
        format!(
            "update set delivery = excluded.delivery, error = coalesce(excluded.error, delivery_told.error)
             where delivery_told.delivery in ({})",
            list(5, earlier.len())
        )
    };
    sql(&format!(
        "insert into delivery_told (provider_id, delivery, error, told_at) values ($1, $2, $3, $4)
         on conflict (provider_id) do {then}"
    ))
    .bind(provider_id)
    .bind(delivery)
    .bind(error)
    .bind(now)
    .bind_all(earlier.iter().map(|state| Value::from(*state)))
    .run(db)
    .await
    .map(drop)
}

/// Some of the kept words whose message is known by now: the provider's id, the word, the error.
pub async fn early(db: &Db) -> Result<Vec<(String, String, Option<String>)>> {
    sql("select distinct t.provider_id, t.delivery, t.error from delivery_told t
         join message m on m.provider_id = t.provider_id limit 500")
    .all(db)
    .await
}

pub async fn drop_early(db: &Db, provider_id: &str, delivery: &str) -> Result<()> {
    let told = sql("delete from delivery_told where provider_id = $1 and delivery = $2");
    told.bind(provider_id).bind(delivery).run(db).await.map(drop)
}

/// Forgets the words of before `moment`: they are of nobody's message here.
pub async fn forget_early(db: &Db, moment: Timestamp) -> Result<()> {
    sql("delete from delivery_told where told_at < $1").bind(moment).run(db).await.map(drop)
}

/// A message as the demo outbox shows it.
#[derive(sqlx::FromRow)]
pub struct Shown {
    pub message_id: Uuid,
    pub channel: String,
    pub recipient: String,
    pub subject: String,
    pub body: String,
    pub created_at: Timestamp,
}

/// The newest messages that were kept, or tried at least once, with their texts.
pub async fn newest(db: &Db, most: i64) -> Result<Vec<Shown>> {
    sql("select message_id, channel, recipient, subject, body, created_at from message
         where body <> '' and (status = 'kept' or attempts > 0)
         order by created_at desc, message_id desc limit $1")
    .bind(most)
    .all(db)
    .await
}
