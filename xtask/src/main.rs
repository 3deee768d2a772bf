//! `cargo xtask …`: everything a newcomer or a build server runs.
//!
//! Each command sets up what it needs and says so; see `cargo xtask help`.

mod apt;
mod audit;
mod bench;
mod cargo;
mod fingerprint;
mod node;
mod postgres;
mod process;
mod progress;
mod pwa;
mod requirements;
mod run;
mod setup;
mod test;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and checks HER-SYS", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up what is missing, build everything and start the server in demo mode
    Run {
        /// Further arguments for `hersys serve`, after `--`
        #[arg(last = true)]
        server: Vec<String>,
    },
    /// Run every check: format, lints, requirements, unit, integration and browser tests
    Test(test::Options),
    /// Measure speed and sizes
    Bench(bench::Options),
    /// Build only the PWA, into pwa/dist
    Pwa {
        /// Build even when nothing has changed
        #[arg(long)]
        force: bool,
    },
    /// Write docs/REQUIREMENTS.md from the catalogue and the tests that cite it
    Requirements {
        /// Write nothing; fail when a requirement is untested or the page is out of date
        #[arg(long)]
        check: bool,
    },
    /// Check licences, sources and known vulnerabilities of the dependencies
    Audit,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = process::watch_for_interruption().and_then(|()| match arguments.command {
        Command::Run { server } => run::run(&server),
        Command::Test(options) => test::test(&options),
        Command::Bench(options) => bench::bench(&options),
        Command::Pwa { force } => pwa::build_alone(force),
        Command::Requirements { check } => requirements::requirements(check),
        Command::Audit => audit::audit(),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
