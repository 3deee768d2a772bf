//! Wrong reports: kept, struck through, with the reason; put right, and back.

use std::collections::BTreeMap;

use hersys::db::sql;
use hersys::monitoring::watch;
use hersys_tests::{Visitor, World, on_both_databases};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use crate::support::{Person, desk, form, newest_report, part, send};

on_both_databases!(
    a_wrong_report_stays_struck_through_and_counts_nowhere,
    another_report_takes_its_place_in_the_same_step,
    a_replacement_whose_id_is_taken_gets_another_one,
    a_mistaken_correction_is_taken_back,
    a_correction_needs_a_reason_and_the_right,
    whatever_happens_the_table_is_that_of_the_valid_reports,
);

fn correction(person: &Person, report_id: Uuid) -> String {
    format!("{}/reports/{report_id}/correction", person.page())
}

/// OBS-15: struck through with reason, who and when; not in values, header, facts, board.
async fn a_wrong_report_stays_struck_through_and_counts_nowhere(world: World) {
    let mut person = Person::taro(&world).await;
    person.reports(&world, json!({ "temperature": 366, "spo2": 98 })).await;
    world.pass(Duration::minutes(30));
    person
        .reports(
            &world,
            json!({ "temperature": 402, "spo2": 88, "symptoms": {
        "cough": "yes", "runny_nose": "no", "fatigue": "no", "breathlessness": "no", "nausea": "no", "diarrhea": "no",
        "consciousness": "no", "no_appetite": "no", "no_urine": "no" } }),
        )
        .await;
    let report_id = newest_report(&world).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    center.get("/staff/board?queue=emergency").await.expect(200).shows("山田 太郎");
    let path = correction(&person, report_id);
    center.get(&path).await.expect(200).shows("40.2").shows("訂正の理由");
    let fields = [("reason", "弟の報告だった"), ("how", "strike")];
    for _ in 0..2 {
        center.post_form(&path, &fields).await.expect(303);
    }
    let page = center.get(&person.page()).await.expect(200);
    let page = page.shows("訂正済み：弟の報告だった（2022-08-01 09:30 担当者）").shows("<del>");
    assert!(part(&page.body, "id=\"reports\"", "</table>").contains("40.2"), "it stays");
    for (from, until) in
        [("class=\"chart-plot\"", "</svg>"), ("observation-facts", "</dl>"), ("class=\"glance\"", "</table>")]
    {
        let counted = part(&page.body, from, until);
        assert!(
            !counted.contains("40.2") && !counted.contains(">88<") && !counted.contains("88％"),
            "{from}: {counted}"
        );
    }
    assert!(part(&page.body, "person-strip", "</section>").contains("症状なし"));
    center.get("/staff/board").await.expect(200).hides("SpO2 88％").shows("36.6℃");
    center.get(&format!("/staff/cases/{}/story", person.case.case_id)).await.expect(200).hides("40.2");
    center.get(&format!("{}/print", person.page())).await.expect(200).shows("訂正済みの報告1件").hides("40.2");
    let kept: i64 = sql("select count(*) from observation").scalar(&world.app.db).await.unwrap();
    assert_eq!(kept, 2);
    let audited: i64 =
        sql("select count(*) from audit where action = 'observation.correct'").scalar(&world.app.db).await.unwrap();
    assert_eq!(audited, 1);
}

