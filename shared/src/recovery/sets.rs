//! What a rule set can say.

use serde::{Deserialize, Serialize};
use time::Date;

/// How negative tests end a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NegativeTests {
    /// How many, 1…5. Tests of one day count once.
    pub count: u8,
    /// The earliest day of the first one, counted from day 0; 0…60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_day: Option<u16>,
    /// Hours from relief of symptoms to the first one, 1…336.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relief_hours: Option<u16>,
    /// Hours at least between two of them, 1…168; without it they only lie on different days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_apart: Option<u16>,
    /// Days from the last one to the first free day, 0…7: 0 frees on the day of the test itself.
    pub free_after: u8,
}

/// How long a period lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// No legal period: the health centre decides.
    NoPeriod,
    /// Through day N, and until symptoms have been relieved for long enough.
    Days {
        /// N, 1…60.
        days: u16,
        /// Hours since relief of symptoms that must have passed too, 1…336.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        relief_hours: Option<u16>,
        /// Care against infection (感染予防行動の徹底) goes on through this day from day 0, N…90.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        care_days: Option<u16>,
        /// What ends the period earlier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tests: Option<NegativeTests>,
    },
    /// Of no fixed length: only negative tests end it.
    Tests { tests: NegativeTests },
}

/// A rule, and the other one for those in a special place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variants {
    pub general: Rule,
    /// In hospital or living in a facility for the elderly; without it, `general`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_facility: Option<Rule>,
}

/// The rules for the infected (感染者等); a missing one stays as in the set before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientRules {
    /// Counted from onset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symptomatic: Option<Variants>,
    /// Counted from sampling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asymptomatic: Option<Variants>,
}

/// The rules for contacts (濃厚接触者), counted from the last contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactRules {
    pub general: Rule,
    /// For those of the same household (同居); without it, `general`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<Rule>,
}

/// What changed on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoverySet {
    /// The first day on which it counts.
    #[serde(with = "crate::days::iso_serde")]
    pub from: Date,
    /// Where it was published.
    pub source: String,
    #[serde(default)]
    pub patients: PatientRules,
    /// Missing: as in the set before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<ContactRules>,
}

/// All sets, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecoverySets(pub Vec<RecoverySet>);

/// The sets that ship with the program, where an operator finds them to replace.
#[cfg(feature = "server")]
const STANDARD: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/tables/recovery.json"));

impl RecoverySets {
    /// The sets that count where nobody wrote others.
    #[cfg(feature = "server")]
    pub fn standard() -> Self {
        // A test reads the file; without sets, each period is left to the health centre.
        serde_json::from_str(STANDARD).unwrap_or_default()
    }

    /// Without the sets that leave every period to the health centre: for trainings long after the law's periods ended.
    pub fn with_periods(mut self) -> Self {
        let has_period = |rule: &Rule| *rule != Rule::NoPeriod;
        self.0.retain(|set| {
            let patients = [set.patients.symptomatic, set.patients.asymptomatic];
            let general = patients.iter().flatten().map(|rules| rules.general);
            general.chain(set.contacts.map(|rules| rules.general)).any(|rule| has_period(&rule))
        });
        self
    }

    /// The rule that `pick` finds in the newest set begun on `on`, with that set's first day; before all sets, the
    /// oldest one's. The sets' order does not matter.
    pub(super) fn in_force<T>(&self, on: Date, pick: impl Fn(&RecoverySet) -> Option<T>) -> Option<(Date, T)> {
        let known = || self.0.iter().filter_map(|set| Some((set.from, pick(set)?)));
        known()
            .filter(|(from, _)| *from <= on)
            .max_by_key(|(from, _)| *from)
            .or_else(|| known().min_by_key(|one| one.0))
    }
}

impl Variants {
    /// The rule for somebody in a facility or not, and whether it is a special one.
    pub(super) fn of(&self, in_facility: bool) -> (Rule, bool) {
        self.in_facility.filter(|_| in_facility).map_or((self.general, false), |rule| (rule, true))
    }
}

impl ContactRules {
    /// The rule for somebody of the household or not, and whether it is a special one.
    pub(super) fn of(&self, is_household: bool) -> (Rule, bool) {
        self.household.filter(|_| is_household).map_or((self.general, false), |rule| (rule, true))
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn the_standard_sets_are_read_and_pass_their_own_check() {
        let standard: RecoverySets = serde_json::from_str(STANDARD).unwrap();
        assert_eq!(standard, RecoverySets::standard());
        assert_eq!(standard.check(), crate::Problems::default());
        let from: Vec<Date> = standard.0.iter().map(|set| set.from).collect();
        assert_eq!(
            from,
            [
                date!(2020 - 02 - 03),
                date!(2020 - 05 - 29),
                date!(2020 - 06 - 12),
                date!(2022 - 01 - 14),
                date!(2022 - 01 - 28),
                date!(2022 - 02 - 02),
                date!(2022 - 07 - 22),
                date!(2022 - 09 - 07),
                date!(2023 - 05 - 08),
            ]
        );
        let again: RecoverySets = serde_json::from_str(&serde_json::to_string(&standard).unwrap()).unwrap();
        assert_eq!(again, standard);
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        for wrong in [
            r#"[{"from": "2022-09-07", "source": "s", "patient": {}}]"#,
            r#"[{"from": "2022-09-31", "source": "s"}]"#,
            r#"[{"from": "2022-09-07", "source": "s", "contacts": {"general": {"kind": "days", "days": -1}}}]"#,
            r#"[{"from": "2022-09-07", "source": "s", "contacts": {"general": {"kind": "days", "days": 1, "x": 1}}}]"#,
            r#"[{"from": "2022-09-07", "source": "s", "contacts": {"general": {"kind": "tests"}}}]"#,
        ] {
            assert!(serde_json::from_str::<RecoverySets>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_training_has_periods_whatever_day_it_is() {
        let sets = RecoverySets::standard().with_periods();
        assert_eq!(sets.0.last().map(|set| set.from), Some(date!(2022 - 09 - 07)));
        assert_eq!(sets.0.len(), RecoverySets::standard().0.len() - 1);
    }

    #[test]
    fn before_all_sets_the_oldest_counts() {
        let sets = RecoverySets::standard();
        let found = sets.in_force(date!(2019 - 12 - 31), |set| set.contacts.map(|_| ()));
        assert_eq!(found, Some((date!(2020 - 02 - 03), ())));
        assert_eq!(RecoverySets::default().in_force(Date::MIN, |set| set.contacts), None);
    }
}
