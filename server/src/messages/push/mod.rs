//! Web push (RFC 8030): notifications to browsers that asked for them, encrypted for that browser alone.
//!
//! A push in the outbox has the `subscription_id` as recipient, its topic as subject, and a [`Notice`] as body.

mod encryption;
mod hosts;
pub mod store;
mod vapid;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use self::encryption::Receiver;
use self::vapid::Vapid;
use super::store::Leased;
use super::{Channel, NewMessage, Refusal};
use crate::App;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::secret::Secret;

pub use hosts::PushHosts;

/// Longest wait for a push service.
const LONGEST: Duration = Duration::from_secs(20);

/// Longest that a push service keeps a message, seconds: four weeks.
const LONGEST_KEPT: i64 = 28 * 24 * 3600;

/// Texts are filled up to this many bytes, so that their length tells nothing.
const LEAST: usize = 512;

/// What a notification shows. It names nobody and no illness: others see the screen, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub title: String,
    pub body: String,
    /// The page that a tap opens, a path of this installation such as `/`.
    pub url: String,
}

impl Notice {
    /// The message to one device. Of two of the same `topic` (at most 32 letters, digits and hyphens) that wait at
    /// the push service, only the later one is shown.
    pub fn to(&self, subscription_id: Uuid, topic: &str, expires_at: Timestamp) -> NewMessage {
        NewMessage {
            channel: Channel::Push,
            recipient: subscription_id.to_string(),
            subject: topic.to_owned(),
            body: serde_json::json!(self).to_string(),
            case_id: None,
            expires_at,
        }
    }
}

/// Sends to push services.
pub struct Pusher {
    hosts: PushHosts,
    vapid: Option<Vapid>,
    /// Absent where this machine cannot speak TLS.
    http: Option<reqwest::Client>,
}

impl Pusher {
    pub fn new(config: &Config, secret: &Secret) -> Self {
        let hosts = config.push_hosts.clone();
        let contact = if config.is_https() {
            config.base_url.to_string()
        } else {
            format!("mailto:push@{}", config.base_url.host_str().unwrap_or("localhost"))
        };
        let mut http = reqwest::Client::builder().timeout(LONGEST).redirect(reqwest::redirect::Policy::none());
        if hosts.is_here() {
            http = http.no_proxy();
        }
        Self { vapid: Vapid::new(secret, contact), http: http.build().ok(), hosts }
    }

    /// The key that browsers subscribe with (`applicationServerKey`); `None` where there is no web push here.
    pub fn public_key(&self) -> Option<&str> {
        self.vapid.as_ref().filter(|_| !self.hosts.is_empty()).map(Vapid::public_key)
    }

    /// Whether messages to this endpoint would be sent.
    pub fn takes_endpoint(&self, endpoint: &str) -> bool {
        self.hosts.endpoint(endpoint).is_some()
    }

    async fn post(&self, endpoint: Url, message: &Leased, sealed: Vec<u8>, now: Timestamp) -> Result<(), Refusal> {
        let (Some(http), Some(vapid)) = (&self.http, &self.vapid) else {
            return Err(Refusal::Later("no TLS".to_owned()));
        };
        let kept = now.seconds_until(message.expires_at).clamp(0, LONGEST_KEPT);
        let mut request = http
            .post(endpoint.clone())
            .header(AUTHORIZATION, vapid.authorization(&endpoint, now))
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_ENCODING, "aes128gcm")
            .header("ttl", kept)
            // A phone that sleeps is to show it in the morning, not at noon.
            .header("urgency", "high");
        if !message.subject.is_empty() {
            request = request.header("topic", &message.subject);
        }
        let response = request.body(sealed).send().await.map_err(|error| {
            Refusal::Later(if error.is_timeout() { "http timeout" } else { "http connection" }.to_owned())
        })?;
        let status = response.status();
        if status.is_success() { Ok(()) } else { Err(refusal(status, response.headers())) }
    }
}

/// Whether a key pair of a browser can be encrypted for: `p256dh` and `auth` as base64url.
pub fn are_keys(p256dh: &str, auth: &str) -> bool {
    receiver(p256dh, auth).is_some()
}

fn receiver(p256dh: &str, auth: &str) -> Option<Receiver> {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    Receiver::new(&bytes(p256dh)?, &bytes(auth)?)
}

/// Sends one message to its device. A device of which the push service says that it is gone is asked no more.
pub(super) async fn send(app: &App, message: &Leased) -> Result<(), Refusal> {
    let never = |code: &str| Refusal::Never(code.to_owned());
    let subscription_id: Uuid = message.recipient.parse().map_err(|_| never("device"))?;
    let device = store::device(&app.db, subscription_id).await.map_err(|_| Refusal::Later("database".to_owned()))?;
    let device = device.ok_or_else(|| never("device gone"))?;
    // The list may have been shortened since the device was kept.
    let endpoint = app.pusher.hosts.endpoint(&device.endpoint).ok_or_else(|| never("host"))?;
    let receiver = receiver(&device.p256dh, &device.auth).ok_or_else(|| never("keys"))?;
    let sealed = encryption::encrypt(message.body.as_bytes(), &receiver, LEAST).ok_or_else(|| never("text"))?;
    let now = app.clock.now();
    let sent = app.pusher.post(endpoint, message, sealed, now).await;
    if let Err(Refusal::Never(code)) = &sent
        && (code == "http 404" || code == "http 410")
        && let Err(error) = store::note_gone(&app.db, subscription_id, now).await
    {
        tracing::warn!(%subscription_id, %error, "cannot note that a device is gone");
    }
    sent
}

/// What a push service's refusal means.
fn refusal(status: StatusCode, headers: &HeaderMap) -> Refusal {
    let shown = format!("http {}", status.as_u16());
    let for_now = status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS | StatusCode::TOO_EARLY);
    if !for_now {
        return Refusal::Never(shown);
    }
    // As a date it is rare; then the usual waiting does.
    let seconds = headers.get(RETRY_AFTER).and_then(|after| after.to_str().ok()?.trim().parse::<u32>().ok());
    match seconds {
        Some(seconds) => Refusal::NotBefore(shown, time::Duration::seconds(seconds.into())),
        None => Refusal::Later(shown),
    }
}
