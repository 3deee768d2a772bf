//! SQL of organisations.

use time::Date;
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::admin::line::Office;
use crate::admin::organizations::Organization;
use crate::admin::organizations::reminders::ReminderPolicy;
use crate::clock::Timestamp;
use crate::db::{Db, Handle, Query, Tx, Value, list, sql};
use crate::error::{Error, Result};
use crate::monitoring::reminders::send::choose::Way;

/// As many values as a statement of any database takes with room to spare.
const AT_ONCE: usize = 500;

const COLUMNS: &str =
    "o.organization_id, o.kind, o.name, o.code, o.prefecture_code, o.governing_id, o.phone, o.address, o.mail,
    o.is_city, o.outpatient, o.inpatient, o.follow_up, o.sends_url_notice, o.institutions_may_notify, o.sends_reminders,
    o.reminder_hour, o.reminder_second_hour, o.reminder_channels, o.system_chief,
    o.system_manager, o.active_from, o.active_until";

#[derive(sqlx::FromRow)]
struct OrganizationRow {
    organization_id: Uuid,
    kind: String,
    name: String,
    code: Option<String>,
    prefecture_code: String,
    governing_id: Option<Uuid>,
    phone: String,
    address: String,
    mail: Option<String>,
    is_city: bool,
    outpatient: bool,
    inpatient: bool,
    follow_up: bool,
    sends_url_notice: bool,
    institutions_may_notify: bool,
    sends_reminders: bool,
    reminder_hour: i64,
    reminder_second_hour: i64,
    reminder_channels: String,
    system_chief: String,
    system_manager: String,
    active_from: Option<Date>,
    active_until: Option<Date>,
}

fn kind(code: &str) -> Result<OrganizationKind> {
    OrganizationKind::from_code(code).ok_or_else(|| Error::Internal(format!("unknown kind of organisation {code}")))
}

impl TryFrom<OrganizationRow> for Organization {
    type Error = Error;

    fn try_from(row: OrganizationRow) -> Result<Self> {
        Ok(Self {
            organization_id: row.organization_id,
            kind: kind(&row.kind)?,
            name: row.name,
            code: row.code,
            prefecture_code: row.prefecture_code,
            governing_id: row.governing_id,
            phone: row.phone,
            address: row.address,
            mail: row.mail.unwrap_or_default(),
            is_city: row.is_city,
            outpatient: row.outpatient,
            inpatient: row.inpatient,
            follow_up: row.follow_up,
            sends_url_notice: row.sends_url_notice,
            institutions_may_notify: row.institutions_may_notify,
            reminders: ReminderPolicy {
                sends: row.sends_reminders,
                hour: row.reminder_hour,
                second_hour: row.reminder_second_hour,
                ways: Way::of_list(&row.reminder_channels),
            },
            system_chief: row.system_chief,
            system_manager: row.system_manager,
            active_from: row.active_from,
            active_until: row.active_until,
        })
    }
}

fn all(rows: Vec<OrganizationRow>) -> Result<Vec<Organization>> {
    rows.into_iter().map(Organization::try_from).collect()
}

pub async fn organization(on: impl Into<Handle<'_>>, organization_id: Uuid) -> Result<Option<Organization>> {
    let row: Option<OrganizationRow> =
        sql(&format!("select {COLUMNS} from organization o where o.organization_id = $1"))
            .bind(organization_id)
            .optional(on)
            .await?;
    row.map(Organization::try_from).transpose()
}

/// The organisations with one of these codes, of whatever kind.
pub async fn by_codes(tx: &mut Tx, codes: &[String]) -> Result<Vec<Organization>> {
    let mut found = Vec::new();
    for chunk in codes.chunks(AT_ONCE) {
        let rows: Vec<OrganizationRow> =
            sql(&format!("select {COLUMNS} from organization o where o.code in ({})", list(1, chunk.len())))
                .bind_all(chunk.iter().map(Value::from))
                .all(&mut *tx)
                .await?;
        found.extend(all(rows)?);
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct OfficeRow {
    organization_id: Uuid,
    kind: String,
    name: String,
    code: Option<String>,
    prefecture_code: String,
    governing_id: Option<Uuid>,
}

/// Every head office and health centre.
pub async fn offices(on: impl Into<Handle<'_>>) -> Result<Vec<Office>> {
    let rows: Vec<OfficeRow> = sql("select organization_id, kind, name, code, prefecture_code, governing_id
         from organization where kind in ($1, $2)")
    .bind(OrganizationKind::HeadOffice.code())
    .bind(OrganizationKind::HealthCenter.code())
    .all(on)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Office {
                organization_id: row.organization_id,
                kind: kind(&row.kind)?,
                name: row.name,
                code: row.code,
                prefecture_code: row.prefecture_code,
                governing_id: row.governing_id,
            })
        })
        .collect()
}

