//! Rules tried on the reports of the last days: whom they would move. Nothing is kept, nobody is moved.
//!
//! People are read a few hundred at a time; after [`PATIENCE`] the trial says how far it came.

use std::time::Duration;

use hersys_shared::symptoms::CaseKind;
use hersys_shared::triage::{Alert, RuleSet, Verdict};
use time::Date;
use tokio::time::Instant;
use uuid::Uuid;

use crate::access::grant::Action;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::monitoring::rules::desk::Desk;
use crate::monitoring::rules::store::{self, Tried};
use crate::monitoring::watch;
use crate::monitoring::watch::rules::Chain;
use crate::texts::Texts;

/// People who are read together.
const TOGETHER: i64 = 300;

/// How long whoever asked is made to wait.
const PATIENCE: Duration = Duration::from_secs(8);

/// Rules look back so many days at most: the history of the first day that is looked at.
const HISTORY: i64 = 14;

/// What is tried.
pub struct Request<'a> {
    pub now: &'a RuleSet,
    pub then: &'a RuleSet,
    /// 1…14
    pub days: i64,
}

/// People by the most urgent level that they reached; in the order of [`Alert::rank`], none first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([usize; 4]);

impl Counts {
    fn add(&mut self, alert: Option<Alert>) {
        if let Some(count) = self.0.get_mut(rank(alert)) {
            *count += 1;
        }
    }

    pub fn of(self, alert: Option<Alert>) -> usize {
        self.0.get(rank(alert)).copied().unwrap_or_default()
    }
}

fn rank(alert: Option<Alert>) -> usize {
    alert.map_or(0, |alert| usize::try_from(alert.rank()).unwrap_or_default())
}

/// How the people of a centre stand by the rules that count and by those that are tried.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub name: String,
    pub people: usize,
    /// Reached at least once in the days.
    pub days_now: Counts,
    pub days_then: Counts,
    /// On the board at this moment.
    pub board_now: Counts,
    pub board_then: Counts,
    /// Whoever would be moved at all.
    pub moved: usize,
    /// Whether everybody was looked at.
    pub is_whole: bool,
}

/// Somebody whom the rules would move.
#[derive(Debug, Clone)]
pub struct Moved {
    pub case_id: Uuid,
    pub name: String,
    pub birth_on: Option<Date>,
    pub now: Verdict,
    pub then: Verdict,
    pub board_now: Option<Alert>,
    pub board_then: Option<Alert>,
}

