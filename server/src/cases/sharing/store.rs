//! SQL of sharing: what is set, what may be chosen, who reaches a person.

use time::Date;
use uuid::Uuid;

use crate::access::{OrganizationKind, Relation, Staff};
use crate::cases::store::Case;
use crate::clock::Timestamp;
use crate::db::{Db, Tx, sql};
use crate::error::Result;

/// One sharing, running or ended.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Sharing {
    pub sharing_id: Uuid,
    pub relation: String,
    pub organization_id: Uuid,
    pub organization: String,
    pub since: Timestamp,
    pub set_by: Option<String>,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<String>,
}

impl Sharing {
    pub fn is(&self, relation: Relation) -> bool {
        self.relation == relation.code()
    }
}

/// Everything that was ever shared of a case, the newest first.
pub async fn sharings(db: &Db, case_id: Uuid) -> Result<Vec<Sharing>> {
    Ok(sql("select s.sharing_id, s.relation, s.organization_id, o.name as organization, s.since,
                so.name || ' ' || sa.display_name as set_by, s.ended_at,
                eo.name || ' ' || ea.display_name as ended_by
         from case_sharing s
         join organization o on o.organization_id = s.organization_id
         left join organization so on so.organization_id = s.set_by_organization_id
         left join account sa on sa.account_id = s.set_by
         left join organization eo on eo.organization_id = s.ended_by_organization_id
         left join account ea on ea.account_id = s.ended_by
         where s.case_id = $1
         order by s.since desc, s.sharing_id desc")
    .bind(case_id)
    .all(db)
    .await?)
}

/// A running sharing, as it is to be ended.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Running {
    pub relation: String,
    pub organization_id: Uuid,
}

pub async fn running(tx: &mut Tx, case_id: Uuid, sharing_id: Uuid) -> Result<Option<Running>> {
    Ok(sql("select relation, organization_id from case_sharing
         where case_id = $1 and sharing_id = $2 and ended_at is null")
    .bind(case_id)
    .bind(sharing_id)
    .optional(tx)
    .await?)
}

/// Sets a sharing. `false`: it was set already. The case must be held.
pub async fn begin(
    tx: &mut Tx,
    case_id: Uuid,
    relation: Relation,
    organization_id: Uuid,
    by: &Staff,
    now: Timestamp,
) -> Result<bool> {
    let begun = sql("insert into case_sharing
            (case_id, sharing_id, relation, organization_id, since, set_by, set_by_organization_id)
         select $1, $2, $3, $4, $5, $6, $7
         where not exists (select 1 from case_sharing
             where case_id = $1 and relation = $3 and organization_id = $4 and ended_at is null)")
    .bind(case_id)
    .bind(Uuid::now_v7())
    .bind(relation.code())
    .bind(organization_id)
    .bind(now)
    .bind(by.account_id)
    .bind(by.organization_id)
    .run(tx)
    .await?;
    Ok(begun == 1)
}

/// Ends the running sharing of an organisation. `false`: there is none. The case must be held.
pub async fn end(
    tx: &mut Tx,
    case_id: Uuid,
    relation: Relation,
    organization_id: Uuid,
    by: &Staff,
    now: Timestamp,
) -> Result<bool> {
    let ended = sql("update case_sharing set ended_at = $4, ended_by = $5, ended_by_organization_id = $6
         where case_id = $1 and relation = $2 and organization_id = $3 and ended_at is null")
    .bind(case_id)
    .bind(relation.code())
    .bind(organization_id)
    .bind(now)
    .bind(by.account_id)
    .bind(by.organization_id)
    .run(tx)
    .await?;
    Ok(ended == 1)
}

/// The people with whom an organisation is linked.
pub async fn linked_cases(tx: &mut Tx, organization_id: Uuid) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = sql("select case_id from case_sharing
         where organization_id = $1 and relation = $2 and ended_at is null order by case_id")
    .bind(organization_id)
    .bind(Relation::Linked.code())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(case_id,)| case_id).collect())
}

/// The follow-up organisations and facilities to which a case is linked, in a fixed order.
pub async fn links(tx: &mut Tx, case_id: Uuid) -> Result<Vec<(Relation, Uuid)>> {
    let rows: Vec<(String, Uuid)> = sql("select relation, organization_id from case_sharing
         where case_id = $1 and relation in ($2, $3) and ended_at is null order by relation, organization_id")
    .bind(case_id)
    .bind(Relation::Linked.code())
    .bind(Relation::Guest.code())
    .all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(relation, organization_id)| Some((Relation::from_code(&relation)?, organization_id)))
        .collect())
}

