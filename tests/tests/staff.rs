//! Staff: sign-in, registration by ID管理, the list, and the observation page.

use hersys_tests::fixtures::{PASSWORD, Somebody, report};
use hersys_tests::world::six_digits;
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::json;
use time::Duration;
use time::macros::date;
use uuid::Uuid;

on_both_databases!(
    sign_in_takes_id_password_and_code_every_time,
    a_wrong_password_tells_nothing_about_the_id,
    a_code_by_sms_is_bound_to_its_sign_in,
    a_session_ends_when_idle_and_in_any_case,
    the_top_page_has_its_two_sections,
    somebody_is_registered_before_the_notification,
    what_was_typed_wrong_is_kept_beside_its_sentence,
    registering_twice_makes_one_person,
    an_institution_registers_for_its_center,
    the_sms_gives_away_neither_name_nor_illness,
    the_list_finds_people_by_any_writing,
    the_list_holds_only_what_is_within_reach,
    the_list_turns_its_pages,
    head_office_sees_entries_at_once,
    two_editors_lose_nothing,
    the_observation_page_shows_table_and_graph,
    contacts_are_blue_and_patients_red,
    several_people_are_printed,
);

/// The fields of the ID管理 form as a browser sends them.
async fn new_form(staff: &mut Visitor) -> Vec<(String, String)> {
    let location = staff.get("/staff/cases/new").await.location().to_owned();
    let page = staff.get(&location).await.expect(200);
    let value = |name: &str| {
        let at = page.body.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("{name} is not on the form"));
        let tag = &page.body[page.body[..at].rfind('<').unwrap()..];
        let tag = &tag[..tag.find('>').unwrap()];
        tag.split_once("value=\"").map(|(_, rest)| rest.split('"').next().unwrap().to_owned()).unwrap_or_default()
    };
    let center = page.body.split("<option").find(|option| option.contains("selected")).unwrap();
    let center = center.split_once("value=\"").unwrap().1.split('"').next().unwrap();
    vec![
        ("case_id".into(), value("case_id")),
        ("received_on".into(), value("received_on")),
        ("kind".into(), "patient".into()),
        ("responsible_center_id".into(), center.to_owned()),
    ]
}

fn with<'a>(form: &'a [(String, String)], fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(fields.iter().copied()).collect()
}

/// AUTH-01, AUTH-02, AUTH-05, AUTH-10, AUTH-20, AUTH-21, AUTH-29, AUTH-31, SEC-03, NTF-05
async fn sign_in_takes_id_password_and_code_every_time(world: World) {
    let center = &world.fixtures.center;
    for _ in 0..2 {
        let mut staff = world.visitor();
        assert_eq!(staff.get("/staff/").await.location(), "/staff/sign-in");
        staff
            .get("/staff/sign-in")
            .await
            .expect(200)
            .shows("Sign in")
            .shows("新型コロナウイルス感染者等情報把握・管理支援システム");
        staff.post_form("/staff/sign-in/id", &[("sign_in_id", &center.sign_in_id.to_uppercase())]).await;
        staff.post_form("/staff/sign-in/password", &[("sign_in_id", &center.sign_in_id), ("password", PASSWORD)]).await;
        assert_eq!(staff.get("/staff/").await.location(), "/staff/sign-in", "the password alone is not enough");
        staff.get("/staff/sign-in/code").await.expect(200).shows("SMS を送信しました").hides(&center.phone);
        let code = six_digits(&world.newest_sms(&center.phone).await);
        assert_eq!(staff.post_form("/staff/sign-in/code", &[("code", &code)]).await.location(), "/staff/");
        staff.get("/staff/").await.expect(200).shows("あおば保健所");
        staff.post_form("/staff/sign-out", &[]).await;
        assert_eq!(staff.get("/staff/").await.location(), "/staff/sign-in");
        world.pass(Duration::minutes(2));
    }
}

