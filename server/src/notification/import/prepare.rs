//! What a file or another system sends, made ready for filing: filled up with what the institution is
//! known by, checked by the form's rules, and compared with what was filed under the same number.

use std::collections::BTreeSet;

use hersys_shared::notification::items::ITEMS;
use hersys_shared::notification::{Checked, Content, Edition, Typed, check};
use hersys_shared::{HersysId, PhoneNumber, kana};
use sha2::{Digest, Sha256};
use time::Date;
use uuid::Uuid;

use crate::cases::store::{self as cases, Lookalike};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::notification::file::{Filing, Person};
use crate::notification::import::store::{self, Center};
use crate::notification::inbox::store as inbox;
use crate::notification::store as notifications;

/// An id that follows from an institution and its own word for a thing: the same word is the same
/// thing, however often it is sent, and nobody else's.
pub fn stable_id(what: &str, organization_id: Uuid, word: &str) -> Uuid {
    let mut hasher = Sha256::new();
    for part in [what.as_bytes(), &[0], organization_id.as_bytes(), &[0], word.as_bytes()] {
        hasher.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The notification behind an 院内整理番号.
pub fn numbered(organization_id: Uuid, number: &str) -> Uuid {
    stable_id("notification by number", organization_id, number)
}

/// The record that a notification of somebody new begins. Where the notification's id begins with its time, the
/// record's does so too: what is entered together stands together in every table, which is much quicker to write.
fn new_case(organization_id: Uuid, notification_id: Uuid) -> Uuid {
    let id = stable_id("case", organization_id, &notification_id.to_string());
    if notification_id.get_version() != Some(uuid::Version::SortRand) {
        return id;
    }
    let mut bytes = id.into_bytes();
    bytes[..6].copy_from_slice(&notification_id.as_bytes()[..6]);
    Uuid::from_bytes(bytes)
}

/// What the institution is known by: what its notifications need not say.
pub struct Desk {
    pub organization_id: Uuid,
    pub today: Date,
    defaults: Vec<(&'static str, String)>,
    /// 所管保健所
    own_center: Option<Uuid>,
    centers: Vec<Center>,
}

impl Desk {
    /// `named`: what notifications say in 届出先保健所.
    pub async fn read(db: &Db, organization_id: Uuid, named: impl Iterator<Item = &str>, today: Date) -> Result<Self> {
        let own = store::institution(db, organization_id).await?.ok_or(Error::NotFound)?;
        let mut words: Vec<&str> = named.map(str::trim).filter(|word| !word.is_empty()).collect();
        let own_center = own.governing_id.map(|id| id.to_string());
        words.extend(own_center.as_deref());
        words.sort_unstable();
        words.dedup();
        let defaults = vec![
            ("reported_on", hersys_shared::days::iso(today)),
            ("receiving_center", own.governing_id.map(|id| id.to_string()).unwrap_or_default()),
            ("institution_name", own.name),
            ("institution_address", own.address),
            // What stands there and is no number is left for the sender to say.
            ("institution_phone", PhoneNumber::parse(&own.phone).map(|it| it.as_str().to_owned()).unwrap_or_default()),
        ];
        let centers = store::centers(db, &words, today).await?;
        Ok(Self { organization_id, today, defaults, own_center: own.governing_id, centers })
    }

    /// What was sent, with what it leaves out: as it was filed before, or as the institution is known.
    /// An edition that is not named follows from the rules.
    pub fn check(&self, sent: &Sent<'_>, before: Option<&Content>) -> Checked {
        let mut typed = sent.typed.clone();
        for (key, default) in &self.defaults {
            if typed.get(key).trim().is_empty() {
                typed.set(key, before.map_or(default.as_str(), |before| before.values.get(key)));
            }
        }
        if let Some(before) = before {
            for key in ITEMS.iter().map(|item| item.key).filter(|key| !sent.has(key)) {
                typed.set(key, before.values.get(key));
            }
        }
        typed.set("receiving_center", self.center(typed.get("receiving_center")));
        let edition = sent.edition.or(before.map(|before| before.edition)).unwrap_or_else(|| {
            let values = check(&typed, Edition::Full, self.today).content.values;
            Edition::by_rule(values.date("reported_on").unwrap_or(self.today), &values)
        });
        let mut checked = check(&typed, edition, self.today);
        // FORM-33: an institution's notice that is not sent is not said to be.
        let is_institution = self.own_center != Some(self.organization_id);
        let is_withheld = checked.content.is_of_a_body() || is_institution && checked.content.names_no_test();
        if is_withheld && checked.content.values.is_yes("url_notice") {
            checked.content.values.set("url_notice", "no");
        }
        checked
    }

    /// A centre by its id, code or name; what names none, or more than one, is left for the check to refuse. Of
    /// centres with one name the institution's own is meant.
    fn center(&self, typed: &str) -> String {
        let typed = typed.trim();
        let id = Uuid::parse_str(typed).ok();
        if id.is_some() && id == self.own_center {
            return typed.to_owned();
        }
        let known = |wanted: &dyn Fn(&Center) -> bool| self.centers.iter().find(|center| wanted(center));
        let is_id = |center: &Center| Some(center.organization_id) == id;
        let is_code = |center: &Center| center.code.as_deref() == Some(typed);
        let is_own = |center: &Center| center.name == typed && Some(center.organization_id) == self.own_center;
        let found = known(&is_id).or_else(|| known(&is_code)).or_else(|| known(&is_own)).or_else(|| {
            let mut named = self.centers.iter().filter(|center| center.name == typed);
            named.next().filter(|_| named.next().is_none())
        });
        match found {
            Some(center) => center.organization_id.to_string(),
            None if typed.is_empty() => String::new(),
            None => "?".to_owned(),
        }
    }

    /// The name of the centre that content is for.
    pub fn center_name(&self, content: &Content) -> &str {
        let id = Uuid::parse_str(content.values.get("receiving_center")).ok();
        self.centers.iter().find(|center| Some(center.organization_id) == id).map_or("", |center| center.name.as_str())
    }

    /// Whether notifications go somewhere else than to the institution's own centre.
    pub fn is_elsewhere(&self, content: &Content) -> bool {
        Uuid::parse_str(content.values.get("receiving_center")).ok() != self.own_center
    }
}

/// Of whom the sender says that the notification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Somebody new, or whoever it was filed for before.
    Nobody,
    /// Somebody registered, whom the sender may write notifications of.
    Known(Uuid),
    /// Somebody registered whom the sender does not reach, or nobody at all.
    Unknown,
}

/// Something to be filed.
pub struct Sent<'a> {
    pub notification_id: Uuid,
    pub typed: &'a Typed,
    /// The keys that were asked for at all, where that is known: what a file has no column for stays as it was.
    pub keys: Option<&'a BTreeSet<&'static str>>,
    pub edition: Option<Edition>,
    pub named: Named,
    pub sends_mail: bool,
}

impl Sent<'_> {
    fn has(&self, key: &str) -> bool {
        self.keys.is_none_or(|keys| keys.contains(key))
    }
}

