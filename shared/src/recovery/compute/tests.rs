//! One case for each row of the rules, counted by hand, and the borders.

use super::*;
use crate::recovery::RecoverySet;
use time::macros::date;

fn sick(onset: Date, relieved: Option<Date>) -> Facts {
    Facts { onset_on: Some(onset), relieved_on: relieved, has_symptoms: Some(true), ..Facts::new(CaseKind::Patient) }
}

fn well(collected: Date) -> Facts {
    Facts { collected_on: Some(collected), has_symptoms: Some(false), ..Facts::new(CaseKind::Patient) }
}

fn contact(last: Date) -> Facts {
    Facts { last_contact_on: Some(last), ..Facts::new(CaseKind::Contact) }
}

fn household(last: Date) -> Facts {
    Facts { is_household_contact: true, ..contact(last) }
}

fn tested(facts: Facts, days: &[Date]) -> Facts {
    Facts { negative_tests_on: days.to_vec(), ..facts }
}

fn on(facts: &Facts, day: Date) -> Computed {
    compute(&RecoverySets::standard(), facts, day)
}

/// `last_day` by the rules on `day`, with their first day.
fn last(facts: &Facts, day: Date) -> (Option<Date>, Date) {
    let computed = on(facts, day);
    (computed.last_day, computed.rule_from)
}

fn by_tests(facts: &Facts, day: Date) -> Option<(u8, Option<Date>, Date)> {
    on(facts, day).earliest_by_tests.map(|end| (end.missing, end.test_from, end.last_day))
}

#[test]
fn from_2020_02_03_tests_end_it() {
    let day = date!(2020 - 02 - 20);
    let from = date!(2020 - 02 - 03);
    // Relief on the 26th, 48 h later is the 28th, the second test the day after, in a leap year.
    let facts = sick(date!(2020 - 02 - 10), Some(date!(2020 - 02 - 26)));
    assert_eq!(last(&facts, day), (None, from));
    assert!(on(&facts, day).needs_review);
    assert_eq!(by_tests(&facts, day), Some((2, Some(date!(2020 - 02 - 28)), date!(2020 - 02 - 29))));
    let facts = tested(facts, &[date!(2020 - 02 - 29), date!(2020 - 02 - 28), date!(2020 - 02 - 27)]);
    assert_eq!(last(&facts, day), (Some(date!(2020 - 02 - 29)), from));
    assert_eq!(on(&sick(date!(2020 - 02 - 10), None), day).earliest_by_tests, None);
    // Ten days from the 10th are over on the 21st.
    let facts = well(date!(2020 - 02 - 10));
    assert_eq!(by_tests(&facts, day), Some((2, Some(date!(2020 - 02 - 21)), date!(2020 - 02 - 22))));
    assert_eq!(last(&facts, day), (None, from));
    let facts = tested(facts, &[date!(2020 - 02 - 21), date!(2020 - 02 - 24)]);
    assert_eq!(last(&facts, day), (Some(date!(2020 - 02 - 24)), from));
    assert_eq!(last(&contact(date!(2020 - 02 - 15)), day), (Some(date!(2020 - 02 - 29)), from));
    assert_eq!(last(&contact(date!(2020 - 02 - 16)), day), (Some(date!(2020 - 03 - 01)), from));
}

#[test]
fn from_2020_05_29_fourteen_days_and_72_hours() {
    let day = date!(2020 - 06 - 05);
    let from = date!(2020 - 05 - 29);
    let onset = date!(2020 - 05 - 20);
    assert_eq!(last(&sick(onset, Some(date!(2020 - 05 - 31))), day), (Some(date!(2020 - 06 - 03)), from));
    assert_eq!(last(&sick(onset, Some(date!(2020 - 06 - 01))), day), (Some(date!(2020 - 06 - 04)), from));
    assert_eq!(last(&well(date!(2020 - 05 - 25)), day), (Some(date!(2020 - 06 - 08)), from));
    assert_eq!(last(&household(date!(2020 - 05 - 25)), day), (Some(date!(2020 - 06 - 08)), date!(2020 - 02 - 03)));
}

