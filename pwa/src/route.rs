//! Addresses of the pages. None carries an ID: which person a page is about lives in memory.

use yew::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Home,
    SignIn,
    Register,
    RegisterCode,
    Forgotten,
    ForgottenCode,
    /// `/r/{token}`, the link of an SMS; the token is taken out of the address at once.
    Invitation,
    NewPerson,
    NewPersonCheck,
    Report,
    ReportCheck,
    Receipt,
    Settings,
    Password,
    Mail,
    MailCode,
    Help,
    NotFound,
}

const PATHS: [(&str, Route); 16] = [
    ("/", Route::Home),
    ("/sign-in", Route::SignIn),
    ("/register", Route::Register),
    ("/register/code", Route::RegisterCode),
    ("/forgotten", Route::Forgotten),
    ("/forgotten/code", Route::ForgottenCode),
    ("/people/new", Route::NewPerson),
    ("/people/new/check", Route::NewPersonCheck),
    ("/report", Route::Report),
    ("/report/check", Route::ReportCheck),
    ("/receipt", Route::Receipt),
    ("/settings", Route::Settings),
    ("/settings/password", Route::Password),
    ("/settings/mail", Route::Mail),
    ("/settings/mail/code", Route::MailCode),
    ("/help", Route::Help),
];

impl Route {
    pub fn of_path(path: &str) -> Self {
        if invitation_token(path).is_some() {
            return Self::Invitation;
        }
        let path = match path.trim_end_matches('/') {
            "" => "/",
            trimmed => trimmed,
        };
        PATHS.iter().find(|(known, _)| *known == path).map_or(Self::NotFound, |(_, route)| *route)
    }

    pub fn path(self) -> &'static str {
        PATHS.iter().find(|(_, route)| *route == self).map_or("/", |(path, _)| path)
    }

    /// Pages on which one thing is to be finished: they go without the menu.
    pub fn is_focused(self) -> bool {
        !matches!(self, Self::Home | Self::Settings | Self::Help | Self::NotFound)
    }
}

/// The token of an SMS link, out of `/r/{token}`.
pub fn invitation_token(path: &str) -> Option<&str> {
    path.strip_prefix("/r/").map(|token| token.trim_end_matches('/')).filter(|token| {
        let usual = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !token.is_empty() && token.len() <= 200 && token.chars().all(usual)
    })
}

/// Where the reader is, and how to go elsewhere.
#[derive(Clone, PartialEq)]
pub struct Nav {
    pub route: Route,
    pub(crate) going: Callback<(Route, Step)>,
}

/// Whether 「戻る」 leads back to the page that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Forward,
    Replacing,
}

impl Nav {
    pub fn go(&self, route: Route) {
        self.going.emit((route, Step::Forward));
    }

    /// For pages to which 「戻る」 must not lead, such as one whose values are gone.
    pub fn replace(&self, route: Route) {
        self.going.emit((route, Step::Replacing));
    }
}

#[hook]
pub fn use_nav() -> Nav {
    use_context::<Nav>().unwrap_or(Nav { route: Route::NotFound, going: Callback::noop() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_leads_to_its_page_and_back() {
        for (path, route) in PATHS {
            assert_eq!((Route::of_path(path), route.path()), (route, path));
        }
        assert_eq!(Route::of_path("/settings/"), Route::Settings);
        assert_eq!(Route::of_path("/elsewhere"), Route::NotFound);
    }

    #[test]
    fn the_link_of_an_sms_is_told_by_its_token() {
        assert_eq!(Route::of_path("/r/aB3-_x"), Route::Invitation);
        assert_eq!(invitation_token("/r/aB3-_x/"), Some("aB3-_x"));
        for other in ["/r/", "/r", "/r/a/b", "/r/%2e"] {
            assert_eq!(Route::of_path(other), Route::NotFound, "{other}");
        }
    }
}
