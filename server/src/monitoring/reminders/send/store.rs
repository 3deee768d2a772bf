//! SQL of sending: few statements for some hundred people at a time.

use std::collections::{HashMap, HashSet};

use hersys_shared::PhoneNumber;
use hersys_shared::episode::Episode;
use serde::Deserialize;
use sqlx::types::Json;
use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Engine, Row, Tx, Value, insert_rows, places, sql};
use crate::error::Result;
use crate::monitoring::reminders::send::choose::{Person, Way};

/// A request whose time has come.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    pub case_id: Uuid,
    pub day: Date,
    pub round: i64,
    pub due_at: Timestamp,
}

/// Sizes of lists: a few only, so that each statement is prepared once. What is too many is filled up with the last.
const SIZES: [usize; 6] = [4, 16, 64, 128, 256, 512];

/// `ids` in pieces, each filled up to one of [`SIZES`].
fn filled(ids: &[Uuid]) -> impl Iterator<Item = Vec<Value>> {
    ids.chunks(SIZES[SIZES.len() - 1]).filter_map(|piece| {
        let last = *piece.last()?;
        let size = SIZES.into_iter().find(|size| *size >= piece.len()).unwrap_or(piece.len());
        let more = std::iter::repeat_n(last, size - piece.len());
        Some(piece.iter().copied().chain(more).map(Value::from).collect())
    })
}

/// The rows of a statement that reads some ids as `w(id)`; other values are `$a` and `$b`, each once and in this order. A
/// list in the statement would be compared one by one with every row where PostgreSQL plans without its values. Tables
/// stand behind `w` in cross joins, whose order SQLite keeps: of five hundred ids it would else walk the requests of a
/// whole day.
async fn rows<R: Row>(tx: &mut Tx, text: &str, ids: &[Uuid], others: &[Value]) -> Result<Vec<R>> {
    let mut found = Vec::new();
    for piece in filled(ids) {
        let first = piece.len() + 1;
        let text = text.replace("$a", &format!("${first}")).replace("$b", &format!("${}", first + 1));
        let text = format!("with w(id) as (values {}) {text}", places(1, piece.len(), 1));
        found.extend(sql(&text).bind_all(piece).bind_all(others.iter().cloned()).all::<R>(&mut *tx).await?);
    }
    Ok(found)
}

