//! Patient sessions. Look-ups of requests that arrive together share one query.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use time::Duration;
use uuid::Uuid;

use crate::App;
use crate::access::staff::host_cookie;
use crate::batch::Batcher;
use crate::clock::Clock;
use crate::db::{Db, Handle};
use crate::error::{Error, Result};
use crate::patient::store;
use crate::secret::{Token, hash_token};

pub const COOKIE: &str = "__Host-hersys-patient";

/// A family phone stays signed in over the whole observation, not for ever.
pub const LASTS: Duration = Duration::days(30);

/// Sessions unused for this long end.
pub const IDLE: Duration = Duration::days(7);

type Found = Result<Option<store::PatientSession>>;

/// Looks sessions up, many at a time.
#[derive(Clone)]
pub struct Sessions {
    queue: Batcher<[u8; 32], Found>,
}

impl Sessions {
    pub fn start(db: Db, clock: Clock) -> Self {
        let queue = Batcher::start(256, 8192, move |hashes: Vec<[u8; 32]>| {
            let (db, now) = (db.clone(), clock.now());
            async move {
                match store::sessions(&db, &hashes, now).await {
                    Ok(found) => {
                        let by_hash: HashMap<Vec<u8>, store::PatientSession> =
                            found.into_iter().map(|session| (session.token_hash.clone(), session)).collect();
                        hashes.iter().map(|hash| Ok(by_hash.get(hash.as_slice()).cloned())).collect()
                    }
                    Err(error) => {
                        tracing::error!(%error, "session look-up failed");
                        hashes.iter().map(|_| Err(Error::Unavailable("sessions"))).collect()
                    }
                }
            }
        });
        Self { queue }
    }

    async fn find(&self, hash: [u8; 32]) -> Found {
        self.queue.run(hash).await.map_err(|_| Error::Unavailable("sessions"))?
    }
}

/// A signed-in patient account. Its requests are limited by account.
#[derive(Debug, Clone, Copy)]
pub struct Patient {
    pub account_id: Uuid,
    pub token_hash: [u8; 32],
}

impl FromRequestParts<App> for Patient {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let jar = CookieJar::from_headers(&parts.headers);
        let token_hash = hash_token(jar.get(COOKIE).ok_or(Error::NotSignedIn)?.value());
        let session = app.patient_sessions.find(token_hash).await?.ok_or(Error::NotSignedIn)?;
        let now = app.clock.now();
        if session.last_seen_at + IDLE <= now {
            return Err(Error::NotSignedIn);
        }
        if session.last_seen_at + Duration::hours(1) <= now {
            store::touch_session(&app.db, token_hash, now).await?;
        }
        app.limits.patient(session.account_id)?;
        Ok(Self { account_id: session.account_id, token_hash })
    }
}

impl OptionalFromRequestParts<App> for Patient {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(patient) => Ok(Some(patient)),
            Err(Error::NotSignedIn) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Begins a session and returns its cookie.
pub async fn begin(app: &App, on: impl Into<Handle<'_>>, account_id: Uuid) -> Result<Cookie<'static>> {
    let token = Token::random();
    let now = app.clock.now();
    store::insert_session(on, token.hash(), account_id, now, now + LASTS).await?;
    let mut cookie = host_cookie(COOKIE, token.as_str().to_owned());
    cookie.set_max_age(LASTS);
    Ok(cookie)
}
