//! Which tests cite which ids.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::catalogue::Catalogue;
use super::{ids, source};

/// Crates in which only test functions count; under `tests/` everything is test code.
const PRODUCT: [&str; 3] = ["pwa", "server", "shared"];
const TESTS: &str = "tests";
const IGNORED: [&str; 4] = ["dist", "node_modules", "out", "target"];

/// Ids with the places that cite them, such as `tests/src/intake.rs::a_report_counts_once`.
#[derive(Debug, Default)]
pub struct Citations {
    known: BTreeMap<String, Vec<String>>,
    unknown: BTreeMap<String, Vec<String>>,
}

impl Citations {
    pub fn cites(&self, id: &str) -> bool {
        self.known.contains_key(id)
    }

    pub fn of(&self, id: &str) -> &[String] {
        self.known.get(id).map_or(&[], Vec::as_slice)
    }

    /// Ids with a prefix of the catalogue that are not in it.
    pub fn unknown(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.unknown.iter().map(|(id, places)| (&**id, &**places))
    }

    /// Notes all ids in a text. Words like `COVID-19`, whose prefix is none of the catalogue's,
    /// are no citations.
    pub fn add(&mut self, catalogue: &Catalogue, place: &str, text: &str) {
        self.add_ids(catalogue, place, ids::ids_in(text));
    }

    fn add_ids(&mut self, catalogue: &Catalogue, place: &str, ids: Vec<String>) {
        for id in ids.into_iter().filter(|id| catalogue.is_prefix(ids::prefix(id))) {
            let places = if catalogue.contains(&id) { &mut self.known } else { &mut self.unknown };
            let places = places.entry(id).or_default();
            if !places.iter().any(|known| known == place) {
                places.push(place.to_owned());
            }
        }
    }

    /// Notes the citations of one Rust file. Each byte belongs to the innermost test around it;
    /// in a file of tests, to the outermost function, or else to the file.
    fn add_rust(&mut self, catalogue: &Catalogue, file: &str, text: &str, all_counts: bool) {
        let mut functions = source::functions(text);
        if !all_counts {
            functions.retain(|function| function.is_test);
        }
        let mut free_from = 0;
        for function in functions {
            if function.extent.start < free_from {
                continue;
            }
            if all_counts {
                self.add(catalogue, file, &text[free_from..function.extent.start]);
            }
            let place = format!("{file}::{}", function.name);
            self.add(catalogue, &place, &text[function.extent.clone()]);
            self.add_ids(catalogue, &place, ids::ids_in_name(&function.name));
            free_from = function.extent.end;
        }
        if all_counts {
            self.add(catalogue, file, &text[free_from..]);
        }
    }
}

/// Reads all test code of the workspace.
pub fn collect(root: &Path, catalogue: &Catalogue) -> Result<Citations> {
    let mut citations = Citations::default();
    for folder in PRODUCT.iter().chain([&TESTS]) {
        let mut files = Vec::new();
        walk(root, Path::new(folder), &mut files)?;
        files.sort();
        for file in files {
            let text = fs::read_to_string(root.join(&file)).with_context(|| format!("cannot read {file}"))?;
            if file.ends_with(".rs") {
                // `server/tests/` is test code as much as `tests/` is.
                let all_counts = file.split('/').rev().skip(1).any(|part| part == TESTS);
                citations.add_rust(catalogue, &file, &text, all_counts);
            } else if *folder == TESTS {
                citations.add(catalogue, &file, &text);
            }
        }
    }
    Ok(citations)
}

/// Paths of all `.rs` and `.mjs` files below a folder, relative to `root`.
fn walk(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<()> {
    if !root.join(folder).is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = folder.join(&name);
        if entry.file_type()?.is_dir() {
            if !IGNORED.contains(&&*name) {
                walk(root, &path, files)?;
            }
        } else if name.ends_with(".rs") || name.ends_with(".mjs") {
            files.push(path.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        let ids = ["01", "02", "03", "04"].map(|id| format!("MY-{id} = {{ text = \"A.\", feature = \"main\" }}\n"));
        format!("present = []\n[titles]\nMY = \"My\"\n[requirements]\n{}", ids.concat()).parse().unwrap()
    }

    const RUST: &str = "
//! MY-01

/// MY-02
fn helper() {}

/// MY-03, of COVID-19
#[test]
fn my_04_holds() {}
";

    #[test]
    fn in_the_product_only_tests_cite() {
        let mut citations = Citations::default();
        citations.add_rust(&catalogue(), "server/src/a.rs", RUST, false);
        assert!(!citations.cites("MY-01") && !citations.cites("MY-02"));
        for id in ["MY-03", "MY-04"] {
            assert_eq!(citations.of(id), ["server/src/a.rs::my_04_holds"]);
        }
        assert_eq!(citations.unknown().count(), 0);
    }

    #[test]
    fn among_the_tests_everything_cites() {
        let mut citations = Citations::default();
        citations.add_rust(&catalogue(), "tests/src/a.rs", RUST, true);
        assert_eq!(citations.of("MY-01"), ["tests/src/a.rs"]);
        assert_eq!(citations.of("MY-02"), ["tests/src/a.rs::helper"]);
        assert_eq!(citations.of("MY-03"), ["tests/src/a.rs::my_04_holds"]);
    }

    #[test]
    fn the_workspace_is_read_without_what_is_not_ours() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("tests/e2e/register.mjs", "step('MY-01…MY-02')");
        write("tests/e2e/node_modules/x/x.mjs", "MY-03");
        write("server/tests/routes.rs", "// MY-04");
        write("server/src/lib.rs", "// MY-03");
        let citations = collect(root.path(), &catalogue()).unwrap();
        assert_eq!(citations.of("MY-02"), ["tests/e2e/register.mjs"]);
        assert_eq!(citations.of("MY-04"), ["server/tests/routes.rs"]);
        assert!(!citations.cites("MY-03"));
    }
}