pub async fn insert(tx: &mut Tx, organization: &Organization, now: Timestamp) -> crate::db::Result<()> {
    let text =
        "insert into organization (organization_id, kind, name, code, prefecture_code, governing_id, phone, address, mail,
                     is_city, outpatient, inpatient, follow_up, sends_url_notice, institutions_may_notify,
                     system_chief, system_manager, active_from, active_until, sends_reminders, reminder_hour,
                     reminder_second_hour, reminder_channels, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                         $23, $24)";
    bound(sql(text), organization).bind(now).run(tx).await.map(drop)
}

pub async fn update(tx: &mut Tx, organization: &Organization) -> crate::db::Result<()> {
    let text = "update organization set kind = $2, name = $3, code = $4, prefecture_code = $5, governing_id = $6,
                     phone = $7, address = $8, mail = $9, is_city = $10, outpatient = $11, inpatient = $12,
                     follow_up = $13, sends_url_notice = $14, institutions_may_notify = $15, system_chief = $16,
                     system_manager = $17, active_from = $18, active_until = $19, sends_reminders = $20,
                     reminder_hour = $21, reminder_second_hour = $22, reminder_channels = $23
                 where organization_id = $1";
    bound(sql(text), organization).run(tx).await.map(drop)
}

/// All columns but the last, in the order of the statements.
fn bound(query: Query, organization: &Organization) -> Query {
    query
        .bind(organization.organization_id)
        .bind(organization.kind.code())
        .bind(&organization.name)
        .bind(organization.code.clone())
        .bind(&organization.prefecture_code)
        .bind(organization.governing_id)
        .bind(&organization.phone)
        .bind(&organization.address)
        .bind((!organization.mail.is_empty()).then_some(organization.mail.as_str()))
        .bind(organization.is_city)
        .bind(organization.outpatient)
        .bind(organization.inpatient)
        .bind(organization.follow_up)
        .bind(organization.sends_url_notice)
        .bind(organization.institutions_may_notify)
        .bind(&organization.system_chief)
        .bind(&organization.system_manager)
        .bind(organization.active_from)
        .bind(organization.active_until)
        .bind(organization.reminders.sends)
        .bind(organization.reminders.hour)
        .bind(organization.reminders.second_hour)
        .bind(organization.reminders.list())
}

/// Which organisations a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only this one and all below it.
    pub below: Option<Uuid>,
    pub kind: Option<OrganizationKind>,
    /// A part of the name, or the beginning of the code.
    pub text: String,
}

/// An organisation in a list, with how many IDs it has.
pub struct Listed {
    pub organization: Organization,
    pub ids: i64,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    organization: OrganizationRow,
    ids: i64,
}

impl Wanted {
    /// The query's head, `from` and `where`; `select` goes between.
    fn query(&self, select: &str, tail: &str) -> Query {
        let head = match self.below {
            Some(_) => {
                "with recursive line(organization_id) as (
                     select organization_id from organization where organization_id = $1
                     union
                     select o.organization_id from organization o join line l on o.governing_id = l.organization_id)"
            }
            None => "",
        };
        let mut values = Vec::new();
        let mut conditions = Vec::new();
        if let Some(below) = self.below {
            values.push(Value::from(below));
            conditions.push("o.organization_id in (select organization_id from line)".to_owned());
        }
        if let Some(kind) = self.kind {
            values.push(Value::from(kind.code()));
            conditions.push(format!("o.kind = ${}", values.len()));
        }
        if !self.text.is_empty() {
            let text = self.text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
            values.push(Value::from(format!("%{text}%")));
            values.push(Value::from(format!("{text}%")));
            let last = values.len();
            conditions.push(format!(r"(o.name like ${} escape '\' or o.code like ${last} escape '\')", last - 1));
        }
        let condition =
            if conditions.is_empty() { String::new() } else { format!("where {}", conditions.join(" and ")) };
        sql(&format!("{head} select {select} from organization o {condition} {tail}")).bind_all(values)
    }
}

pub async fn count(db: &Db, wanted: &Wanted) -> Result<i64> {
    Ok(wanted.query("count(*)", "").scalar(db).await?)
}

/// A page of a list: offices first, then what stands below them, by code and name.
pub async fn page(db: &Db, wanted: &Wanted, size: i64, skip: i64) -> Result<Vec<Listed>> {
    let select = format!(
        "{COLUMNS}, (select count(*) from account a where a.organization_id = o.organization_id and a.ended_at is null) as ids"
    );
    let tail = format!(
        "order by case o.kind when 'ministry' then 0 when 'head_office' then 1 when 'health_center' then 2 else 3 end,
                  o.kind, o.prefecture_code, o.code, o.name, o.organization_id
         limit {size} offset {skip}"
    );
    let rows: Vec<ListedRow> = wanted.query(&select, &tail).all(db).await?;
    rows.into_iter().map(|row| Ok(Listed { organization: row.organization.try_into()?, ids: row.ids })).collect()
}
