//! 健康観察期間: computed by the recovery rules in force, moved by itself only where it lets nobody go, and otherwise
//! decided by the health centre with a reason (OBS-09, OBS-13, NTF-11).
//!
//! Whatever the period follows from leaves a line in `period_pending` (by triggers, so that no writer forgets it);
//! the keeper takes these lines and computes anew. Whoever edits facts on the page of the period sees the
//! computation with the next page: there it is made in the same transaction.

mod begin;
pub mod change;
pub mod decide;
mod facts;
pub mod page;
mod rules_page;
pub mod store;

use std::time::Duration;

use hersys_shared::episode::Episode;
use hersys_shared::notification::Content;
use hersys_shared::recovery::{Facts, RecoverySets, compute, known};
use serde_json::json;
use time::Date;
use tokio::sync::watch::Receiver;
use uuid::Uuid;

use crate::App;
use crate::access::Level::{Read, Write};
use crate::access::audit::Entry;
use crate::access::{ItemGroup, Staff};
use crate::cases::store::Case;
use crate::cases::{reach, save, store as cases};
use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::messages;
use crate::routes::{Guard, Routes};
pub use begin::{Begun, keep as keep_begun};
use decide::{Computation, Kept, Period};
use store::Change;

/// Of which kind a change is, in the history and in the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// 期間の変更
    Changed,
    /// 延長
    Extended,
    /// 療養解除
    Ended,
    /// 再開
    Reopened,
    /// 計算のとおりにする
    Accepted,
    /// いまの期間のままにする
    Declined,
    /// 予定どおり終了
    Settled,
}

impl Deed {
    pub fn code(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Extended => "extended",
            Self::Ended => "ended",
            Self::Reopened => "reopened",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Settled => "settled",
        }
    }

    fn audited(self) -> &'static str {
        match self {
            Self::Changed => "period.change",
            Self::Extended => "period.extend",
            Self::Ended => "period.end",
            Self::Reopened => "period.reopen",
            Self::Accepted => "period.accept",
            Self::Declined => "period.decline",
            Self::Settled => "period.settle",
        }
    }
}

pub fn routes() -> Routes {
    let reads = Guard::Case(ItemGroup::ObservationPeriod, Read);
    let writes = Guard::Case(ItemGroup::ObservationPeriod, Write);
    Routes::default()
        .get("/staff/cases/{case_id}/period", reads, page::show)
        .post("/staff/cases/{case_id}/period", writes, change::change)
        .post("/staff/cases/{case_id}/period/end", writes, change::end)
        .post("/staff/cases/{case_id}/period/proposal", writes, change::answer)
        .post("/staff/cases/{case_id}/period/facts", writes, facts::save)
        .get("/staff/periods/rules", Guard::Kind(ItemGroup::ObservationPeriod, Read), rules_page::show)
}

impl Period {
    pub fn of(case: &Case) -> Self {
        Self { from: case.observed_from, until: case.observed_until }
    }
}

/// Changes of facts that are looked at together: so few that a writer waits for milliseconds only.
const TOGETHER: i64 = 16;
/// How long a change of facts may wait while a service runs.
const EVERY: Duration = Duration::from_millis(300);
/// Between two lots, so that other writers get their turn.
const BREATH: Duration = Duration::from_millis(5);

/// Computes what has changed until the service stops.
pub async fn keep_all_the_time(app: App, mut stopped: Receiver<bool>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut looked_on = None;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = crate::serve::stopping(&mut stopped) => return,
        }
        let today = app.clock.today();
        if looked_on != Some(today) {
            match look_at_rules(&app.db, &app.texts.recovery, today).await {
                Ok(()) => looked_on = Some(today),
                Err(error) => tracing::warn!(%error, "rules of periods were not looked at; they are tried again"),
            }
        }
        loop {
            match compute_some(&app.db, &app.texts.recovery, app.clock.now()).await {
                Ok(0) => break,
                // Whoever reports comes first.
                Ok(_) => tokio::time::sleep(BREATH).await,
                Err(error) => {
                    tracing::warn!(%error, "periods were not computed; they are tried again");
                    break;
                }
            }
            if *stopped.borrow() {
                return;
            }
        }
    }
}

/// Looks at the rules of the day and computes all that waits; how many people there were.
pub async fn compute_waiting(db: &Db, sets: &RecoverySets, now: Timestamp) -> Result<usize> {
    look_at_rules(db, sets, now.day()).await?;
    let mut computed = 0;
    loop {
        match compute_some(db, sets, now).await? {
            0 => return Ok(computed),
            some => computed += some,
        }
    }
}

