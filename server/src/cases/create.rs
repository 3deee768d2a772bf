//! The one way in which a case comes into being (IDR-05): with its HER-SYS ID, its ID管理
//! document, the relations of its organisations, and the rows of their lists.

use std::collections::{HashMap, HashSet};

use hersys_shared::HersysId;
use hersys_shared::episode::Episode;
use hersys_shared::identity::Identity;
use hersys_shared::symptoms::CaseKind;
use time::Date;
use uuid::Uuid;

use crate::cases::index::{IndexRow, Listing, Parties, index, listings, relations_of};
use crate::clock::Timestamp;
use crate::db::{Query, Tx, Value, insert_rows, places, sql};
use crate::error::{Error, Result};

/// The ID管理 document's name in table `document`.
pub const IDENTITY_TAB: &str = "identity";

/// The episode document's name in table `document`.
pub const EPISODE_TAB: &str = "episode";

/// The origin of what is entered in this system (C-04).
pub const ENTERED_HERE: &str = "hersys";

/// 終了予定日 of whoever has none, in the index.
pub const NO_END: Date = time::macros::date!(9999 - 12 - 31);

/// Rows of one `insert`: many enough to be quick, few enough for SQLite's 32,766 places.
const ROWS_AT_ONCE: usize = 250;

/// A person's episode to be entered.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// Made before the form was shown, so that sending the form twice makes one case.
    pub case_id: Uuid,
    pub kind: CaseKind,
    pub identity: Identity,
    /// What is known of the episode; empty where the record begins without a notification (IDR-05).
    pub episode: Episode,
    pub responsible_center_id: Uuid,
    pub receiving_center_id: Option<Uuid>,
    /// 契機となった感染者 of a contact (IDR-06).
    pub index_case_id: Option<Uuid>,
    /// 健康観察開始日; the day of entry where it is not given.
    pub observed_from: Option<Date>,
    /// 健康観察終了予定日
    pub observed_until: Option<Date>,
    /// The account that enters it, and the organisation for which it does.
    pub account_id: Uuid,
    pub organization_id: Uuid,
    pub at: Timestamp,
}

impl NewCase {
    fn parties(&self) -> Parties {
        Parties {
            receiving_center_id: self.receiving_center_id,
            ..Parties::of(self.responsible_center_id, self.organization_id)
        }
    }
}

/// A case that was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedCase {
    pub case_id: Uuid,
    pub hersys_id: HersysId,
}

/// Enters one case. A `case_id` that is already there is a unique violation.
pub async fn create_case(tx: &mut Tx, case: NewCase) -> Result<CreatedCase> {
    let created = create_cases(tx, std::slice::from_ref(&case)).await?;
    created.into_iter().next().ok_or_else(|| Error::Internal("no case was created".into()))
}

/// Enters many cases with few statements, in the order given.
pub async fn create_cases(tx: &mut Tx, cases: &[NewCase]) -> Result<Vec<CreatedCase>> {
    let hersys_ids = draw_hersys_ids(tx, cases).await?;
    let centers: Vec<Uuid> = cases.iter().flat_map(|case| case.parties().centers()).collect();
    let governors = governors(tx, &centers).await?;
    let mut rows = Rows::default();
    for (case, hersys_id) in cases.iter().zip(&hersys_ids) {
        rows.add(case, hersys_id, &governors)?;
    }
    rows.insert(tx).await?;
    Ok(cases.iter().zip(hersys_ids).map(|(case, hersys_id)| CreatedCase { case_id: case.case_id, hersys_id }).collect())
}

/// The rows of the organisations that list a case: index and telephone numbers.
#[derive(Default)]
pub(crate) struct IndexRows {
    index: Vec<Vec<Value>>,
    phones: Vec<Vec<Value>>,
    names: Vec<Vec<Value>>,
}

/// What the index shows beside the documents.
pub(crate) struct IndexedCase<'a> {
    pub case_id: Uuid,
    pub kind: CaseKind,
    pub hersys_id: &'a str,
    pub responsible_center_id: Uuid,
    pub observed_until: Option<Date>,
    /// `hersys`, `nesid` (C-04)
    pub origin: &'a str,
    pub created_at: Timestamp,
}

/// What the index holds of a person beyond what is needed to act for them.
#[derive(Default)]
struct Facts<'a> {
    diagnosis_type: &'a str,
    reported_on: Option<Date>,
    diagnosed_on: Option<Date>,
    onset_on: Option<Date>,
    confirmed_on: Option<Date>,
    status: &'a str,
    residence: &'a str,
    route_certainty: &'a str,
    local_id_key: &'a str,
}

impl<'a> Facts<'a> {
    fn of(row: &'a IndexRow) -> Self {
        Self {
            diagnosis_type: row.diagnosis_type,
            reported_on: row.reported_on,
            diagnosed_on: row.diagnosed_on,
            onset_on: row.onset_on,
            confirmed_on: row.confirmed_on,
            status: row.status.code(),
            residence: row.residence,
            route_certainty: &row.route_certainty,
            local_id_key: &row.local_id_key,
        }
    }
}

