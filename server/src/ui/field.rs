//! Form fields: label above, 必須 mark, unit after, error beside, hint below.

use hersys_shared::Problems;
use maud::{Markup, html};

/// One labelled field of a form.
///
/// Its element has the id `field-NAME`, where [`error_summary`] leads. Forms carry `novalidate`,
/// so that every browser shows the same sentences: those of the server.
pub struct Field<'a> {
    pub name: &'a str,
    pub label: &'a str,
    pub value: &'a str,
    pub problems: &'a Problems,
    required: bool,
    hint: Option<&'a str>,
    unit: Option<&'a str>,
    kind: &'a str,
    inputmode: Option<&'a str>,
    autocomplete: &'a str,
    maxlength: Option<u32>,
    short: bool,
    autofocus: bool,
    readonly: bool,
    list: Option<&'a str>,
    /// What a day without a year means, where the field is a date.
    date: Option<&'static str>,
    kana_for: Option<&'a str>,
    postal_for: Option<&'a str>,
    beside: Option<Markup>,
}

impl<'a> Field<'a> {
    pub fn new(name: &'a str, label: &'a str, value: &'a str, problems: &'a Problems) -> Self {
        Self {
            name,
            label,
            value,
            problems,
            required: false,
            hint: None,
            unit: None,
            kind: "text",
            inputmode: None,
            // AUTH-27: nothing may remain on the terminal.
            autocomplete: "off",
            maxlength: None,
            short: false,
            autofocus: false,
            readonly: false,
            list: None,
            date: None,
            kana_for: None,
            postal_for: None,
            beside: None,
        }
    }

    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    pub fn unit(mut self, unit: &'a str) -> Self {
        self.unit = Some(unit);
        self
    }

    pub fn kind(mut self, kind: &'a str) -> Self {
        self.kind = kind;
        self
    }

    pub fn inputmode(mut self, mode: &'a str) -> Self {
        self.inputmode = Some(mode);
        self
    }

    pub fn autocomplete(mut self, value: &'a str) -> Self {
        self.autocomplete = value;
        self
    }

    pub fn maxlength(mut self, longest: u32) -> Self {
        self.maxlength = Some(longest);
        self
    }

    /// As narrow as a number or a date.
    pub fn short(mut self) -> Self {
        self.short = true;
        self
    }

    /// Takes the focus when the page opens, unless something is wrong: then the summary takes it.
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// Shown and sent, but not to be changed.
    pub fn readonly(mut self) -> Self {
        self.readonly = true;
        self
    }

    /// A date in any usual writing: `input.js` says beside it how it was understood.
    pub fn date(mut self) -> Self {
        self.date = Some("");
        self
    }

    /// [`Field::date`] in which `8/1` is the nearest such day that is past.
    pub fn recent_date(mut self) -> Self {
        self.date = Some("recent");
        self
    }

    /// [`Field::date`] in which `8/1` is the nearest such day, past or to come.
    pub fn nearest_date(mut self) -> Self {
        self.date = Some("nearest");
        self
    }

    /// A name whose reading `input.js` puts into the field `name`, as far as the input method tells it.
    pub fn kana_for(mut self, name: &'a str) -> Self {
        self.kana_for = Some(name);
        self
    }

    /// A postal code of the address in the field `name`; [`crate::postal::field`] makes the whole of it.
    pub fn postal_for(mut self, name: &'a str) -> Self {
        self.postal_for = Some(name);
        self
    }

    /// What stands at the field's right, such as a button.
    pub fn beside(mut self, content: Markup) -> Self {
        self.beside = Some(content);
        self
    }

    /// Offers the options of the `<datalist>` with this id.
    pub fn list(mut self, id: &'a str) -> Self {
        self.list = Some(id);
        self
    }

    /// An `<input>`.
    pub fn input(self) -> Markup {
        self.framed(html! {
            input id=(self.id()) name=(self.name) type=(self.kind) value=(self.value) class=[self.class()]
                autocomplete=(self.autocomplete) inputmode=[self.inputmode] maxlength=[self.maxlength]
                spellcheck="false" autocapitalize="none" readonly[self.readonly] list=[self.list]
                autofocus[self.autofocus && self.problems.is_empty()]
                data-date=[self.date] data-kana-for=[self.kana_for.map(id)] data-postal-for=[self.postal_for.map(id)]
                aria-required=[self.required.then_some("true")]
                aria-invalid=[self.error().map(|_| "true")]
                aria-describedby=[self.described_by()];
        })
    }

