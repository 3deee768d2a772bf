//! A report as it was typed by somebody who was told of it, and what it says.

use std::collections::BTreeMap;

use hersys_shared::report::{Report, implausible};
use hersys_shared::symptoms::{Answer, Answers, SymptomSet};
use hersys_shared::{Problems, Spo2, Temperature, days, time_of_day};
use time::Duration;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::monitoring::answers::degrees;
use crate::monitoring::intake::Means;
use crate::monitoring::intake::told::Telling;
use crate::monitoring::store::Observation;

/// What the fields of symptoms are called: this and the symptom's key.
pub const SYMPTOM: &str = "symptom_";

/// The form as it was sent.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Made with the form, so that sending it twice is sending it once.
    pub report_id: String,
    pub day: String,
    pub time: String,
    pub means: String,
    pub temperature: String,
    pub spo2: String,
    pub set_version: String,
    /// すべて無
    pub all_no: bool,
    /// Codes by the symptom's key.
    pub symptoms: BTreeMap<String, String>,
    pub signs: Vec<String>,
    pub note: String,
    /// A rare value was meant.
    pub sure: bool,
    /// Of a correction.
    pub reason: String,
    /// Of a correction: `strike`, `replace`
    pub how: String,
}

impl Typed {
    pub fn of(fields: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "report_id" => typed.report_id = value,
                "day" => typed.day = value,
                "time" => typed.time = value,
                "means" => typed.means = value,
                "temperature" => typed.temperature = value,
                "spo2" => typed.spo2 = value,
                "set_version" => typed.set_version = value,
                "all_no" => typed.all_no = true,
                "sign" => typed.signs.push(value),
                "note" => typed.note = value.replace("\r\n", "\n"),
                "sure" => typed.sure = true,
                "reason" => typed.reason = value.trim().replace('\0', ""),
                "how" => typed.how = value,
                _ => {
                    if let Some(key) = name.strip_prefix(SYMPTOM) {
                        typed.symptoms.insert(key.to_owned(), value);
                    }
                }
            }
        }
        typed
    }

    /// An empty form, of now.
    pub fn empty(now: Timestamp, set: &SymptomSet) -> Self {
        Self {
            report_id: Uuid::now_v7().to_string(),
            day: days::iso(now.day()),
            time: now.hour_minute(),
            means: Means::Phone.code().to_owned(),
            set_version: set.version.to_string(),
            ..Self::default()
        }
    }

    /// What a wrong report said, to be put right. What the set does not ask any more is left out.
    pub fn instead_of(wrong: &Observation, set: &SymptomSet) -> Self {
        let asked = |key: &str| set.symptoms.iter().any(|symptom| symptom.key == key);
        Self {
            report_id: Uuid::now_v7().to_string(),
            day: days::iso(wrong.observed_on),
            time: wrong.moment().hour_minute(),
            means: wrong.means.unwrap_or(Means::Phone).code().to_owned(),
            temperature: wrong.temperature.map(degrees).unwrap_or_default(),
            spo2: wrong.spo2.map(|percent| percent.to_string()).unwrap_or_default(),
            set_version: set.version.to_string(),
            symptoms: wrong
                .symptoms
                .iter()
                .filter(|(key, _)| asked(key))
                .map(|(key, answer)| (key.clone(), answer.code().to_owned()))
                .collect(),
            signs: wrong.emergency_signs.clone(),
            note: wrong.note.clone(),
            ..Self::default()
        }
    }

    /// The id of the report, once it was made with a form.
    pub fn id(&self) -> Option<Uuid> {
        Uuid::parse_str(&self.report_id).ok().filter(|id| !id.is_nil())
    }

    /// What it says of a person who is asked for `set`; `problems` gets what cannot be read.
    pub fn read(&self, case_id: Uuid, set: &SymptomSet, problems: &mut Problems) -> Option<Telling> {
        let day = problems.check("day", days::parse(&self.day));
        let minutes = problems.check("time", time_of_day::parse(&self.time));
        let means =
            problems.check("means", Means::from_code(&self.means).ok_or("連絡の方法を選んでください（必須）。"));
        let temperature = problems.check("temperature", Temperature::parse(&self.temperature));
        let spo2 = problems.check("spo2", Spo2::parse(&self.spo2));
        let symptoms = self.answers(set, problems);
        let (temperature, spo2) = (temperature?, spo2?);
        if !self.sure {
            for question in implausible(temperature, spo2) {
                problems
                    .add("sure", format!("{question}まちがいなければ、下の欄に印を付けて、もう一度登録してください。"));
            }
        }
        Some(Telling {
            told_at: Timestamp::start_of(day?) + Duration::minutes(minutes?),
            means: means?,
            report: Report {
                report_id: self.id().unwrap_or_else(Uuid::now_v7),
                person_id: case_id,
                temperature: temperature.tenths(),
                spo2: spo2.map(Spo2::percent),
                symptom_set_version: set.version,
                symptoms,
                emergency_signs: self.signs.clone(),
                note: self.note.clone(),
                asked_on: None,
            },
        })
    }

    /// すべて無 answers what is left open, and contradicts nothing.
    fn answers(&self, set: &SymptomSet, problems: &mut Problems) -> Answers {
        let mut answers = Answers::new();
        for symptom in &set.symptoms {
            let given = self.symptoms.get(&symptom.key).map_or("", String::as_str);
            match Answer::ALL.into_iter().find(|answer| answer.code() == given) {
                Some(answer) => {
                    answers.insert(symptom.key.clone(), answer);
                }
                None if self.all_no => {
                    answers.insert(symptom.key.clone(), Answer::No);
                }
                None => problems.add(
                    &format!("{SYMPTOM}{}", symptom.key),
                    format!("「{}」の有無を選んでください。", symptom.label),
                ),
            }
        }
        if self.all_no && answers.values().any(|answer| *answer != Answer::No) {
            problems.add("all_no", "「すべて無」と、有・不明の症状の両方が選ばれています。どちらかを直してください。");
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::samples::texts;
    use hersys_shared::symptoms::CaseKind;

    fn typed(changes: &[(&str, &str)]) -> Typed {
        let usual = [
            ("report_id", "00000000-0000-0000-0000-000000000007"),
            ("day", "2022/8/1"),
            ("time", "午後2時半"),
            ("means", "phone"),
            ("temperature", "387"),
            ("spo2", "９３"),
            ("all_no", "on"),
        ];
        let fields = usual.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Typed::of(fields.collect())
    }

    fn read(typed: &Typed) -> (Option<Telling>, Vec<String>) {
        let texts = texts();
        let mut problems = Problems::default();
        let telling = typed.read(Uuid::from_u128(1), texts.current_set(CaseKind::Patient).unwrap(), &mut problems);
        (telling, problems.0.into_iter().map(|problem| problem.field).collect())
    }

    #[test]
    fn obs_06_a_report_is_read_as_people_type_it() {
        let (telling, problems) = read(&typed(&[]));
        let telling = telling.unwrap();
        assert!(problems.is_empty());
        assert_eq!((telling.report.temperature, telling.report.spo2), (387, Some(93)));
        assert_eq!(telling.told_at.minute_text(), "2022-08-01 14:30");
        assert_eq!(telling.report.symptoms.len(), 9);
        assert!(telling.report.symptoms.values().all(|answer| *answer == Answer::No));
    }

    #[test]
    fn all_no_contradicts_nothing() {
        assert_eq!(read(&typed(&[("symptom_cough", "no")])).1, Vec::<String>::new());
        assert_eq!(read(&typed(&[("symptom_cough", "yes")])).1, ["all_no"]);
        let mut open = typed(&[("symptom_cough", "yes")]);
        open.all_no = false;
        assert_eq!(read(&open).1.len(), 8, "each that was left open is named");
    }

    #[test]
    fn a_rare_value_is_asked_back_once() {
        assert_eq!(read(&typed(&[("temperature", "34.2")])).1, ["sure"]);
        assert_eq!(read(&typed(&[("temperature", "34.2"), ("sure", "on")])).1, Vec::<String>::new());
    }

    #[test]
    fn each_wrong_field_is_named() {
        let wrong =
            typed(&[("day", "x"), ("time", "25:00"), ("means", "smoke"), ("temperature", "3650"), ("spo2", "12")]);
        assert_eq!(read(&wrong).1, ["day", "time", "means", "temperature", "spo2"]);
    }
}
