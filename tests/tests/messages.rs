//! The outbox: mail by real SMTP, SMS by a real HTTP provider, and what happens when they fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
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
use hersys::config::{Config, Settings};
use hersys::db::sql;
use hersys::messages::{self, Channel, NewMessage, deliver, deliver_due};
use hersys_tests::smtp::SmtpServer;
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::json;
use time::Duration;
use tokio::sync::watch;
use tower::ServiceExt;
use uuid::Uuid;

on_both_databases!(
    ntf_06_a_code_arrives_by_a_real_smtp_conversation,
    a_mail_server_with_a_password_is_told_it,
    a_wrong_password_of_ours_loses_no_mail,
    a_stopped_mail_server_loses_nothing,
    a_busy_mail_server_is_asked_again_later,
    an_unknown_recipient_is_asked_once,
    a_code_that_ran_out_is_not_sent,
    nothing_of_a_code_remains_after_it_was_sent,
    a_process_killed_while_sending_loses_nothing,
    two_processes_send_each_message_once,
    the_worker_wakes_and_finishes_before_it_stops,
    auth_21_ntf_05_an_sms_is_handed_to_the_provider,
    an_impossible_number_is_not_asked_twice_and_a_busy_provider_is,
    the_providers_word_on_a_delivery_counts_only_with_its_signature,
    without_providers_messages_wait_until_they_expire,
    a_demo_keeps_what_it_would_send,
    outside_a_demo_nobody_reads_the_outbox,
);

const TARO: &str = "taro@example.jp";
const TOKEN: &str = "token-of-the-account";

async fn ntf_06_a_code_arrives_by_a_real_smtp_conversation(world: World) {
    let text = "新規登録の確認コードは次の6桁の数字です。\n\n    123456\n\n.点で始まる行も、そのまま届きます。\n";
    let message_id = enqueue(&world.app, mail(TARO, "My HER-SYS 確認コード", text)).await;
    assert_eq!(deliver_due(&world.app).await.unwrap(), 1);

    let mail = world.smtp.next_mail().await;
    assert_eq!(
        (mail.from.as_str(), mail.to.as_str()),
        ("My HER-SYS <no-reply@localhost>", TARO)
    );
    assert_eq!(mail.subject, "My HER-SYS 確認コード");
    assert_eq!(mail.text, text);
    assert_eq!(mail.code(), "123456");
    assert_eq!(mail.message_id, format!("{message_id}@localhost"));
    assert_eq!(mail.auto_submitted.as_deref(), Some("auto-generated"));
    assert_eq!(state(&world.app, message_id).await.status, "sent");
    assert_eq!(deliver_due(&world.app).await.unwrap(), 0);
}

async fn a_mail_server_with_a_password_is_told_it(world: World) {
    let server = SmtpServer::start_with_password("hersys", "s3cret").await;
    let app = process(&world, |settings| settings.smtp_url = Some(server.url())).await;
    enqueue(&app, mail(TARO, "件名", "本文")).await;
    deliver_due(&app).await.unwrap();
    assert_eq!(server.next_mail().await.subject, "件名");
}

async fn a_wrong_password_of_ours_loses_no_mail(world: World) {
    let server = SmtpServer::start_with_password("hersys", "s3cret").await;
    let wrong = process(&world, |settings| {
        settings.smtp_url = Some(server.url().replace("s3cret", "other"))
    })
    .await;
    let message_id = enqueue(&wrong, mail(TARO, "件名", "本文")).await;
    deliver_due(&wrong).await.unwrap();
    let after = state(&wrong, message_id).await;
    assert_eq!(
        (after.status.as_str(), after.error.as_deref()),
        ("waiting", Some("smtp 535 5.7.8"))
    );

    let mended = process(&world, |settings| settings.smtp_url = Some(server.url())).await;
    world.pass(Duration::seconds(15));
    deliver_due(&mended).await.unwrap();
    assert_eq!(server.next_mail().await.to, TARO);
}

