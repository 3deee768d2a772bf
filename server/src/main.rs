//! `hersys serve | migrate | admin create-issuer | audit verify | audit head | import postal | seed`

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use hersys::admin::create_issuer::{self, CreateError, create_issuer};
use hersys::clock::Clock;
use hersys::config::{Config, ConfigError, Settings};
use hersys::db::Db;
use hersys::demo::banner::Banner;
use hersys::demo::data;
use hersys::messages::SmsProvider;
use hersys::texts::Texts;
use hersys::{App, StartError, audit, postal, seed, serve, web};

// Every request allocates often and briefly, for which the system's allocator takes a fifth of the processor.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// HER-SYS: following infected people at home.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the PWA, its API and the staff system
    #[command(after_help = SERVE_HELP)]
    Serve {
        #[command(flatten)]
        settings: Settings,
        /// Demo mode: made-up people and accounts; mail and SMS are shown at /demo/outbox to anybody
        #[arg(long)]
        demo: bool,
        /// Demo mode on an address that other machines reach: say it knowingly
        #[arg(long, requires = "demo")]
        demo_for_everybody: bool,
    },
    /// Bring the database's schema up to date
    Migrate {
        #[command(flatten)]
        settings: Settings,
    },
    /// Administration without a browser
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// The record of who did and saw what, and its chain of hashes
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Bring tables of others into the database
    Import {
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// Fill the database with made-up people for demonstrations and tests of speed
    Seed {
        #[command(flatten)]
        settings: Settings,
        #[command(flatten)]
        options: seed::Options,
    },
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Make the first account of an installation: one that may issue others (利用者認証実施者)
    CreateIssuer {
        #[command(flatten)]
        settings: Settings,
        #[command(flatten)]
        options: create_issuer::Options,
    },
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Follow the chain from its first link and name the first broken one (exit code 1)
    Verify {
        #[command(flatten)]
        settings: Settings,
        /// A head that was printed earlier and kept elsewhere; the chain must still have it
        #[arg(long, value_name = "NUMBER:HASH")]
        kept: Option<audit::Head>,
    },
    /// Seal what waits and print the chain's head, to be kept where this database's keepers cannot reach it
    Head {
        #[command(flatten)]
        settings: Settings,
    },
}

#[derive(Subcommand)]
enum ImportCommand {
    /// Replace the postal codes by Japan Post's KEN_ALL.CSV (Shift_JIS) or utf_ken_all.csv (UTF-8)
    Postal {
        #[command(flatten)]
        settings: Settings,
        /// The unpacked .csv file
        file: PathBuf,
    },
}

const SERVE_HELP: &str = "\
Flags go before the environment, the environment before the file. HERSYS_LOG sets what is logged to
stderr (default: info).

  /                  My HER-SYS, the PWA of patients and families
  /staff/            the staff system
  /api/openapi.json  the PWA's API
  /healthz, /readyz  the process is there; the database answers

SIGTERM and Ctrl-C let requests under way finish.";

