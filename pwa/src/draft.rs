//! A report while it is being filled in.

use std::collections::BTreeSet;

use hersys_shared::api::Report;
use hersys_shared::symptoms::{Answer, Answers, SymptomSet};
use hersys_shared::{Problems, Spo2, Temperature};
use uuid::Uuid;

use crate::texts;

/// From more unanswered symptoms on, naming each helps nobody.
const MANY: usize = 2;

/// What has been typed and tapped for one person. Never leaves memory but as a [`Report`].
#[derive(Clone, PartialEq)]
pub struct Draft {
    /// Made when the form is opened, so that every repetition of the sending carries the same; other values than
    /// the confirmed ones are another report.
    pub report_id: Uuid,
    pub temperature: String,
    pub spo2: String,
    /// なし: there is no oximeter at hand.
    pub no_oximeter: bool,
    pub answers: Answers,
    pub signs: BTreeSet<String>,
    pub note: String,
    /// Rare values were asked back once and meant (MY-18).
    pub rare_values_meant: bool,
    /// What is to be known before it is sent.
    pub remark: Option<&'static str>,
}

impl Draft {
    pub fn new(report_id: Uuid) -> Self {
        Self {
            report_id,
            temperature: String::new(),
            spo2: String::new(),
            no_oximeter: false,
            answers: Answers::new(),
            signs: BTreeSet::new(),
            note: String::new(),
            rare_values_meant: false,
            remark: None,
        }
    }

    /// Whether anything would be lost with it.
    pub fn is_touched(&self) -> bool {
        *self != Self::new(self.report_id)
    }

    /// Another value may be rare in its own right, so that it is asked about anew.
    pub fn set_temperature(&mut self, typed: String) {
        self.temperature = typed;
        self.rare_values_meant = false;
    }

    pub fn set_spo2(&mut self, typed: String) {
        self.spo2 = typed;
        self.rare_values_meant = false;
    }

    /// すべて無
    pub fn answer_all(&mut self, set: &SymptomSet, answer: Answer) {
        self.answers.clear();
        for symptom in &set.symptoms {
            self.answers.insert(symptom.key.clone(), answer);
        }
    }

    pub fn tick(&mut self, sign: &str, ticked: bool) {
        if ticked {
            self.signs.insert(sign.to_owned());
        } else {
            self.signs.remove(sign);
        }
    }

    /// The report as it would be sent, or what is wrong with which field.
    /// The problem of an unanswered symptom bears the symptom's key, so that it stands beside its
    /// row; many of them are said in one sentence.
    pub fn report(&self, person_id: Uuid, set: &SymptomSet) -> Result<Report, Problems> {
        let mut problems = Problems::default();
        let temperature = problems.check("temperature", Temperature::parse(&self.temperature));
        let typed = if self.no_oximeter { "" } else { &*self.spo2 };
        let spo2 = problems.check("spo2", Spo2::parse(typed));
        let unanswered: Vec<_> =
            set.symptoms.iter().filter(|symptom| !self.answers.contains_key(&symptom.key)).collect();
        if unanswered.len() > MANY {
            problems.add("symptoms", texts::report::unanswered_many(unanswered.len()));
        } else {
            for symptom in unanswered {
                problems.add(&symptom.key, texts::report::unanswered(&symptom.label));
            }
        }
        let (Some(temperature), Some(spo2), true) = (temperature, spo2, problems.is_empty()) else {
            return Err(problems);
        };
        let report = Report {
            report_id: self.report_id,
            person_id,
            temperature: temperature.tenths(),
            spo2: spo2.map(Spo2::percent),
            symptom_set_version: set.version,
            symptoms: self.answers_to(set),
            emergency_signs: self.signs.iter().cloned().collect(),
            note: self.note.trim().to_owned(),
            asked_on: None,
        };
        report.clone().check()?;
        Ok(report)
    }

    /// Answers to another version of the set stay behind.
    fn answers_to(&self, set: &SymptomSet) -> Answers {
        let mut answers = self.answers.clone();
        answers.retain(|key, _| set.symptoms.iter().any(|symptom| symptom.key == *key));
        answers
    }

