//! Who reads or writes rules, and for whom.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use uuid::Uuid;

use crate::App;
use crate::access::grant::Action;
use crate::access::{OrganizationKind, Staff, policy};
use crate::db::Db;
use crate::error::{Error, Result};

/// The right to read 判定基準, or to write those of the own office. Other kinds of ID get 403.
pub struct Desk<A> {
    staff: Staff,
    db: Db,
    level: PhantomData<A>,
}

impl<A: Action> Desk<A> {
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Whose rules this desk writes: none for the ministry, whose rules are those of all.
    pub fn office(&self) -> Option<Uuid> {
        (self.staff.kind != OrganizationKind::Ministry).then_some(self.staff.organization_id)
    }

    /// A centre sees whom its rules would move; offices above see numbers (PERM-10).
    pub fn is_center(&self) -> bool {
        self.staff.kind == OrganizationKind::HealthCenter
    }
}

impl<A: Action> FromRequestParts<App> for Desk<A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let staff = Staff::from_request_parts(parts, app).await?;
        if policy::rules(staff.kind) < A::LEVEL {
            return Err(Error::Forbidden);
        }
        Ok(Self { staff, db: app.db.clone(), level: PhantomData })
    }
}
