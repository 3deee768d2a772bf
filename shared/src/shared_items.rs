//! Items that several tabs show, and the one home of each (REF-01…06).
//!
//! The table is the single truth of reflection: a notification that is reported fills the homes, a new
//! notification is filled from them, and a notification that was reported never changes by itself.

use crate::PhoneNumber;
use crate::days;
use crate::episode::Episode;
use crate::identity::{Identity, Sex};
use crate::notification::Content;
use crate::values::Values;

/// Where a shared item is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// Under this name in ID管理.
    Identity(&'static str),
    /// Under the notification's key among the facts of the episode.
    Episode,
}

/// A tab that shows a shared item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tab {
    Notification,
    Identity,
    Test,
    Basic,
    Residence,
    Medical,
    Record,
    Contact,
    /// 健康観察期間
    Period,
}

/// One item that is typed once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedItem {
    /// Its key in the notification.
    pub key: &'static str,
    pub home: Home,
    /// The tabs that show it, the notification among them.
    pub tabs: &'static [Tab],
}

const fn in_identity(key: &'static str, field: &'static str) -> SharedItem {
    SharedItem { key, home: Home::Identity(field), tabs: &[Tab::Notification, Tab::Identity] }
}

const fn in_episode(key: &'static str, tabs: &'static [Tab]) -> SharedItem {
    SharedItem { key, home: Home::Episode, tabs }
}

/// REF-05, with the homes that REF-06 leaves to us.
pub const SHARED_ITEMS: &[SharedItem] = &[
    in_identity("name", "name"),
    in_identity("kana", "kana"),
    in_identity("sex", "sex"),
    in_identity("birth_on", "birth_on"),
    in_identity("occupation", "occupation"),
    in_identity("registered_postal_code", "postal_code"),
    in_identity("registered_address", "address"),
    in_identity("phone", "phone"),
    in_episode("diagnosis_type", &[Tab::Notification]),
    in_episode("reported_on", &[Tab::Notification, Tab::Period]),
    in_episode("diagnosed_on", &[Tab::Notification, Tab::Period]),
    in_episode("current_postal_code", &[Tab::Notification, Tab::Residence]),
    in_episode("current_address", &[Tab::Notification, Tab::Residence]),
    in_episode("current_phone", &[Tab::Notification, Tab::Residence]),
    in_episode("first_visit_on", &[Tab::Notification, Tab::Medical]),
    in_episode("onset_on", &[Tab::Notification, Tab::Medical, Tab::Period]),
    in_episode("died_on", &[Tab::Notification, Tab::Record]),
    in_episode("institution_name", &[Tab::Notification, Tab::Basic, Tab::Medical]),
    in_episode("admitted", &[Tab::Notification, Tab::Medical, Tab::Residence, Tab::Record, Tab::Period]),
    in_episode("admitted_on", &[Tab::Notification, Tab::Medical, Tab::Residence, Tab::Record]),
    in_episode("hospital", &[Tab::Notification, Tab::Medical, Tab::Residence, Tab::Record]),
    in_episode("test1_method", &[Tab::Notification, Tab::Test]),
    in_episode("test1_specimen", &[Tab::Notification, Tab::Test]),
    in_episode("test1_collected_on", &[Tab::Notification, Tab::Test, Tab::Period]),
    in_episode("test1_result", &[Tab::Notification, Tab::Test]),
    in_episode("risk", &[Tab::Notification, Tab::Basic]),
    in_episode("route_certainty", &[Tab::Notification, Tab::Contact]),
];

/// Items that belong to each notification by itself: a further one of the same person does not take them over, and
/// of the person the latest one tells them.
pub const OF_ONE_NOTIFICATION: &[&str] = &["reported_on", "diagnosis_type", "diagnosed_on"];

/// What a notification says of a shared item. A risk factor that is ticked says that there is one.
pub fn said<'v>(values: &'v Values, key: &str) -> &'v str {
    let is_factor = |key: &str| key.starts_with("risk_") && !key.ends_with("_text");
    let ticked = values.iter().find(|(other, value)| key == "risk" && is_factor(other) && *value == "yes");
    ticked.map_or_else(|| values.get(key), |(_, yes)| yes)
}

/// What a new notification of a person begins with (REF-03, REF-04, FORM-07).
pub fn prefill(identity: &Identity, episode: &Episode) -> Values {
    SHARED_ITEMS
        .iter()
        .filter(|item| !OF_ONE_NOTIFICATION.contains(&item.key))
        .map(|item| (item.key, at_home(item, identity, episode)))
        .collect()
}