#[test]
fn from_2020_06_12_ten_days_or_two_negatives() {
    let day = date!(2020 - 12 - 30);
    let from = date!(2020 - 06 - 12);
    let facts = sick(date!(2020 - 12 - 25), Some(date!(2020 - 12 - 28)));
    assert_eq!(last(&facts, day), (Some(date!(2021 - 01 - 04)), from));
    assert_eq!(by_tests(&facts, day), Some((2, Some(date!(2020 - 12 - 29)), date!(2020 - 12 - 30))));
    let late = sick(date!(2020 - 12 - 25), Some(date!(2021 - 01 - 03)));
    assert_eq!(last(&late, day), (Some(date!(2021 - 01 - 06)), from));
    let facts = well(date!(2020 - 12 - 25));
    assert_eq!(last(&facts, day), (Some(date!(2021 - 01 - 04)), from));
    assert!(!on(&facts, day).needs_review);
    assert_eq!(by_tests(&facts, day), Some((2, Some(date!(2021 - 01 - 01)), date!(2021 - 01 - 02))));
    let facts = tested(facts, &[date!(2021 - 01 - 02), date!(2021 - 01 - 01)]);
    assert_eq!(by_tests(&facts, day), Some((0, None, date!(2021 - 01 - 02))));
    // The days stay; whether the tests count is for people to say.
    assert_eq!(last(&facts, day), (Some(date!(2021 - 01 - 04)), from));
    assert!(on(&facts, day).needs_review);
    assert_eq!(last(&contact(date!(2020 - 12 - 25)), day), (Some(date!(2021 - 01 - 08)), date!(2020 - 02 - 03)));
}

#[test]
fn from_2022_01_14_contacts_wait_ten_days() {
    let day = date!(2022 - 01 - 20);
    let found = (Some(date!(2022 - 01 - 27)), date!(2022 - 01 - 14));
    assert_eq!(last(&contact(date!(2022 - 01 - 17)), day), found);
    assert_eq!(last(&household(date!(2022 - 01 - 17)), day), found);
    assert_eq!(last(&well(date!(2022 - 01 - 17)), day), (Some(date!(2022 - 01 - 27)), date!(2020 - 06 - 12)));
}

#[test]
fn from_2022_01_28_seven_days_without_symptoms() {
    let day = date!(2022 - 01 - 30);
    let from = date!(2022 - 01 - 28);
    let facts = sick(date!(2022 - 01 - 22), Some(date!(2022 - 01 - 29)));
    assert_eq!(last(&facts, day), (Some(date!(2022 - 02 - 01)), from));
    assert_eq!(on(&facts, day).earliest_by_tests, None);
    assert_eq!(last(&well(date!(2022 - 01 - 25)), day), (Some(date!(2022 - 02 - 01)), from));
    assert_eq!(last(&contact(date!(2022 - 01 - 25)), day), (Some(date!(2022 - 02 - 01)), from));
    assert_eq!(last(&household(date!(2022 - 01 - 25)), day), (Some(date!(2022 - 02 - 04)), from));
    let day = date!(2022 - 02 - 02);
    assert_eq!(last(&household(date!(2022 - 01 - 25)), day), (Some(date!(2022 - 02 - 01)), day));
    assert_eq!(last(&well(date!(2022 - 01 - 25)), day), (Some(date!(2022 - 02 - 01)), from));
}

#[test]
fn from_2022_07_22_contacts_wait_five_days_or_test_twice() {
    let day = date!(2022 - 08 - 01);
    let from = date!(2022 - 07 - 22);
    for facts in [contact(date!(2022 - 07 - 29)), household(date!(2022 - 07 - 29))] {
        assert_eq!(last(&facts, day), (Some(date!(2022 - 08 - 03)), from));
        // Negative on days 2 and 3: free on day 3, so day 2 is the last one.
        assert_eq!(by_tests(&facts, day), Some((2, Some(date!(2022 - 07 - 31)), date!(2022 - 07 - 31))));
        let facts = tested(facts, &[date!(2022 - 08 - 01), date!(2022 - 07 - 31)]);
        assert_eq!(by_tests(&facts, day), Some((0, None, date!(2022 - 07 - 31))));
    }
    assert_eq!(
        on(&contact(date!(2022 - 07 - 29)), day).words,
        [
            "2022-07-22からの基準（濃厚接触者）",
            "最終接触日 2022-07-29 を0日目として5日間：2022-08-03 まで",
            "陰性の検査2回（2日目以降、別の日）で終了できます：あと2回、2022-07-31 以降の検査で、最短 2022-07-31 まで（2022-08-01 に解除）",
            "待機の最終日 2022-08-03（2022-08-04 に解除）",
        ]
    );
    assert_eq!(last(&sick(date!(2022 - 07 - 25), None), day), (Some(date!(2022 - 08 - 04)), date!(2022 - 01 - 28)));
}

