//! SQL of sign-in, sessions, reach and audit.

use time::Duration;
use uuid::Uuid;

use crate::access::audit::Entry;
use crate::access::{OrganizationKind, Relation, Staff};
use crate::clock::Timestamp;
use crate::db::{Db, Handle, Result, sql};
use crate::error::Error;

#[derive(sqlx::FromRow)]
pub struct StaffSession {
    pub account_id: Uuid,
    pub organization_id: Uuid,
    pub kind: String,
    pub organization_name: String,
    pub display_name: String,
    pub sign_in_id: String,
    pub is_issuer: bool,
    pub last_seen_at: Timestamp,
}

impl StaffSession {
    pub fn into_staff(self) -> std::result::Result<Staff, Error> {
        let kind = OrganizationKind::from_code(&self.kind)
            .ok_or_else(|| Error::Internal(format!("unknown kind of organisation {}", self.kind)))?;
        Ok(Staff {
            account_id: self.account_id,
            organization_id: self.organization_id,
            kind,
            organization_name: self.organization_name,
            display_name: self.display_name,
            sign_in_id: self.sign_in_id,
            is_issuer: self.is_issuer,
        })
    }
}

pub async fn staff_session(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<Option<StaffSession>> {
    sql("select a.account_id, a.organization_id, o.kind, o.name as organization_name, a.display_name,
                a.sign_in_id, a.is_issuer, s.last_seen_at
         from staff_session s
         join account a on a.account_id = s.account_id
         join organization o on o.organization_id = a.organization_id
         where s.token_hash = $1 and s.expires_at > $2 and a.suspended_at is null")
    .bind(token_hash)
    .bind(now)
    .optional(db)
    .await
}

pub async fn insert_staff_session(
    db: &Db,
    token_hash: [u8; 32],
    account_id: Uuid,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    sql("insert into staff_session (token_hash, account_id, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $3, $4)")
    .bind(token_hash)
    .bind(account_id)
    .bind(now)
    .bind(expires_at)
    .run(db)
    .await
    .map(drop)
}

pub async fn touch_staff_session(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<()> {
    sql("update staff_session set last_seen_at = $2 where token_hash = $1")
        .bind(token_hash)
        .bind(now)
        .run(db)
        .await
        .map(drop)
}

pub async fn end_staff_session(db: &Db, token_hash: [u8; 32]) -> Result<()> {
    sql("delete from staff_session where token_hash = $1").bind(token_hash).run(db).await.map(drop)
}

/// An account as sign-in needs it.
#[derive(sqlx::FromRow)]
pub struct SignInAccount {
    pub account_id: Uuid,
    pub organization_id: Uuid,
    pub password_hash: String,
    pub suspended_at: Option<Timestamp>,
}

pub async fn account_by_sign_in_id(db: &Db, sign_in_id: &str) -> Result<Option<SignInAccount>> {
    sql("select account_id, organization_id, password_hash, suspended_at from account where sign_in_id = $1")
        .bind(sign_in_id)
        .optional(db)
        .await
}

/// The telephone numbers of an account, the oldest first.
pub async fn account_phones(db: &Db, account_id: Uuid) -> Result<Vec<String>> {
    let numbers: Vec<(String,)> =
        sql("select number from account_phone where account_id = $1 order by created_at, number")
            .bind(account_id)
            .all(db)
            .await?;
    Ok(numbers.into_iter().map(|(number,)| number).collect())
}

/// A sign-in between password and second factor.
#[derive(sqlx::FromRow)]
pub struct PendingSignIn {
    pub account_id: Uuid,
    pub organization_id: Uuid,
    pub code_hash: Option<Vec<u8>>,
    pub code_sent_at: Option<Timestamp>,
    pub tries: i64,
}

pub async fn insert_pending(db: &Db, token_hash: [u8; 32], account_id: Uuid, expires_at: Timestamp) -> Result<()> {
    sql("insert into staff_sign_in (token_hash, account_id, tries, sendings, expires_at) values ($1, $2, 0, 0, $3)")
        .bind(token_hash)
        .bind(account_id)
        .bind(expires_at)
        .run(db)
        .await
        .map(drop)
}

pub async fn pending(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<Option<PendingSignIn>> {
    sql("select p.account_id, a.organization_id, p.code_hash, p.code_sent_at, p.tries
         from staff_sign_in p
         join account a on a.account_id = p.account_id
         where p.token_hash = $1 and p.expires_at > $2 and a.suspended_at is null")
    .bind(token_hash)
    .bind(now)
    .optional(db)
    .await
}

/// Notes a newly sent code; the tries start anew, the sendings add up, and the sign-in lasts at
/// least until `code_expires_at`.
pub async fn set_pending_code(
    on: impl Into<Handle<'_>>,
    token_hash: [u8; 32],
    code_hash: [u8; 32],
    now: Timestamp,
    code_expires_at: Timestamp,
) -> Result<()> {
    sql("update staff_sign_in set code_hash = $2, code_sent_at = $3, tries = 0, sendings = sendings + 1,
                expires_at = case when expires_at < $4 then $4 else expires_at end
         where token_hash = $1")
    .bind(token_hash)
    .bind(code_hash)
    .bind(now)
    .bind(code_expires_at)
    .run(on)
    .await
    .map(drop)
}

/// Counts a try before it is judged, so that parallel guesses cannot share one; false when used up.
pub async fn count_pending_try(db: &Db, token_hash: [u8; 32], most: i64) -> Result<bool> {
    let counted = sql("update staff_sign_in set tries = tries + 1 where token_hash = $1 and tries < $2")
        .bind(token_hash)
        .bind(most)
        .run(db)
        .await?;
    Ok(counted == 1)
}

/// Ends the pending sign-in; true for the one caller that ended it.
pub async fn take_pending(db: &Db, token_hash: [u8; 32]) -> Result<bool> {
    Ok(sql("delete from staff_sign_in where token_hash = $1").bind(token_hash).run(db).await? == 1)
}

/// The codes sent to an account for sign-ins that were not finished.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct CodesSent {
    pub count: i64,
    pub first_at: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
}

/// Codes sent to an account since `since`, over all its pending sign-ins.
pub async fn codes_sent_since(on: impl Into<Handle<'_>>, account_id: Uuid, since: Timestamp) -> Result<CodesSent> {
    sql("select cast(coalesce(sum(sendings), 0) as bigint) as count,
                min(code_sent_at) as first_at, max(code_sent_at) as last_at
         from staff_sign_in where account_id = $1 and code_sent_at > $2")
    .bind(account_id)
    .bind(since)
    .one(on)
    .await
}

/// Holds an account's row until the transaction ends, so that what is counted stays true. An update
/// that changes nothing locks on both databases.
pub async fn hold_account(on: impl Into<Handle<'_>>, account_id: Uuid) -> Result<()> {
    sql("update account set created_at = created_at where account_id = $1").bind(account_id).run(on).await.map(drop)
}

/// Number and time of the last wrong tries at a subject since `since`.
pub async fn failed_attempts(db: &Db, subject: [u8; 32], since: Timestamp) -> Result<(i64, Option<Timestamp>)> {
    sql("select count(*), max(at) from failed_attempt where subject_hash = $1 and at > $2")
        .bind(subject)
        .bind(since)
        .one(db)
        .await
}

pub async fn note_failed_attempt(db: &Db, subject: [u8; 32], now: Timestamp) -> Result<()> {
    sql("insert into failed_attempt (subject_hash, attempt_id, at) values ($1, $2, $3)")
        .bind(subject)
        .bind(Uuid::now_v7())
        .bind(now)
        .run(db)
        .await
        .map(drop)
}

pub async fn forget_failed_attempts(db: &Db, subject: [u8; 32]) -> Result<()> {
    sql("delete from failed_attempt where subject_hash = $1").bind(subject).run(db).await.map(drop)
}

/// Removes what has run out: attempts, unfinished sign-ins, sessions, searches.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<()> {
    for statement in [
        sql("delete from failed_attempt where at < $1").bind(now - Duration::days(1)),
        sql("delete from staff_sign_in where expires_at < $1").bind(now - Duration::days(1)),
        sql("delete from staff_session where expires_at < $1").bind(now),
        sql("delete from patient_session where expires_at < $1").bind(now),
        sql("delete from case_search where created_at < $1").bind(now - Duration::days(1)),
        sql("delete from mail_code where expires_at < $1").bind(now - Duration::days(2)),
        sql("delete from link_attempt where at < $1").bind(now - Duration::days(2)),
        sql("delete from invitation where expires_at < $1").bind(now),
    ] {
        statement.run(db).await?;
    }
    Ok(())
}

/// Why an organisation reaches a case; empty when it does not.
pub async fn relations(db: &Db, organization_id: Uuid, case_id: Uuid) -> Result<Vec<Relation>> {
    let codes: Vec<(String,)> = sql("select relation from case_relation where case_id = $1 and organization_id = $2")
        .bind(case_id)
        .bind(organization_id)
        .all(db)
        .await?;
    Ok(codes.iter().filter_map(|(code,)| Relation::from_code(code)).collect())
}

pub async fn append_audit(entry: Entry, on: impl Into<Handle<'_>>) -> Result<()> {
    sql("insert into audit (audit_id, at, actor, account_id, organization_id, action, case_id, detail, network)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(Uuid::now_v7())
    .bind(entry.at)
    .bind(entry.actor)
    .bind(entry.account_id)
    .bind(entry.organization_id)
    .bind(entry.action)
    .bind(entry.case_id)
    .bind(entry.detail)
    .bind(entry.network)
    .run(on)
    .await
    .map(drop)
}

/// Something that a health centre should know of and has not yet confirmed.
#[derive(sqlx::FromRow)]
pub struct CenterEvent {
    pub event_id: Uuid,
    pub kind: String,
    pub case_id: Option<Uuid>,
    pub at: Timestamp,
}

/// The latest unconfirmed events of an organisation, the newest first.
pub async fn unseen_events(db: &Db, organization_id: Uuid, most: i64) -> Result<Vec<CenterEvent>> {
    sql("select event_id, kind, case_id, at from center_event
         where organization_id = $1 and seen_at is null
         order by at desc, event_id desc limit $2")
    .bind(organization_id)
    .bind(most)
    .all(db)
    .await
}

/// Confirms an event; false where the organisation has none of this id. Confirming twice is harmless.
pub async fn confirm_event(db: &Db, organization_id: Uuid, event_id: Uuid, now: Timestamp) -> Result<bool> {
    let confirmed = sql("update center_event set seen_at = coalesce(seen_at, $3)
                         where organization_id = $1 and event_id = $2")
    .bind(organization_id)
    .bind(event_id)
    .bind(now)
    .run(db)
    .await?;
    Ok(confirmed == 1)
}
