//! What the commands say while they work: numbered steps, seconds, a summary.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::process::Interrupted;

/// The steps of one command, `[2/5] building the PWA …`.
pub struct Steps {
    total: usize,
    done: Vec<Outcome>,
    started: Instant,
}

struct Outcome {
    title: String,
    took: Duration,
    result: Verdict,
}

enum Verdict {
    Passed,
    Failed(String),
    Skipped(&'static str),
}

impl Steps {
    pub fn new(total: usize) -> Self {
        Self { total, done: Vec::new(), started: Instant::now() }
    }

    /// Announces a step, without an end of its own.
    pub fn announce(&self, title: &str) {
        println!("[{}/{}] {title} …", self.done.len() + 1, self.total);
    }

    /// Announces a step, does it and says how long it took.
    pub fn step<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.announce(title);
        let started = Instant::now();
        let result = work();
        let took = started.elapsed();
        let verdict = match &result {
            Ok(_) => Verdict::Passed,
            Err(error) => Verdict::Failed(format!("{error:#}")),
        };
        match &verdict {
            Verdict::Failed(_) => println!("      failed after {}", seconds(took)),
            _ => println!("      done in {}", seconds(took)),
        }
        self.done.push(Outcome { title: title.to_owned(), took, result: verdict });
        result
    }

    /// Like [`Steps::step`], but a failure is only noted for the summary, so that the next
    /// step still tells its own news. `None` means that the step failed.
    pub fn attempt<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
        match self.step(title, work) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is::<Interrupted>() => Err(error),
            Err(error) => {
                eprintln!("error: {error:#}");
                Ok(None)
            }
        }
    }

    /// Notes a step that could not or need not be done.
    pub fn skip(&mut self, title: &str, reason: &'static str) {
        println!("[{}/{}] {title}: skipped ({reason})", self.done.len() + 1, self.total);
        self.done.push(Outcome { title: title.to_owned(), took: Duration::ZERO, result: Verdict::Skipped(reason) });
    }

    /// Prints every step with its verdict; returns whether none failed.
    pub fn summarise(&self) -> bool {
        println!("\nSummary");
        for outcome in &self.done {
            let title = &outcome.title;
            let took = seconds(outcome.took);
            match &outcome.result {
                Verdict::Passed => println!("  ok       {title} ({took})"),
                Verdict::Skipped(reason) => println!("  skipped  {title} ({reason})"),
                Verdict::Failed(why) => {
                    let first_line = why.lines().next().unwrap_or_default();
                    println!("  FAILED   {title} ({took}): {first_line}");
                }
            }
        }
        println!("  in all {}", seconds(self.started.elapsed()));
        !self.done.iter().any(|outcome| matches!(outcome.result, Verdict::Failed(_)))
    }
}

/// A remark within a step.
pub fn note(text: &str) {
    println!("      {text}");
}

/// `0.4 s`, `75 s`.
pub fn seconds(duration: Duration) -> String {
    if duration.as_secs() < 10 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} s", duration.as_secs())
    }
}