    /// A `<textarea>` of `rows` lines.
    pub fn textarea(self, rows: u32) -> Markup {
        self.framed(html! {
            textarea id=(self.id()) name=(self.name) rows=(rows) autocomplete=(self.autocomplete)
                maxlength=[self.maxlength] readonly[self.readonly]
                autofocus[self.autofocus && self.problems.is_empty()]
                aria-required=[self.required.then_some("true")]
                aria-invalid=[self.error().map(|_| "true")]
                aria-describedby=[self.described_by()]
                // The first line break after the tag is not part of the value.
                { "\n" (self.value) }
        })
    }

    /// A `<select>` of (value, label); an empty first choice is added where nothing is chosen yet
    /// and where the field may be left empty.
    pub fn select(self, choices: &[(String, String)]) -> Markup {
        let chosen = choices.iter().any(|(value, _)| value == self.value);
        let has_empty = choices.iter().any(|(value, _)| value.is_empty());
        self.framed(html! {
            select id=(self.id()) name=(self.name) class=[self.class()] autocomplete=(self.autocomplete)
                autofocus[self.autofocus && self.problems.is_empty()]
                aria-required=[self.required.then_some("true")]
                aria-invalid=[self.error().map(|_| "true")]
                aria-describedby=[self.described_by()] {
                @if !has_empty && (!chosen || !self.required) {
                    option value="" selected[!chosen] { "選択してください" }
                }
                @for (value, label) in choices {
                    option value=(value) selected[value == self.value] { (label) }
                }
            }
        })
    }

    /// A `<select>` that can be emptied again.
    pub fn optional_select(self, choices: &[(String, String)]) -> Markup {
        let empty = [(String::new(), "選択してください".to_owned())];
        self.select(&empty.iter().chain(choices).cloned().collect::<Vec<_>>())
    }

    /// Radio buttons of (value, label) in a fieldset.
    pub fn radios(self, choices: &[(&str, &str)]) -> Markup {
        let legend = format!("label-{}", self.name);
        html! {
            fieldset.field.choices role="radiogroup" .wrong[self.error().is_some()] aria-labelledby=(legend)
                aria-required=[self.required.then_some("true")]
                aria-invalid=[self.error().map(|_| "true")]
                aria-describedby=[self.described_by()] {
                legend.label id=(legend) { (self.label_text()) }
                (self.hint_text())
                div.control data-digits {
                    @for (index, (value, label)) in choices.iter().enumerate() {
                        label.choice {
                            // The first carries the field's id: the summary of problems leads there.
                            input type="radio" name=(self.name) value=(value) checked[*value == self.value]
                                id=[(index == 0).then(|| self.id())]
                                autofocus[self.autofocus && index == 0 && self.problems.is_empty()];
                            span { (label) }
                        }
                    }
                }
                (self.error_text())
            }
        }
    }

    /// One checkbox that sends `on`; checked where the value is not empty.
    pub fn checkbox(self) -> Markup {
        html! {
            div.field.choices .wrong[self.error().is_some()] {
                label.choice {
                    input type="checkbox" id=(self.id()) name=(self.name) value="on"
                        checked[!self.value.is_empty()]
                        aria-required=[self.required.then_some("true")]
                        aria-invalid=[self.error().map(|_| "true")]
                        aria-describedby=[self.described_by()];
                    span { (self.label_text()) }
                }
                (self.hint_text())
                (self.error_text())
            }
        }
    }

    fn framed(&self, control: Markup) -> Markup {
        html! {
            div.field .wrong[self.error().is_some()] {
                label.label for=(self.id()) { (self.label_text()) }
                (self.hint_text())
                div.control {
                    (control)
                    @if let Some(unit) = self.unit {
                        span.unit id={ "unit-" (self.name) } { (unit) }
                    }
                    @if let Some(beside) = &self.beside { (beside) }
                }
                (self.error_text())
            }
        }
    }

    fn label_text(&self) -> Markup {
        html! {
            (self.label)
            @if self.required { " " span.required { "必須" } }
        }
    }

