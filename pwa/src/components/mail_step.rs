use hersys_shared::api::{CodePurpose, CodeRequest};
use hersys_shared::{MailAddress, Problems};
use yew::prelude::*;

use super::{Button, Field, FormFrame, InputKind, Look};
use crate::api;
use crate::browser;
use crate::code_entry::CodeEntry;
use crate::form::use_form;
use crate::hooks::use_store;
use crate::route::{Route, use_nav};
use crate::texts::account as texts;

#[derive(Properties, PartialEq)]
pub struct MailStepProps {
    pub purpose: CodePurpose,
    pub label: AttrValue,
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// Where the code is typed.
    pub next: Route,
}

/// 電子メール アドレス and 【確認コードを送信】 (MY-02).
#[component]
pub fn MailStep(props: &MailStepProps) -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let (purpose, next) = (props.purpose, props.next);
    let mail = use_state(|| {
        let entry = store.code.as_ref().filter(|code| code.purpose == purpose);
        entry.and_then(|code| code.mail.clone()).unwrap_or_default()
    });
    let submit = {
        let (form, mail) = (form.clone(), mail.clone());
        Callback::from(move |()| {
            let mut problems = Problems::default();
            let Some(address) = problems.check("mail", MailAddress::parse(&mail)) else {
                return form.reject(problems);
            };
            let (store, nav) = (store.clone(), nav.clone());
            let mail = address.as_str().to_owned();
            let request = CodeRequest { mail: mail.clone(), purpose };
            form.send(api::send_code(request), move |sent| {
                let entry = CodeEntry::new(purpose, mail, &sent, browser::now());
                store.update(|memory| memory.set_code(entry));
                nav.go(next);
            });
        })
    };
    html! {
        <FormFrame onsubmit={submit} class="sheet">
            { form.summary() }
            <Field
                id="mail"
                label={props.label.clone()}
                kind={InputKind::Mail}
                hint={props.hint.clone()}
                value={(*mail).clone()}
                oninput={move |typed| mail.set(typed)}
                problem={form.problem("mail")}
            />
            <div class="actions">
                <Button look={Look::Primary} submit=true busy={form.busy()}>{ texts::SEND_CODE }</Button>
            </div>
        </FormFrame>
    }
}
