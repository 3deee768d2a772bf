//! ID管理: registration before the notification, and editing (IDR-01…IDR-06).

use hersys_tests::fixtures::Somebody;
use hersys_tests::{Visitor, World, on_both_databases};

on_both_databases!(
    somebody_is_registered_before_the_notification,
    what_was_typed_wrong_is_kept_beside_its_sentence,
    registering_twice_makes_one_person,
    an_institution_registers_for_its_center,
    the_sms_gives_away_neither_name_nor_illness,
    two_editors_lose_nothing,
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
    // 健康観察期間 has its own page: nothing that comes with this form changes it (OBS-09).
    let mut with_period = from_center.clone();
    with_period[0] = ("version", "2");
    with_period.extend([("observed_from", "2022-07-01"), ("observed_until", "2022-08-09")]);
    let opened = center.get(&edit).await.expect(200).shows("健康観察期間は「健康観察期間」の画面で変更します");
    assert!(!opened.body.contains("name=\"observed_until\" type"));
    center.post_form(&edit, &with_period).await.expect(303);
    let until: Option<time::Date> = hersys::db::sql("select observed_until from cases where case_id = $1")
        .bind(case.case_id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert_eq!(until, None);

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
    assert_eq!((version, history), (3, 3));
}