async fn another_report_takes_its_place_in_the_same_step(world: World) {
    let mut person = Person::taro(&world).await;
    person.reports(&world, json!({ "temperature": 402 })).await;
    let report_id = newest_report(&world).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    let path = correction(&person, report_id);
    // The form begins with what the wrong one said.
    let page = center.get(&path).await.expect(200);
    assert_eq!(page.field("temperature").as_deref(), None, "a visible field");
    let page = page.shows("value=\"40.2\"");
    let id = page.field("report_id").unwrap();
    let changes = [
        ("report_id", id.as_str()),
        ("temperature", "20"),
        ("reason", "桁まちがい"),
        ("how", "replace"),
        ("time", "9:00"),
    ];
    let wrong = form(&mut center, &person, &changes).await;
    send(&mut center, &path, &wrong).await.expect(422).shows("34.0～43.0℃").shows("桁まちがい");
    let counted: i64 = sql("select count(*) from observation_correction").scalar(&world.app.db).await.unwrap();
    assert_eq!(counted, 0, "both or nothing");
    let changes = [
        ("report_id", id.as_str()),
        ("temperature", "36.2"),
        ("reason", "桁まちがい"),
        ("how", "replace"),
        ("time", "9:00"),
    ];
    let fields = form(&mut center, &person, &changes).await;
    for _ in 0..2 {
        send(&mut center, &path, &fields).await.expect(303);
    }
    let page = center.get(&person.page()).await.expect(200);
    assert!(part(&page.body, "class=\"chart-plot\"", "</svg>").contains("36.2"));
    let kept: i64 = sql("select count(*) from observation").scalar(&world.app.db).await.unwrap();
    assert_eq!(kept, 2);
    // A colleague who corrects it, too, is told.
    let late = [("reason", "同じことに気づいた"), ("how", "strike")];
    center.post_form(&path, &late).await.expect(422).shows("すでに訂正しています").hides("別の報告として登録する");
    // What they typed to replace it is not lost: it may be kept as a report of its own.
    let typed = Uuid::now_v7().to_string();
    let changes = [
        ("report_id", typed.as_str()),
        ("temperature", "37.3"),
        ("reason", "測り直した"),
        ("how", "replace"),
        ("time", "9:00"),
    ];
    let fields = form(&mut center, &person, &changes).await;
    let page = send(&mut center, &path, &fields).await.expect(422).shows("すでに訂正しています");
    let page = page.shows("value=\"37.3\"").shows("別の報告として登録する");
    let fresh = page.field("report_id").unwrap();
    assert_ne!(fresh, typed);
    let fields =
        form(&mut center, &person, &[("report_id", fresh.as_str()), ("temperature", "37.3"), ("time", "9:00")]).await;
    send(&mut center, &format!("{}/reports", person.page()), &fields).await.expect(303);
    let kept: i64 = sql("select count(*) from observation").scalar(&world.app.db).await.unwrap();
    assert_eq!(kept, 3);
}

/// A form whose id is taken does not fail for ever.
async fn a_replacement_whose_id_is_taken_gets_another_one(world: World) {
    let mut person = Person::taro(&world).await;
    person.reports(&world, json!({ "temperature": 402 })).await;
    let report_id = newest_report(&world).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    let taken = Uuid::now_v7().to_string();
    let fields = form(&mut center, &person, &[("report_id", taken.as_str()), ("temperature", "36.0")]).await;
    send(&mut center, &format!("{}/reports", person.page()), &fields).await.expect(303);
    let path = correction(&person, report_id);
    let changes = [
        ("report_id", taken.as_str()),
        ("temperature", "36.2"),
        ("reason", "桁まちがい"),
        ("how", "replace"),
        ("time", "9:00"),
    ];
    let fields = form(&mut center, &person, &changes).await;
    let page = send(&mut center, &path, &fields).await.expect(422).shows("もう一度押してください");
    let fresh = page.field("report_id").unwrap();
    assert_ne!(fresh, taken);
    let again: Vec<(String, String)> = fields
        .into_iter()
        .map(|(name, value)| if name == "report_id" { (name, fresh.clone()) } else { (name, value) })
        .collect();
    send(&mut center, &path, &again).await.expect(303);
    let corrected: i64 = sql("select count(*) from observation_correction").scalar(&world.app.db).await.unwrap();
    assert_eq!(corrected, 1);
}