/// Gives up what was due before `moment`. Asked for in the order of their index: PostgreSQL would else read the table,
/// hoping to meet one soon.
pub async fn miss(db: &Db, moment: Timestamp, most: i64) -> Result<()> {
    loop {
        let any = sql("select case_id from reminder where state = 'planned' and due_at < $1
             order by due_at, case_id limit 1")
        .bind(moment);
        if any.optional_scalar::<Uuid>(db).await?.is_none() {
            return Ok(());
        }
        sql("update reminder set state = 'missed' where state = 'planned' and (case_id, day, round) in (
                 select case_id, day, round from reminder where state = 'planned' and due_at < $1
                 order by due_at, case_id limit $2)")
        .bind(moment)
        .bind(most)
        .run(db)
        .await?;
    }
}

pub async fn is_any_due(db: &Db, now: Timestamp) -> Result<bool> {
    let any = sql("select case_id from reminder where state = 'planned' and due_at <= $1 and due_at >= $2
         order by due_at, case_id limit 1");
    Ok(any.bind(now).bind(Timestamp::start_of(now.day())).optional_scalar::<Uuid>(db).await?.is_some())
}

/// `which` rows are held, so that two processes never have the same.
fn lock(tx: &Tx, which: &str) -> String {
    match tx.engine() {
        Engine::Postgres => format!("for update {which} skip locked"),
        // A writing transaction has the database to itself.
        Engine::Sqlite => String::new(),
    }
}

/// Some of what is due today, the oldest first, held until the transaction ends.
pub async fn due(tx: &mut Tx, now: Timestamp, most: i64) -> Result<Vec<Due>> {
    Ok(sql(&format!(
        "select case_id, day, round, due_at from reminder where state = 'planned' and due_at <= $1 and due_at >= $2
         order by due_at, case_id limit $3 {}",
        lock(tx, "")
    ))
    .bind(now)
    .bind(Timestamp::start_of(now.day()))
    .bind(most)
    .all(tx)
    .await?)
}

/// An account that reports for a person.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Account {
    pub case_id: Uuid,
    pub account_id: Uuid,
    pub mail: String,
}

pub async fn accounts(tx: &mut Tx, cases: &[Uuid]) -> Result<Vec<Account>> {
    let text = "select p.case_id, p.account_id, a.mail from w join patient_person p on p.case_id = w.id
                join patient_account a on a.account_id = p.account_id";
    let mut found: Vec<Account> = rows(tx, text, cases, &[]).await?;
    found.sort_by_key(|account| (account.case_id, account.account_id));
    found.dedup_by_key(|account| (account.case_id, account.account_id));
    Ok(found)
}

/// Whoever else of these accounts is due now: one message speaks of all of them.
pub async fn mates(tx: &mut Tx, accounts: &[Account], taken: &[Due], now: Timestamp) -> Result<Vec<Due>> {
    let mut ids: Vec<Uuid> = accounts.iter().map(|account| account.account_id).collect();
    ids.sort_unstable();
    ids.dedup();
    // Not by the index of all that is due: of these few people only.
    let text = format!(
        "select r.case_id, r.day, r.round, r.due_at from w cross join patient_person p cross join reminder r
         where p.account_id = w.id and r.case_id = p.case_id and r.day = $a and r.due_at <= $b and r.state || '' = 'planned' order by r.case_id, r.round {}",
        lock(tx, "of r")
    );
    let mut seen: HashSet<(Uuid, i64)> = taken.iter().map(|one| (one.case_id, one.round)).collect();
    let found: Vec<Due> = rows(tx, &text, &ids, &[now.day().into(), now.into()]).await?;
    Ok(found.into_iter().filter(|one| seen.insert((one.case_id, one.round))).collect())
}

/// The browsers of accounts that take notifications.
pub async fn browsers(tx: &mut Tx, accounts: &[Account]) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let ids: Vec<Uuid> = accounts.iter().map(|account| account.account_id).collect();
    let text = "select s.account_id, s.subscription_id from w join push_subscription s on s.account_id = w.id
                where s.gone_at is null";
    let mut browsers: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (account_id, subscription_id) in rows::<(Uuid, Uuid)>(tx, text, &ids, &[]).await? {
        let of_account = browsers.entry(account_id).or_default();
        if !of_account.contains(&subscription_id) {
            of_account.push(subscription_id);
        }
    }
    Ok(browsers)
}

/// What a request follows from.
pub struct Fact {
    pub person: Person,
    pub language: String,
    /// Of the centre.
    pub centre_phone: String,
    pub second_hour: i64,
}

pub type Facts = HashMap<Uuid, Fact>;

/// The part of ID管理 that says how to reach the person.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reachable {
    phone: Option<String>,
    mail: String,
    notices: Option<bool>,
}

#[derive(sqlx::FromRow)]
struct FactRow {
    case_id: Uuid,
    observed_from: Option<Date>,
    observed_until: Option<Date>,
    channel: Option<String>,
    language: Option<String>,
    stopped_at: Option<Timestamp>,
    sends_reminders: Option<bool>,
    reminder_second_hour: Option<i64>,
    reminder_channels: Option<String>,
    centre_phone: Option<String>,
    identity: Option<Json<Reachable>>,
    episode: Option<Json<Episode>>,
    reports: i64,
}

