//! FORM-03: what reached a health centre by FAX, telephone or on paper, and is entered for the institution.

use hersys_shared::Problems;
use hersys_shared::notification::Typed;
use maud::{Markup, html};

use crate::notification::entry::store::{Draft, Institution};
use crate::ui::Field;

/// How a notification reaches a centre that enters it.
pub const PROXY: &[(&str, &str)] = &[("", "保健所が届け出る"), ("fax", "FAX"), ("phone", "電話"), ("paper", "書面")];

/// How it came.
pub fn section(draft: &Draft, problems: &Problems, takes_focus: bool) -> Markup {
    let field = Field::new("proxy_for", "届いた方法", draft.typed.get("proxy_for"), problems);
    let field = if takes_focus { field.autofocus() } else { field };
    html! {
        section.form-section aria-labelledby="section-proxy" {
            h2 #section-proxy { "代理入力" }
            p.hint { "医療機関から届いた発生届を保健所が入力するときに選びます。管内の医療機関は名称を選ぶと、所在地と電話番号が入ります。" }
            (field.radios(PROXY))
        }
    }
}

/// The institutions to choose from, with what `notification.js` fills in beside the name.
pub fn list(institutions: &[Institution]) -> Markup {
    html! {
        datalist #institutions {
            @for institution in institutions {
                option value=(institution.name) data-institution-address=(institution.address)
                    data-institution-phone=(institution.phone) {}
            }
        }
    }
}

/// Fills in address and telephone of an institution that was chosen by its name; what was typed stays.
pub fn fill_in(typed: &mut Typed, institutions: &[Institution]) {
    let name = typed.get("institution_name").trim().to_owned();
    let mut same = institutions.iter().filter(|institution| institution.name == name);
    let (Some(institution), None) = (same.next(), same.next()) else { return };
    for (key, value) in [("institution_address", &institution.address), ("institution_phone", &institution.phone)] {
        if typed.get(key).trim().is_empty() {
            typed.set(key, value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_03_a_chosen_institution_brings_its_address_unless_another_was_typed() {
        let institution = |name: &str, address: &str| Institution {
            name: name.to_owned(),
            address: address.to_owned(),
            phone: "0312345678".to_owned(),
        };
        let known = [
            institution("さくら診療所", "中央1"),
            institution("やまびこ医院", "西2"),
            institution("やまびこ医院", "東3"),
        ];
        let filled = |name: &str, address: &str| {
            let mut typed: Typed = [("institution_name", name), ("institution_address", address)].into_iter().collect();
            fill_in(&mut typed, &known);
            (typed.get("institution_address").to_owned(), typed.get("institution_phone").to_owned())
        };
        assert_eq!(filled("さくら診療所", ""), ("中央1".to_owned(), "0312345678".to_owned()));
        assert_eq!(filled("さくら診療所", "中央9").0, "中央9");
        // Two of the same name: the writer has to say which.
        assert_eq!(filled("やまびこ医院", "").0, "");
    }
}
