//! SQL of the browsers that take notifications.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Handle, Result, Tx, sql};

/// A browser that takes notifications for an account.
#[derive(sqlx::FromRow)]
pub struct Device {
    pub subscription_id: Uuid,
    pub endpoint: String,
    /// base64url
    pub p256dh: String,
    pub auth: String,
}

const COLUMNS: &str = "subscription_id, endpoint, p256dh, auth";

/// A device by its id, unless it is gone.
pub async fn device(db: &Db, subscription_id: Uuid) -> Result<Option<Device>> {
    sql(&format!("select {COLUMNS} from push_subscription where subscription_id = $1 and gone_at is null"))
        .bind(subscription_id)
        .optional(db)
        .await
}

/// The devices of an account, the oldest first.
pub async fn devices(on: impl Into<Handle<'_>>, account_id: Uuid) -> Result<Vec<Device>> {
    sql(&format!(
        "select {COLUMNS} from push_subscription where account_id = $1 and gone_at is null
         order by created_at, subscription_id"
    ))
    .bind(account_id)
    .all(on)
    .await
}

/// Keeps a device; one that is there already gets its new keys. Returns its id.
pub async fn subscribe(
    tx: &mut Tx,
    account_id: Uuid,
    (endpoint, p256dh, auth): (&str, &str, &str),
    now: Timestamp,
) -> Result<Uuid> {
    // A browser shows what is for whoever signed in to it last, and nothing of the others.
    sql("delete from push_subscription where endpoint = $2 and account_id <> $1")
        .bind(account_id)
        .bind(endpoint)
        .run(&mut *tx)
        .await?;
    // What is gone is of no use to anybody.
    sql("delete from push_subscription where account_id = $1 and gone_at is not null and endpoint <> $2")
        .bind(account_id)
        .bind(endpoint)
        .run(&mut *tx)
        .await?;
    sql("insert into push_subscription (account_id, subscription_id, endpoint, p256dh, auth, created_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (account_id, endpoint) do update set p256dh = $4, auth = $5, gone_at = null
         returning subscription_id")
    .bind(account_id)
    .bind(Uuid::now_v7())
    .bind(endpoint)
    .bind(p256dh)
    .bind(auth)
    .bind(now)
    .scalar(tx)
    .await
}

/// Forgets a device; whether it was there.
pub async fn unsubscribe(tx: &mut Tx, account_id: Uuid, endpoint: &str) -> Result<bool> {
    let forgotten = sql("delete from push_subscription where account_id = $1 and endpoint = $2")
        .bind(account_id)
        .bind(endpoint)
        .run(tx)
        .await?;
    Ok(forgotten > 0)
}

/// Notes the push service's word that a device is gone.
pub async fn note_gone(db: &Db, subscription_id: Uuid, now: Timestamp) -> Result<()> {
    sql("update push_subscription set gone_at = $2 where subscription_id = $1 and gone_at is null")
        .bind(subscription_id)
        .bind(now)
        .run(db)
        .await
        .map(drop)
}