/// What is known of some people, as it stands in this transaction, but their accounts.
pub async fn facts(tx: &mut Tx, cases: &[Uuid], day: Date) -> Result<Facts> {
    let text = "select c.case_id, c.observed_from, c.observed_until, p.channel, p.language, p.stopped_at,
                       o.sends_reminders, o.reminder_second_hour, o.reminder_channels, o.phone as centre_phone,
                       i.body as identity, e.body as episode,
                       (select count(*) from observation r where r.case_id = c.case_id and r.observed_on = $a
                          and not exists (select 1 from observation_correction k
                                          where k.case_id = r.case_id and k.report_id = r.report_id)) as reports
                from w join cases c on c.case_id = w.id
                left join organization o on o.organization_id = c.responsible_center_id
                left join contact_preference p on p.case_id = c.case_id
                left join document i on i.case_id = c.case_id and i.tab = 'identity'
                left join document e on e.case_id = c.case_id and e.tab = 'episode'";
    let found: Vec<FactRow> = rows(tx, text, cases, &[day.into()]).await?;
    Ok(found.into_iter().map(|row| (row.case_id, fact(row))).collect())
}

fn fact(row: FactRow) -> Fact {
    let Json(reachable) = row.identity.unwrap_or_default();
    let phone = reachable.phone.and_then(|phone| PhoneNumber::parse(&phone).ok());
    Fact {
        person: Person {
            observed_from: row.observed_from,
            observed_until: row.observed_until,
            is_dead: row.episode.is_some_and(|Json(episode)| episode.is_dead()),
            is_stopped: row.stopped_at.is_some(),
            notices: reachable.notices,
            has_reported: row.reports > 0,
            centre_sends: row.sends_reminders.unwrap_or(false),
            allowed: Way::of_list(&row.reminder_channels.unwrap_or_default()),
            chosen: row.channel.as_deref().and_then(Way::from_code),
            is_mobile: phone.as_ref().is_some_and(PhoneNumber::is_mobile),
            phone: phone.map(|phone| phone.as_str().to_owned()),
            mail: reachable.mail.trim().to_owned(),
            ..Person::default()
        },
        language: row.language.unwrap_or_default(),
        centre_phone: row.centre_phone.unwrap_or_default(),
        second_hour: row.reminder_second_hour.unwrap_or(0),
    }
}

/// Of those who are asked a second time, how the first request failed.
pub async fn failed_today(tx: &mut Tx, due: &[Due], day: Date) -> Result<Vec<(Uuid, String)>> {
    let second: Vec<Uuid> = due.iter().filter(|one| one.round > 1).map(|one| one.case_id).collect();
    let text = "select r.case_id, r.channel from w cross join reminder r cross join message m
                where r.case_id = w.id and r.day = $a and r.round = 1 and m.message_id = r.message_id
                  and (m.status in ('failed', 'expired') or m.delivery in ('failed', 'undelivered'))";
    rows(tx, text, &second, &[day.into()]).await
}

/// Somebody of whom a message speaks, and where it goes.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Asked {
    pub message_id: Uuid,
    pub case_id: Uuid,
    pub round: i64,
    pub channel: String,
    pub recipient: String,
}

/// Of whom these messages speak, as far as they wait to be asked.
pub async fn people_of(tx: &mut Tx, ids: &[Uuid], day: Date) -> Result<Vec<Asked>> {
    const ASKED: &str = "m.message_id, r.case_id, r.round, m.channel, m.recipient";
    let alone = format!(
        "select {ASKED} from w cross join message m cross join reminder r
         where m.message_id = w.id and r.case_id = m.case_id and r.day = $a and r.message_id = m.message_id
           and m.status || '' = 'waiting' and r.state || '' = 'queued'"
    );
    let mut people: Vec<Asked> = rows(tx, &alone, ids, &[day.into()]).await?;
    let together = format!(
        "select {ASKED} from w cross join message m cross join reminder_message l cross join reminder r
         where m.message_id = w.id and l.message_id = m.message_id
           and r.case_id = l.case_id and r.day = l.day and r.round = l.round and r.day = $a
           and m.status || '' = 'waiting' and r.state || '' = 'queued'"
    );
    people.extend(rows::<Asked>(tx, &together, ids, &[day.into()]).await?);
    Ok(people)
}

