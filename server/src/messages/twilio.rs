//! An account at a provider with an HTTP API of the Twilio form, for SMS and for calls.

use std::time::Duration;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::StatusCode;
use serde::Deserialize;
use sha1::Sha1;
use url::Url;

use super::Refusal;
use super::config::is_loopback;
use crate::secret;

/// Longest wait for the provider, and for the connection to it.
const LONGEST: Duration = Duration::from_secs(20);
const LONGEST_TO_CONNECT: Duration = Duration::from_secs(10);

const FORM: &str = "must be https://ACCOUNT:TOKEN@HOST/?from=%2B81…";

/// Where requests go, who sends them, and where the provider calls back.
pub(super) struct Account {
    http: reqwest::Client,
    host: Url,
    account: String,
    token: String,
    pub(super) from: String,
    /// The address of this installation, ending in `/`.
    base_url: String,
}

/// The part of the provider's answer that is of use, good or bad.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    sid: Option<String>,
    code: Option<i64>,
}

impl Account {
    /// From `https://ACCOUNT:TOKEN@HOST/?from=%2B81…`.
    pub(super) fn new(provider_url: &str, base_url: &Url) -> Result<Self, &'static str> {
        let url = Url::parse(provider_url).map_err(|_| FORM)?;
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
        let mut host = url;
        host.set_query(None);
        host.set_username("").and(host.set_password(None)).map_err(|()| FORM)?;
        let mut http = reqwest::Client::builder()
            .timeout(LONGEST)
            .connect_timeout(LONGEST_TO_CONNECT)
            .redirect(reqwest::redirect::Policy::none());
        if local {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|_| "cannot set up TLS: this machine has no readable root certificates")?;
        Ok(Self { http, host, account, token, from, base_url: base_url.to_string() })
    }

    /// Whether the sender is a telephone number, which calls need.
    pub(super) fn has_number(&self) -> bool {
        self.from.starts_with('+')
    }

    /// The address under which the provider reaches a path of this installation.
    pub(super) fn callback(&self, path: &str) -> String {
        format!("{}{}", self.base_url, path.trim_start_matches('/'))
    }

    /// Asks for something to be sent (`Messages.json`, `Calls.json`); the provider's id for it.
    pub(super) async fn post(&self, resource: &str, form: &[(&str, &str)]) -> Result<Option<String>, Refusal> {
        let response = self
            .http
            .post(self.endpoint(resource))
            .basic_auth(&self.account, Some(&self.token))
            .form(form)
            .send()
            .await
            .map_err(|error| {
                let code = if error.is_timeout() { "http timeout" } else { "http connection" }.to_owned();
                // What has left without an answer may be on its way to the person.
                if error.is_connect() { Refusal::Later(code) } else { Refusal::Unknown(code) }
            })?;
        let status = response.status();
        let answer = response.json::<Answer>().await.unwrap_or_default();
        if status.is_success() { Ok(answer.sid) } else { Err(refusal(status, answer.code)) }
    }

    fn endpoint(&self, resource: &str) -> Url {
        let mut url = self.host.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(["2010-04-01", "Accounts", self.account.as_str(), resource]);
        }
        url
    }

    /// Whether the provider signed these form parameters sent to `path`: HMAC-SHA1 of the
    /// callback's address and the sorted parameters, keyed by the token.
    pub(super) fn signed(&self, path: &str, parameters: &[(String, String)], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else {
            return false;
        };
        self.signature(&self.callback(path), parameters).is_some_and(|own| secret::same(&own, &signature))
    }

    /// The form parameters of a webhook where the provider signed them.
    pub(super) fn signed_form(&self, path: &str, headers: &HeaderMap, body: &str) -> Option<Vec<(String, String)>> {
        let signature = headers.get("x-twilio-signature")?.to_str().ok()?;
        let parameters: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        self.signed(path, &parameters, signature).then_some(parameters)
    }

    fn signature(&self, address: &str, parameters: &[(String, String)]) -> Option<Vec<u8>> {
        let mut sorted: Vec<_> = parameters.iter().collect();
        sorted.sort();
        sorted.dedup();
        let mut mac = Hmac::<Sha1>::new_from_slice(self.token.as_bytes()).ok()?;
        mac.update(address.as_bytes());
        for (name, value) in sorted {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        Some(mac.finalize().into_bytes().to_vec())
    }
}

/// What a refusal means. A refused account (401, 403) is for the operator to mend while messages wait.
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

    fn account() -> Account {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base = Url::parse("https://her-sys.example.jp").unwrap();
        Account::new("https://AC1:12%2B34@sms.example.jp/?from=%2B815012345678", &base).unwrap()
    }

    #[test]
    fn the_account_is_in_the_address_and_the_token_is_not() {
        let account = account();
        assert_eq!(
            account.endpoint("Messages.json").as_str(),
            "https://sms.example.jp/2010-04-01/Accounts/AC1/Messages.json"
        );
        assert_eq!(account.token, "12+34");
        assert_eq!(account.callback("/webhooks/sms/status"), "https://her-sys.example.jp/webhooks/sms/status");
    }

    #[test]
    fn a_signature_holds_for_its_address_and_the_parameters_in_any_order() {
        let account = account();
        let parameter = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let sent = [parameter("MessageSid", "SM1"), parameter("MessageStatus", "delivered")];
        let mut turned = sent.clone();
        turned.reverse();
        let signature = STANDARD.encode(account.signature(&account.callback("/x"), &sent).unwrap());
        assert!(account.signed("/x", &turned, &signature));
        assert!(!account.signed("/y", &turned, &signature));
        let changed = [parameter("MessageSid", "SM1"), parameter("MessageStatus", "failed")];
        assert!(!account.signed("/x", &changed, &signature));
        assert!(!account.signed("/x", &sent, ""));
        assert!(!account.signed("/x", &sent, "not base64"));
    }

    #[test]
    fn the_signature_is_that_of_the_providers_documentation() {
        let mut account = account();
        account.token = "12345".to_owned();
        let parameters = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let signature = account.signature("https://mycompany.com/myapp.php?foo=1&bar=2", &parameters).unwrap();
        assert_eq!(STANDARD.encode(signature), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
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
