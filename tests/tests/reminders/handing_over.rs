//! Handing over while time passes: slow providers, leases that end, people who are released, numbers that change.

use hersys::db::sql;
use hersys::monitoring::reminders::{plan, send};
use hersys_tests::silent::Silent;
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::Duration;
use time::macros::date;
use tokio::sync::watch;

use crate::stopping::{sign, tell};
use crate::support::*;

on_both_databases!(
    ntf_04_nothing_leaves_after_eight_however_slow_the_provider_is,
    whoever_lost_the_lease_hands_nothing_over,
    ntf_11_whoever_is_released_while_others_are_handed_over_gets_nothing,
    a_service_that_stops_begins_nothing_more,
    what_may_have_gone_out_is_not_sent_again,
    a_family_with_one_number_gets_one_sms,
    after_an_outage_the_two_of_a_day_do_not_leave_together,
    who_has_another_number_meanwhile_is_asked_there,
);

const DAY: time::Date = date!(2022 - 08 - 02);

async fn ntf_04_nothing_leaves_after_eight_however_slow_the_provider_is(world: World) {
    let provider = Provider::start().await;
    let app = single(&world, &provider).await;
    for number in ["09011110001", "09011110002", "09011110003"] {
        let person = somebody(&world, "無言 一郎", Some(number)).await;
        sql("insert into contact_preference (case_id, channel, language, hour, stop_reason, updated_at) values ($1, '', '', 19, '', 0)")
            .bind(person.case_id)
            .run(&app.db)
            .await
            .unwrap();
    }
    until(&app.clock, 18, 0);
    plan::all(&app.db, app.clock.now()).await.unwrap();
    until(&app.clock, 19, 59);
    provider.is_slow(&app.clock, Duration::seconds(40));
    send::all(&app).await.unwrap();
    assert_eq!(provider.numbers().len(), 2, "at 19:59:00 and 19:59:40");
    hersys::messages::deliver_due(&app).await.unwrap();
    app.clock.advance(Duration::minutes(20));
    hersys::messages::deliver_due(&app).await.unwrap();
    assert_eq!((messages(&world, "sent").await, messages(&world, "expired").await), (2, 1));
}

async fn whoever_lost_the_lease_hands_nothing_over(world: World) {
    let provider = Provider::start().await;
    let (slow, other) = (single(&world, &provider).await, single(&world, &provider).await);
    for number in ["09011110001", "09011110002", "09011110003"] {
        somebody(&world, "無言 一郎", Some(number)).await;
    }
    until(&slow.clock, 8, 0);
    plan::all(&slow.db, slow.clock.now()).await.unwrap();
    provider.hesitates();
    let first = tokio::spawn(async move { send::all(&slow).await });
    let held_up = provider.asked(1).await;
    // Longer than any lease.
    other.clock.advance(Duration::minutes(11));
    let second = tokio::spawn(async move { send::all(&other).await });
    provider.asked(2).await;
    provider.answers(100);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    let mut numbers = provider.numbers();
    numbers.retain(|number| *number != held_up);
    assert_eq!(numbers.len(), 2, "each of the others once: {numbers:?}");
}

async fn ntf_11_whoever_is_released_while_others_are_handed_over_gets_nothing(world: World) {
    let provider = Provider::start().await;
    let app = single(&world, &provider).await;
    let people = [
        (somebody(&world, "解除 一郎", Some("09011110001")).await, international("09011110001")),
        (somebody(&world, "解除 二郎", Some("09011110002")).await, international("09011110002")),
    ];
    until(&app.clock, 8, 0);
    plan::all(&app.db, app.clock.now()).await.unwrap();
    provider.hesitates();
    let sending = tokio::spawn(async move { send::all(&app).await });
    let first = provider.asked(1).await;
    let (other, _) = people.iter().find(|(_, number)| *number != first).unwrap();
    ends(&world, other, date!(2022 - 08 - 01)).await;
    provider.answers(100);
    assert_eq!(sending.await.unwrap().unwrap(), 1);
    assert_eq!(provider.numbers(), [first]);
    assert_eq!(state(&world, other, DAY, 1).await.unwrap().1, "ended");
}

async fn a_service_that_stops_begins_nothing_more(world: World) {
    let provider = Provider::start().await;
    let app = single(&world, &provider).await;
    for number in ["09011110001", "09011110002", "09011110003"] {
        somebody(&world, "無言 一郎", Some(number)).await;
    }
    until(&app.clock, 8, 0);
    plan::all(&app.db, app.clock.now()).await.unwrap();
    provider.hesitates();
    let (stop, stopped) = watch::channel(false);
    let sending = tokio::spawn({
        let app = app.clone();
        async move { send::step_until(&app, &stopped).await }
    });
    provider.asked(1).await;
    stop.send(true).unwrap();
    provider.answers(100);
    assert_eq!(sending.await.unwrap().unwrap().sent.handed_over, 1);
    assert_eq!((provider.numbers().len(), messages(&world, "sent").await), (1, 1), "what left is noted");
    // The others are free for whoever comes, before any lease would have run out.
    assert_eq!(send::all(&app).await.unwrap(), 2);
}

