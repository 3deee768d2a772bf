//! One person's daily report (健康状態の報告), MY-18.

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::symptoms::{Answers, EmergencySign, SymptomSet};
use crate::{Problems, Spo2, Temperature, days};

/// Longest free text of a report, in characters.
pub const MAX_NOTE: usize = 1000;

/// Most people that one request may report for.
pub const MAX_REPORTS: usize = 50;

/// One person's report as a client sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Report {
    /// Made by the client once for this report; sending it again with the same id stores nothing twice.
    pub report_id: Uuid,
    /// The person in the account's household, from `GET /api/patient/household`.
    pub person_id: Uuid,
    /// Tenths of a degree Celsius, 340…430.
    pub temperature: i64,
    /// Percent, 50…100; absent without an oximeter.
    #[serde(default)]
    pub spo2: Option<i64>,
    /// The version of the symptom set that was answered.
    pub symptom_set_version: i64,
    /// An answer for each symptom of the set.
    #[cfg_attr(feature = "server", schema(value_type = std::collections::BTreeMap<String, crate::symptoms::Answer>))]
    pub symptoms: Answers,
    /// Keys of the emergency signs that were ticked.
    #[serde(default)]
    pub emergency_signs: Vec<String>,
    /// Free text, at most 1000 characters.
    #[serde(default)]
    pub note: String,
    /// The day it was asked for, `today` of the household as `2022-08-01`: an answer for yesterday is not taken as
    /// today's. Absent from clients that do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_on: Option<String>,
}

/// A report whose values have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedReport {
    pub report_id: Uuid,
    pub person_id: Uuid,
    pub temperature: Temperature,
    pub spo2: Option<Spo2>,
    pub symptom_set_version: i64,
    pub symptoms: Answers,
    pub emergency_signs: Vec<String>,
    pub note: String,
    pub asked_on: Option<Date>,
}

impl Report {
    /// Checks what can be told without knowing the person: ranges and lengths.
    /// The symptom set is checked against the person's kind by [`check_symptoms`].
    pub fn check(self) -> Result<CheckedReport, Problems> {
        let mut problems = Problems::default();
        let temperature = problems.check("temperature", Temperature::from_tenths(self.temperature));
        let spo2 = problems.check("spo2", self.spo2.map(Spo2::from_percent).transpose());
        if self.note.chars().count() > MAX_NOTE {
            problems.add("note", format!("自由記述は{MAX_NOTE}文字までにしてください。"));
        }
        if self.report_id.is_nil() {
            problems.add("report_id", "報告の番号がありません。画面を読み込み直してください。");
        }
        let asked_on = problems.check("asked_on", self.asked_on.as_deref().map(days::parse).transpose());
        match (temperature, spo2, asked_on, problems.is_empty()) {
            (Some(temperature), Some(spo2), Some(asked_on), true) => Ok(CheckedReport {
                report_id: self.report_id,
                person_id: self.person_id,
                temperature,
                spo2,
                symptom_set_version: self.symptom_set_version,
                symptoms: self.symptoms,
                emergency_signs: self.emergency_signs,
                // PostgreSQL's text takes no NUL; nobody types one.
                note: self.note.trim().replace('\0', ""),
                asked_on,
            }),
            _ => Err(problems),
        }
    }
}

/// Checks a report's answers against the sets in force for the person's kind.
/// Any of `sets` with the report's version may have been answered, so that a report
/// written before a change of the set still counts.
pub fn check_symptoms<'a>(
    report: &CheckedReport,
    mut sets: impl Iterator<Item = &'a SymptomSet>,
    signs: &[EmergencySign],
) -> Result<(), Problems> {
    let mut problems = Problems::default();
    match sets.find(|set| set.version == report.symptom_set_version) {
        Some(set) => {
            problems.check("symptoms", set.check(&report.symptoms));
        }
        None => problems.add("symptoms", "症状の一覧が新しくなりました。画面を読み込み直してください。"),
    }
    if report.emergency_signs.iter().any(|key| signs.iter().all(|sign| sign.key != *key)) {
        problems.add("emergency_signs", "緊急の症状の一覧が新しくなりました。画面を読み込み直してください。");
    }
    let mut signs_once = report.emergency_signs.clone();
    signs_once.sort_unstable();
    signs_once.dedup();
    if signs_once.len() != report.emergency_signs.len() {
        problems.add("emergency_signs", "同じ緊急の症状が2回選ばれています。画面を読み込み直してください。");
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Values that are possible but so rare that the person is asked once whether they were meant.
/// Returns a sentence for each.
pub fn implausible(temperature: Temperature, spo2: Option<Spo2>) -> Vec<String> {
    let mut questions = Vec::new();
    if temperature.is_implausible() {
        questions.push(format!("体温 {}℃ でまちがいありませんか？", temperature.display()));
    }
    if let Some(spo2) = spo2.filter(|spo2| spo2.is_implausible()) {
        questions.push(format!(
            "酸素飽和度 {}％ でまちがいありませんか？ 指先が冷たいと低く出ることがあります。",
            spo2.percent()
        ));
    }
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn report(temperature: i64, spo2: Option<i64>) -> Report {
        Report {
            report_id: Uuid::from_u128(1),
            person_id: Uuid::from_u128(2),
            temperature,
            spo2,
            symptom_set_version: 1,
            symptoms: Answers::new(),
            emergency_signs: vec![],
            note: String::new(),
            asked_on: None,
        }
    }

    #[test]
    fn my_18_each_wrong_value_is_named() {
        let problems = report(500, Some(10)).check().unwrap_err();
        assert!(problems.of("temperature").is_some() && problems.of("spo2").is_some());
    }

    #[test]
    fn my_18_rare_values_ask_back() {
        let temperature = |t| Temperature::from_tenths(t).unwrap();
        assert_eq!(implausible(temperature(365), None).len(), 0);
        assert_eq!(implausible(temperature(345), Spo2::from_percent(80).ok()).len(), 2);
    }

    proptest! {
        #[test]
        fn exactly_the_ranges_pass(temperature in 0i64..1000, spo2 in proptest::option::of(0i64..200)) {
            let fine = (340..=430).contains(&temperature) && spo2.is_none_or(|s| (50..=100).contains(&s));
            prop_assert_eq!(report(temperature, spo2).check().is_ok(), fine);
        }
    }
}
