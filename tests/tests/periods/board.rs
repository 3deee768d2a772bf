//! Review for release: nobody who needs a look vanishes with the last day, and several are decided about at once.

use hersys::cases::CreatedCase;
use hersys_shared::notification::Edition;
use hersys_tests::fixtures::{Somebody, report};
use hersys_tests::notifications::{file, usual};
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::json;
use time::Duration;
use time::macros::date;

use crate::support::*;

on_both_databases!(
    whoever_needs_a_look_stays_after_the_last_day,
    whoever_needs_none_is_let_go_by_the_day,
    several_are_settled_and_prolonged_after_a_look,
    whoever_was_changed_meanwhile_is_left,
    tests_that_are_there_are_proposed,
    whoever_is_settled_reports_no_more,
    an_emergency_that_nobody_saw_outlives_the_last_day,
    whoever_was_silent_to_the_end_waits_for_a_decision,
    whoever_has_no_end_is_looked_at_after_some_days,
    both_proposals_are_declined_together_for_several,
    a_risk_factor_that_was_notified_is_on_the_board,
    what_cannot_be_read_of_one_stops_nobody_else,
);

/// Somebody notified, with a telephone that reports.
async fn notified(world: &World) -> (CreatedCase, Visitor, String) {
    let case = taro(world).await;
    file(&world.app, case.case_id, &world.fixtures.clinic, &usual(Edition::Full, &world.fixtures.center)).await;
    settle(world).await;
    let mut phone = world.visitor().as_patient(world, &format!("{}@example.jp", case.hersys_id.as_str())).await;
    let id = phone.link("山田 太郎", "1980-01-02", case.hersys_id.as_str()).await;
    (case, phone, id)
}

async fn reports(world: &World, phone: &mut Visitor, case: &CreatedCase, id: &str) -> bool {
    let mail = format!("{}@example.jp", case.hersys_id.as_str());
    let signed_in = phone.post_json("/api/patient/session", &json!({ "mail": mail, "password": "Patient-1" })).await;
    assert!(signed_in.status.is_success(), "{}", signed_in.body);
    let outcome = phone.post_json("/api/patient/reports", &json!({ "reports": [report(id)] })).await.expect(200);
    settle(world).await;
    outcome.body.contains("received_at")
}

fn item(case: &CreatedCase) -> String {
    format!("{}:0", case.case_id)
}

/// OBS-09, OBS-14: 23:59:59, midnight, a fortnight.
async fn whoever_needs_a_look_stays_after_the_last_day(world: World) {
    let (case, mut phone, id) = notified(&world).await;
    go_to(&world, date!(2022 - 08 - 09), 9);
    assert!(reports(&world, &mut phone, &case, &id).await);
    world.pass(Duration::hours(14) + Duration::minutes(59) + Duration::seconds(59));
    let mut nurse = nurse(&world).await;
    nurse
        .get("/staff/board?queue=ending")
        .await
        .expect(200)
        .shows("山田 太郎")
        .shows("健康観察は本日まで")
        .shows("症状軽快の日が記録されていないため");
    world.pass(Duration::seconds(1));
    // Nothing has been judged anew: the clock alone moves them.
    let told = nurse.get("/staff/board?queue=ending").await.expect(200);
    told.shows("山田 太郎").shows("健康観察は8/9で終わりました").shows("期間を見る");
    nurse.get("/staff/board?queue=silent").await.expect(200).hides("山田 太郎");
    settle(&world).await;
    nurse.get("/staff/board?queue=ending").await.expect(200).shows("山田 太郎");
    // Whoever may still be ill is heard until somebody has decided.
    assert!(reports(&world, &mut phone, &case, &id).await);
    let household = phone.get("/api/patient/household").await.expect(200).json();
    assert_eq!(household["people"][0]["under_observation"], true, "{household}");
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 09)));
    go_to(&world, date!(2022 - 08 - 23), 12);
    assert!(reports(&world, &mut phone, &case, &id).await);
    let mut nurse = crate::support::nurse(&world).await;
    nurse.get("/staff/board?queue=ending").await.expect(200).shows("山田 太郎");
    world.pass(Duration::hours(12));
    let mut nurse = crate::support::nurse(&world).await;
    nurse.get("/staff/board").await.expect(200).hides("山田 太郎");
    assert!(!reports(&world, &mut phone, &case, &id).await);
}

