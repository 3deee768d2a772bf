//! SQL of the installation's marks.

use crate::db::{Db, Result, sql};

/// The mark of a name; `mark` becomes it where there is none yet.
pub async fn mark(db: &Db, name: &str, mark: &[u8]) -> Result<Vec<u8>> {
    sql("insert into installation (name, value) values ($1, $2) on conflict (name) do nothing")
        .bind(name)
        .bind(mark.to_vec())
        .run(db)
        .await?;
    sql("select value from installation where name = $1").bind(name).scalar(db).await
}
