use hersys_shared::api::{CodeRequest, ErrorCode};
use hersys_shared::{Problems, digits};
use yew::prelude::*;

use super::{Button, Field, FormFrame, InputKind, Look, Tone, notice};
use crate::api;
use crate::browser;
use crate::code_entry::CodeEntry;
use crate::form::use_form;
use crate::hooks::{use_now, use_store};
use crate::texts::account as texts;

const DIGITS: usize = 6;

#[derive(Properties, PartialEq)]
pub struct CodeStepProps {
    pub entry: CodeEntry,
    /// Where another code is asked for when the address is no longer known.
    pub start_again: Callback<()>,
}

/// 確認コード, 【コードの確認】 and 確認コードを再発行する (MY-04, MY-05).
#[component]
pub fn CodeStep(props: &CodeStepProps) -> Html {
    let store = use_store();
    let form = use_form();
    let code = use_state(String::new);
    let sent_again = use_state_eq(|| false);
    let seconds_left = props.entry.seconds_left(use_now(!props.entry.confirmed));

    if props.entry.confirmed {
        return html! {
            { notice(Tone::Done, true, html! { <p>{ texts::CODE_CONFIRMED }</p> }) }
        };
    }

    let check = {
        let (form, code, store) = (form.clone(), code.clone(), store.clone());
        let ticket = props.entry.ticket;
        Callback::from(move |()| {
            let Some(digits) = read_code(&code) else {
                let mut problems = Problems::default();
                problems.add("code", texts::CODE_DIGITS);
                return form.reject(problems);
            };
            let store = store.clone();
            form.send(api::confirm_code(ticket, digits), move |()| {
                store.update(|memory| {
                    if let Some(mut entry) = memory.code.take() {
                        entry.confirmed = true;
                        memory.set_code(entry);
                    }
                });
            });
        })
    };

    let resend = {
        let (form, code, store, sent_again) = (form.clone(), code.clone(), store.clone(), sent_again.clone());
        let (entry, start_again) = (props.entry.clone(), props.start_again.clone());
        Callback::from(move |()| {
            let Some(mail) = entry.mail.clone() else {
                return start_again.emit(());
            };
            let purpose = entry.purpose;
            let request = CodeRequest { mail: mail.clone(), purpose };
            let (code, sent_again) = (code.clone(), sent_again.clone());
            let mut again = entry.clone();
            let (on_success, on_failure) = (store.clone(), store.clone());
            form.send_or(
                api::send_code(request),
                move |sent| {
                    code.set(String::new());
                    sent_again.set(true);
                    let entry = CodeEntry::new(purpose, mail, &sent, browser::now());
                    on_success.update(|memory| memory.set_code(entry));
                },
                move |failure| {
                    let Some(seconds) = failure.retry_after() else {
                        return;
                    };
                    again.wait(seconds, browser::now());
                    on_failure.update(|memory| memory.set_code(again));
                },
            );
        })
    };

    let expired = form.failure().is_some_and(|failure| failure.code() == Some(ErrorCode::CodeExpired));
    html! {
        <FormFrame onsubmit={check}>
            { form.summary() }
            if expired {
                { notice(Tone::Wait, false, html! { <p>{ texts::CODE_EXPIRED_NEXT }</p> }) }
            } else if *sent_again {
                { notice(Tone::Done, true, html! { <p>{ texts::RESENT }</p> }) }
            } else if let Some(mail) = &props.entry.mail {
                <p class="lead">{ texts::code_sent_to(mail) }</p>
            }
            <Field
                id="code"
                label={texts::CODE}
                kind={InputKind::OneTimeCode}
                hint={texts::CODE_HINT}
                short=true
                value={(*code).clone()}
                oninput={let code = code.clone(); move |typed| code.set(typed)}
                problem={form.problem("code")}
            />
            <div class="actions">
                <Button look={Look::Primary} submit=true busy={form.busy()}>{ texts::CHECK_CODE }</Button>
                <Button look={Look::Quiet} disabled={seconds_left > 0 || form.busy()} onclick={resend}>
                    if seconds_left > 0 {
                        { texts::resend_in(seconds_left) }
                    } else {
                        { texts::RESEND }
                    }
                </Button>
            </div>
        </FormFrame>
    }
}

/// Six digits, in any usual writing.
fn read_code(typed: &str) -> Option<String> {
    digits::only_digits(typed).filter(|digits| digits.len() == DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn my_04_a_code_is_read_in_any_usual_writing() {
        for typed in ["123456", " 123 456 ", "１２３４５６", "123-456"] {
            assert_eq!(read_code(typed).as_deref(), Some("123456"), "{typed}");
        }
        for typed in ["", "12345", "1234567", "12345x"] {
            assert_eq!(read_code(typed), None, "{typed}");
        }
    }
}
