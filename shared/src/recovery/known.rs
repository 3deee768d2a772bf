//! What is known of a person, from where it is kept: the episode and the latest notification.

use time::Date;

use crate::episode::Episode;
use crate::notification::{Content, DiagnosisType};
use crate::recovery::Facts;
use crate::symptoms::CaseKind;
use crate::values::Values;

/// An item that a health centre writes on the page of the period. Its home is the episode, under `key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    pub key: &'static str,
    pub label: &'static str,
    pub is_day: bool,
    /// Of whom it is asked; of everybody where it is none.
    pub of: Option<CaseKind>,
}

const fn day(key: &'static str, label: &'static str, of: Option<CaseKind>) -> Item {
    Item { key, label, is_day: true, of }
}

const fn mark(key: &'static str, label: &'static str, of: Option<CaseKind>) -> Item {
    Item { key, label, is_day: false, of }
}

/// `yes` or `no`
const HAS_SYMPTOMS: &str = "has_symptoms";
/// A test that a centre knows of, whatever the tests of the notification were.
const POSITIVE: &str = "positive_collected_on";
const NEGATIVE: [&str; 3] = ["negative1_on", "negative2_on", "negative3_on"];

/// The items in the order of the page. 発症日 is shared with 発生届.
pub const ITEMS: &[Item] = &[
    day("last_contact_on", "最終接触日", Some(CaseKind::Contact)),
    mark("is_household", "同居", Some(CaseKind::Contact)),
    mark(HAS_SYMPTOMS, "症状の有無", None),
    day("onset_on", "発症日", None),
    day(POSITIVE, "検体採取日（陽性の検査）", Some(CaseKind::Patient)),
    day("relieved_on", "症状軽快日", Some(CaseKind::Patient)),
    day(NEGATIVE[0], "陰性の検査の検体採取日 1回目", None),
    day(NEGATIVE[1], "陰性の検査の検体採取日 2回目", None),
    day(NEGATIVE[2], "陰性の検査の検体採取日 3回目", None),
    mark("in_care_facility", "高齢者施設などに入所中", Some(CaseKind::Patient)),
];

/// The item of a key.
pub fn item(key: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| item.key == key)
}

/// The tests of a notification beside the first, whose home is the episode.
const OTHER_TESTS: [(&str, &str); 3] = [
    ("test2_result", "test2_collected_on"),
    ("test3_result", "test3_collected_on"),
    ("test4_result", "test4_collected_on"),
];

/// What is known of a person of `kind`; `notification` is the latest one. What a centre wrote of the symptoms counts
/// before what the notification said of them.
pub fn known(kind: CaseKind, episode: &Episode, notification: Option<&Content>) -> Facts {
    let values = &episode.0;
    let none = Values::default();
    let notified = notification.map_or(&none, |content| &content.values);
    let of_tests = |wanted: &'static str| {
        OTHER_TESTS
            .into_iter()
            .filter(move |(result, _)| notified.get(result) == wanted)
            .filter_map(|(_, collected_on)| notified.date(collected_on))
    };
    let first = values.date("test1_collected_on");
    let first_is_negative = values.get("test1_result") == "negative";
    let notified_positive = first.filter(|_| !first_is_negative).into_iter().chain(of_tests("positive"));
    let negative = first.filter(|_| first_is_negative).into_iter().chain(of_tests("negative"));
    let written = NEGATIVE.into_iter().filter_map(|key| values.date(key));
    let mut negative_tests_on: Vec<Date> = negative.chain(written).collect();
    negative_tests_on.sort_unstable();
    negative_tests_on.dedup();
    Facts {
        kind,
        onset_on: episode.onset_on(),
        has_symptoms: match values.get(HAS_SYMPTOMS) {
            "yes" => Some(true),
            "no" => Some(false),
            _ => notification.and_then(has_symptoms),
        },
        collected_on: values.date(POSITIVE).or(notified_positive.min()),
        relieved_on: values.date("relieved_on"),
        negative_tests_on,
        diagnosed_on: episode.diagnosed_on(),
        reported_on: episode.reported_on(),
        last_contact_on: values.date("last_contact_on"),
        is_household_contact: values.is_yes("is_household"),
        in_facility: episode.is_admitted() || values.is_yes("in_care_facility"),
    }
}

