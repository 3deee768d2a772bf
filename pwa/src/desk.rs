//! The reports of a household on their way: drafts, what waits for an answer, and receipts.

use std::collections::BTreeMap;

use hersys_shared::Problems;
use hersys_shared::api::{NewReports, Report, ReportOutcome, ReportOutcomes, ReportResult};
use uuid::Uuid;

use crate::draft::Draft;
use crate::texts::report as texts;

/// Percent from which on a person is at least moderately ill, whatever they feel (診療の手引き: 中等症Ⅱ).
const LOW_SPO2: i64 = 93;

#[derive(Clone, Default, PartialEq)]
pub struct Desk {
    /// The day of the household: for it is asked what is sent.
    today: String,
    /// Whose form is open.
    pub current: Option<Uuid>,
    drafts: BTreeMap<Uuid, Draft>,
    /// Confirmed by their writer, not yet answered by the server; by person.
    waiting: BTreeMap<Uuid, Report>,
    /// まとめて報告する: one after another through all who are due.
    pub round: Option<Round>,
    /// What the last sending came to.
    pub results: Vec<SendingResult>,
}

/// How far the way through all who are due has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    pub total: usize,
    pub done: usize,
}

/// What became of one person's report.
#[derive(Clone, PartialEq)]
pub struct SendingResult {
    pub person_id: Uuid,
    pub outcome: Outcome,
    /// An emergency sign was ticked, or SpO2 was low; which of them is not kept.
    pub is_urgent: bool,
}

#[derive(Clone, PartialEq)]
pub enum Outcome {
    /// Durable since this instant.
    Received(String),
    /// Not stored; the draft is kept to be put right.
    Refused { message: String, problems: Problems },
}

impl Desk {
    /// Takes note of the day. Whatever was typed before it is asked about again, and none of it is sent by itself;
    /// under its old id it may be stored already.
    pub fn begin_day(&mut self, today: &str, mut new_id: impl FnMut() -> Uuid) {
        if self.today == today {
            return;
        }
        today.clone_into(&mut self.today);
        self.waiting.clear();
        for draft in self.drafts.values_mut().filter(|draft| draft.is_touched()) {
            draft.report_id = new_id();
            draft.remark = Some(texts::OF_YESTERDAY);
        }
    }

    /// Opens the form for a person; what was typed for them before is still there.
    pub fn open(&mut self, person_id: Uuid, new_id: Uuid) {
        self.current = Some(person_id);
        self.results.clear();
        self.drafts.entry(person_id).or_insert_with(|| Draft::new(new_id));
    }

    /// まとめて報告する, beginning with `first`.
    pub fn open_round(&mut self, first: Uuid, total: usize, new_id: Uuid) {
        self.round = Some(Round { total, done: 0 });
        self.open(first, new_id);
    }

    pub fn draft(&self, person_id: Uuid) -> Option<&Draft> {
        self.drafts.get(&person_id)
    }

    /// Changes a draft. A confirmation that was given for other values no longer counts, nor will their receipt.
    pub fn edit(&mut self, person_id: Uuid, new_id: Uuid, change: impl FnOnce(&mut Draft)) {
        if let Some(draft) = self.drafts.get_mut(&person_id) {
            if self.waiting.remove(&person_id).is_some() {
                draft.report_id = new_id;
            }
            change(draft);
        }
    }

    /// Puts a report that its writer has confirmed among those that are sent next.
    pub fn confirm(&mut self, mut report: Report) {
        report.asked_on = Some(self.today.clone());
        if let Some(draft) = self.drafts.get_mut(&report.person_id) {
            draft.remark = None;
        }
        self.waiting.insert(report.person_id, report);
    }

    pub fn is_waiting(&self, person_id: Uuid) -> bool {
        self.waiting.contains_key(&person_id)
    }

    pub fn waiting_count(&self) -> usize {
        self.waiting.len()
    }

    /// Everything that waits, in one request; the ids are the ones of the first try.
    pub fn sending(&self) -> NewReports {
        NewReports { reports: self.waiting.values().cloned().collect() }
    }

    /// Whether leaving the page would lose something.
    pub fn has_input(&self) -> bool {
        self.drafts.values().any(Draft::is_touched)
    }

    /// Forgets what belongs to people who are not in the household: another account may have
    /// signed in after a session had ended.
    pub fn keep_only(&mut self, is_member: impl Fn(Uuid) -> bool) {
        self.drafts.retain(|id, _| is_member(*id));
        self.waiting.retain(|id, _| is_member(*id));
        self.results.retain(|result| is_member(result.person_id));
        self.current = self.current.filter(|id| is_member(*id));
    }

