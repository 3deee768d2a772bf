//! Health observation: intake of reports, the table and the graph.

mod answers;
pub mod board;
mod graph;
pub mod intake;
mod pages;
mod period;
mod print;
#[cfg(test)]
mod samples;
pub mod store;
mod table;
pub mod watch;

use crate::routes::Routes;

pub fn routes() -> Routes {
    pages::routes().merge(board::routes())
}
