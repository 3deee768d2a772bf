//! What lists show and search by, and who reaches a case: two pure rules, so that every writer
//! (registration, editing, seeding, reindexing) comes to the same rows.

use std::collections::HashMap;

use hersys_shared::current_status::CurrentStatus;
use hersys_shared::digits::half_width;
use hersys_shared::episode::Episode;
use hersys_shared::identity::Identity;
use hersys_shared::kana;
use hersys_shared::symptoms::CaseKind;
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
    /// Each pair of neighbouring characters of the name's key, once.
    pub name_pairs: Vec<String>,
    pub local_id_key: String,
    pub diagnosis_type: &'static str,
    pub reported_on: Option<Date>,
    pub diagnosed_on: Option<Date>,
    pub onset_on: Option<Date>,
    pub confirmed_on: Option<Date>,
    pub status: CurrentStatus,
    /// `hospital`, or empty: the 居所 tab will know more.
    pub residence: &'static str,
    pub route_certainty: String,
}

/// The index of a person's documents (LST-02, LST-06).
pub fn index(kind: CaseKind, identity: &Identity, episode: &Episode) -> IndexRow {
    let numbers = [&identity.phone, &identity.emergency_phone_1, &identity.emergency_phone_2];
    let mut phones: Vec<String> = numbers.into_iter().flatten().map(|number| number.as_str().to_owned()).collect();
    phones.extend(Some(episode.0.get("current_phone").to_owned()).filter(|phone| !phone.is_empty()));
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
        name_pairs: pairs(&name_key(&identity.name)),
        local_id_key: name_key(&identity.local_id),
        diagnosis_type: episode.diagnosis_type().map_or("", |diagnosis| diagnosis.code()),
        reported_on: episode.reported_on(),
        diagnosed_on: episode.diagnosed_on(),
        onset_on: episode.onset_on(),
        confirmed_on: episode.confirmed_on(),
        status: CurrentStatus::lasting(kind, episode),
        residence: if episode.is_admitted() { "hospital" } else { "" },
        route_certainty: episode.route_certainty().to_owned(),
    }
}

/// Each pair of neighbouring characters of a key, once; of a single character that character.
pub fn pairs(key: &str) -> Vec<String> {
    let characters: Vec<char> = key.chars().collect();
    let mut pairs: Vec<String> = match characters.as_slice() {
        [] => Vec::new(),
        [one] => vec![one.to_string()],
        many => many.windows(2).map(|pair| pair.iter().collect()).collect(),
    };
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// The form in which names are compared: no spaces, half-width capital letters, and one writing of characters that
/// families write in several (斎藤, 齋藤, 斉藤; 髙橋).
pub fn name_key(name: &str) -> String {
    half_width(name).chars().filter(|c| !c.is_whitespace()).map(usual_writing).collect::<String>().to_uppercase()
}

/// The usual writing of a character of names.
fn usual_writing(character: char) -> char {
    /// Each group begins with its usual writing.
    const VARIANTS: [&str; 42] = [
        "斎齋斉齊",
        "高髙",
        "辺邊邉",
        "崎﨑嵜碕",
        "浜濱濵",
        "沢澤",
        "島嶋嶌",
        "桜櫻",
        "国國",
        "広廣",
        "真眞",
        "吉𠮷",
        "徳德",
        "恵惠",
        "栄榮",
        "竜龍",
        "滝瀧",
        "関關",
        "黒黑",
        "児兒",
        "来來",
        "宝寶",
        "渕淵",
        "条條",
        "富冨",
        "槙槇",
        "藪薮",
        "曽曾",
        "薗園",
        "亀龜",
        "礼禮",
        "実實",
        "寿壽",
        "伝傳",
        "万萬",
        "与與",
        "頼賴",
        "鉄鐵",
        "梅楳",
        "館舘",
        "柳栁",
        "桑桒",
    ];
    let group = VARIANTS.iter().find(|group| group.chars().skip(1).any(|variant| variant == character));
    group.and_then(|group| group.chars().next()).unwrap_or(character)
}

/// The organisations that have to do with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    /// 担当保健所
    pub responsible_center_id: Uuid,
    /// 届出先保健所
    pub receiving_center_id: Option<Uuid>,
    /// 届出先保健所 of the person's other notifications: each reads what was addressed to it (C-02).
    pub received: Vec<Uuid>,
    /// Whoever entered the case.
    pub entered_by_organization_id: Uuid,
    /// Whether whoever entered the case was responsible and has handed it over since: then only
    /// what was agreed on gives a view (C-02).
    pub handed_over_by_enterer: bool,
    /// 関係保健所 (SHR-01)
    pub related: Vec<Uuid>,
    /// The centre that is asked to take over.
    pub offered_to: Option<Uuid>,
    /// Follow-up organisations (FUP-02)
    pub linked: Vec<Uuid>,
    /// Accommodation facilities (FUP-05)
    pub guest_of: Vec<Uuid>,
}

impl Parties {
    /// Those of a case for which nothing else is set.
    pub fn of(responsible_center_id: Uuid, entered_by_organization_id: Uuid) -> Self {
        Self {
            responsible_center_id,
            receiving_center_id: None,
            received: Vec::new(),
            entered_by_organization_id,
            handed_over_by_enterer: false,
            related: Vec::new(),
            offered_to: None,
            linked: Vec::new(),
            guest_of: Vec::new(),
        }
    }