async fn a_stopped_mail_server_loses_nothing(world: World) {
    // A mail before the stop leaves a pooled connection behind, which the stop breaks.
    enqueue(&world.app, mail("before@example.jp", "件名", "本文")).await;
    assert_eq!(world.next_mail().await.to, "before@example.jp");
    world.smtp.stop().await;

    let waiting = ["a@example.jp", "b@example.jp", "c@example.jp"];
    for recipient in waiting {
        enqueue(&world.app, mail(recipient, "件名", "本文")).await;
    }
    assert_eq!(deliver_due(&world.app).await.unwrap(), 3);
    assert_eq!(
        deliver_due(&world.app).await.unwrap(),
        0,
        "not again at once"
    );
    world.pass(Duration::seconds(15));
    assert_eq!(
        deliver_due(&world.app).await.unwrap(),
        3,
        "again after ten seconds"
    );
    world.pass(Duration::seconds(15));
    assert_eq!(
        deliver_due(&world.app).await.unwrap(),
        0,
        "then more slowly"
    );

    world.smtp.restart().await;
    world.pass(Duration::seconds(25));
    assert_eq!(deliver_due(&world.app).await.unwrap(), 3);
    let mut arrived = BTreeSet::new();
    for _ in waiting {
        arrived.insert(world.smtp.next_mail().await.to);
    }
    assert_eq!(arrived, waiting.map(str::to_owned).into());
    assert_eq!(world.smtp.unread(), 0);
}

async fn a_busy_mail_server_is_asked_again_later(world: World) {
    world
        .smtp
        .refuse(TARO, "451 4.3.0 taro@example.jp: try again later");
    let message_id = enqueue(&world.app, mail(TARO, "件名", "本文")).await;
    deliver_due(&world.app).await.unwrap();
    let after = state(&world.app, message_id).await;
    assert_eq!((after.status.as_str(), after.attempts), ("waiting", 1));
    assert_eq!(
        after.error.as_deref(),
        Some("smtp 451 4.3.0"),
        "the code, not the words"
    );

    world.smtp.refuse_nobody();
    world.pass(Duration::seconds(15));
    assert_eq!(world.next_mail().await.to, TARO);
}

async fn an_unknown_recipient_is_asked_once(world: World) {
    world.smtp.refuse(TARO, "550 5.1.1 taro@example.jp unknown");
    let message_id = enqueue(&world.app, mail(TARO, "件名", "確認コード 123456")).await;
    let other = enqueue(&world.app, mail("hanako@example.jp", "件名", "本文")).await;
    deliver_due(&world.app).await.unwrap();
    let after = state(&world.app, message_id).await;
    assert_eq!(
        (after.status.as_str(), after.error.as_deref()),
        ("failed", Some("smtp 550 5.1.1"))
    );
    assert_eq!(after.text, "");
    assert_eq!(state(&world.app, other).await.status, "sent");

    world.pass(Duration::hours(2));
    assert_eq!(deliver_due(&world.app).await.unwrap(), 0);
    assert_eq!(world.smtp.tries(), 2);
}

async fn a_code_that_ran_out_is_not_sent(world: World) {
    world.smtp.stop().await;
    let message_id = enqueue(&world.app, mail(TARO, "件名", "確認コード 123456")).await;
    deliver_due(&world.app).await.unwrap();
    world.smtp.restart().await;
    world.pass(Duration::minutes(61));
    assert_eq!(deliver_due(&world.app).await.unwrap(), 0);
    let after = state(&world.app, message_id).await;
    assert_eq!(
        (after.status.as_str(), after.text.as_str()),
        ("expired", "")
    );
    assert_eq!((world.smtp.unread(), world.smtp.tries()), (0, 0));
}

async fn nothing_of_a_code_remains_after_it_was_sent(world: World) {
    let message_id = enqueue(
        &world.app,
        mail(TARO, "確認コード 123456", "確認コード 123456"),
    )
    .await;
    assert!(state(&world.app, message_id).await.text.contains("123456"));
    assert_eq!(world.next_mail().await.code(), "123456");
    assert_eq!(state(&world.app, message_id).await.text, "");
}

async fn a_process_killed_while_sending_loses_nothing(world: World) {
    let message_id = enqueue(&world.app, mail(TARO, "件名", "本文")).await;
    let now = world.now();
    // What a process does before it is killed.
    let taken = messages::store::take(
        &world.app.db,
        &[Channel::Mail],
        1,
        now,
        now + Duration::minutes(3),
    )
    .await;
    assert_eq!(taken.unwrap().len(), 1);

    assert_eq!(
        deliver_due(&world.app).await.unwrap(),
        0,
        "while the lease holds"
    );
    world.pass(Duration::minutes(3));
    assert_eq!(world.next_mail().await.to, TARO);
    let after = state(&world.app, message_id).await;
    assert_eq!((after.status.as_str(), after.attempts), ("sent", 2));
}

