//! What several pages watch.

use std::rc::Rc;

use gloo_timers::callback::{Interval, Timeout};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::browser;
use crate::store::Store;

/// The shared memory. Pages are only ever drawn inside the app, which provides it.
#[hook]
pub fn use_store() -> Store {
    use_context::<Store>().unwrap_or(Store { memory: Rc::default(), changing: Callback::noop() })
}

/// Whether the browser believes to have a network.
#[hook]
pub fn use_online() -> bool {
    let online = use_state_eq(browser::is_online);
    {
        let online = online.clone();
        use_effect_with((), move |()| {
            let listen = |event| {
                let online = online.clone();
                browser::on_window(event, move || online.set(browser::is_online()))
            };
            let listeners = [listen("online"), listen("offline")];
            move || drop(listeners)
        });
    }
    *online
}

/// The time in milliseconds, every second while `running`.
#[hook]
pub fn use_now(running: bool) -> i64 {
    let now = use_state(browser::now);
    {
        let now = now.clone();
        use_effect_with(running, move |running| {
            now.set(browser::now());
            let timer = running.then(|| Interval::new(1_000, move || now.set(browser::now())));
            move || drop(timer)
        });
    }
    *now
}

/// How long the second of two taps may come after the first.
const DOUBLE_TAP_MS: u32 = 600;

/// False at first: until then a tap may still be the second one of a double tap on what stood here before.
#[hook]
pub fn use_settled() -> bool {
    let settled = use_state_eq(|| false);
    {
        let settled = settled.clone();
        use_effect_with((), move |()| {
            let timer = Timeout::new(DOUBLE_TAP_MS, move || settled.set(true));
            move || drop(timer)
        });
    }
    *settled
}

/// Fetches the questions of the report where they are missing, with the texts around them.
#[hook]
pub fn use_questions(store: &Store) {
    let store = store.clone();
    use_effect_with((), move |()| {
        if store.form.is_none() {
            spawn_local(async move {
                if let Ok(form) = api::form().await {
                    store.update(|memory| memory.form = Some(form.into()));
                }
            });
        }
    });
}

/// Asks anew about the household; a failure leaves it as it was.
pub fn refresh(store: Store) {
    spawn_local(async move {
        if let Ok(household) = api::household().await {
            store.update(|memory| memory.set_household(household));
        }
    });
}

/// Calls back whenever the page comes to the foreground again.
#[hook]
pub fn use_return(returned: Callback<()>) {
    use_effect_with(returned, |returned| {
        let returned = returned.clone();
        let listener = browser::on_document("visibilitychange", move || {
            if browser::is_visible() {
                returned.emit(());
            }
        });
        move || drop(listener)
    });
}
