//! SQL of follow-up: who follows whom, and how far they have come.

use std::collections::HashMap;

use time::Date;
use uuid::Uuid;

use crate::access::Scope;
use crate::clock::Timestamp;
use crate::db::{Db, Value, list, sql};
use crate::error::Result;
use crate::monitoring::board::Moment;

/// How the people of a centre stand with an organisation that follows them.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Standing {
    pub organization_id: Uuid,
    pub name: String,
    pub kind: String,
    pub linked: i64,
    pub reported: i64,
    /// Not reported, though the hour has come.
    pub silent: i64,
    /// Emergency or worse, by reports that the organisation has not looked at.
    pub urgent: i64,
}

/// The organisations that follow people of the centre, whoever has most unanswered first. One slice of one index.
pub async fn standings(scope: &Scope, moment: Moment) -> Result<Vec<Standing>> {
    Ok(sql("select b.organization_id, o.name, o.kind, count(*) as linked,
                cast(sum(case when b.reported_on >= $2 then 1 else 0 end) as bigint) as reported,
                cast(sum(case when b.reported_on < $2 and b.report_by <= $3 then 1 else 0 end) as bigint) as silent,
                cast(sum(case when b.alert >= 2 then 1 else 0 end) as bigint) as urgent
         from board_person b join organization o on o.organization_id = b.organization_id
         where b.responsible_center_id = $1 and b.organization_id <> $1
           and b.observed_from <= $2 and b.observed_until >= $2 and o.kind <> 'health_center'
         group by b.organization_id, o.name, o.kind
         order by 7 desc, 6 desc, o.name, b.organization_id")
    .bind(scope.organization_id())
    .bind(moment.today)
    .bind(moment.hour)
    .all(scope.db())
    .await?)
}

/// How many of the people on the centre's board nobody follows.
pub async fn unfollowed(scope: &Scope, today: Date) -> Result<i64> {
    Ok(sql("select count(*) from board_person b
         where b.organization_id = $1 and b.observed_from <= $2 and b.shown_until >= $2
           and not exists (select 1 from case_relation l
                           where l.case_id = b.case_id and l.relation in ('linked', 'guest'))")
    .bind(scope.organization_id())
    .bind(today)
    .scalar(scope.db())
    .await?)
}

/// When each organisation last looked at a report or noted an attempt to reach somebody.
pub async fn last_work(db: &Db, organizations: &[Uuid]) -> Result<HashMap<Uuid, Timestamp>> {
    if organizations.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Option<Timestamp>, Option<Timestamp>)> = sql(&format!(
        "select o.organization_id,
                (select max(s.seen_at) from watch_seen s where s.organization_id = o.organization_id),
                (select max(c.attempted_at) from contact_attempt c where c.organization_id = o.organization_id)
         from organization o where o.organization_id in ({})",
        list(1, organizations.len())
    ))
    .bind_all(organizations.iter().map(|id| Value::from(*id)))
    .all(db)
    .await?;
    Ok(rows.into_iter().filter_map(|(id, seen, attempted)| Some((id, seen.max(attempted)?))).collect())
}

/// Everybody whom an organisation follows, of whatever centre: how many, and how many have not reported today.
pub async fn loads(db: &Db, organizations: &[Uuid], today: Date) -> Result<HashMap<Uuid, (i64, i64)>> {
    if organizations.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, i64, i64)> = sql(&format!(
        "select b.organization_id, count(*), cast(sum(case when b.reported_on < $1 then 1 else 0 end) as bigint)
         from board_person b
         where b.observed_from <= $1 and b.observed_until >= $1 and b.organization_id in ({})
         group by b.organization_id",
        list(2, organizations.len())
    ))
    .bind(today)
    .bind_all(organizations.iter().map(|id| Value::from(*id)))
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|(id, linked, unanswered)| (id, (linked, unanswered))).collect())
}

/// The organisations that follow some people already, by person.
pub async fn links(scope: &Scope, cases: &[Uuid]) -> Result<HashMap<Uuid, Vec<(Uuid, String)>>> {
    let mut all: HashMap<Uuid, Vec<(Uuid, String)>> = HashMap::new();
    for some in cases.chunks(200) {
        let rows: Vec<(Uuid, Uuid, String)> = sql(&format!(
            "select s.case_id, s.organization_id, o.name from case_sharing s
             join organization o on o.organization_id = s.organization_id
             where s.ended_at is null and s.relation in ('linked', 'guest') and s.case_id in ({})
             order by o.name, s.organization_id",
            list(1, some.len())
        ))
        .bind_all(some.iter().map(|id| Value::from(*id)))
        .all(scope.db())
        .await?;
        for (case_id, organization_id, name) in rows {
            all.entry(case_id).or_default().push((organization_id, name));
        }
    }
    Ok(all)
}