/// Longest that opening the database and bringing its schema up to date may take. A migration of
/// a large installation is run by `hersys migrate`, which waits as long as it takes.
const LONGEST_START: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("HERSYS_DATABASE_URL: the database was not ready after {} seconds; `hersys migrate` brings its schema up to date without a limit", LONGEST_START.as_secs())]
    SlowStart,
    #[error(transparent)]
    CreateIssuer(#[from] CreateError),
    #[error(transparent)]
    Other(#[from] hersys::error::Error),
    #[error(transparent)]
    Database(#[from] hersys::db::DbError),
    #[error(transparent)]
    Import(#[from] postal::import::ImportError),
    #[error("the audit's chain is broken at {0}")]
    BrokenAudit(audit::Break),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Start(error.into())
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("HERSYS_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let done = match Cli::parse().command {
        Command::Serve { settings, demo, demo_for_everybody } => run_service(settings, demo, demo_for_everybody).await,
        Command::Migrate { settings } => migrate(settings).await,
        Command::Admin { command: AdminCommand::CreateIssuer { settings, options } } => {
            make_issuer(settings, &options).await
        }
        Command::Audit { command: AuditCommand::Verify { settings, kept } } => verify_audit(settings, kept).await,
        Command::Audit { command: AuditCommand::Head { settings } } => print_audit_head(settings).await,
        Command::Import { command: ImportCommand::Postal { settings, file } } => import_postal(settings, &file).await,
        Command::Seed { settings, options } => make_people(settings, &options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hersys: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run_service(settings: Settings, demo: bool, for_everybody: bool) -> Result<(), Failure> {
    let config = Config::from_settings(settings, demo)?;
    if demo && !config.listen.ip().is_loopback() && !for_everybody {
        return Err(ConfigError::new(
            "HERSYS_LISTEN",
            "demo mode shows all mail and SMS to anybody; on this address it needs --demo-for-everybody as well",
        )
        .into());
    }
    let app = tokio::time::timeout(LONGEST_START, App::open(config, Clock::System))
        .await
        .map_err(|_| Failure::SlowStart)??;
    hersys::installation::check_mode(&app.db, demo).await?;
    let demo_data = if demo { Some((data::ensure(&app).await?, data::family(&app).await?)) } else { None };
    let running = serve::start(&app).await?;
    match &demo_data {
        Some((accounts, family)) => {
            let base = match app.config.listen.port() {
                0 => format!("http://{}", running.address),
                _ => app.config.base_url.origin().ascii_serialization(),
            };
            print!("{}", Banner { base: &base, accounts, family, has_pwa: web::has_pwa() }.text());
        }
        None => warn_of_what_is_missing(&app.config),
    }
    println!("HER-SYS listens on http://{}", running.address);
    running.until_signal().await;
    app.db.close().await;
    Ok(())
}

/// Says what an installation goes without; nothing of it keeps the rest from working.
fn warn_of_what_is_missing(config: &Config) {
    if config.messaging.mail.is_none() {
        tracing::warn!("HERSYS_SMTP_URL is not set: mail waits in the outbox, so nobody can register");
    }
    if matches!(config.messaging.sms, SmsProvider::Outbox) {
        tracing::warn!("HERSYS_SMS_URL is not set: SMS wait in the outbox, so no staff can sign in");
    }
    if config.messaging.voice.is_none() {
        tracing::warn!("HERSYS_VOICE_URL is not set: calls wait in the outbox, so nobody signs in by a call");
    }
    if !web::has_pwa() {
        tracing::warn!("My HER-SYS is not built into this program: `cargo xtask run` builds it");
    }
    if !config.is_https() && !config.listen.ip().is_loopback() {
        tracing::warn!("HERSYS_BASE_URL is not https: browsers keep no session outside this machine");
    }
}

async fn migrate(settings: Settings) -> Result<(), Failure> {
    open(&Config::from_settings(settings, false)?).await?.close().await;
    println!("The schema is up to date.");
    Ok(())
}

/// The database with its schema up to date.
async fn open(config: &Config) -> Result<Db, StartError> {
    let db = Db::open(&config.database_url).await?;
    db.migrate().await?;
    Ok(db)
}

async fn make_issuer(settings: Settings, options: &create_issuer::Options) -> Result<(), Failure> {
    let db = open(&Config::from_settings(settings, false)?).await?;
    let created = create_issuer(&db, options, Clock::System.now()).await?;
    db.close().await;
    println!("Sign-in ID:   {}", created.sign_in_id);
    println!("Organisation: {}", created.organization_name);
    if let Some(password) = created.password {
        println!("Password:     {password}   (shown only now)");
    }
    Ok(())
}

async fn verify_audit(settings: Settings, kept: Option<audit::Head>) -> Result<(), Failure> {
    let db = open(&Config::from_settings(settings, false)?).await?;
    let report = audit::verify(&db, kept).await?;
    db.close().await;
    println!("Sound links: {}", report.head.seq);
    println!("Waiting for a link: {}", report.waiting);
    match report.broken {
        Some(broken) => Err(Failure::BrokenAudit(broken)),
        None => {
            println!("The chain is whole. Head: {}", report.head);
            Ok(())
        }
    }
}

async fn print_audit_head(settings: Settings) -> Result<(), Failure> {
    let db = open(&Config::from_settings(settings, false)?).await?;
    audit::seal(&db).await?;
    let head = audit::head(&db).await?;
    db.close().await;
    println!("{head}");
    Ok(())
}

async fn import_postal(settings: Settings, file: &Path) -> Result<(), Failure> {
    let db = open(&Config::from_settings(settings, false)?).await?;
    let done = postal::import::import_file(&db, file).await;
    db.close().await;
    let done = done?;
    println!("{} rows, {} places in {:.1} s", done.rows, done.places, done.elapsed.as_secs_f64());
    Ok(())
}

async fn make_people(settings: Settings, options: &seed::Options) -> Result<(), Failure> {
    let config = Config::from_settings(settings, false)?;
    let texts = Texts::load(&config.texts_dir)?;
    let db = open(&config).await?;
    let mut told = Instant::now();
    let done = seed::run(&db, Clock::System.now(), &texts, options, |progress| {
        if told.elapsed() >= Duration::from_secs(2) {
            told = Instant::now();
            tell(progress, options.cases as usize);
        }
    })
    .await?;
    db.close().await;
    println!("{} cases with {} reports in {:.1} s", done.cases, done.reports, done.elapsed.as_secs_f64());
    Ok(())
}

fn tell(progress: seed::Progress, all: usize) {
    let share = progress.cases * 100 / all.max(1);
    let left = progress.elapsed.as_secs() * (all - progress.cases) as u64 / progress.cases.max(1) as u64;
    eprintln!("{share:>3} %  {} of {all} cases, {} reports, {left} s to go", progress.cases, progress.reports);
}
