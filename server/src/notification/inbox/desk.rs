//! Who stands at the desk of 届出受付, and before whose inbox.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use uuid::Uuid;

use crate::App;
use crate::access::grant::Action;
use crate::access::{OrganizationKind, Scope, Staff, policy};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::notification::inbox::list::store as lists;

/// The right to read 届出受付, or to act in it. A centre acts in its own; a head office reads those of
/// its centres (PERM-02). Other kinds of ID get 403.
pub struct Desk<A> {
    scope: Scope,
    level: PhantomData<A>,
}

impl<A: Action> Desk<A> {
    pub fn staff(&self) -> &Staff {
        self.scope.staff()
    }

    pub fn db(&self) -> &Db {
        self.scope.db()
    }

    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    pub fn is_center(&self) -> bool {
        self.staff().kind == OrganizationKind::HealthCenter
    }

    /// Whether the inbox of a centre is within reach; any other is as good as absent.
    pub async fn require(&self, center_id: Uuid) -> Result<()> {
        let own = self.staff().organization_id;
        let within = match self.is_center() {
            true => center_id == own,
            false => lists::centers(self.db(), own).await?.iter().any(|center| center.organization_id == center_id),
        };
        if within { Ok(()) } else { Err(Error::NotFound) }
    }
}

impl<A: Action> FromRequestParts<App> for Desk<A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let scope = Scope::from_request_parts(parts, app).await?;
        if policy::receives(scope.staff().kind) < A::LEVEL {
            return Err(Error::Forbidden);
        }
        Ok(Self { scope, level: PhantomData })
    }
}
