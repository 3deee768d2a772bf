//! The staff system's first pages: top page, ID管理, the list, and the observation page.

mod identity;
mod list;
mod observation;
mod top_page;
