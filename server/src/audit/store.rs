//! SQL of the audit: chain, pages, searches.

use serde_json::Value as Json;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use uuid::Uuid;

use crate::audit::chain::{Head, Link, Record};
use crate::audit::words::{self, Names};
use crate::clock::Timestamp;
use crate::db::{Db, Query, Result, Tx, Value, list, places, sql};

/// An entry as the chain is over it.
const RECORD: &str = "a.audit_id, a.at, a.actor, a.account_id, a.organization_id, a.action, a.case_id,
    cast(a.detail as text) as detail, a.network";

fn head_of((seq, hash): (i64, Option<Vec<u8>>)) -> Head {
    Head { seq, hash: hash.and_then(|hash| hash.try_into().ok()).unwrap_or_default() }
}

/// The end of the chain.
pub async fn head(db: &Db) -> Result<Head> {
    let row = sql("select seq, hash from audit_head where chain = 1").optional(db).await?;
    Ok(row.map(head_of).unwrap_or_default())
}

/// The end of the chain, held until the transaction ends: an update that changes nothing locks on
/// both databases, and what is read afterwards is what the last holder left.
pub async fn hold_head(tx: &mut Tx) -> Result<Head> {
    sql("update audit_head set seq = seq where chain = 1").run(&mut *tx).await?;
    Ok(head_of(sql("select seq, hash from audit_head where chain = 1").one(tx).await?))
}

pub async fn move_head(tx: &mut Tx, head: &Head) -> Result<()> {
    sql("update audit_head set seq = $1, hash = $2 where chain = 1")
        .bind(head.seq)
        .bind(head.hash)
        .run(tx)
        .await
        .map(drop)
}

pub async fn is_any_unsealed(db: &Db) -> Result<bool> {
    let one: Option<i64> = sql(
        "select count(*) from (select 1 from audit_unsealed u join audit a on a.audit_id = u.audit_id limit 1) as x",
    )
    .optional_scalar(db)
    .await?;
    Ok(one.unwrap_or(0) > 0)
}

pub async fn count_unsealed(db: &Db) -> Result<i64> {
    sql("select count(*) from audit_unsealed").scalar(db).await
}

/// The oldest entries that wait for a link.
pub async fn unsealed(tx: &mut Tx, most: i64) -> Result<Vec<Record>> {
    sql(&format!(
        "select {RECORD} from audit_unsealed u join audit a on a.audit_id = u.audit_id order by a.audit_id limit $1"
    ))
    .bind(most)
    .all(tx)
    .await
}

/// Appends links; their entries wait no longer.
pub async fn insert_links(tx: &mut Tx, links: &[Link]) -> Result<()> {
    let values = links.iter().flat_map(|link| -> [Value; 4] {
        [link.seq.into(), link.audit_id.into(), link.previous_hash.into(), link.hash.into()]
    });
    sql(&format!("insert into audit_seal (seq, audit_id, previous_hash, hash) values {}", places(1, links.len(), 4)))
        .bind_all(values)
        .run(&mut *tx)
        .await?;
    sql(&format!("delete from audit_unsealed where audit_id in ({})", list(1, links.len())))
        .bind_all(links.iter().map(|link| Value::from(link.audit_id)))
        .run(tx)
        .await
        .map(drop)
}

/// A link with its entry, if that is still there.
pub struct Linked {
    pub seq: i64,
    pub sealed_id: Uuid,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
    pub record: Option<Record>,
}

impl<'r, R> FromRow<'r, R> for Linked
where
    R: Row,
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    Option<Uuid>: Decode<'r, R::Database> + Type<R::Database>,
    Record: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> std::result::Result<Self, sqlx::Error> {
        let entry: Option<Uuid> = row.try_get("audit_id")?;
        Ok(Self {
            seq: row.try_get("seq")?,
            sealed_id: row.try_get("sealed_id")?,
            previous_hash: row.try_get("previous_hash")?,
            hash: row.try_get("hash")?,
            record: entry.map(|_| Record::from_row(row)).transpose()?,
        })
    }
}

/// Links behind `after` up to `end`, in their order.
pub async fn links(db: &Db, after: i64, end: i64, most: i64) -> Result<Vec<Linked>> {
    sql(&format!(
        "select s.seq, s.audit_id as sealed_id, s.previous_hash, s.hash, {RECORD}
         from audit_seal s left join audit a on a.audit_id = s.audit_id
         where s.seq > $1 and s.seq <= $2 order by s.seq limit $3"
    ))
    .bind(after)
    .bind(end)
    .bind(most)
    .all(db)
    .await
}

