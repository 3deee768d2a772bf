use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{failure_notice, loading};
use crate::api;
use crate::failure::Failure;
use crate::hooks::{refresh, use_return, use_store};
use crate::route::use_nav;

#[derive(Properties, PartialEq)]
pub struct SignedInProps {
    pub children: Html,
}

/// Shows its pages once the household is known; without a session the sign-in page comes instead.
/// Asks again whenever they are shown anew: the day may have changed, or a report come by phone.
#[component]
pub fn SignedIn(props: &SignedInProps) -> Html {
    let (store, nav) = (use_store(), use_nav());
    let failure = use_state(|| None::<Failure>);
    let attempt = use_state(|| 0_u32);
    {
        let (store, failure) = (store.clone(), failure.clone());
        let missing = store.household.is_none();
        use_effect_with((missing, *attempt), move |(missing, _)| {
            if !*missing {
                return;
            }
            failure.set(None);
            spawn_local(async move {
                match api::household().await {
                    Ok(household) => store.update(|memory| memory.set_household(household)),
                    Err(refusal) => {
                        if !store.signed_out_by(&refusal, &nav) {
                            failure.set(Some(refusal));
                        }
                    }
                }
            });
        });
    }
    let returned = {
        let store = store.clone();
        use_callback((), move |(), ()| refresh(store.clone()))
    };
    use_return(returned);
    if store.household.is_some() {
        return html! { { props.children.clone() } };
    }
    match &*failure {
        Some(failure) => {
            let retry = Callback::from(move |()| attempt.set(*attempt + 1));
            failure_notice(failure, retry)
        }
        None => loading(),
    }
}
