//! `cargo xtask requirements`: which test holds which requirement.
//!
//! The catalogue `tests/requirements/requirements.toml` says what is required; tests cite the
//! ids; `docs/REQUIREMENTS.md` brings the two together.

mod catalogue;
mod citations;
mod ids;
mod page;
mod source;

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::cargo;
use crate::progress::note;
use catalogue::Catalogue;
use citations::Citations;

const CATALOGUE: &str = "tests/requirements/requirements.toml";
const PAGE: &str = "docs/REQUIREMENTS.md";

/// Writes the page; or, to `check`, fails when it or the tests leave something out.
pub fn requirements(check: bool) -> Result<()> {
    let root = cargo::root();
    let text = fs::read_to_string(root.join(CATALOGUE)).with_context(|| format!("cannot read {CATALOGUE}"))?;
    let catalogue: Catalogue = text.parse().with_context(|| format!("{CATALOGUE} is not right"))?;
    let citations = citations::collect(root, &catalogue)?;
    let page = page::render(&catalogue, &citations);
    let path = root.join(PAGE);
    if !check {
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        fs::write(path, page)?;
        note(&format!("wrote {PAGE}: {}", page::counts(&catalogue, &citations)));
        return Ok(());
    }
    let mut complaints = complaints(&catalogue, &citations);
    if fs::read_to_string(&path).unwrap_or_default() != page {
        complaints.push(format!("{PAGE} is out of date; run: cargo xtask requirements"));
    }
    if !complaints.is_empty() {
        bail!("{}", complaints.join("\n  "));
    }
    note(&page::counts(&catalogue, &citations));
    Ok(())
}

/// What is wrong between the catalogue and the tests.
fn complaints(catalogue: &Catalogue, citations: &Citations) -> Vec<String> {
    let mut complaints = Vec::new();
    let untested: Vec<&str> = catalogue
        .requirements()
        .filter(|requirement| catalogue.is_present(requirement.feature))
        .filter(|requirement| requirement.untestable.is_none() && !citations.cites(&requirement.id))
        .map(|requirement| &*requirement.id)
        .collect();
    if !untested.is_empty() {
        complaints.push(format!("no test cites {}, nor does {CATALOGUE} say why", untested.join(", ")));
    }
    let unknown: BTreeSet<String> =
        citations.unknown().map(|(id, places)| format!("{id} ({})", places.join(", "))).collect();
    if !unknown.is_empty() {
        let list: Vec<String> = unknown.into_iter().collect();
        complaints.push(format!("tests cite what is not in {CATALOGUE}: {}", list.join(", ")));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOGUE: &str = r#"
        present = ["main"]
        [titles]
        MY = "My HER-SYS"
        [requirements]
        MY-01 = { feature = "main", text = "One." }
        MY-02 = { feature = "main", text = "Two.", untestable = "It is about paper." }
        MY-03 = { feature = "later", text = "Three." }
    "#;

    #[test]
    fn a_present_requirement_needs_a_test_or_a_reason() {
        let catalogue: Catalogue = CATALOGUE.parse().unwrap();
        let complaints = complaints(&catalogue, &Citations::default());
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].starts_with("no test cites MY-01, nor"), "{complaints:?}");
    }

    #[test]
    fn a_citation_must_be_of_something_known() {
        let catalogue: Catalogue = CATALOGUE.parse().unwrap();
        let mut citations = Citations::default();
        citations.add(&catalogue, "tests/a.rs::x", "MY-01 and MY-09");
        let complaints = complaints(&catalogue, &citations);
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].ends_with(": MY-09 (tests/a.rs::x)"), "{complaints:?}");
    }
}
