//! The catalogue of requirements.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use toml::Table;

use super::ids;

/// The part of the product that brings a requirement.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Feature {
    Main,
    Access,
    Notification,
    Monitoring,
    Later,
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Main => "main",
            Self::Access => "access",
            Self::Notification => "notification",
            Self::Monitoring => "monitoring",
            Self::Later => "later",
        })
    }
}

/// One requirement, in our own words.
#[derive(Debug)]
pub struct Requirement {
    pub id: String,
    pub text: String,
    pub feature: Feature,
    /// Why no test can hold it.
    pub untestable: Option<String>,
}

/// All requirements in the order of the file, which is that of their numbers.
#[derive(Debug)]
pub struct Catalogue {
    present: BTreeSet<Feature>,
    titles: Vec<(String, String)>,
    requirements: Vec<Requirement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    present: BTreeSet<Feature>,
    titles: Table,
    requirements: Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    text: String,
    feature: Feature,
    untestable: Option<String>,
}

impl Catalogue {
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter()
    }

    /// The groups: prefix, title, requirements.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &str, Vec<&Requirement>)> {
        self.titles.iter().map(|(prefix, title)| {
            let of_group = |requirement: &&Requirement| ids::prefix(&requirement.id) == prefix;
            (&**prefix, &**title, self.requirements().filter(of_group).collect())
        })
    }

    pub fn is_present(&self, feature: Feature) -> bool {
        self.present.contains(&feature)
    }

    pub fn is_prefix(&self, prefix: &str) -> bool {
        self.titles.iter().any(|(known, _)| known == prefix)
    }

    pub fn contains(&self, id: &str) -> bool {
        self.requirements().any(|requirement| requirement.id == id)
    }
}

impl FromStr for Catalogue {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        let mut titles = Vec::new();
        for (prefix, title) in file.titles {
            let title = title.as_str().with_context(|| format!("the title of {prefix} is no text"))?;
            titles.push((prefix, title.to_owned()));
        }
        let mut catalogue = Self { present: file.present, titles, requirements: Vec::new() };
        for (id, entry) in file.requirements {
            let entry: Entry = entry.try_into().with_context(|| id.clone())?;
            if !ids::is_id(&id) || !catalogue.is_prefix(ids::prefix(&id)) {
                bail!("`{id}` is no id of a group with a title");
            }
            if !entry.text.ends_with('.') || entry.text.contains('\n') {
                bail!("{id}: the text is one sentence on one line");
            }
            let Entry { text, feature, untestable } = entry;
            catalogue.requirements.push(Requirement { id, text, feature, untestable });
        }
        Ok(catalogue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(requirements: &str) -> String {
        let text = format!("present = []\n[titles]\nMY = \"My\"\n[requirements]\n{requirements}");
        format!("{:#}", text.parse::<Catalogue>().unwrap_err())
    }

    #[test]
    fn mistakes_are_named() {
        assert!(refused("MY-1 = { text = \"A.\", feature = \"main\" }").contains("`MY-1` is no id"));
        assert!(refused("XY-01 = { text = \"A.\", feature = \"main\" }").contains("`XY-01` is no id"));
        assert!(refused("MY-01 = { text = \"A\", feature = \"main\" }").contains("one sentence"));
        assert!(refused("MY-01 = { text = \"A.\", feature = \"soon\" }").contains("MY-01"));
        assert!(refused("MY-01 = { text = \"A.\", feature = \"main\", why = \"\" }").contains("why"));
    }
}