async fn two_processes_send_each_message_once(world: World) {
    let other = process(&world, |settings| {
        settings.smtp_url = Some(world.smtp.url())
    })
    .await;
    let mut waiting = BTreeSet::new();
    for number in 0..60 {
        waiting.insert(
            enqueue(
                &world.app,
                mail(&format!("p{number}@example.jp"), "件名", "本文"),
            )
            .await,
        );
    }
    let (one, two) = tokio::join!(empty(&world.app), empty(&other));
    assert_eq!(one + two, 60);
    let mut arrived = BTreeSet::new();
    while world.smtp.unread() > 0 {
        let mail = world.smtp.next_mail().await;
        let message_id = mail
            .message_id
            .split_once('@')
            .unwrap()
            .0
            .parse::<Uuid>()
            .unwrap();
        assert!(arrived.insert(message_id), "sent twice");
    }
    assert_eq!(arrived, waiting);
}

/// Delivers until nothing is left; how many messages that were.
async fn empty(app: &App) -> usize {
    let mut sent = 0;
    loop {
        match deliver_due(app).await.unwrap() {
            0 => return sent,
            some => sent += some,
        }
    }
}

async fn the_worker_wakes_and_finishes_before_it_stops(world: World) {
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(deliver(world.app.clone(), stopped));
    for number in 0..40 {
        enqueue(
            &world.app,
            mail(&format!("p{number}@example.jp"), "件名", "本文"),
        )
        .await;
        world.app.outbox.wake();
    }
    for _ in 0..40 {
        world.smtp.next_mail().await;
    }
    stop.send(true).unwrap();
    worker.await.unwrap();
    let unmarked = sql("select count(*) from message where status <> 'sent'")
        .scalar::<i64>(&world.app.db)
        .await;
    assert_eq!(
        unmarked.unwrap(),
        0,
        "what was sent is marked before the worker ends"
    );
}

async fn auth_21_ntf_05_an_sms_is_handed_to_the_provider(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, |settings| settings.sms_url = Some(provider.url())).await;
    let message_id = enqueue(&app, sms("09012345678", "確認コード 123456")).await;
    deliver_due(&app).await.unwrap();

    let requests = provider.requests();
    let [request] = requests.as_slice() else {
        panic!("{} requests", requests.len())
    };
    assert_eq!(request.account, "AC0123");
    assert_eq!(
        request.authorization,
        format!("Basic {}", STANDARD.encode(format!("AC0123:{TOKEN}")))
    );
    let expected = [
        ("Body", "確認コード 123456"),
        ("From", "+815012345678"),
        (
            "StatusCallback",
            "http://127.0.0.1:8080/webhooks/sms/status",
        ),
        ("To", "+819012345678"),
    ];
    assert_eq!(
        request.form,
        expected
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    );
    let after = state(&app, message_id).await;
    assert_eq!((after.status.as_str(), after.text.as_str()), ("sent", ""));
    assert_eq!(after.provider_id.as_deref(), Some("SM1"));
}

async fn an_impossible_number_is_not_asked_twice_and_a_busy_provider_is(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, |settings| settings.sms_url = Some(provider.url())).await;
    provider.answer(
        StatusCode::BAD_REQUEST,
        json!({"code": 21211, "message": "Invalid 'To' +819000000000"}),
    );
    let impossible = enqueue(&app, sms("09000000000", "本文")).await;
    deliver_due(&app).await.unwrap();
    let after = state(&app, impossible).await;
    assert_eq!(
        (after.status.as_str(), after.error.as_deref()),
        ("failed", Some("http 400 21211"))
    );

    for busy in [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ] {
        provider.answer(busy, json!({}));
        let message_id = enqueue(&app, sms("09012345678", "本文")).await;
        deliver_due(&app).await.unwrap();
        assert_eq!(state(&app, message_id).await.status, "waiting");
        provider.answer(
            StatusCode::CREATED,
            json!({"sid": format!("SM{}", busy.as_u16())}),
        );
        world.pass(Duration::seconds(15));
        deliver_due(&app).await.unwrap();
        assert_eq!(state(&app, message_id).await.status, "sent");
    }
    assert_eq!(provider.requests().len(), 5);
}

