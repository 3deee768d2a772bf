//! The page 入力のお願い, the board, the policy of a centre.

use hersys::db::sql;
use hersys::monitoring::reminders::send;
use hersys_tests::sharing::{grant_follow_up, link};
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::macros::date;
use uuid::Uuid;

use crate::support::*;

on_both_databases!(
    ntf_10_way_language_and_hour_are_set_for_one_person,
    ntf_10_stopped_and_started_with_a_reason,
    why_nothing_came_is_told_in_words,
    ntf_08_a_centre_has_its_own_policy,
    a_wish_stands_on_the_board_until_it_is_settled,
    follow_up_sees_neither_period_nor_the_centres_words,
);

async fn ntf_10_way_language_and_hour_are_set_for_one_person(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let person = somebody(&world, "設定 花子", Some("09011110001")).await;
    let page = format!("/staff/cases/{}/reminders", person.case_id);
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    nurse.get(&format!("/staff/cases/{}/observation", person.case_id)).await.expect(200).shows(&page);
    nurse.get(&format!("/staff/cases/{}/contact", person.case_id)).await.expect(200).shows(&page);
    nurse
        .get(&page)
        .await
        .expect(200)
        .shows("Tiếng Việt")
        .shows("決めない（保健所の時刻：8時）")
        .shows("自動音声の電話");
    for (field, value, sentence) in [
        ("hour", "20", "19時の間"),
        ("hour", "x", "19時の間"),
        ("language", "xx", "言語を一覧"),
        ("channel", "fax", "方法を選"),
    ] {
        nurse.post_form(&page, &[(field, value)]).await.expect(422).shows(sentence);
    }
    nurse.post_form(&page, &[("channel", "sms"), ("language", "vi"), ("hour", "10")]).await.expect(303);
    until(&app.clock, 8, 0);
    assert_eq!(morning(&app).await, 0);
    until(&app.clock, 10, 0);
    assert_eq!(morning(&app).await, 1);
    assert!(provider.taken()[0].body().starts_with("Vui lòng"));
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    nurse.get(&page).await.expect(200).shows("10:00に送りました").shows("12:00に送る予定です");
    let audited: i64 = sql("select count(*) from audit where action like 'reminders.%' and case_id = $1")
        .bind(person.case_id)
        .scalar(&app.db)
        .await
        .unwrap();
    assert_eq!(audited, 3, "two views, one change");
    // Nobody else's people; institutions look at reports and stop nothing.
    let mut stranger = world.visitor().as_staff(&world, &world.fixtures.other_center).await;
    stranger.get(&page).await.expect(404);
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    clinic.post_form(&format!("{page}/stop"), &[("reason", "x")]).await.expect(403);
}

async fn ntf_10_stopped_and_started_with_a_reason(world: World) {
    let provider = Provider::start().await;
    provider.goes_down(true);
    let app = process(&world, &provider).await;
    let person = somebody(&world, "停止 花子", Some("09011110001")).await;
    let page = format!("/staff/cases/{}/reminders", person.case_id);
    until(&app.clock, 8, 0);
    morning(&app).await;
    assert_eq!(messages(&world, "waiting").await, 1);
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    nurse.get(&page).await.expect(200).shows("なぜ届かないか").shows("受け付けないため");
    nurse.post_form(&format!("{page}/stop"), &[("reason", " ")]).await.expect(422).shows("理由を入力してください");
    nurse.post_form(&format!("{page}/stop"), &[("reason", "入院したため")]).await.expect(303);
    assert_eq!(messages(&world, "cancelled").await, 1);
    nurse
        .get(&page)
        .await
        .expect(200)
        .shows("入力のお願いは止まっています")
        .shows("入院したため")
        .shows("職員が止めました");
    provider.goes_down(false);
    app.clock.advance(time::Duration::minutes(5));
    assert_eq!(send::all(&app).await.unwrap(), 0);
    nurse.post_form(&format!("{page}/restart"), &[("reason", "")]).await.expect(422);
    nurse.post_form(&format!("{page}/restart"), &[("reason", "退院した")]).await.expect(303);
    nurse.get(&page).await.expect(200).hides("止まっています");
    until(&app.clock, 11, 0);
    assert_eq!(morning(&app).await, 1, "the second one of the day");
}

