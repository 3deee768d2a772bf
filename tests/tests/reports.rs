//! Daily reports: what counts, what is refused, and that nothing is lost or read back.

use std::collections::BTreeMap;

use hersys::db::sql;
use hersys_shared::api::{RefusalReason, ReportOutcomes, ReportResult};
use hersys_tests::fixtures::{Somebody, report};
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::{Value as Json, json};
use time::Duration;
use time::macros::date;
use uuid::Uuid;

on_both_databases!(
    a_family_reports_in_one_request,
    a_report_sent_twice_counts_once,
    a_report_id_with_other_contents_is_refused,
    one_wrong_report_does_not_hold_up_the_others,
    nobody_reports_for_somebody_elses_person,
    reports_are_taken_during_the_observation_period_only,
    a_report_counts_for_the_day_it_was_asked_for,
    contacts_answer_their_own_four_symptoms,
    several_reports_on_one_day_are_all_kept,
    whoever_is_due_comes_first,
    concurrent_reports_are_all_stored,
    nothing_of_a_report_is_ever_read_back,
    one_account_cannot_flood_the_intake,
);

async fn family(world: &World, mail: &str, names: &[&'static str]) -> (Visitor, Vec<String>) {
    let offices = &world.fixtures;
    let mut visitor = world.visitor().as_patient(world, mail).await;
    let mut people = Vec::new();
    for name in names {
        let case = Somebody::patient(name, "ヤマダ").enter(&world.app, &offices.center, &offices.center).await;
        people.push(visitor.link(name, "1980-01-02", case.hersys_id.as_str()).await);
    }
    (visitor, people)
}

async fn send(visitor: &mut Visitor, reports: Vec<Json>) -> Vec<ReportResult> {
    let outcomes: ReportOutcomes =
        visitor.post_json("/api/patient/reports", &json!({ "reports": reports })).await.expect(200).read();
    outcomes.outcomes.into_iter().map(|outcome| outcome.result).collect()
}

async fn stored(world: &World) -> i64 {
    sql("select count(*) from observation").scalar(&world.app.db).await.unwrap()
}

fn refusal(result: &ReportResult) -> Option<RefusalReason> {
    match result {
        ReportResult::Stored { .. } => None,
        ReportResult::Refused { reason, .. } => Some(*reason),
    }
}

/// MY-17
async fn a_family_reports_in_one_request(world: World) {
    let (mut visitor, people) = family(&world, "family@example.jp", &["父", "母", "子"]).await;
    let results = send(&mut visitor, people.iter().map(|person| report(person)).collect()).await;
    let received = ReportResult::Stored { received_at: "2022-08-01T09:00:00+09:00".into() };
    assert_eq!(results, vec![received; 3]);
    let household = visitor.get("/api/patient/household").await.json();
    assert!(household["people"].as_array().unwrap().iter().all(|person| person["reported_today_at"] == "9:00"));
}

/// Every report counts once, however often it is sent, and is answered as it was the first time.
async fn a_report_sent_twice_counts_once(world: World) {
    let (mut visitor, people) = family(&world, "taro@example.jp", &["太郎"]).await;
    let report = report(&people[0]);
    let first = send(&mut visitor, vec![report.clone()]).await;
    world.pass(Duration::minutes(5));
    assert_eq!(send(&mut visitor, vec![report.clone()]).await, first);
    let again = report.clone();
    assert_eq!(send(&mut visitor, vec![report.clone(), report]).await, vec![first[0].clone(); 2]);
    assert_eq!(stored(&world).await, 1);

    // What was accepted stays accepted, though the period has ended before the repetition.
    sql("update cases set observed_until = $1").bind(date!(2022 - 07 - 31)).run(&world.app.db).await.unwrap();
    assert_eq!(send(&mut visitor, vec![again]).await, first);
}

async fn a_report_id_with_other_contents_is_refused(world: World) {
    let (mut visitor, people) = family(&world, "taro@example.jp", &["太郎"]).await;
    let mut changed = report(&people[0]);
    send(&mut visitor, vec![changed.clone()]).await;
    changed["temperature"] = json!(391);
    let results = send(&mut visitor, vec![changed]).await;
    assert_eq!(refusal(&results[0]), Some(RefusalReason::IdReused));
    let temperature: i64 = sql("select temperature from observation").scalar(&world.app.db).await.unwrap();
    assert_eq!(temperature, 365);
}

/// Partial failure says which person and why, and stores the others.
async fn one_wrong_report_does_not_hold_up_the_others(world: World) {
    let (mut visitor, people) = family(&world, "family@example.jp", &["父", "母"]).await;
    let mut wrong = report(&people[0]);
    wrong["temperature"] = json!(3650);
    wrong["spo2"] = json!(12);
    let mut unanswered = report(&people[0]);
    unanswered["symptoms"].as_object_mut().unwrap().remove("cough");
    let results = send(&mut visitor, vec![wrong, unanswered, report(&people[1])]).await;
    let ReportResult::Refused { problems, .. } = &results[0] else { panic!("{results:?}") };
    let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["temperature", "spo2"]);
    let ReportResult::Refused { problems, .. } = &results[1] else { panic!("{results:?}") };
    assert!(problems[0].message.contains("咳"));
    assert_eq!(refusal(&results[2]), None);
    assert_eq!(stored(&world).await, 1);

    for reports in [json!([]), json!(vec![report(&people[1]); 51])] {
        visitor.post_json("/api/patient/reports", &json!({ "reports": reports })).await.expect(422);
    }
    for nonsense in [json!({}), json!({ "reports": 1 }), json!({ "reports": [{ "temperature": "365" }] }), json!([1])] {
        let refusal = visitor.post_json("/api/patient/reports", &nonsense).await.expect(422).refusal();
        assert!(!refusal.message.contains("temperature"), "the request is not repeated");
    }
}

