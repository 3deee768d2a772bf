//! SQL of organisations and accounts.

use hersys_shared::PhoneNumber;
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::admin::{NewAccount, NewOrganization};
use crate::clock::Timestamp;
use crate::db::{Db, Handle, Result, Tx, sql};

pub async fn insert_organization(
    tx: &mut Tx,
    kind: OrganizationKind,
    organization: &NewOrganization,
    now: Timestamp,
) -> Result<()> {
    sql("insert into organization (organization_id, kind, name, code, prefecture_code, governing_id, phone, address,
                                   created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(organization.organization_id)
    .bind(kind.code())
    .bind(&organization.name)
    .bind(organization.code.clone())
    .bind(&organization.prefecture_code)
    .bind(organization.governing_id)
    .bind(&organization.phone)
    .bind(&organization.address)
    .bind(now)
    .run(tx)
    .await
    .map(drop)
}

/// The organisation of a kind with a code.
pub async fn organization_by_code(
    on: impl Into<Handle<'_>>,
    kind: OrganizationKind,
    code: &str,
) -> Result<Option<Uuid>> {
    sql("select organization_id from organization where kind = $1 and code = $2")
        .bind(kind.code())
        .bind(code)
        .optional_scalar(on)
        .await
}

/// The organisations of a kind with a name.
pub async fn organizations_by_name(
    on: impl Into<Handle<'_>>,
    kind: OrganizationKind,
    name: &str,
) -> Result<Vec<(Uuid, Option<String>)>> {
    sql("select organization_id, code from organization where kind = $1 and name = $2")
        .bind(kind.code())
        .bind(name)
        .all(on)
        .await
}

pub async fn insert_account(tx: &mut Tx, account: &NewAccount<'_>, now: Timestamp) -> Result<()> {
    sql("insert into account (account_id, organization_id, sign_in_id, display_name, password_hash, is_issuer,
                              created_at)
         values ($1, $2, $3, $4, $5, $6, $7)")
    .bind(account.account_id)
    .bind(account.organization_id)
    .bind(account.sign_in_id.key())
    .bind(account.display_name)
    .bind(account.password_hash)
    .bind(account.is_issuer)
    .bind(now)
    .run(tx)
    .await
    .map(drop)
}

pub async fn insert_account_phone(tx: &mut Tx, account_id: Uuid, phone: &PhoneNumber, now: Timestamp) -> Result<()> {
    sql("insert into account_phone (account_id, number, created_at) values ($1, $2, $3)")
        .bind(account_id)
        .bind(phone.as_str())
        .bind(now)
        .run(tx)
        .await
        .map(drop)
}

/// Whether a sign-in ID is taken.
pub async fn has_sign_in_id(db: &Db, sign_in_id: &str) -> Result<bool> {
    let count: i64 = sql("select count(*) from account where sign_in_id = $1").bind(sign_in_id).scalar(db).await?;
    Ok(count > 0)
}
