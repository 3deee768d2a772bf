//! A provider of SMS and calls, people to be asked, and the steps of a morning.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use hersys::App;
use hersys::cases::create::CreatedCase;
use hersys::clock::Clock;
use hersys::config::{Config, Settings};
use hersys::db::sql;
use hersys::monitoring::intake::Source;
use hersys::monitoring::intake::store::{NewObservation, insert};
use hersys::monitoring::reminders::{plan, send};
use hersys::monitoring::watch;
use hersys_tests::fixtures::Somebody;
use hersys_tests::{Visitor, World};
use serde_json::json;
use time::macros::date;
use time::{Date, Duration};
use tokio::sync::{Semaphore, watch as watch_channel};
use uuid::Uuid;

pub const TOKEN: &str = "token-of-the-account";

/// A provider with an HTTP API of the Twilio form, for SMS and calls.
pub struct Provider {
    address: SocketAddr,
    desk: Arc<Mutex<Desk>>,
    asked: watch_channel::Sender<Vec<String>>,
}

#[derive(Default)]
struct Desk {
    is_down: bool,
    /// Numbers that are nobody's.
    wrong: Vec<String>,
    taken: Vec<Request>,
    tries: usize,
    /// As many answers as it gives; None for all.
    answers: Option<Arc<Semaphore>>,
    /// The clock, and how far it goes on with each request.
    slow: Option<(Clock, Duration)>,
}

/// What the provider took.
#[derive(Debug, Clone)]
pub struct Request {
    pub resource: String,
    pub form: BTreeMap<String, String>,
    pub sid: String,
}

impl Request {
    pub fn to(&self) -> &str {
        &self.form["To"]
    }

    pub fn body(&self) -> &str {
        &self.form["Body"]
    }
}

impl Provider {
    pub async fn start() -> Self {
        let desk = Arc::new(Mutex::new(Desk::default()));
        let (asked, _) = watch_channel::channel(Vec::new());
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/2010-04-01/Accounts/{account}/{resource}", post(take))
            .with_state((desk.clone(), asked.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, desk, asked }
    }

    pub fn url(&self) -> String {
        format!("http://AC0123:{TOKEN}@{}/?from=%2B815012345678", self.address)
    }

    pub fn goes_down(&self, is_down: bool) {
        self.desk.lock().unwrap().is_down = is_down;
    }

    pub fn knows_not(&self, number: &str) {
        self.desk.lock().unwrap().wrong.push(international(number));
    }

    /// What came since this was asked last.
    pub fn taken(&self) -> Vec<Request> {
        std::mem::take(&mut self.desk.lock().unwrap().taken)
    }

    /// The numbers of it, in order.
    pub fn numbers(&self) -> Vec<String> {
        let mut numbers: Vec<String> = self.taken().iter().map(|request| request.to().to_owned()).collect();
        numbers.sort();
        numbers
    }

    /// From now on it answers only as often as it is told by [`Provider::answers`].
    pub fn hesitates(&self) {
        self.desk.lock().unwrap().answers = Some(Arc::new(Semaphore::new(0)));
    }

    pub fn answers(&self, times: usize) {
        self.desk.lock().unwrap().answers.as_ref().unwrap().add_permits(times);
    }

    /// From now on each request takes so long by this clock.
    pub fn is_slow(&self, clock: &Clock, each: Duration) {
        self.desk.lock().unwrap().slow = Some((clock.clone(), each));
    }

    /// The number of the request that comes as the `nth` of all, answered or not.
    pub async fn asked(&self, nth: usize) -> String {
        let mut asked = self.asked.subscribe();
        let numbers = asked.wait_for(|numbers| numbers.len() >= nth).await.unwrap();
        numbers[nth - 1].clone()
    }

    pub fn tries(&self) -> usize {
        self.desk.lock().unwrap().tries
    }
}

/// The desk, and the numbers of all requests, answered or not.
type Counter = (Arc<Mutex<Desk>>, watch_channel::Sender<Vec<String>>);

async fn take(
    State((desk, asked)): State<Counter>,
    Path((_, resource)): Path<(String, String)>,
    body: String,
) -> (StatusCode, Json<serde_json::Value>) {
    let form: BTreeMap<String, String> = serde_urlencoded::from_str(&body).unwrap();
    asked.send_modify(|numbers| numbers.push(form["To"].clone()));
    let answers = desk.lock().unwrap().answers.clone();
    if let Some(answers) = answers {
        answers.acquire().await.unwrap().forget();
    }
    let mut desk = desk.lock().unwrap();
    desk.tries += 1;
    if let Some((clock, each)) = &desk.slow {
        clock.advance(*each);
    }
    if desk.is_down {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({})));
    }
    if desk.wrong.contains(&form["To"]) {
        return (StatusCode::BAD_REQUEST, Json(json!({ "code": 21211 })));
    }
    let sid = format!("SM{}", desk.tries);
    desk.taken.push(Request { resource, form, sid: sid.clone() });
    (StatusCode::CREATED, Json(json!({ "sid": sid })))
}

pub fn international(number: &str) -> String {
    format!("+81{}", &number[1..])
}