    /// Takes the server's answer: values of stored reports are forgotten (MY-19), refused ones
    /// go back to their forms under a new id, because the server has answered for the old one.
    /// What was changed since it was sent stays open in its form.
    pub fn settle(&mut self, answer: ReportOutcomes, mut new_id: impl FnMut() -> Uuid) {
        self.results.clear();
        for ReportOutcome { report_id, person_id, result } in answer.outcomes {
            let outcome = match result {
                ReportResult::Stored { received_at } => Outcome::Received(received_at),
                ReportResult::Refused { message, problems, .. } => {
                    Outcome::Refused { message, problems: Problems(problems) }
                }
            };
            let is_received = matches!(outcome, Outcome::Received(_));
            let mut is_urgent = false;
            match self.drafts.get_mut(&person_id) {
                Some(draft) if draft.report_id != report_id => {
                    if is_received {
                        draft.remark.get_or_insert(texts::CHANGED_SINCE);
                    }
                }
                draft => {
                    let sent = self.waiting.remove(&person_id);
                    is_urgent = sent.is_some_and(|report| {
                        !report.emergency_signs.is_empty() || report.spo2.is_some_and(|percent| percent <= LOW_SPO2)
                    });
                    if let Some(draft) = draft {
                        draft.report_id = new_id();
                    }
                    if is_received {
                        self.drafts.remove(&person_id);
                        if let Some(round) = &mut self.round {
                            round.done += 1;
                        }
                    }
                    self.current = self.current.filter(|current| *current != person_id);
                }
            }
            self.results.push(SendingResult { person_id, outcome, is_urgent });
        }
    }

    /// The receipt was left: what it knew beyond the outcome is forgotten.
    pub fn leave_receipt(&mut self) {
        for result in &mut self.results {
            result.is_urgent = false;
        }
    }

