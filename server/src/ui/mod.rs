//! The staff system's look: maud pages without a line of inline script or style.
//!
//! Everything works without JavaScript; `assets/staff/staff.js` only adds comfort.

pub mod button;
pub mod chart;
pub mod error_page;
pub mod field;
pub mod layout;
pub mod notice;
pub mod qr;
pub mod table;
pub mod tabs;

pub use button::{enter_button, operations};
pub use field::{Field, error_summary};
pub use layout::Page;
pub use notice::{Tone, notice};
pub use qr::qr;
pub use table::{Column, Direction};
pub use tabs::tabs;
