//! The audit as a whole (SEC-12): the chain over its entries, and the pages that show them.
//!
//! Entries are written by [`crate::access::audit::Entry`] within the transaction that they tell of.
//! Here they are linked into a chain of hashes, checked, searched and shown; looking at them is an
//! entry itself.

mod chain;
mod person;
mod refusals;
mod search;
mod store;
mod table;
mod verify;
mod words;

pub use chain::{Head, seal, seal_from_time_to_time};
pub use refusals::record as record_refusals;
pub use store::head;
pub use verify::{Break, Fault, Report, verify};

use crate::access::ItemGroup;
use crate::access::Level::Read;
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .get("/staff/cases/{case_id}/audit", Guard::Case(ItemGroup::Audit, Read), person::view)
        .get("/staff/admin/audit", Guard::Issuer, search::page)
        .post("/staff/admin/audit/search", Guard::Issuer, search::search)
}
