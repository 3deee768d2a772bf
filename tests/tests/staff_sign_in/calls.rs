//! The voice provider: real HTTP, signed webhooks (AUTH-11, AUTH-12).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hersys::App;
use hersys::config::{Config, Settings};
use hersys_tests::{Visitor, World, on_both_databases};
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use crate::support::*;

on_both_databases!(a_call_goes_through_the_provider_and_its_key_comes_back_signed);

const TOKEN: &str = "token-of-the-account";

type Requests = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

/// A provider of our own; the number in the address is where it listens.
async fn provider() -> (String, Requests) {
    let requests = Requests::default();
    let router =
        Router::new().route("/2010-04-01/Accounts/AC1/Calls.json", post(take_call)).with_state(requests.clone());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://AC1:{TOKEN}@{}/?from=%2B815012345678", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, requests)
}

async fn take_call(State(requests): State<Requests>, body: String) -> Json<serde_json::Value> {
    requests.lock().unwrap().push(serde_urlencoded::from_str(&body).unwrap());
    Json(json!({ "sid": "CA1", "status": "queued" }))
}

/// A webhook as the provider sends it, signed over its whole address.
async fn tell(app: &App, address: &str, fields: &[(&str, &str)], token: &str) -> (u16, String) {
    use hmac::{Hmac, KeyInit, Mac};
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let text = sorted.iter().fold(address.to_owned(), |text, (name, value)| text + name + value);
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let request = Request::builder()
        .method(Method::POST)
        .uri(address.strip_prefix("http://127.0.0.1:8080").unwrap())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-twilio-signature", STANDARD.encode(mac.finalize().into_bytes()))
        .body(Body::from(serde_urlencoded::to_string(fields).unwrap()))
        .unwrap();
    let router = hersys::web::with_peer(app.router(), ([192, 0, 2, 9], 443).into());
    let response = router.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

async fn a_call_goes_through_the_provider_and_its_key_comes_back_signed(world: World) {
    let (url, requests) = provider().await;
    let settings = Settings {
        data_dir: Some(world.folder().to_owned()),
        database_url: Some(world.database_url().to_owned()),
        base_url: Some("http://127.0.0.1:8080".into()),
        voice_url: Some(url),
        ..Settings::default()
    };
    let app = App::open(Config::from_settings(settings, false).unwrap(), world.app.clock.clone()).await.unwrap();
    let center = &world.fixtures.center;
    let mut staff = Visitor::new(&app);
    give_password(&mut staff, &center.sign_in_id, hersys_tests::fixtures::PASSWORD).await;
    staff.post_form("/staff/sign-in/methods", &[("method", "1")]).await;
    hersys::messages::deliver_due(&app).await.unwrap();

    let call = requests.lock().unwrap().pop().expect("a call was begun");
    assert_eq!(
        (call["To"].as_str(), call["From"].as_str()),
        (format!("+81{}", &center.phone[1..]).as_str(), "+815012345678")
    );
    assert!(call["Twiml"].contains("シャープを押してください") && !call["Twiml"].contains("感染"));
    let keys = call["Twiml"].split_once("action=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let status = call["StatusCallback"].clone();
    assert!(keys.starts_with("http://127.0.0.1:8080/webhooks/calls/") && keys.ends_with("/keys"));
    assert_eq!(count(&world, "select count(*) from message where channel = 'call' and body <> ''").await, 0, "wiped");

    assert_eq!(tell(&app, &keys, &[("Digits", "#")], "another token").await.0, 403);
    let elsewhere = "http://127.0.0.1:8080/webhooks/calls/unknown/keys";
    assert_eq!(tell(&app, elsewhere, &[("Digits", "#")], TOKEN).await.0, 404);
    assert_eq!(tell(&app, &status, &[("CallStatus", "ringing")], TOKEN).await.0, 204);
    assert_eq!(staff.get("/staff/sign-in/call/state").await.json()["state"], "calling");
    let (answer, words) = tell(&app, &keys, &[("CallSid", "CA1"), ("Digits", "#")], TOKEN).await;
    assert_eq!(answer, 200);
    assert!(words.contains("<Say language=\"ja-JP\">確認しました。"), "{words}");
    assert_eq!(tell(&app, &status, &[("CallStatus", "completed")], TOKEN).await.0, 204);
    assert_eq!(staff.post_form("/staff/sign-in/call", &[]).await.location(), "/staff/");

    world.pass(time::Duration::minutes(2));
    let mut again = Visitor::new(&app);
    give_password(&mut again, &center.sign_in_id, hersys_tests::fixtures::PASSWORD).await;
    hersys::messages::deliver_due(&app).await.unwrap();
    let status = requests.lock().unwrap().pop().expect("another call")["StatusCallback"].clone();
    tell(&app, &status, &[("CallStatus", "no-answer")], TOKEN).await;
    again.get("/staff/sign-in/call").await.expect(200).shows("電話に出られなかったか");
}
