//! What the commands need from the machine, and how it is installed where it is missing.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::progress::note;
use crate::{apt, postgres, process};

/// Something that must be on the machine.
pub struct Need {
    what: &'static str,
    why: &'static str,
    /// Debian's packages, in the order of installation.
    packages: &'static [&'static str],
    is_there: fn() -> bool,
}

pub const C_COMPILER: Need = Need {
    what: "a C compiler",
    why: "linking, SQLite and cryptography are built with it",
    packages: &["gcc", "libc6-dev"],
    is_there: || env::var_os("CC").is_some() || ["cc", "gcc", "clang"].iter().any(|name| which::which(name).is_ok()),
};

pub const POSTGRESQL: Need = Need {
    what: "PostgreSQL",
    why: "everything is tested and measured on a real PostgreSQL",
    packages: &["postgresql"],
    is_there: || postgres::binaries().is_ok(),
};

pub const CHROMIUM: Need = Need {
    what: "Chromium",
    why: "the browser journeys run in it",
    packages: &["chromium"],
    is_there: || chromium().is_some(),
};

pub const JAPANESE_FONT: Need = Need {
    what: "a Japanese font",
    why: "screenshots and printed pages would show empty boxes",
    packages: &["fonts-noto-cjk", "fontconfig"],
    is_there: || process::answer("fc-list", &[":lang=ja", "file"]).is_some_and(|fonts| !fonts.is_empty()),
};

pub const NODE: Need = Need {
    what: "Node.js 18 or newer with npm",
    why: "the browser is driven from it",
    packages: &["nodejs", "npm"],
    is_there: || node_is_new_enough() && which::which("npm").is_ok(),
};

/// Installs whatever is missing of `needs`, all at once.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        note(&format!("missing: {} ({})", need.what, need.why));
    }
    if !apt::is_here() {
        bail!("install by hand what is missing, then run this again:{}", by_hand(&missing));
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    apt::install(&packages).with_context(|| format!("could not install:{}\n", by_hand(&missing)))?;

    let still: Vec<&Need> = missing.into_iter().filter(|need| !(need.is_there)()).collect();
    if !still.is_empty() {
        bail!("installed, but still not usable:{}", by_hand(&still));
    }
    Ok(())
}

/// A line for each need, to be read by people.
fn by_hand(needs: &[&Need]) -> String {
    let line = |need: &&Need| {
        let Need { what, why, packages, .. } = need;
        format!("\n  {what}: {why} (Debian's packages: {})", packages.join(" "))
    };
    needs.iter().map(line).collect()
}

/// The browser for the tests; `HERSYS_TEST_CHROMIUM` names another one.
pub fn chromium() -> Option<PathBuf> {
    if let Some(chosen) = env::var_os("HERSYS_TEST_CHROMIUM") {
        return Some(chosen.into());
    }
    ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| which::which(name).ok())
}

fn node_is_new_enough() -> bool {
    process::answer("node", &["--version"])
        .and_then(|version| version.trim_start_matches('v').split('.').next()?.parse::<u32>().ok())
        .is_some_and(|major| major >= 18)
}

/// Makes sure that `cargo fmt` and `cargo clippy` are there, which minimal toolchains lack.
pub fn ensure_rust_components() -> Result<()> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        let mut question = crate::cargo::cargo();
        let there = question.args([subcommand, "--version"]).output().is_ok_and(|out| out.status.success());
        if there {
            continue;
        }
        note(&format!("missing: {component}; asking rustup for it"));
        let mut rustup = std::process::Command::new("rustup");
        process::run_quietly(rustup.args(["component", "add", component]), Duration::from_secs(120)).with_context(
            || format!("{component} is needed for the checks; by hand: rustup component add {component}"),
        )?;
    }
    Ok(())
}

/// The newest folder matching `<parent>/<version>/<below>`, such as Debian's PostgreSQL folders.
pub fn newest_version(parent: &Path, below: &str) -> Option<PathBuf> {
    let version = |path: &PathBuf| -> u32 {
        path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok()).unwrap_or(0)
    };
    let entries = fs::read_dir(parent).ok()?;
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let newest = folders.filter(|path| path.join(below).is_dir()).max_by_key(version)?;
    Some(newest.join(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["9", "15", "empty"] {
            fs::create_dir_all(folder.path().join(version).join("bin")).unwrap();
        }
        fs::create_dir_all(folder.path().join("17")).unwrap();
        assert_eq!(newest_version(folder.path(), "bin"), Some(folder.path().join("15/bin")));
        assert_eq!(newest_version(&folder.path().join("nowhere"), "bin"), None);
    }
}
