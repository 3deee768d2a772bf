//! What stands in the boxes: words in their box, marked choices, fields to type in.

use hersys_shared::Problems;
use hersys_shared::notification::Level;
use hersys_shared::notification::items::{Choice, Item, Kind, Section, find};
use maud::{Markup, html};

use super::Paper;
use super::fit::{Fitted, SMALLEST, fit};
use super::rooms::room;

/// What the form is drawn for.
#[derive(Debug, Clone, Copy)]
pub enum Fill<'a> {
    /// A notification to look at: empty legal items are marked.
    Screen,
    /// A notification on paper.
    Paper,
    /// Fields under the items' keys, with what is wrong with them.
    Typed(&'a Problems),
    /// To be written on by hand.
    Blank,
}

impl Paper<'_> {
    /// The value of a text, date, number or telephone number in its box.
    pub(super) fn text(&self, key: &'static str) -> Markup {
        let Some(item) = find(key) else { return html! {} };
        match self.fill {
            Fill::Typed(problems) => self.field(item, problems),
            Fill::Blank => html! { span.st-value data-item=(key) { (blank(item)) } },
            Fill::Screen | Fill::Paper => {
                let text = self.shown(item);
                if text.is_empty() { self.nothing(item) } else { fitted(key, &text) }
            }
        }
    }

    /// All choices of an item side by side, the chosen one marked.
    pub(super) fn choices(&self, key: &'static str) -> Markup {
        let Some(item) = find(key) else { return html! {} };
        let Kind::Choice(choices) = item.kind else { return html! {} };
        let value = self.values.get(key);
        match self.fill {
            Fill::Typed(problems) => radios(item, choices, value, problems),
            _ => html! {
                span.st-choices.st-missing[self.is_missing(item)] data-item=(key) {
                    @for (code, words) in choices { (tick(*code == value, words)) " " }
                    @if self.is_missing(item) { span.st-missing-word { "未入力" } }
                }
            },
        }
    }

    /// The chosen words alone, where the paper has no room for all; a list to choose from when typing.
    pub(super) fn chosen(&self, key: &'static str) -> Markup {
        let Some(item) = find(key) else { return html! {} };
        let Kind::Choice(choices) = item.kind else { return html! {} };
        let Fill::Typed(problems) = self.fill else {
            return self.text(key);
        };
        let value = self.values.get(key);
        html! {
            select.st-input.wrong[problems.of(key).is_some()] id={ "field-" (key) } name=(key) aria-label=(item.label)
                autocomplete="off" aria-invalid=[problems.of(key).map(|_| "true")] {
                option value="" { "－" }
                @for (code, words) in choices {
                    option value=(code) selected[*code == value] { (words) }
                }
            }
            (error(key, problems))
        }
    }

    /// A choice and what その他 stands for: one after the other on paper, two fields when typing.
    pub(super) fn chosen_or_written(&self, key: &'static str, other: &'static str) -> Markup {
        if matches!(self.fill, Fill::Typed(_)) {
            return html! {
                (self.chosen(key))
                div.st-test-words { span.st-small { "その他の内容" } (self.text(other)) }
            };
        }
        let words = self.values.get(other);
        if words.is_empty() || matches!(self.fill, Fill::Blank) {
            return self.chosen(key);
        }
        let chosen = find(key).map(|item| self.shown(item)).unwrap_or_default();
        fitted(key, &beside(&chosen, words))
    }

    /// One mark: a symptom, a risk factor.
    pub(super) fn mark(&self, key: &'static str, label: &str) -> Markup {
        let set = self.values.is_yes(key);
        match self.fill {
            Fill::Typed(_) => html! {
                label.st-choice {
                    // A box that is not ticked sends nothing: its empty companion does.
                    input type="hidden" name=(key) value="";
                    input type="checkbox" id={ "field-" (key) } name=(key) value="yes" checked[set];
                    span { (label) }
                }
            },
            _ => html! { span data-item=(key) { (tick(set, label)) } " " },
        }
    }

    /// 届出先保健所
    pub(super) fn center(&self, key: &'static str) -> Markup {
        let value = self.values.get(key);
        let Fill::Typed(problems) = self.fill else {
            return self.text(key);
        };
        html! {
            select.st-input.wrong[problems.of(key).is_some()] id={ "field-" (key) } name=(key)
                aria-label="届出先保健所" autocomplete="off" {
                option value="" { "選択してください" }
                @for (id, name) in self.centers {
                    option value=(id) selected[id == value] { (name) }
                }
            }
            (error(key, problems))
        }
    }

    /// A value as people read it.
    pub(super) fn shown(&self, item: &Item) -> String {
        let value = self.values.get(item.key);
        match item.kind {
            _ if value.is_empty() => String::new(),
            Kind::Center => {
                let name = self.centers.iter().find(|(id, _)| id == value);
                name.map_or_else(|| value.to_owned(), |(_, name)| name.clone())
            }
            Kind::PostalCode => format!("〒{}", item.shown(value)),
            _ => item.shown(value),
        }
    }

    /// What stands in an empty box.
    fn nothing(&self, item: &Item) -> Markup {
        let missing = self.is_missing(item);
        html! {
            span.st-value.st-missing[missing] data-item=(item.key) {
                @if missing { span.st-missing-word { "未入力" } } @else { (blank(item)) }
            }
        }
    }

    fn is_missing(&self, item: &Item) -> bool {
        matches!(self.fill, Fill::Screen)
            && self.values.get(item.key).is_empty()
            && self.edition.level(item, self.values) >= Level::Warn
    }

    fn field(&self, item: &'static Item, problems: &Problems) -> Markup {
        let value = self.values.get(item.key);
        let (inputmode, longest) = match item.kind {
            Kind::Phone => (Some("tel"), Some(20)),
            Kind::PostalCode => (Some("numeric"), Some(10)),
            Kind::Number(..) => (Some("numeric"), Some(4)),
            Kind::Text(longest) | Kind::LongText(longest) => (None, Some(longest)),
            _ => (None, None),
        };
        let invalid = problems.of(item.key).map(|_| "true");
        // A day reads as people write it; what could not be read stays as it was typed.
        let value = match item.kind {
            Kind::Date | Kind::AnyDate | Kind::BirthDate => item.shown(value),
            _ => value.to_owned(),
        };
        html! {
            @if let Kind::LongText(longest) = item.kind {
                textarea.st-input.wrong[invalid.is_some()] id={ "field-" (item.key) } name=(item.key) rows="5"
                    maxlength=(longest) aria-label=(item.label) autocomplete="off" aria-invalid=[invalid] {
                    // The first line break after the tag is not part of the value.
                    "\n" (value)
                }
            } @else {
                input.st-input.wrong[invalid.is_some()] id={ "field-" (item.key) } name=(item.key) value=(value)
                    type="text" inputmode=[inputmode] maxlength=[longest] aria-label=(item.label) autocomplete="off"
                    spellcheck="false" aria-invalid=[invalid];
            }
            (error(item.key, problems))
        }
    }
}