async fn a_wrong_password_tells_nothing_about_the_id(world: World) {
    let known = world.fixtures.center.sign_in_id.as_str();
    let mut answers = Vec::new();
    for sign_in_id in [known, "nobody@hersys.example"] {
        let mut staff = world.visitor();
        staff.post_form("/staff/sign-in/id", &[("sign_in_id", sign_in_id)]).await;
        let answer = staff
            .post_form("/staff/sign-in/password", &[("sign_in_id", sign_in_id), ("password", "Wrong-pass-1")])
            .await;
        answers.push((answer.status, answer.body.replace(sign_in_id, "")));
    }
    assert_eq!(answers[0], answers[1]);
    let mut guesser = world.visitor().from_network([198, 51, 100, 7]);
    let mut last = 0;
    for _ in 0..7 {
        let answer =
            guesser.post_form("/staff/sign-in/password", &[("sign_in_id", known), ("password", "Wrong-pass-1")]).await;
        last = answer.status.as_u16();
    }
    assert_eq!(last, 429);
    world.visitor().as_staff(&world, &world.fixtures.center).await.get("/staff/").await.expect(200);
}

/// AUTH-23: six digits, five minutes, once, bound to the sign-in.
async fn a_code_by_sms_is_bound_to_its_sign_in(world: World) {
    let center = &world.fixtures.center;
    let begin = async |visitor: &mut Visitor| {
        visitor
            .post_form("/staff/sign-in/password", &[("sign_in_id", &center.sign_in_id), ("password", PASSWORD)])
            .await;
        six_digits(&world.newest_sms(&center.phone).await)
    };
    let mut one = world.visitor();
    let first = begin(&mut one).await;
    world.pass(Duration::minutes(2));
    let mut other = world.visitor();
    let second = begin(&mut other).await;
    if first != second {
        assert_eq!(other.post_form("/staff/sign-in/code", &[("code", &first)]).await.status, 422);
    }
    world.visitor().post_form("/staff/sign-in/code", &[("code", &second)]).await;
    world.pass(Duration::minutes(5));
    assert!(!other.post_form("/staff/sign-in/code", &[("code", &second)]).await.status.is_success());
    assert_eq!(other.get("/staff/").await.location(), "/staff/sign-in", "too late");
}

/// AUTH-30
async fn a_session_ends_when_idle_and_in_any_case(world: World) {
    let mut idle = world.visitor().as_staff(&world, &world.fixtures.center).await;
    world.pass(Duration::minutes(30));
    assert_eq!(idle.get("/staff/").await.location(), "/staff/sign-in");
    let mut busy = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let mut signed_in = Duration::ZERO;
    while busy.get("/staff/").await.status == 200 {
        world.pass(Duration::minutes(20));
        signed_in += Duration::minutes(20);
        assert!(signed_in <= Duration::hours(12));
    }
    assert_eq!(signed_in, Duration::hours(12));
}

/// TOP-01, TOP-02, TOP-03, TOP-04, TOP-05
async fn the_top_page_has_its_two_sections(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center
        .get("/staff/")
        .await
        .expect(200)
        .shows("新たに発生届を提出する場合、発生届の提出前に使用する場合")
        .shows("発生届の提出前に使用")
        .shows("※複数人分の発生届を連続して新規登録することができます。")
        .shows("入力済の情報を閲覧・編集する場合")
        .shows("既に入力済の情報については、こちらから閲覧・編集を行ってください。")
        .shows("登録情報一覧");
    let mut follow_up = world.visitor().as_staff(&world, &world.fixtures.follow_up).await;
    follow_up.get("/staff/").await.expect(200).hides("href=\"/staff/cases/new\"");
}

