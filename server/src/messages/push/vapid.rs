//! By which key a push service knows this installation (VAPID, RFC 8292).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;
use time::Duration;
use url::Url;

use crate::clock::Timestamp;
use crate::secret::Secret;

/// How long a signed word is good; push services take up to a day.
const LASTS: Duration = Duration::hours(12);
/// A word is signed anew before it runs out.
const LEFT: Duration = Duration::hours(1);

/// Services whose words are kept at most; there are a handful.
const MOST_KEPT: usize = 64;

/// The key pair, and what it has signed.
pub struct Vapid {
    key: SigningKey,
    public: String,
    contact: String,
    signed: Mutex<HashMap<String, (String, Timestamp)>>,
}

impl Vapid {
    /// The key follows from the installation's secret, so it is the same in every process and after every
    /// start: browsers hold it for as long as they are subscribed. `contact` is a `mailto:` or `https:` address.
    pub fn new(secret: &Secret, contact: String) -> Option<Self> {
        // All but one in 2^32 numbers are keys.
        let numbers = ["vapid", "vapid 2", "vapid 3"].map(|purpose| secret.hash(purpose, ""));
        let key = numbers.iter().find_map(|number| SigningKey::from_slice(number).ok())?;
        let public = URL_SAFE_NO_PAD.encode(key.verifying_key().to_sec1_point(false).as_bytes());
        Some(Self { key, public, contact, signed: Mutex::default() })
    }

    /// The public key as browsers take it: base64url of the uncompressed point.
    pub fn public_key(&self) -> &str {
        &self.public
    }

    /// The header `Authorization` for a push service.
    pub fn authorization(&self, endpoint: &Url, now: Timestamp) -> String {
        let service = endpoint.origin().ascii_serialization();
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((word, until)) = signed.get(&service)
            && now < *until
        {
            return word.clone();
        }
        let word = format!("vapid t={}, k={}", self.sign(&service, now + LASTS), self.public);
        if signed.len() >= MOST_KEPT {
            signed.clear();
        }
        signed.insert(service, (word.clone(), now + LASTS - LEFT));
        word
    }

    fn sign(&self, service: &str, until: Timestamp) -> String {
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let words = format!(
            "{}.{}",
            part(json!({ "typ": "JWT", "alg": "ES256" })),
            part(json!({ "aud": service, "exp": until.0 / 1000, "sub": self.contact })),
        );
        let signature: Signature = self.key.sign(words.as_bytes());
        format!("{words}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntf_04_one_installation_has_one_key() {
        let key = |byte| Vapid::new(&Secret::new([byte; 32]), String::new()).unwrap().public_key().to_owned();
        assert_eq!(key(7), key(7));
        assert_ne!(key(7), key(8));
        assert_eq!(URL_SAFE_NO_PAD.decode(key(7)).unwrap().len(), 65);
    }

    #[test]
    fn ntf_04_a_word_is_signed_once_for_a_service_until_it_is_old() {
        let vapid = Vapid::new(&Secret::new([7; 32]), "mailto:a@example.jp".into()).unwrap();
        let word = |url: &str, at: i64| vapid.authorization(&Url::parse(url).unwrap(), Timestamp(at * 1000));
        assert_eq!(word("https://a.example/1", 0), word("https://a.example/2", 60));
        assert_ne!(word("https://a.example/1", 0), word("https://b.example/1", 0));
        assert_ne!(word("https://a.example/1", 0), word("https://a.example/1", 11 * 3600));
    }
}
