//! The life of a staff account: issued with an initial password, reset, signed out everywhere.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::Result;

pub mod store;

/// How many replaced passwords an account remembers and refuses.
pub const PASSWORDS_REMEMBERED: i64 = 5;

/// A staff account to be, without a second factor: its first sign-in registers one (AUTH-06).
pub struct NewAccount<'a> {
    pub account_id: Uuid,
    pub organization_id: Uuid,
    /// As [`super::sign_in::normal_id`] makes it.
    pub sign_in_id: &'a str,
    pub display_name: &'a str,
    /// 利用者認証実施者
    pub is_issuer: bool,
    pub at: Timestamp,
}

/// Writes an account whose password must be replaced at the first sign-in (AUTH-05, AUTH-14).
/// `password_hash` is that of the initial password. A sign-in ID that is taken is a unique violation.
pub async fn insert_account(tx: &mut Tx, account: &NewAccount<'_>, password_hash: &str) -> Result<()> {
    Ok(store::insert(tx, account, password_hash).await?)
}

/// Gives an account a new initial password, to be replaced at the next sign-in, and ends its sessions.
pub async fn set_initial_password(tx: &mut Tx, account_id: Uuid, password_hash: &str, at: Timestamp) -> Result<()> {
    store::keep_old_password(tx, account_id, at, PASSWORDS_REMEMBERED).await?;
    store::set_password(tx, account_id, password_hash, true, at).await?;
    store::end_sessions(tx, account_id).await?;
    Ok(())
}

/// Sets the password that somebody chose for themselves; the caller has judged it against `judged_hash`. `false`:
/// that is no longer the account's password, and nothing was changed.
pub(super) async fn set_own_password(
    tx: &mut Tx,
    account_id: Uuid,
    judged_hash: &str,
    password_hash: &str,
    at: Timestamp,
) -> Result<bool> {
    super::store::hold_account(&mut *tx, account_id).await?;
    store::keep_old_password(tx, account_id, at, PASSWORDS_REMEMBERED).await?;
    Ok(store::replace_password(tx, account_id, judged_hash, password_hash, at).await?)
}

/// Takes every second factor away: the next sign-in registers a telephone number anew. For an
/// issuer whose user has lost the telephone.
pub async fn remove_factors(tx: &mut Tx, account_id: Uuid) -> Result<()> {
    Ok(store::remove_factors(tx, account_id).await?)
}

/// Signs an account out everywhere; the number of sessions that ended.
pub async fn end_sessions(tx: &mut Tx, account_id: Uuid) -> Result<u64> {
    Ok(store::end_sessions(tx, account_id).await?)
}
