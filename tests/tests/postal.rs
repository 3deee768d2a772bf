//! Postal codes: the import by the program itself, the look-up, the help on ID管理; 通知設定 and the policy of a
//! health centre.

use std::path::{Path, PathBuf};
use std::process::Output;

use hersys::db::sql;
use hersys_tests::fixtures::Somebody;
use hersys_tests::{Visitor, World, on_both_databases};

on_both_databases!(
    the_sample_is_there_from_the_first_start,
    the_program_imports_either_encoding,
    a_broken_file_changes_nothing_and_names_its_line,
    the_address_is_filled_without_a_script,
    a_date_is_said_back_and_stands_in_no_address,
    a_registration_waits_on_the_server_until_it_is_done,
    a_center_decides_about_notices,
    an_sms_is_sent_only_after_asking,
    every_item_of_the_table_is_there,
);

/// FORM-12
async fn the_sample_is_there_from_the_first_start(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let one = staff.get("/staff/postal/1000001").await.expect(200).json();
    assert_eq!(one["common"], "東京都千代田区千代田");
    assert_eq!(one["places"][0]["city"], "千代田区");
    assert_eq!(one["places"][0]["kana"], "トウキョウト チヨダク チヨダ");
    let town = staff.get("/staff/postal/4520961").await.expect(200).json();
    assert_eq!((town["places"].as_array().unwrap().len(), town["common"].as_str()), (4, Some("愛知県清須市")));
    let two = staff.get("/staff/postal/4980000").await.expect(200).json();
    assert_eq!((two["places"].as_array().unwrap().len(), two["common"].as_str()), (2, Some("")));
    let none = staff.get("/staff/postal/9999999").await.expect(200).json();
    assert_eq!((none["places"].as_array().unwrap().len(), none["common"].as_str()), (0, Some("")));
    staff.get("/staff/postal/12345").await.expect(422);
    world.visitor().get("/staff/postal/1000001").await.expect(303);
}

const HALF_WIDTH: &str = "\
01224,\"066  \",\"0660005\",\"ﾎｯｶｲﾄﾞｳ\",\"ﾁﾄｾｼ\",\"ｷｮｳﾜ(88-2､271-10､343-2､404-1､427-\",\"北海道\",\"千歳市\",\"協和（８８－２、２７１－１０、３４３－２、４０４－１、４２７－\",1,0,0,0,0,0\r
01224,\"066  \",\"0660005\",\"ﾎｯｶｲﾄﾞｳ\",\"ﾁﾄｾｼ\",\"3､431-12)\",\"北海道\",\"千歳市\",\"３、４３１－１２）\",1,0,0,0,0,0\r
26102,\"602  \",\"6028368\",\"ｷｮｳﾄﾌ\",\"ｷｮｳﾄｼｶﾐｷﾞｮｳｸ\",\"ｷﾀﾏﾁ\",\"京都府\",\"京都市上京区\",\"北町（六軒町通仁和寺街道上る、六軒町通仁和寺街道上る東入、仁和寺街道\",0,0,0,0,0,0\r
26102,\"602  \",\"6028368\",\"ｷｮｳﾄﾌ\",\"ｷｮｳﾄｼｶﾐｷﾞｮｳｸ\",\"ｷﾀﾏﾁ\",\"京都府\",\"京都市上京区\",\"六軒町西入）\",0,0,0,0,0,0\r
25443,\"52203\",\"5220317\",\"ｼｶﾞｹﾝ\",\"ｲﾇｶﾐｸﾞﾝﾀｶﾞﾁｮｳ\",\"ｲﾁｴﾝ\",\"滋賀県\",\"犬上郡多賀町\",\"一円\",0,0,0,0,0,0\r
";

const FULL_WIDTH: &str = "\
01224,\"066  \",\"0660005\",\"ホッカイドウ\",\"チトセシ\",\"キョウワ（８８－２、２７１－１０、３４３－２、４０４－１、４２７－３、４３１－１２）\",\"北海道\",\"千歳市\",\"協和（８８－２、２７１－１０、３４３－２、４０４－１、４２７－３、４３１－１２）\",1,0,0,0,0,0
26102,\"602  \",\"6028368\",\"キョウトフ\",\"キョウトシカミギョウク\",\"キタマチ\",\"京都府\",\"京都市上京区\",\"北町（六軒町通仁和寺街道上る、六軒町通仁和寺街道上る東入、仁和寺街道六軒町西入）\",0,0,0,0,0,0
25443,\"52203\",\"5220317\",\"シガケン\",\"イヌカミグンタガチョウ\",\"イチエン\",\"滋賀県\",\"犬上郡多賀町\",\"一円\",0,0,0,0,0,0
";

