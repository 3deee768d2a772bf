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
    what_was_confirmed_of_one_person_is_not_reported_of_another,
    two_windows_of_one_draft_are_told_of_each_other,
    an_older_notification_does_not_speak_for_the_person,
    what_a_correction_takes_back_is_gone_everywhere,
    the_next_of_a_household_is_begun_by_a_center_that_filed_for_another,
    a_notification_is_of_one_person,
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

/// FORM-07: likely duplicates are offered with what differs; choosing one adds to that record.
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
    // FORM-07: what the record knows is not typed twice, and what was typed stays.
    let draft = begin(&mut clerk).await;
    let short = [("birth_on", "1980-01-02"), ("phone", "09077778888")];
    press(&mut clerk, &draft, "continue", &[LEAST, &short].concat()).await.expect(303);
    clerk.post_form(&format!("{draft}/person"), &[("person", &case_id)]).await.expect(303);
    let confirm = clerk.get(&format!("{draft}/confirm")).await.expect(200);
    confirm.shows("みどり県みどり市東9").shows("09077778888").hides("09011112222");
    clerk.post_form(&format!("{draft}/discard"), &[]).await.expect(303);
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

/// FORM-16, REF-02: the confirmation names the person, and one that was made before somebody was chosen reports nothing.
async fn what_was_confirmed_of_one_person_is_not_reported_of_another(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let first = file(&mut clerk, &[LEAST, &[("birth_on", "1980-01-02")]].concat(), false).await;
    let draft = begin(&mut clerk).await;
    let other = [("birth_on", "1980-01-02"), ("phone", "09099998888")];
    press(&mut clerk, &draft, "continue", &[LEAST, &other].concat()).await.expect(303);
    let confirm = clerk.get(&format!("{draft}/confirm")).await.expect(200);
    let seen = confirm.field("seen").expect("a fingerprint");
    clerk.post_form(&format!("{draft}/person"), &[("person", case_of(&first))]).await.expect(303);
    let answer = clerk.post_form(&format!("{draft}/report"), &[("seen", &seen)]).await.expect(303);
    assert!(answer.location().ends_with("/confirm"), "{}", answer.location());
    clerk.get(answer.location()).await.expect(200).shows("の発生届として追加します").shows("小林 実");
    let filed: i64 = sql("select count(*) from notification").scalar(&world.app.db).await.unwrap();
    assert_eq!(filed, 1);
}

/// FORM-20: what one window kept is not lost by another that knows nothing of it.
async fn two_windows_of_one_draft_are_told_of_each_other(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    let windows = [clerk.get(&draft).await.expect(200), clerk.get(&draft).await.expect(200)];
    let marks = windows.map(|page| (page.field("page_id").unwrap(), page.field("page_at").unwrap()));
    let mut fields = Vec::new();
    for ((id, at), name) in marks.iter().zip(["小林 実", "佐藤 花子"]) {
        fields.push([("page_id", id.as_str()), ("page_at", at.as_str()), ("name", name)]);
    }
    world.pass(Duration::minutes(1));
    press(&mut clerk, &draft, "save", &fields[0]).await.expect(200);
    press(&mut clerk, &draft, "save", &fields[0]).await.expect(200);
    press(&mut clerk, &draft, "save", &fields[1]).await.expect(409);
    let told = press(&mut clerk, &draft, "later", &fields[1]).await.expect(409);
    let told = told.shows("別の画面でも入力されています").shows("「小林 実」").shows("佐藤 花子");
    // What is told stands at the top: no field takes the reader away from it.
    let told = told.hides(" autofocus");
    clerk.get(&draft).await.expect(200).shows("小林 実").hides("佐藤 花子");
    // Whoever has read it decides.
    let (id, at) = (told.field("page_id").unwrap(), told.field("page_at").unwrap());
    press(&mut clerk, &draft, "later", &[("page_id", &id), ("page_at", &at), ("name", "佐藤 花子")]).await.expect(303);
    clerk.get(&draft).await.expect(200).shows("佐藤 花子");
}

