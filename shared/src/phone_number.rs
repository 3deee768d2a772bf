//! Japanese telephone numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digits::only_digits;

/// A domestic number as digits, e.g. `09012345678`; typed with or without hyphens, `+81` allowed.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        const FORM: &str =
            "電話番号は0から始まる10桁か11桁の数字で入力してください（ハイフンはあってもなくてもかまいません）。";
        let half_width = crate::digits::half_width(typed);
        let domestic = match half_width.trim().strip_prefix("+81") {
            Some(rest) => format!("0{}", rest.trim_start_matches(['-', ' ', '0'])),
            None => half_width,
        };
        let digits = only_digits(&domestic).ok_or(FORM)?;
        let length_ok = digits.len() == 10 || digits.len() == 11;
        if !digits.starts_with('0') || digits.starts_with("00") || !length_ok {
            return Err(FORM);
        }
        Ok(Self(digits))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether SMS can reach it (070, 080, 090; the 060 range opens in 2026).
    pub fn is_mobile(&self) -> bool {
        self.0.len() == 11 && ["060", "070", "080", "090"].iter().any(|prefix| self.0.starts_with(prefix))
    }

    /// `+81…` as telephone providers want it.
    pub fn international(&self) -> String {
        format!("+81{}", &self.0[1..])
    }

    /// `XXX-XXXX-5678`: what a sign-in page may show (AUTH-21).
    pub fn masked(&self) -> String {
        format!("XXX-XXXX-X{}", &self.0[self.0.len() - 3..])
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A number is personal data: logs get a mark in its place.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_writings_mean_the_same_number() {
        for typed in
            ["090-1234-5678", "０９０ー１２３４ー５６７８", "+81 90 1234 5678", "+81-090-1234-5678", "(090)12345678"]
        {
            assert_eq!(PhoneNumber::parse(typed).unwrap().as_str(), "09012345678", "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_dialled_gets_a_sentence() {
        for typed in ["", "12345", "9012345678", "0901234567890", "001-81-90", "090-abcd-5678"] {
            assert!(PhoneNumber::parse(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn auth_21_a_masked_number_shows_three_digits() {
        let masked = PhoneNumber::parse("09012345678").unwrap().masked();
        assert!(masked.ends_with("678") && !masked.contains("1234"));
    }
}
