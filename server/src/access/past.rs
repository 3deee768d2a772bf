//! 過去情報 on/off (TOP-07): whether lists show 過去データ, for as long as one is signed in.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use crate::App;
use crate::access::audit::Entry;
use crate::access::staff::session_key;
use crate::access::{Client, Scope, store};
use crate::error::Result;

/// What the button wants: `on`, or anything else for off. Not the opposite of what is: sent twice, it is the same.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    past: String,
}

/// The button beside the menu. It leads to the list as it was looked at last, from its first page.
pub async fn switch(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    jar: CookieJar,
    Form(wanted): Form<Wanted>,
) -> Result<Response> {
    let shows_past = wanted.past == "on";
    store::show_past(&app.db, session_key(&jar)?, shows_past).await?;
    let detail = serde_json::json!({ "shows_past": shows_past });
    Entry::by_staff(scope.staff(), &client, app.clock.now(), "list.past").with(detail).write(&app.db).await?;
    Ok(Redirect::to(&scope.staff().list_href()).into_response())
}
