//! When and how people are asked.

use hersys::db::sql;
use hersys::monitoring::reminders::{plan, send};
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::Duration;
use time::macros::date;
use tokio::task::JoinSet;

use crate::support::*;

on_both_databases!(
    ntf_04_one_request_and_a_second_one_to_the_silent,
    ntf_04_nobody_is_asked_outside_the_hours,
    a_server_asleep_over_the_hour_sends_what_is_due_once,
    days_turn_at_midnight_at_the_end_of_months_and_years,
    a_family_gets_one_mail,
    ntf_11_released_between_planning_and_sending,
    ntf_11_released_while_the_server_is_down,
    ntf_11_a_release_ends_what_waits_at_once,
    a_provider_that_is_down_is_asked_again_until_the_evening,
    several_processes_ask_each_person_once,
    a_process_that_dies_loses_nothing,
    obs_12_a_wrong_number_a_call_and_a_language,
    nobody_is_asked_within_the_hour_of_being_entered,
    what_was_sent_is_forgotten_after_two_weeks,
);

/// MY-20, OBS-14
async fn ntf_04_one_request_and_a_second_one_to_the_silent(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let reporting = somebody(&world, "報告 する", Some("09011110001")).await;
    let silent = somebody(&world, "無言 一郎", Some("09011110002")).await;
    until(&app.clock, 7, 59);
    assert_eq!(morning(&app).await, 0);
    until(&app.clock, 8, 0);
    assert_eq!(morning(&app).await, 2);
    let taken = provider.taken();
    let body = taken[0].body();
    assert!(body.contains("http://127.0.0.1:8080/") && body.contains("0312345678") && body.contains("停止"), "{body}");
    assert!(!body.contains("報告 する") && !body.contains("あおば"), "{body}");
    assert_eq!(morning(&app).await, 0, "not again");
    app.clock.advance(Duration::minutes(90));
    reports(&world, &reporting).await;
    until(&app.clock, 11, 0);
    morning(&app).await;
    assert_eq!(provider.numbers(), [international("09011110002")]);
    assert_eq!(state(&world, &reporting, date!(2022 - 08 - 02), 2).await.unwrap().1, "reported");
    until(&app.clock, 19, 59);
    assert_eq!(morning(&app).await, 0);
    until(&app.clock, 8, 0);
    morning(&app).await;
    assert_eq!(provider.numbers(), [international("09011110001"), international("09011110002")], "a new day");
    // The last day of observation is one of it, the next is not.
    ends(&world, &silent, date!(2022 - 08 - 04)).await;
    until(&app.clock, 8, 0);
    morning(&app).await;
    assert_eq!(provider.numbers().len(), 2);
    until(&app.clock, 8, 0);
    morning(&app).await;
    assert_eq!(provider.numbers(), [international("09011110001")]);
}

