//! Nothing that a notification says is missing on its form, however long it is.

use std::collections::HashMap;

use hersys_shared::Problems;
use hersys_shared::notification::Content;
use hersys_shared::notification::items::{ITEMS, Item, Kind};
use proptest::prelude::*;
use time::macros::date;

use super::*;
use crate::notification::items;

const CENTER: &str = "00000000-0000-0000-0000-0000000003e9";

fn any_value(item: &'static Item) -> BoxedStrategy<String> {
    match item.kind {
        Kind::Text(longest) => format!("[あ-んA-Za-z0-9一-九]{{0,{longest}}}").prop_map_regex(),
        Kind::LongText(longest) => format!("[あ-んA-Z\n]{{0,{longest}}}").prop_map_regex(),
        Kind::Name => "[あ-ん一-九]{0,80}".prop_map_regex(),
        Kind::Kana => "[ァ-ヴ]{0,80}".prop_map_regex(),
        Kind::Date | Kind::AnyDate | Kind::BirthDate => (0i64..900)
            .prop_map(|days| hersys_shared::days::iso(date!(2020 - 01 - 01) + time::Duration::days(days)))
            .boxed(),
        Kind::Phone => "0[1-9]0[0-9]{8}".prop_map_regex(),
        Kind::PostalCode => "[0-9]{7}".prop_map_regex(),
        Kind::Number(least, most) => (least..=most).prop_map(|n| n.to_string()).boxed(),
        Kind::Choice(choices) => proptest::sample::select(choices).prop_map(|(code, _)| code.to_owned()).boxed(),
        Kind::Symptom | Kind::Mark => proptest::sample::select(&["yes", ""][..]).prop_map(str::to_owned).boxed(),
        Kind::Center => Just(CENTER.to_owned()).boxed(),
    }
}

trait Regex {
    fn prop_map_regex(self) -> BoxedStrategy<String>;
}

impl<S: AsRef<str>> Regex for S {
    fn prop_map_regex(self) -> BoxedStrategy<String> {
        proptest::string::string_regex(self.as_ref()).unwrap().boxed()
    }
}

fn any_values() -> impl Strategy<Value = Values> {
    ITEMS
        .iter()
        .map(|item| prop_oneof![1 => Just(String::new()), 3 => any_value(item)].prop_map(|value| (item.key, value)))
        .collect::<Vec<_>>()
        .prop_map(|items| items.into_iter().collect())
}

fn drawn(edition: Edition, values: &Values, fill: Fill<'_>) -> String {
    let centers = [(CENTER.to_owned(), "あおば保健所".to_owned())];
    Paper { edition, values, fill, centers: &centers }.draw().into_string()
}

/// The words of a page without tags and white space.
fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, words)| words));
    }
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    plain.split_whitespace().collect()
}

/// What the form must say for a value.
fn said(item: &Item, value: &str) -> String {
    let said = match item.kind {
        Kind::Center => "あおば保健所".to_owned(),
        Kind::Choice(_) if item.key.starts_with("test") => item.shown(value),
        Kind::Choice(_) => format!("■該当：{}", item.shown(value)),
        Kind::Symptom | Kind::Mark => format!("■該当：{}", item.label),
        _ => item.shown(value),
    };
    said.split_whitespace().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn form_09_form_27_any_content_stands_whole_on_screen_and_paper(values in any_values()) {
        for edition in Edition::ALL {
            for fill in [Fill::Screen, Fill::Paper] {
                let words = words(&drawn(edition, &values, fill));
                for item in ITEMS {
                    let value = values.get(item.key);
                    if !value.is_empty() {
                        prop_assert!(words.contains(&said(item, value)), "{} is missing: {}", item.key, value);
                    }
                }
            }
        }
    }

    #[test]
    fn form_10_any_content_stands_whole_on_the_plain_page(values in any_values()) {
        for edition in Edition::ALL {
            let content = Content { edition, values: values.clone() };
            let words = words(&items::show(&content, "あおば保健所", &HashMap::new()).into_string());
            for item in ITEMS {
                let value = values.get(item.key);
                let said = match item.kind {
                    Kind::Center => "あおば保健所".to_owned(),
                    _ => format!("{}{}", item.label, if item.kind == Kind::PostalCode { "〒" } else { "" }) + &item.shown(value),
                };
                let said: String = said.split_whitespace().collect();
                prop_assert!(value.is_empty() || words.contains(&said), "{} is missing: {}", item.key, value);
            }
        }
    }

    #[test]
    fn form_09_the_fields_of_the_form_hold_any_content(values in any_values()) {
        let none = Problems::default();
        for edition in Edition::ALL {
            let html = drawn(edition, &values, Fill::Typed(&none));
            for item in ITEMS {
                let value = values.get(item.key);
                let name = format!("name=\"{}\"", item.key);
                prop_assert!(value.is_empty() || html.contains(&name), "{} has no field", item.key);
                if let (Kind::Choice(_), false) = (item.kind, value.is_empty()) {
                    let chosen = [format!("value=\"{value}\" checked"), format!("value=\"{value}\" selected")];
                    prop_assert!(chosen.iter().any(|chosen| html.contains(chosen)), "{}", item.key);
                }
                if matches!(item.kind, Kind::Text(_) | Kind::Name | Kind::Kana) && !value.is_empty() {
                    let field = format!("value=\"{value}\"");
                    prop_assert!(html.contains(&field), "{}", item.key);
                }
            }
        }
    }
}

#[test]
fn form_09_every_item_of_an_edition_has_its_box() {
    let (none, values) = (Problems::default(), Values::default());
    for edition in Edition::ALL {
        let html = drawn(edition, &values, Fill::Typed(&none));
        for item in ITEMS.iter().filter(|item| edition.has(item.key)) {
            let field = format!("id=\"field-{}\"", item.key);
            assert_eq!(html.matches(&field).count(), 1, "{} in {}", item.key, edition.code());
        }
    }
}

#[test]
fn form_17_empty_legal_items_are_marked_on_the_screen_and_not_on_paper() {
    let values: Values = [("diagnosis_type", "confirmed"), ("name", "山田 太郎")].into_iter().collect();
    assert!(drawn(Edition::Full, &values, Fill::Screen).contains("未入力"));
    assert!(!drawn(Edition::Full, &values, Fill::Paper).contains("未入力"));
}

#[test]
fn form_03_the_blank_form_says_nothing_of_anybody() {
    let blank = words(&drawn(Edition::Full, &Values::default(), Fill::Blank));
    assert!(!blank.contains('■') && blank.contains("18感染原因・感染経路・感染地域"));
}
