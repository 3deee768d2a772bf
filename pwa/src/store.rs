//! What the pages share, in memory only.

use std::rc::Rc;

use hersys_shared::api::{Household, NewPerson, ReportForm};
use uuid::Uuid;
use yew::prelude::*;

use crate::browser;
use crate::code_entry::CodeEntry;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::route::{Nav, Route};
use crate::texts;

/// The name under which the token of an SMS link outlives a reload.
const INVITATION: &str = "invitation";

#[derive(Clone, PartialEq)]
pub struct Memory {
    /// There while somebody is signed in, as far as this page knows.
    pub household: Option<Rc<Household>>,
    pub form: Option<Rc<ReportForm>>,
    pub desk: Desk,
    pub code: Option<CodeEntry>,
    /// 属性入力 under way.
    pub entry: NewPerson,
    /// Said once on the next page.
    pub notice: Option<&'static str>,
    /// The page that asked for a sign-in.
    pub return_to: Option<Route>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            household: None,
            form: None,
            desk: Desk::default(),
            code: None,
            entry: empty_entry(),
            notice: None,
            return_to: None,
        }
    }
}

impl Memory {
    /// As after a reload: with the code that was sent before it.
    pub fn restored() -> Self {
        Self { code: CodeEntry::remembered(), ..Self::default() }
    }

    pub fn set_household(&mut self, household: Household) {
        let is_member = |id| crate::household::find(&household.people, id).is_some();
        self.desk.keep_only(is_member);
        self.desk.begin_day(&household.today, Uuid::new_v4);
        self.household = Some(Rc::new(household));
    }

    /// Whether anything that was typed waits in memory for the next sign-in.
    fn has_input(&self) -> bool {
        self.desk.has_input() || self.entry != empty_entry()
    }

    pub fn set_code(&mut self, code: CodeEntry) {
        code.remember();
        self.code = Some(code);
    }

    pub fn drop_code(&mut self) {
        CodeEntry::forget();
        self.code = None;
    }

    /// The person is linked: neither the entry nor the link that led to it is needed any more.
    pub fn drop_entry(&mut self) {
        self.entry = empty_entry();
        browser::forget(INVITATION);
    }

    /// サインアウト leaves nothing behind.
    pub fn clear(&mut self) {
        self.drop_code();
        self.drop_entry();
        *self = Self::default();
    }
}

fn empty_entry() -> NewPerson {
    NewPerson { name: String::new(), birth_date: String::new(), hersys_id: String::new() }
}

pub fn remember_invitation(token: &str) {
    browser::remember(INVITATION, token);
}

pub fn invitation() -> Option<String> {
    browser::remembered(INVITATION)
}

/// A change of [`Memory`].
pub struct Change(Box<dyn FnOnce(&mut Memory)>);

impl Reducible for Memory {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        (change.0)(&mut next);
        Rc::new(next)
    }
}

/// The memory as it was when the page was last drawn, and the way to change it.
#[derive(Clone, PartialEq)]
pub struct Store {
    pub memory: Rc<Memory>,
    pub changing: Callback<Change>,
}

impl std::ops::Deref for Store {
    type Target = Memory;

    fn deref(&self) -> &Memory {
        &self.memory
    }
}

impl Store {
    pub fn update(&self, change: impl FnOnce(&mut Memory) + 'static) {
        self.changing.emit(Change(Box::new(change)));
    }

    /// Leads to the sign-in page where a session has ended; what was typed stays in memory.
    /// Returns whether that was the failure.
    pub fn signed_out_by(&self, failure: &Failure, nav: &Nav) -> bool {
        if !failure.is_signed_out() {
            return false;
        }
        let back = nav.route;
        self.update(move |memory| {
            if memory.household.take().is_some() {
                memory.notice = Some(match memory.has_input() {
                    true => texts::SESSION_ENDED_KEPT,
                    false => texts::SESSION_ENDED,
                });
            }
            memory.return_to = Some(back);
        });
        nav.replace(Route::SignIn);
        true
    }
}
