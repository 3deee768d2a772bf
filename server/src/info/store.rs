//! SQL of the pages around the system.

use time::Date;

use crate::db::{Db, Result, sql};

/// A health centre as anybody may know it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Center {
    pub name: String,
    pub prefecture_code: String,
    pub phone: String,
}

/// The health centres that take part on `today`, by prefecture (SUP-03).
pub async fn centers(db: &Db, today: Date) -> Result<Vec<Center>> {
    sql("select name, prefecture_code, phone from organization
         where kind = 'health_center' and (active_from is null or active_from <= $1)
           and (active_until is null or active_until > $1)
         order by prefecture_code, code, name")
    .bind(today)
    .all(db)
    .await
}
