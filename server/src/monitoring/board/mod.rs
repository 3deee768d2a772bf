//! 健康観察一覧: everybody under observation today, in queues that compute themselves, for the organisations that follow
//! them (OBS-07, OBS-14, FUP-03, FUP-05).

mod actions;
mod address;
mod contact;
mod live;
mod page;
mod periods;
mod queue;
mod row;
pub(super) mod store;

pub use address::{Address, Direction};
pub use contact::{means_label, outcome_label};
pub use live::Live;
pub use queue::{Moment, Queue};
pub use row::why;
pub use store::{Boards, Person, some, whole};

use crate::access::{ItemGroup, Level};
use crate::routes::{Guard, Routes};

/// Where the board is.
pub const HERE: &str = "/staff/board";

pub fn routes() -> Routes {
    let writes = Guard::Case(ItemGroup::Observation, Level::Write);
    Routes::default()
        .get(HERE, Guard::Scope, page::show)
        .get("/staff/board/events", Guard::Scope, live::events)
        .post("/staff/board/preview", Guard::Scope, actions::preview)
        .post("/staff/board/actions", Guard::Scope, actions::act)
        .post("/staff/board/periods/preview", Guard::Kind(ItemGroup::ObservationPeriod, Level::Write), periods::preview)
        .post("/staff/board/periods/actions", Guard::Kind(ItemGroup::ObservationPeriod, Level::Write), periods::act)
        .get("/staff/cases/{case_id}/contact", writes, contact::page)
        .post("/staff/cases/{case_id}/contact", writes, contact::keep)
}
