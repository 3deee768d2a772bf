//! What goes out on paper: the form, the blank form, the hand-out.

use hersys_shared::notification::Edition;
use hersys_tests::notifications::longest;
use hersys_tests::{World, on_both_databases};

use crate::support::{Notified, words};

on_both_databases!(
    the_form_is_printed_with_everything,
    a_blank_form_can_be_printed,
    the_hand_out_leads_to_registration
);

/// FORM-27: nothing is cut, however long.
async fn the_form_is_printed_with_everything(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    for edition in Edition::ALL {
        let notified = Notified::with(&world, longest(edition, &world.fixtures.center)).await;
        let page = clinic.get(&format!("{}/print", notified.own())).await.expect(200);
        let page = page.shows("別紙").shows("印刷する").hides("未入力");
        let text = words(&page.body);
        for key in ["remarks", "registered_address", "hospital", "test4_specimen_text"] {
            let value: String = notified.content.values.get(key).split_whitespace().collect();
            assert!(text.contains(&value), "{key}");
        }
    }
}

/// FORM-03: for the day on which nothing works.
async fn a_blank_form_can_be_printed(world: World) {
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    clinic.get("/staff/").await.expect(200).shows("/staff/notifications/blank");
    let page = clinic.get("/staff/notifications/blank").await.expect(200);
    page.shows("発生届の様式（空欄）").shows("感染原因・感染経路・感染地域").hides("■");
    let seven = clinic.get("/staff/notifications/blank?edition=2022-07").await.expect(200);
    seven.shows("当該者住所").hides("感染原因・感染経路・感染地域");
}

/// FORM-28, C-01: the same kind of link as in the SMS, once for each print; no name, no illness.
async fn the_hand_out_leads_to_registration(world: World) {
    let notified = Notified::new(&world, Edition::Full).await;
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let path = format!("/staff/cases/{}/hand-out", notified.case_id);
    let page = clinic.post_form(&path, &[]).await.expect(200);
    let paper = page.body.split("<article").nth(1).unwrap().split("</article>").next().unwrap().to_owned();
    let hersys_id: String = hersys::db::sql("select hersys_id from cases where case_id = $1")
        .bind(notified.case_id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert!(words(&paper).contains(&hersys_id), "{paper}");
    let ask = "下の保健所から、電話で健康状態を確かめます。お申し出ください。";
    let ask_in_english = "Please ask the health centre";
    for said in ["<svg", ask, ask_in_english, "Daily health report", "あおば保健所", "0312345678", "様"] {
        assert!(paper.contains(said), "{said}");
    }
    // Nobody calls from here, and nobody can be called.
    for unsaid in ["自動架電", "健康コール", "ダイヤル回線", "We can call you", "calling us"] {
        assert!(!paper.contains(unsaid), "{unsaid}");
    }
    for unsaid in ["山田", "ヤマダ", "コロナ", "感染", "陽性", "発生届"] {
        assert!(!paper.contains(unsaid), "{unsaid}");
    }
    clinic.post_form(&path, &[]).await.expect(200);
    let links: i64 = hersys::db::sql("select count(*) from invitation where case_id = $1 and expires_at > $2")
        .bind(notified.case_id)
        .bind(world.now())
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert_eq!(links, 2);
    let mut head = world.visitor().as_staff(&world, &world.fixtures.head_office).await;
    head.post_form(&path, &[]).await.expect(403);
}
