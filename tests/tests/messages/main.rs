//! The outbox: mail by real SMTP, SMS by a real HTTP provider, and what happens when they fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod demo;
mod mail;
mod sms;
mod sms_provider;
mod support;
mod worker;
