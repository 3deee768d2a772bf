//! 発生届 (感染症法12条1項): the items of the form, its editions, and what is checked (§5).
//!
//! The form is data: [`items::ITEMS`] says what can be asked, an [`Edition`] what is asked, and
//! [`check`] turns what was typed into [`Content`]. Entry, confirmation, statutory layout, print,
//! comparison, files and API all walk the same table, so that none of them loses an item.

mod check;
mod content;
mod diagnosis;
mod edition;
pub mod items;

pub use check::{Checked, Typed, Warning, WarningKind, check};
pub use content::{Content, names_no_test};
pub use diagnosis::DiagnosisType;
pub use edition::{Edition, Level, is_minor};
