//! Age in years and months, as the header strip shows it (TOP-09).

use time::Date;

/// Completed years and months at a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    pub years: i32,
    pub months: i32,
}

impl Age {
    /// The age on `day`; `None` before birth. Somebody born on 29 February completes a month on its last day
    /// where the month has no 29th (年齢計算ニ関スル法律 counts from the day of birth).
    pub fn on(day: Date, birth: Date) -> Option<Self> {
        if day < birth {
            return None;
        }
        let mut months =
            (day.year() - birth.year()) * 12 + i32::from(u8::from(day.month())) - i32::from(u8::from(birth.month()));
        let last_of_month = time::util::days_in_month(day.month(), day.year());
        if day.day() < birth.day().min(last_of_month) {
            months -= 1;
        }
        Some(Self { years: months / 12, months: months % 12 })
    }

    /// `20歳8ヶ月`
    pub fn display(self) -> String {
        format!("{}歳{}ヶ月", self.years, self.months)
    }

    /// `20代`, `10歳未満`, `90歳以上` (陽性患者属性).
    pub fn band(self) -> String {
        match self.years {
            ..10 => "10歳未満".into(),
            90.. => "90歳以上".into(),
            years => format!("{}代", years / 10 * 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn top_09_age_is_in_years_and_months() {
        let age = |day, birth| Age::on(day, birth).map(Age::display);
        assert_eq!(age(date!(2020 - 09 - 15), date!(2000 - 01 - 01)).as_deref(), Some("20歳8ヶ月"));
        assert_eq!(age(date!(2022 - 01 - 01), date!(2022 - 01 - 01)).as_deref(), Some("0歳0ヶ月"));
        assert_eq!(age(date!(2022 - 02 - 28), date!(2021 - 01 - 31)).as_deref(), Some("1歳1ヶ月"));
        assert_eq!(age(date!(2021 - 12 - 31), date!(2022 - 01 - 01)), None);
    }

    proptest! {
        #[test]
        fn age_never_shrinks(birth in 0i64..40_000, days in 0i64..40_000) {
            let birth = date!(1900 - 01 - 01) + time::Duration::days(birth);
            let day = birth + time::Duration::days(days);
            let today = Age::on(day, birth).unwrap();
            let tomorrow = Age::on(day + time::Duration::days(1), birth).unwrap();
            prop_assert!(tomorrow.years * 12 + tomorrow.months >= today.years * 12 + today.months);
            prop_assert!((0..12).contains(&today.months));
        }
    }
}
