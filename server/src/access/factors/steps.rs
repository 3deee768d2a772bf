//! The steps of a proof by code or call, the same in the sign-in and in セキュリティ情報.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use serde_json::json;

use crate::App;
use crate::access::Client;
use crate::access::factors::pages::{self, Place};
use crate::access::factors::proof::{CallState, Judgement, Proof};
use crate::access::factors::{Choice, Method};
use crate::access::sign_in::entry;
use crate::error::{Error, Result};

/// What came of an answer.
pub enum Outcome {
    Proved(Choice),
    /// Not yet, or not this way: the page to show.
    Shown(Response),
}

/// The address at which a way of proving asks for its answer.
pub fn step_of(method: Method) -> &'static str {
    match method {
        Method::Sms | Method::App => "code",
        Method::Call => "call",
        Method::Passkey => "passkey",
    }
}

/// Turns to a way of proving and leads to its page, which says where nothing may be sent yet.
pub async fn turn_to(app: &App, proof: &Proof, place: Place, choice: &Choice) -> Result<Response> {
    let same_again = proof.choice().as_ref() == Some(choice) && proof.waits_for_answer(app.clock.now());
    if !same_again {
        match proof.take(app, choice).await {
            Ok(()) | Err(Error::TooMany { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Redirect::to(&place.to(step_of(choice.method))).into_response())
}

/// The page that asks for a code.
pub fn code_page(proof: &Proof, place: Place, problems: &Problems) -> Response {
    match proof.choice() {
        Some(Choice { method: Method::Sms, phone: Some(phone) }) => {
            pages::sms(place, &phone, proof.sent_at(), problems).into_response()
        }
        Some(Choice { method: Method::App, .. }) => pages::app(place, problems).into_response(),
        Some(Choice { method, .. }) => Redirect::to(&place.to(step_of(method))).into_response(),
        None => Redirect::to(&place.to("methods")).into_response(),
    }
}

/// 検証: judges a code.
pub async fn take_code(app: &App, client: &Client, proof: &Proof, place: Place, typed: &str) -> Result<Outcome> {
    let Some(choice) = proof.choice().filter(|choice| step_of(choice.method) == "code") else {
        return Ok(Outcome::Shown(code_page(proof, place, &Problems::default())));
    };
    let judged = match app.limits.sign_in(client) {
        Ok(()) => proof.judge(app, client, typed).await,
        Err(error) => Err(error),
    };
    let sentence = match judged {
        Ok(Judgement::Right) => return Ok(Outcome::Proved(choice)),
        Ok(Judgement::Wrong(sentence)) => {
            entry(app, client, Some(proof.whose()), "staff.code_wrong")
                .with(json!({ "by": choice.method.code() }))
                .write(&app.db)
                .await?;
            sentence
        }
        Ok(Judgement::NotTried(sentence)) => sentence.to_owned(),
        Err(error) => return Ok(Outcome::Shown(refused_for_now(error, |problems| code_page(proof, place, problems))?)),
    };
    let mut problems = Problems::default();
    problems.add("code", sentence);
    let mut page = code_page(proof, place, &problems);
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(Outcome::Shown(page))
}

/// Sends another code or calls again; what was sent before is void from then on.
pub async fn send_again(app: &App, client: &Client, proof: &Proof, place: Place) -> Result<Response> {
    let Some(choice) = proof.choice() else {
        return Ok(Redirect::to(&place.to("methods")).into_response());
    };
    let sent = match app.limits.codes(client) {
        Ok(()) => proof.send_again(app, &choice).await,
        refused => refused,
    };
    match sent {
        Ok(()) => Ok(Redirect::to(&place.to(step_of(choice.method))).into_response()),
        Err(error) => refused_for_now(error, |problems| match choice.method {
            Method::Call => call_page(app, proof, place, problems),
            _ => code_page(proof, place, problems),
        }),
    }
}

/// The page of a call. AUTH-12: a call that was not answered shows an error.
pub fn call_page(app: &App, proof: &Proof, place: Place, problems: &Problems) -> Response {
    let Some(Choice { method: Method::Call, phone: Some(phone) }) = proof.choice() else {
        return code_page(proof, place, problems);
    };
    let state = proof.call_state(app.clock.now());
    let mut problems = problems.clone();
    if state == CallState::Failed && problems.is_empty() {
        problems.add("", pages::NOT_ANSWERED);
    }
    pages::call(place, &phone, state, &problems).into_response()
}

/// 状況を確認: goes on where `#` was pressed.
pub fn take_call(app: &App, proof: &Proof, place: Place) -> Outcome {
    match proof.choice() {
        Some(choice @ Choice { method: Method::Call, .. })
            if proof.call_state(app.clock.now()) == CallState::Approved =>
        {
            Outcome::Proved(choice)
        }
        _ => Outcome::Shown(Redirect::to(&place.to("call")).into_response()),
    }
}

/// How the call stands, for the script that looks again.
pub fn call_state(app: &App, proof: Option<&Proof>) -> Response {
    let state = proof.map_or("gone", |proof| proof.call_state(app.clock.now()).code());
    Json(json!({ "state": state })).into_response()
}

/// Shows a page again with the time to wait; other errors pass on.
fn refused_for_now(error: Error, page: impl FnOnce(&Problems) -> Response) -> Result<Response> {
    let Error::TooMany { retry_after } = error else {
        return Err(error);
    };
    let mut problems = Problems::default();
    problems.add("", error.failure().message);
    let mut response = page(&problems);
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    Ok(response)
}
