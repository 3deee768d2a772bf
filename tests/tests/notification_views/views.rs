//! Tab, page, 法令様式 on and off, and who sees what.

use hersys_shared::notification::Edition;
use hersys_shared::notification::items::{Kind, find};
use hersys_tests::fixtures::Somebody;
use hersys_tests::notifications::{change, file, usual};
use hersys_tests::{World, on_both_databases};
use time::Duration;

use crate::support::{Notified, words};

on_both_databases!(
    the_tab_shows_the_latest_and_lists_all,
    a_person_without_a_notification_offers_a_new_one,
    the_operations_stand_on_top_and_at_the_bottom,
    the_strip_says_who_it_is_and_no_more_than_one_may_read,
    both_layouts_say_the_same,
    a_notification_never_changes_by_itself,
    marks_tell_of_changes_and_clinical_diagnoses,
    who_may_not_read_notifications_finds_no_trace,
    head_office_reads_and_writes_nothing,
    whoever_looks_is_noted,
);

/// TOP-08, IDR-04: a person opens with ID管理; 発生届 is the first tab of the trained order.
async fn the_tab_shows_the_latest_and_lists_all(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    world.pass(Duration::days(2));
    let mut later = usual(Edition::Short, &world.fixtures.center);
    later.values.set("reported_on", "2022-08-03");
    file(&world.app, notified.case_id, &world.fixtures.clinic, &later).await;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let first = center.get(&format!("/staff/cases/{}", notified.case_id)).await;
    assert!(first.location().ends_with("/identity"));
    let page = center.get(&notified.tab()).await.expect(200).body;
    let tabs = &page[page.find("<nav class=\"tabs\"").unwrap()..];
    assert!(tabs.find("発生届").unwrap() < tabs.find("ID管理").unwrap());
    let text = words(&page);
    assert!(text.contains("この方の発生届（2件）") && text.contains("さくら診療所"));
    // The latest is shown, the other is one step away.
    assert!(text.contains("簡略（2022年6月様式）") && page.contains(&notified.own()));
    assert!(page.find("2022年08月03日").unwrap() < page.rfind("2022年08月01日").unwrap());
}

/// FORM-07
async fn a_person_without_a_notification_offers_a_new_one(world: World) {
    let offices = &world.fixtures;
    let case =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.clinic).await;
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    let tab = format!("/staff/cases/{}/notifications", case.case_id);
    let page = clinic.get(&tab).await.expect(200).shows("新規入力").hides("追加登録");
    assert!(page.body.contains(&format!("action=\"{tab}/new\"")));
    let mut head = world.visitor().as_staff(&world, &offices.head_office).await;
    head.get(&tab).await.expect(200).hides("新規入力");
}

/// FORM-22, FORM-25, FORM-26, FORM-27, FORM-28, FORM-29, TOP-12, FORM-08
async fn the_operations_stand_on_top_and_at_the_bottom(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let page = clinic.get(&notified.own()).await.expect(200);
    let page = page.shows("操作メニューを開く").shows("操作メニュー閉じる▲");
    for label in ["編集", "削除", "印刷画面表示", "スマホ入力ID印字", "追加登録", "法令様式 (off)"]
    {
        assert_eq!(page.body.matches(&format!(">{label}<")).count(), 2, "{label}");
    }
}

/// TOP-09, C-19, OBS-15: seven items above every tab, those of the role alone.
async fn the_strip_says_who_it_is_and_no_more_than_one_may_read(world: World) {
    let mut content = usual(Edition::Full, &world.fixtures.center);
    content.values.set("admitted", "yes");
    content.values.set("hospital", "みどり病院");
    let notified = Notified::with(&world, content).await;
    let strip = |page: &str| {
        let from = page.find("<dl class=\"person-strip\"").unwrap_or_else(|| panic!("no strip: {page}"));
        words(page[from..].split("</dl>").next().unwrap())
    };
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    for tab in ["notifications", "identity", "observation", "sharing", "story", "audit"] {
        let page = center.get(&format!("/staff/cases/{}/{tab}", notified.case_id)).await.expect(200);
        let said = strip(&page.body);
        for item in [
            "患者名ヤマダタロウ山田太郎",
            "スマホ入力ID",
            "性別男",
            "年齢42歳6ヶ月",
            "症状入力なし",
            "現在のステータス入院中",
            "居所医療機関みどり病院",
        ] {
            assert!(said.contains(item), "{item} on {tab}: {said}");
        }
    }
    hersys::db::sql(
        "insert into case_relation (case_id, organization_id, relation, created_at) values ($1, $2, 'linked', $3)",
    )
    .bind(notified.case_id)
    .bind(world.fixtures.follow_up.organization_id)
    .bind(world.now())
    .run(&world.app.db)
    .await
    .unwrap();
    let mut nurse = world.visitor().as_staff(&world, &world.fixtures.follow_up).await;
    let page = nurse.get(&format!("/staff/cases/{}/observation", notified.case_id)).await.expect(200);
    let said = strip(&page.body);
    assert!(said.contains("山田太郎") && said.contains("症状入力なし"), "{said}");
    assert!(!said.contains("居所") && !said.contains("入院") && !said.contains("みどり病院"), "{said}");
}

