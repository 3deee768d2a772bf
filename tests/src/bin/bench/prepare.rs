//! What a measured database holds.

use std::rc::Rc;
use std::time::{Duration, Instant};

use hersys::admin::{NewAccount, create_account};
use hersys::clock::{Clock, Timestamp};
use hersys::db::Db;
use hersys::monitoring::intake::Source;
use hersys::monitoring::intake::store::{NewObservation, insert, insert_rows};
use hersys::secret::Token;
use hersys_shared::{MailAddress, PhoneNumber};
use serde_json::json;
use uuid::Uuid;

use crate::place::Place;
use crate::store::{self, Case, NewPatient};
use crate::{ACCOUNTS, Result, server};

/// A patient account that is signed in.
pub struct Household {
    pub token: String,
    pub people: Vec<Person>,
}

/// Somebody of a household with a report to be sent; its id is replaced each time.
pub struct Person {
    pub report: String,
}

pub struct Prepared {
    pub db: Db,
    pub people: Rc<Vec<Household>>,
    pub staff_token: String,
    /// The case with 30 days of reports.
    pub graph_case: Uuid,
}

impl Prepared {
    /// Seeds `cases` and adds the accounts, their sessions and a staff session.
    pub async fn new(place: &Place, program: &str, cases: u32) -> Result<Self> {
        let count = cases.to_string();
        server::run(program, place, &["migrate"]).await?;
        server::run(program, place, &["seed", "--cases", &count, "--seed", "2022"]).await?;
        let db = Db::open(&place.database_url).await?;
        let now = Clock::System.now();
        // Nobody's observation ends while it is measured, not even at midnight.
        store::extend_observation(&db, now.day() + time::Duration::days(2)).await?;
        let cases = store::cases(&db).await?;
        let people = add_accounts(&db, &cases, now).await?;
        let center = store::busiest_center(&db).await?;
        let staff_token = add_staff(&db, center, now).await?;
        let graph_case = store::a_case_of(&db, center).await?;
        fill_thirty_days(&db, graph_case, now).await?;
        store::refresh_statistics(&db).await?;
        Ok(Self { db, people: Rc::new(people), staff_token, graph_case })
    }

    /// Rows a second when each is committed by itself: what the disk and the database allow.
    pub async fn single_row_rate(&self, lasts: Duration) -> Result<f64> {
        let case_id = Uuid::now_v7();
        let now = Clock::System.now();
        let started = Instant::now();
        let mut rows = 0_u32;
        while started.elapsed() < lasts {
            let report = observation(case_id, now);
            insert(&self.db, &[&report]).await?;
            rows += 1;
        }
        let rate = f64::from(rows) / started.elapsed().as_secs_f64();
        store::delete_observations(&self.db, case_id).await?;
        Ok(rate)
    }
}

/// A report without symptoms, as far as the database is concerned like any other.
fn observation(case_id: Uuid, now: Timestamp) -> NewObservation {
    NewObservation {
        case_id,
        report_id: Uuid::new_v4(),
        source: Source::Patient,
        observed_on: now.day(),
        received_at: now,
        temperature: Some(365),
        spo2: Some(98),
        symptom_set_version: 1,
        symptoms: symptoms("patient"),
        emergency_signs: json!([]),
        note: String::new(),
        entered_by: case_id,
    }
}

fn symptoms(kind: &str) -> serde_json::Value {
    match kind {
        "contact" => json!({ "cough": "no", "breathlessness": "no", "fatigue": "unknown", "other": "no" }),
        _ => json!({
            "cough": "yes", "runny_nose": "no", "fatigue": "yes", "breathlessness": "no", "nausea": "no",
            "diarrhea": "no", "consciousness": "no", "no_appetite": "unknown", "no_urine": "no",
        }),
    }
}

/// Accounts with one to five people each, signed in.
pub async fn add_accounts(db: &Db, cases: &[Case], now: Timestamp) -> Result<Vec<Household>> {
    if cases.is_empty() {
        return Err("no cases were seeded".into());
    }
    let mut next = cases.iter().cycle();
    let mut households = Vec::with_capacity(ACCOUNTS);
    let mut rows = Vec::with_capacity(ACCOUNTS);
    for number in 0..ACCOUNTS {
        let token = Token::random();
        let mut row = NewPatient { account_id: Uuid::now_v7(), token_hash: token.hash(), people: vec![] };
        let mut people = vec![];
        for case in next.by_ref().take(1 + number % 5) {
            let person_id = Uuid::now_v7();
            row.people.push((person_id, case.case_id));
            people.push(Person { report: report(person_id, &case.kind) });
        }
        rows.push(row);
        households.push(Household { token: token.as_str().to_owned(), people });
    }
    store::insert_patients(db, &rows, now).await?;
    Ok(households)
}

fn report(person_id: Uuid, kind: &str) -> String {
    json!({
        "report_id": Uuid::nil(), "person_id": person_id, "temperature": 374, "spo2": 97,
        "symptom_set_version": 1, "symptoms": symptoms(kind), "emergency_signs": [], "note": "咳が続いています。",
    })
    .to_string()
}

async fn add_staff(db: &Db, organization_id: Uuid, now: Timestamp) -> Result<String> {
    add_staff_of(db, organization_id, "bench@hersys.example", now).await
}

/// An ID of an organisation; the token of its session.
pub async fn add_staff_of(db: &Db, organization_id: Uuid, sign_in_id: &str, now: Timestamp) -> Result<String> {
    let account_id = Uuid::now_v7();
    let mut tx = db.begin().await?;
    let account = NewAccount {
        account_id,
        organization_id,
        sign_in_id: &MailAddress::parse(sign_in_id)?,
        display_name: "bench",
        password_hash: "none",
        is_issuer: false,
        phone: &PhoneNumber::parse("09000000009")?,
    };
    create_account(&mut tx, &account, now).await?;
    tx.commit().await?;
    let token = Token::random();
    store::insert_staff_session(db, token.hash(), account_id, now).await?;
    Ok(token.as_str().to_owned())
}

/// Three reports a day over thirty days, in place of what was seeded.
async fn fill_thirty_days(db: &Db, case_id: Uuid, now: Timestamp) -> Result<()> {
    store::delete_observations(db, case_id).await?;
    store::observe_since(db, case_id, now.day() - time::Duration::days(29)).await?;
    let reports: Vec<NewObservation> = (0..30)
        .flat_map(|day| (0..3).map(move |at| (day, at)))
        .map(|(day, at)| {
            let received_at = now - time::Duration::days(day) - time::Duration::minutes(at);
            let temperature = Some(365 + (30 - day) % 25 + at);
            NewObservation { observed_on: received_at.day(), received_at, temperature, ..observation(case_id, now) }
        })
        .collect();
    let mut tx = db.begin().await?;
    insert_rows(&mut tx, &reports.iter().collect::<Vec<_>>()).await?;
    tx.commit().await?;
    Ok(())
}
