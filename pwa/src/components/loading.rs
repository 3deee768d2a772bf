use yew::prelude::*;

use crate::texts;

/// Appears after 300 ms and explains itself after ten seconds; the style sheet keeps the time.
pub fn loading() -> Html {
    html! {
        <div class="loading" role="status">
            <span class="spinner" aria-hidden="true"></span>
            <p>{ texts::LOADING }</p>
            <p class="loading-long">{ texts::LOADING_LONG }</p>
        </div>
    }
}
