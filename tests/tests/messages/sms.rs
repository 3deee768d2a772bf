//! What an SMS provider sees, and what it tells.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hersys::App;
use hersys::db::sql;
use hersys::messages::{NewMessage, deliver_due};
use hersys_tests::fixtures::Somebody;
use hersys_tests::silent::Silent;
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::sms_provider::{Provider, TOKEN, call_back, sign};
use crate::support::{enqueue, mail, process, sms, state};

on_both_databases!(
    auth_21_ntf_05_an_sms_is_handed_to_the_provider,
    an_impossible_number_is_not_asked_twice_and_a_busy_provider_is,
    the_providers_word_on_a_delivery_counts_only_with_its_signature,
    a_word_that_comes_before_the_answer_is_kept,
    an_sms_that_may_have_gone_out_is_tried_once_more,
    what_never_reached_the_provider_waits,
    ntf_11_an_invitation_ends_with_the_observation_and_with_a_death,
    ntf_11_an_invitation_waits_for_the_morning,
);

async fn auth_21_ntf_05_an_sms_is_handed_to_the_provider(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, |settings| settings.sms_url = Some(provider.url())).await;
    let message_id = enqueue(&app, sms("09012345678", "確認コード 123456")).await;
    deliver_due(&app).await.unwrap();

    let requests = provider.requests();
    let [request] = requests.as_slice() else { panic!("{} requests", requests.len()) };
    assert_eq!(request.account, "AC0123");
    assert_eq!(request.authorization, format!("Basic {}", STANDARD.encode(format!("AC0123:{TOKEN}"))));
    let expected = [
        ("Body", "確認コード 123456"),
        ("From", "+815012345678"),
        ("StatusCallback", "http://127.0.0.1:8080/webhooks/sms/status"),
        ("To", "+819012345678"),
        ("ValidityPeriod", "3600"),
    ];
    assert_eq!(request.form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    let after = state(&app, message_id).await;
    assert_eq!((after.status.as_str(), after.text.as_str()), ("sent", ""));
    assert_eq!(after.provider_id.as_deref(), Some("SM1"));
}

async fn an_impossible_number_is_not_asked_twice_and_a_busy_provider_is(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, |settings| settings.sms_url = Some(provider.url())).await;
    provider.answer(StatusCode::BAD_REQUEST, json!({"code": 21211, "message": "Invalid 'To' +819000000000"}));
    let impossible = enqueue(&app, sms("09000000000", "本文")).await;
    deliver_due(&app).await.unwrap();
    let after = state(&app, impossible).await;
    assert_eq!((after.status.as_str(), after.error.as_deref()), ("failed", Some("http 400 21211")));

    for busy in [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE] {
        provider.answer(busy, json!({}));
        let message_id = enqueue(&app, sms("09012345678", "本文")).await;
        deliver_due(&app).await.unwrap();
        assert_eq!(state(&app, message_id).await.status, "waiting");
        provider.answer(StatusCode::CREATED, json!({"sid": format!("SM{}", busy.as_u16())}));
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

    let sent = [("MessageSid", "SM1"), ("MessageStatus", "sent"), ("To", "+819012345678")];
    assert_eq!(call_back(&app, &sent, None).await, StatusCode::FORBIDDEN);
    assert_eq!(call_back(&app, &sent, Some("bm90IGl0")).await, StatusCode::FORBIDDEN);
    let other_keys = sign("another token", &sent);
    assert_eq!(call_back(&app, &sent, Some(&other_keys)).await, StatusCode::FORBIDDEN);
    assert_eq!(delivery().await, None);

    let say = async |status: &str, error: Option<&str>| {
        let mut fields = vec![("MessageSid", "SM1"), ("MessageStatus", status), ("To", "+819012345678")];
        fields.extend(error.map(|code| ("ErrorCode", code)));
        let signature = sign(TOKEN, &fields);
        assert_eq!(call_back(&app, &fields, Some(&signature)).await, StatusCode::NO_CONTENT);
    };
    say("sent", None).await;
    say("queued", None).await;
    assert_eq!(delivery().await.as_deref(), Some("sent"), "an earlier stage that comes later changes nothing");
    say("undelivered", Some("30003")).await;
    say("undelivered", Some("30003")).await;
    say("sent", None).await;
    say("delivered", None).await;
    let after = state(&app, message_id).await;
    assert_eq!((after.delivery.as_deref(), after.error.as_deref()), (Some("undelivered"), Some("sms 30003")));

    let unknown = [("MessageSid", "SM-of-somebody-else"), ("MessageStatus", "sent")];
    let signature = sign(TOKEN, &unknown);
    assert_eq!(call_back(&app, &unknown, Some(&signature)).await, StatusCode::NO_CONTENT);
    assert_eq!(
        call_back(&world.app, &sent, Some(&sign(TOKEN, &sent))).await,
        StatusCode::NOT_FOUND,
        "no provider here"
    );
}

