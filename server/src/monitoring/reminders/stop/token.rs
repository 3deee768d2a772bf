//! The token of a mail's link: whose mails end, sealed with the installation's key, so that nothing is kept for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::secret::{self, Secret};

/// Whose mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The people of an account of My HER-SYS.
    Account(Uuid),
    /// One person, at the address of the record.
    Person(Uuid),
}

const SEAL: usize = 16;

fn seal(secret: &Secret, open: &[u8]) -> Vec<u8> {
    let text: String = open.iter().map(|byte| format!("{byte:02x}")).collect();
    secret.hash("unsubscribe", &text)[..SEAL].to_vec()
}

pub fn token(secret: &Secret, whose: Whose) -> String {
    let (mark, id) = match whose {
        Whose::Account(id) => (b'a', id),
        Whose::Person(id) => (b'p', id),
    };
    let mut bytes = vec![mark];
    bytes.extend(id.as_bytes());
    bytes.extend(seal(secret, &bytes));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a token says, if it is one of this installation.
pub fn read(secret: &Secret, token: &str) -> Option<Whose> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (open, sealed) = bytes.split_at_checked(17)?;
    if !secret::same(&seal(secret, open), sealed) {
        return None;
    }
    let id = Uuid::from_slice(&open[1..]).ok()?;
    match open[0] {
        b'a' => Some(Whose::Account(id)),
        b'p' => Some(Whose::Person(id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_where_it_was_made_and_nowhere_else() {
        let secret = Secret::new([7; 32]);
        for whose in [Whose::Account(Uuid::from_u128(5)), Whose::Person(Uuid::from_u128(5))] {
            let made = token(&secret, whose);
            assert_eq!(read(&secret, &made), Some(whose));
            assert_eq!(read(&Secret::new([8; 32]), &made), None);
            let mut changed = made.clone().into_bytes();
            changed[3] = if changed[3] == b'A' { b'B' } else { b'A' };
            assert_eq!(read(&secret, &String::from_utf8(changed).unwrap()), None);
        }
        for odd in ["", "x", "AAAA", "💥", &"A".repeat(400)] {
            assert_eq!(read(&secret, odd), None);
        }
    }
}
