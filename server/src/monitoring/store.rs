//! Reads of observations for the staff's view.

use std::collections::BTreeMap;

use hersys_shared::symptoms::{Answer, Answers, CaseKind};
use serde_json::Value as Json;
use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, sql};
use crate::error::{Error, Result};
use crate::monitoring::intake::Source;
use crate::ui::chart::Days;

/// A person as far as their observation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    pub kind: CaseKind,
    /// 健康観察期間
    pub from: Option<Date>,
    pub until: Option<Date>,
    /// The first and the last day with a report.
    pub reported: Option<Days>,
}

#[derive(sqlx::FromRow)]
struct ObservedRow {
    kind: String,
    observed_from: Option<Date>,
    observed_until: Option<Date>,
    first_on: Option<Date>,
    last_on: Option<Date>,
}

/// Whether and since when a person is observed, and which days have reports.
pub async fn observed(db: &Db, case_id: Uuid) -> Result<Observed> {
    let row: Option<ObservedRow> = sql("select c.kind, c.observed_from, c.observed_until,
                (select min(observed_on) from observation where case_id = $1) as first_on,
                (select max(observed_on) from observation where case_id = $1) as last_on
         from cases c where c.case_id = $1")
    .bind(case_id)
    .optional(db)
    .await?;
    let row = row.ok_or(Error::NotFound)?;
    Ok(Observed {
        kind: CaseKind::from_code(&row.kind)
            .ok_or_else(|| Error::Internal(format!("case {case_id}: unreadable kind")))?,
        from: row.observed_from,
        until: row.observed_until,
        reported: row.first_on.zip(row.last_on).map(|(first, last)| Days { first, last }),
    })
}

/// One report, as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    pub source: Source,
    pub observed_on: Date,
    pub received_at: Timestamp,
    /// Tenths of a degree Celsius.
    pub temperature: Option<i64>,
    /// Percent.
    pub spo2: Option<i64>,
    pub symptom_set_version: i64,
    pub symptoms: Answers,
    /// Keys.
    pub emergency_signs: Vec<String>,
    pub note: String,
}

#[derive(sqlx::FromRow)]
struct ObservationRow {
    source: String,
    observed_on: Date,
    received_at: Timestamp,
    temperature: Option<i64>,
    spo2: Option<i64>,
    symptom_set_version: i64,
    symptoms: Json,
    emergency_signs: Json,
    note: String,
}

impl TryFrom<ObservationRow> for Observation {
    type Error = Error;

    fn try_from(row: ObservationRow) -> Result<Self> {
        let unreadable = |what: &str| Error::Internal(format!("observation: unreadable {what}"));
        let answers: BTreeMap<String, Answer> =
            serde_json::from_value(row.symptoms).map_err(|_| unreadable("symptoms"))?;
        Ok(Self {
            source: Source::from_code(&row.source).ok_or_else(|| unreadable("source"))?,
            observed_on: row.observed_on,
            received_at: row.received_at,
            temperature: row.temperature,
            spo2: row.spo2,
            symptom_set_version: row.symptom_set_version,
            symptoms: answers,
            emergency_signs: serde_json::from_value(row.emergency_signs).map_err(|_| unreadable("emergency signs"))?,
            note: row.note,
        })
    }
}

/// Most reports that a page shows: ten times what anybody sends in thirty days.
const MOST_SHOWN: usize = 600;

/// The reports of some days, oldest first, the newest [`MOST_SHOWN`] of them; the last of a day is the
/// day's (MY-18).
pub async fn observations(db: &Db, case_id: Uuid, days: Days) -> Result<Vec<Observation>> {
    let rows: Vec<ObservationRow> = sql(&format!(
        "select source, observed_on, received_at, temperature, spo2, symptom_set_version, symptoms,
                emergency_signs, note
         from observation where case_id = $1 and observed_on >= $2 and observed_on <= $3
         order by observed_on desc, received_at desc, report_id desc limit {MOST_SHOWN}"
    ))
    .bind(case_id)
    .bind(days.first)
    .bind(days.last)
    .all(db)
    .await?;
    rows.into_iter().rev().map(Observation::try_from).collect()
}
