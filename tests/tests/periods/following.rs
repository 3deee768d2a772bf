//! The period follows what is known, and says so; whom it would let go it leaves to people.

use hersys::db::sql;
use hersys_shared::notification::{Content, Edition};
use hersys_tests::fixtures::{Somebody, report};
use hersys_tests::notifications::{change, file, usual};
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::macros::date;
use uuid::Uuid;

use crate::support::*;

on_both_databases!(
    a_notification_begins_it_and_its_edits_move_it,
    falling_ill_restarts_the_count,
    an_end_that_was_typed_at_registration_stays,
    a_notification_that_comes_late_lets_nobody_go,
    a_contact_who_is_notified_is_a_patient,
    the_newest_of_seven_items_gives_a_day_to_look_at,
    reports_suggest_relief_and_set_nothing,
    nothing_is_written_where_nothing_changed,
);

fn with(world: &World, items: &[(&str, &str)]) -> Content {
    let mut content = usual(Edition::Full, &world.fixtures.center);
    for (key, value) in items {
        content.values.set(key, *value);
    }
    content
}

/// OBS-09, REF-02: later prolongs by itself, earlier is proposed; each with its line in the history.
async fn a_notification_begins_it_and_its_edits_move_it(world: World) {
    let (center, clinic) = (&world.fixtures.center, &world.fixtures.clinic);
    let case = taro(&world).await;
    assert_eq!(until(&world, case.case_id).await, None);
    let notification = file(&world.app, case.case_id, clinic, &usual(Edition::Full, center)).await;
    settle(&world).await;
    assert_eq!(days(&world, case.case_id).await, (Some(date!(2022 - 07 - 30)), Some(date!(2022 - 08 - 09))));
    let mut nurse = nurse(&world).await;
    nurse
        .get(&page(case.case_id))
        .await
        .expect(200)
        .shows("2022年07月30日 ～ 2022年08月09日")
        .shows("発症日 2022-07-30 を0日目として10日間：2022-08-09 まで")
        .shows("症状軽快の日が記録されていないため")
        .shows("計算に従う期間です");
    change(&world.app, case.case_id, notification, clinic, &with(&world, &[("onset_on", "2022-08-01")])).await;
    settle(&world).await;
    // Not later than the day of entry, on which the person was observed already.
    assert_eq!(days(&world, case.case_id).await, (Some(date!(2022 - 08 - 01)), Some(date!(2022 - 08 - 11))));
    change(&world.app, case.case_id, notification, clinic, &with(&world, &[("onset_on", "2022-07-28")])).await;
    settle(&world).await;
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 11)));
    nurse.get("/staff/board?queue=ending").await.expect(200).shows("山田 太郎").shows("計算では8/7まで");
    nurse.get(&page(case.case_id)).await.expect(200).shows("計算では8/7まで").shows("4日早い").shows("計算による変更");
    let lines: Vec<(String, Option<time::Date>)> =
        sql("select kind, observed_until from observation_period_change order by changed_at, change_id")
            .all(&world.app.db)
            .await
            .unwrap();
    let computed = |day| ("computed".to_owned(), Some(day));
    assert_eq!(lines, [computed(date!(2022 - 08 - 09)), computed(date!(2022 - 08 - 11))]);
    // The list of the centre follows the same day (LST-06).
    let ends: time::Date = sql("select ends_on from case_index where case_id = $1 and organization_id = $2")
        .bind(case.case_id)
        .bind(center.organization_id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert_eq!(ends, date!(2022 - 08 - 11));
}

/// OBS-09: whoever had no symptoms and falls ill counts from the onset.
async fn falling_ill_restarts_the_count(world: World) {
    let case = taro(&world).await;
    let mut content = with(&world, &[("diagnosis_type", "asymptomatic"), ("onset_on", "")]);
    content.values.set("symptom_fever", "");
    content.values.set("symptom_cough", "");
    file(&world.app, case.case_id, &world.fixtures.clinic, &content).await;
    settle(&world).await;
    // Seven days from 2022-07-31.
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 07)));
    go_to(&world, date!(2022 - 08 - 03), 9);
    let mut nurse = nurse(&world).await;
    let ill = [("has_symptoms", "yes"), ("onset_on", "8月3日"), ("positive_collected_on", "2022-07-31")];
    write_facts(&mut nurse, case.case_id, &ill).await.expect(422).shows("日付を読み取れません").shows("8月3日");
    let ill = [("has_symptoms", "yes"), ("onset_on", "令和4年8月4日"), ("positive_collected_on", "2022-07-31")];
    write_facts(&mut nurse, case.case_id, &ill).await.expect(422).shows("発症日が今日より後になっています");
    let ill = [("has_symptoms", "yes"), ("onset_on", "令和4年8月3日"), ("positive_collected_on", "2022-07-31")];
    write_facts(&mut nurse, case.case_id, &ill).await.expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 13)));
    nurse
        .get(&page(case.case_id))
        .await
        .expect(200)
        .shows("検体採取日 2022-07-31 の後に発症したため、発症日から数え直します。");
    // REF-06: the notification says still what the doctor said, and what is written elsewhere is told beside it.
    let tab = nurse.get(&format!("/staff/cases/{}/notifications", case.case_id)).await.expect(200);
    assert!(tab.body.contains("無症状病原体保有者"));
}

