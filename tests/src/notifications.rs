//! Notifications as somebody might have reported them.

use hersys::App;
use hersys::access::{Client, Staff};
use hersys::notification::file::{Filer, Filing, Person, report, revise};
use hersys::notification::store;
use hersys_shared::notification::items::{ITEMS, Kind};
use hersys_shared::notification::{Content, Edition};
use hersys_shared::values::Values;

use uuid::Uuid;

use crate::fixtures::Office;

/// A usual notification of 山田 太郎 to `center`, as far as `edition` asks.
pub fn usual(edition: Edition, center: &Office) -> Content {
    let center = center.organization_id.to_string();
    let values: Values = [
        ("reported_on", "2022-08-01"),
        ("receiving_center", center.as_str()),
        ("doctor_name", "医師 花子"),
        ("institution_name", "さくら診療所"),
        ("institution_address", "みどり県みどり市中央1-2-3"),
        ("institution_phone", "0312345678"),
        ("diagnosis_type", "confirmed"),
        ("name", "山田 太郎"),
        ("kana", "ヤマダ タロウ"),
        ("sex", "male"),
        ("birth_on", "1980-01-02"),
        ("occupation", "会社員"),
        ("current_postal_code", "3300061"),
        ("current_address", "みどり県みどり市常盤6-4-4"),
        ("registered_is_current", "yes"),
        ("registered_postal_code", "3300061"),
        ("registered_address", "みどり県みどり市常盤6-4-4"),
        ("phone", "09012345678"),
        ("symptom_fever", "yes"),
        ("symptom_cough", "yes"),
        ("test1_method", "pcr"),
        ("test1_specimen", "nasopharyngeal_swab"),
        ("test1_collected_on", "2022-07-31"),
        ("test1_result", "positive"),
        ("first_visit_on", "2022-07-31"),
        ("diagnosed_on", "2022-08-01"),
        ("onset_on", "2022-07-30"),
        ("route_certainty", "estimated"),
        ("route", "droplet"),
        ("area_certainty", "estimated"),
        ("area", "domestic"),
        ("area_prefecture", "みどり県"),
        ("vaccinated", "yes"),
        ("vaccine_doses", "2"),
        ("vaccine1_on", "2021-07-01"),
        ("vaccine2_on", "2021-07-22"),
        ("risk", "yes"),
        ("risk_diabetes", "yes"),
        ("severity", "mild"),
        ("needs_admission", "no"),
        ("admitted", "no"),
        ("remarks", "同居の家族に同じ症状の人がいます。"),
        ("url_notice", "yes"),
    ]
    .into_iter()
    .filter(|(key, _)| edition.has(key))
    .collect();
    Content { edition, values }
}

/// Every item as long as it may be.
pub fn longest(edition: Edition, center: &Office) -> Content {
    let value = |kind| match kind {
        Kind::Text(longest) => "長".repeat(longest),
        Kind::LongText(longest) => "長い自由記述です。\n".repeat(longest / 10),
        Kind::Name => "名".repeat(80),
        Kind::Kana => "カ".repeat(80),
        Kind::Date | Kind::AnyDate => "2022-08-01".to_owned(),
        Kind::BirthDate => "1980-01-02".to_owned(),
        Kind::Phone => "09012345678".to_owned(),
        Kind::PostalCode => "3300061".to_owned(),
        Kind::Number(_, most) => most.to_string(),
        Kind::Choice(choices) => {
            let longest = choices.iter().max_by_key(|(_, words)| words.chars().count());
            longest.map_or("", |(code, _)| code).to_owned()
        }
        Kind::Symptom | Kind::Mark => "yes".to_owned(),
        Kind::Center => center.organization_id.to_string(),
    };
    Content { edition, values: ITEMS.iter().map(|item| (item.key, value(item.kind))).collect() }
}

/// Files a notification of a person by an ID of `office`.
pub async fn file(app: &App, case_id: Uuid, office: &Office, content: &Content) -> Uuid {
    let filing = Filing {
        person: Person::Known(case_id),
        notification_id: Uuid::now_v7(),
        content: content.clone(),
        proxy_for: None,
        sends_mail: false,
    };
    let (staff, client) = (staff(office), client());
    let filer = Filer { staff: &staff, client: &client, at: app.clock.now() };
    let mut tx = app.db.begin().await.expect("a transaction");
    let reported = report(&mut tx, app, filer, &filing).await.expect("a report");
    tx.commit().await.expect("a commit");
    reported.notification_id
}

/// Saves a further version by an ID of `office`.
pub async fn change(app: &App, case_id: Uuid, notification_id: Uuid, office: &Office, content: &Content) {
    let stored = store::notification(&app.db, case_id, notification_id).await.expect("a read").expect("a notification");
    let (staff, client) = (staff(office), client());
    let filer = Filer { staff: &staff, client: &client, at: app.clock.now() };
    let mut tx = app.db.begin().await.expect("a transaction");
    let done = revise(&mut tx, app, filer, (case_id, notification_id), stored.version, content, false).await;
    assert!(done.expect("a change"), "somebody else was first");
    tx.commit().await.expect("a commit");
}

fn staff(office: &Office) -> Staff {
    Staff {
        account_id: office.account_id,
        organization_id: office.organization_id,
        kind: office.kind,
        organization_name: office.name.to_owned(),
        display_name: "担当者".to_owned(),
        sign_in_id: office.sign_in_id.clone(),
        is_issuer: false,
        waiting: 0,
        shows_past: false,
        list_address: String::new(),
        board_address: String::new(),
    }
}

fn client() -> Client {
    Client { address: std::net::Ipv4Addr::LOCALHOST.into() }
}
