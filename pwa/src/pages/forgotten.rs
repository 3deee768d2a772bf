use hersys_shared::Problems;
use hersys_shared::api::{CodePurpose, NewPassword};
use yew::prelude::*;

use crate::api;
use crate::components::{
    Button, CodeStep, Elsewhere, FormFrame, Look, MailStep, NewPasswordFields, Page, Passwords, back_link,
};
use crate::form::use_form;
use crate::hooks::use_store;
use crate::route::{Route, use_nav};
use crate::texts::account as texts;

/// A forgotten password, first page: where the 確認コード is sent.
pub fn forgotten() -> Html {
    html! {
        <Page
            title={texts::FORGOTTEN_TITLE}
            above={back_link(Route::SignIn, texts::SIGN_IN)}
        >
            <p class="lead">{ texts::FORGOTTEN_LEAD }</p>
            <MailStep
                purpose={CodePurpose::PasswordReset}
                label={texts::MAIL}
                next={Route::ForgottenCode}
            />
        </Page>
    }
}

/// Second page: the code, then the new password.
#[component]
pub fn ForgottenCode() -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let passwords = use_state(Passwords::default);

    let entry = store.code.clone();
    let entry = entry.filter(|code| code.purpose == CodePurpose::PasswordReset);
    let Some(entry) = entry else {
        return html! { <Elsewhere to={Route::Forgotten} /> };
    };
    let confirmed = entry.confirmed;
    let submit = {
        let (form, passwords) = (form.clone(), passwords.clone());
        let (store, nav, ticket) = (store.clone(), nav.clone(), entry.ticket);
        Callback::from(move |()| {
            let mut problems = Problems::default();
            passwords.check(&mut problems);
            if !problems.is_empty() {
                return form.reject(problems);
            }
            let password = NewPassword {
                current: None,
                ticket: Some(ticket),
                password: passwords.password.clone(),
                password_repeated: passwords.repeated.clone(),
            };
            let (store, nav) = (store.clone(), nav.clone());
            form.send(api::change_password(password), move |()| {
                store.update(|memory| {
                    memory.drop_code();
                    memory.notice = Some(texts::PASSWORD_SET);
                });
                nav.replace(Route::SignIn);
            });
        })
    };
    let start_again = Callback::from(move |()| nav.replace(Route::Forgotten));
    html! {
        <Page
            title={texts::FORGOTTEN_TITLE}
            above={back_link(Route::Forgotten, crate::texts::BACK)}
        >
            <div class="sheet">
                <CodeStep {entry} {start_again} />
            </div>
            if confirmed {
                <FormFrame onsubmit={submit} class="sheet">
                    { form.summary() }
                    <NewPasswordFields
                        value={(*passwords).clone()}
                        onchange={move |changed| passwords.set(changed)}
                        form={form.clone()}
                    />
                    <div class="actions">
                        <Button look={Look::Primary} submit=true busy={form.busy()}>
                            { texts::SET_PASSWORD }
                        </Button>
                    </div>
                </FormFrame>
            }
        </Page>
    }
}
