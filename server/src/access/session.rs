//! The session itself, for pages about it, and for changes that ask for a recent proof.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use time::Duration;

use crate::App;
use crate::access::security::store;
use crate::access::{Staff, staff};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::secret::hash_token;

/// How long after the password was given factors and password may be changed.
pub const FRESH: Duration = Duration::minutes(10);

/// Who is signed in, and in which session.
pub struct Session {
    pub staff: Staff,
    pub token_hash: [u8; 32],
    /// When the password was given last.
    proved_at: Option<Timestamp>,
}

impl Session {
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.proved_at.is_some_and(|at| now < at + FRESH)
    }
}

impl FromRequestParts<App> for Session {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let staff = Staff::from_request_parts(parts, app).await?;
        let jar = CookieJar::from_headers(&parts.headers);
        let token_hash = hash_token(jar.get(staff::COOKIE).ok_or(Error::NotSignedIn)?.value());
        let proved_at = store::proved_at(&app.db, token_hash).await?;
        Ok(Self { staff, token_hash, proved_at })
    }
}

/// A session whose password was given at most ten minutes ago; anybody else is asked for it first.
pub struct Fresh(pub Session);

impl FromRequestParts<App> for Fresh {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<Self, Response> {
        let session = Session::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        if session.is_fresh(app.clock.now()) {
            return Ok(Self(session));
        }
        // What was sent is not kept; a page is come back to.
        let next = if parts.method == Method::GET { parts.uri.path() } else { "/staff/security" };
        Err(Redirect::to(&format!("/staff/security/confirmation?next={next}")).into_response())
    }
}
