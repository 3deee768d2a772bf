//! Whole centres that are to be judged anew: because a day began, with everything that follows from the day (the rules
//! whose from-date it is, who has passed their last day, reports too old to count), or because rules were written that
//! count already. It is done a few people at a time, beside the changes, and goes on where it was after a restart.

mod store;

use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::monitoring::watch::rules::Chain;
use crate::monitoring::watch::{TOGETHER, judge_apart, judge_cases, store as watch};
use crate::texts::Texts;

/// Notes once a day, whoever of all processes comes first, that everybody is due.
pub async fn begin_day(db: &Db, now: Timestamp) -> Result<()> {
    let today = now.day();
    if store::day(db).await?.is_some_and(|day| day >= today) {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    watch::hold(&mut tx, now).await?;
    if store::day(&mut tx).await?.is_none_or(|day| day < today) {
        store::all_due(&mut tx).await?;
        store::set_day(&mut tx, today).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Judges the next people of a centre that is due; `None` where there is none.
pub async fn judge_some(db: &Db, texts: &Texts, now: Timestamp) -> Result<Option<usize>> {
    let Some(due) = store::next(db).await? else { return Ok(None) };
    let cases = store::people(db, &due, TOGETHER).await?;
    let Some(last) = cases.last().copied() else {
        store::finish(db, &due).await?;
        return Ok(Some(0));
    };
    match judge_cases(db, texts, now, &cases, &[]).await {
        Ok(_) => {}
        Err(error) if error.is_unreadable() => {
            for case_id in &cases {
                judge_apart(db, texts, now, *case_id, &[]).await?;
            }
        }
        Err(error) => return Err(error),
    }
    store::go_on(db, &due, last).await?;
    Ok(Some(cases.len()))
}

/// Keeps others from writing rules and from judging until the transaction ends.
pub async fn hold(tx: &mut Tx, now: Timestamp) -> Result<()> {
    watch::hold(tx, now).await
}

/// Lets new rules of an office (none: the ministry) count for everybody concerned, where their day has come. What is
/// for a later day waits for that day. The transaction must [`hold`].
pub async fn rules_written(tx: &mut Tx, office: Option<Uuid>, from_on: Date, now: Timestamp) -> Result<()> {
    let day = store::day(&mut *tx).await?.unwrap_or(Date::MIN).max(now.day());
    if from_on > day {
        return Ok(());
    }
    let chain = Chain::of_writers(&mut (&mut *tx).into(), day).await?;
    for center_id in store::centers(&mut *tx).await? {
        if chain.governs(office, center_id) {
            store::due(&mut *tx, center_id).await?;
        }
    }
    Ok(())
}
