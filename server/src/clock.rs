//! The time, injected: all rules ask a [`Clock`] and use the days of Asia/Tokyo.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime, UtcOffset};

/// Japan has had no summer time since 1951; one offset serves all days of this system.
const JST: UtcOffset = time::macros::offset!(+9);

/// An instant: milliseconds since 1970-01-01T00:00:00Z. Text timestamps compare wrongly on SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[sqlx(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant in Japanese local time.
    pub fn in_japan(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .to_offset(JST)
    }

    /// The day in Japan.
    pub fn day(self) -> Date {
        self.in_japan().date()
    }

    /// Midnight in Japan at which `day` begins.
    pub fn start_of(day: Date) -> Self {
        Self(day.midnight().assume_offset(JST).unix_timestamp() * 1000)
    }

    /// `8:12`
    pub fn hour_minute(self) -> String {
        let at = self.in_japan();
        format!("{}:{:02}", at.hour(), at.minute())
    }

    /// `2022-08-01 08:12`
    pub fn minute_text(self) -> String {
        let at = self.in_japan();
        format!("{} {:02}:{:02}", hersys_shared::days::iso(at.date()), at.hour(), at.minute())
    }

    /// `2022-08-01 08:12:34`
    pub fn second_text(self) -> String {
        format!("{}:{:02}", self.minute_text(), self.in_japan().second())
    }

    /// `2022-08-01T08:12:34+09:00`
    pub fn rfc3339(self) -> String {
        let at = self.in_japan();
        format!("{}T{:02}:{:02}:{:02}+09:00", hersys_shared::days::iso(at.date()), at.hour(), at.minute(), at.second())
    }

    pub fn seconds_until(self, later: Self) -> i64 {
        (later.0 - self.0).div_euclid(1000)
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.whole_milliseconds()).unwrap_or(i64::MAX)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        self + -duration
    }
}

/// Where the time comes from.
#[derive(Clone)]
pub enum Clock {
    System,
    /// Stands still until it is set: for tests.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let now = OffsetDateTime::now_utc();
                Timestamp(i64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0))
            }
            Self::Fixed(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    pub fn today(&self) -> Date {
        self.now().day()
    }

    /// Moves a fixed clock on; the system's clock takes no orders.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(at) = self {
            at.fetch_add(i64::try_from(by.whole_milliseconds()).unwrap_or(0), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn at(instant: OffsetDateTime) -> Timestamp {
        Timestamp(instant.unix_timestamp() * 1000)
    }

    #[test]
    fn a_day_begins_at_midnight_in_japan() {
        assert_eq!(at(datetime!(2022-07-31 14:59:59 UTC)).day(), time::macros::date!(2022 - 07 - 31));
        assert_eq!(at(datetime!(2022-07-31 15:00:00 UTC)).day(), time::macros::date!(2022 - 08 - 01));
        let start = Timestamp::start_of(time::macros::date!(2022 - 08 - 01));
        assert_eq!(start, at(datetime!(2022-07-31 15:00:00 UTC)));
    }

    #[test]
    fn times_are_shown_in_japan() {
        let morning = at(datetime!(2022-07-31 23:02:05 UTC));
        assert_eq!(morning.hour_minute(), "8:02");
        assert_eq!(morning.rfc3339(), "2022-08-01T08:02:05+09:00");
    }
}
