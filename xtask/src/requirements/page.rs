//! `docs/REQUIREMENTS.md`.

use super::catalogue::{Catalogue, Requirement};
use super::citations::Citations;

const HEAD: &str = "# Requirements

What HER-SYS has to do, one line each, and the tests that hold it to that. The sentences and \
the reasons why something cannot be tested are in `tests/requirements/requirements.toml`; \
tests cite the ids. Written by `cargo xtask requirements`, checked by `cargo xtask test`.
";

/// More tests than this are counted, not named.
const NAMED_TESTS: usize = 6;

pub fn render(catalogue: &Catalogue, citations: &Citations) -> String {
    let mut page = format!("{HEAD}\n{}\n", counts(catalogue, citations));
    for (prefix, title, requirements) in catalogue.groups() {
        page.push_str(&format!("\n## {prefix}: {title}\n\n| id | requirement | held by |\n|---|---|---|\n"));
        for requirement in requirements {
            let Requirement { id, text, .. } = requirement;
            page.push_str(&format!("| {id} | {} | {} |\n", cell(text), held_by(requirement, catalogue, citations)));
        }
    }
    page
}

/// One sentence of statistics.
pub fn counts(catalogue: &Catalogue, citations: &Citations) -> String {
    let count = |condition: &dyn Fn(&Requirement) -> bool| {
        catalogue.requirements().filter(|requirement| condition(requirement)).count()
    };
    let tested = count(&|requirement| citations.cites(&requirement.id));
    let reasons = count(&|requirement| !citations.cites(&requirement.id) && requirement.untestable.is_some());
    let all = count(&|_| true);
    format!(
        "{all} requirements: {tested} held by tests, {reasons} that no test can hold, {} to come.",
        all - tested - reasons
    )
}

fn held_by(requirement: &Requirement, catalogue: &Catalogue, citations: &Citations) -> String {
    let tests = citations.of(&requirement.id);
    if !tests.is_empty() {
        let mut names: Vec<String> = tests.iter().take(NAMED_TESTS).map(|test| format!("`{test}`")).collect();
        if tests.len() > NAMED_TESTS {
            names.push(format!("and {} more", tests.len() - NAMED_TESTS));
        }
        return names.join("<br>");
    }
    if let Some(reason) = &requirement.untestable {
        return format!("no test: {}", cell(reason));
    }
    if catalogue.is_present(requirement.feature) {
        return "**nothing yet**".to_owned();
    }
    format!("to come: {}", requirement.feature)
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_requirement_has_its_row() {
        let catalogue: Catalogue = r#"
            present = ["main"]
            [titles]
            MY = "My HER-SYS"
            [requirements]
            MY-01 = { feature = "main", text = "Either | or." }
            MY-02 = { feature = "main", text = "B.", untestable = "It is paper." }
            MY-03 = { feature = "main", text = "C." }
            MY-04 = { feature = "later", text = "D." }
        "#
        .parse()
        .unwrap();
        let mut citations = Citations::default();
        citations.add(&catalogue, "tests/a.rs::x", "MY-01");
        let page = render(&catalogue, &citations);
        for row in [
            "## MY: My HER-SYS",
            "| MY-01 | Either \\| or. | `tests/a.rs::x` |",
            "| MY-02 | B. | no test: It is paper. |",
            "| MY-03 | C. | **nothing yet** |",
            "| MY-04 | D. | to come: later |",
            "4 requirements: 1 held by tests, 1 that no test can hold, 2 to come.",
        ] {
            assert!(page.contains(row), "{row} is not in\n{page}");
        }
    }
}
