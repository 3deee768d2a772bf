//! The items of a notification by section, as the page that is not 法令様式 shows them.

use std::collections::HashMap;

use hersys_shared::notification::items::{Item, Kind, Section};
use hersys_shared::notification::{Content, Level};
use maud::{Markup, html};

/// The items of the content's edition, with what their homes say otherwise (REF-06).
/// `center` is the name of 届出先保健所.
pub fn show(content: &Content, center: &str, differences: &HashMap<&'static str, String>) -> Markup {
    let items: Vec<(&Item, Level)> = content.edition.items(&content.values).collect();
    html! {
        @for section in Section::ALL {
            @let own: Vec<_> = items.iter().filter(|(item, _)| item.section == section).collect();
            @if !own.is_empty() {
                section.items.notification-items aria-labelledby=(section.anchor()) {
                    h2 id=(section.anchor()) { (section.title()) }
                    dl {
                        @for (item, level) in own {
                            @let value = content.values.get(item.key);
                            @if !value.is_empty() || needs_line(item, *level) {
                                div.long[matches!(item.kind, Kind::LongText(_))] {
                                    dt { (item.label) }
                                    dd { (shown(item, value, *level, center)) (told(differences.get(item.key))) }
                                }
                            }
                        }
                        @if section == Section::Person { (age(content)) }
                    }
                }
            }
        }
    }
}

/// Whether an empty item is worth a line: not a risk factor that is not there, nor a test or dose that
/// was not given.
fn needs_line(item: &Item, level: Level) -> bool {
    let further = matches!(item.section, Section::Tests | Section::Vaccination) && level == Level::Optional;
    item.kind != Kind::Mark && !further
}

fn shown(item: &Item, value: &str, level: Level, center: &str) -> Markup {
    html! {
        @match (item.kind, value.is_empty()) {
            (Kind::Symptom, _) => {
                @if value == "yes" { strong { "有" } } @else { span.nothing { "無" } }
            }
            // FORM-17: red frame and word.
            (_, true) if level >= Level::Warn => { span.legal-empty { "未入力" } }
            (_, true) => { span.nothing { "未入力" } }
            (Kind::Center, _) => { (center) }
            (Kind::PostalCode, _) => { "〒" (item.shown(value)) }
            _ => { (item.shown(value)) }
        }
    }
}

fn told(difference: Option<&String>) -> Markup {
    html! {
        @if let Some(sentence) = difference {
            span.moved-on { span.moved-on-mark { "相違" } " " (sentence) }
        }
    }
}

/// 5 診断時の年齢: worked out.
fn age(content: &Content) -> Markup {
    html! {
        @if let Some(age) = content.age_at_diagnosis() {
            div { dt { "診断時の年齢" } dd { (age.display()) } }
        }
    }
}