/// IDR-01, IDR-02, IDR-03, IDR-04, IDR-05, C-01
async fn somebody_is_registered_before_the_notification(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let form = new_form(&mut staff).await;
    let typed =
        with(&form, &[("name", "鈴木 次郎"), ("kana", "ｽｽﾞｷ じろう"), ("birth_on", "平成2年3月4日"), ("sex", "male")]);
    let review = staff.post_form("/staff/cases/new/review", &typed).await.location().to_owned();
    staff.get(&review).await.expect(200).shows("スズキ ジロウ").shows("1990年03月04日").shows("登録").shows("再編集");
    staff.get("/staff/cases").await.expect(200).hides("鈴木");
    staff.post_form("/staff/cases/new", &typed).await.expect(200).shows("ｽｽﾞｷ じろう").shows("平成2年3月4日");
    let done = staff.post_form("/staff/cases", &typed).await.location().to_owned();
    staff.get(&done).await.expect(200).shows("完了").shows("スマホ入力ID（HER-SYS ID）");
    let list = staff.get("/staff/cases").await.expect(200).shows("鈴木 次郎");
    let case_id = &form[0].1;
    assert!(list.body.contains(case_id));
    assert_eq!(
        staff.get(&format!("/staff/cases/{case_id}")).await.location(),
        format!("/staff/cases/{case_id}/identity")
    );
    staff
        .get(&format!("/staff/cases/{case_id}/identity"))
        .await
        .expect(200)
        .shows("登録情報一覧")
        .shows("32歳4ヶ月")
        .shows("入力なし");
}

async fn what_was_typed_wrong_is_kept_beside_its_sentence(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let form = new_form(&mut staff).await;
    let typed = with(
        &form,
        &[
            ("name", ""),
            ("kana", "鈴木"),
            ("birth_on", "ことし"),
            ("phone", "123"),
            ("postal_code", "1"),
            ("note", "消えては困る"),
        ],
    );
    for path in ["/staff/cases/new/review", "/staff/cases"] {
        staff
            .post_form(path, &typed)
            .await
            .expect(422)
            .shows("氏名を入力してください")
            .shows("カタカナ")
            .shows("日付を読み取れません")
            .shows("電話番号は0から始まる")
            .shows("郵便番号は7桁")
            .shows("消えては困る")
            .shows("ことし");
    }
    let typed = with(&form, &[("name", "鈴木"), ("send_sms", "on"), ("phone", "03-1234-5678")]);
    staff.post_form("/staff/cases/new/review", &typed).await.expect(422).shows("携帯電話");
}

async fn registering_twice_makes_one_person(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let form = new_form(&mut staff).await;
    let typed = with(&form, &[("name", "鈴木 次郎")]);
    let first = staff.post_form("/staff/cases", &typed).await.location().to_owned();
    assert_eq!(staff.post_form("/staff/cases", &typed).await.location(), first);
    let count: i64 = hersys::db::sql("select count(*) from cases").scalar(&world.app.db).await.unwrap();
    assert_eq!(count, 1);
    // The browser's Back, then a sibling in the same form: nobody is lost behind the first one's success.
    let sibling = with(&form, &[("name", "鈴木 三郎")]);
    staff.post_form("/staff/cases", &sibling).await.expect(422).shows("鈴木 三郎").shows("すでに1人登録しました");
    let mut other = world.visitor().as_staff(&world, &world.fixtures.far_center).await;
    let theirs = new_form(&mut other).await;
    let mut stolen = theirs.clone();
    stolen[0].1.clone_from(&form[0].1);
    let stolen = with(&stolen, &[("name", "別の人")]);
    other.post_form("/staff/cases", &stolen).await.expect(404);
}

/// C-02, IDR-02, PERM-03, PERM-07, C-23
async fn an_institution_registers_for_its_center(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let form = new_form(&mut clinic).await;
    assert_eq!(form[3].1, world.fixtures.center.organization_id.to_string(), "its 所管保健所 is chosen already");
    let typed = with(&form, &[("name", "鈴木 次郎")]);
    clinic.post_form("/staff/cases", &typed).await.location();
    clinic.get("/staff/cases").await.expect(200).shows("鈴木 次郎");
    world
        .visitor()
        .as_staff(&world, &world.fixtures.center)
        .await
        .get("/staff/cases")
        .await
        .expect(200)
        .shows("鈴木 次郎");
    world
        .visitor()
        .as_staff(&world, &world.fixtures.other_clinic)
        .await
        .get("/staff/cases")
        .await
        .expect(200)
        .hides("鈴木 次郎");
}

