//! What is written and not reported (FORM-20, SEC-10), and reporting once.

use hersys::db::sql;
use hersys_tests::fixtures::Somebody;
use hersys_tests::{World, on_both_databases};
use time::Duration;

use crate::support::{LEAST, begin, case_of, file, press, report};

on_both_databases!(
    a_draft_waits_on_the_server_for_its_organisation,
    what_nobody_typed_into_is_no_draft_to_go_on_with,
    a_draft_of_somebody_out_of_reach_is_gone,
    a_draft_is_purged_when_nobody_goes_on,
    pressing_twice_reports_once,
    the_same_person_is_offered_before_reporting,
    an_edit_that_comes_second_loses_nothing,
);

/// FORM-20, SEC-10, SEC-12: nothing stays on the terminal; others do not find it.
async fn a_draft_waits_on_the_server_for_its_organisation(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    let kept = press(&mut clerk, &draft, "save", &[("name", "小林 実")]).await.expect(200);
    assert!(kept.json()["saved"].is_string());
    let mut again = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    again.get("/staff/notifications/new").await.expect(200).shows("小林 実");
    again.get(&draft).await.expect(200).shows("小林 実");
    let mut stranger = world.visitor().as_staff(&world, &world.fixtures.other_clinic).await;
    stranger.get(&draft).await.expect(404);
    press(&mut stranger, &draft, "save", &[("name", "別人")]).await.expect(404);
    stranger.post_form(&format!("{draft}/discard"), &[]).await.expect(404);
    again.post_form(&format!("{draft}/discard"), &[]).await.expect(303);
    again.get(&draft).await.expect(404);
}

/// TOP-01: the top page tells of drafts that hold something.
async fn what_nobody_typed_into_is_no_draft_to_go_on_with(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    press(&mut clerk, &draft, "edition:2020", &[]).await.expect(303);
    clerk.get("/staff/").await.expect(200).hides("書きかけの発生届");
    clerk.get("/staff/notifications/new").await.expect(200).shows("書きかけの発生届はありません。");
    let kept = press(&mut clerk, &draft, "save", &[("birth_on", "H25.1.2"), ("risk", "no")]).await.expect(200).json();
    // What the page learns: the edition that the rules provide, and that a guardian is asked for.
    assert!(kept["edition_hint"].as_str().is_some_and(|hint| hint.contains("7項目（2022年7月様式）")), "{kept}");
    assert_eq!(kept["minor"], true);
    clerk.get("/staff/").await.expect(200).shows("書きかけの発生届").shows("1件");
    let list = clerk.get("/staff/notifications/new").await.expect(200);
    list.shows("（氏名は未入力）").shows("担当者");
}

async fn a_draft_of_somebody_out_of_reach_is_gone(world: World) {
    let case = Somebody::patient("山本 桜", "ヤマモト サクラ")
        .enter(&world.app, &world.fixtures.center, &world.fixtures.clinic)
        .await;
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let entry = format!("/staff/cases/{}/notifications/new", case.case_id);
    let draft = clerk.post_form(&entry, &[]).await.expect(303).location().to_owned();
    press(&mut clerk, &draft, "save", &[("remarks", "電話で確認済み")]).await.expect(200);
    clerk.get("/staff/notifications/new").await.expect(200).shows("山本 桜");
    sql("delete from case_relation where case_id = $1 and organization_id = $2")
        .bind(case.case_id)
        .bind(world.fixtures.clinic.organization_id)
        .run(&world.app.db)
        .await
        .expect("a change");
    clerk.get("/staff/notifications/new").await.expect(200).hides("山本 桜");
    clerk.get(&draft).await.expect(404);
    press(&mut clerk, &draft, "save", &[("remarks", "")]).await.expect(404);
}

async fn a_draft_is_purged_when_nobody_goes_on(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    press(&mut clerk, &draft, "save", &[("name", "小林 実")]).await.expect(200);
    world.pass(Duration::days(7) + Duration::minutes(1));
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    clerk.get("/staff/notifications/new").await.expect(200).hides("小林 実");
    clerk.get(&draft).await.expect(404);
}

