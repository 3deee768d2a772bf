//! What a computation does to a period, and what is left to people: pure.
//!
//! A computation moves the period by itself only where nobody is let go by it: while the person is observed, no
//! centre has set the end, and the new end comes later than the one that stands. Anything else is a proposal.

use hersys_shared::recovery::Computed;
use time::{Date, Duration};

/// Days for which somebody stays for review whose last day has passed.
pub const REVIEW_DAYS: i64 = 14;
/// Days after which somebody is looked at whose last day nobody knows.
const OPEN_DAYS: i64 = 5;
/// The last days of a period, of which a report has to tell: without any, nobody knows how the person is.
const LAST_DAYS: i64 = 2;

/// The first and the last day of observation, both included; no last day where it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Option<Date>,
    pub until: Option<Date>,
}

impl Period {
    /// Whether the last day lies before `today`.
    pub fn is_over(self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Until when somebody is looked at beyond the last day; none where there is no last day.
    pub fn review_until(self) -> Option<Date> {
        self.until.map(|until| until.saturating_add(Duration::days(REVIEW_DAYS)))
    }

    /// Whether the reports, the last of which tells of `reported_on`, say nothing of the last days.
    pub fn ends_in_silence(self, reported_on: Option<Date>) -> bool {
        let since = |until: Date| until.saturating_sub(Duration::days(LAST_DAYS - 1));
        self.until.is_some_and(|until| reported_on.is_none_or(|last| last < since(until)))
    }

    /// Whether somebody is asked to report on `today`.
    pub fn is_running(self, today: Date) -> bool {
        self.from.is_some_and(|from| from <= today) && !self.is_over(today)
    }
}

/// A computation as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computation {
    pub from: Option<Date>,
    pub until: Option<Date>,
    /// The end by negative tests that are all there.
    pub tests_until: Option<Date>,
    pub care_until: Option<Date>,
    pub rule_from: Date,
    pub needs_review: bool,
    pub words: Vec<String>,
    pub reasons: Vec<String>,
    /// The day whose rules were used.
    pub on: Date,
}

impl Computation {
    pub fn of(computed: Computed, on: Date) -> Self {
        Self {
            from: computed.from,
            until: computed.last_day,
            tests_until: computed.earliest_by_tests.filter(|end| end.missing == 0).map(|end| end.last_day),
            care_until: computed.care_until,
            rule_from: computed.rule_from,
            needs_review: computed.needs_review,
            words: computed.words,
            reasons: computed.reasons,
            on,
        }
    }

    /// Whether another one says the same, on whatever day it was made.
    pub fn says_the_same(&self, other: &Self) -> bool {
        Self { on: self.on, ..other.clone() } == *self
    }
}

/// What is kept of a person's period beside its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// 0 where nothing is kept yet.
    pub version: i64,
    pub is_by_hand: bool,
    /// The first day before any computation.
    pub began_on: Option<Date>,
    pub computation: Option<Computation>,
    /// The computed end that a centre did not want, and the end by tests.
    pub declined_until: Option<Date>,
    pub declined_tests_until: Option<Date>,
    pub settled_until: Option<Date>,
}

impl Kept {
    /// Of somebody whose period was never computed: an end that is there was set by somebody.
    pub fn new(period: Period) -> Self {
        Self {
            version: 0,
            is_by_hand: period.until.is_some() || period.from.is_none(),
            began_on: period.from,
            computation: None,
            declined_until: None,
            declined_tests_until: None,
            settled_until: None,
        }
    }

    /// With everything declined that the computation proposes for `period`.
    pub fn declining(self, period: Period, today: Date) -> Self {
        let proposals = self.proposals(period, today);
        let end = |is_by_tests: bool| {
            proposals.iter().find(|proposal| proposal.is_by_tests == is_by_tests).map(|proposal| proposal.until)
        };
        Self {
            declined_until: end(false).or(self.declined_until),
            declined_tests_until: end(true).or(self.declined_tests_until),
            ..self
        }
    }

    /// Whether a centre said that `period` ends as it stands.
    pub fn is_settled(&self, period: Period) -> bool {
        period.until.is_some() && self.settled_until == period.until
    }

    /// The period by the computation: it never begins after the day of entry, since the person was observed then.
    pub fn computed_from(&self) -> Option<Date> {
        let day_0 = self.computation.as_ref().and_then(|computation| computation.from);
        [self.began_on, day_0].into_iter().flatten().min()
    }

    /// Where the computation moves `period` by itself; none where it stays.
    pub fn follow(&self, period: Period, today: Date) -> Option<Period> {
        let end = self.computation.as_ref()?.until?;
        let lets_nobody_go = end >= today && period.until.is_none_or(|until| until <= end);
        if self.is_by_hand || period.is_over(today) || !lets_nobody_go {
            return None;
        }
        let moved = Period { from: self.computed_from(), until: Some(end) };
        (moved != period).then_some(moved)
    }

