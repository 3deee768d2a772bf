//! Rules as data that find, among all who are observed at home, the one who is getting worse; each hit says why
//! in words. Bands of oxygen saturation follow the guide (診療の手引き): 96 % and more is mild, 93 % and less needs
//! oxygen. Emergency signs are the thirteen of 緊急性の高い症状.

mod check;
mod difference;
mod judge;
mod kind;
mod rules;

pub use difference::{Difference, differences};
pub use judge::{Hit, Labels, Observed, Verdict, judge, look_back};
pub use kind::Kind;
pub use rules::{Alert, Condition, Rule, RuleSet};