/// NTF-02, NTF-03
async fn the_sms_gives_away_neither_name_nor_illness(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let form = new_form(&mut staff).await;
    let typed = with(
        &form,
        &[("name", "鈴木 次郎"), ("phone", "090-1111-2222"), ("send_sms", "on"), ("birth_on", "1990-03-04")],
    );
    staff.post_form("/staff/cases", &typed).await.location();
    let sms = world.newest_sms("09011112222").await;
    for secret in ["鈴木", "次郎", "コロナ", "感染", "陽性"] {
        assert!(!sms.contains(secret), "{secret} in an SMS");
    }
    let token = sms.split("/r/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let mut patient = world.visitor().as_patient(&world, "jiro@example.jp").await;
    let invited = patient.get(&format!("/api/patient/invitations/{token}")).await.expect(200).json();
    let hersys_id = invited["hersys_id"].as_str().unwrap();
    assert!(sms.replace(' ', "").contains(hersys_id));
    patient.link("次郎", "1990-03-04", hersys_id).await;
}

async fn search(staff: &mut Visitor, fields: &[(&str, &str)]) -> String {
    let answer = staff.post_form("/staff/cases/search", fields).await;
    let location = answer.location().to_owned();
    for (_, typed) in fields.iter().filter(|(_, typed)| !typed.is_empty()) {
        assert!(!location.contains(typed), "no personal data in the address");
    }
    staff.get(&location).await.expect(200).body
}

/// LST-01, LST-03, LST-04, LST-05, LST-07, LST-11
async fn the_list_finds_people_by_any_writing(world: World) {
    let offices = &world.fixtures;
    let taro =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.center).await;
    Somebody::patient("佐藤 ジョン", "サトウ ジョン")
        .born(date!(1990 - 03 - 04))
        .enter(&world.app, &offices.center, &offices.center)
        .await;
    let mut staff = world.visitor().as_staff(&world, &offices.center).await;
    staff.get("/staff/cases").await.expect(200).shows("山田 太郎").shows("佐藤 ジョン");
    let spaced = taro.hersys_id.spaced();
    for (field, typed) in [
        ("kana", "やまだ"),
        ("kana", "ﾔﾏﾀﾞ ﾀﾛｳ"),
        ("kana", "ヤマ"),
        ("name", "山田太郎"),
        ("name", "山田　太郎"),
        ("hersys_id", spaced.as_str()),
        ("birth_on", "昭和55年1月2日"),
    ] {
        let page = search(&mut staff, &[(field, typed)]).await;
        assert!(page.contains("山田 太郎") && !page.contains("佐藤 ジョン"), "{field} {typed}");
    }
    let page = search(&mut staff, &[("kana", "さとう じよん"), ("birth_on", "1990/3/4")]).await;
    assert!(page.contains("佐藤 ジョン"), "small kana do not hide anybody");
    let page = search(&mut staff, &[("kana", "やまだ"), ("birth_on", "1990/3/4")]).await;
    assert!(!page.contains("山田 太郎"), "all keys must fit");
    assert!(search(&mut staff, &[("kana", "")]).await.contains("佐藤 ジョン"), "an empty search lists all");
    staff.post_form("/staff/cases/search", &[("hersys_id", "1234567891")]).await.expect(422).shows("1234567891");
    let location = staff.post_form("/staff/cases/search", &[("kana", "やまだ")]).await.location().to_owned();
    let mut colleague = world.visitor().as_staff(&world, &offices.other_center).await;
    colleague.get(&location).await.expect(404);
}

/// LST-10, PERM-01, PERM-07, SHR-04
async fn the_list_holds_only_what_is_within_reach(world: World) {
    let offices = &world.fixtures;
    let near = Somebody::patient("山田 太郎", "ヤマダ").enter(&world.app, &offices.center, &offices.clinic).await;
    for (office, sees) in [
        (&offices.center, true),
        (&offices.clinic, true),
        (&offices.head_office, true),
        (&offices.other_center, false),
        (&offices.other_clinic, false),
        (&offices.follow_up, false),
        (&offices.accommodation, false),
        (&offices.far_head_office, false),
        (&offices.far_center, false),
    ] {
        let mut staff = world.visitor().as_staff(&world, office).await;
        assert_eq!(staff.get("/staff/cases").await.expect(200).body.contains("山田 太郎"), sees, "{}", office.name);
        let page = staff.get(&format!("/staff/cases/{}/observation", near.case_id)).await;
        assert_eq!(page.status == 200, sees, "{}", office.name);
        assert!(sees || page.status == 404);
    }
}