impl Moved {
    /// Greater where somebody rises; below 0 where somebody falls.
    pub fn rise(&self) -> i64 {
        let rank = |alert: Option<Alert>| alert.map_or(0, Alert::rank);
        match rank(self.then.alert) - rank(self.now.alert) {
            0 => rank(self.board_then) - rank(self.board_now),
            rise => rise,
        }
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Trial {
    /// One for a centre; for an office above one for each centre that has no rules of its own.
    pub tallies: Vec<Tally>,
    /// For a centre alone: whoever rises most first.
    pub moved: Vec<Moved>,
}

impl Trial {
    pub fn people(&self) -> usize {
        self.tallies.iter().map(|tally| tally.people).sum()
    }

    pub fn is_whole(&self) -> bool {
        self.tallies.iter().all(|tally| tally.is_whole)
    }
}

/// Tries rules on the people of the desk's office.
pub async fn run<A: Action>(desk: &Desk<A>, texts: &Texts, now: Timestamp, request: &Request<'_>) -> Result<Trial> {
    let until = Instant::now() + PATIENCE;
    let mut places: Vec<Place> = concerned(desk, now.day()).await?.into_iter().map(Place::new).collect();
    let mut moved = Vec::new();
    // Some of each centre in turn, so that none is left out where time runs short.
    while places.iter().any(|place| !place.tally.is_whole) && Instant::now() < until {
        for place in places.iter_mut().filter(|place| !place.tally.is_whole) {
            if Instant::now() >= until {
                break;
            }
            let some = place.some(desk, texts, now.day(), request).await?;
            if desk.is_center() {
                moved.extend(some);
            }
        }
    }
    moved.sort_by(|one, other| other.rise().cmp(&one.rise()).then(one.case_id.cmp(&other.case_id)));
    Ok(Trial { tallies: places.into_iter().map(|place| place.tally).collect(), moved })
}

/// The centres whose people the desk's rules are for.
async fn concerned<A: Action>(desk: &Desk<A>, today: Date) -> Result<Vec<store::Center>> {
    let centers = store::centers(desk.db()).await?;
    if desk.is_center() {
        let own = desk.staff().organization_id;
        return Ok(centers.into_iter().filter(|center| center.organization_id == own).collect());
    }
    let chain = Chain::on(desk.db(), today).await?;
    let office = desk.office();
    let is_concerned = |center_id: Uuid| {
        let writer = chain.of(Some(center_id)).and_then(|header| header.organization_id);
        // An office between this one and the centre has the last word.
        let wrote_below = writer.is_some_and(|writer| Some(writer) != office && chain.governs(office, writer));
        chain.governs(office, center_id) && !wrote_below
    };
    Ok(centers.into_iter().filter(|center| is_concerned(center.organization_id)).collect())
}

/// A centre, and how far the trial has come in it.
struct Place {
    center_id: Uuid,
    after: Uuid,
    tally: Tally,
}

impl Place {
    fn new(center: store::Center) -> Self {
        let tally = Tally { name: center.name, ..Tally::default() };
        Self { center_id: center.organization_id, after: Uuid::nil(), tally }
    }

    /// Looks at the next people; whom the rules would move.
    async fn some<A: Action>(
        &mut self,
        desk: &Desk<A>,
        texts: &Texts,
        today: Date,
        request: &Request<'_>,
    ) -> Result<Vec<Moved>> {
        let people = store::people(desk.db(), self.center_id, today, self.after, TOGETHER).await?;
        let Some(last) = people.last() else {
            self.tally.is_whole = true;
            return Ok(Vec::new());
        };
        self.after = last.case_id;
        self.tally.is_whole = i64::try_from(people.len()).unwrap_or(i64::MAX) < TOGETHER;
        let back = |days: i64| today.checked_sub(time::Duration::days(days)).unwrap_or(Date::MIN);
        let since = back(request.days - 1);
        let ids: Vec<Uuid> = people.iter().map(|person| person.case_id).collect();
        let mut reports = watch::reports_since(desk.db(), back(request.days - 1 + HISTORY), &ids).await?;
        let mut moved = Vec::new();
        for person in people {
            let reports = reports.remove(&person.case_id).unwrap_or_default();
            let kind = CaseKind::from_code(&person.kind)
                .ok_or_else(|| Error::Internal(format!("case {}: unreadable kind", person.case_id)))?;
            let told = |rules: &RuleSet| {
                let board = watch::judge_as_board(rules, (kind, &reports), Some(person.seen_until), today, texts);
                (watch::look_back(rules, (kind, &reports), since, texts), board.alert)
            };
            let (before, after) = (told(request.now), told(request.then));
            moved.extend(self.tally.add(person, before, after));
        }
        // Whoever reports meanwhile gets their turn.
        tokio::task::yield_now().await;
        Ok(moved)
    }
}

impl Tally {
    fn add(
        &mut self,
        person: Tried,
        (now, board_now): (Verdict, Option<Alert>),
        (then, board_then): (Verdict, Option<Alert>),
    ) -> Option<Moved> {
        self.people += 1;
        self.days_now.add(now.alert);
        self.days_then.add(then.alert);
        self.board_now.add(board_now);
        self.board_then.add(board_then);
        if now.alert == then.alert && board_now == board_then {
            return None;
        }
        self.moved += 1;
        let Tried { case_id, name, birth_on, .. } = person;
        Some(Moved { case_id, name, birth_on, now, then, board_now, board_then })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody() -> Tried {
        Tried { case_id: Uuid::nil(), kind: "patient".into(), name: "山田".into(), birth_on: None, seen_until: 0 }
    }

    #[test]
    fn everybody_is_counted_and_only_who_moves_is_told() {
        let mut tally = Tally::default();
        let verdict = |alert| Verdict { alert, hits: Vec::new() };
        let mut add = |now, then| tally.add(somebody(), (verdict(now), now), (verdict(then), then));
        assert!(add(None, None).is_none());
        let risen = add(Some(Alert::NewSymptom), Some(Alert::Emergency)).map(|moved| moved.rise());
        let fallen = add(Some(Alert::Worse), None).map(|moved| moved.rise());
        assert_eq!((risen, fallen), (Some(2), Some(-2)));
        assert_eq!((tally.people, tally.moved), (3, 2));
        assert_eq!((tally.days_then.of(None), tally.days_now.of(None)), (2, 1));
        assert_eq!(tally.board_then.of(Some(Alert::Emergency)), 1);
    }
}
