//! Versions, and deletion.

use hersys_shared::notification::Edition;
use hersys_tests::notifications::{change, file, usual};
use hersys_tests::{Visitor, World, on_both_databases};
use time::Duration;

use crate::support::{Notified, words};

on_both_databases!(
    an_edit_becomes_a_version_and_shows_what_it_changes,
    two_editors_lose_nothing,
    any_two_versions_are_compared,
    deleting_asks_first,
    what_a_deleted_notification_said_is_read_nowhere,
    a_deletion_takes_back_what_it_alone_had_told,
    deleting_stops_where_somebody_changed_it
);

/// Begins an edit and returns the address of its draft.
async fn edit(staff: &mut Visitor, notified: &Notified) -> String {
    staff.post_form(&format!("{}/edit", notified.own()), &[]).await.location().to_owned()
}

/// FORM-09, FORM-25, C-25, REF-06: in either layout; the stored content is there, and saving is a new version.
async fn an_edit_becomes_a_version_and_shows_what_it_changes(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = edit(&mut clinic, &notified).await;
    clinic.get(&draft).await.expect(200).shows("value=\"会社員\"").shows("法令様式 (off)");
    let form = clinic.get(&format!("{draft}/statutory")).await.expect(200);
    form.shows("value=\"会社員\"").shows("別記様式6-1").shows("法令様式 (on)");
    let typed = [("occupation", "教員"), ("symptom_cough", ""), ("action", "continue")];
    let next = clinic.post_form(&draft, &typed).await;
    assert_eq!(next.location(), format!("{draft}/confirm"));
    let confirm = words(&clinic.get(next.location()).await.expect(200).body);
    assert!(confirm.contains("当該者職業会社員→教員"), "{confirm}");
    clinic.get(&notified.own()).await.expect(200).shows("会社員").hides("変更あり");
    clinic.post_form(&format!("{draft}/report"), &[("sends_mail", "yes")]).await;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let page = center.get(&notified.own()).await.expect(200).shows("教員").shows("変更あり").shows("第2版");
    assert!(!words(&page.body).contains("ID管理では"), "what an edit says goes to its home");
    let audit = words(&center.get(&format!("/staff/cases/{}/audit", notified.case_id)).await.expect(200).body);
    assert!(audit.contains("発生届を変更した") && audit.contains("会社員"));
}

/// PERM-08
async fn two_editors_lose_nothing(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let first = edit(&mut clinic, &notified).await;
    let second = edit(&mut center, &notified).await;
    for (staff, draft, key, value) in
        [(&mut clinic, &first, "occupation", "教員"), (&mut center, &second, "doctor_name", "医師 次郎")]
    {
        staff.post_form(draft, &[(key, value), ("action", "continue")]).await;
        staff.post_form(&format!("{draft}/report"), &[]).await;
    }
    let page = center.get(&format!("{second}/conflict")).await.expect(409).shows("ほかの人が先に保存しました");
    let said = words(&page.body);
    assert!(said.contains("医師の氏名医師花子医師次郎") && said.contains("当該者職業教員会社員"), "{said}");
    let again = center.post_form(&format!("{second}/conflict"), &[]).await.location().to_owned();
    center.get(&again).await.expect(200).shows("教員").shows("医師 次郎");
    center.post_form(&format!("{again}/report"), &[]).await;
    center.get(&notified.own()).await.expect(200).shows("教員").shows("医師 次郎").shows("第3版");
    // Nobody else's draft is within reach.
    clinic.get(&again).await.expect(404);
    clinic.get(&format!("{again}/statutory")).await.expect(404);
}

/// FORM-25, C-25: who changed what and when.
async fn any_two_versions_are_compared(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let offices = &world.fixtures;
    let mut content = notified.content.clone();
    for (office, key, value) in [(&offices.clinic, "occupation", "教員"), (&offices.center, "symptom_headache", "yes")]
    {
        world.pass(Duration::hours(1));
        content.values.set(key, value);
        change(&world.app, notified.case_id, notified.notification_id, office, &content).await;
    }
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let latest = words(&center.get(&format!("{}/history", notified.own())).await.expect(200).body);
    assert!(latest.contains("第2版と第3版のちがい") && latest.contains("頭痛無有") && !latest.contains("当該者職業"));
    assert!(latest.contains("さくら診療所担当者") && latest.contains("あおば保健所担当者"));
    let whole = center.get(&format!("{}/history?before=1&after=3", notified.own())).await.expect(200);
    let whole = words(&whole.body);
    assert!(whole.contains("当該者職業会社員教員") && whole.contains("頭痛無有"));
}

