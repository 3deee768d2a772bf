//! Notifications on their way: encrypted, signed, to push services of the list alone (NTF-04).

use hersys::App;
use hersys::db::sql;
use hersys::messages::push::{Notice, store};
use hersys::messages::{self, deliver_due};
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use crate::push_service::{Browser, PushService, verified};
use crate::support::process;

on_both_databases!(
    a_notification_reaches_its_browser_and_nobody_else_can_read_it,
    a_device_that_is_gone_is_asked_no_more,
    a_busy_service_is_asked_again_when_it_says,
    a_refusal_for_good_ends_the_message,
    a_service_that_left_the_list_is_not_called,
    nobody_is_sent_elsewhere,
);

/// An installation that may send to `service`, and a device of an account there.
async fn subscribed(world: &World, service: &PushService) -> (App, Browser, Uuid) {
    let app = process(world, |settings| settings.push_hosts = Some(service.origin())).await;
    let browser = Browser::subscribed_at(service, "phone");
    let mut taro = Visitor::new(&app).as_patient(world, "taro@example.jp").await;
    taro.post_json("/api/patient/push", &browser.json()).await.expect(204);
    let device = sql("select subscription_id from push_subscription").scalar(&app.db).await.unwrap();
    (app, browser, device)
}

fn notice() -> Notice {
    Notice { title: "My HER-SYS".into(), body: "今日の報告をお願いします。".into(), url: "/".into() }
}

async fn enqueue(app: &App, device: Uuid) -> Uuid {
    let now = app.clock.now();
    messages::enqueue(&app.db, now, notice().to(device, "report", now + Duration::hours(2))).await.unwrap()
}

async fn status(app: &App, message_id: Uuid) -> (String, Option<String>) {
    sql("select status, last_error from message where message_id = $1").bind(message_id).one(&app.db).await.unwrap()
}

async fn a_notification_reaches_its_browser_and_nobody_else_can_read_it(world: World) {
    let service = PushService::start().await;
    let (app, browser, device) = subscribed(&world, &service).await;
    let message_id = enqueue(&app, device).await;
    deliver_due(&app).await.unwrap();

    let [pushed] = &service.arrived()[..] else { panic!("one request") };
    assert_eq!(pushed.device, "phone");
    let header = |name: &str| pushed.headers[name].to_str().unwrap();
    assert_eq!((header("ttl"), header("topic"), header("content-encoding")), ("7200", "report", "aes128gcm"));
    let key = app.pusher.public_key().unwrap();
    let claims = verified(header("authorization"), key);
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!(service.origin()), &json!("https://her-sys.example.jp/")));
    let seconds = claims["exp"].as_i64().unwrap() - world.now().0 / 1000;
    assert!((1..=24 * 3600).contains(&seconds), "{seconds}");
    assert_eq!(browser.decrypt(&pushed.body), json!(notice()));
    assert!(!String::from_utf8_lossy(&pushed.body).contains("HER-SYS"));
    assert_eq!(status(&app, message_id).await.0, "sent");
    let left: String = sql("select subject || body from message").scalar(&app.db).await.unwrap();
    assert_eq!(left, "", "what was handed over is wiped");
}

async fn a_device_that_is_gone_is_asked_no_more(world: World) {
    let service = PushService::start().await;
    let (app, _, device) = subscribed(&world, &service).await;
    service.answer(410, None);
    let first = enqueue(&app, device).await;
    deliver_due(&app).await.unwrap();
    assert_eq!(status(&app, first).await, ("failed".into(), Some("http 410".into())));
    assert!(store::device(&app.db, device).await.unwrap().is_none());
    assert_eq!(service.arrived().len(), 1);

    let second = enqueue(&app, device).await;
    deliver_due(&app).await.unwrap();
    assert_eq!(status(&app, second).await, ("failed".into(), Some("device gone".into())));
    assert_eq!(service.arrived().len(), 0);
}

async fn a_busy_service_is_asked_again_when_it_says(world: World) {
    let service = PushService::start().await;
    let (app, browser, device) = subscribed(&world, &service).await;
    service.answer(429, Some(("retry-after", "900".into())));
    let message_id = enqueue(&app, device).await;
    deliver_due(&app).await.unwrap();
    assert_eq!(status(&app, message_id).await, ("waiting".into(), Some("http 429".into())));
    world.pass(Duration::seconds(899));
    assert_eq!(deliver_due(&app).await.unwrap(), 0, "not before it said");
    service.answer(503, None);
    world.pass(Duration::seconds(1));
    assert_eq!(deliver_due(&app).await.unwrap(), 1);
    service.answer(201, None);
    world.pass(Duration::minutes(2));
    deliver_due(&app).await.unwrap();
    let arrived = service.arrived();
    assert_eq!(arrived.len(), 3);
    assert_eq!(browser.decrypt(&arrived[2].body), json!(notice()));
    assert_ne!(arrived[0].body, arrived[2].body, "keys are made anew for each try");
    assert_eq!(status(&app, message_id).await.0, "sent");
}

async fn a_refusal_for_good_ends_the_message(world: World) {
    let service = PushService::start().await;
    let (app, _, device) = subscribed(&world, &service).await;
    service.answer(400, None);
    let message_id = enqueue(&app, device).await;
    deliver_due(&app).await.unwrap();
    assert_eq!(status(&app, message_id).await, ("failed".into(), Some("http 400".into())));
    assert!(store::device(&app.db, device).await.unwrap().is_some(), "the device may well be there");
}

async fn a_service_that_left_the_list_is_not_called(world: World) {
    let service = PushService::start().await;
    let (_, _, device) = subscribed(&world, &service).await;
    // The usual list, without this machine.
    let message_id = enqueue(&world.app, device).await;
    deliver_due(&world.app).await.unwrap();
    assert_eq!(status(&world.app, message_id).await, ("failed".into(), Some("host".into())));
    assert_eq!(service.arrived().len(), 0);
}

async fn nobody_is_sent_elsewhere(world: World) {
    let service = PushService::start().await;
    let elsewhere = PushService::start().await;
    let (app, _, device) = subscribed(&world, &service).await;
    service.answer(307, Some(("location", format!("{}/push/other", elsewhere.origin()))));
    let message_id = enqueue(&app, device).await;
    deliver_due(&app).await.unwrap();
    assert_eq!(status(&app, message_id).await, ("failed".into(), Some("http 307".into())));
    assert_eq!(elsewhere.arrived().len(), 0);
}
