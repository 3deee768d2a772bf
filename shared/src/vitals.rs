//! Body temperature and oxygen saturation.

use serde::{Deserialize, Serialize};

use crate::digits::half_width;

/// Body temperature in tenths of a degree Celsius, 340…430 (34.0–43.0 °C).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(value_type = i64, minimum = 340, maximum = 430))]
pub struct Temperature(i64);

impl Temperature {
    pub const MIN: i64 = 340;
    pub const MAX: i64 = 430;
    /// 37.5 °C, the line marked on graphs: 発熱 in 感染症法 practice.
    pub const FEVER: i64 = 375;
    const RANGE: &str = "体温は34.0～43.0℃の間で入力してください。例：36.5";

    pub fn from_tenths(tenths: i64) -> Result<Self, &'static str> {
        if (Self::MIN..=Self::MAX).contains(&tenths) { Ok(Self(tenths)) } else { Err(Self::RANGE) }
    }

    /// Reads `36.5`, `36`, `365`, `３６．５`, `36,5` and `36度5分`.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        const FORM: &str = "体温は36.5のように数字で入力してください。";
        let text: String = half_width(typed)
            .replace(['℃', '分'], "")
            .replace(['度', ',', '、', '。', '・'], ".")
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        if text.is_empty() {
            return Err("体温を入力してください。");
        }
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        if !digits(whole) || !digits(part) || whole.is_empty() || part.len() > 1 {
            return Err(FORM);
        }
        // Figures that are no temperature, such as `3650`, are out of range rather than misspelt.
        let whole_number: i64 = whole.parse().map_err(|_| Self::RANGE)?;
        let tenths = match (whole.len(), part) {
            (3, "") => whole_number,
            (2, "") => whole_number * 10,
            (2, part) => whole_number * 10 + part.parse::<i64>().map_err(|_| FORM)?,
            _ => return Err(Self::RANGE),
        };
        Self::from_tenths(tenths)
    }

    pub fn tenths(self) -> i64 {
        self.0
    }

    /// `36.5`
    pub fn display(self) -> String {
        format!("{}.{}", self.0 / 10, self.0 % 10)
    }

    /// Possible but rare enough that the person is asked once whether it was meant.
    pub fn is_implausible(self) -> bool {
        self.0 < 350 || self.0 >= 415
    }
}

impl TryFrom<i64> for Temperature {
    type Error = &'static str;

    fn try_from(tenths: i64) -> Result<Self, &'static str> {
        Self::from_tenths(tenths)
    }
}

impl From<Temperature> for i64 {
    fn from(temperature: Temperature) -> i64 {
        temperature.0
    }
}

/// Oxygen saturation in percent, 50…100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(value_type = i64, minimum = 50, maximum = 100))]
pub struct Spo2(i64);

impl Spo2 {
    pub fn from_percent(percent: i64) -> Result<Self, &'static str> {
        if (50..=100).contains(&percent) {
            Ok(Self(percent))
        } else {
            Err("酸素飽和度は50～100の間で入力してください。")
        }
    }

    /// Reads `98`, `９８` and `98%`; empty means that there is no oximeter.
    pub fn parse(typed: &str) -> Result<Option<Self>, &'static str> {
        let text = half_width(typed).replace(['%', '％'], "");
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let percent: i64 = text.parse().map_err(|_| "酸素飽和度は98のように整数で入力してください。")?;
        Self::from_percent(percent).map(Some)
    }

    pub fn percent(self) -> i64 {
        self.0
    }

    /// So low for somebody who can fill in a form that a cold finger is likelier.
    pub fn is_implausible(self) -> bool {
        self.0 < 85
    }
}

impl TryFrom<i64> for Spo2 {
    type Error = &'static str;

    fn try_from(percent: i64) -> Result<Self, &'static str> {
        Self::from_percent(percent)
    }
}

impl From<Spo2> for i64 {
    fn from(spo2: Spo2) -> i64 {
        spo2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn my_18_a_temperature_is_read_in_any_usual_writing() {
        for typed in ["36.5", "365", "３６．５", "36,5", "36度5分", " 36.5 ℃", "36。5"] {
            assert_eq!(Temperature::parse(typed).map(Temperature::tenths), Ok(365), "{typed}");
        }
        assert_eq!(Temperature::parse("37").map(Temperature::tenths), Ok(370));
        for typed in ["", "3.65", "3650", "33.9", "43.1", "36.55", "abc", "-36.5", "99999999999999999999"] {
            assert!(Temperature::parse(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn my_18_figures_that_are_no_temperature_get_the_range() {
        for typed in ["3650", "３６５０", "3", "50", "500", "33.9", "43.1", "99999999999999999999"] {
            assert_eq!(Temperature::parse(typed), Err("体温は34.0～43.0℃の間で入力してください。例：36.5"), "{typed}");
        }
    }

    #[test]
    fn my_18_saturation_is_optional() {
        assert_eq!(Spo2::parse(""), Ok(None));
        assert_eq!(Spo2::parse("９８％").map(|s| s.map(Spo2::percent)), Ok(Some(98)));
        assert!(Spo2::parse("49").is_err());
        assert!(Spo2::parse("101").is_err());
        assert!(Spo2::parse("9.8").is_err());
    }

    proptest! {
        #[test]
        fn what_is_displayed_reads_back(tenths in Temperature::MIN..=Temperature::MAX) {
            let temperature = Temperature::from_tenths(tenths).unwrap();
            prop_assert_eq!(Temperature::parse(&temperature.display()), Ok(temperature));
            prop_assert_eq!(Temperature::parse(&tenths.to_string()), Ok(temperature));
        }

        #[test]
        fn reading_never_panics(typed in "\\PC*") {
            let _ = Temperature::parse(&typed);
            let _ = Spo2::parse(&typed);
        }
    }
}
