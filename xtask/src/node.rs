//! The npm packages that drive the browser in tests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::progress::note;
use crate::{cargo, fingerprint, process};

const PACKAGE_FILES: [&str; 2] = ["package.json", "package-lock.json"];
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Installs the packages that the browser tests ask for, unless they are there already.
pub fn ensure_packages() -> Result<()> {
    let folder = folder();
    if !folder.join("package.json").exists() {
        return Ok(());
    }
    let wanted = fingerprint::of_paths(&folder, &PACKAGE_FILES, &[])?;
    let stamp = folder.join("node_modules").join(".installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    note("installing the npm packages of the browser tests");
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        // The browser is the system's.
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("PUPPETEER_SKIP_DOWNLOAD", "1");
    process::run_quietly(&mut npm, LIMIT)
        .context("the npm packages could not be installed; by hand: npm ci in tests/e2e")?;
    // Without dependencies npm makes no folder.
    fs::create_dir_all(folder.join("node_modules"))?;
    fs::write(stamp, wanted).context("cannot note what was installed")?;
    Ok(())
}

fn folder() -> PathBuf {
    cargo::root().join("tests").join("e2e")
}