/// What a notification says of symptoms; none where it does not.
fn has_symptoms(content: &Content) -> Option<bool> {
    let any = content.values.iter().any(|(key, value)| key.starts_with("symptom_") && value == "yes");
    if any {
        return Some(true);
    }
    (content.diagnosis_type() == Some(DiagnosisType::Asymptomatic)).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notification::Edition;
    use time::macros::date;

    fn values(items: &[(&str, &str)]) -> Values {
        items.iter().copied().collect()
    }

    fn of(kind: CaseKind, episode: &[(&str, &str)], notified: Option<&[(&str, &str)]>) -> Facts {
        let content = notified.map(|items| Content { edition: Edition::Full, values: values(items) });
        known(kind, &Episode(values(episode)), content.as_ref())
    }

    #[test]
    fn ref_01_every_item_has_its_own_key_and_none_is_another_tabs_mark() {
        let keys: std::collections::HashSet<&str> = ITEMS.iter().map(|item| item.key).collect();
        assert_eq!(keys.len(), ITEMS.len());
        assert_eq!(item("onset_on").map(|item| item.label), Some("発症日"));
    }

    #[test]
    fn symptoms_are_those_that_a_centre_wrote_else_those_of_the_notification() {
        let asymptomatic = Some(&[("diagnosis_type", "asymptomatic")][..]);
        let ill = Some(&[("diagnosis_type", "confirmed"), ("symptom_cough", "yes")][..]);
        let patient = CaseKind::Patient;
        assert_eq!(of(patient, &[], None).has_symptoms, None);
        assert_eq!(of(patient, &[], Some(&[("diagnosis_type", "confirmed")])).has_symptoms, None);
        assert_eq!(of(patient, &[], ill).has_symptoms, Some(true));
        assert_eq!(of(patient, &[], asymptomatic).has_symptoms, Some(false));
        assert_eq!(of(patient, &[("has_symptoms", "yes")], asymptomatic).has_symptoms, Some(true));
        assert_eq!(of(patient, &[("has_symptoms", "no")], ill).has_symptoms, Some(false));
    }

    #[test]
    fn the_first_positive_specimen_counts_and_negative_ones_from_wherever_they_are_written() {
        let notified = [
            ("test2_result", "positive"),
            ("test2_collected_on", "2022-07-30"),
            ("test3_result", "negative"),
            ("test3_collected_on", "2022-08-09"),
            ("test4_result", "other"),
            ("test4_collected_on", "2022-07-01"),
        ];
        let episode =
            [("test1_collected_on", "2022-08-01"), ("negative2_on", "2022-08-07"), ("negative1_on", "2022-08-09")];
        let facts = of(CaseKind::Patient, &episode, Some(&notified));
        assert_eq!(facts.collected_on, Some(date!(2022 - 07 - 30)));
        assert_eq!(facts.negative_tests_on, [date!(2022 - 08 - 07), date!(2022 - 08 - 09)]);
        let negative = [("test1_collected_on", "2022-08-01"), ("test1_result", "negative")];
        let facts = of(CaseKind::Patient, &negative, None);
        assert_eq!((facts.collected_on, facts.negative_tests_on), (None, vec![date!(2022 - 08 - 01)]));
        // A centre's positive test is no second date of the notification's negative one.
        let written = [&negative[..], &[("positive_collected_on", "2022-08-03")]].concat();
        let facts = of(CaseKind::Patient, &written, Some(&notified));
        assert_eq!(facts.collected_on, Some(date!(2022 - 08 - 03)));
        assert_eq!(facts.negative_tests_on, [date!(2022 - 08 - 01), date!(2022 - 08 - 09)]);
    }

    #[test]
    fn hospital_and_facility_are_one_to_the_rules() {
        assert!(of(CaseKind::Patient, &[("admitted", "yes")], None).in_facility);
        assert!(of(CaseKind::Patient, &[("in_care_facility", "yes")], None).in_facility);
        assert!(!of(CaseKind::Patient, &[("admitted", "no")], None).in_facility);
        let contact = of(CaseKind::Contact, &[("last_contact_on", "2022-08-01"), ("is_household", "yes")], None);
        assert!(contact.is_household_contact && contact.last_contact_on == Some(date!(2022 - 08 - 01)));
    }
}