    fn hint_text(&self) -> Markup {
        html! {
            @if let Some(hint) = self.hint {
                p.hint id={ "hint-" (self.name) } { (hint) }
            }
        }
    }

    fn error_text(&self) -> Markup {
        html! {
            @if let Some(error) = self.error() {
                p.error id={ "error-" (self.name) } { (error_mark()) span { (error) } }
            }
        }
    }

    fn id(&self) -> String {
        id(self.name)
    }

    fn class(&self) -> Option<&'static str> {
        self.short.then_some("short")
    }

    fn error(&self) -> Option<&str> {
        self.problems.of(self.name)
    }

    /// The ids of what a screen reader says after the label: error first.
    fn described_by(&self) -> Option<String> {
        let parts = [self.error().map(|_| "error"), self.hint.map(|_| "hint"), self.unit.map(|_| "unit")];
        let ids: Vec<String> = parts.into_iter().flatten().map(|part| format!("{part}-{}", self.name)).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

fn id(name: &str) -> String {
    format!("field-{name}")
}

/// Never colour alone: a word goes with every error.
fn error_mark() -> Markup {
    html! { span.error-mark { "エラー" } }
}

/// The summary of all problems on top of a form, each a link to its field; nothing where there is none.
/// A problem without a field (`""`) stands as a sentence of its own.
pub fn error_summary(problems: &Problems) -> Markup {
    html! {
        @if !problems.is_empty() {
            div.error-summary role="alert" tabindex="-1" data-error-summary {
                h2 { (error_mark()) " " (summary_title(problems)) }
                ul {
                    @for problem in &problems.0 {
                        li {
                            @if problem.field.is_empty() {
                                (problem.message)
                            } @else {
                                a href={ "#field-" (problem.field) } { (problem.message) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn summary_title(problems: &Problems) -> String {
    let about_fields = problems.0.iter().any(|problem| !problem.field.is_empty());
    match problems.0.len() {
        _ if !about_fields => "操作を続けられませんでした".to_owned(),
        1 => "入力内容を確かめてください".to_owned(),
        count => format!("入力内容を確かめてください（{count}件）"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems() -> Problems {
        let mut problems = Problems::default();
        problems.add("kana", "カナで入力してください。");
        problems
    }

    #[test]
    fn an_error_is_tied_to_its_field_and_the_value_is_kept() {
        let problems = problems();
        let html = Field::new("kana", "カナ", "やま<だ", &problems).required().hint("全角").input().into_string();
        assert!(html.contains(r#"<label class="label" for="field-kana">"#));
        assert!(html.contains(r#"aria-describedby="error-kana hint-kana""#));
        assert!(html.contains(r#"aria-invalid="true""#) && html.contains(r#"aria-required="true""#));
        assert!(html.contains(r#"value="やま&lt;だ""#));
    }

    #[test]
    fn auth_27_browsers_are_told_to_remember_nothing() {
        let none = Problems::default();
        assert!(Field::new("name", "氏名", "", &none).input().into_string().contains(r#"autocomplete="off""#));
    }

    #[test]
    fn the_summary_leads_to_each_field() {
        assert!(error_summary(&problems()).into_string().contains(r##"href="#field-kana""##));
        assert_eq!(error_summary(&Problems::default()).into_string(), "");
    }

    #[test]
    fn a_problem_of_no_field_is_no_link() {
        let mut problems = Problems::default();
        problems.add("", "30秒後にもう一度お試しください。");
        let html = error_summary(&problems).into_string();
        assert!(html.contains("操作を続けられませんでした") && !html.contains("href"));
    }

    #[test]
    fn the_first_radio_button_is_where_the_summary_leads() {
        let problems = problems();
        let html = Field::new("kana", "カナ", "b", &problems).radios(&[("a", "甲"), ("b", "乙")]).into_string();
        assert_eq!(html.matches(r#"id="field-kana""#).count(), 1);
        assert!(html.contains(r#"value="b" checked"#));
    }

    #[test]
    fn a_select_begins_empty_until_something_is_chosen() {
        let none = Problems::default();
        let choices = [("1".to_owned(), "男性".to_owned())];
        let html = |value| Field::new("sex", "性別", value, &none).required().select(&choices).into_string();
        assert!(html("").contains("選択してください"));
        assert!(!html("1").contains("選択してください"));
    }
}