/// OBS-14
async fn why_nothing_came_is_told_in_words(world: World) {
    let provider = Provider::start().await;
    provider.knows_not("09011110003");
    let app = process(&world, &provider).await;
    let nowhere = somebody(&world, "連絡 無子", Some("0311112222")).await;
    let off = somebody(&world, "通知 無子", Some("09011110002")).await;
    identity(&world, &off, json!({ "name": "通知 無子", "phone": "09011110002", "notices": false })).await;
    let wrong = somebody(&world, "番号 違子", Some("09011110003")).await;
    let ended = somebody(&world, "終了 済子", Some("09011110004")).await;
    ends(&world, &ended, date!(2022 - 08 - 01)).await;
    let fine = somebody(&world, "報告 済子", Some("09011110005")).await;
    settle(&world).await;
    until(&app.clock, 8, 0);
    morning(&app).await;
    settle(&world).await;
    reports(&world, &fine).await;
    until(&app.clock, 12, 1);
    settle(&world).await;
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let expected = [
        (&nowhere, "携帯電話番号・メールアドレスがなく"),
        (&nowhere, "My HER-SYSにまだ登録していません"),
        (&off, "通知設定が「しない」"),
        (&wrong, "番号・アドレスが違います"),
        (&ended, "健康観察の期間外"),
    ];
    for (case, sentence) in expected {
        nurse
            .get(&format!("/staff/cases/{}/reminders", case.case_id))
            .await
            .expect(200)
            .shows("なぜ届かないか")
            .shows(sentence);
    }
    nurse.get(&format!("/staff/cases/{}/reminders", fine.case_id)).await.expect(200).hides("なぜ届かないか");
    nurse
        .get("/staff/board?queue=silent")
        .await
        .expect(200)
        .shows("SMSを送れる番号もありません")
        .shows("番号を確かめてください")
        .shows("入力のお願いを止めています");
}

async fn ntf_08_a_centre_has_its_own_policy(world: World) {
    let provider = Provider::start().await;
    let app = process(&world, &provider).await;
    let center = world.fixtures.center.organization_id;
    let person = somebody(&world, "方針 花子", Some("09011110001")).await;
    settle(&world).await;
    let mut issuer = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let edit = format!("/staff/admin/organizations/{center}/edit");
    let form = issuer.get(&edit).await.expect(200).shows("1通ごとに料金がかかります");
    let seen = form.field("seen").unwrap();
    let own = [("seen", seen.as_str()), ("phone", "0312345678"), ("address", ""), ("mail", "")];
    let with = |more: &[(&'static str, &'static str)]| [&own[..], more].concat();
    let wrong = with(&[
        ("sends_reminders", "on"),
        ("reminder_hour", "9"),
        ("reminder_second_hour", "9"),
        ("reminder_mail", "on"),
    ]);
    issuer.post_form(&edit, &wrong).await.expect(422).shows("1回目より後の時刻");
    let nothing = with(&[("sends_reminders", "on"), ("reminder_hour", "9"), ("reminder_second_hour", "0")]);
    issuer.post_form(&edit, &nothing).await.expect(422).shows("1つ以上選んでください");
    let later = with(&[
        ("sends_reminders", "on"),
        ("reminder_hour", "9"),
        ("reminder_second_hour", "0"),
        ("reminder_sms", "on"),
    ]);
    issuer.post_form(&edit, &later).await.expect(303);
    issuer.get(&format!("/staff/admin/organizations/{center}")).await.expect(200).shows("9時、1日1回（SMS）");
    until(&app.clock, 8, 0);
    assert_eq!(morning(&app).await, 0);
    until(&app.clock, 9, 0);
    assert_eq!(morning(&app).await, 1);
    until(&app.clock, 15, 0);
    assert_eq!(morning(&app).await, 0, "once a day");
    // Off for all, at once, also for whoever is planned.
    until(&app.clock, 7, 0);
    morning(&app).await;
    sql("update organization set sends_reminders = false where organization_id = $1")
        .bind(center)
        .run(&app.db)
        .await
        .unwrap();
    until(&app.clock, 9, 0);
    assert_eq!(morning(&app).await, 0);
    assert_eq!(state(&world, &person, date!(2022 - 08 - 03), 1).await.unwrap().1, "policy");
    // On again: those who stand on the board are planned anew.
    until(&app.clock, 7, 0);
    morning(&app).await;
    sql("update organization set sends_reminders = true where organization_id = $1")
        .bind(center)
        .run(&app.db)
        .await
        .unwrap();
    settle(&world).await;
    until(&app.clock, 9, 0);
    assert_eq!(morning(&app).await, 1);
}

async fn wish(world: &World, case_id: Uuid, wish: &str) -> Uuid {
    let request_id = Uuid::now_v7();
    sql("insert into patient_request (case_id, request_id, wish, asked_at, asked_by) values ($1, $2, $3, $4, $1)")
        .bind(case_id)
        .bind(request_id)
        .bind(wish)
        .bind(world.now())
        .run(&world.app.db)
        .await
        .unwrap();
    settle(world).await;
    request_id
}

