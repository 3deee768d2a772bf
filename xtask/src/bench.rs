//! `cargo xtask bench`: speed and sizes on this machine.

use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::postgres::{Durability, Postgres};
use crate::progress::Steps;
use crate::{cargo, process, pwa, run, setup};

#[derive(Args)]
pub struct Options {
    /// How many cases the measured installation holds; the load generator's default otherwise
    #[arg(long)]
    cases: Option<u32>,
    /// Further arguments for the load generator, after `--`
    #[arg(last = true)]
    generator: Vec<String>,
}

pub fn bench(options: &Options) -> Result<()> {
    let mut steps = Steps::new(6);
    steps.step("checking what is installed", || setup::ensure(&[setup::C_COMPILER, setup::POSTGRESQL]))?;
    steps.step("building the PWA", pwa::build_if_changed)?;
    let server = steps.step("building the server", || cargo::keep(&run::build_server()?))?;
    let generator = steps.step("building the load generator", || {
        let mut command = cargo::cargo();
        command.args(["build", "--release", "--package", "hersys-tests", "--bin", "bench"]);
        let built = cargo::build(command.args(cargo::locked()))?;
        cargo::keep(&cargo::program(&built, "bench")?)
    })?;
    let postgres = steps.step("starting PostgreSQL", || Postgres::start(Durability::Full))?;
    steps.attempt("measuring", || {
        let mut command = Command::new(&generator.path);
        if let Some(cases) = options.cases {
            command.args(["--cases", &cases.to_string()]);
        }
        command
            .args(&options.generator)
            .env("HERSYS_BENCH_SERVER", &server.path)
            .env("HERSYS_BENCH_POSTGRES_URL", postgres.url())
            .env("HERSYS_BENCH_PWA_DIST", pwa::dist());
        process::run(&mut command)
    })?;
    drop(postgres);

    let small_enough = pwa::print_first_load(&pwa::dist())?;
    if !steps.summarise() || !small_enough {
        bail!("a limit was not kept");
    }
    Ok(())
}
