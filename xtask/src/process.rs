//! Starting other programs so that nothing is left behind when we are interrupted.
//!
//! Every program runs in a process group of its own. Ctrl-C or a termination signal reaches
//! only us; we end the group, and our guards (such as the PostgreSQL one) are dropped in order.

use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::progress::{note, seconds};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The user or the build server asked us to stop.
#[derive(Debug)]
pub struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

pub fn watch_for_interruption() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst)).context("cannot listen for Ctrl-C")
}

/// Fails once an interruption was asked for.
pub fn check_interruption() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) {
        return Err(Interrupted.into());
    }
    Ok(())
}

/// Runs a program to its end, its output going where ours goes.
pub fn run(command: &mut Command) -> Result<()> {
    let child = spawn(command.stdin(Stdio::null()))?;
    succeed(command, wait(child, None)?)
}

/// Runs a program and returns its standard output; errors stay visible.
pub fn capture(command: &mut Command) -> Result<String> {
    let mut output = tempfile::tempfile()?;
    let child = spawn(command.stdin(Stdio::null()).stdout(output.try_clone()?))?;
    succeed(command, wait(child, None)?)?;
    contents(&mut output)
}

/// Runs a program whose output matters only when it fails, for at most `limit`; says every
/// quarter of a minute that it is still at work.
pub fn run_quietly(command: &mut Command, limit: Duration) -> Result<()> {
    let mut output = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output.try_clone()?);
    // Traces of other programs tell our readers nothing.
    command.env("RUST_BACKTRACE", "0");
    let result = spawn(command).and_then(|child| wait(child, Some(limit))).and_then(|status| succeed(command, status));
    match result {
        Err(error) if !error.is::<Interrupted>() => {
            bail!("{error:#}; it said:\n{}", last_lines(&contents(&mut output)?))
        }
        other => other,
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(10)..];
    last.iter().map(|line| format!("        {line}\n")).collect::<String>().trim_end().to_owned()
}

/// Whether a program can be started and ends well; for questions such as `cargo fmt --version`.
pub fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The trimmed standard output of a short question, if it was answered.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Starts a program in a process group of its own.
pub fn spawn(command: &mut Command) -> Result<Child> {
    check_interruption()?;
    command.process_group(0).spawn().with_context(|| format!("cannot start {}", shown(command)))
}

/// Ends a program and its group: politely with `signal`, then for certain.
pub fn end(child: &mut Child, signal: Signal, patience: Duration) {
    let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else {
        return;
    };
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    // An error only means that the group has just ended by itself.
    let _ = kill_process_group(group, signal);
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        if matches!(child.try_wait(), Ok(Some(_))) {
            return;
        }
        sleep(Duration::from_millis(20));
    }
    let _ = kill_process_group(group, Signal::KILL);
    let _ = child.wait();
}

fn wait(mut child: Child, limit: Option<Duration>) -> Result<ExitStatus> {
    let started = Instant::now();
    let mut next_word = Duration::from_secs(15);
    loop {
        if let Some(status) = child.try_wait()? {
            check_interruption()?;
            return Ok(status);
        }
        if let Err(interrupted) = check_interruption() {
            end(&mut child, Signal::INT, Duration::from_secs(5));
            return Err(interrupted);
        }
        if let Some(limit) = limit {
            if started.elapsed() > limit {
                end(&mut child, Signal::TERM, Duration::from_secs(5));
                bail!("gave up after {}", seconds(limit));
            }
            if started.elapsed() > next_word {
                note(&format!("still at it, {}", seconds(started.elapsed())));
                next_word += Duration::from_secs(15);
            }
        }
        sleep(Duration::from_millis(30));
    }
}

fn succeed(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

fn contents(file: &mut File) -> Result<String> {
    let mut text = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut line = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for argument in command.get_args().take(6) {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failure_brings_the_last_words() {
        let mut command = shell("for i in $(seq 30); do echo line $i; done; exit 3");
        let error = run_quietly(&mut command, Duration::from_secs(9)).unwrap_err().to_string();
        assert!(error.contains("line 30") && !error.contains("line 20\n"), "{error}");
        assert!(error.contains("exit status: 3"), "{error}");
    }

    #[test]
    fn whoever_takes_too_long_is_ended_with_all_children() {
        let started = Instant::now();
        let mut command = shell("sleep 60 & sleep 60; true");
        let error = run_quietly(&mut command, Duration::from_millis(200)).unwrap_err();
        assert!(error.to_string().contains("gave up"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(4));
    }

    #[test]
    fn output_is_captured() {
        assert_eq!(capture(&mut shell("echo a; echo b >&2")).unwrap(), "a\n");
        assert!(capture(&mut shell("echo a; false")).is_err());
    }
}