/// A process of the installation that sends SMS and calls by `provider`.
pub async fn process(world: &World, provider: &Provider) -> App {
    process_with(world, provider, |_| {}).await
}

/// One that hands over one after the other.
pub async fn single(world: &World, provider: &Provider) -> App {
    process_with(world, provider, |settings| settings.messages_at_once = Some(1)).await
}

/// Configured in its own way.
pub async fn process_with(world: &World, provider: &Provider, change: impl FnOnce(&mut Settings)) -> App {
    let mut settings = Settings {
        data_dir: Some(world.folder().to_owned()),
        database_url: Some(world.database_url().to_owned()),
        base_url: Some("http://127.0.0.1:8080".into()),
        smtp_url: Some(world.smtp.url()),
        sms_url: Some(provider.url()),
        ..Settings::default()
    };
    change(&mut settings);
    let app = App::open(Config::from_settings(settings, false).unwrap(), world.app.clock.clone()).await.unwrap();
    app.live.end();
    app
}

/// Somebody of the centre who is observed from 30 July to 9 August.
pub async fn somebody(world: &World, name: &'static str, phone: Option<&str>) -> CreatedCase {
    observed(world, name, phone, Some(date!(2022 - 08 - 09))).await
}

pub async fn observed(world: &World, name: &'static str, phone: Option<&str>, until: Option<Date>) -> CreatedCase {
    let case = Somebody::patient(name, "ダレカ サン")
        .observed(date!(2022 - 07 - 30), until)
        .enter(&world.app, &world.fixtures.center, &world.fixtures.clinic)
        .await;
    if let Some(phone) = phone {
        identity(
            world,
            &case,
            json!({ "name": name, "kana": "ダレカ サン", "birth_on": "1980-01-02", "phone": phone }),
        )
        .await;
    }
    case
}

pub async fn identity(world: &World, case: &CreatedCase, body: serde_json::Value) {
    sql("update document set body = $2, version = version + 1 where case_id = $1 and tab = 'identity'")
        .bind(case.case_id)
        .bind(body.clone())
        .run(&world.app.db)
        .await
        .unwrap();
    if let Some(phone) = body["phone"].as_str() {
        sql(
            "insert into case_phone_index (organization_id, phone, case_id) values ($1, $2, $3) on conflict do nothing",
        )
        .bind(world.fixtures.center.organization_id)
        .bind(phone)
        .bind(case.case_id)
        .run(&world.app.db)
        .await
        .unwrap();
    }
}

/// A household of My HER-SYS with these people.
pub async fn household(world: &World, mail: &str, people: &[(&str, &CreatedCase)]) -> Visitor {
    let mut visitor = world.visitor().as_patient(world, mail).await;
    for (name, case) in people {
        visitor.link(name, "1980-01-02", case.hersys_id.as_str()).await;
    }
    visitor
}

/// What the judge does a few times a second.
pub async fn settle(world: &World) {
    watch::judge_waiting(&world.app.db, &world.app.texts, world.now()).await.unwrap();
}

/// The clock goes on to the next time that it is so late in Japan.
pub fn until(clock: &Clock, hour: u8, minute: u8) {
    let at = clock.now().in_japan();
    let wanted = at.date().with_hms(hour, minute, 0).unwrap().assume_offset(at.offset());
    let wanted = if wanted <= at { wanted + Duration::days(1) } else { wanted };
    clock.advance(wanted - at);
}

/// Plans and sends all that is due at this moment.
pub async fn morning(app: &App) -> usize {
    plan::all(&app.db, app.clock.now()).await.unwrap();
    send::all(app).await.unwrap()
}

/// A report of today.
pub async fn reports(world: &World, case: &CreatedCase) {
    let now = world.now();
    let report = NewObservation {
        case_id: case.case_id,
        report_id: Uuid::now_v7(),
        source: Source::Patient,
        observed_on: now.day(),
        received_at: now,
        temperature: Some(365),
        spo2: Some(98),
        symptom_set_version: 1,
        symptoms: json!({}),
        emergency_signs: json!([]),
        note: String::new(),
        entered_by: case.case_id,
    };
    insert(&world.app.db, &[&report]).await.unwrap();
}

pub async fn ends(world: &World, case: &CreatedCase, until: Date) {
    sql("update cases set observed_until = $2 where case_id = $1")
        .bind(case.case_id)
        .bind(until)
        .run(&world.app.db)
        .await
        .unwrap();
}

/// (state, reason) of a request.
pub async fn state(world: &World, case: &CreatedCase, day: Date, round: i64) -> Option<(String, String)> {
    sql("select state, reason from reminder where case_id = $1 and day = $2 and round = $3")
        .bind(case.case_id)
        .bind(day)
        .bind(round)
        .optional(&world.app.db)
        .await
        .unwrap()
}

/// How many messages of requests stand so.
pub async fn messages(world: &World, status: &str) -> i64 {
    sql("select count(*) from message where purpose = 'reminder' and status = $1")
        .bind(status)
        .scalar(&world.app.db)
        .await
        .unwrap()
}
