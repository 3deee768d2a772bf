//! SQL of the period.

use serde_json::Value as Json;
use time::Date;
use uuid::Uuid;

use crate::cases::create::EPISODE_TAB;
use crate::clock::Timestamp;
use crate::db::{Db, Handle, Tx, Value, among, insert_rows, places, sql};
use crate::error::{Error, Result};
use crate::monitoring::observation_period::decide::{Computation, Kept, Period};

#[derive(sqlx::FromRow)]
struct Row {
    case_id: Uuid,
    version: i64,
    is_by_hand: bool,
    began_on: Option<Date>,
    computed_from: Option<Date>,
    computed_until: Option<Date>,
    tests_until: Option<Date>,
    care_until: Option<Date>,
    rule_from: Option<Date>,
    needs_review: bool,
    words: Json,
    reasons: Json,
    computed_on: Option<Date>,
    declined_until: Option<Date>,
    declined_tests_until: Option<Date>,
    settled_until: Option<Date>,
}

impl Row {
    fn kept(self) -> Result<(Uuid, Kept)> {
        let unreadable = || Error::Internal(format!("period of case {}: unreadable words", self.case_id));
        let computation = match (self.rule_from, self.computed_on) {
            (Some(rule_from), Some(on)) => Some(Computation {
                from: self.computed_from,
                until: self.computed_until,
                tests_until: self.tests_until,
                care_until: self.care_until,
                rule_from,
                needs_review: self.needs_review,
                words: serde_json::from_value(self.words).map_err(|_| unreadable())?,
                reasons: serde_json::from_value(self.reasons).map_err(|_| unreadable())?,
                on,
            }),
            _ => None,
        };
        let kept = Kept {
            version: self.version,
            is_by_hand: self.is_by_hand,
            began_on: self.began_on,
            computation,
            declined_until: self.declined_until,
            declined_tests_until: self.declined_tests_until,
            settled_until: self.settled_until,
        };
        Ok((self.case_id, kept))
    }
}

const COLUMNS: &str = "case_id, version, is_by_hand, began_on, computed_from, computed_until, tests_until, care_until,
    rule_from, needs_review, words, reasons, computed_on, declined_until, settled_until, declined_tests_until";

/// What is kept of some people's periods; nothing of whom was never computed.
pub async fn kept_of(on: impl Into<Handle<'_>>, cases: &[Uuid]) -> Result<Vec<(Uuid, Kept)>> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let (people, values) = among(1, cases);
    let rows: Vec<Row> = sql(&format!("select {COLUMNS} from observation_period where case_id in ({people})"))
        .bind_all(values)
        .all(on)
        .await?;
    rows.into_iter().map(Row::kept).collect()
}

/// What is kept of a person's period.
pub async fn kept(on: impl Into<Handle<'_>>, case_id: Uuid, period: Period) -> Result<Kept> {
    let found = kept_of(on, &[case_id]).await?.pop();
    Ok(found.map_or_else(|| Kept::new(period), |(_, kept)| kept))
}

/// The columns of a row, with its values.
fn values(case_id: Uuid, kept: &Kept, now: Timestamp) -> Vec<Value> {
    let computation = kept.computation.as_ref();
    let lines = |lines: Option<&Vec<String>>| serde_json::json!(lines.map(Vec::as_slice).unwrap_or_default());
    vec![
        case_id.into(),
        (kept.version + 1).into(),
        kept.is_by_hand.into(),
        kept.began_on.into(),
        computation.and_then(|computation| computation.from).into(),
        computation.and_then(|computation| computation.until).into(),
        computation.and_then(|computation| computation.tests_until).into(),
        computation.and_then(|computation| computation.care_until).into(),
        computation.map(|computation| computation.rule_from).into(),
        computation.is_some_and(|computation| computation.needs_review).into(),
        lines(computation.map(|computation| &computation.words)).into(),
        lines(computation.map(|computation| &computation.reasons)).into(),
        computation.map(|computation| computation.on).into(),
        kept.declined_until.into(),
        kept.settled_until.into(),
        kept.declined_tests_until.into(),
        now.into(),
    ]
}

