//! SQL of the events.

use hersys_shared::notification::Content;
use uuid::Uuid;

use crate::db::{Db, sql};
use crate::error::{Error, Result};

/// What the notifications of a person say, the first first.
pub async fn contents(db: &Db, case_id: Uuid) -> Result<Vec<Content>> {
    let rows: Vec<(serde_json::Value,)> =
        sql("select content from notification where case_id = $1 and deleted_at is null order by filed_at")
            .bind(case_id)
            .all(db)
            .await?;
    // Not the error's text, which may quote the content.
    let read = |body| serde_json::from_value(body).map_err(|_| Error::Internal("unreadable notification".to_owned()));
    rows.into_iter().map(|(body,)| read(body)).collect()
}
