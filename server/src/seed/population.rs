//! Drawing many people, in the order in which their episodes began.

use hersys_shared::symptoms::CaseKind;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::cases::NewCase;
use crate::clock::Timestamp;
use crate::seed::course::{self, Period, Reporter, ordered_id};
use crate::seed::episodes::Episode;
use crate::seed::notified;
use crate::seed::people::{self, Person};
use crate::seed::tables::pick;
use crate::seed::{Center, Options};
use crate::texts::Texts;

pub struct Population {
    pub options: Options,
    pub now: Timestamp,
    pub centers: Vec<Center>,
    pub texts: Texts,
    pub rng: Xoshiro256PlusPlus,
}

/// The first centre's share of all people, in percent: of a million that is what the largest
/// centres of a prefecture have.
const FIRST_CENTERS_SHARE: i32 = 5;

impl Population {
    /// Draws all people and sends them on, `at_once` at a time; ends early when nobody listens.
    pub fn draw(mut self, at_once: usize, out: &mpsc::Sender<Vec<Episode>>) {
        let all = self.options.cases as usize;
        let mut done = 0;
        let mut batch = Vec::with_capacity(at_once + 8);
        while done < all {
            let household = self.household(done, all);
            for episode in household.into_iter().take(all - done) {
                batch.push(episode);
                done += 1;
            }
            if (batch.len() >= at_once || done == all) && out.blocking_send(std::mem::take(&mut batch)).is_err() {
                return;
            }
        }
    }

    /// The household of the case number `at` of `all`. Each has numbers of its own, so that one
    /// person more or less in one changes nothing in the others.
    fn household(&mut self, at: usize, all: usize) -> Vec<Episode> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.rng.random());
        let Some(center) = self.center(&mut rng).cloned() else {
            return vec![];
        };
        let began_at = self.began_at(at, all, &mut rng);
        let mut first = None;
        people::household(center.city, began_at.day(), &mut rng)
            .into_iter()
            .map(|person| {
                let episode = self.episode(person, &center, began_at, first, &mut rng);
                first = first.or(Some(episode.case.case_id));
                episode
            })
            .collect()
    }

    fn center(&self, rng: &mut Xoshiro256PlusPlus) -> Option<&Center> {
        match self.centers.as_slice() {
            [only] => Some(only),
            [first, ..] if rng.random_range(0..100) < FIRST_CENTERS_SHARE => Some(first),
            [_, others @ ..] => pick(others, rng),
            [] => None,
        }
    }

    /// Evenly over the past days, in office hours, in order.
    fn began_at(&self, at: usize, all: usize, rng: &mut Xoshiro256PlusPlus) -> Timestamp {
        let day = self.options.past_days * i64::try_from(at).unwrap_or(0) / i64::try_from(all).unwrap_or(1);
        let began = self.now.day() - Duration::days(self.options.past_days - 1 - day);
        let at = Timestamp::start_of(began) + Duration::seconds(rng.random_range(8 * 3600..20 * 3600));
        at.min(self.now)
    }

    fn episode(
        &self,
        person: Person,
        center: &Center,
        at: Timestamp,
        first: Option<Uuid>,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Episode {
        let kind = if person.is_contact { CaseKind::Contact } else { CaseKind::Patient };
        let case_id = ordered_id(at, rng);
        let (organization_id, account_id) = match center.enterers.as_slice() {
            enterers if rng.random_bool(0.4) => pick(enterers, rng).copied(),
            enterers => enterers.iter().find(|(id, _)| *id == center.organization_id).copied(),
        }
        .unwrap_or((center.organization_id, center.organization_id));
        let began = at.day();
        let until = began + Duration::days(self.options.days);
        let reporter = Reporter::draw(kind, person.age, account_id, rng);
        let period =
            Period { case_id, kind, from: began, until: until.min(self.now.day() + Duration::days(1)), now: self.now };
        let reports =
            if self.options.no_reports { vec![] } else { course::reports(&period, &reporter, &self.texts, rng) };
        // A contact has a record without a notification.
        let episode = match kind {
            CaseKind::Patient => notified::episode(&notified::facts(person.age, began, rng)),
            CaseKind::Contact => hersys_shared::episode::Episode::default(),
        };
        Episode {
            case: NewCase {
                case_id,
                kind,
                identity: person.identity,
                episode,
                responsible_center_id: center.organization_id,
                receiving_center_id: (organization_id != center.organization_id).then_some(center.organization_id),
                index_case_id: first.filter(|_| person.is_contact),
                observed_from: Some(began),
                observed_until: Some(until - Duration::days(1)),
                account_id,
                organization_id,
                at,
            },
            reports,
        }
    }
}