fn shift_jis(text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(text);
    assert!(!lossy);
    bytes.into_owned()
}

async fn import(world: &World, file: &Path) -> Output {
    let program = std::env::var("HERSYS_TEST_SERVER")
        .expect("HERSYS_TEST_SERVER is not set: run the tests by `cargo xtask test`");
    tokio::process::Command::new(program)
        .args(["import", "postal"])
        .arg(file)
        .env("HERSYS_DATABASE_URL", world.database_url())
        .env("HERSYS_DATA_DIR", world.folder())
        .output()
        .await
        .expect("the program runs")
}

fn file(world: &World, name: &str, bytes: &[u8]) -> PathBuf {
    let path = world.folder().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

async fn table(world: &World) -> Vec<(String, String, String, String, String)> {
    sql("select code, prefecture, city, town, kana from postal_code order by position")
        .all(&world.app.db)
        .await
        .unwrap()
}

/// FORM-12
async fn the_program_imports_either_encoding(world: World) {
    let done = import(&world, &file(&world, "KEN_ALL.CSV", &shift_jis(HALF_WIDTH))).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(said.starts_with("5 rows, 3 places in "), "{said}");
    let first = table(&world).await;
    assert_eq!(first.len(), 3, "the sample is gone: {first:?}");
    assert_eq!(first[0].3, "協和");
    assert_eq!(first[1].4, "キョウトフ キョウトシカミギョウク キタマチ");
    assert!(import(&world, &file(&world, "utf_ken_all.csv", FULL_WIDTH.as_bytes())).await.status.success());
    assert_eq!(table(&world).await, first);
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    assert_eq!(staff.get("/staff/postal/5220317").await.json()["common"], "滋賀県犬上郡多賀町一円");
}

async fn a_broken_file_changes_nothing_and_names_its_line(world: World) {
    let before = table(&world).await;
    assert!(before.len() > 50);
    let lines: Vec<&str> = HALF_WIDTH.lines().collect();
    let open = [lines[0], lines[4]].join("\r\n");
    let short = [lines[4], "01224,\"066  \",\"0660005\""].join("\r\n");
    let mut wrong = shift_jis(HALF_WIDTH);
    let at = wrong.iter().rposition(|byte| *byte == b',').unwrap();
    wrong[at] = 0xff;
    for (bytes, problem) in [
        (shift_jis(&open), "line 1 opens a bracket that is never closed"),
        (shift_jis(&short), "line 2 has 3 columns instead of 15"),
        (wrong, "line 5 has bytes that are not Shift_JIS"),
        (Vec::new(), "the file has no rows"),
        (b"PK\x03\x04".to_vec(), "is a zip file: unpack it first"),
    ] {
        let refused = import(&world, &file(&world, "broken.csv", &bytes)).await;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(problem), "{said}");
        assert_eq!(table(&world).await, before);
    }
    assert!(!import(&world, Path::new("/nonexistent.csv")).await.status.success());
}

