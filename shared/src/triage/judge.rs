//! What rules say of a person's reports: pure, and the same whatever the order and repetition of the reports.

use std::collections::BTreeMap;

use time::{Date, Duration};
use uuid::Uuid;

use crate::symptoms::{Answer, Answers, CaseKind};
use crate::triage::rules::degrees;
use crate::triage::{Alert, Condition, Rule, RuleSet};

const HOUR: i64 = 3_600_000;

/// A report as far as rules look at it. Corrected ones are left out by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    pub report_id: Uuid,
    /// The day that it tells of, in Japan.
    pub observed_on: Date,
    /// The moment of which it tells, in milliseconds since 1970: what was told on the telephone is typed in later.
    pub moment: i64,
    /// When it came, in milliseconds since 1970: what somebody has looked at follows from this alone.
    pub at: i64,
    /// Tenths of a degree Celsius.
    pub temperature: Option<i64>,
    /// Percent.
    pub spo2: Option<i64>,
    pub symptoms: Answers,
    /// Keys.
    pub emergency_signs: Vec<String>,
}

impl Observed {
    /// By the day and the moment of which it tells: one of this morning that was entered at noon is not the newest.
    pub fn order(&self) -> (Date, i64, i64, Uuid) {
        (self.observed_on, self.moment, self.at, self.report_id)
    }
}

/// The words for the keys of reports.
pub trait Labels {
    fn symptom(&self, key: &str) -> String;
    fn sign(&self, key: &str) -> String;
}

/// A rule that a report met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The rule's key.
    pub rule: String,
    pub alert: Alert,
    pub report_id: Uuid,
    /// When that report came, in milliseconds since 1970.
    pub at: i64,
    /// Why, e.g. `SpO2 96 → 93（24時間以内）`.
    pub words: String,
}

/// What the rules say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The most urgent hit's.
    pub alert: Option<Alert>,
    /// The most urgent first, then in the order of the rules.
    pub hits: Vec<Hit>,
}

/// Judges the newest report by all rules, and those before it by the emergency rules: no number of calmer ones hides an
/// emergency. Reports that came until `seen_until` (milliseconds) were looked at and raise nothing any more. They stay
/// the history of others.
pub fn judge(
    rules: &RuleSet,
    kind: CaseKind,
    reports: &[Observed],
    seen_until: Option<i64>,
    labels: &impl Labels,
) -> Verdict {
    let reports = in_order(reports);
    let mut hits: Vec<Hit> = Vec::new();
    // The newest first: a rule that it meets need not be told of an earlier report again.
    for (place, report) in reports.iter().enumerate().rev() {
        let is_newest = place + 1 == reports.len();
        if seen_until.is_some_and(|until| report.at <= until) {
            continue;
        }
        let asked = rules.rules.iter().filter(|rule| is_newest || rule.alert == Alert::Emergency);
        add_hits(&mut hits, asked, kind, report, &reports[..place], labels);
    }
    verdict(rules, hits)
}

/// What the rules would have said since a day: each report that tells of it or of a later one is judged as the newest
/// of its time, whoever had looked. Of each rule the latest hit is told.
pub fn look_back(rules: &RuleSet, kind: CaseKind, reports: &[Observed], since: Date, labels: &impl Labels) -> Verdict {
    let reports = in_order(reports);
    let mut hits: Vec<Hit> = Vec::new();
    for (place, report) in reports.iter().enumerate().rev().filter(|(_, report)| report.observed_on >= since) {
        add_hits(&mut hits, rules.rules.iter(), kind, report, &reports[..place], labels);
    }
    verdict(rules, hits)
}

/// Each report once, the oldest first.
fn in_order(reports: &[Observed]) -> Vec<&Observed> {
    let once: BTreeMap<Uuid, &Observed> = reports.iter().map(|report| (report.report_id, report)).collect();
    let mut reports: Vec<&Observed> = once.into_values().collect();
    reports.sort_unstable_by_key(|report| report.order());
    reports
}

/// Adds the rules among `asked` that `report` meets and that have not hit yet.
fn add_hits<'r>(
    hits: &mut Vec<Hit>,
    asked: impl Iterator<Item = &'r Rule>,
    kind: CaseKind,
    report: &Observed,
    history: &[&Observed],
    labels: &impl Labels,
) {
    for rule in asked.filter(|rule| rule.only.is_none_or(|only| only == kind)) {
        if hits.iter().any(|hit| hit.rule == rule.key) {
            continue;
        }
        if let Some(words) = met(rule, report, history, labels) {
            let (report_id, at) = (report.report_id, report.at);
            hits.push(Hit { rule: rule.key.clone(), alert: rule.alert, report_id, at, words });
        }
    }
}

