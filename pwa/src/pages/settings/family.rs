use hersys_shared::api::{Person, Wish};
use yew::prelude::*;

use crate::api::{self, Wishing};
use crate::components::{Ask, Button, Shape, Tone, icon, notice};
use crate::form::use_form;
use crate::hooks::use_store;
use crate::texts::{self, contact, home};

#[derive(Properties, PartialEq)]
pub struct MemberProps {
    pub person: Person,
}

/// One of the family, and what can be asked of the health centre about the messages (OBS-12, OBS-13, MY-22).
#[component]
pub fn Member(props: &MemberProps) -> Html {
    let (store, form) = (use_store(), use_form());
    let asking = use_state_eq(|| None::<Wish>);
    let person = &props.person;
    // At first; from then on it is the reader's.
    let opened = use_state(|| person.open_wish.is_some());
    let tell = {
        let (form, asking, id) = (form.clone(), asking.clone(), person.person_id);
        Callback::from(move |wishing: Wishing| {
            let store = store.clone();
            asking.set(None);
            form.send(api::tell_center(id, wishing), move |household| {
                store.update(|memory| memory.set_household(household));
            });
        })
    };
    let content = match (*asking, person.open_wish) {
        (Some(wish), _) => html! {
            <Ask
                title={contact::wish(wish)}
                yes={contact::TELL}
                no={texts::CANCEL}
                onyes={tell.reform(move |()| Wishing::Asked(wish))}
                onno={let asking = asking.clone(); move |()| asking.set(None)}
            >
                <p>{ contact::asking(&person.name, &person.center_name, wish) }</p>
                <p>{ contact::consequence(wish) }</p>
            </Ask>
        },
        (None, Some(wish)) => html! {
            <>
                { notice(Tone::Wait, true, html! { <p>{ contact::asked(wish) }</p> }) }
                <Button busy={form.busy()} onclick={tell.reform(move |()| Wishing::Withdrawn(wish))}>
                    { contact::WITHDRAW }
                </Button>
            </>
        },
        (None, None) if form.busy() => html! { <Button busy=true>{ contact::TELL }</Button> },
        (None, None) => html! {
            for wish in Wish::ALL.into_iter().filter(|wish| contact::is_possible(*wish, person.in_effect)) {
                <Button onclick={let asking = asking.clone(); move |()| asking.set(Some(wish))}>
                    { contact::wish(wish) }
                </Button>
            }
        },
    };
    html! {
        <li>
            <div class="member">
                <span class="family-name">{ home::person(&person.name) }</span>
                <span class="hint">{ &person.center_name }</span>
            </div>
            <details open={*opened}>
                <summary><span>{ contact::CONTACT }</span>{ icon(Shape::Down) }</summary>
                <div class="answer">
                    { form.summary() }
                    if let Some(wish) = person.in_effect {
                        <p>{ contact::in_effect(wish) }</p>
                    }
                    { content }
                </div>
            </details>
        </li>
    }
}
