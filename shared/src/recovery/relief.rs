//! When symptoms may have been relieved (症状軽快), by the person's own reports: a hint for whoever decides.

use time::Date;

use crate::symptoms::{Answer, Answers};

/// Fever begins here: tenths of a degree Celsius.
const FEVER: i64 = 375;
/// Respiratory symptoms among those that are asked for.
const RESPIRATORY: [&str; 2] = ["cough", "breathlessness"];

/// A report, as far as relief follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    pub on: Date,
    /// Tenths of a degree Celsius.
    pub temperature: Option<i64>,
    pub symptoms: Answers,
}

impl Reported {
    /// Neither fever nor a respiratory symptom. What was not told is not taken for well.
    fn is_relieved(&self) -> bool {
        let is_gone = |key: &&str| self.symptoms.get(*key).is_some_and(|answer| *answer == Answer::No);
        self.temperature.is_some_and(|tenths| tenths < FEVER) && RESPIRATORY.iter().all(is_gone)
    }
}

/// Since when reports tell of neither fever nor respiratory symptoms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relief {
    pub since: Date,
    /// The last day with a report.
    pub until: Date,
    /// Days with reports among these.
    pub days: usize,
}

/// The relief that the reports of a person suggest, in any order; none while the newest tell of fever or respiratory
/// symptoms. Whether antipyretics were taken nobody knows from here.
pub fn relief(reports: &[Reported]) -> Option<Relief> {
    let last_ill = reports.iter().filter(|report| !report.is_relieved()).map(|report| report.on).max();
    let mut days: Vec<Date> = reports.iter().map(|report| report.on).filter(|on| Some(*on) > last_ill).collect();
    days.sort_unstable();
    days.dedup();
    Some(Relief { since: *days.first()?, until: *days.last()?, days: days.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn report(on: Date, temperature: Option<i64>, cough: Answer) -> Reported {
        let symptoms = [("cough".to_owned(), cough), ("breathlessness".to_owned(), Answer::No)].into();
        Reported { on, temperature, symptoms }
    }

    #[test]
    fn the_first_day_after_the_last_fever_and_cough_is_told() {
        let (one, two, three, four) =
            (date!(2022 - 08 - 01), date!(2022 - 08 - 02), date!(2022 - 08 - 03), date!(2022 - 08 - 05));
        let mut reports = vec![
            report(one, Some(380), Answer::Yes),
            report(two, Some(374), Answer::No),
            report(two, Some(375), Answer::No),
            report(three, Some(374), Answer::No),
            report(four, Some(362), Answer::No),
        ];
        let found = Some(Relief { since: three, until: four, days: 2 });
        assert_eq!(relief(&reports), found);
        reports.reverse();
        assert_eq!(relief(&reports), found);
        for ill in [report(four, None, Answer::No), report(four, Some(360), Answer::Unknown)] {
            assert_eq!(relief(&[reports.clone(), vec![ill]].concat()), None);
        }
        assert_eq!(relief(&[]), None);
        let mut not_asked = report(four, Some(362), Answer::No);
        not_asked.symptoms.remove("breathlessness");
        assert_eq!(relief(&[not_asked]), None, "what was not asked is not gone");
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            days in proptest::collection::vec((0i64..20, proptest::option::of(350i64..400), any::<bool>()), 0..12),
        ) {
            let reports: Vec<Reported> = days
                .iter()
                .map(|(day, temperature, cough)| {
                    let on = date!(2022 - 08 - 01) + time::Duration::days(*day);
                    report(on, *temperature, if *cough { Answer::Yes } else { Answer::No })
                })
                .collect();
            let twice: Vec<Reported> = reports.iter().rev().chain(&reports).cloned().collect();
            prop_assert_eq!(relief(&twice), relief(&reports));
        }
    }
}
