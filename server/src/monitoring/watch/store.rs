//! SQL of the judge: few statements for some people at a time.

use std::collections::{HashMap, HashSet};

use hersys_shared::episode::Episode;
use hersys_shared::identity::Identity;
use hersys_shared::symptoms::CaseKind;
use hersys_shared::triage::Observed;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use time::{Date, Duration};
use uuid::Uuid;

use crate::access::Relation;
use crate::cases::create::{EPISODE_TAB, IDENTITY_TAB};
use crate::clock::Timestamp;
use crate::db::{Db, Handle, Row, Tx, Value, among, list, places, sql};
use crate::error::{Error, Result};
use crate::monitoring::observation_period::decide::Kept;
use crate::monitoring::observation_period::store as periods;

/// 健康観察終了予定日 of whoever has none.
pub const NO_END: Date = time::macros::date!(9999 - 12 - 31);
/// Lines that are looked through for each person.
const LINES_EACH: usize = 6;

/// The day of the newest report of whoever has none.
pub const NEVER: Date = time::macros::date!(0001 - 01 - 01);

/// Reports older than this say nothing about today.
pub const LOOKED_BACK: Duration = Duration::days(15);
/// Messages older than this say nothing about the address.
const MESSAGES_BACK: Duration = Duration::days(3);

/// The oldest changes that wait, of at most so many people: their number and the person. One deed of somebody leaves
/// several lines, one behind the other.
pub async fn waiting(db: &Db, most_people: usize) -> Result<Vec<(i64, Uuid)>> {
    let most = i64::try_from(most_people * LINES_EACH).unwrap_or(i64::MAX);
    let mut lines: Vec<(i64, Uuid)> =
        sql("select seq, case_id from watch_pending order by seq limit $1").bind(most).all(db).await?;
    let mut people = HashSet::with_capacity(most_people);
    let taken = lines.iter().take_while(|(_, case_id)| {
        people.insert(*case_id);
        people.len() <= most_people
    });
    let taken = taken.count();
    lines.truncate(taken);
    Ok(lines)
}

/// Takes the lines away of people whose observation has ended.
pub async fn forget_the_past(db: &Db, today: Date) -> Result<()> {
    sql("delete from watch_pending where case_id in (select case_id from cases where observed_until < $1)")
        .bind(today)
        .run(db)
        .await?;
    Ok(())
}

/// How often the judge was held.
pub async fn generation(on: impl Into<Handle<'_>>) -> Result<i64> {
    let generation: Option<i64> = sql("select generation from watch_judge where judge = 1").optional_scalar(on).await?;
    Ok(generation.unwrap_or(0))
}

/// Holds the judge until the transaction ends.
pub async fn hold(tx: &mut Tx, now: Timestamp) -> Result<()> {
    sql("update watch_judge set judged_at = $1, generation = generation + 1 where judge = 1").bind(now).run(tx).await?;
    Ok(())
}

