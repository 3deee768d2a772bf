//! 届出受付: what a health centre receives, asks about, confirms and reports on (FORM-01, FORM-05, C-25).
//!
//! A row a notification stands in the inbox of its 届出先保健所. [`arrived`], [`changed`] and [`removed`]
//! are called by the transaction that files; everything else is the centre's.

mod actions;
mod arrivals;
mod desk;
mod filed;
mod item;
mod list;
pub mod questions;
mod state;
pub mod store;

pub use arrivals::{Arrival, arrived, arrived_together, changed, removed};
pub use desk::Desk;
pub use state::State;

use crate::access::ItemGroup::Notification;
use crate::access::Level::{Read, Write};
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .get("/staff/inbox", Guard::Inbox(Read), list::page)
        .post("/staff/inbox/preview", Guard::Inbox(Write), actions::preview)
        .post("/staff/inbox/actions", Guard::Inbox(Write), actions::act)
        .get("/staff/inbox/{notification_id}", Guard::Inbox(Read), item::page)
        .post("/staff/inbox/{notification_id}/questions", Guard::Inbox(Write), questions::ask)
        .post(
            "/staff/cases/{case_id}/notifications/{notification_id}/answers",
            Guard::Case(Notification, Write),
            questions::answer,
        )
        .get("/staff/notifications/filed", Guard::Registrar, filed::page)
}
