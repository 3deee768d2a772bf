//! A draft: what is being written stands on the server from the first key on (SEC-10), and its
//! writer's organisation alone reaches it.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use hersys_shared::days;
use hersys_shared::notification::items::{ITEMS, Item, Kind};
use hersys_shared::notification::{Content, Edition, Typed};
use hersys_shared::shared_items;
use maud::{Markup, html};
use time::{Date, Duration};
use uuid::Uuid;

use crate::App;
use crate::access::grant::{Registrar, Write, group};
use crate::access::{Client, Grant, OrganizationKind, Scope, Staff};
use crate::cases;
use crate::clock::Timestamp;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::notification::entry::store::{self, Draft};

/// How long a draft that nobody touches is kept.
pub const KEPT: Duration = Duration::days(7);

/// What a form sends beside the items of the notification.
pub const EXTRAS: [&str; 3] = ["proxy_for", "save_doctor", "known_hersys_id"];

/// What the next person of the same household shares with the one before (TOP-10).
const HOUSEHOLD: &[&str] = &[
    "receiving_center",
    "doctor_name",
    "institution_name",
    "institution_address",
    "institution_phone",
    "current_postal_code",
    "current_address",
    "current_phone",
    "registered_is_current",
    "registered_postal_code",
    "registered_address",
    "phone",
    "guardian_name",
    "guardian_address",
    "guardian_phone",
    "area_certainty",
    "area",
    "area_prefecture",
    "area_city",
    "area_facility",
    "area_place",
];

/// The right to go on with the draft of the route: of one's own organisation, and of a person with a record
/// only with the right to write their notifications. Everything else answers 404.
pub struct Drafting {
    staff: Staff,
    client: Client,
    db: Db,
    person: Option<Grant<group::Notification, Write>>,
    pub draft: Draft,
}

impl Drafting {
    /// The strip of the person whose notification is written, where they have a record (TOP-09).
    pub async fn strip(&self, app: &App) -> Result<Option<Markup>> {
        match &self.person {
            Some(grant) => Ok(Some(cases::header(grant, app).await?)),
            None => Ok(None),
        }
    }

    /// The way back to the person's notifications.
    pub fn back(&self) -> Markup {
        html! {
            @if let Some(grant) = &self.person {
                p.back { a href=(cases::Tab::Notification.path(grant.case_id())) { "この方の発生届に戻る" } }
            }
        }
    }

    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub fn db(&self) -> &Db {
        &self.db
    }
}

impl FromRequestParts<App> for Drafting {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let registrar = Registrar::from_request_parts(parts, app).await?;
        let scope = Scope::from_request_parts(parts, app).await?;
        let client = Client::from_request_parts(parts, app).await?;
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Error::NotFound)?;
        let draft_id = path
            .iter()
            .find(|(name, _)| *name == "draft_id")
            .and_then(|(_, value)| Uuid::parse_str(value).ok())
            .ok_or(Error::NotFound)?;
        let staff = registrar.staff().clone();
        let draft = store::draft(registrar.db(), draft_id, staff.organization_id).await?.ok_or(Error::NotFound)?;
        let person = match draft.case_id {
            Some(case_id) => Some(scope.grant(app, case_id).await?.ok_or(Error::NotFound)?),
            None => None,
        };
        Ok(Self { staff, client, db: registrar.db().clone(), person, draft })
    }
}

/// An empty form: today, the writer's institution and health centre (C-02).
pub async fn begin(db: &Db, staff: &Staff, now: Timestamp) -> Result<Draft> {
    let typed = begun(db, staff, now).await?;
    Ok(new_draft(staff, typed, now))
}

/// The form of the next person of the same household (TOP-10).
pub async fn begin_household(db: &Db, staff: &Staff, before: &Content, now: Timestamp) -> Result<Draft> {
    let mut typed = begun(db, staff, now).await?;
    for key in HOUSEHOLD {
        typed.set(key, before.values.get(key));
    }
    let mut draft = new_draft(staff, typed, now);
    draft.edition = before.edition;
    Ok(draft)
}

/// A form for somebody with a record, filled from the homes of shared items (REF-03, FORM-07, FORM-08).
pub async fn begin_for(db: &Db, staff: &Staff, case_id: Uuid, now: Timestamp) -> Result<Draft> {
    let identity = cases::store::identity(db, case_id).await?.identity;
    let episode = cases::store::episode(db, case_id).await?;
    let mut typed = begun(db, staff, now).await?;
    for (key, value) in shared_items::prefill(&identity, &episode).iter() {
        // The writer's own institution comes before the one of an earlier notification.
        if typed.get(key).is_empty() {
            typed.set(key, value);
        }
    }
    let mut draft = new_draft(staff, typed, now);
    draft.case_id = Some(case_id);
    Ok(draft)
}

/// The form of an edit: what was reported, as it stands (FORM-25).
pub fn begin_edit(staff: &Staff, of: (Uuid, Uuid), version: i64, content: &Content, now: Timestamp) -> Draft {
    let mut draft = new_draft(staff, content.values.clone(), now);
    draft.case_id = Some(of.0);
    draft.notification_id = Some(of.1);
    draft.version = Some(version);
    draft.edition = content.edition;
    draft
}

fn new_draft(staff: &Staff, typed: Typed, now: Timestamp) -> Draft {
    Draft {
        draft_id: Uuid::now_v7(),
        organization_id: staff.organization_id,
        account_id: staff.account_id,
        case_id: None,
        notification_id: None,
        version: None,
        edition: Edition::by_rule(now.day(), &typed),
        typed,
        is_touched: false,
        updated_at: now,
        reported_at: None,
        page_id: None,
    }
}

