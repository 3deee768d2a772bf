//! One file a page.

mod forgotten;
mod help;
mod home;
mod invitation;
mod mail;
mod new_person;
mod new_person_check;
mod not_found;
mod password;
mod receipt;
mod register;
mod report;
mod report_check;
mod settings;
mod sign_in;

pub use forgotten::{ForgottenCode, forgotten};
pub use help::Help;
pub use home::Home;
pub use invitation::InvitationPage;
pub use mail::{MailCode, mail_page};
pub use new_person::NewPersonPage;
pub use new_person_check::NewPersonCheck;
pub use not_found::not_found;
pub use password::PasswordPage;
pub use receipt::Receipt;
pub use register::{RegisterCode, register};
pub use report::ReportPage;
pub use report_check::ReportCheck;
pub use settings::Settings;
pub use sign_in::SignInPage;
