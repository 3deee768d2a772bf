//! 紐づけ: what follow-up organisations and facilities see, and no longer than they are linked (FUP-01…FUP-05).

use hersys::db::sql;
use hersys_tests::fixtures::{Somebody, report};
use hersys_tests::sharing::*;
use hersys_tests::{World, on_both_databases};
use serde_json::json;

on_both_databases!(
    follow_up_takes_two_steps_and_ends_at_once,
    a_facility_sees_its_guests,
    a_linked_institution_sees_what_follow_up_sees,
);

/// FUP-01, FUP-02, FUP-03, OBS-11, IDM-08: the right first, then the link.
async fn follow_up_takes_two_steps_and_ends_at_once(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut hospital = world.visitor().as_staff(&world, &offices.other_clinic).await;
    center.get(&tab(&case)).await.expect(200).shows("みどり県医師会").hides("もみじ病院");
    link(&mut center, &case, &offices.other_clinic).await.expect(422).shows("先に権限を付与してから");
    let observation = format!("/staff/cases/{}/observation", case.case_id);
    hospital.get(&observation).await.expect(404);
    grant_follow_up(&world, &offices.other_clinic).await;
    assert!(link(&mut center, &case, &offices.other_clinic).await.location().ends_with("?notice=linked"));
    hospital.get("/staff/").await.expect(200).shows("紐づけられました");
    hospital.get("/staff/cases").await.expect(200).shows("山田 太郎").shows("紐づけ</span>");
    hospital.get(&observation).await.expect(200);
    assert!(end(&world, &mut center, &case, &offices.other_clinic).await.location().ends_with("?notice=unlinked"));
    hospital.get(&observation).await.expect(404);
    hospital.get("/staff/cases").await.expect(200).hides("山田 太郎");

    // Who entered somebody goes on seeing them, and the page says so.
    let hanako = Somebody::patient("鈴木 花子", "スズキ ハナコ");
    let hanako = hanako.enter(&world.app, &offices.center, &offices.other_clinic).await;
    link(&mut center, &hanako, &offices.other_clinic).await.expect(303);
    let ended = end(&world, &mut center, &hanako, &offices.other_clinic).await.location().to_owned();
    assert!(ended.ends_with("?notice=unlinked-sees"), "{ended}");
    center.get(&ended).await.expect(200).shows("引き続きこの方を見られます").hides("もうこの方を見られません");

    assert!(link(&mut center, &case, &offices.follow_up).await.location().ends_with("?notice=linked"));
    let mut follow_up = world.visitor().as_staff(&world, &offices.follow_up).await;
    let page = follow_up.get(&observation).await.expect(200).shows("山田 太郎");
    // C-19, FUP-03
    page.hides("居所").hides("共有・引継ぎ").hides("ID管理");
    follow_up.get(&tab(&case)).await.expect(403);
    follow_up.get("/staff/cases").await.expect(200).shows("山田 太郎").hides("担当保健所").hides("あおば保健所");
}

/// FUP-05, PERM-04
async fn a_facility_sees_its_guests(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut facility = world.visitor().as_staff(&world, &offices.accommodation).await;
    let observation = format!("/staff/cases/{}/observation", case.case_id);
    facility.get(&observation).await.expect(404);
    link(&mut center, &case, &offices.accommodation).await.expect(303);
    center.get(&tab(&case)).await.expect(200).shows("宿泊療養の紐づけ");
    facility.get(&observation).await.expect(200).shows("山田 太郎").hides("居所");
    facility.get("/staff/cases").await.expect(200).shows("山田 太郎");
    end(&world, &mut center, &case, &offices.accommodation).await;
    facility.get(&observation).await.expect(404);
}

/// SHR-06, C-19, C-23: header, tabs, list, print and observation of a linked institution are those of follow-up.
async fn a_linked_institution_sees_what_follow_up_sees(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    sql("update document set body = $2 where case_id = $1 and tab = 'identity'")
        .bind(case.case_id)
        .bind(json!({ "name": "山田 太郎", "birth_on": "1980-01-02", "address": "しるし町一丁目", "note": "しるし町一丁目" }))
        .run(&world.app.db)
        .await
        .unwrap();
    let mut patient = world.visitor().as_patient(&world, "taro@example.jp").await;
    let person = patient.link("太郎", "1980-01-02", case.hersys_id.as_str()).await;
    let mut telling = report(&person);
    telling["note"] = json!("せきがつらい");
    patient.post_json("/api/patient/reports", &json!({ "reports": [telling] })).await.expect(200);
    grant_follow_up(&world, &offices.other_clinic).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    link(&mut center, &case, &offices.other_clinic).await;
    let mut own = Somebody::patient("鈴木 花子", "スズキ ハナコ")
        .enter(&world.app, &offices.other_center, &offices.other_clinic)
        .await;
    let mut hospital = world.visitor().as_staff(&world, &offices.other_clinic).await;
    for path in ["", "/identity", "/identity/edit", "/observation", "/observation/print", "/sharing"] {
        let page = hospital.get(&format!("/staff/cases/{}{path}", case.case_id)).await;
        assert!(!page.body.contains("しるし町") && !page.body.contains("あおば保健所"), "{path}");
        assert_eq!(
            page.status == 403,
            ["/identity", "/identity/edit", "/sharing"].contains(&path),
            "{path}: {}",
            page.status
        );
    }
    hospital
        .get(&format!("/staff/cases/{}/observation", case.case_id))
        .await
        .expect(200)
        .shows("せきがつらい")
        .hides("居所");
    hospital.get(&format!("/staff/cases/{}/identity", own.case_id)).await.expect(200).shows("鈴木 花子");
    // The responsible centre of its own people it sees, of linked ones not.
    hospital.get("/staff/cases").await.expect(200).shows("わかば保健所").hides("あおば保健所");
    let print =
        hospital.post_form("/staff/observations/print", &[("case", &case.case_id.to_string())]).await.expect(200);
    print.shows("せきがつらい").hides("しるし町").hides("居所");
    own.case_id = case.case_id;
    end(&world, &mut center, &own, &offices.other_clinic).await;
    let print = hospital.post_form("/staff/observations/print", &[("case", &case.case_id.to_string())]).await;
    assert!(!print.body.contains("せきがつらい"));
}
