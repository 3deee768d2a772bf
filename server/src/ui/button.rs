//! Rows of buttons, top and bottom of a page as people were trained (操作メニュー).

use maud::{Markup, html};

/// A row of buttons and links with the class `button`; one of them at most is `primary`.
pub fn operations(buttons: Markup) -> Markup {
    html! { div.operations role="group" aria-label="操作メニュー" { (buttons) } }
}

/// The button that Enter presses in a form: its first. For forms that hold other submit buttons, such as
/// 【住所検索】; stands first in the form, unseen.
pub fn enter_button() -> Markup {
    html! { button.visually-hidden type="submit" tabindex="-1" aria-hidden="true" {} }
}
