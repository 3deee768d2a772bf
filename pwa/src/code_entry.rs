//! A 確認コード that was sent and is waiting to be typed.

use hersys_shared::api::{CodePurpose, CodeSent};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::browser;

/// The name under which it outlives a reload.
const KEY: &str = "code";

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeEntry {
    pub purpose: CodePurpose,
    pub ticket: Uuid,
    /// In milliseconds since 1970.
    pub resend_at: i64,
    pub confirmed: bool,
    /// Where it went. Not kept beyond this page, unlike the rest.
    #[serde(skip)]
    pub mail: Option<String>,
}

impl CodeEntry {
    pub fn new(purpose: CodePurpose, mail: String, sent: &CodeSent, now: i64) -> Self {
        Self {
            purpose,
            ticket: sent.ticket,
            resend_at: now + milliseconds(sent.resend_after),
            confirmed: false,
            mail: Some(mail),
        }
    }

    /// Seconds until the code can be sent again, rounded up.
    pub fn seconds_left(&self, now: i64) -> u32 {
        let left = (self.resend_at - now).max(0);
        u32::try_from((left + 999) / 1000).unwrap_or(u32::MAX)
    }

    pub fn wait(&mut self, seconds: u64, now: i64) {
        self.resend_at = now + milliseconds(seconds);
    }

    /// Phones drop a tab while its owner looks for the code in the mail app.
    pub fn remember(&self) {
        if let Ok(text) = serde_json::to_string(self) {
            browser::remember(KEY, &text);
        }
    }

    pub fn remembered() -> Option<Self> {
        serde_json::from_str(&browser::remembered(KEY)?).ok()
    }

    pub fn forget() {
        browser::forget(KEY);
    }
}

fn milliseconds(seconds: u64) -> i64 {
    i64::from(u32::try_from(seconds).unwrap_or(u32::MAX)) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> CodeEntry {
        let sent = CodeSent { ticket: Uuid::from_u128(1), resend_after: 60, expires_in: 600 };
        CodeEntry::new(CodePurpose::Registration, "taro@example.jp".into(), &sent, 1_000)
    }

    #[test]
    fn my_04_a_code_can_be_sent_again_after_a_while() {
        let mut entry = entry();
        assert_eq!(entry.seconds_left(1_000), 60);
        assert_eq!(entry.seconds_left(1_500), 60);
        assert_eq!(entry.seconds_left(90_000), 0);
        entry.wait(30, 90_000);
        assert_eq!(entry.seconds_left(90_000), 30);
    }

    #[test]
    fn the_mail_address_is_not_stored() {
        let stored = serde_json::to_string(&entry()).unwrap();
        assert!(!stored.contains("taro"), "{stored}");
        let back: CodeEntry = serde_json::from_str(&stored).unwrap();
        assert_eq!((back.ticket, back.mail), (Uuid::from_u128(1), None));
    }
}
