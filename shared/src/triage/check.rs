//! Whether rules that somebody wrote make sense.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::Problems;
use crate::triage::rules::degrees;
use crate::triage::{Condition, RuleSet};

/// Most rules of a set.
const MOST_RULES: usize = 50;
const LONGEST_KEY: usize = 40;

impl RuleSet {
    /// Each field that makes no sense with its sentence: `report_by`, or `rules.0.percent` and the like.
    /// `is_symptom` tells which keys there are.
    pub fn check(&self, is_symptom: impl Fn(&str) -> bool) -> Problems {
        let mut problems = Problems::default();
        if !(6..=22).contains(&self.report_by) {
            problems.add("report_by", "報告の締切は6時から22時までにしてください。");
        }
        if self.rules.is_empty() || self.rules.len() > MOST_RULES {
            problems.add("rules", format!("基準は1つ以上{MOST_RULES}以下にしてください。"));
        }
        let mut keys = BTreeSet::new();
        for (at, rule) in self.rules.iter().enumerate() {
            let is_key = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            if rule.key.is_empty() || rule.key.len() > LONGEST_KEY || !rule.key.bytes().all(is_key) {
                problems.add(&format!("rules.{at}.key"), "基準の名前は、英小文字・数字・_で40文字までです。");
            } else if !keys.insert(rule.key.as_str()) {
                problems.add(&format!("rules.{at}.key"), "同じ名前の基準がほかにあります。");
            }
            let mut within = |field: &str, value: i64, range: RangeInclusive<i64>, what: &str| {
                if !range.contains(&value) {
                    // Temperatures are typed in degrees, whatever they are counted in.
                    let written = |value: i64| if field == "tenths" { degrees(value) } else { value.to_string() };
                    problems.add(
                        &format!("rules.{at}.{field}"),
                        format!("{what}は{}から{}までにしてください。", written(*range.start()), written(*range.end())),
                    );
                }
            };
            match &rule.when {
                Condition::EmergencySign {} => {}
                Condition::Spo2AtMost { percent } => within("percent", *percent, 50..=100, "SpO2（％）"),
                Condition::Spo2Fall { points, hours } => {
                    within("points", *points, 1..=50, "ポイント");
                    within("hours", *hours, 1..=168, "時間");
                }
                Condition::TemperatureAtLeast { tenths } => within("tenths", *tenths, 340..=430, "体温（℃）"),
                Condition::TemperatureLasting { tenths, days } => {
                    within("tenths", *tenths, 340..=430, "体温（℃）");
                    within("days", *days, 2..=14, "日数");
                }
                Condition::TemperatureRise { tenths, days } => {
                    within("tenths", *tenths, 1..=90, "上がり幅（℃）");
                    within("days", *days, 1..=14, "日数");
                }
                Condition::SymptomsAtLeast { of, count } => {
                    let most = i64::try_from(of.len()).unwrap_or(i64::MAX).max(1);
                    within("count", i64::try_from(*count).unwrap_or(i64::MAX), 1..=most, "症状の数");
                    unknown(&mut problems, at, of, of.is_empty(), &is_symptom);
                }
                Condition::NewSymptom { of, days } => {
                    within("days", *days, 1..=14, "日数");
                    unknown(&mut problems, at, of, false, &is_symptom);
                }
            }
        }
        problems
    }
}

fn unknown(problems: &mut Problems, at: usize, of: &[String], is_missing: bool, is_symptom: &impl Fn(&str) -> bool) {
    if is_missing {
        problems.add(&format!("rules.{at}.of"), "症状を1つ以上選んでください。");
    } else if of.iter().collect::<BTreeSet<_>>().len() < of.len() {
        problems.add(&format!("rules.{at}.of"), "同じ症状が2回選ばれています。");
    } else if of.iter().any(|key| !is_symptom(key)) {
        problems.add(&format!("rules.{at}.of"), "症状の一覧にない症状があります。");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::{Alert, Rule};

    fn set(when: Condition) -> RuleSet {
        RuleSet { report_by: 12, rules: vec![Rule { key: "a".into(), alert: Alert::Worse, only: None, when }] }
    }

    #[test]
    fn values_out_of_range_are_named() {
        for (when, field) in [
            (Condition::Spo2AtMost { percent: 49 }, "rules.0.percent"),
            (Condition::Spo2Fall { points: 0, hours: 24 }, "rules.0.points"),
            (Condition::Spo2Fall { points: 3, hours: 169 }, "rules.0.hours"),
            (Condition::TemperatureAtLeast { tenths: 431 }, "rules.0.tenths"),
            (Condition::TemperatureLasting { tenths: 375, days: 15 }, "rules.0.days"),
            (Condition::TemperatureRise { tenths: 0, days: 1 }, "rules.0.tenths"),
            (Condition::SymptomsAtLeast { of: vec!["cough".into()], count: 2 }, "rules.0.count"),
            (Condition::SymptomsAtLeast { of: vec![], count: 1 }, "rules.0.of"),
            (Condition::NewSymptom { of: vec!["gone".into()], days: 3 }, "rules.0.of"),
            (Condition::SymptomsAtLeast { of: vec!["cough".into(), "cough".into()], count: 2 }, "rules.0.of"),
        ] {
            let problems = set(when.clone()).check(|key| key == "cough");
            assert!(problems.of(field).is_some(), "{when:?}");
        }
        assert!(set(Condition::Spo2AtMost { percent: 50 }).check(|_| true).is_empty());
    }

    #[test]
    fn names_are_unique() {
        let mut twice = set(Condition::EmergencySign {});
        twice.rules.push(twice.rules[0].clone());
        assert!(twice.check(|_| true).of("rules.1.key").is_some());
        twice.rules.clear();
        assert!(twice.check(|_| true).of("rules").is_some());
    }
}
