//! Whether sets that somebody wrote make sense.

use std::ops::RangeInclusive;

use crate::Problems;
use crate::recovery::{NegativeTests, RecoverySets, Rule};

/// Most sets.
const MOST_SETS: usize = 100;
/// Characters of a source.
const LONGEST_SOURCE: usize = 200;

impl RecoverySets {
    /// Each field that makes no sense with its sentence: `sets`, `sets.0.from`,
    /// `sets.0.patients.symptomatic.general.days` and the like.
    pub fn check(&self) -> Problems {
        let mut problems = Problems::default();
        if self.0.is_empty() || self.0.len() > MOST_SETS {
            problems.add("sets", format!("基準は1つ以上{MOST_SETS}以下にしてください。"));
        }
        for (at, pair) in self.0.windows(2).enumerate() {
            if let [earlier, later] = pair
                && earlier.from >= later.from
            {
                let field = format!("sets.{}.from", at + 1);
                problems.add(&field, "基準は適用開始日の古い順に、同じ日が重ならないように並べてください。");
            }
        }
        for (at, set) in self.0.iter().enumerate() {
            let field = |name: &str| format!("sets.{at}.{name}");
            if set.source.trim().is_empty() || set.source.chars().count() > LONGEST_SOURCE {
                problems.add(&field("source"), format!("出典を{LONGEST_SOURCE}文字までで入力してください。"));
            }
            let (patients, contacts) = (&set.patients, set.contacts.as_ref());
            let given = [patients.symptomatic.is_some(), patients.asymptomatic.is_some(), contacts.is_some()];
            if at == 0 && given.contains(&false) {
                problems
                    .add(&field("patients"), "最初の基準には、有症状・無症状・濃厚接触者のすべてを定めてください。");
            } else if !given.contains(&true) {
                problems.add(&field("patients"), "有症状・無症状・濃厚接触者のどれか1つ以上を定めてください。");
            }
            let mut check = |name: &str, rule: &Rule, has_relief| {
                Checked { problems: &mut problems, field: field(name) }.rule(rule, has_relief);
            };
            for (name, variants, has_relief) in [
                ("patients.symptomatic", &patients.symptomatic, true),
                ("patients.asymptomatic", &patients.asymptomatic, false),
            ] {
                let Some(variants) = variants else { continue };
                check(&format!("{name}.general"), &variants.general, has_relief);
                if let Some(rule) = &variants.in_facility {
                    check(&format!("{name}.in_facility"), rule, has_relief);
                }
            }
            if let Some(contacts) = contacts {
                check("contacts.general", &contacts.general, false);
                if let Some(rule) = &contacts.household {
                    check("contacts.household", rule, false);
                }
            }
        }
        problems
    }
}

/// One rule's field, and where its problems go.
struct Checked<'a> {
    problems: &'a mut Problems,
    field: String,
}