/// Words as large as their box allows.
fn fitted(key: &str, text: &str) -> Markup {
    let (class, text) = match fit(text, room(key)) {
        Fitted::Whole(class) => (class, text.to_owned()),
        Fitted::Begun(begun) => (SMALLEST, begun),
    };
    html! { span.st-value .(class) data-item=(key) { (text) } }
}

/// A chosen word and what is said of it.
pub(super) fn beside(chosen: &str, words: &str) -> String {
    if chosen.is_empty() { words.to_owned() } else { format!("{chosen}：{words}") }
}

/// □ or ■ with its words. The mark says it on paper, the hidden word to a screen reader.
fn tick(set: bool, words: &str) -> Markup {
    html! {
        @if set {
            strong.st-tick.st-set {
                span aria-hidden="true" { "■" } span.visually-hidden { "該当：" } (words)
            }
        } @else {
            span.st-tick { span aria-hidden="true" { "□" } (words) }
        }
    }
}

/// Radio buttons, with one that takes the choice back.
fn radios(item: &Item, choices: &[Choice], value: &str, problems: &Problems) -> Markup {
    let key = item.key;
    html! {
        span.st-choices.wrong[problems.of(key).is_some()] role="radiogroup" aria-label=(item.label) data-digits {
            @for (at, (code, words)) in choices.iter().enumerate() {
                label.st-choice {
                    input type="radio" name=(key) value=(code) checked[*code == value]
                        id=[(at == 0).then(|| format!("field-{key}"))];
                    span { (words) }
                }
            }
            label.st-choice.st-none {
                input type="radio" name=(key) value="" checked[!choices.iter().any(|(code, _)| *code == value)];
                span { "未選択" }
            }
        }
        (error(key, problems))
    }
}

fn error(key: &str, problems: &Problems) -> Markup {
    html! {
        @if let Some(sentence) = problems.of(key) {
            span.st-error { span.error-mark { "エラー" } " " (sentence) }
        }
    }
}

/// What an empty box shows to the hand that fills it in.
fn blank(item: &Item) -> &'static str {
    match item.kind {
        Kind::Date if item.section == Section::Tests => "　　年　月　日",
        Kind::BirthDate => "　　　年　月　日",
        Kind::Date | Kind::AnyDate => "　　　年　　月　　日",
        Kind::PostalCode => "〒　　　－　　　　",
        _ => "",
    }
}
