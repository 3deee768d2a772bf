//! SQL of planning.

use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Engine, Handle, Tx, Value, among, sql};
use crate::error::Result;
use crate::monitoring::reminders::{END_HOUR, FIRST_HOUR, LAST_HOUR};

const HOUR: i64 = 3_600_000;

/// How far the planning of a day has come.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    pub day: Date,
    /// None: those without an end of observation.
    pub ends_on: Option<Date>,
    pub case_id: Uuid,
    pub planned: i64,
    pub finished_at: Option<Timestamp>,
}

pub async fn plan(on: impl Into<Handle<'_>>, day: Date) -> Result<Option<Row>> {
    Ok(sql("select day, ends_on, case_id, planned, finished_at from reminder_plan where day = $1")
        .bind(day)
        .optional(on)
        .await?)
}

/// Holds the planning of a day until the transaction ends, beginning it where nobody has.
pub async fn hold(tx: &mut Tx, day: Date) -> Result<Option<Row>> {
    sql("insert into reminder_plan (day, ends_on, case_id, planned) values ($1, null, $2, 0)
         on conflict (day) do update set planned = reminder_plan.planned")
    .bind(day)
    .bind(Uuid::nil())
    .run(&mut *tx)
    .await?;
    plan(tx, day).await
}

pub async fn keep(tx: &mut Tx, plan: &Row) -> Result<()> {
    sql("update reminder_plan set ends_on = $2, case_id = $3, planned = $4, finished_at = $5 where day = $1")
        .bind(plan.day)
        .bind(plan.ends_on)
        .bind(plan.case_id)
        .bind(plan.planned)
        .bind(plan.finished_at)
        .run(tx)
        .await?;
    Ok(())
}

/// The last of the next people with this end of observation.
pub async fn last_of_next(tx: &mut Tx, ends_on: Option<Date>, after: Uuid, most: i64) -> Result<Option<Uuid>> {
    let (with_end, values): (&str, Vec<Value>) = match ends_on {
        Some(day) => ("observed_until = $3", vec![after.into(), most.into(), day.into()]),
        None => ("observed_until is null", vec![after.into(), most.into()]),
    };
    Ok(sql(&format!(
        "select case_id from (select case_id from cases where {with_end} and case_id > $1
                              order by case_id limit $2) as next
         order by case_id desc limit 1"
    ))
    .bind_all(values)
    .optional_scalar(tx)
    .await?)
}

/// The next end of observation, from `day` on.
pub async fn next_end(tx: &mut Tx, before: Option<Date>, day: Date) -> Result<Option<Date>> {
    let (condition, from) = match before {
        Some(before) => ("observed_until > $1", before),
        None => ("observed_until >= $1", day),
    };
    Ok(sql(&format!("select observed_until from cases where {condition} order by observed_until limit 1"))
        .bind(from)
        .optional_scalar(tx)
        .await?)
}

/// Who is to be asked on the day `$1`, and the hour of it.
fn wanted() -> String {
    let hour = "case when p.hour > 0 then p.hour else o.reminder_hour end";
    format!(
        "select c.case_id, case when {hour} < {FIRST_HOUR} then {FIRST_HOUR}
                                when {hour} > {LAST_HOUR} then {LAST_HOUR} else {hour} end as hour
         from cases c
         join organization o on o.organization_id = c.responsible_center_id and o.sends_reminders
         left join contact_preference p on p.case_id = c.case_id
         where c.observed_from <= $1 and (c.observed_until is null or c.observed_until >= $1) and p.stopped_at is null"
    )
}

/// Plans the people of a range (behind the first, up to the last) of one end of observation, at their hour.
pub async fn plan_range(
    tx: &mut Tx,
    day: Date,
    ends_on: Option<Date>,
    (after, last): (Uuid, Uuid),
    now: Timestamp,
) -> Result<i64> {
    let (with_end, end): (&str, Vec<Value>) = match ends_on {
        Some(day) => ("c.observed_until = $6", vec![day.into()]),
        None => ("c.observed_until is null", Vec::new()),
    };
    let planned = sql(&format!(
        "insert into reminder (case_id, day, round, due_at, state, reason, channel)
         select w.case_id, $1, 1, $2 + w.hour * {HOUR}, 'planned', '', ''
         from ({} and {with_end} and c.case_id > $3 and c.case_id <= $4) as w
         where true
         on conflict (case_id, day, round) do update set due_at = excluded.due_at, state = 'planned', reason = ''
         where reminder.message_id is null
           and ((reminder.state = 'planned' and reminder.due_at > $5 and excluded.due_at <> reminder.due_at)
                or reminder.state = 'cancelled')",
        wanted()
    ))
    .bind(day)
    .bind(Timestamp::start_of(day))
    .bind(after)
    .bind(last)
    .bind(now)
    .bind_all(end)
    .run(tx)
    .await?;
    Ok(i64::try_from(planned).unwrap_or(i64::MAX))
}

