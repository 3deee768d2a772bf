//! 判定基準: the rules by which reports are judged ([`hersys_shared::triage`]), as people see and write them. Each change
//! is a new version with a from-date; it can be tried on the reports of the last days before it counts.

mod desk;
mod edit;
mod fields;
mod form;
mod page;
mod store;
mod trial;
mod trial_page;
mod words;

use crate::access::Level::{Read, Write};
use crate::routes::{Guard, Routes};

/// Where the rules are.
pub const HERE: &str = "/staff/rules";

pub fn routes() -> Routes {
    Routes::default()
        .get(HERE, Guard::Rules(Read), page::show)
        .get("/staff/rules/edit", Guard::Rules(Write), edit::begin)
        .post("/staff/rules/edit", Guard::Rules(Write), edit::go_on)
        .get("/staff/rules/versions/{rules_id}", Guard::Rules(Read), page::version)
}
