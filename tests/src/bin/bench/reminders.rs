//! A nation's morning: requests to report planned, then rendered and handed to a provider of SMS on this machine.
//!
//! The program under measurement runs as a process of its own (this one, called again), on a clock that begins in
//! the morning, because at night nobody is asked.

use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hersys::App;
use hersys::clock::{Clock, Timestamp};
use hersys::config::{Config, Settings};
use hersys::db::Db;
use hersys::monitoring::reminders::{self, plan, send};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use crate::place::Place;
use crate::report::Report;
use crate::{Result, report, server, store};

/// The first argument of the process that plans and sends.
pub const CHILD: &str = "plan-and-send";

/// Of 1,500,000 people.
const LONGEST_PLAN: Duration = Duration::from_secs(60);
const LEAST_RATE: f64 = 5_000.0;
/// MiB by which memory may grow, however many people there are: SQLite keeps up to 64 for the writer and 8 for each of
/// eight readers.
const MOST_GROWTH: f64 = 128.0;

static TAKEN: AtomicU64 = AtomicU64::new(0);

pub async fn measure(place: &Place, program: &str, people: u32, lasts: Duration, report: &mut Report) -> Result<()> {
    server::run(program, place, &["migrate"]).await?;
    let db = Db::open(&place.database_url).await?;
    let began = Instant::now();
    store::people_to_remind(&db, people, Clock::System.now()).await?;
    store::refresh_statistics(&db).await?;
    db.close().await;
    println!("    {} people made in {:.0} s", report::thousands(people.into()), began.elapsed().as_secs_f64());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let sms_url = format!("http://AC1:token@{}/?from=%2B815012345678", listener.local_addr()?);
    let sink = tokio::spawn(provide(listener));
    TAKEN.store(0, Ordering::Relaxed);
    let output = Command::new(std::env::current_exe()?)
        .args([CHILD, &place.database_url, &sms_url, &lasts.as_secs().to_string()])
        .arg(place.folder.path())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output()
        .await?;
    sink.abort();
    let text = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<f64> = text.split_whitespace().filter_map(|figure| figure.parse().ok()).collect();
    let &[planned, planning, before, most, sent, sending, after] = &figures[..] else {
        return Err(format!("the process that sends ended with {}: {text}", output.status).into());
    };
    let limit = LONGEST_PLAN.mul_f64(f64::from(people) / 1_500_000.0).max(Duration::from_secs(2));
    report.plan(planned as u64, people.into(), Duration::from_secs_f64(planning), limit);
    report.growth("memory while planning", before, most, MOST_GROWTH);
    report.rate("handed to a provider of SMS", sent as u64, sending, LEAST_RATE);
    report.growth("memory while sending", before, after, MOST_GROWTH);
    report.once("each taken once", sent as u64, TAKEN.load(Ordering::Relaxed));
    Ok(())
}

/// What the provider answers: at once, to as many connections as there are.
async fn provide(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream));
    }
}

async fn answer(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufStream::new(stream);
    let mut line = String::new();
    let mut body = Vec::new();
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        body.resize(length, 0);
        stream.read_exact(&mut body).await?;
        let number = TAKEN.fetch_add(1, Ordering::Relaxed);
        let json = format!("{{\"sid\":\"SM{number:032}\",\"status\":\"queued\"}}");
        let head = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ";
        stream.write_all(format!("{head}{}\r\n\r\n{json}", json.len()).as_bytes()).await?;
        stream.flush().await?;
    }
}

/// The process that plans and sends: writes its figures, each on a line.
pub fn child(arguments: &[String]) -> Result<()> {
    let [database_url, sms_url, seconds, folder] = arguments else { return Err("four arguments".into()) };
    let lasts = Duration::from_secs(seconds.parse()?);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let clock = Clock::fixed(Timestamp::start_of(Clock::System.today()) + time::Duration::hours(7));
        let settings = Settings {
            data_dir: Some(folder.into()),
            database_url: Some(database_url.clone()),
            sms_url: Some(sms_url.clone()),
            ..Settings::default()
        };
        let app = App::open(Config::from_settings(settings, false)?, clock.clone()).await?;
        let before = memory();
        let mut most = before;
        let began = Instant::now();
        while plan::step(&app.db, clock.now()).await? {
            most = most.max(memory());
        }
        let planned = plan::all(&app.db, clock.now()).await?;
        println!("{planned}\n{}\n{before}\n{most}", began.elapsed().as_secs_f64());
        clock.advance(time::Duration::hours(1));
        let began = Instant::now();
        let senders = (0..reminders::SENDERS).map(|_| {
            let app = app.clone();
            tokio::spawn(async move {
                let (mut sent, mut most) = (0_usize, 0.0_f64);
                while began.elapsed() < lasts {
                    let done = send::step(&app).await?;
                    sent += done.sent.handed_over;
                    most = most.max(memory());
                    if done.is_idle() {
                        break;
                    }
                }
                Ok::<_, hersys::error::Error>((sent, most))
            })
        });
        let ticking = tokio::spawn({
            let clock = clock.clone();
            async move {
                loop {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    clock.advance(time::Duration::milliseconds(50));
                }
            }
        });
        let (mut sent, mut most) = (0, 0.0_f64);
        for sender in senders.collect::<Vec<_>>() {
            let (own, peak) = sender.await??;
            sent += own;
            most = most.max(peak);
        }
        ticking.abort();
        println!("{sent}\n{}\n{most}", began.elapsed().as_secs_f64());
        Ok(())
    })
}

/// MiB of this process, where the system tells (Linux).
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
