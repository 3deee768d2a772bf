use hersys_shared::api::NewPerson;
use hersys_shared::{HersysId, days};
use yew::prelude::*;

use super::new_person::{birth_date_text, one_spaced};
use crate::api;
use crate::components::{Button, Elsewhere, Look, Page, Tone, notice, progress};
use crate::form::use_form;
use crate::hooks::use_store;
use crate::route::{Route, use_nav};
use crate::texts::account as texts;

/// What is going to be registered, and 【属性を保存する】 (MY-12, MY-13).
#[component]
pub fn NewPersonCheck() -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let entry = &store.entry;
    let (Ok(date), Ok(id)) = (days::parse(&entry.birth_date), HersysId::parse(&entry.hersys_id)) else {
        return html! { <Elsewhere to={Route::NewPerson} /> };
    };
    let person =
        NewPerson { name: one_spaced(&entry.name), birth_date: days::iso(date), hersys_id: id.as_str().to_owned() };
    let save = {
        let (form, store, nav, person) = (form.clone(), store.clone(), nav.clone(), person.clone());
        Callback::from(move |()| {
            let (store, nav) = (store.clone(), nav.clone());
            form.send(api::add_person(person.clone()), move |_| {
                store.update(|memory| {
                    memory.drop_entry();
                    // The server puts the household in order anew.
                    memory.household = None;
                    memory.notice = Some(texts::SAVED);
                });
                nav.replace(Route::Home);
            });
        })
    };
    let correct = Callback::from(move |()| nav.replace(Route::NewPerson));
    let is_first = store.household.as_ref().is_some_and(|home| home.people.is_empty());
    html! {
        <Page
            title={texts::CHECK_TITLE}
            above={html! {
                <>
                    if is_first { { progress(4) } }
                </>
            }}
        >
            { form.summary() }
            <div class="sheet">
                <dl class="values">
                    <div><dt>{ texts::NAME }</dt><dd>{ &person.name }</dd></div>
                    <div><dt>{ texts::BIRTH_DATE }</dt><dd>{ birth_date_text(date) }</dd></div>
                    <div><dt>{ texts::HERSYS_ID }</dt><dd class="figures">{ id.spaced() }</dd></div>
                </dl>
                { notice(Tone::Wait, false, html! { <p>{ texts::NAME_FROZEN }</p> }) }
                <div class="actions">
                    <Button look={Look::Primary} busy={form.busy()} onclick={save}>
                        { texts::SAVE_ATTRIBUTES }
                    </Button>
                    <Button onclick={correct}>{ texts::CORRECT }</Button>
                </div>
            </div>
        </Page>
    }
}
