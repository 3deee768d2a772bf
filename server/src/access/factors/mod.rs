//! Second factors: telephone numbers (SMS or call), authenticator apps, security keys and passkeys.

use axum_extra::extract::CookieJar;
use hersys_shared::PhoneNumber;
use uuid::Uuid;

use crate::App;
use crate::access::factors::store::Device;
use crate::db::Handle;
use crate::error::Result;

pub mod app;
pub mod pages;
pub mod passkey;
pub mod proof;
pub mod steps;
pub mod store;
pub mod webhooks;

pub use proof::{Proof, Purpose};

/// How somebody proves to be who they are, after the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Sms,
    Call,
    App,
    Passkey,
}

impl Method {
    const ALL: [Self; 4] = [Self::Sms, Self::Call, Self::App, Self::Passkey];

    pub fn code(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Call => "call",
            Self::App => "app",
            Self::Passkey => "passkey",
        }
    }

    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }
}

/// One way to prove oneself that is open to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub method: Method,
    pub phone: Option<PhoneNumber>,
}

/// The second factors of an account.
pub struct Factors {
    pub phones: Vec<PhoneNumber>,
    pub devices: Vec<Device>,
}

impl Factors {
    pub async fn of(on: impl Into<Handle<'_>>, account_id: Uuid) -> Result<Self> {
        // One handle serves both queries.
        match on.into() {
            Handle::Pool(db) => Ok(Self {
                phones: parsed(store::phones(db, account_id).await?),
                devices: store::devices(db, account_id).await?,
            }),
            Handle::Tx(tx) => Ok(Self {
                phones: parsed(store::phones(&mut *tx, account_id).await?),
                devices: store::devices(tx, account_id).await?,
            }),
        }
    }

    pub fn count(&self) -> usize {
        self.phones.len() + self.devices.len()
    }

    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// The ways to prove oneself, those by SMS first. AUTH-08: a landline is only called.
    pub fn choices(&self) -> Vec<Choice> {
        let by_phone = |method, phone: &PhoneNumber| Choice { method, phone: Some(phone.clone()) };
        let mobiles = self.phones.iter().filter(|phone| phone.is_mobile()).map(|phone| by_phone(Method::Sms, phone));
        let calls = self.phones.iter().map(|phone| by_phone(Method::Call, phone));
        let by_device = |method: Method| {
            let has = self.devices.iter().any(|device| device.kind == method.code());
            has.then_some(Choice { method, phone: None })
        };
        mobiles.chain(calls).chain(by_device(Method::App)).chain(by_device(Method::Passkey)).collect()
    }

    /// What is asked for first: what was used last, where it is still there.
    pub async fn preferred(&self, app: &App, account_id: Uuid) -> Result<Option<Choice>> {
        let (method, phone) = store::last_method(&app.db, account_id).await?;
        let last = |choice: &&Choice| {
            method.as_deref() == Some(choice.method.code())
                && phone.as_deref() == choice.phone.as_ref().map(PhoneNumber::as_str)
        };
        let choices = self.choices();
        Ok(choices.iter().find(last).or(choices.first()).cloned())
    }
}

fn parsed(numbers: Vec<String>) -> Vec<PhoneNumber> {
    numbers.iter().filter_map(|number| PhoneNumber::parse(number).ok()).collect()
}

/// The proof under way in this browser.
pub async fn under_way(app: &App, jar: &CookieJar, purpose: Purpose) -> Result<Option<Proof>> {
    proof::find(app, jar, purpose).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auth_08_a_landline_is_only_called() {
        let phone = |text| PhoneNumber::parse(text).unwrap();
        let factors = Factors { phones: vec![phone("03-1234-5678"), phone("090-1234-5678")], devices: vec![] };
        let choices: Vec<_> =
            factors.choices().into_iter().map(|choice| (choice.method, choice.phone.unwrap().to_string())).collect();
        assert_eq!(
            choices,
            [
                (Method::Sms, "09012345678".to_owned()),
                (Method::Call, "0312345678".to_owned()),
                (Method::Call, "09012345678".to_owned()),
            ]
        );
    }
}
