use yew::prelude::*;

use super::{Button, Look};
use crate::browser;
use crate::hooks::use_settled;

/// Where the focus goes when the question appears.
const TITLE: &str = "ask-title";

#[derive(Properties, PartialEq)]
pub struct AskProps {
    pub title: AttrValue,
    pub yes: AttrValue,
    pub no: AttrValue,
    pub onyes: Callback<()>,
    pub onno: Callback<()>,
    /// Which of the two is the safe answer and looks like it.
    #[prop_or_default]
    pub prefer_no: bool,
    pub children: Html,
}

/// A question in the page that takes the focus and waits for one of two answers.
#[component]
pub fn Ask(props: &AskProps) -> Html {
    let settled = use_settled();
    use_effect_with((), |()| {
        browser::focus(TITLE);
        browser::show("ask");
    });
    let (yes, no) = if props.prefer_no { (Look::Secondary, Look::Primary) } else { (Look::Primary, Look::Secondary) };
    html! {
        <section class="ask" id="ask" role="alertdialog" aria-labelledby={TITLE} aria-describedby="ask-text">
            <h2 id={TITLE} tabindex="-1">{ &props.title }</h2>
            <div id="ask-text">{ props.children.clone() }</div>
            <div class="actions">
                <Button look={yes} disabled={!settled} onclick={props.onyes.clone()}>{ &props.yes }</Button>
                <Button look={no} disabled={!settled} onclick={props.onno.clone()}>{ &props.no }</Button>
            </div>
        </section>
    }
}