async fn the_providers_word_on_a_delivery_counts_only_with_its_signature(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, |settings| settings.sms_url = Some(provider.url())).await;
    let message_id = enqueue(&app, sms("09012345678", "本文")).await;
    deliver_due(&app).await.unwrap();
    let delivery = async || state(&app, message_id).await.delivery;

    let sent = [
        ("MessageSid", "SM1"),
        ("MessageStatus", "sent"),
        ("To", "+819012345678"),
    ];
    assert_eq!(call_back(&app, &sent, None).await, StatusCode::FORBIDDEN);
    assert_eq!(
        call_back(&app, &sent, Some("bm90IGl0")).await,
        StatusCode::FORBIDDEN
    );
    let other_keys = sign("another token", &sent);
    assert_eq!(
        call_back(&app, &sent, Some(&other_keys)).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(delivery().await, None);

    let say = async |status: &str, error: Option<&str>| {
        let mut fields = vec![
            ("MessageSid", "SM1"),
            ("MessageStatus", status),
            ("To", "+819012345678"),
        ];
        fields.extend(error.map(|code| ("ErrorCode", code)));
        let signature = sign(TOKEN, &fields);
        assert_eq!(
            call_back(&app, &fields, Some(&signature)).await,
            StatusCode::NO_CONTENT
        );
    };
    say("sent", None).await;
    say("queued", None).await;
    assert_eq!(
        delivery().await.as_deref(),
        Some("sent"),
        "an earlier stage that comes later changes nothing"
    );
    say("undelivered", Some("30003")).await;
    say("undelivered", Some("30003")).await;
    say("sent", None).await;
    say("delivered", None).await;
    let after = state(&app, message_id).await;
    assert_eq!(
        (after.delivery.as_deref(), after.error.as_deref()),
        (Some("undelivered"), Some("sms 30003"))
    );

    let unknown = [
        ("MessageSid", "SM-of-somebody-else"),
        ("MessageStatus", "sent"),
    ];
    let signature = sign(TOKEN, &unknown);
    assert_eq!(
        call_back(&app, &unknown, Some(&signature)).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        call_back(&world.app, &sent, Some(&sign(TOKEN, &sent))).await,
        StatusCode::NOT_FOUND,
        "no provider here"
    );
}

async fn without_providers_messages_wait_until_they_expire(world: World) {
    let app = process(&world, |settings| settings.smtp_url = None).await;
    let ids = [
        enqueue(&app, mail(TARO, "件名", "本文")).await,
        enqueue(&app, sms("09012345678", "本文")).await,
    ];
    assert_eq!(deliver_due(&app).await.unwrap(), 0);
    for message_id in ids {
        assert_eq!(state(&app, message_id).await.status, "waiting");
    }
    world.pass(Duration::hours(1));
    deliver_due(&app).await.unwrap();
    for message_id in ids {
        assert_eq!(state(&app, message_id).await.status, "expired");
    }
}

async fn a_demo_keeps_what_it_would_send(world: World) {
    let provider = Provider::start().await;
    let app = demo(&world, |settings| settings.sms_url = Some(provider.url())).await;
    enqueue(
        &app,
        mail(
            TARO,
            "確認コード",
            "確認コード 123456\nhttps://her-sys.example.jp/r/x?a=1&b=2 <b>",
        ),
    )
    .await;
    world.pass(Duration::seconds(1));
    enqueue(&app, sms("09012345678", "SMS 654321")).await;
    deliver_due(&app).await.unwrap();
    assert!(provider.requests().is_empty(), "a demo sends no SMS");
    assert_eq!(world.smtp.unread(), 0);

    let kept = Visitor::new(&app)
        .get("/demo/outbox.json")
        .await
        .expect(200)
        .json();
    assert_eq!(kept.as_array().unwrap().len(), 2);
    assert_eq!(
        (&kept[0]["channel"], &kept[0]["body"]),
        (&json!("sms"), &json!("SMS 654321"))
    );
    assert_eq!(kept[1]["recipient"], TARO);
    assert_eq!(kept[1]["at"], "2022-08-01T09:00:00+09:00");
    assert!(kept[1]["id"].is_string() && kept[1]["subject"] == "確認コード");
    let page = Visitor::new(&app)
        .get("/demo/outbox")
        .await
        .expect(200)
        .shows("654321")
        .shows("123456")
        .shows("&lt;b&gt;");
    assert!(
        page.body
            .contains("<a href=\"https://her-sys.example.jp/r/x?a=1&amp;b=2\">")
    );
    assert!(
        page.body.find("SMS 654321") < page.body.find("確認コード 123456"),
        "newest first"
    );
    let renewing = Visitor::new(&app)
        .get("/demo/outbox?renew=true")
        .await
        .expect(200);
    assert_eq!(renewing.headers["refresh"], "5");

    let with_server = demo(&world, |settings| {
        settings.smtp_url = Some(world.smtp.url())
    })
    .await;
    enqueue(
        &with_server,
        mail("hanako@example.jp", "件名", "本文 111111"),
    )
    .await;
    deliver_due(&with_server).await.unwrap();
    assert_eq!(world.smtp.next_mail().await.code(), "111111");
    Visitor::new(&with_server)
        .get("/demo/outbox")
        .await
        .expect(200)
        .shows("111111");
}

