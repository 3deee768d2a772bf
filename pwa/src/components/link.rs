use yew::prelude::*;

use super::{Shape, icon};
use crate::route::{Route, use_nav};

#[derive(Properties, PartialEq)]
pub struct LinkProps {
    pub to: Route,
    #[prop_or_default]
    pub class: Classes,
    /// Marks the page that the reader is on.
    #[prop_or_default]
    pub current: bool,
    pub children: Html,
}

/// A link within the site: a real address, without loading anything anew.
#[component]
pub fn Link(props: &LinkProps) -> Html {
    let nav = use_nav();
    let to = props.to;
    let onclick = Callback::from(move |event: MouseEvent| {
        // A click that asks for another tab or window is left to the browser.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            nav.go(to);
        }
    });
    html! {
        <a
            href={to.path()}
            class={props.class.clone()}
            aria-current={props.current.then_some("page")}
            {onclick}
        >
            { props.children.clone() }
        </a>
    }
}

/// Leads up to the page that this one belongs to.
pub fn back_link(to: Route, label: &'static str) -> Html {
    html! {
        <Link {to} class="back">{ icon(Shape::Back) }{ label }</Link>
    }
}
