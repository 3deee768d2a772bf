//! SQL of filing by file and by other systems: what an institution is known by.

use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::db::{Db, sql};
use crate::error::Result;

/// An organisation as its notifications name it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Institution {
    pub name: String,
    pub address: String,
    pub phone: String,
    /// 所管保健所; of a health centre its own id.
    pub governing_id: Option<Uuid>,
}

pub async fn institution(db: &Db, organization_id: Uuid) -> Result<Option<Institution>> {
    Ok(sql("select name, address, phone,
                case when kind = $2 then organization_id else governing_id end as governing_id
         from organization where organization_id = $1")
    .bind(organization_id)
    .bind(OrganizationKind::HealthCenter.code())
    .optional(db)
    .await?)
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Center {
    pub organization_id: Uuid,
    pub name: String,
    pub code: Option<String>,
}

/// All health centres.
pub async fn centers(db: &Db) -> Result<Vec<Center>> {
    Ok(sql("select organization_id, name, code from organization where kind = $1 order by organization_id")
        .bind(OrganizationKind::HealthCenter.code())
        .all(db)
        .await?)
}
