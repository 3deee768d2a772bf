//! SQL of the measurement: what the product itself has no function for.

use hersys::clock::Timestamp;
use hersys::db::{Db, Engine, Result, Value, places, sql};
use hersys::secret::Token;
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

/// Somebody of the list, by all that one may search for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Sample {
    pub case_id: Uuid,
    pub hersys_id: String,
    pub name_key: String,
    pub kana_key: String,
    pub phone: String,
}

/// People of `center` from all its years.
pub async fn samples(db: &Db, center: Uuid, count: usize) -> Result<Vec<Sample>> {
    let rows: Vec<Sample> = sql("select c.case_id, c.hersys_id, c.name_key, c.kana_key, min(p.phone) as phone
         from case_index c join case_phone_index p on p.organization_id = c.organization_id and p.case_id = c.case_id
         where c.organization_id = $1 group by c.case_id, c.hersys_id, c.name_key, c.kana_key order by c.case_id")
    .bind(center)
    .all(db)
    .await?;
    let step = (rows.len() / count.max(1)).max(1);
    Ok(rows.into_iter().step_by(step).collect())
}

pub async fn office_of(db: &Db, center: Uuid) -> Result<Uuid> {
    sql("select governing_id from organization where organization_id = $1").bind(center).scalar(db).await
}

/// Takes the indexes of the lists away while very many rows are written; what makes them again.
pub async fn drop_list_indexes(db: &Db) -> Result<Vec<String>> {
    let indexes: Vec<(String, String)> = match db.engine() {
        Engine::Sqlite => {
            sql("select name, sql from sqlite_master where type = 'index' and sql is not null
                 and tbl_name in ('case_index', 'case_name_index', 'case_phone_index')")
            .all(db)
            .await?
        }
        Engine::Postgres => {
            sql("select indexname::text, indexdef from pg_indexes where indexname not like '%pkey'
                 and tablename in ('case_index', 'case_name_index', 'case_phone_index')")
            .all(db)
            .await?
        }
    };
    for (name, _) in &indexes {
        sql(&format!("drop index {name}")).run(db).await?;
    }
    Ok(indexes.into_iter().map(|(_, sql)| sql).collect())
}

pub async fn create_indexes(db: &Db, indexes: &[String]) -> Result<()> {
    for index in indexes {
        sql(index).run(db).await?;
    }
    Ok(())
}

/// Tokens with which systems of clinics file, and the centre of one of them.
pub async fn institution_tokens(db: &Db, count: usize, now: Timestamp) -> Result<(Uuid, Vec<String>)> {
    let clinics: Vec<(Uuid, Uuid)> = sql("select organization_id, governing_id from organization
         where kind = 'medical_institution' and governing_id is not null order by code")
    .all(db)
    .await?;
    let mut tokens = Vec::with_capacity(count);
    let rows = clinics.iter().cycle().take(count).map(|(clinic, _)| -> Vec<Value> {
        let token = Token::random();
        tokens.push(token.as_str().to_owned());
        vec![
            Uuid::now_v7().into(),
            (*clinic).into(),
            "bench".into(),
            token.hash().into(),
            now.into(),
            Uuid::nil().into(),
            (now + Duration::days(1)).into(),
        ]
    });
    let rows: Vec<Vec<Value>> = rows.collect();
    insert_all(
        db,
        "insert into institution_token (token_id, organization_id, name, token_hash, created_at, created_by,
                                        expires_at) values ",
        rows.into_iter(),
    )
    .await?;
    Ok((clinics.first().map(|(_, center)| *center).unwrap_or_default(), tokens))
}

pub async fn count_notifications(db: &Db) -> Result<i64> {
    sql("select count(*) from notification").scalar(db).await
}

/// Many of those whose episodes began last; their observation does not end while it is measured.
pub async fn ill_now(db: &Db, now: Timestamp) -> Result<Vec<Case>> {
    let cases: Vec<Case> = sql("select case_id, kind from cases order by case_id desc limit 24000").all(db).await?;
    if let Some(first) = cases.last() {
        sql("update cases set observed_until = $2 where case_id >= $1")
            .bind(first.case_id)
            .bind(now.day() + Duration::days(2))
            .run(db)
            .await?;
    }
    Ok(cases)
}

/// Puts `count` people of a centre under observation for some days.
pub async fn observe(db: &Db, center: Uuid, count: i64, today: Date) -> Result<Vec<Case>> {
    let cases: Vec<Case> =
        sql("select case_id, kind from cases where responsible_center_id = $1 order by case_id desc limit $2")
            .bind(center)
            .bind(count)
            .all(db)
            .await?;
    for some in cases.chunks(500) {
        let ids = hersys::db::list(3, some.len());
        sql(&format!("update cases set observed_from = $1, observed_until = $2 where case_id in ({ids})"))
            .bind(today - Duration::days(3))
            .bind(today + Duration::days(4))
            .bind_all(some.iter().map(|case| Value::from(case.case_id)))
            .run(db)
            .await?;
    }
    Ok(cases)
}

/// Changes that the judge has not looked at.
pub async fn waiting_for_judge(db: &Db) -> Result<i64> {
    sql("select count(*) from watch_pending").scalar(db).await
}

/// Takes away what leaves a line for the judge with each report; what makes it again.
pub async fn drop_report_trigger(db: &Db) -> Result<String> {
    let (made_by, dropped) = match db.engine() {
        Engine::Sqlite => (
            "select sql from sqlite_master where type = 'trigger' and name = 'watch_observation'",
            "drop trigger watch_observation",
        ),
        Engine::Postgres => (
            "select pg_get_triggerdef(oid) from pg_trigger where tgname = 'watch_observation'",
            "drop trigger watch_observation on observation",
        ),
    };
    let text = sql(made_by).scalar(db).await?;
    sql(dropped).run(db).await?;
    Ok(text)
}

pub async fn restore_report_trigger(db: &Db, text: &str) -> Result<()> {
    sql(text).run(db).await.map(drop)
}

pub async fn board_size(db: &Db, center: Uuid) -> Result<i64> {
    sql("select count(*) from board_person where organization_id = $1").bind(center).scalar(db).await
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

/// So many people under observation with a mobile number, and nothing else: made by the database itself.
pub async fn people_to_remind(db: &Db, count: u32, now: Timestamp) -> Result<()> {
    let center = Uuid::now_v7();
    sql("insert into organization (organization_id, kind, name, code, prefecture_code, phone, address, created_at)
         values ($1, 'health_center', '計測保健所', 'bench-reminders', '13', '0312345678', '', $2)")
    .bind(center)
    .bind(now)
    .run(db)
    .await?;
    let (id, number, body) = match db.engine() {
        Engine::Sqlite => (
            "randomblob(16)",
            "with recursive n(n) as (select 1 union all select n + 1 from n where n < $1)",
            "'{\"name\":\"計測 太郎\",\"phone\":\"090' || printf('%08d', row_number() over ()) || '\"}'",
        ),
        Engine::Postgres => (
            "gen_random_uuid()",
            "with n(n) as (select generate_series(1::bigint, $1))",
            "('{\"name\":\"計測 太郎\",\"phone\":\"090' || lpad((row_number() over ())::text, 8, '0') || '\"}')::jsonb",
        ),
    };
    sql(&format!(
        "{number}
         insert into cases (case_id, kind, hersys_id, responsible_center_id, entered_by_organization_id, observed_from,
                            observed_until, created_at, created_by)
         select {id}, 'patient', 'x', $2, $2, $3, $4, $5, $2 from n"
    ))
    .bind(i64::from(count))
    .bind(center)
    .bind(now.day() - Duration::days(3))
    .bind(now.day() + Duration::days(4))
    .bind(now)
    .run(db)
    .await?;
    sql(&format!(
        "insert into document (case_id, tab, version, body, updated_at, updated_by)
         select case_id, 'identity', 1, {body}, $1, case_id from cases"
    ))
    .bind(now)
    .run(db)
    .await?;
    // What the judge would make of them is measured elsewhere.
    sql("delete from watch_pending").run(db).await.map(drop)
}
