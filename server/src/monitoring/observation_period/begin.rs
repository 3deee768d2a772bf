//! The period of people who are entered by a notification, in the transaction that enters them: all that it follows from
//! is at hand there, so nothing is read again, and nobody is shown without an end for a moment.

use hersys_shared::episode::Episode;
use hersys_shared::notification::Content;
use hersys_shared::recovery::{RecoverySets, known};
use hersys_shared::symptoms::CaseKind;
use serde_json::json;
use uuid::Uuid;

use crate::access::audit::Entry;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::Result;
use crate::monitoring::observation_period::decide::{Kept, Period};
use crate::monitoring::observation_period::store::{self, Change};
use crate::monitoring::observation_period::{computation, days};

/// What is to be kept of somebody's first computation.
pub struct Begun {
    pub case_id: Uuid,
    former: Period,
    /// The days with which the person is entered.
    pub period: Period,
    kept: Kept,
    at: Timestamp,
}

impl Begun {
    /// The first computation of somebody who is entered at a moment; none of whoever has died.
    pub fn of(
        sets: &RecoverySets,
        case_id: Uuid,
        kind: CaseKind,
        (episode, content): (&Episode, &Content),
        at: Timestamp,
    ) -> Option<Self> {
        if episode.is_dead() {
            return None;
        }
        let entered_on = at.day();
        let former = Period { from: Some(entered_on), until: None };
        let facts = known(kind, episode, Some(content));
        let kept = Kept { computation: Some(computation(sets, &facts, former, entered_on)), ..Kept::new(former) };
        let period = kept.follow(former, entered_on).unwrap_or(former);
        Some(Self { case_id, former, period, kept, at })
    }

    fn has_moved(&self) -> bool {
        self.period != self.former
    }
}

/// Keeps what was computed of people who were entered in this transaction, as [`super::recompute`] does.
pub async fn keep(tx: &mut Tx, begun: &[Begun]) -> Result<()> {
    let kept: Vec<_> = begun.iter().map(|begun| (begun.case_id, &begun.kept, begun.at)).collect();
    store::keep_new(&mut *tx, &kept).await?;
    let moved: Vec<&Begun> = begun.iter().filter(|begun| begun.has_moved()).collect();
    let changes: Vec<(Change<'_>, Timestamp)> = moved
        .iter()
        .map(|begun| {
            let change = Change {
                case_id: begun.case_id,
                kind: "computed",
                former: begun.former,
                period: begun.period,
                computation: begun.kept.computation.as_ref(),
                reason: "",
                by: None,
            };
            (change, begun.at)
        })
        .collect();
    store::append_all(&mut *tx, &changes).await?;
    let entries = moved.iter().map(|begun| {
        Entry::by_system(begun.at, "period.computed")
            .about(begun.case_id)
            .with(json!({ "before": days(begun.former), "after": days(begun.period) }))
    });
    Entry::write_all(entries.collect(), &mut *tx).await?;
    // Nobody else knows of these people yet: all lines about them are of this transaction.
    let people: Vec<Uuid> = begun.iter().map(|begun| begun.case_id).collect();
    store::take(tx, &people).await
}
