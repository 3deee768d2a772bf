use hersys_shared::Problems;
use hersys_shared::api::NewPassword;
use yew::prelude::*;

use crate::api;
use crate::components::{Button, Field, FormFrame, InputKind, Look, NewPasswordFields, Page, Passwords, back_link};
use crate::form::use_form;
use crate::hooks::use_store;
use crate::route::{Route, use_nav};
use crate::texts::{self, account};

#[component]
pub fn PasswordPage() -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let current = use_state(String::new);
    let passwords = use_state(Passwords::default);
    let submit = {
        let (form, current, passwords) = (form.clone(), current.clone(), passwords.clone());
        Callback::from(move |()| {
            let mut problems = Problems::default();
            if current.is_empty() {
                problems.add("current", account::CURRENT_PASSWORD_MISSING);
            }
            passwords.check(&mut problems);
            if !problems.is_empty() {
                return form.reject(problems);
            }
            let password = NewPassword {
                current: Some((*current).clone()),
                ticket: None,
                password: passwords.password.clone(),
                password_repeated: passwords.repeated.clone(),
            };
            let (store, nav) = (store.clone(), nav.clone());
            form.send(api::change_password(password), move |()| {
                store.update(|memory| memory.notice = Some(account::PASSWORD_SET));
                nav.replace(Route::Settings);
            });
        })
    };
    html! {
        <Page
            title={account::CHANGE_PASSWORD}
            above={back_link(Route::Settings, texts::SETTINGS)}
        >
            <FormFrame onsubmit={submit} class="sheet">
                { form.summary() }
                <Field
                    id="current"
                    label={account::CURRENT_PASSWORD}
                    kind={InputKind::CurrentPassword { shown: false }}
                    value={(*current).clone()}
                    oninput={move |typed| current.set(typed)}
                    problem={form.problem("current")}
                />
                <NewPasswordFields
                    value={(*passwords).clone()}
                    onchange={move |changed| passwords.set(changed)}
                    form={form.clone()}
                />
                <div class="actions">
                    <Button look={Look::Primary} submit=true busy={form.busy()}>
                        { account::SET_PASSWORD }
                    </Button>
                </div>
            </FormFrame>
        </Page>
    }
}
