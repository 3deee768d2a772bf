//! The address of a page of the list.

use serde::Deserialize;
use uuid::Uuid;

use crate::cases::find::{Position, Sort};
use crate::cases::list::Found;

/// LST-08
pub const SIZES: [usize; 4] = [10, 25, 50, 100];
const USUAL_SIZE: usize = 25;

/// The address of a page of the list. It carries no personal data.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    pub search: Option<Uuid>,
    /// A [`Sort`]'s code; empty for the usual order.
    pub sort: String,
    pub size: Option<usize>,
    /// The last row of the page before.
    after: Option<Uuid>,
    /// The first row of the page behind.
    before: Option<Uuid>,
    /// The last page.
    last: Option<bool>,
    /// Which page this is, for the reader only.
    pub page: Option<i64>,
}

impl Address {
    pub fn size(&self) -> usize {
        self.size.filter(|size| SIZES.contains(size)).unwrap_or(USUAL_SIZE)
    }

    pub fn position(&self) -> Position {
        match (self.after, self.before, self.last) {
            (Some(case_id), ..) => Position::After(case_id),
            (_, Some(case_id), _) => Position::Before(case_id),
            (_, _, Some(true)) => Position::Last,
            _ => Position::First,
        }
    }

    /// What stands behind `/staff/cases` for the first page of the same list with another order or size, or
    /// for the page at `place`. The order that a search has by itself is not named.
    pub fn query(&self, found: &Found, sort: Sort, size: usize, place: &[(&str, String)]) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        pairs.extend(self.search.map(|search| ("search", search.to_string())));
        if sort != found.usual {
            pairs.push(("sort", sort.code()));
        }
        if size != USUAL_SIZE {
            pairs.push(("size", size.to_string()));
        }
        pairs.extend(place.iter().cloned());
        let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) }
    }

    pub fn href(&self, found: &Found, sort: Sort, size: usize, place: &[(&str, String)]) -> String {
        format!("/staff/cases{}", self.query(found, sort, size, place))
    }

    pub fn page_href(&self, found: &Found, place: &[(&str, String)]) -> String {
        self.href(found, found.sort, self.size(), place)
    }

    /// This page, for the way back to it.
    pub fn here(&self, found: &Found) -> String {
        let mut place: Vec<(&str, String)> = match self.position() {
            Position::First => vec![],
            Position::Last => vec![("last", "true".into())],
            Position::After(case_id) => vec![("after", case_id.to_string())],
            Position::Before(case_id) => vec![("before", case_id.to_string())],
        };
        place.extend(self.page.map(|page| ("page", page.to_string())));
        self.query(found, found.sort, self.size(), &place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lst_08_an_unknown_page_size_is_the_usual_one() {
        assert_eq!(Address { size: Some(7), ..Address::default() }.size(), USUAL_SIZE);
        assert_eq!(Address { size: Some(100), ..Address::default() }.size(), 100);
    }
}
