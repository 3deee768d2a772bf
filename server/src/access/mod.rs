//! Who may do what: sign-in, second factor, sessions, the policy table, Scope, Grant and audit.

pub mod accounts;
pub mod audit;
pub mod client;
pub mod events;
pub mod factors;
pub mod grant;
pub mod institution;
pub mod limits;
pub mod new_password;
pub mod organization;
pub mod pages;
pub mod password_rules;
pub mod passwords;
pub mod past;
pub mod policy;
pub mod registration;
pub mod second_factor;
pub mod security;
pub mod session;
pub mod sign_in;
pub mod staff;
pub mod store;

pub use client::Client;
pub use grant::{Grant, Scope};
pub use institution::Institution;
pub use policy::{ItemGroup, Level, OrganizationKind, Relation};
pub use staff::Staff;
