//! `POST /api/institution/notifications`: the same rules as the form, and no second notification.

use hersys_tests::{World, on_both_databases};
use serde_json::{Value as Json, json};

use crate::support::{API, count, request, token};

on_both_databases!(
    a_system_files_once_however_often_it_sends,
    problems_and_warnings_are_those_of_the_form,
    what_a_center_corrected_is_not_taken_back,
    an_institution_sees_its_own_only,
    a_further_notification_goes_to_the_same_person,
    of_many_at_once_one_is_filed,
    the_document_tells_of_it,
);

/// FORM-01, FORM-05, FORM-19, NTF-01: filed by the clinic's own system, nothing typed again.
async fn a_system_files_once_however_often_it_sends(world: World) {
    let offices = &world.fixtures;
    let mut system = world.visitor().with_token(&token(&world, &offices.center, &offices.clinic).await);
    let sent = request(&offices.center);
    let filed = system.post_json(API, &sent).await.expect(201).json();
    assert_eq!((&filed["notification_id"], &filed["version"]), (&sent["notification_id"], &json!(1)));
    assert_eq!(system.post_json(API, &sent).await.expect(200).json(), filed);
    assert_eq!(count(&world, "notification").await, 1);

    let mut other = sent.clone();
    other["values"]["name"] = json!("山田 花子");
    let refused = system.post_json(API, &other).await.expect(409).json();
    assert!(refused["problems"][0]["message"].as_str().unwrap().contains("別の内容"));

    // A key in the id's place is as good.
    let mut keyed = system.clone().with_header("idempotency-key", "karte-2022-0001");
    let mut without = sent.clone();
    without["notification_id"] = Json::Null;
    without["confirmed_warnings"] = json!(true);
    let first = keyed.post_json(API, &without).await.expect(201).json();
    assert_eq!(keyed.post_json(API, &without).await.expect(200).json(), first);
    system.post_json(API, &without).await.expect(422);
    assert_eq!(count(&world, "notification").await, 2);

    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    center.get("/staff/inbox").await.expect(200).shows("山田 太郎").shows("新着").shows("重複の疑い");
}

