//! SQL of sign-in, sessions, reach and audit.

use time::{Date, Duration};
use uuid::Uuid;

use crate::access::audit::Entry;
use crate::access::{OrganizationKind, Relation, Staff};
use crate::clock::Timestamp;
use crate::db::{Db, Handle, Result, Tx, Value, insert_rows, list, places, sql};
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
    pub active_from: Option<Date>,
    pub active_until: Option<Date>,
    pub waiting: i64,
    pub shows_past: bool,
    pub list_address: String,
    pub board_address: String,
}

/// Places of the inbox before this wait for the centre.
pub const OPEN_UNTIL: i64 = 1_000_000_000_000_000;

/// Beyond so many nobody counts what waits.
pub const MOST_COUNTED: i64 = 100;

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
            waiting: self.waiting,
            shows_past: self.shows_past,
            list_address: self.list_address,
            board_address: self.board_address,
        })
    }
}

pub async fn staff_session(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<Option<StaffSession>> {
    sql("select a.account_id, a.organization_id, o.kind, o.name as organization_name, a.display_name,
                a.sign_in_id, a.is_issuer, s.last_seen_at, s.shows_past, s.list_address, s.board_address,
                o.active_from, o.active_until,
                case o.kind
                when 'health_center' then (select count(*) from (select 1 as one from notification_inbox i
                    where i.center_id = o.organization_id and i.place < $3 limit $4) as open)
                when 'medical_institution' then (select count(*) from (select 1 as one from notification_inbox i
                    where i.institution_id = o.organization_id and i.state = 'asked' limit $4) as asked)
                else cast(0 as bigint) end as waiting
         from staff_session s
         join account a on a.account_id = s.account_id
         join organization o on o.organization_id = a.organization_id
         where s.token_hash = $1 and s.expires_at > $2 and a.suspended_at is null and a.ended_at is null")
    .bind(token_hash)
    .bind(now)
    .bind(OPEN_UNTIL)
    .bind(MOST_COUNTED)
    .optional(db)
    .await
}

pub async fn touch_staff_session(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<()> {
    sql("update staff_session set last_seen_at = $2 where token_hash = $1")
        .bind(token_hash)
        .bind(now)
        .run_shared(db)
        .await
        .map(drop)
}

/// 過去情報 on/off (TOP-07).
pub async fn show_past(db: &Db, token_hash: [u8; 32], shows_past: bool) -> Result<()> {
    sql("update staff_session set shows_past = $2 where token_hash = $1")
        .bind(token_hash)
        .bind(shows_past)
        .run(db)
        .await
        .map(drop)
}

/// Keeps where the list was looked at last.
pub async fn keep_list_address(db: &Db, token_hash: [u8; 32], address: &str) -> Result<()> {
    sql("update staff_session set list_address = $2 where token_hash = $1")
        .bind(token_hash)
        .bind(address)
        .run_shared(db)
        .await
        .map(drop)
}

/// Keeps where 健康観察一覧 was looked at last.
pub async fn keep_board_address(db: &Db, token_hash: [u8; 32], address: &str) -> Result<()> {
    sql("update staff_session set board_address = $2 where token_hash = $1")
        .bind(token_hash)
        .bind(address)
        .run(db)
        .await
        .map(drop)
}

/// Notes that a session looks at 健康観察一覧; whether that was not noted for so long before.
pub async fn note_board(db: &Db, token_hash: [u8; 32], every: Duration, now: Timestamp) -> Result<bool> {
    let noted = sql("update staff_session set board_noted_at = $2 where token_hash = $1 and board_noted_at <= $3")
        .bind(token_hash)
        .bind(now)
        .bind(now - every)
        .run_shared(db)
        .await?;
    Ok(noted == 1)
}

pub async fn end_staff_session(on: impl Into<Handle<'_>>, token_hash: [u8; 32]) -> Result<()> {
    sql("delete from staff_session where token_hash = $1").bind(token_hash).run(on).await.map(drop)
}

/// An account as sign-in needs it.
#[derive(sqlx::FromRow)]
pub struct SignInAccount {
    pub account_id: Uuid,
    pub organization_id: Uuid,
    pub password_hash: String,
    pub suspended_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub active_from: Option<Date>,
    pub active_until: Option<Date>,
}

impl SignInAccount {
    /// Whether the account may still be used.
    pub fn is_open(&self) -> bool {
        self.suspended_at.is_none() && self.ended_at.is_none()
    }
}

pub async fn account_by_sign_in_id(db: &Db, sign_in_id: &str) -> Result<Option<SignInAccount>> {
    sql("select a.account_id, a.organization_id, a.password_hash, a.suspended_at, a.ended_at, o.active_from, o.active_until
         from account a
         join organization o on o.organization_id = a.organization_id
         where a.sign_in_id = $1")
    .bind(sign_in_id)
    .optional(db)
    .await
}

/// Holds an account's row until the transaction ends, so that what is counted stays true. An update
/// that changes nothing locks on both databases.
pub async fn hold_account(on: impl Into<Handle<'_>>, account_id: Uuid) -> Result<()> {
    sql("update account set created_at = created_at where account_id = $1").bind(account_id).run(on).await.map(drop)
}

/// Number and time of the last tries at a subject since `since`, `attempt_id` left out.
pub async fn other_attempts(
    db: &Db,
    subject: [u8; 32],
    attempt_id: Uuid,
    since: Timestamp,
) -> Result<(i64, Option<Timestamp>)> {
    sql("select count(*), max(at) from failed_attempt where subject_hash = $1 and at > $2 and attempt_id <> $3")
        .bind(subject)
        .bind(since)
        .bind(attempt_id)
        .one(db)
        .await
}

pub async fn note_attempt(db: &Db, subjects: &[[u8; 32]], attempt_id: Uuid, now: Timestamp) -> Result<()> {
    sql(&format!("insert into failed_attempt (subject_hash, attempt_id, at) values {}", places(1, subjects.len(), 3)))
        .bind_all(
            subjects.iter().flat_map(|subject| -> [Value; 3] { [(*subject).into(), attempt_id.into(), now.into()] }),
        )
        .run(db)
        .await
        .map(drop)
}

pub async fn withdraw_attempt(db: &Db, subjects: &[[u8; 32]], attempt_id: Uuid) -> Result<()> {
    sql(&format!("delete from failed_attempt where attempt_id = $1 and subject_hash in ({})", list(2, subjects.len())))
        .bind(attempt_id)
        .bind_all(subjects.iter().map(|subject| Value::from(*subject)))
        .run(db)
        .await
        .map(drop)
}

pub async fn forget_attempts(db: &Db, subject: [u8; 32]) -> Result<()> {
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
        sql("delete from audit_search where created_at < $1").bind(now - Duration::days(1)),
        sql("delete from registration_draft where updated_at < $1").bind(now - Duration::days(1)),
        sql("delete from mail_code where expires_at < $1").bind(now - Duration::days(2)),
        sql("delete from link_attempt where at < $1").bind(now - Duration::days(2)),
        sql("delete from invitation where expires_at < $1").bind(now),
        sql("delete from mail_quota where last_sent_at < $1").bind(now - Duration::days(2)),
        sql("delete from message where finished_at < $1").bind(now - Duration::days(90)),
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
    let values = audit_row(entry);
    sql(&format!("{INSERT_AUDIT}{}", places(1, 1, values.len()))).bind_all(values).run_shared(on).await.map(drop)
}

pub async fn append_audits(entries: Vec<Entry>, tx: &mut Tx) -> Result<()> {
    insert_rows(tx, INSERT_AUDIT, entries.into_iter().map(audit_row).collect()).await
}

const INSERT_AUDIT: &str = "insert into audit (audit_id, at, actor, account_id, organization_id, action, case_id,
                                               detail, network) values ";

fn audit_row(entry: Entry) -> Vec<Value> {
    vec![
        Uuid::now_v7().into(),
        entry.at.into(),
        entry.actor.into(),
        entry.account_id.into(),
        entry.organization_id.into(),
        entry.action.into(),
        entry.case_id.into(),
        entry.detail.into(),
        entry.network.into(),
    ]
}

/// Something that an organisation should know of and has not yet confirmed.
#[derive(sqlx::FromRow)]
pub struct CenterEvent {
    pub event_id: Uuid,
    pub kind: String,
    pub case_id: Option<Uuid>,
    /// The sign-in ID that it is about.
    pub sign_in_id: Option<String>,
    pub at: Timestamp,
}

/// Hand-overs that wait for a centre's answer.
pub async fn waiting_transfers(db: &Db, center_id: Uuid) -> Result<i64> {
    sql("select count(*) from case_transfer where to_center_id = $1 and status = 'open'")
        .bind(center_id)
        .scalar(db)
        .await
}

/// Notifications that an organisation has begun and not reported: as many as its list of them shows.
pub async fn open_drafts(db: &Db, organization_id: Uuid) -> Result<i64> {
    sql("select count(*) from notification_draft d
         where d.organization_id = $1 and d.is_touched and d.reported_at is null
           and (d.case_id is null or exists (select 1 from case_relation r
                                             where r.case_id = d.case_id and r.organization_id = $1))")
    .bind(organization_id)
    .scalar(db)
    .await
}

/// The latest unconfirmed events of an organisation, the newest first. Those about accounts of
/// other organisations are for issuers.
pub async fn unseen_events(db: &Db, organization_id: Uuid, is_issuer: bool, most: i64) -> Result<Vec<CenterEvent>> {
    sql("select e.event_id, e.kind, e.case_id, a.sign_in_id, e.at
         from center_event e left join account a on a.account_id = e.account_id
         where e.organization_id = $1 and e.seen_at is null
           and ($2 or e.account_id is null or a.organization_id = $1)
         order by e.at desc, e.event_id desc limit $3")
    .bind(organization_id)
    .bind(is_issuer)
    .bind(most)
    .all(db)
    .await
}

/// Tells an account's organisation and the one that governs it, once while nobody has confirmed it
/// and at most once an hour; whether it was told.
pub async fn tell_of_account(db: &Db, account_id: Uuid, kind: &str, now: Timestamp) -> Result<bool> {
    let mut tx = db.begin().await?;
    hold_account(&mut tx, account_id).await?;
    let told: i64 = sql("select count(*) from center_event
                         where account_id = $1 and kind = $2 and (seen_at is null or at > $3)")
    .bind(account_id)
    .bind(kind)
    .bind(now - Duration::hours(1))
    .scalar(&mut tx)
    .await?;
    if told > 0 {
        return Ok(false);
    }
    let offices: Vec<(Uuid, Option<Uuid>)> = sql("select o.organization_id, o.governing_id from organization o
             join account a on a.organization_id = o.organization_id where a.account_id = $1")
    .bind(account_id)
    .all(&mut tx)
    .await?;
    for organization_id in offices.into_iter().flat_map(|(own, governing)| [Some(own), governing]).flatten() {
        sql("insert into center_event (organization_id, event_id, kind, account_id, at) values ($1, $2, $3, $4, $5)")
            .bind(organization_id)
            .bind(Uuid::now_v7())
            .bind(kind)
            .bind(account_id)
            .bind(now)
            .run(&mut tx)
            .await?;
    }
    tx.commit().await?;
    Ok(true)
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
