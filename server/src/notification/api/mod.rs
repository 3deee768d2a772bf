//! Filing by an institution's own system: `POST` what the form asks, as JSON, with a token of the
//! institution. Same items, same checks, same sentences as the form.

pub mod body;
mod filing;
pub mod openapi;
mod reading;
pub mod values;

use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default().post("/api/institution/notifications", Guard::Institution, filing::file).get(
        "/api/institution/notifications/{notification_id}",
        Guard::Institution,
        reading::read,
    )
}
