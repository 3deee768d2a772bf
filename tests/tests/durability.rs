//! An acknowledged report survives anything: the real program is killed under load.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hersys::access::OrganizationKind;
use hersys::clock::Clock;
use hersys::config::{Config, Settings};
use hersys::db::{Db, sql};
use hersys::{App, patient, secret};
use hersys_tests::database::{self, TestDatabase};
use hersys_tests::fixtures::{Fixtures, Somebody, report};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_no_acknowledged_report_on_sqlite() {
    kill_under_load(database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_no_acknowledged_report_on_postgres() {
    kill_under_load(database::postgres().await).await;
}

/// The program as it is shipped, on a port of its own choice.
struct Server {
    process: Child,
    base: String,
}

impl Server {
    fn start(database: &TestDatabase) -> Self {
        let program = std::env::var("HERSYS_TEST_SERVER")
            .expect("HERSYS_TEST_SERVER is not set: run the tests by `cargo xtask test`");
        let mut process = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("HERSYS_DATABASE_URL", &database.url)
            .env("HERSYS_DATA_DIR", database.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let base = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:")).map(str::to_owned)
            })
            .expect("the program prints its address");
        Self { process, base: base.trim_end_matches('/').to_owned() }
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    fn kill(mut self) {
        self.process.kill().expect("a running process");
        self.process.wait().expect("its end");
    }
}

async fn kill_under_load(database: TestDatabase) {
    let households = prepare(&database).await;
    let acknowledged = Arc::new(Mutex::new(HashSet::new()));
    for _round in 0..3 {
        let server = Server::start(&database);
        let mut senders = tokio::task::JoinSet::new();
        for (token, person) in households.clone() {
            senders.spawn(send_until_it_dies(server.base.clone(), token, person, acknowledged.clone()));
        }
        let enough = acknowledged.lock().unwrap().len() + 200;
        while acknowledged.lock().unwrap().len() < enough {
            tokio::task::yield_now().await;
        }
        server.kill();
        senders.join_all().await;
    }
    let db = Db::open(&database.url).await.expect("the database opens again");
    let rows: Vec<(Uuid,)> = sql("select report_id from observation").all(&db).await.expect("the reports");
    let stored: HashSet<Uuid> = rows.into_iter().map(|(id,)| id).collect();
    let lost: Vec<_> = acknowledged.lock().unwrap().difference(&stored).copied().collect();
    assert!(lost.is_empty(), "{} acknowledged reports are gone", lost.len());
}

/// Sends one new report after the other and notes those that were acknowledged.
async fn send_until_it_dies(base: String, token: String, person: String, acknowledged: Arc<Mutex<HashSet<Uuid>>>) {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().expect("a client");
    // The limit by account allows 120 requests at once; each carries a few reports.
    for _ in 0..100 {
        let reports: Vec<_> = (0..5).map(|_| report(&person)).collect();
        let sent = client
            .post(format!("{base}/api/patient/reports"))
            .header("cookie", format!("{}={token}", patient::sessions::COOKIE))
            .json(&serde_json::json!({ "reports": reports }))
            .send()
            .await;
        let Ok(response) = sent else { return };
        let Ok(answer) = response.json::<serde_json::Value>().await else { return };
        for outcome in answer["outcomes"].as_array().into_iter().flatten() {
            assert_eq!(outcome["status"], "stored", "{outcome}");
            let id = outcome["report_id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
            acknowledged.lock().unwrap().insert(id);
        }
    }
}

/// An installation with thirty signed-in households of one person: token and person of each.
async fn prepare(database: &TestDatabase) -> Vec<(String, String)> {
    let settings = Settings {
        data_dir: Some(database.folder.path().to_owned()),
        database_url: Some(database.url.clone()),
        ..Settings::default()
    };
    let app = App::open(Config::from_settings(settings, false).expect("a configuration"), Clock::System)
        .await
        .expect("an installation");
    let fixtures = Fixtures::insert(&app).await;
    assert_eq!(fixtures.center.kind, OrganizationKind::HealthCenter);
    let mut households = Vec::new();
    for _ in 0..30 {
        let case = Somebody::patient("太郎", "タロウ").enter(&app, &fixtures.center, &fixtures.center).await;
        let (account_id, person_id) = (Uuid::now_v7(), Uuid::new_v4());
        let token = secret::Token::random();
        let now = app.clock.now();
        let mut tx = app.db.begin().await.expect("a transaction");
        patient::store::insert_account(&mut tx, account_id, "x@example.jp", "", now).await.expect("an account");
        patient::store::insert_person(&mut tx, account_id, person_id, case.case_id, "太郎", now)
            .await
            .expect("a person");
        patient::store::insert_session(&mut tx, token.hash(), account_id, now, now + time::Duration::days(1))
            .await
            .expect("a session");
        tx.commit().await.expect("a commit");
        households.push((token.as_str().to_owned(), person_id.to_string()));
    }
    app.db.close().await;
    households
}
