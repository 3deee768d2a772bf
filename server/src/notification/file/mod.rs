//! Reporting, changing and deleting a notification: the only writers of its tables.
//!
//! Each is one transaction: the notification with its history, the homes of shared items (REF-02), who reaches
//! the person, 届出受付 of the health centre, its notice, and the audit stand or fall together.

pub mod new_people;
mod together;

pub use together::{Filings, Job};

use hersys_shared::HersysId;
use hersys_shared::identity::Identity;
use hersys_shared::notification::Content;
use hersys_shared::notification::items::{Item, Kind};
use hersys_shared::shared_items::{self, OF_ONE_NOTIFICATION, SHARED_ITEMS, said};
use hersys_shared::symptoms::CaseKind;
use hersys_shared::values::Values;
use serde_json::{Value as Json, json};
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::events::News;
use crate::access::organization::organization_state;
use crate::access::{Client, ItemGroup, Level, OrganizationKind, Staff};
use crate::cases::invitation::{Address, Invitation, invite};
use crate::cases::store::Case;
use crate::cases::{news, reach, save, store as cases};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::notification::file::new_people::NewPerson;
use crate::notification::inbox::{self, Arrival};
use crate::notification::store::{self, Written};

/// Who files: a signed-in ID, or an institution's own system.
#[derive(Clone, Copy)]
pub struct Filer<'a> {
    pub staff: &'a Staff,
    pub client: &'a Client,
    pub at: Timestamp,
}

/// Of whom a notification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Somebody who gets a record by it. The id was made with the form, so that sending twice makes one record.
    New(Uuid),
    /// Somebody with a record, whom the filer may write notifications of.
    Known(Uuid),
}

/// A notification to be reported: its content has passed [`hersys_shared::notification::check`] without problems.
#[derive(Debug, Clone)]
pub struct Filing {
    pub person: Person,
    /// Made with the form, so that sending it twice reports once.
    pub notification_id: Uuid,
    pub content: Content,
    /// How it reached the centre that enters it for an institution: `fax`, `phone`, `paper` (FORM-03).
    pub proxy_for: Option<String>,
    /// メール送信 (FORM-23)
    pub sends_mail: bool,
}

/// A notification that was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    pub case_id: Uuid,
    pub hersys_id: HersysId,
    pub notification_id: Uuid,
    /// Whether the SMS with URL and ID is on its way.
    pub invited: bool,
}

/// Reports a notification (FORM-19, FORM-21). The same id with the same content again is the same report.
/// Call [`crate::messages::Outbox::wake`] after the commit.
///
/// # Errors
/// A problem of `receiving_center` where that centre is not there; [`Error::NotFound`] where `notification_id` is
/// somebody else's.
pub async fn report(tx: &mut Tx, app: &App, filer: Filer<'_>, filing: &Filing) -> Result<Reported> {
    let (Person::New(case_id) | Person::Known(case_id)) = filing.person;
    if let Some(reported) = reported_before(tx, filer, case_id, filing).await? {
        return Ok(reported);
    }
    if let Person::New(_) = filing.person {
        let reported = new_people::report(tx, app, &[NewPerson { case_id, filer, filing }]).await?;
        return reported.into_iter().next().ok_or_else(|| Error::Internal("nothing was reported".into()));
    }
    let content = &filing.content;
    let center_id = receiving_center(tx, content, filer.at.day()).await?;
    let (hersys_id, identity) = take_over(tx, filer, case_id, center_id, content).await?;
    store::insert(tx, &[(first_version(filer, case_id, center_id, filing)?, filing.proxy_for.as_deref())]).await?;
    inbox::arrived(&mut *tx, &arrival(filer, case_id, center_id, filing), filer.at).await?;
    report_entry(filer, case_id, filing).write(&mut *tx).await?;
    tell_center(tx, app, filer, case_id, center_id, News::Notified, filing.sends_mail).await?;
    let invited = invite_person(tx, app, filer, case_id, content, &identity).await?;
    Ok(Reported { case_id, hersys_id, notification_id: filing.notification_id, invited })
}

