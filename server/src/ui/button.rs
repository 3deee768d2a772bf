//! Rows of buttons, top and bottom of a page as people were trained (操作メニュー).

use maud::{Markup, html};

/// A row of buttons and links with the class `button`; one of them at most is `primary`.
pub fn operations(buttons: Markup) -> Markup {
    html! { div.operations role="group" aria-label="操作メニュー" { (buttons) } }
}
