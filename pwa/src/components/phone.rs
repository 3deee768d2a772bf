use hersys_shared::api::Person;
use yew::prelude::*;

use super::{Shape, icon};

/// A number that is called at a tap; `urgent` ones are large and first to be seen.
pub fn phone_link(label: &str, phone: &str, urgent: bool) -> Html {
    let address = tel_address(phone);
    html! {
        <a class={if urgent { "phone phone-urgent" } else { "phone" }} href={address}>
            { icon(Shape::Phone) }
            <span class="phone-label">{ label }</span>
            <span class="phone-number">{ phone }</span>
        </a>
    }
}

/// `tel:` with what can be dialled; the `#` of short numbers would otherwise begin a fragment.
fn tel_address(phone: &str) -> String {
    let dialled = |c: &char| c.is_ascii_digit() || matches!(c, '+' | '#' | '*');
    let digits: String = phone.chars().filter(dialled).collect();
    format!("tel:{}", digits.replace('#', "%23"))
}

/// The health centres of these people, each once.
pub fn center_links<'a>(people: impl Iterator<Item = &'a Person>, urgent: bool) -> Html {
    let mut centers: Vec<(&str, &str)> = Vec::new();
    for person in people {
        let center = (person.center_name.as_str(), person.center_phone.as_str());
        if !centers.contains(&center) {
            centers.push(center);
        }
    }
    html! { for (name, phone) in centers { { phone_link(name, phone, urgent) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_dialled_without_its_hyphens() {
        assert_eq!(tel_address("03-0000-0000"), "tel:0300000000");
        assert_eq!(tel_address("#7119"), "tel:%237119");
    }
}
