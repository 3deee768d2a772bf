//! SQL of the life of accounts.

use uuid::Uuid;

use crate::access::accounts::NewAccount;
use crate::clock::Timestamp;
use crate::db::{Db, Result, Tx, sql};

pub async fn insert(tx: &mut Tx, account: &NewAccount<'_>, password_hash: &str) -> Result<()> {
    sql("insert into account (account_id, organization_id, sign_in_id, display_name, password_hash, is_issuer,
                              must_change_password, password_changed_at, created_at)
         values ($1, $2, $3, $4, $5, $6, true, $7, $7)")
    .bind(account.account_id)
    .bind(account.organization_id)
    .bind(account.sign_in_id)
    .bind(account.display_name)
    .bind(password_hash)
    .bind(account.is_issuer)
    .bind(account.at)
    .run(tx)
    .await
    .map(drop)
}

/// Keeps the hash of the password that is about to be replaced, and only the latest ones.
pub async fn keep_old_password(tx: &mut Tx, account_id: Uuid, at: Timestamp, most: i64) -> Result<()> {
    sql("insert into password_history (account_id, entry_id, password_hash, replaced_at)
         select account_id, $2, password_hash, $3 from account where account_id = $1")
    .bind(account_id)
    .bind(Uuid::now_v7())
    .bind(at)
    .run(&mut *tx)
    .await?;
    sql("delete from password_history where account_id = $1 and entry_id not in
           (select entry_id from password_history where account_id = $1
            order by replaced_at desc, entry_id desc limit $2)")
    .bind(account_id)
    .bind(most)
    .run(tx)
    .await
    .map(drop)
}

pub async fn set_password(
    tx: &mut Tx,
    account_id: Uuid,
    password_hash: &str,
    must_change: bool,
    at: Timestamp,
) -> Result<()> {
    sql("update account set password_hash = $2, must_change_password = $3, password_changed_at = $4
         where account_id = $1")
    .bind(account_id)
    .bind(password_hash)
    .bind(must_change)
    .bind(at)
    .run(tx)
    .await
    .map(drop)
}

/// Replaces the password that `judged_hash` stands for by one that its owner chose. `false`: it was replaced by
/// somebody else in the meantime, such as an issuer who reset it; that one stays.
pub async fn replace_password(
    tx: &mut Tx,
    account_id: Uuid,
    judged_hash: &str,
    password_hash: &str,
    at: Timestamp,
) -> Result<bool> {
    let replaced = sql("update account set password_hash = $3, must_change_password = false, password_changed_at = $4
         where account_id = $1 and password_hash = $2")
    .bind(account_id)
    .bind(judged_hash)
    .bind(password_hash)
    .bind(at)
    .run(tx)
    .await?;
    Ok(replaced == 1)
}

/// Whether the password must be replaced, and since when it is the account's.
pub async fn password_age(db: &Db, account_id: Uuid) -> Result<(bool, Timestamp)> {
    sql("select must_change_password, coalesce(password_changed_at, created_at) from account where account_id = $1")
        .bind(account_id)
        .one(db)
        .await
}

pub async fn password_hash(db: &Db, account_id: Uuid) -> Result<String> {
    sql("select password_hash from account where account_id = $1").bind(account_id).scalar(db).await
}

/// The hashes of replaced passwords, the latest first.
pub async fn old_passwords(db: &Db, account_id: Uuid, most: i64) -> Result<Vec<String>> {
    let hashes: Vec<(String,)> = sql("select password_hash from password_history where account_id = $1
                                      order by replaced_at desc, entry_id desc limit $2")
    .bind(account_id)
    .bind(most)
    .all(db)
    .await?;
    Ok(hashes.into_iter().map(|(hash,)| hash).collect())
}

/// Ends the sessions of an account and the sign-ins under way, but those of `kept`; how many sessions that were.
pub async fn end_other_sessions(tx: &mut Tx, account_id: Uuid, kept: [u8; 32]) -> Result<u64> {
    sql("delete from staff_sign_in where account_id = $1 and token_hash <> $2")
        .bind(account_id)
        .bind(kept)
        .run(&mut *tx)
        .await?;
    sql("delete from staff_session where account_id = $1 and token_hash <> $2")
        .bind(account_id)
        .bind(kept)
        .run(tx)
        .await
}

pub async fn end_sessions(tx: &mut Tx, account_id: Uuid) -> Result<u64> {
    sql("delete from staff_sign_in where account_id = $1").bind(account_id).run(&mut *tx).await?;
    sql("delete from staff_session where account_id = $1").bind(account_id).run(tx).await
}

pub async fn remove_factors(tx: &mut Tx, account_id: Uuid) -> Result<()> {
    sql("delete from account_phone where account_id = $1").bind(account_id).run(&mut *tx).await?;
    sql("delete from account_factor where account_id = $1").bind(account_id).run(tx).await.map(drop)
}
