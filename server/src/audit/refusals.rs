//! Every refusal of a signed-in ID leaves an entry (SEC-12), whichever handler or guard refused:
//! a person out of reach, an item group or page that the kind of ID may not see.

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use crate::App;
use crate::access::audit::{Entry, REFUSED};
use crate::access::{Client, Staff};
use crate::error::Result;

/// Wraps the routes; what stands around them (e.g. protection from other sites) is not a refusal
/// of something to somebody.
pub async fn record(State(app): State<App>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/staff/") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    if matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
        && let Err(error) = note(&app, asked, status).await
    {
        // The answer is a refusal already; it stays one.
        tracing::error!(%error, "a refusal could not be written to the audit");
    }
    response
}

async fn note(app: &App, mut asked: Parts, status: StatusCode) -> Result<()> {
    let Some(route) = asked.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned()) else {
        return Ok(());
    };
    let names_something = route.contains('{') && !route.starts_with("/staff/assets/");
    if status == StatusCode::NOT_FOUND && !names_something {
        return Ok(());
    }
    let Ok(staff) = Staff::from_request_parts(&mut asked, app).await else {
        return Ok(());
    };
    let client = Client::from_request_parts(&mut asked, app).await?;
    let ids: Vec<(String, Uuid)> = match RawPathParams::from_request_parts(&mut asked, app).await {
        // What is no id was never an address of anything.
        Ok(path) => {
            path.iter().filter_map(|(name, value)| Some((name.to_owned(), Uuid::parse_str(value).ok()?))).collect()
        }
        Err(_) => Vec::new(),
    };
    let mut detail = serde_json::json!({ "route": format!("{} {route}", asked.method), "status": status.as_u16() });
    let mut entry = Entry::by_staff(&staff, &client, app.clock.now(), REFUSED);
    for (name, id) in ids {
        if name == "case_id" {
            entry = entry.about(id);
        } else {
            detail[name] = id.to_string().into();
        }
    }
    Ok(entry.with(detail).write(&app.db).await?)
}
