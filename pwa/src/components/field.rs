use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Shape, icon};
use crate::texts;

/// What a field takes: the keyboard that a phone shows and what the browser may fill in.
#[derive(Clone, Copy, PartialEq)]
pub enum InputKind {
    Text,
    Name,
    Mail,
    OneTimeCode,
    Digits,
    CurrentPassword { shown: bool },
    NewPassword { shown: bool },
}

impl InputKind {
    fn input_type(self) -> &'static str {
        match self {
            Self::Mail => "email",
            Self::CurrentPassword { shown: false } | Self::NewPassword { shown: false } => "password",
            _ => "text",
        }
    }

    fn input_mode(self) -> Option<&'static str> {
        match self {
            Self::Mail => Some("email"),
            Self::OneTimeCode | Self::Digits => Some("numeric"),
            _ => None,
        }
    }

    fn autocomplete(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Mail => "username",
            Self::OneTimeCode => "one-time-code",
            Self::CurrentPassword { .. } => "current-password",
            Self::NewPassword { .. } => "new-password",
            Self::Text | Self::Digits => "off",
        }
    }
}

/// 必須 or 任意, where a form has both.
#[derive(Clone, Copy, PartialEq)]
pub enum Mark {
    Required,
    Optional,
}

impl Mark {
    pub fn view(self) -> Html {
        match self {
            Self::Required => html! { <span class="mark mark-required">{ texts::REQUIRED }</span> },
            Self::Optional => html! { <span class="mark">{ texts::OPTIONAL }</span> },
        }
    }
}

pub fn id_of_hint(id: &str) -> String {
    format!("{id}-hint")
}

pub fn id_of_problem(id: &str) -> String {
    format!("{id}-problem")
}

#[derive(Properties, PartialEq)]
pub struct FieldProps {
    /// Also the field's name in requests, so that the server's problems find it.
    pub id: &'static str,
    pub label: AttrValue,
    pub kind: InputKind,
    pub value: AttrValue,
    pub oninput: Callback<String>,
    #[prop_or_default]
    pub onleave: Callback<()>,
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// Narrow, for short entries.
    #[prop_or_default]
    pub short: bool,
    /// Stands under the field: how the entry was read.
    #[prop_or_default]
    pub children: Html,
}

/// A labelled line of text with its hint and its problem.
#[component]
pub fn Field(props: &FieldProps) -> Html {
    let id = props.id;
    let oninput = {
        let oninput = props.oninput.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
                oninput.emit(input.value());
            }
        })
    };
    let onblur = props.onleave.reform(|_: FocusEvent| ());
    let mut described = Vec::new();
    if props.hint.is_some() {
        described.push(id_of_hint(id));
    }
    if props.problem.is_some() {
        described.push(id_of_problem(id));
    }
    let described = (!described.is_empty()).then(|| described.join(" "));
    html! {
        <div class={classes!("field", props.problem.is_some().then_some("field-wrong"))}>
            <label for={id}>{ &props.label }</label>
            if let Some(hint) = &props.hint {
                <p class="hint" id={id_of_hint(id)}>{ hint }</p>
            }
            { problem_line(id, props.problem.as_ref()) }
            <input
                {id}
                name={id}
                class={classes!("input", props.short.then_some("input-short"))}
                type={props.kind.input_type()}
                inputmode={props.kind.input_mode()}
                autocomplete={props.kind.autocomplete()}
                autocapitalize="none"
                spellcheck="false"
                value={props.value.clone()}
                aria-invalid={props.problem.is_some().then_some("true")}
                aria-describedby={described}
                {oninput}
                {onblur}
            />
            { props.children.clone() }
        </div>
    }
}

/// The sentence beside a wrong field.
pub fn problem_line(field: &str, problem: Option<&AttrValue>) -> Html {
    let Some(problem) = problem else {
        return Html::default();
    };
    html! {
        <p class="problem" id={id_of_problem(field)}>
            { icon(Shape::Alert) }
            { problem }
        </p>
    }
}
