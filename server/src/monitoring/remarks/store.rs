//! SQL of what is written beside a day.

use std::collections::HashMap;

use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Handle, Tx, sql};
use crate::error::{Error, Result};
use crate::monitoring::reader::Writer;
use crate::monitoring::remarks::Kind;
use crate::ui::chart::Days;

/// What somebody wrote beside a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub remark_id: Uuid,
    pub kind: Kind,
    pub told_on: Date,
    /// 1 is what was written first.
    pub version: i64,
    /// Empty where it was taken back.
    pub body: String,
    pub written_at: Timestamp,
    pub writer: Option<Writer>,
    pub organization_id: Uuid,
    /// What it said before, the newest first.
    pub earlier: Vec<Earlier>,
}

/// An earlier version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    pub version: i64,
    pub body: String,
    pub written_at: Timestamp,
    pub writer: Option<Writer>,
}

impl Remark {
    pub fn is_withdrawn(&self) -> bool {
        self.body.is_empty()
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    remark_id: Uuid,
    kind: String,
    told_on: Date,
    version: i64,
    body: String,
    written_at: Timestamp,
    organization_id: Uuid,
    name: Option<String>,
    organization: Option<String>,
    organization_kind: Option<String>,
}

impl TryFrom<Row> for Remark {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let unreadable = || Error::Internal(format!("remark {}: unreadable kind", row.remark_id));
        Ok(Self {
            kind: Kind::from_code(&row.kind).ok_or_else(unreadable)?,
            remark_id: row.remark_id,
            told_on: row.told_on,
            version: row.version,
            body: row.body,
            written_at: row.written_at,
            writer: Writer::of(row.name, Some(row.organization_id), row.organization, row.organization_kind.as_deref()),
            organization_id: row.organization_id,
            earlier: Vec::new(),
        })
    }
}

const SELECT: &str = "select r.remark_id, r.kind, r.told_on, r.version, r.body, r.written_at, r.organization_id,
           a.display_name as name, o.name as organization, o.kind as organization_kind
    from day_remark r
    left join account a on a.account_id = r.written_by
    left join organization o on o.organization_id = r.organization_id";

/// What was written beside some days, the oldest first, with its history.
pub async fn remarks(db: &Db, case_id: Uuid, days: Days) -> Result<Vec<Remark>> {
    let rows: Vec<Row> = sql(&format!(
        "{SELECT} where r.case_id = $1 and r.told_on >= $2 and r.told_on <= $3
         order by r.told_on, r.begun_at, r.remark_id"
    ))
    .bind(case_id)
    .bind(days.first)
    .bind(days.last)
    .all(db)
    .await?;
    let mut remarks: Vec<Remark> = rows.into_iter().map(Remark::try_from).collect::<Result<_>>()?;
    if remarks.iter().any(|remark| remark.version > 1) {
        let mut earlier = earlier(db, case_id).await?;
        for remark in &mut remarks {
            remark.earlier = earlier.remove(&remark.remark_id).unwrap_or_default();
            remark.earlier.retain(|earlier| earlier.version < remark.version);
        }
    }
    Ok(remarks)
}

#[derive(sqlx::FromRow)]
struct EarlierRow {
    remark_id: Uuid,
    version: i64,
    body: String,
    written_at: Timestamp,
    name: Option<String>,
    organization_id: Option<Uuid>,
    organization: Option<String>,
    organization_kind: Option<String>,
}

async fn earlier(db: &Db, case_id: Uuid) -> Result<HashMap<Uuid, Vec<Earlier>>> {
    let rows: Vec<EarlierRow> = sql("select h.remark_id, h.version, h.body, h.written_at, a.display_name as name,
                o.organization_id, o.name as organization, o.kind as organization_kind
         from day_remark_history h
         left join account a on a.account_id = h.written_by
         left join organization o on o.organization_id = a.organization_id
         where h.case_id = $1 order by h.version desc")
    .bind(case_id)
    .all(db)
    .await?;
    let mut all: HashMap<Uuid, Vec<Earlier>> = HashMap::new();
    for row in rows {
        all.entry(row.remark_id).or_default().push(Earlier {
            version: row.version,
            body: row.body,
            written_at: row.written_at,
            writer: Writer::of(row.name, row.organization_id, row.organization, row.organization_kind.as_deref()),
        });
    }
    Ok(all)
}

/// One remark of a person, without its history.
pub async fn remark(on: impl Into<Handle<'_>>, case_id: Uuid, remark_id: Uuid) -> Result<Option<Remark>> {
    let row: Option<Row> = sql(&format!("{SELECT} where r.case_id = $1 and r.remark_id = $2"))
        .bind(case_id)
        .bind(remark_id)
        .optional(on)
        .await?;
    row.map(Remark::try_from).transpose()
}

/// What is written now.
pub struct Written<'a> {
    pub case_id: Uuid,
    pub remark_id: Uuid,
    pub kind: Kind,
    pub told_on: Date,
    pub body: &'a str,
    pub at: Timestamp,
    pub by: Uuid,
    pub organization_id: Uuid,
}

/// Begins a remark; `false` where its id was used before.
pub async fn begin(tx: &mut Tx, written: &Written<'_>) -> Result<bool> {
    let begun = sql("insert into day_remark (case_id, remark_id, kind, told_on, version, body, begun_at, written_at,
                                 written_by, organization_id)
         values ($1, $2, $3, $4, 1, $5, $6, $6, $7, $8) on conflict (case_id, remark_id) do nothing")
    .bind(written.case_id)
    .bind(written.remark_id)
    .bind(written.kind.code())
    .bind(written.told_on)
    .bind(written.body)
    .bind(written.at)
    .bind(written.by)
    .bind(written.organization_id)
    .run(&mut *tx)
    .await?;
    if begun == 1 {
        keep_version(tx, written, 1).await?;
    }
    Ok(begun == 1)
}

/// Changes a remark of one's own organisation; `false` where `version` is not the newest any more.
pub async fn change(tx: &mut Tx, written: &Written<'_>, version: i64) -> Result<bool> {
    let changed = sql("update day_remark set version = version + 1, body = $5, written_at = $6, written_by = $7
         where case_id = $1 and remark_id = $2 and version = $3 and kind = $4 and organization_id = $8")
    .bind(written.case_id)
    .bind(written.remark_id)
    .bind(version)
    .bind(written.kind.code())
    .bind(written.body)
    .bind(written.at)
    .bind(written.by)
    .bind(written.organization_id)
    .run(&mut *tx)
    .await?;
    if changed == 1 {
        keep_version(tx, written, version + 1).await?;
    }
    Ok(changed == 1)
}

async fn keep_version(tx: &mut Tx, written: &Written<'_>, version: i64) -> Result<()> {
    sql("insert into day_remark_history (case_id, remark_id, version, body, written_at, written_by)
         values ($1, $2, $3, $4, $5, $6)")
    .bind(written.case_id)
    .bind(written.remark_id)
    .bind(version)
    .bind(written.body)
    .bind(written.at)
    .bind(written.by)
    .run(tx)
    .await?;
    Ok(())
}
