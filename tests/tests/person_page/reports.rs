//! Reports that staff and institutions enter for a person.

use hersys::db::sql;
use hersys_tests::sharing::{grant_follow_up, link};
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::Duration;

use crate::support::{Person, desk, form, newest_report, part, send, settle, tell};

on_both_databases!(
    what_was_told_by_telephone_is_a_report_with_its_source,
    it_is_kept_once_however_often_it_is_sent,
    what_is_wrong_is_said_and_what_was_typed_stays,
    it_tells_of_the_past_within_the_observation_only,
    who_only_reads_enters_nothing,
    yesterday_s_report_that_is_entered_today_is_not_the_newest,
    it_stands_on_the_board_at_once,
    what_was_told_before_and_typed_in_after_is_not_the_newest,
);

/// OBS-06, OBS-12: day, hour, means, who entered it; digits as in My HER-SYS.
async fn what_was_told_by_telephone_is_a_report_with_its_source(world: World) {
    let offices = &world.fixtures;
    let person = Person::taro(&world).await;
    let mut center = desk(&world, &offices.center).await;
    let changes =
        [("temperature", "387"), ("spo2", "９４"), ("sign", "chest_pain"), ("note", "だるい"), ("day", "きのう")];
    tell(&mut center, &person, &changes).await.expect(422).shows("日付を読み取れません").shows("387");
    let changes = [
        ("temperature", "387"),
        ("spo2", "９４"),
        ("sign", "chest_pain"),
        ("note", "だるい"),
        ("day", "2022年7月31日"),
    ];
    let done = tell(&mut center, &person, &changes).await.expect(303);
    let page = center.get(done.location()).await.expect(200).shows("報告を登録しました");
    let page = page.shows("職員（電話）").shows("2022-08-01 09:00入力").shows("8:30").shows("胸の痛み").shows("だるい");
    assert!(part(&page.body, "class=\"chart-plot\"", "</svg>").contains("38.7"));
    let row: (String, String, i64, String) =
        sql("select source, means, told_at, note from observation").one(&world.app.db).await.unwrap();
    let told_at = hersys::clock::Timestamp(row.2).minute_text();
    assert_eq!((row.0.as_str(), row.1.as_str(), told_at.as_str()), ("staff", "phone", "2022-07-31 08:30"));
    // An institution by right (紐づけ).
    grant_follow_up(&world, &offices.other_clinic).await;
    link(&mut center, &person.case, &offices.other_clinic).await.expect(303);
    let mut hospital = desk(&world, &offices.other_clinic).await;
    tell(&mut hospital, &person, &[("means", "consultation")]).await.expect(303);
    hospital
        .get(&person.page())
        .await
        .expect(200)
        .shows("医療機関（診察・面談）")
        .shows("職員（電話）")
        .hides(offices.center.name);
    let audited: i64 =
        sql("select count(*) from audit where action = 'observation.report'").scalar(&world.app.db).await.unwrap();
    assert_eq!(audited, 2);
    let detail: serde_json::Value =
        sql("select detail from audit where action = 'observation.report' order by at limit 1")
            .scalar(&world.app.db)
            .await
            .unwrap();
    let said: Vec<&String> = detail.as_object().unwrap().keys().collect();
    assert_eq!(said, ["day", "means", "report_id"], "nothing of what it says");
}

async fn it_is_kept_once_however_often_it_is_sent(world: World) {
    let person = Person::taro(&world).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    let path = format!("{}/reports", person.page());
    let mut fields = form(&mut center, &person, &[]).await;
    for _ in 0..3 {
        send(&mut center, &path, &fields).await.expect(303);
        world.pass(Duration::minutes(1));
    }
    for (name, value) in &mut fields {
        if name == "temperature" {
            *value = "39.1".into();
        }
    }
    let again = send(&mut center, &path, &fields).await.expect(422).shows("すでに登録されています").shows("39.1");
    let fresh = again.field("report_id").unwrap();
    assert!(fields.iter().all(|(_, value)| *value != fresh), "it may be another report");
    let kept: i64 = sql("select count(*) from observation").scalar(&world.app.db).await.unwrap();
    assert_eq!(kept, 1);
}

