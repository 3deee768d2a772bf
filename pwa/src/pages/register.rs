use hersys_shared::Problems;
use hersys_shared::api::{CodePurpose, NewAccount};
use yew::prelude::*;

use crate::api;
use crate::components::{
    Button, CodeStep, Elsewhere, FormFrame, Link, Look, MailStep, NewPasswordFields, Page, Passwords, Tone, back_link,
    notice, progress,
};
use crate::form::use_form;
use crate::hooks::use_store;
use crate::route::{Route, use_nav};
use crate::store;
use crate::texts::account as texts;

/// 新規登録, first page: where the 確認コード is sent (MY-01…MY-03).
pub fn register() -> Html {
    html! {
        <Page
            title={texts::REGISTER}
            above={html! { <>{ back_link(Route::SignIn, texts::SIGN_IN) }{ progress(1) }</> }}
        >
            if store::invitation().is_some() {
                { notice(Tone::Info, false, html! { <><p>{ texts::INVITED }</p><p><Link to={Route::SignIn}>{ texts::HAVE_ACCOUNT }</Link></p></> }) }
            }
            <MailStep
                purpose={CodePurpose::Registration}
                label={texts::MAIL}
                hint={texts::MAIL_HINT}
                next={Route::RegisterCode}
            />
            <section class="aside">
                <h2>{ texts::MAIL_FILTER_TITLE }</h2>
                <p>{ texts::MAIL_FILTER }</p>
            </section>
        </Page>
    }
}

/// Second page: 確認コード, and under it the password, whose 【作成】 waits for the code (MY-04…MY-07).
#[component]
pub fn RegisterCode() -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let passwords = use_state(Passwords::default);

    let entry = store.code.clone();
    let entry = entry.filter(|code| code.purpose == CodePurpose::Registration);
    let Some(entry) = entry else {
        return html! { <Elsewhere to={Route::Register} /> };
    };
    let confirmed = entry.confirmed;
    let submit = {
        let (form, passwords) = (form.clone(), passwords.clone());
        let (store, nav, ticket) = (store.clone(), nav.clone(), entry.ticket);
        Callback::from(move |()| {
            if !confirmed {
                return;
            }
            let mut problems = Problems::default();
            passwords.check(&mut problems);
            if !problems.is_empty() {
                return form.reject(problems);
            }
            let account = NewAccount {
                ticket,
                password: passwords.password.clone(),
                password_repeated: passwords.repeated.clone(),
            };
            let (store, nav) = (store.clone(), nav.clone());
            form.send(api::create_account(account), move |()| {
                store.update(|memory| memory.drop_code());
                nav.replace(Route::NewPerson);
            });
        })
    };
    let start_again = Callback::from(move |()| nav.replace(Route::Register));
    html! {
        <Page
            title={texts::CODE_TITLE}
            above={html! { <>{ back_link(Route::Register, crate::texts::BACK) }{ progress(2) }</> }}
        >
            <div class="sheet">
                <CodeStep {entry} {start_again} />
            </div>
            <FormFrame onsubmit={submit} class="sheet">
                { form.summary() }
                <NewPasswordFields
                    value={(*passwords).clone()}
                    onchange={move |changed| passwords.set(changed)}
                    form={form.clone()}
                />
                <div class="actions">
                    if !confirmed {
                        <p class="hint" id="create-waits">{ texts::CREATE_WAITS }</p>
                    }
                    <Button
                        look={Look::Primary}
                        submit=true
                        disabled={!confirmed}
                        busy={form.busy()}
                        describedby={(!confirmed).then_some("create-waits")}
                    >
                        { texts::CREATE }
                    </Button>
                </div>
            </FormFrame>
        </Page>
    }
}
