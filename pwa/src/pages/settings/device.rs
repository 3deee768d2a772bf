use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::browser::{self, Push};
use crate::components::{Tone, notice, problem_line};
use crate::texts::contact as texts;

/// The switch for notifications on this device (NTF-04). The browser's question comes only after a tap.
#[component]
pub fn Device() -> Html {
    // The word of `push.js`; empty until it is known, and where nothing is offered.
    let state = use_state_eq(String::new);
    let problem = use_state_eq(|| None::<AttrValue>);
    let busy = use_state_eq(|| false);
    let ask = {
        let (state, problem, busy) = (state.clone(), problem.clone(), busy.clone());
        use_callback((), move |what: Push, ()| {
            let (state, problem, busy) = (state.clone(), problem.clone(), busy.clone());
            busy.set(true);
            spawn_local(async move {
                let answer = browser::push(what).await;
                busy.set(false);
                match answer {
                    Ok(word) => {
                        state.set(word);
                        problem.set(None);
                    }
                    // Where it is not even known how things stand, there is nothing to switch.
                    Err(_) if what == Push::State => {}
                    Err(sentence) if sentence.is_empty() => problem.set(Some(AttrValue::from(texts::PUSH_FAILED))),
                    Err(sentence) => problem.set(Some(AttrValue::from(sentence))),
                }
            });
        })
    };
    {
        let ask = ask.clone();
        use_effect_with((), move |()| ask.emit(Push::State));
    }
    let remark = match state.as_str() {
        "" => return Html::default(),
        "home" => Some(texts::PUSH_HOME),
        "blocked" => Some(texts::PUSH_BLOCKED),
        "none" => Some(texts::PUSH_NONE),
        _ => None,
    };
    let is_on = *state == "on";
    let switch = {
        let busy = *busy;
        move |event: Event| {
            event.prevent_default();
            if !busy {
                ask.emit(if is_on { Push::Off } else { Push::On });
            }
        }
    };
    html! {
        <section>
            <h2>{ texts::PUSH_TITLE }</h2>
            if let Some(remark) = remark {
                { notice(Tone::Info, true, html! { <p>{ remark }</p> }) }
            } else {
                <label class="check switch">
                    <input type="checkbox" role="switch" checked={is_on} aria-busy={busy.to_string()} onchange={switch} />
                    <span>{ texts::PUSH }</span>
                </label>
                <p class="hint">{ texts::PUSH_HINT }</p>
                <div role="alert">{ problem_line("push", problem.as_ref()) }</div>
            }
        </section>
    }
}
