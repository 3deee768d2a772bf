//! The record of a person's episode: registration, list, header, tabs.

pub mod create;
mod form;
mod form_page;
pub mod header;
pub mod index;
mod invitation;
mod items;
mod new;
mod save;
pub mod store;

pub use create::{CreatedCase, NewCase, create_case, create_cases};
pub use header::{Tab, header, note_view, tabs};

use crate::access::ItemGroup::Identity;
use crate::access::Level::{Read, Write};
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .get("/staff/cases/new", Guard::Registrar, new::form)
        .post("/staff/cases/new", Guard::Registrar, new::edit_again)
        .post("/staff/cases/new/review", Guard::Registrar, new::review)
        .post("/staff/cases", Guard::Registrar, new::register)
        .get("/staff/cases/{case_id}/registered", Guard::Case(Identity, Read), new::registered)
        .post("/staff/cases/{case_id}/invitation", Guard::Case(Identity, Write), invitation::send)
}