async fn a_mistaken_correction_is_taken_back(world: World) {
    let mut person = Person::taro(&world).await;
    person.reports(&world, json!({ "temperature": 388 })).await;
    let report_id = newest_report(&world).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    let path = correction(&person, report_id);
    let id = center.get(&path).await.expect(200).field("report_id").unwrap();
    let changes = [
        ("report_id", id.as_str()),
        ("temperature", "36.2"),
        ("reason", "桁まちがい"),
        ("how", "replace"),
        ("time", "9:00"),
    ];
    let fields = form(&mut center, &person, &changes).await;
    send(&mut center, &path, &fields).await.expect(303);
    center.get(&path).await.expect(200).shows("訂正を取り消す").shows("差し替えた報告を訂正済みにする");
    center.post_form(&format!("{path}/undo"), &[("with_replacement", "on")]).await.expect(303);
    let page = center.get(&person.page()).await.expect(200).shows("元の報告の訂正を取り消したため");
    let chart = part(&page.body, "class=\"chart-plot\"", "</svg>");
    assert!(chart.contains("38.8") && !chart.contains(">36.2<"));
    center.get(&path).await.expect(200).shows("取り消された訂正").shows("桁まちがい");
    // Once more is nothing more.
    center.post_form(&format!("{path}/undo"), &[]).await.expect(303);
    let undone: i64 = sql("select count(*) from observation_correction_undone").scalar(&world.app.db).await.unwrap();
    assert_eq!(undone, 1);
}

async fn a_correction_needs_a_reason_and_the_right(world: World) {
    let offices = &world.fixtures;
    let mut person = Person::taro(&world).await;
    person.reports(&world, json!({})).await;
    let path = correction(&person, newest_report(&world).await);
    let mut center = desk(&world, &offices.center).await;
    center.post_form(&path, &[]).await.expect(422).shows("訂正の理由を入力").shows("訂正のしかたを選んで");
    let long = "長".repeat(201);
    center.post_form(&path, &[("reason", &long), ("how", "strike")]).await.expect(422).shows("200文字");
    for office in [&offices.clinic, &offices.head_office] {
        desk(&world, office).await.post_form(&path, &[("reason", "x"), ("how", "strike")]).await.expect(403);
    }
    desk(&world, &offices.far_center).await.get(&path).await.expect(404);
    center.get(&correction(&person, Uuid::from_u128(9))).await.expect(404);
    let other = Person::enter(&world, "別人", "ベツジン").await;
    let elsewhere = correction(&other, newest_report(&world).await);
    center.get(&elsewhere).await.expect(404);
}

/// One thing that somebody does.
#[derive(Debug, Clone)]
enum Deed {
    /// The person reports, with a temperature.
    Report(i64),
    /// Staff enter a report: how many days ago it was, at which hour, with which temperature.
    Tell(i64, i64, i64),
    /// Staff send the last form again.
    Again,
    /// The report number so is wrong.
    Correct(usize),
    /// Its correction was a mistake.
    Undo(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => (355..399_i64).prop_map(Deed::Report),
        3 => (0..2_i64, 0..8_i64, 355..399_i64).prop_map(|(ago, hour, tenths)| Deed::Tell(ago, hour, tenths)),
        1 => Just(Deed::Again),
        3 => (0..6_usize).prop_map(Deed::Correct),
        2 => (0..6_usize).prop_map(Deed::Undo),
    ]
}

/// What ought to count.
#[derive(Default)]
struct Expected {
    /// By report: temperature, and whether it counts.
    reports: BTreeMap<Uuid, (i64, bool)>,
    /// In the order in which they came.
    order: Vec<Uuid>,
}

/// Property: any sequence of reports, repeats, corrections and undoing gives the table of the valid ones, and the board
/// is the one that is computed from nothing.
async fn whatever_happens_the_table_is_that_of_the_valid_reports(world: World) {
    let mut runner = TestRunner::deterministic();
    let mut center = desk(&world, &world.fixtures.center).await;
    for round in 0..4 {
        let name = ["一", "二", "三", "四"][round];
        let mut person = Person::enter(&world, name, "カナ").await;
        let deeds = proptest::collection::vec(deed(), 12..20).new_tree(&mut runner).unwrap().current();
        let mut expected = Expected::default();
        let mut last_form = None;
        for deed in &deeds {
            world.pass(Duration::seconds(61));
            one(&world, &mut center, &mut person, deed, &mut expected, &mut last_form).await;
        }
        compare(&world, &mut center, &person, &expected, &deeds).await;
    }
}

