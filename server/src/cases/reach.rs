//! Who reaches a case, computed anew from what is set for it: the case's own centres, its sharings
//! and its open hand-over. Relations and lists are never changed in any other way, so that nobody
//! keeps a view that nothing gives him.

use std::collections::HashSet;

use hersys_shared::episode::Episode;
use hersys_shared::identity::Identity;
use uuid::Uuid;

use crate::access::grant::{Action, Group};
use crate::access::{Grant, ItemGroup, Level, Relation, Staff, policy};
use crate::cases::create::{self, IndexRows, IndexedCase};
use crate::cases::index::{Parties, listings, pairs, relations_of};
use crate::cases::store::{self, Case};
use crate::clock::Timestamp;
use crate::db::{Tx, list, sql};
use crate::error::{Error, Result};

/// The case as it is now, held until the transaction ends: changes of one person's reach come one
/// after the other. An update that changes nothing locks on both databases.
pub async fn hold(tx: &mut Tx, case_id: Uuid) -> Result<Case> {
    sql("update cases set created_at = created_at where case_id = $1").bind(case_id).run(&mut *tx).await?;
    store::case(&mut *tx, case_id).await?.ok_or(Error::NotFound)
}

/// [`hold`] for whoever has a grant. What the grant was given for may have ended while its request
/// waited for the case, so it is asked again.
pub async fn hold_for<G: Group, A: Action>(tx: &mut Tx, grant: &Grant<G, A>) -> Result<Case> {
    hold_as(tx, grant.case_id(), grant.staff(), G::GROUP, A::LEVEL).await
}

/// [`hold`] for whoever may do as much with an item group: whatever was allowed when the request came may have ended
/// while it waited.
pub async fn hold_as(tx: &mut Tx, case_id: Uuid, staff: &Staff, group: ItemGroup, level: Level) -> Result<Case> {
    let case = hold(tx, case_id).await?;
    let relations = relations(tx, case_id).await?;
    let own: Vec<Relation> = relations
        .into_iter()
        .filter(|(organization_id, _)| *organization_id == staff.organization_id)
        .map(|(_, relation)| relation)
        .collect();
    if policy::level(staff.kind, group, &own) < level.max(Level::Read) {
        return Err(Error::NotFound);
    }
    Ok(case)
}

/// Writes relations and lists of a held case anew; `identity` and `episode` are its current documents.
pub async fn rewrite(tx: &mut Tx, case: &Case, identity: &Identity, episode: &Episode, now: Timestamp) -> Result<()> {
    let parties = parties(tx, case).await?;
    let governors = create::governors(tx, &parties.centers()).await?;
    let wanted: HashSet<(Uuid, Relation)> = relations_of(&parties, &governors).into_iter().collect();
    let mut kept: Vec<(Uuid, Relation)> = Vec::new();
    for (organization_id, relation) in relations(tx, case.case_id).await? {
        // Admissions are another feature's word.
        if relation == Relation::Admitted || wanted.contains(&(organization_id, relation)) {
            kept.push((organization_id, relation));
            continue;
        }
        sql("delete from case_relation where case_id = $1 and organization_id = $2 and relation = $3")
            .bind(case.case_id)
            .bind(organization_id)
            .bind(relation.code())
            .run(&mut *tx)
            .await?;
    }
    let mut new: Vec<(Uuid, Relation)> = wanted.into_iter().filter(|relation| !kept.contains(relation)).collect();
    new.sort_unstable_by_key(|(organization_id, relation)| (*organization_id, relation.code()));
    for (organization_id, relation) in new {
        sql("insert into case_relation (case_id, organization_id, relation, created_at) values ($1, $2, $3, $4)")
            .bind(case.case_id)
            .bind(organization_id)
            .bind(relation.code())
            .bind(now)
            .run(&mut *tx)
            .await?;
        kept.push((organization_id, relation));
    }
    reindex(tx, case, identity, episode, &kept).await
}

