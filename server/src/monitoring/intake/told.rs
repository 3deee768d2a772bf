//! Reports that somebody enters for a person (OBS-06): checked like the person's own, kept in the same rows with their
//! source, once however often the form is sent. They are few, so each is a transaction of its own, which may hold
//! the correction of the report that it replaces.

use hersys_shared::Problems;
use hersys_shared::report::{Report, check_symptoms};
use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Tx, Value, places, sql};
use crate::error::Result;
use crate::monitoring::intake::store::{NewObservation, Stored};
use crate::monitoring::intake::{Means, Source, is_under_observation};
use crate::monitoring::store::Observed;
use crate::texts::Texts;

/// What somebody was told of a person.
#[derive(Debug, Clone)]
pub struct Told {
    pub observation: NewObservation,
    /// The moment of which it tells, on the day `observation.observed_on`.
    pub told_at: Timestamp,
    pub means: Means,
    pub organization_id: Uuid,
}

/// Who enters it, for whom.
#[derive(Debug, Clone, Copy)]
pub struct Entering {
    pub case_id: Uuid,
    pub account_id: Uuid,
    pub organization_id: Uuid,
    pub source: Source,
}

/// When it was, how it came, and what was said.
pub struct Telling {
    pub report: Report,
    pub told_at: Timestamp,
    pub means: Means,
}

/// Checks it as the person's own report is checked, and that it tells of a day of the observation up to now.
pub fn check(
    telling: Telling,
    entering: Entering,
    observed: &Observed,
    texts: &Texts,
    now: Timestamp,
) -> Result<Told, Problems> {
    let observed_on = telling.told_at.day();
    let mut problems = Problems::default();
    if let Some(problem) = wrong_time(telling.told_at, observed_on, observed, now) {
        problems.add(problem.0, problem.1);
    }
    let report = match telling.report.check() {
        Ok(report) => report,
        Err(others) => {
            problems.0.extend(others.0);
            return Err(problems);
        }
    };
    if let Err(others) = check_symptoms(&report, texts.sets_of(observed.kind), &texts.emergency_signs) {
        problems.0.extend(others.0);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let observation = NewObservation {
        case_id: entering.case_id,
        report_id: report.report_id,
        source: entering.source,
        observed_on,
        received_at: now,
        temperature: Some(report.temperature.tenths()),
        spo2: report.spo2.map(|spo2| spo2.percent()),
        symptom_set_version: report.symptom_set_version,
        symptoms: serde_json::json!(report.symptoms),
        emergency_signs: serde_json::json!(report.emergency_signs),
        note: report.note,
        entered_by: entering.account_id,
    };
    Ok(Told { observation, told_at: telling.told_at, means: telling.means, organization_id: entering.organization_id })
}

/// The field and what is wrong with the moment of which a report tells.
fn wrong_time(
    told_at: Timestamp,
    day: Date,
    observed: &Observed,
    now: Timestamp,
) -> Option<(&'static str, &'static str)> {
    if day > now.day() {
        Some(("day", "今日より後の日です。日付を確かめてください。"))
    } else if !is_under_observation(observed.from, observed.until, day) {
        Some(("day", "この日は、この方の健康観察の期間ではありません。日付を確かめてください。"))
    } else if told_at > now {
        Some(("time", "まだ来ていない時刻です。時刻を確かめてください。"))
    } else {
        None
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    New,
    /// The same was kept under this id before.
    Before,
    /// Something else was kept under this id before.
    Otherwise,
}

/// Keeps it, if nothing was kept under its id before.
pub async fn keep(tx: &mut Tx, told: &Told) -> Result<Kept> {
    let row = &told.observation;
    let values = [
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
        Value::from(told.told_at),
        Value::from(told.means.code()),
        Value::from(told.organization_id),
    ];
    let inserted = sql(&format!(
        "insert into observation (case_id, report_id, source, observed_on, received_at, temperature, spo2,
                                  symptom_set_version, symptoms, emergency_signs, note, entered_by, told_at, means,
                                  organization_id)
         values {} on conflict (case_id, report_id) do nothing",
        places(1, 1, values.len())
    ))
    .bind_all(values)
    .run(&mut *tx)
    .await?;
    if inserted == 1 {
        return Ok(Kept::New);
    }
    let stored: Option<Stored> = sql("select case_id, report_id, received_at, temperature, spo2, symptoms,
                emergency_signs, note
         from observation where case_id = $1 and report_id = $2 and told_at = $3")
    .bind(row.case_id)
    .bind(row.report_id)
    .bind(told.told_at)
    .optional(tx)
    .await?;
    Ok(if stored.is_some_and(|stored| stored.says_the_same(row)) { Kept::Before } else { Kept::Otherwise })
}
