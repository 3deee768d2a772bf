//! The tables behind made-up people (`assets/seed/`).

use std::sync::LazyLock;

use hersys_shared::identity::Sex;
use rand::{Rng, RngExt};

/// A 姓 or a whole name with its フリガナ.
pub struct Name {
    pub written: &'static str,
    pub kana: &'static str,
}

pub struct GivenName {
    pub sex: Sex,
    pub born: std::ops::RangeInclusive<i32>,
    pub name: Name,
}

pub struct ForeignName {
    pub nationality: &'static str,
    pub sex: Sex,
    pub name: Name,
}

/// A 町域 of a municipality of the made-up prefecture.
pub struct Town {
    pub city: &'static str,
    pub town: &'static str,
    pub postal_code: &'static str,
}

pub struct AgeBand {
    pub from: i32,
    pub until: i32,
}

pub struct Tables {
    pub surnames: Weighted<Name>,
    pub given_names: Vec<GivenName>,
    pub foreign_names: Vec<ForeignName>,
    pub ages: Weighted<AgeBand>,
    pub towns: Vec<Town>,
    pub notes: Vec<&'static str>,
    pub occupations: Vec<&'static str>,
}

pub static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    surnames: Weighted::new(rows(include_str!("../../../assets/seed/surnames.tsv")).filter_map(surname)),
    given_names: rows(include_str!("../../../assets/seed/given_names.tsv")).filter_map(given_name).collect(),
    foreign_names: rows(include_str!("../../../assets/seed/foreign_names.tsv")).filter_map(foreign_name).collect(),
    ages: Weighted::new(rows(include_str!("../../../assets/seed/ages.tsv")).filter_map(age_band)),
    towns: rows(include_str!("../../../assets/seed/towns.tsv")).filter_map(town).collect(),
    notes: lines(include_str!("../../../assets/seed/notes.txt")).collect(),
    occupations: lines(include_str!("../../../assets/seed/occupations.txt")).collect(),
});

/// Items that are drawn the more often the greater their weight.
pub struct Weighted<T> {
    items: Vec<(u32, T)>,
    total: u32,
}

impl<T> Weighted<T> {
    fn new(items: impl Iterator<Item = (u32, T)>) -> Self {
        let mut total = 0;
        let items = items
            .map(|(weight, item)| {
                total += weight;
                (total, item)
            })
            .collect();
        Self { items, total }
    }

    pub fn draw(&self, rng: &mut impl Rng) -> Option<&T> {
        let at = rng.random_range(0..self.total.max(1));
        let found = self.items.partition_point(|(until, _)| *until <= at);
        self.items.get(found).map(|(_, item)| item)
    }
}

/// One of `items`.
pub fn pick<'a, T>(items: &'a [T], rng: &mut impl Rng) -> Option<&'a T> {
    if items.is_empty() { None } else { items.get(rng.random_range(0..items.len())) }
}

/// The municipalities in the order of the table.
pub fn cities() -> Vec<&'static str> {
    let mut cities: Vec<&str> = TABLES.towns.iter().map(|town| town.city).collect();
    cities.dedup();
    cities
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    lines(text).map(|line| line.split('\t').collect())
}

fn surname(row: Vec<&'static str>) -> Option<(u32, Name)> {
    let [written, kana, weight] = row.try_into().ok()?;
    Some((weight.parse().ok()?, Name { written, kana }))
}

fn given_name(row: Vec<&'static str>) -> Option<GivenName> {
    let [sex, from, until, written, kana] = row.try_into().ok()?;
    let born = from.parse().ok()?..=until.parse().ok()?;
    Some(GivenName { sex: Sex::from_code(sex)?, born, name: Name { written, kana } })
}

fn foreign_name(row: Vec<&'static str>) -> Option<ForeignName> {
    let [nationality, sex, written, kana] = row.try_into().ok()?;
    Some(ForeignName { nationality, sex: Sex::from_code(sex)?, name: Name { written, kana } })
}

fn age_band(row: Vec<&'static str>) -> Option<(u32, AgeBand)> {
    let [from, until, weight] = row.try_into().ok()?;
    Some((weight.parse().ok()?, AgeBand { from: from.parse().ok()?, until: until.parse().ok()? }))
}

fn town(row: Vec<&'static str>) -> Option<Town> {
    let [city, town, postal_code] = row.try_into().ok()?;
    Some(Town { city, town, postal_code })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::identity::postal_code;
    use hersys_shared::kana::check_furigana;

    fn rows_of(text: &'static str) -> usize {
        lines(text).count()
    }

    #[test]
    fn every_line_of_every_table_is_readable() {
        assert_eq!(TABLES.surnames.items.len(), rows_of(include_str!("../../../assets/seed/surnames.tsv")));
        assert_eq!(TABLES.given_names.len(), rows_of(include_str!("../../../assets/seed/given_names.tsv")));
        assert_eq!(TABLES.foreign_names.len(), rows_of(include_str!("../../../assets/seed/foreign_names.tsv")));
        assert_eq!(TABLES.ages.items.len(), rows_of(include_str!("../../../assets/seed/ages.tsv")));
        assert_eq!(TABLES.towns.len(), rows_of(include_str!("../../../assets/seed/towns.tsv")));
    }

    #[test]
    fn names_and_postal_codes_pass_the_rules_of_the_form() {
        let surnames = TABLES.surnames.items.iter().map(|(_, name)| name);
        let given = TABLES.given_names.iter().map(|given| &given.name);
        let foreign = TABLES.foreign_names.iter().map(|foreign| &foreign.name);
        for name in surnames.chain(given).chain(foreign) {
            assert_eq!(check_furigana(name.kana).as_deref(), Ok(name.kana), "{}", name.written);
        }
        for town in &TABLES.towns {
            assert_eq!(postal_code(town.postal_code).as_deref(), Ok(town.postal_code));
        }
    }

    #[test]
    fn everybody_of_any_age_finds_a_given_name() {
        for year in 1900..2030 {
            for sex in Sex::ALL {
                assert!(
                    TABLES.given_names.iter().any(|given| given.sex == sex && given.born.contains(&year)),
                    "{year}"
                );
            }
        }
    }
}