/// [`rewrite`] with the documents as they are stored.
pub async fn rewrite_stored(tx: &mut Tx, case_id: Uuid, now: Timestamp) -> Result<()> {
    let case = store::case(&mut *tx, case_id).await?.ok_or(Error::NotFound)?;
    let identity = store::identity(&mut *tx, case_id).await?.identity;
    let episode = store::episode(&mut *tx, case_id).await?;
    rewrite(tx, &case, &identity, &episode, now).await
}

/// Why each organisation reaches a case now.
async fn relations(tx: &mut Tx, case_id: Uuid) -> Result<Vec<(Uuid, Relation)>> {
    let rows: Vec<(Uuid, String)> = sql("select organization_id, relation from case_relation where case_id = $1")
        .bind(case_id)
        .all(&mut *tx)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(organization_id, code)| Some((organization_id, Relation::from_code(&code)?)))
        .collect())
}

/// Everybody who has to do with a case, by what is set for it.
async fn parties(tx: &mut Tx, case: &Case) -> Result<Parties> {
    let mut parties = Parties {
        receiving_center_id: case.receiving_center_id,
        ..Parties::of(case.responsible_center_id, case.entered_by_organization_id)
    };
    let shared: Vec<(String, Uuid)> =
        sql("select relation, organization_id from case_sharing where case_id = $1 and ended_at is null")
            .bind(case.case_id)
            .all(&mut *tx)
            .await?;
    for (relation, organization_id) in shared {
        match Relation::from_code(&relation) {
            Some(Relation::Related) => parties.related.push(organization_id),
            Some(Relation::Linked) => parties.linked.push(organization_id),
            Some(Relation::Guest) => parties.guest_of.push(organization_id),
            _ => return Err(Error::Internal(format!("case {}: unreadable sharing", case.case_id))),
        }
    }
    parties.received =
        sql("select distinct receiving_center_id from notification where case_id = $1 and deleted_at is null")
            .bind(case.case_id)
            .all::<(Uuid,)>(&mut *tx)
            .await?
            .into_iter()
            .map(|(center_id,)| center_id)
            .collect();
    parties.offered_to = sql("select to_center_id from case_transfer where case_id = $1 and status = 'open'")
        .bind(case.case_id)
        .optional_scalar(&mut *tx)
        .await?;
    let handed_over: i64 = sql("select count(*) from case_transfer
         where case_id = $1 and status = 'accepted' and from_center_id = $2")
    .bind(case.case_id)
    .bind(case.entered_by_organization_id)
    .scalar(&mut *tx)
    .await?;
    parties.handed_over_by_enterer = handed_over > 0;
    Ok(parties)
}

/// Writes the case's rows anew in the lists of all organisations that reach it.
async fn reindex(
    tx: &mut Tx,
    case: &Case,
    identity: &Identity,
    episode: &Episode,
    relations: &[(Uuid, Relation)],
) -> Result<()> {
    let listed: Vec<(Uuid, String)> = sql("select organization_id, name_key from case_index where case_id = $1")
        .bind(case.case_id)
        .all(&mut *tx)
        .await?;
    for (organization_id, name_key) in listed {
        let pairs = pairs(&name_key);
        if pairs.is_empty() {
            continue;
        }
        sql(&format!(
            "delete from case_name_index where organization_id = $1 and case_id = $2 and pair in ({})",
            list(3, pairs.len())
        ))
        .bind(organization_id)
        .bind(case.case_id)
        .bind_all(pairs.into_iter().map(Into::into))
        .run(&mut *tx)
        .await?;
    }
    for table in ["case_index", "case_phone_index"] {
        sql(&format!("delete from {table} where case_id = $1")).bind(case.case_id).run(&mut *tx).await?;
    }
    let indexed = IndexedCase {
        case_id: case.case_id,
        kind: case.kind,
        hersys_id: case.hersys_id.as_str(),
        responsible_center_id: case.responsible_center_id,
        observed_until: case.observed_until,
        origin: &case.origin,
        created_at: case.created_at,
    };
    let mut index = IndexRows::default();
    index.add(&indexed, identity, episode, &listings(relations));
    index.insert(tx).await
}
