//! Whether inputs have changed since something was made from them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Hex of the SHA-256 of some bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A fingerprint of files and folders (with everything in them): their paths below `root` and
/// their contents. Paths that do not exist count as empty; `except` is left out.
pub fn of_paths(root: &Path, paths: &[&str], except: &[PathBuf]) -> Result<String> {
    let mut files = Vec::new();
    for path in paths {
        collect(&root.join(path), except, &mut files)?;
    }
    files.sort();
    let mut hasher = Sha256::new();
    for file in files {
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().into_owned();
        hasher.update(format!("{name}\0{}\0", content.len()));
        hasher.update(&content);
    }
    Ok(hex(&hasher.finalize()))
}

fn collect(path: &Path, except: &[PathBuf], files: &mut Vec<PathBuf>) -> Result<()> {
    if except.iter().any(|excepted| excepted == path) {
        return Ok(());
    }
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), except, files)?;
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_follows_names_and_contents_but_not_exceptions() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("pwa/dist")).unwrap();
        fs::write(root.join("pwa/a.rs"), "a").unwrap();
        let dist = [root.join("pwa/dist")];
        let first = of_paths(root, &["pwa", "missing"], &dist).unwrap();

        fs::write(root.join("pwa/dist/x"), "x").unwrap();
        assert_eq!(of_paths(root, &["pwa", "missing"], &dist).unwrap(), first);
        fs::write(root.join("pwa/a.rs"), "b").unwrap();
        let second = of_paths(root, &["pwa", "missing"], &dist).unwrap();
        assert_ne!(second, first);
        fs::rename(root.join("pwa/a.rs"), root.join("pwa/b.rs")).unwrap();
        assert_ne!(of_paths(root, &["pwa", "missing"], &dist).unwrap(), second);
    }
}
