//! Very many messages of one kind: put into the outbox with their lease, handed over many at a time, and finished many
//! at a time. One after the other, as codes and notices go, would take a morning for a nation's reminders.
//!
//! The row is that of every message: who takes it again after a lease ran out, what a provider tells later, and what
//! the outbox shows do not differ.

mod store;

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use super::delivery::{self, Outcome};
use super::store::Leased;
use super::{Channel, SmsProvider, status_callback};
use crate::App;
use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};

pub use store::cancel;

/// What the messages of this way are for.
pub const REMINDER: &str = "reminder";

/// Long enough for a slow provider to take all that was put together.
pub const LEASE: time::Duration = time::Duration::minutes(10);

/// Notes that are written together.
const TOGETHER: usize = 250;

/// Longest that a note waits for others.
const SOON: Duration = Duration::from_millis(300);

/// After this, whoever waits behind others is looked at once more before they leave.
const FRESH: time::Duration = time::Duration::seconds(1);

/// A message to be put.
#[derive(Debug, Clone)]
pub struct Bulk {
    pub message_id: Uuid,
    /// As [`Channel::code`] says.
    pub channel: &'static str,
    pub recipient: String,
    pub subject: String,
    pub body: String,
    /// The token of the link that ends such mails.
    pub unsubscribe: String,
    /// Nobody where it speaks of several.
    pub case_id: Option<Uuid>,
    pub expires_at: Timestamp,
}

/// Puts messages, held by this process where their channel leads somewhere; those that were there before, and were
/// not cancelled, are left as they are. Returns the new ones of the held.
pub async fn put(tx: &mut Tx, messages: Vec<Bulk>, channels: &[Channel], now: Timestamp) -> Result<Vec<Leased>> {
    store::put(tx, messages, channels, now, now + LEASE).await
}

/// Messages that were not taken, or whose process died, to be tried again.
pub async fn take_again(db: &Db, app: &App, most: usize, now: Timestamp) -> Result<Vec<Leased>> {
    Ok(super::store::take_of(db, REMINDER, &channels(app), most, now, now + LEASE).await?)
}

/// The channels that lead somewhere.
pub fn channels(app: &App) -> Vec<Channel> {
    delivery::channels(app)
}

/// What became of messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    pub handed_over: usize,
    pub refused: usize,
    pub postponed: usize,
    /// Not wanted any more when their turn came.
    pub dropped: usize,
}

impl Sent {
    pub fn tried(self) -> usize {
        self.handed_over + self.refused + self.postponed
    }

    /// Whether nobody at the other end takes anything.
    pub fn is_stuck(self) -> bool {
        self.postponed > 0 && self.handed_over + self.refused == 0
    }
}

/// Hands messages over, many at once. Whoever had to wait is asked for by `wanted` once more: of the ids that it gets it
/// returns those that are still to leave. Once `stopped` is true nothing more begins.
pub async fn hand_over<F, W>(app: &App, messages: Vec<Leased>, stopped: &Receiver<bool>, wanted: F) -> Result<Sent>
where
    F: Fn(Vec<Uuid>) -> W,
    W: Future<Output = Result<HashSet<Uuid>>>,
{
    // A mail server takes few connections, a provider's HTTP API many.
    let (mails, others): (Vec<_>, Vec<_>) =
        messages.into_iter().partition(|message| message.channel == Channel::Mail.code());
    let messaging = &app.config.messaging;
    let (mails, others) = tokio::join!(
        Lane::new(app, mails, messaging.mail_connections, stopped).run(&wanted),
        Lane::new(app, others, messaging.at_once, stopped).run(&wanted),
    );
    let (mails, others) = (mails?, others?);
    Ok(Sent {
        handed_over: mails.handed_over + others.handed_over,
        refused: mails.refused + others.refused,
        postponed: mails.postponed + others.postponed,
        dropped: mails.dropped + others.dropped,
    })
}

/// Messages on their way to one kind of provider.
struct Lane<'a> {
    app: &'a App,
    stopped: &'a Receiver<bool>,
    at_once: usize,
    waiting: VecDeque<Leased>,
    looked_at: Timestamp,
    sending: JoinSet<(Leased, Outcome)>,
    ended: Vec<(Leased, Outcome)>,
    /// When the oldest of `ended` did.
    ended_at: Option<Instant>,
    /// Why nothing more begins.
    failure: Option<Error>,
    sent: Sent,
}

impl<'a> Lane<'a> {
    fn new(app: &'a App, messages: Vec<Leased>, at_once: usize, stopped: &'a Receiver<bool>) -> Self {
        Self {
            app,
            stopped,
            at_once,
            waiting: VecDeque::from(messages),
            looked_at: app.clock.now(),
            sending: JoinSet::new(),
            ended: Vec::new(),
            ended_at: None,
            failure: None,
            sent: Sent::default(),
        }
    }

