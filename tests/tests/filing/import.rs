//! Filing by CSV: everything that is wrong is told, nothing is filed by halves, nothing twice.

use hersys::db::sql;
use hersys::notification::import::columns;
use hersys_tests::{Visitor, World, on_both_databases};

use crate::support::{IMPORT, complete, count, preview, send_parts};

on_both_databases!(
    a_file_is_filed_whole_once_and_changes_by_its_number,
    what_is_wrong_is_told_by_line_and_column_and_nothing_is_filed,
    warnings_need_an_explicit_word,
    a_file_in_shift_jis_and_by_keys_is_read,
    the_list_of_problems_is_no_formula,
    only_registrars_import,
    a_thousand_rows,
    what_was_not_shown_is_not_done,
    a_column_that_is_left_out_changes_nothing,
    a_quote_that_is_never_closed_is_told,
    a_name_that_two_centers_have_names_none,
);

const HEADS: &str = "院内整理番号,当該者氏名,当該者フリガナ,生年月日,診断分類,診断年月日,電話番号";

/// What the preview of a file shows stands in its form.
async fn seen(visitor: &mut Visitor, text: &str) -> String {
    let preview = preview(visitor, text.as_bytes()).await;
    preview.field("seen").unwrap_or_default()
}

/// 【報告】 as it follows the preview.
async fn import(visitor: &mut Visitor, text: &str, goes_on: bool) -> hersys_tests::Answer {
    let seen = seen(visitor, text).await;
    import_as_seen(visitor, text, goes_on, &seen).await
}

async fn import_as_seen(visitor: &mut Visitor, text: &str, goes_on: bool, seen: &str) -> hersys_tests::Answer {
    let mut parts: Vec<(&str, &[u8])> = vec![("text", text.as_bytes()), ("mail", b"on"), ("seen", seen.as_bytes())];
    if goes_on {
        parts.push(("continue", b"on"));
    }
    send_parts(visitor, IMPORT, &parts).await
}

/// FORM-01, FORM-05, FORM-25, PERM-08, C-25: the same file again changes nothing, another content under the same number is a new version.
async fn a_file_is_filed_whole_once_and_changes_by_its_number(world: World) {
    let offices = &world.fixtures;
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    let mut content = complete(&offices.center);
    let file =
        |content: &hersys_shared::notification::Content| String::from_utf8(columns::write([("A-1", content)])).unwrap();
    preview(&mut clinic, file(&content).as_bytes()).await.expect(200).shows("新規 1件").shows("山田 太郎");
    assert_eq!(count(&world, "notification").await, 0);
    import(&mut clinic, &file(&content), false).await.expect(200).shows("1件報告");
    assert_eq!((count(&world, "notification").await, count(&world, "cases").await), (1, 1));

    preview(&mut clinic, file(&content).as_bytes()).await.expect(200).shows("報告済みで変わらないもの 1件");
    import(&mut clinic, &file(&content), false).await.expect(200).shows("0件報告");
    content.values.set("occupation", "教員");
    preview(&mut clinic, file(&content).as_bytes()).await.expect(200).shows("変更 1件").shows("当該者職業");
    // A change is done knowingly.
    import(&mut clinic, &file(&content), false).await.expect(422).shows("【続ける】");
    import(&mut clinic, &file(&content), true).await.expect(200).shows("1件変更");
    assert_eq!((count(&world, "notification").await, count(&world, "cases").await), (1, 1));
    let version: i64 = sql("select version from notification").scalar(&world.app.db).await.unwrap();
    assert_eq!(version, 2);
    assert_eq!(count(&world, "audit where action = 'notification.import'").await, 3);
    // Sent again after the centre has corrected it, the file takes no correction back.
    let (case_id, id): (uuid::Uuid, uuid::Uuid) =
        sql("select case_id, notification_id from notification").one(&world.app.db).await.unwrap();
    let mut corrected = content.clone();
    corrected.values.set("onset_on", "2022-07-28");
    hersys_tests::notifications::change(&world.app, case_id, id, &offices.center, &corrected).await;
    preview(&mut clinic, file(&content).as_bytes()).await.expect(200).shows("報告済みで変わらないもの 1件");
    // Another institution's number is another notification.
    let mut other = world.visitor().as_staff(&world, &offices.other_clinic).await;
    preview(&mut other, file(&content).as_bytes()).await.expect(200).shows("新規 1件");
    clinic.get("/staff/notifications/filed").await.expect(200).shows("山田 太郎").shows("保健所の確認待ち");
}

