//! Health observation: intake of reports, the page of one person, the board of all.

mod answers;
pub mod board;
mod events;
mod follow_up;
mod glance;
mod graph;
mod household;
pub mod intake;
pub mod observation_period;
mod pages;
mod period;
mod print;
mod reader;
mod remarks;
pub mod reminders;
mod reports;
mod rules;
#[cfg(test)]
mod samples;
pub mod store;
mod table;
mod view;
mod walk;
pub mod watch;

pub use household::tie as tie_household;

use crate::routes::Routes;

pub fn routes() -> Routes {
    pages::routes()
        .merge(board::routes())
        .merge(follow_up::routes())
        .merge(rules::routes())
        .merge(observation_period::routes())
        .merge(reminders::routes())
}
