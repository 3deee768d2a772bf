//! Typed configuration from flags, environment and file, in this order of precedence.
//! What is wrong is refused at start with the key's name.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use hersys_shared::{MailAddress, PhoneNumber};
use ipnet::IpNet;
use serde::Deserialize;
use time::Date;
use url::Url;

use crate::db::Engine;
use crate::messages::{self, MessagingConfig, PushHosts};

/// What the manual leaves open (AUTH-15): common when the system was made.
const PASSWORD_DAYS: u32 = 90;

/// “2021年9月30日以前のものが過去データです。” (PST-01)
const PAST_UNTIL: Date = time::macros::date!(2021 - 09 - 30);

/// The keys as they stand on the command line, in the environment and in the file.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// TOML file with any of these keys, e.g. `listen = "0.0.0.0:8080"`
    #[arg(long, env = "HERSYS_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,

    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "HERSYS_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,

    /// Folder for the database file and the secret key [default: hersys-data]
    #[arg(long, env = "HERSYS_DATA_DIR", value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME [default: sqlite file in the data folder]
    #[arg(long, env = "HERSYS_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// The address under which browsers reach this system [default: http://LISTEN]
    #[arg(long, env = "HERSYS_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,

    /// Mail server: smtp://USER:PASSWORD@HOST:587?tls=required (STARTTLS) or smtps://…:465.
    /// Without it mail waits in the outbox
    #[arg(long, env = "HERSYS_SMTP_URL", value_name = "URL", hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// Sender of mail [default: My HER-SYS <no-reply@HOST of the base URL>]
    #[arg(long, env = "HERSYS_MAIL_FROM", value_name = "NAME <ADDRESS>")]
    pub mail_from: Option<String>,

    /// SMS provider with an HTTP API of the Twilio form: https://ACCOUNT:TOKEN@HOST/?from=%2B81…
    /// Without it SMS wait in the outbox
    #[arg(long, env = "HERSYS_SMS_URL", value_name = "URL", hide_env_values = true)]
    pub sms_url: Option<String>,

    /// Voice provider of the same form, for sign-in by a call
    /// [default: the account of HERSYS_SMS_URL, where its sender is a number]
    #[arg(long, env = "HERSYS_VOICE_URL", value_name = "URL", hide_env_values = true)]
    pub voice_url: Option<String>,

    /// Push services that may be sent to, separated by commas; empty for no web push
    /// [default: fcm.googleapis.com, updates.push.services.mozilla.com, *.push.apple.com, *.notify.windows.com]
    #[arg(long, env = "HERSYS_PUSH_HOSTS", value_name = "HOSTS")]
    pub push_hosts: Option<String>,

    /// Requests to providers of SMS, push and calls that are under way at once for reminders [default: 256]
    #[arg(long, env = "HERSYS_MESSAGES_AT_ONCE", value_name = "N")]
    pub messages_at_once: Option<u32>,

    /// Connections to the mail server that reminders use at once [default: 16]
    #[arg(long, env = "HERSYS_SMTP_CONNECTIONS", value_name = "N")]
    pub smtp_connections: Option<u32>,

    /// Days after which staff choose a new password (AUTH-15); 0 for never [default: 90]
    #[arg(long, env = "HERSYS_PASSWORD_DAYS", value_name = "DAYS")]
    pub password_days: Option<u32>,

    /// 64 hexadecimal digits that key hashes of addresses and codes; the same for every process of
    /// one installation [default: made once, kept in the data folder]
    #[arg(long, env = "HERSYS_SECRET_KEY", value_name = "HEX", hide_env_values = true)]
    pub secret_key: Option<String>,

    /// Name of the operator, shown at the foot of pages and in messages [default: HER-SYS 運営事務局]
    #[arg(long, env = "HERSYS_OPERATOR_NAME", value_name = "NAME")]
    pub operator_name: Option<String>,

    /// Domain of the sign-in IDs that are suggested when staff IDs are issued [default: hersys.example]
    #[arg(long, env = "HERSYS_SIGN_IN_DOMAIN", value_name = "DOMAIN")]
    pub sign_in_domain: Option<String>,

    /// Networks of reverse proxies whose X-Forwarded-For is believed, separated by commas
    #[arg(long, env = "HERSYS_TRUSTED_PROXIES", value_name = "NETWORKS")]
    pub trusted_proxies: Option<String>,

    /// The last day of 過去データ (PST-01), which lists show only with 過去情報 on [default: 2021-09-30]
    #[arg(long, env = "HERSYS_PAST_UNTIL", value_name = "DATE")]
    pub past_until: Option<String>,

    /// `on` where My HER-SYS shows a 療養証明書 to people whose illness a test has proven [default: off]
    #[arg(long, env = "HERSYS_CERTIFICATE", value_name = "on|off")]
    pub certificate: Option<String>,

    /// The number under which 健康コール takes reports; pages say so where there is none
    #[arg(long, env = "HERSYS_HEALTH_CALL_PHONE", value_name = "NUMBER")]
    pub health_call_phone: Option<String>,

    /// The number from which 自動架電 calls; pages say so where there is none
    #[arg(long, env = "HERSYS_AUTO_CALL_PHONE", value_name = "NUMBER")]
    pub auto_call_phone: Option<String>,

    /// Folder with replacements of the texts and tables that ship with the program
    /// (symptoms.json, …) [default: `config` in the data folder]
    #[arg(long, env = "HERSYS_TEXTS_DIR", value_name = "FOLDER")]
    pub texts_dir: Option<PathBuf>,
}

