//! Installing Debian packages.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::progress::{note, seconds};

const UPDATE_LIMIT: Duration = Duration::from_secs(5 * 60);
const INSTALL_LIMIT: Duration = Duration::from_secs(20 * 60);

/// Whether this system is installed from Debian packages.
pub fn is_here() -> bool {
    which::which("apt-get").is_ok()
}

/// Installs packages after one `apt-get update`.
pub fn install(packages: &[&str]) -> Result<()> {
    if !may_install() {
        bail!("installing needs root; run by hand: sudo apt-get install {}", packages.join(" "));
    }
    let started = Instant::now();
    note(&format!("installing {} (apt-get)", packages.join(", ")));
    process::run_quietly(apt_get().arg("update"), UPDATE_LIMIT).context("the package lists could not be fetched")?;
    process::run_quietly(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(packages), INSTALL_LIMIT)
        .with_context(|| format!("by hand: apt-get install {}", packages.join(" ")))?;
    note(&format!("installed in {}", seconds(started.elapsed())));
    Ok(())
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn may_install() -> bool {
    is_root() || process::succeeds("sudo", &["-n", "true"])
}

fn apt_get() -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("env");
        command.arg("DEBIAN_FRONTEND=noninteractive");
        command
    } else {
        let mut command = Command::new("sudo");
        command.args(["-n", "DEBIAN_FRONTEND=noninteractive"]);
        command
    };
    command.args(["apt-get", "--quiet"]);
    command
}