/// The second request of the day is the safety net.
async fn what_may_have_gone_out_is_not_sent_again(world: World) {
    let silent = Silent::start().await;
    let provider = Provider::start().await;
    let app = process_with(&world, &provider, |settings| settings.sms_url = Some(silent.url())).await;
    let person = somebody(&world, "無言 一郎", Some("09011110001")).await;
    until(&app.clock, 8, 0);
    morning(&app).await;
    for _ in 0..3 {
        app.clock.advance(Duration::minutes(10));
        morning(&app).await;
    }
    assert_eq!(silent.taken(), 1);
    let noted: (String, Option<String>) = sql("select status, last_error from message where case_id = $1")
        .bind(person.case_id)
        .one(&app.db)
        .await
        .unwrap();
    assert_eq!(noted, ("sent".into(), Some("http connection".into())));
    until(&app.clock, 11, 0);
    morning(&app).await;
    assert_eq!(silent.taken(), 2);
}

/// Five people and one mobile: one SMS that says how many, and whose fate is told of all.
async fn a_family_with_one_number_gets_one_sms(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let mut family = Vec::new();
    for name in ["家族 花子", "家族 太郎", "家族 一郎", "家族 二郎", "家族 三郎"] {
        family.push(somebody(&world, name, Some("09011110001")).await);
    }
    somebody(&world, "他人 太郎", Some("09011110002")).await;
    settle(&world).await;
    until(&app.clock, 8, 0);
    assert_eq!(morning(&app).await, 2);
    let taken = provider.taken();
    let sms = taken.iter().find(|request| request.to() == international("09011110001")).unwrap();
    assert!(sms.body().starts_with("5人分の") && !sms.body().contains("家族"), "{}", sms.body());
    let other = taken.iter().find(|request| request.to() == international("09011110002")).unwrap();
    assert!(!other.body().contains("人分"), "{}", other.body());
    const STATUS: &str = "/webhooks/sms/status";
    let fields = [("MessageSid", sms.sid.as_str()), ("MessageStatus", "undelivered"), ("ErrorCode", "30003")];
    tell(&app, STATUS, &fields, Some(&sign(STATUS, &fields))).await;
    settle(&world).await;
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    for case in &family {
        let page = nurse.get(&format!("/staff/cases/{}/reminders", case.case_id)).await.expect(200);
        page.shows("届きませんでした。番号・アドレスを確かめてください");
    }
    // Three have reported: the second one speaks of the two others.
    for case in &family[..3] {
        reports(&world, case).await;
    }
    until(&app.clock, 11, 0);
    morning(&app).await;
    let taken = provider.taken();
    let sms = taken.iter().filter(|request| request.to() == international("09011110001")).collect::<Vec<_>>();
    assert!(sms.len() == 1 && sms[0].body().starts_with("2人分の"), "{sms:?}");
    until(&app.clock, 12, 1);
    settle(&world).await;
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    nurse.get("/staff/board?queue=silent").await.expect(200).shows("家族 三郎").shows("番号を確かめてください");
    // All but one are released: the SMS is that of one person again.
    ends(&world, &family[4], date!(2022 - 08 - 02)).await;
    for case in &family[1..4] {
        ends(&world, case, date!(2022 - 08 - 02)).await;
    }
    until(&app.clock, 8, 0);
    morning(&app).await;
    let taken = provider.taken();
    let sms = taken.iter().find(|request| request.to() == international("09011110001")).unwrap();
    assert!(!sms.body().contains("人分"), "{}", sms.body());
}

async fn after_an_outage_the_two_of_a_day_do_not_leave_together(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    // The first one is tried again before the second one is due, and after it.
    let before = somebody(&world, "無言 一郎", Some("09011110001")).await;
    let after = somebody(&world, "無言 二郎", Some("09011110002")).await;
    provider.goes_down(true);
    until(&app.clock, 8, 0);
    morning(&app).await;
    provider.goes_down(false);
    for (case, due) in [(&before, Duration::minutes(179)), (&after, Duration::minutes(190))] {
        sql("update message set due_at = $2 where case_id = $1")
            .bind(case.case_id)
            .bind(app.clock.now() + due)
            .run(&app.db)
            .await
            .unwrap();
    }
    let both = [international("09011110001"), international("09011110002")];
    until(&app.clock, 11, 0);
    morning(&app).await;
    assert_eq!(provider.numbers(), both, "one each");
    assert_eq!(state(&world, &after, DAY, 1).await.unwrap().0, "cancelled");
    until(&app.clock, 11, 30);
    morning(&app).await;
    assert!(provider.numbers().is_empty());
    until(&app.clock, 12, 0);
    morning(&app).await;
    assert_eq!(provider.numbers(), [international("09011110001")], "the second one of whom the first reached late");
    until(&app.clock, 19, 59);
    morning(&app).await;
    assert!(provider.numbers().is_empty());
}

async fn who_has_another_number_meanwhile_is_asked_there(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let person = somebody(&world, "転居 花子", Some("09011110001")).await;
    let family = somebody(&world, "家族 花子", None).await;
    household(&world, "family@example.jp", &[("家族 花子", &family)]).await;
    provider.goes_down(true);
    world.smtp.stop().await;
    until(&app.clock, 8, 0);
    morning(&app).await;
    assert_eq!(messages(&world, "waiting").await, 2);
    provider.goes_down(false);
    world.smtp.restart().await;
    identity(&world, &person, json!({ "name": "転居 花子", "birth_on": "1980-01-02", "phone": "09022220001" })).await;
    sql("update patient_account set mail = 'other@example.jp'").run(&app.db).await.unwrap();
    app.clock.advance(Duration::minutes(1));
    morning(&app).await;
    assert_eq!(provider.numbers(), [international("09022220001")]);
    assert_eq!(world.smtp.next_mail().await.to, "other@example.jp");
    app.clock.advance(Duration::minutes(10));
    assert_eq!(morning(&app).await, 0);
    assert_eq!((provider.numbers().len(), world.smtp.unread()), (0, 0));
}
