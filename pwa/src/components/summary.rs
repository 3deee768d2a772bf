use hersys_shared::Problems;
use yew::prelude::*;

use super::{Button, Look, Page, Shape, icon};
use crate::browser;
use crate::failure::Failure;
use crate::texts;

const ID: &str = "problems";

#[derive(Properties, PartialEq)]
pub struct SummaryProps {
    pub problems: Problems,
    pub failure: Option<Failure>,
    /// Counts up with each refusal; zero before the first.
    pub refusals: u32,
}

/// All that is wrong with a form, each line leading to its field. Takes the focus at each refusal.
#[component]
pub fn Summary(props: &SummaryProps) -> Html {
    use_effect_with(props.refusals, |refusals| {
        if *refusals > 0 {
            browser::focus(ID);
        }
    });
    if props.problems.is_empty() && props.failure.is_none() {
        return Html::default();
    }
    // Where the fields say it all, the answer's own sentence would only repeat one of them.
    let message = props.failure.as_ref().map(Failure::message);
    let message = message.filter(|message| {
        let problems = &props.problems.0;
        problems.iter().all(|problem| problem.message != *message)
    });
    let title = if message.is_some() { texts::REFUSED } else { texts::PROBLEMS };
    html! {
        <div class="problems" id={ID} tabindex="-1" role="alert">
            <h2>{ icon(Shape::Alert) }{ title }</h2>
            if let Some(message) = message {
                <p>{ message }</p>
            }
            if let Some(wait) = props.failure.as_ref().and_then(Failure::wait) {
                <p>{ wait }</p>
            }
            if !props.problems.is_empty() {
                <ul>
                    for problem in &props.problems.0 {
                        <li>{ jump(&problem.field, &problem.message) }</li>
                    }
                </ul>
            }
        </div>
    }
}

/// A link to a field. The address stays as it is, so that 「戻る」 still leaves the page.
fn jump(field: &str, message: &str) -> Html {
    let target = field.to_owned();
    let onclick = Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        browser::focus(&target);
    });
    html! { <a href={format!("#{field}")} {onclick}>{ message }</a> }
}

/// Stands where something could not be loaded.
pub fn failure_notice(failure: &Failure, retry: Callback<()>) -> Html {
    html! {
        <Page title={texts::NOT_LOADED}>
        <div class="failed" role="alert">
            { icon(Shape::Offline) }
            <p>{ failure.message() }</p>
            if let Some(wait) = failure.wait() {
                <p>{ wait }</p>
            }
            <Button look={Look::Primary} onclick={retry}>{ texts::RETRY }</Button>
        </div>
        </Page>
    }
}
