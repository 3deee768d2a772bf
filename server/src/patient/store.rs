//! SQL of patient accounts, codes, households.

use serde_json::Value as Json;
use time::{Date, Duration};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Handle, Result, Tx, Value, list, sql};
use crate::monitoring::intake::store::padded;

// Sessions ---------------------------------------------------------------------------------------

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PatientSession {
    pub token_hash: Vec<u8>,
    pub account_id: Uuid,
    pub last_seen_at: Timestamp,
}

pub async fn sessions(db: &Db, hashes: &[[u8; 32]], now: Timestamp) -> Result<Vec<PatientSession>> {
    let hashes = padded(hashes.to_vec());
    sql(&format!(
        "select token_hash, account_id, last_seen_at from patient_session
         where expires_at > $1 and token_hash in ({})",
        list(2, hashes.len())
    ))
    .bind(now)
    .bind_all(hashes.into_iter().map(Value::from))
    .all(db)
    .await
}

pub async fn insert_session(
    on: impl Into<Handle<'_>>,
    token_hash: [u8; 32],
    account_id: Uuid,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    sql("insert into patient_session (token_hash, account_id, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $3, $4)")
    .bind(token_hash)
    .bind(account_id)
    .bind(now)
    .bind(expires_at)
    .run(on)
    .await
    .map(drop)
}

pub async fn touch_session(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<()> {
    sql("update patient_session set last_seen_at = $2 where token_hash = $1")
        .bind(token_hash)
        .bind(now)
        .run(db)
        .await
        .map(drop)
}

pub async fn end_session(db: &Db, token_hash: [u8; 32]) -> Result<()> {
    sql("delete from patient_session where token_hash = $1").bind(token_hash).run(db).await.map(drop)
}

pub async fn end_sessions(tx: &mut Tx, account_id: Uuid) -> Result<()> {
    sql("delete from patient_session where account_id = $1").bind(account_id).run(tx).await.map(drop)
}

pub async fn end_other_sessions(tx: &mut Tx, account_id: Uuid, kept: [u8; 32]) -> Result<()> {
    sql("delete from patient_session where account_id = $1 and token_hash <> $2")
        .bind(account_id)
        .bind(kept)
        .run(tx)
        .await
        .map(drop)
}

// Accounts ---------------------------------------------------------------------------------------

#[derive(sqlx::FromRow)]
pub struct Account {
    pub account_id: Uuid,
    pub mail: String,
    pub password_hash: String,
}

pub async fn account(db: &Db, account_id: Uuid) -> Result<Option<Account>> {
    sql("select account_id, mail, password_hash from patient_account where account_id = $1")
        .bind(account_id)
        .optional(db)
        .await
}

pub async fn account_by_mail(db: &Db, mail_hash: [u8; 32]) -> Result<Option<Uuid>> {
    sql("select account_id from patient_account_by_mail where mail_hash = $1").bind(mail_hash).optional_scalar(db).await
}

pub async fn insert_account(
    tx: &mut Tx,
    account_id: Uuid,
    mail: &str,
    password_hash: &str,
    now: Timestamp,
) -> Result<()> {
    sql("insert into patient_account (account_id, mail, password_hash, created_at) values ($1, $2, $3, $4)")
        .bind(account_id)
        .bind(mail)
        .bind(password_hash)
        .bind(now)
        .run(tx)
        .await
        .map(drop)
}

/// Gives an address to an account; a unique violation means that it is taken.
pub async fn give_mail(tx: &mut Tx, mail_hash: [u8; 32], account_id: Uuid) -> Result<()> {
    sql("insert into patient_account_by_mail (mail_hash, account_id) values ($1, $2)")
        .bind(mail_hash)
        .bind(account_id)
        .run(tx)
        .await
        .map(drop)
}

/// Takes the account's address away from the index.
pub async fn drop_mails(tx: &mut Tx, account_id: Uuid, mail: &str, hash: impl Fn(&str) -> [u8; 32]) -> Result<()> {
    sql("delete from patient_account_by_mail where mail_hash = $1 and account_id = $2")
        .bind(hash(&mail.to_ascii_lowercase()))
        .bind(account_id)
        .run(tx)
        .await
        .map(drop)
}

pub async fn set_mail(tx: &mut Tx, account_id: Uuid, mail: &str) -> Result<()> {
    sql("update patient_account set mail = $2 where account_id = $1")
        .bind(account_id)
        .bind(mail)
        .run(tx)
        .await
        .map(drop)
}

/// Voids the account's codes under way: they prove nothing any more once address or password changed.
pub async fn void_codes(tx: &mut Tx, account_id: Uuid, now: Timestamp) -> Result<()> {
    sql("update mail_code set used_at = $2 where account_id = $1 and used_at is null")
        .bind(account_id)
        .bind(now)
        .run(tx)
        .await
        .map(drop)
}

pub async fn set_password(tx: &mut Tx, account_id: Uuid, password_hash: &str) -> Result<()> {
    sql("update patient_account set password_hash = $2 where account_id = $1")
        .bind(account_id)
        .bind(password_hash)
        .run(tx)
        .await
        .map(drop)
}

// Codes ------------------------------------------------------------------------------------------

pub struct NewCode<'a> {
    pub ticket: Uuid,
    pub mail_hash: [u8; 32],
    pub purpose: &'a str,
    pub mail: &'a str,
    pub account_id: Option<Uuid>,
    pub code_hash: [u8; 32],
    pub sent_at: Timestamp,
    pub expires_at: Timestamp,
}