async fn nobody_reports_for_somebody_elses_person(world: World) {
    let (_, people) = family(&world, "family@example.jp", &["父"]).await;
    let mut stranger = world.visitor().as_patient(&world, "stranger@example.jp").await;
    let results = send(&mut stranger, vec![report(&people[0]), report(&Uuid::new_v4().to_string())]).await;
    assert!(results.iter().all(|result| refusal(result) == Some(RefusalReason::UnknownPerson)));
    world.visitor().post_json("/api/patient/reports", &json!({ "reports": [report(&people[0])] })).await.expect(401);
    assert_eq!(stored(&world).await, 0);
}

async fn reports_are_taken_during_the_observation_period_only(world: World) {
    let offices = &world.fixtures;
    let mut visitor = world.visitor().as_patient(&world, "taro@example.jp").await;
    let case = Somebody::patient("太郎", "タロウ")
        .observed(date!(2022 - 08 - 02), Some(date!(2022 - 08 - 03)))
        .enter(&world.app, &offices.center, &offices.center)
        .await;
    let person = visitor.link("太郎", "1980-01-02", case.hersys_id.as_str()).await;
    let mut taken = BTreeMap::new();
    for day in 1..=4 {
        let result = send(&mut visitor, vec![report(&person)]).await;
        let household = visitor.get("/api/patient/household").await.json();
        assert_eq!(household["people"][0]["under_observation"], refusal(&result[0]).is_none());
        taken.insert(day, refusal(&result[0]).is_none());
        world.pass(Duration::days(1));
    }
    assert_eq!(taken, BTreeMap::from([(1, false), (2, true), (3, true), (4, false)]));
}

