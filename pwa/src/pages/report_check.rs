use hersys_shared::api::{Person, Report, ReportForm, ReportOutcome, ReportResult};
use hersys_shared::symptoms::{Answer, SymptomSet};
use hersys_shared::{Spo2, Temperature};
use uuid::Uuid;
use yew::prelude::*;

use super::report::{alert, remark, set_for};
use crate::api;
use crate::components::{Button, Elsewhere, Look, Page, Tone, notice};
use crate::desk::Outcome;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::form::use_form;
use crate::hooks::{refresh, use_settled, use_store};
use crate::household;
use crate::route::{Route, use_nav};
use crate::store::{Memory, Store};
use crate::texts::{home, report as texts};

/// What is going to be sent. Sends it, and with it whatever could not be sent before.
#[component]
pub fn ReportCheck() -> Html {
    let (store, nav, form) = (use_store(), use_nav(), use_form());
    let settled = use_settled();
    let Some(Checked { person, set, draft, report, form: questions }) = checked(&store) else {
        // The answer has come, unless something is missing.
        return html! { <Elsewhere to={if store.desk.current.is_some() { Route::Report } else { Route::Receipt }} /> };
    };
    let send = {
        let (form, store) = (form.clone(), store.clone());
        let report = report.clone();
        Callback::from(move |()| {
            let mut sending = store.desk.clone();
            sending.confirm(report.clone());
            let call = api::send_reports(sending.sending());
            let confirmed = report.clone();
            store.update(|memory| memory.desk.confirm(confirmed));
            let store = store.clone();
            form.send(call, move |answer| {
                let is_refused = |outcome: &ReportOutcome| matches!(outcome.result, ReportResult::Refused { .. });
                if answer.outcomes.iter().any(is_refused) {
                    // The day or the household may be another one.
                    refresh(store.clone());
                }
                store.update(|memory| {
                    memory.desk.settle(answer, Uuid::new_v4);
                    note_receipts(memory);
                });
            });
        })
    };
    let correct = {
        let nav = nav.clone();
        Callback::from(move |()| nav.replace(Route::Report))
    };
    let failed = form.failure().is_some();
    let next = failed.then(|| next_person(&store)).flatten();
    let go_on = {
        let (store, nav) = (store.clone(), nav.clone());
        Callback::from(move |id: Uuid| {
            store.update(move |memory| memory.desk.open(id, Uuid::new_v4()));
            nav.replace(Route::Report);
        })
    };
    html! {
        <Page
            title={texts::CHECK_TITLE}
            heading={html! {
                <>
                    <span class="eyebrow">{ texts::CHECK_TITLE }</span>
                    { home::person(&person.name) }
                </>
            }}
        >
            { remark(&draft) }
            if !report.emergency_signs.is_empty() {
                { alert(&questions.emergency, std::iter::once(&person)) }
            }
            if form.failure() == Some(&Failure::Unreachable) {
                { notice(Tone::Wait, true, html! { <p>{ texts::UNSENT }</p> }) }
            } else if failed {
                { form.summary() }
            } else {
                <p class="lead">{ texts::CHECK_LEAD }</p>
            }
            <div class="sheet">
                // Far from the thumb, which may tap twice.
                <div class="sheet-top">
                    <Button look={Look::Quiet} disabled={form.busy()} onclick={correct}>{ texts::CORRECT }</Button>
                </div>
                { values(&report, &set, &questions) }
            </div>
            <div class="bar">
                <Button look={Look::Primary} disabled={!settled} busy={form.busy()} onclick={send}>
                    { if failed { texts::RESEND } else { texts::SEND } }
                </Button>
                if let Some(id) = next {
                    <Button onclick={go_on.reform(move |()| id)}>{ texts::NEXT_MEANWHILE }</Button>
                }
            </div>
        </Page>
    }
}

struct Checked {
    person: Person,
    set: SymptomSet,
    draft: Draft,
    report: Report,
    form: std::rc::Rc<ReportForm>,
}

/// The open form as a report; nothing when it is not complete.
fn checked(store: &Store) -> Option<Checked> {
    let form = store.form.clone()?;
    let id = store.desk.current?;
    let person = household::find(&store.household.as_ref()?.people, id)?.clone();
    let set = set_for(&form, &person)?.clone();
    let draft = store.desk.draft(id)?.clone();
    let report = draft.report(id, &set).ok()?;
    Some(Checked { person, set, draft, report, form })
}

/// Whoever else can be reported for while this report waits for a network.
fn next_person(store: &Store) -> Option<Uuid> {
    let people = &store.household.as_ref()?.people;
    let handled = |id| store.desk.current == Some(id) || store.desk.is_waiting(id);
    household::first_due(people, handled).map(|person| person.person_id)
}

/// Shows receipts on the home page at once, and has the questions fetched anew where they
/// turned out to be old.
fn note_receipts(memory: &mut Memory) {
    let Memory { household, desk, .. } = memory;
    let mut questions_are_old = false;
    for result in &desk.results {
        match (&result.outcome, household.as_mut()) {
            (Outcome::Received(at), Some(household)) => {
                let time = household::time_of_day(at).unwrap_or_default();
                let people = &mut std::rc::Rc::make_mut(household).people;
                household::mark_reported(people, result.person_id, &time);
            }
            (Outcome::Refused { problems, .. }, _) => {
                questions_are_old |= ["symptoms", "emergency_signs"].iter().any(|field| problems.of(field).is_some());
            }
            (Outcome::Received(_), None) => {}
        }
    }
    if questions_are_old {
        memory.form = None;
    }
}

/// The values, each under its label; symptoms by answer, what is there first.
fn values(report: &Report, set: &SymptomSet, form: &ReportForm) -> Html {
    let temperature =
        Temperature::from_tenths(report.temperature).map(|value| format!("{} {}", value.display(), texts::DEGREES));
    let spo2 = report
        .spo2
        .and_then(|percent| Spo2::from_percent(percent).ok())
        .map_or(texts::NONE.to_owned(), |value| format!("{} {}", value.percent(), texts::PERCENT));
    let signs: Vec<&str> = form
        .emergency_signs
        .iter()
        .filter(|sign| report.emergency_signs.contains(&sign.key))
        .map(|sign| sign.label.as_str())
        .collect();
    html! {
        <dl class="values">
            if !signs.is_empty() {
                <div><dt>{ texts::EMERGENCY }</dt><dd>{ signs.join("、") }</dd></div>
            }
            <div><dt>{ texts::TEMPERATURE }</dt><dd class="large">{ temperature.unwrap_or_default() }</dd></div>
            <div><dt>{ texts::SPO2 }</dt><dd class="large">{ spo2 }</dd></div>
            <div>
                <dt>{ texts::SYMPTOMS }</dt>
                <dd>{ for Answer::ALL.into_iter().map(|answer| answered(report, set, answer)) }</dd>
            </div>
            if !report.note.is_empty() {
                <div><dt>{ texts::NOTE }</dt><dd class="note">{ &report.note }</dd></div>
            }
        </dl>
    }
}

fn answered(report: &Report, set: &SymptomSet, answer: Answer) -> Html {
    let labels: Vec<&str> = set
        .symptoms
        .iter()
        .filter(|symptom| report.symptoms.get(&symptom.key) == Some(&answer))
        .map(|symptom| symptom.label.as_str())
        .collect();
    if labels.is_empty() {
        return Html::default();
    }
    html! {
        <p class="answered">
            <span class={classes!("answer-mark", format!("answer-{}", answer.code()))}>{ answer.label() }</span>
            <span>{ labels.join("、") }</span>
        </p>
    }
}