/// Keeps it as the next version.
pub async fn keep(tx: &mut Tx, case_id: Uuid, kept: &Kept, now: Timestamp) -> Result<()> {
    let values = values(case_id, kept, now);
    sql(&format!(
        "insert into observation_period ({COLUMNS}, updated_at) values {}
         on conflict (case_id) do update set
           version = excluded.version, is_by_hand = excluded.is_by_hand, began_on = excluded.began_on,
           computed_from = excluded.computed_from, computed_until = excluded.computed_until,
           tests_until = excluded.tests_until, care_until = excluded.care_until, rule_from = excluded.rule_from,
           needs_review = excluded.needs_review, words = excluded.words, reasons = excluded.reasons,
           computed_on = excluded.computed_on, declined_until = excluded.declined_until,
           settled_until = excluded.settled_until, declined_tests_until = excluded.declined_tests_until,
           updated_at = excluded.updated_at",
        places(1, 1, values.len())
    ))
    .bind_all(values)
    .run(tx)
    .await?;
    Ok(())
}

/// Keeps those of people of whom nothing is kept yet.
pub async fn keep_new(tx: &mut Tx, kept: &[(Uuid, &Kept, Timestamp)]) -> Result<()> {
    let rows = kept.iter().map(|(case_id, kept, at)| values(*case_id, kept, *at)).collect();
    let insert = format!("insert into observation_period ({COLUMNS}, updated_at) values ");
    Ok(insert_rows(tx, &insert, rows).await?)
}

/// A change to be appended to the history.
pub struct Change<'a> {
    pub case_id: Uuid,
    pub kind: &'static str,
    pub former: Period,
    pub period: Period,
    pub computation: Option<&'a Computation>,
    pub reason: &'a str,
    /// Account and organisation; none where the computation did it.
    pub by: Option<(Uuid, Uuid)>,
}

pub async fn append(tx: &mut Tx, change: Change<'_>, now: Timestamp) -> Result<()> {
    append_all(tx, &[(change, now)]).await
}

pub async fn append_all(tx: &mut Tx, changes: &[(Change<'_>, Timestamp)]) -> Result<()> {
    let rows = changes.iter().map(|(change, at)| {
        let words = change.computation.map(|computation| computation.words.as_slice()).unwrap_or_default();
        vec![
            change.case_id.into(),
            Uuid::now_v7().into(),
            change.kind.into(),
            change.former.from.into(),
            change.former.until.into(),
            change.period.from.into(),
            change.period.until.into(),
            change.computation.map(|computation| computation.rule_from).into(),
            serde_json::json!(words).into(),
            change.reason.into(),
            (*at).into(),
            change.by.map(|(account_id, _)| account_id).into(),
            change.by.map(|(_, organization_id)| organization_id).into(),
        ]
    });
    let insert = "insert into observation_period_change (case_id, change_id, kind, former_from, former_until,
                                                         observed_from, observed_until, rule_from, words, reason,
                                                         changed_at, changed_by, organization_id) values ";
    Ok(insert_rows(tx, insert, rows.collect()).await?)
}

/// A line of the history as it is shown.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Changed {
    pub kind: String,
    pub former_from: Option<Date>,
    pub former_until: Option<Date>,
    pub observed_from: Option<Date>,
    pub observed_until: Option<Date>,
    pub rule_from: Option<Date>,
    pub reason: String,
    pub changed_at: Timestamp,
    /// None where the computation did it.
    pub who: Option<String>,
}