/// 返却 of a held case by the organisation of `by`. What it gave back before is replaced.
pub async fn add_return(tx: &mut Tx, case: &Case, by: &Staff, reason: &str, now: Timestamp) -> Result<()> {
    settle_returns(&mut *tx, case.case_id, Some(by.organization_id), by, now).await?;
    sql("insert into link_return
            (case_id, return_id, organization_id, center_id, reason, returned_at, returned_by)
         values ($1, $2, $3, $4, $5, $6, $7)")
    .bind(case.case_id)
    .bind(Uuid::now_v7())
    .bind(by.organization_id)
    .bind(case.responsible_center_id)
    .bind(reason)
    .bind(now)
    .bind(by.account_id)
    .run(tx)
    .await?;
    Ok(())
}

/// What was given back, by one organisation or by all, is noted. `false`: nothing was open.
pub async fn settle_returns(tx: &mut Tx, case_id: Uuid, of: Option<Uuid>, by: &Staff, now: Timestamp) -> Result<bool> {
    let settled = sql("update link_return set settled_at = $2, settled_by = $3
         where case_id = $1 and settled_at is null and ($4 or organization_id = $5)")
    .bind(case_id)
    .bind(now)
    .bind(by.account_id)
    .bind(of.is_none())
    .bind(of)
    .run(tx)
    .await?;
    Ok(settled > 0)
}

/// What was given back and is not noted yet goes with 担当保健所.
pub async fn hand_over_returns(tx: &mut Tx, case_id: Uuid, to_center_id: Uuid) -> Result<()> {
    sql("update link_return set center_id = $2 where case_id = $1 and settled_at is null")
        .bind(case_id)
        .bind(to_center_id)
        .run(tx)
        .await?;
    Ok(())
}

/// The organisations to which a case is shared in one way, in a fixed order: before and after, for the audit.
pub async fn shared_with(tx: &mut Tx, case_id: Uuid, relation: Relation) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = sql("select organization_id from case_sharing
         where case_id = $1 and relation = $2 and ended_at is null order by organization_id")
    .bind(case_id)
    .bind(relation.code())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(organization_id,)| organization_id).collect())
}

/// An organisation that may be chosen.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Choice {
    pub organization_id: Uuid,
    pub kind: String,
    pub name: String,
    pub prefecture_code: String,
    /// 健康フォローアップ機関の権限 (IDM-08)
    pub follow_up: bool,
}

const CHOICE: &str = "select organization_id, kind, name, prefecture_code, follow_up from organization";
/// GEN-07, IDM-10: `$1` is today.
const ACTIVE: &str = "(active_from is null or active_from <= $1) and (active_until is null or active_until > $1)";

/// All health centres at work, by prefecture.
pub async fn centers(db: &Db, today: Date) -> Result<Vec<Choice>> {
    Ok(sql(&format!("{CHOICE} where {ACTIVE} and kind = $2 order by prefecture_code, code, name"))
        .bind(today)
        .bind(OrganizationKind::HealthCenter.code())
        .all(db)
        .await?)
}

/// Whoever may be linked in a prefecture: follow-up organisations, institutions that were given
/// that right, accommodation facilities.
pub async fn partners(db: &Db, prefecture_code: &str, today: Date) -> Result<Vec<Choice>> {
    Ok(sql(&format!(
        "{CHOICE} where {ACTIVE} and prefecture_code = $2 and (kind in ($3, $4) or (kind = $5 and follow_up))
         order by kind, code, name"
    ))
    .bind(today)
    .bind(prefecture_code)
    .bind(OrganizationKind::FollowUp.code())
    .bind(OrganizationKind::Accommodation.code())
    .bind(OrganizationKind::MedicalInstitution.code())
    .all(db)
    .await?)
}

/// One organisation at work, held until the transaction ends, so that its right cannot be taken
/// away while somebody is linked by it.
pub async fn choice(tx: &mut Tx, organization_id: Uuid, today: Date) -> Result<Option<Choice>> {
    sql("update organization set created_at = created_at where organization_id = $1")
        .bind(organization_id)
        .run(&mut *tx)
        .await?;
    Ok(sql(&format!("{CHOICE} where {ACTIVE} and organization_id = $2"))
        .bind(today)
        .bind(organization_id)
        .optional(tx)
        .await?)
}

/// One reason for which an organisation reaches a person.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Reach {
    pub organization_id: Uuid,
    pub organization: String,
    pub kind: String,
    pub relation: String,
}

/// Everybody who reaches a person, and why; the rows of one organisation stand together.
pub async fn reaching(db: &Db, case_id: Uuid) -> Result<Vec<Reach>> {
    Ok(sql("select r.organization_id, o.name as organization, o.kind, r.relation from case_relation r
         join organization o on o.organization_id = r.organization_id
         where r.case_id = $1 order by o.prefecture_code, o.name, r.organization_id, r.relation")
    .bind(case_id)
    .all(db)
    .await?)
}
