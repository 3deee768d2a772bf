//! The page of one person's observation: what is written beside a day, reports that staff enter, wrong ones that are put
//! right, the household, the way through a queue (OBS-06, OBS-08, OBS-10, OBS-12, C-05, C-19).

mod corrections;
mod household;
mod remarks;
mod reports;
mod support;
mod walk;
