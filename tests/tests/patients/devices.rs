//! Which browsers take notifications for an account (NTF-04).

use hersys::db::sql;
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::json;

use crate::push_service::{Browser, PushService};
use crate::support::{audited, process, taro};

on_both_databases!(
    a_browser_is_kept_and_forgotten,
    only_push_services_of_the_list_are_kept,
    keys_that_are_none_are_refused,
    an_eleventh_device_is_refused,
    without_any_service_no_key_is_offered,
    a_browser_is_of_whoever_signed_in_last,
);

async fn a_browser_is_kept_and_forgotten(world: World) {
    let service = PushService::start().await;
    let app = process(&world, |settings| settings.push_hosts = Some(service.origin())).await;
    let browser = Browser::subscribed_at(&service, "phone");
    let mut taro = Visitor::new(&app).as_patient(&world, "taro@example.jp").await;

    let offer = taro.get("/api/patient/push").await.expect(200).json();
    assert_eq!(offer["devices"], json!([]));
    let key = offer["public_key"].clone();
    taro.post_json("/api/patient/push", &browser.json()).await.expect(204);
    taro.post_json("/api/patient/push", &browser.json()).await.expect(204);
    let offer = taro.get("/api/patient/push").await.expect(200);
    assert_eq!(offer.json()["devices"].as_array().unwrap().len(), 1, "twice is once");
    offer.hides("/push/phone");
    // Every process of the installation and every start offers the same key.
    assert_eq!(
        Visitor::new(&world.app).as_patient(&world, "b@example.jp").await.get("/api/patient/push").await.json()["public_key"],
        key
    );

    let mut hanako = Visitor::new(&app).as_patient(&world, "hanako@example.jp").await;
    assert_eq!(hanako.get("/api/patient/push").await.json()["devices"], json!([]));

    let gone = json!({ "endpoint": browser.json()["endpoint"] });
    hanako.delete_json("/api/patient/push", &gone).await.expect(204);
    taro.delete_json("/api/patient/push", &gone).await.expect(204);
    taro.delete_json("/api/patient/push", &gone).await.expect(204);
    assert_eq!(taro.get("/api/patient/push").await.json()["devices"], json!([]));
    assert_eq!(
        (audited(&world, "patient.push_on").await.len(), audited(&world, "patient.push_off").await.len()),
        (2, 1)
    );
    Visitor::new(&app).get("/api/patient/push").await.expect(401);
}

async fn only_push_services_of_the_list_are_kept(world: World) {
    let service = PushService::start().await;
    let mut taro = taro(&world).await.visitor;
    // The usual list: the browsers' own services.
    let mut device = Browser::subscribed_at(&service, "phone").json();
    for refused in [
        service.origin(),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://fcm.googleapis.com.evil.example/x".to_owned(),
        "http://fcm.googleapis.com/fcm/send/x".to_owned(),
        "https://fcm.googleapis.com:444/fcm/send/x".to_owned(),
        "not an address".to_owned(),
    ] {
        device["endpoint"] = json!(refused);
        let answer = taro.post_json("/api/patient/push", &device).await.expect(422);
        assert_eq!(answer.json()["problems"][0]["field"], "endpoint");
        answer.hides("evil");
    }
    device["endpoint"] = json!("https://fcm.googleapis.com/fcm/send/x");
    taro.post_json("/api/patient/push", &device).await.expect(204);
}

async fn keys_that_are_none_are_refused(world: World) {
    let service = PushService::start().await;
    let mut taro = taro(&world).await.visitor;
    let mut right = Browser::subscribed_at(&service, "phone").json();
    right["endpoint"] = json!("https://fcm.googleapis.com/fcm/send/x");
    for (key, value) in [("p256dh", "AAAA"), ("p256dh", ""), ("auth", "AAAA"), ("auth", "日本")] {
        let mut wrong = right.clone();
        wrong["keys"][key] = json!(value);
        let answer = taro.post_json("/api/patient/push", &wrong).await.expect(422);
        assert_eq!(answer.json()["problems"][0]["field"], "keys", "{key}");
    }
    taro.post_json("/api/patient/push", &json!({ "endpoint": "https://fcm.googleapis.com/x" })).await.expect(422);
}

async fn an_eleventh_device_is_refused(world: World) {
    let service = PushService::start().await;
    let app = process(&world, |settings| settings.push_hosts = Some(service.origin())).await;
    let mut taro = Visitor::new(&app).as_patient(&world, "taro@example.jp").await;
    let device = |number: usize| Browser::subscribed_at(&service, &format!("d{number}")).json();
    for number in 0..10 {
        taro.post_json("/api/patient/push", &device(number)).await.expect(204);
    }
    taro.post_json("/api/patient/push", &device(10)).await.expect(422);
    taro.post_json("/api/patient/push", &device(3)).await.expect(204);
    // One that the push service called gone makes room.
    sql("update push_subscription set gone_at = 1 where endpoint like '%/d0'").run(&app.db).await.unwrap();
    taro.post_json("/api/patient/push", &device(10)).await.expect(204);
    assert_eq!(taro.get("/api/patient/push").await.json()["devices"].as_array().unwrap().len(), 10);
}

async fn without_any_service_no_key_is_offered(world: World) {
    let app = process(&world, |settings| settings.push_hosts = Some(String::new())).await;
    let mut taro = Visitor::new(&app).as_patient(&world, "taro@example.jp").await;
    assert_eq!(taro.get("/api/patient/push").await.expect(200).json()["public_key"], json!(null));
}

/// Two of a family share a tablet: what is for one is not shown to the other.
async fn a_browser_is_of_whoever_signed_in_last(world: World) {
    let service = PushService::start().await;
    let app = process(&world, |settings| settings.push_hosts = Some(service.origin())).await;
    let (tablet, phone) = (Browser::subscribed_at(&service, "tablet"), Browser::subscribed_at(&service, "phone"));
    let mut taro = Visitor::new(&app).as_patient(&world, "taro@example.jp").await;
    taro.post_json("/api/patient/push", &tablet.json()).await.expect(204);
    taro.post_json("/api/patient/push", &phone.json()).await.expect(204);
    let mut hanako = Visitor::new(&app).as_patient(&world, "hanako@example.jp").await;
    hanako.post_json("/api/patient/push", &tablet.json()).await.expect(204);
    let devices = |answer: hersys_tests::Answer| answer.json()["devices"].as_array().unwrap().len();
    assert_eq!(devices(taro.get("/api/patient/push").await), 1, "his telephone stays");
    assert_eq!(devices(hanako.get("/api/patient/push").await), 1);
    let of_tablet: i64 =
        sql("select count(*) from push_subscription where endpoint like '%/tablet'").scalar(&app.db).await.unwrap();
    assert_eq!(of_tablet, 1);
}
