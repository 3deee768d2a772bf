//! Notifications by the systems of institutions, 32 at a time, and evenly while reports arrive.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hersys::clock::Clock;
use hersys_shared::days;
use serde_json::json;
use tokio::task::LocalSet;
use uuid::Uuid;

use crate::client::Client;
use crate::list::Many;
use crate::load::{self, Found};
use crate::prepare;
use crate::report::Report;
use crate::server::Server;
use crate::{CONNECTIONS, Error, Result, store};

const LONGEST: Duration = Duration::from_millis(50);
/// So many institutions that none meets its limit of requests.
const TOKENS: usize = 256;
/// By each of those who file at the same time.
const EACH: usize = 100;
/// Evenly, over a while.
const A_SECOND: u32 = 20;
const REPORTS_A_SECOND: u32 = 2_000;

pub async fn measure(server: &Server, many: &Many, lasts: Duration, report: &mut Report) -> Result<()> {
    let now = Clock::System.now();
    let (center, tokens) = store::institution_tokens(&many.db, TOKENS, now).await?;
    let filer = Rc::new(Filer { center, tokens, address: server.address });
    file(&filer, CONNECTIONS, 4, Duration::ZERO).await?;
    let before = store::count_notifications(&many.db).await?;
    let busy = server.processor_time();
    let at_once = file(&filer, CONNECTIONS, EACH, Duration::ZERO).await?;
    let busy = server.processor_time().zip(busy).map(|(after, before)| after - before);
    report.limited(&format!("filing, {CONNECTIONS} at a time, {:.0}/s", at_once.rate()), &at_once, LONGEST);
    if let Some(busy) = busy {
        let each = busy.as_secs_f64() * 1e6 / at_once.done.max(1) as f64;
        report.note(&format!("the server process takes {each:.0} µs of a core for a notification"));
    }
    let stored = store::count_notifications(&many.db).await? - before;
    report.rows(at_once.done, stored);

    let people = Rc::new(prepare::add_accounts(&many.db, &store::ill_now(&many.db, now).await?, now).await?);
    let pace = Duration::from_secs(1) * CONNECTIONS as u32 / REPORTS_A_SECOND;
    let filers = 4;
    let each = lasts.as_secs() as usize * A_SECOND as usize / filers;
    let filing_pace = Duration::from_secs(1) * filers as u32 / A_SECOND;
    let (reports, filed) = tokio::join!(
        load::intake(server.address, &people, CONNECTIONS, 1, lasts, pace),
        file(&filer, filers, each, filing_pace),
    );
    let (reports, filed) = (reports?, filed?);
    report.limited(&format!("filing, {:.1}/s while reports arrive", filed.rate()), &filed, LONGEST);
    report.limited(&format!("{:.0} reports/s meanwhile", reports.rate()), &reports, LONGEST);
    Ok(())
}

struct Filer {
    center: Uuid,
    tokens: Vec<String>,
    address: std::net::SocketAddr,
}

/// `each` notifications over each of `connections`, one every `pace`.
async fn file(filer: &Rc<Filer>, connections: usize, each: usize, pace: Duration) -> Result<Found> {
    let found: Rc<RefCell<Found>> = Rc::default();
    let tasks = LocalSet::new();
    let began = Instant::now();
    for number in 0..connections {
        let (filer, found) = (filer.clone(), found.clone());
        tasks.spawn_local(async move {
            let done = one_after_the_other(&filer, number, each, pace, &found).await;
            if let Err(error) = done {
                let mut found = found.borrow_mut();
                found.errors += 1;
                found.first_error.get_or_insert(error.to_string());
            }
        });
    }
    tasks.await;
    let mut found = found.take();
    found.lasted = began.elapsed();
    found.latencies.sort_unstable();
    Ok(found)
}

async fn one_after_the_other(
    filer: &Filer,
    number: usize,
    each: usize,
    pace: Duration,
    found: &RefCell<Found>,
) -> Result<()> {
    let mut client = Client::connect(filer.address).await?;
    let began = Instant::now();
    for at in 0..each {
        tokio::time::sleep((pace * at as u32).saturating_sub(began.elapsed())).await;
        let request = filer.request(number * each + at);
        let sent = Instant::now();
        let answer = client.ask(&request).await?;
        let took = sent.elapsed();
        let mut found = found.borrow_mut();
        if answer.status == 201 {
            found.done += 1;
            found.latencies.push(took);
        } else {
            found.errors += 1;
            let text = String::from_utf8_lossy(answer.body).into_owned();
            found.first_error.get_or_insert(format!("{}: {text}", answer.status));
        }
    }
    Ok::<(), Error>(())
}

impl Filer {
    /// Somebody new, of whom nobody is a likely duplicate.
    fn request(&self, number: usize) -> Vec<u8> {
        let today = Clock::System.today();
        let day = |before: i64| days::iso(today - time::Duration::days(before));
        let kana: String = Uuid::new_v4()
            .as_bytes()
            .iter()
            .take(6)
            .map(|byte| char::from_u32('ア' as u32 + u32::from(byte % 70)).unwrap_or('ア'))
            .collect();
        let body = json!({
            "notification_id": Uuid::now_v7(),
            "confirmed_warnings": true,
            "send_mail": true,
            "values": {
                "reported_on": day(0), "receiving_center": self.center.to_string(), "doctor_name": "計測 医師",
                "institution_name": "計測クリニック", "diagnosis_type": "confirmed",
                "name": format!("計測 {kana}"), "kana": format!("ケイソク {kana}"), "sex": "female",
                "birth_on": "1985-06-07", "current_address": "みどり県みどり市常盤6-4-4",
                "registered_is_current": "yes", "phone": format!("0800{:07}", Uuid::new_v4().as_u128() % 10_000_000),
                "symptom_fever": "yes", "symptom_cough": "yes", "test1_method": "pcr",
                "test1_specimen": "nasopharyngeal_swab", "test1_collected_on": day(1), "test1_result": "positive",
                "first_visit_on": day(1), "diagnosed_on": day(0), "onset_on": day(2), "vaccinated": "yes",
                "vaccine_doses": "2", "risk": "no", "severity": "mild", "needs_admission": "no", "admitted": "no",
                "url_notice": "no",
            },
        })
        .to_string();
        format!(
            "POST /api/institution/notifications HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.tokens[number % self.tokens.len()],
            body.len()
        )
        .into_bytes()
    }
}
