//! A whole installation on a fixed clock: program, database, mail server.

use hersys::App;
use hersys::clock::{Clock, Timestamp};
use hersys::config::{Config, Settings};
use time::Duration;
use time::macros::datetime;

use crate::actors::Visitor;
use crate::database::{self, TestDatabase};
use crate::fixtures::Fixtures;
use crate::smtp::SmtpServer;

/// Monday, 1 August 2022, nine in the morning in Japan.
pub const START: Timestamp = Timestamp(datetime!(2022-08-01 00:00 UTC).unix_timestamp() * 1000);

pub struct World {
    pub app: App,
    pub smtp: SmtpServer,
    pub fixtures: Fixtures,
    database: TestDatabase,
}

impl World {
    pub async fn on_sqlite() -> Self {
        Self::on(database::sqlite()).await
    }

    pub async fn on_postgres() -> Self {
        Self::on(database::postgres().await).await
    }

    async fn on(database: TestDatabase) -> Self {
        let smtp = SmtpServer::start().await;
        let settings = Settings {
            data_dir: Some(database.folder.path().to_owned()),
            database_url: Some(database.url.clone()),
            base_url: Some("http://127.0.0.1:8080".into()),
            smtp_url: Some(smtp.url()),
            ..Settings::default()
        };
        let config = Config::from_settings(settings, false).expect("a valid configuration");
        let app = App::open(config, Clock::fixed(START)).await.expect("the program starts");
        // Visitors read answers to their end, and that of an open board has none.
        app.live.end();
        let fixtures = Fixtures::insert(&app).await;
        Self { app, smtp, fixtures, database }
    }

    /// The folder of this installation's files.
    pub fn folder(&self) -> &std::path::Path {
        self.database.folder.path()
    }

    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// Somebody with a browser of their own and nothing in it.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.app)
    }

    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    pub fn pass(&self, time: Duration) {
        self.app.clock.advance(time);
    }

    /// Delivers what is due and returns the mail that arrived, by a real SMTP conversation.
    pub async fn next_mail(&self) -> crate::smtp::Mail {
        hersys::messages::deliver_due(&self.app).await.expect("a round of delivery");
        self.smtp.next_mail().await
    }

    /// The text of the newest SMS to a number. No SMS provider is configured here, so they wait in the outbox.
    pub async fn newest_sms(&self, number: &str) -> String {
        hersys::db::sql("select body from message where channel = 'sms' and recipient = $1 order by created_at desc, message_id desc limit 1")
            .bind(number)
            .scalar(&self.app.db)
            .await
            .expect("an SMS")
    }
}

/// The first run of six digits in a text.
pub fn six_digits(text: &str) -> String {
    text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).expect("six digits in the message").to_owned()
}
