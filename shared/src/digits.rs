//! Digits as people type them: full width, with spaces and hyphens.

/// Turns full-width ASCII (`０`, `Ａ`, `－`, ideographic space) into its half-width form.
pub fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            // Hyphens, dashes, minus signs and the long vowel mark that stands in for them.
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            _ => c,
        })
        .collect()
}

/// The digits of `text` after removing spaces, hyphens and brackets;
/// `None` where anything else was typed.
pub fn only_digits(text: &str) -> Option<String> {
    let mut digits = String::new();
    for c in half_width(text).chars() {
        match c {
            '0'..='9' => digits.push(c),
            '-' | '(' | ')' | 'ー' => {}
            c if c.is_whitespace() => {}
            // Invisible marks that copying out of mails brings along.
            '\u{200b}'..='\u{200f}' | '\u{feff}' => {}
            _ => return None,
        }
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_survive_any_usual_writing() {
        assert_eq!(only_digits("０９０－１２３４ー５６７８"), Some("09012345678".into()));
        assert_eq!(only_digits(" (03) 1234-5678\u{200b}"), Some("0312345678".into()));
        assert_eq!(only_digits("090x"), None);
    }

    proptest! {
        #[test]
        fn spacing_never_changes_the_digits(digits in "[0-9]{1,12}", gap in "[ 　-]{0,2}") {
            let spaced: String = digits.chars().map(|c| format!("{c}{gap}")).collect();
            prop_assert_eq!(only_digits(&spaced), Some(digits));
        }
    }
}
