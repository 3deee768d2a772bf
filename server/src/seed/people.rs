//! Made-up people, household by household.

use hersys_shared::PhoneNumber;
use hersys_shared::identity::{Identity, Sex};
use rand::{Rng, RngExt};
use time::{Date, Duration};

use crate::seed::tables::{self, Name, TABLES, Town, pick};

/// Somebody to be: the ID管理 items, and whether they are a contact of the household's first.
pub struct Person {
    pub identity: Identity,
    pub is_contact: bool,
    pub age: i32,
}

/// How often somebody who lives with an infected person is a contact and not infected as well;
/// with the sizes of households below, about 15 % of all people.
const CONTACT_IN_HOUSEHOLD: f64 = 0.28;

/// Draws a household whose first person is infected, living in `city`, as of `today`.
pub fn household(city: &str, today: Date, rng: &mut impl Rng) -> Vec<Person> {
    if rng.random_bool(0.025)
        && let Some(person) = foreigner(city, today, rng)
    {
        return vec![person];
    }
    let size = match rng.random_range(0..100) {
        0..44 => 1,
        44..67 => 2,
        67..84 => 3,
        84..95 => 4,
        _ => 5,
    };
    let ages = ages(size, rng);
    let home = Home::draw(city, rng);
    let Some(surname) = TABLES.surnames.draw(rng) else {
        return vec![];
    };
    let contact_name = format!("{} {}", surname.written, given_name(Sex::Female, today.year() - 45, rng).0);
    let mut people: Vec<Person> = ages
        .into_iter()
        .enumerate()
        .map(|(at, (age, sex))| {
            let is_contact = at > 0 && rng.random_bool(CONTACT_IN_HOUSEHOLD);
            let birth_on = birth_date(age, today, rng);
            let (given, kana) = given_name(sex, birth_on.year(), rng);
            let identity = Identity {
                name: format!("{} {given}", surname.written),
                kana: format!("{} {kana}", surname.kana),
                birth_on: Some(birth_on),
                sex: Some(sex),
                nationality: "日本".into(),
                phone: if age < 12 { home.phone.clone() } else { mobile_number(rng) },
                ..home.identity(age, today, rng)
            };
            Person { identity, is_contact, age }
        })
        .collect();
    // Children and the very old are reached through somebody of the household.
    let adult = people.iter().find(|person| (18..75).contains(&person.age));
    let (name, phone) = match adult {
        Some(adult) => (adult.identity.name.clone(), adult.identity.phone.clone()),
        None => (contact_name, home.phone.clone()),
    };
    for person in people.iter_mut().filter(|person| !(18..75).contains(&person.age)) {
        person.identity.emergency_name = name.clone();
        person.identity.emergency_relation = if person.age < 18 { "親" } else { "子" }.into();
        person.identity.emergency_phone_1 = phone.clone();
    }
    people
}

/// Where a household lives.
pub struct Home {
    town: Option<&'static Town>,
    lot: String,
    phone: Option<PhoneNumber>,
}

impl Home {
    pub fn draw(city: &str, rng: &mut impl Rng) -> Self {
        let towns: Vec<&'static Town> = TABLES.towns.iter().filter(|town| town.city == city).collect();
        let mut lot = format!("{}-{}-{}", rng.random_range(1..6), rng.random_range(1..30), rng.random_range(1..25));
        if rng.random_bool(0.45) {
            let building = pick(&["コーポ", "ハイツ", "メゾン", "サンハイム", "グリーンコート", "パークハイツ"], rng);
            let floor = rng.random_range(1..9);
            lot.push_str(&format!(" {}{floor}{:02}", building.unwrap_or(&"コーポ"), rng.random_range(1..9)));
        }
        Self { town: pick(&towns, rng).copied(), lot, phone: mobile_number(rng) }
    }

    /// What all who live here share.
    pub fn identity(&self, age: i32, today: Date, rng: &mut impl Rng) -> Identity {
        let occupation = match age {
            ..6 => "未就学児",
            6..12 => "小学生",
            12..15 => "中学生",
            15..18 => "高校生",
            18..22 if rng.random_bool(0.6) => "大学生",
            65.. => "無職",
            _ => pick(&TABLES.occupations, rng).copied().unwrap_or_default(),
        };
        Identity {
            postal_code: self.town.map(|town| town.postal_code.to_owned()).unwrap_or_default(),
            address: self
                .town
                .map(|town| format!("{PREFECTURE}{}{}{}", town.city, town.town, self.lot))
                .unwrap_or_default(),
            occupation: occupation.into(),
            received_on: Some(today),
            ..Identity::default()
        }
    }
}

/// The prefecture of all made-up people.
pub const PREFECTURE: &str = "みどり県";

