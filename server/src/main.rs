//! `hersys serve | migrate | admin | seed`

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hersys::clock::Clock;
use hersys::config::{Config, Settings};
use hersys::{App, StartError, serve};

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
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("HERSYS_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let done = match Cli::parse().command {
        Command::Serve { settings, demo, demo_for_everybody } => run_service(settings, demo, demo_for_everybody).await,
        Command::Migrate { settings } => migrate(settings).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hersys: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run_service(settings: Settings, demo: bool, for_everybody: bool) -> Result<(), StartError> {
    let config = Config::from_settings(settings, demo)?;
    if demo && !config.listen.ip().is_loopback() && !for_everybody {
        return Err(hersys::config::ConfigError::new(
            "HERSYS_LISTEN",
            "demo mode shows all mail and SMS to anybody; on this address it needs --demo-for-everybody as well",
        )
        .into());
    }
    let app = App::open(config, Clock::System).await?;
    let running = serve::start(&app).await?;
    println!("HER-SYS listens on http://{}", running.address);
    running.until_signal().await;
    app.db.close().await;
    Ok(())
}

async fn migrate(settings: Settings) -> Result<(), StartError> {
    let config = Config::from_settings(settings, false)?;
    let db = hersys::db::Db::open(&config.database_url).await?;
    db.migrate().await?;
    println!("The schema is up to date.");
    Ok(())
}
