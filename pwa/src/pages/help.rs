use yew::prelude::*;

use crate::components::{Page, Shape, back_link, center_links, icon, phone_link};
use crate::hooks::use_store;
use crate::route::Route;
use crate::texts::{self, help};

/// What is needed at once, for everybody with or without an account; the server's pages hold the rest (MY-23, MY-24).
#[component]
pub fn Help() -> Html {
    let store = use_store();
    let people = store.household.as_ref().map(|home| &*home.people);
    html! {
        <Page
            title={help::TITLE}
            above={if people.is_none() {
                back_link(Route::Home, texts::BACK)
            } else {
                Html::default()
            }}
        >
            <section>
                <h2>{ help::EMERGENCY_TITLE }</h2>
                <p>{ help::EMERGENCY }</p>
                { phone_link(help::AMBULANCE, "119", true) }
            </section>
            if let Some(people) = people.filter(|people| !people.is_empty()) {
                <section>
                    <h2>{ help::CENTERS_TITLE }</h2>
                    <div class="phones">{ center_links(people.iter(), false) }</div>
                </section>
            }
            <section>
                <h2>{ help::READ_TITLE }</h2>
                { links(&help::READ) }
            </section>
            <section>
                <h2>{ help::PURPOSE_TITLE }</h2>
                <p>{ help::PURPOSE }</p>
                { links(&help::MORE) }
            </section>
        </Page>
    }
}

fn links(pages: &[(&'static str, &'static str)]) -> Html {
    html! {
        <ul class="family">
            for (address, label) in pages {
                <li><a class="onward" href={*address}>{ *label }{ icon(Shape::Down) }</a></li>
            }
        </ul>
    }
}
