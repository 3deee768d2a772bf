//! Reads of cases, their documents and organisations.

use std::collections::HashMap;

use hersys_shared::HersysId;
use hersys_shared::episode::Episode;
use hersys_shared::identity::Identity;
use hersys_shared::symptoms::{Answers, CaseKind};
use time::Date;
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::cases::NoticePolicy;
use crate::cases::create::{EPISODE_TAB, IDENTITY_TAB};
use crate::clock::Timestamp;
use crate::db::{self, Db, Handle, Value, places, sql};
use crate::error::{Error, Result};

/// A person's episode: what is kept of it beside its documents.
#[derive(Debug, Clone)]
pub struct Case {
    pub case_id: Uuid,
    pub kind: CaseKind,
    pub hersys_id: HersysId,
    pub responsible_center_id: Uuid,
    pub receiving_center_id: Option<Uuid>,
    pub entered_by_organization_id: Uuid,
    pub index_case_id: Option<Uuid>,
    pub observed_from: Option<Date>,
    pub observed_until: Option<Date>,
    /// `hersys`, `nesid` (C-04)
    pub origin: String,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

#[derive(sqlx::FromRow)]
struct CaseRow {
    case_id: Uuid,
    kind: String,
    hersys_id: String,
    responsible_center_id: Uuid,
    receiving_center_id: Option<Uuid>,
    entered_by_organization_id: Uuid,
    index_case_id: Option<Uuid>,
    observed_from: Option<Date>,
    observed_until: Option<Date>,
    origin: String,
    created_at: Timestamp,
    created_by: Uuid,
}

impl TryFrom<CaseRow> for Case {
    type Error = Error;

