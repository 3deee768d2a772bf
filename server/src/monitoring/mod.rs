//! Health observation: intake of reports, the table and the graph.

pub mod intake;
pub mod pages;

pub use pages::routes;
