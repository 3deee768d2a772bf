//! SQL of sessions, for their owner.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Result, Tx, sql};

/// A session that still lives.
#[derive(sqlx::FromRow)]
pub struct Living {
    pub session_id: Option<Uuid>,
    pub token_hash: Vec<u8>,
    pub network: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

/// The sessions of an account that were used since `idle_since`, the latest first.
pub async fn sessions(db: &Db, account_id: Uuid, idle_since: Timestamp, now: Timestamp) -> Result<Vec<Living>> {
    sql("select session_id, token_hash, network, created_at, last_seen_at from staff_session
         where account_id = $1 and last_seen_at > $2 and expires_at > $3
         order by last_seen_at desc, created_at desc")
    .bind(account_id)
    .bind(idle_since)
    .bind(now)
    .all(db)
    .await
}

pub async fn insert_session(
    tx: &mut Tx,
    token_hash: [u8; 32],
    account_id: Uuid,
    network: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    sql("insert into staff_session (token_hash, account_id, session_id, network, created_at, last_seen_at, proved_at,
                                    expires_at)
         values ($1, $2, $3, $4, $5, $5, $5, $6)")
    .bind(token_hash)
    .bind(account_id)
    .bind(Uuid::new_v4())
    .bind(network)
    .bind(now)
    .bind(expires_at)
    .run(tx)
    .await
    .map(drop)
}

pub async fn end_session(db: &Db, account_id: Uuid, session_id: Uuid) -> Result<bool> {
    let ended = sql("delete from staff_session where account_id = $1 and session_id = $2")
        .bind(account_id)
        .bind(session_id)
        .run(db)
        .await?;
    Ok(ended == 1)
}

/// When the password was given last in a session.
pub async fn proved_at(db: &Db, token_hash: [u8; 32]) -> Result<Option<Timestamp>> {
    let at: Option<Option<Timestamp>> =
        sql("select proved_at from staff_session where token_hash = $1").bind(token_hash).optional_scalar(db).await?;
    Ok(at.flatten())
}

pub async fn set_proved(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<()> {
    sql("update staff_session set proved_at = $2 where token_hash = $1")
        .bind(token_hash)
        .bind(now)
        .run(db)
        .await
        .map(drop)
}