/// What is wrong with which key.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct ConfigError {
    pub key: &'static str,
    pub problem: String,
}

impl ConfigError {
    pub fn new(key: &'static str, problem: impl fmt::Display) -> Self {
        Self { key, problem: problem.to_string() }
    }
}

/// The configuration of a process. `Debug` shows no secret.
#[derive(Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    pub texts_dir: PathBuf,
    pub database_url: String,
    pub base_url: Url,
    pub messaging: MessagingConfig,
    /// Which push services may be sent to.
    pub push_hosts: PushHosts,
    pub secret_key: Option<[u8; 32]>,
    pub operator_name: String,
    /// AUTH-04: where suggested sign-in IDs end.
    pub sign_in_domain: String,
    /// After how long staff choose a new password; `None` for never.
    pub password_lasts: Option<time::Duration>,
    pub trusted_proxies: Vec<IpNet>,
    /// PST-01: the last day of 過去データ.
    pub past_until: Date,
    /// Whether a 療養証明書 can be shown (public-facts §6).
    pub shows_certificate: bool,
    /// 健康コール (HCL-01).
    pub health_call_phone: Option<PhoneNumber>,
    /// 自動架電 (CALL-01).
    pub auto_call_phone: Option<PhoneNumber>,
    /// Demo mode: outgoing messages are kept and shown under /demo/.
    pub demo: bool,
}

impl Settings {
    /// Fills what flags and environment leave open from the file, if one is named.
    pub fn with_file(self) -> Result<Self, ConfigError> {
        let Some(path) = self.config.clone() else {
            return Ok(self);
        };
        let key = "HERSYS_CONFIG";
        let text = std::fs::read_to_string(&path)
            .map_err(|error| ConfigError::new(key, format!("cannot read {}: {error}", path.display())))?;
        let file: Self = toml::from_str(&text)
            .map_err(|error| ConfigError::new(key, format!("{}: {}", path.display(), error.message())))?;
        Ok(Self {
            config: self.config,
            listen: self.listen.or(file.listen),
            data_dir: self.data_dir.or(file.data_dir),
            database_url: self.database_url.or(file.database_url),
            base_url: self.base_url.or(file.base_url),
            smtp_url: self.smtp_url.or(file.smtp_url),
            mail_from: self.mail_from.or(file.mail_from),
            sms_url: self.sms_url.or(file.sms_url),
            voice_url: self.voice_url.or(file.voice_url),
            push_hosts: self.push_hosts.or(file.push_hosts),
            messages_at_once: self.messages_at_once.or(file.messages_at_once),
            smtp_connections: self.smtp_connections.or(file.smtp_connections),
            password_days: self.password_days.or(file.password_days),
            secret_key: self.secret_key.or(file.secret_key),
            operator_name: self.operator_name.or(file.operator_name),
            sign_in_domain: self.sign_in_domain.or(file.sign_in_domain),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies),
            past_until: self.past_until.or(file.past_until),
            certificate: self.certificate.or(file.certificate),
            health_call_phone: self.health_call_phone.or(file.health_call_phone),
            auto_call_phone: self.auto_call_phone.or(file.auto_call_phone),
            texts_dir: self.texts_dir.or(file.texts_dir),
        })
    }
}

