mod device;
mod family;

use yew::prelude::*;

use crate::api;
use crate::browser::{self, Push};
use crate::components::{Ask, Button, Link, Page};
use crate::form::use_form;
use crate::hooks::use_store;
use crate::route::{Route, use_nav};
use crate::texts::{self, account};

use self::device::Device;
use self::family::Member;

/// The family, the account, and サインアウト (MY-14).
#[component]
pub fn Settings() -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let asking = use_state_eq(|| false);
    let Some(household) = store.household.clone() else {
        return Html::default();
    };
    let leave = {
        let (form, store, nav) = (form.clone(), store.clone(), nav.clone());
        Callback::from(move |()| {
            let (store, nav) = (store.clone(), nav.clone());
            let leaving = async {
                // Whoever signs out lends the device, or gives it back. Without a network it stays as it is.
                browser::push(Push::Off).await.ok();
                api::sign_out().await
            };
            form.send(leaving, move |()| {
                store.update(|memory| {
                    memory.clear();
                    memory.notice = Some(account::SIGNED_OUT);
                });
                nav.replace(Route::SignIn);
            });
        })
    };
    let sign_out = {
        let (leave, asking) = (leave.clone(), asking.clone());
        let has_input = store.desk.has_input();
        Callback::from(move |()| {
            if has_input {
                asking.set(true);
            } else {
                leave.emit(());
            }
        })
    };
    html! {
        <Page title={texts::SETTINGS}>
            { form.summary() }
            <section>
                <h2>{ account::SETTINGS_FAMILY }</h2>
                if household.people.is_empty() {
                    <p>{ account::SETTINGS_FAMILY_EMPTY }</p>
                } else {
                    <ul class="family">
                        for person in &household.people {
                            <Member key={person.person_id.to_string()} person={person.clone()} />
                        }
                    </ul>
                }
                <p class="hint">{ account::ADD_FAMILY }</p>
                <Link to={Route::NewPerson} class="button button-secondary">{ account::NEW_REGISTRATION }</Link>
            </section>
            <Device />
            <section>
                <h2>{ account::SETTINGS_ACCOUNT }</h2>
                <dl class="values">
                    <div><dt>{ account::CURRENT_MAIL }</dt><dd>{ &household.mail }</dd></div>
                </dl>
                <div class="stack">
                    <Link to={Route::Mail} class="button button-secondary">{ account::CHANGE_MAIL }</Link>
                    <Link to={Route::Password} class="button button-secondary">{ account::CHANGE_PASSWORD }</Link>
                </div>
            </section>
            <section>
                if *asking {
                    <Ask
                        title={account::SIGN_OUT}
                        yes={account::SIGN_OUT}
                        no={texts::CANCEL}
                        prefer_no=true
                        onyes={leave}
                        onno={let asking = asking.clone(); move |()| asking.set(false)}
                    >
                        <p>{ account::SIGN_OUT_LOSES }</p>
                    </Ask>
                } else {
                    <Button busy={form.busy()} onclick={sign_out}>{ account::SIGN_OUT }</Button>
                }
            </section>
        </Page>
    }
}
