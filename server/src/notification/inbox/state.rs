//! Where a notification stands with its receiving centre, and what moves it on.

use crate::clock::Timestamp;

/// The state of a notification in 届出受付.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    New,
    /// The institution changed what the centre had confirmed (C-25).
    Changed,
    /// The institution answered a question, by words or by an edit.
    Answered,
    /// A question waits for the institution.
    Asked,
    Confirmed,
    /// 県へ報告済
    Reported,
    Deleted,
}

impl State {
    /// In the order in which a centre works.
    pub const ALL: [Self; 7] =
        [Self::New, Self::Changed, Self::Answered, Self::Asked, Self::Confirmed, Self::Reported, Self::Deleted];

    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Answered => "answered",
            Self::Asked => "asked",
            Self::Confirmed => "confirmed",
            Self::Reported => "reported",
            Self::Deleted => "deleted",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::New => "新着",
            Self::Changed => "変更あり",
            Self::Answered => "回答あり",
            Self::Asked => "照会中",
            Self::Confirmed => "確認済",
            Self::Reported => "県へ報告済",
            Self::Deleted => "削除済み",
        }
    }

    /// What the institution that filed it is told.
    pub fn label_for_institution(self) -> &'static str {
        match self {
            Self::New | Self::Changed => "届出済（保健所の確認待ち）",
            Self::Answered => "回答済（保健所の確認待ち）",
            Self::Asked => "保健所からの照会あり",
            Self::Confirmed | Self::Reported => "保健所が確認済",
            Self::Deleted => "削除済み",
        }
    }

    /// Whether it waits for the centre.
    pub fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Changed | Self::Answered)
    }

    pub fn may_confirm(self) -> bool {
        self.is_open() || self == Self::Asked
    }

    pub fn may_ask(self) -> bool {
        self != Self::Deleted
    }

    /// Only what was confirmed is reported on.
    pub fn may_report(self) -> bool {
        self == Self::Confirmed
    }

    /// Where it stands in the list when it came into this state at `at`; less is further up.
    pub fn place(self, at: Timestamp) -> i64 {
        match self {
            _ if self.is_open() => at.0,
            Self::Asked => ASKED + at.0,
            _ => DONE - at.0,
        }
    }

    /// The state of what arrives. What the centre itself entered needs no second look (FORM-03).
    pub fn on_arrival(by_center_itself: bool) -> Self {
        if by_center_itself { Self::Confirmed } else { Self::New }
    }

    /// The state after a new version. The centre's own edits are confirmed as far as the version before was.
    pub fn on_change(self, by_center_itself: bool) -> Self {
        match (self, by_center_itself) {
            (Self::Confirmed | Self::Reported, true) => Self::Confirmed,
            (state, true) => state,
            (Self::New, false) => Self::New,
            (Self::Asked | Self::Answered, false) => Self::Answered,
            (Self::Changed | Self::Confirmed | Self::Reported | Self::Deleted, false) => Self::Changed,
        }
    }
}

/// Everything before this place waits for the centre; it lies beyond the milliseconds of any day that
/// this system will see.
pub use crate::access::store::OPEN_UNTIL;
const ASKED: i64 = OPEN_UNTIL;
const DONE: i64 = 4 * OPEN_UNTIL;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_longest_stands_on_top_and_what_was_done_last_follows() {
        let (early, late) = (Timestamp(1_660_000_000_000), Timestamp(1_700_000_000_000));
        let order = [
            State::New.place(early),
            State::Changed.place(late),
            State::Asked.place(early),
            State::Asked.place(late),
            State::Confirmed.place(late),
            State::Reported.place(early),
        ];
        assert!(order.is_sorted());
        assert!(State::Answered.place(late) < OPEN_UNTIL && State::Asked.place(early) >= OPEN_UNTIL);
    }

    #[test]
    fn c_25_an_edit_of_the_institution_is_marked_and_the_centers_own_is_not() {
        assert_eq!(State::Confirmed.on_change(false), State::Changed);
        assert_eq!(State::Reported.on_change(false), State::Changed);
        assert_eq!(State::New.on_change(false), State::New);
        assert_eq!(State::Asked.on_change(false), State::Answered);
        assert_eq!(State::Reported.on_change(true), State::Confirmed);
        assert_eq!(State::Changed.on_change(true), State::Changed);
    }

    #[test]
    fn codes_come_back() {
        for state in State::ALL {
            assert_eq!(State::from_code(state.code()), Some(state));
        }
    }
}