impl IndexRows {
    /// The rows of one case for the organisations that list it, each of which stands there once.
    pub fn add(&mut self, case: &IndexedCase<'_>, identity: &Identity, episode: &Episode, listings: &[Listing]) {
        let row = index(case.kind, identity, episode);
        for listing in listings {
            // C-19: what follow-up may not read is not in its list, so no search or order tells it. What is past
            // is told by the day of registration then.
            let facts = if listing.is_linked { Facts::default() } else { Facts::of(&row) };
            let listed_on = facts.reported_on.unwrap_or(case.created_at.day());
            self.index.push(vec![
                listing.organization_id.into(),
                case.case_id.into(),
                case.kind.code().into(),
                case.hersys_id.into(),
                row.name.as_str().into(),
                row.name_key.as_str().into(),
                row.kana.as_str().into(),
                row.kana_key.as_str().into(),
                row.birth_on.into(),
                row.sex.into(),
                case.responsible_center_id.into(),
                case.created_at.into(),
                listing.is_shared.into(),
                listing.is_offered.into(),
                listing.is_linked.into(),
                facts.diagnosis_type.into(),
                facts.reported_on.into(),
                facts.diagnosed_on.into(),
                facts.onset_on.into(),
                facts.confirmed_on.into(),
                facts.status.into(),
                case.observed_until.filter(|_| !listing.is_linked).unwrap_or(NO_END).into(),
                facts.residence.into(),
                facts.route_certainty.into(),
                facts.local_id_key.into(),
                case.origin.into(),
                listed_on.into(),
            ]);
            self.names.extend(
                row.name_pairs
                    .iter()
                    .map(|pair| vec![listing.organization_id.into(), pair.as_str().into(), case.case_id.into()]),
            );
            self.phones.extend(
                row.phones
                    .iter()
                    .map(|phone| vec![listing.organization_id.into(), phone.as_str().into(), case.case_id.into()]),
            );
        }
    }

    pub async fn insert(self, tx: &mut Tx) -> Result<()> {
        insert_rows(
            tx,
            "insert into case_index (organization_id, case_id, kind, hersys_id, name, name_key, kana, kana_key,
                                     birth_on, sex, responsible_center_id, created_at, is_shared, is_offered,
                                     is_linked, diagnosis_type, reported_on, diagnosed_on, onset_on, confirmed_on,
                                     status, ends_on, residence, route_certainty, local_id_key, origin,
                                     listed_on) values ",
            self.index,
        )
        .await?;
        insert_rows(tx, "insert into case_name_index (organization_id, pair, case_id) values ", self.names).await?;
        Ok(insert_rows(tx, "insert into case_phone_index (organization_id, phone, case_id) values ", self.phones)
            .await?)
    }
}

/// All rows of new cases, by table.
#[derive(Default)]
struct Rows {
    cases: Vec<Vec<Value>>,
    relations: Vec<Vec<Value>>,
    documents: Vec<Vec<Value>>,
    history: Vec<Vec<Value>>,
    index: IndexRows,
}

impl Rows {
    fn add(&mut self, case: &NewCase, hersys_id: &HersysId, governors: &HashMap<Uuid, Uuid>) -> Result<()> {
        let relations = relations_of(&case.parties(), governors);
        let body = identity_body(&case.identity)?;
        self.cases.push(vec![
            case.case_id.into(),
            case.kind.code().into(),
            hersys_id.as_str().into(),
            case.responsible_center_id.into(),
            case.receiving_center_id.into(),
            case.organization_id.into(),
            case.index_case_id.into(),
            case.observed_from.unwrap_or(case.at.day()).into(),
            case.observed_until.into(),
            case.at.into(),
            case.account_id.into(),
        ]);
        self.relations.extend(relations.iter().map(|(organization_id, relation)| {
            vec![case.case_id.into(), (*organization_id).into(), relation.code().into(), case.at.into()]
        }));
        let version: [Value; 6] = [
            case.case_id.into(),
            IDENTITY_TAB.into(),
            1_i64.into(),
            body.into(),
            case.at.into(),
            case.account_id.into(),
        ];
        self.documents.push(version.to_vec());
        self.history.push(version.into_iter().chain([case.organization_id.into()]).collect());
        if !case.episode.0.is_empty() {
            let version: [Value; 6] = [
                case.case_id.into(),
                EPISODE_TAB.into(),
                1_i64.into(),
                episode_body(&case.episode)?.into(),
                case.at.into(),
                case.account_id.into(),
            ];
            self.documents.push(version.to_vec());
            self.history.push(version.into_iter().chain([case.organization_id.into()]).collect());
        }
        let indexed = IndexedCase {
            case_id: case.case_id,
            kind: case.kind,
            hersys_id: hersys_id.as_str(),
            responsible_center_id: case.responsible_center_id,
            observed_until: case.observed_until,
            origin: ENTERED_HERE,
            created_at: case.at,
        };
        self.index.add(&indexed, &case.identity, &case.episode, &listings(&relations));
        Ok(())
    }

