//! IDs: issued along the line, reset, suspended, resumed, ended (IDM-01…IDM-05, IDM-11, C-21).

mod handout;
mod import;
mod issue;
mod new;
mod page;
mod plan;
mod sign_in_ids;
pub mod store;

use maud::{Markup, html};
use uuid::Uuid;

use crate::admin::line::Right;
use crate::admin::upload::with_room;
use crate::clock::Timestamp;
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .get("/staff/admin/organizations/{organization_id}/accounts/new", Guard::Issuer, new::form)
        .post("/staff/admin/organizations/{organization_id}/accounts", Guard::Issuer, new::create)
        .get("/staff/admin/accounts/import", Guard::Issuer, import::page)
        .post("/staff/admin/accounts/import/preview", Guard::Issuer, with_room(import::preview))
        .post("/staff/admin/accounts/import", Guard::Issuer, with_room(import::create))
        .get("/staff/admin/accounts/{account_id}", Guard::Issuer, page::page)
        .post("/staff/admin/accounts/{account_id}/password", Guard::Issuer, page::reset_password)
        .post("/staff/admin/accounts/{account_id}/suspension", Guard::Issuer, page::suspend)
        .post("/staff/admin/accounts/{account_id}/resumption", Guard::Issuer, page::resume)
        .post("/staff/admin/accounts/{account_id}/end", Guard::Issuer, page::end)
}

/// A staff account, as whoever issued it sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Account {
    pub account_id: Uuid,
    pub organization_id: Uuid,
    pub sign_in_id: String,
    pub display_name: String,
    pub is_issuer: bool,
    pub must_change_password: bool,
    pub suspended_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    Active,
    /// The initial password is still to be replaced (AUTH-14).
    Waiting,
    Suspended,
    /// For good; the sign-in ID is given to nobody else.
    Ended,
}

impl Account {
    pub fn right(&self) -> Right {
        if self.is_issuer { Right::Issuer } else { Right::User }
    }

    pub fn state(&self) -> AccountState {
        match self {
            Self { ended_at: Some(_), .. } => AccountState::Ended,
            Self { suspended_at: Some(_), .. } => AccountState::Suspended,
            Self { must_change_password: true, .. } => AccountState::Waiting,
            _ => AccountState::Active,
        }
    }
}

impl AccountState {
    pub fn mark(self) -> Markup {
        match self {
            Self::Active => html! { "利用中" },
            Self::Waiting => html! { span.admin-wait { "初期パスワードのまま" } },
            Self::Suspended => html! { span.admin-wait { "停止中" } },
            Self::Ended => html! { span.admin-ended { "終了" } },
        }
    }
}