pub async fn has_links_behind_the_end(db: &Db) -> Result<bool> {
    let count: i64 =
        sql("select count(*) from audit_seal where seq > coalesce((select seq from audit_head where chain = 1), 0)")
            .scalar(db)
            .await?;
    Ok(count > 0)
}

/// The oldest entry that has no link and does not wait for one.
pub async fn left_out(db: &Db) -> Result<Option<(Uuid, Timestamp)>> {
    sql("select a.audit_id, a.at from audit a
         where not exists (select 1 from audit_seal s where s.audit_id = a.audit_id)
           and not exists (select 1 from audit_unsealed u where u.audit_id = a.audit_id)
         order by a.audit_id limit 1")
    .optional(db)
    .await
}

/// The oldest that waits for a link and is gone.
pub async fn removed_unsealed(db: &Db) -> Result<Option<Uuid>> {
    sql("select u.audit_id from audit_unsealed u
         where not exists (select 1 from audit a where a.audit_id = u.audit_id)
         order by u.audit_id limit 1")
    .optional_scalar(db)
    .await
}

/// An entry as pages show it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Shown {
    pub audit_id: Uuid,
    pub at: Timestamp,
    pub actor: String,
    pub action: String,
    pub case_id: Option<Uuid>,
    pub detail: Json,
    pub network: String,
    pub organization_name: Option<String>,
    pub account_name: Option<String>,
    pub sign_in_id: Option<String>,
    /// Of the entry's case, where the reader's organisation reaches it.
    pub hersys_id: Option<String>,
}

/// Rows behind one that the reader has seen, newest first.
const NEWER_FIRST: &str = "order by a.at desc, a.audit_id desc";

/// What a page of entries is about.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub case_id: Option<Uuid>,
    /// Any of these actions; `None` is all.
    pub actions: Option<Vec<&'static str>>,
    /// These organisations and those below them; `None` is all.
    pub below: Option<Uuid>,
    pub sign_in_id: Option<String>,
    /// Part of an organisation's name.
    pub organization: Option<String>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

impl Filter {
    fn condition(&self, values: &mut Vec<Value>) -> String {
        let mut text = String::from("true");
        let mut bind = |value: Value, with: &dyn Fn(usize) -> String| {
            values.push(value);
            text.push_str(&with(values.len()));
        };
        if let Some(case_id) = self.case_id {
            bind(case_id.into(), &|at| format!(" and a.case_id = ${at}"));
        }
        if let Some(organization_id) = self.below {
            bind(organization_id.into(), &|at| {
                format!(
                    " and a.organization_id in (
                         with recursive below(organization_id) as (
                             select organization_id from organization where organization_id = ${at}
                             union select o.organization_id from organization o
                             join below b on o.governing_id = b.organization_id)
                         select organization_id from below)"
                )
            });
        }
        if let Some(sign_in_id) = &self.sign_in_id {
            bind(sign_in_id.into(), &|at| {
                format!(" and a.account_id in (select account_id from account where sign_in_id = ${at})")
            });
        }
        if let Some(name) = &self.organization {
            let escaped = name.replace('!', "!!").replace('%', "!%").replace('_', "!_");
            bind(format!("%{escaped}%").into(), &|at| {
                format!(
                    " and a.organization_id in (select organization_id from organization where name like ${at} escape '!')"
                )
            });
        }
        if let Some(from) = self.from {
            bind(from.into(), &|at| format!(" and a.at >= ${at}"));
        }
        if let Some(until) = self.until {
            bind(until.into(), &|at| format!(" and a.at < ${at}"));
        }
        if let Some(actions) = &self.actions {
            text.push_str(&format!(" and a.action in ({})", list(values.len() + 1, actions.len())));
            values.extend(actions.iter().map(|action| Value::from(*action)));
        }
        text
    }
}

