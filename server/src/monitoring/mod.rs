//! Health observation: intake of reports, the table and the graph.

mod answers;
mod graph;
pub mod intake;
mod pages;
mod period;
mod print;
#[cfg(test)]
mod samples;
pub mod store;
mod table;

pub use pages::routes;