async fn a_word_that_comes_before_the_answer_is_kept(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, |settings| settings.sms_url = Some(provider.url())).await;
    let message_id = enqueue(&app, sms("09012345678", "本文")).await;
    for (status, error) in [("sent", None), ("undelivered", Some("30003")), ("sent", None)] {
        let mut fields = vec![("MessageSid", "SM1"), ("MessageStatus", status)];
        fields.extend(error.map(|code| ("ErrorCode", code)));
        assert_eq!(call_back(&app, &fields, Some(&sign(TOKEN, &fields))).await, StatusCode::NO_CONTENT);
    }
    deliver_due(&app).await.unwrap();
    let after = state(&app, message_id).await;
    assert_eq!((after.delivery.as_deref(), after.error.as_deref()), (Some("undelivered"), Some("sms 30003")));
    let kept = async || -> i64 { sql("select count(*) from delivery_told").scalar(&app.db).await.unwrap() };
    assert_eq!(kept().await, 0, "it is where it belongs");
    // Words on what nobody here knows are forgotten.
    for id in ["SM-of-others", "SM-of-more"] {
        let fields = [("MessageSid", id), ("MessageStatus", "sent")];
        call_back(&app, &fields, Some(&sign(TOKEN, &fields))).await;
        assert_eq!(kept().await, 1);
        world.pass(Duration::days(2));
    }
}

/// Nobody knows whether it went out: for a code there is one more try, and then no other.
async fn an_sms_that_may_have_gone_out_is_tried_once_more(world: World) {
    let silent = Silent::start().await;
    let app = process(&world, |settings| settings.sms_url = Some(silent.url())).await;
    let message_id = enqueue(&app, sms("09012345678", "確認コード 123456")).await;
    deliver_due(&app).await.unwrap();
    assert_eq!((state(&app, message_id).await.status.as_str(), silent.taken()), ("waiting", 1));
    world.pass(Duration::seconds(15));
    deliver_due(&app).await.unwrap();
    let after = state(&app, message_id).await;
    assert_eq!((after.status.as_str(), after.error.as_deref()), ("sent", Some("http connection")));
    world.pass(Duration::minutes(30));
    deliver_due(&app).await.unwrap();
    assert_eq!(silent.taken(), 2);
}

async fn what_never_reached_the_provider_waits(world: World) {
    // A port where nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://AC0123:token@127.0.0.1:{port}/?from=%2B815012345678");
    let app = process(&world, |settings| settings.sms_url = Some(url)).await;
    let message_id = enqueue(&app, sms("09012345678", "本文")).await;
    for _ in 0..3 {
        deliver_due(&app).await.unwrap();
        world.pass(Duration::minutes(3));
    }
    assert_eq!((state(&app, message_id).await.status.as_str(), state(&app, message_id).await.attempts), ("waiting", 3));
}

async fn observed(world: &World, until: Option<Date>) -> Uuid {
    Somebody::patient("招待 花子", "ショウタイ ハナコ")
        .observed(date!(2022 - 07 - 30), until)
        .enter(&world.app, &world.fixtures.center, &world.fixtures.center)
        .await
        .case_id
}

