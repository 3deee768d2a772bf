//! SQL of postal codes.

use std::time::Instant;

use crate::db::{self, Db, Tx, Value, places as value_places, sql};
use crate::error::Result;
use crate::postal::import::{self, ImportError};
use crate::postal::place::Place;

/// What a code of seven digits means.
pub async fn places(db: &Db, code: &str) -> Result<Vec<Place>> {
    Ok(sql("select prefecture, city, town, kana from postal_code where code = $1 order by position")
        .bind(code)
        .all(db)
        .await?)
}

pub async fn clear(tx: &mut Tx) -> db::Result<u64> {
    sql("delete from postal_code").run(tx).await
}

/// A place with its code and position.
pub type Row = (String, Place, i64);

/// Adds `rows`; what the table has already stays. The number of new rows.
pub async fn insert(tx: &mut Tx, rows: &[Row]) -> db::Result<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let values = rows.iter().flat_map(|(code, place, position)| {
        [
            Value::from(code),
            Value::from(&place.prefecture),
            Value::from(&place.city),
            Value::from(&place.town),
            Value::from(&place.kana),
            Value::from(*position),
        ]
    });
    sql(&format!(
        "insert into postal_code (code, prefecture, city, town, kana, position) values {} on conflict do nothing",
        value_places(1, rows.len(), 6)
    ))
    .bind_all(values)
    .run(tx)
    .await
}

/// The small sample that ships, where nothing was imported yet: enough to see how it works.
pub async fn ensure_sample(db: &Db) -> std::result::Result<(), ImportError> {
    let is_there: Option<String> = sql("select code from postal_code limit 1").optional_scalar(db).await?;
    if is_there.is_none() {
        import::replace(db, import::SAMPLE, Instant::now()).await?;
    }
    Ok(())
}
