//! What the first visit to the PWA costs.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::dist::{LIST, Listed};

/// The most that a first visit may put on the wire.
const LIMIT: usize = 200 * 1024;

/// Prints the first load, file by file; returns whether it keeps the limit.
pub fn print_first_load(dist: &Path) -> Result<bool> {
    let list = fs::read(dist.join(LIST)).context("the PWA has not been built")?;
    let mut files: Vec<Listed> = serde_json::from_slice(&list)?;
    files.retain(|file| file.first_load);
    files.sort_by_key(|file| std::cmp::Reverse(file.br_bytes));

    println!("\nFirst load of the PWA (bytes on the wire, brotli; in brackets before)");
    for file in &files {
        println!("  {:>9}  {} ({})", file.br_bytes, file.path, file.bytes);
    }
    let total: usize = files.iter().map(|file| file.br_bytes).sum();
    let kept = total <= LIMIT;
    let verdict = if kept { "kept" } else { "EXCEEDED" };
    println!("  {total:>9}  in all; limit {LIMIT}: {verdict}");
    Ok(kept)
}