async fn whoever_is_settled_reports_no_more(world: World) {
    let (case, mut phone, id) = notified(&world).await;
    go_to(&world, date!(2022 - 08 - 10), 9);
    settle(&world).await;
    let mut nurse = nurse(&world).await;
    assert!(reports(&world, &mut phone, &case, &id).await);
    decide(&mut nurse, "settle", &case).await;
    assert!(!reports(&world, &mut phone, &case, &id).await);
}

/// Presses a button of the board for one person and confirms.
async fn decide(nurse: &mut Visitor, step: &str, case: &CreatedCase) {
    let item = item(case);
    let preview = nurse.post_form("/staff/board/periods/preview", &[("period", step), ("item", &item)]).await;
    let shown = preview.expect(200).field("item").unwrap();
    nurse.post_form("/staff/board/periods/actions", &[("period", step), ("item", &shown)]).await.expect(303);
}

/// OBS-13, OBS-14: nobody is let go of whom an alarm is unseen.
async fn an_emergency_that_nobody_saw_outlives_the_last_day(world: World) {
    let (case, mut phone, id) = notified(&world).await;
    go_to(&world, date!(2022 - 08 - 06), 9);
    let mut nurse = nurse(&world).await;
    let facts = [("onset_on", "2022-07-30"), ("positive_collected_on", "2022-07-31"), ("relieved_on", "2022-08-05")];
    write_facts(&mut nurse, case.case_id, &facts).await.expect(303);
    go_to(&world, date!(2022 - 08 - 09), 9);
    assert!(reports(&world, &mut phone, &case, &id).await);
    world.pass(Duration::hours(1));
    let mut alarming = report(&id);
    alarming["spo2"] = 90.into();
    phone.post_json("/api/patient/reports", &json!({ "reports": [alarming] })).await.expect(200);
    settle(&world).await;
    let mut nurse = crate::support::nurse(&world).await;
    // Whoever ends it sees where the person stands.
    let picked = item(&case);
    let preview = nurse.post_form("/staff/board/periods/preview", &[("period", "settle"), ("item", &picked)]).await;
    preview.expect(200).shows("緊急</span>").shows("SpO2 90％");
    let ask = press(&mut nurse, case.case_id, "/end", &[("end_reason", "満了")]).await.expect(200);
    ask.shows("終える前の確認").shows("緊急</span>").shows("SpO2 90％");
    go_to(&world, date!(2022 - 08 - 12), 9);
    let mut nurse = crate::support::nurse(&world).await;
    nurse.get("/staff/board?queue=emergency").await.expect(200).shows("山田 太郎").shows("8/9で終わりました");
    settle(&world).await;
    nurse.get("/staff/board?queue=emergency").await.expect(200).shows("山田 太郎");
    let all = format!("{}:{}", case.case_id, world.now().0);
    nurse.post_form("/staff/board/actions", &[("action", "seen"), ("item", &all)]).await.expect(303);
    nurse.get("/staff/board").await.expect(200).hides("山田 太郎");
}

/// OBS-14: silence is no recovery.
async fn whoever_was_silent_to_the_end_waits_for_a_decision(world: World) {
    let (case, mut phone, id) = notified(&world).await;
    let mut nurse = nurse(&world).await;
    let facts = [("onset_on", "2022-07-30"), ("positive_collected_on", "2022-07-31"), ("relieved_on", "2022-08-01")];
    write_facts(&mut nurse, case.case_id, &facts).await.expect(303);
    go_to(&world, date!(2022 - 08 - 07), 9);
    assert!(reports(&world, &mut phone, &case, &id).await);
    go_to(&world, date!(2022 - 08 - 10), 9);
    settle(&world).await;
    let mut nurse = crate::support::nurse(&world).await;
    let board = nurse.get("/staff/board?queue=ending").await.expect(200);
    board.shows("山田 太郎").shows("最終日とその前の日の報告がありません");
    decide(&mut nurse, "settle", &case).await;
    nurse.get("/staff/board").await.expect(200).hides("山田 太郎");
}

