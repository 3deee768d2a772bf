//! SQL of IDs, as issuers see them.

use uuid::Uuid;

use crate::admin::accounts::Account;
use crate::clock::Timestamp;
use crate::db::{Handle, Result, Tx, Value, list, sql};

/// As many values as a statement of any database takes with room to spare.
const AT_ONCE: usize = 500;

const COLUMNS: &str = "account_id, organization_id, sign_in_id, display_name, is_issuer, must_change_password,
    suspended_at, ended_at, created_at";

pub async fn account(on: impl Into<Handle<'_>>, account_id: Uuid) -> Result<Option<Account>> {
    sql(&format!("select {COLUMNS} from account where account_id = $1")).bind(account_id).optional(on).await
}

/// The IDs of an organisation: those in use first, by name.
pub async fn of_organization(on: impl Into<Handle<'_>>, organization_id: Uuid) -> Result<Vec<Account>> {
    sql(&format!(
        "select {COLUMNS} from account where organization_id = $1
         order by case when ended_at is null then 0 else 1 end, sign_in_id"
    ))
    .bind(organization_id)
    .all(on)
    .await
}

/// The IDs of some organisations, ended ones too.
pub async fn of_organizations(tx: &mut Tx, organizations: &[Uuid]) -> Result<Vec<Account>> {
    let mut found = Vec::new();
    for chunk in organizations.chunks(AT_ONCE) {
        let rows: Vec<Account> =
            sql(&format!("select {COLUMNS} from account where organization_id in ({})", list(1, chunk.len())))
                .bind_all(chunk.iter().map(|id| Value::from(*id)))
                .all(&mut *tx)
                .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Which of some sign-in IDs exist.
pub async fn existing(tx: &mut Tx, sign_in_ids: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for chunk in sign_in_ids.chunks(AT_ONCE) {
        let rows: Vec<(String,)> =
            sql(&format!("select sign_in_id from account where sign_in_id in ({})", list(1, chunk.len())))
                .bind_all(chunk.iter().map(Value::from))
                .all(&mut *tx)
                .await?;
        found.extend(rows.into_iter().map(|(sign_in_id,)| sign_in_id));
    }
    Ok(found)
}

/// Notes an act of issuing; a second one with the same id is a unique violation.
pub async fn note_issuing(tx: &mut Tx, issuing_id: Uuid, account_id: Uuid, now: Timestamp) -> Result<()> {
    sql("insert into issuing (issuing_id, account_id, issued_at) values ($1, $2, $3)")
        .bind(issuing_id)
        .bind(account_id)
        .bind(now)
        .run(tx)
        .await
        .map(drop)
}

/// Suspends or resumes an ID that has not ended.
pub async fn set_suspended(tx: &mut Tx, account_id: Uuid, suspended_at: Option<Timestamp>) -> Result<()> {
    sql("update account set suspended_at = $2 where account_id = $1 and ended_at is null")
        .bind(account_id)
        .bind(suspended_at)
        .run(tx)
        .await
        .map(drop)
}

/// Ends an ID for good. Ended is suspended as well, so that sign-in asks one question only.
pub async fn end(tx: &mut Tx, account_id: Uuid, now: Timestamp) -> Result<()> {
    sql("update account set ended_at = $2, suspended_at = coalesce(suspended_at, $2)
         where account_id = $1 and ended_at is null")
    .bind(account_id)
    .bind(now)
    .run(tx)
    .await
    .map(drop)
}
