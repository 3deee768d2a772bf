//! Which days the graph shows.

use std::fmt::Write;

use serde::Deserialize;
use time::{Date, Duration};

use crate::monitoring::store::Observed;
use crate::ui::chart::Days;

/// How many days may be chosen.
pub const CHOICES: [i64; 3] = [10, 14, 30];

const DEFAULT: i64 = 14;

/// Fewer days than this would stretch the graph without telling more.
const FEWEST: i64 = 7;

/// What the address asks for; anything unreadable is as if it were not there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    days: Option<String>,
    until: Option<String>,
    /// What was just done.
    pub done: Option<String>,
}

impl Wanted {
    pub fn days(&self) -> i64 {
        self.days.as_deref().and_then(|days| days.parse().ok()).filter(|days| CHOICES.contains(days)).unwrap_or(DEFAULT)
    }

    /// The query that asks for the same, without what was just done.
    pub fn query(&self) -> String {
        query(self.days(), self.until())
    }

    fn until(&self) -> Option<Date> {
        self.until.as_deref().and_then(|day| hersys_shared::days::parse(day).ok())
    }
}

/// The days that are shown, and the periods beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub days: Days,
    /// How many days were asked for.
    pub length: i64,
    /// The last day of the period before, where there are older reports.
    pub before: Option<Date>,
    /// The last day of the period after; `None` where the newest is shown.
    pub after: Option<Date>,
    newest: bool,
}

impl Period {
    /// The newest days, or those until the day that is asked for, beginning with what there is to show.
    pub fn of(wanted: &Wanted, observed: &Observed, today: Date) -> Self {
        let end = end(observed, today);
        let length = wanted.days();
        let last = wanted.until().map_or(end, |until| until.min(end));
        let back = |day: Date, days: i64| day.checked_sub(Duration::days(days)).unwrap_or(Date::MIN);
        let begun = [observed.from, observed.reported.map(|days| days.first)].into_iter().flatten().min();
        let earliest = back(last, length - 1);
        let first = begun.map_or(earliest, |begun| begun.max(earliest)).min(back(last, FEWEST - 1));
        Self {
            days: Days { first, last },
            length,
            before: observed.reported.and_then(|days| (days.first < first).then(|| back(first, 1))),
            after: (last < end).then(|| last.saturating_add(Duration::days(length)).min(end)),
            newest: last == end,
        }
    }

    /// As many days as were asked for, whenever the observation began: for several people on one axis.
    pub fn whole(self) -> Self {
        let first = self.days.last.checked_sub(Duration::days(self.length - 1)).unwrap_or(self.days.first);
        Self { days: Days { first: first.min(self.days.first), ..self.days }, ..self }
    }

    /// The query that asks for this period with another number of days.
    pub fn with_length(&self, length: i64) -> String {
        query(length, (!self.newest).then_some(self.days.last))
    }

    /// The query that asks for a period with another last day.
    pub fn until(&self, last: Date) -> String {
        query(self.length, Some(last))
    }

    /// The query that asks for this period.
    pub fn query(&self) -> String {
        self.with_length(self.length)
    }
}

fn query(length: i64, until: Option<Date>) -> String {
    let mut query = format!("?days={length}");
    if let Some(until) = until {
        let _ = write!(query, "&until={}", hersys_shared::days::iso(until));
    }
    query
}