impl Config {
    pub fn from_settings(settings: Settings, demo: bool) -> Result<Self, ConfigError> {
        let settings = settings.with_file()?;
        let listen: SocketAddr = settings
            .listen
            .as_deref()
            .unwrap_or("127.0.0.1:8080")
            .parse()
            .map_err(|_| ConfigError::new("HERSYS_LISTEN", "must be ADDRESS:PORT, e.g. 127.0.0.1:8080"))?;
        let data_dir = settings.data_dir.unwrap_or_else(|| PathBuf::from("hersys-data"));
        let database_url = settings.database_url.unwrap_or_else(|| sqlite_url(&data_dir));
        if Engine::of_url(&database_url).is_none() {
            return Err(ConfigError::new("HERSYS_DATABASE_URL", "must begin with sqlite:// or postgres://"));
        }
        let base_url = base_url(settings.base_url.as_deref(), listen)?;
        let messaging = MessagingConfig::new(
            settings.smtp_url.as_deref(),
            settings.mail_from.as_deref(),
            settings.sms_url.as_deref(),
            settings.voice_url.as_deref(),
            &base_url,
            (
                settings.messages_at_once.unwrap_or(messages::AT_ONCE),
                settings.smtp_connections.unwrap_or(messages::MAIL_CONNECTIONS),
            ),
        )?;
        Ok(Self {
            listen,
            texts_dir: settings.texts_dir.unwrap_or_else(|| data_dir.join("config")),
            data_dir,
            database_url,
            base_url,
            messaging,
            push_hosts: PushHosts::from_setting(settings.push_hosts.as_deref())?,
            secret_key: settings.secret_key.as_deref().map(secret_key).transpose()?,
            operator_name: settings.operator_name.unwrap_or_else(|| "HER-SYS 運営事務局".to_owned()),
            password_lasts: match settings.password_days.unwrap_or(PASSWORD_DAYS) {
                0 => None,
                days => Some(time::Duration::days(days.into())),
            },
            sign_in_domain: sign_in_domain(settings.sign_in_domain.as_deref())?,
            trusted_proxies: trusted_proxies(settings.trusted_proxies.as_deref())?,
            past_until: past_until(settings.past_until.as_deref())?,
            shows_certificate: is_on("HERSYS_CERTIFICATE", settings.certificate.as_deref())?,
            health_call_phone: phone("HERSYS_HEALTH_CALL_PHONE", settings.health_call_phone.as_deref())?,
            auto_call_phone: phone("HERSYS_AUTO_CALL_PHONE", settings.auto_call_phone.as_deref())?,
            demo,
        })
    }

    /// Whether browsers come by TLS (by a proxy in front).
    pub fn is_https(&self) -> bool {
        self.base_url.scheme() == "https"
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("data_dir", &self.data_dir)
            .field("database", &Engine::of_url(&self.database_url))
            .field("base_url", &self.base_url.as_str())
            .field("demo", &self.demo)
            .finish_non_exhaustive()
    }
}

fn past_until(typed: Option<&str>) -> Result<Date, ConfigError> {
    let Some(typed) = typed else {
        return Ok(PAST_UNTIL);
    };
    hersys_shared::days::parse(typed)
        .map_err(|_| ConfigError::new("HERSYS_PAST_UNTIL", "must be a day, e.g. 2021-09-30"))
}

/// A switch, off unless it is said to be on.
fn is_on(key: &'static str, typed: Option<&str>) -> Result<bool, ConfigError> {
    match typed.unwrap_or("off") {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(ConfigError::new(key, "must be on or off")),
    }
}

fn phone(key: &'static str, typed: Option<&str>) -> Result<Option<PhoneNumber>, ConfigError> {
    typed
        .filter(|typed| !typed.trim().is_empty())
        .map(|typed| PhoneNumber::parse(typed).map_err(|_| ConfigError::new(key, "must be a telephone number")))
        .transpose()
}

fn sqlite_url(data_dir: &Path) -> String {
    format!("sqlite://{}", data_dir.join("hersys.db").display())
}

fn base_url(typed: Option<&str>, listen: SocketAddr) -> Result<Url, ConfigError> {
    let problem = || ConfigError::new("HERSYS_BASE_URL", "must be http(s)://HOST without a path");
    let url = match typed {
        Some(typed) => Url::parse(typed).map_err(|_| problem())?,
        None => Url::parse(&format!("http://{listen}")).map_err(|_| problem())?,
    };
    let bare = matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none() && url.has_host();
    if bare { Ok(url) } else { Err(problem()) }
}

