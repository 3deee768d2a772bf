//! The few things that are asked of the browser directly.

use gloo_events::EventListener;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement, Storage, Window};

#[wasm_bindgen]
extern "C" {
    /// Runs a function of `push.js`, which is loaded for it.
    #[wasm_bindgen(catch, js_name = devicePush)]
    async fn device_push(function: &str) -> Result<JsValue, JsValue>;
}

/// What is done about notifications on this device.
#[derive(Clone, Copy, PartialEq)]
pub enum Push {
    State,
    On,
    Off,
}

/// Does it; how things stand then, in a word of `push.js`, or why it could not be done.
pub async fn push(what: Push) -> Result<String, String> {
    let function = match what {
        Push::State => "state",
        Push::On => "on",
        Push::Off => "off",
    };
    match device_push(function).await {
        Ok(state) => Ok(state.as_string().unwrap_or_default()),
        Err(error) => {
            Err(error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message())).unwrap_or_default())
        }
    }
}

pub fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

pub fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Moves the focus, for which the element is scrolled into view by the browser.
pub fn focus(id: &str) {
    if let Some(element) = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // A failure leaves the focus where it was, which is the best that can be done.
        element.focus().ok();
    }
}

pub fn show(id: &str) {
    if let Some(element) = element(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

pub fn scroll_to_top() {
    if let Some(window) = window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

pub fn path() -> String {
    window().and_then(|window| window.location().pathname().ok()).unwrap_or_default()
}

/// Puts an address into the bar, as a new entry of the history or in place of the current one.
pub fn set_path(path: &str, as_new_entry: bool) {
    let Some(history) = window().and_then(|window| window.history().ok()) else {
        return;
    };
    let state = &JsValue::NULL;
    let changed = if as_new_entry {
        history.push_state_with_url(state, "", Some(path))
    } else {
        history.replace_state_with_url(state, "", Some(path))
    };
    // A browser that refuses leaves the old address standing; the page is shown nevertheless.
    changed.ok();
}

/// Milliseconds since 1970, for waiting times only.
pub fn now() -> i64 {
    // Whole milliseconds, exact for some 280,000 years.
    js_sys::Date::now() as i64
}

pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

pub fn is_visible() -> bool {
    document().is_none_or(|document| document.visibility_state() == web_sys::VisibilityState::Visible)
}

pub fn on_window(event: &'static str, mut heard: impl FnMut() + 'static) -> Option<EventListener> {
    let window = window()?;
    Some(EventListener::new(&window, event, move |_| heard()))
}

pub fn on_document(event: &'static str, mut heard: impl FnMut() + 'static) -> Option<EventListener> {
    let document = document()?;
    Some(EventListener::new(&document, event, move |_| heard()))
}

/// Makes the browser ask before it closes the page.
pub fn ask_before_leaving() -> Option<EventListener> {
    let options = gloo_events::EventListenerOptions::enable_prevent_default();
    let window = window()?;
    let listener = EventListener::new_with_options(&window, "beforeunload", options, |event| {
        event.prevent_default();
        if let Some(event) = event.dyn_ref::<web_sys::BeforeUnloadEvent>() {
            event.set_return_value("1");
        }
    });
    Some(listener)
}

/// What survives a phone's dropping of the tab while the mail is being read. Holds the token of an
/// SMS link and the number of a sent code; never a person's data.
pub fn session_storage() -> Option<Storage> {
    window()?.session_storage().ok().flatten()
}

pub fn remember(key: &str, value: &str) {
    if let Some(storage) = session_storage() {
        // Full or forbidden storage costs the comfort of a reload, nothing else.
        storage.set_item(key, value).ok();
    }
}

pub fn remembered(key: &str) -> Option<String> {
    session_storage()?.get_item(key).ok().flatten()
}

pub fn forget(key: &str) {
    if let Some(storage) = session_storage() {
        storage.remove_item(key).ok();
    }
}