fn verdict(rules: &RuleSet, mut hits: Vec<Hit>) -> Verdict {
    let order = |hit: &Hit| rules.rules.iter().position(|rule| rule.key == hit.rule);
    hits.sort_by_key(|hit| (std::cmp::Reverse(hit.alert), order(hit)));
    Verdict { alert: hits.first().map(|hit| hit.alert), hits }
}

/// Why `report` meets the rule, if it does; `history` came before it, the oldest first.
fn met(rule: &Rule, report: &Observed, history: &[&Observed], labels: &impl Labels) -> Option<String> {
    match &rule.when {
        Condition::EmergencySign {} => {
            let signs: Vec<String> = report.emergency_signs.iter().map(|key| labels.sign(key)).collect();
            (!signs.is_empty()).then(|| format!("緊急性の高い症状：{}", signs.join("、")))
        }
        Condition::Spo2AtMost { percent } => {
            let spo2 = report.spo2.filter(|spo2| spo2 <= percent)?;
            Some(format!("SpO2 {spo2}％（{percent}％以下）"))
        }
        Condition::Spo2Fall { points, hours } => {
            let spo2 = report.spo2?;
            let since = report.moment.saturating_sub(hours.saturating_mul(HOUR));
            let before =
                history.iter().filter(|earlier| earlier.moment >= since).filter_map(|earlier| earlier.spo2).max()?;
            (before - spo2 >= *points).then(|| format!("SpO2 {before} → {spo2}（{hours}時間以内）"))
        }
        Condition::TemperatureAtLeast { tenths } => {
            let temperature = report.temperature.filter(|temperature| temperature >= tenths)?;
            Some(format!("体温 {}℃（{}℃以上）", degrees(temperature), degrees(*tenths)))
        }
        Condition::TemperatureLasting { tenths, days } => {
            let highest = |day: Date| {
                let of_day = history.iter().copied().chain([report]).filter(|one| one.observed_on == day);
                of_day.filter_map(|one| one.temperature).max()
            };
            let all = (0..*days).all(|back| {
                let day = report.observed_on.checked_sub(Duration::days(back));
                day.and_then(highest).is_some_and(|temperature| temperature >= *tenths)
            });
            all.then(|| format!("{}℃以上が{days}日続いています", degrees(*tenths)))
        }
        Condition::TemperatureRise { tenths, days } => {
            let temperature = report.temperature?;
            let before = days_before(report, history, *days).filter_map(|earlier| earlier.temperature).min()?;
            (temperature - before >= *tenths)
                .then(|| format!("体温 {} → {}℃（{days}日以内）", degrees(before), degrees(temperature)))
        }
        Condition::SymptomsAtLeast { of, count } => {
            let present: Vec<String> =
                of.iter().filter(|key| has(report, key)).map(|key| labels.symptom(key)).collect();
            (present.len() >= (*count).max(1)).then(|| {
                if of.len() > *count {
                    format!("症状：{}（{}項目中{count}つ以上）", present.join("、"), of.len())
                } else {
                    format!("症状：{}", present.join("、"))
                }
            })
        }
        Condition::NewSymptom { of, days } => {
            let earlier: Vec<&Observed> = days_before(report, history, *days).collect();
            if earlier.is_empty() {
                return None;
            }
            let is_asked = |key: &String| of.is_empty() || of.contains(key);
            let new: Vec<String> = report
                .symptoms
                .iter()
                .filter(|(key, answer)| **answer == Answer::Yes && is_asked(key))
                .filter(|(key, _)| earlier.iter().all(|before| !has(before, key)))
                .map(|(key, _)| labels.symptom(key))
                .collect();
            (!new.is_empty()).then(|| format!("新しい症状：{}", new.join("、")))
        }
    }
}

/// What came before `report` and tells of its day or one of so many days before.
fn days_before<'a>(report: &Observed, history: &'a [&'a Observed], days: i64) -> impl Iterator<Item = &'a Observed> {
    let since = report.observed_on.checked_sub(Duration::days(days.clamp(0, 366))).unwrap_or(Date::MIN);
    history.iter().copied().filter(move |earlier| earlier.observed_on >= since)
}

fn has(report: &Observed, key: &str) -> bool {
    report.symptoms.get(key) == Some(&Answer::Yes)
}

#[cfg(test)]
mod tests;
