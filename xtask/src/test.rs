//! `cargo xtask test`: every check there is.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::postgres::{Durability, Postgres};
use crate::progress::Steps;
use crate::{cargo, node, process, pwa, requirements, setup, wasm};

#[derive(Args)]
pub struct Options {
    /// Only what needs neither PostgreSQL nor a browser nor a fresh PWA
    #[arg(long)]
    quick: bool,
    /// Only tests whose name contains this
    filter: Option<String>,
}

/// What the tests are told about the machine, by environment.
type Environment = Vec<(&'static str, String)>;

pub fn test(options: &Options) -> Result<()> {
    let mut steps = Steps::new(if options.quick { 5 } else { 9 });
    steps.step("checking what is installed", || ensure_tools(options.quick))?;
    steps.attempt("format", || process::run(cargo::cargo().args(["fmt", "--all", "--check"])))?;
    steps.attempt("requirements", || requirements::requirements(true))?;
    if !options.quick {
        steps.attempt("building the PWA", pwa::build_if_changed)?;
    }
    steps.attempt("lints", lints)?;
    if !options.quick {
        steps.attempt("lints of the PWA as wasm", wasm_lints)?;
    }

    // The guard lives until the tests are over, whatever comes of them.
    let mut postgres = None;
    if !options.quick {
        postgres = steps.attempt("starting PostgreSQL", || Postgres::start(Durability::None))?;
        steps.attempt("npm packages", node::ensure_packages)?;
    }
    if !options.quick && postgres.is_none() {
        steps.skip("tests", "there is no PostgreSQL");
    } else {
        let environment = environment(options.quick, postgres.as_ref())?;
        steps.attempt("tests", || tests(options.filter.as_deref(), environment))?;
    }
    drop(postgres);

    if !steps.summarise() {
        bail!("not everything passed");
    }
    Ok(())
}

fn ensure_tools(quick: bool) -> Result<()> {
    setup::ensure_rust_components()?;
    // The server embeds the folder, so it has to be there for the compiler.
    fs::create_dir_all(pwa::dist())?;
    if quick {
        return setup::ensure(&[setup::C_COMPILER]);
    }
    setup::ensure(&[setup::C_COMPILER, setup::POSTGRESQL, setup::CHROMIUM, setup::JAPANESE_FONT, setup::NODE])
}

fn lints() -> Result<()> {
    let mut clippy = cargo::cargo();
    clippy.args(["clippy", "--workspace", "--all-targets"]).args(cargo::locked());
    process::run(clippy.args(["--", "-D", "warnings"]))
}

/// Code that is compiled only for the browser is seen only here.
fn wasm_lints() -> Result<()> {
    if wasm::ensure_compiler()? != wasm::Compiler::Active {
        crate::progress::note("left out: Debian's compiler has no clippy");
        return Ok(());
    }
    let mut clippy = cargo::cargo();
    clippy.args(["clippy", "--package", "hersys-pwa", "--target", "wasm32-unknown-unknown"]).args(cargo::locked());
    process::run(clippy.args(["--", "-D", "warnings"]))
}

fn environment(quick: bool, postgres: Option<&Postgres>) -> Result<Environment> {
    let mut environment = Environment::new();
    if let Some(postgres) = postgres {
        environment.push(("HERSYS_TEST_POSTGRES_URL", postgres.url()));
    }
    if !quick {
        let chromium = setup::chromium().context("Chromium is gone")?;
        let node = which::which("node").context("Node.js is gone")?;
        environment.push(("HERSYS_TEST_CHROMIUM", shown(chromium)));
        environment.push(("HERSYS_TEST_NODE", shown(node)));
        environment.push(("HERSYS_TEST_PWA_DIST", shown(pwa::dist())));
    }
    Ok(environment)
}

/// Builds all tests together with the server that some of them start, then runs them.
fn tests(filter: Option<&str>, mut environment: Environment) -> Result<()> {
    let built = cargo::build(cargo::cargo().args(["build", "--workspace", "--all-targets"]).args(cargo::locked()))?;
    environment.push(("HERSYS_TEST_SERVER", shown(cargo::program(&built, "hersys")?)));

    let mut command: Command = cargo::cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]).args(cargo::locked()).args(filter);
    // A leftover of a full run must not turn a quick one into half of it.
    for name in ["HERSYS_TEST_POSTGRES_URL", "HERSYS_TEST_CHROMIUM", "HERSYS_TEST_NODE", "HERSYS_TEST_PWA_DIST"] {
        command.env_remove(name);
    }
    process::run(command.envs(environment))
}

fn shown(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}
