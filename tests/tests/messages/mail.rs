//! What a mail server sees, well and ill.

use std::collections::BTreeSet;

use hersys::messages::deliver_due;
use hersys_tests::smtp::SmtpServer;
use hersys_tests::{World, on_both_databases};
use time::Duration;

use crate::support::{TARO, enqueue, mail, process, state};

on_both_databases!(
    ntf_06_a_code_arrives_by_a_real_smtp_conversation,
    a_mail_server_with_a_password_is_told_it,
    a_wrong_password_of_ours_loses_no_mail,
    a_stopped_mail_server_loses_nothing,
    a_busy_mail_server_is_asked_again_later,
    an_unknown_recipient_is_asked_once,
    a_code_that_ran_out_is_not_sent,
    nothing_of_a_code_remains_after_it_was_sent,
);

async fn ntf_06_a_code_arrives_by_a_real_smtp_conversation(world: World) {
    let text = "新規登録の確認コードは次の6桁の数字です。\n\n    123456\n\n.点で始まる行も、そのまま届きます。\n";
    let message_id = enqueue(&world.app, mail(TARO, "My HER-SYS 確認コード", text)).await;
    assert_eq!(deliver_due(&world.app).await.unwrap(), 1);

    let mail = world.smtp.next_mail().await;
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("My HER-SYS <no-reply@localhost>", TARO));
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
    let wrong = process(&world, |settings| settings.smtp_url = Some(server.url().replace("s3cret", "other"))).await;
    let message_id = enqueue(&wrong, mail(TARO, "件名", "本文")).await;
    deliver_due(&wrong).await.unwrap();
    let after = state(&wrong, message_id).await;
    assert_eq!((after.status.as_str(), after.error.as_deref()), ("waiting", Some("smtp 535 5.7.8")));

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
    assert_eq!(deliver_due(&world.app).await.unwrap(), 0, "not again at once");
    world.pass(Duration::seconds(15));
    assert_eq!(deliver_due(&world.app).await.unwrap(), 3, "again after ten seconds");
    world.pass(Duration::seconds(15));
    assert_eq!(deliver_due(&world.app).await.unwrap(), 0, "then more slowly");

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
    world.smtp.refuse(TARO, "451 4.3.0 taro@example.jp: try again later");
    let message_id = enqueue(&world.app, mail(TARO, "件名", "本文")).await;
    deliver_due(&world.app).await.unwrap();
    let after = state(&world.app, message_id).await;
    assert_eq!((after.status.as_str(), after.attempts), ("waiting", 1));
    assert_eq!(after.error.as_deref(), Some("smtp 451 4.3.0"), "the code, not the words");

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
    assert_eq!((after.status.as_str(), after.error.as_deref()), ("failed", Some("smtp 550 5.1.1")));
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
    assert_eq!((after.status.as_str(), after.text.as_str()), ("expired", ""));
    assert_eq!((world.smtp.unread(), world.smtp.tries()), (0, 0));
}

async fn nothing_of_a_code_remains_after_it_was_sent(world: World) {
    let message_id = enqueue(&world.app, mail(TARO, "確認コード 123456", "確認コード 123456")).await;
    assert!(state(&world.app, message_id).await.text.contains("123456"));
    assert_eq!(world.next_mail().await.code(), "123456");
    assert_eq!(state(&world.app, message_id).await.text, "");
}