/// Plans some people; whose hour is over, at `late`. What was sent, or is about to be, stays as it is.
pub async fn plan_these(tx: &mut Tx, day: Date, cases: &[Uuid], late: Timestamp, now: Timestamp) -> Result<()> {
    let start = Timestamp::start_of(day);
    let (people, values) = among(6, cases);
    sql(&format!(
        "insert into reminder (case_id, day, round, due_at, state, reason, channel)
         select w.case_id, $1, 1, case when $2 + w.hour * {HOUR} > $3 then $2 + w.hour * {HOUR} else $4 end,
                'planned', '', ''
         from ({} and c.case_id in ({people})) as w
         where $2 + w.hour * {HOUR} > $3 or $4 < $5
         on conflict (case_id, day, round) do update set due_at = excluded.due_at, state = 'planned', reason = ''
         where reminder.message_id is null
           and (reminder.state = 'cancelled'
                or (reminder.state = 'planned' and excluded.due_at <> reminder.due_at and reminder.due_at > $3
                    and excluded.due_at <> $4))",
        wanted()
    ))
    .bind(day)
    .bind(start)
    .bind(now)
    .bind(late)
    .bind(start + time::Duration::hours(END_HOUR))
    .bind_all(values)
    .run(&mut *tx)
    .await?;
    resume_second(tx, day, cases, late, now).await
}

/// Plans the second requests again that a stop or an end had cancelled, after both were taken back.
async fn resume_second(tx: &mut Tx, day: Date, cases: &[Uuid], late: Timestamp, now: Timestamp) -> Result<()> {
    // Hardly anybody has one: they are looked for first.
    let (people, values) = among(2, cases);
    let cancelled: Vec<(Uuid,)> = sql(&format!(
        "select case_id from reminder
         where day = $1 and round = 2 and state = 'cancelled' and message_id is null and case_id in ({people})"
    ))
    .bind(day)
    .bind_all(values)
    .all(&mut *tx)
    .await?;
    if cancelled.is_empty() {
        return Ok(());
    }
    let cancelled: Vec<Uuid> = cancelled.into_iter().map(|(case_id,)| case_id).collect();
    let (people, values) = among(5, &cancelled);
    sql(&format!(
        "update reminder set state = 'planned', reason = '', due_at = case when due_at > $2 then due_at else $3 end
         where day = $1 and round = 2 and state = 'cancelled' and message_id is null and (due_at > $2 or $3 < $4)
           and case_id in ({people}) and case_id in (select w.case_id from ({} and c.case_id in ({people})) as w)",
        wanted()
    ))
    .bind(day)
    .bind(now)
    .bind(late)
    .bind(Timestamp::start_of(day) + time::Duration::hours(END_HOUR))
    .bind_all(values)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets the days before `day` of some people behind `after`; the last of them.
pub async fn forget_requests(db: &Db, after: Uuid, day: Date, most: i64) -> Result<Option<Uuid>> {
    let last: Option<Uuid> = sql("select case_id from (select distinct case_id from reminder where case_id > $1
                                                       order by case_id limit $2) as next
         order by case_id desc limit 1")
    .bind(after)
    .bind(most)
    .optional_scalar(db)
    .await?;
    let Some(last) = last else { return Ok(None) };
    for table in ["reminder_message", "reminder"] {
        sql(&format!("delete from {table} where case_id > $1 and case_id <= $2 and day < $3"))
            .bind(after)
            .bind(last)
            .bind(day)
            .run(db)
            .await?;
    }
    Ok(Some(last))
}

/// PostgreSQL would plan the morning by the rows of yesterday.
pub async fn refresh_statistics(db: &Db) -> Result<()> {
    if db.engine() == Engine::Postgres {
        sql("analyze reminder").run(db).await?;
    }
    Ok(())
}

/// Forgets the reminders among some messages behind `after` that were written before `moment`; the last of them. Ids of
/// messages begin with the time.
pub async fn forget_messages(db: &Db, after: Uuid, moment: Timestamp, most: i64) -> Result<Option<Uuid>> {
    let end = Uuid::from_u128(u128::try_from(moment.0).unwrap_or(0) << 80);
    let last: Option<Uuid> = sql("select message_id from (select message_id from message
             where message_id > $1 and message_id < $2 order by message_id limit $3) as next
         order by message_id desc limit 1")
    .bind(after)
    .bind(end)
    .bind(most)
    .optional_scalar(db)
    .await?;
    let Some(last) = last else { return Ok(None) };
    sql("delete from message where message_id > $1 and message_id <= $2 and purpose || '' = 'reminder'
         and status || '' <> 'waiting'")
    .bind(after)
    .bind(last)
    .run(db)
    .await?;
    Ok(Some(last))
}
