//! What the voice provider tells of a sign-in's call (AUTH-11).

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::access::factors::{proof, store};
use crate::error::{Error, Result};
use crate::messages::calls::{self, Told};
use crate::secret::hash_token;

/// The key that was pressed; the answer is what the voice says last.
pub async fn keys(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Result<Response> {
    let parameters = signed(&app, &token, Told::Keys, &headers, &body).await?;
    let key = value(&parameters, "Digits").unwrap_or_default();
    proof::key_pressed(&app, &token, key).await?;
    Ok(calls::last_words(if key == "#" {
        "確認しました。画面に戻って、続けてください。"
    } else {
        "シャープが押されなかったため、サインインを止めました。"
    }))
}

/// How the call ended. What is on its way there (ringing, in-progress) does not matter.
pub async fn status(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Result<Response> {
    let parameters = signed(&app, &token, Told::Status, &headers, &body).await?;
    let ended = ["completed", "busy", "no-answer", "failed", "canceled"];
    if value(&parameters, "CallStatus").is_some_and(|status| ended.contains(&status)) {
        proof::call_ended(&app, &token).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn signed(app: &App, token: &str, told: Told, headers: &HeaderMap, body: &str) -> Result<Vec<(String, String)>> {
    let voice = app.config.messaging.voice.as_ref().ok_or(Error::NotFound)?;
    let parameters = voice.signed(&calls::path(token, told), headers, body).ok_or(Error::Forbidden)?;
    if store::knows_call(&app.db, hash_token(token)).await? { Ok(parameters) } else { Err(Error::NotFound) }
}

fn value<'a>(parameters: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}