/// Has everybody who is observed computed anew where other rules count than when that was done last.
async fn look_at_rules(db: &Db, sets: &RecoverySets, today: Date) -> Result<()> {
    let written = serde_json::to_string(sets).map_err(|error| Error::Internal(format!("rules of periods: {error}")))?;
    let fingerprint: String = crate::secret::hash_token(&written).iter().map(|byte| format!("{byte:02x}")).collect();
    let Some(former) = store::rules(db).await? else {
        return store::begin_rules(db, &fingerprint, today).await;
    };
    if former == (fingerprint.clone(), today) {
        return Ok(());
    }
    let has_begun = sets.0.iter().any(|set| former.1 < set.from && set.from <= today);
    let mut tx = db.begin().await?;
    if !store::look_at_rules(&mut tx, &former, &fingerprint, today).await? {
        return Ok(());
    }
    if has_begun || former.0 != fingerprint {
        let people = store::ask_for_all(&mut tx, today).await?;
        tracing::info!(people, "other rules of periods count: computing everybody anew");
    }
    Ok(tx.commit().await?)
}

async fn compute_some(db: &Db, sets: &RecoverySets, now: Timestamp) -> Result<usize> {
    let cases = store::waiting(db, TOGETHER).await?;
    match compute_these(db, sets, now, &cases).await {
        Err(error) if error.is_unreadable() => {}
        computed => return computed.map(|()| cases.len()),
    }
    // Something of somebody cannot be read: the others do not wait for it, and whoever mends it leaves another line.
    for case_id in &cases {
        match compute_these(db, sets, now, &[*case_id]).await {
            Err(error) if error.is_unreadable() => {
                tracing::error!(%case_id, "a person's record cannot be read; their period stays as it is");
                let mut tx = db.begin().await?;
                store::take(&mut tx, &[*case_id]).await?;
                tx.commit().await?;
            }
            computed => computed?,
        }
    }
    Ok(cases.len())
}