async fn ntf_04_nobody_is_asked_outside_the_hours(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let person = somebody(&world, "夜間 花子", Some("09011110001")).await;
    until(&app.clock, 0, 0);
    assert_eq!(plan::all(&app.db, app.clock.now()).await.unwrap(), 1);
    assert_eq!(send::all(&app).await.unwrap(), 0);
    until(&app.clock, 7, 59);
    app.clock.advance(Duration::seconds(59));
    assert_eq!(send::all(&app).await.unwrap(), 0);
    // The server sleeps until the evening: it is too late, and tomorrow nothing old is sent.
    until(&app.clock, 20, 0);
    assert_eq!(morning(&app).await, 0);
    assert_eq!(state(&world, &person, date!(2022 - 08 - 02), 1).await.unwrap().0, "missed");
    until(&app.clock, 7, 30);
    assert_eq!(morning(&app).await, 0);
    until(&app.clock, 8, 0);
    assert_eq!(morning(&app).await, 1);
    // An hour outside of them is brought within.
    for (hour, wanted) in [(3_i64, 8_u8), (23, 19)] {
        sql("insert into contact_preference (case_id, channel, language, hour, stop_reason, updated_at)
             values ($1, '', '', $2, '', 0) on conflict (case_id) do update set hour = excluded.hour")
        .bind(person.case_id)
        .bind(hour)
        .run(&app.db)
        .await
        .unwrap();
        until(&app.clock, 0, 1);
        plan::all(&app.db, app.clock.now()).await.unwrap();
        until(&app.clock, wanted, 0);
        assert_eq!(send::all(&app).await.unwrap(), 1, "{hour}");
    }
}

async fn a_server_asleep_over_the_hour_sends_what_is_due_once(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    for number in ["09011110001", "09011110002", "09011110003"] {
        somebody(&world, "無言 一郎", Some(number)).await;
    }
    until(&app.clock, 7, 50);
    plan::all(&app.db, app.clock.now()).await.unwrap();
    // Down from 7:50 to 9:05.
    until(&app.clock, 9, 5);
    assert_eq!(morning(&app).await, 3);
    assert_eq!(morning(&app).await, 0);
    // The second one keeps its distance from a late first one.
    until(&app.clock, 11, 0);
    assert_eq!(morning(&app).await, 0);
    until(&app.clock, 11, 5);
    assert_eq!(morning(&app).await, 3);
    // Down all night: nobody had planned.
    until(&app.clock, 10, 0);
    assert_eq!(morning(&app).await, 3);
    assert_eq!(provider.numbers().len(), 9);
}

async fn days_turn_at_midnight_at_the_end_of_months_and_years(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let person = observed(&world, "長期 太郎", Some("09011110001"), None).await;
    let days_on = |day: time::Date| app.clock.advance(Duration::days((day - app.clock.today()).whole_days()));
    for day in [date!(2022 - 08 - 31), date!(2022 - 12 - 31), date!(2024 - 02 - 29)] {
        days_on(day - Duration::days(1));
        until(&app.clock, 23, 59);
        app.clock.advance(Duration::seconds(59));
        morning(&app).await;
        assert_eq!(state(&world, &person, day, 1).await, None, "{day}");
        app.clock.advance(Duration::seconds(1));
        assert_eq!(app.clock.today(), day);
        morning(&app).await;
        assert_eq!(state(&world, &person, day, 1).await.unwrap().0, "planned");
        provider.taken();
        until(&app.clock, 8, 0);
        morning(&app).await;
        let next = day.next_day().unwrap();
        assert_eq!(state(&world, &person, next, 1).await, None);
        until(&app.clock, 0, 0);
        morning(&app).await;
        assert_eq!(state(&world, &person, next, 1).await.unwrap().0, "planned");
        assert_eq!(provider.numbers().len(), 1, "{day}");
    }
}

async fn a_family_gets_one_mail(world: World) {
    let mother = somebody(&world, "家族 花子", None).await;
    let father = somebody(&world, "家族 太郎", None).await;
    let child = somebody(&world, "家族 一郎", None).await;
    household(&world, "family@example.jp", &[("家族 花子", &mother), ("家族 太郎", &father), ("家族 一郎", &child)])
        .await;
    let app = &world.app;
    until(&app.clock, 8, 0);
    assert_eq!(morning(app).await, 1);
    let mail = world.smtp.next_mail().await;
    assert_eq!(mail.to, "family@example.jp");
    assert!(mail.text.contains("3人分の") && !mail.text.contains("家族"), "{}", mail.text);
    assert!(mail.unsubscribe.as_deref().unwrap().starts_with("<http://127.0.0.1:8080/unsubscribe/"));
    assert_eq!(mail.unsubscribe_post.as_deref(), Some("List-Unsubscribe=One-Click"));
    assert_eq!(mail.auto_submitted.as_deref(), Some("auto-generated"));
    // The first of them who has a language reads for all.
    sql("insert into contact_preference (case_id, channel, language, stop_reason, updated_at) values ($1, '', 'vi', '', 0)")
        .bind(father.case_id)
        .run(&app.db)
        .await
        .unwrap();
    until(&app.clock, 11, 0);
    assert_eq!(morning(app).await, 1);
    let mail = world.smtp.next_mail().await;
    assert!(mail.text.contains("của 3 người"), "{}", mail.text);
    until(&app.clock, 8, 0);
    assert_eq!(morning(app).await, 1);
    world.smtp.next_mail().await;
    // Two have reported: the second one speaks of the third alone.
    reports(&world, &mother).await;
    reports(&world, &child).await;
    until(&app.clock, 11, 0);
    assert_eq!(morning(app).await, 1);
    let mail = world.smtp.next_mail().await;
    assert!(!mail.text.contains("của 3") && !mail.text.contains("của 1"), "{}", mail.text);
    assert_eq!(world.smtp.unread(), 0);
}

async fn ntf_11_released_between_planning_and_sending(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let released = somebody(&world, "解除 済子", Some("09011110001")).await;
    let stopped = somebody(&world, "停止 済子", Some("09011110002")).await;
    let dead = somebody(&world, "故人 太郎", Some("09011110003")).await;
    somebody(&world, "観察 中子", Some("09011110004")).await;
    until(&app.clock, 7, 0);
    assert_eq!(plan::all(&app.db, app.clock.now()).await.unwrap(), 4);
    ends(&world, &released, date!(2022 - 08 - 01)).await;
    assert_eq!(state(&world, &released, date!(2022 - 08 - 02), 1).await.unwrap().0, "cancelled", "at once");
    sql("insert into contact_preference (case_id, channel, language, stopped_at, stop_reason, updated_at)
         values ($1, '', '', $2, '本人の希望', $2)")
    .bind(stopped.case_id)
    .bind(world.now())
    .run(&app.db)
    .await
    .unwrap();
    assert_eq!(state(&world, &stopped, date!(2022 - 08 - 02), 1).await.unwrap().0, "cancelled", "at once");
    sql("insert into document (case_id, tab, version, body, updated_at, updated_by) values ($1, 'episode', 1, $2, 0, $1)")
        .bind(dead.case_id)
        .bind(json!({ "died_on": "2022-08-01" }))
        .run(&app.db)
        .await
        .unwrap();
    settle(&world).await;
    until(&app.clock, 8, 0);
    morning(&app).await;
    assert_eq!(provider.numbers(), [international("09011110004")]);
    assert_eq!(state(&world, &dead, date!(2022 - 08 - 02), 1).await.unwrap().1, "ended");
    // Whoever is observed again is asked again.
    ends(&world, &released, date!(2022 - 08 - 09)).await;
    settle(&world).await;
    until(&app.clock, 8, 0);
    morning(&app).await;
    assert_eq!(provider.numbers(), [international("09011110001"), international("09011110004")]);
}

async fn ntf_11_released_while_the_server_is_down(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let released = somebody(&world, "解除 済子", Some("09011110001")).await;
    until(&app.clock, 7, 0);
    plan::all(&app.db, app.clock.now()).await.unwrap();
    // Another process, or the database itself, knows of it; this one sleeps.
    ends(&world, &released, date!(2022 - 08 - 01)).await;
    until(&app.clock, 9, 30);
    assert_eq!(morning(&app).await, 0);
    settle(&world).await;
    assert_eq!(morning(&app).await, 0);
    assert_eq!(provider.tries(), 0);
}

async fn ntf_11_a_release_ends_what_waits_at_once(world: World) {
    let provider = Provider::start().await;
    provider.goes_down(true);
    let app = process(&world, &provider).await;
    let released = somebody(&world, "解除 済子", Some("09011110001")).await;
    let reported = somebody(&world, "報告 済子", Some("09011110002")).await;
    let first = somebody(&world, "家族 花子", None).await;
    let second = somebody(&world, "家族 太郎", None).await;
    household(&world, "family@example.jp", &[("家族 花子", &first), ("家族 太郎", &second)]).await;
    world.smtp.stop().await;
    until(&app.clock, 8, 0);
    assert_eq!(morning(&app).await, 0);
    assert_eq!(messages(&world, "waiting").await, 3);
    ends(&world, &released, date!(2022 - 08 - 01)).await;
    assert_eq!(messages(&world, "cancelled").await, 1, "in the same transaction");
    ends(&world, &first, date!(2022 - 08 - 01)).await;
    assert_eq!(messages(&world, "waiting").await, 2, "the mail is due for the other one");
    reports(&world, &reported).await;
    provider.goes_down(false);
    world.smtp.restart().await;
    app.clock.advance(Duration::minutes(2));
    assert_eq!(send::all(&app).await.unwrap(), 1, "the mail");
    assert_eq!(world.smtp.next_mail().await.to, "family@example.jp");
    assert!(provider.numbers().is_empty());
    assert_eq!(messages(&world, "cancelled").await, 2, "and the one to whoever has reported");
}

async fn a_provider_that_is_down_is_asked_again_until_the_evening(world: World) {
    let provider = Provider::start().await;
    provider.goes_down(true);
    let app = process(&world, &provider).await;
    somebody(&world, "無言 一郎", Some("09011110001")).await;
    until(&app.clock, 8, 0);
    assert_eq!(morning(&app).await, 0);
    assert_eq!(provider.tries(), 1);
    app.clock.advance(Duration::seconds(15));
    morning(&app).await;
    assert_eq!(provider.tries(), 2, "again after ten seconds");
    provider.goes_down(false);
    app.clock.advance(Duration::minutes(1));
    assert_eq!(morning(&app).await, 1);
    assert_eq!(provider.numbers().len(), 1);
    provider.goes_down(true);
    until(&app.clock, 11, 0);
    morning(&app).await;
    provider.goes_down(false);
    until(&app.clock, 20, 0);
    assert_eq!(morning(&app).await, 0);
    hersys::messages::deliver_due(&app).await.unwrap();
    assert_eq!(messages(&world, "expired").await, 1);
    assert!(provider.numbers().is_empty());
}

async fn several_processes_ask_each_person_once(world: World) {
    let provider = Provider::start().await;
    let processes =
        [process(&world, &provider).await, process(&world, &provider).await, process(&world, &provider).await];
    let mut expected = Vec::new();
    for number in 0..40 {
        let phone = format!("0901112{number:04}");
        somebody(&world, "無言 一郎", Some(&phone)).await;
        expected.push(international(&phone));
    }
    let (one, two) = (somebody(&world, "家族 花子", None).await, somebody(&world, "家族 太郎", None).await);
    household(&world, "family@example.jp", &[("家族 花子", &one), ("家族 太郎", &two)]).await;
    until(&world.app.clock, 8, 0);
    for round in 0..2 {
        let mut all = JoinSet::new();
        for app in processes.iter().cycle().take(9) {
            let app = app.clone();
            all.spawn(async move {
                plan::all(&app.db, app.clock.now()).await.unwrap();
                send::all(&app).await.unwrap()
            });
        }
        all.join_all().await;
        assert_eq!(provider.numbers(), expected, "round {round}");
        world.smtp.next_mail().await;
        assert_eq!(world.smtp.unread(), 0);
        until(&world.app.clock, 11, 0);
    }
}

async fn a_process_that_dies_loses_nothing(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    somebody(&world, "無言 一郎", Some("09011110001")).await;
    until(&app.clock, 8, 0);
    plan::all(&app.db, app.clock.now()).await.unwrap();
    // What is left of a process that dies between putting and handing over: the message with its lease.
    provider.goes_down(true);
    send::all(&app).await.unwrap();
    provider.goes_down(false);
    sql("update message set leased_until = $1, due_at = $2 where purpose = 'reminder'")
        .bind(app.clock.now() + Duration::minutes(10))
        .bind(app.clock.now())
        .run(&app.db)
        .await
        .unwrap();
    app.clock.advance(Duration::minutes(9));
    assert_eq!(send::all(&app).await.unwrap(), 0, "while the lease holds");
    app.clock.advance(Duration::minutes(1));
    assert_eq!(send::all(&app).await.unwrap(), 1);
    assert_eq!(provider.numbers().len(), 1);
}

async fn obs_12_a_wrong_number_a_call_and_a_language(world: World) {
    let provider = Provider::start().await;
    provider.knows_not("09011110001");
    let app = process(&world, &provider).await;
    let wrong = somebody(&world, "番号 違子", None).await;
    let own =
        json!({ "name": "番号 違子", "birth_on": "1980-01-02", "phone": "09011110001", "mail": "own@example.jp" });
    identity(&world, &wrong, own).await;
    let called = somebody(&world, "電話 希望", Some("0311112222")).await;
    let foreign = somebody(&world, "MARIA SANTOS", Some("09011110003")).await;
    let set = async |case_id: uuid::Uuid, channel: &str, language: &str| {
        sql("insert into contact_preference (case_id, channel, language, stop_reason, updated_at) values ($1, $2, $3, '', 0)")
            .bind(case_id)
            .bind(channel)
            .bind(language)
            .run(&app.db)
            .await
            .unwrap();
    };
    set(wrong.case_id, "sms", "").await;
    set(called.case_id, "call", "en").await;
    set(foreign.case_id, "", "pt").await;
    until(&app.clock, 8, 0);
    morning(&app).await;
    let taken = provider.taken();
    let sms = taken.iter().find(|request| request.to() == international("09011110003")).unwrap();
    assert!(sms.body().starts_with("Informe o seu estado"), "{}", sms.body());
    let call = taken.iter().find(|request| request.resource == "Calls.json").unwrap();
    assert_eq!(call.to(), international("0311112222"));
    let script = &call.form["Twiml"];
    assert!(script.contains("<Say language=\"en-US\">") && !script.contains("Gather"), "{script}");
    assert_eq!(call.form["StatusCallback"], "http://127.0.0.1:8080/webhooks/calls/ended");
    // Another way for whom the first did not reach.
    until(&app.clock, 11, 0);
    morning(&app).await;
    assert_eq!(world.smtp.next_mail().await.to, "own@example.jp");
}

async fn nobody_is_asked_within_the_hour_of_being_entered(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    // 9:00
    plan::all(&app.db, app.clock.now()).await.unwrap();
    let person = somebody(&world, "新規 花子", Some("09011110001")).await;
    settle(&world).await;
    assert_eq!(send::all(&app).await.unwrap(), 0);
    app.clock.advance(Duration::minutes(30));
    settle(&world).await;
    // Whatever moves the person meanwhile, the time stays.
    identity(&world, &person, json!({ "name": "新規 花子", "phone": "09011110001" })).await;
    settle(&world).await;
    assert_eq!(send::all(&app).await.unwrap(), 0);
    app.clock.advance(Duration::minutes(30));
    assert_eq!(send::all(&app).await.unwrap(), 1);
    // Another hour is another hour.
    sql("insert into contact_preference (case_id, channel, language, hour, stop_reason, updated_at) values ($1, '', '', 15, '', 0)")
        .bind(person.case_id)
        .run(&app.db)
        .await
        .unwrap();
    until(&app.clock, 8, 0);
    assert_eq!(morning(&app).await, 0);
    until(&app.clock, 15, 0);
    assert_eq!(morning(&app).await, 1);
}

async fn what_was_sent_is_forgotten_after_two_weeks(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    observed(&world, "長期 太郎", Some("09011110001"), None).await;
    let family = observed(&world, "家族 花子", None, None).await;
    household(&world, "family@example.jp", &[("家族 花子", &family)]).await;
    until(&app.clock, 8, 0);
    morning(&app).await;
    world.smtp.next_mail().await;
    let count =
        async |table: &str| -> i64 { sql(&format!("select count(*) from {table}")).scalar(&app.db).await.unwrap() };
    let forget = async || {
        let mut past = plan::Past::default();
        while past.forget_some(&app.db, app.clock.now()).await.unwrap() {}
    };
    let others = count("message").await - 2;
    app.clock.advance(Duration::days(14));
    forget().await;
    assert_eq!((count("reminder_message").await, count("message").await), (1, others + 2));
    app.clock.advance(Duration::days(1));
    forget().await;
    assert_eq!((count("reminder_message").await, count("reminder").await, count("message").await), (0, 0, others));
}
