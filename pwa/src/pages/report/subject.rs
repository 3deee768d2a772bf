use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::hooks::use_store;
use crate::household;
use crate::texts::{home, report as texts};

#[derive(Properties, PartialEq)]
pub struct SubjectProps {
    pub current: Uuid,
    pub onchoose: Callback<Uuid>,
}

/// 対象者: the drop-down of those who can be reported for today (MY-15).
#[component]
pub fn Subject(props: &SubjectProps) -> Html {
    let store = use_store();
    let current = props.current;
    let people: Vec<_> = store.household.iter().flat_map(|home| household::reportable(&home.people)).collect();
    if people.len() < 2 {
        return Html::default();
    }
    let onchange = {
        let onchoose = props.onchoose.clone();
        Callback::from(move |event: Event| {
            let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            let Some(select) = select else { return };
            if let Ok(chosen) = Uuid::parse_str(&select.value()) {
                // Until the change is agreed to, the list shows whose form it is.
                select.set_value(&current.to_string());
                onchoose.emit(chosen);
            }
        })
    };
    html! {
        <div class="subject">
            <label for="subject">{ texts::SUBJECT }</label>
            <select id="subject" class="input" autocomplete="off" {onchange}>
                for person in people {
                    <option
                        value={person.person_id.to_string()}
                        selected={person.person_id == current}
                    >
                        { home::person(&person.name) }
                    </option>
                }
            </select>
        </div>
    }
}