/// FORM-26, FORM-30, C-07: the notification is gone for ever, the person stays, and that it was there is known.
async fn deleting_asks_first(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let removal = format!("{}/removal", notified.own());
    let page = clinic.get(&removal).await.expect(200);
    page.shows("一度削除した発生届は復元できません").shows("削除しない");
    clinic.get(&notified.own()).await.expect(200).shows("山田 太郎");
    world.pass(Duration::minutes(5));
    let back = clinic.post_form(&removal, &[("version", "1")]).await;
    assert_eq!(back.location(), format!("{}?notice=removed", notified.tab()));
    let tab = clinic.get(back.location()).await.expect(200);
    tab.shows("発生届を削除しました").shows("2022/08/01に削除されました").shows("新規入力").hides("医師 花子");
    for path in ["", "/print", "/history", "/removal", "/reported"].map(|page| format!("{}{page}", notified.own())) {
        assert_eq!(clinic.get(&path).await.location(), format!("{}?notice=gone", notified.tab()), "{path}");
    }
    clinic.post_form(&removal, &[("version", "1")]).await;
    clinic.get(&format!("/staff/cases/{}/identity", notified.case_id)).await.expect(200).shows("山田 太郎");
    clinic.get(&notified.story()).await.expect(200).shows("2022/08/01に削除されました");
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center.get(&format!("/staff/cases/{}/audit", notified.case_id)).await.expect(200).shows("発生届を削除した");
}

/// FORM-26, SEC-12: the audit keeps that it existed and who did what, not what it said.
async fn what_a_deleted_notification_said_is_read_nowhere(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let mut changed = notified.content.clone();
    changed.values.set("remarks", "糖尿病で通院中");
    change(&world.app, notified.case_id, notified.notification_id, &world.fixtures.clinic, &changed).await;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let audit = format!("/staff/cases/{}/audit", notified.case_id);
    center.get(&audit).await.expect(200).shows("糖尿病で通院中").shows("鼻咽頭拭い液");
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    clinic.post_form(&format!("{}/removal", notified.own()), &[("version", "2")]).await.expect(303);
    let told = center.get(&audit).await.expect(200).hides("糖尿病で通院中").hides("鼻咽頭拭い液");
    let told = told.shows("発生届を報告した").shows("発生届を変更した").shows("発生届を削除した");
    told.shows("削除された発生届のため、表示しません");
    let kept: i64 = hersys::db::sql(
        "select count(*) from audit where action = 'notification.delete' and cast(detail as text) like '%鼻咽頭%'",
    )
    .scalar(&world.app.db)
    .await
    .unwrap();
    assert_eq!(kept, 0);
}

/// FORM-26, FORM-30, C-02, C-06: whoever was reported dead by mistake lives, and a centre that a mistaken address had
/// let in is out again; ID管理 stays.
async fn a_deletion_takes_back_what_it_alone_had_told(world: World) {
    let offices = &world.fixtures;
    let notified = Notified::new(&world, Edition::Full).await;
    world.pass(Duration::minutes(1));
    let mut mistaken = usual(Edition::Full, &offices.other_center);
    for (key, value) in [("diagnosis_type", "died"), ("died_on", "2022-07-31"), ("occupation", "教員")] {
        mistaken.values.set(key, value);
    }
    let id = file(&world.app, notified.case_id, &offices.clinic, &mistaken).await;
    let listed = async || {
        hersys::db::sql("select status, diagnosis_type from case_index where case_id = $1 and organization_id = $2")
            .bind(notified.case_id)
            .bind(offices.clinic.organization_id)
            .one::<(String, String)>(&world.app.db)
            .await
            .unwrap()
    };
    assert_eq!(listed().await, ("dead".into(), "died".into()));
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    let own = format!("{}/{id}", notified.tab());
    other.get(&own).await.expect(200).shows("山田 太郎");
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    clinic.post_form(&format!("{own}/removal"), &[("version", "1")]).await.expect(303);
    let (status, diagnosis) = listed().await;
    assert!(status != "dead" && diagnosis == "confirmed", "{status} {diagnosis}");
    clinic.get(&format!("/staff/cases/{}/identity", notified.case_id)).await.expect(200).shows("教員");
    other.get(&notified.own()).await.expect(404);
    other.get("/staff/cases").await.expect(200).hides("山田 太郎");
    // That something was there is what its desk still knows.
    other.get("/staff/inbox").await.expect(200).shows("削除済み").hides("山田 太郎");
    other.get(&format!("/staff/inbox/{id}")).await.expect(200).hides("山田 太郎");
}

/// PERM-08: what somebody changed meanwhile is not deleted unseen.
async fn deleting_stops_where_somebody_changed_it(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let mut content = notified.content.clone();
    content.values.set("occupation", "教員");
    change(&world.app, notified.case_id, notified.notification_id, &world.fixtures.center, &content).await;
    let removal = format!("{}/removal", notified.own());
    clinic.post_form(&removal, &[("version", "1")]).await.expect(409).shows("まだ削除していません");
    clinic.get(&notified.own()).await.expect(200).shows("教員");
}