async fn one(
    world: &World,
    center: &mut Visitor,
    person: &mut Person,
    deed: &Deed,
    expected: &mut Expected,
    last_form: &mut Option<Vec<(String, String)>>,
) {
    match deed {
        Deed::Report(tenths) => {
            person.reports(world, json!({ "temperature": tenths })).await;
            let id = newest_report(world).await;
            expected.reports.insert(id, (*tenths, true));
            expected.order.push(id);
        }
        Deed::Tell(ago, hour, tenths) => {
            let day = hersys_shared::days::iso(world.now().day() - Duration::days(*ago));
            let (time, temperature) = (format!("{hour}:00"), tenths.to_string());
            let changes = [("day", day.as_str()), ("time", time.as_str()), ("temperature", temperature.as_str())];
            let fields = form(center, person, &changes).await;
            send(center, &format!("{}/reports", person.page()), &fields).await.expect(303);
            let id = newest_report(world).await;
            expected.reports.insert(id, (*tenths, true));
            expected.order.push(id);
            *last_form = Some(fields);
        }
        Deed::Again => {
            if let Some(fields) = last_form {
                send(center, &format!("{}/reports", person.page()), fields).await.expect(303);
            }
        }
        Deed::Correct(number) => {
            if let Some(id) = expected.order.get(*number) {
                let fields = [("reason", "まちがい"), ("how", "strike")];
                center.post_form(&correction(person, *id), &fields).await.expect(303);
                expected.reports.get_mut(id).unwrap().1 = false;
            }
        }
        Deed::Undo(number) => {
            if let Some(id) = expected.order.get(*number) {
                center.post_form(&format!("{}/undo", correction(person, *id)), &[]).await.expect(303);
                expected.reports.get_mut(id).unwrap().1 = true;
            }
        }
    }
}

async fn compare(world: &World, center: &mut Visitor, person: &Person, expected: &Expected, deeds: &[Deed]) {
    let page = center.get(&person.page()).await.expect(200).body;
    if expected.order.is_empty() {
        assert!(page.contains("まだ報告がありません"));
        return;
    }
    let table = part(&page, "id=\"reports\"", "</table>");
    let shown = |tenths: i64| format!("{}.{}", tenths / 10, tenths % 10);
    for (id, (tenths, counts)) in &expected.reports {
        let row = table
            .split("<tr")
            .find(|row| row.contains(&id.to_string()))
            .unwrap_or_else(|| panic!("{id} is not in the table after {deeds:?}"));
        assert!(row.contains(&shown(*tenths)), "{deeds:?}");
        assert_eq!(!row.contains("訂正済み"), *counts, "{deeds:?}");
    }
    assert_eq!(
        table.matches("<tr class=\"report-").count() - table.matches("report-missing").count(),
        expected.reports.len()
    );
    // The figures are those of the valid ones.
    let highest = expected.reports.values().filter(|(_, counts)| *counts).map(|(tenths, _)| *tenths).max();
    let facts = part(&page, "observation-facts", "</dl>");
    match highest {
        Some(tenths) => assert!(facts.contains(&format!("{}℃", shown(tenths))), "{facts} after {deeds:?}"),
        None => assert!(!facts.contains("最高体温"), "{facts} after {deeds:?}"),
    }
    // The board is that of nothing but the rows.
    type Row = (Uuid, i64, i64, Option<i64>);
    let rows = async || -> Vec<Row> {
        sql("select case_id, alert, reported_at, temperature from board_person where case_id = $1 order by organization_id")
            .bind(person.case.case_id)
            .all(&world.app.db)
            .await
            .unwrap()
    };
    let before = rows().await;
    watch::judge_these(&world.app.db, &world.app.texts, world.now(), &[person.case.case_id]).await.unwrap();
    assert_eq!(before, rows().await, "after {deeds:?}");
}