async fn outside_a_demo_nobody_reads_the_outbox(world: World) {
    enqueue(&world.app, mail(TARO, "件名", "確認コード 123456")).await;
    for path in ["/demo/outbox", "/demo/outbox.json"] {
        world.visitor().get(path).await.expect(404).hides("123456");
    }
}

// Support -----------------------------------------------------------------------------------------

/// Another process of the same installation, configured in its own way.
async fn process(world: &World, change: impl FnOnce(&mut Settings)) -> App {
    open(world, change, false).await
}

async fn demo(world: &World, change: impl FnOnce(&mut Settings)) -> App {
    open(world, change, true).await
}

async fn open(world: &World, change: impl FnOnce(&mut Settings), demo: bool) -> App {
    let mut settings = Settings {
        data_dir: Some(world.folder().to_owned()),
        database_url: Some(world.database_url().to_owned()),
        base_url: Some("http://127.0.0.1:8080".into()),
        ..Settings::default()
    };
    change(&mut settings);
    App::open(
        Config::from_settings(settings, demo).unwrap(),
        world.app.clock.clone(),
    )
    .await
    .unwrap()
}

fn mail(recipient: &str, subject: &str, body: &str) -> impl Fn(&App) -> NewMessage {
    let (recipient, subject, body) = (recipient.to_owned(), subject.to_owned(), body.to_owned());
    move |app| NewMessage {
        channel: Channel::Mail,
        recipient: recipient.clone(),
        subject: subject.clone(),
        body: body.clone(),
        case_id: None,
        expires_at: app.clock.now() + Duration::hours(1),
    }
}

fn sms(number: &str, body: &str) -> impl Fn(&App) -> NewMessage {
    let mail = mail(number, "", body);
    move |app| NewMessage {
        channel: Channel::Sms,
        ..mail(app)
    }
}

async fn enqueue(app: &App, message: impl Fn(&App) -> NewMessage) -> Uuid {
    messages::enqueue(&app.db, app.clock.now(), message(app))
        .await
        .unwrap()
}

struct Progress {
    status: String,
    attempts: i64,
    /// Subject and body.
    text: String,
    provider_id: Option<String>,
    delivery: Option<String>,
    error: Option<String>,
}

async fn state(app: &App, message_id: Uuid) -> Progress {
    type Row = (
        String,
        i64,
        String,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let (status, attempts, text, provider_id, delivery, error) = sql(
        "select status, attempts, subject || body, provider_id, delivery, last_error from message where message_id = $1",
    )
    .bind(message_id)
    .one::<Row>(&app.db)
    .await
    .unwrap();
    Progress {
        status,
        attempts,
        text,
        provider_id,
        delivery,
        error,
    }
}

/// An SMS provider with an HTTP API of the Twilio form.
struct Provider {
    address: SocketAddr,
    desk: Arc<Mutex<ProviderDesk>>,
}

struct ProviderDesk {
    answer: (StatusCode, serde_json::Value),
    requests: Vec<SmsRequest>,
}

#[derive(Clone)]
struct SmsRequest {
    account: String,
    authorization: String,
    form: BTreeMap<String, String>,
}

impl Provider {
    async fn start() -> Self {
        let first = ProviderDesk {
            answer: (
                StatusCode::CREATED,
                json!({"sid": "SM1", "status": "queued"}),
            ),
            requests: Vec::new(),
        };
        let desk = Arc::new(Mutex::new(first));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route(
                "/2010-04-01/Accounts/{account}/Messages.json",
                post(take_sms),
            )
            .with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, desk }
    }

    /// For `HERSYS_SMS_URL`.
    fn url(&self) -> String {
        format!(
            "http://AC0123:{TOKEN}@{}/?from=%2B815012345678",
            self.address
        )
    }

    fn answer(&self, status: StatusCode, body: serde_json::Value) {
        self.desk.lock().unwrap().answer = (status, body);
    }

    fn requests(&self) -> Vec<SmsRequest> {
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
fn sign(token: &str, fields: &[(&str, &str)]) -> String {
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
async fn call_back(app: &App, fields: &[(&str, &str)], signature: Option<&str>) -> StatusCode {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("/webhooks/sms/status")
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=UTF-8",
        );
    if let Some(signature) = signature {
        request = request.header("x-twilio-signature", signature);
    }
    let body = Body::from(serde_urlencoded::to_string(fields).unwrap());
    let router = hersys::web::with_peer(app.router(), ([192, 0, 2, 9], 443).into());
    router
        .oneshot(request.body(body).unwrap())
        .await
        .unwrap()
        .status()
}