async fn whoever_has_no_end_is_looked_at_after_some_days(world: World) {
    let case = taro(&world).await;
    let mut phone = world.visitor().as_patient(&world, &format!("{}@example.jp", case.hersys_id.as_str())).await;
    let id = phone.link("山田 太郎", "1980-01-02", case.hersys_id.as_str()).await;
    for (day, waits) in [(date!(2022 - 08 - 05), false), (date!(2022 - 08 - 06), true)] {
        go_to(&world, day, 9);
        assert!(reports(&world, &mut phone, &case, &id).await);
        let mut nurse = nurse(&world).await;
        let board = nurse.get("/staff/board?queue=ending").await.expect(200);
        assert_eq!(board.body.contains("終了日が決まっていません"), waits, "{day}");
        assert_eq!(board.body.contains("山田 太郎"), waits, "{day}");
    }
    assert_eq!(until(&world, case.case_id).await, None);
}

/// Of two proposals the second one does not come back.
async fn both_proposals_are_declined_together_for_several(world: World) {
    let mut people = Vec::new();
    let mut nurse = nurse(&world).await;
    for _ in 0..2 {
        let case = enter(&world, Somebody::contact("佐藤 次郎", "サトウ ジロウ")).await;
        let longer = [("from", "2022-08-01"), ("until", "2022-08-08"), ("reason", "主治医の指示")];
        press(&mut nurse, case.case_id, "", &longer).await.expect(303);
        people.push(case);
    }
    go_to(&world, date!(2022 - 08 - 02), 9);
    let mut nurse = crate::support::nurse(&world).await;
    for case in &people {
        let facts = [("last_contact_on", "2022-07-30"), ("negative1_on", "2022-08-01"), ("negative2_on", "2022-08-02")];
        write_facts(&mut nurse, case.case_id, &facts).await.expect(303);
        nurse.get(&page(case.case_id)).await.expect(200).shows("陰性の検査により8/1まで");
    }
    nurse.get("/staff/board?order=kana").await.expect(200).shows("いまの期間のままにする");
    let (one, two) = (item(&people[0]), item(&people[1]));
    let picked = [("period", "decline"), ("item", one.as_str()), ("item", two.as_str())];
    let preview = nurse.post_form("/staff/board/periods/preview", &picked).await.expect(200).shows("いまの期間のまま");
    let preview = preview.shows("/staff/board?order=kana\">やめる");
    let items: Vec<&str> =
        preview.body.split("name=\"item\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let fields: Vec<(&str, &str)> = items.iter().map(|item| ("item", *item)).chain([("period", "decline")]).collect();
    let done = nurse.post_form("/staff/board/periods/actions", &fields).await.expect(303);
    assert!(done.location().starts_with("/staff/board?order=kana&done="), "{}", done.location());
    nurse.get(done.location()).await.expect(200).shows("2人の期間を、いまのままにしました");
    for case in &people {
        let told = nurse.get(&page(case.case_id)).await.expect(200).hides("/period/proposal");
        told.shows("いまの期間のままにした");
        assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 08)));
    }
}

/// OBS-14: with the answer 有, or with a ticked factor alone.
async fn a_risk_factor_that_was_notified_is_on_the_board(world: World) {
    let mut content = usual(Edition::Full, &world.fixtures.center);
    for (risk, factor, is_marked) in [("yes", "", true), ("", "yes", true), ("no", "", false)] {
        let case = taro(&world).await;
        content.values.set("risk", risk);
        content.values.set("risk_diabetes", factor);
        file(&world.app, case.case_id, &world.fixtures.clinic, &content).await;
        settle(&world).await;
        let mut nurse = nurse(&world).await;
        let mark = format!("data-case=\"{}\"", case.case_id);
        let board = nurse.get("/staff/board?risk=yes").await.expect(200);
        assert_eq!(board.body.contains(&mark), is_marked, "{risk} {factor}");
    }
}

