//! SQL of wishes.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Result, Tx, sql};

/// Asks, unless the same is asked already; whether it was new.
pub async fn insert(tx: &mut Tx, case_id: Uuid, wish: &str, account_id: Uuid, now: Timestamp) -> Result<bool> {
    let asked = sql("insert into patient_request (case_id, request_id, wish, asked_at, asked_by)
                     values ($1, $2, $3, $4, $5)
                     on conflict (case_id, wish) where settled_at is null do nothing")
    .bind(case_id)
    .bind(Uuid::now_v7())
    .bind(wish)
    .bind(now)
    .bind(account_id)
    .run(tx)
    .await?;
    Ok(asked > 0)
}

/// Takes back every open wish but `kept`.
pub async fn withdraw_others(tx: &mut Tx, case_id: Uuid, kept: &str, account_id: Uuid, now: Timestamp) -> Result<u64> {
    sql("update patient_request set settled_at = $3, settled_by = $4, outcome = 'withdrawn'
         where case_id = $1 and wish <> $2 and settled_at is null")
    .bind(case_id)
    .bind(kept)
    .bind(now)
    .bind(account_id)
    .run(tx)
    .await
}

/// Takes back an open wish; whether there was one.
pub async fn withdraw(tx: &mut Tx, case_id: Uuid, wish: &str, account_id: Uuid, now: Timestamp) -> Result<bool> {
    let withdrawn = sql("update patient_request set settled_at = $3, settled_by = $4, outcome = 'withdrawn'
                         where case_id = $1 and wish = $2 and settled_at is null")
    .bind(case_id)
    .bind(wish)
    .bind(now)
    .bind(account_id)
    .run(tx)
    .await?;
    Ok(withdrawn > 0)
}