/// What ID管理 says of the items that are at home there.
pub fn of_identity(identity: &Identity) -> Values {
    let items = SHARED_ITEMS.iter().filter_map(|item| match item.home {
        Home::Identity(field) => Some((item.key, identity_item(identity, field))),
        Home::Episode => None,
    });
    items.collect()
}

/// The value of a shared item where it is kept, in the notification's normal form.
pub fn at_home(item: &SharedItem, identity: &Identity, episode: &Episode) -> String {
    match item.home {
        Home::Episode => episode.0.get(item.key).to_owned(),
        Home::Identity(field) => identity_item(identity, field),
    }
}

/// The homes after a notification was reported (REF-02). What it leaves empty stays as it was.
pub fn reflect(content: &Content, identity: &Identity, episode: &Episode) -> (Identity, Episode) {
    let (mut identity, mut episode) = (identity.clone(), episode.clone());
    for item in SHARED_ITEMS {
        let value = said(&content.values, item.key);
        if value.is_empty() {
            continue;
        }
        match item.home {
            Home::Episode => episode.0.set(item.key, value),
            Home::Identity(field) => set_identity_item(&mut identity, field, value),
        }
    }
    // The centre must be able to reach the person: where nothing else is known, where they are now counts.
    for (field, known, key) in [
        ("phone", identity.phone.is_some(), "current_phone"),
        ("postal_code", !identity.address.is_empty() || !identity.postal_code.is_empty(), "current_postal_code"),
        ("address", !identity.address.is_empty(), "current_address"),
    ] {
        let value = content.values.get(key);
        if !known && !value.is_empty() {
            set_identity_item(&mut identity, field, value);
        }
    }
    (identity, episode)
}

/// The homes after a correction that empties items: where a home still says what the notification said before, it
/// says nothing now. 氏名 is never empty.
pub fn withdraw(emptied: &[(&str, &str)], identity: &Identity, episode: &Episode) -> (Identity, Episode) {
    let (mut identity, mut episode) = (identity.clone(), episode.clone());
    for item in SHARED_ITEMS {
        let Some((_, before)) = emptied.iter().find(|(key, _)| *key == item.key) else { continue };
        if before.is_empty() || at_home(item, &identity, &episode) != *before {
            continue;
        }
        match item.home {
            Home::Episode => episode.0.set(item.key, ""),
            Home::Identity(field) => clear_identity_item(&mut identity, field),
        }
    }
    (identity, episode)
}

/// The episode after a notification was deleted: where it still says what that notification said, it says what the
/// latest of the `others` says, or nothing. ID管理 is the person's and stays (FORM-30).
pub fn take_back(deleted: &Content, others: &[&Content], episode: &Episode) -> Episode {
    let mut episode = episode.clone();
    for item in SHARED_ITEMS.iter().filter(|item| item.home == Home::Episode) {
        let gone = said(&deleted.values, item.key);
        if gone.is_empty() || episode.0.get(item.key) != gone {
            continue;
        }
        let told = others.iter().map(|other| said(&other.values, item.key)).find(|value| !value.is_empty());
        episode.0.set(item.key, told.unwrap_or_default());
    }
    episode
}

fn clear_identity_item(identity: &mut Identity, field: &str) {
    match field {
        "kana" => identity.kana.clear(),
        "sex" => identity.sex = None,
        "birth_on" => identity.birth_on = None,
        "occupation" => identity.occupation.clear(),
        "postal_code" => identity.postal_code.clear(),
        "address" => identity.address.clear(),
        "phone" => identity.phone = None,
        _ => {}
    }
}

fn identity_item(identity: &Identity, field: &str) -> String {
    match field {
        "name" => identity.name.clone(),
        "kana" => identity.kana.clone(),
        "sex" => identity.sex.map(|sex| sex.code().to_owned()).unwrap_or_default(),
        "birth_on" => identity.birth_on.map(days::iso).unwrap_or_default(),
        "occupation" => identity.occupation.clone(),
        "postal_code" => identity.postal_code.clone(),
        "address" => identity.address.clone(),
        "phone" => identity.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        _ => String::new(),
    }
}

