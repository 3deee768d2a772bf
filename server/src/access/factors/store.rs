//! SQL of second factors and of the proofs under way.

use serde_json::Value as Json;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Handle, Result, Tx, sql};

/// A proof under way: of a sign-in, or of a factor that somebody adds.
#[derive(Clone, sqlx::FromRow)]
pub struct Pending {
    pub account_id: Uuid,
    pub organization_id: Uuid,
    pub sign_in_id: String,
    pub display_name: String,
    pub code_hash: Option<Vec<u8>>,
    pub code_sent_at: Option<Timestamp>,
    pub tries: i64,
    pub method: Option<String>,
    pub phone: Option<String>,
    pub registers: bool,
    pub replaces: Option<String>,
    pub call_state: Option<String>,
    pub challenge: Option<Json>,
    pub proved_at: Option<Timestamp>,
}

pub async fn insert_pending(
    db: &Db,
    token_hash: [u8; 32],
    account_id: Uuid,
    purpose: &str,
    expires_at: Timestamp,
) -> Result<()> {
    sql("insert into staff_sign_in (token_hash, account_id, purpose, tries, sendings, expires_at)
         values ($1, $2, $3, 0, 0, $4)")
    .bind(token_hash)
    .bind(account_id)
    .bind(purpose)
    .bind(expires_at)
    .run(db)
    .await
    .map(drop)
}

pub async fn pending(db: &Db, token_hash: [u8; 32], purpose: &str, now: Timestamp) -> Result<Option<Pending>> {
    sql("select p.account_id, a.organization_id, a.sign_in_id, a.display_name, p.code_hash, p.code_sent_at, p.tries,
                p.method, p.phone, p.registers, p.replaces, p.call_state, p.challenge, p.proved_at
         from staff_sign_in p
         join account a on a.account_id = p.account_id
         where p.token_hash = $1 and p.purpose = $2 and p.expires_at > $3
           and a.suspended_at is null and a.ended_at is null")
    .bind(token_hash)
    .bind(purpose)
    .bind(now)
    .optional(db)
    .await
}

/// What is sent to a number: a code, or a call that asks for a key.
pub struct Sending<'a> {
    pub method: &'static str,
    pub phone: &'a str,
    pub code_hash: Option<[u8; 32]>,
    pub call_hash: Option<[u8; 32]>,
    pub at: Timestamp,
    pub expires_at: Timestamp,
}

/// Notes a new sending; the tries start anew, the sendings add up, and the proof lasts at least as
/// long as what was sent.
pub async fn note_sending(tx: &mut Tx, token_hash: [u8; 32], sending: &Sending<'_>) -> Result<()> {
    sql("update staff_sign_in set method = $2, sent_by = $2, phone = $3, code_hash = $4, call_hash = $5,
                call_state = case when $6 then 'calling' end, code_sent_at = $7, tries = 0, sendings = sendings + 1,
                expires_at = case when expires_at < $8 then $8 else expires_at end
         where token_hash = $1")
    .bind(token_hash)
    .bind(sending.method)
    .bind(sending.phone)
    .bind(sending.code_hash)
    .bind(sending.call_hash)
    .bind(sending.call_hash.is_some())
    .bind(sending.at)
    .bind(sending.expires_at)
    .run(tx)
    .await
    .map(drop)
}

/// Notes that the proof goes by a method without a sending, and what it asks for.
pub async fn set_method(
    db: &Db,
    token_hash: [u8; 32],
    method: &str,
    phone: Option<&str>,
    challenge: Option<Json>,
) -> Result<()> {
    sql("update staff_sign_in set method = $2, phone = $3, challenge = $4, code_hash = null, call_hash = null,
                call_state = null
         where token_hash = $1")
    .bind(token_hash)
    .bind(method)
    .bind(phone)
    .bind(challenge)
    .run(db)
    .await
    .map(drop)
}

/// Notes that the number about to be proved is new to the account.
pub async fn set_registering(db: &Db, token_hash: [u8; 32], replaces: Option<&str>) -> Result<()> {
    sql("update staff_sign_in set registers = true, replaces = $2 where token_hash = $1")
        .bind(token_hash)
        .bind(replaces)
        .run(db)
        .await
        .map(drop)
}

/// Counts a try before it is judged, so that parallel guesses cannot share one; false when used up.
pub async fn count_try(db: &Db, token_hash: [u8; 32], most: i64) -> Result<bool> {
    let counted = sql("update staff_sign_in set tries = tries + 1 where token_hash = $1 and tries < $2")
        .bind(token_hash)
        .bind(most)
        .run(db)
        .await?;
    Ok(counted == 1)
}

/// Moves a call that still rings on; false where there is none of this token.
pub async fn end_call(db: &Db, call_hash: [u8; 32], state: &str, since: Timestamp) -> Result<bool> {
    let moved = sql("update staff_sign_in set call_state = $2
                     where call_hash = $1 and call_state = 'calling' and code_sent_at > $3")
    .bind(call_hash)
    .bind(state)
    .bind(since)
    .run(db)
    .await?;
    Ok(moved == 1)
}

/// Whether a call of this token was ever begun and is not yet forgotten.
pub async fn knows_call(db: &Db, call_hash: [u8; 32]) -> Result<bool> {
    let count: i64 = sql("select count(*) from staff_sign_in where call_hash = $1").bind(call_hash).scalar(db).await?;
    Ok(count > 0)
}

/// Notes that the factor was proved, and voids code, call and challenge; true for the one caller that did.
pub async fn set_proved(tx: &mut Tx, token_hash: [u8; 32], now: Timestamp, expires_at: Timestamp) -> Result<bool> {
    let proved = sql("update staff_sign_in set proved_at = $2, expires_at = $3, code_hash = null, call_hash = null,
                             call_state = null, challenge = null
                      where token_hash = $1 and proved_at is null")
    .bind(token_hash)
    .bind(now)
    .bind(expires_at)
    .run(tx)
    .await?;
    Ok(proved == 1)
}

/// Ends the proof; true for the one caller that ended it.
pub async fn take_pending(on: impl Into<Handle<'_>>, token_hash: [u8; 32]) -> Result<bool> {
    Ok(sql("delete from staff_sign_in where token_hash = $1").bind(token_hash).run(on).await? == 1)
}

/// What was sent to an account for proofs that were not finished.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Sent {
    pub count: i64,
    pub first_at: Option<Timestamp>,
    /// The last one by the same method.
    pub last_at: Option<Timestamp>,
}

/// Sendings to an account since `since`, over all its proofs.
pub async fn sent_since(tx: &mut Tx, account_id: Uuid, method: &str, since: Timestamp) -> Result<Sent> {
    sql("select cast(coalesce(sum(sendings), 0) as bigint) as count, min(code_sent_at) as first_at,
                max(case when sent_by = $3 then code_sent_at end) as last_at
         from staff_sign_in where account_id = $1 and code_sent_at > $2")
    .bind(account_id)
    .bind(since)
    .bind(method)
    .one(tx)
    .await
}

/// The telephone numbers of an account, the oldest first.
pub async fn phones(on: impl Into<Handle<'_>>, account_id: Uuid) -> Result<Vec<String>> {
    let numbers: Vec<(String,)> =
        sql("select number from account_phone where account_id = $1 order by created_at, number")
            .bind(account_id)
            .all(on)
            .await?;
    Ok(numbers.into_iter().map(|(number,)| number).collect())
}

/// Adds a number; one that is there already stays as it is.
pub async fn insert_phone(tx: &mut Tx, account_id: Uuid, number: &str, now: Timestamp) -> Result<()> {
    sql("insert into account_phone (account_id, number, created_at) values ($1, $2, $3)
         on conflict (account_id, number) do nothing")
    .bind(account_id)
    .bind(number)
    .bind(now)
    .run(tx)
    .await
    .map(drop)
}

pub async fn delete_phone(tx: &mut Tx, account_id: Uuid, number: &str) -> Result<bool> {
    let deleted = sql("delete from account_phone where account_id = $1 and number = $2")
        .bind(account_id)
        .bind(number)
        .run(tx)
        .await?;
    Ok(deleted == 1)
}

/// A passkey or an authenticator app.
#[derive(Clone, sqlx::FromRow)]
pub struct Device {
    pub factor_id: Uuid,
    /// app, passkey
    pub kind: String,
    pub name: String,
    pub credential: Option<Json>,
    pub last_step: Option<i64>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// The passkeys and apps of an account, the oldest first.
pub async fn devices(on: impl Into<Handle<'_>>, account_id: Uuid) -> Result<Vec<Device>> {
    sql("select factor_id, kind, name, credential, last_step, created_at, last_used_at from account_factor
         where account_id = $1 order by created_at, factor_id")
    .bind(account_id)
    .all(on)
    .await
}

/// A passkey with its public key, or an app with the step of its first code.
pub struct NewDevice<'a> {
    pub account_id: Uuid,
    pub factor_id: Uuid,
    pub kind: &'static str,
    pub name: &'a str,
    pub credential: Option<Json>,
    pub credential_id: Option<Vec<u8>>,
    pub last_step: Option<i64>,
    pub at: Timestamp,
}

pub async fn insert_device(tx: &mut Tx, device: NewDevice<'_>) -> Result<()> {
    sql("insert into account_factor (account_id, factor_id, kind, name, credential, credential_id, last_step, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(device.account_id)
    .bind(device.factor_id)
    .bind(device.kind)
    .bind(device.name)
    .bind(device.credential)
    .bind(device.credential_id)
    .bind(device.last_step)
    .bind(device.at)
    .run(tx)
    .await
    .map(drop)
}

pub async fn rename_device(db: &Db, account_id: Uuid, factor_id: Uuid, name: &str) -> Result<bool> {
    let renamed = sql("update account_factor set name = $3 where account_id = $1 and factor_id = $2")
        .bind(account_id)
        .bind(factor_id)
        .bind(name)
        .run(db)
        .await?;
    Ok(renamed == 1)
}

pub async fn delete_device(tx: &mut Tx, account_id: Uuid, factor_id: Uuid) -> Result<bool> {
    let deleted = sql("delete from account_factor where account_id = $1 and factor_id = $2")
        .bind(account_id)
        .bind(factor_id)
        .run(tx)
        .await?;
    Ok(deleted == 1)
}

/// Uses up a time step of an app; false where it or a later one was used before.
pub async fn use_step(db: &Db, account_id: Uuid, factor_id: Uuid, step: i64, now: Timestamp) -> Result<bool> {
    let used = sql("update account_factor set last_step = $3, last_used_at = $4
                    where account_id = $1 and factor_id = $2 and (last_step is null or last_step < $3)")
    .bind(account_id)
    .bind(factor_id)
    .bind(step)
    .bind(now)
    .run(db)
    .await?;
    Ok(used == 1)
}

/// Keeps what a passkey's use changed about it: counter and backup state.
pub async fn note_passkey_use(
    db: &Db,
    account_id: Uuid,
    factor_id: Uuid,
    credential: Option<Json>,
    now: Timestamp,
) -> Result<()> {
    sql("update account_factor set credential = coalesce($3, credential), last_used_at = $4
         where account_id = $1 and factor_id = $2")
    .bind(account_id)
    .bind(factor_id)
    .bind(credential)
    .bind(now)
    .run(db)
    .await
    .map(drop)
}

/// How the account proved itself last, and by which number.
pub async fn last_method(db: &Db, account_id: Uuid) -> Result<(Option<String>, Option<String>)> {
    sql("select last_method, last_phone from account where account_id = $1").bind(account_id).one(db).await
}

pub async fn set_last_method(tx: &mut Tx, account_id: Uuid, method: &str, phone: Option<&str>) -> Result<()> {
    sql("update account set last_method = $2, last_phone = $3 where account_id = $1")
        .bind(account_id)
        .bind(method)
        .bind(phone)
        .run(tx)
        .await
        .map(drop)
}
