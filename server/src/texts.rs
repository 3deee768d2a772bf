//! Texts and tables that an operator can replace: each ships with the program and is overridden by
//! a file of the same name in the texts folder.

use std::path::Path;

use hersys_shared::api::{EmergencyText, HelpText, ReportForm};
use hersys_shared::recovery::RecoverySets;
use hersys_shared::symptoms::{CaseKind, EmergencySign, SymptomSet};
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::config::ConfigError;
use crate::info::Documents;
use crate::messages::Catalogue;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../assets/tables"]
struct Shipped;

/// `symptoms.json`: symptom sets and emergency signs. Older versions of a set stay in the list, so
/// that reports which answered them keep their labels.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SymptomFile {
    sets: Vec<SymptomSet>,
    emergency_signs: Vec<EmergencySign>,
}

/// `report.json`: the texts around a report.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportFile {
    emergency: EmergencyText,
    after_report: Vec<String>,
    #[serde(default)]
    help: Vec<HelpText>,
}

/// What patients are asked and told, and the pages around the system.
#[derive(Debug, Clone)]
pub struct Texts {
    /// All versions of all sets.
    pub symptom_sets: Vec<SymptomSet>,
    pub emergency_signs: Vec<EmergencySign>,
    pub form: ReportForm,
    /// The rules by which periods of observation are computed.
    pub recovery: RecoverySets,
    /// The pages around the system.
    pub documents: Documents,
    /// What requests to report say.
    pub messages: Catalogue,
}

impl Texts {
    /// Reads the shipped files, each replaced by one of the same name in `folder` if there is one.
    pub fn load(folder: &Path) -> Result<Self, ConfigError> {
        let symptoms: SymptomFile = read(folder, "symptoms.json")?;
        let report: ReportFile = read(folder, "report.json")?;
        let current = |kind| {
            symptoms
                .sets
                .iter()
                .filter(|set| set.kind == kind)
                .max_by_key(|set| set.version)
                .cloned()
                .ok_or_else(|| wrong("symptoms.json", "needs a set for each kind"))
        };
        let form = ReportForm {
            symptom_sets: vec![current(CaseKind::Patient)?, current(CaseKind::Contact)?],
            emergency_signs: symptoms.emergency_signs.clone(),
            emergency: report.emergency,
            after_report: report.after_report,
            help: report.help,
        };
        let recovery: RecoverySets = read(folder, "recovery.json")?;
        if let Some(problem) = recovery.check().0.first() {
            return Err(wrong("recovery.json", format!("{}: {}", problem.field, problem.message)));
        }
        let documents = Documents::load(folder)?;
        let messages = Catalogue::load(folder)?;
        Ok(Self {
            symptom_sets: symptoms.sets,
            emergency_signs: symptoms.emergency_signs,
            form,
            recovery,
            documents,
            messages,
        })
    }

    /// The versions of the set for a kind of person.
    pub fn sets_of(&self, kind: CaseKind) -> impl Iterator<Item = &SymptomSet> {
        self.symptom_sets.iter().filter(move |set| set.kind == kind)
    }

    /// The set in force for a kind of person.
    pub fn current_set(&self, kind: CaseKind) -> Option<&SymptomSet> {
        self.form.symptom_sets.iter().find(|set| set.kind == kind)
    }
}

fn wrong(name: &str, problem: impl std::fmt::Display) -> ConfigError {
    ConfigError::new("HERSYS_TEXTS_DIR", format!("{name}: {problem}"))
}

fn read<T: for<'de> Deserialize<'de>>(folder: &Path, name: &str) -> Result<T, ConfigError> {
    let bytes = match std::fs::read(folder.join(name)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Shipped::get(name).ok_or_else(|| wrong(name, "is missing"))?.data.into_owned()
        }
        Err(error) => return Err(wrong(name, error)),
    };
    serde_json::from_slice(&bytes).map_err(|error| wrong(name, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_an_operator_count_and_wrong_ones_are_refused_by_name() {
        let folder = std::env::temp_dir().join(format!("hersys-texts-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).unwrap();
        let rules = |days: u16| {
            let rule = format!(r#"{{ "general": {{ "kind": "days", "days": {days} }} }}"#);
            format!(
                r#"[{{ "from": "2020-01-01", "source": "県", "contacts": {rule},
                      "patients": {{ "symptomatic": {rule}, "asymptomatic": {rule} }} }}]"#
            )
        };
        std::fs::write(folder.join("recovery.json"), rules(9)).unwrap();
        assert_eq!(Texts::load(&folder).unwrap().recovery.0.len(), 1);
        std::fs::write(folder.join("recovery.json"), rules(0)).unwrap();
        let refused = Texts::load(&folder).unwrap_err().to_string();
        assert!(
            refused.contains("recovery.json: sets.0.patients.symptomatic.general.days: 日数は1から60"),
            "{refused}"
        );
        std::fs::write(folder.join("recovery.json"), "[{}]").unwrap();
        assert!(Texts::load(&folder).unwrap_err().to_string().contains("recovery.json"));
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(Texts::load(Path::new("/nonexistent")).unwrap().recovery, RecoverySets::standard());
    }

    #[test]
    fn obs_02_obs_03_four_symptoms_for_contacts_nine_for_patients() {
        let texts = Texts::load(Path::new("/nonexistent")).unwrap();
        let count = |kind| texts.current_set(kind).unwrap().symptoms.len();
        assert_eq!((count(CaseKind::Contact), count(CaseKind::Patient)), (4, 9));
        assert_eq!(texts.emergency_signs.len(), 13);
    }
}
