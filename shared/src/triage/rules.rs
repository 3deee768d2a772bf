//! What a rule can say.

use serde::{Deserialize, Serialize};

use crate::symptoms::CaseKind;

/// How much a hit matters. The order is that of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alert {
    NewSymptom,
    Worse,
    Emergency,
}

impl Alert {
    pub const ALL: [Self; 3] = [Self::NewSymptom, Self::Worse, Self::Emergency];

    pub fn code(self) -> &'static str {
        match self {
            Self::NewSymptom => "new_symptom",
            Self::Worse => "worse",
            Self::Emergency => "emergency",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alert| alert.code() == code)
    }

    /// 1 (new symptom) to 3 (emergency); 0 is left for nothing.
    pub fn rank(self) -> i64 {
        match self {
            Self::NewSymptom => 1,
            Self::Worse => 2,
            Self::Emergency => 3,
        }
    }

    pub fn from_rank(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|alert| alert.rank() == rank)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::NewSymptom => "新しい症状",
            Self::Worse => "悪化",
            Self::Emergency => "緊急",
        }
    }
}

/// When a rule hits. The newest report is judged; what came before is its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Any sign of 緊急性の高い症状.
    // With braces: without fields, serde lets unknown ones pass.
    EmergencySign {},
    /// Oxygen saturation at most so many percent, 50…100.
    Spo2AtMost { percent: i64 },
    /// Against the highest of the hours before (1…168): so many points (1…50) less.
    Spo2Fall { points: i64, hours: i64 },
    /// Tenths of a degree Celsius, 340…430.
    TemperatureAtLeast { tenths: i64 },
    /// The highest of each of so many days (2…14), of which the report's is the last.
    TemperatureLasting { tenths: i64, days: i64 },
    /// Against the lowest of so many days before (1…14): so many tenths (1…90) more.
    TemperatureRise { tenths: i64, days: i64 },
    /// So many of some symptoms are answered with 有.
    SymptomsAtLeast { of: Vec<String>, count: usize },
    /// Of some symptoms (none: of all), one is 有 that was in no report of so many days before (1…14), of which
    /// there was at least one.
    NewSymptom { of: Vec<String>, days: i64 },
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable, kept with each hit.
    pub key: String,
    pub alert: Alert,
    /// 感染者等 or 濃厚接触者 alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<CaseKind>,
    pub when: Condition,
}

/// The rules of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// The hour of the day, 6…22, from which whoever has not reported counts as silent.
    pub report_by: u8,
    pub rules: Vec<Rule>,
}

/// The rules that ship with the program.
const STANDARD: &str = include_str!("standard.json");

impl RuleSet {
    /// The rules that count where nobody wrote others.
    pub fn standard() -> Self {
        // A test reads the file; without rules, silence would still be seen.
        serde_json::from_str(STANDARD).unwrap_or(Self { report_by: 12, rules: Vec::new() })
    }
}

/// `38.5`, from tenths of a degree.
pub(super) fn degrees(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths.rem_euclid(10))
}

impl Rule {
    /// [`Self::sentence`] with how much it matters and for whom it is: `緊急：SpO2が93％以下`.
    pub fn whole_sentence(&self, label: impl Fn(&str) -> String) -> String {
        let only = self.only.map(|only| format!("（{}のみ）", only.label())).unwrap_or_default();
        format!("{}：{}{only}", self.alert.label(), self.sentence(label))
    }

    /// The rule in words, for whoever edits it; `label` gives the words for a symptom's key.
    pub fn sentence(&self, label: impl Fn(&str) -> String) -> String {
        let named = |keys: &[String]| keys.iter().map(|key| label(key)).collect::<Vec<_>>().join("、");
        match &self.when {
            Condition::EmergencySign {} => "緊急性の高い症状が1つでもある".into(),
            Condition::Spo2AtMost { percent } => format!("SpO2が{percent}％以下"),
            Condition::Spo2Fall { points, hours } => {
                format!("SpO2が{hours}時間以内の最高から{points}ポイント以上下がった")
            }
            Condition::TemperatureAtLeast { tenths } => format!("体温が{}℃以上", degrees(*tenths)),
            Condition::TemperatureLasting { tenths, days } => {
                format!("体温が{}℃以上の日が{days}日続いている", degrees(*tenths))
            }
            Condition::TemperatureRise { tenths, days } => {
                format!("体温が{days}日以内の最低から{}℃以上上がった", degrees(*tenths))
            }
            Condition::SymptomsAtLeast { of, count } if *count >= of.len() => format!("症状：{}", named(of)),
            Condition::SymptomsAtLeast { of, count } => format!("次のうち{count}つ以上：{}", named(of)),
            Condition::NewSymptom { of, days } if of.is_empty() => format!("{days}日以内になかった症状がある"),
            Condition::NewSymptom { of, days } => format!("{days}日以内になかった症状がある：{}", named(of)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_rules_are_read_and_pass_their_own_check() {
        let standard: RuleSet = serde_json::from_str(STANDARD).unwrap();
        assert_eq!(standard, RuleSet::standard());
        assert!(standard.check(|_| true).is_empty());
        assert!(standard.rules.len() > 5);
        let again: RuleSet = serde_json::from_str(&serde_json::to_string(&standard).unwrap()).unwrap();
        assert_eq!(again, standard);
    }

    #[test]
    fn what_no_rule_has_is_refused() {
        for json in [r#"{"kind":"emergency_sign","percent":93}"#, r#"{"kind":"spo2_at_most","percent":93,"x":1}"#] {
            assert!(serde_json::from_str::<Condition>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn alerts_keep_their_codes_and_ranks() {
        for alert in Alert::ALL {
            assert_eq!(Alert::from_code(alert.code()), Some(alert));
            assert_eq!(Alert::from_rank(alert.rank()), Some(alert));
        }
        assert!(Alert::Emergency > Alert::Worse && Alert::Worse > Alert::NewSymptom);
    }

    #[test]
    fn a_rule_says_what_it_means() {
        let rule = |when| Rule { key: "r".into(), alert: Alert::Worse, only: None, when };
        let say = |when| rule(when).sentence(|key| format!("〈{key}〉"));
        assert_eq!(say(Condition::TemperatureRise { tenths: 10, days: 2 }), "体温が2日以内の最低から1.0℃以上上がった");
        assert_eq!(
            say(Condition::SymptomsAtLeast { of: vec!["a".into(), "b".into()], count: 1 }),
            "次のうち1つ以上：〈a〉、〈b〉"
        );
    }
}
