//! Organisations: made, changed, started and stopped within one's line (IDM-06…IDM-10, GEN-07).

use hersys::db::sql;
use hersys_tests::fixtures::PASSWORD;
use hersys_tests::{World, on_both_databases, sharing};
use time::Duration;

use crate::support::{audited, issue, knock, organization_id};

on_both_databases!(
    each_office_sees_and_makes_what_stands_below_it,
    wrong_input_is_told_beside_its_field,
    an_edit_is_audited_with_before_and_after,
    an_office_keeps_its_own_contact_and_roles,
    news_go_to_the_address_that_an_office_gives,
    an_organization_that_has_not_begun_is_refused_at_sign_in,
    an_organization_that_stops_takes_its_sessions_with_it,
    an_old_form_brings_nothing_back,
    the_follow_up_right_goes_with_every_link,
    a_city_stands_under_its_prefecture,
);

/// IDM-06, PERM-02: the ministry sees all, a head office its prefecture, a centre its own.
async fn each_office_sees_and_makes_what_stands_below_it(world: World) {
    let offices = &world.fixtures;
    let mut ministry = world.visitor().as_staff(&world, &offices.ministry).await;
    ministry
        .get("/staff/admin/organizations")
        .await
        .expect(200)
        .shows("とおい保健所")
        .shows("さくら診療所")
        .shows(">11</strong>件");
    let mut head_office = world.visitor().as_staff(&world, &offices.head_office).await;
    head_office
        .get("/staff/admin/organizations")
        .await
        .expect(200)
        .shows("もみじ病院")
        .hides("とおい保健所")
        .hides("中央<");
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    center
        .get("/staff/admin/organizations")
        .await
        .expect(200)
        .shows("さくら診療所")
        .hides("もみじ病院")
        .shows(">4</strong>件");
    center
        .get("/staff/admin/organizations?kind=accommodation&q=%25")
        .await
        .expect(200)
        .shows("条件に合う機関はありません");
    center.get("/staff/").await.expect(200).shows("/staff/admin/organizations");

    for hidden in [&offices.other_clinic, &offices.head_office, &offices.far_center, &offices.ministry] {
        let path = format!("/staff/admin/organizations/{}", hidden.organization_id);
        center.get(&path).await.expect(404);
        center.get(&format!("{path}/edit")).await.expect(404);
        center.post_form(&format!("{path}/edit"), &[("name", "x")]).await.expect(404);
        center.post_form(&format!("{path}/deactivation"), &[]).await.expect(404);
        center.get(&format!("{path}/accounts/new")).await.expect(404);
    }
    let clinic = format!("/staff/admin/organizations/{}", offices.clinic.organization_id);
    center.get(&clinic).await.expect(200).shows("所管保健所").shows("あおば保健所");

    // A centre makes institutions, never centres; what it says of the line does not count.
    let other = offices.other_center.organization_id.to_string();
    let sent = |kind, governing| {
        [("kind", kind), ("code", "1199"), ("name", "ゆり医院"), ("phone", "0480000001"), ("governing_id", governing)]
    };
    center.post_form("/staff/admin/organizations", &sent("health_center", "")).await.expect(422);
    center
        .post_form("/staff/admin/organizations", &sent("medical_institution", &other))
        .await
        .expect(422)
        .shows("所管する保健所を選んで");
    let made = center.post_form("/staff/admin/organizations", &sent("medical_institution", "")).await;
    center.get(made.location()).await.expect(200).shows("ゆり医院").shows("機関を登録しました");
    let governing: uuid::Uuid =
        sql("select governing_id from organization where code = '1199'").scalar(&world.app.db).await.unwrap();
    assert_eq!(governing, offices.center.organization_id);
    assert_eq!(audited(&world, "organization.create").await.len(), 1);
    let page = made.location().to_owned();
    center.get(&page).await.expect(200).shows("続けて【IDを発行】できます").shows("/accounts/new");
    let mut ministry = world.visitor().as_staff(&world, &offices.ministry).await;
    let told = ministry.get(&page).await.expect(200).hides("/accounts/new");
    told.shows("この機関のIDは、あおば保健所の利用者認証実施者が発行します");
    center
        .post_form("/staff/admin/organizations", &sent("medical_institution", ""))
        .await
        .expect(422)
        .shows("別の機関に使われています");

    for plain in [&offices.clinic, &offices.follow_up, &offices.accommodation, &offices.information_center] {
        let mut visitor = world.visitor().as_staff(&world, plain).await;
        visitor.get("/staff/admin/organizations").await.expect(403);
        visitor.get("/staff/").await.expect(200).hides("/staff/admin/");
    }
}