    /// What the computation would have people decide.
    pub fn proposal(&self, period: Period, today: Date) -> Option<Proposal> {
        self.proposals(period, today).into_iter().next()
    }

    /// All that it proposes: the end by tests comes before the usual one.
    fn proposals(&self, period: Period, today: Date) -> Vec<Proposal> {
        let Some(computation) = self.computation.as_ref() else { return Vec::new() };
        let ends = [
            (computation.tests_until, self.declined_tests_until, true),
            (computation.until, self.declined_until, false),
        ];
        let mut proposals = Vec::new();
        for (end, declined, is_by_tests) in ends {
            let Some(end) = end else { continue };
            if period.until == Some(end) {
                break;
            }
            // Whoever is over and would be over stays so.
            if declined == Some(end) || (period.is_over(today) && end < today) {
                continue;
            }
            proposals.push(Proposal { from: self.computed_from(), until: end, is_by_tests });
        }
        proposals
    }

    /// How the boards of centres show `period`.
    pub fn on_board(&self, period: Period, today: Date) -> OnBoard {
        let never = Date::MAX;
        let Some(from) = period.from else { return OnBoard::hidden() };
        let proposal = self.proposal(period, today);
        let is_settled = self.is_settled(period);
        let reasons = self.computation.as_ref().map(|computation| computation.reasons.as_slice()).unwrap_or_default();
        let is_open = !is_settled && !reasons.is_empty();
        let stays = is_open || proposal.is_some();
        let shown_until = if stays { period.review_until() } else { period.until }.unwrap_or(never);
        let review_from = match (proposal, is_settled) {
            (Some(_), _) => Some(from),
            (None, true) => None,
            (None, false) => period.until.or_else(|| from.checked_add(Duration::days(OPEN_DAYS))),
        };
        let mut words: Vec<String> = proposal.iter().map(Proposal::words).collect();
        if is_open {
            words.extend(reasons.iter().cloned());
        }
        OnBoard { shown_until, review_from, words: words.join(" ") }
    }
}

/// An end that differs from the one that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    pub from: Option<Date>,
    pub until: Date,
    pub is_by_tests: bool,
}

impl Proposal {
    /// `計算では8/10まで`
    pub fn words(&self) -> String {
        let day = short_day(self.until);
        if self.is_by_tests {
            format!("陰性の検査により{day}まで")
        } else {
            format!("計算では{day}まで")
        }
    }
}

/// What a row of a board follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBoard {
    /// The last day on which the person is shown.
    pub shown_until: Date,
    /// The day from which on they stand for review; none where they do not.
    pub review_from: Option<Date>,
    /// Why, where there is more to say than that the last day has come.
    pub words: String,
}

impl OnBoard {
    fn hidden() -> Self {
        Self { shown_until: Date::MIN, review_from: None, words: String::new() }
    }
}

