//! Notifications of people who get a record by them: the many of a bad day, written with few statements.

use std::collections::HashMap;

use hersys_shared::identity::Identity;
use hersys_shared::notification::Content;
use hersys_shared::shared_items;
use hersys_shared::symptoms::CaseKind;
use uuid::Uuid;

use crate::App;
use crate::access::audit;
use crate::access::events::News;
use crate::cases::create::{NewCase, create_cases};
use crate::cases::news::{self, Newcomer};
use crate::db::Tx;
use crate::error::Result;
use crate::monitoring::observation_period::{self, Begun};
use crate::notification::file::{
    Filer, Filing, Reported, arrival, first_version, invite_person, receiving_center, report_entry,
};
use crate::notification::{inbox, store};

/// Somebody new and the notification that enters them.
pub struct NewPerson<'a> {
    pub case_id: Uuid,
    pub filer: Filer<'a>,
    pub filing: &'a Filing,
}

/// Reports all of them, in the order given; none of their ids is there yet.
///
/// # Errors
/// A problem of `receiving_center` where one of these centres is not there; a unique violation where an id is.
pub async fn report(tx: &mut Tx, app: &App, people: &[NewPerson<'_>]) -> Result<Vec<Reported>> {
    let mut centers: HashMap<&str, Uuid> = HashMap::new();
    for person in people {
        let named = person.filing.content.values.get("receiving_center");
        if !centers.contains_key(named) {
            centers.insert(named, receiving_center(tx, &person.filing.content, person.filer.at.day()).await?);
        }
    }
    let center_of = |person: &NewPerson<'_>| centers.get(person.filing.content.values.get("receiving_center")).copied();
    let people: Vec<(&NewPerson<'_>, Uuid)> =
        people.iter().filter_map(|person| Some((person, center_of(person)?))).collect();

    let mut cases: Vec<NewCase> = people
        .iter()
        .map(|(person, center_id)| new_case(person.filer, person.case_id, *center_id, &person.filing.content))
        .collect();
    let begun: Vec<Begun> =
        people.iter().zip(&mut cases).filter_map(|((person, _), case)| begin(app, person, case)).collect();
    let created = create_cases(tx, &cases).await?;
    let mut written = Vec::with_capacity(people.len());
    for (person, center_id) in &people {
        let version = first_version(person.filer, person.case_id, *center_id, person.filing)?;
        written.push((version, person.filing.proxy_for.as_deref()));
    }
    store::insert(tx, &written).await?;
    let arrivals: Vec<_> = people
        .iter()
        .map(|(person, center_id)| arrival(person.filer, person.case_id, *center_id, person.filing))
        .collect();
    let at: Vec<_> = arrivals.iter().zip(&people).map(|(arrival, (person, _))| (arrival, person.filer.at)).collect();
    inbox::arrived_together(tx, &at).await?;
    // After all that the period follows from.
    observation_period::keep_begun(tx, &begun).await?;
    let entries = people.iter().map(|(person, _)| report_entry(person.filer, person.case_id, person.filing));
    audit::Entry::write_all(entries.collect(), tx).await?;
    // NTF-01; a centre's own entries are no news to it.
    let newcomers: Vec<Newcomer> = people
        .iter()
        .filter(|(person, center_id)| person.filer.staff.organization_id != *center_id)
        .map(|(person, center_id)| Newcomer {
            organization_id: *center_id,
            case_id: person.case_id,
            news: News::Notified,
            sends_mail: person.filing.sends_mail,
            at: person.filer.at,
        })
        .collect();
    news::tell_of_new(tx, &newcomers, app.config.base_url.as_str()).await?;
    let mut reported = Vec::with_capacity(people.len());
    for (((person, _), case), created) in people.iter().zip(&cases).zip(created) {
        let content = &person.filing.content;
        let invited = invite_person(tx, app, person.filer, person.case_id, content, &case.identity).await?;
        reported.push(Reported {
            case_id: person.case_id,
            hersys_id: created.hersys_id,
            notification_id: person.filing.notification_id,
            invited,
        });
    }
    Ok(reported)
}

/// Enters the person with the period that follows from the notification (OBS-09), with what is to be kept of it.
fn begin(app: &App, person: &NewPerson<'_>, case: &mut NewCase) -> Option<Begun> {
    let facts = (&case.episode, &person.filing.content);
    let begun = Begun::of(&app.texts.recovery, case.case_id, case.kind, facts, case.at)?;
    (case.observed_from, case.observed_until) = (begun.period.from, begun.period.until);
    Some(begun)
}

/// The record out of the notification (IDR-05, C-02: 担当保健所 is the receiving centre at first).
fn new_case(filer: Filer<'_>, case_id: Uuid, center_id: Uuid, content: &Content) -> NewCase {
    let begun = Identity { received_on: Some(filer.at.day()), ..Identity::default() };
    let (identity, episode) = shared_items::reflect(content, &begun, &Default::default());
    NewCase {
        case_id,
        kind: CaseKind::Patient,
        identity,
        episode,
        responsible_center_id: center_id,
        receiving_center_id: Some(center_id),
        index_case_id: None,
        observed_from: None,
        observed_until: None,
        account_id: filer.staff.account_id,
        organization_id: filer.staff.organization_id,
        at: filer.at,
    }
}
