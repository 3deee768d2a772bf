//! Symptom sets: data, versioned, one for each kind of person (OBS-01…OBS-04).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The kind of a person's episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum CaseKind {
    /// 感染者等
    Patient,
    /// 濃厚接触者
    Contact,
}

impl CaseKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Contact => "contact",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "patient" => Some(Self::Patient),
            "contact" => Some(Self::Contact),
            _ => None,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Patient => "感染者等",
            Self::Contact => "濃厚接触者",
        }
    }
}

/// One symptom that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Symptom {
    /// Stable key, stored with each report, e.g. `cough`.
    pub key: String,
    /// 咳
    pub label: String,
}

/// What one kind of person is asked for. Each report keeps the version that it answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SymptomSet {
    pub kind: CaseKind,
    pub version: i64,
    pub symptoms: Vec<Symptom>,
}

/// An emergency sign (緊急性の高い症状) under its heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EmergencySign {
    pub key: String,
    /// 表情・外見, 息苦しさ等, 意識障害等
    pub group: String,
    pub label: String,
}

/// 有 / 無 / 不明
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum Answer {
    Yes,
    No,
    Unknown,
}

impl Answer {
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unknown];

    pub fn label(self) -> &'static str {
        match self {
            Self::Yes => "有",
            Self::No => "無",
            Self::Unknown => "不明",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// The answers of one report by symptom key.
pub type Answers = BTreeMap<String, Answer>;

impl SymptomSet {
    /// Whether `answers` answer each symptom of this set and nothing else.
    pub fn check(&self, answers: &Answers) -> Result<(), String> {
        if let Some(missing) = self.symptoms.iter().find(|s| !answers.contains_key(&s.key)) {
            return Err(format!("「{}」の有無を選んでください。", missing.label));
        }
        if answers.len() != self.symptoms.len() {
            return Err("症状の一覧が新しくなりました。画面を読み込み直してください。".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> SymptomSet {
        let symptom = |key: &str| Symptom { key: key.into(), label: key.into() };
        SymptomSet { kind: CaseKind::Contact, version: 1, symptoms: vec![symptom("cough"), symptom("other")] }
    }

    #[test]
    fn my_18_every_symptom_needs_an_answer_and_no_other_is_taken() {
        let mut answers = Answers::from([("cough".into(), Answer::Yes)]);
        assert!(set().check(&answers).is_err());
        answers.insert("other".into(), Answer::Unknown);
        assert_eq!(set().check(&answers), Ok(()));
        answers.insert("surplus".into(), Answer::No);
        assert!(set().check(&answers).is_err());
    }
}
