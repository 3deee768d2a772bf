//! Processes and messages.

use hersys::App;
use hersys::config::{Config, Settings};
use hersys::db::sql;
use hersys::messages::{self, Channel, NewMessage};
use hersys_tests::World;
use time::Duration;
use uuid::Uuid;

pub const TARO: &str = "taro@example.jp";

/// Another process of the same installation, configured in its own way.
pub async fn process(world: &World, change: impl FnOnce(&mut Settings)) -> App {
    open(world, change, false).await
}

pub async fn demo(world: &World, change: impl FnOnce(&mut Settings)) -> App {
    open(world, change, true).await
}

async fn open(world: &World, change: impl FnOnce(&mut Settings), demo: bool) -> App {
    let mut settings = Settings {
        data_dir: Some(world.folder().to_owned()),
        database_url: Some(world.database_url().to_owned()),
        base_url: Some("http://127.0.0.1:8080".into()),
        ..Settings::default()
    };
    change(&mut settings);
    App::open(Config::from_settings(settings, demo).unwrap(), world.app.clock.clone()).await.unwrap()
}

pub fn mail(recipient: &str, subject: &str, body: &str) -> impl Fn(&App) -> NewMessage {
    let (recipient, subject, body) = (recipient.to_owned(), subject.to_owned(), body.to_owned());
    move |app| NewMessage {
        channel: Channel::Mail,
        recipient: recipient.clone(),
        subject: subject.clone(),
        body: body.clone(),
        case_id: None,
        expires_at: app.clock.now() + Duration::hours(1),
    }
}

pub fn sms(number: &str, body: &str) -> impl Fn(&App) -> NewMessage {
    let mail = mail(number, "", body);
    move |app| NewMessage { channel: Channel::Sms, ..mail(app) }
}

pub async fn enqueue(app: &App, message: impl Fn(&App) -> NewMessage) -> Uuid {
    messages::enqueue(&app.db, app.clock.now(), message(app)).await.unwrap()
}

pub struct Progress {
    pub status: String,
    pub attempts: i64,
    /// Subject and body.
    pub text: String,
    pub provider_id: Option<String>,
    pub delivery: Option<String>,
    pub error: Option<String>,
}

pub async fn state(app: &App, message_id: Uuid) -> Progress {
    type Row = (String, i64, String, Option<String>, Option<String>, Option<String>);
    let (status, attempts, text, provider_id, delivery, error) = sql(
        "select status, attempts, subject || body, provider_id, delivery, last_error from message where message_id = $1",
    )
    .bind(message_id)
    .one::<Row>(&app.db)
    .await
    .unwrap();
    Progress { status, attempts, text, provider_id, delivery, error }
}
