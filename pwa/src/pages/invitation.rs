use hersys_shared::api::ErrorCode;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::components::{Link, Page, back_link, failure_notice, loading};
use crate::failure::Failure;
use crate::hooks::use_store;
use crate::route::{Route, use_nav};
use crate::store;
use crate::texts::account as texts;

/// The link of an SMS: finds the HER-SYS ID behind it and leads on, to the attributes for those
/// who are signed in, to the registration for others.
#[component]
pub fn InvitationPage() -> Html {
    let (store, nav) = (use_store(), use_nav());
    let failure = use_state(|| None::<Failure>);
    let attempt = use_state(|| 0_u32);
    {
        let failure = failure.clone();
        use_effect_with(*attempt, move |_| {
            failure.set(None);
            let Some(token) = store::invitation() else {
                return nav.replace(Route::Home);
            };
            spawn_local(async move {
                let invitation = match api::invitation(token).await {
                    Ok(invitation) => invitation,
                    Err(refusal) => return failure.set(Some(refusal)),
                };
                let household = api::household().await.ok();
                let next = match household {
                    Some(_) => Route::NewPerson,
                    None => Route::Register,
                };
                store.update(move |memory| {
                    memory.entry.hersys_id = invitation.hersys_id;
                    if let Some(household) = household {
                        memory.set_household(household);
                    }
                });
                nav.replace(next);
            });
        });
    }
    match &*failure {
        None => loading(),
        Some(failure) if failure.code() == Some(ErrorCode::NotFound) => {
            // A reload must not come here again.
            crate::browser::forget("invitation");
            html! {
                <Page
                    title={texts::INVITATION_GONE}
                    above={back_link(Route::SignIn, texts::SIGN_IN)}
                >
                    <p class="lead">{ texts::INVITATION_GONE_TEXT }</p>
                    <div class="actions">
                        <Link to={Route::Register} class="button button-primary">{ texts::CONTINUE }</Link>
                    </div>
                </Page>
            }
        }
        Some(failure) => {
            let retry = Callback::from(move |()| attempt.set(*attempt + 1));
            failure_notice(failure, retry)
        }
    }
}
