//! The outbox that a demo shows.

use hersys::messages::deliver_due;
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::json;
use time::Duration;

use crate::sms_provider::Provider;
use crate::support::{TARO, demo, enqueue, mail, sms};

on_both_databases!(a_demo_keeps_what_it_would_send, outside_a_demo_nobody_reads_the_outbox,);

async fn a_demo_keeps_what_it_would_send(world: World) {
    let provider = Provider::start().await;
    let app = demo(&world, |settings| settings.sms_url = Some(provider.url())).await;
    enqueue(&app, mail(TARO, "確認コード", "確認コード 123456\nhttps://her-sys.example.jp/r/x?a=1&b=2 <b>")).await;
    world.pass(Duration::seconds(1));
    enqueue(&app, sms("09012345678", "SMS 654321")).await;
    deliver_due(&app).await.unwrap();
    assert!(provider.requests().is_empty(), "a demo sends no SMS");
    assert_eq!(world.smtp.unread(), 0);

    let kept = Visitor::new(&app).get("/demo/outbox.json").await.expect(200).json();
    assert_eq!(kept.as_array().unwrap().len(), 2);
    assert_eq!((&kept[0]["channel"], &kept[0]["body"]), (&json!("sms"), &json!("SMS 654321")));
    assert_eq!(kept[1]["recipient"], TARO);
    assert_eq!(kept[1]["at"], "2022-08-01T09:00:00+09:00");
    assert!(kept[1]["id"].is_string() && kept[1]["subject"] == "確認コード");
    let page =
        Visitor::new(&app).get("/demo/outbox").await.expect(200).shows("654321").shows("123456").shows("&lt;b&gt;");
    assert!(page.body.contains("<a href=\"https://her-sys.example.jp/r/x?a=1&amp;b=2\">"));
    assert!(page.body.find("SMS 654321") < page.body.find("確認コード 123456"), "newest first");
    let renewing = Visitor::new(&app).get("/demo/outbox?renew=true").await.expect(200);
    assert_eq!(renewing.headers["refresh"], "5");

    let with_server = demo(&world, |settings| settings.smtp_url = Some(world.smtp.url())).await;
    enqueue(&with_server, mail("hanako@example.jp", "件名", "本文 111111")).await;
    deliver_due(&with_server).await.unwrap();
    assert_eq!(world.smtp.next_mail().await.code(), "111111");
    Visitor::new(&with_server).get("/demo/outbox").await.expect(200).shows("111111");
}

async fn outside_a_demo_nobody_reads_the_outbox(world: World) {
    enqueue(&world.app, mail(TARO, "件名", "確認コード 123456")).await;
    for path in ["/demo/outbox", "/demo/outbox.json"] {
        world.visitor().get(path).await.expect(404).hides("123456");
    }
}