async fn wrong_input_is_told_beside_its_field(world: World) {
    let mut ministry = world.visitor().as_staff(&world, &world.fixtures.ministry).await;
    ministry.get("/staff/admin/organizations/new").await.expect(200).shows("kind=head_office");
    ministry
        .get("/staff/admin/organizations/new?kind=head_office")
        .await
        .expect(200)
        .shows("47 沖縄県")
        .shows("システム利用統括責任者");
    let answer = ministry
        .post_form(
            "/staff/admin/organizations",
            &[("kind", "head_office"), ("active_from", "来年"), ("prefecture_code", "48"), ("address", "<script>")],
        )
        .await
        .expect(422)
        .hides("<script>");
    for field in ["name", "code", "prefecture_code", "active_from"] {
        assert!(answer.body.contains(&format!("error-{field}")), "{field}");
    }
}

/// SEC-12
async fn an_edit_is_audited_with_before_and_after(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let path = format!("/staff/admin/organizations/{}/edit", world.fixtures.clinic.organization_id);
    let sent = [
        ("code", "1101"),
        ("name", "さくら医院"),
        ("phone", "03-1234-5678"),
        ("outpatient", "on"),
        ("inpatient", "on"),
    ];
    let saved = center.post_form(&path, &sent).await;
    center
        .get(saved.location())
        .await
        .expect(200)
        .shows("さくら医院")
        .shows("医療機関（外来・入院）")
        .shows("保存しました");
    let told = audited(&world, "organization.update").await;
    assert_eq!((&told[0]["before"]["名称"], &told[0]["after"]["名称"]), (&"さくら診療所".into(), &"さくら医院".into()));
    assert!(told[0]["before"].get("電話番号").is_none(), "what stays is not told");
    center.post_form(&path, &sent).await;
    assert_eq!(audited(&world, "organization.update").await.len(), 1, "nothing changed, nothing told");
}

/// IDM-09: システム利用統括責任者 and システム利用管理者 are kept by the office itself.
async fn an_office_keeps_its_own_contact_and_roles(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let path = format!("/staff/admin/organizations/{}", world.fixtures.center.organization_id);
    center
        .get(&format!("{path}/edit"))
        .await
        .expect(200)
        .shows("システム利用管理者")
        .hides("field-name")
        .hides("field-active_from");
    let sent = [
        ("name", "別の名前"),
        ("phone", "0480000009"),
        ("system_chief", "所長 青葉 花子"),
        ("system_manager", "係長 若葉 次郎"),
    ];
    let saved = center.post_form(&format!("{path}/edit"), &sent).await;
    center.get(saved.location()).await.expect(200).shows("所長 青葉 花子").shows("係長 若葉 次郎").hides("別の名前");
    center.post_form(&format!("{path}/deactivation"), &[]).await.expect(403);
    center.post_form(&format!("{path}/activation"), &[]).await.expect(403);
}

