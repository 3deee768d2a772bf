//! The parts from which pages are made.

mod ask;
mod button;
mod code_step;
mod elsewhere;
mod field;
mod form_frame;
mod frame;
mod icon;
mod link;
mod loading;
mod mail_step;
mod new_password;
mod notice;
mod page;
mod phone;
mod signed_in;
mod summary;

pub use ask::Ask;
pub use button::{Button, Look};
pub use code_step::CodeStep;
pub use elsewhere::Elsewhere;
pub use field::{Field, InputKind, Mark, id_of_hint, id_of_problem, problem_line};
pub use form_frame::FormFrame;
pub use frame::Frame;
pub use icon::{Shape, icon};
pub use link::{Link, back_link};
pub use loading::loading;
pub use mail_step::MailStep;
pub use new_password::{NewPasswordFields, Passwords};
pub use notice::{Tone, notice};
pub use page::{Page, progress};
pub use phone::{center_links, phone_link};
pub use signed_in::SignedIn;
pub use summary::{Summary, failure_notice};
