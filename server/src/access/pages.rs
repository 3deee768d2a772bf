//! Sign-in, sign-out and the top page.

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
}
