//! Calendar days as people write them. All days are those of Asia/Tokyo.

use time::{Date, Month};

use crate::digits::half_width;

/// One Japanese era: its names, the Gregorian year before its first year, its last year, and its first day.
struct Era {
    names: &'static [&'static str],
    offset: i32,
    last: u32,
    first_day: Date,
}

const ERAS: [Era; 5] = [
    Era {
        names: &["令和", "令", "R", "㋿"],
        offset: 2018,
        last: u32::MAX,
        first_day: time::macros::date!(2019 - 05 - 01),
    },
    Era {
        names: &["平成", "平", "H", "㍻"], offset: 1988, last: 31, first_day: time::macros::date!(1989 - 01 - 08)
    },
    Era {
        names: &["昭和", "昭", "S", "㍼"], offset: 1925, last: 64, first_day: time::macros::date!(1926 - 12 - 25)
    },
    Era {
        names: &["大正", "大", "T", "㍽"], offset: 1911, last: 15, first_day: time::macros::date!(1912 - 07 - 30)
    },
    Era {
        names: &["明治", "明", "M", "㍾"], offset: 1867, last: 45, first_day: time::macros::date!(1868 - 01 - 25)
    },
];

const FORM: &str = "日付を読み取れません。1980年1月2日、1980/1/2、19800102、昭和55年1月2日のように入力してください。";

/// Reads `1980-01-02`, `1980/1/2`, `1980.1.2`, `19800102`, `1980年1月2日`, `昭和55年1月2日`,
/// `S55.1.2`, `令和元年5月1日`, `5550102` is refused; full width and spaces anywhere are fine.
pub fn parse(typed: &str) -> Result<Date, &'static str> {
    let text: String =
        half_width(typed).chars().filter(|c| !c.is_whitespace() && !('\u{200b}'..='\u{200f}').contains(c)).collect();
    if text.is_empty() {
        return Err("日付を入力してください。");
    }
    let (era, rest) = split_era(&text);
    let rest = rest.replace('元', "1");
    let numbers = numbers(&rest).ok_or(FORM)?;
    let (year, month, day) = match (numbers.as_slice(), era) {
        ([(year, _), (month, _), (day, _)], _) => (*year, *month, *day),
        ([(whole, 8)], None) => (whole / 10_000, whole / 100 % 100, whole % 100),
        // S550102
        ([(whole, 6)], Some(_)) => (whole / 10_000, whole / 100 % 100, whole % 100),
        _ => return Err(FORM),
    };
    let gregorian = match era {
        Some(era) => i32::try_from(year).ok().and_then(|year| year.checked_add(era.offset)).ok_or(FORM)?,
        None => i32::try_from(year).map_err(|_| FORM)?,
    };
    if !(1868..=2199).contains(&gregorian) {
        return Err("年は西暦4桁か、元号（令和・平成・昭和など）をつけて入力してください。");
    }
    let month = u8::try_from(month).ok().and_then(|m| Month::try_from(m).ok());
    let (Some(month), Ok(day)) = (month, u8::try_from(day)) else {
        return Err("月は1～12、日は1～31で入力してください。");
    };
    let date = Date::from_calendar_date(gregorian, month, day)
        .map_err(|_| "カレンダーにない日付です。月と日を確かめてください。")?;
    if let Some(era) = era
        // Days of the last year behind its end are written in good faith.
        && (year < 1 || year > era.last || date < era.first_day)
    {
        return Err("その元号にはない日付です。元号と年を確かめてください。");
    }
    Ok(date)
}

/// Reads a month and a day without a year (`8/1`, `8月1日`, `0801`) as the nearest such day that is not after `today`.
/// `None` for any other writing.
pub fn recent(typed: &str, today: Date) -> Option<Date> {
    let (month, day) = month_and_day(typed)?;
    // 29 February may be eight years ago.
    (0..=8)
        .filter_map(|back| Date::from_calendar_date(today.year() - back, month, day).ok())
        .find(|date| *date <= today)
}

/// [`recent`] for days that may lie ahead: the nearest such day on either side of `today`.
pub fn nearest(typed: &str, today: Date) -> Option<Date> {
    let (month, day) = month_and_day(typed)?;
    (-8..=8)
        .filter_map(|years| Date::from_calendar_date(today.year() + years, month, day).ok())
        .min_by_key(|date| (*date - today).whole_days().abs())
}

