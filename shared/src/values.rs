//! What an item-by-item document keeps: values by item key, each in its one normal form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::days;

/// Normalised values by item key. Dates are `1980-01-02`, telephone numbers digits, choices codes,
/// marks `yes`; an item that is not there is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(BTreeMap<String, String>);

impl Values {
    /// The value of an item; empty where nothing is known.
    pub fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// Sets an item; an empty value removes it.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        let value = value.into();
        if value.is_empty() {
            self.0.remove(key);
        } else {
            self.0.insert(key.to_owned(), value);
        }
    }

    pub fn date(&self, key: &str) -> Option<Date> {
        days::parse(self.get(key)).ok()
    }

    /// Whether a mark is set, or 有 chosen.
    pub fn is_yes(&self, key: &str) -> bool {
        self.get(key) == "yes"
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Items with a value, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Values {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(items: I) -> Self {
        let mut values = Self::default();
        for (key, value) in items {
            values.set(&key.into(), value.into());
        }
        values
    }
}
