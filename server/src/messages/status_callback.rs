//! What the SMS provider tells later about a delivery.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::{SmsProvider, calls, store};
use crate::App;
use crate::error::{Error, Result};

pub const PATH: &str = "/webhooks/sms/status";

/// A provider may call back before its answer with the id is stored here.
const ANSWER_STORED_AFTER: Duration = Duration::from_secs(1);

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
    if !store::has_provider_id(&app.db, provider_id).await? {
        tokio::time::sleep(ANSWER_STORED_AFTER).await;
    }
    let error = parameter("ErrorCode")
        .filter(|code| !code.is_empty() && code.len() <= 6 && code.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|code| format!("sms {code}"));
    store::note_delivery(&app.db, provider_id, state, &earlier, error).await?;
    Ok(StatusCode::NO_CONTENT)
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
        if !store::has_provider_id(&app.db, provider_id).await? {
            tokio::time::sleep(ANSWER_STORED_AFTER).await;
        }
        store::note_delivery(&app.db, provider_id, state, &[], None).await?;
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
