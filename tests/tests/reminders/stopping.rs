//! Stopping and starting by one's own word.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hersys::App;
use hersys::db::sql;
use hersys_tests::{World, on_both_databases};
use tower::ServiceExt;

use crate::support::*;

on_both_databases!(
    a_reply_stops_and_starts,
    a_reply_that_nobody_signed_does_nothing,
    a_link_in_a_mail_asks_before_it_stops,
    what_is_no_request_goes_on,
    a_call_that_nobody_answers_is_told,
);

pub fn sign(path: &str, fields: &[(&str, &str)]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut sorted = fields.to_vec();
    sorted.sort();
    let mut text = format!("http://127.0.0.1:8080{path}");
    for (name, value) in sorted {
        text.push_str(name);
        text.push_str(value);
    }
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

pub async fn tell(app: &App, path: &str, fields: &[(&str, &str)], signature: Option<&str>) -> (StatusCode, String) {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
    if let Some(signature) = signature {
        request = request.header("x-twilio-signature", signature);
    }
    let body = Body::from(serde_urlencoded::to_string(fields).unwrap());
    let router = hersys::web::with_peer(app.router(), ([192, 0, 2, 9], 443).into());
    let answer = router.oneshot(request.body(body).unwrap()).await.unwrap();
    let status = answer.status();
    let bytes = axum::body::to_bytes(answer.into_body(), 100_000).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

const INCOMING: &str = "/webhooks/sms/incoming";

async fn reply(app: &App, number: &str, words: &str) -> (StatusCode, String) {
    let from = international(number);
    let fields = [("From", from.as_str()), ("Body", words), ("MessageSid", "SM9")];
    tell(app, INCOMING, &fields, Some(&sign(INCOMING, &fields))).await
}

async fn stopped_by(world: &World, case_id: uuid::Uuid) -> Option<String> {
    sql("select stopped_by from contact_preference where case_id = $1 and stopped_at is not null")
        .bind(case_id)
        .optional_scalar(&world.app.db)
        .await
        .unwrap()
}

/// OBS-13
async fn a_reply_stops_and_starts(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let person = somebody(&world, "返信 花子", Some("09011110001")).await;
    let other = somebody(&world, "他人 太郎", Some("09011110002")).await;
    settle(&world).await;
    until(&app.clock, 8, 0);
    morning(&app).await;
    assert_eq!(provider.numbers().len(), 2);
    let (status, answer) = reply(&app, "09011110001", "ＳＴＯＰ").await;
    assert_eq!(status, StatusCode::OK);
    assert!(answer.contains("<Message>") && answer.contains("止めました"), "{answer}");
    assert_eq!(stopped_by(&world, person.case_id).await.as_deref(), Some("sms"));
    assert_eq!(stopped_by(&world, other.case_id).await, None);
    until(&app.clock, 11, 0);
    morning(&app).await;
    assert_eq!(provider.numbers(), [international("09011110002")]);
    // The centre sees it: on its top page, on the board, on the person's page.
    app.clock.advance(time::Duration::hours(1));
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    nurse.get("/staff/").await.expect(200).shows("ご本人が、健康状態の入力のお願いを止めました");
    nurse.get("/staff/board?queue=silent").await.expect(200).shows("入力のお願いを止めています");
    let page = format!("/staff/cases/{}/reminders", person.case_id);
    nurse.get(&page).await.expect(200).shows("ご本人がSMSの返信で止めました").shows("再開する");
    // Twice is once.
    reply(&app, "09011110001", "停止").await;
    let events: i64 =
        sql("select count(*) from center_event where kind = 'reminders_stopped'").scalar(&app.db).await.unwrap();
    assert_eq!(events, 1);
    let (_, answer) = reply(&app, "09011110001", "再開").await;
    assert!(answer.contains("再開しました"), "{answer}");
    assert_eq!(stopped_by(&world, person.case_id).await, None);
    until(&app.clock, 8, 0);
    morning(&app).await;
    assert_eq!(provider.numbers().len(), 2);
    // What the centre stopped, no reply starts.
    sql("update contact_preference set stopped_at = 1, stopped_by = 'center' where case_id = $1")
        .bind(person.case_id)
        .run(&app.db)
        .await
        .unwrap();
    for _ in 0..2 {
        let (_, answer) = reply(&app, "09011110001", "START").await;
        assert!(answer.contains("保健所に伝えました") && !answer.contains("再開しました"), "{answer}");
    }
    assert_eq!(stopped_by(&world, person.case_id).await.as_deref(), Some("center"));
    // It stands on the board until somebody settles it.
    settle(&world).await;
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    nurse.get("/staff/board?wish=yes").await.expect(200).shows("返信 花子").shows("入力のお願いを再開してほしい");
    nurse.get(&page).await.expect(200).shows("SMSの返信・メールのリンクから");
    let wishes: i64 = sql("select count(*) from patient_request").scalar(&app.db).await.unwrap();
    assert_eq!(wishes, 1, "twice is once");
    // Where nothing was stopped nothing is asked for.
    let (_, answer) = reply(&app, "09011110002", "START").await;
    assert!(answer.contains("再開しました"), "{answer}");
}

async fn a_reply_that_nobody_signed_does_nothing(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let person = somebody(&world, "返信 花子", Some("09011110001")).await;
    let fields = [("From", "+819011110001"), ("Body", "STOP")];
    assert_eq!(tell(&app, INCOMING, &fields, None).await.0, StatusCode::FORBIDDEN);
    assert_eq!(tell(&app, INCOMING, &fields, Some("AAAA")).await.0, StatusCode::FORBIDDEN);
    let elsewhere = sign("/webhooks/sms/status", &fields);
    assert_eq!(tell(&app, INCOMING, &fields, Some(&elsewhere)).await.0, StatusCode::FORBIDDEN);
    assert_eq!(tell(&world.app, INCOMING, &fields, Some(&sign(INCOMING, &fields))).await.0, StatusCode::NOT_FOUND);
    for (number, words) in [("09011110001", "停止しないで"), ("09099999999", "STOP"), ("09011110001", "")] {
        let (status, answer) = reply(&app, number, words).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!answer.contains("Message"), "{answer}");
    }
    assert_eq!(stopped_by(&world, person.case_id).await, None);
}

/// RFC 8058
async fn a_link_in_a_mail_asks_before_it_stops(world: World) {
    let app = &world.app;
    let (mother, child) = (somebody(&world, "家族 花子", None).await, somebody(&world, "家族 一郎", None).await);
    household(&world, "family@example.jp", &[("家族 花子", &mother), ("家族 一郎", &child)]).await;
    until(&app.clock, 8, 0);
    morning(app).await;
    let mail = world.smtp.next_mail().await;
    let link = mail.unsubscribe.unwrap();
    let path = link.trim_matches(['<', '>']).strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    assert!(mail.text.contains(&path));
    let mut reader = world.visitor();
    for _ in 0..3 {
        let page = reader.get(&path).await.expect(200);
        page.shows("メールを止める").shows("Stop the mails").hides("家族").hides("/staff/");
    }
    assert_eq!(stopped_by(&world, mother.case_id).await, None, "looking changes nothing");
    // A mail program presses by itself.
    let mut program = world.visitor().from_site(None);
    program.post_form(&path, &[("List-Unsubscribe", "One-Click")]).await.expect(200).shows("止めました");
    assert_eq!(stopped_by(&world, mother.case_id).await.as_deref(), Some("mail"));
    assert_eq!(stopped_by(&world, child.case_id).await.as_deref(), Some("mail"));
    until(&app.clock, 11, 0);
    assert_eq!(morning(app).await, 0);
    reader.get(&path).await.expect(200).shows("元に戻す");
    reader.post_form(&format!("{path}/undo"), &[]).await.expect(200).shows("再開しました");
    assert_eq!(stopped_by(&world, child.case_id).await, None);
    // What the centre stopped, no link starts: it is asked to.
    sql("update contact_preference set stopped_at = 1, stopped_by = 'center' where case_id = $1")
        .bind(child.case_id)
        .run(&app.db)
        .await
        .unwrap();
    let page = reader.post_form(&format!("{path}/undo"), &[]).await.expect(200);
    page.shows("担当の保健所に伝えました").hides("再開しました");
    assert_eq!(stopped_by(&world, child.case_id).await.as_deref(), Some("center"));
    let wish: String =
        sql("select wish from patient_request where case_id = $1").bind(child.case_id).scalar(&app.db).await.unwrap();
    assert_eq!(wish, "resume");
    until(&app.clock, 8, 0);
    assert_eq!(morning(app).await, 1);
    for wrong in ["/unsubscribe/x", "/unsubscribe/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        reader.get(wrong).await.expect(404);
        reader.post_form(wrong, &[]).await.expect(404);
    }
    let audited: i64 =
        sql("select count(*) from audit where action = 'reminders.own_stop'").scalar(&app.db).await.unwrap();
    assert_eq!(audited, 2);
}

/// Only requests to report end.
async fn what_is_no_request_goes_on(world: World) {
    let person = somebody(&world, "家族 花子", None).await;
    household(&world, "family@example.jp", &[("家族 花子", &person)]).await;
    sql("insert into contact_preference (case_id, channel, language, stopped_at, stopped_by, stop_reason, updated_at)
         values ($1, '', '', 1, 'mail', '', 1)")
    .bind(person.case_id)
    .run(&world.app.db)
    .await
    .unwrap();
    world.pass(time::Duration::minutes(2));
    let mut visitor = world.visitor();
    let code = serde_json::json!({ "mail": "family@example.jp", "purpose": "password_reset" });
    visitor.post_json("/api/patient/codes", &code).await.expect(202);
    assert_eq!(world.next_mail().await.to, "family@example.jp");
}

async fn a_call_that_nobody_answers_is_told(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let person = somebody(&world, "電話 希望", Some("0311112222")).await;
    sql("insert into contact_preference (case_id, channel, language, stop_reason, updated_at) values ($1, 'call', '', '', 0)")
        .bind(person.case_id)
        .run(&app.db)
        .await
        .unwrap();
    settle(&world).await;
    until(&app.clock, 8, 0);
    morning(&app).await;
    let sid = provider.taken()[0].sid.clone();
    const ENDED: &str = "/webhooks/calls/ended";
    let fields = [("CallSid", sid.as_str()), ("CallStatus", "no-answer")];
    assert_eq!(tell(&app, ENDED, &fields, None).await.0, StatusCode::FORBIDDEN);
    assert_eq!(tell(&app, ENDED, &fields, Some(&sign(ENDED, &fields))).await.0, StatusCode::NO_CONTENT);
    settle(&world).await;
    until(&app.clock, 12, 1);
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let page = format!("/staff/cases/{}/reminders", person.case_id);
    nurse.get(&page).await.expect(200).shows("電話しましたが、出ませんでした");
}
