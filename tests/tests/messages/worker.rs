//! Leases, several processes, and the worker itself.

use std::collections::BTreeSet;

use hersys::App;
use hersys::db::sql;
use hersys::messages::{self, Channel, deliver, deliver_due};
use hersys_tests::{World, on_both_databases};
use time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{TARO, enqueue, mail, process, sms, state};

on_both_databases!(
    a_process_killed_while_sending_loses_nothing,
    two_processes_send_each_message_once,
    however_many_reach_for_a_message_one_gets_it,
    the_worker_wakes_and_finishes_before_it_stops,
    without_providers_messages_wait_until_they_expire,
);

async fn a_process_killed_while_sending_loses_nothing(world: World) {
    let message_id = enqueue(&world.app, mail(TARO, "件名", "本文")).await;
    let now = world.now();
    // What a process does before it is killed.
    let taken = messages::store::take(&world.app.db, &[Channel::Mail], 1, now, now + Duration::minutes(3)).await;
    assert_eq!(taken.unwrap().len(), 1);

    assert_eq!(deliver_due(&world.app).await.unwrap(), 0, "while the lease holds");
    world.pass(Duration::minutes(3));
    assert_eq!(world.next_mail().await.to, TARO);
    let after = state(&world.app, message_id).await;
    assert_eq!((after.status.as_str(), after.attempts), ("sent", 2));
}

async fn two_processes_send_each_message_once(world: World) {
    let other = process(&world, |settings| settings.smtp_url = Some(world.smtp.url())).await;
    let mut waiting = BTreeSet::new();
    for number in 0..60 {
        waiting.insert(enqueue(&world.app, mail(&format!("p{number}@example.jp"), "件名", "本文")).await);
    }
    let (one, two) = tokio::join!(empty(&world.app), empty(&other));
    assert_eq!(one + two, 60);
    let mut arrived = BTreeSet::new();
    while world.smtp.unread() > 0 {
        let mail = world.smtp.next_mail().await;
        let message_id = mail.message_id.split_once('@').unwrap().0.parse::<Uuid>().unwrap();
        assert!(arrived.insert(message_id), "sent twice");
    }
    assert_eq!(arrived, waiting);
}

async fn however_many_reach_for_a_message_one_gets_it(world: World) {
    let other = process(&world, |settings| settings.smtp_url = Some(world.smtp.url())).await;
    for _ in 0..40 {
        enqueue(&world.app, mail(TARO, "件名", "本文")).await;
    }
    let now = world.now();
    let mut reaching = JoinSet::new();
    for app in [&world.app, &other].repeat(4) {
        let db = app.db.clone();
        reaching.spawn(async move {
            let mut taken = Vec::new();
            loop {
                let lease = now + Duration::minutes(3);
                let messages = messages::store::take(&db, &[Channel::Mail], 3, now, lease).await.unwrap();
                if messages.is_empty() {
                    return taken;
                }
                taken.extend(messages.into_iter().map(|message| message.message_id));
            }
        });
    }
    let taken = reaching.join_all().await.concat();
    assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), taken.len(), "taken twice");
    // One that reaches while others hold all locks may go away early; the rest stays for the next look.
    let rest =
        messages::store::take(&world.app.db, &[Channel::Mail], 40, now, now + Duration::minutes(3)).await.unwrap();
    assert_eq!(taken.len() + rest.len(), 40);
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
        enqueue(&world.app, mail(&format!("p{number}@example.jp"), "件名", "本文")).await;
        world.app.outbox.wake();
    }
    for _ in 0..40 {
        world.smtp.next_mail().await;
    }
    stop.send(true).unwrap();
    worker.await.unwrap();
    let unmarked = sql("select count(*) from message where status <> 'sent'").scalar::<i64>(&world.app.db).await;
    assert_eq!(unmarked.unwrap(), 0, "what was sent is marked before the worker ends");
}

async fn without_providers_messages_wait_until_they_expire(world: World) {
    let app = process(&world, |settings| settings.smtp_url = None).await;
    let ids = [enqueue(&app, mail(TARO, "件名", "本文")).await, enqueue(&app, sms("09012345678", "本文")).await];
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
