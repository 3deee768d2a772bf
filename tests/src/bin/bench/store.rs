//! SQL of the measurement: what the product itself has no function for.

use hersys::clock::Timestamp;
use hersys::db::{Db, Engine, Result, Value, places, sql};
use time::{Date, Duration};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
pub struct Case {
    pub case_id: Uuid,
    pub kind: String,
}

/// All cases under observation.
pub async fn cases(db: &Db) -> Result<Vec<Case>> {
    sql("select case_id, kind from cases order by case_id").all(db).await
}

pub async fn extend_observation(db: &Db, until: Date) -> Result<()> {
    sql("update cases set observed_until = $1").bind(until).run(db).await.map(drop)
}

pub async fn observe_since(db: &Db, case_id: Uuid, from: Date) -> Result<()> {
    sql("update cases set observed_from = $2 where case_id = $1").bind(case_id).bind(from).run(db).await.map(drop)
}

pub async fn busiest_center(db: &Db) -> Result<Uuid> {
    sql("select responsible_center_id from cases group by responsible_center_id order by count(*) desc limit 1")
        .scalar(db)
        .await
}

pub async fn a_case_of(db: &Db, center: Uuid) -> Result<Uuid> {
    sql("select case_id from cases where responsible_center_id = $1 and kind = 'patient' order by case_id limit 1")
        .bind(center)
        .scalar(db)
        .await
}

pub async fn count_observations(db: &Db) -> Result<i64> {
    sql("select count(*) from observation").scalar(db).await
}

pub async fn delete_observations(db: &Db, case_id: Uuid) -> Result<()> {
    sql("delete from observation where case_id = $1").bind(case_id).run(db).await.map(drop)
}

/// What PostgreSQL's housekeeping would do within minutes by itself.
pub async fn refresh_statistics(db: &Db) -> Result<()> {
    if db.engine() == Engine::Postgres {
        sql("vacuum analyze").run(db).await?;
        sql("checkpoint").run(db).await?;
    }
    Ok(())
}

/// A patient account with its session and people (person, case).
pub struct NewPatient {
    pub account_id: Uuid,
    pub token_hash: [u8; 32],
    pub people: Vec<(Uuid, Uuid)>,
}

const ROWS_AT_ONCE: usize = 500;

pub async fn insert_patients(db: &Db, patients: &[NewPatient], now: Timestamp) -> Result<()> {
    let accounts = patients.iter().map(|patient| -> Vec<Value> {
        vec![patient.account_id.into(), format!("{}@example.jp", patient.account_id).into(), "none".into(), now.into()]
    });
    insert_all(db, "insert into patient_account (account_id, mail, password_hash, created_at) values ", accounts)
        .await?;
    let sessions = patients.iter().map(|patient| -> Vec<Value> {
        let expires_at = now + Duration::days(1);
        vec![patient.token_hash.into(), patient.account_id.into(), now.into(), now.into(), expires_at.into()]
    });
    insert_all(
        db,
        "insert into patient_session (token_hash, account_id, created_at, last_seen_at, expires_at) values ",
        sessions,
    )
    .await?;
    let people = patients.iter().flat_map(|patient| {
        patient.people.iter().map(|(person_id, case_id)| -> Vec<Value> {
            vec![patient.account_id.into(), (*person_id).into(), (*case_id).into(), "計測 太郎".into(), now.into()]
        })
    });
    insert_all(db, "insert into patient_person (account_id, person_id, case_id, name, linked_at) values ", people).await
}

async fn insert_all(db: &Db, insert: &str, rows: impl Iterator<Item = Vec<Value>>) -> Result<()> {
    let rows: Vec<Vec<Value>> = rows.collect();
    let mut tx = db.begin().await?;
    for chunk in rows.chunks(ROWS_AT_ONCE) {
        let columns = chunk.first().map_or(0, Vec::len);
        sql(&format!("{insert}{}", places(1, chunk.len(), columns)))
            .bind_all(chunk.iter().flatten().cloned())
            .run(&mut tx)
            .await?;
    }
    tx.commit().await
}

pub async fn insert_staff_session(db: &Db, token_hash: [u8; 32], account_id: Uuid, now: Timestamp) -> Result<()> {
    sql("insert into staff_session (token_hash, account_id, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $3, $4)")
    .bind(token_hash)
    .bind(account_id)
    .bind(now)
    .bind(now + Duration::days(1))
    .run(db)
    .await
    .map(drop)
}