fn secret_key(hex: &str) -> Result<[u8; 32], ConfigError> {
    let problem = || ConfigError::new("HERSYS_SECRET_KEY", "must be 64 hexadecimal digits");
    let hex = hex.trim();
    if hex.len() != 64 || !hex.is_ascii() {
        return Err(problem());
    }
    let mut key = [0; 32];
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).map_err(|_| problem())?;
    }
    Ok(key)
}

fn sign_in_domain(typed: Option<&str>) -> Result<String, ConfigError> {
    let domain = typed.unwrap_or("hersys.example").trim().to_ascii_lowercase();
    // A suggested ID needs room before the domain.
    if domain.len() > 180 || MailAddress::parse(&format!("x@{domain}")).is_err() {
        return Err(ConfigError::new("HERSYS_SIGN_IN_DOMAIN", "must be a domain such as hersys.example"));
    }
    Ok(domain)
}

fn trusted_proxies(list: Option<&str>) -> Result<Vec<IpNet>, ConfigError> {
    list.unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(|entry| {
            entry.parse::<IpNet>().or_else(|_| entry.parse::<std::net::IpAddr>().map(IpNet::from)).map_err(|_| {
                ConfigError::new("HERSYS_TRUSTED_PROXIES", "must be networks such as 10.0.0.0/8, separated by commas")
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl Fn(&mut Settings)) -> &'static str {
        let mut settings = Settings::default();
        change(&mut settings);
        Config::from_settings(settings, false).unwrap_err().key
    }

    #[test]
    fn wrong_configuration_is_refused_with_the_keys_name() {
        assert_eq!(refused(|s| s.listen = Some("8080".into())), "HERSYS_LISTEN");
        assert_eq!(refused(|s| s.database_url = Some("mysql://x".into())), "HERSYS_DATABASE_URL");
        assert_eq!(refused(|s| s.base_url = Some("https://x/y".into())), "HERSYS_BASE_URL");
        assert_eq!(refused(|s| s.secret_key = Some("12".into())), "HERSYS_SECRET_KEY");
        assert_eq!(refused(|s| s.sign_in_domain = Some("hersys".into())), "HERSYS_SIGN_IN_DOMAIN");
        assert_eq!(refused(|s| s.trusted_proxies = Some("x".into())), "HERSYS_TRUSTED_PROXIES");
        assert_eq!(refused(|s| s.smtp_url = Some("http://x".into())), "HERSYS_SMTP_URL");
        assert_eq!(refused(|s| s.sms_url = Some("https://host/".into())), "HERSYS_SMS_URL");
        assert_eq!(refused(|s| s.voice_url = Some("https://AC1:t@host/?from=NAME".into())), "HERSYS_VOICE_URL");
        assert_eq!(refused(|s| s.push_hosts = Some("*".into())), "HERSYS_PUSH_HOSTS");
        assert_eq!(refused(|s| s.certificate = Some("yes".into())), "HERSYS_CERTIFICATE");
        assert_eq!(refused(|s| s.health_call_phone = Some("x".into())), "HERSYS_HEALTH_CALL_PHONE");
        assert_eq!(refused(|s| s.auto_call_phone = Some("x".into())), "HERSYS_AUTO_CALL_PHONE");
        assert_eq!(refused(|s| s.messages_at_once = Some(0)), "HERSYS_MESSAGES_AT_ONCE");
        assert_eq!(refused(|s| s.smtp_connections = Some(100_000)), "HERSYS_SMTP_CONNECTIONS");
        assert_eq!(refused(|s| s.mail_from = Some("nobody".into())), "HERSYS_MAIL_FROM");
        assert_eq!(refused(|s| s.config = Some("/nonexistent/file".into())), "HERSYS_CONFIG");
    }

    #[test]
    fn the_defaults_are_a_local_sqlite_file() {
        let config = Config::from_settings(Settings::default(), false).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database_url, "sqlite://hersys-data/hersys.db");
        assert_eq!(config.base_url.as_str(), "http://127.0.0.1:8080/");
    }

    #[test]
    fn debug_shows_no_secret() {
        let settings = Settings {
            database_url: Some("postgres://u:hidden@h/d".into()),
            secret_key: Some("ab".repeat(32)),
            ..Settings::default()
        };
        let shown = format!("{:?}", Config::from_settings(settings, false).unwrap());
        assert!(!shown.contains("hidden") && !shown.contains("171"));
    }
}