    async fn insert(self, tx: &mut Tx) -> Result<()> {
        insert_rows(
            tx,
            "insert into cases (case_id, kind, hersys_id, responsible_center_id, receiving_center_id,
                                entered_by_organization_id, index_case_id, observed_from, observed_until,
                                created_at, created_by) values ",
            self.cases,
        )
        .await?;
        insert_rows(
            tx,
            "insert into case_relation (case_id, organization_id, relation, created_at) values ",
            self.relations,
        )
        .await?;
        insert_rows(
            tx,
            "insert into document (case_id, tab, version, body, updated_at, updated_by) values ",
            self.documents,
        )
        .await?;
        insert_rows(
            tx,
            "insert into document_history (case_id, tab, version, body, updated_at, updated_by, organization_id) values ",
            self.history,
        )
        .await?;
        self.index.insert(tx).await
    }
}

/// The ID管理 document as its tables keep it.
pub(crate) fn identity_body(identity: &Identity) -> Result<serde_json::Value> {
    serde_json::to_value(identity).map_err(|error| Error::Internal(format!("ID管理 cannot be written: {error}")))
}

/// The episode document as its tables keep it.
pub(crate) fn episode_body(episode: &Episode) -> Result<serde_json::Value> {
    serde_json::to_value(episode).map_err(|error| Error::Internal(format!("an episode cannot be written: {error}")))
}

fn multi_row(insert: &str, rows: &[Vec<Value>], end: &str) -> Query {
    let columns = rows.first().map_or(0, Vec::len);
    sql(&format!("{insert}{}{end}", places(1, rows.len(), columns))).bind_all(rows.iter().flatten().cloned())
}

/// Gives each case a random HERSYS ID that nobody has: one that is taken, in this transaction or
/// in another that is under way, is drawn again.
async fn draw_hersys_ids(tx: &mut Tx, cases: &[NewCase]) -> Result<Vec<HersysId>> {
    let mut drawn: Vec<HersysId> = Vec::with_capacity(cases.len());
    for chunk in cases.chunks(ROWS_AT_ONCE) {
        let mut ids = draw(chunk.len());
        let mut waiting: Vec<usize> = (0..chunk.len()).collect();
        while !waiting.is_empty() {
            let rows: Vec<Vec<Value>> =
                waiting.iter().map(|&at| vec![ids[at].as_str().into(), chunk[at].case_id.into()]).collect();
            let inserted = multi_row(
                "insert into case_by_hersys_id (hersys_id, case_id) values ",
                &rows,
                " on conflict (hersys_id) do nothing",
            )
            .run(&mut *tx)
            .await?;
            if usize::try_from(inserted) == Ok(waiting.len()) {
                break;
            }
            let mine = own_ids(tx, &waiting.iter().map(|&at| ids[at].as_str()).collect::<Vec<_>>()).await?;
            waiting.retain(|&at| mine.get(ids[at].as_str()) != Some(&chunk[at].case_id));
            for &at in &waiting {
                ids[at] = random_id();
            }
        }
        drawn.append(&mut ids);
    }
    Ok(drawn)
}

/// The cases that have the given HERSYS IDs.
async fn own_ids(tx: &mut Tx, ids: &[&str]) -> Result<HashMap<String, Uuid>> {
    let rows: Vec<(String, Uuid)> = sql(&format!(
        "select hersys_id, case_id from case_by_hersys_id where hersys_id in {}",
        places(1, 1, ids.len())
    ))
    .bind_all(ids.iter().map(|id| Value::from(*id)))
    .all(tx)
    .await?;
    Ok(rows.into_iter().collect())
}

fn draw(count: usize) -> Vec<HersysId> {
    let mut seen = HashSet::with_capacity(count);
    let mut ids = Vec::with_capacity(count);
    while ids.len() < count {
        let id = random_id();
        if seen.insert(id.clone()) {
            ids.push(id);
        }
    }
    ids
}

fn random_id() -> HersysId {
    HersysId::from_number(rand::random_range(0..HersysId::COUNT))
}

/// Which office governs each of `centers`, and which governs that office.
pub(crate) async fn governors(tx: &mut Tx, centers: &[Uuid]) -> Result<HashMap<Uuid, Uuid>> {
    let mut asked: HashSet<Uuid> = HashSet::new();
    let mut governors = HashMap::new();
    let mut next = centers.to_vec();
    loop {
        next.retain(|organization_id| asked.insert(*organization_id));
        if next.is_empty() {
            return Ok(governors);
        }
        let mut above = Vec::new();
        for chunk in next.chunks(ROWS_AT_ONCE) {
            let rows: Vec<(Uuid, Uuid)> = sql(&format!(
                "select organization_id, governing_id from organization
                 where governing_id is not null and organization_id in {}",
                places(1, 1, chunk.len())
            ))
            .bind_all(chunk.iter().map(|id| Value::from(*id)))
            .all(&mut *tx)
            .await?;
            above.extend(rows.iter().map(|(_, governing_id)| *governing_id));
            governors.extend(rows);
        }
        next = above;
    }
}
