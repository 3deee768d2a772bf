use proptest::prelude::*;
use time::macros::date;

use super::*;

struct Plain;

impl Labels for Plain {
    fn symptom(&self, key: &str) -> String {
        key.to_owned()
    }

    fn sign(&self, key: &str) -> String {
        key.to_owned()
    }
}

const DAY: Date = date!(2022 - 08 - 10);

/// Report `n`, `days` after 10 August at `hour`.
fn at(n: u128, days: i64, hour: i64) -> Observed {
    Observed {
        report_id: Uuid::from_u128(n),
        observed_on: DAY + Duration::days(days),
        moment: (days * 24 + hour) * HOUR,
        at: (days * 24 + hour) * HOUR,
        temperature: Some(365),
        spo2: None,
        symptoms: Answers::new(),
        emergency_signs: Vec::new(),
    }
}

fn with_spo2(report: Observed, spo2: i64) -> Observed {
    Observed { spo2: Some(spo2), ..report }
}

fn warm(report: Observed, tenths: i64) -> Observed {
    Observed { temperature: Some(tenths), ..report }
}

fn with(report: Observed, symptoms: &[&str]) -> Observed {
    Observed { symptoms: symptoms.iter().map(|key| ((*key).to_owned(), Answer::Yes)).collect(), ..report }
}

fn words(when: Condition, reports: &[Observed]) -> Option<String> {
    let rules =
        RuleSet { report_by: 12, rules: vec![Rule { key: "rule".into(), alert: Alert::Worse, only: None, when }] };
    judge(&rules, CaseKind::Patient, reports, None, &Plain).hits.pop().map(|hit| hit.words)
}

fn standard(reports: &[Observed], seen_until: Option<i64>) -> Verdict {
    judge(&RuleSet::standard(), CaseKind::Patient, reports, seen_until, &Plain)
}

#[test]
fn obs_05_a_fall_of_oxygen_counts_within_its_hours_and_says_both_values() {
    let when = Condition::Spo2Fall { points: 3, hours: 24 };
    let before = with_spo2(at(1, 0, 8), 96);
    let exactly = [before.clone(), with_spo2(at(2, 1, 8), 93)];
    assert_eq!(words(when.clone(), &exactly).as_deref(), Some("SpO2 96 → 93（24時間以内）"));
    assert_eq!(words(when.clone(), &[before.clone(), with_spo2(at(2, 1, 9), 93)]), None);
    assert_eq!(words(when.clone(), &[before, with_spo2(at(2, 1, 8), 94)]), None);
    assert_eq!(words(when, &[with_spo2(at(2, 1, 8), 80)]), None);
}

#[test]
fn obs_05_fever_lasts_when_every_day_had_it() {
    let when = Condition::TemperatureLasting { tenths: 375, days: 3 };
    let days = |middle| vec![warm(at(1, 0, 23), 380), warm(at(2, 1, 0), middle), warm(at(3, 2, 8), 375)];
    assert_eq!(words(when.clone(), &days(375)).as_deref(), Some("37.5℃以上が3日続いています"));
    assert_eq!(words(when.clone(), &days(374)), None);
    // A cooler evening does not hide the fever of its day.
    let mut cooler = days(375);
    cooler.push(warm(at(4, 2, 20), 370));
    assert!(words(when.clone(), &cooler).is_some());
    // A day without a report ends it.
    assert_eq!(words(when, &[warm(at(1, 0, 8), 380), warm(at(3, 2, 8), 380)]), None);
}

#[test]
fn obs_05_a_rise_is_measured_from_the_lowest_of_its_days() {
    let when = Condition::TemperatureRise { tenths: 10, days: 2 };
    let rise = |first_day| [warm(at(1, first_day, 8), 362), warm(at(2, 1, 8), 368), warm(at(3, 2, 8), 372)];
    assert_eq!(words(when.clone(), &rise(0)).as_deref(), Some("体温 36.2 → 37.2℃（2日以内）"));
    assert_eq!(words(when, &rise(-1)), None);
}

