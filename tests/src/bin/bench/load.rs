//! The loads: reports into the intake, and pages for staff.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;
use uuid::Uuid;

use crate::client::{Client, find};
use crate::prepare::Household;
use crate::{Error, Result};

/// Before the measurement: caches fill, statements are prepared.
const WARM_UP: Duration = Duration::from_secs(2);

/// Of each measurement of a page.
const PAGES_FOR: Duration = Duration::from_secs(3);

/// What a load found.
#[derive(Debug, Default)]
pub struct Found {
    /// Reports acknowledged (or pages served) while it was measured.
    pub done: usize,
    pub lasted: Duration,
    /// Of each request, shortest first.
    pub latencies: Vec<Duration>,
    pub errors: usize,
    pub first_error: Option<String>,
    /// Reports acknowledged, those of the warm-up included.
    pub acknowledged_in_all: usize,
    /// Time of the processor that the server took for them, where the system tells.
    pub server_time: Option<Duration>,
}

impl Found {
    pub fn rate(&self) -> f64 {
        self.done as f64 / self.lasted.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// The latency that `share` of the requests do not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
    }

    /// Another measurement of the same.
    pub fn add(&mut self, other: Self) {
        self.done += other.done;
        self.lasted += other.lasted;
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
        self.acknowledged_in_all += other.acknowledged_in_all;
        self.server_time = match (self.server_time, other.server_time) {
            (Some(one), Some(two)) => Some(one + two),
            (one, two) => one.or(two),
        };
    }

    fn fail(&mut self, error: String) {
        self.errors += 1;
        self.first_error.get_or_insert(error);
    }
}

type Shared = Rc<RefCell<Found>>;

/// Reports of `at_once` people a request over `connections`, for a warm-up and then `lasts`; over each
/// connection one every `pace`, or as many as it takes where that is nothing.
pub async fn intake(
    address: SocketAddr,
    people: &Rc<Vec<Household>>,
    connections: usize,
    at_once: usize,
    lasts: Duration,
    pace: Duration,
) -> Result<Found> {
    let begins = Instant::now() + WARM_UP;
    let ends = begins + lasts;
    let work = move |number: usize, found: Shared| {
        let people = people.clone();
        async move {
            let mut client = Client::connect(address).await?;
            let mut ids = Ids(Uuid::new_v4().as_u64_pair().0);
            let households = people.iter().filter(|household| household.people.len() >= at_once);
            let mut requests: Vec<Request> = households
                .skip(number)
                .step_by(connections)
                .map(|household| Request::new(household, at_once))
                .collect();
            let mut at = 0;
            let started = Instant::now();
            while Instant::now() < ends && !requests.is_empty() {
                let turn = at % requests.len();
                at += 1;
                if pace > Duration::ZERO {
                    tokio::time::sleep_until((started + pace * at as u32).into()).await;
                }
                let request = &mut requests[turn];
                request.renew(&mut ids);
                let sent = Instant::now();
                let answer = client.ask(&request.bytes).await;
                let took = sent.elapsed();
                let mut found = found.borrow_mut();
                match answer {
                    Ok(answer) if answer.status == 200 && answer.count("\"status\":\"stored\"") == at_once => {
                        found.acknowledged_in_all += at_once;
                        if sent >= begins {
                            found.done += at_once;
                            found.latencies.push(took);
                        }
                    }
                    Ok(answer) => {
                        found.fail(format!("{}: {}", answer.status, String::from_utf8_lossy(answer.body)));
                        if found.errors > 1_000 {
                            return Ok(());
                        }
                    }
                    Err(error) => {
                        found.fail(error.to_string());
                        return Ok(());
                    }
                }
            }
            Ok::<(), Error>(())
        }
    };
    on_connections(connections, lasts, work).await
}

/// The same page again and again over `connections`; it must contain `mark`.
pub async fn pages(address: SocketAddr, path: &str, token: &str, mark: &str, connections: usize) -> Result<Found> {
    let cookie = hersys::access::staff::COOKIE;
    let request =
        Rc::new(format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}={token}\r\n\r\n").into_bytes());
    let mark = Rc::new(mark.to_owned());
    let begins = Instant::now() + Duration::from_millis(300);
    let ends = begins + PAGES_FOR;
    let work = move |_: usize, found: Shared| {
        let (request, mark) = (request.clone(), mark.clone());
        async move {
            let mut client = Client::connect(address).await?;
            while Instant::now() < ends {
                let sent = Instant::now();
                let answer = client.ask(&request).await?;
                let took = sent.elapsed();
                let mut found = found.borrow_mut();
                if answer.status != 200 || !answer.contains(&mark) {
                    found.fail(format!("answered {} or without {mark}", answer.status));
                    return Ok(());
                }
                if sent >= begins {
                    found.done += 1;
                    found.latencies.push(took);
                }
            }
            Ok::<(), Error>(())
        }
    };
    on_connections(connections, PAGES_FOR, work).await
}

async fn on_connections<W, F>(connections: usize, lasts: Duration, work: W) -> Result<Found>
where
    W: Fn(usize, Shared) -> F,
    F: Future<Output = Result<()>> + 'static,
{
    let found = Shared::default();
    let tasks = LocalSet::new();
    for number in 0..connections {
        let (work, own) = (work(number, found.clone()), found.clone());
        tasks.spawn_local(async move {
            if let Err(error) = work.await {
                own.borrow_mut().fail(error.to_string());
            }
        });
    }
    tasks.await;
    let mut found = found.take();
    found.lasted = lasts;
    found.latencies.sort_unstable();
    Ok(found)
}

/// A rendered request in which only the reports' ids change.
struct Request {
    bytes: Vec<u8>,
    /// Where the ids stand.
    ids: Vec<usize>,
}

const ID_LENGTH: usize = 36;

impl Request {
    fn new(household: &Household, at_once: usize) -> Self {
        let reports: Vec<String> = household.people.iter().take(at_once).map(|person| person.report.clone()).collect();
        let body = format!("{{\"reports\":[{}]}}", reports.join(","));
        let bytes = format!(
            "POST /api/patient/reports HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {}={}\r\n\
             content-type: application/json\r\nsec-fetch-site: same-origin\r\ncontent-length: {}\r\n\r\n{body}",
            hersys::patient::sessions::COOKIE,
            household.token,
            body.len()
        )
        .into_bytes();
        let mark = b"\"report_id\":\"";
        let mut ids = Vec::new();
        let mut from = 0;
        while let Some(at) = find(&bytes[from..], mark) {
            from += at + mark.len();
            ids.push(from);
        }
        Self { bytes, ids }
    }

    fn renew(&mut self, ids: &mut Ids) {
        for at in &self.ids {
            if let Some(place) = self.bytes.get_mut(*at..*at + ID_LENGTH) {
                ids.next().as_hyphenated().encode_lower(place);
            }
        }
    }
}

/// Ids that look random, cheaply (splitmix64, begun anywhere).
struct Ids(u64);

impl Ids {
    fn half(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn next(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.half(), self.half())
    }
}
