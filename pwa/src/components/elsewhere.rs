use yew::prelude::*;

use crate::route::{Route, use_nav};

#[derive(Properties, PartialEq)]
pub struct ElsewhereProps {
    pub to: Route,
}

/// For pages that were opened without what they need: leads to where it begins.
#[component]
pub fn Elsewhere(props: &ElsewhereProps) -> Html {
    let nav = use_nav();
    use_effect_with(props.to, move |to| nav.replace(*to));
    Html::default()
}
