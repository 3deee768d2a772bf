//! What fields make of the keys while somebody is typing.

use hersys_shared::Temperature;
use hersys_shared::digits::half_width;

/// Where the stepper starts when nothing has been typed yet, in tenths of a degree.
const FIRST_STEP: i64 = 365;

/// Makes `365` into `36.5` while it is typed, so that nobody has to look for the point.
/// What cannot belong to a temperature is dropped; whether the value is possible is judged later.
pub fn temperature(typed: &str) -> String {
    let mut whole = String::new();
    let mut part = None;
    for c in half_width(typed).chars() {
        match c {
            '0'..='9' if part.is_none() => whole.push(c),
            '0'..='9' => part = part.map(|part: Option<char>| part.or(Some(c))),
            '.' | ',' | '度' | '。' | '、' | '・' if part.is_none() && !whole.is_empty() => {
                part = Some(None);
            }
            _ => {}
        }
    }
    match part {
        Some(Some(tenth)) => format!("{whole}.{tenth}"),
        Some(None) => whole + ".",
        None if whole.len() == 3 => format!("{}.{}", &whole[..2], &whole[2..]),
        None => whole,
    }
}

/// The temperature after one step of the stepper; it stays within what can be reported.
pub fn step(typed: &str, by: i64) -> String {
    let tenths = match Temperature::parse(typed) {
        Ok(now) => now.tenths() + by,
        Err(_) => FIRST_STEP,
    };
    let tenths = tenths.clamp(Temperature::MIN, Temperature::MAX);
    Temperature::from_tenths(tenths).map_or_else(|_| typed.to_owned(), Temperature::display)
}

/// Digits of a percentage: half width, at most three.
pub fn percent(typed: &str) -> String {
    half_width(typed).chars().filter(char::is_ascii_digit).take(3).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn my_18_the_point_comes_by_itself() {
        for (typed, shown) in [
            ("3", "3"),
            ("36", "36"),
            ("365", "36.5"),
            ("36.", "36."),
            ("36.5", "36.5"),
            ("36.55", "36.5"),
            ("３６５", "36.5"),
            ("36度5分", "36.5"),
            ("36,5", "36.5"),
            ("36.5℃", "36.5"),
            (".5", "5"),
            ("", ""),
            ("3650", "3650"),
        ] {
            assert_eq!(temperature(typed), shown, "{typed}");
        }
    }

    #[test]
    fn my_18_the_stepper_moves_by_a_tenth_and_stays_in_range() {
        assert_eq!(step("", 1), "36.5");
        assert_eq!(step("36.9", 1), "37.0");
        assert_eq!(step("37.0", -1), "36.9");
        assert_eq!(step("43.0", 1), "43.0");
        assert_eq!(step("34", -1), "34.0");
    }

    #[test]
    fn a_percentage_keeps_its_digits() {
        assert_eq!(percent("９８％"), "98");
        assert_eq!(percent("1000"), "100");
    }

    proptest! {
        #[test]
        fn what_was_typed_digit_by_digit_reads_back(tenths in Temperature::MIN..=Temperature::MAX) {
            let typed = tenths.to_string().chars().fold(String::new(), |mut field, key| {
                field.push(key);
                temperature(&field)
            });
            prop_assert_eq!(Temperature::parse(&typed).map(Temperature::tenths), Ok(tenths));
        }

        #[test]
        fn typing_never_panics_and_settles(typed in "\\PC*") {
            let once = temperature(&typed);
            prop_assert_eq!(temperature(&once), once);
        }
    }
}