/// FORM-21: the second press arrives where the first did.
async fn pressing_twice_reports_once(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    press(&mut clerk, &draft, "continue", LEAST).await.expect(303);
    let at = report(&mut clerk, &draft, false).await;
    let again = clerk.post_form(&format!("{draft}/report"), &[]).await.expect(303);
    assert_eq!(again.location(), at);
    let form = clerk.get(&draft).await.expect(303);
    assert_eq!(form.location(), at);
    let tab = clerk.get(&format!("/staff/cases/{}/notifications", case_of(&at))).await.expect(200);
    tab.shows("この方の発生届（1件）");
}

/// Likely duplicates are offered with what differs; choosing one adds to that record.
async fn the_same_person_is_offered_before_reporting(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let person = [("birth_on", "1980-01-02"), ("phone", "09011112222"), ("registered_address", "みどり県みどり市西1")];
    let first = file(&mut clerk, &[LEAST, &person].concat(), false).await;
    let draft = begin(&mut clerk).await;
    let moved = [("birth_on", "S55.1.2"), ("phone", "09011112222"), ("registered_address", "みどり県みどり市東9")];
    press(&mut clerk, &draft, "continue", &[LEAST, &moved].concat()).await.expect(303);
    let confirm = clerk.get(&format!("{draft}/confirm")).await.expect(200);
    confirm.shows("すでに登録されている可能性があります").shows("みどり県みどり市西1").shows("みどり県みどり市東9");
    let case_id = case_of(&first).to_owned();
    clerk.post_form(&format!("{draft}/person"), &[("person", &case_id)]).await.expect(303);
    let second = report(&mut clerk, &draft, false).await;
    assert_eq!(case_of(&second), case_id);
    // The telephone of a household is shared: another reading and another birth date are somebody else.
    let draft = begin(&mut clerk).await;
    let sister = [("name", "小林 節"), ("kana", "こばやし せつ"), ("birth_on", "1984-05-06"), ("phone", "09011112222")];
    press(&mut clerk, &draft, "continue", &[LEAST, &sister].concat()).await.expect(303);
    clerk.get(&format!("{draft}/confirm")).await.expect(200).hides("すでに登録されている可能性");
    // Somebody out of reach cannot be chosen.
    let mut stranger = world.visitor().as_staff(&world, &world.fixtures.other_clinic).await;
    let draft = begin(&mut stranger).await;
    stranger.post_form(&format!("{draft}/person"), &[("person", &case_id)]).await.expect(404);
}

/// PERM-08, FORM-25: both versions are shown; going on keeps what each has changed.
async fn an_edit_that_comes_second_loses_nothing(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let at = file(&mut clerk, LEAST, false).await;
    let mine = clerk.post_form(&format!("{at}/edit"), &[]).await.expect(303).location().to_owned();
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let theirs = center.post_form(&format!("{at}/edit"), &[]).await.expect(303).location().to_owned();
    press(&mut center, &theirs, "continue", &[("doctor_name", "医師 花子")]).await.expect(303);
    center.post_form(&format!("{theirs}/report"), &[]).await.expect(303);
    press(&mut clerk, &mine, "continue", &[("remarks", "電話で確認済み")]).await.expect(303);
    let conflict = clerk.post_form(&format!("{mine}/report"), &[]).await.expect(303).location().to_owned();
    clerk.get(&conflict).await.expect(409).shows("医師 花子").shows("電話で確認済み");
    let next = clerk.post_form(&conflict, &[]).await.expect(303).location().to_owned();
    press(&mut clerk, &next, "continue", &[]).await.expect(303);
    clerk.post_form(&format!("{next}/report"), &[]).await.expect(303);
    clerk.get(&at).await.expect(200).shows("医師 花子").shows("電話で確認済み");
}
