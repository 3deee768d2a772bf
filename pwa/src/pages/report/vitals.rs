use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::edit;
use crate::components::{Mark, Shape, icon, id_of_hint, id_of_problem, problem_line};
use crate::hooks::use_store;
use crate::texts::report as texts;
use crate::typing;

/// One step of the stepper, in tenths of a degree.
const STEP: i64 = 1;

#[derive(Properties, PartialEq)]
pub struct TemperatureProps {
    pub person_id: Uuid,
    pub value: AttrValue,
    pub problem: Option<AttrValue>,
}

/// 体温: one large field with a stepper at its sides.
#[component]
pub fn TemperatureField(props: &TemperatureProps) -> Html {
    const ID: &str = "temperature";
    let store = use_store();
    // Said aloud after a step, which moves no focus to the field.
    let stepped = use_state(AttrValue::default);
    let person_id = props.person_id;
    let oninput = {
        let store = store.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(typed) = typed(&event, typing::temperature) {
                edit(&store, person_id, |draft| draft.set_temperature(typed));
            }
        })
    };
    let step = |by: i64| {
        let (store, stepped, now) = (store.clone(), stepped.clone(), props.value.clone());
        move |_: MouseEvent| {
            let next = typing::step(&now, by);
            stepped.set(format!("{next}{}", texts::DEGREES).into());
            edit(&store, person_id, |draft| draft.set_temperature(next));
        }
    };
    html! {
        <section class={classes!("question", "field", props.problem.is_some().then_some("field-wrong"))}>
            <div class="question-label">
                <label for={ID}>{ texts::TEMPERATURE }</label>
                { Mark::Required.view() }
            </div>
            <p class="hint" id={id_of_hint(ID)}>{ texts::TEMPERATURE_HINT }</p>
            { problem_line(ID, props.problem.as_ref()) }
            <div class="stepper">
                <button type="button" class="step-button" aria-label={texts::LOWER} onclick={step(-STEP)}>
                    { icon(Shape::Minus) }
                </button>
                <span class="unit-field">
                    <input
                        id={ID}
                        name={ID}
                        class="input input-large"
                        type="text"
                        inputmode="decimal"
                        aria-required="true"
                        autocomplete="off"
                        value={props.value.clone()}
                        aria-invalid={props.problem.is_some().then_some("true")}
                        aria-describedby={described(ID, props.problem.is_some())}
                        {oninput}
                    />
                    <span class="unit">{ texts::DEGREES }</span>
                </span>
                <button type="button" class="step-button" aria-label={texts::RAISE} onclick={step(STEP)}>
                    { icon(Shape::Plus) }
                </button>
            </div>
            <p class="unseen" role="status">{ &*stepped }</p>
        </section>
    }
}

#[derive(Properties, PartialEq)]
pub struct SaturationProps {
    pub person_id: Uuid,
    pub value: AttrValue,
    pub none: bool,
    pub problem: Option<AttrValue>,
}

/// 酸素飽和度, with なし for those without an oximeter.
#[component]
pub fn Saturation(props: &SaturationProps) -> Html {
    const ID: &str = "spo2";
    let store = use_store();
    let person_id = props.person_id;
    let oninput = {
        let store = store.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(typed) = typed(&event, typing::percent) {
                edit(&store, person_id, |draft| draft.set_spo2(typed));
            }
        })
    };
    let none = !props.none;
    let toggle = Callback::from(move |_: Event| {
        edit(&store, person_id, move |draft| {
            draft.no_oximeter = none;
            draft.set_spo2(String::new());
        });
    });
    html! {
        <section class={classes!("question", "field", props.problem.is_some().then_some("field-wrong"))}>
            <div class="question-label">
                <label for={ID}>{ texts::SPO2 }</label>
                { Mark::Optional.view() }
            </div>
            <p class="hint" id={id_of_hint(ID)}>{ texts::SPO2_HINT }</p>
            { problem_line(ID, props.problem.as_ref()) }
            <div class="saturation">
                <span class="unit-field">
                    <input
                        id={ID}
                        name={ID}
                        class="input input-large"
                        type="text"
                        inputmode="numeric"
                        autocomplete="off"
                        value={props.value.clone()}
                        disabled={props.none}
                        aria-invalid={props.problem.is_some().then_some("true")}
                        aria-describedby={described(ID, props.problem.is_some())}
                        {oninput}
                    />
                    <span class="unit">{ texts::PERCENT }</span>
                </span>
                <label class="check">
                    <input
                        type="checkbox"
                        autocomplete="off"
                        checked={props.none}
                        onchange={toggle}
                    />
                    <span>{ texts::NONE }</span>
                </label>
            </div>
        </section>
    }
}

fn described(id: &str, wrong: bool) -> String {
    let hint = id_of_hint(id);
    if wrong { format!("{hint} {}", id_of_problem(id)) } else { hint }
}

/// What has been typed, put into shape, in the field as well: the field may look different from a
/// value that has not changed. A conversion that is under way is left alone.
fn typed(event: &InputEvent, shape: fn(&str) -> String) -> Option<String> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let typed = input.value();
    if event.is_composing() {
        return Some(typed);
    }
    let shaped = shape(&typed);
    if shaped != typed {
        input.set_value(&shaped);
    }
    Some(shaped)
}
