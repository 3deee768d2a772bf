//! `cargo xtask run`: from a fresh clone to a server in demo mode.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::progress::Steps;
use crate::{cargo, pwa, setup};

pub fn run(arguments: &[String]) -> Result<()> {
    let mut steps = Steps::new(4);
    steps.step("checking what is installed", || setup::ensure(&[setup::C_COMPILER]))?;
    steps.step("building the PWA", pwa::build_if_changed)?;
    let server = steps.step("building the server", build_server)?;
    let mut command = serve(server, arguments);
    steps.announce("starting the server");
    // The server takes our place, and with it the terminal and its signals.
    Err(command.exec()).context("cannot start the server")
}

/// Builds the server for release; returns its path.
pub fn build_server() -> Result<PathBuf> {
    let mut command = cargo::cargo();
    command.args(["build", "--release", "--package", "hersys", "--bin", "hersys"]);
    let built = cargo::build(command.args(cargo::locked()))?;
    cargo::program(&built, "hersys")
}

fn serve(server: PathBuf, arguments: &[String]) -> Command {
    let mut command = Command::new(server);
    command.current_dir(cargo::root()).args(["serve", "--demo"]);
    let chosen = arguments.iter().any(|argument| argument.split('=').next() == Some("--data-dir"));
    if !chosen && std::env::var_os("HERSYS_DATA_DIR").is_none() {
        command.arg("--data-dir").arg(cargo::root().join("target").join("demo-data"));
    }
    command.args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(arguments: &[&str]) -> Vec<String> {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let command = serve("hersys".into(), &arguments);
        command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn demo_data_stay_out_of_git_unless_another_place_is_chosen() {
        assert!(line(&[])[3].ends_with("target/demo-data"));
        assert_eq!(line(&["--data-dir=x"]), ["serve", "--demo", "--data-dir=x"]);
        assert_eq!(line(&["--data-dir", "x"]), ["serve", "--demo", "--data-dir", "x"]);
    }
}
