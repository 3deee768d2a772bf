//! SQL of the intake: few statements for many reports.

use std::collections::HashMap;

use serde_json::Value as Json;
use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Result, Tx, Value, list, places, sql};
use crate::monitoring::intake::Source;

/// A person of a household, as far as a report needs to know.
#[derive(sqlx::FromRow)]
pub struct ReportedPerson {
    pub account_id: Uuid,
    pub person_id: Uuid,
    pub case_id: Uuid,
    pub kind: String,
    pub observed_from: Option<Date>,
    pub observed_until: Option<Date>,
}

/// The people of many accounts by account and person.
pub async fn people_of_accounts(db: &Db, mut accounts: Vec<Uuid>) -> Result<HashMap<(Uuid, Uuid), ReportedPerson>> {
    accounts.sort_unstable();
    accounts.dedup();
    let accounts = padded(accounts);
    let rows: Vec<ReportedPerson> = sql(&format!(
        "select p.account_id, p.person_id, p.case_id, c.kind, c.observed_from, c.observed_until
         from patient_person p join cases c on c.case_id = p.case_id
         where p.account_id in ({})",
        list(1, accounts.len())
    ))
    .bind_all(accounts.into_iter().map(Value::from))
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.account_id, row.person_id), row)).collect())
}

/// Repeats the last item up to a power of two, so that there are few different statements to prepare.
pub fn padded<T: Clone>(mut items: Vec<T>) -> Vec<T> {
    if let Some(last) = items.last().cloned() {
        items.resize(items.len().next_power_of_two(), last);
    }
    items
}

/// One row of `observation` to be.
#[derive(Debug, Clone)]
pub struct NewObservation {
    pub case_id: Uuid,
    pub report_id: Uuid,
    pub source: Source,
    pub observed_on: Date,
    pub received_at: Timestamp,
    /// Tenths of a degree Celsius.
    pub temperature: Option<i64>,
    /// Percent.
    pub spo2: Option<i64>,
    pub symptom_set_version: i64,
    /// Object of symptom key → `yes`, `no`, `unknown`.
    pub symptoms: Json,
    /// Array of keys.
    pub emergency_signs: Json,
    pub note: String,
    pub entered_by: Uuid,
}

/// What is stored under a report's id.
#[derive(sqlx::FromRow)]
pub struct Stored {
    pub case_id: Uuid,
    pub report_id: Uuid,
    pub received_at: Timestamp,
    pub temperature: Option<i64>,
    pub spo2: Option<i64>,
    pub symptoms: Json,
    pub emergency_signs: Json,
    pub note: String,
}

impl Stored {
    pub fn says_the_same(&self, sent: &NewObservation) -> bool {
        self.temperature == sent.temperature
            && self.spo2 == sent.spo2
            && self.symptoms == sent.symptoms
            && self.emergency_signs == sent.emergency_signs
            && self.note == sent.note
    }
}

const COLUMNS: usize = 12;

/// Rows of one statement: a few sizes only, so that each is prepared once.
const CHUNKS: [usize; 4] = [64, 16, 4, 1];

/// Inserts what is not there yet and commits. Returns what was there before, by case and report;
/// when nothing was, which is nearly always, no further statement is needed to know it.
pub async fn insert(db: &Db, observations: &[&NewObservation]) -> Result<HashMap<(Uuid, Uuid), Stored>> {
    let mut tx = db.begin().await?;
    let mut repeated = Vec::new();
    let mut rest = observations;
    while !rest.is_empty() {
        let size = CHUNKS.into_iter().find(|size| *size <= rest.len()).unwrap_or(1);
        let (chunk, after) = rest.split_at(size);
        rest = after;
        let inserted = insert_rows(&mut tx, chunk).await?;
        if inserted < size as u64 {
            repeated.extend_from_slice(chunk);
        }
    }
    let mut earlier = HashMap::new();
    for observation in repeated {
        let stored: Stored = sql(
            "select case_id, report_id, received_at, temperature, spo2, symptoms, emergency_signs, note
             from observation where case_id = $1 and report_id = $2",
        )
        .bind(observation.case_id)
        .bind(observation.report_id)
        .one(&mut tx)
        .await?;
        earlier.insert((stored.case_id, stored.report_id), stored);
    }
    tx.commit().await?;
    Ok(earlier)
}

/// Inserts rows whose key is new; the number of them.
pub async fn insert_rows(tx: &mut Tx, rows: &[&NewObservation]) -> Result<u64> {
    sql(&format!(
        "insert into observation (case_id, report_id, source, observed_on, received_at, temperature, spo2,
                                  symptom_set_version, symptoms, emergency_signs, note, entered_by)
         values {} on conflict (case_id, report_id) do nothing",
        places(1, rows.len(), COLUMNS)
    ))
    .bind_all(rows.iter().flat_map(|row| {
        [
            Value::from(row.case_id),
            Value::from(row.report_id),
            Value::from(row.source.code()),
            Value::from(row.observed_on),
            Value::from(row.received_at),
            Value::from(row.temperature),
            Value::from(row.spo2),
            Value::from(row.symptom_set_version),
            Value::from(row.symptoms.clone()),
            Value::from(row.emergency_signs.clone()),
            Value::from(row.note.clone()),
            Value::from(row.entered_by),
        ]
    }))
    .run(tx)
    .await
}
