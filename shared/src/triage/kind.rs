//! The sorts of conditions, as they are offered to whoever writes rules.

use crate::triage::Condition;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    EmergencySign,
    Spo2AtMost,
    Spo2Fall,
    TemperatureAtLeast,
    TemperatureLasting,
    TemperatureRise,
    SymptomsAtLeast,
    NewSymptom,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::EmergencySign,
        Self::Spo2AtMost,
        Self::Spo2Fall,
        Self::TemperatureAtLeast,
        Self::TemperatureLasting,
        Self::TemperatureRise,
        Self::SymptomsAtLeast,
        Self::NewSymptom,
    ];

    pub fn of(condition: &Condition) -> Self {
        match condition {
            Condition::EmergencySign {} => Self::EmergencySign,
            Condition::Spo2AtMost { .. } => Self::Spo2AtMost,
            Condition::Spo2Fall { .. } => Self::Spo2Fall,
            Condition::TemperatureAtLeast { .. } => Self::TemperatureAtLeast,
            Condition::TemperatureLasting { .. } => Self::TemperatureLasting,
            Condition::TemperatureRise { .. } => Self::TemperatureRise,
            Condition::SymptomsAtLeast { .. } => Self::SymptomsAtLeast,
            Condition::NewSymptom { .. } => Self::NewSymptom,
        }
    }

    /// As rules are stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::EmergencySign => "emergency_sign",
            Self::Spo2AtMost => "spo2_at_most",
            Self::Spo2Fall => "spo2_fall",
            Self::TemperatureAtLeast => "temperature_at_least",
            Self::TemperatureLasting => "temperature_lasting",
            Self::TemperatureRise => "temperature_rise",
            Self::SymptomsAtLeast => "symptoms_at_least",
            Self::NewSymptom => "new_symptom",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::EmergencySign => "緊急性の高い症状がある",
            Self::Spo2AtMost => "SpO2が一定の値以下",
            Self::Spo2Fall => "SpO2が下がった",
            Self::TemperatureAtLeast => "体温が一定の値以上",
            Self::TemperatureLasting => "熱が続いている",
            Self::TemperatureRise => "体温が上がった",
            Self::SymptomsAtLeast => "選んだ症状が一定の数以上ある",
            Self::NewSymptom => "新しい症状がある",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_what_is_stored() {
        let of = [
            Condition::EmergencySign {},
            Condition::Spo2AtMost { percent: 93 },
            Condition::Spo2Fall { points: 3, hours: 24 },
            Condition::TemperatureAtLeast { tenths: 385 },
            Condition::TemperatureLasting { tenths: 375, days: 4 },
            Condition::TemperatureRise { tenths: 10, days: 2 },
            Condition::SymptomsAtLeast { of: vec![], count: 1 },
            Condition::NewSymptom { of: vec![], days: 3 },
        ];
        for (kind, condition) in Kind::ALL.into_iter().zip(&of) {
            assert_eq!(Kind::of(condition), kind);
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
            assert_eq!(serde_json::to_value(condition).unwrap()["kind"], kind.code());
        }
    }
}
