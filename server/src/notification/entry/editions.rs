//! Which edition of the form, and why: by rule, and the writer's to change. Nothing that was typed is lost.

use hersys_shared::days;
use hersys_shared::notification::{Content, Edition, check};
use maud::{Markup, html};
use time::Date;

use crate::notification::entry::store::Draft;

/// The switch, with what the rules say of this person.
pub fn switch(draft: &Draft, today: Date) -> Markup {
    html! {
        fieldset.editions {
            legend { "様式" }
            @for edition in Edition::ALL {
                button.button.small name="action" value=(format!("edition:{}", edition.code()))
                    aria-pressed=(if edition == draft.edition { "true" } else { "false" }) {
                    (edition.label())
                }
            }
            button.button.small name="action" value="clinical" { "みなし陽性として入力" }
            p.hint data-edition-hint { (hint(draft, today)) }
        }
    }
}

/// The edition that the rules provide, the reason, and that switching is harmless.
pub fn hint(draft: &Draft, today: Date) -> String {
    let checked = check(&draft.typed, draft.edition, today);
    let (day, values) = (checked.content.diagnosed_on().unwrap_or(today), &checked.content.values);
    let reason = Edition::reason(day, values);
    let by_rule = Edition::by_rule(day, values);
    let whether = if by_rule == draft.edition { "この様式を使います" } else { "この様式が使えます" };
    format!("{whether}：{}。{reason}切りかえても、入力した内容は残ります。", by_rule.label())
}

/// What the pressed button chooses, if it chooses an edition. The list beside 【切りかえる】 counts only with that button.
pub fn chosen(action: &str, listed: &str) -> Option<Edition> {
    match action.strip_prefix("edition:") {
        Some(code) => Edition::from_code(code),
        None if action == "edition" => Edition::from_code(listed),
        None => None,
    }
}

/// FORM-31: the trained pattern in one press; days may be typed in any writing.
pub fn fill_in_clinical(draft: &mut Draft, today: Date) {
    let day = days::parse(draft.typed.get("diagnosed_on")).unwrap_or(today);
    draft.typed.set("diagnosed_on", days::iso(day));
    // The pattern's items are those of the long form.
    if draft.edition == Edition::Seven {
        draft.edition = Edition::Short;
    }
    Content::fill_in_clinical_diagnosis(&mut draft.typed);
}
