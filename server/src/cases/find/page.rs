//! Pages of the list: where each begins, and how it is cut out of few people.

use std::cmp::Ordering;

use time::Date;
use uuid::Uuid;

use crate::cases::find::{Listed, Sort, SortKey};
use crate::db::{Db, Query, Result, Value};

/// Which page: the first, the last, or the one beside a row that the reader has seen. The row is
/// named by its case, so that no personal data stands in the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    First,
    Last,
    After(Uuid),
    Before(Uuid),
}

/// A page of at most `size` rows, and whether there are rows before and after it.
pub struct Rows {
    pub rows: Vec<Listed>,
    pub before: bool,
    pub after: bool,
}

/// What a row is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Number(i64),
    Text(String),
    Day(Option<Date>),
}

impl Key {
    /// `None` where the row has none.
    pub fn value(self) -> Option<Value> {
        match self {
            Self::Number(number) => Some(number.into()),
            Self::Text(text) => Some(text.into()),
            Self::Day(day) => day.map(Value::from),
        }
    }
}

/// Somebody of the list with what it is sorted by.
pub type Keyed = (Uuid, Key);

/// What a query of two columns finds: the case, and the column of `key`.
pub async fn keyed(query: Query, key: SortKey, db: &Db) -> Result<Vec<Keyed>> {
    Ok(match key {
        SortKey::Registered => {
            query.all::<(Uuid, i64)>(db).await?.into_iter().map(|(id, at)| (id, Key::Number(at))).collect()
        }
        SortKey::Kana => {
            query.all::<(Uuid, String)>(db).await?.into_iter().map(|(id, kana)| (id, Key::Text(kana))).collect()
        }
        SortKey::Onset | SortKey::Confirmed | SortKey::Diagnosed | SortKey::Reported | SortKey::Ended => {
            query.all::<(Uuid, Option<Date>)>(db).await?.into_iter().map(|(id, day)| (id, Key::Day(day))).collect()
        }
    })
}

/// [`Position`] with the keys of its row.
pub enum Anchored {
    First,
    Last,
    After(Keyed),
    Before(Keyed),
}

/// The people of a page.
pub struct Part {
    pub people: Vec<Uuid>,
    pub before: bool,
    pub after: bool,
}

impl Part {
    /// The page at `position` of all who were found.
    pub fn of(mut found: Vec<Keyed>, sort: Sort, position: &Anchored, size: usize) -> Self {
        found.sort_unstable_by(|one, other| in_order(one, other, sort));
        let (from, until) = match position {
            Anchored::First => (0, size),
            // The last page holds what the pages before it leave over.
            Anchored::Last => (found.len() - left_over(found.len(), size), found.len()),
            Anchored::After(row) => {
                let from = found.partition_point(|other| in_order(other, row, sort) != Ordering::Greater);
                (from, from.saturating_add(size))
            }
            Anchored::Before(row) => {
                let until = found.partition_point(|other| in_order(other, row, sort) == Ordering::Less);
                (until.saturating_sub(size), until)
            }
        };
        let until = until.min(found.len());
        if from == until {
            // All who stood there have left what was searched for; others may stand before them.
            return Self::cut(&found, 0, size.min(found.len()));
        }
        Self::cut(&found, from, until)
    }

    fn cut(found: &[Keyed], from: usize, until: usize) -> Self {
        let people = found[from..until].iter().map(|(case_id, _)| *case_id).collect();
        Self { people, before: from > 0, after: until < found.len() }
    }
}

/// Rows without a day stand last, whichever way; those with the same key in the order of their ids.
fn in_order(one: &Keyed, other: &Keyed, sort: Sort) -> Ordering {
    let has_none = |row: &Keyed| row.1 == Key::Day(None);
    has_none(one).cmp(&has_none(other)).then_with(|| {
        let ascending = one.1.cmp(&other.1).then(one.0.cmp(&other.0));
        if sort.descending { ascending.reverse() } else { ascending }
    })
}

/// Rows of the last page where `total` rows stand on pages of `size`.
fn left_over(total: usize, size: usize) -> usize {
    match total % size.max(1) {
        0 => size.min(total),
        rows => rows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(position: &Anchored, descending: bool) -> (Vec<u128>, bool, bool) {
        let day = |day: u8| Date::from_calendar_date(2022, time::Month::August, day).ok();
        let found = [(1, day(3)), (2, None), (3, day(1)), (4, day(3)), (5, None)];
        let found = found.map(|(id, day)| (Uuid::from_u128(id), Key::Day(day)));
        let part = Part::of(found.to_vec(), Sort { key: SortKey::Onset, descending }, position, 2);
        (part.people.iter().map(Uuid::as_u128).collect(), part.before, part.after)
    }

    #[test]
    fn lst_08_pages_follow_each_other_and_rows_without_a_day_stand_last() {
        let at = |id, day: Option<Date>| (Uuid::from_u128(id), Key::Day(day));
        assert_eq!(part(&Anchored::First, true), (vec![4, 1], false, true));
        let first = Date::from_calendar_date(2022, time::Month::August, 3).ok();
        assert_eq!(part(&Anchored::After(at(1, first)), true), (vec![3, 5], true, true));
        assert_eq!(part(&Anchored::After(at(5, None)), true), (vec![2], true, false));
        assert_eq!(part(&Anchored::Last, true), (vec![2], true, false));
        assert_eq!(part(&Anchored::Before(at(2, None)), true), (vec![3, 5], true, true));
        assert_eq!(part(&Anchored::First, false), (vec![3, 1], false, true));
        assert_eq!(part(&Anchored::Last, false), (vec![5], true, false));
        // Whoever stood there is gone.
        assert_eq!(part(&Anchored::After(at(9, None)), false), (vec![3, 1], false, true));
    }

    #[test]
    fn lst_08_the_last_page_holds_the_rest() {
        assert_eq!((left_over(36, 10), left_over(30, 10), left_over(0, 10), left_over(4, 10)), (6, 10, 0, 4));
    }
}