/// What is about one person and no request to report.
async fn invite(app: &App, case_id: Uuid, message: impl Fn(&App) -> NewMessage) -> Uuid {
    let expires_at = app.clock.now() + Duration::days(2);
    enqueue(app, |app| NewMessage { case_id: Some(case_id), expires_at, ..message(app) }).await
}

async fn ntf_11_an_invitation_ends_with_the_observation_and_with_a_death(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, |settings| {
        settings.sms_url = Some(provider.url());
        settings.smtp_url = Some(world.smtp.url());
    })
    .await;
    let (released, dead, examined, prolonged) = (
        observed(&world, None).await,
        observed(&world, None).await,
        observed(&world, None).await,
        observed(&world, None).await,
    );
    let mut messages = Vec::new();
    for case_id in [released, dead, examined] {
        messages.push(invite(&app, case_id, sms("09012345678", "招待")).await);
        messages.push(invite(&app, case_id, mail("a@example.jp", "招待", "招待")).await);
    }
    let going_on = invite(&app, prolonged, sms("09012345679", "招待")).await;
    for (case_id, until) in [(released, date!(2022 - 07 - 31)), (prolonged, date!(2022 - 08 - 20))] {
        sql("update cases set observed_until = $2 where case_id = $1")
            .bind(case_id)
            .bind(until)
            .run(&app.db)
            .await
            .unwrap();
    }
    for (case_id, episode) in
        [(dead, json!({ "died_on": "2022-08-01" })), (examined, json!({ "diagnosis_type": "died" }))]
    {
        sql("insert into document (case_id, tab, version, body, updated_at, updated_by)
             values ($1, 'episode', 1, $2, 0, $1)
             on conflict (case_id, tab) do update set version = document.version + 1, body = excluded.body")
        .bind(case_id)
        .bind(episode)
        .run(&app.db)
        .await
        .unwrap();
    }
    for message_id in messages {
        let after = state(&app, message_id).await;
        assert_eq!((after.status.as_str(), after.text.as_str()), ("cancelled", ""), "in the same transaction");
    }
    // An observation that ends by itself while the provider is down.
    let ending = observed(&world, Some(date!(2022 - 08 - 01))).await;
    provider.answer(StatusCode::SERVICE_UNAVAILABLE, json!({}));
    let late = invite(&app, ending, sms("09012345670", "招待")).await;
    deliver_due(&app).await.unwrap();
    assert_eq!(provider.requests().len(), 2);
    provider.answer(StatusCode::CREATED, json!({ "sid": "SM7" }));
    world.pass(Duration::days(1));
    deliver_due(&app).await.unwrap();
    assert_eq!(
        (state(&app, late).await.status.as_str(), state(&app, going_on).await.status.as_str()),
        ("cancelled", "sent")
    );
    assert_eq!((provider.requests().len(), world.smtp.unread()), (3, 0));
}

async fn ntf_11_an_invitation_waits_for_the_morning(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, |settings| {
        settings.sms_url = Some(provider.url());
        settings.smtp_url = Some(world.smtp.url());
    })
    .await;
    let person = observed(&world, None).await;
    // 20:00
    world.pass(Duration::hours(11));
    let at_night = invite(&app, person, sms("09012345678", "招待")).await;
    let code = enqueue(&app, sms("09012345679", "確認コード 123456")).await;
    invite(&app, person, mail("a@example.jp", "招待", "招待")).await;
    deliver_due(&app).await.unwrap();
    assert_eq!(
        (state(&app, at_night).await.status.as_str(), state(&app, code).await.status.as_str()),
        ("waiting", "sent")
    );
    world.smtp.next_mail().await;
    world.pass(Duration::hours(12) - Duration::seconds(1));
    deliver_due(&app).await.unwrap();
    assert_eq!(state(&app, at_night).await.status, "waiting");
    world.pass(Duration::seconds(1));
    deliver_due(&app).await.unwrap();
    assert_eq!(state(&app, at_night).await.status, "sent");
}
