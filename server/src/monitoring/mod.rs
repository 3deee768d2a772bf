//! Health observation: intake of reports, the table and the graph.

mod answers;
pub mod board;
mod follow_up;
mod graph;
pub mod intake;
pub mod observation_period;
mod pages;
mod period;
mod print;
mod rules;
#[cfg(test)]
mod samples;
pub mod store;
mod table;
pub mod watch;

use crate::routes::Routes;

pub fn routes() -> Routes {
    pages::routes()
        .merge(board::routes())
        .merge(follow_up::routes())
        .merge(rules::routes())
        .merge(observation_period::routes())
}
