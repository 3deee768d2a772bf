//! SMS by an HTTP API of the Twilio form.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hersys_shared::phone_number::PhoneNumber;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::StatusCode;
use serde::Deserialize;
use sha1::Sha1;
use std::sync::Arc;
use url::Url;

use super::config::is_loopback;
use super::store::Leased;
use super::{Refusal, status_callback};
use crate::secret;

/// Longest wait for the provider.
const LONGEST: Duration = Duration::from_secs(20);

/// Who carries SMS.
#[derive(Clone)]
pub enum SmsProvider {
    /// Nobody: SMS wait in the outbox; in demo mode they are shown.
    Outbox,
    Twilio(Arc<Twilio>),
}

/// An account at a provider with an API of the Twilio form.
pub struct Twilio {
    http: reqwest::Client,
    messages: Url,
    account: String,
    token: String,
    from: String,
    callback: String,
}

/// The part of the provider's answer that is of use, good or bad.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    sid: Option<String>,
    code: Option<i64>,
}

impl Twilio {
    /// From `https://ACCOUNT:TOKEN@HOST/?from=%2B81…`.
    pub(super) fn new(sms_url: &str, base_url: &Url) -> Result<Self, &'static str> {
        const FORM: &str = "must be https://ACCOUNT:TOKEN@HOST/?from=%2B81…";
        let url = Url::parse(sms_url).map_err(|_| FORM)?;
        let local = is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if local => {}
            _ => return Err(FORM),
        }
        let account = decoded(url.username());
        let token = decoded(url.password().ok_or(FORM)?);
        let from = url.query_pairs().find(|(key, _)| key == "from").map(|(_, value)| value.into_owned());
        let from = from.filter(|from| is_sender(from)).ok_or(FORM)?;
        if account.is_empty() || token.is_empty() || url.path() != "/" {
            return Err(FORM);
        }
        let mut messages = url.clone();
        messages.set_query(None);
        messages.set_username("").and(messages.set_password(None)).map_err(|()| FORM)?;
        messages.path_segments_mut().map_err(|()| FORM)?.clear().extend([
            "2010-04-01",
            "Accounts",
            account.as_str(),
            "Messages.json",
        ]);
        let mut http = reqwest::Client::builder().timeout(LONGEST).redirect(reqwest::redirect::Policy::none());
        if local {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|_| "cannot set up TLS: this machine has no readable root certificates")?;
        let callback = format!("{base_url}{}", status_callback::PATH.trim_start_matches('/'));
        Ok(Self { http, messages, account, token, from, callback })
    }

    /// Hands an SMS over; the provider's id for it.
    pub(super) async fn send(&self, message: &Leased) -> Result<Option<String>, Refusal> {
        let to = PhoneNumber::parse(&message.recipient).map_err(|_| Refusal::Never("number".to_owned()))?;
        let to = to.international();
        let form =
            [("To", to.as_str()), ("From", &self.from), ("Body", &message.body), ("StatusCallback", &self.callback)];
        let response = self
            .http
            .post(self.messages.clone())
            .basic_auth(&self.account, Some(&self.token))
            .form(&form)
            .send()
            .await
            .map_err(|error| {
                Refusal::Later(if error.is_timeout() { "http timeout" } else { "http connection" }.to_owned())
            })?;
        let status = response.status();
        let answer = response.json::<Answer>().await.unwrap_or_default();
        if status.is_success() { Ok(answer.sid) } else { Err(refusal(status, answer.code)) }
    }

    /// Whether the provider signed these form parameters: HMAC-SHA1 of the callback's address and
    /// the sorted parameters, keyed by the token.
    pub(super) fn signed(&self, parameters: &[(String, String)], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else {
            return false;
        };
        self.signature(parameters).is_some_and(|own| secret::same(&own, &signature))
    }

    fn signature(&self, parameters: &[(String, String)]) -> Option<Vec<u8>> {
        let mut sorted: Vec<_> = parameters.iter().collect();
        sorted.sort();
        sorted.dedup();
        let mut mac = Hmac::<Sha1>::new_from_slice(self.token.as_bytes()).ok()?;
        mac.update(self.callback.as_bytes());
        for (name, value) in sorted {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        Some(mac.finalize().into_bytes().to_vec())
    }
}

/// What a refusal means. A refused account (401, 403) is for the operator to mend while SMS wait.
fn refusal(status: StatusCode, code: Option<i64>) -> Refusal {
    let shown = match code {
        Some(code) => format!("http {} {code}", status.as_u16()),
        None => format!("http {}", status.as_u16()),
    };
    let for_now = matches!(
        status,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
    );
    if status.is_client_error() && !for_now { Refusal::Never(shown) } else { Refusal::Later(shown) }
}

/// An international number, or a name of up to eleven letters and digits.
fn is_sender(from: &str) -> bool {
    match from.strip_prefix('+') {
        Some(digits) => (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => (1..=11).contains(&from.len()) && from.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' '),
    }
}

/// Undoes the percent signs of a URL's user or password.
fn decoded(part: &str) -> String {
    // In forms `+` is a space, in this place it is itself.
    let form = format!("part={}", part.replace('+', "%2B"));
    url::form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twilio() -> Twilio {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base = Url::parse("https://her-sys.example.jp").unwrap();
        Twilio::new("https://AC1:12%2B34@sms.example.jp/?from=%2B815012345678", &base).unwrap()
    }

    #[test]
    fn the_account_is_in_the_address_and_the_token_is_not() {
        let twilio = twilio();
        assert_eq!(twilio.messages.as_str(), "https://sms.example.jp/2010-04-01/Accounts/AC1/Messages.json");
        assert_eq!(twilio.token, "12+34");
        assert_eq!(twilio.callback, "https://her-sys.example.jp/webhooks/sms/status");
    }

    #[test]
    fn a_signature_holds_for_the_parameters_in_any_order() {
        let twilio = twilio();
        let parameter = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let sent = [parameter("MessageSid", "SM1"), parameter("MessageStatus", "delivered")];
        let mut turned = sent.clone();
        turned.reverse();
        let signature = STANDARD.encode(twilio.signature(&sent).unwrap());
        assert!(twilio.signed(&turned, &signature));
        let changed = [parameter("MessageSid", "SM1"), parameter("MessageStatus", "failed")];
        assert!(!twilio.signed(&changed, &signature));
        assert!(!twilio.signed(&sent, ""));
        assert!(!twilio.signed(&sent, "not base64"));
    }

    #[test]
    fn the_signature_is_that_of_the_providers_documentation() {
        let mut twilio = twilio();
        twilio.token = "12345".to_owned();
        twilio.callback = "https://mycompany.com/myapp.php?foo=1&bar=2".to_owned();
        let parameters = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert!(twilio.signed(&parameters, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
    }

    #[test]
    fn a_wrong_number_is_final_and_a_busy_provider_is_not() {
        let is_final = |status| matches!(refusal(status, Some(21211)), Refusal::Never(_));
        assert!(is_final(StatusCode::BAD_REQUEST));
        assert!(!is_final(StatusCode::TOO_MANY_REQUESTS));
        assert!(!is_final(StatusCode::UNAUTHORIZED));
        assert!(!is_final(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(refusal(StatusCode::BAD_REQUEST, Some(21211)), Refusal::Never("http 400 21211".into()));
    }
}
