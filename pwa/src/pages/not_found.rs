use yew::prelude::*;

use crate::components::{Link, Page};
use crate::route::Route;
use crate::texts;

pub fn not_found() -> Html {
    html! {
        <Page title={texts::NOT_FOUND}>
            <p class="lead">{ texts::NOT_FOUND_TEXT }</p>
            <div class="actions">
                <Link to={Route::Home} class="button button-primary">{ texts::BACK_HOME }</Link>
            </div>
        </Page>
    }
}
