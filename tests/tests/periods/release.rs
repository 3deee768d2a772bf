//! Ending stops everything at once, also what is queued already.

use hersys::db::sql;
use hersys_tests::fixtures::report;
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::Duration;
use time::macros::date;
use uuid::Uuid;

use crate::support::*;

on_both_databases!(a_release_stops_what_is_queued, a_mistaken_registration_is_ended_on_its_day,);

async fn queue(world: &World, case_id: Uuid, purpose: &str, recipient: &str) {
    let now = world.now();
    sql("insert into message (message_id, channel, recipient, subject, body, case_id, created_at, due_at, expires_at,
                              status, attempts, purpose)
         values ($1, 'mail', $2, '健康状態の入力', '本日の健康状態を入力してください。', $3, $4, $5, $6, 'waiting', 0, $7)")
    .bind(Uuid::now_v7())
    .bind(recipient)
    .bind(case_id)
    .bind(now)
    .bind(now + Duration::hours(1))
    .bind(now + Duration::hours(12))
    .bind(purpose)
    .run(&world.app.db)
    .await
    .unwrap();
}

async fn statuses(world: &World) -> Vec<(String, String, String)> {
    sql("select recipient, status, body from message where channel = 'mail' and recipient like '%@family.example' order by recipient")
        .all(&world.app.db)
        .await
        .unwrap()
}

/// OBS-13, NTF-11: nothing that waits is sent, nothing is asked for, nobody sees them on a board; others go on.
async fn a_release_stops_what_is_queued(world: World) {
    let case = taro(&world).await;
    let other = taro(&world).await;
    let mut phone = world.visitor().as_patient(&world, "taro@example.jp").await;
    let id = phone.link("山田 太郎", "1980-01-02", case.hersys_id.as_str()).await;
    for (case_id, purpose, recipient) in [
        (case.case_id, "reminder", "a@family.example"),
        (case.case_id, "", "b@family.example"),
        (other.case_id, "reminder", "c@family.example"),
    ] {
        queue(&world, case_id, purpose, recipient).await;
    }
    let mut nurse = nurse(&world).await;
    nurse.get("/staff/board").await.expect(200).shows(&case.case_id.to_string());
    press(&mut nurse, case.case_id, "/end", &[("end_reason", "")]).await.expect(422).shows("理由を入力してください");
    let asked = press(&mut nurse, case.case_id, "/end", &[("end_reason", "療養期間の満了")]).await.expect(200);
    let asked = asked.shows("このあと、連絡・電話は届きません").shows("まだ終わっていません").shows("療養期間の満了");
    assert_eq!(until(&world, case.case_id).await, None);
    let fields = [("end_reason", "療養期間の満了"), ("confirmed", "yes"), ("seen", &asked.field("seen").unwrap())];
    let done = nurse.post_form(&format!("{}/end", page(case.case_id)), &fields).await.expect(303);
    nurse.get(done.location()).await.expect(200).shows("健康観察を終えました").shows("療養解除");
    let of = |name: &str, status: &str, rows: &[(String, String, String)]| {
        rows.iter().any(|(recipient, stands, _)| recipient.starts_with(name) && stands == status)
    };
    let rows = statuses(&world).await;
    assert!(of("a", "cancelled", &rows) && of("b", "cancelled", &rows) && of("c", "waiting", &rows), "{rows:?}");
    assert_eq!(rows[0].2, "", "what is not sent is wiped");
    nurse.get("/staff/board").await.expect(200).hides(&case.case_id.to_string()).shows(&other.case_id.to_string());
    // The patient's side says so, and takes no report.
    let household = phone.get("/api/patient/household").await.expect(200).json();
    let person = &household["people"][0];
    assert_eq!((&person["under_observation"], &person["observed_until"]), (&json!(false), &json!("2022-07-31")));
    let refused = phone.post_json("/api/patient/reports", &json!({ "reports": [report(&id)] })).await.expect(200);
    assert!(refused.body.contains("not_under_observation"), "{}", refused.body);
    // An hour later the others are sent, and this one is not.
    world.pass(Duration::hours(2));
    hersys::messages::deliver_due(&world.app).await.unwrap();
    let rows = statuses(&world).await;
    assert!(of("a", "cancelled", &rows) && of("b", "cancelled", &rows) && !of("c", "cancelled", &rows), "{rows:?}");
    let mut nurse = crate::support::nurse(&world).await;
    nurse.get(&format!("/staff/cases/{}/identity", case.case_id)).await.expect(200).hides("健康観察中");
    // It cannot be ended twice, and what is opened again is asked for again.
    press(&mut nurse, case.case_id, "/end", &[("end_reason", "x")]).await.expect(422).shows("すでに終わっています");
    let again = [("from", "2022-08-01"), ("until", "2022-08-05"), ("reason", "症状の再燃")];
    press(&mut nurse, case.case_id, "", &again).await.expect(303);
    let household = phone.get("/api/patient/household").await.expect(200).json();
    assert_eq!(household["people"][0]["under_observation"], json!(true));
}

/// OBS-13: by mistake, on the day of entry itself; and on the last day of a year.
async fn a_mistaken_registration_is_ended_on_its_day(world: World) {
    go_to(&world, date!(2022 - 12 - 31), 23);
    world.pass(Duration::minutes(59) + Duration::seconds(59));
    let case = taro(&world).await;
    let mut nurse = nurse(&world).await;
    let sure = [("end_reason", "誤った登録"), ("confirmed", "yes")];
    press(&mut nurse, case.case_id, "/end", &sure).await.expect(303);
    assert_eq!(days(&world, case.case_id).await, (Some(date!(2022 - 12 - 31)), Some(date!(2022 - 12 - 30))));
    nurse.get(&page(case.case_id)).await.expect(200).shows("取りやめ");
    nurse.get("/staff/board").await.expect(200).hides("山田 太郎");
    // 23:59:59 + 1 s is another year.
    world.pass(Duration::seconds(1));
    settle(&world).await;
    nurse.get("/staff/board").await.expect(200).hides("山田 太郎");
}
