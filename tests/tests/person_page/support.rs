//! Somebody under observation, and desks.

use hersys::cases::CreatedCase;
use hersys::db::sql;
use hersys::monitoring::watch;
use hersys_tests::fixtures::{Office, Somebody, report};
use hersys_tests::{Answer, Visitor, World};
use serde_json::{Value as Json, json};
use time::macros::date;

/// A person of the first centre, observed from 30 July to 9 August, with an account of My HER-SYS.
pub struct Person {
    pub case: CreatedCase,
    pub phone: Visitor,
    pub id: String,
}

impl Person {
    pub async fn enter(world: &World, name: &'static str, kana: &'static str) -> Self {
        let offices = &world.fixtures;
        let case = Somebody::patient(name, kana)
            .observed(date!(2022 - 07 - 30), Some(date!(2022 - 08 - 09)))
            .enter(&world.app, &offices.center, &offices.clinic)
            .await;
        let mut phone = world.visitor().as_patient(world, &format!("{}@example.jp", case.hersys_id.as_str())).await;
        let id = phone.link(name, "1980-01-02", case.hersys_id.as_str()).await;
        Self { case, phone, id }
    }

    pub async fn taro(world: &World) -> Self {
        Self::enter(world, "山田 太郎", "ヤマダ タロウ").await
    }

    pub async fn reports(&mut self, world: &World, changes: Json) {
        let mut report = report(&self.id);
        for (key, value) in changes.as_object().unwrap() {
            report[key] = value.clone();
        }
        let outcome = self.phone.post_json("/api/patient/reports", &json!({ "reports": [report] })).await.expect(200);
        assert!(outcome.body.contains("received_at"), "{}", outcome.body);
        settle(world).await;
    }

    pub fn page(&self) -> String {
        format!("/staff/cases/{}/observation", self.case.case_id)
    }
}

/// What the judge does a few times a second.
pub async fn settle(world: &World) {
    watch::judge_waiting(&world.app.db, &world.app.texts, world.now()).await.unwrap();
}

pub async fn desk(world: &World, office: &Office) -> Visitor {
    world.visitor().as_staff(world, office).await
}

/// The fields of a form for a report, all symptoms absent, with some changes.
pub async fn form(visitor: &mut Visitor, person: &Person, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let page = visitor.get(&format!("{}/reports/new", person.page())).await.expect(200);
    let usual = [
        ("report_id", page.field("report_id").unwrap()),
        ("set_version", "1".into()),
        ("day", "2022-08-01".into()),
        ("time", "8:30".into()),
        ("means", "phone".into()),
        ("temperature", "365".into()),
        ("spo2", "98".into()),
        ("all_no", "on".into()),
        ("note", String::new()),
    ];
    let mut fields: Vec<(String, String)> = usual
        .into_iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

pub async fn send(visitor: &mut Visitor, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post_form(path, &fields).await
}

/// Enters a report for a person.
pub async fn tell(visitor: &mut Visitor, person: &Person, changes: &[(&str, &str)]) -> Answer {
    let fields = form(visitor, person, changes).await;
    send(visitor, &format!("{}/reports", person.page()), &fields).await
}

/// The id of the report that came last.
pub async fn newest_report(world: &World) -> uuid::Uuid {
    sql("select report_id from observation order by received_at desc, report_id desc limit 1")
        .scalar(&world.app.db)
        .await
        .unwrap()
}

/// The part of a page between two texts.
pub fn part<'a>(page: &'a str, from: &str, until: &str) -> &'a str {
    let rest = page.split_once(from).unwrap_or_else(|| panic!("{from} is not in: {page}")).1;
    rest.split_once(until).map_or(rest, |(part, _)| part)
}
