use hersys_shared::api::Person;
use yew::prelude::*;

use super::{Shape, icon};

/// A number that is called at a tap; `urgent` ones are large and first to be seen.
pub fn phone_link(label: &str, phone: &str, urgent: bool) -> Html {
    let digits: String = phone
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '+' | '#' | '*'))
        .collect();
    html! {
        <a class={if urgent { "phone phone-urgent" } else { "phone" }} href={format!("tel:{digits}")}>
            { icon(Shape::Phone) }
            <span class="phone-label">{ label }</span>
            <span class="phone-number">{ phone }</span>
        </a>
    }
}

/// The health centres of these people, each once.
pub fn center_links<'a>(people: impl Iterator<Item = &'a Person>) -> Html {
    let mut centers: Vec<(&str, &str)> = Vec::new();
    for person in people {
        let center = (person.center_name.as_str(), person.center_phone.as_str());
        if !centers.contains(&center) {
            centers.push(center);
        }
    }
    html! { for (name, phone) in centers { { phone_link(name, phone, false) } } }
}
