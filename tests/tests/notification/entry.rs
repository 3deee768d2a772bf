//! The form itself (FORM-01…FORM-24, TOP-10, REF-03, REF-04).

use hersys_tests::fixtures::Somebody;
use hersys_tests::{World, on_both_databases};
use uuid::Uuid;

use crate::support::{LEAST, begin, case_of, file, press};

on_both_databases!(
    a_person_without_a_record_gets_one_by_the_notification,
    what_is_missing_is_said_and_nothing_is_lost,
    a_known_person_is_not_typed_twice,
    the_next_of_the_household_shares_the_address,
    the_next_of_a_row_keeps_form_and_doctor,
    an_id_that_was_typed_finds_its_person,
    doctors_are_remembered,
    a_center_enters_what_came_by_fax,
    a_suspected_case_waits_for_its_result,
    hostile_input_is_refused_with_a_sentence,
    a_day_without_a_year_is_the_nearest,
);

/// FORM-01, FORM-04, FORM-06, FORM-21: the institution that diagnosed reports; the person has a record.
async fn a_person_without_a_record_gets_one_by_the_notification(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    clerk.get("/staff/").await.expect(200).shows("新たに発生届を提出");
    let at = file(&mut clerk, LEAST, false).await;
    clerk.get(&at).await.expect(200).shows("小林 実").shows("コバヤシ ミノル").shows("さくら診療所");
    // GEN-08: one record; ID管理 has what was typed, the list finds it.
    let identity = format!("/staff/cases/{}/identity", case_of(&at));
    clerk.get(&identity).await.expect(200).shows("小林 実").shows("コバヤシ ミノル");
    clerk.get("/staff/cases").await.expect(200).shows("小林 実");
    // The receiving centre is responsible at first and writes; its head office reads at once (PERM-09, C-02).
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center.get(&at).await.expect(200).shows("小林 実");
    let mut office = world.visitor().as_staff(&world, &world.fixtures.head_office).await;
    office.get(&at).await.expect(200).shows("小林 実");
    let mut stranger = world.visitor().as_staff(&world, &world.fixtures.other_clinic).await;
    stranger.get(&at).await.expect(404);
}

/// FORM-02, FORM-10a, FORM-15, FORM-16, FORM-17, FORM-18, FORM-24, C-08, C-12: no hours are enforced; empty legal items ask once more.
async fn what_is_missing_is_said_and_nothing_is_lost(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    clerk.get(&draft).await.expect(200).shows("入力できる箇所は必ず入力してください。");
    let refused =
        press(&mut clerk, &draft, "confirm", &[("name", "小林 実"), ("birth_on", "きのう")]).await.expect(422);
    refused
        .shows("診断年月日を入力してください（必須）。")
        .shows("日付を読み取れません")
        .shows("小林 実")
        .shows("きのう");
    // A diagnosis of last year is late, and taken.
    let old = [
        ("birth_on", "S55.1.2"),
        ("diagnosed_on", "2021-08-05"),
        ("first_visit_on", "2021-08-09"),
        ("diagnosis_type", "confirmed"),
    ];
    let asked = press(&mut clerk, &draft, "confirm", &old).await.expect(422);
    asked
        .shows("医師の氏名が入力されていません。")
        .shows("初診年月日（2021年08月09日）が診断年月日（2021年08月05日）より後になっています。")
        .shows("続ける");
    press(&mut clerk, &draft, "continue", &[]).await.expect(303);
    let confirm = clerk.get(&format!("{draft}/confirm")).await.expect(200);
    // FORM-18, FORM-24, C-12: by the trained names; and looked over once more.
    let confirm = confirm.shows("まだ報告されていません").shows(">再編集</a>").shows(">報告</button>");
    confirm.shows("内容に誤りがないか、もう一度確かめてから【報告】を押してください。");
    // Four items block, whatever is pressed.
    press(&mut clerk, &draft, "continue", &[("name", "")])
        .await
        .expect(422)
        .shows("当該者氏名を入力してください（必須）。");
    let back = clerk.post_form(&format!("{draft}/report"), &[]).await.expect(303);
    assert_eq!(back.location(), draft);
}

