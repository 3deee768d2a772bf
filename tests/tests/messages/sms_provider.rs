//! An SMS provider of our own: real HTTP requests, and failures at will.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hersys::App;
use serde_json::json;
use tower::ServiceExt;

pub const TOKEN: &str = "token-of-the-account";

/// An SMS provider with an HTTP API of the Twilio form.
pub struct Provider {
    address: SocketAddr,
    desk: Arc<Mutex<ProviderDesk>>,
}

struct ProviderDesk {
    answer: (StatusCode, serde_json::Value),
    requests: Vec<SmsRequest>,
}

#[derive(Clone)]
pub struct SmsRequest {
    pub account: String,
    pub authorization: String,
    pub form: BTreeMap<String, String>,
}

impl Provider {
    pub async fn start() -> Self {
        let first = ProviderDesk {
            answer: (StatusCode::CREATED, json!({"sid": "SM1", "status": "queued"})),
            requests: Vec::new(),
        };
        let desk = Arc::new(Mutex::new(first));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(take_sms))
            .with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, desk }
    }

    /// For `HERSYS_SMS_URL`.
    pub fn url(&self) -> String {
        format!("http://AC0123:{TOKEN}@{}/?from=%2B815012345678", self.address)
    }

    pub fn answer(&self, status: StatusCode, body: serde_json::Value) {
        self.desk.lock().unwrap().answer = (status, body);
    }

    pub fn requests(&self) -> Vec<SmsRequest> {
        self.desk.lock().unwrap().requests.clone()
    }
}

async fn take_sms(
    State(desk): State<Arc<Mutex<ProviderDesk>>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Json<serde_json::Value>) {
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    let mut desk = desk.lock().unwrap();
    desk.requests.push(SmsRequest {
        account,
        authorization: headers["authorization"].to_str().unwrap().to_owned(),
        form: serde_urlencoded::from_str(&body).unwrap(),
    });
    let (status, answer) = desk.answer.clone();
    (status, Json(answer))
}

/// The signature as the provider documents it: HMAC-SHA1 of address and sorted parameters.
pub fn sign(token: &str, fields: &[(&str, &str)]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut sorted = fields.to_vec();
    sorted.sort();
    let mut text = "http://127.0.0.1:8080/webhooks/sms/status".to_owned();
    for (name, value) in sorted {
        text.push_str(name);
        text.push_str(value);
    }
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// A callback as the provider sends it: from elsewhere, with no cookie.
pub async fn call_back(app: &App, fields: &[(&str, &str)], signature: Option<&str>) -> StatusCode {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("/webhooks/sms/status")
        .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
    if let Some(signature) = signature {
        request = request.header("x-twilio-signature", signature);
    }
    let body = Body::from(serde_urlencoded::to_string(fields).unwrap());
    let router = hersys::web::with_peer(app.router(), ([192, 0, 2, 9], 443).into());
    router.oneshot(request.body(body).unwrap()).await.unwrap().status()
}
