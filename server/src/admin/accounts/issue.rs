//! The one act by which IDs come into being and passwords are made: all or nothing, once.

use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::Issuer;
use crate::access::{Client, accounts};
use crate::admin::accounts::handout::Handout;
use crate::admin::accounts::plan::ToIssue;
use crate::admin::accounts::{Account, store};
use crate::admin::initial_password::initial_password;
use crate::admin::line::Right;
use crate::admin::organizations;
use crate::error::{Error, Result};

/// How an act of issuing ended.
pub enum Issued {
    /// What is shown now and never again, with the telephone number of whoever issued it.
    Done { handouts: Vec<Handout>, phone: String },
    /// The same form was sent before.
    Before,
    /// Somebody else has taken one of the sign-in IDs meanwhile; nothing was issued.
    Taken,
}

/// Issues IDs, whose right to exist the caller has checked against the line.
pub async fn issue(
    app: &App,
    issuer: &Issuer,
    client: &Client,
    issuing_id: Uuid,
    wanted: Vec<ToIssue>,
) -> Result<Issued> {
    let mut made = Vec::with_capacity(wanted.len());
    for (wanted, (password, hash)) in wanted.iter().zip(passwords(app, wanted.len()).await?) {
        made.push((wanted, password, hash));
    }
    let now = app.clock.now();
    let mut tx = issuer.db().begin().await?;
    if let Some(before) = claim(&mut tx, issuer, issuing_id, now).await? {
        return Ok(before);
    }
    for (wanted, _, hash) in &made {
        let account = accounts::NewAccount {
            account_id: Uuid::now_v7(),
            organization_id: wanted.organization_id,
            sign_in_id: &wanted.sign_in_id,
            display_name: &wanted.display_name,
            is_issuer: wanted.right == Right::Issuer,
            at: now,
        };
        match accounts::insert_account(&mut tx, &account, hash).await {
            Err(Error::Db(error)) if error.is_unique_violation() => return Ok(Issued::Taken),
            done => done?,
        }
        Entry::by_staff(issuer.staff(), client, now, "account.issue")
            .with(serde_json::json!({
                "account_id": account.account_id,
                "organization_id": account.organization_id,
                "sign_in_id": account.sign_in_id,
                "display_name": account.display_name,
                "issuer": account.is_issuer,
            }))
            .write(&mut tx)
            .await?;
    }
    let phone = own_phone(&mut tx, issuer).await?;
    tx.commit().await?;
    let handouts = made
        .into_iter()
        .map(|(wanted, password, _)| Handout {
            organization_name: wanted.organization_name.clone(),
            display_name: wanted.display_name.clone(),
            right: wanted.right,
            sign_in_id: wanted.sign_in_id.clone(),
            password,
        })
        .collect();
    Ok(Issued::Done { handouts, phone })
}

/// Gives an ID a new initial password and ends its sessions; on wish it forgets its second factors.
pub async fn reset(
    app: &App,
    issuer: &Issuer,
    client: &Client,
    issuing_id: Uuid,
    (account, organization_name): (&Account, &str),
    forget_factors: bool,
) -> Result<Issued> {
    let password = initial_password();
    let hash = app.passwords.hash(&password).await?;
    let now = app.clock.now();
    let mut tx = issuer.db().begin().await?;
    if let Some(before) = claim(&mut tx, issuer, issuing_id, now).await? {
        return Ok(before);
    }
    accounts::set_initial_password(&mut tx, account.account_id, &hash, now).await?;
    if forget_factors {
        accounts::remove_factors(&mut tx, account.account_id).await?;
    }
    Entry::by_staff(issuer.staff(), client, now, "account.reset_password")
        .with(serde_json::json!({
            "account_id": account.account_id,
            "organization_id": account.organization_id,
            "sign_in_id": account.sign_in_id,
            "factors_removed": forget_factors,
        }))
        .write(&mut tx)
        .await?;
    let phone = own_phone(&mut tx, issuer).await?;
    tx.commit().await?;
    let handout = Handout {
        organization_name: organization_name.to_owned(),
        display_name: account.display_name.clone(),
        right: account.right(),
        sign_in_id: account.sign_in_id.clone(),
        password,
    };
    Ok(Issued::Done { handouts: vec![handout], phone })
}

async fn own_phone(tx: &mut crate::db::Tx, issuer: &Issuer) -> Result<String> {
    let own = organizations::store::organization(tx, issuer.staff().organization_id).await?;
    Ok(own.map(|own| own.phone).unwrap_or_default())
}

/// Claims an act of issuing: whoever comes second with the same form gets no password.
async fn claim(
    tx: &mut crate::db::Tx,
    issuer: &Issuer,
    issuing_id: Uuid,
    now: crate::clock::Timestamp,
) -> Result<Option<Issued>> {
    match store::note_issuing(tx, issuing_id, issuer.staff().account_id, now).await {
        Err(error) if error.is_unique_violation() => Ok(Some(Issued::Before)),
        done => {
            done?;
            Ok(None)
        }
    }
}

/// Initial passwords with their hashes, two at a time: hashing takes most of the time of issuing.
async fn passwords(app: &App, count: usize) -> Result<Vec<(String, String)>> {
    let some = async |count: usize| {
        let mut made = Vec::with_capacity(count);
        for _ in 0..count {
            let password = initial_password();
            let hash = app.passwords.hash(&password).await?;
            made.push((password, hash));
        }
        Ok::<_, Error>(made)
    };
    let (one, other) = tokio::join!(some(count / 2), some(count - count / 2));
    let mut all = one?;
    all.extend(other?);
    Ok(all)
}