/// Plans a request again whose message went somewhere else: it is due at once.
pub async fn plan_again(tx: &mut Tx, asked: &Asked, day: Date) -> Result<()> {
    for text in [
        "update reminder set state = 'planned', message_id = null
         where case_id = $1 and day = $2 and round = $3 and state || '' = 'queued'",
        "delete from reminder_message where case_id = $1 and day = $2 and round = $3",
    ] {
        sql(text).bind(asked.case_id).bind(day).bind(asked.round).run(&mut *tx).await?;
    }
    Ok(())
}

/// Whoever is due now and may be called at a number of these: one SMS speaks of all of them.
pub async fn with_same_number(tx: &mut Tx, taken: &[Due], now: Timestamp) -> Result<Vec<Due>> {
    let mut ids: Vec<Uuid> = taken.iter().map(|one| one.case_id).collect();
    ids.sort_unstable();
    ids.dedup();
    // Each number once: a home for the old may give hundreds the same.
    let text = format!(
        ", n as (select distinct own.organization_id, own.phone
                 from w cross join cases c cross join case_phone_index own
                 where c.case_id = w.id and own.case_id = w.id and own.organization_id = c.responsible_center_id)
         select r.case_id, r.day, r.round, r.due_at from n cross join case_phone_index p cross join reminder r
         where p.organization_id = n.organization_id and p.phone = n.phone and r.case_id = p.case_id and r.day = $a
           and r.due_at <= $b and r.state || '' = 'planned' order by r.case_id, r.round {}",
        lock(tx, "of r")
    );
    let mut seen: HashSet<(Uuid, i64)> = taken.iter().map(|one| (one.case_id, one.round)).collect();
    let found: Vec<Due> = rows(tx, &text, &ids, &[now.day().into(), now.into()]).await?;
    Ok(found.into_iter().filter(|one| seen.insert((one.case_id, one.round))).collect())
}