#[test]
fn from_2022_09_07_seven_days_and_24_hours() {
    let day = date!(2022 - 09 - 12);
    let from = date!(2022 - 09 - 07);
    let facts = sick(date!(2022 - 09 - 10), Some(date!(2022 - 09 - 16)));
    let computed = on(&facts, day);
    assert_eq!((computed.from, computed.last_day), (facts.onset_on, Some(date!(2022 - 09 - 17))));
    assert_eq!((computed.care_until, computed.needs_review), (Some(date!(2022 - 09 - 20)), false));
    assert_eq!(
        computed.words,
        [
            "2022-09-07からの基準（有症状）",
            "発症日 2022-09-10 を0日目として7日間：2022-09-17 まで",
            "症状軽快 2022-09-16 から24時間：2022-09-17 まで",
            "療養の最終日 2022-09-17（2022-09-18 に解除）",
        ]
    );
    // Relief after the end.
    let late = sick(date!(2022 - 09 - 10), Some(date!(2022 - 09 - 29)));
    assert_eq!(last(&late, day), (Some(date!(2022 - 09 - 30)), from));
    let inpatient = Facts { in_facility: true, ..facts };
    assert_eq!(last(&inpatient, day), (Some(date!(2022 - 09 - 20)), from));
    assert_eq!(on(&inpatient, day).words[0], "2022-09-07からの基準（有症状・入院中または施設入所中）");
    for facts in [well(date!(2022 - 09 - 10)), Facts { in_facility: true, ..well(date!(2022 - 09 - 10)) }] {
        assert_eq!(last(&facts, day), (Some(date!(2022 - 09 - 17)), from));
        assert_eq!(on(&facts, day).care_until, Some(date!(2022 - 09 - 17)));
        assert_eq!(by_tests(&facts, day), Some((1, Some(date!(2022 - 09 - 15)), date!(2022 - 09 - 15))));
    }
    assert_eq!(last(&contact(date!(2022 - 09 - 10)), day), (Some(date!(2022 - 09 - 15)), date!(2022 - 07 - 22)));
}

#[test]
fn from_2023_05_08_there_is_no_period() {
    let day = date!(2023 - 05 - 08);
    for facts in [sick(date!(2023 - 05 - 06), None), well(date!(2023 - 05 - 06)), contact(date!(2023 - 05 - 06))] {
        let computed = on(&facts, day);
        let stay = if facts.kind == CaseKind::Contact { "待機" } else { "療養" };
        let words = format!("2023-05-08から、法律上の{stay}期間の定めはありません。保健所が期間を決めてください。");
        assert_eq!(computed.words, [words]);
        assert_eq!((computed.from, computed.last_day), (Some(date!(2023 - 05 - 06)), None));
        assert!(computed.needs_review && computed.earliest_by_tests.is_none() && computed.rule_from == day);
        assert!(last(&facts, date!(2023 - 05 - 07)).0.is_some());
    }
}

#[test]
fn each_set_counts_from_its_day_and_not_before() {
    let base = date!(2022 - 06 - 01);
    let sets = RecoverySets::standard();
    type IsGiven = fn(&RecoverySet) -> bool;
    let pick: [(Facts, IsGiven); 3] = [
        (sick(base, None), |set| set.patients.symptomatic.is_some()),
        (well(base), |set| set.patients.asymptomatic.is_some()),
        (contact(base), |set| set.contacts.is_some()),
    ];
    for (facts, is_given) in pick {
        let given: Vec<Date> = sets.0.iter().filter(|set| is_given(set)).map(|set| set.from).collect();
        for pair in given.windows(2) {
            assert_eq!(on(&facts, pair[1].previous_day().unwrap()).rule_from, pair[0]);
            assert_eq!(on(&facts, pair[1]).rule_from, pair[1]);
        }
        let early = on(&facts, date!(2020 - 02 - 02));
        assert!(early.needs_review && early.rule_from == date!(2020 - 02 - 03));
    }
}

