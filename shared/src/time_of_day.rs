//! Hours as people write them.

use crate::digits::half_width;

const FORM: &str = "時刻は14:30のように入力してください。";

/// Reads `14:30`, `1430`, `930`, `14時30分`, `14時半`, `14`, `午後2時半`; full width and spaces are fine.
/// The answer is in minutes after midnight, 0…1439.
pub fn parse(typed: &str) -> Result<i64, &'static str> {
    let text: String = half_width(typed).chars().filter(|c| !c.is_whitespace()).collect();
    if text.is_empty() {
        return Err("時刻を入力してください。");
    }
    let (later, rest) = match (text.strip_prefix("午前"), text.strip_prefix("午後")) {
        (Some(rest), _) => (Some(false), rest.to_owned()),
        (_, Some(rest)) => (Some(true), rest.to_owned()),
        _ => (None, text),
    };
    let rest = rest.replace("時半", ":30").replace(['時', '.'], ":").replace('分', "");
    let number = |digits: &str| {
        let is_number = (1..=2).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
        if is_number { digits.parse::<i64>().map_err(|_| FORM) } else { Err(FORM) }
    };
    let (hour, minute) = match rest.split_once(':') {
        Some((hour, "")) => (number(hour)?, 0),
        Some((hour, minute)) => (number(hour)?, number(minute)?),
        None if rest.is_ascii() && (3..=4).contains(&rest.len()) => {
            let (hour, minute) = rest.split_at(rest.len() - 2);
            (number(hour)?, number(minute)?)
        }
        None => (number(&rest)?, 0),
    };
    let hour = match later {
        Some(later) if hour <= 12 => hour % 12 + if later { 12 } else { 0 },
        Some(_) => return Err(FORM),
        None => hour,
    };
    if hour > 23 || minute > 59 {
        return Err("時刻は0:00～23:59の間で入力してください。");
    }
    Ok(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn obs_06_an_hour_is_read_in_any_usual_writing() {
        for (typed, minutes) in [
            ("14:30", 870),
            ("１４：３０", 870),
            ("1430", 870),
            ("14時30分", 870),
            ("14時半", 870),
            ("午後2時半", 870),
            ("午後 2:30", 870),
            ("930", 570),
            ("9時", 540),
            ("9", 540),
            ("0:00", 0),
            ("午前0時", 0),
            ("午後12時", 720),
            ("23:59", 1439),
        ] {
            assert_eq!(parse(typed), Ok(minutes), "{typed}");
        }
        for typed in ["", "24:00", "9:60", "昼", "14:3a", "99999", "-1", "午後15時", "1:2:3", "時"] {
            assert!(parse(typed).is_err(), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn every_minute_reads_back(minutes in 0i64..1440) {
            let (hour, minute) = (minutes / 60, minutes % 60);
            prop_assert_eq!(parse(&format!("{hour}:{minute:02}")), Ok(minutes));
            prop_assert_eq!(parse(&format!("{hour:02}{minute:02}")), Ok(minutes));
            prop_assert_eq!(parse(&format!("{hour}時{minute}分")), Ok(minutes));
        }

        #[test]
        fn reading_never_panics(typed in "\\PC*") {
            let _ = parse(&typed);
        }
    }
}