async fn compute_these(db: &Db, sets: &RecoverySets, now: Timestamp, cases: &[Uuid]) -> Result<()> {
    if cases.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    for case_id in cases {
        // Facts that change from here on wait for this transaction, and have a line of their own then.
        let held = reach::hold(&mut tx, *case_id).await;
        store::take(&mut tx, &[*case_id]).await?;
        match held {
            Ok(case) => {
                recompute(&mut tx, sets, &case, now).await?;
            }
            // Gone since.
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(tx.commit().await?)
}

/// What a person's computation follows from, and whether the person has died.
fn facts_from(case: &Case, episode: &Episode, notified: Option<serde_json::Value>) -> Result<Facts> {
    let content: Option<Content> = match notified {
        // Not the error's text, which may quote the content.
        Some(body) => Some(
            serde_json::from_value(body)
                .map_err(|_| Error::Internal(format!("case {}: unreadable notification", case.case_id)))?,
        ),
        None => None,
    };
    Ok(known(case.kind, episode, content.as_ref()))
}

/// The rules of which day count: those of today, and of the last day for whoever is over.
fn rules_day(period: Period, today: Date) -> Date {
    period.until.map_or(today, |until| until.min(today))
}

fn computation(sets: &RecoverySets, facts: &Facts, period: Period, today: Date) -> Computation {
    let on = rules_day(period, today);
    Computation::of(compute(sets, facts, on), on)
}

/// Computes a held person's period anew and moves it where that lets nobody go; the person as they stand then. Where
/// nothing has changed, nothing is written.
pub async fn recompute(tx: &mut Tx, sets: &RecoverySets, case: &Case, now: Timestamp) -> Result<(Case, Kept)> {
    let period = Period::of(case);
    let today = now.day();
    let mut kept = store::kept(&mut *tx, case.case_id, period).await?;
    let episode = cases::episode(&mut *tx, case.case_id).await?;
    if episode.is_dead() {
        return Ok((case.clone(), kept));
    }
    let facts = facts_from(case, &episode, store::notified(&mut *tx, case.case_id).await?)?;
    let computation = computation(sets, &facts, period, today);
    let is_new = kept.computation.as_ref().is_none_or(|former| !former.says_the_same(&computation));
    kept.computation = Some(computation);
    let Some(moved) = kept.follow(period, today) else {
        if is_new {
            store::keep(tx, case.case_id, &kept, now).await?;
            kept.version += 1;
        }
        return Ok((case.clone(), kept));
    };
    let case = save::set_period(tx, case, moved.from, moved.until).await?;
    store::keep(tx, case.case_id, &kept, now).await?;
    kept.version += 1;
    let change = Change {
        case_id: case.case_id,
        kind: "computed",
        former: period,
        period: moved,
        computation: kept.computation.as_ref(),
        reason: "",
        by: None,
    };
    store::append(tx, change, now).await?;
    Entry::by_system(now, "period.computed")
        .about(case.case_id)
        .with(json!({ "before": days(period), "after": days(moved) }))
        .write(&mut *tx)
        .await?;
    Ok((case, kept))
}

/// What a centre decided of a held person's period: everything that follows from it stands or falls together. Where
/// the person is observed no more, what waits to be sent to them is taken back (NTF-11).
pub async fn decide(
    tx: &mut Tx,
    case: &Case,
    decision: &Decision<'_>,
    staff: &Staff,
    client: &crate::access::Client,
    now: Timestamp,
) -> Result<()> {
    let former = Period::of(case);
    let today = now.day();
    if former != decision.period {
        save::set_period(tx, case, decision.period.from, decision.period.until).await?;
    }
    store::keep(tx, case.case_id, &decision.kept, now).await?;
    let change = Change {
        case_id: case.case_id,
        kind: decision.deed.code(),
        former,
        period: decision.period,
        computation: decision.kept.computation.as_ref(),
        reason: decision.reason,
        by: Some((staff.account_id, staff.organization_id)),
    };
    store::append(tx, change, now).await?;
    let mut detail = json!({ "before": days(former), "after": days(decision.period), "reason": decision.reason });
    if !decision.period.is_running(today) {
        let is_over = decision.period.is_over(today);
        detail["taken_back"] = messages::store::cancel_reminders(tx, case.case_id, is_over, now).await?.into();
    }
    Ok(Entry::by_staff(staff, client, now, decision.deed.audited())
        .about(case.case_id)
        .with(detail)
        .write(&mut *tx)
        .await?)
}

/// A period as a centre wants it.
pub struct Decision<'a> {
    pub deed: Deed,
    pub period: Period,
    /// What is kept from now on.
    pub kept: Kept,
    pub reason: &'a str,
}

impl<'a> Decision<'a> {
    /// 予定どおり終了: the end stays as it stands, whatever the computation says.
    pub fn settle(period: Period, kept: Kept, today: Date, reason: &'a str) -> Self {
        let kept = Kept { settled_until: period.until, ..kept.declining(period, today) };
        Self { deed: Deed::Settled, period, kept, reason }
    }

    /// いまの期間のままにする: what the computation says now is not proposed again.
    pub fn decline(period: Period, kept: Kept, today: Date, reason: &'a str) -> Self {
        Self { deed: Deed::Declined, period, kept: kept.declining(period, today), reason }
    }

    /// 計算のとおりにする: from now on the computation prolongs it by itself; an end by tests is a centre's own. None
    /// where nothing is proposed.
    pub fn accept(period: Period, kept: Kept, today: Date, reason: &'a str) -> Option<Self> {
        let proposal = kept.proposal(period, today)?;
        let period = Period { from: proposal.from, until: Some(proposal.until) };
        // Whoever lets somebody go has looked.
        let settled_until = if period.is_over(today) { period.until } else { kept.settled_until };
        let kept = Kept { is_by_hand: proposal.is_by_tests, settled_until, ..kept };
        Some(Self { deed: Deed::Accepted, period, kept, reason })
    }

    /// Another period, by hand.
    pub fn set(deed: Deed, period: Period, kept: Kept, today: Date, reason: &'a str) -> Self {
        let ends = period.is_over(today);
        let settled_until = if ends { period.until } else { None };
        // Whoever ends it has seen what the computation says.
        let after = Kept { is_by_hand: true, settled_until, ..kept };
        let kept = if ends { after.declining(period, today) } else { after };
        Self { deed, period, kept, reason }
    }
}

/// A period for the audit.
fn days(period: Period) -> serde_json::Value {
    let day = |day: Option<Date>| day.map(hersys_shared::days::iso);
    json!({ "from": day(period.from), "until": day(period.until) })
}

/// Has the periods of some people computed, who were entered with an end.
pub async fn ask_for(tx: &mut Tx, cases: &[Uuid]) -> Result<()> {
    store::ask_for(tx, cases).await
}