/// What filing it would mean.
pub enum Outcome {
    New(Box<Filing>),
    /// It was filed before, just so.
    Same {
        case_id: Uuid,
        version: i64,
    },
    /// It was filed before and says something else by now.
    Changed {
        case_id: Uuid,
        version: i64,
        before: Box<Content>,
    },
    /// It was filed and deleted.
    Deleted,
    /// The id is another's.
    Taken,
    /// The person who is named is not to be found.
    NoPerson,
}

pub struct Judged {
    pub outcome: Outcome,
    pub checked: Checked,
    /// Who may be the same person, where a record would begin.
    pub lookalikes: Vec<Lookalike>,
}

/// Judges what was sent. Stores nothing.
pub async fn judge(db: &Db, desk: &Desk, sent: &Sent<'_>) -> Result<Judged> {
    let standing = inbox::by_id(db, sent.notification_id).await?;
    let alone = |outcome, checked| Judged { outcome, checked, lookalikes: Vec::new() };
    if let Some(standing) = standing {
        if standing.institution_id != desk.organization_id {
            return Ok(alone(Outcome::Taken, desk.check(sent, None)));
        }
        let case_id = standing.case_id;
        let stored = notifications::notification(db, case_id, sent.notification_id).await?;
        let Some((version, before)) = stored.and_then(|stored| Some((stored.version, stored.content?))) else {
            return Ok(alone(Outcome::Deleted, desk.check(sent, None)));
        };
        let checked = desk.check(sent, Some(&before));
        if matches!(sent.named, Named::Unknown) || matches!(sent.named, Named::Known(id) if id != case_id) {
            return Ok(alone(Outcome::NoPerson, checked));
        }
        let is_same = before == checked.content && checked.problems.is_empty();
        let outcome = if is_same || said_before(db, desk, sent, (case_id, version)).await? {
            Outcome::Same { case_id, version }
        } else {
            Outcome::Changed { case_id, version, before: Box::new(before) }
        };
        return Ok(alone(outcome, checked));
    }
    let checked = desk.check(sent, None);
    let person = match sent.named {
        Named::Unknown => return Ok(alone(Outcome::NoPerson, checked)),
        Named::Known(case_id) => Person::Known(case_id),
        Named::Nobody => Person::New(new_case(desk.organization_id, sent.notification_id)),
    };
    let lookalikes = match person {
        // The same thing sent at the same moment may have been filed just now: nobody is like himself.
        Person::New(case_id) => {
            let mut others = lookalikes(db, desk.organization_id, &checked.content).await?;
            others.retain(|other| other.case_id != case_id);
            others
        }
        Person::Known(_) => Vec::new(),
    };
    let filing = Filing {
        person,
        notification_id: sent.notification_id,
        content: checked.content.clone(),
        proxy_for: None,
        sends_mail: sent.sends_mail,
    };
    Ok(Judged { outcome: Outcome::New(Box::new(filing)), checked, lookalikes })
}

