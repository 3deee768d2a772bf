//! The address of a page of 届出受付: states, days and ids, never personal data.

use hersys_shared::days;
use maud::Markup;
use serde::Deserialize;
use uuid::Uuid;

use crate::access::Staff;
use crate::notification::inbox::State;
use crate::notification::inbox::list::store::{Assignee, Filter, Position};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Whose inbox a head office reads.
    pub center: Option<Uuid>,
    pub state: String,
    /// As typed.
    pub day: String,
    pub institution: String,
    /// `me`, `none`, or an account.
    pub assignee: String,
    /// The row before the first, `<place>.<notification>`.
    after: String,
    /// The row behind the last.
    before: String,
    /// What was just done, to how many, and how many were left.
    done: String,
    count: usize,
    left: usize,
}

impl Address {
    pub fn state(&self) -> Option<State> {
        State::from_code(&self.state)
    }

    pub fn filter(&self, staff: &Staff) -> Filter {
        Filter {
            state: self.state(),
            day: days::parse(&self.day).ok(),
            institution_id: Uuid::parse_str(&self.institution).ok(),
            assignee: match self.assignee.as_str() {
                "me" => Some(Assignee::Account(staff.account_id)),
                "none" => Some(Assignee::Nobody),
                id => Uuid::parse_str(id).ok().map(Assignee::Account),
            },
        }
    }

    pub fn position(&self) -> Position {
        match (place(&self.after), place(&self.before)) {
            (Some((place, id)), _) => Position::After(place, id),
            (_, Some((place, id))) => Position::Before(place, id),
            _ => Position::First,
        }
    }

    pub fn is_filtered(&self) -> bool {
        !(self.day.is_empty() && self.institution.is_empty() && self.assignee.is_empty())
    }

    /// The same list with another state, from its first row.
    pub fn with_state(&self, state: Option<State>) -> String {
        Self { state: state.map(State::code).unwrap_or_default().to_owned(), ..self.clone() }.first()
    }

    /// The whole list of the same inbox.
    pub fn bare(&self) -> String {
        Self { center: self.center, ..Self::default() }.first()
    }

    pub fn first(&self) -> String {
        self.href(None)
    }

    pub fn after(&self, (place, id): (i64, Uuid)) -> String {
        self.href(Some(("after", format!("{place}.{id}"))))
    }

    pub fn before(&self, (place, id): (i64, Uuid)) -> String {
        self.href(Some(("before", format!("{place}.{id}"))))
    }

    pub fn done(&self) -> Markup {
        super::told(&self.done, self.count, self.left)
    }

    fn href(&self, place: Option<(&str, String)>) -> String {
        let day = days::parse(&self.day).map(days::iso).unwrap_or_default();
        let pairs = [
            ("center", self.center.map(|id| id.to_string()).unwrap_or_default()),
            ("state", self.state().map(State::code).unwrap_or_default().to_owned()),
            ("day", day),
            ("institution", only_id(&self.institution)),
            (
                "assignee",
                match self.assignee.as_str() {
                    word @ ("me" | "none") => word.to_owned(),
                    id => only_id(id),
                },
            ),
        ];
        let query: Vec<String> = pairs
            .into_iter()
            .chain(place)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if query.is_empty() { "/staff/inbox".to_owned() } else { format!("/staff/inbox?{}", query.join("&")) }
    }
}

/// Nothing that somebody typed into the address goes into another one.
fn only_id(text: &str) -> String {
    Uuid::parse_str(text).map(|id| id.to_string()).unwrap_or_default()
}

fn place(text: &str) -> Option<(i64, Uuid)> {
    let (place, id) = text.split_once('.')?;
    Some((place.parse().ok()?, Uuid::parse_str(id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_keeps_filters_and_carries_nothing_else() {
        let address =
            Address { state: "new".into(), day: "R4.8.1".into(), assignee: "<x>".into(), ..Address::default() };
        assert_eq!(address.first(), "/staff/inbox?state=new&day=2022-08-01");
        assert_eq!(address.with_state(None), "/staff/inbox?day=2022-08-01");
        assert_eq!(address.bare(), "/staff/inbox");
        assert_eq!(place("12.00000000-0000-0000-0000-000000000001"), Some((12, Uuid::from_u128(1))));
    }
}
