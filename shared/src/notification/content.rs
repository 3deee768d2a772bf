//! What a notification says: the values of its items, under one edition of the form.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::Date;

use crate::age::Age;
use crate::notification::items::{ITEMS, Item, TESTS};
use crate::notification::{DiagnosisType, Edition};
use crate::values::Values;

/// One version of a notification. Values are in the normal form that [`super::check`] gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub edition: Edition,
    pub values: Values,
}

impl Content {
    pub fn diagnosis_type(&self) -> Option<DiagnosisType> {
        DiagnosisType::from_code(self.values.get("diagnosis_type"))
    }

    /// 5 診断時の年齢: on the day of the diagnosis, or of the report where that is not asked for.
    pub fn age_at_diagnosis(&self) -> Option<Age> {
        let day = self.diagnosed_on()?;
        Age::on(day, self.values.date("birth_on")?)
    }

    /// The day of the diagnosis, or of the report where that is not asked for.
    pub fn diagnosed_on(&self) -> Option<Date> {
        self.values.date("diagnosed_on").or(self.values.date("reported_on"))
    }

    /// みなし陽性: a diagnosis without a test, entered in the trained pattern (FORM-31, C-26).
    pub fn is_clinical_diagnosis(&self) -> bool {
        let values = &self.values;
        self.diagnosis_type() == Some(DiagnosisType::Suspected)
            && ["test1_method", "test1_specimen", "test1_result"].iter().all(|key| values.get(key) == "other")
            && values.date("test1_collected_on").is_some_and(|day| Some(day) == values.date("diagnosed_on"))
            && values.get("remarks").contains("臨床診断")
    }

    /// Whether a body was examined (検案): nobody is asked how they are.
    pub fn is_of_a_body(&self) -> bool {
        self.diagnosis_type().is_some_and(DiagnosisType::is_death)
    }

    /// Whether it may be みなし陽性: a suspected case for which no test by a method of its own is named, in the
    /// trained pattern or short of it. The notice of such a case is the health centre's (FORM-33).
    pub fn names_no_test(&self) -> bool {
        names_no_test(&self.values)
    }

    /// Fills in the trained pattern of a diagnosis without a test (FORM-31).
    pub fn fill_in_clinical_diagnosis(values: &mut Values) {
        values.set("diagnosis_type", DiagnosisType::Suspected.code());
        for key in ["test1_method", "test1_specimen", "test1_result"] {
            values.set(key, "other");
        }
        let diagnosed_on = values.get("diagnosed_on").to_owned();
        values.set("test1_collected_on", diagnosed_on);
        let remarks = values.get("remarks").to_owned();
        if !remarks.contains("臨床診断") {
            values.set(
                "remarks",
                if remarks.is_empty() { "臨床診断".to_owned() } else { format!("臨床診断\n{remarks}") },
            );
        }
    }

    /// The items that differ between two versions, in reading order, with both values.
    pub fn changes<'a>(before: &'a Self, after: &'a Self) -> Vec<(&'static Item, &'a str, &'a str)> {
        ITEMS
            .iter()
            .map(|item| (item, before.values.get(item.key), after.values.get(item.key)))
            .filter(|(_, old, new)| old != new)
            .collect()
    }
}

/// [`Content::names_no_test`] for whatever holds the form's items, such as the facts of an episode.
pub fn names_no_test(values: &Values) -> bool {
    let is_none = |test: usize| {
        let [method, result] = ["method", "result"].map(|part| values.get(&format!("test{test}_{part}")));
        method.is_empty() || (method == "other" && ["", "other"].contains(&result))
    };
    DiagnosisType::from_code(values.get("diagnosis_type")) == Some(DiagnosisType::Suspected) && (1..=TESTS).all(is_none)
}

impl Serialize for Edition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Edition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| de::Error::custom("no edition of the form"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_31_c_26_the_pattern_of_a_clinical_diagnosis_is_recognised() {
        let mut values: Values = [("diagnosed_on", "2022-08-01")].into_iter().collect();
        Content::fill_in_clinical_diagnosis(&mut values);
        let content = Content { edition: Edition::Full, values };
        assert!(content.is_clinical_diagnosis());
        // Result その他 of a test whose result is not yet there is another thing.
        let mut waiting = content.clone();
        waiting.values.set("test1_method", "pcr");
        assert!(!waiting.is_clinical_diagnosis() && !waiting.names_no_test());
    }

    #[test]
    fn form_33_a_suspected_case_without_a_test_is_none_of_the_institutions_to_tell() {
        let suspected = |values: &[(&str, &str)]| {
            let values = [("diagnosis_type", "suspected")].into_iter().chain(values.iter().copied()).collect();
            Content { edition: Edition::Seven, values }.names_no_test()
        };
        // The seven items have no tests; the pattern may be short of its remark.
        assert!(suspected(&[]));
        assert!(suspected(&[("test1_method", "other"), ("test1_result", "other")]));
        // FORM-32: a result that is not yet there is that of a test.
        assert!(!suspected(&[("test1_method", "pcr"), ("test1_result", "other")]));
        assert!(!suspected(&[("test1_method", "other"), ("test1_result", "positive")]));
        assert!(!suspected(&[("test2_method", "pcr")]));
        assert!(!suspected(&[("diagnosis_type", "confirmed")]));
    }
}
