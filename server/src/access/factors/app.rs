//! Codes of an authenticator app: TOTP as of RFC 6238 (SHA-1, six digits, thirty seconds), which
//! every app knows. Ours on top of the original's factors.

use hmac::{Hmac, KeyInit, Mac};
use maud::Markup;
use sha1::Sha1;
use uuid::Uuid;

use crate::App;
use crate::clock::Timestamp;
use crate::secret::same;
use crate::ui;

const STEP_SECONDS: i64 = 30;

/// The seed that an app and this installation share. It is derived from the installation's key, so
/// a copy of the database alone gives no codes.
pub struct Seed([u8; 20]);

impl Seed {
    pub fn of(app: &App, factor_id: Uuid) -> Self {
        let hash = app.secret.hash("authenticator app", &factor_id.to_string());
        let mut seed = [0; 20];
        seed.copy_from_slice(&hash[..20]);
        Self(seed)
    }

    /// The time step whose code this is: the present one, or its neighbour in either direction, since
    /// telephones' clocks and people are not exact.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let step = now.0.div_euclid(1000 * STEP_SECONDS);
        [step, step - 1, step + 1].into_iter().find(|step| same(self.code(*step).as_bytes(), code.as_bytes()))
    }

    /// RFC 4226, section 5.3.
    fn code(&self, step: i64) -> String {
        // HMAC takes keys of any length, so this cannot fail.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else {
            return String::new();
        };
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 0x0f);
        let number = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]);
        format!("{:06}", number % 1_000_000)
    }

    /// Base32 (RFC 4648) in groups of four, to be typed where no camera is at hand.
    pub fn text(&self) -> String {
        let base32 = self.base32();
        let groups: Vec<&str> =
            (0..base32.len()).step_by(4).map(|at| &base32[at..(at + 4).min(base32.len())]).collect();
        groups.join(" ")
    }

    fn base32(&self) -> String {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        self.0
            .chunks(5)
            .flat_map(|five| {
                let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
                (0..8).rev().map(move |at| char::from(LETTERS[(bits >> (5 * at) & 31) as usize]))
            })
            .collect()
    }

    /// What the app reads from the picture.
    pub fn address(&self, sign_in_id: &str) -> String {
        let account: String = url::form_urlencoded::byte_serialize(sign_in_id.as_bytes()).collect();
        format!("otpauth://totp/HER-SYS:{account}?secret={}&issuer=HER-SYS", self.base32())
    }

    /// The picture to be read by the app.
    pub fn picture(&self, sign_in_id: &str) -> Option<Markup> {
        ui::qr(&self.address(sign_in_id), "認証アプリで読み取るQRコード")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc() -> Seed {
        Seed(*b"12345678901234567890")
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (second, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(rfc().code(second / STEP_SECONDS), code);
        }
    }

    #[test]
    fn a_neighbouring_code_is_taken_and_no_other() {
        let now = Timestamp(1_111_111_109_000);
        let step = 1_111_111_109 / STEP_SECONDS;
        for near in -1..=1 {
            assert_eq!(rfc().step_of(&rfc().code(step + near), now), Some(step + near));
        }
        for far in [-2, 2] {
            assert_eq!(rfc().step_of(&rfc().code(step + far), now), None);
        }
    }

    #[test]
    fn the_seed_is_written_in_base32_and_as_a_picture() {
        assert_eq!(rfc().base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(rfc().text().starts_with("GEZD GNBV"));
        assert!(rfc().address("a@b.example").starts_with("otpauth://totp/HER-SYS:a%40b.example?secret=GEZD"));
        assert!(rfc().picture("aoba-hc@hersys.example").unwrap().into_string().contains("<svg"));
    }
}