    /// The questions to ask back once, none when they were answered before.
    pub fn rare_values(&self) -> Vec<String> {
        if self.rare_values_meant {
            return Vec::new();
        }
        let spo2 = if self.no_oximeter { "" } else { &*self.spo2 };
        match (Temperature::parse(&self.temperature), Spo2::parse(spo2)) {
            (Ok(temperature), Ok(spo2)) => hersys_shared::report::implausible(temperature, spo2),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use hersys_shared::symptoms::{CaseKind, Symptom};

    pub fn set() -> SymptomSet {
        let symptom = |key: &str, label: &str| Symptom { key: key.into(), label: label.into() };
        SymptomSet {
            kind: CaseKind::Contact,
            version: 3,
            symptoms: vec![symptom("cough", "咳"), symptom("fatigue", "倦怠感")],
        }
    }

    fn filled() -> Draft {
        let mut draft = Draft::new(Uuid::from_u128(9));
        draft.temperature = "36.5".into();
        draft.answer_all(&set(), Answer::No);
        draft
    }

    #[test]
    fn my_18_an_empty_form_names_every_field_that_is_missing() {
        let draft = Draft::new(Uuid::from_u128(9));
        assert!(!draft.is_touched());
        let problems = draft.report(Uuid::from_u128(1), &set()).unwrap_err();
        for field in ["temperature", "cough", "fatigue"] {
            assert!(problems.of(field).is_some(), "{field}");
        }
        assert!(problems.of("spo2").is_none(), "an oximeter is not asked of anybody");
    }

    #[test]
    fn my_18_many_unanswered_symptoms_are_one_sentence() {
        let mut set = set();
        set.symptoms.extend(set.symptoms.clone());
        let problems = Draft::new(Uuid::from_u128(9)).report(Uuid::from_u128(1), &set);
        let problems = problems.unwrap_err();
        assert!(problems.of("symptoms").is_some() && problems.of("cough").is_none());
    }

    #[test]
    fn my_18_what_was_filled_in_becomes_the_report() {
        let mut draft = filled();
        draft.spo2 = "97".into();
        draft.answers.insert("of_an_older_set".into(), Answer::Yes);
        draft.tick("blue_lips", true);
        draft.tick("chest_pain", true);
        draft.tick("chest_pain", false);
        draft.note = " 昨夜から。 ".into();
        let report = draft.report(Uuid::from_u128(1), &set()).unwrap();
        assert_eq!((report.temperature, report.spo2, report.symptom_set_version), (365, Some(97), 3));
        assert_eq!(report.report_id, Uuid::from_u128(9));
        assert_eq!(set().check(&report.symptoms), Ok(()));
        assert_eq!(report.emergency_signs, ["blue_lips"]);
        assert_eq!(report.note, "昨夜から。");
    }

    #[test]
    fn my_18_without_an_oximeter_nothing_is_sent_for_it() {
        let mut draft = filled();
        draft.spo2 = "9".into();
        assert!(draft.report(Uuid::from_u128(1), &set()).is_err());
        draft.no_oximeter = true;
        let report = draft.report(Uuid::from_u128(1), &set());
        assert_eq!(report.map(|report| report.spo2), Ok(None));
    }

    #[test]
    fn my_18_rare_values_are_asked_back_once() {
        let mut draft = filled();
        assert_eq!(draft.rare_values().len(), 0);
        draft.set_temperature("34.5".into());
        assert_eq!(draft.rare_values().len(), 1);
        draft.rare_values_meant = true;
        assert_eq!(draft.rare_values().len(), 0);
        draft.set_temperature("42.0".into());
        assert_eq!(draft.rare_values().len(), 1);
    }

    #[test]
    fn my_18_a_note_that_is_too_long_is_named() {
        let mut draft = filled();
        draft.note = "あ".repeat(1001);
        let problems = draft.report(Uuid::from_u128(1), &set()).unwrap_err();
        assert!(problems.of("note").is_some());
    }
}