/// Today while the observation goes on; afterwards the last day that has anything to show, so that
/// an old record does not open on empty days.
fn end(observed: &Observed, today: Date) -> Date {
    let last_report = observed.reported.map(|days| days.last);
    let over = match (observed.until, last_report) {
        (Some(until), last_report) if until < today => Some(last_report.map_or(until, |day| day.max(until))),
        (None, Some(day)) if day.saturating_add(Duration::days(DEFAULT)) < today => Some(day),
        _ => None,
    };
    // A report of a day to come would be an error of its writer; it is shown all the same.
    over.unwrap_or(today).max(last_report.unwrap_or(Date::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::symptoms::CaseKind;
    use time::macros::date;

    const TODAY: Date = date!(2022 - 08 - 20);

    fn observed(from: Option<Date>, until: Option<Date>, reported: Option<(Date, Date)>) -> Observed {
        Observed { kind: CaseKind::Patient, from, until, reported: reported.map(|(first, last)| Days { first, last }) }
    }

    fn wanted(days: &str, until: &str) -> Wanted {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Wanted { days: some(days), until: some(until), done: None }
    }

    fn period(days: &str, until: &str, observed: &Observed) -> (Date, Date) {
        let period = Period::of(&wanted(days, until), observed, TODAY);
        (period.days.first, period.days.last)
    }

    #[test]
    fn obs_05_the_newest_fourteen_days_are_shown_unless_others_are_asked_for() {
        let long = observed(None, None, Some((date!(2022 - 06 - 01), date!(2022 - 08 - 19))));
        assert_eq!(period("", "", &long), (date!(2022 - 08 - 07), TODAY));
        assert_eq!(period("30", "", &long), (date!(2022 - 07 - 22), TODAY));
        assert_eq!(period("10", "", &long), (date!(2022 - 08 - 11), TODAY));
        for odd in ["0", "-3", "99999999999999999999", "x", "31"] {
            assert_eq!(period(odd, odd, &long), (date!(2022 - 08 - 07), TODAY), "{odd}");
        }
    }

    #[test]
    fn a_young_record_begins_with_its_first_report() {
        let young = observed(None, None, Some((date!(2022 - 08 - 11), date!(2022 - 08 - 19))));
        assert_eq!(period("", "", &young), (date!(2022 - 08 - 11), TODAY));
        let new = observed(None, None, Some((TODAY, TODAY)));
        assert_eq!(period("", "", &new), (date!(2022 - 08 - 14), TODAY));
    }

    #[test]
    fn after_its_end_the_observation_stays_in_view() {
        let reported = Some((date!(2022 - 07 - 01), date!(2022 - 07 - 09)));
        assert_eq!(
            period("", "", &observed(Some(date!(2022 - 07 - 01)), Some(date!(2022 - 07 - 10)), reported)).1,
            date!(2022 - 07 - 10)
        );
        assert_eq!(period("", "", &observed(None, None, reported)).1, date!(2022 - 07 - 09));
    }

    #[test]
    fn silence_during_the_observation_is_shown_up_to_today() {
        let silent = observed(
            Some(date!(2022 - 08 - 01)),
            Some(date!(2022 - 08 - 25)),
            Some((date!(2022 - 08 - 01), date!(2022 - 08 - 03))),
        );
        assert_eq!(period("", "", &silent).1, TODAY);
    }

    #[test]
    fn older_periods_are_one_step_away() {
        let long = observed(None, None, Some((date!(2022 - 06 - 01), date!(2022 - 08 - 19))));
        let newest = Period::of(&Wanted::default(), &long, TODAY);
        assert_eq!((newest.before, newest.after), (Some(date!(2022 - 08 - 06)), None));
        assert_eq!(newest.query(), "?days=14");
        let older = Period::of(&wanted("14", "2022-08-06"), &long, TODAY);
        assert_eq!(older.after, Some(TODAY));
        assert_eq!(older.with_length(30), "?days=30&until=2022-08-06");
        let oldest = Period::of(&wanted("14", "2022-06-05"), &long, TODAY);
        assert_eq!(oldest.before, None);
    }

    #[test]
    fn no_day_that_can_be_asked_for_breaks_the_rule() {
        let nothing = observed(None, None, None);
        for until in ["1868-01-25", "2199-12-31", "0001-01-01", "9999-12-31"] {
            let (first, last) = period("30", until, &nothing);
            assert!(first <= last && last <= TODAY);
        }
    }
}