    /// The centres whose head offices reach the case. One that is only asked to take over is none of
    /// them: until it accepts, the person is no business of its prefecture.
    pub fn centers(&self) -> Vec<Uuid> {
        let own = [Some(self.responsible_center_id), self.receiving_center_id];
        let others = self.received.iter().chain(&self.related).copied();
        own.into_iter().flatten().chain(others).collect()
    }
}

/// Why each organisation reaches a case. `governors` tells which head office governs an
/// organisation; those above a centre that reaches the case reach it at once (PERM-09).
pub fn relations_of(parties: &Parties, governors: &HashMap<Uuid, Uuid>) -> Vec<(Uuid, Relation)> {
    let mut relations = vec![(parties.responsible_center_id, Relation::Responsible)];
    if !parties.handed_over_by_enterer {
        relations.push((parties.entered_by_organization_id, Relation::Entered));
    }
    let received = parties.receiving_center_id.into_iter().chain(parties.received.iter().copied());
    for center in received {
        let relation = (center, Relation::Receiving);
        if !relations.contains(&relation) {
            relations.push(relation);
        }
    }
    relations.extend(parties.related.iter().map(|center| (*center, Relation::Related)));
    relations.extend(parties.offered_to.map(|center| (center, Relation::Offered)));
    relations.extend(parties.linked.iter().map(|organization| (*organization, Relation::Linked)));
    relations.extend(parties.guest_of.iter().map(|facility| (*facility, Relation::Guest)));
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

/// A person's place in one organisation's list, and what the list says of why it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    pub organization_id: Uuid,
    /// 共有: another centre is responsible and shares the person (SHR-01).
    pub is_shared: bool,
    /// Waits for this centre's answer to a hand-over.
    pub is_offered: bool,
    /// Reached by 紐づけ alone: the rights are those of follow-up, whatever the kind of ID (C-19).
    pub is_linked: bool,
}

/// Each organisation of `relations` once.
pub fn listings(relations: &[(Uuid, Relation)]) -> Vec<Listing> {
    let mut organizations: Vec<Uuid> = relations.iter().map(|(organization_id, _)| *organization_id).collect();
    organizations.sort_unstable();
    organizations.dedup();
    organizations
        .into_iter()
        .map(|organization_id| {
            let own = || relations.iter().filter(|(other, _)| *other == organization_id).map(|(_, relation)| *relation);
            let has = |wanted| own().any(|relation| relation == wanted);
            Listing {
                organization_id,
                is_shared: has(Relation::Related) && !has(Relation::Responsible),
                is_offered: has(Relation::Offered),
                is_linked: own().all(|relation| relation == Relation::Linked),
            }
        })
        .collect()
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
        let parties = Parties::of(id(1), id(9));
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
        let parties = Parties { receiving_center_id: Some(id(1)), ..Parties::of(id(1), id(1)) };
        let governors = HashMap::from([(id(1), id(2)), (id(2), id(1))]);
        assert!(relations_of(&parties, &governors).len() <= 5);
    }

    #[test]
    fn shr_01_the_offices_above_a_related_center_reach_the_case_those_above_an_asked_one_do_not() {
        let parties = Parties { related: vec![id(3)], offered_to: Some(id(5)), ..Parties::of(id(1), id(1)) };
        let governors = HashMap::from([(id(1), id(2)), (id(3), id(4)), (id(5), id(6))]);
        let relations = relations_of(&parties, &governors);
        assert!(relations.contains(&(id(3), Relation::Related)) && relations.contains(&(id(4), Relation::Governing)));
        assert!(relations.contains(&(id(5), Relation::Offered)));
        assert!(relations.iter().all(|(organization_id, _)| *organization_id != id(6)));
    }

    #[test]
    fn c_02_a_center_that_handed_its_own_entry_over_has_no_view_by_having_entered_it() {
        let parties = Parties { handed_over_by_enterer: true, ..Parties::of(id(2), id(1)) };
        assert_eq!(relations_of(&parties, &HashMap::new()), [(id(2), Relation::Responsible)]);
    }

    #[test]
    fn lists_say_why_somebody_stands_there() {
        let listed = listings(&[
            (id(1), Relation::Responsible),
            (id(2), Relation::Related),
            (id(2), Relation::Offered),
            (id(3), Relation::Linked),
            (id(4), Relation::Linked),
            (id(4), Relation::Entered),
        ]);
        let marks: Vec<_> = listed.iter().map(|one| (one.is_shared, one.is_offered, one.is_linked)).collect();
        assert_eq!(marks, [(false, false, false), (true, true, false), (false, false, true), (false, false, false)]);
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
        let row = index(CaseKind::Patient, &identity, &Episode::default());
        assert_eq!((row.name_key.as_str(), row.kana_key.as_str()), ("山田太郎", "ヤマダタロウ"));
        assert_eq!(row.phones, ["09012345678"]);
        assert_eq!(name_key("Ｊohn Smith"), "JOHNSMITH");
        assert_eq!(name_key("齋藤 髙子"), name_key("斎藤　高子"));
        assert_eq!(name_key("渡邉"), name_key("渡辺"));
    }
}
