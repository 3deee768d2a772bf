//! What lists show and search by, and who reaches a case: two pure rules, so that every writer
//! (registration, editing, seeding, reindexing) comes to the same rows.

use std::collections::HashMap;

use hersys_shared::digits::half_width;
use hersys_shared::identity::Identity;
use hersys_shared::kana;
use time::Date;
use uuid::Uuid;

use crate::access::Relation;

/// The searchable columns of a person, the same in each organisation's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRow {
    pub name: String,
    pub name_key: String,
    pub kana: String,
    pub kana_key: String,
    pub birth_on: Option<Date>,
    pub sex: Option<&'static str>,
    /// Each number under which somebody may look for the person, once.
    pub phones: Vec<String>,
}

/// The index of an ID管理 document (LST-02).
pub fn index(identity: &Identity) -> IndexRow {
    let numbers = [&identity.phone, &identity.emergency_phone_1, &identity.emergency_phone_2];
    let mut phones: Vec<String> = numbers.into_iter().flatten().map(|number| number.as_str().to_owned()).collect();
    phones.sort_unstable();
    phones.dedup();
    IndexRow {
        name: identity.name.clone(),
        name_key: name_key(&identity.name),
        kana: identity.kana.clone(),
        kana_key: kana::search_key(&identity.kana),
        birth_on: identity.birth_on,
        sex: identity.sex.map(|sex| sex.code()),
        phones,
    }
}

/// The form in which names are compared: no spaces, half-width capital letters.
pub fn name_key(name: &str) -> String {
    half_width(name).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase()
}

/// The organisations that have to do with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parties {
    /// 担当保健所
    pub responsible_center_id: Uuid,
    /// 届出先保健所
    pub receiving_center_id: Option<Uuid>,
    /// Whoever entered the case.
    pub entered_by_organization_id: Uuid,
}

impl Parties {
    /// The centres among them.
    pub fn centers(&self) -> Vec<Uuid> {
        [Some(self.responsible_center_id), self.receiving_center_id].into_iter().flatten().collect()
    }
}

/// Why each organisation reaches a case. `governors` tells which head office governs an
/// organisation; those above a centre that reaches the case reach it at once (PERM-09).
pub fn relations_of(parties: &Parties, governors: &HashMap<Uuid, Uuid>) -> Vec<(Uuid, Relation)> {
    let mut relations = vec![
        (parties.responsible_center_id, Relation::Responsible),
        (parties.entered_by_organization_id, Relation::Entered),
    ];
    relations.extend(parties.receiving_center_id.map(|center| (center, Relation::Receiving)));
    for center in parties.centers() {
        let mut below = center;
        while let Some(office) = governors.get(&below) {
            let relation = (*office, Relation::Governing);
            if relations.contains(&relation) {
                break;
            }
            relations.push(relation);
            below = *office;
        }
    }
    relations
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::PhoneNumber;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn perm_09_head_offices_above_the_center_reach_a_case_at_once() {
        let parties =
            Parties { responsible_center_id: id(1), receiving_center_id: None, entered_by_organization_id: id(9) };
        let governors = HashMap::from([(id(1), id(2)), (id(2), id(3)), (id(9), id(8))]);
        assert_eq!(
            relations_of(&parties, &governors),
            [
                (id(1), Relation::Responsible),
                (id(9), Relation::Entered),
                (id(2), Relation::Governing),
                (id(3), Relation::Governing)
            ]
        );
    }

    #[test]
    fn a_circle_of_offices_ends() {
        let parties = Parties {
            responsible_center_id: id(1),
            receiving_center_id: Some(id(1)),
            entered_by_organization_id: id(1),
        };
        let governors = HashMap::from([(id(1), id(2)), (id(2), id(1))]);
        assert!(relations_of(&parties, &governors).len() <= 5);
    }

    #[test]
    fn lst_02_names_and_numbers_are_found_in_any_writing() {
        let number = PhoneNumber::parse("090-1234-5678").ok();
        let identity = Identity {
            name: "山田　太郎".into(),
            kana: "ヤマダ タロウ".into(),
            phone: number.clone(),
            emergency_phone_1: number,
            ..Identity::default()
        };
        let row = index(&identity);
        assert_eq!((row.name_key.as_str(), row.kana_key.as_str()), ("山田太郎", "ヤマダタロウ"));
        assert_eq!(row.phones, ["09012345678"]);
        assert_eq!(name_key("Ｊohn Smith"), "JOHNSMITH");
    }
}