/// C-08, FORM-15: every row with all that is wrong.
async fn what_is_wrong_is_told_by_line_and_column_and_nothing_is_filed(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let text = format!(
        "{HEADS}\n1,山田 太郎,ヤマダ タロウ,1980/1/2,患者（確定例）,2022/8/1,090-1234-5678\n2,佐藤 次郎,山,9999,かぜ,,1\n1,鈴木,スズキ,,疑似症患者,2022/8/1,\n"
    );
    let told = preview(&mut clinic, text.as_bytes()).await.expect(422);
    for sentence in [
        "2件の行にエラー",
        "「診断分類」選択肢から選んでください",
        "診断年月日を入力してください（必須）",
        "2行目と同じ院内整理番号です",
    ] {
        assert!(told.body.contains(sentence), "{sentence}");
    }
    told.hides("件を報告</button>");
    import(&mut clinic, &text, true).await.expect(422);
    assert_eq!((count(&world, "notification").await, count(&world, "cases").await), (0, 0));
    preview(&mut clinic, "院内整理番号,天気\n1,晴\n".as_bytes()).await.expect(422).shows("2列目の見出し");
    preview(&mut clinic, b"").await.expect(422).shows("中身のないファイル");
}

/// FORM-17: a grey 【続ける】 for the whole file.
async fn warnings_need_an_explicit_word(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let text = format!(
        "{HEADS}\n1,山田 太郎,ヤマダ タロウ,1980/1/2,患者（確定例）,2022/8/1,090-1234-5678\n2,山田 多朗,やまだ たろう,S55.1.2,confirmed,令和4年8月1日,\n"
    );
    preview(&mut clinic, text.as_bytes())
        .await
        .expect(200)
        .shows("【続ける】")
        .shows("2行目と、フリガナと生年月日が同じです");
    import(&mut clinic, &text, false).await.expect(422).shows("まだ報告していません");
    assert_eq!(count(&world, "notification").await, 0);
    import(&mut clinic, &text, true).await.expect(200).shows("2件報告");
    // One event each in the inbox; the likely duplicate is shown there, too.
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center.get("/staff/inbox").await.expect(200).shows("山田 多朗").shows("重複の疑い");
    let again = format!("{HEADS}\n3,山田 太郎,ヤマダ タロウ,1980/1/2,患者（確定例）,2022/8/1,\n");
    preview(&mut clinic, again.as_bytes()).await.expect(200).shows("同じ方かもしれません");
}

async fn a_file_in_shift_jis_and_by_keys_is_read(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let text =
        "local_id,name,diagnosis_type,diagnosed_on,症状 発熱\r\nk-1,髙山 一郎,無症状病原体保有者,2022/8/1,有\r\n";
    let (bytes, ..) = encoding_rs::SHIFT_JIS.encode(text);
    preview(&mut clinic, &bytes).await.expect(200).shows("髙山 一郎").shows("症状に「有」があります");
    let template = clinic.get(&format!("{IMPORT}/template")).await.expect(200);
    assert!(template.body.starts_with('\u{feff}') && template.body.contains("local_id"));
    clinic.get(IMPORT).await.expect(200).shows("院内整理番号");
}

