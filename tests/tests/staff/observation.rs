//! 健康観察 as staff read it: table, graph, print (OBS-01…OBS-15).

use hersys_tests::fixtures::{Somebody, report};
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use uuid::Uuid;

on_both_databases!(
    the_observation_page_shows_table_and_graph,
    contacts_are_blue_and_patients_red,
    several_people_are_printed,
);

async fn reported(world: &World, somebody: Somebody, change: impl Fn(&mut serde_json::Value)) -> Uuid {
    let offices = &world.fixtures;
    let case = somebody.enter(&world.app, &offices.center, &offices.center).await;
    let mut patient = world.visitor().as_patient(world, &format!("{}@example.jp", case.hersys_id)).await;
    let person = patient.link("本人", "1980-01-02", case.hersys_id.as_str()).await;
    let mut sent = report(&person);
    change(&mut sent);
    let answer = patient.post_json("/api/patient/reports", &json!({ "reports": [sent] })).await.expect(200);
    assert_eq!(answer.json()["outcomes"][0]["status"], "stored");
    case.case_id
}

/// OBS-05, OBS-06, OBS-15
async fn the_observation_page_shows_table_and_graph(world: World) {
    let case_id = reported(&world, Somebody::patient("山田 太郎", "ヤマダ"), |report| {
        report["temperature"] = json!(387);
        report["spo2"] = json!(93);
        report["symptoms"]["cough"] = json!("yes");
        report["symptoms"]["fatigue"] = json!("unknown");
        report["emergency_signs"] = json!(["chest_pain"]);
        report["note"] = json!("<b>せきで眠れない</b>");
    })
    .await;
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let path = format!("/staff/cases/{case_id}/observation");
    let page = staff.get(&path).await.expect(200);
    let page = page
        .shows("<svg")
        .shows("38.7")
        .shows("93")
        .shows("咳")
        .shows("胸の痛み")
        .shows("本人")
        .shows("37.5")
        .hides("<b>せき");
    assert!(page.body.contains("せきで眠れない"));
    staff.get(&format!("{path}/print")).await.expect(200).shows("38.7");
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    clinic.get(&path).await.expect(404);
}

/// OBS-01, OBS-02, OBS-03: applicable contacts' symptoms blue, patients' red, unknown yellow, absent not drawn.
async fn contacts_are_blue_and_patients_red(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let patient = reported(&world, Somebody::patient("患者", "カンジャ"), |report| {
        report["symptoms"]["cough"] = json!("yes");
        report["symptoms"]["nausea"] = json!("unknown");
    })
    .await;
    let contact = reported(&world, Somebody::contact("接触", "セッショク"), |report| {
        report["symptoms"] = json!({ "cough": "yes", "breathlessness": "no", "fatigue": "no", "other": "no" });
    })
    .await;
    let mut pages = Vec::new();
    for case_id in [patient, contact] {
        pages.push(staff.get(&format!("/staff/cases/{case_id}/observation")).await.expect(200).body);
    }
    // The legend below the plot has drawings of its own.
    let chart =
        |page: &str| page.split("<svg class=\"chart-plot\"").nth(1).unwrap().split("</svg>").next().unwrap().to_owned();
    let cells = |page: &str, class: &str| chart(page).matches(class).count();
    assert!(cells(&pages[0], "chart-red") > 0 && cells(&pages[0], "chart-blue") == 0);
    assert!(cells(&pages[1], "chart-blue") > 0 && cells(&pages[1], "chart-red") == 0);
    assert!(cells(&pages[0], "chart-unknown") > 0 && cells(&pages[1], "chart-unknown") == 0);
}

/// The observation of several people on one print.
async fn several_people_are_printed(world: World) {
    let one = reported(&world, Somebody::patient("山田 太郎", "ヤマダ"), |_| {}).await;
    let two = reported(&world, Somebody::patient("佐藤 花子", "サトウ"), |_| {}).await;
    let far = Somebody::patient("遠山", "トオヤマ")
        .enter(&world.app, &world.fixtures.far_center, &world.fixtures.far_center)
        .await;
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let cases: Vec<String> = [one, two, far.case_id].iter().map(Uuid::to_string).collect();
    let fields: Vec<(&str, &str)> = cases.iter().map(|case| ("case", case.as_str())).collect();
    staff
        .post_form("/staff/observations/print", &fields)
        .await
        .expect(200)
        .shows("山田 太郎")
        .shows("佐藤 花子")
        .hides("遠山");
    let answer = staff.post_form("/staff/observations/print", &[]).await;
    assert!(answer.status.is_client_error());
}