/// What was written before midnight is never taken as the next day's; on the last day it still arrives.
async fn a_report_counts_for_the_day_it_was_asked_for(world: World) {
    let offices = &world.fixtures;
    let mut visitor = world.visitor().as_patient(&world, "taro@example.jp").await;
    let case = Somebody::patient("太郎", "タロウ")
        .observed(date!(2022 - 08 - 01), Some(date!(2022 - 08 - 02)))
        .enter(&world.app, &offices.center, &offices.center)
        .await;
    let person = visitor.link("太郎", "1980-01-02", case.hersys_id.as_str()).await;
    let of = |day: &str| {
        let mut report = report(&person);
        report["asked_on"] = json!(day);
        report
    };
    let until = |hour, minute, second| {
        Duration::hours(hour) + Duration::minutes(minute) + Duration::seconds(second) - Duration::hours(9)
    };
    let (first, second) = ("2022-08-01", "2022-08-02");
    world.pass(until(23, 59, 59));
    assert_eq!(refusal(&send(&mut visitor, vec![of(first)]).await[0]), None);
    world.pass(Duration::seconds(1));
    let late = of(first);
    let in_time = send(&mut visitor, vec![late.clone()]).await;
    assert_eq!(refusal(&in_time[0]), None);
    assert_eq!(refusal(&send(&mut visitor, vec![of("2022-07-31")]).await[0]), Some(RefusalReason::AnotherDay));
    let days = async || -> Vec<(time::Date,)> {
        sql("select observed_on from observation order by received_at").all(&world.app.db).await.unwrap()
    };
    assert_eq!(days().await, vec![(date!(2022 - 08 - 01),); 2]);
    let household = visitor.get("/api/patient/household").await.json();
    assert_eq!(household["people"][0]["reported_today_at"], Json::Null, "today's is still to come");

    world.pass(Duration::minutes(10));
    let refused = send(&mut visitor, vec![of(first)]).await;
    assert_eq!(refusal(&refused[0]), Some(RefusalReason::AnotherDay));
    let ReportResult::Refused { message, .. } = &refused[0] else { panic!("{refused:?}") };
    assert!(message.contains("今日の値か確かめて"), "{message}");
    assert_eq!(send(&mut visitor, vec![late]).await, in_time, "what was accepted stays accepted");
    for asked in [of(second), report(&person)] {
        assert_eq!(refusal(&send(&mut visitor, vec![asked]).await[0]), None);
    }
    assert_eq!(days().await[2..], [(date!(2022 - 08 - 02),); 2]);

    // The last day: over for whoever begins anew, not for what was on its way.
    world.pass(Duration::hours(24) - Duration::minutes(7));
    assert_eq!(refusal(&send(&mut visitor, vec![of(second)]).await[0]), None);
    assert_eq!(refusal(&send(&mut visitor, vec![report(&person)]).await[0]), Some(RefusalReason::NotUnderObservation));
    assert_eq!(refusal(&send(&mut visitor, vec![of("soon")]).await[0]), Some(RefusalReason::InvalidInput));
}

