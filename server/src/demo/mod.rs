//! What exists in demo mode only.

use crate::routes::{Guard, Routes};

pub mod banner;
pub mod data;
mod outbox;
mod store;

/// Outside demo mode each answers 404.
pub fn routes() -> Routes {
    Routes::default()
        .get("/demo/outbox", Guard::Public, outbox::page)
        .get("/demo/outbox.json", Guard::Public, outbox::json)
        .post("/demo/calls/{token}/keys", Guard::Public, outbox::press)
}
