//! Password rules, MY-07 and AUTH-16: one rule for patients and staff.

/// Longest password that is hashed, in characters; bounds the work of a request.
pub const MAX_CHARACTERS: usize = 128;

/// At least 8 characters and three of the four kinds capital, small, digit, symbol.
pub fn check(password: &str) -> Result<(), &'static str> {
    let length = password.chars().count();
    if length == 0 {
        return Err("パスワードを入力してください。");
    }
    if length < 8 {
        return Err("パスワードは8文字以上にしてください。");
    }
    if length > MAX_CHARACTERS {
        return Err("パスワードは128文字以内にしてください。");
    }
    if kinds(password) < 3 {
        return Err("英大文字・英小文字・数字・記号のうち3種類以上を使ってください。");
    }
    Ok(())
}

/// Checks the second entry (パスワードの確認入力).
pub fn check_repeated(password: &str, repeated: &str) -> Result<(), &'static str> {
    if repeated.is_empty() {
        return Err("確認のため、同じパスワードをもう一度入力してください。");
    }
    if password != repeated {
        return Err("2つのパスワードが一致していません。もう一度入力してください。");
    }
    Ok(())
}

/// How many of the four kinds of character are there. Anything else counts as a symbol.
fn kinds(password: &str) -> usize {
    let has = |kind: fn(char) -> bool| usize::from(password.chars().any(kind));
    has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn my_07_auth_16_eight_characters_of_three_kinds() {
        for good in ["Abcdefg1", "abcdef1!", "ABCDEF1!", "Abcdefg!", "あbcdefG1"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["", "Abcde1!", "abcdefgh", "abcdefg1", "ABCDEFG1", "12345678!"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_good_password_stays_good_when_it_grows(tail in "[ -~]{0,40}") {
            let grown = format!("Abcdefg1{tail}");
            prop_assert_eq!(check(&grown), Ok(()));
        }
    }
}
