//! The observations of a day in one line of the story.

use std::collections::BTreeMap;

use hersys_shared::symptoms::Answer;
use time::Date;

use crate::monitoring::store::Observation;
use crate::texts::Texts;

/// A day with reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    pub reports: usize,
    /// Tenths of a degree Celsius: the highest.
    pub temperature: Option<i64>,
    /// Percent: the lowest.
    pub spo2: Option<i64>,
    /// Labels of what was present, in any of the reports.
    pub symptoms: Vec<String>,
    pub has_emergency_sign: bool,
}

/// The days of some reports.
pub fn days(reports: &[Observation], texts: &Texts) -> BTreeMap<Date, Day> {
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    for report in reports {
        let day = days.entry(report.observed_on).or_default();
        day.reports += 1;
        day.temperature = day.temperature.max(report.temperature);
        day.spo2 = [day.spo2, report.spo2].into_iter().flatten().min();
        day.has_emergency_sign |= !report.emergency_signs.is_empty();
        for (key, _) in report.symptoms.iter().filter(|(_, answer)| **answer == Answer::Yes) {
            let label = label(key, report.symptom_set_version, texts);
            if !day.symptoms.contains(&label) {
                day.symptoms.push(label);
            }
        }
    }
    days
}

fn label(key: &str, version: i64, texts: &Texts) -> String {
    let sets = texts.symptom_sets.iter().filter(|set| set.version == version);
    let symptom = sets.flat_map(|set| &set.symptoms).find(|symptom| symptom.key == key);
    symptom.map_or_else(|| key.to_owned(), |symptom| symptom.label.clone())
}

impl Day {
    /// `最高体温 38.2℃　SpO2（最低）95%　咳、全身倦怠感`
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        if let Some(tenths) = self.temperature {
            parts.push(format!("最高体温 {}.{}℃", tenths / 10, tenths % 10));
        }
        if let Some(percent) = self.spo2 {
            parts.push(format!("SpO2（最低） {percent}％"));
        }
        if self.has_emergency_sign {
            parts.push("緊急性の高い症状あり".to_owned());
        }
        parts.push(if self.symptoms.is_empty() { "症状なし".to_owned() } else { self.symptoms.join("、") });
        parts.join("　")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn obs_15_a_day_is_told_by_its_worst_values() {
        let day = Day {
            reports: 2,
            temperature: Some(382),
            spo2: Some(95),
            symptoms: vec!["咳".into()],
            has_emergency_sign: false,
        };
        assert_eq!(day.sentence(), "最高体温 38.2℃　SpO2（最低） 95％　咳");
        assert_eq!(Day::default().sentence(), "症状なし");
    }
}
