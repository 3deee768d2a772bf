//! What is wrong with an input, in a sentence that its writer can act on.

use serde::{Deserialize, Serialize};

/// One wrong field and the sentence shown beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The field's name as it stands in the request or the form.
    pub field: String,
    /// A Japanese sentence that says what to do. Never repeats what was typed.
    pub message: String,
}

/// All that is wrong with one request or form; empty means that it may be stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(Problem { field: field.to_owned(), message: message.into() });
    }

    /// Keeps the value of a successful check and notes the sentence of a failed one.
    pub fn check<T>(&mut self, field: &str, checked: Result<T, impl Into<String>>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(message) => {
                self.add(field, message);
                None
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sentence that belongs beside `field`, if there is one.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }
}
