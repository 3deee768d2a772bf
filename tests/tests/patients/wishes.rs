//! What people ask of their centre about its messages (OBS-12, OBS-13, MY-22).

use hersys::db::sql;
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use uuid::Uuid;

use crate::support::{Household, audited, first_person, taro};

on_both_databases!(
    a_wish_is_open_until_it_is_taken_back,
    the_last_wish_counts,
    what_the_centre_settled_is_said_in_other_words,
    nobody_asks_for_others,
    a_wish_tells_nothing_of_any_report,
);

fn path(taro: &Household) -> String {
    format!("/api/patient/people/{}/requests", taro.person_id)
}

async fn wishes(world: &World) -> Vec<(String, Option<String>)> {
    sql("select wish, outcome from patient_request order by asked_at, request_id").all(&world.app.db).await.unwrap()
}

async fn a_wish_is_open_until_it_is_taken_back(world: World) {
    let mut taro = taro(&world).await;
    let path = path(&taro);
    assert_eq!(first_person(&mut taro.visitor).await["open_wish"], json!(null));
    for _ in 0..2 {
        taro.visitor.post_json(&path, &json!({ "wish": "stop" })).await.expect(204);
    }
    assert_eq!(first_person(&mut taro.visitor).await["open_wish"], "stop");
    assert_eq!(wishes(&world).await, [("stop".to_owned(), None)], "twice is once");
    let pending: i64 = sql("select count(*) from watch_pending where case_id = $1")
        .bind(taro.case_id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert!(pending > 0, "the boards are told");

    for _ in 0..2 {
        taro.visitor.delete(&format!("{path}/stop")).await.expect(204);
    }
    assert_eq!(first_person(&mut taro.visitor).await["open_wish"], json!(null));
    assert_eq!(wishes(&world).await, [("stop".to_owned(), Some("withdrawn".to_owned()))]);
    taro.visitor.post_json(&path, &json!({ "wish": "stop" })).await.expect(204);
    assert_eq!(wishes(&world).await.len(), 2, "asked anew");
    let asked = audited(&world, "patient.wish").await;
    assert_eq!(asked[0], (Some(taro.case_id), json!({ "wish": "stop" })));
    assert_eq!((asked.len(), audited(&world, "patient.wish_withdrawn").await.len()), (2, 1));
}

async fn the_last_wish_counts(world: World) {
    let mut taro = taro(&world).await;
    let path = path(&taro);
    for wish in ["stop", "call"] {
        taro.visitor.post_json(&path, &json!({ "wish": wish })).await.expect(204);
    }
    assert_eq!(first_person(&mut taro.visitor).await["open_wish"], "call");
    assert_eq!(wishes(&world).await, [("stop".to_owned(), Some("withdrawn".to_owned())), ("call".to_owned(), None)]);
    taro.visitor.post_json(&path, &json!({ "wish": "shout" })).await.expect(422);
}

async fn what_the_centre_settled_is_said_in_other_words(world: World) {
    let mut taro = taro(&world).await;
    taro.visitor.post_json(&path(&taro), &json!({ "wish": "stop" })).await.expect(204);
    // As the staff's side does it.
    sql("update patient_request set settled_at = 1, outcome = 'done'").run(&world.app.db).await.unwrap();
    sql("insert into contact_preference (case_id, channel, language, stopped_at, stop_reason, updated_at)
         values ($1, '', '', 1, '', 1)")
    .bind(taro.case_id)
    .run(&world.app.db)
    .await
    .unwrap();
    let person = first_person(&mut taro.visitor).await;
    assert_eq!((&person["open_wish"], &person["in_effect"]), (&json!(null), &json!("stop")));
    sql("update contact_preference set stopped_at = null, channel = 'call'").run(&world.app.db).await.unwrap();
    assert_eq!(first_person(&mut taro.visitor).await["in_effect"], "call");
}

async fn nobody_asks_for_others(world: World) {
    let taro = taro(&world).await;
    let mut other = world.visitor().as_patient(&world, "other@example.jp").await;
    other.post_json(&path(&taro), &json!({ "wish": "stop" })).await.expect(404);
    other.delete(&format!("{}/stop", path(&taro))).await.expect(404);
    let nobody = format!("/api/patient/people/{}/requests", Uuid::from_u128(9));
    other.post_json(&nobody, &json!({ "wish": "stop" })).await.expect(404);
    world.visitor().post_json(&path(&taro), &json!({ "wish": "stop" })).await.expect(401);
    assert!(wishes(&world).await.is_empty());
}

/// C-03, PERM-05, MY-19
async fn a_wish_tells_nothing_of_any_report(world: World) {
    let mut taro = taro(&world).await;
    let mut report = hersys_tests::fixtures::report(&taro.person_id);
    report["temperature"] = json!(391);
    report["spo2"] = json!(91);
    taro.visitor.post_json("/api/patient/reports", &json!({ "reports": [report] })).await.expect(200);
    taro.visitor.post_json(&path(&taro), &json!({ "wish": "call" })).await.expect(204);
    let household = taro.visitor.get("/api/patient/household").await.expect(200);
    let keys: Vec<String> = household.json()["people"][0].as_object().unwrap().keys().cloned().collect();
    let mut known = vec![
        "center_name",
        "center_phone",
        "has_certificate",
        "in_effect",
        "kind",
        "name",
        "observed_from",
        "observed_until",
        "open_wish",
        "person_id",
        "reported_today_at",
        "under_observation",
    ];
    known.sort_unstable();
    assert_eq!(keys, known);
    household.hides("391").hides("39.1");
}
