use std::collections::HashMap;

use hersys::cases::CreatedCase;
use hersys::clock::Timestamp;
use hersys::db::sql;
use hersys::monitoring::watch;
use hersys_tests::fixtures::{Office, Somebody, report};
use hersys_tests::{Answer, Visitor, World};
use serde_json::{Value as Json, json};
use time::Date;
use time::macros::date;
use uuid::Uuid;

/// Somebody under observation who reports by My HER-SYS.
pub struct Person {
    pub case: CreatedCase,
    pub phone: Visitor,
    pub id: String,
}

impl Person {
    pub async fn enter(world: &World, name: &'static str, kana: &'static str) -> Self {
        Self::of(world, name, kana, &world.fixtures.center, None).await
    }

    pub async fn of(
        world: &World,
        name: &'static str,
        kana: &'static str,
        center: &Office,
        until: Option<Date>,
    ) -> Self {
        let case = Somebody::patient(name, kana)
            .observed(date!(2022 - 07 - 30), until)
            .enter(&world.app, center, center)
            .await;
        let mail = format!("{}@example.jp", case.hersys_id.as_str());
        let mut phone = world.visitor().as_patient(world, &mail).await;
        let id = phone.link(name, "1980-01-02", case.hersys_id.as_str()).await;
        Self { case, phone, id }
    }

    /// A report with nothing wrong but `changes`; what was sent, to be sent again.
    pub async fn reports(&mut self, world: &World, changes: Json) -> Json {
        let mut report = report(&self.id);
        for (key, value) in changes.as_object().unwrap() {
            report[key] = value.clone();
        }
        self.send(&report).await;
        settle(world).await;
        report
    }

    pub async fn send(&mut self, report: &Json) {
        let sent = json!({ "reports": [report] });
        let mut outcome = self.phone.post_json("/api/patient/reports", &sent).await;
        if outcome.status == 401 {
            // Weeks have passed.
            let mail = format!("{}@example.jp", self.case.hersys_id.as_str());
            let signed_in = json!({ "mail": mail, "password": "Patient-1" });
            self.phone.post_json("/api/patient/session", &signed_in).await.expect(204);
            outcome = self.phone.post_json("/api/patient/reports", &sent).await;
        }
        let outcome = outcome.expect(200);
        assert!(outcome.body.contains("received_at"), "{}", outcome.body);
    }

    pub fn item(&self, world: &World) -> String {
        format!("{}:{}", self.case.case_id, world.now().0)
    }
}

/// What the judge does a few times a second.
pub async fn settle(world: &World) {
    watch::judge_waiting(&world.app.db, &world.app.texts, world.now()).await.unwrap();
}

pub async fn sign_in(world: &World, office: &Office) -> Visitor {
    world.visitor().as_staff(world, office).await
}

/// Staff who stay signed in while the clock stands still.
pub struct Desks<'w> {
    world: &'w World,
    signed_in: HashMap<Uuid, (Timestamp, Visitor)>,
    arrived: u8,
}

impl<'w> Desks<'w> {
    pub fn new(world: &'w World) -> Self {
        Self { world, signed_in: HashMap::new(), arrived: 0 }
    }

    pub async fn of(&mut self, office: &Office) -> &mut Visitor {
        let now = self.world.now();
        let is_there = self.signed_in.get(&office.account_id).is_some_and(|(since, _)| *since == now);
        if !is_there {
            // A network each time: those of many desks are limited by the minutes of the real clock.
            self.arrived = self.arrived.wrapping_add(1);
            let visitor = self.world.visitor().from_network([198, 51, 100, self.arrived]);
            let visitor = visitor.as_staff(self.world, office).await;
            self.signed_in.insert(office.account_id, (now, visitor));
        }
        &mut self.signed_in.get_mut(&office.account_id).unwrap().1
    }
}

pub async fn nurse(world: &World) -> Visitor {
    sign_in(world, &world.fixtures.center).await
}

pub async fn write_identity(world: &World, case_id: Uuid, identity: Json) {
    sql("update document set body = $2, version = version + 1 where case_id = $1 and tab = 'identity'")
        .bind(case_id)
        .bind(identity)
        .run(&world.app.db)
        .await
        .unwrap();
}

pub async fn count(world: &World, text: &str) -> i64 {
    sql(text).scalar(&world.app.db).await.unwrap()
}

/// The form of rules as a browser sends it.
#[derive(Clone)]
pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn from_on(base: i64, from_on: &str) -> Self {
        let fields = [("base", base.to_string()), ("from_on", from_on.into()), ("report_by", "12".into())];
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Temperatures from so many tenths on are an emergency.
    pub fn warm(base: i64, from_on: &str, degrees: &str) -> Self {
        Self::from_on(base, from_on).rule(0, "temperature_at_least", "emergency", &[("tenths", degrees)])
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn rule(mut self, at: usize, kind: &str, alert: &str, more: &[(&str, &str)]) -> Self {
        let key = format!("rule_{at}");
        for (field, value) in [("key", key.as_str()), ("kind", kind), ("alert", alert)].iter().chain(more) {
            self.0.push((format!("rules.{at}.{field}"), (*value).to_owned()));
        }
        self
    }

    pub async fn press(&self, staff: &mut Visitor, step: &str) -> Answer {
        let mut fields: Vec<(&str, &str)> =
            self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("step", step));
        staff.post_form("/staff/rules/edit", &fields).await
    }
}

/// The newest version of an office's rules, as the form needs it.
pub async fn newest(world: &World, office: Option<&Office>) -> i64 {
    let text = "select coalesce(max(version), 0) from watch_rules where";
    match office {
        Some(office) => sql(&format!("{text} organization_id = $1")).bind(office.organization_id),
        None => sql(&format!("{text} organization_id is null")),
    }
    .scalar(&world.app.db)
    .await
    .unwrap()
}

/// The people whom a board shows, in its order.
pub fn shown(board: &Answer) -> Vec<Uuid> {
    let rows = board.body.split("data-case=\"").skip(1);
    rows.filter_map(|row| Uuid::parse_str(row.split('"').next()?).ok()).collect()
}
