//! What an SMS provider sees, and what it tells.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hersys::messages::deliver_due;
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::Duration;

use crate::sms_provider::{Provider, TOKEN, call_back, sign};
use crate::support::{enqueue, process, sms, state};

on_both_databases!(
    auth_21_ntf_05_an_sms_is_handed_to_the_provider,
    an_impossible_number_is_not_asked_twice_and_a_busy_provider_is,
    the_providers_word_on_a_delivery_counts_only_with_its_signature,
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
