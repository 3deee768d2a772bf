//! 経過: one page that tells everything by day.

use hersys_shared::notification::Edition;
use hersys_tests::fixtures::report;
use hersys_tests::notifications::change;
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::Duration;

use crate::support::{Notified, words};

on_both_databases!(the_story_is_told_by_day);

/// TOP-09, C-19, NTF-02: notification, observation, sharing, SMS, changes, the newest day first.
async fn the_story_is_told_by_day(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let offices = &world.fixtures;
    let hersys_id: String = hersys::db::sql("select hersys_id from cases where case_id = $1")
        .bind(notified.case_id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    world.pass(Duration::days(1));
    let mut patient = world.visitor().as_patient(&world, "taro@example.jp").await;
    let person = patient.link("太郎", "1980-01-02", &hersys_id).await;
    for temperature in [378, 385] {
        let mut told = report(&person);
        told["temperature"] = json!(temperature);
        told["symptoms"]["cough"] = json!("yes");
        patient.post_json("/api/patient/reports", &json!({ "reports": [told] })).await.expect(200);
        world.pass(Duration::minutes(5));
    }
    world.pass(Duration::days(1));
    let mut changed = notified.content.clone();
    changed.values.set("occupation", "教員");
    change(&world.app, notified.case_id, notified.notification_id, &offices.clinic, &changed).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let sharing = format!("/staff/cases/{}/sharing/centers", notified.case_id);
    center.post_form(&sharing, &[("center_id", &offices.other_center.organization_id.to_string())]).await;
    let page = center.get(&notified.story()).await.expect(200);
    let text = words(&page.body);
    let places: Vec<usize> = [
        "2022年08月03日",
        "変更されました（第2版）：当該者職業",
        "2022年08月02日",
        "最高体温38.5℃",
        "2022年08月01日",
        "報告されました：患者（確定例）",
    ]
    .iter()
    .map(|said| text.find(said).unwrap_or_else(|| panic!("{said} is not in: {text}")))
    .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(text.contains("咳") && text.contains("（報告2件）") && text.contains("共有：わかば保健所"));
    assert!(text.contains("My") && text.contains("HER-SYSに登録されました"));
    // An institution has no part in sharing.
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    clinic.get(&notified.story()).await.expect(200).shows("報告されました").hides("わかば保健所");
}
