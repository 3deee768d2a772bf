//! wasm-bindgen: raw wasm to wasm plus the JavaScript module that loads it.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
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
    let (mut module, mut wasm) = (read("hersys.js")?, read("hersys_bg.wasm")?);
    number_imports(&mut module, &mut wasm);
    Ok(Bound { module, wasm, snippets })
}

/// Length of the hash at the end of an import's name.
const HASH: usize = 16;

/// Replaces the hashes in the names of imports by numbers of the same length, in both files alike. Hashes do not
/// compress: they would be a hundredth of the first load.
fn number_imports(module: &mut [u8], wasm: &mut [u8]) {
    let mut numbers = BTreeMap::new();
    for place in hashed_names(wasm) {
        let number = format!("{:0HASH$}", numbers.len());
        numbers.entry(wasm[place].to_vec()).or_insert(number);
    }
    for bytes in [module, wasm] {
        for place in hashed_names(bytes) {
            if let Some(number) = numbers.get(&bytes[place.clone()]) {
                bytes[place.end - HASH..place.end].copy_from_slice(number.as_bytes());
            }
        }
    }
}

/// Where names such as `__wbg_focus_0123456789abcdef` stand.
fn hashed_names(bytes: &[u8]) -> Vec<Range<usize>> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(6).position(|part| part == b"__wbg_") {
        let start = at + found;
        let length = bytes[start..].iter().take_while(|byte| is_name(byte)).count();
        let name = &bytes[start..start + length];
        let is_hashed = name.len() > 7 + HASH
            && name[length - HASH - 1] == b'_'
            && name[length - HASH..].iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hashed {
            places.push(start..start + length);
        }
        at = start + length;
    }
    places
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_imports_stay_the_same_in_both_files() {
        let mut module =
            b"__wbg_focus_0123456789abcdef: f, __wbg_blur_fedcba9876543210: b, __wbg_get_imports()".to_vec();
        let mut wasm = b"\0__wbg_blur_fedcba9876543210\0\x01__wbg_focus_0123456789abcdef\0__wbindgen_malloc".to_vec();
        number_imports(&mut module, &mut wasm);
        let (module, wasm) = (String::from_utf8(module).unwrap(), String::from_utf8(wasm).unwrap());
        assert_eq!(module, "__wbg_focus_0000000000000001: f, __wbg_blur_0000000000000000: b, __wbg_get_imports()");
        assert_eq!(wasm, "\0__wbg_blur_0000000000000000\0\x01__wbg_focus_0000000000000001\0__wbindgen_malloc");
    }

    #[test]
    fn a_name_that_the_wasm_does_not_have_is_left_alone() {
        let mut module = b"__wbg_focus_0123456789abcdef".to_vec();
        number_imports(&mut module, &mut b"nothing".to_vec());
        assert_eq!(module, b"__wbg_focus_0123456789abcdef");
    }
}
