//! What the filing of notifications writes into 届出受付. Called within the transaction that files.

use hersys_shared::kana;
use hersys_shared::notification::items::find;
use hersys_shared::notification::{Content, WarningKind, check};
use time::Date;
use uuid::Uuid;

use crate::access::Staff;
use crate::access::events::News;
use crate::cases::news;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::Result;
use crate::notification::inbox::State;
use crate::notification::inbox::store::{self, Confirmation, Entry, Resembled};

/// A version of a notification that was just written.
pub struct Arrival<'a> {
    pub case_id: Uuid,
    pub notification_id: Uuid,
    pub version: i64,
    pub content: &'a Content,
    /// 届出先保健所
    pub center_id: Uuid,
    /// Whoever filed it first.
    pub institution_id: Uuid,
    /// `fax`, `phone`, `paper` where the centre entered it.
    pub proxy_for: Option<&'a str>,
    /// Who wrote this version.
    pub by: &'a Staff,
}

impl Arrival<'_> {
    fn is_by_center_itself(&self) -> bool {
        self.by.organization_id == self.center_id
    }

    /// What somebody must have in common with the person to be suspected of being the same.
    fn resembled(&self) -> Resembled<'_> {
        let values = &self.content.values;
        Resembled {
            center_id: self.center_id,
            case_id: self.case_id,
            kana_key: kana::search_key(values.get("kana")),
            birth_on: values.date("birth_on"),
            phone: values.get("phone"),
        }
    }

    /// Its row, in a state that began at `now`.
    fn entry(&self, lookalike_id: Option<Uuid>, state: State, now: Timestamp) -> Entry {
        let values = &self.content.values;
        let named = values.get("institution_name");
        Entry {
            case_id: self.case_id,
            notification_id: self.notification_id,
            center_id: self.center_id,
            institution_id: self.institution_id,
            institution_name: if named.is_empty() { self.by.organization_name.clone() } else { named.to_owned() },
            proxy_for: self.proxy_for.map(str::to_owned),
            state,
            place: state.place(now),
            version: self.version,
            arrived_at: now,
            changed_at: now,
            diagnosis_type: values.get("diagnosis_type").to_owned(),
            age: self.content.age_at_diagnosis().map(|age| i64::from(age.years)),
            is_clinical: self.content.is_clinical_diagnosis(),
            is_admitted: values.is_yes("admitted"),
            severity: values.get("severity").to_owned(),
            missing: missing(self.content, now.day()),
            lookalike_id,
        }
    }

    fn confirmation(&self, state: State, now: Timestamp) -> Option<Confirmation> {
        let confirmed = self.is_by_center_itself() && state == State::Confirmed;
        confirmed.then_some(Confirmation { version: self.version, at: now, by: self.by.account_id })
    }
}

/// A notification was reported.
pub async fn arrived(tx: &mut Tx, arrival: &Arrival<'_>, now: Timestamp) -> Result<()> {
    arrived_together(tx, &[(arrival, now)]).await
}

/// Notifications were reported, each at its moment.
pub async fn arrived_together(tx: &mut Tx, arrivals: &[(&Arrival<'_>, Timestamp)]) -> Result<()> {
    let resembled: Vec<Resembled<'_>> = arrivals.iter().map(|(arrival, _)| arrival.resembled()).collect();
    let lookalikes = store::lookalikes(&mut *tx, &resembled).await?;
    let entries: Vec<(Entry, Option<Confirmation>)> = arrivals
        .iter()
        .map(|(arrival, now)| {
            let state = State::on_arrival(arrival.is_by_center_itself());
            let lookalike_id = lookalikes.get(&arrival.case_id).copied();
            (arrival.entry(lookalike_id, state, *now), arrival.confirmation(state, *now))
        })
        .collect();
    store::insert(tx, &entries).await
}

/// A notification got a new version. In the inbox of another centre than before it is new.
pub async fn changed(tx: &mut Tx, arrival: &Arrival<'_>, now: Timestamp) -> Result<()> {
    // What the centre does at the same moment comes before or after this, not in between.
    store::hold(&mut *tx, arrival.case_id, arrival.notification_id).await?;
    let before = store::standing(&mut *tx, arrival.case_id, arrival.notification_id).await?;
    let former = before.as_ref().map(|before| before.center_id);
    let Some(before) = before.filter(|before| before.center_id == arrival.center_id) else {
        let Some(former) = former else { return arrived(tx, arrival, now).await };
        // It went to another centre: the former one finds it in its list no more.
        news::tell_quietly(tx, former, arrival.case_id, News::NotificationChanged, now).await?;
        let state = State::on_arrival(arrival.is_by_center_itself());
        let lookalikes = store::lookalikes(&mut *tx, &[arrival.resembled()]).await?;
        let entry = arrival.entry(lookalikes.get(&arrival.case_id).copied(), state, now);
        return store::readdress(tx, &entry, arrival.confirmation(state, now)).await;
    };
    let state = before.state.on_change(arrival.is_by_center_itself());
    let lookalikes = store::lookalikes(&mut *tx, &[arrival.resembled()]).await?;
    let mut entry = arrival.entry(lookalikes.get(&arrival.case_id).copied(), state, now);
    if state == before.state {
        // What waits keeps its turn.
        entry.place = before.place;
    }
    if arrival.content.values.get("institution_name").is_empty() {
        entry.institution_name = before.institution_name;
    }
    store::update(tx, &entry, arrival.confirmation(state, now)).await
}

/// A notification was deleted: that it existed stays, what it said goes (FORM-26).
pub async fn removed(tx: &mut Tx, case_id: Uuid, notification_id: Uuid, now: Timestamp) -> Result<()> {
    store::set_deleted(tx, case_id, notification_id, now).await
}

/// Legal items that are empty, as the form asks for them (FORM-17).
fn missing(content: &Content, today: Date) -> i64 {
    let warnings = check(&content.values, content.edition, today).warnings;
    let empty = warnings.iter().filter(|warning| warning.kind == WarningKind::Empty && find(warning.field).is_some());
    i64::try_from(empty.count()).unwrap_or(i64::MAX)
}