/// Stores `content` over version `version` of a notification (FORM-25); what this change says of shared items
/// goes to their homes, nothing else does (REF-06). `false`: somebody else has saved in the meantime, or it was
/// deleted; nothing was stored.
pub async fn revise(
    tx: &mut Tx,
    app: &App,
    filer: Filer<'_>,
    (case_id, notification_id): (Uuid, Uuid),
    version: i64,
    content: &Content,
    sends_mail: bool,
) -> Result<bool> {
    let case = reach::hold_as(tx, case_id, filer.staff, ItemGroup::Notification, Level::Write).await?;
    let Some(stored) = store::notification(&mut *tx, case_id, notification_id).await? else {
        return Err(Error::NotFound);
    };
    let Some(before) = stored.content.filter(|_| stored.version == version) else {
        return Ok(false);
    };
    if before == *content {
        return Ok(true);
    }
    let is_readdressed = before.values.get("receiving_center") != content.values.get("receiving_center");
    // One that has stopped since keeps what it received.
    let center_id =
        if is_readdressed { receiving_center(tx, content, filer.at.day()).await? } else { stored.receiving_center_id };
    let next = version + 1;
    let written = Written {
        case_id,
        notification_id,
        version: next,
        body: body(content)?,
        receiving_center_id: center_id,
        at: filer.at,
        account_id: filer.staff.account_id,
        organization_id: filer.staff.organization_id,
    };
    store::replace(tx, &written).await?;
    // What each notification has by itself is told of the person by the latest one.
    let is_latest = store::latest(&mut *tx, case_id).await? == Some(notification_id);
    let changes: Vec<(&str, &str, &str)> = SHARED_ITEMS
        .iter()
        .map(|item| (item.key, said(&before.values, item.key), said(&content.values, item.key)))
        .filter(|(key, old, new)| old != new && (is_latest || !OF_ONE_NOTIFICATION.contains(key)))
        .collect();
    let changed: Values = changes.iter().map(|(key, _, new)| (*key, *new)).collect();
    let emptied: Vec<(&str, &str)> =
        changes.iter().filter(|(.., new)| new.is_empty()).map(|(key, old, _)| (*key, *old)).collect();
    // Who receives the person's latest notification stays, unless this edit says so.
    let receiving = case.receiving_center_id.filter(|_| !is_readdressed).unwrap_or(center_id);
    reflect(tx, filer, case, receiving, &Content { edition: content.edition, values: changed }, &emptied).await?;
    let arrival = Arrival {
        case_id,
        notification_id,
        version: next,
        content,
        center_id,
        institution_id: stored.filed_by_organization_id,
        proxy_for: stored.proxy_for.as_deref(),
        by: filer.staff,
    };
    inbox::changed(&mut *tx, &arrival, filer.at).await?;
    entry(filer, "notification.revise", case_id, notification_id, (&before, content)).write(&mut *tx).await?;
    tell_center(tx, app, filer, case_id, center_id, News::NotificationChanged, sends_mail).await?;
    Ok(true)
}

/// Deletes a notification (FORM-26): what it said is gone from the tables, that it existed stays. The person stays
/// with their ID管理 (FORM-30); what this notification alone told of the episode is told no more, and a centre that it
/// alone had reached reaches them no more (C-02). `false`: somebody else has saved or deleted in the meantime.
pub async fn remove(
    tx: &mut Tx,
    app: &App,
    filer: Filer<'_>,
    (case_id, notification_id): (Uuid, Uuid),
    version: i64,
) -> Result<bool> {
    let case = reach::hold_as(tx, case_id, filer.staff, ItemGroup::Notification, Level::Write).await?;
    let Some(stored) = store::notification(&mut *tx, case_id, notification_id).await? else {
        return Err(Error::NotFound);
    };
    let Some(content) = stored.content.filter(|_| stored.version == version) else {
        return Ok(false);
    };
    store::wipe(tx, case_id, notification_id, filer.at, filer.staff.account_id).await?;
    inbox::removed(&mut *tx, case_id, notification_id, filer.at).await?;
    take_back(tx, filer, case, &content).await?;
    // That it existed; its words would be there for whoever reads the audit.
    Entry::by_staff(filer.staff, filer.client, filer.at, "notification.delete")
        .about(case_id)
        .with(json!({ "notification_id": notification_id, "version": version }))
        .write(&mut *tx)
        .await?;
    tell_center(tx, app, filer, case_id, stored.receiving_center_id, News::NotificationDeleted, false).await?;
    Ok(true)
}

