//! SQL of institutions' tokens.

use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Handle, Result, Tx, Value, list, sql};

/// A token that is presented, with what decides whether it counts.
#[derive(sqlx::FromRow)]
pub struct Presented {
    pub token_id: Uuid,
    pub organization_id: Uuid,
    pub kind: String,
    pub organization_name: String,
    pub name: String,
    pub last_used_at: Option<Timestamp>,
    pub active_from: Option<Date>,
    pub active_until: Option<Date>,
}

/// The token of a hash, unless it has run out or was taken back.
pub async fn by_hash(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<Option<Presented>> {
    sql("select t.token_id, t.organization_id, o.kind, o.name as organization_name, t.name, t.last_used_at,
                o.active_from, o.active_until
         from institution_token t join organization o on o.organization_id = t.organization_id
         where t.token_hash = $1 and t.expires_at > $2 and t.revoked_at is null")
    .bind(token_hash)
    .bind(now)
    .optional(db)
    .await
}

/// Notes when tokens were used.
pub async fn note_uses(db: &Db, uses: &[(Uuid, Timestamp)]) -> Result<()> {
    let Some(at) = uses.iter().map(|(_, at)| *at).max() else { return Ok(()) };
    sql(&format!("update institution_token set last_used_at = $1 where token_id in ({})", list(2, uses.len())))
        .bind(at)
        .bind_all(uses.iter().map(|(token_id, _)| Value::from(*token_id)))
        .run(db)
        .await
        .map(drop)
}

/// A token as its issuers see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Token {
    pub token_id: Uuid,
    pub organization_id: Uuid,
    pub name: String,
    pub created_at: Timestamp,
    pub created_by: Option<String>,
    pub expires_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl Token {
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// The tokens of an institution, the newest first.
pub async fn of_organization(on: impl Into<Handle<'_>>, organization_id: Uuid) -> Result<Vec<Token>> {
    sql("select t.token_id, t.organization_id, t.name, t.created_at, a.display_name as created_by, t.expires_at,
                t.last_used_at, t.revoked_at
         from institution_token t left join account a on a.account_id = t.created_by
         where t.organization_id = $1 order by t.created_at desc, t.token_id desc")
    .bind(organization_id)
    .all(on)
    .await
}

/// A token to be.
pub struct NewToken<'a> {
    pub token_id: Uuid,
    pub organization_id: Uuid,
    pub name: &'a str,
    pub token_hash: [u8; 32],
    pub created_by: Uuid,
    pub expires_at: Timestamp,
}

/// Keeps a new token. A `token_id` that is already there is a unique violation.
pub async fn insert(tx: &mut Tx, token: &NewToken<'_>, now: Timestamp) -> Result<()> {
    sql("insert into institution_token (token_id, organization_id, name, token_hash, created_at, created_by, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)")
    .bind(token.token_id)
    .bind(token.organization_id)
    .bind(token.name)
    .bind(token.token_hash)
    .bind(now)
    .bind(token.created_by)
    .bind(token.expires_at)
    .run(tx)
    .await
    .map(drop)
}

/// Takes a token back; `false` where it was taken back before, or is another's.
pub async fn revoke(tx: &mut Tx, organization_id: Uuid, token_id: Uuid, by: Uuid, now: Timestamp) -> Result<bool> {
    let revoked = sql("update institution_token set revoked_at = $3, revoked_by = $4
         where organization_id = $1 and token_id = $2 and revoked_at is null")
    .bind(organization_id)
    .bind(token_id)
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    Ok(revoked == 1)
}
