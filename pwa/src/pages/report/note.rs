use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::edit;
use crate::components::{Mark, Shape, icon, id_of_hint, problem_line};
use crate::hooks::use_store;
use crate::texts::report as texts;

const ID: &str = "note";

#[derive(Properties, PartialEq)]
pub struct NoteProps {
    pub person_id: Uuid,
    pub value: AttrValue,
    pub problem: Option<AttrValue>,
}

/// Free text, closed until somebody has something to say.
#[component]
pub fn Note(props: &NoteProps) -> Html {
    let store = use_store();
    let open = use_state_eq(|| !props.value.is_empty());
    let toggle = {
        let open = open.clone();
        move |_: MouseEvent| open.set(!*open)
    };
    let person_id = props.person_id;
    let oninput = Callback::from(move |event: InputEvent| {
        let area = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
        if let Some(area) = area {
            let typed = area.value();
            edit(&store, person_id, |draft| draft.note = typed);
        }
    });
    let wrong = props.problem.is_some();
    html! {
        <section class={classes!("question", "field", wrong.then_some("field-wrong"))}>
            <h2 class="disclosure-title">
                <button
                    type="button"
                    class="disclosure"
                    aria-expanded={if *open { "true" } else { "false" }}
                    aria-controls="note-area"
                    onclick={toggle}
                >
                    <span><span id="note-label">{ texts::NOTE }</span>{ Mark::Optional.view() }</span>
                    { icon(Shape::Down) }
                </button>
            </h2>
            <div id="note-area" hidden={!*open && !wrong}>
                <p class="hint" id={id_of_hint(ID)}>{ texts::NOTE_HINT }</p>
                { problem_line(ID, props.problem.as_ref()) }
                <textarea
                    id={ID}
                    name={ID}
                    class="input"
                    rows="4"
                    autocomplete="off"
                    value={props.value.clone()}
                    aria-labelledby="note-label"
                    aria-describedby={id_of_hint(ID)}
                    aria-invalid={wrong.then_some("true")}
                    {oninput}
                />
                <p class="hint count">{ texts::note_left(props.value.chars().count()) }</p>
            </div>
        </section>
    }
}
