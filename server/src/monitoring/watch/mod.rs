//! Who under observation needs a look: judged by rules, after every change of what they follow from, into one row
//! for each organisation that follows the person ([`store::BoardPerson`]).
//!
//! Whatever changes a person's reports, record, reach or period leaves a line in `watch_pending` (by triggers, so
//! that no writer forgets it). The judge takes these lines and computes the rows anew from nothing, so that order
//! and repetition of changes do not matter. Intake does not wait for it.

mod person;
mod rules;
mod store;

use std::collections::HashMap;
use std::time::Duration;

use hersys_shared::symptoms::CaseKind;
use hersys_shared::triage::{Observed, RuleSet, Verdict, judge};
use tokio::sync::watch::Receiver;
use uuid::Uuid;

pub use rules::{InForce, in_force};
pub use store::{NEVER, NO_END};

use crate::App;
use crate::clock::Timestamp;
use crate::db::Db;
use crate::error::Result;
use crate::texts::Texts;

/// Changes that are looked at together: so few that a writer waits for milliseconds only.
const TOGETHER: i64 = 64;

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
            match judge_some(&app.db, &app.texts, app.clock.now()).await {
                Ok(0) => break,
                // Whoever reports comes first.
                Ok(_) => tokio::time::sleep(BREATH).await,
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
    loop {
        match judge_some(db, texts, now).await? {
            0 => return Ok(judged),
            some => judged += some,
        }
    }
}

/// Judges the oldest changes. Those of whoever judges at the same moment are left to them.
async fn judge_some(db: &Db, texts: &Texts, now: Timestamp) -> Result<usize> {
    let waiting = store::waiting(db, TOGETHER).await?;
    let Some(last) = waiting.iter().map(|(seq, _)| *seq).max() else {
        return Ok(0);
    };
    let mut cases: Vec<Uuid> = waiting.into_iter().map(|(_, case_id)| case_id).collect();
    cases.sort_unstable();
    cases.dedup();
    judge_cases(db, texts, now, &cases, last).await
}

/// Judges some people now, whatever waits before them: who changed something sees it on the next page. Their lines are
/// left to the judge, to whom they say nothing new.
pub async fn judge_these(db: &Db, texts: &Texts, now: Timestamp, cases: &[Uuid]) -> Result<()> {
    for some in cases.chunks(TOGETHER.unsigned_abs() as usize) {
        judge_cases(db, texts, now, some, 0).await?;
    }
    Ok(())
}

/// Computes the rows of some people anew, and takes their lines up to `last` away.
async fn judge_cases(db: &Db, texts: &Texts, now: Timestamp, cases: &[Uuid], last: i64) -> Result<usize> {
    let rules = rules::all(db, now.day()).await?;
    let mut tx = db.begin().await?;
    if !store::hold(&mut tx, now).await? {
        return Ok(0);
    }
    // Read after the judge is held: nobody else writes these rows, and what changes from here on has a line that
    // is not taken away below.
    let facts = store::facts(&mut tx, cases, now.day()).await?;
    let labels = person::Labels(texts);
    let rows: Vec<store::BoardPerson> =
        facts.iter().flat_map(|facts| person::rows(facts, &rules, &labels, now)).collect();
    store::replace(&mut tx, cases, &rows).await?;
    store::done(&mut tx, cases, last).await?;
    tx.commit().await?;
    Ok(cases.len())
}

/// What the rules say of some people's reports as they stand, by person: to try rules before they count.
pub fn judge_reports(
    rules: &RuleSet,
    reports: &HashMap<Uuid, (CaseKind, Vec<Observed>)>,
    texts: &Texts,
) -> HashMap<Uuid, Verdict> {
    let labels = person::Labels(texts);
    reports.iter().map(|(case_id, (kind, reports))| (*case_id, judge(rules, *kind, reports, None, &labels))).collect()
}
