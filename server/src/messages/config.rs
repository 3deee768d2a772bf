//! The four keys of messaging: mail server, sender, SMS provider, voice provider.

use std::sync::Arc;

use url::{Host, Url};

use super::calls::Voice;
use super::{Mailer, SmsProvider, Twilio};
use crate::config::ConfigError;

/// How messages leave this installation.
#[derive(Clone)]
pub struct MessagingConfig {
    /// Without a mail server, mail waits in the outbox.
    pub mail: Option<Arc<Mailer>>,
    pub sms: SmsProvider,
    /// Without a voice provider, calls wait in the outbox.
    pub voice: Option<Arc<Voice>>,
    /// Requests to a provider that are under way at once, of reminders.
    pub at_once: usize,
    /// Connections to the mail server.
    pub mail_connections: usize,
}

/// Enough for 5,000 a second at a provider that answers in 50 ms.
pub const AT_ONCE: u32 = 256;
/// What mail servers let one client have.
pub const MAIL_CONNECTIONS: u32 = 16;

impl MessagingConfig {
    /// Checks the keys without reaching out to any server.
    pub fn new(
        smtp_url: Option<&str>,
        mail_from: Option<&str>,
        sms_url: Option<&str>,
        voice_url: Option<&str>,
        base_url: &Url,
        (at_once, mail_connections): (u32, u32),
    ) -> Result<Self, ConfigError> {
        let several = |key: &'static str, count: u32| match count {
            1..=10_000 => Ok(count as usize),
            _ => Err(ConfigError::new(key, "must be from 1 to 10000")),
        };
        let at_once = several("HERSYS_MESSAGES_AT_ONCE", at_once)?;
        let mail_connections = several("HERSYS_SMTP_CONNECTIONS", mail_connections)?;
        // Fails only where a provider was chosen before, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let from = match mail_from {
            Some(typed) => {
                typed.parse().map_err(|_| ConfigError::new("HERSYS_MAIL_FROM", "must be NAME <ADDRESS> or ADDRESS"))?
            }
            None => super::mail::default_sender(base_url)
                .map_err(|_| ConfigError::new("HERSYS_MAIL_FROM", "is needed with this HERSYS_BASE_URL"))?,
        };
        let mail = smtp_url
            .map(|url| Mailer::new(url, from, base_url, mail_connections))
            .transpose()
            .map_err(|problem| ConfigError::new("HERSYS_SMTP_URL", problem))?;
        let sms = match sms_url {
            None => SmsProvider::Outbox,
            Some(url) => {
                let twilio =
                    Twilio::new(url, base_url).map_err(|problem| ConfigError::new("HERSYS_SMS_URL", problem))?;
                SmsProvider::Twilio(Arc::new(twilio))
            }
        };
        // The SMS provider's account makes the calls too, where its sender is a number.
        let voice = match (voice_url, sms_url) {
            (Some(url), _) => {
                Some(Voice::new(url, base_url).map_err(|problem| ConfigError::new("HERSYS_VOICE_URL", problem))?)
            }
            (None, Some(url)) => Voice::new(url, base_url).ok(),
            (None, None) => None,
        };
        Ok(Self { mail: mail.map(Arc::new), sms, voice: voice.map(Arc::new), at_once, mail_connections })
    }
}

/// Whether a host is this machine: what may be spoken to without TLS.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        // In URLs of other schemes than http an IPv4 address is a domain to the parser.
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(smtp: Option<&str>, sms: Option<&str>) -> Option<&'static str> {
        let base = Url::parse("https://her-sys.example.jp").unwrap();
        MessagingConfig::new(smtp, None, sms, None, &base, (AT_ONCE, MAIL_CONNECTIONS)).err().map(|error| error.key)
    }

    #[test]
    fn passwords_travel_only_under_tls_or_inside_this_machine() {
        assert_eq!(refused(Some("smtp://u:p@mail.example.jp"), None), Some("HERSYS_SMTP_URL"));
        assert_eq!(refused(Some("smtp://u:p@mail.example.jp?tls=opportunistic"), None), Some("HERSYS_SMTP_URL"));
        assert_eq!(refused(Some("smtp://u:p@mail.example.jp?tls=required"), None), None);
        assert_eq!(refused(Some("smtps://u:p@mail.example.jp"), None), None);
        assert_eq!(refused(Some("smtp://u:p@127.0.0.1:2525"), None), None);
        assert_eq!(refused(None, Some("http://AC1:t@sms.example.jp/?from=%2B815012345678")), Some("HERSYS_SMS_URL"));
        assert_eq!(refused(None, Some("http://AC1:t@127.0.0.1:9/?from=%2B815012345678")), None);
    }

    #[test]
    fn an_sms_provider_needs_account_token_and_sender() {
        for url in [
            "https://sms.example.jp/?from=%2B815012345678",
            "https://AC1@sms.example.jp/?from=%2B815012345678",
            "https://AC1:t@sms.example.jp/",
            "https://AC1:t@sms.example.jp/?from=",
            "https://AC1:t@sms.example.jp/path?from=%2B815012345678",
            "AC1",
        ] {
            assert_eq!(refused(None, Some(url)), Some("HERSYS_SMS_URL"), "{url}");
        }
        assert_eq!(refused(None, Some("https://AC1:t@sms.example.jp/?from=%2B815012345678")), None);
    }

    #[test]
    fn every_base_url_has_a_default_sender() {
        for base in
            ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "https://her-sys.example.jp"]
        {
            let base = Url::parse(base).unwrap();
            assert!(
                MessagingConfig::new(Some("smtp://127.0.0.1:25"), None, None, None, &base, (AT_ONCE, MAIL_CONNECTIONS))
                    .is_ok(),
                "{base}"
            );
        }
    }
}
