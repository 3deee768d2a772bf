//! Mail, SMS, calls and web push: a durable outbox, delivered by a worker with retries.
//!
//! A message is a row before it is anything else. Whoever takes it holds a lease; a process that
//! dies while sending loses only the lease, so every message is handed over at least once.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Handle, Result, Tx};
use crate::routes::{Guard, Routes};

pub mod bulk;
pub mod calls;
pub mod catalogue;
mod config;
mod delivery;
pub mod hours;
mod mail;
pub mod push;
mod retry;
mod sms;
mod status_callback;
pub mod store;
mod twilio;

pub use catalogue::Catalogue;
pub use config::{AT_ONCE, MAIL_CONNECTIONS, MessagingConfig};
pub use delivery::{deliver, deliver_due};
pub use mail::Mailer;
pub use push::{PushHosts, Pusher};
pub use sms::{SmsProvider, Twilio};

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Mail,
    Sms,
    Call,
    Push,
}

impl Channel {
    pub fn code(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Sms => "sms",
            Self::Call => "call",
            Self::Push => "push",
        }
    }

    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Mail, Self::Sms, Self::Call, Self::Push].into_iter().find(|channel| channel.code() == code)
    }
}

/// A message to be sent. It names no illness and no full name.
pub struct NewMessage {
    pub channel: Channel,
    /// Mail address, domestic telephone number as digits, or `subscription_id` of a device.
    pub recipient: String,
    /// Empty for SMS; the token of a call; the topic of a push.
    pub subject: String,
    pub body: String,
    pub case_id: Option<Uuid>,
    /// After this there is no point in sending.
    pub expires_at: Timestamp,
}

/// Puts a message into the outbox, due at once; inside a transaction it is sent only if that commits.
/// Call [`Outbox::wake`] after the commit.
pub async fn enqueue(on: impl Into<Handle<'_>>, now: Timestamp, message: NewMessage) -> Result<Uuid> {
    store::insert(on, now, message).await
}

/// [`enqueue`] for many messages, each with the moment at which it was asked for.
pub async fn enqueue_all(tx: &mut Tx, messages: Vec<(Timestamp, NewMessage)>) -> Result<()> {
    store::insert_all(tx, messages).await
}

/// Wakes the worker when something new is due.
#[derive(Clone, Default)]
pub struct Outbox {
    wake: std::sync::Arc<tokio::sync::Notify>,
}

impl Outbox {
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }
}

/// Why a message was not handed over. It holds codes only: a provider's own words may name the
/// recipient, and they end up in logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Worth another try.
    Later(String),
    /// Worth another try, but not before so long.
    NotBefore(String, time::Duration),
    /// The recipient cannot be reached this way.
    Never(String),
    /// It was handed over, and no answer came: it may have gone out.
    Unknown(String),
}

pub fn routes() -> Routes {
    Routes::default().post(status_callback::PATH, Guard::Public, status_callback::receive).post(
        calls::CALL_ENDED,
        Guard::Public,
        status_callback::call_ended,
    )
}