#[test]
fn obs_03_new_symptoms_need_something_to_be_new_against() {
    let when = Condition::NewSymptom { of: vec![], days: 3 };
    let (cough, both) = (with(at(1, 0, 8), &["cough"]), with(at(2, 1, 8), &["cough", "diarrhea"]));
    assert_eq!(words(when.clone(), std::slice::from_ref(&both)), None);
    assert_eq!(words(when.clone(), &[cough.clone(), both]).as_deref(), Some("新しい症状：diarrhea"));
    assert_eq!(words(when, &[cough.clone(), with(at(2, 1, 8), &["cough"])]), None);
}

#[test]
fn some_of_a_group_are_counted() {
    let of = || vec!["nausea".to_owned(), "diarrhea".into(), "no_appetite".into()];
    let when = Condition::SymptomsAtLeast { of: of(), count: 2 };
    let said = words(when.clone(), &[with(at(1, 0, 8), &["nausea", "no_appetite", "cough"])]);
    assert_eq!(said.as_deref(), Some("症状：nausea、no_appetite（3項目中2つ以上）"));
    assert_eq!(words(when, &[with(at(1, 0, 8), &["nausea"])]), None);
}

#[test]
fn obs_05_bands_of_oxygen_follow_the_guide() {
    let alert = |spo2| standard(&[with_spo2(at(1, 0, 8), spo2)], None).alert;
    assert_eq!([96, 95, 94, 93].map(alert), [None, Some(Alert::Worse), Some(Alert::Worse), Some(Alert::Emergency)]);
    let hit = &standard(&[with_spo2(at(1, 0, 8), 92)], None).hits[0];
    assert_eq!((hit.rule.as_str(), hit.words.as_str()), ("spo2_93", "SpO2 92％（93％以下）"));
}

#[test]
fn a_calmer_report_does_not_hide_an_emergency_until_somebody_looked() {
    let alarming = Observed { emergency_signs: vec!["chest_pain".into()], ..at(1, 0, 8) };
    let calm = at(2, 0, 9);
    let both = [alarming.clone(), calm.clone()];
    let verdict = standard(&both, None);
    assert_eq!((verdict.alert, verdict.hits[0].report_id), (Some(Alert::Emergency), alarming.report_id));
    assert_eq!(standard(&both, Some(alarming.at)), Verdict::default());
    // Nor do many calm days, whose own rules are those of the newest report alone.
    let week: Vec<Observed> = (1..8).map(|day| at(10 + day as u128, day, 9)).chain([alarming]).collect();
    assert_eq!(standard(&week, None).alert, Some(Alert::Emergency));
    assert_eq!(standard(&[with_spo2(at(1, 0, 8), 94), at(2, 1, 8)], None).alert, None);
}

#[test]
fn what_was_told_earlier_and_typed_in_later_is_not_the_newest() {
    // Of eight o'clock, typed in at noon; by telephone at eleven, typed in at once.
    let morning = Observed { at: 12 * HOUR, ..with_spo2(at(1, 0, 8), 99) };
    let later = with_spo2(at(2, 0, 11), 95);
    let verdict = standard(&[morning.clone(), later.clone()], None);
    assert_eq!(verdict.hits[0].report_id, later.report_id);
    assert!(verdict.hits.iter().any(|hit| hit.words == "SpO2 99 → 95（24時間以内）"), "{verdict:?}");
    // Whoever looked when the later one came has not seen what was typed in since, and that raises nothing.
    assert_eq!(standard(&[morning.clone(), later], Some(11 * HOUR)), Verdict::default());
    // Hours are those between the moments.
    let when = Condition::Spo2Fall { points: 3, hours: 24 };
    let late = Observed { at: 40 * HOUR, ..with_spo2(at(3, 1, 8), 95) };
    assert!(words(when.clone(), &[morning.clone(), late]).is_some());
    let typed_late = Observed { at: 33 * HOUR, ..morning };
    assert_eq!(words(when, &[typed_late, with_spo2(at(3, 1, 9), 95)]), None);
}

