//! The record of a person's episode: registration, list, header, tabs.

mod changes;
mod conflict;
pub mod create;
mod find;
mod form;
mod form_page;
pub mod header;
mod identity;
pub mod index;
pub mod invitation;
mod items;
mod list;
mod new;
pub mod news;
mod notices;
pub mod reach;
pub mod save;
mod saved_searches;
mod search;
mod search_form;
mod sharing;
pub mod store;
#[cfg(test)]
mod tests;
mod transfers;

pub use changes::{IdentityChange, identity_changes};
pub use create::{CreatedCase, NewCase, create_case, create_cases};
pub use header::{Tab, header, note_view, tabs};
pub use new::spaced;
pub use notices::{NoticePolicy, notice_policy};
pub use sharing::{By, Choice, Links, Step, change_links, end_links, give_back, partners, steps};

use crate::access::ItemGroup::{Identity, Person};
use crate::access::Level::{Read, Write};
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .get("/staff/cases", Guard::Scope, list::list)
        .post("/staff/cases/search", Guard::Scope, list::search)
        .post("/staff/cases/saved", Guard::Scope, saved_searches::save)
        .get("/staff/cases/saved/{saved_id}/delete", Guard::Scope, saved_searches::confirm_delete)
        .post("/staff/cases/saved/{saved_id}/delete", Guard::Scope, saved_searches::delete)
        .get("/staff/cases/new", Guard::Registrar, new::form)
        .post("/staff/cases/new", Guard::Registrar, new::edit_again)
        .get("/staff/cases/new/{draft_id}", Guard::Registrar, new::go_on)
        .get("/staff/cases/new/{draft_id}/review", Guard::Registrar, new::review_page)
        .post("/staff/cases/new/review", Guard::Registrar, new::review)
        .post("/staff/cases", Guard::Registrar, new::register)
        .get("/staff/cases/{case_id}/registered", Guard::Case(Identity, Read), new::registered)
        .get("/staff/cases/{case_id}", Guard::Case(Person, Read), identity::first_tab)
        .get("/staff/cases/{case_id}/identity", Guard::Case(Identity, Read), identity::view)
        .get("/staff/cases/{case_id}/identity/edit", Guard::Case(Identity, Write), identity::edit)
        .post("/staff/cases/{case_id}/identity/edit", Guard::Case(Identity, Write), identity::update)
        .post("/staff/cases/{case_id}/identity/edit-again", Guard::Case(Identity, Write), identity::edit_again)
        .get("/staff/cases/{case_id}/invitation", Guard::Case(Identity, Write), invitation::confirm)
        .post("/staff/cases/{case_id}/invitation", Guard::Case(Identity, Write), invitation::send)
        .merge(sharing::routes())
        .merge(transfers::routes())
}