/// LST-08
async fn the_list_turns_its_pages(world: World) {
    let offices = &world.fixtures;
    let names = ["一郎", "二郎", "三郎", "四郎", "五郎", "六郎", "七郎", "八郎", "九郎", "十郎", "十一郎", "十二郎"];
    for name in names {
        Somebody::patient(name, "ヤマダ").enter(&world.app, &offices.center, &offices.center).await;
        world.pass(Duration::seconds(1));
    }
    let mut staff = world.visitor().as_staff(&world, &offices.center).await;
    let first = staff.get("/staff/cases?size=10").await.expect(200).shows("12").shows("十二郎").hides(">一郎<");
    let next = first
        .body
        .split("href=\"")
        .map(|rest| rest.split('"').next().unwrap())
        .find(|href| href.contains("after") || href.contains("next") || href.contains("page"));
    let next = next.expect("a link to the next page").replace("&amp;", "&");
    staff.get(&next).await.expect(200).shows(">一郎<").shows(">二郎<").hides("十二郎");
}

/// PERM-02, PERM-09, GEN-04, GEN-08
async fn head_office_sees_entries_at_once(world: World) {
    let offices = &world.fixtures;
    let mut head_office = world.visitor().as_staff(&world, &offices.head_office).await;
    head_office.get("/staff/cases").await.expect(200).hides("山田 太郎");
    let case = Somebody::patient("山田 太郎", "ヤマダ").enter(&world.app, &offices.center, &offices.clinic).await;
    head_office.get("/staff/cases").await.expect(200).shows("山田 太郎");
    head_office.get(&format!("/staff/cases/{}/identity", case.case_id)).await.expect(200).shows("山田 太郎");
    head_office.get(&format!("/staff/cases/{}/identity/edit", case.case_id)).await.expect(403);
}

