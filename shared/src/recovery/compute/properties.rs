//! What holds for whatever is recorded, by the sets that ship and by any others.

use super::*;
use crate::recovery::{ContactRules, PatientRules, RecoverySet, Variants};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use time::Duration;
use time::macros::date;

/// Mostly days of the epidemic, and now and then the ends of the calendar.
fn day() -> impl Strategy<Value = Date> {
    let usual = (0i64..1500).prop_map(|days| date!(2019 - 12 - 01) + Duration::days(days));
    prop_oneof![18 => usual, 1 => Just(Date::MIN), 1 => Just(Date::MAX)]
}

prop_compose! {
    fn facts()(
        is_contact in any::<bool>(),
        has_symptoms in of(any::<bool>()),
        days in prop::array::uniform6(of(day())),
        negative_tests_on in vec(day(), 0..6),
        is_household_contact in any::<bool>(),
        in_facility in any::<bool>(),
    ) -> Facts {
        let [onset_on, collected_on, relieved_on, diagnosed_on, last_contact_on, reported_on] = days;
        let kind = if is_contact { CaseKind::Contact } else { CaseKind::Patient };
        Facts {
            kind, onset_on, has_symptoms, collected_on, relieved_on, negative_tests_on, diagnosed_on, reported_on,
            last_contact_on, is_household_contact, in_facility,
        }
    }
}

prop_compose! {
    fn tests()(
        count in any::<u8>(),
        first_day in of(any::<u16>()),
        relief_hours in of(any::<u16>()),
        hours_apart in of(any::<u16>()),
        free_after in any::<u8>(),
    ) -> NegativeTests {
        NegativeTests { count, first_day, relief_hours, hours_apart, free_after }
    }
}

fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        Just(Rule::NoPeriod),
        tests().prop_map(|tests| Rule::Tests { tests }),
        (any::<u16>(), of(any::<u16>()), of(any::<u16>()), of(tests()))
            .prop_map(|(days, relief_hours, care_days, tests)| Rule::Days { days, relief_hours, care_days, tests }),
    ]
}

fn variants() -> impl Strategy<Value = Option<Variants>> {
    of((rule(), of(rule())).prop_map(|(general, in_facility)| Variants { general, in_facility }))
}

prop_compose! {
    /// Sets as they may come from a file that nobody checked.
    fn set()(
        from in day(),
        symptomatic in variants(),
        asymptomatic in variants(),
        contacts in of((rule(), of(rule()))),
    ) -> RecoverySet {
        RecoverySet {
            from,
            source: String::new(),
            patients: PatientRules { symptomatic, asymptomatic },
            contacts: contacts.map(|(general, household)| ContactRules { general, household }),
        }
    }
}

/// The sets that ship, or any others.
fn sets() -> impl Strategy<Value = RecoverySets> {
    prop_oneof![Just(RecoverySets::standard()), vec(set(), 0..4).prop_map(RecoverySets)]
}

proptest! {
    #[test]
    fn no_end_comes_before_day_0(sets in sets(), facts in facts(), on in day()) {
        let _ = sets.check();
        let computed = compute(&sets, &facts, on);
        prop_assert!(!computed.words.is_empty());
        let ends = [computed.last_day, computed.care_until, computed.earliest_by_tests.map(|end| end.last_day)];
        for end in ends.into_iter().flatten() {
            prop_assert!(computed.from.is_some_and(|from| from <= end));
        }
        prop_assert!(computed.last_day.is_some() || computed.needs_review);
        prop_assert_eq!(computed.needs_review, !computed.reasons.is_empty());
        prop_assert!(computed.reasons.iter().all(|reason| computed.words.contains(reason)));
    }

    #[test]
    fn later_relief_never_ends_earlier(sets in sets(), facts in facts(), on in day(), one in day(), other in day()) {
        let end = |relieved| compute(&sets, &Facts { relieved_on: Some(relieved), ..facts.clone() }, on).last_day;
        let (earlier, later) = (end(one.min(other)), end(one.max(other)));
        // No end yet is later than any.
        prop_assert!(later.is_none() || earlier.is_some_and(|earlier| Some(earlier) <= later));
    }

    #[test]
    fn the_order_does_not_matter(
        facts in facts(),
        tests in vec(day(), 0..6).prop_flat_map(|tests| (Just(tests.clone()), Just(tests).prop_shuffle())),
        shuffled in Just(RecoverySets::standard().0).prop_shuffle(),
        on in day(),
    ) {
        let (tests, others) = tests;
        let one = Facts { negative_tests_on: tests.clone(), ..facts.clone() };
        let other = Facts { negative_tests_on: [others, tests].concat(), ..facts };
        let expected = compute(&RecoverySets::standard(), &one, on);
        prop_assert_eq!(&compute(&RecoverySets::standard(), &other, on), &expected);
        prop_assert_eq!(&compute(&RecoverySets(shuffled), &one, on), &expected);
    }

    #[test]
    fn more_tests_never_end_later(facts in facts(), on in day(), test in day()) {
        let sets = RecoverySets::standard();
        let more = Facts { negative_tests_on: [&facts.negative_tests_on[..], &[test]].concat(), ..facts.clone() };
        let (before, after) = (compute(&sets, &facts, on).last_day, compute(&sets, &more, on).last_day);
        prop_assert!(before.is_none() || after.is_some_and(|after| Some(after) <= before));
    }

    #[test]
    fn sets_read_back_the_same(sets in vec(set(), 0..3).prop_map(RecoverySets)) {
        let usual = sets.0.iter().all(|set| (2019..2030).contains(&set.from.year()));
        let text = serde_json::to_string(&sets).unwrap();
        prop_assert!(!usual || serde_json::from_str::<RecoverySets>(&text).is_ok_and(|again| again == sets));
    }
}
