//! Patients: accounts, their families, and the API of the PWA (`/api/patient/`).
//!
//! There is no endpoint that reads observations back (PERM-05, MY-19).

pub mod accounts;
pub mod certificate;
pub mod codes;
pub mod devices;
pub mod mails;
pub mod openapi;
pub mod people;
pub mod reports;
pub mod sessions;
pub mod store;
pub mod wishes;

use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .get("/api/openapi.json", Guard::Public, openapi::document)
        .post("/api/patient/codes", Guard::Public, codes::send)
        .post("/api/patient/codes/{ticket}/confirmation", Guard::Public, codes::confirm)
        .post("/api/patient/account", Guard::Public, accounts::create)
        .put("/api/patient/account/password", Guard::Public, accounts::change_password)
        .put("/api/patient/account/mail", Guard::Patient, accounts::change_mail)
        .post("/api/patient/session", Guard::Public, accounts::sign_in)
        .delete("/api/patient/session", Guard::Public, accounts::sign_out)
        .get("/api/patient/invitations/{token}", Guard::Public, people::invitation)
        .get("/api/patient/household", Guard::Patient, people::household)
        .post("/api/patient/people", Guard::Patient, people::link)
        .post("/api/patient/people/{person_id}/requests", Guard::Patient, wishes::ask)
        .delete("/api/patient/people/{person_id}/requests/{wish}", Guard::Patient, wishes::withdraw)
        .get("/api/patient/push", Guard::Patient, devices::offer)
        .post("/api/patient/push", Guard::Patient, devices::subscribe)
        .delete("/api/patient/push", Guard::Patient, devices::unsubscribe)
        .get("/certificate/{person_id}", Guard::Patient, certificate::page)
        .get("/api/patient/form", Guard::Public, reports::form)
        .post("/api/patient/reports", Guard::Patient, reports::submit)
}
