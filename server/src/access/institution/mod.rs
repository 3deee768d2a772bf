//! Institutions' own systems: whoever presents a token acts with its institution's rights, no others.

pub mod store;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use time::Duration;
use uuid::Uuid;

use crate::App;
use crate::access::audit::{Entry, REFUSED};
use crate::access::grant::{Action, Group};
use crate::access::organization::organization_state;
use crate::access::{Client, Grant, OrganizationKind, Staff, policy};
use crate::batch::Batcher;
use crate::clock::Timestamp;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::secret::hash_token;

/// Notes of the last use are no more exact than this.
const NOTED: Duration = Duration::minutes(1);

/// The bearer of an institution's token (`Authorization: Bearer …`). Its right is that of a
/// [`crate::access::grant::Registrar`] of the institution; a token that is unknown, over or taken
/// back, and an institution that does not take part, answer 401.
pub struct Institution {
    staff: Staff,
    client: Client,
    db: Db,
}

impl Institution {
    /// As whom it acts: the institution, the token in the place of an account.
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The right to one person. Out of reach is `None`; asking is noted (SEC-12).
    pub async fn grant<G: Group, A: Action>(&self, app: &App, case_id: Uuid) -> Result<Option<Grant<G, A>>> {
        match Grant::ask(app, self.staff.clone(), case_id).await {
            Ok(grant) => Ok(Some(grant)),
            Err(Error::NotFound | Error::Forbidden) => {
                Entry::by_staff(&self.staff, &self.client, app.clock.now(), REFUSED)
                    .about(case_id)
                    .with(serde_json::json!({ "route": "api", "group": format!("{:?}", G::GROUP) }))
                    .write(&app.db)
                    .await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Notes of last uses, written together behind the requests: none waits for them.
#[derive(Clone)]
pub struct Uses {
    queue: Batcher<(Uuid, Timestamp), ()>,
}

impl Uses {
    pub fn start(db: Db) -> Self {
        let queue = Batcher::start(64, 1024, move |uses: Vec<(Uuid, Timestamp)>| {
            let db = db.clone();
            async move {
                if let Err(error) = store::note_uses(&db, &uses).await {
                    tracing::warn!(%error, "uses of tokens were not noted");
                }
                uses.iter().map(|_| ()).collect()
            }
        });
        Self { queue }
    }

    fn note(&self, token_id: Uuid, at: Timestamp) {
        let queue = self.queue.clone();
        // A note that finds no room is lost; the next use makes another.
        tokio::spawn(async move { queue.run((token_id, at)).await });
    }
}

impl FromRequestParts<App> for Institution {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let client = Client::from_request_parts(parts, app).await?;
        let Some(token) = bearer(parts) else {
            return Err(Error::NotSignedIn);
        };
        let now = app.clock.now();
        let Some(found) = store::by_hash(&app.db, hash_token(token), now).await? else {
            // Tokens are too long to guess; whoever tries all the same is slowed down.
            app.limits.sign_in(&client)?;
            return Err(Error::NotSignedIn);
        };
        let state = organization_state(found.active_from, found.active_until, now.day());
        let kind = OrganizationKind::from_code(&found.kind)
            .filter(|kind| *kind == OrganizationKind::MedicalInstitution && policy::may_register(*kind));
        let Some(kind) = kind.filter(|_| state.is_active()) else {
            return Err(Error::NotSignedIn);
        };
        app.limits.institution(found.token_id)?;
        if found.last_used_at.is_none_or(|at: Timestamp| at + NOTED <= now) {
            app.token_uses.note(found.token_id, now);
        }
        let staff = Staff {
            account_id: found.token_id,
            organization_id: found.organization_id,
            kind,
            organization_name: found.organization_name,
            display_name: found.name,
            sign_in_id: String::new(),
            is_issuer: false,
            waiting: 0,
            shows_past: false,
            list_address: String::new(),
            board_address: String::new(),
        };
        Ok(Self { staff, client, db: app.db.clone() })
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}
