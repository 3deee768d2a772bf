//! 発生届: entry, checks, confirmation, report, views, print (§5).

pub mod store;
