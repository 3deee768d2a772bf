//! `cargo xtask audit`: licences, sources and known vulnerabilities of the dependencies.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::progress::{Steps, note};
use crate::{cargo, process};

const INSTALL_LIMIT: Duration = Duration::from_secs(30 * 60);
const FETCH_LIMIT: Duration = Duration::from_secs(60);

pub fn audit() -> Result<()> {
    let mut steps = Steps::new(3);
    steps.step("checking what is installed", ensure_cargo_deny)?;
    steps.attempt("licences, bans and sources", || {
        process::run(deny().args(["check", "licenses", "bans", "sources"]))
    })?;
    let database = "fetching the list of known vulnerabilities";
    println!("      {database}");
    match process::run_quietly(deny().args(["fetch", "db"]), FETCH_LIMIT) {
        Ok(()) => {
            steps.attempt("known vulnerabilities", || {
                process::run(deny().args(["check", "--disable-fetch", "advisories"]))
            })?;
        }
        Err(error) if error.is::<process::Interrupted>() => return Err(error),
        Err(_) => steps.skip("known vulnerabilities", "NOT CHECKED: their database cannot be reached from here"),
    }
    if !steps.summarise() {
        bail!("not everything passed");
    }
    Ok(())
}

fn ensure_cargo_deny() -> Result<()> {
    if deny().arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    note("missing: cargo-deny (it checks the dependencies); building it, which takes some minutes");
    process::run_quietly(cargo::cargo().args(["install", "cargo-deny", "--locked"]), INSTALL_LIMIT)
        .context("cargo-deny could not be installed; by hand: cargo install cargo-deny --locked")
}

fn deny() -> Command {
    let mut command = cargo::cargo();
    command.arg("deny");
    command
}
