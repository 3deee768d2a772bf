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
pub mod messages;
pub mod monitoring;
pub mod notification;
pub mod patient;
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
    pub intake: monitoring::intake::Intake,
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
    #[error("{0}")]
    Other(#[from] error::Error),
}

/// Refuses another key than the one this database was begun with: under it nobody's account would be found.
async fn check_key(db: &Db, secret: &Secret) -> Result<(), StartError> {
    let mark = secret.hash("installation", "key").to_vec();
    if installation_mark(db, "key", &mark).await? == mark {
        return Ok(());
    }
    let problem =
        "is not the key that this database was begun with; without the key, give back secret.key to the data folder";
    Err(config::ConfigError::new("HERSYS_SECRET_KEY", problem).into())
}

/// Keeps demo mode and real people apart: what served the one never serves the other.
pub async fn check_mode(db: &Db, demo: bool) -> Result<(), StartError> {
    let mode: &[u8] = if demo { b"demo" } else { b"real" };
    let problem = match (demo, installation_mark(db, "mode", mode).await? == mode) {
        (_, true) => return Ok(()),
        (true, false) => {
            "is a real installation's database: demo mode would show its messages and open it to everybody"
        }
        (false, false) => "is a demo's database, whose accounts have a published password: begin with another one",
    };
    Err(config::ConfigError::new("HERSYS_DATABASE_URL", problem).into())
}

/// The installation's mark of a name; `mark` becomes it where there is none yet.
pub async fn installation_mark(db: &Db, name: &str, mark: &[u8]) -> db::Result<Vec<u8>> {
    db::sql("insert into installation (name, value) values ($1, $2) on conflict (name) do nothing")
        .bind(name)
        .bind(mark.to_vec())
        .run(db)
        .await?;
    db::sql("select value from installation where name = $1").bind(name).scalar(db).await
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
        check_key(&db, &secret).await?;
        let texts = texts::Texts::load(&config.texts_dir)?;
        Ok(Self(Arc::new(Shared {
            secret,
            passwords: access::passwords::Passwords::new()?,
            limits: access::limits::Limits::default(),
            outbox: messages::Outbox::default(),
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
            .merge(patient::routes())
            .merge(messages::routes())
            .merge(demo::routes())
    }

    /// The whole service.
    pub fn router(&self) -> axum::Router {
        web::with_layers(Self::routes().router, self).with_state(self.clone())
    }
}
