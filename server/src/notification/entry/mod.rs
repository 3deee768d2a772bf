//! Writing a notification: 【新たに発生届を提出】 → 【確認】 → 【報告】 → 【完了】 (FORM-06…FORM-24).

pub mod confirm;
mod conflict;
pub mod draft;
mod duplicates;
mod editions;
mod fields;
mod form;
mod proxy;
mod report;
mod start;
mod statutory;
pub mod store;

pub use draft::Drafting;

use crate::access::{ItemGroup, Level};
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .get("/staff/notifications/new", Guard::Registrar, start::page)
        .post("/staff/notifications", Guard::Registrar, start::begin)
        .post(
            "/staff/cases/{case_id}/notifications/new",
            Guard::Case(ItemGroup::Notification, Level::Write),
            start::begin_for,
        )
        .post(
            "/staff/cases/{case_id}/notifications/{notification_id}/edit",
            Guard::Case(ItemGroup::Notification, Level::Write),
            start::begin_edit,
        )
        .post(
            "/staff/cases/{case_id}/notifications/{notification_id}/household",
            Guard::CaseRegistrar(ItemGroup::Notification, Level::Read),
            start::begin_household,
        )
        .get("/staff/notifications/drafts/{draft_id}", Guard::Draft, form::page)
        .post("/staff/notifications/drafts/{draft_id}", Guard::Draft, form::save)
        .get("/staff/notifications/drafts/{draft_id}/statutory", Guard::Draft, statutory::page)
        .get("/staff/notifications/drafts/{draft_id}/conflict", Guard::Draft, conflict::page)
        .post("/staff/notifications/drafts/{draft_id}/conflict", Guard::Draft, conflict::edit_again)
        .get("/staff/notifications/drafts/{draft_id}/confirm", Guard::Draft, confirm::page)
        .post("/staff/notifications/drafts/{draft_id}/person", Guard::Draft, duplicates::choose)
        .post("/staff/notifications/drafts/{draft_id}/report", Guard::Draft, report::report)
        .post("/staff/notifications/drafts/{draft_id}/discard", Guard::Draft, start::discard)
        .get(
            "/staff/cases/{case_id}/notifications/{notification_id}/reported",
            Guard::Case(ItemGroup::Notification, Level::Read),
            report::reported,
        )
}