#[test]
fn a_look_back_judges_each_report_as_the_newest_of_its_time() {
    let reports = [with_spo2(at(1, 0, 8), 92), with_spo2(at(2, 1, 8), 99), with_spo2(at(3, 2, 8), 94)];
    let back = |days: i64| {
        let since = DAY + Duration::days(days);
        look_back(&RuleSet::standard(), CaseKind::Patient, &reports, since, &Plain)
    };
    let keys = |verdict: &Verdict| verdict.hits.iter().map(|hit| hit.rule.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&back(0)), ["spo2_93", "spo2_95", "spo2_fall"]);
    // The history of what is judged reaches further back.
    assert_eq!(keys(&back(2)), ["spo2_95", "spo2_fall"]);
    assert_eq!(back(3), Verdict::default());
}

#[test]
fn what_was_seen_is_still_the_history_of_what_came_later() {
    let reports = [with_spo2(at(1, 0, 8), 99), with_spo2(at(2, 0, 20), 96)];
    let verdict = standard(&reports, Some(reports[0].at));
    assert_eq!(verdict.hits.iter().map(|hit| hit.rule.as_str()).collect::<Vec<_>>(), ["spo2_fall"]);
}

#[test]
fn obs_01_rules_may_be_for_contacts_alone() {
    let reports = [warm(at(1, 0, 8), 376)];
    assert_eq!(standard(&reports, None).alert, None);
    let contact = judge(&RuleSet::standard(), CaseKind::Contact, &reports, None, &Plain);
    assert_eq!(contact.alert, Some(Alert::Worse));
}

fn some_report() -> impl Strategy<Value = Observed> {
    (
        0u128..12,
        0i64..10,
        0i64..24,
        proptest::option::of(340i64..430),
        proptest::option::of(50i64..101),
        proptest::collection::btree_map(
            "cough|nausea|diarrhea|no_appetite|no_urine",
            prop_oneof![Just(Answer::Yes), Just(Answer::No)],
            0..4,
        ),
        proptest::collection::vec("chest_pain|pale", 0..2),
    )
        .prop_map(|(n, days, hour, temperature, spo2, symptoms, emergency_signs)| Observed {
            temperature,
            spo2,
            symptoms,
            emergency_signs,
            // One id is one report.
            ..at(n * 1000 + u128::from(days.unsigned_abs()) * 24 + u128::from(hour.unsigned_abs()), days, hour)
        })
}

fn some_reports() -> impl Strategy<Value = Vec<Observed>> {
    proptest::collection::vec(some_report(), 0..8).prop_map(|mut reports| {
        reports.sort_by_key(|report| report.report_id);
        reports.dedup_by_key(|report| report.report_id);
        reports
    })
}

/// Any rules that pass the check.
fn some_rules() -> impl Strategy<Value = RuleSet> {
    let symptoms =
        || proptest::sample::subsequence(vec!["cough", "nausea", "diarrhea", "no_appetite", "no_urine"], 1..=5);
    let of = |keys: Vec<&str>| keys.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let when = prop_oneof![
        Just(Condition::EmergencySign {}),
        (50i64..=100).prop_map(|percent| Condition::Spo2AtMost { percent }),
        (1i64..=50, 1i64..=168).prop_map(|(points, hours)| Condition::Spo2Fall { points, hours }),
        (340i64..=430).prop_map(|tenths| Condition::TemperatureAtLeast { tenths }),
        (340i64..=400, 2i64..=14).prop_map(|(tenths, days)| Condition::TemperatureLasting { tenths, days }),
        (1i64..=90, 1i64..=14).prop_map(|(tenths, days)| Condition::TemperatureRise { tenths, days }),
        symptoms().prop_map(move |keys| Condition::SymptomsAtLeast { count: keys.len().div_ceil(2), of: of(keys) }),
        (symptoms(), 1i64..=14).prop_map(move |(keys, days)| Condition::NewSymptom { of: of(keys), days }),
    ];
    let alert = prop_oneof![Just(Alert::NewSymptom), Just(Alert::Worse), Just(Alert::Emergency)];
    let only = prop_oneof![Just(None), Just(Some(CaseKind::Patient)), Just(Some(CaseKind::Contact))];
    proptest::collection::vec((alert, only, when), 1..6).prop_map(|rules| RuleSet {
        report_by: 12,
        rules: rules
            .into_iter()
            .enumerate()
            .map(|(at, (alert, only, when))| Rule { key: format!("rule_{at}"), alert, only, when })
            .collect(),
    })
}

