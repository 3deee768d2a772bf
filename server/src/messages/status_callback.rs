//! What the SMS provider tells later about a delivery.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use time::Duration;

use super::{SmsProvider, calls, store};
use crate::App;
use crate::db::Db;
use crate::error::{Error, Result};

pub const PATH: &str = "/webhooks/sms/status";

/// How long a word is kept whose message is not known here.
const KEPT: Duration = Duration::days(1);

/// The stages of a delivery in their order. Callbacks may come twice and in any order: a stage
/// never replaces one of its own or a later row.
const STAGES: [&[&str]; 4] = [
    &["accepted", "scheduled", "queued"],
    &["sending"],
    &["sent"],
    &["delivered", "undelivered", "failed", "canceled"],
];

pub async fn receive(State(app): State<App>, headers: HeaderMap, body: String) -> Result<StatusCode> {
    let SmsProvider::Twilio(twilio) = &app.config.messaging.sms else {
        return Err(Error::NotFound);
    };
    let parameters: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let signature = headers.get("x-twilio-signature").and_then(|value| value.to_str().ok());
    if !signature.is_some_and(|signature| twilio.signed(&parameters, signature)) {
        return Err(Error::Forbidden);
    }
    let parameter = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let (Some(provider_id), Some((state, earlier))) =
        (parameter("MessageSid"), parameter("MessageStatus").and_then(stage))
    else {
        // Stages that are not known here are none of the message's end.
        return Ok(StatusCode::NO_CONTENT);
    };
    let error = parameter("ErrorCode")
        .filter(|code| !code.is_empty() && code.len() <= 6 && code.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|code| format!("sms {code}"));
    note(&app, provider_id, state, &earlier, error).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notes a word on a delivery. A provider may call back before its answer with the id is stored here: then the word
/// is kept until it is.
async fn note(app: &App, provider_id: &str, state: &str, earlier: &[&str], error: Option<String>) -> Result<()> {
    if store::has_provider_id(&app.db, provider_id).await? {
        return Ok(store::note_delivery(&app.db, provider_id, state, earlier, error).await?);
    }
    let now = app.clock.now();
    store::forget_early(&app.db, now - KEPT).await?;
    store::keep_early(&app.db, provider_id, (state, error), earlier, now).await?;
    // Whoever stored the answer meanwhile may not have seen it.
    note_early(&app.db).await;
    Ok(())
}

/// Notes the words that came before the answers.
pub(super) async fn note_early(db: &Db) {
    if let Err(error) = try_early(db).await {
        tracing::warn!(%error, "cannot note what a provider told early");
    }
}

async fn try_early(db: &Db) -> Result<()> {
    for (provider_id, state, error) in store::early(db).await? {
        let earlier = stage(&state).map(|(_, earlier)| earlier).unwrap_or_default();
        store::note_delivery(db, &provider_id, &state, &earlier, error).await?;
        store::drop_early(db, &provider_id, &state).await?;
    }
    Ok(())
}

/// How a call ended that asked for nothing (NTF-04).
pub async fn call_ended(State(app): State<App>, headers: HeaderMap, body: String) -> Result<StatusCode> {
    let voice = app.config.messaging.voice.as_ref().ok_or(Error::NotFound)?;
    let parameters = voice.signed(calls::CALL_ENDED, &headers, &body).ok_or(Error::Forbidden)?;
    let parameter = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let state = match parameter("CallStatus") {
        Some("completed") => "delivered",
        Some("no-answer" | "busy") => "no_answer",
        Some("failed" | "canceled") => "failed",
        // On its way there.
        _ => return Ok(StatusCode::NO_CONTENT),
    };
    if let Some(provider_id) = parameter("CallSid") {
        note(&app, provider_id, state, &[], None).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A known stage with all those that come before it.
fn stage(name: &str) -> Option<(&'static str, Vec<&'static str>)> {
    let row = STAGES.iter().position(|row| row.contains(&name))?;
    let state = STAGES[row].iter().find(|state| **state == name)?;
    Some((state, STAGES[..row].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_replaces_only_earlier_ones() {
        assert_eq!(stage("queued"), Some(("queued", vec![])));
        assert_eq!(stage("sent"), Some(("sent", vec!["accepted", "scheduled", "queued", "sending"])));
        assert!(!stage("delivered").unwrap().1.contains(&"undelivered"));
        assert_eq!(stage("elsewhere"), None);
    }
}
