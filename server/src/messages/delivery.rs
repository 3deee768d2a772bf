//! The worker that empties the outbox.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::bulk::{self, REMINDER};
use super::store::{self, End, Leased};
use super::{Channel, Refusal, SmsProvider, hours, push, retry, status_callback};
use crate::App;
use crate::clock::Timestamp;
use crate::error::Result;

/// Messages under way at once in one process.
const MOST_AT_ONCE: usize = 16;

/// Messages of other processes, and retries, are found by looking; own ones wake the worker.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Longest that handing over may take. Well below the lease, so that a slow server is not asked twice.
pub(super) const LONGEST: Duration = Duration::from_secs(60);
const LEASE: time::Duration = time::Duration::minutes(3);

/// Tries of a message of which nobody knows whether it went out.
const MOST_UNSURE: i64 = 2;

/// Sends what is due until told to stop, then finishes what is under way.
pub async fn deliver(app: App, mut stopped: watch::Receiver<bool>) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sending = JoinSet::new();
    // Whether more may be due than there was room for.
    let mut more = false;
    loop {
        tokio::select! {
            () = told_to_stop(&mut stopped) => break,
            Some(_) = sending.join_next(), if !sending.is_empty() => {
                // A backlog is taken by the handful, not one by one.
                if !more || sending.len() > MOST_AT_ONCE / 2 {
                    continue;
                }
            }
            () = app.outbox.woken() => {}
            _ = look.tick() => expire(&app).await,
        }
        let room = MOST_AT_ONCE - sending.len();
        match take(&app, room).await {
            Ok(messages) => {
                more = messages.len() == room;
                for message in messages {
                    sending.spawn(hand_over(app.clone(), message));
                }
            }
            Err(error) => tracing::warn!(%error, "outbox not readable"),
        }
    }
    while sending.join_next().await.is_some() {}
}

async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// One round: ends what has expired and tries what is due, as much as goes at once. Returns how many
/// messages were tried.
pub async fn deliver_due(app: &App) -> Result<usize> {
    store::expire(&app.db, app.clock.now(), app.config.demo).await?;
    let messages = take(app, MOST_AT_ONCE).await?;
    let tried = messages.len();
    let mut sending = JoinSet::new();
    for message in messages {
        sending.spawn(hand_over(app.clone(), message));
    }
    while sending.join_next().await.is_some() {}
    Ok(tried)
}

async fn expire(app: &App) {
    match store::expire(&app.db, app.clock.now(), app.config.demo).await {
        Ok(0) => {}
        Ok(count) => tracing::warn!(count, "messages expired unsent"),
        Err(error) => tracing::warn!(%error, "outbox not readable"),
    }
}

async fn take(app: &App, most: usize) -> Result<Vec<Leased>> {
    let now = app.clock.now();
    Ok(store::take(&app.db, &channels(app), most, now, now + LEASE).await?)
}

/// The channels that lead somewhere; messages of the others wait.
pub(super) fn channels(app: &App) -> Vec<Channel> {
    let messaging = &app.config.messaging;
    let mail = (app.config.demo || messaging.mail.is_some()).then_some(Channel::Mail);
    let sms = (app.config.demo || !matches!(messaging.sms, SmsProvider::Outbox)).then_some(Channel::Sms);
    let call = (app.config.demo || messaging.voice.is_some()).then_some(Channel::Call);
    let push = app.pusher.public_key().is_some().then_some(Channel::Push);
    mail.into_iter().chain(sms).chain(call).chain(push).collect()
}

/// What became of trying a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The provider's id for it, if it gives one.
    Sent(Option<String>),
    /// Handed over without an answer, with the code: it counts as sent.
    Unsure(String),
    /// Refused for good, with the code.
    Never(String),
    /// To be tried again at a time.
    Later(String, Timestamp),
}

/// Tries a message once.
pub(super) async fn attempt(app: &App, message: &Leased) -> Outcome {
    let sent = tokio::time::timeout(LONGEST, send(app, message)).await.unwrap_or_else(|_| {
        let code = "timeout".to_owned();
        // A mail that comes twice is shown once, an SMS rings twice.
        Err(if rings(message) { Refusal::Unknown(code) } else { Refusal::Later(code) })
    });
    match sent {
        Ok(provider_id) => Outcome::Sent(provider_id),
        Err(Refusal::Never(code)) => Outcome::Never(code),
        Err(Refusal::Later(code)) => later(app, message, code, time::Duration::ZERO),
        Err(Refusal::NotBefore(code, wait)) => later(app, message, code, wait),
        // Nobody is asked twice: of a reminder the second one of the day is the safety net. Whoever waits for a code
        // gets one more.
        Err(Refusal::Unknown(code)) if message.purpose == REMINDER || message.attempts >= MOST_UNSURE => {
            Outcome::Unsure(code)
        }
        Err(Refusal::Unknown(code)) => later(app, message, code, time::Duration::ZERO),
    }
}

