//! Argon2id, a few at a time.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// Each hash takes 19 MiB and a core for some tens of milliseconds (OWASP's first choice for
/// Argon2id), so only a few run at once and only a few wait.
const CONCURRENT: usize = 2;
const WAITING: usize = 100;

#[derive(Clone)]
pub struct Passwords {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Verified against where there is no account, so that the time taken tells nothing.
    nobody: Arc<str>,
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap_or_default())
}

fn hash_now(password: &str) -> Result<String> {
    argon2()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Error::Internal(format!("argon2: {error}")))
}

impl Passwords {
    pub fn new() -> Result<Self> {
        Ok(Self {
            running: Arc::new(Semaphore::new(CONCURRENT)),
            waiting: Arc::new(Semaphore::new(WAITING)),
            nobody: hash_now(crate::secret::Token::random().as_str())?.into(),
        })
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.run(move || hash_now(&password)).await?
    }

    /// Whether `password` is the one behind `hash`; without a hash the same time passes and the
    /// answer is no.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let password = password.to_owned();
        let same = self
            .run(move || {
                PasswordHash::new(&hash)
                    .is_ok_and(|parsed| argon2().verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await?;
        Ok(same && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::Unavailable("password hashing"))?;
        let _turn = self.running.acquire().await.map_err(|_| Error::Unavailable("password hashing"))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_nobody_has_none() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("Abcdefg1").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify("Abcdefg1", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("Abcdefg2", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("Abcdefg1", None).await.unwrap());
    }
}
