//! Where one is signed in: each session with its network, and the means to end it (AUTH-30).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use super::back_with;
use super::store::{self, Living};
use crate::App;
use crate::access::audit::Entry;
use crate::access::session::Session;
use crate::access::staff::{self, removal};
use crate::access::{Client, accounts};
use crate::error::{Error, Result};
use crate::secret::same;

pub fn list(sessions: &[Living], current: &[u8; 32]) -> Markup {
    html! {
        ul.factors {
            @for (at, session) in sessions.iter().enumerate() {
                @let label = format!("session-{at}");
                li.factor {
                    p id=(label) {
                        span.factor-name {
                            (session.created_at.minute_text()) " サインイン"
                            @if is_current(session, current) { " " strong.this { "この端末" } }
                        }
                        span.quiet-text {
                            "最後の操作 " (session.last_seen_at.hour_minute())
                            @if !session.network.is_empty() { "、接続元 " (session.network) }
                        }
                    }
                    @if let Some(session_id) = session.session_id.filter(|_| !is_current(session, current)) {
                        form method="post" action={ "/staff/security/sessions/" (session_id) "/end" } {
                            button.button type="submit" aria-describedby=(label) { "サインアウトさせる" }
                        }
                    }
                }
            }
        }
        form method="post" action="/staff/security/sessions/sign-out" {
            button.button.danger type="submit" { "すべての端末でサインアウト" }
        }
    }
}

fn is_current(session: &Living, current: &[u8; 32]) -> bool {
    same(&session.token_hash, current)
}

/// Ends one session; taking access away needs no fresh proof.
pub async fn end(
    State(app): State<App>,
    client: Client,
    session: Session,
    Path(session_id): Path<Uuid>,
) -> Result<Response> {
    if !store::end_session(&app.db, session.staff.account_id, session_id).await? {
        return Err(Error::NotFound);
    }
    Entry::by_staff(&session.staff, &client, app.clock.now(), "staff.session_end").write(&app.db).await?;
    Ok(back_with("ended"))
}

/// すべての端末でサインアウト: this one too.
pub async fn end_all(State(app): State<App>, client: Client, session: Session, jar: CookieJar) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let ended = accounts::end_sessions(&mut tx, session.staff.account_id).await?;
    Entry::by_staff(&session.staff, &client, app.clock.now(), "staff.sign_out_everywhere")
        .with(json!({ "sessions": ended }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok((jar.add(removal(staff::COOKIE)), Redirect::to("/staff/sign-in?note=signed-out")).into_response())
}
