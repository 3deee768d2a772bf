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

/// The address of a list without the place in it.
fn first_page(href: &str) -> String {
    let Some((path, query)) = href.split_once('?') else { return href.to_owned() };
    let is_place = |pair: &&str| ["after=", "before=", "last=", "page="].iter().any(|place| pair.starts_with(place));
    let rest: Vec<&str> = query.split('&').filter(|pair| !is_place(pair)).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
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
    Ok(Redirect::to(&first_page(&scope.staff().list_href())).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_07_the_list_begins_anew() {
        assert_eq!(first_page("/staff/cases"), "/staff/cases");
        assert_eq!(first_page("/staff/cases?after=1&page=3"), "/staff/cases");
        assert_eq!(first_page("/staff/cases?search=7&sort=kana&before=1&page=3"), "/staff/cases?search=7&sort=kana");
    }
}