/// OBS-09: what a centre typed counts until it says otherwise.
async fn an_end_that_was_typed_at_registration_stays(world: World) {
    let somebody = Somebody::patient("山田 太郎", "ヤマダ タロウ");
    let case = enter(&world, somebody.observed(date!(2022 - 08 - 01), Some(date!(2022 - 08 - 05)))).await;
    file(&world.app, case.case_id, &world.fixtures.clinic, &usual(Edition::Full, &world.fixtures.center)).await;
    settle(&world).await;
    assert_eq!(days(&world, case.case_id).await, (Some(date!(2022 - 08 - 01)), Some(date!(2022 - 08 - 05))));
    let mut nurse = nurse(&world).await;
    nurse.get("/staff/board?queue=ending").await.expect(200).shows("計算では8/9まで");
    nurse.get(&page(case.case_id)).await.expect(200).shows("保健所が決めた期間です").shows("4日遅い");
    press(&mut nurse, case.case_id, "/proposal", &[("answer", "decline")]).await.expect(303);
    nurse.get("/staff/board?queue=ending").await.expect(200).hides("山田 太郎");
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 05)));
}

/// A computed end that has passed ends nothing by itself, and opens nothing that has ended.
async fn a_notification_that_comes_late_lets_nobody_go(world: World) {
    let clinic = &world.fixtures.clinic;
    let case = taro(&world).await;
    file(&world.app, case.case_id, clinic, &with(&world, &[("onset_on", "2022-07-10")])).await;
    settle(&world).await;
    assert_eq!(days(&world, case.case_id).await, (Some(date!(2022 - 08 - 01)), None));
    let mut nurse = nurse(&world).await;
    nurse.get(&page(case.case_id)).await.expect(200).shows("計算では7/20まで").shows("この日はもう過ぎています");
    // Accepting it lets somebody go: asked once more.
    press(&mut nurse, case.case_id, "/proposal", &[("answer", "accept")])
        .await
        .expect(200)
        .shows("このあと、連絡・電話は届きません");
    assert_eq!(until(&world, case.case_id).await, None);
    press(&mut nurse, case.case_id, "/proposal", &[("answer", "accept"), ("confirmed", "yes")]).await.expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 07 - 20)));
    nurse.get("/staff/board").await.expect(200).hides("山田 太郎");
    // What is written of them now opens nothing, but is proposed.
    write_facts(&mut nurse, case.case_id, &[("onset_on", "2022-07-31")]).await.expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 07 - 20)));
    nurse.get("/staff/board?queue=ending").await.expect(200).shows("山田 太郎").shows("計算では8/10まで");
}

async fn a_contact_who_is_notified_is_a_patient(world: World) {
    let case = enter(&world, Somebody::contact("佐藤 次郎", "サトウ ジロウ")).await;
    let mut nurse = nurse(&world).await;
    write_facts(&mut nurse, case.case_id, &[("last_contact_on", "2022-07-31")]).await.expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 05)));
    file(&world.app, case.case_id, &world.fixtures.clinic, &usual(Edition::Full, &world.fixtures.center)).await;
    settle(&world).await;
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 09)));
}

/// Public facts §2.4: neither diagnosis nor onset nor specimen is asked for; the day of the report stands in.
async fn the_newest_of_seven_items_gives_a_day_to_look_at(world: World) {
    let case = taro(&world).await;
    file(&world.app, case.case_id, &world.fixtures.clinic, &usual(Edition::Seven, &world.fixtures.center)).await;
    settle(&world).await;
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 11)));
    let mut nurse = nurse(&world).await;
    nurse
        .get(&page(case.case_id))
        .await
        .expect(200)
        .shows("発症日が記録されていないため、報告日 2022-08-01 を使いました。");
}

/// 症状軽快 is told in words, from the first day without fever and cough; people write it.
async fn reports_suggest_relief_and_set_nothing(world: World) {
    let case = taro(&world).await;
    let mut nurse = nurse(&world).await;
    write_facts(&mut nurse, case.case_id, &[("onset_on", "2022-07-31")]).await.expect(303);
    let mut phone = world.visitor().as_patient(&world, "taro@example.jp").await;
    let id = phone.link("山田 太郎", "1980-01-02", case.hersys_id.as_str()).await;
    for temperature in [385, 374, 368] {
        let mut telling = report(&id);
        telling["temperature"] = json!(temperature);
        phone.post_json("/api/patient/reports", &json!({ "reports": [telling] })).await.expect(200);
        world.pass(time::Duration::days(1));
    }
    let mut nurse = crate::support::nurse(&world).await;
    nurse.get(&page(case.case_id)).await.expect(200).shows("8/2～8/3（2日分）は37.5℃未満で、咳・息苦しさがありません");
    let stored: Option<String> = sql("select relieved from (select cast(body as text) as relieved from document where case_id = $1 and tab = 'episode') as d where relieved like '%relieved_on%'")
        .bind(case.case_id)
        .optional_scalar(&world.app.db)
        .await
        .unwrap();
    assert_eq!(stored, None);
    write_facts(&mut nurse, case.case_id, &[("onset_on", "2022-07-31"), ("relieved_on", "2022-08-02")])
        .await
        .expect(303);
    nurse.get(&page(case.case_id)).await.expect(200).hides("37.5℃未満で").hides("要確認");
}

/// Whatever waits twice is computed once.
async fn nothing_is_written_where_nothing_changed(world: World) {
    let case = taro(&world).await;
    file(&world.app, case.case_id, &world.fixtures.clinic, &usual(Edition::Full, &world.fixtures.center)).await;
    settle(&world).await;
    let version = || async {
        sql("select version from observation_period where case_id = $1")
            .bind(case.case_id)
            .scalar::<i64>(&world.app.db)
            .await
            .unwrap()
    };
    let before = version().await;
    let mut tx = world.app.db.begin().await.unwrap();
    hersys::monitoring::observation_period::ask_for(&mut tx, &[case.case_id, case.case_id, Uuid::from_u128(7)])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    settle(&world).await;
    assert_eq!(version().await, before);
    let waiting: i64 = sql("select count(*) from period_pending").scalar(&world.app.db).await.unwrap();
    assert_eq!(waiting, 0);
}
