//! The installation's secret key, and the random tokens and codes that hang on it.

use std::fs;
use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Keys hashes of mail addresses, codes and attempts, so that a copy of the database alone tells
/// neither who has an account nor which code was sent.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The key kept in `folder`, made there on first use, readable by its owner only.
    pub fn in_folder(folder: &Path) -> std::io::Result<Self> {
        let path = folder.join("secret.key");
        if let Ok(bytes) = fs::read(&path) {
            let key = bytes
                .try_into()
                .map_err(|_| std::io::Error::new(std::io::ErrorKind::InvalidData, "secret.key must hold 32 bytes"))?;
            return Ok(Self(key));
        }
        fs::create_dir_all(folder)?;
        let key: [u8; 32] = rand::random();
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path)?;
        file.write_all(&key)?;
        file.sync_all()?;
        Ok(Self(key))
    }

    /// A keyed hash; `purpose` keeps the hashes of different things apart.
    pub fn hash(&self, purpose: &str, value: &str) -> [u8; 32] {
        // HMAC takes keys of any length, so this cannot fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return [0; 32];
        };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// A bearer token: 256 random bits for a cookie or a link; only its hash is stored.
pub struct Token(String);

impl Token {
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// 128 bits: short enough for an SMS, too long to guess.
    pub fn short() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> [u8; 32] {
        hash_token(&self.0)
    }
}

/// The hash under which a presented token is looked up. Tokens are random, so no key is needed.
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Six random digits.
pub fn six_digits() -> String {
    format!("{:06}", rand::random_range(0..1_000_000_u32))
}

/// Compares two hashes in constant time.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_keep_hashes_apart() {
        let secret = Secret::new([7; 32]);
        assert_ne!(secret.hash("a", "x"), secret.hash("b", "x"));
        assert_ne!(Secret::new([8; 32]).hash("a", "x"), secret.hash("a", "x"));
    }
}
