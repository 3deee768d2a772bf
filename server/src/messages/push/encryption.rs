//! Message encryption for web push (RFC 8291, content coding aes128gcm of RFC 8188).
//!
//! Put together from primitives that sign-in by passkeys brings along already. The crate `web-push` would add
//! OpenSSL, an old HTTP stack and older releases of the same primitives.

use aes_gcm::aead::Aead;
use aes_gcm::{Aes128Gcm, KeyInit, Nonce};
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use sha2::Sha256;

/// Size of the one record, bytes: the most that every push service takes.
const RECORD: u32 = 4096;
/// What header and seal take of it.
const OVERHEAD: usize = 16 + 4 + 1 + POINT + 1 + 16;

/// Most plain text of a message, bytes.
pub const MOST: usize = RECORD as usize - OVERHEAD;

/// Length of an uncompressed point of P-256, bytes.
pub const POINT: usize = 65;

/// Length of a browser's authentication secret, bytes.
pub const AUTH: usize = 16;

/// Whom a message is for: the keys of one browser's subscription.
pub struct Receiver {
    pub key: PublicKey,
    pub auth: [u8; AUTH],
}

impl Receiver {
    /// From the raw bytes of `p256dh` and `auth`; `None` where they are no such keys.
    pub fn new(p256dh: &[u8], auth: &[u8]) -> Option<Self> {
        if p256dh.len() != POINT {
            return None;
        }
        Some(Self { key: PublicKey::from_sec1_bytes(p256dh).ok()?, auth: auth.try_into().ok()? })
    }
}

/// Encrypts for `receiver` with a key made for this message alone. `plain` is filled up to `least` bytes, so
/// that its length tells nothing. `None` where it is longer than [`MOST`].
pub fn encrypt(plain: &[u8], receiver: &Receiver, least: usize) -> Option<Vec<u8>> {
    // All but one in 2^32 numbers are keys.
    let key = std::iter::repeat_with(rand::random::<[u8; 32]>).take(4).find_map(|n| SecretKey::from_slice(&n).ok())?;
    encrypt_with(plain, receiver, least, &key, rand::random())
}

fn encrypt_with(
    plain: &[u8],
    receiver: &Receiver,
    least: usize,
    sender: &SecretKey,
    salt: [u8; 16],
) -> Option<Vec<u8>> {
    if plain.len() > MOST {
        return None;
    }
    let theirs = receiver.key.to_sec1_point(false);
    let ours = sender.public_key().to_sec1_point(false);
    let shared = sender.diffie_hellman(&receiver.key);

    let info = [b"WebPush: info\0", theirs.as_bytes(), ours.as_bytes()].concat();
    let input: [u8; 32] = expand(Some(&receiver.auth), shared.raw_secret_bytes(), &info)?;
    let key: [u8; 16] = expand(Some(&salt), &input, b"Content-Encoding: aes128gcm\0")?;
    let nonce: [u8; 12] = expand(Some(&salt), &input, b"Content-Encoding: nonce\0")?;

    // The mark of the last record, then nothing but filling.
    let mut record = plain.to_vec();
    record.push(2);
    record.resize(record.len().max(least.min(MOST) + 1), 0);
    let sealed = Aes128Gcm::new_from_slice(&key).ok()?.encrypt(&Nonce::from(nonce), record.as_slice()).ok()?;

    let length = u8::try_from(ours.as_bytes().len()).ok()?;
    Some([&salt[..], &RECORD.to_be_bytes(), &[length], ours.as_bytes(), &sealed].concat())
}

fn expand<const N: usize>(salt: Option<&[u8]>, input: &[u8], info: &[u8]) -> Option<[u8; N]> {
    let mut output = [0; N];
    Hkdf::<Sha256>::new(salt, input).expand(info, &mut output).ok()?;
    Some(output)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn receiver() -> Receiver {
        let key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        Receiver::new(&bytes(key), &bytes("BTBZMqHH6r4Tts7J_aSIgg")).unwrap()
    }

    #[test]
    fn ntf_04_the_example_of_rfc_8291_comes_out() {
        let sender = SecretKey::from_slice(&bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let plain = b"When I grow up, I want to be a watermelon";
        let encrypted = encrypt_with(plain, &receiver(), 0, &sender, salt).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(encrypted),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn ntf_04_short_texts_are_of_one_length_and_long_ones_are_refused() {
        let length = |bytes: usize| encrypt(&vec![b'a'; bytes], &receiver(), 256).map(|made| made.len());
        assert_eq!((length(1), length(256)), (length(256), Some(256 + OVERHEAD)));
        assert_eq!((length(MOST), length(MOST + 1)), (Some(RECORD as usize), None));
    }

    #[test]
    fn ntf_04_keys_of_other_lengths_or_off_the_curve_are_none() {
        assert!(Receiver::new(&[4; POINT], &[0; AUTH]).is_none());
        assert!(Receiver::new(receiver().key.to_sec1_point(true).as_bytes(), &[0; AUTH]).is_none());
        assert!(Receiver::new(receiver().key.to_sec1_point(false).as_bytes(), &[0; 15]).is_none());
    }
}
