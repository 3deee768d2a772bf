//! wasm-bindgen: raw wasm to wasm plus the JavaScript module that loads it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

/// What wasm-bindgen makes of the compiled PWA.
pub struct Bound {
    /// The JavaScript module; its default export takes the address of the wasm.
    pub module: Vec<u8>,
    pub wasm: Vec<u8>,
    /// JavaScript that libraries bring along, by the path below `snippets/` at which the module
    /// imports it.
    pub snippets: Vec<(String, Vec<u8>)>,
}

pub fn bind(raw_wasm: &Path) -> Result<Bound> {
    let folder = tempfile::tempdir()?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(raw_wasm)
        .out_name("hersys")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen.generate(folder.path()).context("wasm-bindgen refused the compiled PWA")?;

    let read = |name: &str| fs::read(folder.path().join(name)).context("wasm-bindgen left a file out");
    let mut snippets = Vec::new();
    let snippet_folder = folder.path().join("snippets");
    for path in files_below(&snippet_folder)? {
        let name = path.strip_prefix(folder.path())?.to_string_lossy().into_owned();
        snippets.push((name, fs::read(&path)?));
    }
    Ok(Bound { module: read("hersys.js")?, wasm: read("hersys_bg.wasm")?, snippets })
}

/// All files in a folder and below, sorted; none when there is no such folder.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}