/// Neither the judge nor the keeper of periods waits for a record that cannot be read.
async fn what_cannot_be_read_of_one_stops_nobody_else(world: World) {
    let (broken, ..) = notified(&world).await;
    let (other, mut phone, id) = notified(&world).await;
    hersys::db::sql("update document set body = $2, version = version + 1 where case_id = $1 and tab = 'episode'")
        .bind(broken.case_id)
        .bind(json!({ "onset_on": { "not": "a day" } }))
        .run(&world.app.db)
        .await
        .unwrap();
    let mut alarming = report(&id);
    alarming["spo2"] = 90.into();
    phone.post_json("/api/patient/reports", &json!({ "reports": [alarming] })).await.expect(200);
    let mut nurse = nurse(&world).await;
    let facts = [("onset_on", "2022-07-31"), ("positive_collected_on", "2022-07-31")];
    write_facts(&mut nurse, other.case_id, &facts).await.expect(303);
    settle(&world).await;
    assert_eq!(until(&world, other.case_id).await, Some(date!(2022 - 08 - 10)));
    let board = nurse.get("/staff/board?queue=emergency").await.expect(200);
    assert!(board.body.contains(&other.case_id.to_string()));
    // A day begins for whole centres.
    go_to(&world, date!(2022 - 08 - 02), 9);
    settle(&world).await;
    let waiting: i64 = hersys::db::sql(
        "select (select count(*) from watch_pending) + (select count(*) from period_pending)
                + (select count(*) from watch_due)",
    )
    .scalar(&world.app.db)
    .await
    .unwrap();
    assert_eq!(waiting, 0);
    // Once it is mended, they are judged like everybody else.
    hersys::db::sql("update document set body = $2, version = version + 1 where case_id = $1 and tab = 'episode'")
        .bind(broken.case_id)
        .bind(json!({ "risk": "yes" }))
        .run(&world.app.db)
        .await
        .unwrap();
    settle(&world).await;
    let mut nurse = crate::support::nurse(&world).await;
    let board = nurse.get("/staff/board?risk=yes").await.expect(200);
    assert!(board.body.contains(&broken.case_id.to_string()));
}

/// With relief written, the last day passes and nobody has to do anything.
async fn whoever_needs_none_is_let_go_by_the_day(world: World) {
    let (case, mut phone, id) = notified(&world).await;
    go_to(&world, date!(2022 - 08 - 06), 9);
    let mut nurse = nurse(&world).await;
    let facts = [("onset_on", "2022-07-30"), ("positive_collected_on", "2022-07-31"), ("relieved_on", "2022-08-05")];
    write_facts(&mut nurse, case.case_id, &facts).await.expect(303);
    nurse.get(&page(case.case_id)).await.expect(200).hides("要確認").shows("症状軽快 2022-08-05 から72時間");
    go_to(&world, date!(2022 - 08 - 09), 9);
    assert!(reports(&world, &mut phone, &case, &id).await);
    let mut nurse = crate::support::nurse(&world).await;
    nurse.get("/staff/board?queue=ending").await.expect(200).shows("山田 太郎");
    go_to(&world, date!(2022 - 08 - 10), 0);
    let mut nurse = crate::support::nurse(&world).await;
    nurse.get("/staff/board").await.expect(200).hides("山田 太郎");
}

/// OBS-09: 予定どおり終了 and 延長, with a preview and a reason.
async fn several_are_settled_and_prolonged_after_a_look(world: World) {
    let (one, ..) = notified(&world).await;
    let (two, ..) = notified(&world).await;
    let open = enter(&world, Somebody::contact("佐藤 次郎", "サトウ ジロウ")).await;
    go_to(&world, date!(2022 - 08 - 10), 9);
    settle(&world).await;
    let mut nurse = nurse(&world).await;
    let (first, second, third) = (item(&one), item(&two), item(&open));
    let picked =
        |step| [("period", step), ("item", first.as_str()), ("item", second.as_str()), ("item", third.as_str())];
    let preview = nurse.post_form("/staff/board/periods/preview", &picked("extend")).await.expect(200);
    let preview =
        preview.shows("3人").shows("対象外").shows("すでにその日以降まで続きます").shows("まだ何もしていません");
    let items: Vec<String> = preview
        .body
        .split("name=\"item\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(items.len(), 3);
    let fields = |step, until, reason| {
        let mut fields = vec![("period", step), ("until", until), ("reason", reason)];
        fields.extend(items.iter().map(|item| ("item", item.as_str())));
        fields
    };
    let actions = "/staff/board/periods/actions";
    nurse
        .post_form(actions, &fields("extend", "2022-08-14", ""))
        .await
        .expect(422)
        .shows("理由を入力してください")
        .shows("2022-08-14");
    nurse.post_form(actions, &fields("extend", "2022-08-09", "x")).await.expect(422).shows("今日から90日後まで");
    let done = nurse.post_form(actions, &fields("extend", "2022-08-14", "咳が続く")).await.expect(303);
    nurse.get(done.location()).await.expect(200).shows("2人の健康観察を延長しました").shows("1人は変えていません");
    for case in [&one, &two] {
        assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 14)));
        nurse.get(&page(case.case_id)).await.expect(200).shows("咳が続く").shows("再開");
    }
    go_to(&world, date!(2022 - 08 - 15), 9);
    settle(&world).await;
    let mut nurse = crate::support::nurse(&world).await;
    nurse.get("/staff/board?queue=ending").await.expect(200).shows("山田 太郎").shows("8/14で終わりました");
    let preview = nurse.post_form("/staff/board/periods/preview", &picked("settle")).await.expect(200);
    let preview = preview.shows("8/14で終了").shows("最終日が決まっていません");
    let items: Vec<&str> =
        preview.body.split("name=\"item\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let mut fields = vec![("period", "settle")];
    fields.extend(items.iter().map(|item| ("item", *item)));
    let done = nurse.post_form(actions, &fields).await.expect(303);
    nurse.get(done.location()).await.expect(200).shows("2人を、予定どおり終了することにしました").hides("山田 太郎");
    nurse.get(&page(one.case_id)).await.expect(200).shows("予定どおり終了");
}