/// `8/1`
pub fn short_day(day: Date) -> String {
    format!("{}/{}", u8::from(day.month()), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2022 - 08 - 05);
    const FROM: Date = date!(2022 - 08 - 01);

    fn period(until: Option<Date>) -> Period {
        Period { from: Some(FROM), until }
    }

    fn kept(until: Option<Date>, computed: Date) -> Kept {
        let computation = Computation {
            from: Some(date!(2022 - 07 - 30)),
            until: Some(computed),
            tests_until: None,
            care_until: None,
            rule_from: date!(2022 - 01 - 28),
            needs_review: false,
            words: vec![],
            reasons: vec![],
            on: TODAY,
        };
        Kept { computation: Some(computation), is_by_hand: false, ..Kept::new(period(until)) }
    }

    #[test]
    fn obs_09_a_computation_prolongs_and_never_shortens() {
        let end = date!(2022 - 08 - 09);
        for (until, computed, moved) in [
            (None, end, Some(end)),
            (Some(date!(2022 - 08 - 08)), end, Some(end)),
            (Some(TODAY), end, Some(end)),
            // Shorter, already past, over.
            (Some(date!(2022 - 08 - 10)), end, None),
            (None, date!(2022 - 08 - 04), None),
            (Some(date!(2022 - 08 - 04)), end, None),
        ] {
            let kept = kept(until, computed);
            let found = kept.follow(period(until), TODAY).map(|period| period.until);
            assert_eq!(found, moved.map(Some), "{until:?} {computed}");
            let proposal = kept.proposal(period(until), TODAY).map(|proposal| proposal.until);
            assert_eq!(proposal, Some(computed), "what is not done is proposed");
        }
        let same = kept(Some(end), end);
        // It begins with day 0, but never after the day of entry.
        assert_eq!(same.follow(period(Some(end)), TODAY).unwrap().from, Some(date!(2022 - 07 - 30)));
        assert_eq!(same.proposal(period(Some(end)), TODAY), None);
        let by_hand = Kept { is_by_hand: true, ..kept(Some(TODAY), end) };
        assert_eq!(by_hand.follow(period(Some(TODAY)), TODAY), None);
        assert!(by_hand.proposal(period(Some(TODAY)), TODAY).is_some());
    }

    #[test]
    fn what_a_centre_did_not_want_is_not_proposed_again() {
        let end = date!(2022 - 08 - 09);
        let mut kept = kept(Some(date!(2022 - 08 - 12)), end);
        let now = period(Some(date!(2022 - 08 - 12)));
        kept.declined_until = Some(end);
        assert_eq!(kept.proposal(now, TODAY), None);
        kept.computation.as_mut().unwrap().tests_until = Some(date!(2022 - 08 - 06));
        let tests = kept.proposal(now, TODAY).unwrap();
        assert!(tests.is_by_tests && tests.words() == "陰性の検査により8/6まで");
        assert_eq!(kept.proposal(period(Some(tests.until)), TODAY), None);
        // Somebody who has been let go comes back only where the computation says that it was too early.
        let over = period(Some(date!(2022 - 08 - 01)));
        kept.declined_until = None;
        kept.computation.as_mut().unwrap().tests_until = None;
        assert!(kept.proposal(over, TODAY).is_some());
        assert_eq!(kept.proposal(over, date!(2022 - 08 - 10)), None);
    }

    #[test]
    fn whoever_needs_a_look_stays_for_a_while_after_the_last_day() {
        let end = date!(2022 - 08 - 09);
        let now = period(Some(end));
        let mut kept = kept(Some(end), end);
        let plain = kept.on_board(now, TODAY);
        assert_eq!((plain.shown_until, plain.review_from, plain.words.as_str()), (end, Some(end), ""));
        let computation = kept.computation.as_mut().unwrap();
        (computation.needs_review, computation.reasons) = (true, vec!["軽快の日がありません。".into()]);
        let open = kept.on_board(now, TODAY);
        assert_eq!((open.shown_until, open.review_from), (date!(2022 - 08 - 23), Some(end)));
        assert_eq!(open.words, "軽快の日がありません。");
        kept.settled_until = Some(end);
        let settled = kept.on_board(now, TODAY);
        assert_eq!((settled.shown_until, settled.review_from, settled.words.as_str()), (end, None, ""));
        // A decision counts for the day of which it was made.
        let later = kept.on_board(period(Some(date!(2022 - 08 - 10))), TODAY);
        assert_eq!((later.review_from, later.shown_until), (Some(FROM), date!(2022 - 08 - 24)));
        assert_eq!(kept.on_board(Period { from: None, until: None }, TODAY), OnBoard::hidden());
        // Without an end somebody is looked at after some days, and until it has one.
        let never = Kept::new(period(None)).on_board(period(None), TODAY);
        assert_eq!((never.shown_until, never.review_from), (Date::MAX, Some(date!(2022 - 08 - 06))));
    }

    #[test]
    fn both_proposals_are_declined_and_settled_together() {
        let now = period(Some(date!(2022 - 08 - 12)));
        let mut kept = kept(now.until, date!(2022 - 08 - 09));
        kept.computation.as_mut().unwrap().tests_until = Some(date!(2022 - 08 - 06));
        assert!(kept.proposal(now, TODAY).unwrap().is_by_tests);
        let declined = kept.clone().declining(now, TODAY);
        assert_eq!(declined.proposal(now, TODAY), None);
        let settled = Kept { settled_until: now.until, ..declined.clone() }.on_board(now, TODAY);
        assert_eq!((settled.review_from, settled.words.as_str()), (None, ""));
        // What the computation says only now was not declined.
        let mut later = declined;
        later.computation.as_mut().unwrap().until = Some(date!(2022 - 08 - 10));
        assert_eq!(later.proposal(now, TODAY).unwrap().until, date!(2022 - 08 - 10));
        let again = later.declining(now, TODAY);
        assert_eq!((again.proposal(now, TODAY), again.declined_tests_until), (None, Some(date!(2022 - 08 - 06))));
    }

    #[test]
    fn silence_at_the_end_is_that_of_the_last_two_days() {
        let now = period(Some(date!(2022 - 08 - 09)));
        let silent = |day| now.ends_in_silence(day);
        assert!(silent(None) && silent(Some(date!(2022 - 08 - 07))));
        assert!(!silent(Some(date!(2022 - 08 - 08))) && !silent(Some(date!(2022 - 08 - 09))));
        assert!(!period(None).ends_in_silence(None));
    }

    #[test]
    fn a_period_is_over_after_its_last_day() {
        let one_day = Period { from: Some(TODAY), until: Some(TODAY) };
        assert!(one_day.is_running(TODAY) && !one_day.is_over(TODAY));
        assert!(!one_day.is_running(date!(2022 - 08 - 06)) && !one_day.is_running(date!(2022 - 08 - 04)));
        assert!(!Period { from: None, until: None }.is_running(TODAY));
    }
}
