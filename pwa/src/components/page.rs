use yew::prelude::*;

use super::{Tone, notice};
use crate::browser;
use crate::hooks::use_store;
use crate::texts;

const TITLE: &str = "title";

#[derive(Properties, PartialEq)]
pub struct PageProps {
    /// Heading and title of the window: never a name.
    pub title: AttrValue,
    /// Shown as the heading in place of the title.
    #[prop_or_default]
    pub heading: Option<Html>,
    /// Stands above the heading.
    #[prop_or_default]
    pub above: Html,
    pub children: Html,
}

/// A page: takes the focus to its heading, so that screen readers start there, and says once
/// what the page before it left to be said.
#[component]
pub fn Page(props: &PageProps) -> Html {
    let store = use_store();
    let said_once = use_state(|| store.notice);
    use_effect_with(props.title.clone(), |title| {
        browser::set_title(&texts::window_title(title));
    });
    use_effect_with((), move |()| {
        browser::focus(TITLE);
        // Last: what stands above the heading is to be seen as well.
        browser::scroll_to_top();
        if store.notice.is_some() {
            store.update(|memory| memory.notice = None);
        }
    });
    html! {
        <div class="page">
            { props.above.clone() }
            <h1 id={TITLE} tabindex="-1">
                { props.heading.clone().unwrap_or_else(|| html! { &props.title }) }
            </h1>
            if let Some(text) = *said_once {
                { notice(Tone::Done, true, html! { <p>{ text }</p> }) }
            }
            { props.children.clone() }
        </div>
    }
}

/// How far the registration has come, 1…4.
pub fn progress(now: usize) -> Html {
    let step = |(index, name): (usize, &&'static str)| {
        let number = index + 1;
        let class = match number.cmp(&now) {
            std::cmp::Ordering::Less => "step step-past",
            std::cmp::Ordering::Equal => "step step-now",
            std::cmp::Ordering::Greater => "step",
        };
        html! {
            <li {class} aria-current={(number == now).then_some("step")}>
                <span class="step-name">{ name }</span>
            </li>
        }
    };
    html! {
        <div class="progress">
            <p class="progress-place">{ texts::account::step_of(now) }</p>
            <ol class="steps">{ for texts::account::STEPS.iter().enumerate().map(step) }</ol>
        </div>
    }
}