async fn begun(db: &Db, staff: &Staff, now: Timestamp) -> Result<Typed> {
    let writer = store::writer(db, staff.organization_id).await?;
    let mut typed = Typed::default();
    typed.set("reported_on", days::iso(now.day()));
    let center_id = match staff.kind {
        OrganizationKind::HealthCenter => Some(staff.organization_id),
        _ => writer.governing_id,
    };
    typed.set("receiving_center", center_id.map(|id| id.to_string()).unwrap_or_default());
    if staff.kind == OrganizationKind::MedicalInstitution {
        typed.set("institution_name", writer.name);
        typed.set("institution_address", writer.address);
        typed.set("institution_phone", writer.phone);
    }
    if let [only] = store::doctors(db, staff.organization_id).await?.as_slice() {
        typed.set("doctor_name", only);
    }
    if let Some(center_id) = center_id {
        let policy = cases::notice_policy(db, center_id).await?;
        typed.set("url_notice", if policy.sends_url_notice && policy.lets(staff.kind) { "yes" } else { "no" });
    }
    Ok(typed)
}

/// What a form says of itself: which page it is, and when it was made.
pub fn page_marks(now: Timestamp) -> Markup {
    html! {
        input type="hidden" name="page_id" value=(Uuid::new_v4());
        input type="hidden" name="page_at" value=(now.0);
    }
}

/// Whether another page kept something since the page that sends `sent` was made, and what it sends differs from
/// that: (key, what was kept), for each item that it would overwrite. Notes the page that writes now.
pub fn overwrites(draft: &mut Draft, sent: &[(String, String)], today: Date) -> Vec<(&'static str, String)> {
    let own = |name: &str| sent.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let Ok(page_id) = Uuid::parse_str(own("page_id")) else { return Vec::new() };
    let other = draft.page_id.replace(page_id).is_some_and(|last| last != page_id);
    let made_at = own("page_at").parse().map_or(Timestamp(0), Timestamp);
    if !other || draft.updated_at <= made_at {
        return Vec::new();
    }
    let kept = draft.typed.clone();
    let mut next = draft.clone();
    take(&mut next, sent, today);
    ITEMS
        .iter()
        .filter(|item| lines(next.typed.get(item.key)) != lines(kept.get(item.key)))
        .map(|item| (item.key, kept.get(item.key).to_owned()))
        .collect()
}

/// Browsers end lines in their own way.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// Takes over what a form sent. A field that was not on the page stays; of a name that was sent twice the last
/// counts: check boxes have a hidden empty companion before them.
///
/// A day without a year is kept with the year that it means on `today`, so that the next page shows how it was read.
pub fn take(draft: &mut Draft, sent: &[(String, String)], today: Date) {
    /// Longer than any item may be; what is cut is refused by its check in any case.
    const LONGEST: usize = 20_000;
    let before = draft.typed.clone();
    for (name, value) in sent {
        let item = ITEMS.iter().find(|item| item.key == name);
        if item.is_some() || EXTRAS.contains(&name.as_str()) {
            let typed: String = value.chars().take(LONGEST).collect();
            draft.typed.set(name, item.and_then(|item| with_year(item, &typed, today)).unwrap_or(typed));
        }
    }
    draft.is_touched |= draft.typed != before;
}

/// The whole date of a day that was typed without its year.
fn with_year(item: &Item, typed: &str, today: Date) -> Option<String> {
    let date = match item.kind {
        Kind::Date => days::recent(typed, today),
        Kind::AnyDate => days::nearest(typed, today),
        _ => None,
    };
    date.map(days::iso)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        let staff = Staff {
            account_id: Uuid::nil(),
            organization_id: Uuid::nil(),
            kind: OrganizationKind::MedicalInstitution,
            organization_name: String::new(),
            display_name: String::new(),
            sign_in_id: String::new(),
            is_issuer: false,
            waiting: 0,
            shows_past: false,
            list_address: String::new(),
            board_address: String::new(),
        };
        new_draft(&staff, Typed::default(), Timestamp(0))
    }

    #[test]
    fn form_09_what_is_not_on_the_page_stays() {
        let mut draft = draft();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let today = time::macros::date!(2022 - 08 - 01);
        let marked = [pair("name", "山田"), pair("risk_diabetes", ""), pair("risk_diabetes", "yes")];
        take(&mut draft, &marked, today);
        take(&mut draft, &[pair("kana", "ヤマダ"), pair("action", "save"), pair("nonsense", "x")], today);
        assert_eq!(draft.typed.get("name"), "山田");
        assert!(draft.typed.is_yes("risk_diabetes"));
        assert_eq!(draft.typed.get("nonsense"), "");
        take(&mut draft, &[pair("risk_diabetes", "")], today);
        assert!(!draft.typed.is_yes("risk_diabetes"));
    }

    #[test]
    fn form_15_a_day_without_a_year_is_kept_with_the_year_that_it_means() {
        let mut draft = draft();
        let typed = [("onset_on", "7/30"), ("diagnosed_on", "8月2日"), ("admitted_on", "8/2"), ("birth_on", "8/2")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        take(&mut draft, &typed, time::macros::date!(2022 - 08 - 01));
        let kept = |key: &str| draft.typed.get(key).to_owned();
        assert_eq!((kept("onset_on"), kept("diagnosed_on")), ("2022-07-30".to_owned(), "2021-08-02".to_owned()));
        // It may lie ahead; and of a birth nobody knows the year.
        assert_eq!((kept("admitted_on"), kept("birth_on")), ("2022-08-02".to_owned(), "8/2".to_owned()));
    }
}