impl Checked<'_> {
    /// `has_relief`: whether those for whom the rule is have symptoms that can be relieved.
    fn rule(&mut self, rule: &Rule, has_relief: bool) {
        match rule {
            Rule::NoPeriod => {}
            Rule::Days { days, relief_hours, care_days, tests } => {
                self.within("days", Some(*days), 1..=60, "日数");
                self.relief("relief_hours", *relief_hours, has_relief);
                self.within("care_days", *care_days, (*days).min(90)..=90, "感染予防の日数");
                if let Some(tests) = tests {
                    self.tests(tests, has_relief);
                }
            }
            Rule::Tests { tests } => self.tests(tests, has_relief),
        }
    }

    fn tests(&mut self, tests: &NegativeTests, has_relief: bool) {
        self.within("tests.count", Some(u16::from(tests.count)), 1..=5, "検査の回数");
        self.within("tests.first_day", tests.first_day, 0..=60, "最初の検査の日");
        self.relief("tests.relief_hours", tests.relief_hours, has_relief);
        self.within("tests.hours_apart", tests.hours_apart, 1..=168, "検査の間隔（時間）");
        self.within("tests.free_after", Some(u16::from(tests.free_after)), 0..=7, "解除までの日数");
        let last_test = i64::from(tests.first_day.unwrap_or(0)) + tests.gap() * i64::from(tests.count.max(1) - 1);
        if last_test + i64::from(tests.free_after) < 1 {
            self.add("tests.free_after", "解除は、早くても1日目（翌日）になるようにしてください。");
        }
    }

    fn relief(&mut self, name: &str, hours: Option<u16>, has_relief: bool) {
        if has_relief {
            self.within(name, hours, 1..=336, "症状軽快からの時間");
        } else if hours.is_some() {
            self.add(name, "症状軽快からの時間は、有症状の基準だけに定めてください。");
        }
    }

    fn within(&mut self, name: &str, value: Option<u16>, range: RangeInclusive<u16>, what: &str) {
        if value.is_some_and(|value| !range.contains(&value)) {
            self.add(name, &format!("{what}は{}から{}までにしてください。", range.start(), range.end()));
        }
    }

    fn add(&mut self, name: &str, message: &str) {
        self.problems.add(&format!("{}.{name}", self.field), message);
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;
    use crate::recovery::{ContactRules, RecoverySet, Variants};
    use time::macros::date;

    fn days(days: u16) -> Rule {
        Rule::Days { days, relief_hours: None, care_days: None, tests: None }
    }

    fn with(change: impl FnOnce(&mut RecoverySet)) -> Problems {
        let mut sets = RecoverySets::standard();
        change(&mut sets.0[0]);
        sets.check()
    }

    const ONE: NegativeTests =
        NegativeTests { count: 1, first_day: Some(5), relief_hours: None, hours_apart: None, free_after: 1 };

    #[test]
    fn sets_are_in_order_and_whole() {
        assert!(RecoverySets::default().check().of("sets").is_some());
        let mut sets = RecoverySets::standard();
        sets.0.swap(0, 1);
        assert!(sets.check().of("sets.1.from").is_some());
        assert!(sets.check().of("sets.0.patients").is_some());
        let mut sets = RecoverySets::standard();
        sets.0[1].from = sets.0[0].from;
        assert!(sets.check().of("sets.1.from").is_some());
        sets.0[1] = RecoverySet {
            from: date!(2020 - 03 - 01),
            source: "s".into(),
            patients: crate::recovery::PatientRules::default(),
            contacts: None,
        };
        assert!(sets.check().of("sets.1.patients").is_some());
        sets.0 = vec![sets.0[0].clone(); MOST_SETS + 1];
        assert!(sets.check().of("sets").is_some());
        assert!(with(|set| set.source = " ".into()).of("sets.0.source").is_some());
        assert!(with(|set| set.source = "あ".repeat(201)).of("sets.0.source").is_some());
        assert!(with(|set| set.source = "あ".repeat(200)).is_empty());
    }

    #[test]
    fn values_out_of_range_are_named() {
        let all = |tests| Rule::Days { days: 7, relief_hours: Some(24), care_days: Some(10), tests: Some(tests) };
        for (rule, field) in [
            (days(0), "days"),
            (days(61), "days"),
            (Rule::Days { days: 7, relief_hours: Some(0), care_days: None, tests: None }, "relief_hours"),
            (Rule::Days { days: 7, relief_hours: None, care_days: Some(6), tests: None }, "care_days"),
            (Rule::Days { days: u16::MAX, relief_hours: None, care_days: Some(91), tests: None }, "care_days"),
            (all(NegativeTests { count: 0, ..ONE }), "tests.count"),
            (all(NegativeTests { count: 6, ..ONE }), "tests.count"),
            (all(NegativeTests { first_day: Some(61), ..ONE }), "tests.first_day"),
            (all(NegativeTests { relief_hours: Some(337), ..ONE }), "tests.relief_hours"),
            (all(NegativeTests { hours_apart: Some(169), ..ONE }), "tests.hours_apart"),
            (Rule::Tests { tests: NegativeTests { free_after: 8, ..ONE } }, "tests.free_after"),
            (Rule::Tests { tests: NegativeTests { first_day: None, free_after: 0, ..ONE } }, "tests.free_after"),
        ] {
            let problems =
                with(|set| set.patients.symptomatic = Some(Variants { general: days(1), in_facility: Some(rule) }));
            let field = format!("sets.0.patients.symptomatic.in_facility.{field}");
            assert!(problems.of(&field).is_some(), "{rule:?}: {problems:?}");
        }
        assert!(with(|set| set.contacts = Some(ContactRules { general: all(ONE), household: None })).0.len() == 1);
        let household = with(|set| set.contacts = Some(ContactRules { general: days(1), household: Some(days(0)) }));
        assert!(household.of("sets.0.contacts.household.days").is_some());
    }

    #[test]
    fn relief_is_for_those_with_symptoms() {
        let rule = Rule::Tests { tests: NegativeTests { relief_hours: Some(24), ..ONE } };
        let variants = Some(Variants { general: rule, in_facility: None });
        let asymptomatic = with(|set| set.patients.asymptomatic = variants);
        assert!(asymptomatic.of("sets.0.patients.asymptomatic.general.tests.relief_hours").is_some());
        assert!(with(|set| set.patients.symptomatic = variants).is_empty());
    }
}