/// Ends the first requests that still wait while the second ones of the same people are taken; whose is leaving at this
/// moment, or has left since `since`, so that the second one has to wait.
pub async fn end_first(tx: &mut Tx, due: &[Due], since: Timestamp, now: Timestamp) -> Result<HashSet<Uuid>> {
    let second: Vec<Uuid> = due.iter().filter(|one| one.round > 1).map(|one| one.case_id).collect();
    let Some(day) = due.first().map(|one| one.day) else { return Ok(HashSet::new()) };
    let text = "select r.case_id from w cross join reminder r cross join message m
                where r.case_id = w.id and r.day = $a and r.round = 1 and m.message_id = r.message_id
                  and m.status in ('sent', 'kept') and m.finished_at > $b";
    let just_left: Vec<(Uuid,)> = rows(tx, text, &second, &[day.into(), since.into()]).await?;
    let mut waiting: HashSet<(Uuid, Uuid)> = HashSet::new();
    let mut free: HashSet<(Uuid, Uuid)> = HashSet::new();
    for message in [
        "r.message_id",
        "(select l.message_id from reminder_message l where l.case_id = r.case_id and l.day = r.day and l.round = 1)",
    ] {
        let text = |more: &str| {
            let to = if message.starts_with('(') { "in" } else { "=" };
            format!(
                "select r.case_id, m.message_id from w cross join reminder r cross join message m
                 where r.case_id = w.id and r.day = $a and r.round = 1 and m.message_id {to} {message}
                   and r.state || '' = 'queued' and m.status || '' = 'waiting' {more}"
            )
        };
        let found: Vec<(Uuid, Uuid)> = rows(tx, &text(""), &second, &[day.into()]).await?;
        if found.is_empty() {
            continue;
        }
        waiting.extend(found);
        // Not waiting for whoever holds one: they may wait for this transaction.
        let free_now = text(&format!("and coalesce(m.leased_until, 0) <= $b {}", lock(tx, "of r, m")));
        free.extend(rows::<(Uuid, Uuid)>(tx, &free_now, &second, &[day.into(), now.into()]).await?);
    }
    let mut late: HashSet<Uuid> = waiting.difference(&free).map(|(case_id, _)| *case_id).collect();
    late.extend(just_left.into_iter().map(|(case_id,)| case_id));
    free.retain(|(case_id, _)| !late.contains(case_id));
    let mut people: Vec<Uuid> = free.iter().map(|(case_id, _)| *case_id).collect();
    people.sort_unstable();
    people.dedup();
    for case_id in people {
        sql("update reminder set state = 'cancelled' where case_id = $1 and day = $2 and round = 1")
            .bind(case_id)
            .bind(day)
            .run(&mut *tx)
            .await?;
    }
    let mut messages: Vec<Uuid> = free.into_iter().map(|(_, message_id)| message_id).collect();
    messages.sort_unstable();
    messages.dedup();
    for message_id in messages {
        // One that speaks of somebody else as well goes on for them.
        sql("update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
             where message_id = $1 and status || '' = 'waiting' and not exists (
                 select 1 from reminder_message l
                 join reminder r on r.case_id = l.case_id and r.day = l.day and r.round = l.round
                 where l.message_id = message.message_id and r.state = 'queued')")
        .bind(message_id)
        .run(&mut *tx)
        .await?;
    }
    Ok(late)
}

/// Puts the second requests of some people off.
pub async fn put_off(tx: &mut Tx, people: &HashSet<Uuid>, day: Date, due_at: Timestamp) -> Result<()> {
    for case_id in people {
        sql(
            "update reminder set due_at = $3 where case_id = $1 and day = $2 and round = 2 and state || '' = 'planned'",
        )
        .bind(*case_id)
        .bind(day)
        .bind(due_at)
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Notes of which people the messages to an account speak.
pub async fn link<'d>(tx: &mut Tx, links: impl Iterator<Item = (&'d Due, Uuid)>) -> Result<()> {
    let values = links.map(|(due, message_id)| -> Vec<Value> {
        vec![due.case_id.into(), due.day.into(), due.round.into(), message_id.into()]
    });
    Ok(insert_rows(tx, "insert into reminder_message (case_id, day, round, message_id) values ", values.collect())
        .await?)
}

/// Ends requests that this transaction holds: (person, round, state, reason, way, message) of each, all of today.
pub async fn end(tx: &mut Tx, day: Date, outcomes: impl Iterator<Item = [Value; 6]>) -> Result<()> {
    let outcomes: Vec<[Value; 6]> = outcomes.collect();
    let mut rest = &outcomes[..];
    for size in [250, 50, 10, 1] {
        while rest.len() >= size {
            let (piece, others) = rest.split_at(size);
            rest = others;
            sql(&format!(
                "with v(case_id, round, state, reason, channel, message_id) as (values {})
                 update reminder set state = v.state, reason = v.reason, channel = v.channel, message_id = v.message_id
                 from v where reminder.case_id = v.case_id and reminder.round = v.round
                          and reminder.day = ${}",
                places(1, piece.len(), 6),
                piece.len() * 6 + 1
            ))
            .bind_all(piece.iter().flatten().cloned())
            .bind(day)
            .run(&mut *tx)
            .await?;
        }
    }
    Ok(())
}

/// Plans second requests, each once.
pub async fn plan_second(tx: &mut Tx, second: impl Iterator<Item = (Uuid, Date, Timestamp)>) -> Result<()> {
    let second: Vec<(Uuid, Date, Timestamp)> = second.collect();
    let mut rest = &second[..];
    for size in [250, 50, 10, 1] {
        while rest.len() >= size {
            let (piece, others) = rest.split_at(size);
            rest = others;
            sql(&format!(
                "insert into reminder (case_id, day, round, due_at, state, reason, channel) values {}
                 on conflict (case_id, day, round) do nothing",
                places(1, piece.len(), 7)
            ))
            .bind_all(piece.iter().flat_map(|(case_id, day, due_at)| -> [Value; 7] {
                [
                    (*case_id).into(),
                    (*day).into(),
                    2_i64.into(),
                    (*due_at).into(),
                    "planned".into(),
                    "".into(),
                    "".into(),
                ]
            }))
            .run(&mut *tx)
            .await?;
        }
    }
    Ok(())
}