    async fn run<F, W>(mut self, wanted: &F) -> Result<Sent>
    where
        F: Fn(Vec<Uuid>) -> W,
        W: Future<Output = Result<HashSet<Uuid>>>,
    {
        let deadline = Instant::now() + LEASE.unsigned_abs();
        loop {
            if (self.failure.is_some() || *self.stopped.borrow()) && !self.waiting.is_empty() {
                self.give_back().await;
            }
            if let Err(error) = self.begin_some(wanted).await {
                self.failure = Some(error);
                continue;
            }
            if self.sending.is_empty() && self.waiting.is_empty() && self.ended.is_empty() {
                return self.failure.map_or(Ok(self.sent), Err);
            }
            self.listen().await;
            let is_late = self.ended_at.is_some_and(|at| at.elapsed() >= SOON);
            let is_last = self.sending.is_empty() && self.waiting.is_empty();
            if !self.ended.is_empty() && (self.ended.len() >= TOGETHER || is_late || is_last) {
                // What went out and is not noted goes out again: so long as nobody else may take it, it is tried.
                if let Err(error) = self.note().await {
                    if Instant::now() >= deadline {
                        return Err(error);
                    }
                    tracing::warn!(%error, "cannot note how messages ended; it is tried again");
                    self.failure = Some(error);
                    tokio::time::sleep(SOON).await;
                }
            }
        }
    }

    /// Lets a handful begin, if there is room for one: those that this process still holds at this moment.
    async fn begin_some<F, W>(&mut self, wanted: &F) -> Result<()>
    where
        F: Fn(Vec<Uuid>) -> W,
        W: Future<Output = Result<HashSet<Uuid>>>,
    {
        let room = self.at_once.saturating_sub(self.sending.len());
        if self.waiting.is_empty() || room < (self.at_once / 4).max(1) {
            return Ok(());
        }
        if self.app.clock.now() > self.looked_at + FRESH {
            let before = self.waiting.len();
            let still = wanted(self.waiting.iter().map(|message| message.message_id).collect()).await?;
            self.waiting.retain(|message| still.contains(&message.message_id));
            self.sent.dropped += before - self.waiting.len();
            self.looked_at = self.app.clock.now();
        }
        let ids: Vec<Uuid> = self.waiting.iter().take(room).map(|message| message.message_id).collect();
        // Whoever tries a message raises its attempts: of another number, it is somebody else's by now.
        let held = store::held(&self.app.db, &ids, self.app.clock.now(), delivery::LONGEST).await?;
        for message in self.waiting.drain(..ids.len()) {
            if held.get(&message.message_id) != Some(&message.attempts) {
                self.sent.dropped += 1;
                continue;
            }
            let app = self.app.clone();
            self.sending.spawn(async move {
                let outcome = delivery::attempt(&app, &message).await;
                (message, outcome)
            });
        }
        Ok(())
    }

    /// Waits for what ends next, no longer than notes may wait.
    async fn listen(&mut self) {
        let most = self.ended_at.map_or(SOON, |at| SOON.saturating_sub(at.elapsed()));
        // A panic in a client loses the note only: the lease runs out, and the message is tried again.
        if let Ok(Some(Ok(done))) = tokio::time::timeout(most, self.sending.join_next()).await {
            self.ended.push(done);
        }
        while self.ended.len() < TOGETHER {
            match self.sending.try_join_next() {
                Some(Ok(done)) => self.ended.push(done),
                Some(Err(_)) => {}
                None => break,
            }
        }
        if !self.ended.is_empty() {
            self.ended_at.get_or_insert_with(Instant::now);
        }
    }

    async fn note(&mut self) -> Result<()> {
        let app = self.app;
        store::note(&app.db, &self.ended, app.clock.now(), app.config.demo).await?;
        for (_, outcome) in &self.ended {
            match outcome {
                Outcome::Sent(_) | Outcome::Unsure(_) => self.sent.handed_over += 1,
                Outcome::Never(_) => self.sent.refused += 1,
                Outcome::Later(..) => self.sent.postponed += 1,
            }
        }
        self.ended.clear();
        self.ended_at = None;
        status_callback::note_early(&app.db).await;
        Ok(())
    }

    /// Whoever is not asked by this process is free for another one; else the lease runs out.
    async fn give_back(&mut self) {
        let left: Vec<Leased> = self.waiting.drain(..).collect();
        self.sent.dropped += left.len();
        if let Err(error) = store::give_back(&self.app.db, &left).await {
            tracing::warn!(%error, "messages were not given back; their lease runs out");
        }
    }
}

/// Whether there is somebody to take SMS and their replies.
pub fn takes_replies(app: &App) -> bool {
    match &app.config.messaging.sms {
        SmsProvider::Twilio(twilio) => twilio.has_number(),
        SmsProvider::Outbox => app.config.demo,
    }
}
