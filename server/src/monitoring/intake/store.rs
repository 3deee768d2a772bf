//! SQL of the intake: few statements for many reports.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value as Json;
use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Query, Result, Tx, Value, places, sql};
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
    /// Whether the end waits for a look, and the last day that a centre has settled.
    pub needs_review: bool,
    pub settled_until: Option<Date>,
}

/// The people that reports are about, by account and person; who is not on the account is missing.
/// A join, since SQLite finds pairs of an `in (values …)` only by reading the whole table.
pub async fn people(db: &Db, mut asked: Vec<(Uuid, Uuid)>) -> Result<HashMap<(Uuid, Uuid), ReportedPerson>> {
    asked.sort_unstable();
    asked.dedup();
    let mut people = HashMap::with_capacity(asked.len());
    for chunk in asked.chunks(MOST_ROWS) {
        let pairs = padded(chunk.to_vec());
        let rows: Vec<ReportedPerson> = sql(&format!(
            "select p.account_id, p.person_id, p.case_id, c.kind, c.observed_from, c.observed_until,
                    coalesce(o.needs_review, false) as needs_review, o.settled_until
             from (values {}) k
             join patient_person p on p.account_id = k.column1 and p.person_id = k.column2
             join cases c on c.case_id = p.case_id
             left join observation_period o on o.case_id = p.case_id",
            places(1, pairs.len(), 2)
        ))
        .bind_all(pairs.into_iter().flat_map(|(account_id, person_id)| [account_id, person_id].map(Value::from)))
        .all(db)
        .await?;
        people.extend(rows.into_iter().map(|row| ((row.account_id, row.person_id), row)));
    }
    Ok(people)
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

/// Most rows of one statement.
const MOST_ROWS: usize = 256;

/// The statement for each number of rows that is used: a few only, so that each is prepared once.
/// In between, the last row is repeated, which changes nothing.
static INSERTS: LazyLock<Vec<(usize, String)>> = LazyLock::new(|| {
    [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, MOST_ROWS]
        .into_iter()
        .map(|rows| {
            let text = format!(
                "insert into observation (case_id, report_id, source, observed_on, received_at, temperature, spo2,
                                          symptom_set_version, symptoms, emergency_signs, note, entered_by)
                 values {} on conflict (case_id, report_id) do nothing",
                places(1, rows, COLUMNS)
            );
            (rows, text)
        })
        .collect()
});

/// Inserts what is not there yet and commits. Returns what was there before, by case and report;
/// when nothing was, which is nearly always, no further statement is needed to know it.
pub async fn insert(db: &Db, observations: &[&NewObservation]) -> Result<HashMap<(Uuid, Uuid), Stored>> {
    if observations.is_empty() {
        return Ok(HashMap::new());
    }
    // One statement is its own transaction, without the ways there and back of `begin` and `commit`.
    let inserted = if observations.len() <= MOST_ROWS {
        insert_of(observations).run_shared(db).await?
    } else {
        let mut tx = db.begin().await?;
        let inserted = insert_rows(&mut tx, observations).await?;
        tx.commit().await?;
        inserted
    };
    if inserted == observations.len() as u64 { Ok(HashMap::new()) } else { stored(db, observations).await }
}

/// Inserts rows whose key is new; the number of them.
pub async fn insert_rows(tx: &mut Tx, rows: &[&NewObservation]) -> Result<u64> {
    let mut inserted = 0;
    for chunk in rows.chunks(MOST_ROWS) {
        inserted += insert_of(chunk).run(&mut *tx).await?;
    }
    Ok(inserted)
}

/// The statement that inserts up to [`MOST_ROWS`] rows.
fn insert_of(rows: &[&NewObservation]) -> Query {
    let at = INSERTS.partition_point(|(size, _)| *size < rows.len()).min(INSERTS.len() - 1);
    let (size, text) = &INSERTS[at];
    let repeated = rows.last().into_iter().cycle().take(size.saturating_sub(rows.len()));
    sql(text).bind_all(rows.iter().chain(repeated).flat_map(|row| {
        [
            Value::from(row.case_id),
            Value::from(row.report_id),
            Value::from(row.source.code()),
            Value::from(row.observed_on),
            Value::from(row.received_at),
            Value::from(row.temperature),
            Value::from(row.spo2),
            Value::from(row.symptom_set_version),
            Value::written(&row.symptoms),
            Value::written(&row.emergency_signs),
            Value::from(&row.note),
            Value::from(row.entered_by),
        ]
    }))
}

/// What is stored under the ids of `observations`.
pub async fn stored(db: &Db, observations: &[&NewObservation]) -> Result<HashMap<(Uuid, Uuid), Stored>> {
    let mut found = HashMap::new();
    for chunk in observations.chunks(MOST_ROWS) {
        let keys = padded(chunk.iter().map(|observation| (observation.case_id, observation.report_id)).collect());
        let rows: Vec<Stored> = sql(&format!(
            "select o.case_id, o.report_id, o.received_at, o.temperature, o.spo2, o.symptoms, o.emergency_signs, o.note
             from (values {}) k
             join observation o on o.case_id = k.column1 and o.report_id = k.column2",
            places(1, keys.len(), 2)
        ))
        .bind_all(keys.into_iter().flat_map(|(case_id, report_id)| [case_id, report_id].map(Value::from)))
        .all(db)
        .await?;
        found.extend(rows.into_iter().map(|row| ((row.case_id, row.report_id), row)));
    }
    Ok(found)
}
