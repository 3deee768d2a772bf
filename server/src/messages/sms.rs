//! SMS by an HTTP API of the Twilio form.

use std::sync::Arc;

use axum::http::HeaderMap;
use hersys_shared::phone_number::PhoneNumber;
use url::Url;

use super::store::Leased;
use super::twilio::Account;
use super::{Refusal, status_callback};
use crate::clock::Timestamp;

/// Longest that providers take for `ValidityPeriod`, seconds.
const LONGEST_VALID: i64 = 14_400;

/// Who carries SMS.
#[derive(Clone)]
pub enum SmsProvider {
    /// Nobody: SMS wait in the outbox; in demo mode they are shown.
    Outbox,
    Twilio(Arc<Twilio>),
}

/// An account that sends SMS.
pub struct Twilio(Account);

impl Twilio {
    /// From `https://ACCOUNT:TOKEN@HOST/?from=%2B81…`.
    pub(super) fn new(sms_url: &str, base_url: &Url) -> Result<Self, &'static str> {
        Account::new(sms_url, base_url).map(Self)
    }

    /// Hands an SMS over; the provider's id for it.
    pub(super) async fn send(&self, message: &Leased, now: Timestamp) -> Result<Option<String>, Refusal> {
        let to = PhoneNumber::parse(&message.recipient).map_err(|_| Refusal::Never("number".to_owned()))?;
        let callback = self.0.callback(status_callback::PATH);
        let form = [
            ("To", to.international()),
            ("From", self.0.from.clone()),
            ("Body", message.body.clone()),
            ("StatusCallback", callback),
            // What a telephone that is off would get at night is not delivered at all.
            ("ValidityPeriod", now.seconds_until(message.expires_at).clamp(1, LONGEST_VALID).to_string()),
        ];
        self.0.post("Messages.json", &form.each_ref().map(|(name, value)| (*name, value.as_str()))).await
    }

    /// Whether the provider signed these form parameters.
    pub(super) fn signed(&self, parameters: &[(String, String)], signature: &str) -> bool {
        self.0.signed(status_callback::PATH, parameters, signature)
    }

    /// The form parameters of a webhook where the provider signed them.
    pub fn signed_form(&self, path: &str, headers: &HeaderMap, body: &str) -> Option<Vec<(String, String)>> {
        self.0.signed_form(path, headers, body)
    }

    /// Whether the sender is a number, to which people may reply.
    pub fn has_number(&self) -> bool {
        self.0.has_number()
    }
}
