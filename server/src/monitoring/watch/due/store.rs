//! SQL of what is due.

use time::Date;
use uuid::Uuid;

use crate::db::{Db, Handle, Tx, sql};
use crate::error::Result;

/// A centre that is due, and how far it has come.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Due {
    pub center_id: Uuid,
    pub round: i64,
    pub after_id: Uuid,
}

/// The day for which everybody was last found due.
pub async fn day(on: impl Into<Handle<'_>>) -> Result<Option<Date>> {
    let days: Vec<(Option<Date>,)> = sql("select day from watch_judge where judge = 1").all(on).await?;
    Ok(days.into_iter().find_map(|(day,)| day))
}

pub async fn set_day(tx: &mut Tx, day: Date) -> Result<()> {
    sql("update watch_judge set day = $1 where judge = 1").bind(day).run(tx).await?;
    Ok(())
}

/// All centres that have somebody on their board.
pub async fn all_due(tx: &mut Tx) -> Result<()> {
    sql("insert into watch_due (center_id, round, after_id)
         select o.organization_id, 1, $1 from organization o
         where o.kind = 'health_center'
           and exists (select 1 from board_person b where b.organization_id = o.organization_id)
         on conflict (center_id) do update set round = watch_due.round + 1, after_id = excluded.after_id")
    .bind(Uuid::nil())
    .run(tx)
    .await?;
    Ok(())
}

pub async fn centers(tx: &mut Tx) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = sql("select o.organization_id from organization o
         where o.kind = 'health_center'
           and exists (select 1 from board_person b where b.organization_id = o.organization_id)
         order by o.organization_id")
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(center_id,)| center_id).collect())
}

pub async fn due(tx: &mut Tx, center_id: Uuid) -> Result<()> {
    sql("insert into watch_due (center_id, round, after_id) values ($1, 1, $2)
         on conflict (center_id) do update set round = watch_due.round + 1, after_id = excluded.after_id")
    .bind(center_id)
    .bind(Uuid::nil())
    .run(tx)
    .await?;
    Ok(())
}

pub async fn next(db: &Db) -> Result<Option<Due>> {
    Ok(sql("select center_id, round, after_id from watch_due order by center_id limit 1").optional(db).await?)
}

/// The next people for whom the centre is responsible.
pub async fn people(db: &Db, due: &Due, most: usize) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = sql("select case_id from board_person
         where organization_id = $1 and case_id > $2 and responsible_center_id = $1 order by case_id limit $3")
    .bind(due.center_id)
    .bind(due.after_id)
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|(case_id,)| case_id).collect())
}

/// Where the round has begun anew meanwhile, it stays as it is.
pub async fn go_on(db: &Db, due: &Due, after_id: Uuid) -> Result<()> {
    sql("update watch_due set after_id = $3 where center_id = $1 and round = $2")
        .bind(due.center_id)
        .bind(due.round)
        .bind(after_id)
        .run(db)
        .await?;
    Ok(())
}

pub async fn finish(db: &Db, due: &Due) -> Result<()> {
    sql("delete from watch_due where center_id = $1 and round = $2")
        .bind(due.center_id)
        .bind(due.round)
        .run(db)
        .await?;
    Ok(())
}