/// PERM-08: the second editor is shown both versions and loses nothing.
async fn two_editors_lose_nothing(world: World) {
    let offices = &world.fixtures;
    let case =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.clinic).await;
    let edit = format!("/staff/cases/{}/identity/edit", case.case_id);
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    let center_id = offices.center.organization_id.to_string();
    let fields = |address: &'static str| {
        vec![
            ("version", "1"),
            ("name", "山田 太郎"),
            ("kana", "ヤマダ タロウ"),
            ("birth_on", "1980-01-02"),
            ("kind", "patient"),
            ("address", address),
        ]
    };
    let mut from_clinic = fields("みどり市1丁目");
    from_clinic.push(("responsible_center_id", &center_id));
    clinic.get(&edit).await.expect(200);
    assert!(clinic.post_form(&edit, &from_clinic).await.status.is_redirection());
    let mut from_center = fields("あおば町2丁目");
    from_center.push(("responsible_center_id", &center_id));
    center.post_form(&edit, &from_center).await.expect(409).shows("みどり市1丁目").shows("あおば町2丁目");
    // 再編集 keeps the other's 終了予定日, which this writer did not touch.
    let opened = center.get(&edit).await.expect(200);
    let was = opened.body.split("name=\"beside_was\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    hersys::db::sql("update cases set observed_until = $2 where case_id = $1")
        .bind(case.case_id)
        .bind(date!(2022 - 08 - 09))
        .run(&world.app.db)
        .await
        .unwrap();
    let from = was.split('|').nth(2).unwrap().to_owned();
    let mut stale = from_center.clone();
    stale.extend([("beside_was", was.as_str()), ("observed_from", from.as_str())]);
    center.post_form(&edit, &stale).await.expect(409).shows("name=\"observed_until\" value=\"2022-08-09\"");

    let version: i64 = hersys::db::sql("select version from document where case_id = $1")
        .bind(case.case_id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    let history: i64 = hersys::db::sql("select count(*) from document_history where case_id = $1")
        .bind(case.case_id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert_eq!((version, history), (2, 2));
}

async fn reported(world: &World, somebody: Somebody, change: impl Fn(&mut serde_json::Value)) -> Uuid {
    let offices = &world.fixtures;
    let case = somebody.enter(&world.app, &offices.center, &offices.center).await;
    let mut patient = world.visitor().as_patient(world, &format!("{}@example.jp", case.hersys_id)).await;
    let person = patient.link("本人", "1980-01-02", case.hersys_id.as_str()).await;
    let mut sent = report(&person);
    change(&mut sent);
    let answer = patient.post_json("/api/patient/reports", &json!({ "reports": [sent] })).await.expect(200);
    assert_eq!(answer.json()["outcomes"][0]["status"], "stored");
    case.case_id
}

/// OBS-05, OBS-06, OBS-15
async fn the_observation_page_shows_table_and_graph(world: World) {
    let case_id = reported(&world, Somebody::patient("山田 太郎", "ヤマダ"), |report| {
        report["temperature"] = json!(387);
        report["spo2"] = json!(93);
        report["symptoms"]["cough"] = json!("yes");
        report["symptoms"]["fatigue"] = json!("unknown");
        report["emergency_signs"] = json!(["chest_pain"]);
        report["note"] = json!("<b>せきで眠れない</b>");
    })
    .await;
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let path = format!("/staff/cases/{case_id}/observation");
    let page = staff.get(&path).await.expect(200);
    let page = page
        .shows("<svg")
        .shows("38.7")
        .shows("93")
        .shows("咳")
        .shows("胸の痛み")
        .shows("本人")
        .shows("37.5")
        .hides("<b>せき");
    assert!(page.body.contains("せきで眠れない"));
    staff.get(&format!("{path}/print")).await.expect(200).shows("38.7");
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    clinic.get(&path).await.expect(404);
}

/// OBS-01, OBS-02, OBS-03: applicable contacts' symptoms blue, patients' red, unknown yellow, absent not drawn.
async fn contacts_are_blue_and_patients_red(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let patient = reported(&world, Somebody::patient("患者", "カンジャ"), |report| {
        report["symptoms"]["cough"] = json!("yes");
        report["symptoms"]["nausea"] = json!("unknown");
    })
    .await;
    let contact = reported(&world, Somebody::contact("接触", "セッショク"), |report| {
        report["symptoms"] = json!({ "cough": "yes", "breathlessness": "no", "fatigue": "no", "other": "no" });
    })
    .await;
    let mut pages = Vec::new();
    for case_id in [patient, contact] {
        pages.push(staff.get(&format!("/staff/cases/{case_id}/observation")).await.expect(200).body);
    }
    // The legend below the plot has drawings of its own.
    let chart =
        |page: &str| page.split("<svg class=\"chart-plot\"").nth(1).unwrap().split("</svg>").next().unwrap().to_owned();
    let cells = |page: &str, class: &str| chart(page).matches(class).count();
    assert!(cells(&pages[0], "chart-red") > 0 && cells(&pages[0], "chart-blue") == 0);
    assert!(cells(&pages[1], "chart-blue") > 0 && cells(&pages[1], "chart-red") == 0);
    assert!(cells(&pages[0], "chart-unknown") > 0 && cells(&pages[1], "chart-unknown") == 0);
}

/// The observation of several people on one print.
async fn several_people_are_printed(world: World) {
    let one = reported(&world, Somebody::patient("山田 太郎", "ヤマダ"), |_| {}).await;
    let two = reported(&world, Somebody::patient("佐藤 花子", "サトウ"), |_| {}).await;
    let far = Somebody::patient("遠山", "トオヤマ")
        .enter(&world.app, &world.fixtures.far_center, &world.fixtures.far_center)
        .await;
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let cases: Vec<String> = [one, two, far.case_id].iter().map(Uuid::to_string).collect();
    let fields: Vec<(&str, &str)> = cases.iter().map(|case| ("case", case.as_str())).collect();
    staff
        .post_form("/staff/observations/print", &fields)
        .await
        .expect(200)
        .shows("山田 太郎")
        .shows("佐藤 花子")
        .hides("遠山");
    let answer = staff.post_form("/staff/observations/print", &[]).await;
    assert!(answer.status.is_client_error());
}
