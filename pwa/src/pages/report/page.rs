use hersys_shared::api::{Person, ReportForm};
use hersys_shared::symptoms::SymptomSet;
use hersys_shared::{Spo2, Temperature};
use uuid::Uuid;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::emergency::Emergency;
use super::note::Note;
use super::subject::Subject;
use super::symptoms::Symptoms;
use super::vitals::{Saturation, TemperatureField};
use super::{edit, remark};
use crate::api;
use crate::components::{Ask, Button, Elsewhere, FormFrame, Look, Page, back_link, failure_notice, loading};
use crate::draft::Draft;
use crate::failure::Failure;
use crate::form::use_form;
use crate::hooks::use_store;
use crate::household;
use crate::route::{Route, use_nav};
use crate::texts::{self, home, report};

/// The form of whoever is being reported for. When that is nobody, the answer for them may have just come.
#[component]
pub fn ReportPage() -> Html {
    let (store, nav) = (use_store(), use_nav());
    let failure = use_state(|| None::<Failure>);
    let attempt = use_state(|| 0_u32);
    {
        let (store, failure) = (store.clone(), failure.clone());
        use_effect_with((store.form.is_none(), *attempt), move |(missing, _)| {
            if !*missing {
                return;
            }
            failure.set(None);
            spawn_local(async move {
                match api::form().await {
                    Ok(form) => store.update(|memory| memory.form = Some(form.into())),
                    Err(refusal) => {
                        if !store.signed_out_by(&refusal, &nav) {
                            failure.set(Some(refusal));
                        }
                    }
                }
            });
        });
    }
    let person =
        store.household.as_ref().zip(store.desk.current).and_then(|(home, id)| household::find(&home.people, id));
    let Some((person, draft)) = person.zip(store.desk.current.and_then(|id| store.desk.draft(id))) else {
        return html! { <Elsewhere to={Route::Receipt} /> };
    };
    let Some(form) = &store.form else {
        return match &*failure {
            None => loading(),
            Some(failure) => {
                let retry = Callback::from(move |()| attempt.set(*attempt + 1));
                failure_notice(failure, retry)
            }
        };
    };
    let Some(set) = set_for(form, person) else {
        return html! { <Elsewhere to={Route::Home} /> };
    };
    html! {
        <Sheet
            key={person.person_id.to_string()}
            person={person.clone()}
            draft={draft.clone()}
            set={set.clone()}
        />
    }
}

/// What this kind of person is asked.
pub fn set_for<'a>(form: &'a ReportForm, person: &Person) -> Option<&'a SymptomSet> {
    form.symptom_sets.iter().find(|set| set.kind == person.kind)
}

#[derive(Properties, PartialEq)]
struct SheetProps {
    person: Person,
    draft: Draft,
    set: SymptomSet,
}

#[component]
fn Sheet(props: &SheetProps) -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let id = props.person.person_id;
    let rare_values = use_state(Vec::<String>::new);
    let switching_to = use_state(|| None::<Uuid>);

    let submit = {
        let (form, nav, rare_values) = (form.clone(), nav.clone(), rare_values.clone());
        let (draft, set) = (props.draft.clone(), props.set.clone());
        Callback::from(move |()| match draft.report(id, &set) {
            Err(problems) => {
                rare_values.set(Vec::new());
                form.reject(problems);
            }
            Ok(_) => {
                form.clear();
                let questions = draft.rare_values();
                if questions.is_empty() {
                    nav.go(Route::ReportCheck);
                } else {
                    rare_values.set(questions);
                }
            }
        })
    };
    let meant = {
        let (store, nav) = (store.clone(), nav.clone());
        Callback::from(move |()| {
            edit(&store, id, |draft| draft.rare_values_meant = true);
            nav.go(Route::ReportCheck);
        })
    };
    let again = {
        let rare_values = rare_values.clone();
        Callback::from(move |()| {
            rare_values.set(Vec::new());
            crate::browser::focus("temperature");
        })
    };
    let choose = {
        let (store, switching_to) = (store.clone(), switching_to.clone());
        let is_touched = props.draft.is_touched();
        Callback::from(move |to: Uuid| {
            if is_touched {
                switching_to.set(Some(to));
            } else {
                store.update(move |memory| memory.desk.open(to, Uuid::new_v4()));
            }
        })
    };
    let question = switching_to.and_then(|to| {
        let household = store.household.as_ref()?;
        let other = household::find(&household.people, to)?;
        let (store, closing) = (store.clone(), switching_to.clone());
        let yes = Callback::from(move |()| {
            store.update(move |memory| memory.desk.open(to, Uuid::new_v4()));
        });
        Some(html! {
            <Ask
                title={report::SWITCH_TITLE}
                yes={report::SWITCH_YES}
                no={texts::CANCEL}
                prefer_no=true
                onyes={yes}
                onno={move |()| closing.set(None)}
            >
                <p>{ report::switch_text(&props.person.name, &other.name) }</p>
            </Ask>
        })
    });
    let asks_back = !rare_values.is_empty();
    let place = store.desk.round.filter(|round| round.total > 1);
    html! {
        <Page
            title={report::TITLE}
            above={html! {
                <div class="above">
                    { back_link(Route::Home, texts::HOME) }
                    if let Some(round) = place {
                        <p class="place">
                            { report::place_in_round((round.done + 1).min(round.total), round.total) }
                        </p>
                    }
                </div>
            }}
            heading={html! {
                <>
                    <span class="eyebrow">{ report::TITLE }</span>
                    { home::person(&props.person.name) }
                </>
            }}
        >
            { remark(&props.draft) }
            <Subject current={id} onchoose={choose} />
            { question }
            <FormFrame onsubmit={submit} class="report">
                { form.summary() }
                <TemperatureField
                    person_id={id}
                    value={props.draft.temperature.clone()}
                    problem={form.problem("temperature").and(Temperature::parse(&props.draft.temperature).err().map(AttrValue::from))}
                />
                <Saturation
                    person_id={id}
                    value={props.draft.spo2.clone()}
                    none={props.draft.no_oximeter}
                    problem={form.problem("spo2").and(Spo2::parse(&props.draft.spo2).err().map(AttrValue::from))}
                />
                <Symptoms
                    person_id={id}
                    set={props.set.clone()}
                    answers={props.draft.answers.clone()}
                    form={form.clone()}
                />
                <Emergency person={props.person.clone()} ticked={props.draft.signs.clone()} />
                <Note person_id={id} value={props.draft.note.clone()} problem={form.problem("note")} />
                if asks_back {
                    <Ask
                        title={report::RARE_TITLE}
                        yes={report::RARE_YES}
                        no={report::RARE_NO}
                        prefer_no=true
                        onyes={meant}
                        onno={again}
                    >
                        for question in &*rare_values {
                            <p>{ question }</p>
                        }
                    </Ask>
                } else {
                    <div class="bar">
                        <Button look={Look::Primary} submit=true>{ report::TO_CHECK }</Button>
                    </div>
                }
            </FormFrame>
        </Page>
    }
}
