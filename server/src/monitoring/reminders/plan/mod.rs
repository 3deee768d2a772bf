//! Who is to be asked on a day, and when: a row for each person, written by statements over many people at a time, so
//! that a nation is planned in a minute and memory does not grow with it.

mod store;

use time::Duration;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::messages::hours::{END_HOUR, at_hour};

pub use store::Row;

/// People of one step: so few that a writer waits for milliseconds only.
const TOGETHER: i64 = 4_000;
/// Whoever was just entered, linked or asked to be asked again gets nothing within this time.
const GRACE: Duration = Duration::hours(1);
/// How long it stays to be seen what was sent.
const KEPT: Duration = Duration::days(14);

/// One step: plans some people of today, or forgets some days long past. `false` where there is nothing to do.
/// Two processes take turns, each going on where the other came to.
pub async fn step(db: &Db, now: Timestamp) -> Result<bool> {
    let day = now.day();
    if let Some(plan) = store::plan(db, day).await?
        && plan.finished_at.is_some()
    {
        return Ok(false);
    }
    let mut tx = db.begin().await?;
    let Some(mut plan) = store::hold(&mut tx, day).await? else { return Ok(false) };
    if plan.finished_at.is_some() {
        return Ok(false);
    }
    if now >= at_hour(now, END_HOUR) {
        // Nobody is reached today any more.
        plan.finished_at = Some(now);
    } else if let Some(last) = store::last_of_next(&mut tx, plan.ends_on, plan.case_id, TOGETHER).await? {
        plan.planned += store::plan_range(&mut tx, day, plan.ends_on, (plan.case_id, last), now).await?;
        plan.case_id = last;
    } else if let Some(ends_on) = store::next_end(&mut tx, plan.ends_on, day).await? {
        plan.ends_on = Some(ends_on);
        plan.case_id = Uuid::nil();
    } else {
        plan.finished_at = Some(now);
    }
    let is_finished = plan.finished_at.is_some();
    store::keep(&mut tx, &plan).await?;
    tx.commit().await?;
    if is_finished {
        store::refresh_statistics(db).await?;
        tracing::info!(planned = plan.planned, "reminders of the day planned");
    }
    Ok(true)
}

/// Plans all people of today that are not yet planned; how many there were.
pub async fn all(db: &Db, now: Timestamp) -> Result<i64> {
    while step(db, now).await? {}
    Ok(store::plan(db, now.day()).await?.map_or(0, |plan| plan.planned))
}

/// Plans some people anew after a change of what it follows from: period, hour, stop, policy. Whose hour is over is
/// asked after a while, if it is not too late then.
pub async fn these(tx: &mut Tx, cases: &[Uuid], now: Timestamp) -> Result<()> {
    let end = at_hour(now, END_HOUR);
    if now >= end || cases.is_empty() {
        return Ok(());
    }
    let whole_minute = Timestamp(now.0 - now.0.rem_euclid(60_000));
    store::plan_these(tx, now.day(), cases, whole_minute + GRACE, now).await
}

/// Forgets what was sent long ago, once a day: the requests of some people after the other, then their messages.
#[derive(Debug, Default)]
pub struct Past {
    done_on: Option<time::Date>,
    /// The last person that was looked at, and the last message once there are no more people.
    person: Uuid,
    message: Option<Uuid>,
}

impl Past {
    /// `false` where there is nothing to do until tomorrow.
    pub async fn forget_some(&mut self, db: &Db, now: Timestamp) -> Result<bool> {
        if self.done_on == Some(now.day()) {
            return Ok(false);
        }
        let before = now - KEPT;
        match self.message {
            None => match store::forget_requests(db, self.person, before.day(), TOGETHER).await? {
                Some(last) => self.person = last,
                None => self.message = Some(Uuid::nil()),
            },
            Some(after) => match store::forget_messages(db, after, before, TOGETHER).await? {
                Some(last) => self.message = Some(last),
                None => *self = Self { done_on: Some(now.day()), ..Self::default() },
            },
        }
        Ok(true)
    }
}