async fn a_wish_stands_on_the_board_until_it_is_settled(world: World) {
    let provider = Provider::start().await;
    let calling = process_with(&world, &provider, |settings| settings.voice_url = Some(provider.url())).await;
    let person = somebody(&world, "希望 花子", Some("09011110001")).await;
    let other = somebody(&world, "他人 太郎", Some("09011110002")).await;
    reports(&world, &person).await;
    reports(&world, &other).await;
    let request = wish(&world, person.case_id, "stop").await;
    let page = format!("/staff/cases/{}/reminders", person.case_id);
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    nurse
        .get("/staff/board?queue=wish")
        .await
        .expect(200)
        .shows("希望 花子")
        .shows("入力のお願いを止めてほしい")
        .hides("他人 太郎");
    nurse.get("/staff/board?wish=yes").await.expect(200).shows("希望 花子").hides("他人 太郎");
    nurse.get(&page).await.expect(200).shows("希望どおりにする").shows("未対応");
    let settle_it = |id: Uuid| format!("{page}/wishes/{id}");
    nurse
        .post_form(&settle_it(request), &[("answer", "declined"), ("reason", "")])
        .await
        .expect(422)
        .shows("見送る理由");
    nurse.post_form(&settle_it(request), &[("answer", "done")]).await.expect(303);
    nurse
        .get(&page)
        .await
        .expect(200)
        .shows("止まっています")
        .shows("ご本人の希望で止めました")
        .shows("希望どおりにしました");
    nurse.get("/staff/board?wish=yes").await.expect(200).hides("希望 花子");
    nurse.post_form(&settle_it(request), &[("answer", "done")]).await.expect(303);
    // OBS-12: nobody is promised a call that no one would make.
    let request = wish(&world, person.case_id, "call").await;
    let done = [("answer", "done")];
    nurse.post_form(&settle_it(request), &done).await.expect(422).shows("このシステムにありません").shows("未対応");
    let mut nurse = nurse.at(&calling);
    let allow = async |ways: &str| {
        sql("update organization set reminder_channels = $2 where organization_id = $1")
            .bind(world.fixtures.center.organization_id)
            .bind(ways)
            .run(&world.app.db)
            .await
            .unwrap();
    };
    allow("push,mail,sms").await;
    nurse.post_form(&settle_it(request), &done).await.expect(422).shows("方針で使わない").shows("未対応");
    allow("push,mail,sms,call").await;
    identity(&world, &person, json!({ "name": "希望 花子", "birth_on": "1980-01-02" })).await;
    nurse.post_form(&settle_it(request), &done).await.expect(422).shows("電話番号が登録されていません");
    let set: String = sql("select channel from contact_preference where case_id = $1")
        .bind(person.case_id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert_eq!(set, "", "nothing was changed");
    identity(&world, &person, json!({ "name": "希望 花子", "birth_on": "1980-01-02", "phone": "09011110001" })).await;
    nurse.post_form(&settle_it(request), &done).await.expect(303);
    nurse
        .get("/staff/board?flag=yes")
        .await
        .expect(200)
        .shows("希望 花子")
        .shows("電話で確認する方")
        .hides("他人 太郎");
    let set: (String, Option<i64>) = sql("select channel, stopped_at from contact_preference where case_id = $1")
        .bind(person.case_id)
        .one(&world.app.db)
        .await
        .unwrap();
    assert_eq!(set, ("call".to_owned(), None));
    let request = wish(&world, person.case_id, "stop").await;
    nurse.post_form(&settle_it(request), &[("answer", "declined"), ("reason", "電話で説明した")]).await.expect(303);
    nurse.get(&page).await.expect(200).shows("電話で説明した").hides("止まっています");
    let audited: i64 =
        sql("select count(*) from audit where action = 'reminders.wish'").scalar(&world.app.db).await.unwrap();
    assert_eq!(audited, 3);
}

/// FUP-03, OBS-09
async fn follow_up_sees_neither_period_nor_the_centres_words(world: World) {
    let person = somebody(&world, "紐づけ 花子", Some("09011110001")).await;
    grant_follow_up(&world, &world.fixtures.follow_up).await;
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    link(&mut nurse, &person, &world.fixtures.follow_up).await.expect(303);
    let page = format!("/staff/cases/{}/reminders", person.case_id);
    nurse.post_form(&format!("{page}/stop"), &[("reason", "内輪の話")]).await.expect(303);
    let mut follower = world.visitor().as_staff(&world, &world.fixtures.follow_up).await;
    // OBS-12, OBS-13, CALL-08: it sees how they are asked, and changes nothing.
    let seen = follower.get(&page).await.expect(200);
    seen.shows("止まっています")
        .shows("担当保健所に連絡してください")
        .hides("内輪の話")
        .hides("<form class=\"record-form\"");
    for (action, fields) in [
        ("", [("channel", "sms"), ("language", "")]),
        ("/stop", [("reason", "ご本人と話した"), ("", "")]),
        ("/restart", [("reason", "ご本人と話した"), ("", "")]),
        (&format!("/wishes/{}", Uuid::now_v7()), [("answer", "done"), ("", "")]),
    ] {
        follower.post_form(&format!("{page}{action}"), &fields).await.expect(403);
    }
    nurse.post_form(&format!("{page}/restart"), &[("reason", "ご本人と話した")]).await.expect(303);
    ends(&world, &person, date!(2022 - 07 - 31)).await;
    follower.get(&page).await.expect(200).hides("期間外").shows("送る対象ではなかった");
}
