//! Organisations and their IDs: who makes, issues, changes and ends them.

pub mod accounts;
pub mod create_issuer;
pub mod csv_file;
mod initial_password;
pub mod line;
pub mod organizations;
pub mod store;
pub mod tokens;
pub mod upload;

use hersys_shared::{MailAddress, PhoneNumber};
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::clock::Timestamp;
use crate::db::{Handle, Tx};
use crate::error::Result;
use crate::routes::Routes;

pub fn routes() -> Routes {
    organizations::routes().merge(accounts::routes()).merge(tokens::routes())
}

/// An organisation to be.
#[derive(Debug, Clone, Default)]
pub struct NewOrganization {
    pub organization_id: Uuid,
    pub name: String,
    /// Unique among the organisations of its kind; those without a code are told apart by people only.
    pub code: Option<String>,
    /// JIS X 0401, two digits.
    pub prefecture_code: String,
    /// The head office of a health centre, the health centre (所管保健所) of the others.
    pub governing_id: Option<Uuid>,
    pub phone: String,
    pub address: String,
}

/// Writes an organisation.
pub async fn create_organization(
    tx: &mut Tx,
    kind: OrganizationKind,
    organization: &NewOrganization,
    now: Timestamp,
) -> Result<()> {
    Ok(store::insert_organization(tx, kind, organization, now).await?)
}

/// The organisation of a kind with a code.
pub async fn organization_by_code(
    on: impl Into<Handle<'_>>,
    kind: OrganizationKind,
    code: &str,
) -> Result<Option<Uuid>> {
    Ok(store::organization_by_code(on, kind, code).await?)
}

/// A staff account to be.
pub struct NewAccount<'a> {
    pub account_id: Uuid,
    pub organization_id: Uuid,
    /// AUTH-04: has the form of a mail address.
    pub sign_in_id: &'a MailAddress,
    pub display_name: &'a str,
    pub password_hash: &'a str,
    /// 利用者認証実施者
    pub is_issuer: bool,
    /// The number of the second factor.
    pub phone: &'a PhoneNumber,
}

/// Writes an account with its telephone number. A sign-in ID that is taken is a unique violation.
pub async fn create_account(tx: &mut Tx, account: &NewAccount<'_>, now: Timestamp) -> Result<()> {
    store::insert_account(tx, account, now).await?;
    store::insert_account_phone(tx, account.account_id, account.phone, now).await?;
    Ok(())
}