fn month_and_day(typed: &str) -> Option<(Month, u8)> {
    let text: String = half_width(typed).chars().filter(|c| !c.is_whitespace()).collect();
    let (month, day) = match numbers(&text)?.as_slice() {
        [(month, 1..=2), (day, 1..=2)] => (*month, *day),
        [(whole, 4)] => (whole / 100, whole % 100),
        _ => return None,
    };
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    u8::try_from(day).ok().filter(|day| *day >= 1 && *day <= month.length(2000)).map(|day| (month, day))
}

/// Reads a birth date: a day that is not after `today` and not more than 130 years before it.
pub fn parse_birth_date(typed: &str, today: Date) -> Result<Date, &'static str> {
    if typed.trim().is_empty() {
        return Err("生年月日を入力してください。");
    }
    let date = parse(typed)?;
    if date > today {
        return Err("生年月日が今日より後になっています。年を確かめてください。");
    }
    if today.year() - date.year() > 130 {
        return Err("生年月日の年を確かめてください（130年より前になっています）。");
    }
    Ok(date)
}

/// `1980-01-02`, the form in requests, forms and files.
pub fn iso(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// `1980年01月02日`, as the trained screens show dates.
pub fn japanese(date: Date) -> String {
    format!("{:04}年{:02}月{:02}日", date.year(), u8::from(date.month()), date.day())
}

/// `昭和55年1月2日`; the first year of an era is 元年.
pub fn in_era(date: Date) -> String {
    let Some(era) = ERAS.iter().find(|era| date >= era.first_day) else {
        return japanese(date);
    };
    let year = match date.year() - era.offset {
        1 => "元".to_owned(),
        n => n.to_string(),
    };
    format!("{}{}年{}月{}日", era.names[0], year, u8::from(date.month()), date.day())
}

/// `8月3日(水)`, for receipts and lists where the year is clear.
pub fn short(date: Date) -> String {
    format!("{}月{}日({})", u8::from(date.month()), date.day(), weekday(date))
}

/// The weekday in one character.
pub fn weekday(date: Date) -> &'static str {
    ["月", "火", "水", "木", "金", "土", "日"][usize::from(date.weekday().number_days_from_monday())]
}

fn split_era(text: &str) -> (Option<&'static Era>, String) {
    let upper = text.to_ascii_uppercase();
    for era in &ERAS {
        for name in era.names {
            if let Some(rest) = upper.strip_prefix(name) {
                return (Some(era), rest.to_owned());
            }
        }
    }
    (None, upper)
}

/// The runs of digits between separators, each with its number of digits.
fn numbers(text: &str) -> Option<Vec<(u32, usize)>> {
    let mut runs = Vec::new();
    let mut run = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' => run.push(c),
            '-' | '/' | '.' | '年' | '月' | '日' | ',' => {
                if !run.is_empty() {
                    runs.push((run.parse().ok()?, run.len()));
                    run.clear();
                }
            }
            _ => return None,
        }
    }
    if !run.is_empty() {
        runs.push((run.parse().ok()?, run.len()));
    }
    Some(runs)
}

/// Dates as `1980-01-02` in JSON.
pub mod iso_serde {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use time::Date;

    pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::iso(*date))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse(&text).map_err(de::Error::custom)
    }

    /// The same for dates that may be missing.
    pub mod option {
        use super::{Date, Deserialize, Deserializer, Serializer, de};

        pub fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
            match date {
                Some(date) => super::serialize(date, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
            Option::<String>::deserialize(deserializer)?
                .filter(|text| !text.is_empty())
                .map(|text| crate::days::parse(&text).map_err(de::Error::custom))
                .transpose()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn my_09_a_birth_date_is_read_in_any_usual_writing() {
        for typed in [
            "1980-01-02",
            "1980/1/2",
            "1980.1.2",
            "19800102",
            "1980年1月2日",
            "昭和55年1月2日",
            "S55.1.2",
            "s55/01/02",
            "Ｓ５５．１．２",
            "昭和５５年　１月２日",
            " 1980 / 01 / 02 ",
            "S550102",
            "㍼55.1.2",
        ] {
            assert_eq!(parse(typed), Ok(date!(1980 - 01 - 02)), "{typed}");
        }
        assert_eq!(parse("令和元年5月1日"), Ok(date!(2019 - 05 - 01)));
        assert_eq!(parse("平成元年1月8日"), Ok(date!(1989 - 01 - 08)));
        assert_eq!(parse("平成31年12月31日"), Ok(date!(2019 - 12 - 31)));
    }

    #[test]
    fn my_09_an_impossible_date_gets_a_sentence() {
        for typed in [
            "",
            "55年1月2日",
            "1980",
            "1980-13-01",
            "1980-02-30",
            "平成31年5月1日x",
            "令和0年1月1日",
            "令和元年4月30日",
            "昭和65年1月1日",
            "S99.1.1",
            "平成32年1月1日",
            "19801",
            "abc",
            "99999999999",
            "令和2147483647年1月1日",
        ] {
            assert!(parse(typed).is_err(), "{typed}");
        }
        assert!(parse_birth_date("2022-08-02", date!(2022 - 08 - 01)).is_err());
        assert!(parse_birth_date("1880-01-01", date!(2022 - 08 - 01)).is_err());
    }

    #[test]
    fn eras_are_shown_as_people_write_them() {
        assert_eq!(in_era(date!(2019 - 05 - 01)), "令和元年5月1日");
        assert_eq!(in_era(date!(2019 - 04 - 30)), "平成31年4月30日");
        assert_eq!(short(date!(2022 - 08 - 03)), "8月3日(水)");
    }

    #[test]
    fn form_15_a_day_without_a_year_is_the_nearest() {
        let today = date!(2022 - 01 - 10);
        for typed in ["1/9", "1月9日", "０１０９", "01-09", " 1 . 9 "] {
            assert_eq!(recent(typed, today), Some(date!(2022 - 01 - 09)), "{typed}");
        }
        assert_eq!(recent("1/10", today), Some(today));
        assert_eq!(recent("12/31", today), Some(date!(2021 - 12 - 31)));
        assert_eq!(recent("1/11", today), Some(date!(2021 - 01 - 11)));
        assert_eq!(nearest("1/11", today), Some(date!(2022 - 01 - 11)));
        assert_eq!(nearest("12/31", today), Some(date!(2021 - 12 - 31)));
        assert_eq!(recent("2/29", today), Some(date!(2020 - 02 - 29)));
        for typed in ["", "13/1", "0/1", "1/0", "2/30", "2021/1/9", "R4.1.9", "9", "20220109", "2022", "今日"] {
            assert_eq!(recent(typed, today), None, "{typed}");
        }
    }

    prop_compose! {
        fn any_day()(days in 0i64..100_000) -> Date {
            date!(1920 - 01 - 01) + time::Duration::days(days)
        }
    }

    proptest! {
        #[test]
        fn every_way_of_showing_a_day_reads_back(day in any_day()) {
            for shown in [iso(day), japanese(day), in_era(day), iso(day).replace('-', "")] {
                prop_assert_eq!(parse(&shown), Ok(day), "{}", shown);
            }
        }

        #[test]
        fn reading_never_panics(typed in "\\PC*") {
            let _ = (parse(&typed), recent(&typed, date!(2022 - 08 - 01)));
        }

        #[test]
        fn a_day_without_its_year_is_within_one_year_or_a_leap_day(day in any_day(), today in any_day()) {
            let typed = format!("{}/{}", u8::from(day.month()), day.day());
            let read = recent(&typed, today).unwrap();
            prop_assert_eq!((read.month(), read.day()), (day.month(), day.day()));
            let ago = (today - read).whole_days();
            prop_assert!((0..=365).contains(&ago) || (read.day() == 29 && (0..=2922).contains(&ago)), "{}", ago);
            prop_assert!((nearest(&typed, today).unwrap() - today).whole_days().abs() <= ago);
        }

        #[test]
        fn numbers_never_panic(typed in "[RHSTM令和]{0,2}[0-9年月日/.-]{0,14}") {
            let _ = parse(&typed);
        }
    }
}
