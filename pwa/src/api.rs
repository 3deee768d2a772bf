//! The calls to the server, one function each.

use hersys_shared::api::{
    ApiError, CodeConfirmation, CodeRequest, CodeSent, Household, Invitation, NewAccount, NewMail, NewPassword,
    NewPerson, NewReports, NewWish, Person, ReportForm, ReportOutcomes, SignIn, Wish,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCache, RequestInit, RequestRedirect, Response};

use crate::browser;
use crate::failure::Failure;

/// After this long the network counts as gone; repeating is harmless.
const PATIENCE_MS: u32 = 30_000;

pub async fn send_code(request: CodeRequest) -> Result<CodeSent, Failure> {
    read(post("codes", &request).await?)
}

pub async fn confirm_code(ticket: Uuid, code: String) -> Result<(), Failure> {
    let path = format!("codes/{ticket}/confirmation");
    post(&path, &CodeConfirmation { code }).await.map(drop)
}

pub async fn create_account(account: NewAccount) -> Result<(), Failure> {
    post("account", &account).await.map(drop)
}

pub async fn sign_in(credentials: SignIn) -> Result<(), Failure> {
    post("session", &credentials).await.map(drop)
}

pub async fn sign_out() -> Result<(), Failure> {
    call("DELETE", "session", None).await.map(drop)
}

pub async fn change_password(password: NewPassword) -> Result<(), Failure> {
    put("account/password", &password).await.map(drop)
}

pub async fn change_mail(mail: NewMail) -> Result<(), Failure> {
    put("account/mail", &mail).await.map(drop)
}

pub async fn invitation(token: String) -> Result<Invitation, Failure> {
    get(&format!("invitations/{token}")).await
}

pub async fn household() -> Result<Household, Failure> {
    get("household").await
}

pub async fn add_person(person: NewPerson) -> Result<Person, Failure> {
    read(post("people", &person).await?)
}

pub async fn form() -> Result<ReportForm, Failure> {
    get("form").await
}

pub async fn send_reports(reports: NewReports) -> Result<ReportOutcomes, Failure> {
    read(post("reports", &reports).await?)
}

/// What is done about a wish.
#[derive(Clone, Copy, PartialEq)]
pub enum Wishing {
    Asked(Wish),
    Withdrawn(Wish),
}

/// Tells the health centre; the household as it is then.
pub async fn tell_center(person_id: Uuid, wishing: Wishing) -> Result<Household, Failure> {
    let path = format!("people/{person_id}/requests");
    match wishing {
        Wishing::Asked(wish) => post(&path, &NewWish { wish }).await?,
        Wishing::Withdrawn(wish) => call("DELETE", &format!("{path}/{}", wish.code()), None).await?,
    };
    household().await
}

async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    read(call("GET", path, None).await?)
}

async fn post(path: &str, body: &impl Serialize) -> Result<String, Failure> {
    call("POST", path, serde_json::to_string(body).ok()).await
}

async fn put(path: &str, body: &impl Serialize) -> Result<String, Failure> {
    call("PUT", path, serde_json::to_string(body).ok()).await
}

fn read<T: DeserializeOwned>(text: String) -> Result<T, Failure> {
    serde_json::from_str(&text).map_err(|_| Failure::of_status(500, None))
}

/// The body of a successful answer, or why there is none.
async fn call(method: &str, path: &str, body: Option<String>) -> Result<String, Failure> {
    let response = fetch(method, path, body).await.map_err(|_| Failure::Unreachable)?;
    let text = match response.text() {
        Ok(text) => JsFuture::from(text).await,
        Err(error) => Err(error),
    };
    // An answer that breaks off is no answer: the status alone does not carry the receipt.
    let text = text.ok().and_then(|text| text.as_string()).ok_or(Failure::Unreachable)?;
    if response.ok() {
        return Ok(text);
    }
    let after = response.headers().get("retry-after").ok().flatten();
    let after = after.and_then(|seconds| seconds.parse().ok());
    match serde_json::from_str::<ApiError>(&text) {
        Ok(mut error) => {
            error.retry_after = error.retry_after.or(after);
            Err(Failure::Refused(error))
        }
        Err(_) => Err(Failure::of_status(response.status(), after)),
    }
}

async fn fetch(method: &str, path: &str, body: Option<String>) -> Result<Response, JsValue> {
    let window = browser::window().ok_or(JsValue::NULL)?;
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    let request = RequestInit::new();
    request.set_method(method);
    request.set_cache(RequestCache::NoStore);
    request.set_redirect(RequestRedirect::Error);
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        request.set_body(&JsValue::from_str(&body));
    }
    request.set_headers(&headers);
    let address = format!("/api/patient/{path}");
    let promise = window.fetch_with_str_and_init(&address, &request);
    JsFuture::from(promise).await?.dyn_into()
}
