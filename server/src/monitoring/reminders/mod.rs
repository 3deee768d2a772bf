//! Requests to report (NTF-04, MY-20): one a day at the person's hour, a second one where nothing was reported by a
//! later hour, none after a report, none outside the hours in which people are reached, none to whoever does not want
//! any (NTF-10, NTF-11, OBS-12, OBS-13).
//!
//! [`plan`] writes a row for each person and day ahead; [`send`] takes what is due, looks at the person once more, and
//! hands messages over. Each is a step that may be repeated, in any order, by any number of processes.

mod desk;
pub mod plan;
pub mod send;
pub mod stop;

use std::time::Duration;

use tokio::sync::watch::Receiver;

use crate::App;
use crate::error::Result;
use crate::routes::Routes;
use crate::serve::stopping;

pub use crate::messages::hours::{END_HOUR, FIRST_HOUR};

/// The last hour that can be chosen.
pub const LAST_HOUR: i64 = END_HOUR - 1;

/// How often what is due is looked for.
const EVERY: Duration = Duration::from_secs(1);
/// Between two steps of planning, so that other writers get their turn.
const BREATH: Duration = Duration::from_millis(5);
/// How long nobody is asked whose provider takes nothing.
const PAUSE: Duration = Duration::from_secs(5);

/// How many senders a process runs: while one writes, the other hands over.
pub const SENDERS: usize = 2;

pub use desk::path;
pub use desk::wish_label;

pub fn routes() -> Routes {
    stop::routes().merge(desk::routes())
}

/// Plans each day, and forgets the days long past, until the service stops.
pub async fn plan_all_the_time(app: App, mut stopped: Receiver<bool>) {
    let mut ticks = ticks();
    let mut past = plan::Past::default();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stopping(&mut stopped) => return,
        }
        while !*stopped.borrow() {
            match plan_or_forget(&app, &mut past).await {
                Ok(true) => tokio::time::sleep(BREATH).await,
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, "reminders were not planned; they are tried again");
                    break;
                }
            }
        }
    }
}

/// Whoever is to be asked comes first.
async fn plan_or_forget(app: &App, past: &mut plan::Past) -> Result<bool> {
    let now = app.clock.now();
    Ok(plan::step(&app.db, now).await? || past.forget_some(&app.db, now).await?)
}

/// Sends what is due until the service stops.
pub async fn send_all_the_time(app: App, mut stopped: Receiver<bool>) {
    let mut ticks = ticks();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stopping(&mut stopped) => return,
        }
        while !*stopped.borrow() {
            match send::step_until(&app, &stopped).await {
                Ok(done) if done.is_stuck() => {
                    tokio::select! {
                        () = tokio::time::sleep(PAUSE) => {}
                        () = stopping(&mut stopped) => return,
                    }
                }
                Ok(done) if done.is_idle() => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "reminders were not sent; they are tried again");
                    break;
                }
            }
        }
    }
}

fn ticks() -> tokio::time::Interval {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks
}