/// [`hold`] where nobody has held the judge since its `generation`; `false` otherwise.
pub async fn hold_after(tx: &mut Tx, generation: i64, now: Timestamp) -> Result<bool> {
    let held = sql("update watch_judge set judged_at = $1, generation = generation + 1
         where judge = 1 and generation = $2")
    .bind(now)
    .bind(generation)
    .run(tx)
    .await?;
    Ok(held == 1)
}

/// Takes away the lines that were read before their people were looked at, and no others: what came meanwhile is
/// judged again, whatever its number.
pub async fn done(tx: &mut Tx, lines: &[i64]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    // A few sizes only, so that each statement is prepared once.
    let places = lines.len().next_power_of_two();
    let values = lines.iter().chain(lines.last().into_iter().cycle()).take(places);
    sql(&format!("delete from watch_pending where seq in ({})", list(1, places)))
        .bind_all(values.map(|line| Value::from(*line)))
        .run(tx)
        .await?;
    Ok(())
}

/// What a person's rows follow from.
pub struct Facts {
    pub case_id: Uuid,
    pub kind: CaseKind,
    pub hersys_id: String,
    pub responsible_center_id: Uuid,
    pub observed_from: Option<Date>,
    pub observed_until: Option<Date>,
    pub identity: Identity,
    pub episode: Episode,
    pub relations: Vec<(Uuid, Relation)>,
    /// Without those that were corrected.
    pub reports: Vec<Observed>,
    /// Whether an account of My HER-SYS reports for the person.
    pub is_registered: bool,
    /// By organisation: up to which report it has looked.
    pub seen: HashMap<Uuid, Timestamp>,
    /// By organisation.
    pub assignees: HashMap<Uuid, Uuid>,
    /// The flags that stand, the oldest first: whose, and the reason.
    pub flags: Vec<(Uuid, String)>,
    /// Attempts to reach the person, the oldest first: whose, when, what came of it.
    pub attempts: Vec<(Uuid, Timestamp, String)>,
    pub is_stopped: bool,
    pub language: String,
    /// Whether the last message of these days did not arrive.
    pub is_undeliverable: bool,
    /// What is kept of the period beside its days; none where it was never computed.
    pub kept: Option<Kept>,
    /// The oldest wish that the centre has not settled, or empty.
    pub wish: String,
}

#[derive(sqlx::FromRow)]
struct CaseRow {
    case_id: Uuid,
    kind: String,
    hersys_id: String,
    responsible_center_id: Uuid,
    observed_from: Option<Date>,
    observed_until: Option<Date>,
}

#[derive(sqlx::FromRow)]
struct ReportRow {
    case_id: Uuid,
    report_id: Uuid,
    observed_on: Date,
    received_at: Timestamp,
    told_at: Option<Timestamp>,
    temperature: Option<i64>,
    spo2: Option<i64>,
    symptoms: Json,
    emergency_signs: Json,
}

/// What is known of some people.
pub async fn facts(on: &mut Handle<'_>, cases: &[Uuid], today: Date) -> Result<Vec<Facts>> {
    let people: Vec<CaseRow> = of(
        on,
        "select case_id, kind, hersys_id, responsible_center_id, observed_from, observed_until
         from cases where case_id in (#)",
        cases,
    )
    .await?;
    let mut documents: HashMap<(Uuid, String), Json> =
        of::<(Uuid, String, Json)>(on, "select case_id, tab, body from document where case_id in (#)", cases)
            .await?
            .into_iter()
            .map(|(case_id, tab, body)| ((case_id, tab), body))
            .collect();
    let mut relations = by_case(
        of::<(Uuid, Uuid, String)>(
            on,
            "select case_id, organization_id, relation from case_relation where case_id in (#)",
            cases,
        )
        .await?,
        |(case_id, organization_id, relation)| Some((case_id, (organization_id, Relation::from_code(&relation)?))),
    );
    let mut reports = reports_since(on.again(), today.checked_sub(LOOKED_BACK).unwrap_or(NEVER), cases).await?;
    let mut registered = by_case(
        of::<(Uuid, Uuid)>(on, "select case_id, account_id from patient_person where case_id in (#)", cases).await?,
        Some,
    );
    let mut seen = by_case(
        of::<(Uuid, Uuid, Timestamp)>(
            on,
            "select case_id, organization_id, seen_until from watch_seen where case_id in (#)",
            cases,
        )
        .await?,
        |(case_id, organization_id, until)| Some((case_id, (organization_id, until))),
    );
    let mut assignees = by_case(
        of::<(Uuid, Uuid, Uuid)>(
            on,
            "select case_id, organization_id, account_id from watch_assignment where case_id in (#)",
            cases,
        )
        .await?,
        |(case_id, organization_id, account_id)| Some((case_id, (organization_id, account_id))),
    );
    let mut flags = by_case(
        of::<(Uuid, Uuid, String)>(
            on,
            "select case_id, organization_id, reason from watch_flag where case_id in (#) and lifted_at is null
             order by set_at, flag_id",
            cases,
        )
        .await?,
        |(case_id, organization_id, reason)| Some((case_id, (organization_id, reason))),
    );
    let mut attempts = by_case(
        of::<(Uuid, Uuid, Timestamp, String)>(
            on,
            "select case_id, organization_id, attempted_at, outcome from contact_attempt where case_id in (#)
             order by attempted_at, attempt_id",
            cases,
        )
        .await?,
        |(case_id, organization_id, at, outcome)| Some((case_id, (organization_id, at, outcome))),
    );
    let mut preferences = by_case(
        of::<(Uuid, String, Option<Timestamp>)>(
            on,
            "select case_id, language, stopped_at from contact_preference where case_id in (#)",
            cases,
        )
        .await?,
        |(case_id, language, stopped_at)| Some((case_id, (language, stopped_at.is_some()))),
    );
    let since = Timestamp::start_of(today) - MESSAGES_BACK;
    // A device that takes no notifications says nothing of a number or an address.
    let mut messages: Vec<(Uuid, Timestamp, String, Option<String>)> = of_with(
        on,
        "select case_id, created_at, status, delivery from message
         where case_id in (#) and created_at >= $1 and status not in ('waiting', 'cancelled') and channel <> 'push'
         order by created_at, message_id",
        since,
        cases,
    )
    .await?;
    let mut kept: HashMap<Uuid, Kept> = periods::kept_of(on.again(), cases).await?.into_iter().collect();
    // Of messages that speak of a whole account or number.
    let of_several: Vec<(Uuid, Timestamp, String, Option<String>)> = of_with(
        on,
        "select l.case_id, m.created_at, m.status, m.delivery
         from reminder_message l cross join message m
         where l.case_id in (#) and m.message_id = l.message_id and m.case_id is null and m.created_at >= $1
           and m.status not in ('waiting', 'cancelled') and m.channel <> 'push' order by m.created_at, m.message_id",
        since,
        cases,
    )
    .await?;
    messages.extend(of_several);
    messages.sort_by_key(|(_, created_at, ..)| *created_at);
    // The last one of each counts.
    let mut undelivered: HashMap<Uuid, bool> = messages
        .into_iter()
        .map(|(case_id, _, status, delivery)| {
            let failed = status == "failed" || matches!(delivery.as_deref(), Some("undelivered" | "failed"));
            (case_id, failed)
        })
        .collect();
    let mut wishes = by_case(
        of::<(Uuid, String)>(
            on,
            "select case_id, wish from patient_request where case_id in (#) and settled_at is null
             order by asked_at desc, request_id",
            cases,
        )
        .await?,
        Some,
    );
    people
        .into_iter()
        .map(|row| {
            let id = row.case_id;
            let kind = CaseKind::from_code(&row.kind);
            let preference = preferences.remove(&id).and_then(|mut one| one.pop());
            Ok(Facts {
                case_id: id,
                kind: kind.ok_or_else(|| Error::Internal(format!("case {id}: unreadable kind")))?,
                hersys_id: row.hersys_id,
                responsible_center_id: row.responsible_center_id,
                observed_from: row.observed_from,
                observed_until: row.observed_until,
                identity: document(&mut documents, id, IDENTITY_TAB)?,
                episode: document(&mut documents, id, EPISODE_TAB)?,
                relations: relations.remove(&id).unwrap_or_default(),
                reports: reports.remove(&id).unwrap_or_default(),
                is_registered: registered.remove(&id).is_some(),
                seen: seen.remove(&id).unwrap_or_default().into_iter().collect(),
                assignees: assignees.remove(&id).unwrap_or_default().into_iter().collect(),
                flags: flags.remove(&id).unwrap_or_default(),
                attempts: attempts.remove(&id).unwrap_or_default(),
                is_stopped: preference.as_ref().is_some_and(|(_, is_stopped)| *is_stopped),
                language: preference.map(|(language, _)| language).unwrap_or_default(),
                is_undeliverable: undelivered.remove(&id).unwrap_or(false),
                kept: kept.remove(&id),
                wish: wishes.remove(&id).and_then(|mut all| all.pop()).unwrap_or_default(),
            })
        })
        .collect()
}

/// 注意: one more mark beside those that stand, which its words keep; none where it stands already.
pub async fn add_flag(tx: &mut Tx, case_id: Uuid, by: (Uuid, Uuid), reason: &str, now: Timestamp) -> Result<()> {
    // A board shows the last one of its own organisation.
    let standing: Option<String> = sql("select reason from watch_flag
         where case_id = $1 and organization_id = $2 and lifted_at is null order by set_at desc, flag_id desc limit 1")
    .bind(case_id)
    .bind(by.0)
    .optional_scalar(&mut *tx)
    .await?;
    let reason = match standing {
        Some(standing) if standing.contains(reason) => return Ok(()),
        Some(standing) => format!("{standing}、{reason}"),
        None => reason.to_owned(),
    };
    sql("insert into watch_flag (case_id, flag_id, organization_id, reason, set_at, set_by) values ($1, $2, $3, $4, $5, $6)")
        .bind(case_id)
        .bind(Uuid::now_v7())
        .bind(by.0)
        .bind(reason)
        .bind(now)
        .bind(by.1)
        .run(tx)
        .await?;
    Ok(())
}

/// The reports of some people that tell of a day or a later one, without those that were corrected.
pub async fn reports_since(
    on: impl Into<Handle<'_>>,
    since: Date,
    cases: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Observed>>> {
    let (people, values) = among(2, cases);
    let rows: Vec<ReportRow> = sql(&format!(
        "select o.case_id, o.report_id, o.observed_on, o.received_at, o.told_at, o.temperature, o.spo2, o.symptoms,
                o.emergency_signs
         from observation o
         where o.observed_on >= $1 and o.case_id in ({people})
           and not exists (select 1 from observation_correction c
                           where c.case_id = o.case_id and c.report_id = o.report_id)"
    ))
    .bind(since)
    .bind_all(values)
    .all(on)
    .await?;
    let mut reports: HashMap<Uuid, Vec<Observed>> = HashMap::new();
    for row in rows {
        let unreadable = || Error::Internal(format!("observation {}: unreadable answers", row.report_id));
        reports.entry(row.case_id).or_default().push(Observed {
            report_id: row.report_id,
            observed_on: row.observed_on,
            moment: row.told_at.unwrap_or(row.received_at).0,
            at: row.received_at.0,
            temperature: row.temperature,
            spo2: row.spo2,
            symptoms: serde_json::from_value(row.symptoms).map_err(|_| unreadable())?,
            emergency_signs: serde_json::from_value(row.emergency_signs).map_err(|_| unreadable())?,
        });
    }
    Ok(reports)
}

/// The rows that a statement finds for some people, whose places stand for `#`.
async fn of<R: Row>(on: &mut Handle<'_>, text: &str, cases: &[Uuid]) -> Result<Vec<R>> {
    let (places, values) = among(1, cases);
    Ok(sql(&text.replace('#', &places)).bind_all(values).all(on.again()).await?)
}

/// [`of`] with a value before them.
async fn of_with<R: Row>(on: &mut Handle<'_>, text: &str, value: impl Into<Value>, cases: &[Uuid]) -> Result<Vec<R>> {
    let (places, values) = among(2, cases);
    Ok(sql(&text.replace('#', &places)).bind(value).bind_all(values).all(on.again()).await?)
}

fn by_case<R, V>(rows: Vec<R>, keyed: impl Fn(R) -> Option<(Uuid, V)>) -> HashMap<Uuid, Vec<V>> {
    let mut all: HashMap<Uuid, Vec<V>> = HashMap::new();
    for (case_id, value) in rows.into_iter().filter_map(keyed) {
        all.entry(case_id).or_default().push(value);
    }
    all
}

fn document<T: DeserializeOwned + Default>(
    documents: &mut HashMap<(Uuid, String), Json>,
    case_id: Uuid,
    tab: &str,
) -> Result<T> {
    match documents.remove(&(case_id, tab.to_owned())) {
        // Not the error's text, which may quote the document.
        Some(body) => {
            serde_json::from_value(body).map_err(|_| Error::Internal(format!("case {case_id}: unreadable {tab}")))
        }
        None => Ok(T::default()),
    }
}

/// A row of `board_person`.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardPerson {
    pub organization_id: Uuid,
    pub case_id: Uuid,
    pub kind: CaseKind,
    pub hersys_id: String,
    pub name: String,
    pub kana_key: String,
    pub birth_on: Option<Date>,
    pub sex: Option<&'static str>,
    pub responsible_center_id: Uuid,
    pub is_shared: bool,
    pub observed_from: Date,
    pub observed_until: Date,
    pub onset_on: Option<Date>,
    pub alert: i64,
    pub hits: Json,
    pub rules_id: Option<Uuid>,
    pub rules_version: i64,
    pub report_by: i64,
    pub reported_on: Date,
    pub reported_at: i64,
    pub temperature: Option<i64>,
    pub spo2: Option<i64>,
    pub course: Json,
    pub reach: &'static str,
    pub has_way: bool,
    pub seen_until: i64,
    pub assignee_id: Option<Uuid>,
    pub flag: String,
    pub attempted_at: i64,
    pub attempt: String,
    pub ward: String,
    pub language: String,
    pub is_at_risk: bool,
    pub linked_id: Option<Uuid>,
    pub judged_at: Timestamp,
    pub shown_until: Date,
    pub review_from: Date,
    pub review: String,
    pub wish: String,
}

const COLUMNS: usize = 39;

/// Puts `rows` in the place of all rows of some people.
pub async fn replace(tx: &mut Tx, cases: &[Uuid], rows: &[BoardPerson]) -> Result<()> {
    let former: Vec<(Uuid,)> =
        of(&mut (&mut *tx).into(), "delete from board_person where case_id in (#) returning organization_id", cases)
            .await?;
    let mut boards: Vec<Uuid> =
        former.into_iter().map(|(id,)| id).chain(rows.iter().map(|row| row.organization_id)).collect();
    boards.sort_unstable();
    boards.dedup();
    for organization_id in boards {
        sql("insert into board_change (organization_id, changes) values ($1, 1)
             on conflict (organization_id) do update set changes = board_change.changes + 1")
        .bind(organization_id)
        .run(&mut *tx)
        .await?;
    }
    // A few sizes only, so that each statement is prepared once.
    let mut rest = rows;
    while !rest.is_empty() {
        let size = if rest.len() >= 16 { 16 } else { 1 };
        let (chunk, others) = rest.split_at(size);
        sql(&format!(
            "insert into board_person (organization_id, case_id, kind, hersys_id, name, kana_key, birth_on, sex,
                                       responsible_center_id, is_shared, observed_from, observed_until, onset_on,
                                       alert, hits, rules_id, rules_version, report_by, reported_on, reported_at, temperature,
                                       spo2, course, reach, has_way, seen_until, assignee_id, flag, attempted_at,
                                       attempt, ward, language, is_at_risk, linked_id, judged_at, shown_until, review_from,
                                       review, wish)
             values {}",
            places(1, size, COLUMNS)
        ))
        .bind_all(chunk.iter().flat_map(values))
        .run(&mut *tx)
        .await?;
        rest = others;
    }
    Ok(())
}

fn values(row: &BoardPerson) -> [Value; COLUMNS] {
    [
        row.organization_id.into(),
        row.case_id.into(),
        row.kind.code().into(),
        row.hersys_id.as_str().into(),
        row.name.as_str().into(),
        row.kana_key.as_str().into(),
        row.birth_on.into(),
        row.sex.into(),
        row.responsible_center_id.into(),
        row.is_shared.into(),
        row.observed_from.into(),
        row.observed_until.into(),
        row.onset_on.into(),
        row.alert.into(),
        Value::written(&row.hits),
        row.rules_id.into(),
        row.rules_version.into(),
        row.report_by.into(),
        row.reported_on.into(),
        row.reported_at.into(),
        row.temperature.into(),
        row.spo2.into(),
        Value::written(&row.course),
        row.reach.into(),
        row.has_way.into(),
        row.seen_until.into(),
        row.assignee_id.into(),
        row.flag.as_str().into(),
        row.attempted_at.into(),
        row.attempt.as_str().into(),
        row.ward.as_str().into(),
        row.language.as_str().into(),
        row.is_at_risk.into(),
        row.linked_id.into(),
        row.judged_at.into(),
        row.shown_until.into(),
        row.review_from.into(),
        row.review.as_str().into(),
        row.wish.as_str().into(),
    ]
}