/// REF-03, REF-04, FORM-07, FORM-08, IDR-05, TOP-09: what ID管理 and the notification before say is there; what the first one
/// said of its tests begins the second; neither changes the other afterwards (REF-06).
async fn a_known_person_is_not_typed_twice(world: World) {
    let case = Somebody::patient("山本 桜", "ヤマモト サクラ")
        .enter(&world.app, &world.fixtures.center, &world.fixtures.clinic)
        .await;
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let entry = format!("/staff/cases/{}/notifications/new", case.case_id);
    let draft = clerk.post_form(&entry, &[]).await.expect(303).location().to_owned();
    clerk.get(&draft).await.expect(200).shows("山本 桜").shows("ヤマモト サクラ").shows("さくら診療所");
    // TOP-09: whose notification it is stands above every page of it.
    for page in ["", "/statutory"] {
        let page = clerk.get(&format!("{draft}{page}")).await.expect(200);
        page.shows("person-strip").shows(&case.hersys_id.spaced());
    }
    let fields = [
        ("diagnosis_type", "suspected"),
        ("diagnosed_on", "2022-08-01"),
        ("test1_method", "pcr"),
        ("test1_specimen", "saliva"),
        ("test1_collected_on", "2022-08-01"),
        ("test1_result", "other"),
    ];
    press(&mut clerk, &draft, "continue", &fields).await.expect(303);
    clerk.get(&format!("{draft}/confirm")).await.expect(200).shows("person-strip");
    let first = crate::support::report(&mut clerk, &draft, false).await;
    let draft = clerk.post_form(&entry, &[]).await.expect(303).location().to_owned();
    let form = clerk.get(&draft).await.expect(200);
    assert!(form.body.contains(r#"value="saliva" selected"#), "the test of the record begins the notification");
    // Each notification has a type and days of its own.
    assert!(!form.body.contains(r#"value="suspected" checked"#));
    press(
        &mut clerk,
        &draft,
        "continue",
        &[("diagnosis_type", "confirmed"), ("diagnosed_on", "2022-08-01"), ("test1_result", "positive")],
    )
    .await
    .expect(303);
    let second = crate::support::report(&mut clerk, &draft, false).await;
    assert_ne!(first, second);
    clerk.get(&first).await.expect(200).shows("疑似症患者");
    clerk.get(&second).await.expect(200).shows("患者（確定例）").shows("陽性");
}

/// TOP-10: several people in a row; what a household shares is not typed again.
async fn the_next_of_the_household_shares_the_address(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let home =
        [("current_address", "みどり県みどり市西1-2-3"), ("registered_is_current", "yes"), ("phone", "090-1234-0000")];
    let at = file(&mut clerk, &[LEAST, &home].concat(), false).await;
    let draft = clerk.post_form(&format!("{at}/household"), &[]).await.expect(303).location().to_owned();
    clerk.get(&draft).await.expect(200).shows("みどり県みどり市西1-2-3").shows("09012340000").hides("小林 実");
}

/// TOP-10: who files a row of people chooses form and doctor once.
async fn the_next_of_a_row_keeps_form_and_doctor(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    press(&mut clerk, &draft, "edition:2022-07", &[LEAST, &[("doctor_name", "医師 花子")]].concat()).await.expect(303);
    press(&mut clerk, &draft, "continue", &[]).await.expect(303);
    let at = crate::support::report(&mut clerk, &draft, false).await;
    let done = clerk.get(&format!("{at}/reported")).await.expect(200);
    done.shows("続けて新規登録").shows("同じ世帯の方を続けて登録");
    let next = clerk.post_form("/staff/notifications", &[("edition", "2022-07"), ("doctor_name", "医師 花子")]).await;
    let draft = next.expect(303).location().to_owned();
    clerk.get(&draft).await.expect(200).shows("医師 花子").hides("検査1 検査方法").hides("小林 実");
}

/// The ID leads to the record, whatever was typed beside it; one that is nobody's is said to be.
async fn an_id_that_was_typed_finds_its_person(world: World) {
    let case = Somebody::patient("山本 桜", "ヤマモト サクラ")
        .enter(&world.app, &world.fixtures.center, &world.fixtures.clinic)
        .await;
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    let mistyped = [LEAST, &[("known_hersys_id", "1234567890")]].concat();
    press(&mut clerk, &draft, "continue", &mistyped).await.expect(422).shows("打ちまちがい");
    let id = case.hersys_id.spaced();
    let right = [LEAST, &[("known_hersys_id", id.as_str())]].concat();
    press(&mut clerk, &draft, "continue", &right).await.expect(303);
    let confirm = clerk.get(&format!("{draft}/confirm")).await.expect(200);
    confirm.shows("山本 桜").shows("この方に追加登録する").shows("別の方として報告").hides("見つかりません");
    // An institution that does not reach the person learns nothing of them.
    let mut stranger = world.visitor().as_staff(&world, &world.fixtures.other_clinic).await;
    let draft = begin(&mut stranger).await;
    press(&mut stranger, &draft, "continue", &right).await.expect(303);
    stranger.get(&format!("{draft}/confirm")).await.expect(200).hides("山本 桜").shows("見つかりません");
}

/// FORM-11: a new name is kept in 医師マスタ, and is there next time.
async fn doctors_are_remembered(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let doctor = [("doctor_name", "医師　花子"), ("save_doctor", "yes")];
    file(&mut clerk, &[LEAST, &doctor].concat(), false).await;
    let draft = begin(&mut clerk).await;
    clerk.get(&draft).await.expect(200).shows("医師 花子");
    let mut other = world.visitor().as_staff(&world, &world.fixtures.other_clinic).await;
    let draft = begin(&mut other).await;
    other.get(&draft).await.expect(200).hides("医師 花子");
}

/// FORM-03: FAX and paper stay possible; the centre enters them, and says how they came.
async fn a_center_enters_what_came_by_fax(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let proxy = [("proxy_for", "fax"), ("institution_name", "やまびこ医院")];
    let at = file(&mut center, &[LEAST, &proxy].concat(), true).await;
    center.get(&at).await.expect(200).shows("やまびこ医院").shows("FAX");
    // An institution under the centre is chosen by its name, also where no script runs.
    let draft = begin(&mut center).await;
    press(&mut center, &draft, "plain", &[("institution_name", "さくら診療所")]).await.expect(303);
    center.get(&draft).await.expect(200).shows("0312345678");
    // An institution does not enter for others.
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let at = file(&mut clerk, &[LEAST, &proxy].concat(), false).await;
    clerk.get(&at).await.expect(200).hides("FAX");
}

/// FORM-32: the result of a suspected case that is not yet known is その他, which is no diagnosis without a test (C-26).
async fn a_suspected_case_waits_for_its_result(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let waiting = [
        ("diagnosis_type", "suspected"),
        ("test1_method", "pcr"),
        ("test1_specimen", "saliva"),
        ("test1_collected_on", "2022-08-01"),
        ("test1_result", "other"),
    ];
    let at = file(&mut clerk, &[LEAST, &waiting].concat(), false).await;
    clerk.get(&at).await.expect(200).shows("その他").hides("みなし陽性");
}

/// Whatever is sent has an answer that is no failure of the system.
async fn hostile_input_is_refused_with_a_sentence(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    let long = "あ".repeat(3_000);
    let answer =
        press(&mut clerk, &draft, "confirm", &[("name", &long), ("remarks", "\0\u{202e}<script>"), ("sex", "x")]).await;
    answer.expect(422).shows("80文字までで入力してください。").shows("選択肢から選んでください").hides("<script>");
    let nobody = Uuid::from_u128(77).to_string();
    press(
        &mut clerk,
        &draft,
        "continue",
        &[LEAST, &[("receiving_center", &nobody), ("sex", ""), ("remarks", "")]].concat(),
    )
    .await
    .expect(303);
    clerk.post_form(&format!("{draft}/report"), &[]).await.expect(422).shows("届出先保健所を選んでください");
    press(&mut clerk, &draft, "edition:1999", &[]).await.expect(303);
    clerk.get("/staff/notifications/drafts/nothing").await.expect(404);
}

/// FORM-15, FORM-16: a day without its year is the nearest that is past, and the page says which.
async fn a_day_without_a_year_is_the_nearest(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    let days = [("diagnosed_on", "8/1"), ("onset_on", "7月30日"), ("first_visit_on", "８／２"), ("birth_on", "1/2")];
    let asked = press(&mut clerk, &draft, "confirm", &[LEAST, &days].concat()).await.expect(422);
    // Nobody guesses a birth's year.
    let asked = asked.shows("生年月日：日付を読み取れません").shows("value=\"2022-07-30\"");
    asked.shows("value=\"2021-08-02\"");
    press(&mut clerk, &draft, "continue", &[("birth_on", "S55.1.2")]).await.expect(303);
    clerk.get(&format!("{draft}/confirm")).await.expect(200).shows("2022年07月30日").shows("2021年08月02日");
    let said = [("typed", "8/2"), ("without_year", "recent")];
    let said = clerk.post_form("/staff/input/date", &said).await.expect(200).json();
    assert_eq!(said["shown"], "2021年08月02日（月）");
}
