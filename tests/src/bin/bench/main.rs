//! The load generator of `cargo xtask bench`: speed of a real server process on both databases,
//! measured from outside, on the cores that it shares with the server.
//!
//! Needs `HERSYS_BENCH_SERVER` (path of a release `hersys`) and, for the second half,
//! `HERSYS_BENCH_POSTGRES_URL` (address of a superuser). Speaks to loopback only, ends by itself
//! and removes what it made.

mod board;
mod client;
mod filing;
mod list;
mod live;
mod load;
mod place;
mod prepare;
mod reminders;
mod report;
mod server;
mod store;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use place::{Kept, Place};
use prepare::Prepared;
use report::Report;
use server::Server;

/// One error for all that may go wrong: it ends the run with its text.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Patient accounts: enough that none of them meets its limit of requests a minute.
const ACCOUNTS: usize = 8_000;

/// Connections of the load on the intake.
const CONNECTIONS: usize = 32;

struct Options {
    cases: u32,
    /// Of each measurement of the intake.
    seconds: u64,
    only: Option<String>,
    /// `intake`, `list`, `filing`, `board`; all of them where none is named.
    parts: Vec<String>,
    /// Of the installation on which lists and filing are measured.
    list_cases: u32,
    /// Where this installation is kept for the next time.
    keep: Option<PathBuf>,
    /// People who are asked to report of a morning.
    reminders: u32,
}

impl Options {
    fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|wanted| wanted == part)
    }
}

const PARTS: [&str; 5] = ["intake", "list", "filing", "board", "reminders"];

const USAGE: &str = "bench [--cases N] [--list-cases N] [--reminders N] [--seconds N] [--only sqlite|postgres] [--part intake|list|filing|board|reminders]… \
     [--keep FOLDER]";

fn options() -> Result<Options> {
    let mut options = Options {
        cases: 20_000,
        seconds: 15,
        only: None,
        parts: vec![],
        list_cases: 1_000_000,
        reminders: 150_000,
        keep: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or(USAGE)?;
        match argument.as_str() {
            "--cases" => options.cases = value.parse().map_err(|_| USAGE)?,
            "--reminders" => options.reminders = value.parse().map_err(|_| USAGE)?,
            "--list-cases" => options.list_cases = value.parse().map_err(|_| USAGE)?,
            "--part" if PARTS.contains(&value.as_str()) => options.parts.push(value),
            "--keep" => options.keep = Some(value.into()),
            "--seconds" => options.seconds = value.parse().map_err(|_| USAGE)?,
            "--only" if ["sqlite", "postgres"].contains(&value.as_str()) => options.only = Some(value),
            _ => return Err(USAGE.into()),
        }
    }
    options.seconds = options.seconds.clamp(1, 120);
    Ok(options)
}

// One thread: a generator on more would take from the server what it measures.
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.split_first() {
        // Called by itself.
        Some((first, rest)) if first == reminders::CHILD => reminders::child(rest).map(|()| true),
        _ => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::from)
            .and_then(|runtime| runtime.block_on(run())),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all limits were kept.
async fn run() -> Result<bool> {
    let options = options()?;
    let program = std::env::var("HERSYS_BENCH_SERVER").map_err(|_| "HERSYS_BENCH_SERVER must name a hersys program")?;
    let postgres = std::env::var("HERSYS_BENCH_POSTGRES_URL").ok();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "HER-SYS bench: {} cases, {} accounts; server, database and load generator on {cores} cores",
        report::thousands(u64::from(options.cases)),
        report::thousands(ACCOUNTS as u64)
    );
    let mut all_kept = true;
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    if wanted("sqlite") {
        if options.wants("intake") {
            all_kept &= measure("SQLite", Place::sqlite()?, &program, &options).await?;
        }
        if ["list", "filing", "board"].iter().any(|part| options.wants(part)) {
            all_kept &= measure_many("SQLite", Place::sqlite()?, &program, &options).await?;
        }
        if options.wants("reminders") {
            all_kept &= measure_reminders("SQLite", Place::sqlite()?, &program, &options).await?;
        }
    }
    match postgres {
        Some(url) if wanted("postgres") => {
            if options.wants("intake") {
                all_kept &= measure("PostgreSQL", Place::postgres(&url).await?, &program, &options).await?;
            }
            if ["list", "filing", "board"].iter().any(|part| options.wants(part)) {
                all_kept &= measure_many("PostgreSQL", Place::postgres(&url).await?, &program, &options).await?;
            }
            if options.wants("reminders") {
                all_kept &= measure_reminders("PostgreSQL", Place::postgres(&url).await?, &program, &options).await?;
            }
        }
        Some(_) => {}
        None if wanted("postgres") => println!("\nPostgreSQL: not measured, HERSYS_BENCH_POSTGRES_URL is not set"),
        None => {}
    }
    Ok(all_kept)
}