/// The report that was made under this id already, if this is the same again.
async fn reported_before(tx: &mut Tx, filer: Filer<'_>, case_id: Uuid, filing: &Filing) -> Result<Option<Reported>> {
    let id = filing.notification_id;
    let Some(stored) = store::notification(&mut *tx, case_id, id).await? else {
        if inbox::store::case_of(&mut *tx, id).await?.is_some() {
            return Err(Error::one(
                "",
                "この画面からは、別の方の発生届としてすでに報告しました。登録情報一覧で確かめてください。",
            ));
        }
        return Ok(None);
    };
    if stored.filed_by_organization_id != filer.staff.organization_id {
        return Err(Error::NotFound);
    }
    let first = store::versions(&mut *tx, case_id, id).await?.into_iter().next();
    if stored.deleted_at.is_none() && first.is_none_or(|first| first.content != filing.content) {
        return Err(Error::one(
            "",
            "この画面からはすでに報告しました。内容を直すときは、提出した発生届の【編集】を押してください。",
        ));
    }
    let invited = cases::times_done(&mut *tx, case_id, crate::cases::invitation::ACTION, stored.filed_at).await? > 0;
    let case = cases::case(&mut *tx, case_id).await?.ok_or(Error::NotFound)?;
    Ok(Some(Reported { case_id, hersys_id: case.hersys_id, notification_id: id, invited }))
}

/// 届出先保健所 of the content, which must be a health centre.
async fn receiving_center(tx: &mut Tx, content: &Content, today: Date) -> Result<Uuid> {
    let missing = || Error::one("receiving_center", "届出先保健所を選んでください（必須）。");
    let center_id = Uuid::parse_str(content.values.get("receiving_center")).map_err(|_| missing())?;
    match store::health_center(&mut *tx, center_id).await? {
        None => Err(missing()),
        Some((from, until)) if !organization_state(from, until, today).is_active() => Err(Error::one(
            "receiving_center",
            "この保健所は現在このシステムを利用していません。ほかの届出先保健所を選んでください。",
        )),
        Some(_) => Ok(center_id),
    }
}

/// A known person's record after the notification.
async fn take_over(
    tx: &mut Tx,
    filer: Filer<'_>,
    case_id: Uuid,
    center_id: Uuid,
    content: &Content,
) -> Result<(HersysId, Identity)> {
    let case = reach::hold_as(tx, case_id, filer.staff, ItemGroup::Notification, Level::Write).await?;
    // A contact who is notified is a patient from now on.
    if case.kind != CaseKind::Patient {
        // Whoever has ID管理 open would write the former kind over it.
        save::renew_identity(tx, case_id, filer.staff, filer.at).await?;
    }
    let hersys_id = case.hersys_id.clone();
    let identity = reflect(tx, filer, Case { kind: CaseKind::Patient, ..case }, center_id, content, &[]).await?;
    Ok((hersys_id, identity))
}

/// Fills the homes of shared items with what `content` says, empties those that it says no more, and lets the receiving centre reach the person.
async fn reflect(
    tx: &mut Tx,
    filer: Filer<'_>,
    case: Case,
    center_id: Uuid,
    content: &Content,
    emptied: &[(&str, &str)],
) -> Result<Identity> {
    let case = save::set_notified(tx, case, center_id).await?;
    let stored = cases::identity(&mut *tx, case.case_id).await?.identity;
    let episode = cases::episode(&mut *tx, case.case_id).await?;
    let (identity, episode) = shared_items::withdraw(emptied, &stored, &episode);
    let (identity, episode) = shared_items::reflect(content, &identity, &episode);
    save::save_shared(tx, &case, &identity, &episode, filer.staff, filer.at).await?;
    Ok(identity)
}

/// The episode and who reaches the person after a notification was deleted: as far as it told something, the latest of
/// the others tells it now.
async fn take_back(tx: &mut Tx, filer: Filer<'_>, case: Case, deleted: &Content) -> Result<()> {
    let left = store::of_case(&mut *tx, case.case_id).await?;
    let receiving = left.iter().find(|other| other.content.is_some()).map(|other| other.receiving_center_id);
    let others: Vec<&Content> = left.iter().filter_map(|other| other.content.as_ref()).collect();
    let case = save::set_receiving(tx, case, receiving).await?;
    let identity = cases::identity(&mut *tx, case.case_id).await?.identity;
    let episode = shared_items::take_back(deleted, &others, &cases::episode(&mut *tx, case.case_id).await?);
    save::save_shared(tx, &case, &identity, &episode, filer.staff, filer.at).await
}