#[test]
fn falling_ill_restarts_the_count() {
    let day = date!(2022 - 12 - 31);
    let facts = Facts { onset_on: Some(date!(2022 - 12 - 30)), ..well(date!(2022 - 12 - 28)) };
    let facts = Facts { relieved_on: Some(date!(2023 - 01 - 02)), ..facts };
    let computed = on(&facts, day);
    assert_eq!((computed.from, computed.last_day), (facts.onset_on, Some(date!(2023 - 01 - 06))));
    assert!(!computed.needs_review);
    assert_eq!(computed.words[1], "検体採取日 2022-12-28 の後に発症したため、発症日から数え直します。");
    let before = Facts { collected_on: Some(date!(2022 - 12 - 31)), ..facts };
    assert!(on(&before, day).needs_review);
}

#[test]
fn what_is_missing_is_said() {
    let day = date!(2022 - 10 - 01);
    let diagnosed = Some(date!(2022 - 09 - 28));
    let facts = Facts { diagnosed_on: diagnosed, has_symptoms: Some(true), ..Facts::new(CaseKind::Patient) };
    for (facts, last_day, words) in [
        (facts.clone(), date!(2022 - 10 - 05), "発症日が記録されていないため、診断日 2022-09-28 を使いました。"),
        (
            Facts { has_symptoms: Some(false), ..facts.clone() },
            date!(2022 - 10 - 05),
            "検体採取日が記録されていないため、診断日 2022-09-28 を使いました。",
        ),
        (
            Facts { kind: CaseKind::Contact, has_symptoms: None, ..facts.clone() },
            date!(2022 - 10 - 03),
            "最終接触日が記録されていないため、診断日 2022-09-28 を使いました。",
        ),
    ] {
        let computed = on(&facts, day);
        assert_eq!((computed.from, computed.last_day), (diagnosed, Some(last_day)));
        assert!(computed.needs_review && computed.words.iter().any(|line| line == words), "{computed:?}");
    }
    let nothing = on(&Facts::new(CaseKind::Patient), day);
    assert_eq!((nothing.from, nothing.last_day, nothing.needs_review), (None, None, true));
    assert_eq!(nothing.words.last().unwrap(), "発症日が記録されていません。日付を入力すると計算します。");
    let open = on(&sick(date!(2022 - 09 - 30), None), day);
    assert_eq!((open.last_day, open.needs_review), (Some(date!(2022 - 10 - 07)), true));
    let none = compute(&RecoverySets::default(), &facts, day);
    assert_eq!((none.rule_from, none.last_day, none.needs_review), (day, None, true));
    assert_eq!(none.words, ["基準が登録されていません。保健所が療養期間を決めてください。"]);
}

#[test]
fn facts_that_do_not_fit_together_are_left_to_people() {
    let day = date!(2022 - 09 - 07);
    let base = date!(2022 - 09 - 05);
    let before = Some(date!(2022 - 09 - 04));
    for (facts, needs_review) in [
        (sick(base, Some(base)), false),
        (sick(base, before), true),
        (Facts { collected_on: Some(base), ..sick(base, Some(base)) }, false),
        (Facts { collected_on: Some(base), has_symptoms: Some(false), ..sick(base, Some(base)) }, true),
        (well(base), false),
        (Facts { relieved_on: Some(base), ..well(base) }, true),
        (Facts { has_symptoms: None, ..well(base) }, true),
        (contact(base), false),
        (Facts { relieved_on: before, ..contact(base) }, false),
        (Facts { has_symptoms: Some(true), ..contact(base) }, true),
        (Facts { onset_on: Some(base), ..contact(base) }, true),
    ] {
        let computed = on(&facts, day);
        assert_eq!(computed.needs_review, needs_review, "{facts:?} {computed:?}");
        assert!(computed.last_day.is_some());
    }
    let unsaid = |relieved_on| Facts { relieved_on, diagnosed_on: before, ..Facts::new(CaseKind::Patient) };
    let is_said = |facts: &Facts| on(facts, day).words.iter().any(|line| line.starts_with("症状の有無が"));
    assert!(is_said(&unsaid(None)) && !is_said(&unsaid(Some(base))));
    // Negative on days 7 and 10 of ten days: nothing is gained.
    let facts = tested(well(date!(2020 - 07 - 01)), &[date!(2020 - 07 - 08), date!(2020 - 07 - 11)]);
    assert_eq!(on(&facts, date!(2020 - 07 - 12)).earliest_by_tests, None);
}
