use hersys_shared::symptoms::{Answer, Answers, Symptom, SymptomSet};
use uuid::Uuid;
use yew::prelude::*;

use super::edit;
use crate::components::{Button, Mark, Shape, icon, id_of_problem, problem_line};
use crate::form::Form;
use crate::hooks::use_store;
use crate::texts::report as texts;

#[derive(Properties, PartialEq)]
pub struct SymptomsProps {
    pub person_id: Uuid,
    pub set: SymptomSet,
    pub answers: Answers,
    pub form: Form,
}

/// 症状: a row each with 有 / 無 / 不明. Nothing is chosen beforehand, so that every answer was meant.
#[component]
pub fn Symptoms(props: &SymptomsProps) -> Html {
    let store = use_store();
    let person_id = props.person_id;
    let all_no = {
        let (store, set) = (store.clone(), props.set.clone());
        Callback::from(move |()| {
            let set = set.clone();
            edit(&store, person_id, move |draft| draft.answer_all(&set, Answer::No));
        })
    };
    let onanswer = Callback::from(move |(key, answer): (String, Answer)| {
        edit(&store, person_id, move |draft| {
            draft.answers.insert(key, answer);
        });
    });
    // A sentence goes when it is no longer true; the summary on top stays as a list of what was.
    let problem = props.form.problem("symptoms").filter(|_| props.set.check(&props.answers).is_err());
    html! {
        <section class="question" aria-labelledby="symptoms-title">
            <div class="question-top">
                <div>
                    <div class="question-label">
                        <h2 id="symptoms-title">{ texts::SYMPTOMS }</h2>
                        { Mark::Required.view() }
                    </div>
                    <p class="hint">{ texts::SYMPTOMS_HINT }</p>
                </div>
                <Button onclick={all_no}>{ texts::ALL_NO }</Button>
            </div>
            // The server names the whole set where its version is out of date.
            { problem_line("symptoms", problem.as_ref()) }
            <div id="symptoms" tabindex="-1">
                for symptom in &props.set.symptoms {
                    { row(symptom, props.answers.get(&symptom.key).copied(), &props.form, &onanswer) }
                }
            </div>
        </section>
    }
}

fn row(symptom: &Symptom, answer: Option<Answer>, form: &Form, onanswer: &Callback<(String, Answer)>) -> Html {
    let key = &symptom.key;
    let chosen = answer;
    // The problem of a row goes with the tap that answers it.
    let problem = form.problem(key).filter(|_| chosen.is_none());
    let wrong = problem.is_some() || (chosen.is_none() && form.problem("symptoms").is_some());
    let choice = |(index, answer): (usize, Answer)| {
        // The error summary leads to the first choice by the symptom's key.
        let id = match index {
            0 => key.clone(),
            _ => format!("{key}-{}", answer.code()),
        };
        let onchange = {
            let (onanswer, key) = (onanswer.clone(), key.clone());
            move |_: Event| onanswer.emit((key.clone(), answer))
        };
        html! {
            <label class={classes!("choice", format!("choice-{}", answer.code()))}>
                <input
                    type="radio"
                    {id}
                    name={key.clone()}
                    value={answer.code()}
                    autocomplete="off"
                    checked={chosen == Some(answer)}
                    {onchange}
                />
                <span class="choice-face">
                    { icon(Shape::Check) }
                    { answer.label() }
                </span>
            </label>
        }
    };
    html! {
        <fieldset
            class={classes!("row", wrong.then_some("row-wrong"))}
            aria-describedby={problem.is_some().then(|| id_of_problem(key))}
        >
            <legend>{ &symptom.label }</legend>
            <div class="choices">{ for Answer::ALL.into_iter().enumerate().map(choice) }</div>
            { problem_line(key, problem.as_ref()) }
        </fieldset>
    }
}
