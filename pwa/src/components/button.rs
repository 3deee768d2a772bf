use yew::prelude::*;

use crate::texts;

#[derive(Clone, Copy, Default, PartialEq)]
pub enum Look {
    /// The one thing to do on a page.
    Primary,
    #[default]
    Secondary,
    /// Looks like a link, for what few people need.
    Quiet,
}

#[derive(Properties, PartialEq)]
pub struct ButtonProps {
    #[prop_or_default]
    pub look: Look,
    /// Sends the form that it stands in.
    #[prop_or_default]
    pub submit: bool,
    #[prop_or_default]
    pub disabled: bool,
    /// Shown as under way; further taps do nothing.
    #[prop_or_default]
    pub busy: bool,
    #[prop_or_default]
    pub id: Option<AttrValue>,
    #[prop_or_default]
    pub describedby: Option<AttrValue>,
    #[prop_or_default]
    pub onclick: Callback<()>,
    pub children: Html,
}

#[component]
pub fn Button(props: &ButtonProps) -> Html {
    let look = match props.look {
        Look::Primary => "button-primary",
        Look::Secondary => "button-secondary",
        Look::Quiet => "button-quiet",
    };
    let onclick = {
        let (onclick, busy, submit) = (props.onclick.clone(), props.busy, props.submit);
        Callback::from(move |event: MouseEvent| {
            if busy {
                event.prevent_default();
            } else if !submit {
                onclick.emit(());
            }
        })
    };
    html! {
        <button
            type={if props.submit { "submit" } else { "button" }}
            class={classes!("button", look)}
            id={props.id.clone()}
            disabled={props.disabled}
            aria-disabled={props.busy.then_some("true")}
            aria-describedby={props.describedby.clone()}
            {onclick}
        >
            if props.busy {
                <span class="spinner" aria-hidden="true"></span>
                { texts::SENDING }
            } else {
                { props.children.clone() }
            }
        </button>
    }
}
