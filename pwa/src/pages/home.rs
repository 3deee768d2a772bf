use hersys_shared::api::{Household, Person};
use uuid::Uuid;
use yew::prelude::*;

use crate::components::{Button, Link, Look, Page, Shape, Tone, icon, notice};
use crate::draft::Draft;
use crate::hooks::{use_questions, use_store};
use crate::household::{self, Standing};
use crate::route::{Route, use_nav};
use crate::texts::{account, home as texts};

/// A card a person, whoever is due first; one tap leads to the report (MY-17).
#[component]
pub fn Home() -> Html {
    let (store, nav) = (use_store(), use_nav());
    // So that the report opens without waiting.
    use_questions(&store);
    let Some(household) = store.household.clone() else {
        return Html::default();
    };
    let people = &household.people;
    if people.is_empty() {
        return empty();
    }
    let due = household::due_count(people);
    let report_all = {
        let (store, nav) = (store.clone(), nav.clone());
        let first = household::first_due(people, |_| false).map(|person| person.person_id);
        Callback::from(move |()| {
            if let Some(first) = first {
                store.update(move |memory| memory.desk.open_round(first, due, Uuid::new_v4()));
                nav.go(Route::Report);
            }
        })
    };
    let report = {
        let nav = nav.clone();
        let store = store.clone();
        Callback::from(move |person: Uuid| {
            store.update(move |memory| {
                memory.desk.close();
                memory.desk.open(person, Uuid::new_v4());
            });
            nav.go(Route::Report);
        })
    };
    let nobody_reports = household::reportable(people).next().is_none();
    html! {
        <Page title={texts::TITLE} heading={heading(&household)}>
            if due > 1 {
                <p class="lead">{ texts::due_of(due) }</p>
            } else if due == 0 && !nobody_reports {
                { notice(Tone::Done, false, html! { <><p>{ texts::ALL_DONE }</p><p class="hint">{ texts::REPORT_AGAIN_NOTE }</p></> }) }
            }
            <ul class="cards">
                for person in people {
                    <li key={person.person_id.to_string()}>
                        { card(&Card {
                            person,
                            household: &household,
                            is_only_due: due == 1,
                            is_in_progress: store.desk.draft(person.person_id).is_some_and(Draft::is_touched),
                            is_waiting: store.desk.is_waiting(person.person_id),
                        }, &report) }
                    </li>
                }
            </ul>
            <section class="aside">
                <h2>{ texts::ADD_TITLE }</h2>
                <p>{ account::ADD_FAMILY }</p>
                <Link to={Route::NewPerson} class="button button-secondary">{ account::NEW_REGISTRATION }</Link>
            </section>
            if due > 1 {
                <div class="bar">
                    <Button look={Look::Primary} onclick={report_all}>{ texts::REPORT_ALL }</Button>
                </div>
            }
        </Page>
    }
}

/// Which day it is and until when the reports go on.
fn heading(household: &Household) -> Html {
    let until = household::common_until(&household.people).and_then(household::short_day);
    html! {
        <>
            <span class="day">{ household::short_day(&household.today) }</span>
            { " " }
            <span class="day-title">{ texts::TITLE }</span>
            if let Some(day) = until {
                <span class="until">{ texts::until(&day) }</span>
            }
        </>
    }
}

fn empty() -> Html {
    html! {
        <Page title={texts::EMPTY_TITLE}>
            <p class="lead">{ texts::EMPTY }</p>
            <div class="actions">
                <Link to={Route::NewPerson} class="button button-primary">{ account::NEW_REGISTRATION }</Link>
            </div>
        </Page>
    }
}

/// What a card shows of one person.
struct Card<'a> {
    person: &'a Person,
    household: &'a Household,
    /// Nobody else is due: then this card has the page's primary button.
    is_only_due: bool,
    is_in_progress: bool,
    is_waiting: bool,
}

fn card(card: &Card, onreport: &Callback<Uuid>) -> Html {
    let person = card.person;
    let id = person.person_id;
    let name_id = format!("person-{}", id.simple());
    let standing = household::standing(person, &card.household.today);
    let is_due = standing == Standing::Due;
    let look = if is_due && card.is_only_due { Look::Primary } else { Look::Secondary };
    let until = person
        .observed_until
        .as_deref()
        .filter(|_| person.under_observation)
        .filter(|_| household::common_until(&card.household.people).is_none())
        .and_then(household::short_day);
    html! {
        <article class={classes!("card", is_due.then_some("card-due"))} aria-labelledby={name_id.clone()}>
            <div class="card-top">
                <h2 id={name_id.clone()}>{ texts::person(&person.name) }</h2>
                { status(&standing) }
            </div>
            if let Some(day) = until {
                <p class="hint">{ texts::until(&day) }</p>
            }
            if card.is_waiting {
                <p class="chip chip-wait">{ icon(Shape::Clock) }{ texts::WAITING }</p>
            } else if card.is_in_progress {
                <p class="chip chip-wait">{ icon(Shape::Clock) }{ texts::IN_PROGRESS }</p>
            }
            { remark(&standing) }
            if person.under_observation {
                <Button {look} describedby={name_id} onclick={onreport.reform(move |()| id)}>
                    { texts::REPORT }
                </Button>
            }
            if person.has_certificate {
                <a class="button button-quiet" href={format!("/certificate/{id}")}>{ texts::CERTIFICATE }</a>
            }
        </article>
    }
}

/// 今日の報告 未 / 済 8:12
fn status(standing: &Standing) -> Html {
    match standing {
        Standing::Due => html! {
            <p class="status status-due">
                <span class="status-label">{ texts::TITLE }</span>{ " " }
                <strong>{ texts::DUE }</strong>
            </p>
        },
        Standing::Done(time) => html! {
            <p class="status status-done">
                <span class="status-label">{ texts::TITLE }</span>{ " " }
                <strong>{ icon(Shape::Check) }{ texts::DONE }{ " " }{ time }</strong>
            </p>
        },
        Standing::NotYet(_) | Standing::Ended => Html::default(),
    }
}

fn remark(standing: &Standing) -> Html {
    match standing {
        Standing::Ended => html! { <p class="calm">{ texts::ENDED }</p> },
        Standing::NotYet(from) => {
            let from = from.as_deref().and_then(household::short_day);
            html! {
                <p class="calm">
                    { texts::NOT_YET }
                    if let Some(day) = from { { texts::not_yet_until(&day) } }
                </p>
            }
        }
        Standing::Due | Standing::Done(_) => Html::default(),
    }
}
