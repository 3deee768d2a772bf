//! Requests to report: one a day at the person's hour, a second one to the silent, none after a report, a stop or the
//! end, whatever happens to servers and providers in between.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk;
mod handing_over;
mod order;
mod sending;
mod stopping;
mod support;
