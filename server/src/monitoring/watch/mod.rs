//! Who under observation needs a look: judged by rules, after every change of what they follow from, into one row
//! for each organisation that follows the person ([`store::BoardPerson`]).
//!
//! Whatever changes a person's reports, record, reach or period leaves a line in `watch_pending` (by triggers, so
//! that no writer forgets it). The judge takes these lines and computes the rows anew from nothing, so that order
//! and repetition of changes do not matter. Intake does not wait for it.

mod due;
mod person;
pub mod rules;
mod store;

use std::time::Duration;

use hersys_shared::symptoms::CaseKind;
use hersys_shared::triage::{self, Observed, RuleSet, Verdict};
use time::Date;
use tokio::sync::watch::Receiver;
use uuid::Uuid;

pub use due::{begin_day, hold, rules_written};
pub use store::{NEVER, NO_END, add_flag, reports_since};

use crate::App;
use crate::clock::Timestamp;
use crate::db::{Db, Handle, Tx};
use crate::error::Result;
use crate::monitoring::reminders;
use crate::texts::Texts;

/// People who are looked at together: so few that a writer waits for milliseconds only.
const TOGETHER: usize = 128;

/// How often people are looked at without holding the judge, before it is held for it.
const TRIES: usize = 3;

/// How long a change may wait while a service runs; a board shows it within a second.
const EVERY: Duration = Duration::from_millis(200);

/// Between two lots, so that other writers get their turn.
const BREATH: Duration = Duration::from_millis(5);

/// Judges what has changed until the service stops.
pub async fn judge_all_the_time(app: App, mut stopped: Receiver<bool>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = crate::serve::stopping(&mut stopped) => return,
        }
        loop {
            match judge_next(&app.db, &app.texts, app.clock.now()).await {
                Ok(None) => break,
                // Whoever reports comes first.
                Ok(Some(_)) => tokio::time::sleep(BREATH).await,
                Err(error) => {
                    tracing::warn!(%error, "changes were not judged; they are tried again");
                    break;
                }
            }
            if *stopped.borrow() {
                return;
            }
        }
    }
}

/// Forgets the changes of people who are not observed on `today` or later: after people were made by the million, these
/// would be looked at for nothing.
pub async fn forget_the_past(db: &Db, today: time::Date) -> Result<()> {
    store::forget_the_past(db, today).await
}

/// Judges all that waits; how many people there were.
pub async fn judge_waiting(db: &Db, texts: &Texts, now: Timestamp) -> Result<usize> {
    let mut judged = 0;
    while let Some(some) = judge_next(db, texts, now).await? {
        judged += some;
    }
    Ok(judged)
}

/// Judges the oldest changes, and some people of a centre that is due as a whole: neither waits for the other.
/// `None` where nothing waits.
async fn judge_next(db: &Db, texts: &Texts, now: Timestamp) -> Result<Option<usize>> {
    due::begin_day(db, now).await?;
    let changed = judge_changed(db, texts, now).await?;
    let due = due::judge_some(db, texts, now).await?;
    Ok(match (changed, due) {
        (None, None) => None,
        (changed, due) => Some(changed.unwrap_or(0) + due.unwrap_or(0)),
    })
}

/// Judges the oldest changes. Those of whoever judges at the same moment are left to them.
async fn judge_changed(db: &Db, texts: &Texts, now: Timestamp) -> Result<Option<usize>> {
    let waiting = store::waiting(db, TOGETHER).await?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let (lines, mut cases): (Vec<i64>, Vec<Uuid>) = waiting.iter().copied().unzip();
    cases.sort_unstable();
    cases.dedup();
    match judge_cases(db, texts, now, &cases, &lines).await {
        Ok(judged) => Ok(Some(judged)),
        Err(error) if error.is_unreadable() => {
            for case_id in &cases {
                let own: Vec<i64> = waiting.iter().filter(|(_, of)| of == case_id).map(|(line, _)| *line).collect();
                judge_apart(db, texts, now, *case_id, &own).await?;
            }
            Ok(Some(cases.len()))
        }
        Err(error) => Err(error),
    }
}

