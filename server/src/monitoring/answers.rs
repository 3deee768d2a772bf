//! What the keys of a report mean: a report keeps the version of the symptom set that it answered,
//! and its labels come from that version.

use hersys_shared::symptoms::{Answer, CaseKind, SymptomSet};

use crate::monitoring::intake::Source;
use crate::monitoring::store::Observation;
use crate::texts::Texts;

/// The set that a report answered. Somebody who was a contact and fell ill has reports of both
/// kinds (OBS-01); which one is told by its keys, the person's present kind going first.
pub fn set_of<'t>(texts: &'t Texts, kind: CaseKind, report: &Observation) -> Option<&'t SymptomSet> {
    let known =
        |set: &&SymptomSet| report.symptoms.keys().all(|key| set.symptoms.iter().any(|symptom| symptom.key == *key));
    let answered = || texts.symptom_sets.iter().filter(|set| set.version == report.symptom_set_version);
    let exact = |set: &&SymptomSet| known(set) && set.symptoms.len() == report.symptoms.len();
    let of_kind = |set: &&SymptomSet| set.kind == kind;
    answered()
        .filter(exact)
        .find(of_kind)
        .or_else(|| answered().find(exact))
        .or_else(|| answered().filter(known).find(of_kind))
        .or_else(|| answered().find(known))
        .or_else(|| answered().find(of_kind))
}

/// A symptom's label; a key that no table knows any more stands for itself.
pub fn symptom_label<'a>(set: Option<&'a SymptomSet>, key: &'a str) -> &'a str {
    set.and_then(|set| set.symptoms.iter().find(|symptom| symptom.key == key)).map_or(key, |symptom| &symptom.label)
}

/// The labels of the symptoms with one answer, in the order of the set; keys that it does not know last.
pub fn labels_of<'a>(set: Option<&'a SymptomSet>, report: &'a Observation, answer: Answer) -> Vec<&'a str> {
    let place = |key: &str| {
        set.and_then(|set| set.symptoms.iter().position(|symptom| symptom.key == key)).unwrap_or(usize::MAX)
    };
    let mut keys: Vec<&str> =
        report.symptoms.iter().filter(|(_, given)| **given == answer).map(|(key, _)| key.as_str()).collect();
    keys.sort_by_key(|key| place(key));
    keys.into_iter().map(|key| symptom_label(set, key)).collect()
}

/// The labels of a report's emergency signs.
pub fn sign_labels<'a>(texts: &'a Texts, report: &'a Observation) -> Vec<&'a str> {
    let label = |key: &'a String| {
        texts.emergency_signs.iter().find(|sign| sign.key == *key).map_or(key.as_str(), |sign| &sign.label)
    };
    report.emergency_signs.iter().map(label).collect()
}

/// The way in which a report came (OBS-06), as the legend explains it.
pub fn source_explained(source: Source) -> &'static str {
    match source {
        Source::Patient => "本人（My HER-SYS）",
        source => source_label(source),
    }
}

/// The way in which a report came.
pub fn source_label(source: Source) -> &'static str {
    match source {
        Source::Patient => "本人",
        Source::CallOut => "自動架電",
        Source::CallIn => "健康コール",
        Source::Staff => "職員",
        Source::Institution => "医療機関",
    }
}

/// The same as one letter, for the graph.
pub fn source_letter(source: Source) -> &'static str {
    match source {
        Source::Patient => "本",
        Source::CallOut => "電",
        Source::CallIn => "コ",
        Source::Staff => "職",
        Source::Institution => "医",
    }
}

/// `38.2`, from tenths of a degree.
pub fn degrees(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// What an oxygen saturation alone says about severity (診療の手引き).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Mild,
    ModerateOne,
    ModerateTwo,
}

impl Severity {
    pub fn of_spo2(percent: i64) -> Self {
        match percent {
            96.. => Self::Mild,
            94..96 => Self::ModerateOne,
            _ => Self::ModerateTwo,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Mild => "軽症",
            Self::ModerateOne => "中等症I",
            Self::ModerateTwo => "中等症II",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::samples::{report, texts};

    #[test]
    fn obs_01_a_report_is_read_with_the_set_that_it_answered() {
        let texts = texts();
        let as_contact = report(1, 8, |report| {
            report.symptoms = [
                ("cough", Answer::Yes),
                ("breathlessness", Answer::No),
                ("fatigue", Answer::No),
                ("other", Answer::No),
            ]
            .into_iter()
            .map(|(key, answer)| (key.to_owned(), answer))
            .collect();
        });
        assert_eq!(set_of(&texts, CaseKind::Patient, &as_contact).map(|set| set.kind), Some(CaseKind::Contact));
        let as_patient = report(2, 8, |_| {});
        assert_eq!(set_of(&texts, CaseKind::Patient, &as_patient).map(|set| set.kind), Some(CaseKind::Patient));
    }

    #[test]
    fn keys_that_no_table_knows_stand_for_themselves() {
        let texts = texts();
        let old = report(1, 8, |report| {
            report.symptom_set_version = 99;
            report.symptoms = [("taste".to_owned(), Answer::Yes)].into();
            report.emergency_signs = vec!["gone".into(), "chest_pain".into()];
        });
        let set = set_of(&texts, CaseKind::Patient, &old);
        assert_eq!(set, None);
        assert_eq!(labels_of(set, &old, Answer::Yes), ["taste"]);
        assert_eq!(sign_labels(&texts, &old), ["gone", "胸の痛みがある"]);
    }

    #[test]
    fn severity_follows_the_limits_of_the_guide() {
        let labels: Vec<&str> = [100, 96, 95, 94, 93, 50].map(|percent| Severity::of_spo2(percent).label()).to_vec();
        assert_eq!(labels, ["軽症", "軽症", "中等症I", "中等症I", "中等症II", "中等症II"]);
    }
}
