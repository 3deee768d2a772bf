//! Group commit of notifications: those that arrive while a commit is under way share the next one.

use std::collections::HashSet;

use crate::App;
use crate::access::{Client, Staff};
use crate::batch::Batcher;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::notification::file::new_people::{self, NewPerson};
use crate::notification::file::{self, Filer, Filing, Person, Reported};
use crate::notification::store;

/// Most notifications that share a commit, few enough that others are checked meanwhile; and most that wait for one
/// before new ones are told to come back.
const MOST_TOGETHER: usize = 16;
const MOST_WAITING: usize = 1024;

/// A notification to be reported, and by whom.
pub struct Job {
    pub staff: Staff,
    pub client: Client,
    pub at: Timestamp,
    pub filing: Filing,
}

impl Job {
    fn filer(&self) -> Filer<'_> {
        Filer { staff: &self.staff, client: &self.client, at: self.at }
    }
}

/// A job with the service that it is for: the queue is made before the service.
type Queued = (App, Job);

/// The way in for single notifications. Cheap to clone.
#[derive(Clone)]
pub struct Filings {
    queue: Batcher<Queued, Result<Reported>>,
}

impl Default for Filings {
    fn default() -> Self {
        Self { queue: Batcher::start(MOST_TOGETHER, MOST_WAITING, all) }
    }
}

impl Filings {
    /// Reports a notification as [`file::report`] does, in a transaction that others may share; answers once it is
    /// durable.
    pub async fn report(&self, app: &App, job: Job) -> Result<Reported> {
        let reported = self.queue.run((app.clone(), job)).await.map_err(|_| Error::Unavailable("filing"))?;
        app.outbox.wake();
        reported
    }
}

async fn all(queued: Vec<Queued>) -> Vec<Result<Reported>> {
    let Some(app) = queued.first().map(|(app, _)| app.clone()) else { return Vec::new() };
    let jobs: Vec<Job> = queued.into_iter().map(|(_, job)| job).collect();
    let mut answers: Vec<Option<Reported>> = together(&app, &jobs).await.unwrap_or_else(|error| {
        // One of them is the reason; alone, each gets its own answer.
        tracing::debug!(%error, "notifications are reported one by one");
        jobs.iter().map(|_| None).collect()
    });
    let mut outcomes = Vec::with_capacity(jobs.len());
    for (job, answer) in jobs.iter().zip(answers.drain(..)) {
        outcomes.push(match answer {
            Some(reported) => Ok(reported),
            None => alone(&app, job).await,
        });
    }
    outcomes
}

/// Reports those of new people who are not there yet; the others are left.
async fn together(app: &App, jobs: &[Job]) -> Result<Vec<Option<Reported>>> {
    let (mut people, mut notifications) = (HashSet::new(), HashSet::new());
    let mut new: Vec<(usize, NewPerson<'_>)> = Vec::new();
    for (place, job) in jobs.iter().enumerate() {
        if let Person::New(case_id) = job.filing.person
            && people.insert(case_id)
            && notifications.insert(job.filing.notification_id)
        {
            new.push((place, NewPerson { case_id, filer: job.filer(), filing: &job.filing }));
        }
    }
    let mut answers: Vec<Option<Reported>> = jobs.iter().map(|_| None).collect();
    if new.len() < 2 {
        return Ok(answers);
    }
    let mut tx = app.db.begin().await?;
    let there = store::people_there(&mut tx, new.iter().map(|(_, person)| person.case_id).collect()).await?;
    new.retain(|(_, person)| !there.contains(&person.case_id));
    let (places, people): (Vec<usize>, Vec<NewPerson<'_>>) = new.into_iter().unzip();
    let reported = new_people::report(&mut tx, app, &people).await?;
    tx.commit().await?;
    for (place, reported) in places.into_iter().zip(reported) {
        answers[place] = Some(reported);
    }
    Ok(answers)
}

async fn alone(app: &App, job: &Job) -> Result<Reported> {
    let mut tx = app.db.begin().await?;
    let reported = file::report(&mut tx, app, job.filer(), &job.filing).await?;
    tx.commit().await?;
    Ok(reported)
}