/// Judges one person of several among whom something cannot be read, so that the others do not wait for it. Where it is
/// this person's, their lines are taken away all the same: whoever mends the record leaves another one.
async fn judge_apart(db: &Db, texts: &Texts, now: Timestamp, case_id: Uuid, lines: &[i64]) -> Result<()> {
    match judge_cases(db, texts, now, &[case_id], lines).await {
        Err(error) if error.is_unreadable() => {
            tracing::error!(%case_id, "a person's record cannot be read; their rows stay as they are");
            let mut tx = db.begin().await?;
            store::done(&mut tx, lines).await?;
            Ok(tx.commit().await?)
        }
        judged => judged.map(drop),
    }
}

/// Judges some people now, whatever waits before them: who changed something sees it on the next page. Their lines are
/// left to the judge, to whom they say nothing new.
pub async fn judge_these(db: &Db, texts: &Texts, now: Timestamp, cases: &[Uuid]) -> Result<()> {
    for some in cases.chunks(TOGETHER) {
        judge_cases(db, texts, now, some, &[]).await?;
    }
    Ok(())
}

/// Computes the rows of some people anew, and takes away the lines that asked for it.
async fn judge_cases(db: &Db, texts: &Texts, now: Timestamp, cases: &[Uuid], lines: &[i64]) -> Result<usize> {
    for _ in 0..TRIES {
        // Read beside the writers, of whom SQLite has one at a time. What changes from here on has a line that is not
        // taken away below; rows and rules that others wrote meanwhile are not written over.
        let generation = store::generation(db).await?;
        let rows = rows_of(&mut db.into(), texts, now, cases).await?;
        let mut tx = db.begin().await?;
        if store::hold_after(&mut tx, generation, now).await? {
            write(tx, now, cases, &rows, lines).await?;
            return Ok(cases.len());
        }
    }
    let mut tx = db.begin().await?;
    store::hold(&mut tx, now).await?;
    let rows = rows_of(&mut (&mut tx).into(), texts, now, cases).await?;
    write(tx, now, cases, &rows, lines).await?;
    Ok(cases.len())
}

async fn rows_of(
    on: &mut Handle<'_>,
    texts: &Texts,
    now: Timestamp,
    cases: &[Uuid],
) -> Result<Vec<store::BoardPerson>> {
    let facts = store::facts(on, cases, now.day()).await?;
    let centers = facts.iter().map(|facts| facts.responsible_center_id);
    let rules = rules::of_centers(on, now.day(), centers).await?;
    let labels = person::Labels(texts);
    Ok(facts.iter().flat_map(|facts| person::rows(facts, &rules, &labels, now)).collect())
}

/// Ends the transaction, which must hold the judge.
async fn write(mut tx: Tx, now: Timestamp, cases: &[Uuid], rows: &[store::BoardPerson], lines: &[i64]) -> Result<()> {
    store::replace(&mut tx, cases, rows).await?;
    // What moves a person on a board moves their requests to report, too.
    reminders::plan::these(&mut tx, cases, now).await?;
    store::done(&mut tx, lines).await?;
    Ok(tx.commit().await?)
}

/// What rules say of a person's reports as a board would, to try them before they count; `seen_until` in milliseconds.
pub fn judge_as_board(
    rules: &RuleSet,
    person: (CaseKind, &[Observed]),
    seen_until: Option<i64>,
    today: Date,
    texts: &Texts,
) -> Verdict {
    let since = today.checked_sub(store::LOOKED_BACK).unwrap_or(NEVER);
    let (kind, reports) = person;
    let known: Vec<Observed> = reports.iter().filter(|report| report.observed_on >= since).cloned().collect();
    triage::judge(rules, kind, &known, seen_until, &person::Labels(texts))
}

/// What rules would have said of a person's reports since a day.
pub fn look_back(rules: &RuleSet, person: (CaseKind, &[Observed]), since: Date, texts: &Texts) -> Verdict {
    let (kind, reports) = person;
    triage::look_back(rules, kind, reports, since, &person::Labels(texts))
}
