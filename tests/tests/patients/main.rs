//! The patient's side of health observation: notifications to the phone, wishes to the centre, the certificate.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod certificate;
mod devices;
mod push_service;
mod reminding;
mod sending;
mod support;
mod wishes;
