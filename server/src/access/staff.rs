//! Staff sessions: who is signed in.

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use time::Duration;
use uuid::Uuid;

use crate::App;
use crate::access::organization::organization_state;
use crate::access::{Client, OrganizationKind, policy, security, store};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::secret::{Token, hash_token};

/// `__Host-`: this host only, TLS (or loopback) only, whole site.
pub const COOKIE: &str = "__Host-hersys-staff";

/// AUTH-30: signed out after this long without a request, and after this long in any case.
pub const IDLE: Duration = Duration::minutes(30);
pub const ABSOLUTE: Duration = Duration::hours(12);

/// Somebody who has passed both factors, with the organisation they act for.
#[derive(Debug, Clone)]
pub struct Staff {
    pub account_id: Uuid,
    pub organization_id: Uuid,
    pub kind: OrganizationKind,
    pub organization_name: String,
    pub display_name: String,
    pub sign_in_id: String,
    pub is_issuer: bool,
    /// How many notifications wait for this organisation, no more than [`store::MOST_COUNTED`]: to be confirmed by a
    /// health centre, to be answered by an institution.
    pub waiting: i64,
    /// 過去情報 on (TOP-07): for this session.
    pub shows_past: bool,
    /// What stood behind `/staff/cases` when the list was looked at last: the way back to it from a person.
    pub list_address: String,
    /// What stood behind `/staff/board` when the board was looked at last: the queue that is walked through.
    pub board_address: String,
}

impl Staff {
    /// Whether this ID administers organisations and IDs: an issuer, of a kind that issues.
    pub fn may_issue(&self) -> bool {
        self.is_issuer && policy::may_have_issuers(self.kind)
    }
}

impl Staff {
    /// The address of the list as it was looked at last.
    pub fn list_href(&self) -> String {
        format!("/staff/cases{}", self.list_address)
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        if let Some(staff) = parts.extensions.get::<Self>() {
            return Ok(staff.clone());
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let token = jar.get(COOKIE).ok_or(Error::NotSignedIn)?.value().to_owned();
        let now = app.clock.now();
        let session = store::staff_session(&app.db, hash_token(&token), now).await?.ok_or(Error::NotSignedIn)?;
        // GEN-07, IDM-10: an organisation that stops takes its sessions with it.
        let organization = organization_state(session.active_from, session.active_until, now.day());
        if session.last_seen_at + IDLE <= now || !organization.is_active() {
            store::end_staff_session(&app.db, hash_token(&token)).await?;
            return Err(Error::NotSignedIn);
        }
        // AUTH-30: a page that renews itself is nobody at work.
        if session.last_seen_at + Duration::minutes(1) <= now && !is_live(&parts.headers) {
            store::touch_staff_session(&app.db, hash_token(&token), now).await?;
        }
        let staff = session.into_staff()?;
        parts.extensions.insert(staff.clone());
        Ok(staff)
    }
}

/// Whoever these headers sign in, for pages that everybody may see and that then keep the way back.
pub async fn of_headers(app: &App, headers: &HeaderMap) -> Option<Staff> {
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.headers.clone_from(headers);
    Staff::from_request_parts(&mut parts, app).await.ok()
}

/// Sent by pages that renew themselves.
const LIVE: &str = "x-hersys-live";

/// Whether a page asks by itself, for its renewal or for a stream of events, and nobody has done anything.
pub fn is_live(headers: &HeaderMap) -> bool {
    let streams = |accept: &HeaderValue| accept.as_bytes() == b"text/event-stream";
    headers.contains_key(LIVE) || headers.get(ACCEPT).is_some_and(streams)
}

/// The change of which a page has heard that renews itself; none of whoever looks anew.
pub fn heard_of(headers: &HeaderMap) -> Option<i64> {
    headers.get(LIVE)?.to_str().ok()?.parse().ok()
}

/// The key of the session's row.
pub fn session_key(jar: &CookieJar) -> Result<[u8; 32]> {
    Ok(hash_token(jar.get(COOKIE).ok_or(Error::NotSignedIn)?.value()))
}

/// Begins a session and returns its cookie.
pub async fn begin_session(tx: &mut Tx, app: &App, client: &Client, account_id: Uuid) -> Result<Cookie<'static>> {
    let token = Token::random();
    let now = app.clock.now();
    security::store::insert_session(tx, token.hash(), account_id, &client.network(), now, now + ABSOLUTE).await?;
    Ok(host_cookie(COOKIE, token.as_str().to_owned()))
}

/// A cookie for this host alone, out of reach of scripts and other sites.
pub fn host_cookie(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").secure(true).http_only(true).same_site(SameSite::Lax).build()
}

/// Takes a cookie away again.
pub fn removal(name: &'static str) -> Cookie<'static> {
    let mut cookie = host_cookie(name, String::new());
    cookie.set_max_age(Duration::ZERO);
    cookie
}
