//! Staff sign-in: the first one, second factors, passwords, sessions, and guessing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod calls;
mod factors;
mod first;
mod guessing;
mod passwords;
mod sessions;
mod support;
mod usual;
