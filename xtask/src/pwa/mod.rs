//! The PWA: compiled, bound to JavaScript, bundled into `pwa/dist` for the server to embed.

mod bindgen;
mod bundle;
mod dist;
mod sizes;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::progress::{Steps, note};
use crate::{cargo, fingerprint, wasm};

pub use sizes::print_first_load;

/// Everything the bundle is made of, the bundler included.
const INPUTS: [&str; 7] = ["Cargo.lock", "Cargo.toml", "assets", "pwa", "shared", "xtask/src/pwa", "xtask/src/wasm.rs"];

/// Holds the fingerprint of the inputs of a finished bundle.
const STAMP: &str = ".inputs";

/// Where the bundle goes.
pub fn dist() -> PathBuf {
    cargo::root().join("pwa").join("dist")
}

/// `cargo xtask pwa`
pub fn build_alone(force: bool) -> Result<()> {
    let mut steps = Steps::new(1);
    steps.step("building the PWA", || if force { build() } else { build_if_changed() })?;
    print_first_load(&dist())?;
    Ok(())
}

/// Builds the bundle unless the one that is there was made from the same inputs.
pub fn build_if_changed() -> Result<()> {
    let stamp = fs::read_to_string(dist().join(STAMP)).unwrap_or_default();
    if stamp == inputs()? && dist().join("index.html").exists() {
        note("unchanged since the last build");
        return Ok(());
    }
    build()
}

fn build() -> Result<()> {
    let inputs = inputs()?;
    let compiler = wasm::ensure_compiler()?;
    note(&format!("compiling with {compiler}"));
    let raw = wasm::compile(compiler)?;
    let bound = bindgen::bind(&raw)?;
    let assets = cargo::root().join("assets").join("pwa");
    let files = bundle::bundle(&assets, bound)?;

    let dist = dist();
    // Without its stamp a bundle that was interrupted is built again.
    if dist.join(STAMP).exists() {
        fs::remove_file(dist.join(STAMP))?;
    }
    dist::write(&dist, &files)?;
    fs::write(dist.join(STAMP), inputs).context("cannot write the stamp")?;
    Ok(())
}

fn inputs() -> Result<String> {
    fingerprint::of_paths(cargo::root(), &INPUTS, &[dist()])
}
