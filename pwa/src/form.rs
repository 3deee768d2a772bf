//! What every form has in common: problems, one sending at a time, and where failures lead.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use hersys_shared::Problems;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::components::Summary;
use crate::failure::Failure;
use crate::hooks::use_store;
use crate::route::{Nav, use_nav};
use crate::store::Store;

#[derive(Clone, PartialEq)]
pub struct Form {
    state: UseStateHandle<State>,
    /// Set at the first tap, before anything is drawn: a second tap finds it.
    locked: Rc<Cell<bool>>,
    store: Store,
    nav: Nav,
}

#[derive(Clone, Default, PartialEq)]
struct State {
    busy: bool,
    problems: Problems,
    failure: Option<Failure>,
    /// Counts the refusals, so that each of them moves the focus.
    refusals: u32,
}

/// A call to the server, and what is to be done when it has succeeded.
type Call = Pin<Box<dyn Future<Output = Result<Box<dyn FnOnce()>, Failure>>>>;

#[hook]
pub fn use_form() -> Form {
    Form {
        state: use_state(State::default),
        locked: (*use_memo((), |()| Rc::new(Cell::new(false)))).clone(),
        store: use_store(),
        nav: use_nav(),
    }
}

impl Form {
    pub fn busy(&self) -> bool {
        self.state.busy
    }

    pub fn failure(&self) -> Option<&Failure> {
        self.state.failure.as_ref()
    }

    /// The sentence beside a field.
    pub fn problem(&self, field: &str) -> Option<AttrValue> {
        let problem = self.state.problems.of(field)?;
        Some(AttrValue::from(problem.to_owned()))
    }

    pub fn reject(&self, problems: Problems) {
        self.refuse(problems, None);
    }

    pub fn clear(&self) {
        self.state.set(State::default());
    }

    fn refuse(&self, problems: Problems, failure: Option<Failure>) {
        self.state.set(State { busy: false, problems, failure, refusals: self.state.refusals + 1 });
    }

    /// Makes the call, once however often it is asked for, and goes on when it has succeeded.
    /// An ended session leads to the sign-in page; other failures are shown.
    pub fn send<T: 'static>(
        &self,
        call: impl Future<Output = Result<T, Failure>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        self.send_or(call, then, |_| {});
    }

    /// The same, for pages that have something to do about a failure.
    pub fn send_or<T: 'static>(
        &self,
        call: impl Future<Output = Result<T, Failure>> + 'static,
        then: impl FnOnce(T) + 'static,
        failed: impl FnOnce(&Failure) + 'static,
    ) {
        let call = async move { call.await.map(|value| -> Box<dyn FnOnce()> { Box::new(move || then(value)) }) };
        self.make(Box::pin(call), Box::new(failed));
    }

    /// Compiled once, not for every form: the first visit pays for each copy.
    fn make(&self, call: Call, failed: Box<dyn FnOnce(&Failure)>) {
        if self.locked.replace(true) {
            return;
        }
        self.state.set(State { busy: true, ..State::default() });
        let form = self.clone();
        spawn_local(async move {
            let answer = call.await;
            form.locked.set(false);
            match answer {
                Ok(then) => {
                    form.state.set(State::default());
                    then();
                }
                Err(failure) => {
                    failed(&failure);
                    if !form.store.signed_out_by(&failure, &form.nav) {
                        form.refuse(failure.problems(), Some(failure));
                    }
                }
            }
        });
    }

    /// All that is wrong, on top of the form.
    pub fn summary(&self) -> Html {
        html! {
            <Summary
                problems={self.state.problems.clone()}
                failure={self.state.failure.clone()}
                refusals={self.state.refusals}
            />
        }
    }
}