/// PERM-08, also for many at once.
async fn whoever_was_changed_meanwhile_is_left(world: World) {
    let (one, ..) = notified(&world).await;
    let (two, ..) = notified(&world).await;
    go_to(&world, date!(2022 - 08 - 09), 9);
    settle(&world).await;
    let (mut nurse, mut other) = (nurse(&world).await, crate::support::nurse(&world).await);
    let (first, second) = (item(&one), item(&two));
    let picked = [("period", "settle"), ("item", first.as_str()), ("item", second.as_str())];
    let preview = nurse.post_form("/staff/board/periods/preview", &picked).await.expect(200);
    let longer = [("from", "2022-07-30"), ("until", "2022-08-12"), ("reason", "発熱")];
    press(&mut other, two.case_id, "", &longer).await.expect(303);
    let items: Vec<&str> =
        preview.body.split("name=\"item\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let mut fields = vec![("period", "settle")];
    fields.extend(items.iter().map(|item| ("item", *item)));
    let done = nurse.post_form("/staff/board/periods/actions", &fields).await.expect(303);
    nurse.get(done.location()).await.expect(200).shows("1人を、予定どおり").shows("1人は変えていません");
    nurse.get(&page(two.case_id)).await.expect(200).hides("<td>予定どおり終了").shows("発熱");
    // Another centre's people are not there at all.
    let mut stranger = world.visitor().as_staff(&world, &world.fixtures.other_center).await;
    stranger.post_form("/staff/board/periods/actions", &fields).await.expect(404);
    stranger.post_form("/staff/board/periods/preview", &fields).await.expect(200).hides("山田 太郎");
}

/// Public facts §8: tests may end it earlier; people say so, for several at once.
async fn tests_that_are_there_are_proposed(world: World) {
    let case = enter(&world, Somebody::contact("佐藤 次郎", "サトウ ジロウ")).await;
    let mut nurse = nurse(&world).await;
    let facts = [("last_contact_on", "2022-07-30"), ("negative1_on", "2022-08-01")];
    write_facts(&mut nurse, case.case_id, &facts).await.expect(303);
    nurse.get(&page(case.case_id)).await.expect(200).shows("あと1回、2022-08-02 以降の検査で").hides("検査により");
    go_to(&world, date!(2022 - 08 - 02), 9);
    let mut nurse = crate::support::nurse(&world).await;
    let facts = [("last_contact_on", "2022-07-30"), ("negative1_on", "2022-08-01"), ("negative2_on", "2022-08-02")];
    write_facts(&mut nurse, case.case_id, &facts).await.expect(303);
    // There is no telephone: they are to be reached first, and the proposal is told all the same.
    nurse.get("/staff/board?queue=unreachable").await.expect(200).shows("陰性の検査により8/1まで");
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 04)));
    let picked = item(&case);
    let preview = nurse.post_form("/staff/board/periods/preview", &[("period", "accept"), ("item", &picked)]).await;
    let preview = preview.expect(200).shows("8/1までにします").shows("健康観察は終わります");
    let shown = preview.field("item").unwrap();
    nurse.post_form("/staff/board/periods/actions", &[("period", "accept"), ("item", &shown)]).await.expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 01)));
    nurse.get("/staff/board").await.expect(200).hides("佐藤 次郎");
}