/// NTF-07, SHR-05: the address is optional; news go to it from the moment it is given, and no longer.
async fn news_go_to_the_address_that_an_office_gives(world: World) {
    let offices = &world.fixtures;
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    let path = format!("/staff/admin/organizations/{}", offices.other_center.organization_id);
    other.get(&format!("{path}/edit")).await.expect(200).shows("メールアドレス（お知らせの宛先）");
    let sent = |mail| [("phone", "0480000009"), ("mail", mail)];
    let wrong = other.post_form(&format!("{path}/edit"), &sent("kansen＠midori")).await.expect(422);
    assert!(wrong.body.contains("error-mail") && wrong.body.contains("kansen＠midori"));
    let saved = other.post_form(&format!("{path}/edit"), &sent(" wakaba＠midori.example ")).await;
    other.get(saved.location()).await.expect(200).shows("<dd>wakaba@midori.example</dd>");
    let told = audited(&world, "organization.update").await;
    assert_eq!(told[0]["before"]["メールアドレス"], "");
    assert_eq!(told[0]["after"]["メールアドレス"], "wakaba@midori.example");

    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let case = sharing::taro(&world).await;
    sharing::share(&mut center, &case, &offices.other_center).await;
    assert_eq!(world.next_mail().await.to, "wakaba@midori.example");

    other.post_form(&format!("{path}/edit"), &sent("")).await;
    sharing::end(&world, &mut center, &case, &offices.other_center).await;
    let mails: i64 = sql("select count(*) from message where channel = 'mail'").scalar(&world.app.db).await.unwrap();
    assert_eq!(mails, 1, "who gives no address finds the news on the top page alone");
}

/// GEN-07, IDM-10
async fn an_organization_that_has_not_begun_is_refused_at_sign_in(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let clinic = &world.fixtures.clinic;
    let path = format!("/staff/admin/organizations/{}", clinic.organization_id);
    let sent = [("code", "1101"), ("name", "さくら診療所"), ("active_from", "令和4年8月3日")];
    center.post_form(&format!("{path}/edit"), &sent).await;
    center.get(&path).await.expect(200).shows("2022年08月03日").shows("今すぐ利用を始める");
    let mut visitor = world.visitor();
    knock(&mut visitor, &clinic.sign_in_id, PASSWORD).await.expect(403).shows("2022年08月03日に始まります");
    knock(&mut visitor, &clinic.sign_in_id, "wrong-Pass-1").await.expect(422).hides("08月03日");
    world.pass(Duration::days(2));
    world.visitor().as_staff(&world, clinic).await.get("/staff/").await.expect(200);
}

/// GEN-07, IDM-10
async fn an_organization_that_stops_takes_its_sessions_with_it(world: World) {
    let clinic = &world.fixtures.clinic;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let mut working = world.visitor().as_staff(&world, clinic).await;
    working.get("/staff/cases").await.expect(200);
    let path = format!("/staff/admin/organizations/{}", clinic.organization_id);
    center.get(&format!("{path}/deactivation")).await.expect(200).shows("1件");
    let stopped = center.post_form(&format!("{path}/deactivation"), &[]).await;
    center.get(stopped.location()).await.expect(200).shows("利用を停止しました");
    assert!(working.get("/staff/cases").await.location().starts_with("/staff/sign-in"));
    knock(&mut world.visitor(), &clinic.sign_in_id, PASSWORD).await.expect(403).shows("2022年08月01日に停止しました");
    center.get(&format!("{path}/accounts/new")).await.expect(422).shows("先に利用を再開");

    center.post_form(&format!("{path}/activation"), &[]).await;
    world.visitor().as_staff(&world, clinic).await.get("/staff/cases").await.expect(200);
    assert_eq!(audited(&world, "organization.deactivate").await[0]["after"]["利用停止日"], "2022-08-01");
}