proptest! {
    /// Whatever the rules, the order and the repetition of reports and corrections, what counts is which reports stand.
    #[test]
    fn any_rules_say_the_same_of_the_same_reports(
        rules in some_rules(),
        reports in some_reports(),
        corrected in proptest::collection::vec(any::<bool>(), 8),
        turn in 0usize..8,
        seen in proptest::option::of(0i64..240),
    ) {
        prop_assert!(rules.check(|_| true).is_empty());
        let seen = seen.map(|hours| hours * HOUR);
        let standing: Vec<Observed> =
            reports.iter().zip(&corrected).filter(|(_, corrected)| !**corrected).map(|(report, _)| report.clone()).collect();
        let expected = judge(&rules, CaseKind::Patient, &standing, seen, &Plain);
        // All reports come, some twice; then some are corrected.
        let mut others = reports.clone();
        if !others.is_empty() {
            let length = others.len();
            others.rotate_left(turn % length);
        }
        others.extend(reports.iter().take(turn).cloned());
        others.retain(|report| standing.iter().any(|one| one.report_id == report.report_id));
        prop_assert_eq!(judge(&rules, CaseKind::Patient, &others, seen, &Plain), expected);
        // A look back is as indifferent, and never calmer than the newest report alone.
        let back = look_back(&rules, CaseKind::Patient, &standing, DAY, &Plain);
        prop_assert_eq!(&look_back(&rules, CaseKind::Patient, &others, DAY, &Plain), &back);
        prop_assert!(judge(&rules, CaseKind::Patient, &standing, None, &Plain).alert <= back.alert);
    }

    #[test]
    fn order_and_repetition_change_nothing(reports in some_reports(), turn in 0usize..8, seen in proptest::option::of(0i64..240)) {
        let seen = seen.map(|hours| hours * HOUR);
        let expected = standard(&reports, seen);
        let mut others = reports.clone();
        if !others.is_empty() {
            let length = others.len();
            others.rotate_left(turn % length);
            others.extend(reports.iter().take(turn).cloned());
        }
        prop_assert_eq!(standard(&others, seen), expected);
    }

    #[test]
    fn whoever_looked_at_all_sees_nothing_new(reports in some_reports()) {
        let all = reports.iter().map(|report| report.at).max().unwrap_or_default();
        prop_assert_eq!(standard(&reports, Some(all)), Verdict::default());
    }

    #[test]
    fn low_oxygen_is_never_missed(reports in some_reports(), spo2 in 50i64..94) {
        let mut reports = reports;
        reports.push(with_spo2(at(999_999, 20, 8), spo2));
        prop_assert_eq!(standard(&reports, None).alert, Some(Alert::Emergency));
    }

    #[test]
    fn the_most_urgent_comes_first(reports in some_reports()) {
        let verdict = standard(&reports, None);
        prop_assert!(verdict.hits.is_sorted_by_key(|hit| std::cmp::Reverse(hit.alert)));
        prop_assert_eq!(verdict.alert, verdict.hits.iter().map(|hit| hit.alert).max());
    }
}