/// A mobile number that no operator has assigned (none begins with 0 after 070, 080, 090), so that
/// no message about a made-up person ever reaches a real one.
pub fn mobile_number(rng: &mut impl Rng) -> Option<PhoneNumber> {
    let range = rng.random_range(7..10);
    let number = rng.random_range(0..10_000_000);
    PhoneNumber::parse(&format!("0{range}00{number:07}")).ok()
}

/// 名 and its フリガナ for somebody born in `year`.
pub fn given_name(sex: Sex, year: i32, rng: &mut impl Rng) -> (&'static str, &'static str) {
    let fitting: Vec<&Name> = TABLES
        .given_names
        .iter()
        .filter(|given| given.sex == sex && given.born.contains(&year))
        .map(|given| &given.name)
        .collect();
    pick(&fitting, rng).map_or(("葵", "アオイ"), |name| (name.written, name.kana))
}

/// A birth date that makes somebody `age` years old on `today`.
pub fn birth_date(age: i32, today: Date, rng: &mut impl Rng) -> Date {
    let birthday = today.replace_year(today.year() - age).unwrap_or(today - Duration::days(i64::from(age) * 366));
    birthday - Duration::days(rng.random_range(0..365))
}

fn foreigner(city: &str, today: Date, rng: &mut impl Rng) -> Option<Person> {
    let foreign = pick(&TABLES.foreign_names, rng)?;
    let age = rng.random_range(18..55);
    let home = Home::draw(city, rng);
    let identity = Identity {
        name: foreign.name.written.into(),
        kana: foreign.name.kana.into(),
        birth_on: Some(birth_date(age, today, rng)),
        sex: Some(foreign.sex),
        nationality: foreign.nationality.into(),
        phone: home.phone.clone(),
        ..home.identity(age, today, rng)
    };
    Some(Person { identity, is_contact: false, age })
}

fn any_age(rng: &mut impl Rng) -> i32 {
    TABLES.ages.draw(rng).map_or(40, |band| rng.random_range(band.from..=band.until))
}

fn any_sex(rng: &mut impl Rng) -> Sex {
    if rng.random_bool(0.5) { Sex::Male } else { Sex::Female }
}

/// Ages and sexes that can live together; the first is anybody.
fn ages(size: usize, rng: &mut impl Rng) -> Vec<(i32, Sex)> {
    let first = (any_age(rng), any_sex(rng));
    let mut ages = vec![first];
    // The parents' generation as seen from the first.
    let parent = match first.0 {
        ..18 => first.0 + rng.random_range(24..38),
        age => age,
    };
    while ages.len() < size {
        let adults = ages.iter().filter(|(age, _)| *age >= 18).count();
        ages.push(match adults {
            0 => (parent, Sex::Female),
            1 if parent < 85 => {
                let sex = if ages.iter().any(|(age, sex)| *age >= 18 && *sex == Sex::Female) {
                    Sex::Male
                } else {
                    Sex::Female
                };
                ((parent + rng.random_range(-4..5)).max(18), sex)
            }
            2 if parent >= 55 || rng.random_bool(0.12) => ((parent + rng.random_range(22..32)).min(101), any_sex(rng)),
            _ => ((parent - rng.random_range(22..38)).max(0), any_sex(rng)),
        });
    }
    ages
}

/// The municipality that belongs to a centre: the one it is named after, or one of the others.
pub fn city_of(center_name: &str, at: usize) -> &'static str {
    let cities = tables::cities();
    let named = cities.iter().find(|city| center_name.starts_with(city.trim_end_matches('市')));
    named.or_else(|| cities.get(at % cities.len().max(1))).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::age::Age;
    use hersys_shared::identity::IdentityForm;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;
    use time::macros::date;

    const TODAY: Date = date!(2022 - 08 - 01);

    fn people(seed: u64) -> Vec<Person> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        (0..500).flat_map(|_| household("あおば市", TODAY, &mut rng)).collect()
    }

    #[test]
    fn made_up_people_pass_the_form_unchanged() {
        for person in people(1) {
            assert_eq!(IdentityForm::from(&person.identity).check(TODAY).as_ref(), Ok(&person.identity));
        }
    }

    #[test]
    fn they_are_as_old_as_they_should_be_and_about_15_percent_are_contacts() {
        let people = people(2);
        for person in &people {
            let age = Age::on(TODAY, person.identity.birth_on.unwrap()).unwrap().years;
            assert_eq!(age, person.age);
        }
        let contacts = people.iter().filter(|person| person.is_contact).count();
        assert!((10..20).contains(&(contacts * 100 / people.len())), "{contacts} of {}", people.len());
    }

    #[test]
    fn a_seed_makes_the_same_people_again() {
        let names = |seed| people(seed).into_iter().map(|person| person.identity.name).collect::<Vec<_>>();
        assert_eq!(names(3), names(3));
        assert_ne!(names(3), names(4));
    }
}