fn set_identity_item(identity: &mut Identity, field: &str, value: &str) {
    match field {
        "name" => identity.name = value.to_owned(),
        "kana" => identity.kana = value.to_owned(),
        "sex" => identity.sex = Sex::from_code(value).or(identity.sex),
        "birth_on" => identity.birth_on = days::parse(value).ok().or(identity.birth_on),
        "occupation" => identity.occupation = value.to_owned(),
        "postal_code" => identity.postal_code = value.to_owned(),
        "address" => identity.address = value.to_owned(),
        "phone" => identity.phone = PhoneNumber::parse(value).ok().or(identity.phone.take()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notification::Edition;
    use crate::notification::items::{Kind, find};

    #[test]
    fn form_25_what_a_correction_empties_is_empty_at_home_unless_somebody_wrote_there_since() {
        for item in SHARED_ITEMS.iter().filter(|item| item.key != "name") {
            let value = sample(item.key, 1);
            let said = Content { edition: Edition::Full, values: [(item.key, value.as_str())].into_iter().collect() };
            let (identity, episode) = reflect(&said, &Identity::default(), &Episode::default());
            let (emptied, empty) = withdraw(&[(item.key, &value)], &identity, &episode);
            assert_eq!(at_home(item, &emptied, &empty), "", "{}", item.key);
            let (kept, still) = withdraw(&[(item.key, "something else")], &identity, &episode);
            assert_eq!((kept, still), (identity, episode), "{}", item.key);
        }
    }

    #[test]
    fn form_30_what_a_deleted_notification_said_the_one_before_says_and_id_management_stays() {
        let said = |seed: usize| Content {
            edition: Edition::Full,
            values: SHARED_ITEMS.iter().map(|item| (item.key, sample(item.key, seed))).collect(),
        };
        let (first, second) = (said(0), said(1));
        let (identity, episode) = reflect(&first, &Identity::default(), &Episode::default());
        let (_, latest) = reflect(&second, &identity, &episode);
        assert_eq!(take_back(&second, &[&first], &latest), episode);
        assert_eq!(take_back(&first, &[&second], &latest), latest);
        assert_eq!(take_back(&first, &[], &episode), Episode::default());
        let mut corrected = latest.clone();
        corrected.0.set("onset_on", "2020-01-20");
        assert_eq!(take_back(&second, &[], &corrected).0.get("onset_on"), "2020-01-20");
    }

    /// A value of the item's kind, different for each `seed`.
    fn sample(key: &str, seed: usize) -> String {
        match find(key).unwrap().kind {
            Kind::Choice(choices) => choices[seed % choices.len()].0.to_owned(),
            Kind::Date | Kind::AnyDate | Kind::BirthDate => format!("2020-01-{:02}", seed % 28 + 1),
            Kind::Phone => format!("0901234567{}", seed % 10),
            Kind::PostalCode => format!("123456{}", seed % 10),
            Kind::Kana => ["ヤマダ", "タナカ"][seed % 2].to_owned(),
            _ => format!("値{seed}"),
        }
    }

    #[test]
    fn ref_01_ref_02_ref_05_every_shared_item_reaches_its_home_and_every_other_tab() {
        for item in SHARED_ITEMS {
            assert!(find(item.key).is_some(), "{} is no item of the form", item.key);
            let values = [(item.key, sample(item.key, 1))].into_iter().collect();
            let content = Content { edition: Edition::Full, values };
            let (identity, episode) = reflect(&content, &Identity::default(), &Episode::default());
            assert_eq!(at_home(item, &identity, &episode), sample(item.key, 1), "{}", item.key);
            let begun = prefill(&identity, &episode);
            let expected = if OF_ONE_NOTIFICATION.contains(&item.key) { "" } else { content.values.get(item.key) };
            assert_eq!(begun.get(item.key), expected, "{}", item.key);
        }
    }

    #[test]
    fn a_risk_factor_that_is_ticked_says_that_there_is_one() {
        let risk = |values: &[(&str, &str)]| {
            let content = Content { edition: Edition::Full, values: values.iter().copied().collect() };
            reflect(&content, &Identity::default(), &Episode::default()).1.0.get("risk").to_owned()
        };
        assert_eq!(risk(&[("risk_diabetes", "yes")]), "yes");
        assert_eq!(risk(&[("risk", "no"), ("risk_diabetes", "yes")]), "yes");
        assert_eq!(risk(&[("risk", "unknown"), ("risk_other_text", "yes")]), "unknown");
        assert_eq!(risk(&[("vaccinated", "yes")]), "");
    }

    #[test]
    fn ref_06_an_empty_item_of_a_notification_takes_nothing_away() {
        let all: Values = SHARED_ITEMS.iter().map(|item| (item.key, sample(item.key, 0))).collect();
        let (identity, episode) =
            reflect(&Content { edition: Edition::Full, values: all }, &Identity::default(), &Episode::default());
        let empty = Content { edition: Edition::Seven, values: Values::default() };
        assert_eq!(reflect(&empty, &identity, &episode), (identity, episode));
    }
}
