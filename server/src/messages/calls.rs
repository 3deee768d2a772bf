//! Telephone calls by an HTTP API of the Twilio form: a voice speaks, the listener presses a key.
//!
//! A call in the outbox has its token as subject and what is spoken as body; a reminder, which asks for no key, the
//! tongues as subject and a line of each as body. What becomes of it
//! arrives at two webhooks under [`path`], whose features prove the provider by [`Voice::signed`].

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use hersys_shared::phone_number::PhoneNumber;
use maud::{Markup, html};
use url::Url;

use super::Refusal;
use super::bulk::REMINDER;
use super::store::Leased;
use super::twilio::Account;

/// An account that makes calls.
pub struct Voice(Account);

/// What the provider tells of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The keys that were pressed.
    Keys,
    /// How the call ended.
    Status,
}

/// Where the provider tells how a call ended that asked for nothing.
pub const CALL_ENDED: &str = "/webhooks/calls/ended";

/// Where the provider tells it.
pub fn path(token: &str, told: Told) -> String {
    match told {
        Told::Keys => format!("/webhooks/calls/{token}/keys"),
        Told::Status => format!("/webhooks/calls/{token}/status"),
    }
}

impl Voice {
    /// From `https://ACCOUNT:TOKEN@HOST/?from=%2B81…`; the sender must be a number.
    pub(super) fn new(voice_url: &str, base_url: &Url) -> Result<Self, &'static str> {
        let account = Account::new(voice_url, base_url)?;
        if account.has_number() { Ok(Self(account)) } else { Err("calls need a telephone number as from=%2B81…") }
    }

    /// Begins a call; the provider's id for it.
    pub(super) async fn send(&self, message: &Leased) -> Result<Option<String>, Refusal> {
        let to = PhoneNumber::parse(&message.recipient).map_err(|_| Refusal::Never("number".to_owned()))?;
        let (script, ended) = if message.purpose == REMINDER {
            (announcement(&message.subject, &message.body), self.0.callback(CALL_ENDED))
        } else {
            (self.script(&message.subject, &message.body), self.0.callback(&path(&message.subject, Told::Status)))
        };
        let form = [
            ("To", to.international()),
            ("From", self.0.from.clone()),
            ("Twiml", script),
            ("StatusCallback", ended),
            ("Timeout", "40".to_owned()),
        ];
        self.0.post("Calls.json", &form.each_ref().map(|(name, value)| (*name, value.as_str()))).await
    }

    /// The text twice, then one key. An empty `finishOnKey` lets `#` through as a key of its own.
    fn script(&self, token: &str, text: &str) -> String {
        let keys = self.0.callback(&path(token, Told::Keys));
        document(html! {
            Response {
                Gather numDigits="1" finishOnKey="" timeout="10" action=(keys) {
                    (say(text))
                    (say(text))
                }
            }
        })
    }

    /// The form parameters of a webhook where the provider signed them.
    pub fn signed(&self, path: &str, headers: &HeaderMap, body: &str) -> Option<Vec<(String, String)>> {
        self.0.signed_form(path, headers, body)
    }
}

/// The last words of a call, as the answer to a webhook.
pub fn last_words(text: &str) -> Response {
    let words = document(html! { Response { (say(text)) Hangup {} } });
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], words).into_response()
}

/// What is said twice, and no key is waited for: to whom it speaks is in `tongues`, a line of `text` for each.
fn announcement(tongues: &str, text: &str) -> String {
    let said = || tongues.lines().zip(text.lines());
    document(html! {
        Response {
            @for _ in 0..2 {
                @for (tongue, words) in said() { Say language=(tongue) { (words) } }
                Pause length="1" {}
            }
            Hangup {}
        }
    })
}

fn say(text: &str) -> Markup {
    html! { Say language="ja-JP" { (text) } }
}

fn document(response: Markup) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}", response.into_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auth_11_the_voice_waits_for_one_key() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base = Url::parse("https://her-sys.example.jp").unwrap();
        let voice = Voice::new("https://AC1:t@voice.example.jp/?from=%2B815012345678", &base).unwrap();
        let script = voice.script("abc", "<シャープ>を押してください。");
        assert!(script.contains("action=\"https://her-sys.example.jp/webhooks/calls/abc/keys\""), "{script}");
        assert!(script.contains("numDigits=\"1\" finishOnKey=\"\""));
        assert_eq!(script.matches("<Say language=\"ja-JP\">&lt;シャープ&gt;を押してください。</Say>").count(), 2);
    }

    #[test]
    fn ntf_04_a_reminder_speaks_and_asks_for_nothing() {
        let script = announcement("ja-JP\nen-US", "入力をお願いします。\nPlease report.");
        assert_eq!(script.matches("<Say language=\"en-US\">Please report.</Say>").count(), 2, "{script}");
        assert!(!script.contains("Gather"));
    }

    #[test]
    fn a_call_comes_from_a_number() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base = Url::parse("https://her-sys.example.jp").unwrap();
        assert!(Voice::new("https://AC1:t@voice.example.jp/?from=HERSYS", &base).is_err());
    }
}
