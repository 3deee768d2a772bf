//! SQL of hand-overs.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Query, Tx, sql};
use crate::error::Result;

/// A proposal to hand 担当保健所 over, and how it ended.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Transfer {
    pub case_id: Uuid,
    pub transfer_id: Uuid,
    pub from_center_id: Uuid,
    pub to_center_id: Uuid,
    pub from_center: String,
    pub to_center: String,
    pub note: String,
    pub keeps_access: bool,
    pub status: String,
    pub offered_at: Timestamp,
    pub offered_by: Option<String>,
    pub reason: Option<String>,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<String>,
    /// Who it is, in lists and only within the reader's reach.
    pub name: Option<String>,
    pub hersys_id: Option<String>,
    /// The last three digits, by which a centre knows its own hand-over again without seeing the person.
    pub id_end: String,
}

impl Transfer {
    pub fn is_open(&self) -> bool {
        self.status == "open"
    }
}

/// How a proposal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Accepted,
    Returned,
    Withdrawn,
}

impl End {
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Returned, Self::Withdrawn];

    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Accepted => "受入れ",
            Self::Returned => "差戻し",
            Self::Withdrawn => "取下げ",
        }
    }
}

fn transfers(person: &str, join: &str, condition: &str) -> Query {
    sql(&format!(
        "select t.case_id, t.transfer_id, t.from_center_id, t.to_center_id, f.name as from_center, c.name as to_center,
                t.note, t.keeps_access, t.status, t.offered_at, oa.display_name as offered_by, t.reason, t.ended_at,
                ea.display_name as ended_by, substr(k.hersys_id, length(k.hersys_id) - 2) as id_end, {person}
         from case_transfer t
         join cases k on k.case_id = t.case_id
         join organization f on f.organization_id = t.from_center_id
         join organization c on c.organization_id = t.to_center_id
         left join account oa on oa.account_id = t.offered_by
         left join account ea on ea.account_id = t.ended_by
         {join}
         where {condition}"
    ))
}

/// All hand-overs of a person, the newest first.
pub async fn of_case(db: &Db, case_id: Uuid) -> Result<Vec<Transfer>> {
    let nobody = "cast(null as text) as name, cast(null as text) as hersys_id";
    Ok(transfers(nobody, "", "t.case_id = $1 order by t.offered_at desc, t.transfer_id desc")
        .bind(case_id)
        .all(db)
        .await?)
}

/// Which of the hand-overs a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tray {
    /// 受信箱
    In,
    /// 送信箱
    Out,
    /// Those of people whom a head office reaches.
    Within,
}

/// The hand-overs of an organisation's box: open ones from the oldest, or ended ones from the newest.
pub async fn in_box(db: &Db, organization_id: Uuid, which: Tray, open: bool, most: i64) -> Result<Vec<Transfer>> {
    let (join, own) = match which {
        Tray::In => ("left join", "t.to_center_id = $1"),
        Tray::Out => ("left join", "t.from_center_id = $1"),
        Tray::Within => ("join", "i.organization_id = $1"),
    };
    let state =
        if open { "t.status = 'open' order by t.offered_at" } else { "t.status <> 'open' order by t.ended_at desc" };
    Ok(transfers(
        "i.name, i.hersys_id",
        &format!("{join} case_index i on i.organization_id = $1 and i.case_id = t.case_id"),
        &format!("{own} and {state}, t.transfer_id limit $2"),
    )
    .bind(organization_id)
    .bind(most)
    .all(db)
    .await?)
}

/// A hand-over to be answered.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Proposal {
    pub from_center_id: Uuid,
    pub to_center_id: Uuid,
    pub keeps_access: bool,
}

pub async fn proposal(tx: &mut Tx, case_id: Uuid, transfer_id: Uuid) -> Result<Option<Proposal>> {
    Ok(sql(
        "select from_center_id, to_center_id, keeps_access from case_transfer where case_id = $1 and transfer_id = $2",
    )
    .bind(case_id)
    .bind(transfer_id)
    .optional(tx)
    .await?)
}

/// A new proposal.
pub struct NewTransfer<'a> {
    pub case_id: Uuid,
    pub transfer_id: Uuid,
    pub from_center_id: Uuid,
    pub to_center_id: Uuid,
    pub note: &'a str,
    pub keeps_access: bool,
    pub offered_by: Uuid,
}

/// Enters a proposal. `false`: one is open already. The case must be held.
pub async fn offer(tx: &mut Tx, transfer: &NewTransfer<'_>, now: Timestamp) -> Result<bool> {
    let offered =
        sql("insert into case_transfer (case_id, transfer_id, from_center_id, to_center_id, note, keeps_access,
                status, offered_at, offered_by)
         select $1, $2, $3, $4, $5, $6, 'open', $7, $8
         where not exists (select 1 from case_transfer where case_id = $1 and status = 'open')")
        .bind(transfer.case_id)
        .bind(transfer.transfer_id)
        .bind(transfer.from_center_id)
        .bind(transfer.to_center_id)
        .bind(transfer.note)
        .bind(transfer.keeps_access)
        .bind(now)
        .bind(transfer.offered_by)
        .run(tx)
        .await?;
    Ok(offered == 1)
}

/// Ends an open proposal; `true` for the one caller that ended it.
pub async fn end(
    tx: &mut Tx,
    case_id: Uuid,
    transfer_id: Uuid,
    end: End,
    reason: Option<&str>,
    by: Uuid,
    now: Timestamp,
) -> Result<bool> {
    let ended = sql("update case_transfer set status = $3, reason = $4, ended_at = $5, ended_by = $6
         where case_id = $1 and transfer_id = $2 and status = 'open'")
    .bind(case_id)
    .bind(transfer_id)
    .bind(end.code())
    .bind(reason)
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    Ok(ended == 1)
}

/// Makes a centre responsible.
pub async fn set_responsible(tx: &mut Tx, case_id: Uuid, center_id: Uuid) -> Result<()> {
    sql("update cases set responsible_center_id = $2 where case_id = $1").bind(case_id).bind(center_id).run(tx).await?;
    Ok(())
}
