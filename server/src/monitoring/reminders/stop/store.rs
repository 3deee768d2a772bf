//! SQL of stopping and starting, and of whom a number or an account concerns.

use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Handle, Tx, sql};
use crate::error::Result;
use crate::monitoring::reminders::stop::By;

/// Stops the requests to a person; `false` where they were stopped already.
pub async fn stop(
    tx: &mut Tx,
    case_id: Uuid,
    by: By,
    reason: &str,
    account_id: Option<Uuid>,
    now: Timestamp,
) -> Result<bool> {
    let changed = sql("insert into contact_preference (case_id, channel, language, hour, stopped_at, stop_reason,
                                                      stopped_by, updated_at, updated_by)
         values ($1, '', '', null, $2, $3, $4, $2, $5)
         on conflict (case_id) do update set stopped_at = excluded.stopped_at, stop_reason = excluded.stop_reason,
             stopped_by = excluded.stopped_by, updated_at = excluded.updated_at, updated_by = excluded.updated_by
         where contact_preference.stopped_at is null")
    .bind(case_id)
    .bind(now)
    .bind(reason)
    .bind(by.code())
    .bind(account_id)
    .run(tx)
    .await?;
    Ok(changed > 0)
}

/// Sends requests again; only what was stopped by `by`, where it is given. `false` where they were sent already.
pub async fn resume(
    tx: &mut Tx,
    case_id: Uuid,
    by: Option<By>,
    account_id: Option<Uuid>,
    now: Timestamp,
) -> Result<bool> {
    let changed = sql("update contact_preference set stopped_at = null, stop_reason = '', stopped_by = '',
                              updated_at = $2, updated_by = $3
         where case_id = $1 and stopped_at is not null and ($4 = '' or stopped_by = $4)")
    .bind(case_id)
    .bind(now)
    .bind(account_id)
    .bind(by.map_or("", By::code))
    .run(tx)
    .await?;
    Ok(changed > 0)
}

/// Whose requests stand stopped, by whomever.
pub async fn stopped(tx: &mut Tx, cases: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut stopped = Vec::new();
    for case_id in cases {
        let found: Option<Uuid> =
            sql("select case_id from contact_preference where case_id = $1 and stopped_at is not null")
                .bind(*case_id)
                .optional_scalar(&mut *tx)
                .await?;
        stopped.extend(found);
    }
    Ok(stopped)
}

/// Asks the centre to send requests again; `false` where that is asked already.
pub async fn wish_to_resume(tx: &mut Tx, case_id: Uuid, asked_by: Uuid, now: Timestamp) -> Result<bool> {
    let asked = sql("insert into patient_request (case_id, request_id, wish, asked_at, asked_by)
         values ($1, $2, 'resume', $3, $4) on conflict (case_id, wish) where settled_at is null do nothing")
    .bind(case_id)
    .bind(Uuid::now_v7())
    .bind(now)
    .bind(asked_by)
    .run(tx)
    .await?;
    Ok(asked > 0)
}

pub async fn center_of(on: impl Into<Handle<'_>>, case_id: Uuid) -> Result<Option<Uuid>> {
    Ok(sql("select responsible_center_id from cases where case_id = $1").bind(case_id).optional_scalar(on).await?)
}

/// The people of an account who are observed today or later, with their languages.
pub async fn of_account(on: impl Into<Handle<'_>>, account_id: Uuid, today: Date) -> Result<Vec<(Uuid, String)>> {
    Ok(sql("select distinct c.case_id, coalesce(k.language, '') from patient_person p
         join cases c on c.case_id = p.case_id
         left join contact_preference k on k.case_id = c.case_id
         where p.account_id = $1 and (c.observed_until is null or c.observed_until >= $2) order by 1")
    .bind(account_id)
    .bind(today)
    .all(on)
    .await?)
}

pub async fn person(on: impl Into<Handle<'_>>, case_id: Uuid, today: Date) -> Result<Vec<(Uuid, String)>> {
    Ok(sql("select c.case_id, coalesce(k.language, '') from cases c
         left join contact_preference k on k.case_id = c.case_id
         where c.case_id = $1 and (c.observed_until is null or c.observed_until >= $2)")
    .bind(case_id)
    .bind(today)
    .all(on)
    .await?)
}

/// Who has given a number, as the lists of the health centres know it: emergency contacts are among them.
pub async fn with_number(db: &Db, number: &str) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = sql("select distinct p.case_id from organization o
         join case_phone_index p on p.organization_id = o.organization_id and p.phone = $1
         where o.kind = 'health_center' order by p.case_id limit 200")
    .bind(number)
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|(case_id,)| case_id).collect())
}

/// Whether any of these people's requests stand stopped by `by`.
pub async fn is_stopped(tx: &mut Tx, cases: &[Uuid], by: By) -> Result<bool> {
    for case_id in cases {
        let stopped: Option<Uuid> = sql("select case_id from contact_preference
             where case_id = $1 and stopped_at is not null and stopped_by = $2")
        .bind(*case_id)
        .bind(by.code())
        .optional_scalar(&mut *tx)
        .await?;
        if stopped.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