/// A page of at most `size` entries, newest first, behind the entry `after` where one is given; and
/// whether there are more. `reader` is the organisation that reads.
pub async fn page(
    db: &Db,
    reader: Uuid,
    filter: &Filter,
    after: Option<Uuid>,
    size: usize,
) -> Result<(Vec<Shown>, bool)> {
    let mut values: Vec<Value> = vec![reader.into()];
    let mut condition = filter.condition(&mut values);
    if let Some(after) = after {
        let at: Option<Timestamp> =
            sql("select at from audit where audit_id = $1").bind(after).optional_scalar(db).await?;
        if let Some(at) = at {
            condition.push_str(&format!(" and (a.at, a.audit_id) < (${}, ${})", values.len() + 1, values.len() + 2));
            values.extend([at.into(), after.into()]);
        }
    }
    let query: Query = sql(&format!(
        "select a.audit_id, a.at, a.actor, a.action, a.case_id, a.detail, a.network,
                o.name as organization_name,
                coalesce(c.display_name, 'システム連携：' || t.name) as account_name, c.sign_in_id,
                (select k.hersys_id from cases k
                 where k.case_id = a.case_id and exists (
                     select 1 from case_relation r where r.case_id = k.case_id and r.organization_id = $1)
                ) as hersys_id
         from audit a
         left join organization o on o.organization_id = a.organization_id
         left join account c on c.account_id = a.account_id
         left join institution_token t on t.token_id = a.account_id
         where {condition} {NEWER_FIRST} limit ${}",
        values.len() + 1
    ));
    let limit = i64::try_from(size).unwrap_or(100) + 1;
    let mut rows: Vec<Shown> = query.bind_all(values).bind(limit).all(db).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    hide_deleted(db, &mut rows).await?;
    Ok((rows, more))
}

/// FORM-26: of a notification that was deleted the audit tells that it was there and who did what, not what it said.
async fn hide_deleted(db: &Db, entries: &mut [Shown]) -> Result<()> {
    let said = |entry: &Shown| -> Option<(Uuid, Uuid)> {
        entry.detail.get("fields")?;
        let notification_id = entry.detail.get("notification_id")?.as_str()?;
        Some((entry.case_id?, Uuid::parse_str(notification_id).ok()?))
    };
    let named: Vec<(Uuid, Uuid)> = entries.iter().filter_map(said).collect();
    if named.is_empty() {
        return Ok(());
    }
    let deleted: Vec<(Uuid,)> = sql(&format!(
        "select notification_id from notification
         where deleted_at is not null and case_id in ({}) and notification_id in ({})",
        list(1, named.len()),
        list(named.len() + 1, named.len())
    ))
    .bind_all(named.iter().map(|(case_id, _)| Value::from(*case_id)))
    .bind_all(named.iter().map(|(_, notification_id)| Value::from(*notification_id)))
    .all(db)
    .await?;
    for entry in entries {
        let is_deleted = said(entry).is_some_and(|(_, id)| deleted.contains(&(id,)));
        if let (true, Some(detail)) = (is_deleted, entry.detail.as_object_mut()) {
            detail.remove("fields");
            detail.insert("content".to_owned(), "deleted".into());
        }
    }
    Ok(())
}

/// The organisations that details of entries name by their ids.
pub async fn organization_names(db: &Db, entries: &[Shown]) -> Result<Names> {
    let mut ids: Vec<Uuid> = entries.iter().flat_map(|entry| words::ids(&entry.detail)).collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Names::new());
    }
    let rows: Vec<(Uuid, String)> = sql(&format!(
        "select organization_id, name from organization where organization_id in ({})",
        list(1, ids.len())
    ))
    .bind_all(ids.into_iter().map(Value::from))
    .all(db)
    .await?;
    Ok(rows.into_iter().collect())
}

/// The case behind a HER-SYS ID, where an organisation reaches it.
pub async fn case_within_reach(db: &Db, organization_id: Uuid, hersys_id: &str) -> Result<Option<Uuid>> {
    sql("select i.case_id from case_by_hersys_id i
         where i.hersys_id = $1 and exists (
             select 1 from case_relation r where r.case_id = i.case_id and r.organization_id = $2)")
    .bind(hersys_id)
    .bind(organization_id)
    .optional_scalar(db)
    .await
}

/// Keeps a search for the account that made it.
pub async fn keep_search(tx: &mut Tx, search_id: Uuid, account_id: Uuid, criteria: Json, now: Timestamp) -> Result<()> {
    sql("insert into audit_search (search_id, account_id, criteria, created_at) values ($1, $2, $3, $4)")
        .bind(search_id)
        .bind(account_id)
        .bind(criteria)
        .bind(now)
        .run(tx)
        .await
        .map(drop)
}

/// A search of `account_id`; those of others are not found.
pub async fn kept_search(db: &Db, search_id: Uuid, account_id: Uuid) -> Result<Option<Json>> {
    sql("select criteria from audit_search where search_id = $1 and account_id = $2")
        .bind(search_id)
        .bind(account_id)
        .optional_scalar(db)
        .await
}