async fn measure(name: &str, place: Place, program: &str, options: &Options) -> Result<bool> {
    let mut report = Report::new(name);
    let done = measure_at(&place, program, options, &mut report).await;
    place.remove().await?;
    done?;
    Ok(report.all_kept())
}

/// Lists and filing, on an installation of very many people.
async fn measure_many(name: &str, place: Place, program: &str, options: &Options) -> Result<bool> {
    let mut report = Report::new(&format!("{name}, {} cases", report::thousands(u64::from(options.list_cases))));
    let kept = options.keep.as_deref().map(|base| Kept::new(base, name, options.list_cases));
    let done = measure_many_at(&place, kept.as_ref(), program, options, &mut report).await;
    place.remove().await?;
    done?;
    Ok(report.all_kept())
}

/// A morning's requests to report, on an installation of their own.
async fn measure_reminders(name: &str, place: Place, program: &str, options: &Options) -> Result<bool> {
    let mut report =
        Report::new(&format!("{name}, {} people to be asked", report::thousands(options.reminders.into())));
    let lasts = Duration::from_secs(options.seconds);
    let done = reminders::measure(&place, program, options.reminders, lasts, &mut report).await;
    place.remove().await?;
    done?;
    Ok(report.all_kept())
}

async fn measure_many_at(
    place: &Place,
    kept: Option<&Kept>,
    program: &str,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let many = list::Many::new(place, kept, program, options.list_cases).await?;
    let server = Server::start(program, place).await?;
    if options.wants("list") {
        list::measure(&server, &many, report).await?;
    }
    if options.wants("filing") {
        filing::measure(&server, &many, Duration::from_secs(options.seconds), report).await?;
    }
    if options.wants("board") {
        board::measure(&server, &many, Duration::from_secs(options.seconds), report).await?;
    }
    drop(server);
    many.db.close().await;
    Ok(())
}

async fn measure_at(place: &Place, program: &str, options: &Options, report: &mut Report) -> Result<()> {
    let prepared = Prepared::new(place, program, options.cases).await?;
    let floor = prepared.single_row_rate(Duration::from_secs(2)).await?;
    report.floor(floor);

    let server = Server::start(program, place).await?;
    report.start(server.started_in, server.memory_at_rest().await);

    let rows_before = store::count_observations(&prepared.db).await?;
    let lasts = Duration::from_secs(options.seconds);
    let single = intake(&server, &prepared, 1, lasts).await?;
    report.intake("one report a request", &single, floor, true);
    let households = intake(&server, &prepared, 3, lasts.div_f32(3.0)).await?;
    report.intake("households of three", &households, floor, false);
    let rows_after = store::count_observations(&prepared.db).await?;
    report.rows(single.acknowledged_in_all + households.acknowledged_in_all, rows_after - rows_before);

    let graph = format!("/staff/cases/{}/observation", prepared.graph_case);
    for connections in [1, 8] {
        let found = load::pages(server.address, &graph, &prepared.staff_token, "<svg", connections).await?;
        // Eight at once saturate the two cores that they share with the measuring: shown, but no bar.
        let bar = (connections == 1).then(|| Duration::from_millis(20));
        report.page("graph of 30 days", connections, &found, bar);
    }
    for connections in [1, 8] {
        let found = load::pages(server.address, "/staff/cases", &prepared.staff_token, "<table", connections).await?;
        report.page("list of people, first page", connections, &found, None);
    }
    report.memory_under_load(server.memory());
    drop(server);

    let again = Server::start(program, place).await?;
    report.start_after_kill(again.started_in);
    drop(again);
    prepared.db.close().await;
    Ok(())
}

async fn intake(server: &Server, prepared: &Prepared, at_once: usize, lasts: Duration) -> Result<load::Found> {
    let before = server.processor_time();
    let mut found = load::intake(server.address, &prepared.people, CONNECTIONS, at_once, lasts, Duration::ZERO).await?;
    found.server_time = server.processor_time().zip(before).map(|(after, before)| after - before);
    Ok(found)
}