/// FORM-09, FORM-10: the same items under the same words, whichever layout shows them.
async fn both_layouts_say_the_same(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    for edition in Edition::ALL {
        let notified = Notified::new(&world, edition).await;
        let plain = clinic.get(&notified.own()).await.expect(200).hides("法令様式 (on)").body;
        let statutory = clinic.get(&format!("{}?layout=statutory", notified.own())).await.expect(200);
        let statutory = statutory.shows("法令様式 (on)").shows("別記様式6-1").body;
        for (key, value) in notified.content.values.iter() {
            let item = find(key).unwrap();
            let said: String = match item.kind {
                Kind::Center => "あおば保健所".into(),
                Kind::Symptom | Kind::Mark => item.label.into(),
                _ => item.shown(value),
            };
            let said: String = said.split_whitespace().collect();
            assert!(words(&plain).contains(&said), "{key} in {}", edition.code());
            assert!(words(&statutory).contains(&said), "{key} on the form of {}", edition.code());
        }
    }
}

/// REF-06: what was changed elsewhere stands beside the item; the notification stays as it was.
async fn a_notification_never_changes_by_itself(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    hersys::db::sql("update document set body = $2 where case_id = $1 and tab = 'identity'")
        .bind(notified.case_id)
        .bind(serde_json::json!({ "name": "山本 太郎", "kana": "ヤマダ タロウ", "birth_on": "1980-01-02" }))
        .run(&world.app.db)
        .await
        .unwrap();
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let page = clinic.get(&notified.own()).await.expect(200).shows("山田 太郎");
    page.shows("ID管理では「山本 太郎」に変更されています");
    let form = clinic.get(&format!("{}?layout=statutory", notified.own())).await.expect(200);
    form.shows("ID管理では「山本 太郎」に変更されています").shows("山田 太郎");
}

/// C-25, C-26, FORM-17
async fn marks_tell_of_changes_and_clinical_diagnoses(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center.get(&notified.own()).await.expect(200).hides("変更あり").hides("みなし陽性").shows("未入力");
    let mut changed = notified.content.clone();
    hersys_shared::notification::Content::fill_in_clinical_diagnosis(&mut changed.values);
    change(&world.app, notified.case_id, notified.notification_id, &world.fixtures.clinic, &changed).await;
    center.get(&notified.own()).await.expect(200).shows("変更あり").shows("みなし陽性").shows("第2版");
}

/// C-19, PERM-04
async fn who_may_not_read_notifications_finds_no_trace(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    for (office, relation) in [(&world.fixtures.follow_up, "linked"), (&world.fixtures.accommodation, "guest")] {
        hersys::db::sql(
            "insert into case_relation (case_id, organization_id, relation, created_at) values ($1, $2, $3, $4)",
        )
        .bind(notified.case_id)
        .bind(office.organization_id)
        .bind(relation)
        .bind(world.now())
        .run(&world.app.db)
        .await
        .unwrap();
        let mut staff = world.visitor().as_staff(&world, office).await;
        for path in
            [notified.tab(), notified.own(), format!("{}/print", notified.own()), format!("{}/history", notified.own())]
        {
            staff.get(&path).await.expect(403).hides("山田");
        }
        let story = staff.get(&notified.story()).await.expect(200);
        story.hides("発生届").hides("確定例").hides("ID管理").hides("居所");
        staff.get(&format!("/staff/cases/{}/observation", notified.case_id)).await.expect(200).hides("発生届");
    }
    let mut far = world.visitor().as_staff(&world, &world.fixtures.far_center).await;
    far.get(&notified.own()).await.expect(404);
    far.get(&notified.story()).await.expect(404);
}

/// PERM-02
async fn head_office_reads_and_writes_nothing(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let mut head = world.visitor().as_staff(&world, &world.fixtures.head_office).await;
    let page = head.get(&notified.own()).await.expect(200).shows("印刷画面表示");
    let page = page.hides(">編集<").hides(">削除<").hides(">追加登録<").hides("スマホ入力ID印字</button>");
    assert!(page.body.contains("山田 太郎"));
    head.get(&format!("{}/removal", notified.own())).await.expect(403);
    head.post_form(&format!("{}/edit", notified.own()), &[]).await.expect(403);
}

/// SEC-12
async fn whoever_looks_is_noted(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center.get(&notified.own()).await.expect(200);
    center.get(&format!("{}/print", notified.own())).await.expect(200);
    center.get(&format!("{}/history", notified.own())).await.expect(200);
    center.get(&notified.story()).await.expect(200);
    center.post_form(&format!("/staff/cases/{}/hand-out", notified.case_id), &[]).await.expect(200);
    let told = center.get(&format!("/staff/cases/{}/audit", notified.case_id)).await.expect(200);
    for words in
        ["発生届を見た", "発生届の印刷画面を開いた", "発生届の変更履歴を見た", "経過", "スマホ入力IDの案内を印刷した"]
    {
        assert!(told.body.contains(words), "{words}");
    }
}
