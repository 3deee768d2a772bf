//! The patient's HER-SYS ID (スマホ入力ID), C-01.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digits::only_digits;

/// Ten digits, the last of which is a Damm check digit: every single wrong digit and every
/// swap of two neighbours is told apart from a well-formed ID of somebody else.
///
/// Drawn at random, never in sequence, and never an authenticator alone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(value_type = String, pattern = "^[0-9]{10}$"))]
pub struct HersysId(String);

/// Why a typed ID cannot be one. The sentences tell a typing error apart from a mismatch (MY-09, MY-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HersysIdError {
    Empty,
    NotDigits,
    WrongLength(usize),
    WrongCheckDigit,
}

impl HersysIdError {
    pub fn sentence(self) -> String {
        match self {
            Self::Empty => "HER-SYS IDを入力してください。".into(),
            Self::NotDigits => "HER-SYS IDは数字だけで入力してください。".into(),
            Self::WrongLength(length) => {
                format!("HER-SYS IDは10桁です。今は{length}桁です。SMSや書面の番号と見比べてください。")
            }
            Self::WrongCheckDigit => {
                "HER-SYS IDに打ちまちがいがあるようです。1桁ずつ見比べて、もう一度入力してください。".into()
            }
        }
    }
}

impl From<HersysIdError> for String {
    fn from(error: HersysIdError) -> Self {
        error.sentence()
    }
}

/// Damm's quasigroup of order 10 (H. M. Damm, 2004), the one that detects all phonetic-free
/// single and neighbouring errors.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

fn damm(digits: &str) -> u8 {
    digits.bytes().fold(0, |state, byte| DAMM[usize::from(state)][usize::from(byte.wrapping_sub(b'0') % 10)])
}

impl HersysId {
    pub const LENGTH: usize = 10;

    /// How many IDs there are: nine free digits, the first of them not zero.
    pub const COUNT: u32 = 900_000_000;

    /// The ID with the running number `n` (taken modulo [`Self::COUNT`]); callers draw `n` at random.
    pub fn from_number(n: u32) -> Self {
        let body = (100_000_000 + n % Self::COUNT).to_string();
        let check = damm(&body);
        Self(format!("{body}{check}"))
    }

    /// Reads an ID with or without spaces and hyphens, in half or full width.
    pub fn parse(typed: &str) -> Result<Self, HersysIdError> {
        if typed.trim().is_empty() {
            return Err(HersysIdError::Empty);
        }
        let digits = only_digits(typed).ok_or(HersysIdError::NotDigits)?;
        if digits.len() != Self::LENGTH {
            return Err(HersysIdError::WrongLength(digits.len()));
        }
        if damm(&digits) != 0 {
            return Err(HersysIdError::WrongCheckDigit);
        }
        Ok(Self(digits))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `123 4567 890`, easier to read out and to copy from paper.
    pub fn spaced(&self) -> String {
        format!("{} {} {}", &self.0[..3], &self.0[3..7], &self.0[7..])
    }
}

impl fmt::Display for HersysId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An ID is personal data: logs get a mark in its place.
impl fmt::Debug for HersysId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HersysId(…)")
    }
}

impl TryFrom<String> for HersysId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Ok(Self::parse(&text)?)
    }
}

impl From<HersysId> for String {
    fn from(id: HersysId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn my_10_a_copied_id_may_carry_spaces_and_full_width_digits() {
        let id = HersysId::from_number(123_456_789);
        let full_width: String = id.as_str().chars().filter_map(|c| char::from_u32(u32::from(c) + 0xfee0)).collect();
        for typed in [format!(" {id}"), id.spaced(), full_width, format!("{id}\u{3000}")] {
            assert_eq!(HersysId::parse(&typed), Ok(id.clone()));
        }
    }

    #[test]
    fn an_id_is_not_shown_by_debug() {
        let id = HersysId::from_number(7);
        assert!(!format!("{id:?}").contains(id.as_str()));
    }

    proptest! {
        #[test]
        fn every_number_makes_a_valid_id(n: u32) {
            let id = HersysId::from_number(n);
            prop_assert_eq!(HersysId::parse(id.as_str()), Ok(id));
        }

        #[test]
        fn my_09_one_wrong_digit_is_a_typing_error(n: u32, at in 0usize..10, by in 1u8..10) {
            let mut digits = HersysId::from_number(n).as_str().as_bytes().to_vec();
            digits[at] = (digits[at] - b'0' + by) % 10 + b'0';
            let typed = String::from_utf8(digits).unwrap();
            prop_assert_eq!(HersysId::parse(&typed), Err(HersysIdError::WrongCheckDigit));
        }

        #[test]
        fn my_09_swapped_neighbours_are_a_typing_error(n: u32, at in 0usize..9) {
            let mut digits = HersysId::from_number(n).as_str().as_bytes().to_vec();
            prop_assume!(digits[at] != digits[at + 1]);
            digits.swap(at, at + 1);
            let typed = String::from_utf8(digits).unwrap();
            prop_assert_eq!(HersysId::parse(&typed), Err(HersysIdError::WrongCheckDigit));
        }

        #[test]
        fn reading_never_panics(typed in "\\PC*") {
            let _ = HersysId::parse(&typed);
        }
    }
}