/// The changes of a person's period, the newest first.
pub async fn history(db: &Db, case_id: Uuid) -> Result<Vec<Changed>> {
    Ok(sql("select c.kind, c.former_from, c.former_until, c.observed_from, c.observed_until, c.rule_from, c.reason,
                   c.changed_at, o.name || ' ' || a.display_name as who
            from observation_period_change c
            left join account a on a.account_id = c.changed_by
            left join organization o on o.organization_id = c.organization_id
            where c.case_id = $1 order by c.changed_at desc, c.change_id desc")
    .bind(case_id)
    .all(db)
    .await?)
}

/// The oldest changes of facts that wait, by person.
pub async fn waiting(db: &Db, most: i64) -> Result<Vec<Uuid>> {
    let rows: Vec<(i64, Uuid)> =
        sql("select seq, case_id from period_pending order by seq limit $1").bind(most).all(db).await?;
    let mut cases: Vec<Uuid> = rows.into_iter().map(|(_, case_id)| case_id).collect();
    cases.sort_unstable();
    cases.dedup();
    Ok(cases)
}

/// Takes the lines of held people away: whoever changes a fact holds the person, too.
pub async fn take(tx: &mut Tx, cases: &[Uuid]) -> Result<()> {
    if cases.is_empty() {
        return Ok(());
    }
    let (people, values) = among(1, cases);
    sql(&format!("delete from period_pending where case_id in ({people})")).bind_all(values).run(tx).await?;
    Ok(())
}

/// Has the periods of some people computed.
pub async fn ask_for(tx: &mut Tx, cases: &[Uuid]) -> Result<()> {
    let rows = cases.iter().map(|case_id| vec![Value::from(*case_id)]).collect();
    Ok(insert_rows(tx, "insert into period_pending (case_id) values ", rows).await?)
}

/// With which rules everybody was computed last.
pub async fn rules(db: &Db) -> Result<Option<(String, Date)>> {
    Ok(sql("select fingerprint, looked_on from observation_period_rules where rules = 1").optional(db).await?)
}

/// Notes the rules of the first start.
pub async fn begin_rules(db: &Db, fingerprint: &str, today: Date) -> Result<()> {
    sql("insert into observation_period_rules (rules, fingerprint, looked_on) values (1, $1, $2)
         on conflict (rules) do nothing")
    .bind(fingerprint)
    .bind(today)
    .run(db)
    .await?;
    Ok(())
}

/// Notes that rules were looked at, where nobody else has since `former`.
pub async fn look_at_rules(tx: &mut Tx, former: &(String, Date), fingerprint: &str, today: Date) -> Result<bool> {
    let noted = sql("update observation_period_rules set fingerprint = $1, looked_on = $2
         where rules = 1 and fingerprint = $3 and looked_on = $4")
    .bind(fingerprint)
    .bind(today)
    .bind(former.0.as_str())
    .bind(former.1)
    .run(tx)
    .await?;
    Ok(noted == 1)
}

/// Has the periods of all who are observed computed.
pub async fn ask_for_all(tx: &mut Tx, today: Date) -> Result<u64> {
    Ok(sql("insert into period_pending (case_id)
            select case_id from cases where observed_from is not null and (observed_until is null or observed_until >= $1)")
    .bind(today)
    .run(tx)
    .await?)
}

/// The content of the latest notification of a person that was not deleted.
pub async fn notified(on: impl Into<Handle<'_>>, case_id: Uuid) -> Result<Option<Json>> {
    Ok(sql("select content from notification where case_id = $1 and deleted_at is null
            order by filed_at desc, notification_id desc limit 1")
    .bind(case_id)
    .optional_scalar(on)
    .await?)
}

/// The version of the episode's document; 0 before its first.
pub async fn episode_version(on: impl Into<Handle<'_>>, case_id: Uuid) -> Result<i64> {
    let version: Option<i64> = sql("select version from document where case_id = $1 and tab = $2")
        .bind(case_id)
        .bind(EPISODE_TAB)
        .optional_scalar(on)
        .await?;
    Ok(version.unwrap_or(0))
}

/// Day, temperature and answers of each report from a day on, without those that were corrected.
pub async fn reports(db: &Db, case_id: Uuid, since: Date) -> Result<Vec<(Date, Option<i64>, Json)>> {
    Ok(sql("select o.observed_on, o.temperature, o.symptoms from observation o
            where o.case_id = $1 and o.observed_on >= $2
              and not exists (select 1 from observation_correction c
                              where c.case_id = o.case_id and c.report_id = o.report_id)
            order by o.observed_on, o.received_at, o.report_id limit 600")
    .bind(case_id)
    .bind(since)
    .all(db)
    .await?)
}
