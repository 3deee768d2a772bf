//! When a message that was not taken is tried again.

use time::Duration;

/// Waits after the first, second, … try; the last one repeats.
const WAITS: [Duration; 6] = [
    Duration::seconds(10),
    Duration::seconds(30),
    Duration::minutes(2),
    Duration::minutes(10),
    Duration::minutes(30),
    Duration::hours(1),
];

/// How long to wait after `attempts` tries. `jitter` from 0 to 1 adds up to a fifth, so that
/// messages stopped together by one failure do not all come back at once.
pub fn wait(attempts: i64, jitter: f64) -> Duration {
    let step = usize::try_from(attempts - 1).unwrap_or(0).min(WAITS.len() - 1);
    WAITS[step] * (1.0 + jitter.clamp(0.0, 1.0) / 5.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour_and_stay_there() {
        let seconds = |attempts| wait(attempts, 0.0).whole_seconds();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 99].map(seconds), [10, 30, 120, 600, 1800, 3600, 3600, 3600]);
        assert_eq!(wait(1, 1.0), Duration::seconds(12));
    }
}
