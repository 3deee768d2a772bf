//! Organisations and their IDs: made and issued along the line, one by one and in bulk.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bulk;
mod ids;
mod organizations;
mod support;
