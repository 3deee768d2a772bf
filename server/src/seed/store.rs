//! SQL of seeding.

use uuid::Uuid;

use crate::db::{Db, Result, sql};

/// An organisation with one of its accounts.
#[derive(sqlx::FromRow)]
pub struct Organization {
    pub organization_id: Uuid,
    pub kind: String,
    pub name: String,
    pub governing_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
}

/// Health centres and medical institutions in a stable order.
pub async fn organizations(db: &Db) -> Result<Vec<Organization>> {
    sql("select o.organization_id, o.kind, o.name, o.governing_id,
                (select a.account_id from account a where a.organization_id = o.organization_id
                 order by a.created_at, a.account_id limit 1) as account_id
         from organization o
         where o.kind in ('health_center', 'medical_institution')
         order by o.kind, o.code, o.organization_id")
    .all(db)
    .await
}
