use hersys_shared::api::SignIn;
use hersys_shared::{MailAddress, Problems};
use yew::prelude::*;

use crate::api;
use crate::components::{Button, Field, FormFrame, InputKind, Link, Look, Page, Tone, notice};
use crate::form::use_form;
use crate::hooks::use_store;
use crate::route::{Route, use_nav};
use crate::store;
use crate::texts::account as texts;

/// サインイン, and the way to the 新規登録 for those who are here for the first time (MY-08).
#[component]
pub fn SignInPage() -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let mail = use_state(String::new);
    let password = use_state(String::new);
    let shown = use_state_eq(|| false);

    let submit = {
        let (form, mail, password) = (form.clone(), mail.clone(), password.clone());
        let (store, nav) = (store.clone(), nav.clone());
        Callback::from(move |()| {
            let mut problems = Problems::default();
            let address = problems.check("mail", MailAddress::parse(&mail));
            if password.is_empty() {
                problems.add("password", texts::PASSWORD_MISSING);
            }
            let (Some(address), true) = (address, problems.is_empty()) else {
                return form.reject(problems);
            };
            let credentials = SignIn { mail: address.as_str().to_owned(), password: (*password).clone() };
            let (store, nav) = (store.clone(), nav.clone());
            form.send(api::sign_in(credentials), move |()| {
                let next = after_sign_in(&store);
                store.update(|memory| memory.return_to = None);
                nav.replace(next);
            });
        })
    };
    let toggle = {
        let shown = shown.clone();
        move |_: Event| shown.set(!*shown)
    };
    html! {
        <Page title={texts::SIGN_IN}>
            <p class="lead">{ texts::SIGN_IN_LEAD }</p>
            <FormFrame onsubmit={submit} class="sheet">
                { form.summary() }
                <Field
                    id="mail"
                    label={texts::MAIL}
                    kind={InputKind::Mail}
                    value={(*mail).clone()}
                    oninput={move |typed| mail.set(typed)}
                    problem={form.problem("mail")}
                />
                <Field
                    id="password"
                    label={texts::PASSWORD}
                    kind={InputKind::CurrentPassword { shown: *shown }}
                    value={(*password).clone()}
                    oninput={move |typed| password.set(typed)}
                    problem={form.problem("password")}
                />
                <label class="check">
                    <input type="checkbox" checked={*shown} onchange={toggle} />
                    <span>{ texts::SHOW_PASSWORD }</span>
                </label>
                <div class="actions">
                    <Button look={Look::Primary} submit=true busy={form.busy()}>{ texts::SIGN_IN }</Button>
                    <Link to={Route::Forgotten} class="button button-quiet">{ texts::FORGOTTEN }</Link>
                </div>
            </FormFrame>
            <section class="aside">
                <h2>{ texts::NEW_HERE }</h2>
                if store::invitation().is_some() {
                    { notice(Tone::Info, false, html! { <p>{ texts::INVITED }</p> }) }
                } else {
                    <p>{ texts::NEW_HERE_TEXT }</p>
                }
                <Link to={Route::Register} class="button button-secondary">{ texts::NEW_REGISTRATION }</Link>
            </section>
        </Page>
    }
}

/// Back to where the session had ended, else to the person of the SMS link, else home.
fn after_sign_in(store: &crate::store::Store) -> Route {
    match store.return_to {
        Some(route) if route != Route::Home => route,
        _ if store::invitation().is_some() => Route::NewPerson,
        _ => Route::Home,
    }
}