/// C-08, FORM-17: what blocks is 422, what is asked about is 409 until it is confirmed.
async fn problems_and_warnings_are_those_of_the_form(world: World) {
    let offices = &world.fixtures;
    let mut system = world.visitor().with_token(&token(&world, &offices.center, &offices.clinic).await);
    let mut sent = request(&offices.center);
    sent["values"] =
        json!({ "name": "山田 太郎", "birth_on": "昨日", "weather": "晴", "receiving_center": "知らない保健所" });
    let refused = system.post_json(API, &sent).await.expect(422).json();
    let fields: Vec<&str> =
        refused["problems"].as_array().unwrap().iter().map(|p| p["field"].as_str().unwrap()).collect();
    for field in ["weather", "birth_on", "diagnosis_type", "diagnosed_on", "receiving_center"] {
        assert!(fields.contains(&field), "{field}: {fields:?}");
    }
    sent["values"] = json!({ "name": "山田 太郎", "diagnosis_type": "患者（確定例）", "diagnosed_on": "R4.8.1" });
    let asked = system.post_json(API, &sent).await.expect(409).json();
    assert!(asked["problems"].as_array().unwrap().is_empty());
    let warnings = asked["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|warning| warning["field"] == "kana" && warning["kind"] == "empty"));
    assert_eq!(count(&world, "notification").await, 0);
    sent["confirmed_warnings"] = json!(true);
    system.post_json(API, &sent).await.expect(201);
    // The institution is known by its account; the receiving centre is its own.
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    center.get("/staff/inbox").await.expect(200).shows("さくら診療所").shows("未入力");
    // What is no notification at all is told by its place, and quotes nothing.
    for (body, status, told) in [
        (r#"{"values":[]}"#, 422, "（values、1行10列）"),
        (r#"{"values":{},"names":"山田 太郎"}"#, 422, "names"),
        (r#"{"values":"#, 400, "JSONとして読み取れません（1行10列）"),
        (r#"{"values":{"name":"\ud800"}}"#, 400, "JSONとして読み取れません"),
    ] {
        let answer = system.send(axum::http::Method::POST, API, Some("application/json"), body.into()).await;
        let refused = answer.expect(status).hides("山田").json();
        assert!(refused["problems"][0]["message"].as_str().unwrap().contains(told), "{body}: {refused}");
    }
    let answer = system.send(axum::http::Method::POST, API, Some("text/plain"), "{}".into()).await;
    answer.expect(415).shows("application/json");
}

/// PERM-08, FORM-25: sent again after the centre has corrected it, it is still filed, and takes no correction back.
async fn what_a_center_corrected_is_not_taken_back(world: World) {
    let offices = &world.fixtures;
    let mut system = world.visitor().with_token(&token(&world, &offices.center, &offices.clinic).await);
    let sent = request(&offices.center);
    system.post_json(API, &sent).await.expect(201);
    let stored: (uuid::Uuid, uuid::Uuid, Json) =
        hersys::db::sql("select case_id, notification_id, content from notification").one(&world.app.db).await.unwrap();
    let mut corrected: hersys_shared::notification::Content = serde_json::from_value(stored.2).unwrap();
    corrected.values.set("onset_on", "2022-07-28");
    hersys_tests::notifications::change(&world.app, stored.0, stored.1, &offices.center, &corrected).await;
    let again = system.post_json(API, &sent).await.expect(200).json();
    assert_eq!(again["version"], 2);
    let content: Json = hersys::db::sql("select content from notification").scalar(&world.app.db).await.unwrap();
    assert_eq!(content["values"]["onset_on"], "2022-07-28");
    let mut other = sent.clone();
    other["values"]["name"] = json!("山田 花子");
    system.post_json(API, &other).await.expect(409);
}

/// PERM-03, PERM-07
async fn an_institution_sees_its_own_only(world: World) {
    let offices = &world.fixtures;
    let mut system = world.visitor().with_token(&token(&world, &offices.center, &offices.clinic).await);
    let mut stranger = world.visitor().with_token(&token(&world, &offices.other_center, &offices.other_clinic).await);
    let sent = request(&offices.center);
    system.post_json(API, &sent).await.expect(201);
    let id = sent["notification_id"].as_str().unwrap();
    let state = system.get(&format!("{API}/{id}")).await.expect(200).json();
    assert_eq!((&state["state"], &state["version"]), (&json!("new"), &json!(1)));
    stranger.get(&format!("{API}/{id}")).await.expect(404);
    // Another's id is no way in, either.
    stranger.post_json(API, &sent).await.expect(409);
    let mut named = request(&offices.center);
    let hersys_id: String = hersys::db::sql("select hersys_id from cases").scalar(&world.app.db).await.unwrap();
    named["hersys_id"] = json!(hersys_id);
    let refused = stranger.post_json(API, &named).await.expect(422).json();
    assert_eq!(refused["problems"][0]["field"], "hersys_id");
    assert_eq!(count(&world, "notification").await, 1);
}

/// FORM-08
async fn a_further_notification_goes_to_the_same_person(world: World) {
    let offices = &world.fixtures;
    let mut system = world.visitor().with_token(&token(&world, &offices.center, &offices.clinic).await);
    let first = system.post_json(API, &request(&offices.center)).await.expect(201).json();
    let mut further = request(&offices.center);
    let asked = system.post_json(API, &further).await.expect(409).json();
    assert!(asked["warnings"].as_array().unwrap().iter().any(|warning| warning["kind"] == "duplicate"));
    further["hersys_id"] = first["hersys_id"].clone();
    let second = system.post_json(API, &further).await.expect(201).json();
    assert_eq!(second["hersys_id"], first["hersys_id"]);
    assert_eq!((count(&world, "cases").await, count(&world, "notification").await), (1, 2));
}

/// Whoever is impatient and sends twice at once files once.
async fn of_many_at_once_one_is_filed(world: World) {
    let offices = &world.fixtures;
    let system = world.visitor().with_token(&token(&world, &offices.center, &offices.clinic).await);
    let sent = request(&offices.center);
    let tries = (0..6).map(|_| {
        let (mut system, sent) = (system.clone(), sent.clone());
        tokio::spawn(async move { system.post_json(API, &sent).await.status.as_u16() })
    });
    let mut statuses = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        statuses.push(one.await.unwrap());
    }
    assert!(statuses.contains(&201), "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 201)), "{statuses:?}");
    assert_eq!((count(&world, "cases").await, count(&world, "notification").await), (1, 1));
}

/// The OpenAPI document names every item as the table does.
async fn the_document_tells_of_it(world: World) {
    let document = world.visitor().get("/api/openapi.json").await.expect(200).json();
    assert!(document["paths"][API]["post"]["security"][0]["institution_token"].is_array());
    assert_eq!(document["components"]["securitySchemes"]["institution_token"]["scheme"], "bearer");
    let items = &document["components"]["schemas"]["NotificationValues"]["properties"];
    for item in hersys_shared::notification::items::ITEMS {
        assert!(items[item.key].is_object(), "{}", item.key);
    }
    assert!(document["paths"]["/api/patient/reports"].is_object());
}