/// IDM-06: a form that was opened before an institution was stopped does not start it again unseen.
async fn an_old_form_brings_nothing_back(world: World) {
    let clinic = &world.fixtures.clinic;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let path = format!("/staff/admin/organizations/{}", clinic.organization_id);
    let form = center.get(&format!("{path}/edit")).await.expect(200).body;
    let seen = form.split(r#"name="seen" value=""#).nth(1).and_then(|rest| rest.split('"').next()).expect("a state");
    center.post_form(&format!("{path}/deactivation"), &[]).await.expect(303);
    let old = [("seen", seen), ("code", "1101"), ("name", "さくら診療所")];
    let refused = center.post_form(&format!("{path}/edit"), &old).await.expect(422);
    refused.shows("ほかの人がこの機関の登録を変えました").shows("さくら診療所");
    knock(&mut world.visitor(), &clinic.sign_in_id, PASSWORD).await.expect(403).shows("停止しました");
}

/// IDM-08: given by the health centre on top of the institution's own rights; taken away with every link.
async fn the_follow_up_right_goes_with_every_link(world: World) {
    let clinic = &world.fixtures.clinic;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let path = format!("/staff/admin/organizations/{}", clinic.organization_id);
    let with = [("code", "1101"), ("name", "さくら診療所"), ("follow_up", "on")];
    center.post_form(&format!("{path}/edit"), &with).await;
    center.get(&path).await.expect(200).shows("健康フォローアップの権限</dt><dd>あり");
    let follow_up: bool = sql("select follow_up from organization where organization_id = $1")
        .bind(clinic.organization_id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert!(follow_up);
    let case = hersys_tests::fixtures::Somebody::patient("太郎", "タロウ")
        .enter(&world.app, &world.fixtures.center, &world.fixtures.center)
        .await;
    let link = [("partner_id", clinic.organization_id.to_string())];
    let fields: Vec<(&str, &str)> = link.iter().map(|(name, value)| (*name, value.as_str())).collect();
    center.post_form(&format!("/staff/cases/{}/sharing/links", case.case_id), &fields).await.location();
    let mut working = world.visitor().as_staff(&world, clinic).await;
    working.get(&format!("/staff/cases/{}/observation", case.case_id)).await.expect(200);
    working.get(&format!("/staff/cases/{}/identity", case.case_id)).await.expect(403);
    center.post_form(&format!("{path}/edit"), &with[..2]).await;
    center.get(&path).await.expect(200).shows("健康フォローアップの権限</dt><dd>なし");
    working.get(&format!("/staff/cases/{}/observation", case.case_id)).await.expect(404);
}

/// IDM-01, PERM-02: a city's head office has its own centres, and the prefecture's sees them.
async fn a_city_stands_under_its_prefecture(world: World) {
    let prefecture = &world.fixtures.head_office;
    let mut ministry = world.visitor().as_staff(&world, &world.fixtures.ministry).await;
    let above = prefecture.organization_id.to_string();
    let made = ministry
        .post_form(
            "/staff/admin/organizations",
            &[
                ("kind", "head_office"),
                ("code", "111007"),
                ("name", "みどり市役所"),
                ("is_city", "on"),
                ("governing_id", &above),
            ],
        )
        .await;
    ministry.get(made.location()).await.expect(200).shows("市区本庁").shows("みどり県調整本部");
    let city = organization_id(&world, "head_office", "111007").await;
    let center = [
        ("kind", "health_center"),
        ("code", "1190"),
        ("name", "みどり市保健所"),
        ("phone", "0480000005"),
        ("governing_id", &city.to_string()),
    ]
    .map(|(k, v)| (k, v.to_owned()));
    let fields: Vec<(&str, &str)> = center.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ministry.post_form("/staff/admin/organizations", &fields).await;
    let mut above = world.visitor().as_staff(&world, prefecture).await;
    above.get("/staff/admin/organizations").await.expect(200).shows("みどり市保健所").shows("市区本庁");
    // It sees the city's centre, and leaves the issuing to the city.
    let city_center = organization_id(&world, "health_center", "1190").await;
    above.get(&format!("/staff/admin/organizations/{city_center}/accounts/new")).await.expect(403);
    above.get(&format!("/staff/admin/organizations/{city}/accounts/new")).await.expect(403);
    let (issued, password) = issue(&mut ministry, city, "みどり市 担当").await;
    let mut city_office = crate::support::first_sign_in(&world, &issued, &password, "09033334444").await;
    city_office.get("/staff/admin/organizations").await.expect(200).shows("みどり市保健所").hides("あおば保健所");
    city_office
        .get(&format!("/staff/admin/organizations/{city_center}/accounts/new"))
        .await
        .expect(200)
        .shows("利用者認証実施者");
}
