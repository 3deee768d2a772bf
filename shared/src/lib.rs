//! Types, item definitions, validation and pure rules of HER-SYS.
//!
//! Compiled into the server and into the PWA, so that both judge input by the same rules.
//! Nothing here reads a clock, a database or the network.

pub mod age;
pub mod api;
pub mod current_status;
pub mod days;
pub mod digits;
pub mod episode;
pub mod hersys_id;
pub mod identity;
pub mod kana;
pub mod mail_address;
pub mod notification;
pub mod password;
pub mod phone_number;
pub mod prefectures;
pub mod problem;
pub mod recovery;
pub mod report;
pub mod shared_items;
pub mod symptoms;
pub mod time_of_day;
#[cfg(feature = "server")]
pub mod triage;
pub mod values;
pub mod vitals;

pub use hersys_id::HersysId;
pub use mail_address::MailAddress;
pub use phone_number::PhoneNumber;
pub use problem::{Problem, Problems};
pub use vitals::{Spo2, Temperature};
