//! HER-SYS in one program: the patients' PWA and its API, the staff system, and what runs behind.

pub mod access;
pub mod admin;
pub mod audit;
pub mod batch;
pub mod cases;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod error;
pub mod info;
pub mod input;
pub mod installation;
pub mod messages;
pub mod monitoring;
pub mod notification;
pub mod patient;
pub mod postal;
pub mod routes;
pub mod secret;
pub mod seed;
pub mod serve;
pub mod texts;
pub mod ui;
pub mod web;

use std::ops::Deref;
use std::sync::Arc;

use clock::Clock;
use config::Config;
use db::Db;
use secret::Secret;

/// Everything that handlers share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

pub struct Shared {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub secret: Secret,
    pub texts: texts::Texts,
    pub passwords: access::passwords::Passwords,
    pub limits: access::limits::Limits,
    pub outbox: messages::Outbox,
    pub pusher: messages::Pusher,
    pub intake: monitoring::intake::Intake,
    pub filings: notification::file::Filings,
    pub token_uses: access::institution::Uses,
    pub live: monitoring::board::Live,
    /// Boards that several look at are read once.
    pub boards: monitoring::board::Boards,
    pub patient_sessions: patient::sessions::Sessions,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Why a process could not start; each names what to look at.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] config::ConfigError),
    #[error("HERSYS_DATABASE_URL: cannot open the database: {0}")]
    Database(#[from] db::DbError),
    #[error("HERSYS_DATABASE_URL: cannot bring the schema up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("HERSYS_DATA_DIR: cannot keep the secret key: {0}")]
    SecretKey(std::io::Error),
    #[error("HERSYS_LISTEN: cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
    #[error("the sample of postal codes: {0}")]
    PostalCodes(#[from] postal::import::ImportError),
    #[error("{0}")]
    Other(#[from] error::Error),
}

impl App {
    /// Opens the database, brings its schema up to date and starts the workers of intake and
    /// sessions. The outbox is delivered only by [`serve::start`].
    pub async fn open(config: Config, clock: Clock) -> Result<Self, StartError> {
        let db = Db::open(&config.database_url).await?;
        db.migrate().await?;
        Self::with_db(config, clock, db).await
    }

    async fn with_db(config: Config, clock: Clock, db: Db) -> Result<Self, StartError> {
        let secret = match config.secret_key {
            Some(key) => Secret::new(key),
            None => Secret::in_folder(&config.data_dir).map_err(StartError::SecretKey)?,
        };
        installation::check_key(&db, &secret).await?;
        let mut texts = texts::Texts::load(&config.texts_dir)?;
        if config.demo {
            texts.recovery = texts.recovery.with_periods();
        }
        postal::ensure_sample(&db).await?;
        Ok(Self(Arc::new(Shared {
            pusher: messages::Pusher::new(&config, &secret),
            secret,
            passwords: access::passwords::Passwords::new()?,
            limits: access::limits::Limits::default(),
            outbox: messages::Outbox::default(),
            filings: notification::file::Filings::default(),
            token_uses: access::institution::Uses::start(db.clone()),
            live: monitoring::board::Live::default(),
            boards: monitoring::board::Boards::default(),
            intake: monitoring::intake::Intake::start(db.clone(), clock.clone(), &texts),
            patient_sessions: patient::sessions::Sessions::start(db.clone(), clock.clone()),
            texts,
            config,
            db,
            clock,
        })))
    }

    /// Every route with its guard.
    pub fn routes() -> routes::Routes {
        routes::Routes::default()
            .merge(web::routes())
            .merge(access::pages::routes())
            .merge(admin::routes())
            .merge(cases::routes())
            .merge(audit::routes())
            .merge(info::routes())
            .merge(monitoring::routes())
            .merge(notification::routes())
            .merge(input::routes())
            .merge(postal::routes())
            .merge(patient::routes())
            .merge(messages::routes())
            .merge(demo::routes())
    }

    /// The whole service.
    pub fn router(&self) -> axum::Router {
        web::with_layers(Self::routes().router, self).with_state(self.clone())
    }
}