    /// Closes receipts and the way through the household; open drafts stay.
    pub fn close(&mut self) {
        self.current = None;
        self.round = None;
        self.results.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::tests::set;
    use hersys_shared::api::RefusalReason;
    use hersys_shared::symptoms::Answer;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn confirmed(desk: &mut Desk, person: u128) {
        desk.open(id(person), id(person + 100));
        desk.edit(id(person), id(person + 200), |draft| {
            draft.temperature = "36.5".into();
            draft.answer_all(&set(), Answer::No);
        });
        let report = desk.draft(id(person)).unwrap().report(id(person), &set()).unwrap();
        desk.confirm(report);
    }

    fn stored(person: u128) -> ReportOutcome {
        ReportOutcome {
            report_id: id(person + 100),
            person_id: id(person),
            result: ReportResult::Stored { received_at: "2022-08-01T08:12:34+09:00".into() },
        }
    }

    fn refused(person: u128) -> ReportOutcome {
        ReportOutcome {
            result: ReportResult::Refused {
                reason: RefusalReason::NotUnderObservation,
                message: "終わりました。".into(),
                problems: vec![],
            },
            ..stored(person)
        }
    }

    #[test]
    fn a_repeated_sending_carries_the_same_id() {
        let mut desk = Desk::default();
        confirmed(&mut desk, 1);
        let first = desk.sending();
        assert_eq!(desk.sending(), first);
        desk.open(id(1), id(999));
        assert_eq!(desk.sending().reports[0].report_id, id(101));
    }

    #[test]
    fn my_17_what_could_not_be_sent_goes_along_with_the_next() {
        let mut desk = Desk::default();
        confirmed(&mut desk, 1);
        confirmed(&mut desk, 2);
        assert_eq!(desk.sending().reports.len(), 2);
    }

    #[test]
    fn my_19_after_the_receipt_the_values_are_gone() {
        let mut desk = Desk::default();
        confirmed(&mut desk, 1);
        desk.settle(ReportOutcomes { outcomes: vec![stored(1)] }, || id(7));
        assert!(desk.draft(id(1)).is_none() && !desk.has_input());
        assert_eq!(desk.waiting_count(), 0);
    }

    #[test]
    fn my_18_after_a_low_spo2_the_receipt_says_whom_to_call() {
        let mut desk = Desk::default();
        for (person, percent) in [(1, "93"), (2, "94")] {
            desk.open(id(person), id(100 + person));
            desk.edit(id(person), id(200 + person), |draft| draft.spo2 = percent.into());
            confirmed(&mut desk, person);
        }
        desk.settle(ReportOutcomes { outcomes: vec![stored(1), stored(2)] }, || id(7));
        assert_eq!(desk.results.iter().map(|result| result.is_urgent).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn my_18_after_an_emergency_sign_the_receipt_knows_that_there_was_one() {
        let mut desk = Desk::default();
        desk.open(id(1), id(101));
        desk.edit(id(1), id(201), |draft| draft.tick("chest_pain", true));
        confirmed(&mut desk, 1);
        confirmed(&mut desk, 2);
        desk.settle(ReportOutcomes { outcomes: vec![stored(1), stored(2)] }, || id(7));
        assert_eq!(desk.results.iter().map(|result| result.is_urgent).collect::<Vec<_>>(), [true, false]);
        desk.leave_receipt();
        assert!(desk.results.iter().all(|result| !result.is_urgent));
    }

    #[test]
    fn a_refused_report_keeps_its_values_and_gets_a_new_id() {
        let mut desk = Desk::default();
        confirmed(&mut desk, 1);
        confirmed(&mut desk, 2);
        desk.settle(ReportOutcomes { outcomes: vec![stored(1), refused(2)] }, || id(7));
        assert!(matches!(desk.results[0].outcome, Outcome::Received(_)));
        assert!(matches!(desk.results[1].outcome, Outcome::Refused { .. }));
        let draft = desk.draft(id(2)).unwrap();
        assert_eq!((draft.report_id, draft.temperature.as_str()), (id(7), "36.5"));
        assert!(!desk.is_waiting(id(2)));
    }

    #[test]
    fn my_15_changing_the_person_loses_nothing() {
        let mut desk = Desk::default();
        desk.open(id(1), id(101));
        desk.edit(id(1), id(201), |draft| draft.temperature = "38.2".into());
        desk.open(id(2), id(102));
        desk.open(id(1), id(103));
        let draft = desk.draft(id(1)).unwrap();
        assert_eq!((draft.report_id, draft.temperature.as_str()), (id(101), "38.2"));
    }

    #[test]
    fn a_change_takes_back_the_confirmation() {
        let mut desk = Desk::default();
        confirmed(&mut desk, 1);
        desk.edit(id(1), id(201), |draft| draft.temperature = "38.2".into());
        assert!(!desk.is_waiting(id(1)));
    }

    #[test]
    fn what_was_confirmed_yesterday_is_not_sent_today() {
        let mut desk = Desk::default();
        desk.begin_day("2022-08-01", || id(7));
        confirmed(&mut desk, 1);
        assert_eq!(desk.sending().reports[0].asked_on.as_deref(), Some("2022-08-01"));
        desk.begin_day("2022-08-01", || id(7));
        assert!(desk.is_waiting(id(1)), "the same day");

        desk.begin_day("2022-08-02", || id(8));
        assert!(desk.sending().reports.is_empty());
        let draft = desk.draft(id(1)).unwrap();
        assert_eq!((draft.temperature.as_str(), draft.remark), ("36.5", Some(texts::OF_YESTERDAY)));
        assert_eq!(draft.report_id, id(8), "yesterday's may be stored under the old id");

        confirmed(&mut desk, 1);
        assert_eq!(desk.sending().reports[0].asked_on.as_deref(), Some("2022-08-02"));
        assert_eq!(desk.draft(id(1)).unwrap().remark, None, "looked at");
    }

    #[test]
    fn what_is_changed_while_it_is_sent_is_not_lost_behind_the_receipt() {
        let mut desk = Desk::default();
        confirmed(&mut desk, 1);
        desk.edit(id(1), id(201), |draft| draft.temperature = "38.2".into());
        desk.settle(ReportOutcomes { outcomes: vec![stored(1)] }, || id(7));
        let draft = desk.draft(id(1)).unwrap();
        assert_eq!((draft.report_id, draft.temperature.as_str()), (id(201), "38.2"));
        assert_eq!(draft.remark, Some(texts::CHANGED_SINCE));
        assert_eq!(desk.current, Some(id(1)), "its form stays open");
        assert!(matches!(desk.results[0].outcome, Outcome::Received(_)));
    }

    #[test]
    fn a_correction_that_is_confirmed_before_the_first_answer_waits_for_its_own() {
        let mut desk = Desk::default();
        confirmed(&mut desk, 1);
        confirmed(&mut desk, 1);
        assert_eq!(desk.sending().reports[0].report_id, id(201));
        desk.settle(ReportOutcomes { outcomes: vec![stored(1)] }, || id(7));
        assert!(desk.is_waiting(id(1)));
        let second = ReportOutcome { report_id: id(201), ..stored(1) };
        desk.settle(ReportOutcomes { outcomes: vec![second] }, || id(7));
        assert!(desk.draft(id(1)).is_none() && !desk.is_waiting(id(1)));
    }

    #[test]
    fn an_answer_leaves_the_form_of_somebody_else_open() {
        let mut desk = Desk::default();
        confirmed(&mut desk, 1);
        desk.open(id(2), id(102));
        desk.settle(ReportOutcomes { outcomes: vec![stored(1)] }, || id(7));
        assert_eq!(desk.current, Some(id(2)));
    }

    #[test]
    fn my_17_a_round_counts_the_receipts() {
        let mut desk = Desk::default();
        desk.open_round(id(1), 2, id(101));
        confirmed(&mut desk, 1);
        desk.settle(ReportOutcomes { outcomes: vec![stored(1)] }, || id(7));
        assert_eq!(desk.round, Some(Round { total: 2, done: 1 }));
        desk.close();
        assert_eq!(desk.round, None);
    }

    #[test]
    fn another_account_sees_nothing_of_the_last() {
        let mut desk = Desk::default();
        confirmed(&mut desk, 1);
        desk.keep_only(|_| false);
        assert!(desk == Desk::default());
    }
}
