//! SQL of the rules' pages.

use hersys_shared::triage::RuleSet;
use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Handle, Tx, sql};
use crate::error::{Error, Result};

/// A version as the history shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Version {
    pub rules_id: Uuid,
    /// None for the ministry.
    pub organization_id: Option<Uuid>,
    pub version: i64,
    pub from_on: Date,
    pub follows_above: bool,
    pub note: String,
    pub written_at: Timestamp,
    /// Organisation and name of the writer.
    pub written_by: String,
}

const VERSION: &str =
    "select r.rules_id, r.organization_id, r.version, r.from_on, r.follows_above, r.note, r.written_at,
        coalesce(o.name || ' ' || a.display_name, '') as written_by
     from watch_rules r
     left join account a on a.account_id = r.written_by
     left join organization o on o.organization_id = a.organization_id";

/// Most versions of the history on the page.
const SHOWN: i64 = 100;

/// What an office (none: the ministry) has written, the newest first.
pub async fn versions(db: &Db, office: Option<Uuid>) -> Result<Vec<Version>> {
    let query = match office {
        Some(office) => {
            sql(&format!("{VERSION} where r.organization_id = $1 order by r.version desc limit {SHOWN}")).bind(office)
        }
        None => sql(&format!("{VERSION} where r.organization_id is null order by r.version desc limit {SHOWN}")),
    };
    Ok(query.all(db).await?)
}

pub async fn version(db: &Db, rules_id: Uuid) -> Result<Option<Version>> {
    Ok(sql(&format!("{VERSION} where r.rules_id = $1")).bind(rules_id).optional(db).await?)
}

/// The number of the newest version of an office; 0 where it has written nothing.
pub async fn newest(on: impl Into<Handle<'_>>, office: Option<Uuid>) -> Result<i64> {
    let text = "select coalesce(max(version), 0) from watch_rules where";
    let query = match office {
        Some(office) => sql(&format!("{text} organization_id = $1")).bind(office),
        None => sql(&format!("{text} organization_id is null")),
    };
    Ok(query.scalar(on).await?)
}

/// A version to be kept.
pub struct NewVersion<'a> {
    pub rules_id: Uuid,
    pub office: Option<Uuid>,
    pub version: i64,
    pub from_on: Date,
    /// None: those of the office above count again.
    pub set: Option<&'a RuleSet>,
    pub note: &'a str,
    pub written_by: Uuid,
}

pub async fn insert(tx: &mut Tx, new: &NewVersion<'_>, now: Timestamp) -> Result<()> {
    let body = match new.set {
        Some(set) => serde_json::to_value(set).map_err(|error| Error::Internal(format!("watch rules: {error}")))?,
        None => serde_json::json!({}),
    };
    sql("insert into watch_rules (rules_id, organization_id, version, from_on, body, follows_above, note,
                                  written_at, written_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(new.rules_id)
    .bind(new.office)
    .bind(new.version)
    .bind(new.from_on)
    .bind(body)
    .bind(new.set.is_none())
    .bind(new.note)
    .bind(now)
    .bind(new.written_by)
    .run(tx)
    .await?;
    Ok(())
}

/// A centre within the reach of an office: those that it governs, of the ministry all.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Center {
    pub organization_id: Uuid,
    pub name: String,
}

pub async fn centers(db: &Db) -> Result<Vec<Center>> {
    Ok(sql("select organization_id, name from organization where kind = 'health_center'
         order by prefecture_code, code, organization_id")
    .all(db)
    .await?)
}

/// Somebody whom a trial looks at.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Tried {
    pub case_id: Uuid,
    pub kind: String,
    pub name: String,
    pub birth_on: Option<Date>,
    pub seen_until: i64,
}

/// The next people under observation for whom a centre is responsible, as its own board has them, and whom it still
/// reaches.
pub async fn people(db: &Db, center_id: Uuid, today: Date, after: Uuid, most: i64) -> Result<Vec<Tried>> {
    Ok(sql("select case_id, kind, name, birth_on, seen_until from board_person
         where organization_id = $1 and case_id > $2 and responsible_center_id = $1
           and observed_from <= $3 and observed_until >= $3
           and exists (select 1 from case_relation r where r.case_id = board_person.case_id and r.organization_id = $1)
         order by case_id limit $4")
    .bind(center_id)
    .bind(after)
    .bind(today)
    .bind(most)
    .all(db)
    .await?)
}
