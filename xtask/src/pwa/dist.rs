//! Writes the bundle to disk, each compressible file with its brotli form beside it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::bindgen::files_below;
use super::bundle::Bundled;

/// The list of all files of the bundle, for the server, the benchmark and the reader.
pub const LIST: &str = "files.json";

const COMPRESSIBLE: [&str; 9] = [".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm", ".webmanifest", ".xml"];

/// One line of the list.
#[derive(Debug, Deserialize, Serialize)]
pub struct Listed {
    /// Relative to the root of the site.
    pub path: String,
    pub bytes: usize,
    /// Bytes on the wire: of the `.br` file beside it, or `bytes` where there is none.
    pub br_bytes: usize,
    /// Whether a browser fetches it on the very first visit.
    pub first_load: bool,
}

/// Makes `folder` hold exactly these files. Nothing is missing from it in between, because a
/// server under development reads from it.
pub fn write(folder: &Path, files: &[Bundled]) -> Result<()> {
    let mut kept = BTreeSet::new();
    let mut list = Vec::new();
    for file in files {
        let compressed = compress(file)?;
        let br_bytes = compressed.as_ref().map_or(file.content.len(), Vec::len);
        put(folder, &file.path, &file.content, &mut kept)?;
        if let Some(compressed) = compressed {
            put(folder, &format!("{}.br", file.path), &compressed, &mut kept)?;
        }
        list.push(Listed { path: file.path.clone(), bytes: file.content.len(), br_bytes, first_load: file.first_load });
    }
    put(folder, LIST, &serde_json::to_vec_pretty(&list)?, &mut kept)?;

    for path in files_below(folder)? {
        let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
        if !kept.contains(&name) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn put(folder: &Path, name: &str, content: &[u8], kept: &mut BTreeSet<String>) -> Result<()> {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap_or(folder))?;
    fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    kept.insert(name.to_owned());
    Ok(())
}

/// The brotli form of a file, where it is smaller.
fn compress(file: &Bundled) -> Result<Option<Vec<u8>>> {
    if !COMPRESSIBLE.iter().any(|extension| file.path.ends_with(extension)) {
        return Ok(None);
    }
    let mut compressed = Vec::new();
    {
        let mut writer = brotli::CompressorWriter::new(&mut compressed, 64 * 1024, 11, 24);
        writer.write_all(&file.content)?;
    }
    Ok((compressed.len() < file.content.len()).then_some(compressed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, content: &[u8]) -> Bundled {
        Bundled { path: path.to_owned(), content: content.to_vec(), first_load: true }
    }

    fn names(folder: &Path) -> Vec<String> {
        let files = files_below(folder).unwrap();
        files.iter().map(|path| path.strip_prefix(folder).unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn the_folder_holds_this_bundle_and_nothing_of_the_last() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[file("old-1.js", &[b'a'; 500])]).unwrap();
        assert_eq!(names(folder.path()), ["files.json", "old-1.js", "old-1.js.br"]);

        write(folder.path(), &[file("new-2.js", b"1"), file("a/icon.png", &[0; 500])]).unwrap();
        assert_eq!(names(folder.path()), ["a/icon.png", "files.json", "new-2.js"]);
    }

    #[test]
    fn the_list_tells_what_goes_over_the_wire() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[file("app.css", &[b'a'; 5000])]).unwrap();
        let list: Vec<Listed> = serde_json::from_slice(&fs::read(folder.path().join(LIST)).unwrap()).unwrap();
        let on_disk = fs::metadata(folder.path().join("app.css.br")).unwrap().len();
        assert_eq!((list[0].bytes, list[0].br_bytes as u64), (5000, on_disk));
        assert!(on_disk < 100);
    }
}
