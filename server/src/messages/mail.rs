//! Mail over SMTP.

use std::error::Error as _;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use lettre::address::AddressError;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use url::{Host, Url};

use super::Refusal;
use super::config::is_loopback;
use super::store::Leased;

/// Longest wait for each answer of the mail server.
const LONGEST: Duration = Duration::from_secs(20);

/// A mail server with the sender of all mail.
pub struct Mailer {
    from: Mailbox,
    /// The address of this installation, ending in `/`.
    base_url: String,
    builder: AsyncSmtpTransportBuilder,
    // Its pool runs a task, so it begins with the first mail: configuration is read without a runtime.
    transport: OnceLock<AsyncSmtpTransport<Tokio1Executor>>,
}

/// `My HER-SYS <no-reply@HOST>`; an address that is no name serves for trying out only.
pub(super) fn default_sender(base_url: &Url) -> Result<Mailbox, AddressError> {
    let domain = match base_url.host() {
        Some(Host::Domain(name)) => name,
        _ => "localhost",
    };
    Ok(Mailbox::new(Some("My HER-SYS".to_owned()), Address::new("no-reply", domain)?))
}

impl Mailer {
    /// The server behind `smtp://HOST`, `smtp://…?tls=required` (STARTTLS) or `smtps://…`.
    pub(super) fn new(smtp_url: &str, from: Mailbox, base_url: &Url, connections: usize) -> Result<Self, &'static str> {
        const FORM: &str = "must be smtp://USER:PASSWORD@HOST:PORT?tls=required or smtps://USER:PASSWORD@HOST:PORT";
        let url = Url::parse(smtp_url).map_err(|_| FORM)?;
        let tls = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
        let always_tls = url.scheme() == "smtps" || tls.as_deref() == Some("required");
        if url.password().is_some() && !always_tls && !is_loopback(&url) {
            return Err("a password needs smtps:// or ?tls=required");
        }
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url)
            .map_err(|_| FORM)?
            .timeout(Some(LONGEST))
            .pool_config(
                PoolConfig::new()
                    .max_size(u32::try_from(connections).unwrap_or(u32::MAX))
                    .idle_timeout(Duration::from_secs(30)),
            );
        if let (Some(Host::Domain(name)), "" | "/") = (base_url.host(), url.path()) {
            builder = builder.hello_name(ClientId::Domain(name.to_owned()));
        }
        Ok(Self { from, base_url: base_url.to_string(), builder, transport: OnceLock::new() })
    }

    pub(super) async fn send(&self, message: &Leased) -> Result<(), Refusal> {
        let mail = self.compose(message)?;
        let transport = self.transport.get_or_init(|| self.builder.clone().build());
        transport.send(mail).await.map(drop).map_err(|error| refusal(&error))
    }

    fn compose(&self, message: &Leased) -> Result<Message, Refusal> {
        let to = recipient(&message.recipient).map_err(|_| Refusal::Never("address".to_owned()))?;
        let created = Duration::from_millis(u64::try_from(message.created_at.0).unwrap_or(0));
        let mut mail = Message::builder();
        if !message.unsubscribe.is_empty() {
            let link = format!("<{}unsubscribe/{}>", self.base_url, message.unsubscribe);
            mail = mail.header(ListUnsubscribe(link)).header(ListUnsubscribePost);
        }
        mail.from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&message.subject)
            // The same however often it is tried, so that mail programs show a repeated mail once.
            .message_id(Some(format!("<{}@{}>", message.message_id, self.from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + created)
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(message.body.clone())
            .map_err(|_| Refusal::Never("text".to_owned()))
    }
}

/// Old addresses of Japanese carriers have dots where the standard wants them quoted
/// (`a..b@…`, `a.@…`).
fn recipient(address: &str) -> Result<Address, AddressError> {
    address.parse().or_else(|error| match address.rsplit_once('@') {
        Some((local, domain)) => Address::new(format!("\"{local}\""), domain),
        None => Err(error),
    })
}

/// RFC 2369: the link by which a mail program ends such mails.
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        // Broken or encoded, mail programs would not know it for a link.
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// RFC 8058: one press is enough, and the mail program makes it.
#[derive(Clone)]
struct ListUnsubscribePost;

impl Header for ListUnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// RFC 3834: keeps absence notes from answering.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn refusal(error: &Error) -> Refusal {
    let Some(code) = error.status() else {
        let kind = match () {
            () if error.is_timeout() => "timeout",
            () if error.is_tls() => "tls",
            () => "connection",
        };
        return Refusal::Later(format!("smtp {kind}"));
    };
    let answer = error.source().map(ToString::to_string).unwrap_or_default();
    of_answer(u16::from(code), &answer)
}

/// A server's answer to a mail. Only what it says of the recipient is final; what it says of our
/// account, our address or itself is for the operator to mend while the mail waits.
fn of_answer(code: u16, answer: &str) -> Refusal {
    let enhanced = enhanced_status(answer);
    let shown = match enhanced {
        Some(enhanced) => format!("smtp {code} {enhanced}"),
        None => format!("smtp {code}"),
    };
    let ours = ["5.1.7", "5.1.8", "5.3.", "5.4.", "5.5.", "5.7."];
    let final_word = match (code, enhanced) {
        (550..=556, Some(enhanced)) => !ours.iter().any(|class| enhanced.starts_with(class)),
        // Without a reason, 554 may be all that a server says to whoever connects.
        (550..=553 | 556, None) => true,
        _ => false,
    };
    if final_word { Refusal::Never(shown) } else { Refusal::Later(shown) }
}

/// `5.1.1` at the beginning of an answer (RFC 3463).
fn enhanced_status(answer: &str) -> Option<&str> {
    let first = answer.split_whitespace().next()?;
    let parts: Vec<&str> = first.split('.').collect();
    let numbers =
        parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()));
    (parts.len() == 3 && numbers).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_recipients_own_refusals_are_final() {
        let is_final = |code, answer| matches!(of_answer(code, answer), Refusal::Never(_));
        assert!(is_final(550, "5.1.1 User unknown"));
        assert!(is_final(552, "5.2.2 Mailbox full"));
        assert!(is_final(550, "No such user here"));
        assert!(!is_final(535, "5.7.8 Authentication credentials invalid"));
        assert!(!is_final(530, "Must issue a STARTTLS command first"));
        assert!(!is_final(553, "5.1.8 Sender address rejected"));
        assert!(!is_final(554, "5.7.1 Relay access denied"));
        assert!(!is_final(554, "No SMTP service here"));
        assert!(!is_final(451, "4.3.0 Try again"));
    }

    #[test]
    fn what_is_noted_of_an_answer_names_nobody() {
        assert_eq!(of_answer(550, "5.1.1 <taro@example.jp> unknown"), Refusal::Never("smtp 550 5.1.1".into()));
        assert_eq!(of_answer(550, "taro@example.jp unknown"), Refusal::Never("smtp 550".into()));
    }

    #[test]
    fn carriers_old_addresses_are_written_to() {
        assert_eq!(recipient("taro@example.jp").unwrap().to_string(), "taro@example.jp");
        assert_eq!(recipient("a..b.@docomo.ne.jp").unwrap().to_string(), "\"a..b.\"@docomo.ne.jp");
    }
}
