//! Very many messages of one kind: put into the outbox with their lease, handed over many at a time, and finished many
//! at a time. One after the other, as codes and notices go, would take a morning for a nation's reminders.
//!
//! The row is that of every message: who takes it again after a lease ran out, what a provider tells later, and what
//! the outbox shows do not differ.

mod store;

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use tokio::task::JoinSet;
use uuid::Uuid;

use super::delivery::{self, Outcome};
use super::store::Leased;
use super::{Channel, SmsProvider};
use crate::App;
use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::error::Result;

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
/// returns those that are still to leave.
pub async fn hand_over<F, W>(app: &App, messages: Vec<Leased>, wanted: F) -> Result<Sent>
where
    F: Fn(Vec<Uuid>) -> W,
    W: Future<Output = Result<HashSet<Uuid>>>,
{
    // A mail server takes few connections, a provider's HTTP API many.
    let (mails, others): (Vec<_>, Vec<_>) =
        messages.into_iter().partition(|message| message.channel == Channel::Mail.code());
    let messaging = &app.config.messaging;
    let (mails, others) = tokio::join!(
        lane(app, mails, messaging.mail_connections, &wanted),
        lane(app, others, messaging.at_once, &wanted),
    );
    let (mails, others) = (mails?, others?);
    Ok(Sent {
        handed_over: mails.handed_over + others.handed_over,
        refused: mails.refused + others.refused,
        postponed: mails.postponed + others.postponed,
        dropped: mails.dropped + others.dropped,
    })
}

async fn lane<F, W>(app: &App, messages: Vec<Leased>, at_once: usize, wanted: &F) -> Result<Sent>
where
    F: Fn(Vec<Uuid>) -> W,
    W: Future<Output = Result<HashSet<Uuid>>>,
{
    let mut waiting = VecDeque::from(messages);
    let mut looked_at = app.clock.now();
    let mut sending = JoinSet::new();
    let mut ended: Vec<(Leased, Outcome)> = Vec::new();
    let mut sent = Sent::default();
    loop {
        if !waiting.is_empty() && sending.len() < at_once && app.clock.now() > looked_at + FRESH {
            let before = waiting.len();
            let still = wanted(waiting.iter().map(|message| message.message_id).collect()).await?;
            waiting.retain(|message| still.contains(&message.message_id));
            sent.dropped += before - waiting.len();
            looked_at = app.clock.now();
        }
        while sending.len() < at_once {
            let Some(message) = waiting.pop_front() else { break };
            let app = app.clone();
            sending.spawn(async move {
                let outcome = delivery::attempt(&app, &message).await;
                (message, outcome)
            });
        }
        if sending.is_empty() {
            break;
        }
        // A panic in a client loses the note only: the lease runs out, and the message is tried again.
        let next = tokio::time::timeout(SOON, sending.join_next()).await;
        let is_late = next.is_err();
        if let Ok(Some(Ok(done))) = next {
            ended.push(done);
        }
        while ended.len() < TOGETHER {
            match sending.try_join_next() {
                Some(Ok(done)) => ended.push(done),
                Some(Err(_)) => {}
                None => break,
            }
        }
        if ended.len() >= TOGETHER || is_late || (sending.is_empty() && waiting.is_empty()) {
            note(app, std::mem::take(&mut ended), &mut sent).await?;
        }
    }
    note(app, ended, &mut sent).await?;
    Ok(sent)
}

async fn note(app: &App, ended: Vec<(Leased, Outcome)>, sent: &mut Sent) -> Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    for (_, outcome) in &ended {
        match outcome {
            Outcome::Sent(_) => sent.handed_over += 1,
            Outcome::Never(_) => sent.refused += 1,
            Outcome::Later(..) => sent.postponed += 1,
        }
    }
    store::note(&app.db, ended, app.clock.now(), app.config.demo).await
}

/// Whether there is somebody to take SMS and their replies.
pub fn takes_replies(app: &App) -> bool {
    match &app.config.messaging.sms {
        SmsProvider::Twilio(twilio) => twilio.has_number(),
        SmsProvider::Outbox => app.config.demo,
    }
}
