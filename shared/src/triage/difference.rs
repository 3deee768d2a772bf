//! What one version of rules changes against another.

use crate::triage::{Condition, Rule, RuleSet};

/// One change, as a reader of both versions would name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference<'r> {
    /// The hour of silence.
    ReportBy {
        before: u8,
        after: u8,
    },
    Added(&'r Rule),
    Removed(&'r Rule),
    Changed {
        before: &'r Rule,
        after: &'r Rule,
    },
    /// The same rules in another order: hits are told in another order, nobody moves.
    Reordered,
}

/// All changes, in the order of `after`; none where both say the same.
pub fn differences<'r>(before: &'r RuleSet, after: &'r RuleSet) -> Vec<Difference<'r>> {
    let mut found = Vec::new();
    if before.report_by != after.report_by {
        found.push(Difference::ReportBy { before: before.report_by, after: after.report_by });
    }
    let of = |set: &'r RuleSet, key: &str| set.rules.iter().find(|rule| rule.key == key);
    for rule in &after.rules {
        match of(before, &rule.key) {
            None => found.push(Difference::Added(rule)),
            Some(former) if !says_the_same(former, rule) => {
                found.push(Difference::Changed { before: former, after: rule })
            }
            Some(_) => {}
        }
    }
    found.extend(before.rules.iter().filter(|rule| of(after, &rule.key).is_none()).map(Difference::Removed));
    let kept = |set: &'r RuleSet, other: &'r RuleSet| -> Vec<&'r str> {
        set.rules.iter().map(|rule| rule.key.as_str()).filter(|key| of(other, key).is_some()).collect()
    };
    if kept(before, after) != kept(after, before) {
        found.push(Difference::Reordered);
    }
    found
}

/// Whether two rules mean the same: symptoms are a set, in whatever order they were ticked.
fn says_the_same(one: &Rule, other: &Rule) -> bool {
    let sorted = |rule: &Rule| {
        let mut rule = rule.clone();
        if let Condition::SymptomsAtLeast { of, .. } | Condition::NewSymptom { of, .. } = &mut rule.when {
            of.sort_unstable();
        }
        rule
    };
    one == other || sorted(one) == sorted(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::Alert;

    fn rule(key: &str, percent: i64) -> Rule {
        Rule { key: key.into(), alert: Alert::Worse, only: None, when: Condition::Spo2AtMost { percent } }
    }

    #[test]
    fn the_order_of_symptoms_is_no_change() {
        let of = |keys: [&str; 2]| Condition::SymptomsAtLeast { of: keys.map(str::to_owned).to_vec(), count: 1 };
        let set = |when| RuleSet {
            report_by: 12,
            rules: vec![Rule { key: "a".into(), alert: Alert::Worse, only: None, when }],
        };
        assert_eq!(differences(&set(of(["cough", "nausea"])), &set(of(["nausea", "cough"]))), []);
        assert_eq!(differences(&set(of(["cough", "nausea"])), &set(of(["nausea", "fatigue"]))).len(), 1);
    }

    #[test]
    fn each_change_is_named_once() {
        let before = RuleSet { report_by: 12, rules: vec![rule("a", 93), rule("b", 95), rule("c", 96)] };
        assert_eq!(differences(&before, &before), []);
        let after = RuleSet { report_by: 10, rules: vec![rule("c", 96), rule("b", 94), rule("d", 90)] };
        assert_eq!(
            differences(&before, &after),
            [
                Difference::ReportBy { before: 12, after: 10 },
                Difference::Changed { before: &before.rules[1], after: &after.rules[1] },
                Difference::Added(&after.rules[2]),
                Difference::Removed(&before.rules[0]),
                Difference::Reordered,
            ]
        );
    }
}