/// MY-18: the same validation as the person's own report.
async fn what_is_wrong_is_said_and_what_was_typed_stays(world: World) {
    let person = Person::taro(&world).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    let wrong = [("temperature", "3650"), ("spo2", "12"), ("time", "25時"), ("means", "")];
    let page = tell(&mut center, &person, &wrong).await.expect(422).shows("3650").shows("25時");
    page.shows("34.0～43.0℃").shows("50～100").shows("0:00～23:59").shows("連絡の方法を選んでください");
    let open = [("symptom_cough", "yes"), ("all_no", "on")];
    tell(&mut center, &person, &open).await.expect(422).shows("両方が選ばれています");
    let rare = tell(&mut center, &person, &[("temperature", "34.2")]).await.expect(422);
    rare.shows("34.2℃ でまちがいありませんか").shows("上の値でまちがいありません");
    tell(&mut center, &person, &[("temperature", "34.2"), ("sure", "on")]).await.expect(303);
    tell(&mut center, &person, &[("sign", "no_such_sign")]).await.expect(422);
    center.post_form(&format!("{}/reports", person.page()), &[]).await.expect(422).shows("「咳」の有無");
    // Without すべて無 each is answered by itself.
    let answers: Vec<(String, String)> = form(&mut center, &person, &[("all_no", "")])
        .await
        .into_iter()
        .filter(|(name, _)| name != "all_no")
        .chain(
            [
                "cough",
                "runny_nose",
                "fatigue",
                "breathlessness",
                "nausea",
                "diarrhea",
                "consciousness",
                "no_appetite",
                "no_urine",
            ]
            .map(|key| (format!("symptom_{key}"), if key == "cough" { "yes" } else { "unknown" }.to_owned())),
        )
        .collect();
    send(&mut center, &format!("{}/reports", person.page()), &answers).await.expect(303);
    center.get(&person.page()).await.expect(200).shows("咳");
}

async fn it_tells_of_the_past_within_the_observation_only(world: World) {
    let person = Person::taro(&world).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    tell(&mut center, &person, &[("day", "2022-08-02")]).await.expect(422).shows("今日より後");
    tell(&mut center, &person, &[("day", "2022-07-29")]).await.expect(422).shows("健康観察の期間ではありません");
    tell(&mut center, &person, &[("time", "9:01")]).await.expect(422).shows("まだ来ていない時刻");
    tell(&mut center, &person, &[("time", "9:00")]).await.expect(303);
    tell(&mut center, &person, &[("day", "2022-07-30"), ("time", "23:59")]).await.expect(303);
    // Day after the last.
    sql("update cases set observed_until = $1")
        .bind(time::macros::date!(2022 - 07 - 31))
        .run(&world.app.db)
        .await
        .unwrap();
    tell(&mut center, &person, &[]).await.expect(422);
}

/// C-05, OBS-10: institutions only look.
async fn who_only_reads_enters_nothing(world: World) {
    let offices = &world.fixtures;
    let person = Person::taro(&world).await;
    for office in [&offices.clinic, &offices.head_office] {
        let mut visitor = desk(&world, office).await;
        visitor.get(&format!("{}/reports/new", person.page())).await.expect(403);
        visitor.post_form(&format!("{}/reports", person.page()), &[]).await.expect(403);
        visitor.get(&person.page()).await.expect(200).hides("報告を代わりに入力");
    }
    let mut stranger = desk(&world, &offices.far_center).await;
    stranger.post_form(&format!("{}/reports", person.page()), &[]).await.expect(404);
}

async fn yesterday_s_report_that_is_entered_today_is_not_the_newest(world: World) {
    let mut person = Person::taro(&world).await;
    person.reports(&world, json!({ "spo2": 98, "temperature": 366 })).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    let yesterday =
        [("day", "2022-07-31"), ("time", "20:00"), ("temperature", "38.8"), ("symptom_cough", "yes"), ("all_no", "")];
    let fields: Vec<(String, String)> = form(&mut center, &person, &yesterday)
        .await
        .into_iter()
        .filter(|(name, _)| name != "all_no")
        .chain(
            [
                "runny_nose",
                "fatigue",
                "breathlessness",
                "nausea",
                "diarrhea",
                "consciousness",
                "no_appetite",
                "no_urine",
            ]
            .map(|key| (format!("symptom_{key}"), "no".to_owned())),
        )
        .collect();
    send(&mut center, &format!("{}/reports", person.page()), &fields).await.expect(303);
    // Whoever reported today is not silent, and today's values are today's.
    center.get("/staff/board").await.expect(200).shows("36.6℃");
    center.get(&person.page()).await.expect(200).shows("症状なし");
    let strip = center.get(&person.page()).await.expect(200);
    assert!(part(&strip.body, "person-strip", "</section>").contains("症状なし"), "OBS-15: today's");
}

/// OBS-05: of one day the moment counts of which a report tells, not when it was typed in.
async fn what_was_told_before_and_typed_in_after_is_not_the_newest(world: World) {
    let mut person = Person::taro(&world).await;
    person.reports(&world, json!({ "spo2": 94, "temperature": 366 })).await;
    world.pass(Duration::hours(2));
    let mut center = desk(&world, &world.fixtures.center).await;
    // At 8:30, on paper, typed in at eleven.
    tell(&mut center, &person, &[("spo2", "99"), ("temperature", "36.4")]).await.expect(303);
    let board = center.get("/staff/board?queue=worse").await.expect(200);
    board.shows("山田 太郎").shows("SpO2 99 → 94（24時間以内）").shows("36.6℃").hides("36.4℃");
}

/// OBS-14
async fn it_stands_on_the_board_at_once(world: World) {
    let person = Person::taro(&world).await;
    settle(&world).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    tell(&mut center, &person, &[("spo2", "91")]).await.expect(303);
    center.get("/staff/board?queue=emergency").await.expect(200).shows("SpO2 91％（93％以下）").shows("山田 太郎");
    let report_id = newest_report(&world).await;
    assert!(!report_id.is_nil());
}