    fn try_from(row: CaseRow) -> Result<Self> {
        let unreadable = |what: &str| Error::Internal(format!("case {}: unreadable {what}", row.case_id));
        Ok(Self {
            kind: CaseKind::from_code(&row.kind).ok_or_else(|| unreadable("kind"))?,
            hersys_id: HersysId::parse(&row.hersys_id).map_err(|_| unreadable("HERSYS ID"))?,
            case_id: row.case_id,
            responsible_center_id: row.responsible_center_id,
            receiving_center_id: row.receiving_center_id,
            entered_by_organization_id: row.entered_by_organization_id,
            index_case_id: row.index_case_id,
            observed_from: row.observed_from,
            observed_until: row.observed_until,
            origin: row.origin,
            created_at: row.created_at,
            created_by: row.created_by,
        })
    }
}

/// A case by its key.
pub async fn case(on: impl Into<Handle<'_>>, case_id: Uuid) -> Result<Option<Case>> {
    let row: Option<CaseRow> = sql("select case_id, kind, hersys_id, responsible_center_id, receiving_center_id,
                entered_by_organization_id, index_case_id, observed_from, observed_until, origin,
                created_at, created_by
         from cases where case_id = $1")
    .bind(case_id)
    .optional(on)
    .await?;
    row.map(Case::try_from).transpose()
}

/// One version of an ID管理 document.
#[derive(Debug, Clone)]
pub struct IdentityVersion {
    pub version: i64,
    pub identity: Identity,
    pub updated_at: Timestamp,
    pub updated_by: Uuid,
}

#[derive(sqlx::FromRow)]
struct DocumentRow {
    version: i64,
    body: serde_json::Value,
    updated_at: Timestamp,
    updated_by: Uuid,
}

impl TryFrom<DocumentRow> for IdentityVersion {
    type Error = Error;

    fn try_from(row: DocumentRow) -> Result<Self> {
        let identity = serde_json::from_value(row.body)
            // Not the error's text, which may quote the document.
            .map_err(|error| Error::Internal(format!("unreadable ID管理 document: {:?}", error.classify())))?;
        Ok(Self { version: row.version, identity, updated_at: row.updated_at, updated_by: row.updated_by })
    }
}

/// The current ID管理 document.
pub async fn identity(on: impl Into<Handle<'_>>, case_id: Uuid) -> Result<IdentityVersion> {
    let row: Option<DocumentRow> =
        sql("select version, body, updated_at, updated_by from document where case_id = $1 and tab = $2")
            .bind(case_id)
            .bind(IDENTITY_TAB)
            .optional(on)
            .await?;
    row.ok_or(Error::NotFound)?.try_into()
}

/// The facts of the episode that several tabs share, as they stand; empty before the first is known.
pub async fn episode(on: impl Into<Handle<'_>>, case_id: Uuid) -> Result<Episode> {
    let body: Option<serde_json::Value> = sql("select body from document where case_id = $1 and tab = $2")
        .bind(case_id)
        .bind(EPISODE_TAB)
        .optional_scalar(on)
        .await?;
    // Not the error's text, which may quote the document.
    body.map_or_else(
        || Ok(Episode::default()),
        |body| {
            serde_json::from_value(body)
                .map_err(|error| Error::Internal(format!("unreadable episode document: {:?}", error.classify())))
        },
    )
}

/// The ID管理 document as it was at `version`.
pub async fn identity_at(db: &Db, case_id: Uuid, version: i64) -> Result<Option<IdentityVersion>> {
    let row: Option<DocumentRow> = sql("select version, body, updated_at, updated_by from document_history
         where case_id = $1 and tab = $2 and version = $3")
    .bind(case_id)
    .bind(IDENTITY_TAB)
    .bind(version)
    .optional(db)
    .await?;
    row.map(IdentityVersion::try_from).transpose()
}

/// Every version of the ID管理 document, the first first.
pub async fn identity_versions(db: &Db, case_id: Uuid) -> Result<Vec<IdentityVersion>> {
    let rows: Vec<DocumentRow> = sql("select version, body, updated_at, updated_by from document_history
         where case_id = $1 and tab = $2 order by version")
    .bind(case_id)
    .bind(IDENTITY_TAB)
    .all(db)
    .await?;
    rows.into_iter().map(IdentityVersion::try_from).collect()
}

/// An organisation, as forms and messages name it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Organization {
    pub organization_id: Uuid,
    pub kind: String,
    pub name: String,
    pub prefecture_code: String,
    pub governing_id: Option<Uuid>,
}

pub async fn organization(db: &Db, organization_id: Uuid) -> Result<Option<Organization>> {
    Ok(sql("select organization_id, kind, name, prefecture_code, governing_id from organization
            where organization_id = $1")
    .bind(organization_id)
    .optional(db)
    .await?)
}

/// The names of some organisations.
pub async fn organization_names(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = sql(&format!(
        "select organization_id, name from organization where organization_id in {}",
        places(1, 1, ids.len())
    ))
    .bind_all(ids.into_iter().map(Value::from))
    .all(db)
    .await?;
    Ok(rows.into_iter().collect())
}

/// All health centres to choose 担当保健所 from; those of `prefecture_code` come first.
pub async fn center_choices(db: &Db, prefecture_code: &str) -> Result<Vec<Organization>> {
    Ok(sql("select organization_id, kind, name, prefecture_code, governing_id from organization
            where kind = $1
            order by case when prefecture_code = $2 then 0 else 1 end, prefecture_code, code, name")
    .bind(OrganizationKind::HealthCenter.code())
    .bind(prefecture_code)
    .all(db)
    .await?)
}

/// Who an account is, or an institution's token, for 'changed by'.
pub async fn account_name(db: &Db, account_id: Uuid) -> Result<Option<String>> {
    Ok(sql("select o.name || ' ' || a.display_name from account a
            join organization o on o.organization_id = a.organization_id where a.account_id = $1
            union all
            select o.name || ' システム連携：' || t.name from institution_token t
            join organization o on o.organization_id = t.organization_id where t.token_id = $1")
    .bind(account_id)
    .optional_scalar(db)
    .await?)
}

/// The case with a HER-SYS ID, if `organization_id` reaches it.
pub async fn reachable_by_hersys_id(db: &Db, organization_id: Uuid, hersys_id: &HersysId) -> Result<Option<Uuid>> {
    Ok(sql("select i.case_id from case_by_hersys_id k cross join case_index i
            where k.hersys_id = $2 and i.organization_id = $1 and i.case_id = k.case_id")
    .bind(organization_id)
    .bind(hersys_id.as_str())
    .optional_scalar(db)
    .await?)
}

/// Whether `organization_id` reaches a case.
pub async fn reaches(db: &Db, organization_id: Uuid, case_id: Uuid) -> Result<bool> {
    let found: Option<Uuid> = sql("select case_id from case_index where organization_id = $1 and case_id = $2")
        .bind(organization_id)
        .bind(case_id)
        .optional_scalar(db)
        .await?;
    Ok(found.is_some())
}

/// Somebody already entered who may be the person at hand.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Lookalike {
    pub case_id: Uuid,
    pub hersys_id: String,
    pub name: String,
    pub kana: String,
    pub birth_on: Option<Date>,
    pub created_at: Timestamp,
}

/// Cases within reach with the same reading and birth date, or under the same telephone number. Of people reached by
/// a link alone neither may be known (C-19).
pub async fn lookalikes(
    db: &Db,
    organization_id: Uuid,
    kana_key: &str,
    birth_on: Option<Date>,
    phone: Option<&str>,
) -> Result<Vec<Lookalike>> {
    const MOST: i64 = 10;
    // The few who are found are sorted by an expression: SQLite would rather read the organisation's whole list in
    // the order of an index.
    let columns = "i.case_id, i.hersys_id, i.name, i.kana, i.birth_on, i.created_at";
    let newest = format!("order by coalesce(i.created_at, 0) desc limit {MOST}");
    let found: Vec<Lookalike> = sql(&format!(
        "select * from (select {columns} from case_index i
                        where i.organization_id = $1 and i.kana_key = $2 and $2 <> '' and i.birth_on = $3
                          and not i.is_linked {newest}) as same
         union all
         select * from (select {columns} from case_phone_index p cross join case_index i
                        where p.organization_id = $1 and p.phone = $4 and i.organization_id = $1
                          and i.case_id = p.case_id and not i.is_linked {newest}) as near"
    ))
    .bind(organization_id)
    .bind(kana_key)
    .bind(birth_on)
    .bind(phone.unwrap_or_default())
    .all(db)
    .await?;
    let mut once: Vec<Lookalike> = Vec::with_capacity(found.len());
    for person in found {
        if once.iter().all(|known| known.case_id != person.case_id) {
            once.push(person);
        }
    }
    Ok(once)
}

/// The case with a HER-SYS ID, if `organization_id` lists it.
pub async fn lookalike_by_hersys_id(db: &Db, organization_id: Uuid, hersys_id: &HersysId) -> Result<Option<Lookalike>> {
    Ok(sql("select i.case_id, i.hersys_id, i.name, i.kana, i.birth_on, i.created_at
            from case_by_hersys_id k cross join case_index i
            where k.hersys_id = $2 and i.organization_id = $1 and i.case_id = k.case_id and not i.is_linked")
    .bind(organization_id)
    .bind(hersys_id.as_str())
    .optional(db)
    .await?)
}

/// What the header strip says of the latest report.
#[derive(Debug, Clone)]
pub struct LatestReport {
    pub observed_on: Date,
    pub symptom_set_version: i64,
    pub symptoms: Answers,
    pub has_emergency_sign: bool,
}

/// The last report of the last reported day, without those that were corrected.
pub async fn latest_report(db: &Db, case_id: Uuid) -> Result<Option<LatestReport>> {
    type Row = (Date, i64, serde_json::Value, serde_json::Value);
    let row: Option<Row> = sql("select observed_on, symptom_set_version, symptoms, emergency_signs from observation o
         where case_id = $1
           and not exists (select 1 from observation_correction c
                           where c.case_id = o.case_id and c.report_id = o.report_id)
         order by observed_on desc, coalesce(told_at, received_at) desc, received_at desc limit 1")
    .bind(case_id)
    .optional(db)
    .await?;
    Ok(row.map(|(observed_on, symptom_set_version, symptoms, signs)| LatestReport {
        observed_on,
        symptom_set_version,
        symptoms: serde_json::from_value(symptoms).unwrap_or_default(),
        has_emergency_sign: signs.as_array().is_some_and(|signs| !signs.is_empty()),
    }))
}

/// How often something was done with a case since `since`, by the audit.
pub async fn times_done(on: impl Into<Handle<'_>>, case_id: Uuid, action: &str, since: Timestamp) -> db::Result<i64> {
    sql("select count(*) from audit where case_id = $1 and at >= $2 and action = $3")
        .bind(case_id)
        .bind(since)
        .bind(action)
        .scalar(on)
        .await
}

/// A health centre's way with notices.
pub async fn notice_policy(db: &Db, center_id: Uuid) -> db::Result<Option<NoticePolicy>> {
    sql("select sends_url_notice, institutions_may_notify from organization where organization_id = $1 and kind = $2")
        .bind(center_id)
        .bind(OrganizationKind::HealthCenter.code())
        .optional(db)
        .await
}

/// Keeps the form of somebody who is being registered. Of yesterday's, [`crate::access`] takes care.
pub async fn keep_draft(
    db: &Db,
    draft_id: Uuid,
    account_id: Uuid,
    typed: serde_json::Value,
    now: Timestamp,
) -> db::Result<()> {
    sql("insert into registration_draft (draft_id, account_id, typed, updated_at) values ($1, $2, $3, $4)
         on conflict (draft_id) do update set typed = excluded.typed, updated_at = excluded.updated_at
         where registration_draft.account_id = excluded.account_id")
    .bind(draft_id)
    .bind(account_id)
    .bind(typed)
    .bind(now)
    .run(db)
    .await
    .map(drop)
}

/// What an account has typed and not yet registered.
pub async fn draft(db: &Db, draft_id: Uuid, account_id: Uuid) -> db::Result<Option<serde_json::Value>> {
    sql("select typed from registration_draft where draft_id = $1 and account_id = $2")
        .bind(draft_id)
        .bind(account_id)
        .optional_scalar(db)
        .await
}

pub async fn delete_draft(on: impl Into<Handle<'_>>, draft_id: Uuid, account_id: Uuid) -> db::Result<()> {
    sql("delete from registration_draft where draft_id = $1 and account_id = $2")
        .bind(draft_id)
        .bind(account_id)
        .run(on)
        .await
        .map(drop)
}

/// Keeps the hash of an invitation's token.
pub async fn insert_invitation(
    on: impl Into<Handle<'_>>,
    token_hash: [u8; 32],
    case_id: Uuid,
    expires_at: Timestamp,
) -> db::Result<()> {
    sql("insert into invitation (token_hash, case_id, expires_at) values ($1, $2, $3)")
        .bind(token_hash)
        .bind(case_id)
        .bind(expires_at)
        .run(on)
        .await
        .map(drop)
}
