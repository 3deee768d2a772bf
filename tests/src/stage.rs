//! The stage of a browser journey: the whole service on a real port, a real mail server, a fixed
//! clock, and a side door through which the journey reads mail and moves time.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hersys::App;
use hersys::access::accounts::{self, NewAccount};
use hersys::clock::Clock;
use hersys::config::{Config, Settings};
use hersys::db::sql;
use hersys::messages::{self, push::Notice};
use hersys::serve::{self, Running};
use hersys_shared::notification::Edition;
use serde::Deserialize;
use serde_json::{Value, json};
use time::Duration;
use tokio::net::TcpListener;

use crate::database::TestDatabase;
use crate::fixtures::{Fixtures, Office, PASSWORD, Somebody};
use crate::notifications;
use crate::smtp::SmtpServer;
use crate::world::START;

pub struct Stage {
    pub app: App,
    running: Running,
    control: String,
    cast: Value,
    _database: TestDatabase,
}

struct SideDoor {
    app: App,
    fixtures: Fixtures,
    smtp: SmtpServer,
    /// What came in as a push service, base64.
    pushed: Mutex<Vec<String>>,
}

impl Stage {
    /// Opens an installation in demo mode, so that SMS can be read at `/demo/outbox`; mail goes by SMTP as well.
    pub async fn open(database: TestDatabase) -> Self {
        let smtp = SmtpServer::start().await;
        let port = free_port().await;
        let side_door = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let control = format!("http://{}", side_door.local_addr().expect("an address"));
        let settings = Settings {
            listen: Some(format!("127.0.0.1:{port}")),
            data_dir: Some(database.folder.path().to_owned()),
            database_url: Some(database.url.clone()),
            smtp_url: Some(smtp.url()),
            // The side door is the push service, too.
            push_hosts: Some(control.clone()),
            certificate: Some("on".into()),
            health_call_phone: Some("050-3333-4444".into()),
            ..Settings::default()
        };
        let config = Config::from_settings(settings, true).expect("a valid configuration");
        let app = App::open(config, Clock::fixed(START)).await.expect("the program starts");
        let fixtures = Fixtures::insert(&app).await;
        let cast = cast(&app, &fixtures).await;
        let running = serve::start(&app).await.expect("the service listens");
        let door = SideDoor { app: app.clone(), fixtures, smtp, pushed: Mutex::default() };
        tokio::spawn(async move { axum::serve(side_door, side_door_routes(door)).await });
        Self { app, running, control, cast, _database: database }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// Plays `tests/e2e/journeys/<name>.mjs`; its output is shown when it fails.
    pub async fn play(self, name: &str) {
        let env = |key: &str| {
            std::env::var(key).unwrap_or_else(|_| panic!("{key} is not set: run the tests by `cargo xtask test`"))
        };
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e");
        let journey = tokio::process::Command::new(env("HERSYS_TEST_NODE"))
            .arg(folder.join("journeys").join(format!("{name}.mjs")))
            .env("HERSYS_TEST_CHROMIUM", env("HERSYS_TEST_CHROMIUM"))
            .env("STAGE_BASE_URL", self.base_url())
            .env("STAGE_CONTROL_URL", &self.control)
            .env("STAGE_CAST", self.cast.to_string())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(std::time::Duration::from_secs(240), journey)
            .await
            .unwrap_or_else(|_| panic!("the journey {name} did not end"))
            .expect("Node.js runs");
        assert!(
            output.status.success(),
            "the journey {name} failed:\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        // Figures that a journey counts, e.g. keystrokes.
        print!("{}", String::from_utf8_lossy(&output.stdout));
        self.running.stop_now();
    }
}

/// The people of the journeys, as the health centre has entered them.
async fn cast(app: &App, fixtures: &Fixtures) -> Value {
    let mut people = Vec::new();
    for (name, kana, born) in [
        ("山田 太郎", "ヤマダ タロウ", time::macros::date!(1980 - 01 - 02)),
        ("山田 花子", "ヤマダ ハナコ", time::macros::date!(1982 - 03 - 04)),
        ("山田 一郎", "ヤマダ イチロウ", time::macros::date!(2015 - 05 - 06)),
    ] {
        let case = Somebody::patient(name, kana).born(born).enter(app, &fixtures.center, &fixtures.center).await;
        people.push(json!({
            "name": name,
            "born": hersys_shared::days::iso(born),
            "hersysId": case.hersys_id,
            "caseId": case.case_id,
        }));
    }
    let contact = Somebody::contact("佐藤 次郎", "サトウ ジロウ").enter(app, &fixtures.center, &fixtures.clinic).await;
    people.push(
        json!({ "name": "佐藤 次郎", "born": "1980-01-02", "hersysId": contact.hersys_id, "caseId": contact.case_id }),
    );
    let staff = |office: &Office| json!({ "signInId": office.sign_in_id, "password": PASSWORD, "phone": office.phone, "name": office.name });
    let newcomers = [newcomer(app, &fixtures.clinic, 1).await, newcomer(app, &fixtures.clinic, 2).await];
    json!({
        "people": people,
        "newcomers": newcomers,
        "center": staff(&fixtures.center),
        "otherCenter": staff(&fixtures.other_center),
        "clinic": staff(&fixtures.clinic),
        "otherClinic": staff(&fixtures.other_clinic),
        "headOffice": staff(&fixtures.head_office),
        "followUp": staff(&fixtures.follow_up),
    })
}

/// An ID as an issuer hands it out: an initial password and no telephone.
async fn newcomer(app: &App, office: &Office, number: u32) -> Value {
    const INITIAL: &str = "Initial-9-pass";
    let sign_in_id = format!("shinjin{number}@hersys.example");
    let account = NewAccount {
        account_id: uuid::Uuid::now_v7(),
        organization_id: office.organization_id,
        sign_in_id: &sign_in_id,
        display_name: "新人",
        is_issuer: false,
        at: app.clock.now(),
    };
    let hash = app.passwords.hash(INITIAL).await.expect("a hash");
    let mut tx = app.db.begin().await.expect("a transaction");
    accounts::insert_account(&mut tx, &account, &hash).await.expect("an account");
    tx.commit().await.expect("a commit");
    json!({ "signInId": sign_in_id, "password": INITIAL })
}

async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("an address").port()
}

#[derive(Deserialize)]
struct Advance {
    seconds: i64,
}

#[derive(Deserialize)]
struct Filed {
    case_id: uuid::Uuid,
    edition: String,
    #[serde(default)]
    longest: bool,
}

#[derive(Deserialize)]
struct OfCase {
    case_id: uuid::Uuid,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

fn side_door_routes(door: SideDoor) -> Router {
    Router::new()
        .route(
            "/mail/next",
            get(async |State(door): State<Arc<SideDoor>>| {
                let mail = door.smtp.next_mail().await;
                Json(json!({ "to": mail.to, "subject": mail.subject, "text": mail.text }))
            }),
        )
        .route(
            "/advance",
            post(async |State(door): State<Arc<SideDoor>>, Query(by): Query<Advance>| {
                door.app.clock.advance(Duration::seconds(by.seconds));
                "moved on"
            }),
        )
        // The first of the two steps to follow-up: the right (FUP-02).
        .route(
            "/follow-up",
            post(async |State(door): State<Arc<SideDoor>>, Query(of): Query<Named>| {
                sql("update organization set follow_up = true where name = $1")
                    .bind(of.name)
                    .run(&door.app.db)
                    .await
                    .expect("a right");
                "granted"
            }),
        )
        // A notification that the centre has entered for the clinic: the usual one, or one with everything as long as it may be.
        .route(
            "/notification",
            post(async |State(door): State<Arc<SideDoor>>, Query(wanted): Query<Filed>| {
                let edition = Edition::from_code(&wanted.edition).expect("an edition");
                let of = if wanted.longest { notifications::longest } else { notifications::usual };
                let content = of(edition, &door.fixtures.center);
                let id = notifications::file(&door.app, wanted.case_id, &door.fixtures.center, &content).await;
                Json(json!({ "notificationId": id }))
            }),
        )
        // A request to report that waits for its hour, as the planner would have queued it.
        .route(
            "/reminder",
            post(async |State(door): State<Arc<SideDoor>>, Query(of): Query<OfCase>| {
                let now = door.app.clock.now();
                sql("insert into message (message_id, channel, recipient, subject, body, case_id, created_at, due_at,
                                          expires_at, status, attempts, purpose)
                     values ($1, 'mail', 'reminded@family.example', 'お願い', '本日の入力をお願いします。', $2, $3, $4,
                             $5, 'waiting', 0, 'reminder')")
                .bind(uuid::Uuid::now_v7())
                .bind(of.case_id)
                .bind(now)
                .bind(now + Duration::hours(1))
                .bind(now + Duration::hours(12))
                .run(&door.app.db)
                .await
                .expect("a message");
                "queued"
            }),
        )
        // How the messages about a person stand.
        .route(
            "/messages",
            get(async |State(door): State<Arc<SideDoor>>, Query(of): Query<OfCase>| {
                let rows: Vec<(String, String)> = sql("select purpose, status from message
                     where case_id = $1 or message_id in (select message_id from reminder_message where case_id = $1)
                     order by created_at, message_id")
                .bind(of.case_id)
                .all(&door.app.db)
                .await
                .expect("messages");
                Json(json!(
                    rows.into_iter()
                        .map(|(purpose, status)| json!({ "purpose": purpose, "status": status }))
                        .collect::<Vec<_>>()
                ))
            }),
        )
        .route(
            "/observations",
            get(async |State(door): State<Arc<SideDoor>>| {
                let count: i64 = sql("select count(*) from observation").scalar(&door.app.db).await.expect("a count");
                Json(json!({ "count": count }))
            }),
        )
        // Sends a notification to every device, as a reminder would.
        .route(
            "/remind",
            post(async |State(door): State<Arc<SideDoor>>| {
                let app = &door.app;
                let devices: Vec<(uuid::Uuid,)> =
                    sql("select subscription_id from push_subscription where gone_at is null")
                        .all(&app.db)
                        .await
                        .expect("devices");
                let notice = Notice {
                    title: "My HER-SYS".into(),
                    body: "今日の健康状態の報告をお願いします。".into(),
                    url: "/".into(),
                };
                let now = app.clock.now();
                for (device,) in &devices {
                    let message = notice.to(*device, "report", now + Duration::hours(1));
                    messages::enqueue(&app.db, now, message).await.expect("a message");
                }
                app.outbox.wake();
                Json(json!({ "devices": devices.len() }))
            }),
        )
        .route(
            "/push/{device}",
            post(async |State(door): State<Arc<SideDoor>>, body: Bytes| {
                door.pushed.lock().expect("no panic").push(STANDARD.encode(&body));
                StatusCode::CREATED
            }),
        )
        .route(
            "/pushed",
            get(async |State(door): State<Arc<SideDoor>>| {
                Json(std::mem::take(&mut *door.pushed.lock().expect("no panic")))
            }),
        )
        .with_state(Arc::new(door))
}
