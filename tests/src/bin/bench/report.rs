//! The figures, each with its limit and whether it was kept.

use std::time::Duration;

use crate::load::Found;

const LEAST_RATE: f64 = 8_000.0;
const LONGEST_INTAKE: Duration = Duration::from_millis(50);
const LONGEST_START: Duration = Duration::from_secs(1);
const MOST_MEMORY: f64 = 60.0;
/// In percent of the intake.
const MOST_FOR_JUDGING: f64 = 10.0;

pub struct Report {
    kept: bool,
}

impl Report {
    pub fn new(name: &str) -> Self {
        println!("\n{name}");
        Self { kept: true }
    }

    pub fn all_kept(&self) -> bool {
        self.kept
    }

    pub fn floor(&self, rate: f64) {
        line(' ', "floor: one row, one commit", &format!("{} rows/s", rounded(rate)));
    }

    pub fn start(&mut self, took: Duration, memory: Option<f64>) {
        let mark = self.mark(took < LONGEST_START);
        line(mark, "start on this database", &format!("{}  (< 1 s)", milliseconds(took)));
        if let Some(memory) = memory {
            let mark = self.mark(memory < MOST_MEMORY);
            line(mark, "memory at rest", &format!("{memory:.1} MiB  (< 60)"));
        }
    }

    pub fn start_after_kill(&mut self, took: Duration) {
        let mark = self.mark(took < LONGEST_START);
        line(mark, "start after being killed", &format!("{}  (< 1 s)", milliseconds(took)));
    }

    pub fn memory_under_load(&self, memory: Option<f64>) {
        if let Some(memory) = memory {
            line(' ', "memory after the load", &format!("{memory:.1} MiB"));
        }
    }

    /// A load on the intake; `limited` when the limits are meant for it.
    pub fn intake(&mut self, what: &str, found: &Found, floor: f64, limited: bool) {
        let rate_kept = !limited || found.rate() >= LEAST_RATE;
        let p99_kept = !limited || found.quantile(0.99) < LONGEST_INTAKE;
        let mark = self.mark(rate_kept && p99_kept && found.errors == 0);
        let limits = if limited { "  (≥ 8,000/s, p99 < 50 ms)" } else { "" };
        let text = format!(
            "{} reports/s, {:.1} × the floor; {}, {} errors{limits}",
            rounded(found.rate()),
            found.rate() / floor.max(f64::MIN_POSITIVE),
            latencies(found),
            found.errors
        );
        line(mark, what, &text);
        errors(found);
        if let Some(time) = found.server_time {
            let each = time.as_secs_f64() * 1e6 / (found.acknowledged_in_all.max(1) as f64);
            line(' ', "", &format!("the server process takes {each:.0} µs of a core for a report"));
        }
    }

    pub fn rows(&mut self, acknowledged: usize, stored: i64) {
        let mark = self.mark(i64::try_from(acknowledged) == Ok(stored));
        let count = |count: u64| thousands(count);
        let text = format!(
            "{} acknowledged, {} stored",
            count(acknowledged as u64),
            count(u64::try_from(stored).unwrap_or_default())
        );
        line(mark, "every report counts once", &text);
    }

    pub fn page(&mut self, what: &str, connections: usize, found: &Found, limit: Option<Duration>) {
        let kept = limit.is_none_or(|limit| found.quantile(0.99) < limit) && found.errors == 0 && found.done > 0;
        let mark = self.mark(kept);
        let limits = limit.map(|limit| format!("  (p99 < {} ms)", limit.as_millis())).unwrap_or_default();
        let of = if connections == 1 { "1 connection" } else { "8 connections" };
        line(mark, what, &format!("{of}: {} pages/s; {}{limits}", rounded(found.rate()), latencies(found)));
        errors(found);
    }

    pub fn note(&self, text: &str) {
        println!("    {text}");
    }

    /// What the judge adds to the intake of the same reports.
    pub fn judging(&mut self, with: &Found, without: &Found) {
        for (what, found) in [("reports, not judged", without), ("reports, judged", with)] {
            let each =
                found.server_time.unwrap_or_default().as_secs_f64() * 1e6 / found.acknowledged_in_all.max(1) as f64;
            let text =
                format!("{}/s; {}; {each:.0} µs of a core for a report", rounded(found.rate()), latencies(found));
            line(' ', what, &text);
            errors(found);
        }
        let more = |share: f64| {
            let [with, without] = [with, without].map(|found| found.quantile(share).as_secs_f64());
            (with / without.max(f64::MIN_POSITIVE) - 1.0) * 100.0
        };
        let slower = (1.0 - with.rate() / without.rate().max(f64::MIN_POSITIVE)) * 100.0;
        let mark = self.mark(slower < MOST_FOR_JUDGING && with.errors + without.errors == 0);
        let text = format!(
            "{slower:.1} % fewer reports a second (< {MOST_FOR_JUDGING} %), p50 {:+.0} %, p99 {:+.0} %",
            more(0.5),
            more(0.99)
        );
        line(mark, "judging adds to the intake", &text);
    }

    /// Requests one after the other, of which 99 in 100 are to take less than `limit`.
    pub fn limited(&mut self, what: &str, found: &Found, limit: Duration) {
        let kept = found.quantile(0.99) < limit && found.errors == 0 && found.done > 0;
        let mark = self.mark(kept);
        line(mark, what, &format!("{}  (p99 < {} ms)", latencies(found), limit.as_millis()));
        errors(found);
    }

    /// How long it took to plan for so many people.
    pub fn plan(&mut self, planned: u64, people: u64, took: Duration, limit: Duration) {
        let mark = self.mark(planned == people && took < limit);
        let text = format!(
            "{} of {} in {:.1} s  (< {:.0} s)",
            thousands(planned),
            thousands(people),
            took.as_secs_f64(),
            limit.as_secs_f64()
        );
        line(mark, "reminders planned", &text);
    }

    /// MiB before and at most.
    pub fn growth(&mut self, what: &str, before: f64, most: f64, limit: f64) {
        let mark = self.mark(most - before < limit);
        line(mark, what, &format!("{before:.0} → {most:.0} MiB  (+ < {limit:.0})"));
    }

    pub fn rate(&mut self, what: &str, count: u64, seconds: f64, least: f64) {
        let rate = count as f64 / seconds.max(f64::MIN_POSITIVE);
        let mark = self.mark(rate >= least);
        let text = format!("{} in {seconds:.1} s: {}/s  (≥ {}/s)", thousands(count), rounded(rate), rounded(least));
        line(mark, what, &text);
    }

    pub fn once(&mut self, what: &str, sent: u64, taken: u64) {
        let mark = self.mark(sent == taken);
        line(mark, what, &format!("{} sent, {} taken", thousands(sent), thousands(taken)));
    }

    fn mark(&mut self, kept: bool) -> char {
        self.kept &= kept;
        if kept { '✓' } else { '✗' }
    }
}

fn line(mark: char, what: &str, text: &str) {
    println!("  {mark} {what:<42}{text}");
}

fn errors(found: &Found) {
    if let Some(error) = &found.first_error {
        println!("      first of {} errors: {}", found.errors, error.chars().take(300).collect::<String>());
    }
}

fn latencies(found: &Found) -> String {
    let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| milliseconds(found.quantile(share)));
    format!("p50 {p50}, p99 {p99}, max {max}")
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

fn rounded(rate: f64) -> String {
    thousands(rate.round() as u64)
}

/// `12,345`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_thousands() {
        assert_eq!([thousands(7), thousands(1_234), thousands(1_234_567)], ["7", "1,234", "1,234,567"]);
    }
}
