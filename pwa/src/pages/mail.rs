use std::rc::Rc;

use hersys_shared::Problems;
use hersys_shared::api::{CodePurpose, NewMail};
use yew::prelude::*;

use crate::api;
use crate::components::{Button, CodeStep, Elsewhere, Field, FormFrame, InputKind, Look, MailStep, Page, back_link};
use crate::form::use_form;
use crate::hooks::use_store;
use crate::route::{Route, use_nav};
use crate::texts::{self, account};

/// Change of the address, first page: the new one gets a 確認コード.
pub fn mail_page() -> Html {
    html! {
        <Page
            title={account::CHANGE_MAIL}
            above={back_link(Route::Settings, texts::SETTINGS)}
        >
            <MailStep
                purpose={CodePurpose::MailChange}
                label={account::NEW_MAIL}
                hint={account::NEW_MAIL_HINT}
                next={Route::MailCode}
            />
        </Page>
    }
}

/// Second page: the code, then the password of the account.
#[component]
pub fn MailCode() -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let password = use_state(String::new);

    let entry = store.code.clone();
    let entry = entry.filter(|code| code.purpose == CodePurpose::MailChange);
    let Some(entry) = entry else {
        return html! { <Elsewhere to={Route::Mail} /> };
    };
    let confirmed = entry.confirmed;
    let submit = {
        let (form, password) = (form.clone(), password.clone());
        let (store, nav, entry) = (store.clone(), nav.clone(), entry.clone());
        Callback::from(move |()| {
            if password.is_empty() {
                let mut problems = Problems::default();
                problems.add("current_password", account::CURRENT_PASSWORD_MISSING);
                return form.reject(problems);
            }
            let mail = NewMail { ticket: entry.ticket, current_password: (*password).clone() };
            let (store, nav) = (store.clone(), nav.clone());
            let address = entry.mail.clone();
            form.send(api::change_mail(mail), move |()| {
                store.update(|memory| {
                    memory.drop_code();
                    memory.notice = Some(account::MAIL_SET);
                    match (&mut memory.household, address) {
                        (Some(household), Some(address)) => {
                            Rc::make_mut(household).mail = address;
                        }
                        (household, _) => *household = None,
                    }
                });
                nav.replace(Route::Settings);
            });
        })
    };
    let start_again = Callback::from(move |()| nav.replace(Route::Mail));
    html! {
        <Page
            title={account::CHANGE_MAIL}
            above={back_link(Route::Mail, crate::texts::BACK)}
        >
            <div class="sheet">
                <CodeStep {entry} {start_again} />
            </div>
            if confirmed {
                <FormFrame onsubmit={submit} class="sheet">
                    { form.summary() }
                    <Field
                        id="current_password"
                        label={account::CURRENT_PASSWORD}
                        kind={InputKind::CurrentPassword { shown: false }}
                        value={(*password).clone()}
                        oninput={move |typed| password.set(typed)}
                        problem={form.problem("current_password")}
                    />
                    <div class="actions">
                        <Button look={Look::Primary} submit=true busy={form.busy()}>{ account::SET_MAIL }</Button>
                    </div>
                </FormFrame>
            }
        </Page>
    }
}
