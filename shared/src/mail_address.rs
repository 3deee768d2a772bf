//! Mail addresses.

use std::fmt;

/// A mail address that can be written to: one `@`, ASCII, at most 254 characters, a domain with a dot.
/// Kept as typed but for surrounding space and full-width characters.
#[derive(Clone, PartialEq, Eq)]
pub struct MailAddress(String);

impl MailAddress {
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        const FORM: &str = "メールアドレスの形が正しくありません。例：taro@example.jp";
        let half_width = crate::digits::half_width(typed);
        let address = half_width.trim();
        if address.is_empty() {
            return Err("メールアドレスを入力してください。");
        }
        let (local, domain) = address.rsplit_once('@').ok_or(FORM)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && local.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
        let domain_ok = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            });
        if !local_ok || !domain_ok || address.len() > 254 {
            return Err(FORM);
        }
        Ok(Self(address.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which an account is found: lower case, since no provider tells
    /// `Taro@` from `taro@` and phones capitalise the first letter.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// An address is personal data: logs get a mark in its place.
impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_writings_are_accepted() {
        for typed in
            ["taro@example.jp", " Taro.Yamada+x@mail.example.co.jp ", "ｔａｒｏ＠example．jp", "a..b@docomo.ne.jp"]
        {
            assert!(MailAddress::parse(typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn what_is_no_address_gets_a_sentence() {
        for typed in [
            "",
            "taro",
            "taro@",
            "@example.jp",
            "a b@example.jp",
            "taro@example",
            "太郎@example.jp",
            "a@b@c.jp",
            "a@-b.jp",
        ] {
            assert!(MailAddress::parse(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn an_address_is_found_in_any_case() {
        let one = MailAddress::parse("Taro@Example.JP").unwrap();
        let other = MailAddress::parse("taro@example.jp").unwrap();
        assert_eq!(one.key(), other.key());
    }
}
