//! Reports for tests.

use std::path::Path;

use hersys_shared::symptoms::{Answer, CaseKind};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::monitoring::intake::Source;
use crate::monitoring::store::Observation;
use crate::texts::Texts;

pub const FIRST: Date = date!(2022 - 08 - 01);

pub fn texts() -> Texts {
    Texts::load(Path::new("/nonexistent")).unwrap()
}

/// A healthy patient's report of `day` days after [`FIRST`], at `hour` o'clock, then changed.
pub fn report(day: i64, hour: i64, change: impl FnOnce(&mut Observation)) -> Observation {
    let observed_on = FIRST + Duration::days(day);
    let mut report = Observation {
        report_id: Uuid::now_v7(),
        source: Source::Patient,
        observed_on,
        received_at: Timestamp::start_of(observed_on) + Duration::hours(hour),
        told_at: None,
        temperature: Some(365),
        spo2: Some(98),
        symptom_set_version: 1,
        symptoms: texts()
            .current_set(CaseKind::Patient)
            .unwrap()
            .symptoms
            .iter()
            .map(|symptom| (symptom.key.clone(), Answer::No))
            .collect(),
        emergency_signs: Vec::new(),
        note: String::new(),
        means: None,
        writer: None,
        correction: None,
    };
    change(&mut report);
    report
}