/// The address of an empty form, and its hidden fields.
async fn new_form(staff: &mut Visitor) -> (String, Vec<(&'static str, String)>) {
    let path = staff.get("/staff/cases/new").await.location().to_owned();
    staff.get(&path).await.expect(200);
    let draft_id = path.rsplit('/').next().unwrap().to_owned();
    (path, vec![("case_id", draft_id), ("kind", "patient".into())])
}

fn with<'a>(form: &'a [(&'static str, String)], fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(name, value)| (*name, value.as_str())).chain(fields.iter().copied()).collect()
}

/// FORM-12
async fn the_address_is_filled_without_a_script(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let (_, form) = new_form(&mut staff).await;
    let review = "/staff/cases/new/review";
    let pressed = |code, address, lookup| {
        with(&form, &[("name", "鈴木"), ("postal_code", code), ("address", address), ("postal_lookup", lookup)])
    };
    let page = staff.post_form(review, &pressed("〒１００－０００１", "", "postal_code")).await.expect(200);
    page.shows("value=\"東京都千代田区千代田\"").shows("value=\"鈴木\"").shows("住所を途中まで入力しました");
    let page = staff.post_form(review, &pressed("498-0000", "", "postal_code")).await.expect(200);
    let page = page.shows("2件あります").shows("value=\"postal_code=三重県桑名郡木曽岬町\"");
    assert!(page.body.contains("name=\"address\" type=\"text\" value=\"\""), "nothing is certain");
    staff
        .post_form(review, &pressed("498-0000", "", "postal_code=三重県桑名郡木曽岬町"))
        .await
        .expect(200)
        .shows("value=\"三重県桑名郡木曽岬町\"")
        .hides("postal_code=愛知県弥富市");
    // What somebody wrote stays until they choose.
    staff
        .post_form(review, &pressed("1000001", "自分で書いた住所", "postal_code"))
        .await
        .expect(200)
        .shows("value=\"自分で書いた住所\"")
        .shows("value=\"postal_code=東京都千代田区千代田\"");
    staff.post_form(review, &pressed("9999999", "", "postal_code")).await.expect(200).shows("見つかりません");
    let kept: i64 = sql("select count(*) from registration_draft").scalar(&world.app.db).await.unwrap();
    assert_eq!(kept, 0, "looking up keeps nothing");

    let taro = Somebody::patient("山田 太郎", "ヤマダ タロウ")
        .enter(&world.app, &world.fixtures.center, &world.fixtures.center)
        .await;
    let edit = format!("/staff/cases/{}/identity/edit", taro.case_id);
    staff
        .post_form(&edit, &[("postal_code", "1000014"), ("postal_lookup", "postal_code"), ("version", "1")])
        .await
        .expect(200)
        .shows("value=\"東京都千代田区永田町\"");
}

/// FORM-12, SEC-11
async fn a_date_is_said_back_and_stands_in_no_address(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let said = staff.post_form("/staff/input/date", &[("typed", "昭和55年1月2日")]).await.expect(200).json();
    assert_eq!(said["shown"], "1980年01月02日（水）");
    let said = staff.post_form("/staff/input/date", &[("typed", "ことし")]).await.expect(200).json();
    assert!(said["shown"].is_null() && said["problem"].as_str().unwrap().contains("読み取れません"));
    world.visitor().post_form("/staff/input/date", &[("typed", "x")]).await.expect(401);
}

/// IDR-01, SEC-10
async fn a_registration_waits_on_the_server_until_it_is_done(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let center = world.fixtures.center.organization_id.to_string();
    let (path, form) = new_form(&mut staff).await;
    let typed = with(&form, &[("name", "鈴木 次郎"), ("note", "大事"), ("responsible_center_id", &center)]);
    let review = staff.post_form("/staff/cases/new/review", &typed).await.location().to_owned();
    staff.get(&review).await.expect(200).shows("鈴木 次郎").shows("まだ登録されていません");
    // Back, or a browser that was closed.
    staff.get(&path).await.expect(200).shows("value=\"鈴木 次郎\"").shows("大事");
    let mut colleague = world.visitor().as_staff(&world, &world.fixtures.other_center).await;
    colleague.get(&path).await.expect(200).hides("鈴木");
    assert_eq!(colleague.get(&review).await.location(), path);
    // Nor do they take it over under its address.
    let mut stolen = with(&form, &[("name", "別の人")]);
    let theirs = world.fixtures.other_center.organization_id.to_string();
    stolen.push(("responsible_center_id", &theirs));
    colleague.post_form("/staff/cases/new/review", &stolen).await;
    staff.get(&review).await.expect(200).shows("鈴木 次郎");
    let done = staff.post_form("/staff/cases", &typed).await.location().to_owned();
    let kept: i64 = sql("select count(*) from registration_draft").scalar(&world.app.db).await.unwrap();
    assert_eq!(kept, 0);
    assert_eq!(staff.get(&path).await.location(), done, "Back leads to what was done");
    // The next one begins empty.
    let (_, next) = new_form(&mut staff).await;
    assert_ne!(next[0].1, form[0].1);
}

/// NTF-08, NTF-09, NTF-02, NTF-03
async fn a_center_decides_about_notices(world: World) {
    let center = &world.fixtures.center;
    let policy = hersys::cases::notice_policy(&world.app.db, center.organization_id).await.unwrap();
    assert!(policy.sends_url_notice && !policy.institutions_may_notify);
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let id = center.organization_id.to_string();
    let sms =
        [("name", "鈴木"), ("phone", "090-1111-2222"), ("send_sms", "on"), ("responsible_center_id", id.as_str())];
    let (_, form) = new_form(&mut clinic).await;
    clinic
        .post_form("/staff/cases/new/review", &with(&form, &sms))
        .await
        .expect(422)
        .shows("医療機関からの通知を認めていない");
    sql("update organization set institutions_may_notify = true where organization_id = $1")
        .bind(center.organization_id)
        .run(&world.app.db)
        .await
        .unwrap();
    clinic.post_form("/staff/cases/new/review", &with(&form, &sms)).await.location();
    // The person's own setting goes before any policy.
    let mut against = with(&form, &sms);
    against.push(("notices", "off"));
    clinic.post_form("/staff/cases/new/review", &against).await.expect(422).shows("通知設定が「しない」");
}

/// NTF-02, NTF-10
async fn an_sms_is_sent_only_after_asking(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let center = world.fixtures.center.organization_id.to_string();
    let (_, form) = new_form(&mut staff).await;
    let typed = with(&form, &[("name", "鈴木"), ("phone", "090-1111-2222"), ("responsible_center_id", &center)]);
    staff.post_form("/staff/cases", &typed).await.location();
    let case = format!("/staff/cases/{}", form[0].1);
    let link = format!("href=\"{case}/invitation\"");
    staff.get(&format!("{case}/identity")).await.expect(200).shows(&link);
    staff.get(&format!("{case}/invitation")).await.expect(200).shows("送りますか").shows("09011112222");
    let sent: i64 = sql("select count(*) from invitation").scalar(&world.app.db).await.unwrap();
    assert_eq!(sent, 0);
    let after = staff.post_form(&format!("{case}/invitation"), &[]).await.location().to_owned();
    staff.get(&after).await.expect(200).shows("SMSを送信待ちに入れました");
    // 通知設定 しない: neither the question nor the sending.
    let mut off = typed.clone();
    off.extend([("notices", "off"), ("version", "1")]);
    staff.post_form(&format!("{case}/identity/edit"), &off).await.location();
    for answer in
        [staff.get(&format!("{case}/invitation")).await, staff.post_form(&format!("{case}/invitation"), &[]).await]
    {
        assert!(answer.location().ends_with("notice=notices-off"));
    }
    let sent: i64 = sql("select count(*) from invitation").scalar(&world.app.db).await.unwrap();
    assert_eq!(sent, 1);
}

/// IDR-02, IDR-05, IDR-06
async fn every_item_of_the_table_is_there(world: World) {
    let offices = &world.fixtures;
    let taro =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.center).await;
    let mut staff = world.visitor().as_staff(&world, &offices.center).await;
    let center = offices.center.organization_id.to_string();
    let (path, form) = new_form(&mut staff).await;
    let page = staff.get(&path).await.expect(200);
    for label in [
        "フリガナ",
        "氏名",
        "生年月日",
        "性別",
        "国籍",
        "郵便番号",
        "住所",
        "担当保健所",
        "緊急連絡先 氏名",
        "続柄",
        "電話番号1",
        "電話番号2",
        "連絡先電話番号",
        "メールアドレス",
        "受付年月日",
        "職業",
        "勤務先／学校情報",
        "契機となった感染者の方のＩＤ",
        "自由記述欄",
        "保健所独自ID",
        "通知設定",
    ] {
        assert!(page.body.contains(label), "{label}");
    }
    let mut typed = with(&form, &[("name", "鈴木"), ("birth_on", "1990-03-04"), ("responsible_center_id", &center)]);
    typed.extend([("index_hersys_id", taro.hersys_id.as_str()), ("notices", "on"), ("local_id", "A-7")]);
    typed.retain(|(name, _)| *name != "kind");
    typed.push(("kind", "contact"));
    staff.post_form("/staff/cases", &typed).await.location();
    staff
        .get(&format!("/staff/cases/{}/identity", form[0].1))
        .await
        .expect(200)
        .shows("30代")
        .shows("A-7")
        .shows("通知設定")
        .shows(&format!("href=\"/staff/cases/{}\"", taro.case_id));
}
