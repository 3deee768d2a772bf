//! Reports that staff enter for a person, and the correction of wrong ones (OBS-06, OBS-12).

mod correct;
mod enter;
mod fields;
mod form;
mod store;

pub use correct::told_of;

use crate::access::{ItemGroup, Level, OrganizationKind};
use crate::monitoring::intake::Source;
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    let writes = Guard::Case(ItemGroup::Observation, Level::Write);
    Routes::default()
        .get("/staff/cases/{case_id}/observation/reports/new", writes, enter::page)
        .post("/staff/cases/{case_id}/observation/reports", writes, enter::keep)
        .get("/staff/cases/{case_id}/observation/reports/{report_id}/correction", writes, correct::page)
        .post("/staff/cases/{case_id}/observation/reports/{report_id}/correction", writes, correct::correct)
        .post("/staff/cases/{case_id}/observation/reports/{report_id}/correction/undo", writes, correct::undo)
}

/// Where what an organisation enters comes from.
fn source_of(kind: OrganizationKind) -> Source {
    match kind {
        OrganizationKind::MedicalInstitution => Source::Institution,
        OrganizationKind::Ministry
        | OrganizationKind::HeadOffice
        | OrganizationKind::HealthCenter
        | OrganizationKind::FollowUp
        | OrganizationKind::Accommodation
        | OrganizationKind::InformationCenter => Source::Staff,
    }
}
