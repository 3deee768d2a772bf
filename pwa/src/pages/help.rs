use yew::prelude::*;

use crate::components::{Page, Shape, back_link, center_links, icon};
use crate::hooks::use_store;
use crate::route::Route;
use crate::texts::{self, help};

/// Short answers, for everybody with or without an account (MY-23, MY-24).
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
            if let Some(people) = people.filter(|people| !people.is_empty()) {
                <section>
                    <h2>{ help::CENTERS_TITLE }</h2>
                    <div class="phones">{ center_links(people.iter(), false) }</div>
                </section>
            }
            for topic in &help::TOPICS {
                <section>
                    <h2>{ topic.title }</h2>
                    <div class="answers">
                        for (question, answer) in topic.questions {
                            <details>
                                <summary>
                                    <span>{ *question }</span>
                                    { icon(Shape::Down) }
                                </summary>
                                <div class="answer">{ paragraphs(answer) }</div>
                            </details>
                        }
                    </div>
                </section>
            }
            <section>
                <h2>{ help::PURPOSE_TITLE }</h2>
                { paragraphs(&help::PURPOSE) }
                // Pages of the server: an operator may replace their texts.
                <ul class="more">
                    for (address, label) in help::MORE { <li><a href={address}>{ label }</a></li> }
                </ul>
            </section>
        </Page>
    }
}

fn paragraphs(texts: &[&'static str]) -> Html {
    html! { for text in texts { <p>{ *text }</p> } }
}