/// What a spreadsheet opens carries out nothing.
async fn the_list_of_problems_is_no_formula(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let text = format!("{HEADS}\n\"=HYPERLINK(\"\"http://x\"\")\",山田,,,x,,\n");
    let list = send_parts(&mut clinic, &format!("{IMPORT}/problems"), &[("text", text.as_bytes())]).await.expect(200);
    assert!(list.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert!(
        list.body.contains("\"'=HYPERLINK") && !list.body.contains(",=") && !list.body.contains(",\"="),
        "{}",
        list.body
    );
    list.hides("山田").shows("選択肢から選んでください");
}

/// FORM-03, FORM-05, PERM-04
async fn only_registrars_import(world: World) {
    for (office, status) in
        [(&world.fixtures.center, 200), (&world.fixtures.head_office, 403), (&world.fixtures.follow_up, 403)]
    {
        world.visitor().as_staff(&world, office).await.get(IMPORT).await.expect(status);
    }
}

/// As many as a file may hold, within the time that a request may take; one mail for all of them.
async fn a_thousand_rows(world: World) {
    sql("update organization set mail = 'aoba@example.jp' where organization_id = $1")
        .bind(world.fixtures.center.organization_id)
        .run(&world.app.db)
        .await
        .unwrap();
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let row = |n: usize| format!("{n},山田 {n}郎,,,患者（確定例）,2022/8/1,\n");
    let rows = |count: usize| format!("{HEADS}\n{}", (1..=count).map(row).collect::<String>());
    preview(&mut clinic, rows(1001).as_bytes()).await.expect(422).shows("1000行まで");
    import(&mut clinic, &rows(1000), true).await.expect(200).shows("1000件報告");
    assert_eq!(count(&world, "notification_inbox where state = 'new'").await, 1000);
    assert_eq!(count(&world, "message where channel = 'mail'").await, 1);
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center.get("/staff/inbox").await.expect(200).shows("1000").shows("100以上");
}

/// FORM-25, C-25: what somebody else reported or changed since the preview is shown first.
async fn what_was_not_shown_is_not_done(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let text = |occupation: &str| {
        format!(
            "院内整理番号,当該者氏名,診断分類,診断年月日,当該者職業\n1,山田 太郎,患者（確定例）,2022/8/1,{occupation}\n"
        )
    };
    let seen_first = seen(&mut clinic, &text("会社員")).await;
    import(&mut clinic, &text("教員"), true).await.expect(200).shows("1件報告");
    import_as_seen(&mut clinic, &text("会社員"), true, &seen_first)
        .await
        .expect(422)
        .shows("確認の画面を開いたあとに")
        .shows("教員");
    let stored: i64 = sql("select version from notification").scalar(&world.app.db).await.unwrap();
    assert_eq!(stored, 1);
}

/// FORM-25: a file says nothing of what it has no column for.
async fn a_column_that_is_left_out_changes_nothing(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let full = format!("{HEADS}\n1,山田 太郎,ヤマダ タロウ,1980/1/2,患者（確定例）,2022/8/1,090-1234-5678\n");
    import(&mut clinic, &full, true).await.expect(200).shows("1件報告");
    let short = "院内整理番号,当該者氏名,診断分類,診断年月日,当該者職業\n1,山田 太郎,患者（確定例）,2022/8/1,教員\n";
    import(&mut clinic, short, true).await.expect(200).shows("1件変更");
    let (body,): (serde_json::Value,) =
        sql("select content from notification where version = 2").one(&world.app.db).await.unwrap();
    assert_eq!(body["values"]["phone"], "09012345678", "{body}");
    assert_eq!(body["values"]["occupation"], "教員");
}

/// C-08: the rows behind it would become one person's remark.
async fn a_quote_that_is_never_closed_is_told(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let text = "院内整理番号,当該者氏名,診断分類,診断年月日,自由記述欄\n\
                1,山田 太郎,患者（確定例）,2022/8/1,\"発熱あり\n2,佐藤 次郎,患者（確定例）,2022/8/1,なし\n";
    preview(&mut clinic, text.as_bytes()).await.expect(422).shows("引用符").hides("佐藤");
}

/// FORM-21: a notification goes where its writer meant it to go.
async fn a_name_that_two_centers_have_names_none(world: World) {
    let offices = &world.fixtures;
    sql("update organization set name = '中部保健所' where organization_id in ($1, $2)")
        .bind(offices.center.organization_id)
        .bind(offices.other_center.organization_id)
        .run(&world.app.db)
        .await
        .unwrap();
    let text =
        "院内整理番号,当該者氏名,診断分類,診断年月日,届出先保健所\n1,山田 太郎,患者（確定例）,2022/8/1,中部保健所\n";
    // Its own centre is the one that a clinic means.
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    import(&mut clinic, text, true).await.expect(200).shows("1件報告");
    let (center_id,): (uuid::Uuid,) =
        sql("select receiving_center_id from notification").one(&world.app.db).await.unwrap();
    assert_eq!(center_id, offices.center.organization_id);
    sql("update organization set governing_id = $2 where organization_id = $1")
        .bind(offices.clinic.organization_id)
        .bind(offices.head_office.organization_id)
        .run(&world.app.db)
        .await
        .unwrap();
    let other = text.replace("\n1,", "\n2,");
    preview(&mut clinic, other.as_bytes()).await.expect(422).shows("届出先保健所");
    // Nor does one that has stopped receive.
    sql("update organization set name = '止まった保健所', active_until = '2022-01-01' where organization_id = $1")
        .bind(offices.other_center.organization_id)
        .run(&world.app.db)
        .await
        .unwrap();
    let stopped = other.replace("中部", "止まった");
    preview(&mut clinic, stopped.as_bytes()).await.expect(422).shows("届出先保健所");
}