/// OBS-01, MY-18
async fn contacts_answer_their_own_four_symptoms(world: World) {
    let offices = &world.fixtures;
    let mut visitor = world.visitor().as_patient(&world, "hanako@example.jp").await;
    let case = Somebody::contact("花子", "ハナコ").enter(&world.app, &offices.center, &offices.center).await;
    let person = visitor.link("花子", "1980-01-02", case.hersys_id.as_str()).await;
    let form = visitor.get("/api/patient/form").await.expect(200).json();
    let set = form["symptom_sets"].as_array().unwrap().iter().find(|set| set["kind"] == "contact").unwrap();
    let keys: Vec<_> =
        set["symptoms"].as_array().unwrap().iter().map(|symptom| symptom["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), 4);
    let mut answered = report(&person);
    assert_eq!(refusal(&send(&mut visitor, vec![answered.clone()]).await[0]), Some(RefusalReason::InvalidInput));
    answered["symptoms"] =
        keys.iter().map(|key| ((*key).to_owned(), json!("unknown"))).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(refusal(&send(&mut visitor, vec![answered]).await[0]), None);
}

async fn several_reports_on_one_day_are_all_kept(world: World) {
    let (mut visitor, people) = family(&world, "taro@example.jp", &["太郎"]).await;
    for hour in [9, 12, 18] {
        send(&mut visitor, vec![report(&people[0])]).await;
        let household = visitor.get("/api/patient/household").await.json();
        assert_eq!(household["people"][0]["reported_today_at"], format!("{hour}:00"));
        world.pass(Duration::hours(if hour == 9 { 3 } else { 6 }));
    }
    assert_eq!(stored(&world).await, 3);
    let household = visitor.get("/api/patient/household").await.json();
    assert_eq!(household["today"], "2022-08-02", "midnight in Japan has passed");
    assert_eq!(household["people"][0]["reported_today_at"], Json::Null);
}

async fn whoever_is_due_comes_first(world: World) {
    let (mut visitor, people) = family(&world, "family@example.jp", &["父", "母", "子"]).await;
    send(&mut visitor, vec![report(&people[0])]).await;
    let household = visitor.get("/api/patient/household").await.json();
    let order: Vec<_> = household["people"].as_array().unwrap().iter().map(|person| person["name"].clone()).collect();
    assert_eq!(order, ["母", "子", "父"]);
}

/// Concurrent reports share commits and each gets its own answer.
async fn concurrent_reports_are_all_stored(world: World) {
    let mut senders = tokio::task::JoinSet::new();
    for household in 0..8 {
        let (mut visitor, people) = family(&world, &format!("family{household}@example.jp"), &["父", "母"]).await;
        senders.spawn(async move {
            for _ in 0..10 {
                let reports: Vec<Json> = people.iter().map(|person| report(person)).collect();
                let ids: Vec<_> = reports.iter().map(|report| report["report_id"].clone()).collect();
                let answer =
                    visitor.post_json("/api/patient/reports", &json!({ "reports": reports })).await.expect(200).json();
                for (outcome, id) in answer["outcomes"].as_array().unwrap().iter().zip(ids) {
                    assert_eq!((&outcome["report_id"], &outcome["status"]), (&id, &json!("stored")));
                }
            }
        });
    }
    senders.join_all().await;
    assert_eq!(stored(&world).await, 8 * 2 * 10);
}

/// PERM-05, MY-19, C-03: there is no way to read values, not even yesterday's.
async fn nothing_of_a_report_is_ever_read_back(world: World) {
    let (mut visitor, people) = family(&world, "taro@example.jp", &["太郎"]).await;
    let mut telling = report(&people[0]);
    telling["temperature"] = json!(387);
    telling["spo2"] = json!(91);
    telling["note"] = json!("とてもつらい");
    telling["symptoms"]["cough"] = json!("yes");
    let telling_id = telling["report_id"].as_str().unwrap().to_owned();
    let answer = visitor.post_json("/api/patient/reports", &json!({ "reports": [telling] })).await.expect(200);
    let patient_routes: Vec<_> = hersys::App::routes()
        .table
        .into_iter()
        .filter(|route| route.path.starts_with("/api/patient/") && route.method == "GET")
        .collect();
    assert!(!patient_routes.is_empty());
    let mut answers = vec![answer.body];
    for route in patient_routes {
        let path = route.path.replace("{token}", &people[0]);
        answers.push(visitor.get(&path).await.body);
    }
    for path in ["/api/patient/reports", "/api/patient/observations", &format!("/api/patient/people/{}", people[0])] {
        let answer = visitor.get(path).await;
        assert!(matches!(answer.status.as_u16(), 404 | 405), "{path}: {}", answer.status);
        answers.push(answer.body);
    }
    // Ids and keys are random and may contain any digits.
    let push_key = visitor.get("/api/patient/push").await.json()["public_key"].as_str().unwrap().to_owned();
    let ids = [people[0].clone(), telling_id, push_key];
    for answer in answers.into_iter().map(|answer| ids.iter().fold(answer, |text, id| text.replace(id, ""))) {
        for told in ["387", "38.7", "91", "とてもつらい", "\"yes\""] {
            assert!(!answer.contains(told), "{told} in {answer}");
        }
    }
}

async fn one_account_cannot_flood_the_intake(world: World) {
    let (mut visitor, _) = family(&world, "taro@example.jp", &[]).await;
    let mut statuses = BTreeMap::new();
    for _ in 0..200 {
        let answer = visitor.get("/api/patient/household").await;
        *statuses.entry(answer.status.as_u16()).or_insert(0) += 1;
        if answer.status == 429 {
            assert!(answer.headers.contains_key("retry-after"));
        }
    }
    assert!(statuses[&200] >= 100 && statuses[&429] >= 20, "{statuses:?}");
}
