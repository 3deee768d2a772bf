//! The push services that this installation sends to. An endpoint comes from a client, so it is called only
//! where its host is on this list.

use url::{Host, Url};

use crate::config::ConfigError;
use crate::messages::config::is_loopback;

/// The push services of Chromium, Firefox, Safari and Windows.
const USUAL: &str = "fcm.googleapis.com, updates.push.services.mozilla.com, *.push.apple.com, *.notify.windows.com";

/// Longest endpoint, characters.
const LONGEST: usize = 2000;

/// Which endpoints may be called.
#[derive(Debug, Clone)]
pub struct PushHosts(Vec<Allowed>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Allowed {
    /// `HOST` by TLS.
    Host(String),
    /// `*.DOMAIN`: any host below it, by TLS; the dot comes first.
    Below(String),
    /// `http://127.0.0.1:PORT`: this machine, for tests.
    Here(url::Origin),
}

impl PushHosts {
    /// From `HERSYS_PUSH_HOSTS`: hosts separated by commas; empty for no web push at all.
    pub fn from_setting(setting: Option<&str>) -> Result<Self, ConfigError> {
        let entries = setting.unwrap_or(USUAL).split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let read = |entry| {
            allowed(entry).ok_or_else(|| {
                ConfigError::new(
                    "HERSYS_PUSH_HOSTS",
                    "must be hosts such as push.example.jp or *.example.jp, separated by commas",
                )
            })
        };
        entries.map(read).collect::<Result<_, _>>().map(Self)
    }

    /// No web push at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this machine is among them, to which requests go by no proxy.
    pub(super) fn is_here(&self) -> bool {
        self.0.iter().any(|allowed| matches!(allowed, Allowed::Here(_)))
    }

    /// The address of an endpoint that may be called.
    pub fn endpoint(&self, typed: &str) -> Option<Url> {
        let url = Url::parse(typed).ok().filter(|_| typed.len() <= LONGEST)?;
        let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        (bare && self.0.iter().any(|allowed| allowed.covers(&url))).then_some(url)
    }
}

impl Allowed {
    fn covers(&self, url: &Url) -> bool {
        if let Self::Here(origin) = self {
            return url.origin() == *origin;
        }
        // The parser gives hosts in lower case and leaves the usual port out.
        let Some(Host::Domain(host)) = url.host().filter(|_| url.scheme() == "https" && url.port().is_none()) else {
            return false;
        };
        match self {
            Self::Host(name) => host == name,
            Self::Below(suffix) => host.len() > suffix.len() && host.ends_with(suffix.as_str()),
            Self::Here(_) => false,
        }
    }
}

fn allowed(entry: &str) -> Option<Allowed> {
    if entry.starts_with("http://") {
        let url = Url::parse(entry).ok().filter(is_loopback)?;
        return (url.path() == "/").then(|| Allowed::Here(url.origin()));
    }
    let (is_below, name) = entry.strip_prefix("*.").map_or((false, entry), |name| (true, name));
    // A domain of two parts at least, in the parser's own writing.
    let url = Url::parse(&format!("https://{name}")).ok()?;
    match url.host()? {
        Host::Domain(host) if host.contains('.') && host == name.to_ascii_lowercase() => {
            Some(if is_below { Allowed::Below(format!(".{host}")) } else { Allowed::Host(host.to_owned()) })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntf_04_only_push_services_are_called_and_only_by_tls() {
        let hosts = PushHosts::from_setting(None).unwrap();
        for fine in [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://FCM.googleapis.com:443/wp/abc",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
            "https://web.push.apple.com/QO",
            "https://wns2-by3p.notify.windows.com/w/?token=BQ",
        ] {
            assert!(hosts.endpoint(fine).is_some(), "{fine}");
        }
        for refused in [
            "http://fcm.googleapis.com/fcm/send/abc",
            "https://fcm.googleapis.com:8443/fcm/send/abc",
            "https://fcm.googleapis.com.evil.example/abc",
            "https://evil.example/?https://fcm.googleapis.com/",
            "https://fcm.googleapis.com@evil.example/abc",
            "https://user@fcm.googleapis.com/abc",
            "https://fcm.googleapis.com/abc#part",
            "https://push.apple.com/QO",
            "https://evilpush.apple.com.example/QO",
            "https://notpush.apple.com/QO",
            "https://127.0.0.1/abc",
            "https://[::1]/abc",
            "http://localhost/abc",
            "file:///etc/passwd",
            "",
        ] {
            assert!(hosts.endpoint(refused).is_none(), "{refused}");
        }
        assert!(hosts.endpoint(&format!("https://fcm.googleapis.com/{}", "a".repeat(LONGEST))).is_none());
    }

    #[test]
    fn ntf_04_without_tls_only_this_machine_and_only_its_port() {
        let hosts = PushHosts::from_setting(Some("http://127.0.0.1:9000")).unwrap();
        assert!(hosts.endpoint("http://127.0.0.1:9000/push/1").is_some());
        for refused in ["http://127.0.0.1:9001/push/1", "http://127.0.0.1/", "https://fcm.googleapis.com/a"] {
            assert!(hosts.endpoint(refused).is_none(), "{refused}");
        }
    }

    #[test]
    fn ntf_04_a_list_with_anything_else_is_refused() {
        for wrong in ["http://push.example.jp", "push", "*", "*.jp", "10.0.0.1", "push.example.jp/path", "a.example:99"]
        {
            assert!(PushHosts::from_setting(Some(wrong)).is_err(), "{wrong}");
        }
        assert!(PushHosts::from_setting(Some("")).unwrap().is_empty());
    }
}
