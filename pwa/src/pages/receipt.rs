use hersys_shared::api::Household;
use uuid::Uuid;
use yew::prelude::*;

use crate::components::{Button, Elsewhere, Look, Page, Shape, center_links, icon, phone_link};
use crate::desk::{Outcome, SendingResult};
use crate::hooks::{use_questions, use_store};
use crate::household;
use crate::pages::report::alert;
use crate::route::{Route, use_nav};
use crate::texts::{self, home, report};

/// That and when each report was received, what happens next, and the way to the next person.
/// Nothing of what was reported (PERM-05, MY-19).
#[component]
pub fn Receipt() -> Html {
    let (store, nav) = (use_store(), use_nav());
    use_questions(&store);
    {
        let store = store.clone();
        use_effect_with((), move |()| move || store.update(|memory| memory.desk.leave_receipt()));
    }
    let Some(household) = store.household.clone() else {
        return Html::default();
    };
    if store.desk.results.is_empty() {
        return html! { <Elsewhere to={Route::Home} /> };
    }
    let open = {
        let (store, nav) = (store.clone(), nav.clone());
        Callback::from(move |id: Uuid| {
            store.update(move |memory| memory.desk.open(id, Uuid::new_v4()));
            nav.replace(Route::Report);
        })
    };
    let home = {
        let (store, nav) = (store.clone(), nav.clone());
        Callback::from(move |()| {
            store.update(|memory| memory.desk.close());
            nav.replace(Route::Home);
        })
    };
    let results = &store.desk.results;
    let all_received = results.iter().all(|result| matches!(result.outcome, Outcome::Received(_)));
    let refused =
        |id| results.iter().any(|result| result.person_id == id && matches!(result.outcome, Outcome::Refused { .. }));
    let next = household::first_due(&household.people, refused);
    let title = if all_received { report::RECEIPT_TITLE } else { report::RECEIPT_PARTLY };
    let name = |id| household::find(&household.people, id).map(|person| home::person(&person.name));
    let reported_for = results.iter().filter_map(|result| household::find(&household.people, result.person_id));
    let mut urgent_for = results
        .iter()
        .filter(|result| result.is_urgent)
        .filter_map(|result| household::find(&household.people, result.person_id))
        .peekable();
    // Whoever may need an ambulance sees first whom to call.
    let urgent = store.form.as_ref().filter(|_| urgent_for.peek().is_some());
    html! {
        <Page
            {title}
            above={html! {
                <>
                    if let Some(form) = urgent { { alert(&form.emergency, urgent_for) } }
                    if all_received {
                        <p class="seal">{ icon(Shape::Check) }</p>
                    }
                </>
            }}
        >
            <ul class="results">
                for result in results {
                    <li>
                        { outcome(result, name(result.person_id).unwrap_or_default(), &open) }
                    </li>
                }
            </ul>
            if all_received {
                <p class="hint centered">{ report::NOT_SHOWN }</p>
            }
            if let Some(form) = &store.form {
                <section>
                    <h2>{ report::WHAT_NEXT }</h2>
                    for line in next_reports(&household, results) { <p><strong>{ line }</strong></p> }
                    for paragraph in &form.after_report {
                        <p>{ paragraph }</p>
                    }
                </section>
                <section>
                    <h2>{ report::WHOM_TO_CALL }</h2>
                    for help in &form.help {
                        <div class="card">
                            <h3>{ &help.title }</h3>
                            <p>{ &help.when }</p>
                            if help.center || !help.calls.is_empty() {
                                <div class="phones">
                                    if help.center {
                                        { center_links(reported_for.clone(), false) }
                                    }
                                    for call in &help.calls {
                                        { phone_link(&call.label, &call.phone, false) }
                                    }
                                </div>
                            }
                        </div>
                    }
                </section>
            }
            <div class="bar">
                if let Some(person) = next {
                    <p class="bar-note">{ home::person(&person.name) }</p>
                    <Button look={Look::Primary} onclick={let id = person.person_id; open.reform(move |()| id)}>
                        { report::NEXT_PERSON }
                    </Button>
                    <Button onclick={home}>{ texts::BACK_HOME }</Button>
                } else {
                    if all_received && household.people.len() > 1 {
                        <p class="bar-note">{ report::ALL_DONE }</p>
                    }
                    <Button look={Look::Primary} onclick={home}>{ texts::BACK_HOME }</Button>
                }
            </div>
        </Page>
    }
}

/// When each of those reported for reports again: most often all of them on the same day.
fn next_reports(household: &Household, results: &[SendingResult]) -> Vec<String> {
    let received = results.iter().filter(|result| matches!(result.outcome, Outcome::Received(_)));
    let mut lines = Vec::new();
    for person in received.filter_map(|result| household::find(&household.people, result.person_id)) {
        let line = match household::next_day(person, &household.today) {
            Some(day) => report::next_on(&day),
            None => report::last_of(&person.name),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn outcome(result: &SendingResult, name: String, open: &Callback<Uuid>) -> Html {
    let id = result.person_id;
    match &result.outcome {
        Outcome::Received(at) => {
            let time = household::time_of_day(at).unwrap_or_default();
            html! {
                <div class="result">
                    <strong>{ name }</strong>
                    <span>{ report::received_at(&time) }</span>
                </div>
            }
        }
        Outcome::Refused { message, problems } => html! {
            <div class="problems">
                <h2>{ icon(Shape::Alert) }{ name }{ "　" }{ report::REFUSED_TITLE }</h2>
                <p>{ message }</p>
                <ul>
                    for problem in &problems.0 {
                        <li>{ &problem.message }</li>
                    }
                </ul>
                <Button onclick={open.reform(move |()| id)}>{ report::FIX }</Button>
            </div>
        },
    }
}
