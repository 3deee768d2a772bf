use std::collections::BTreeSet;

use hersys_shared::api::{EmergencyText, Person};
use hersys_shared::symptoms::EmergencySign;
use yew::prelude::*;

use super::edit;
use crate::browser;
use crate::components::{Shape, center_links, icon, phone_link};
use crate::hooks::use_store;
use crate::texts::report as texts;

const ADVICE: &str = "emergency-advice";

#[derive(Properties, PartialEq)]
pub struct EmergencyProps {
    pub person: Person,
    pub ticked: BTreeSet<String>,
}

/// One plain question that opens the list of emergency signs. A ticked sign says at once what to do.
#[component]
pub fn Emergency(props: &EmergencyProps) -> Html {
    let store = use_store();
    let open = use_state_eq(|| !props.ticked.is_empty());
    let is_urgent = !props.ticked.is_empty();
    use_effect_with(is_urgent, |is_urgent| {
        if *is_urgent {
            browser::show(ADVICE);
        }
    });
    let Some(form) = store.form.clone() else {
        return Html::default();
    };
    let toggle = {
        let open = open.clone();
        move |_: MouseEvent| open.set(!*open)
    };
    let person_id = props.person.person_id;
    let ontick = Callback::from(move |(key, ticked): (String, bool)| {
        edit(&store, person_id, move |draft| draft.tick(&key, ticked));
    });
    let groups = groups(&form.emergency_signs);
    // The advice stands right under the group of the first ticked sign, where the finger is.
    let place = groups.iter().position(|(_, signs)| signs.iter().any(|sign| props.ticked.contains(&sign.key)));
    html! {
        <section class={classes!("question", "emergency", is_urgent.then_some("emergency-now"))}>
            <h2 class="disclosure-title">
                <button
                    type="button"
                    id="emergency_signs"
                    class="disclosure"
                    aria-expanded={if *open { "true" } else { "false" }}
                    aria-controls="emergency-list"
                    onclick={toggle}
                >
                    { icon(Shape::Alert) }
                    <span>
                        { &form.emergency.question }
                        <span class="disclosure-hint">{ texts::EMERGENCY_HINT }</span>
                    </span>
                    { icon(Shape::Down) }
                </button>
            </h2>
            <div id="emergency-list" hidden={!*open}>
                <p class="hint">{ texts::EMERGENCY_LIST }</p>
                for (index, (title, signs)) in groups.iter().enumerate() {
                    { group(title, signs, &props.ticked, &ontick) }
                    if place == Some(index) {
                        { advice(&form.emergency, &props.person) }
                    }
                }
            </div>
        </section>
    }
}

/// The signs under their headings, in the order of the list.
fn groups(signs: &[EmergencySign]) -> Vec<(&str, Vec<&EmergencySign>)> {
    let mut groups: Vec<(&str, Vec<&EmergencySign>)> = Vec::new();
    for sign in signs {
        match groups.last_mut() {
            Some((title, members)) if *title == sign.group => members.push(sign),
            _ => groups.push((&sign.group, vec![sign])),
        }
    }
    groups
}

fn group(title: &str, signs: &[&EmergencySign], ticked: &BTreeSet<String>, ontick: &Callback<(String, bool)>) -> Html {
    let sign = |sign: &&EmergencySign| {
        let is_ticked = ticked.contains(&sign.key);
        let onchange = {
            let (ontick, key) = (ontick.clone(), sign.key.clone());
            move |_: Event| ontick.emit((key.clone(), !is_ticked))
        };
        html! {
            <label class="check">
                <input type="checkbox" autocomplete="off" checked={is_ticked} {onchange} />
                <span>{ &sign.label }</span>
            </label>
        }
    };
    html! {
        <fieldset class="signs">
            <legend>{ title }</legend>
            { for signs.iter().map(sign) }
        </fieldset>
    }
}

/// What to do and whom to call, the person's own health centre last.
fn advice(text: &EmergencyText, person: &Person) -> Html {
    html! {
        <div class="advice" id={ADVICE} role="alert">
            <h3>{ icon(Shape::Alert) }{ &text.title }</h3>
            for paragraph in &text.paragraphs {
                <p>{ paragraph }</p>
            }
            <div class="phones">
                for call in &text.calls {
                    { phone_link(&call.label, &call.phone, true) }
                }
                { phone_link(&person.center_name, &person.center_phone, true) }
            </div>
        </div>
    }
}

/// The same in short, for the pages after the form: whom to call, the health centres of these people last.
pub fn alert<'a>(text: &EmergencyText, people: impl Iterator<Item = &'a Person>) -> Html {
    html! {
        <div class="advice" role="alert">
            // No heading: it stands above that of the page.
            <p class="advice-title">{ icon(Shape::Alert) }{ &text.title }</p>
            <div class="phones">
                for call in &text.calls {
                    { phone_link(&call.label, &call.phone, true) }
                }
                { center_links(people, true) }
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_keep_their_order_under_their_headings() {
        let sign = |key: &str, group: &str| EmergencySign { key: key.into(), group: group.into(), label: key.into() };
        let signs = [sign("a", "表情・外見"), sign("b", "表情・外見"), sign("c", "息苦しさ等")];
        let groups = groups(&signs);
        let sizes: Vec<_> = groups.iter().map(|(title, signs)| (*title, signs.len())).collect();
        assert_eq!(sizes, [("表情・外見", 2), ("息苦しさ等", 1)]);
    }
}
