//! Postal codes: the address as far as a code says it (FORM-12, 「住所が途中まで自動入力されます」).
//!
//! A form with a postal code and an address
//! 1. begins with [`ui::enter_button`](crate::ui::enter_button), because 【住所検索】 is a submit button and
//!    Enter presses a form's first one;
//! 2. shows [`field`] in place of the code's [`Field`]; `assets/staff/input.js` does the rest where scripts run;
//! 3. where none run, receives `postal_lookup` from its buttons. Its handler asks [`Pressed::read`] first; if that
//!    is something it lets [`Pressed::fill`] fill the address and shows the form again, with what was found.
//!
//! ```ignore
//! if let Some(pressed) = postal::Pressed::read(&form.postal_lookup) {
//!     let found = pressed.fill(db, &form.postal_code, &mut form.address).await?;
//!     return show_again(&form, Some(&found));
//! }
//! …
//! (postal::field(Field::new("postal_code", "郵便番号", &form.postal_code, problems), "address", found))
//! ```

pub mod import;
mod pages;
mod place;
mod record;
mod store;
mod text;

pub use pages::field;
pub use place::{Found, Place, Places, Pressed};
pub use store::ensure_sample;

use crate::db::Db;
use crate::error::Result;
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default().get("/staff/postal/{code}", Guard::Staff, pages::look_up)
}

/// What a postal code means, typed in any usual writing (`〒100-0001`, full width). Nothing is found for a
/// code that is unknown or has not seven digits.
pub async fn lookup(db: &Db, typed: &str) -> Result<Places> {
    match hersys_shared::identity::postal_code(typed) {
        Ok(code) => Ok(Places::new(store::places(db, &code).await?)),
        Err(_) => Ok(Places::default()),
    }
}
