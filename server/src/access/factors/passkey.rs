//! Security keys and passkeys (AUTH-24): WebAuthn as a second factor, discoverable or not.

use serde_json::Value as Json;
use url::{Host, Url};
use uuid::Uuid;
use webauthn_rs::prelude::{
    PublicKeyCredential, RegisterPublicKeyCredential, SecurityKey, SecurityKeyAuthentication, SecurityKeyRegistration,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::access::factors::store::{Device, Pending};
use crate::error::{Error, Result};

/// What the browser is asked, and what the answer is judged by.
pub struct Challenge {
    pub options: Json,
    pub state: Json,
}

/// Who asks for passkeys. Browsers bind them to a name, never to an IP address; on this machine the
/// name is `localhost`. `None` where the installation has no name.
pub fn relying_party(base_url: &Url) -> Option<Webauthn> {
    let loopback = match base_url.host()? {
        Host::Domain(_) => false,
        Host::Ipv4(address) if address.is_loopback() => true,
        Host::Ipv6(address) if address.is_loopback() => true,
        Host::Ipv4(_) | Host::Ipv6(_) => return None,
    };
    let mut origin = base_url.clone();
    if loopback {
        origin.set_host(Some("localhost")).ok()?;
    }
    let name = origin.host_str()?.to_owned();
    WebauthnBuilder::new(&name, &origin).ok()?.rp_name("HER-SYS").build().ok()
}

/// Asks for a new key; those that the account has already are left out.
pub fn ask_for_new(party: &Webauthn, pending: &Pending, devices: &[Device]) -> Result<Challenge> {
    let known = keys(devices).into_iter().map(|(_, key)| key.cred_id().clone()).collect();
    let (mut options, state) = party
        .start_securitykey_registration(
            pending.account_id,
            &pending.sign_in_id,
            &pending.display_name,
            Some(known),
            None,
            None,
        )
        .map_err(|error| Error::Internal(format!("passkey: {error}")))?;
    // Keys on a stick and passkeys of the device are equally welcome.
    options.public_key.hints = None;
    // A key without a PIN would lock itself by a protection that asks for one; presence is enough
    // beside a password.
    options.public_key.extensions = None;
    challenge(&options, &state)
}

/// The new key where the browser's answer fits what was asked.
pub fn accept_new(party: &Webauthn, state: &Json, answer: &str) -> Option<SecurityKey> {
    let state: SecurityKeyRegistration = serde_json::from_value(state.clone()).ok()?;
    let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
    party
        .finish_securitykey_registration(&answer, &state)
        .inspect_err(|error| tracing::info!(%error, "passkey not taken"))
        .ok()
}

/// Asks for a proof by one of the account's keys.
pub fn ask_for_proof(party: &Webauthn, devices: &[Device]) -> Result<Challenge> {
    let keys: Vec<SecurityKey> = keys(devices).into_iter().map(|(_, key)| key).collect();
    let (mut options, state) =
        party.start_securitykey_authentication(&keys).map_err(|error| Error::Internal(format!("passkey: {error}")))?;
    options.public_key.hints = None;
    challenge(&options, &state)
}

/// Which key has proved itself, and its new state where using it changed it.
pub fn accept_proof(party: &Webauthn, devices: &[Device], state: &Json, answer: &str) -> Option<(Uuid, Option<Json>)> {
    let state: SecurityKeyAuthentication = serde_json::from_value(state.clone()).ok()?;
    let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
    let result = party
        .finish_securitykey_authentication(&answer, &state)
        .inspect_err(|error| tracing::info!(%error, "passkey refused"))
        .ok()?;
    let (factor_id, mut key) = keys(devices).into_iter().find(|(_, key)| key.cred_id() == result.cred_id())?;
    let changed = key.update_credential(&result) == Some(true);
    Some((factor_id, changed.then(|| serde_json::to_value(&key).ok()).flatten()))
}

fn keys(devices: &[Device]) -> Vec<(Uuid, SecurityKey)> {
    devices
        .iter()
        .filter_map(|device| Some((device.factor_id, serde_json::from_value(device.credential.clone()?).ok()?)))
        .collect()
}

fn challenge(options: &impl serde::Serialize, state: &impl serde::Serialize) -> Result<Challenge> {
    let json = |error: serde_json::Error| Error::Internal(format!("passkey: {error}"));
    Ok(Challenge {
        options: serde_json::to_value(options).map_err(json)?,
        state: serde_json::to_value(state).map_err(json)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auth_24_keys_are_bound_to_a_name() {
        let origins = |base: &str| {
            let party = relying_party(&Url::parse(base).unwrap())?;
            party.get_allowed_origins().first().map(Url::to_string)
        };
        assert_eq!(origins("https://her-sys.example.jp").as_deref(), Some("https://her-sys.example.jp/"));
        assert_eq!(origins("http://127.0.0.1:8080").as_deref(), Some("http://localhost:8080/"));
        assert_eq!(origins("http://192.0.2.1"), None);
    }
}
