//! A page of many people: the order picks the index, which is walked from where the page begins until it is full.

use time::Date;
use uuid::Uuid;

use crate::cases::find::keys::Driver;
use crate::cases::find::page::{Anchored, Key, Part};
use crate::cases::find::{Search, Sort, SortKey};
use crate::db::{Value, sql};
use crate::error::Result;

/// A piece of the list in which one range of the order's index lies. Where some rows have no key, the two
/// databases would put them at different ends; so they are asked for by themselves.
enum Segment {
    /// All rows with a key.
    Given,
    /// Rows with this key, behind this one.
    Same(Value, Uuid),
    /// Rows with a key behind this one.
    Beyond(Value),
    /// All rows without a key.
    Missing,
    /// Those behind this one.
    MissingBeyond(Uuid),
}

/// Before it nobody fell ill.
const FIRST_DAY: Date = time::macros::date!(0001 - 01 - 01);

impl Search<'_> {
    /// The people of the page at `position`.
    pub(super) async fn walked(&self, sort: Sort, position: Anchored, size: usize) -> Result<Part> {
        let part = self.walk(sort, &position, size).await?;
        if part.people.is_empty() && !matches!(position, Anchored::First) {
            // All who stood there have left what was searched for; others may stand before them.
            return self.walk(sort, &Anchored::First, size).await;
        }
        Ok(part)
    }

    async fn walk(&self, sort: Sort, position: &Anchored, size: usize) -> Result<Part> {
        let backward = matches!(position, Anchored::Last | Anchored::Before(..));
        let mut people: Vec<Uuid> = Vec::with_capacity(size + 1);
        for segment in segments(sort.key, position) {
            let wanted = size + 1 - people.len();
            if wanted == 0 {
                break;
            }
            people.extend(self.segment(sort, backward, segment, wanted).await?);
        }
        let more = people.len() > size;
        people.truncate(size);
        let (before, after) = match position {
            Anchored::First => (false, more),
            Anchored::After(..) => (true, more),
            Anchored::Last => (more, false),
            Anchored::Before(..) => (more, true),
        };
        if backward {
            people.reverse();
        }
        Ok(Part { people, before, after })
    }

    async fn segment(&self, sort: Sort, backward: bool, segment: Segment, wanted: usize) -> Result<Vec<Uuid>> {
        let mut condition = self.condition(Driver::Order(sort.key));
        let name = sort.key.column();
        let descending = sort.descending != backward;
        let (sign, direction) = if descending { ("<", "desc") } else { (">", "asc") };
        let parts = match segment {
            Segment::Given if sort.key.is_nullable() => vec![condition.compare(name, ">=", FIRST_DAY)],
            Segment::Given => vec![],
            Segment::Missing => vec![format!("c.{name} is null")],
            Segment::MissingBeyond(case_id) => {
                vec![format!("c.{name} is null"), condition.compare("case_id", sign, case_id)]
            }
            Segment::Same(value, case_id) => {
                vec![condition.compare(name, "=", value), condition.compare("case_id", sign, case_id)]
            }
            Segment::Beyond(value) => vec![condition.compare(name, sign, value)],
        };
        for part in parts {
            condition.pick(&part);
        }
        let text = format!(
            "select c.case_id {} order by c.{name} {direction}, c.case_id {direction} limit {wanted}",
            condition.rows()
        );
        let people: Vec<(Uuid,)> = sql(&text).bind_all(condition.values).planned_anew().all(self.scope.db()).await?;
        Ok(people.into_iter().map(|(case_id,)| case_id).collect())
    }
}

/// The pieces to read for a page, in the order in which it is filled.
fn segments(key: SortKey, position: &Anchored) -> Vec<Segment> {
    let missing = key.is_nullable().then_some(Segment::Missing);
    let keys = |(case_id, key): &(Uuid, Key)| (*case_id, key.clone().value());
    match position {
        Anchored::First => [Segment::Given].into_iter().chain(missing).collect(),
        Anchored::Last => missing.into_iter().chain([Segment::Given]).collect(),
        Anchored::After(row) => match keys(row) {
            (case_id, Some(value)) => {
                [Segment::Same(value.clone(), case_id), Segment::Beyond(value)].into_iter().chain(missing).collect()
            }
            (case_id, None) => vec![Segment::MissingBeyond(case_id)],
        },
        Anchored::Before(row) => match keys(row) {
            (case_id, Some(value)) => vec![Segment::Same(value.clone(), case_id), Segment::Beyond(value)],
            (case_id, None) => vec![Segment::MissingBeyond(case_id), Segment::Given],
        },
    }
}
