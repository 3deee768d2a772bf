//! 判定基準 as people see and write it.

use hersys::access::audit;
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::Duration;

use crate::support::*;

on_both_databases!(
    rules_are_seen_written_and_kept_as_versions,
    what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost,
    who_wrote_in_between_is_not_overwritten_unseen,
    an_office_above_counts_where_nothing_nearer_was_written,
    only_who_answers_for_rules_sees_them,
);

/// OBS-05: the standard rules count until a version is written; the board then follows it, and says which it was.
async fn rules_are_seen_written_and_kept_as_versions(world: World) {
    let mut person = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    person.reports(&world, json!({ "temperature": 371, "spo2": 98 })).await;
    let mut nurse = nurse(&world).await;
    let page = nurse.get("/staff/rules").await.expect(200);
    page.shows("標準の基準").shows("SpO2が93％以下").shows("まだ作られていません").hides("上位の基準に戻す");
    nurse.get("/staff/board?queue=emergency").await.expect(200).hides("安田 静");
    let form = nurse.get("/staff/rules/edit").await.expect(200);
    let form = form.shows("name=\"rules.0.alert\"").shows("name=\"rules.12.days\"");
    assert_eq!(form.field("base").as_deref(), Some("0"));
    // Buttons change the form alone.
    let warm = Form::warm(0, "2022-08-01", "37.0");
    let more = warm.clone().with("add_kind", "spo2_fall");
    more.press(&mut nurse, "add").await.expect(200).shows("rules.1.points").shows("2番目の基準を外す");
    assert_eq!(count(&world, "select count(*) from watch_rules").await, 0);
    let saved = warm.clone().with("note", "第7波への備え").press(&mut nurse, "save").await.expect(303);
    assert_eq!(saved.location(), "/staff/rules?notice=saved");
    settle(&world).await;
    let board = nurse.get("/staff/board?queue=emergency").await.expect(200);
    board.shows("安田 静").shows("体温 37.1℃（37.0℃以上）").shows("判定基準 第1版による");
    let page = nurse.get("/staff/rules").await.expect(200);
    let page = page.shows("この機関の基準").shows("第7波への備え").shows("あおば保健所 担当者").shows("使用中");
    let page = page.shows("体温が37.0℃以上").shows("上位の基準に戻す");
    // The next version, with what it changes.
    let path = page.body.split("/staff/rules/versions/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    nurse.get(&format!("/staff/rules/versions/{path}")).await.expect(200).shows("第1版").shows("第7波への備え");
    Form::warm(1, "2022-08-01", "38.0").press(&mut nurse, "save").await.expect(303);
    settle(&world).await;
    nurse.get("/staff/board?queue=emergency").await.expect(200).hides("安田 静");
    let page = nurse.get("/staff/rules").await.expect(200).shows("第2版").shows("第1版");
    let newest = page.body.split("/staff/rules/versions/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let version = nurse.get(&format!("/staff/rules/versions/{newest}")).await.expect(200);
    version.shows("第1版からの変更点").shows("体温が37.0℃以上").shows("体温が38.0℃以上");
    // SEC-12
    assert_eq!(count(&world, "select count(*) from audit where action = 'rules.write'").await, 2);
    assert_ne!(audit::REFUSED, "rules.write");
}

async fn what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(world: World) {
    let mut nurse = nurse(&world).await;
    let wrong = Form::from_on(0, "2022-07-31")
        .with("note", "試しの理由")
        .rule(0, "spo2_at_most", "emergency", &[("percent", "二桁")])
        .rule(1, "temperature_at_least", "worse", &[("tenths", "99.9")])
        .rule(2, "symptoms_at_least", "worse", &[("count", "1")]);
    for step in ["save", "try"] {
        let answer = wrong.press(&mut nurse, step).await.expect(422);
        let answer = answer.shows("今日以降の日").shows("34.0から43.0まで").shows("症状を1つ以上選んでください");
        let answer = answer.shows("value=\"二桁\"").shows("試しの理由").shows("value=\"99.9\"").shows("2022-07-31");
        answer.shows("href=\"#field-rules.0.percent\"").shows("id=\"error-rules.1.tenths\"");
    }
    Form::from_on(0, "2022-08-01").press(&mut nurse, "save").await.expect(422).shows("基準は1つ以上");
    Form::from_on(0, "").press(&mut nurse, "save").await.expect(422);
    nurse.post_form("/staff/rules/edit", &[]).await.expect(200);
    let odd = [("rules.99999999999999999999.kind", "spo2_fall"), ("rules.x.kind", ""), ("step", "up-7")];
    nurse.post_form("/staff/rules/edit", &odd).await.expect(200);
    assert_eq!(count(&world, "select count(*) from watch_rules").await, 0);
}

/// PERM-08
async fn who_wrote_in_between_is_not_overwritten_unseen(world: World) {
    let mut one = nurse(&world).await;
    let mut other = nurse(&world).await;
    Form::warm(0, "2022-08-01", "37.5").press(&mut one, "save").await.expect(303);
    let mine = Form::warm(0, "2022-08-01", "39.0").with("note", "わたしの理由");
    let conflict = mine.press(&mut other, "save").await.expect(409);
    let conflict = conflict.shows("第1版").shows("体温が37.5℃以上").shows("value=\"39.0\"").shows("わたしの理由");
    assert_eq!(conflict.field("base").as_deref(), Some("1"));
    mine.with("base", "1").press(&mut other, "save").await.expect(303);
    assert_eq!(newest(&world, Some(&world.fixtures.center)).await, 2);
    // Sent twice it is one version.
    Form::warm(1, "2022-08-01", "39.0").press(&mut other, "save").await.expect(409);
}

/// The centre's own, else the head office's, else the ministry's; and a way back to those above.
async fn an_office_above_counts_where_nothing_nearer_was_written(world: World) {
    let offices = &world.fixtures;
    let mut near = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    let mut other = Person::of(&world, "渡辺 学", "ワタナベ マナブ", &offices.other_center, None).await;
    let mut far = Person::of(&world, "遠山 進", "トオヤマ ススム", &offices.far_center, None).await;
    for person in [&mut near, &mut other, &mut far] {
        person.reports(&world, json!({ "temperature": 375, "spo2": 98 })).await;
    }
    let mut nurses =
        [nurse(&world).await, sign_in(&world, &offices.other_center).await, sign_in(&world, &offices.far_center).await];
    let emergencies = async |nurses: &mut [hersys_tests::Visitor; 3]| {
        settle(&world).await;
        let mut found = [false; 3];
        for (at, nurse) in nurses.iter_mut().enumerate() {
            found[at] = !shown(&nurse.get("/staff/board?queue=emergency").await.expect(200)).is_empty();
        }
        found
    };
    assert_eq!(emergencies(&mut nurses).await, [false; 3]);
    let mut ministry = sign_in(&world, &offices.ministry).await;
    let mut head = sign_in(&world, &offices.head_office).await;
    Form::warm(0, "2022-08-01", "37.0").press(&mut ministry, "save").await.expect(303);
    assert_eq!(emergencies(&mut nurses).await, [true; 3]);
    nurses[2].get("/staff/rules").await.expect(200).shows("厚生労働省の基準").shows("体温が37.0℃以上");
    Form::warm(0, "2022-08-01", "38.0").press(&mut head, "save").await.expect(303);
    assert_eq!(emergencies(&mut nurses).await, [false, false, true]);
    nurses[0].get("/staff/rules").await.expect(200).shows("みどり県調整本部の基準");
    Form::warm(0, "2022-08-01", "37.2").press(&mut nurses[0], "save").await.expect(303);
    assert_eq!(emergencies(&mut nurses).await, [true, false, true]);
    head.get("/staff/rules").await.expect(200).shows("ほかの基準を使っている保健所").shows("あおば保健所");
    // The ministry's change reaches nobody who has nearer rules.
    Form::warm(1, "2022-08-01", "39.0").press(&mut ministry, "save").await.expect(303);
    assert_eq!(emergencies(&mut nurses).await, [true, false, false]);
    // Back to the office above: the form says what will count, the version says so.
    let back = nurses[0].get("/staff/rules/edit?start=return").await.expect(200);
    back.shows("上位の基準に戻す").shows("体温が38.0℃以上").hides("rules.0.alert");
    let back = Form::from_on(1, "2022-08-01").with("follows", "on");
    back.press(&mut nurses[0], "try").await.expect(200).shows("安田 静");
    back.press(&mut nurses[0], "save").await.expect(303);
    assert_eq!(emergencies(&mut nurses).await, [false, false, false]);
    nurses[0].get("/staff/rules").await.expect(200).shows("みどり県調整本部の基準").shows("上位の基準に戻す");
    // A copy of those above as a start.
    let copy = nurses[0].get("/staff/rules/edit?start=above").await.expect(200);
    copy.shows("value=\"38.0\"");
    nurses[0].get("/staff/rules/edit?start=standard").await.expect(200).shows("value=\"93\"");
    world.pass(Duration::minutes(1));
}

/// Default is deny; and what an office has nothing to do with is not there.
async fn only_who_answers_for_rules_sees_them(world: World) {
    let offices = &world.fixtures;
    for (office, status) in [
        (&offices.ministry, 200),
        (&offices.head_office, 200),
        (&offices.center, 200),
        (&offices.clinic, 403),
        (&offices.follow_up, 403),
        (&offices.accommodation, 403),
        (&offices.information_center, 403),
    ] {
        let mut staff = sign_in(&world, office).await;
        staff.get("/staff/rules").await.expect(status);
        staff.get("/staff/rules/edit").await.expect(status);
        let wrote = Form::warm(0, "2022-08-01", "37.0").press(&mut staff, "try").await;
        assert_eq!(wrote.status.as_u16(), status);
    }
    let mut nurse = nurse(&world).await;
    Form::warm(0, "2022-08-01", "37.0").press(&mut nurse, "save").await.expect(303);
    let id: uuid::Uuid = hersys::db::sql("select rules_id from watch_rules").scalar(&world.app.db).await.unwrap();
    let path = format!("/staff/rules/versions/{id}");
    for (office, status) in [
        (&offices.center, 200),
        (&offices.head_office, 200),
        (&offices.ministry, 200),
        (&offices.other_center, 404),
        (&offices.far_center, 404),
        (&offices.far_head_office, 404),
    ] {
        sign_in(&world, office).await.get(&path).await.expect(status);
    }
}