/// REF-02, REF-06: of the person the latest notification tells what each has by itself.
async fn an_older_notification_does_not_speak_for_the_person(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let first = file(&mut clerk, LEAST, false).await;
    world.pass(Duration::minutes(1));
    let entry = format!("/staff/cases/{}/notifications/new", case_of(&first));
    let draft = clerk.post_form(&entry, &[]).await.expect(303).location().to_owned();
    let second = [("diagnosis_type", "asymptomatic"), ("diagnosed_on", "2022-07-31")];
    press(&mut clerk, &draft, "continue", &[LEAST, &second].concat()).await.expect(303);
    report(&mut clerk, &draft, false).await;
    let edit = clerk.post_form(&format!("{first}/edit"), &[]).await.expect(303).location().to_owned();
    let correction = [("diagnosis_type", "suspected"), ("occupation", "教員")];
    press(&mut clerk, &edit, "continue", &correction).await.expect(303);
    clerk.post_form(&format!("{edit}/report"), &[]).await.expect(303);
    let listed: String = sql("select diagnosis_type from case_index limit 1").scalar(&world.app.db).await.unwrap();
    assert_eq!(listed, "asymptomatic");
    clerk.get(&format!("/staff/cases/{}/identity", case_of(&first))).await.expect(200).shows("教員");
}

/// FORM-25, C-06: who was reported dead by mistake is alive again.
async fn what_a_correction_takes_back_is_gone_everywhere(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let dead = [("diagnosis_type", "died"), ("died_on", "2022-07-31")];
    let at = file(&mut clerk, &[LEAST, &dead].concat(), false).await;
    let status =
        || async { sql("select status from case_index limit 1").scalar::<String>(&world.app.db).await.unwrap() };
    assert_eq!(status().await, "dead");
    let edit = clerk.post_form(&format!("{at}/edit"), &[]).await.expect(303).location().to_owned();
    press(&mut clerk, &edit, "continue", &[("diagnosis_type", "confirmed"), ("died_on", "")]).await.expect(303);
    clerk.post_form(&format!("{edit}/report"), &[]).await.expect(303);
    assert_ne!(status().await, "dead");
}

/// TOP-10: a household is entered in a row, whoever is responsible for it.
async fn the_next_of_a_household_is_begun_by_a_center_that_filed_for_another(world: World) {
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let other = world.fixtures.other_center.organization_id.to_string();
    let fields = [("receiving_center", other.as_str()), ("registered_address", "みどり県みどり市西1")];
    let at = file(&mut nurse, &[LEAST, &fields].concat(), false).await;
    let next = nurse.post_form(&format!("{at}/household"), &[]).await.expect(303).location().to_owned();
    nurse.get(&next).await.expect(200).shows("みどり県みどり市西1");
}

/// FORM-21: a draft that was reported and left open by a failure is not reported of somebody else too.
async fn a_notification_is_of_one_person(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let known = file(&mut clerk, LEAST, false).await;
    let draft = begin(&mut clerk).await;
    press(&mut clerk, &draft, "continue", &[LEAST, &[("phone", "09099998888")]].concat()).await.expect(303);
    report(&mut clerk, &draft, false).await;
    // As the row is where the second transaction failed.
    sql("update notification_draft set reported_at = null, case_id = $2, notification_id = null, typed = $3
         where draft_id = $1")
    .bind(uuid::Uuid::parse_str(draft.rsplit('/').next().unwrap()).unwrap())
    .bind(uuid::Uuid::parse_str(case_of(&known)).unwrap())
    .bind(serde_json::json!({ "diagnosis_type": "confirmed", "diagnosed_on": "2022-08-01", "name": "小林 実",
                                  "receiving_center": world.fixtures.center.organization_id.to_string() }))
    .run(&world.app.db)
    .await
    .unwrap();
    clerk.post_form(&format!("{draft}/report"), &[]).await.expect(422).shows("別の方の発生届としてすでに報告しました");
}
