//! The hours of the day in Japan within which people are reached.

use time::Duration;

use crate::clock::Timestamp;

pub const FIRST_HOUR: i64 = 8;
pub const END_HOUR: i64 = 20;

/// An hour of the day of `now`.
pub fn at_hour(now: Timestamp, hour: i64) -> Timestamp {
    Timestamp::start_of(now.day()) + Duration::hours(hour)
}

/// When people may be reached again, where they may not at this moment.
pub fn closed_until(now: Timestamp) -> Option<Timestamp> {
    let opens = at_hour(now, FIRST_HOUR);
    if now < opens {
        Some(opens)
    } else if now >= at_hour(now, END_HOUR) {
        Some(opens + Duration::days(1))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntf_11_nights_end_at_eight() {
        let day = Timestamp::start_of(time::macros::date!(2022 - 08 - 01));
        let at = |hour: i64| day + Duration::hours(hour);
        assert_eq!(closed_until(at(0)), Some(at(8)));
        assert_eq!(closed_until(at(8)), None);
        assert_eq!(closed_until(at(20) - Duration::seconds(1)), None);
        assert_eq!(closed_until(at(20)), Some(at(32)));
    }
}
