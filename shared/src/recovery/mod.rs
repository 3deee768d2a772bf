//! The period of health observation (健康観察期間) by rule sets as data, of which the newest begun counts.
//!
//! Day 0 is the day of onset (発症日), of sampling (検体採取日) or of last contact (最終接触日). "N days" last from day
//! 0 through day N, and the person is free from day N + 1. All days are those of Asia/Tokyo; hours are counted as
//! begun days, since only days are recorded. Sources stand in each row of `assets/tables/recovery.json`.

mod check;
mod compute;
mod known;
mod negative_tests;
mod relief;
mod sets;
mod words;

pub use compute::{Computed, Facts, compute};
pub use known::{ITEMS, Item, item, known};
pub use negative_tests::ByTests;
pub use relief::{Relief, Reported, relief};
pub use sets::{ContactRules, NegativeTests, PatientRules, RecoverySet, RecoverySets, Rule, Variants};