fn later(app: &App, message: &Leased, code: String, least: time::Duration) -> Outcome {
    Outcome::Later(code, app.clock.now() + retry::wait(message.attempts, rand::random()).max(least))
}

/// Whether it sounds where it arrives.
fn rings(message: &Leased) -> bool {
    [Channel::Sms, Channel::Call].iter().any(|channel| channel.code() == message.channel)
}

/// Sends one message and notes how that ended. When the note fails the lease runs out and the
/// message is sent again: twice is better than never.
async fn hand_over(app: App, message: Leased) {
    let message_id = message.message_id;
    let channel = message.channel.as_str();
    match may_leave(&app, &message).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            tracing::warn!(%message_id, channel, %error, "cannot see whether a message may leave; it is tried again");
            return;
        }
    }
    let outcome = attempt(&app, &message).await;
    let now = app.clock.now();
    let keep = app.config.demo;
    let noted = match outcome {
        Outcome::Sent(provider_id) => {
            tracing::debug!(%message_id, channel, "message handed over");
            let end = if keep { End::Kept } else { End::Sent };
            let noted = store::finish(&app.db, message_id, end, provider_id, None, now, keep).await;
            status_callback::note_early(&app.db).await;
            noted
        }
        Outcome::Unsure(code) => {
            tracing::warn!(%message_id, channel, code, "message handed over without an answer");
            store::finish(&app.db, message_id, End::Sent, None, Some(code), now, keep).await
        }
        Outcome::Never(code) => {
            tracing::warn!(%message_id, channel, code, "message refused for good");
            store::finish(&app.db, message_id, End::Failed, None, Some(code), now, keep).await
        }
        Outcome::Later(code, again) => {
            tracing::warn!(%message_id, channel, code, attempts = message.attempts, "message not taken, to be tried again");
            store::postpone(&app.db, message_id, message.attempts, again.min(message.expires_at), code).await
        }
    };
    if let Err(error) = noted {
        tracing::warn!(%message_id, channel, %error, "cannot note how a message ended");
    }
}

/// Whether a message to one person may leave at this moment (NTF-11): not after the observation or a death, and what rings
/// not at night. Else it is cancelled or put off.
async fn may_leave(app: &App, message: &Leased) -> Result<bool> {
    let Some(case_id) = message.case_id else { return Ok(true) };
    let now = app.clock.now();
    if !store::may_be_written_to(&app.db, case_id, now.day()).await? {
        let mut tx = app.db.begin().await?;
        bulk::cancel(&mut tx, &[message.message_id]).await?;
        tx.commit().await?;
        return Ok(false);
    }
    if rings(message)
        && let Some(opens) = hours::closed_until(now)
    {
        let due_at = opens.min(message.expires_at);
        store::put_off(&app.db, message.message_id, message.attempts, due_at).await?;
        return Ok(false);
    }
    Ok(true)
}

/// Hands a message to its provider; returns the provider's id for it, if it gives one.
async fn send(app: &App, message: &Leased) -> Result<Option<String>, Refusal> {
    let messaging = &app.config.messaging;
    match (Channel::of_code(&message.channel), &messaging.mail) {
        (Some(Channel::Mail), Some(mailer)) => mailer.send(message).await.map(|()| None),
        // Only to browsers that asked for it, of a demo as well.
        (Some(Channel::Push), _) => push::send(app, message).await.map(|()| None),
        // No demo sends SMS or calls: the numbers in it may be somebody's.
        _ if app.config.demo => Ok(None),
        (Some(Channel::Sms), _) => match &messaging.sms {
            SmsProvider::Twilio(twilio) => twilio.send(message, app.clock.now()).await,
            SmsProvider::Outbox => Err(no_provider()),
        },
        (Some(Channel::Call), _) => match &messaging.voice {
            Some(voice) => voice.send(message).await,
            None => Err(no_provider()),
        },
        _ => Err(no_provider()),
    }
}

fn no_provider() -> Refusal {
    Refusal::Later("no provider".to_owned())
}
