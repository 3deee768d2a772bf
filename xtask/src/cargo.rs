//! The checkout, its build cache, and calls of cargo from within cargo.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use tempfile::TempDir;

use crate::process;

/// The top folder of the checkout: cargo says where it runs this program from. What the compiler knew may be a
/// checkout that is gone, when checkouts share a cache.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let xtask =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        xtask.parent().map_or_else(|| xtask.clone(), Path::to_path_buf)
    });
    &ROOT
}

/// Where inner builds go: one cache for all checkouts, which a fresh clone finds warm.
///
/// Cargo keeps checkouts apart by path, except for the final binaries: whoever needs one takes
/// it from [`build`] and uses it right away.
pub fn target_dir() -> PathBuf {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(target) = set("CARGO_TARGET_DIR") {
        return root().join(target);
    }
    let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    match cache {
        Some(cache) => cache.join("hersys").join("target"),
        None => root().join("target"),
    }
}

/// `cargo` in the checkout, with the shared cache.
pub fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()).as_ref(), &target_dir())
}

/// A cargo of choice with a target directory of its own.
pub fn command(program: &Path, target_dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).env("CARGO_TARGET_DIR", target_dir);
    // What `cargo run` tells us about ourselves would look like a changed setting to build scripts.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    command
}

/// `--locked` on build servers, where a stale Cargo.lock is a mistake.
pub fn locked() -> Option<&'static str> {
    env::var_os("CI").is_some().then_some("--locked")
}

/// Something that cargo built.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub struct Artifact {
    target: Target,
    profile: Profile,
    filenames: Vec<PathBuf>,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Profile {
    test: bool,
}

/// Runs a `cargo build …` and returns what it built.
pub fn build(command: &mut Command) -> Result<Vec<Artifact>> {
    let messages = process::capture(command.arg("--message-format=json-render-diagnostics"))?;
    Ok(artifacts(&messages))
}

fn artifacts(messages: &str) -> Vec<Artifact> {
    messages.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The path of a program among what was built.
pub fn program(artifacts: &[Artifact], name: &str) -> Result<PathBuf> {
    let found = artifacts.iter().find(|artifact| {
        let target = &artifact.target;
        target.name == name && target.kind.iter().any(|kind| kind == "bin") && !artifact.profile.test
    });
    let Some(path) = found.and_then(|artifact| artifact.filenames.first()) else {
        bail!("cargo built no program named {name}");
    };
    path.canonicalize().with_context(|| format!("{} is gone", path.display()))
}

/// A program under a name of its own, which no other build replaces while it is in use.
pub struct Kept {
    pub path: PathBuf,
    _folder: TempDir,
}

/// Keeps a program that was built until the result is dropped.
pub fn keep(program: &Path) -> Result<Kept> {
    let beside = program.parent().unwrap_or(program);
    let folder = tempfile::Builder::new().prefix("in-use-").tempdir_in(beside)?;
    let path = folder.path().join(program.file_name().unwrap_or_default());
    fs::hard_link(program, &path).or_else(|_| fs::copy(program, &path).map(drop))?;
    Ok(Kept { path, _folder: folder })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_program_survives_the_next_build() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("hersys");
        fs::write(&program, "old").unwrap();
        let kept = keep(&program).unwrap();
        // Cargo takes the old one away before it puts a new one there.
        fs::remove_file(&program).unwrap();
        fs::write(&program, "new").unwrap();
        assert_eq!(fs::read_to_string(&kept.path).unwrap(), "old");
    }

    #[test]
    fn the_program_is_told_from_its_test_harness() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"hersys","kind":["bin"]},"profile":{"test":true},"filenames":["/dev/zero"]}
{"reason":"compiler-artifact","target":{"name":"hersys","kind":["lib"]},"profile":{"test":false},"filenames":["/dev/zero"]}
{"reason":"compiler-artifact","target":{"name":"hersys","kind":["bin"]},"profile":{"test":false},"filenames":["/dev/null"]}
{"reason":"build-finished","success":true}"#;
        let built = artifacts(messages);
        assert_eq!(built.len(), 3);
        assert_eq!(program(&built, "hersys").unwrap(), Path::new("/dev/null"));
        assert!(program(&built, "other").is_err());
    }
}
