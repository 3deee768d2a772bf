//! The places of a code, and what 【住所検索】 makes of them.

use serde::Serialize;

use crate::db::Db;
use crate::error::Result;
use crate::postal::lookup;

/// A town, or a whole city where `town` is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Place {
    pub prefecture: String,
    pub city: String,
    pub town: String,
    /// The reading of all three in full-width katakana, with spaces between them.
    pub kana: String,
}

impl Place {
    /// `東京都千代田区霞が関`
    pub fn address(&self) -> String {
        format!("{}{}{}", self.prefecture, self.city, self.town)
    }
}

/// All that a code means, in the order of the imported file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Places {
    pub places: Vec<Place>,
    /// The address as far as it is certain: empty where even the prefecture is not (498-0000).
    pub common: String,
}

impl Places {
    pub fn new(places: Vec<Place>) -> Self {
        let common = common(&places);
        Self { places, common }
    }

    /// Whether the code alone does not say which place is meant.
    pub fn is_ambiguous(&self) -> bool {
        self.places.len() > 1
    }
}

/// By whole names: half a town's name would be no help.
fn common(places: &[Place]) -> String {
    let Some(first) = places.first() else {
        return String::new();
    };
    let parts: [fn(&Place) -> &str; 3] = [|place| &place.prefecture, |place| &place.city, |place| &place.town];
    parts
        .iter()
        .take_while(|part| places.iter().all(|place| part(place) == part(first)))
        .map(|part| part(first))
        .collect()
}

/// 【住所検索】 or one of its choices, as a form without scripts sends it: `postal_lookup=FIELD` or
/// `postal_lookup=FIELD=ADDRESS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressed<'a> {
    /// The name of the postal code's field.
    pub field: &'a str,
    choice: Option<&'a str>,
}

impl<'a> Pressed<'a> {
    /// `None` where another button of the form was pressed.
    pub fn read(postal_lookup: &'a str) -> Option<Self> {
        let (field, choice) = match postal_lookup.split_once('=') {
            Some((field, choice)) => (field, Some(choice)),
            None => (postal_lookup, None),
        };
        (!field.is_empty()).then_some(Self { field, choice })
    }

    /// Fills `address` from the code in `typed`. What somebody wrote is never replaced, except by the
    /// choice that they pressed.
    pub async fn fill(&self, db: &Db, typed: &str, address: &mut String) -> Result<Found> {
        let places = lookup(db, typed).await?;
        let chosen = self.choice.and_then(|choice| places.places.iter().find(|place| place.address() == choice));
        if let Some(place) = chosen {
            *address = place.address();
            return Ok(Found { field: self.field.to_owned(), places: Places::new(vec![place.clone()]), open: vec![] });
        }
        let ours = |text: &str| text == places.common || places.places.iter().any(|place| place.address() == text);
        if address.trim().is_empty() || ours(address.trim()) {
            address.clone_from(&places.common);
        }
        let is_filled = !places.is_ambiguous() && address.trim().starts_with(&places.common);
        let open = if is_filled { vec![] } else { places.places.iter().map(Place::address).collect() };
        Ok(Found { field: self.field.to_owned(), places, open })
    }
}

/// What was found for a field, to be shown beneath it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The name of the postal code's field.
    pub field: String,
    pub places: Places,
    /// The addresses still to choose from.
    pub open: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(prefecture: &str, city: &str, town: &str) -> Place {
        Place { prefecture: prefecture.into(), city: city.into(), town: town.into(), kana: String::new() }
    }

    #[test]
    fn form_12_the_address_is_filled_as_far_as_it_is_certain() {
        let common = |places: &[Place]| Places::new(places.to_vec()).common;
        let (kasumi, naga) = (place("東京都", "千代田区", "霞が関"), place("東京都", "千代田区", "永田町"));
        assert_eq!(common(&[]), "");
        assert_eq!(common(std::slice::from_ref(&kasumi)), "東京都千代田区霞が関");
        assert_eq!(common(&[kasumi, naga]), "東京都千代田区");
        assert_eq!(common(&[place("三重県", "桑名郡木曽岬町", ""), place("愛知県", "弥富市", "")]), "");
        // Of the same name, in another prefecture.
        assert_eq!(common(&[place("東京都", "府中市", ""), place("広島県", "府中市", "")]), "");
    }

    #[test]
    fn a_pressed_button_names_its_field_and_perhaps_a_choice() {
        assert_eq!(Pressed::read(""), None);
        assert_eq!(Pressed::read("postal_code"), Some(Pressed { field: "postal_code", choice: None }));
        assert_eq!(
            Pressed::read("postal_code=愛知県弥富市"),
            Some(Pressed { field: "postal_code", choice: Some("愛知県弥富市") })
        );
    }
}
