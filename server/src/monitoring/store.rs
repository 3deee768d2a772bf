//! Reads of observations for the staff's view.

use std::collections::BTreeMap;

use hersys_shared::symptoms::{Answer, Answers, CaseKind};
use serde_json::Value as Json;
use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Handle, sql};
use crate::error::{Error, Result};
use crate::monitoring::intake::{Means, Source};
use crate::monitoring::reader::Writer;
use crate::ui::chart::Days;

/// A person as far as their observation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    pub kind: CaseKind,
    /// 健康観察期間
    pub from: Option<Date>,
    pub until: Option<Date>,
    /// The first and the last day with a report, a wrong one too.
    pub reported: Option<Days>,
}

#[derive(sqlx::FromRow)]
struct ObservedRow {
    kind: String,
    observed_from: Option<Date>,
    observed_until: Option<Date>,
    first_on: Option<Date>,
    last_on: Option<Date>,
}

/// Whether and since when a person is observed, and which days have reports.
pub async fn observed(db: &Db, case_id: Uuid) -> Result<Observed> {
    let row: Option<ObservedRow> = sql("select c.kind, c.observed_from, c.observed_until,
                (select min(observed_on) from observation where case_id = $1) as first_on,
                (select max(observed_on) from observation where case_id = $1) as last_on
         from cases c where c.case_id = $1")
    .bind(case_id)
    .optional(db)
    .await?;
    let row = row.ok_or(Error::NotFound)?;
    Ok(Observed {
        kind: CaseKind::from_code(&row.kind)
            .ok_or_else(|| Error::Internal(format!("case {case_id}: unreadable kind")))?,
        from: row.observed_from,
        until: row.observed_until,
        reported: row.first_on.zip(row.last_on).map(|(first, last)| Days { first, last }),
    })
}

/// One report, as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    pub report_id: Uuid,
    pub source: Source,
    pub observed_on: Date,
    pub received_at: Timestamp,
    /// The moment of which it tells, where somebody else entered it later.
    pub told_at: Option<Timestamp>,
    /// Tenths of a degree Celsius.
    pub temperature: Option<i64>,
    /// Percent.
    pub spo2: Option<i64>,
    pub symptom_set_version: i64,
    pub symptoms: Answers,
    /// Keys.
    pub emergency_signs: Vec<String>,
    pub note: String,
    /// How it came to whoever entered it for the person.
    pub means: Option<Means>,
    /// Whoever entered it for the person.
    pub writer: Option<Writer>,
    pub correction: Option<Correction>,
}

/// Why a report does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub reason: String,
    pub at: Timestamp,
    pub by: Option<Writer>,
    pub replacement_id: Option<Uuid>,
}

impl Observation {
    /// Whether it counts.
    pub fn is_valid(&self) -> bool {
        self.correction.is_none()
    }

    /// The moment of which it tells.
    pub fn moment(&self) -> Timestamp {
        self.told_at.unwrap_or(self.received_at)
    }
}

#[derive(sqlx::FromRow)]
struct ObservationRow {
    report_id: Uuid,
    source: String,
    observed_on: Date,
    received_at: Timestamp,
    told_at: Option<Timestamp>,
    temperature: Option<i64>,
    spo2: Option<i64>,
    symptom_set_version: i64,
    symptoms: Json,
    emergency_signs: Json,
    note: String,
    means: Option<String>,
    writer: Option<String>,
    writer_organization_id: Option<Uuid>,
    writer_organization: Option<String>,
    writer_kind: Option<String>,
    reason: Option<String>,
    corrected_at: Option<Timestamp>,
    replacement_id: Option<Uuid>,
    corrector: Option<String>,
    corrector_organization_id: Option<Uuid>,
    corrector_organization: Option<String>,
    corrector_kind: Option<String>,
}

impl TryFrom<ObservationRow> for Observation {
    type Error = Error;

    fn try_from(row: ObservationRow) -> Result<Self> {
        let unreadable = |what: &str| Error::Internal(format!("observation: unreadable {what}"));
        let answers: BTreeMap<String, Answer> =
            serde_json::from_value(row.symptoms).map_err(|_| unreadable("symptoms"))?;
        let corrector = Writer::of(
            row.corrector,
            row.corrector_organization_id,
            row.corrector_organization,
            row.corrector_kind.as_deref(),
        );
        let correction = row.reason.zip(row.corrected_at).map(|(reason, at)| Correction {
            reason,
            at,
            by: corrector,
            replacement_id: row.replacement_id,
        });
        Ok(Self {
            report_id: row.report_id,
            source: Source::from_code(&row.source).ok_or_else(|| unreadable("source"))?,
            observed_on: row.observed_on,
            received_at: row.received_at,
            told_at: row.told_at,
            temperature: row.temperature,
            spo2: row.spo2,
            symptom_set_version: row.symptom_set_version,
            symptoms: answers,
            emergency_signs: serde_json::from_value(row.emergency_signs).map_err(|_| unreadable("emergency signs"))?,
            note: row.note,
            means: row.means.as_deref().and_then(Means::from_code),
            writer: Writer::of(
                row.writer,
                row.writer_organization_id,
                row.writer_organization,
                row.writer_kind.as_deref(),
            ),
            correction,
        })
    }
}

const COLUMNS: &str = "o.report_id, o.source, o.observed_on, o.received_at, o.told_at, o.temperature, o.spo2,
    o.symptom_set_version, o.symptoms, o.emergency_signs, o.note, o.means,
    w.display_name as writer, x.organization_id as writer_organization_id, x.name as writer_organization,
    x.kind as writer_kind, c.reason, c.corrected_at, c.replacement_id, a.display_name as corrector,
    y.organization_id as corrector_organization_id, y.name as corrector_organization, y.kind as corrector_kind";

const TABLES: &str = "observation o
    left join account w on w.account_id = o.entered_by and o.source in ('staff', 'institution')
    left join organization x on x.organization_id = coalesce(o.organization_id, w.organization_id)
    left join observation_correction c on c.case_id = o.case_id and c.report_id = o.report_id
    left join account a on a.account_id = c.corrected_by
    left join organization y on y.organization_id = c.organization_id";

/// Most reports that a page shows: ten times what anybody sends in thirty days.
const MOST_SHOWN: usize = 600;

/// The reports of some days, corrected ones too, oldest first, the newest [`MOST_SHOWN`] of them; the last valid one of
/// a day is the day's (MY-18).
pub async fn observations(db: &Db, case_id: Uuid, days: Days) -> Result<Vec<Observation>> {
    let rows: Vec<ObservationRow> = sql(&format!(
        "select {COLUMNS} from {TABLES}
         where o.case_id = $1 and o.observed_on >= $2 and o.observed_on <= $3
         order by o.observed_on desc, coalesce(o.told_at, o.received_at) desc, o.received_at desc, o.report_id desc
         limit {MOST_SHOWN}"
    ))
    .bind(case_id)
    .bind(days.first)
    .bind(days.last)
    .all(db)
    .await?;
    rows.into_iter().rev().map(Observation::try_from).collect()
}

/// One report of a person.
pub async fn observation(on: impl Into<Handle<'_>>, case_id: Uuid, report_id: Uuid) -> Result<Option<Observation>> {
    let row: Option<ObservationRow> =
        sql(&format!("select {COLUMNS} from {TABLES} where o.case_id = $1 and o.report_id = $2"))
            .bind(case_id)
            .bind(report_id)
            .optional(on)
            .await?;
    row.map(Observation::try_from).transpose()
}
