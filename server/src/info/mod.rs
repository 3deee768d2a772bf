//! The pages around the system: terms, privacy, duties, legal basis, help (AUTH-19, MY-22…MY-24,
//! SEC-07, SHR-03, SUP-01…SUP-07, TOP-11). Their texts are Markdown files that an operator can replace.
//!
//! Public pages lead to no staff page (AUTH-03, SEC-11), unless whoever reads them is signed in; the
//! manual and the duties are for those alone. Whom to ask stands beside the sign-in as well.

pub mod document;
pub mod markdown;
mod offers;
mod pages;
mod store;

pub use document::{Document, Documents};

use crate::App;
use crate::routes::{Guard, Routes};

/// A text as it holds for this installation.
pub fn rendered(app: &App, document: Document) -> markdown::Rendered {
    let text = offers::offered(app.texts.documents.get(document), &app.config);
    markdown::render(&text, &app.config.operator_name)
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/info/terms", Guard::Public, pages::terms)
        .get("/info/privacy", Guard::Public, pages::privacy)
        .get("/info/legal", Guard::Public, pages::legal)
        .get("/info/faq", Guard::Public, pages::faq)
        .get("/info/my-hersys", Guard::Public, pages::my_hersys)
        .get("/info/how-to", Guard::Public, pages::how_to)
        .get("/info/auto-call", Guard::Public, pages::auto_call)
        .get("/info/health-call", Guard::Public, pages::health_call)
        .get("/info/contacts", Guard::Public, pages::contacts)
        .get("/staff/sign-in/contacts", Guard::Public, pages::sign_in_contacts)
        .get("/staff/info", Guard::Staff, pages::index)
        .get("/staff/info/security", Guard::Staff, pages::security)
        .get("/staff/info/manual", Guard::Staff, pages::manual)
        .get("/staff/info/faq", Guard::Staff, pages::staff_faq)
        .get("/staff/info/glossary", Guard::Staff, pages::glossary)
        .get("/staff/info/contacts", Guard::Staff, pages::staff_contacts)
}