/// Whether the sender says what it said last, and somebody else has corrected that since: sent once more it takes no
/// correction back.
async fn said_before(db: &Db, desk: &Desk, sent: &Sent<'_>, (case_id, version): (Uuid, i64)) -> Result<bool> {
    if version == 1 {
        return Ok(false);
    }
    let versions = notifications::versions(db, case_id, sent.notification_id).await?;
    let own = versions.into_iter().rev().find(|version| version.organization_id == desk.organization_id);
    let Some(own) = own.filter(|own| own.version < version) else { return Ok(false) };
    let checked = desk.check(sent, Some(&own.content));
    Ok(checked.problems.is_empty() && checked.content == own.content)
}

async fn lookalikes(db: &Db, organization_id: Uuid, content: &Content) -> Result<Vec<Lookalike>> {
    let values = &content.values;
    let phone = Some(values.get("phone")).filter(|phone| !phone.is_empty());
    cases::lookalikes(db, organization_id, &kana::search_key(values.get("kana")), values.date("birth_on"), phone).await
}

/// The case behind a スマホ入力ID in the sender's list; the right to it is the caller's to ask for.
pub async fn listed(db: &Db, organization_id: Uuid, hersys_id: &HersysId) -> Result<Option<Uuid>> {
    cases::reachable_by_hersys_id(db, organization_id, hersys_id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_is_the_same_notification_and_nobody_elses() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(numbered(one, "A-1"), numbered(one, "A-1"));
        assert_ne!(numbered(one, "A-1"), numbered(other, "A-1"));
        assert_ne!(numbered(one, "A-1"), stable_id("case", one, "A-1"));
        assert_eq!(numbered(one, "A-1").get_version_num(), 8);
    }

    #[test]
    fn a_record_stands_where_its_notification_does_and_is_its_alone() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (earlier, later) = (Uuid::now_v7(), Uuid::now_v7());
        for id in [earlier, numbered(one, "A-1")] {
            assert_eq!(new_case(one, id), new_case(one, id));
            assert_ne!(new_case(one, id), new_case(other, id));
            assert_ne!(new_case(one, id), new_case(one, later));
            assert_eq!(new_case(one, id).get_version_num(), 8);
        }
        assert_eq!(new_case(one, earlier).as_bytes()[..6], earlier.as_bytes()[..6]);
    }
}
