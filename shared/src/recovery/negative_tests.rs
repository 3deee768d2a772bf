//! When negative tests end a period.

use time::{Date, Duration};

use crate::days;
use crate::recovery::NegativeTests;

/// The end by negative tests. It holds by the rule alone, whatever day it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByTests {
    /// How many negative tests are still missing; 0: all are there.
    pub missing: u8,
    /// The earliest day of the next one; none where none is missing.
    pub test_from: Option<Date>,
    /// The last day of observation, included; where tests are missing, if they are negative as early as can be.
    pub last_day: Date,
}

/// So many days later, at most the last day of the calendar.
pub(super) fn after(day: Date, days: i64) -> Date {
    day.saturating_add(Duration::days(days.clamp(0, 1_000_000)))
}

/// The days that hours take up, as only days are recorded: 24 h are 1, 72 h are 3, begun ones count.
pub(super) fn begun_days(hours: u16) -> i64 {
    i64::from(hours.div_ceil(24))
}

impl NegativeTests {
    /// The end for whoever has `base` as day 0 and was negative on `negative_on`, in any order. None where relief of
    /// symptoms counts and its day is not known.
    pub(super) fn end(&self, base: Date, relieved_on: Option<Date>, negative_on: &[Date]) -> Option<ByTests> {
        let mut from = after(base, i64::from(self.first_day.unwrap_or(0)));
        if let Some(hours) = self.relief_hours {
            from = from.max(after(relieved_on?, begun_days(hours)));
        }
        let gap = self.gap();
        let mut days = negative_on.to_vec();
        days.sort_unstable();
        days.dedup();
        let mut missing = self.count;
        let mut last = from;
        for day in days {
            if missing > 0 && day >= from {
                missing -= 1;
                last = day;
                from = after(day, gap);
            }
        }
        if missing > 0 {
            last = after(from, gap * i64::from(missing - 1));
        }
        let free_on = after(last, i64::from(self.free_after));
        let last_day = free_on.previous_day().unwrap_or(free_on).max(base);
        Some(ByTests { missing, test_from: (missing > 0).then_some(from), last_day })
    }

    /// The days from one test to the next, 1 at least.
    pub(super) fn gap(&self) -> i64 {
        self.hours_apart.map_or(1, begun_days).max(1)
    }

    /// `陰性の検査2回（7日目以降、24時間以上の間隔）`
    pub(super) fn sentence(&self) -> String {
        let mut terms = Vec::new();
        if let Some(day) = self.first_day {
            terms.push(format!("{day}日目以降"));
        }
        if let Some(hours) = self.relief_hours {
            terms.push(format!("症状軽快から{hours}時間以降"));
        }
        match self.hours_apart {
            _ if self.count < 2 => {}
            Some(hours) => terms.push(format!("{hours}時間以上の間隔")),
            None => terms.push("別の日".into()),
        }
        let terms = if terms.is_empty() { String::new() } else { format!("（{}）", terms.join("、")) };
        format!("陰性の検査{}回{terms}", self.count)
    }

    /// What `end` means, for whoever checks it.
    pub(super) fn words(&self, end: Option<ByTests>) -> String {
        let rule = self.sentence();
        let Some(end) = end else {
            return format!("{rule}で終了できます。症状軽快の日を入力すると計算します。");
        };
        let last = days::iso(end.last_day);
        let free = days::iso(after(end.last_day, 1));
        match end.test_from {
            None => format!("{rule}がそろいました：{last} まで（{free} に解除できます。検査の日時を確かめてください）"),
            Some(from) => {
                let from = days::iso(from);
                let missing = end.missing;
                format!("{rule}で終了できます：あと{missing}回、{from} 以降の検査で、最短 {last} まで（{free} に解除）")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TWO: NegativeTests =
        NegativeTests { count: 2, first_day: Some(7), relief_hours: None, hours_apart: Some(24), free_after: 1 };

    #[test]
    fn tests_that_are_too_early_or_too_close_do_not_count() {
        let base = date!(2020 - 06 - 12);
        let end = |days: &[Date]| TWO.end(base, None, days);
        let found = |missing, test_from, last_day| Some(ByTests { missing, test_from, last_day });
        assert_eq!(end(&[]), found(2, Some(date!(2020 - 06 - 19)), date!(2020 - 06 - 20)));
        assert_eq!(end(&[date!(2020 - 06 - 18)]), end(&[]));
        let one = found(1, Some(date!(2020 - 06 - 20)), date!(2020 - 06 - 20));
        assert_eq!(end(&[date!(2020 - 06 - 19), date!(2020 - 06 - 19)]), one);
        let both = found(0, None, date!(2020 - 06 - 21));
        assert_eq!(end(&[date!(2020 - 06 - 21), date!(2020 - 06 - 19)]), both);
        let far = NegativeTests { hours_apart: Some(25), ..TWO };
        assert_eq!(far.gap(), 2);
        let late = found(1, Some(date!(2020 - 06 - 21)), date!(2020 - 06 - 21));
        assert_eq!(far.end(base, None, &[date!(2020 - 06 - 19), date!(2020 - 06 - 20)]), late);
    }

    #[test]
    fn relief_comes_before_the_first_test() {
        let base = date!(2020 - 02 - 10);
        let tests = NegativeTests { first_day: None, relief_hours: Some(48), hours_apart: Some(12), ..TWO };
        assert_eq!(tests.end(base, None, &[]), None);
        let end = tests.end(base, Some(date!(2020 - 02 - 27)), &[]).unwrap();
        assert_eq!((end.test_from, end.last_day), (Some(date!(2020 - 02 - 29)), date!(2020 - 03 - 01)));
        assert_eq!(tests.sentence(), "陰性の検査2回（症状軽快から48時間以降、12時間以上の間隔）");
    }

    #[test]
    fn the_end_never_comes_before_day_0() {
        let today = NegativeTests { count: 1, first_day: None, hours_apart: None, free_after: 0, ..TWO };
        let base = date!(2022 - 09 - 10);
        assert_eq!(today.end(base, None, &[base]).map(|end| end.last_day), Some(base));
        assert_eq!(today.sentence(), "陰性の検査1回");
        let most = NegativeTests { count: u8::MAX, first_day: Some(u16::MAX), free_after: u8::MAX, ..TWO };
        assert!(most.end(Date::MAX, None, &[Date::MAX, Date::MIN]).is_some());
    }
}