pub async fn insert_code(tx: &mut Tx, code: &NewCode<'_>) -> Result<()> {
    sql("insert into mail_code (ticket, mail_hash, purpose, mail, account_id, code_hash, tries, sent_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, 0, $7, $8)")
    .bind(code.ticket)
    .bind(code.mail_hash)
    .bind(code.purpose)
    .bind(code.mail)
    .bind(code.account_id)
    .bind(code.code_hash)
    .bind(code.sent_at)
    .bind(code.expires_at)
    .run(tx)
    .await
    .map(drop)
}

#[derive(sqlx::FromRow)]
pub struct Code {
    pub mail_hash: Vec<u8>,
    pub purpose: String,
    pub mail: String,
    pub account_id: Option<Uuid>,
    pub code_hash: Vec<u8>,
    pub tries: i64,
    pub confirmed_at: Option<Timestamp>,
    pub used_at: Option<Timestamp>,
}

pub async fn code(db: &Db, ticket: Uuid) -> Result<Option<Code>> {
    sql("select mail_hash, purpose, mail, account_id, code_hash, tries, confirmed_at, used_at
         from mail_code where ticket = $1")
    .bind(ticket)
    .optional(db)
    .await
}

/// Counts a try; false when the code has run out or its tries are used up.
pub async fn count_code_try(db: &Db, ticket: Uuid, now: Timestamp, most: i64) -> Result<bool> {
    let counted = sql("update mail_code set tries = tries + 1
         where ticket = $1 and expires_at > $2 and tries < $3 and used_at is null")
    .bind(ticket)
    .bind(now)
    .bind(most)
    .run(db)
    .await?;
    Ok(counted == 1)
}

pub async fn confirm_code(db: &Db, ticket: Uuid, now: Timestamp) -> Result<()> {
    sql("update mail_code set confirmed_at = $2 where ticket = $1 and confirmed_at is null")
        .bind(ticket)
        .bind(now)
        .run(db)
        .await
        .map(drop)
}

/// Uses a confirmed code up; true for the one caller that did.
pub async fn use_code(tx: &mut Tx, ticket: Uuid, now: Timestamp) -> Result<bool> {
    let used = sql("update mail_code set used_at = $2
                    where ticket = $1 and used_at is null and confirmed_at is not null")
    .bind(ticket)
    .bind(now)
    .run(tx)
    .await?;
    Ok(used == 1)
}

/// Takes one sending from an address's quota; false when it must wait. One statement, so that
/// parallel requests cannot share a place.
pub async fn take_from_quota(
    tx: &mut Tx,
    mail_hash: [u8; 32],
    now: Timestamp,
    between: Duration,
    a_day: i64,
) -> Result<bool> {
    let taken =
        sql("insert into mail_quota (mail_hash, last_sent_at, day_began_at, sent_that_day) values ($1, $2, $2, 1)
         on conflict (mail_hash) do update set
             last_sent_at = $2,
             sent_that_day = case when mail_quota.day_began_at <= $3 then 1 else mail_quota.sent_that_day + 1 end,
             day_began_at = case when mail_quota.day_began_at <= $3 then $2 else mail_quota.day_began_at end
         where mail_quota.last_sent_at <= $4
           and (mail_quota.sent_that_day < $5 or mail_quota.day_began_at <= $3)")
        .bind(mail_hash)
        .bind(now)
        .bind(now - Duration::days(1))
        .bind(now - between)
        .bind(a_day)
        .run(tx)
        .await?;
    Ok(taken == 1)
}

/// Seconds until an address has a sending again.
pub async fn quota_wait(db: &Db, mail_hash: [u8; 32], now: Timestamp, between: Duration, a_day: i64) -> Result<u64> {
    let row: Option<(Timestamp, Timestamp, i64)> =
        sql("select last_sent_at, day_began_at, sent_that_day from mail_quota where mail_hash = $1")
            .bind(mail_hash)
            .optional(db)
            .await?;
    let until = row.map_or(now, |(last, began, sent)| {
        let next = last + between;
        if sent >= a_day { next.max(began + Duration::days(1)) } else { next }
    });
    Ok(u64::try_from(now.seconds_until(until)).unwrap_or(0).max(1))
}

// Households -------------------------------------------------------------------------------------

#[derive(sqlx::FromRow)]
pub struct HouseholdRow {
    pub person_id: Uuid,
    pub case_id: Uuid,
    pub name: String,
    pub kind: String,
    pub observed_from: Option<Date>,
    pub observed_until: Option<Date>,
    /// Whether the end waits for a look, and the last day that a centre has settled.
    pub needs_review: bool,
    pub settled_until: Option<Date>,
    pub center_name: String,
    pub center_phone: String,
    /// The code of what was asked last and is not settled.
    pub open_wish: Option<String>,
    pub is_stopped: bool,
    pub contact_channel: Option<String>,
}

/// The people of an account in the order of their linking.
pub async fn household(db: &Db, account_id: Uuid) -> Result<Vec<HouseholdRow>> {
    sql("select p.person_id, p.case_id, p.name, c.kind, c.observed_from, c.observed_until,
                coalesce(e.needs_review, false) as needs_review, e.settled_until, o.name as center_name, o.phone as center_phone,
                (select r.wish from patient_request r where r.case_id = p.case_id and r.settled_at is null
                 order by r.asked_at desc, r.request_id desc limit 1) as open_wish,
                coalesce(f.stopped_at is not null, false) as is_stopped, f.channel as contact_channel
         from patient_person p
         join cases c on c.case_id = p.case_id
         join organization o on o.organization_id = c.responsible_center_id
         left join contact_preference f on f.case_id = p.case_id
         left join observation_period e on e.case_id = p.case_id
         where p.account_id = $1
         order by p.linked_at, p.person_id")
    .bind(account_id)
    .all(db)
    .await
}

/// The case of a person of an account.
pub async fn case_of_person(on: impl Into<Handle<'_>>, account_id: Uuid, person_id: Uuid) -> Result<Option<Uuid>> {
    sql("select case_id from patient_person where account_id = $1 and person_id = $2")
        .bind(account_id)
        .bind(person_id)
        .optional_scalar(on)
        .await
}

/// When the last report of a day arrived; one that staff found wrong is to be sent again. A time only: no value leaves by
/// this way (MY-19).
pub async fn last_report_on(db: &Db, case_id: Uuid, day: Date) -> Result<Option<Timestamp>> {
    sql("select max(o.received_at) from observation o where o.case_id = $1 and o.observed_on = $2
           and not exists (select 1 from observation_correction c
                           where c.case_id = o.case_id and c.report_id = o.report_id)")
    .bind(case_id)
    .bind(day)
    .scalar(db)
    .await
}

pub async fn insert_person(
    tx: &mut Tx,
    account_id: Uuid,
    person_id: Uuid,
    case_id: Uuid,
    name: &str,
    now: Timestamp,
) -> Result<()> {
    sql("insert into patient_person (account_id, person_id, case_id, name, linked_at) values ($1, $2, $3, $4, $5)")
        .bind(account_id)
        .bind(person_id)
        .bind(case_id)
        .bind(name)
        .bind(now)
        .run(tx)
        .await
        .map(drop)
}

pub async fn invited_hersys_id(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<Option<String>> {
    sql("select c.hersys_id from invitation i join cases c on c.case_id = i.case_id
         where i.token_hash = $1 and i.expires_at > $2")
    .bind(token_hash)
    .bind(now)
    .optional_scalar(db)
    .await
}

/// The case behind a HER-SYS ID with its ID管理 document.
pub async fn identity_by_hersys_id(db: &Db, hersys_id: &str) -> Result<Option<(Uuid, Json)>> {
    sql("select d.case_id, d.body from case_by_hersys_id h join document d on d.case_id = h.case_id
         where h.hersys_id = $1 and d.tab = 'identity'")
    .bind(hersys_id)
    .optional(db)
    .await
}

// Wrong pairs ------------------------------------------------------------------------------------

pub async fn note_link_attempt(
    db: &Db,
    account_id: Uuid,
    attempt_id: Uuid,
    hersys_id: &str,
    now: Timestamp,
) -> Result<()> {
    sql("insert into link_attempt (account_id, attempt_id, hersys_id, at) values ($1, $2, $3, $4)")
        .bind(account_id)
        .bind(attempt_id)
        .bind(hersys_id)
        .bind(now)
        .run(db)
        .await
        .map(drop)
}

pub async fn forget_link_attempt(db: &Db, account_id: Uuid, attempt_id: Uuid) -> Result<()> {
    sql("delete from link_attempt where account_id = $1 and attempt_id = $2")
        .bind(account_id)
        .bind(attempt_id)
        .run(db)
        .await
        .map(drop)
}

/// When an account's wrong pairs since `since` were tried, oldest first, without the one under way.
pub async fn link_attempts(db: &Db, account_id: Uuid, under_way: Uuid, since: Timestamp) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> =
        sql("select at from link_attempt where account_id = $1 and attempt_id <> $2 and at > $3 order by at")
            .bind(account_id)
            .bind(under_way)
            .bind(since)
            .all(db)
            .await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

pub async fn accounts_failing_at(db: &Db, hersys_id: &str, since: Timestamp) -> Result<i64> {
    sql("select count(distinct account_id) from link_attempt where hersys_id = $1 and at > $2")
        .bind(hersys_id)
        .bind(since)
        .scalar(db)
        .await
}

pub async fn has_event(db: &Db, case_id: Uuid, kind: &str, since: Timestamp) -> Result<bool> {
    let count: i64 =
        sql("select count(*) from center_event e join cases c on c.responsible_center_id = e.organization_id
         where c.case_id = $1 and e.case_id = $1 and e.kind = $2 and e.at > $3")
        .bind(case_id)
        .bind(kind)
        .bind(since)
        .scalar(db)
        .await?;
    Ok(count > 0)
}

/// Tells the responsible centre of a case.
pub async fn insert_center_event(db: &Db, case_id: Uuid, kind: &str, now: Timestamp) -> Result<()> {
    sql("insert into center_event (organization_id, event_id, kind, case_id, at)
         select c.responsible_center_id, $2, $3, c.case_id, $4 from cases c where c.case_id = $1")
    .bind(case_id)
    .bind(Uuid::now_v7())
    .bind(kind)
    .bind(now)
    .run(db)
    .await
    .map(drop)
}
