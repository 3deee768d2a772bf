//! 発生届: entry, checks, confirmation, report, views, print (§5).

pub mod api;
pub mod entry;
pub mod file;
pub mod handout;
pub mod history;
pub mod homes;
pub mod import;
pub mod inbox;
pub mod items;
pub mod print;
pub mod remove;
pub mod statutory;
pub mod store;
pub mod story;
pub mod tab;
pub mod view;

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .merge(entry::routes())
        .merge(tab::routes())
        .merge(inbox::routes())
        .merge(import::routes())
        .merge(api::routes())
}