/// The row of a notification that is reported.
fn first_version(filer: Filer<'_>, case_id: Uuid, center_id: Uuid, filing: &Filing) -> Result<Written> {
    Ok(Written {
        case_id,
        notification_id: filing.notification_id,
        version: 1,
        body: body(&filing.content)?,
        receiving_center_id: center_id,
        at: filer.at,
        account_id: filer.staff.account_id,
        organization_id: filer.staff.organization_id,
    })
}

/// What 届出受付 gets of it.
fn arrival<'a>(filer: Filer<'a>, case_id: Uuid, center_id: Uuid, filing: &'a Filing) -> Arrival<'a> {
    Arrival {
        case_id,
        notification_id: filing.notification_id,
        version: 1,
        content: &filing.content,
        center_id,
        institution_id: filer.staff.organization_id,
        proxy_for: filing.proxy_for.as_deref(),
        by: filer.staff,
    }
}

fn body(content: &Content) -> Result<Json> {
    serde_json::to_value(content).map_err(|error| Error::Internal(format!("a notification cannot be written: {error}")))
}

fn empty(content: &Content) -> Content {
    Content { edition: content.edition, values: Values::default() }
}

/// What the audit keeps of a change: each item that differs, before and after.
fn changed_items(before: &Content, after: &Content) -> Vec<Json> {
    let shown = |item: &Item, value: &str| if item.kind == Kind::Center { value.to_owned() } else { item.shown(value) };
    Content::changes(before, after)
        .into_iter()
        .map(|(item, old, new)| json!({ "field": item.key, "label": item.label, "before": shown(item, old), "after": shown(item, new) }))
        .collect()
}

/// The audit's line of a change.
fn entry(
    filer: Filer<'_>,
    action: &'static str,
    case_id: Uuid,
    notification_id: Uuid,
    (before, after): (&Content, &Content),
) -> Entry {
    let fields = changed_items(before, after);
    Entry::by_staff(filer.staff, filer.client, filer.at, action)
        .about(case_id)
        .with(json!({ "notification_id": notification_id, "fields": fields }))
}

fn report_entry(filer: Filer<'_>, case_id: Uuid, filing: &Filing) -> Entry {
    let content = &filing.content;
    entry(filer, "notification.report", case_id, filing.notification_id, (&empty(content), content))
}

/// NTF-01: the centre's top page, and its mail where the writer left that on. Its own entries are no news to it.
async fn tell_center(
    tx: &mut Tx,
    app: &App,
    filer: Filer<'_>,
    case_id: Uuid,
    center_id: Uuid,
    what: News,
    sends_mail: bool,
) -> Result<()> {
    if filer.staff.organization_id == center_id {
        return Ok(());
    }
    let base_url = app.config.base_url.as_str();
    if sends_mail {
        news::tell(tx, center_id, case_id, what, base_url, filer.at).await
    } else {
        news::tell_quietly(tx, center_id, case_id, what, filer.at).await
    }
}

/// NTF-02: the notice with URL and ID, where する was chosen, there is a way to the person, and whoever files may send it
/// (NTF-09; never an institution for みなし陽性, FORM-33).
async fn invite_person(
    tx: &mut Tx,
    app: &App,
    filer: Filer<'_>,
    case_id: Uuid,
    content: &Content,
    identity: &Identity,
) -> Result<bool> {
    let Some(to) = Address::of(identity) else {
        return Ok(false);
    };
    if !content.values.is_yes("url_notice") || identity.notices == Some(false) {
        return Ok(false);
    }
    let case = cases::case(&mut *tx, case_id).await?.ok_or(Error::NotFound)?;
    if !may_invite(tx, filer.staff.kind, case.responsible_center_id, content).await? {
        return Ok(false);
    }
    let invitation = Invitation {
        case_id,
        hersys_id: &case.hersys_id,
        to,
        center_name: &store::center_name(&mut *tx, case.responsible_center_id).await?,
        base_url: app.config.base_url.as_str(),
    };
    invite(tx, &invitation, filer.staff, filer.client, filer.at).await?;
    Ok(true)
}

/// Whether an organisation of `kind` may have the notice of URL and ID sent for this notification.
pub async fn may_invite(tx: &mut Tx, kind: OrganizationKind, center_id: Uuid, content: &Content) -> Result<bool> {
    if content.is_of_a_body() {
        return Ok(false);
    }
    if kind != OrganizationKind::MedicalInstitution {
        return Ok(true);
    }
    let agreed = store::institutions_may_notify(&mut *tx, center_id).await?;
    Ok(agreed && !content.names_no_test())
}
