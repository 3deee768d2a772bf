//! A compiler for wasm32-unknown-unknown, and the PWA compiled with it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fmt};

use anyhow::{Context, Result, bail};

use crate::progress::note;
use crate::{apt, cargo, process};

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "hersys-pwa";

/// Debian keeps a newer compiler for its browsers, with the library's source but without the
/// library compiled for wasm.
const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

/// How the PWA can be compiled here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// The active toolchain has the wasm library.
    Active,
    /// Debian's compiler builds the wasm library from source, too.
    Debian,
}

impl fmt::Display for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "the active Rust toolchain",
            Self::Debian => "Debian's rustc-web, standard library built from source",
        })
    }
}

/// Finds or installs a wasm compiler: the active toolchain, else through rustup, else Debian's.
/// `HERSYS_WASM_COMPILER=active|debian` allows only one way.
pub fn ensure_compiler() -> Result<Compiler> {
    let only = env::var("HERSYS_WASM_COMPILER").ok();
    match only.as_deref() {
        Some("debian") => return debian(),
        Some("active") => return active(),
        Some(other) => bail!("HERSYS_WASM_COMPILER is `{other}`; it can be `active` or `debian`"),
        None => {}
    }
    let without_active = match active() {
        Ok(compiler) => return Ok(compiler),
        Err(error) if error.is::<process::Interrupted>() => return Err(error),
        Err(error) => error,
    };
    note(&format!("{without_active:#}"));
    debian()
        .with_context(|| format!("no compiler for {TARGET}, which the PWA needs; by hand: rustup target add {TARGET}"))
}

fn active() -> Result<Compiler> {
    if active_has_wasm() {
        return Ok(Compiler::Active);
    }
    if which::which("rustup").is_err() {
        bail!("the active Rust toolchain has no {TARGET} and there is no rustup to add it");
    }
    note(&format!("asking rustup for {TARGET}"));
    process::run_quietly(Command::new("rustup").args(["target", "add", TARGET]), RUSTUP_LIMIT)
        .with_context(|| format!("rustup could not add {TARGET}"))?;
    if !active_has_wasm() {
        bail!("rustup added {TARGET}, but not to the active toolchain");
    }
    Ok(Compiler::Active)
}

fn active_has_wasm() -> bool {
    let mut rustc = Command::new("rustc");
    let folder = rustc.current_dir(cargo::root()).args(["--print", "target-libdir", "--target", TARGET]);
    folder.output().is_ok_and(|output| {
        let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success() && Path::new(&path).is_dir()
    })
}

fn debian() -> Result<Compiler> {
    if !debian_is_there() {
        if !apt::is_here() {
            bail!("this is no Debian, whose compiler could stand in");
        }
        note("taking Debian's own Rust compiler for the PWA");
        apt::install(&DEBIAN_PACKAGES)?;
        if !debian_is_there() {
            bail!("Debian's compiler came without its library source");
        }
    }
    Ok(Compiler::Debian)
}

fn debian_is_there() -> bool {
    Path::new(DEBIAN_CARGO).exists()
        && process::answer(DEBIAN_RUSTC, &["--print", "sysroot"])
            .is_some_and(|sysroot| Path::new(&sysroot).join("lib/rustlib/src/rust/library/std").is_dir())
}

/// Compiles the PWA; returns the path of the raw wasm.
pub fn compile(compiler: Compiler) -> Result<PathBuf> {
    let mut command = match compiler {
        Compiler::Active => cargo::cargo(),
        Compiler::Debian => {
            let target_dir = cargo::target_dir().join("debian-rust");
            let mut command = cargo::command(Path::new(DEBIAN_CARGO), &target_dir);
            command.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
            for name in ["RUSTUP_TOOLCHAIN", "CARGO", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
                command.env_remove(name);
            }
            command
        }
    };
    command.args(["build", "--package", PACKAGE, "--target", TARGET, "--profile", "wasm"]);
    if compiler == Compiler::Debian {
        command.arg("-Zbuild-std=std,panic_abort");
    }
    // wasm-bindgen has to see which wasm features were compiled in; it strips the rest itself.
    command.env("CARGO_PROFILE_WASM_STRIP", "none");
    let built = cargo::build(command.args(cargo::locked()))?;
    cargo::program(&built, PACKAGE)
}
