//! Telling an organisation that its view of a person, or its part in a hand-over, has changed: on
//! its top page, and by mail where it has an address (SHR-05, NTF-07). The mail names nobody.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use time::Duration;
use uuid::Uuid;

use crate::access::events::News;
use crate::clock::Timestamp;
use crate::db::{Tx, insert_rows, list, sql};
use crate::error::Result;
use crate::messages::{self, Channel, NewMessage};

/// How long a stopped mail server may delay the word.
const WORTH_SENDING: Duration = Duration::days(7);

/// Tells `organization_id` on its top page and by mail. Comes after reach and lists were written: the event leads to the person
/// only if the organisation still reaches them, and what led there before is settled if it does not.
/// Call [`messages::Outbox::wake`] after the commit.
pub async fn tell(
    tx: &mut Tx,
    organization_id: Uuid,
    case_id: Uuid,
    news: News,
    base_url: &str,
    now: Timestamp,
) -> Result<()> {
    tell_quietly(tx, organization_id, case_id, news, now).await?;
    if let Some((name, address)) = address(&mut *tx, organization_id).await? {
        messages::enqueue(&mut *tx, now, letter(&name, address, news, base_url, now)).await?;
    }
    Ok(())
}

/// Somebody new in the list of `organization_id`.
pub struct Newcomer {
    pub organization_id: Uuid,
    pub case_id: Uuid,
    pub news: News,
    /// Whether a mail says so too.
    pub sends_mail: bool,
    pub at: Timestamp,
}

/// [`tell`] of many people whom the organisations reach since this transaction.
pub async fn tell_of_new(tx: &mut Tx, newcomers: &[Newcomer], base_url: &str) -> Result<()> {
    let events = newcomers.iter().map(|one| {
        vec![
            one.organization_id.into(),
            Uuid::now_v7().into(),
            one.news.code().into(),
            one.case_id.into(),
            one.at.into(),
        ]
    });
    insert_rows(
        &mut *tx,
        "insert into center_event (organization_id, event_id, kind, case_id, at) values ",
        events.collect(),
    )
    .await?;
    let mut addresses: HashMap<Uuid, Option<(String, String)>> = HashMap::new();
    let mut letters = Vec::new();
    for one in newcomers.iter().filter(|one| one.sends_mail) {
        if let Entry::Vacant(unknown) = addresses.entry(one.organization_id) {
            unknown.insert(address(&mut *tx, one.organization_id).await?);
        }
        if let Some(Some((name, address))) = addresses.get(&one.organization_id) {
            letters.push((one.at, letter(name, address.clone(), one.news, base_url, one.at)));
        }
    }
    messages::enqueue_all(tx, letters).await?;
    Ok(())
}

/// Name and mail address of an organisation that has one.
async fn address(tx: &mut Tx, organization_id: Uuid) -> Result<Option<(String, String)>> {
    let found: Option<(String, Option<String>)> = sql("select name, mail from organization where organization_id = $1")
        .bind(organization_id)
        .optional(&mut *tx)
        .await?;
    Ok(found.and_then(|(name, mail)| Some((name, mail.filter(|mail| !mail.is_empty())?))))
}

/// [`tell`] without a mail.
pub async fn tell_quietly(tx: &mut Tx, organization_id: Uuid, case_id: Uuid, news: News, now: Timestamp) -> Result<()> {
    let is_listed = is_listed(&mut *tx, organization_id, case_id).await?;
    if !is_listed {
        settle(tx, organization_id, case_id, now).await?;
    }
    sql("insert into center_event (organization_id, event_id, kind, case_id, at) values ($1, $2, $3, $4, $5)")
        .bind(organization_id)
        .bind(Uuid::now_v7())
        .bind(news.code())
        .bind(is_listed.then_some(case_id))
        .bind(now)
        .run(&mut *tx)
        .await?;
    Ok(())
}

/// [`tell`] of many people at once: the event leads to nobody.
pub async fn tell_of_many(
    tx: &mut Tx,
    organization_id: Uuid,
    news: News,
    base_url: &str,
    now: Timestamp,
) -> Result<()> {
    sql("insert into center_event (organization_id, event_id, kind, at) values ($1, $2, $3, $4)")
        .bind(organization_id)
        .bind(Uuid::now_v7())
        .bind(news.code())
        .bind(now)
        .run(&mut *tx)
        .await?;
    if let Some((name, address)) = address(&mut *tx, organization_id).await? {
        messages::enqueue(&mut *tx, now, letter(&name, address, news, base_url, now)).await?;
    }
    Ok(())
}

/// [`settle`] where the organisation does not reach the person any more.
pub async fn settle_unreached(tx: &mut Tx, organization_id: Uuid, case_id: Uuid, now: Timestamp) -> Result<()> {
    if is_listed(&mut *tx, organization_id, case_id).await? {
        return Ok(());
    }
    settle(tx, organization_id, case_id, now).await
}

async fn is_listed(tx: &mut Tx, organization_id: Uuid, case_id: Uuid) -> Result<bool> {
    let listed: i64 = sql("select count(*) from case_index where organization_id = $1 and case_id = $2")
        .bind(organization_id)
        .bind(case_id)
        .scalar(tx)
        .await?;
    Ok(listed > 0)
}

/// Unconfirmed events that would lead to somebody out of reach are done with.
async fn settle(tx: &mut Tx, organization_id: Uuid, case_id: Uuid, now: Timestamp) -> Result<()> {
    sql(&format!(
        "update center_event set seen_at = $3
         where organization_id = $1 and case_id = $2 and seen_at is null and kind in ({})",
        list(4, News::ALL.len())
    ))
    .bind(organization_id)
    .bind(case_id)
    .bind(now)
    .bind_all(News::ALL.into_iter().map(|news| news.code().into()))
    .run(tx)
    .await?;
    Ok(())
}

fn letter(name: &str, address: String, news: News, base_url: &str, now: Timestamp) -> NewMessage {
    NewMessage {
        channel: Channel::Mail,
        recipient: address,
        subject: "【HER-SYS】情報共有・引継ぎのお知らせ".to_owned(),
        body: format!(
            "{name} ご担当者様\n\n{}\n\nサインインして、トップページのお知らせを確かめてください。\n{base_url}staff/\n\n\
             このメールには、個人の情報は書かれていません。\nこのメールに返信しても届きません。\n",
            news.sentence()
        ),
        // A word to the organisation, not to the person: nothing that stops the person's messages stops it.
        case_id: None,
        expires_at: now + WORTH_SENDING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mail_names_illness() {
        for news in News::ALL {
            let mail =
                letter("中央保健所", "center@example.jp".into(), news, "https://hersys.example.jp/", Timestamp(0));
            assert!(mail.body.contains("https://hersys.example.jp/staff/"));
            assert!(["感染", "陽性", "コロナ", "接触"].iter().all(|word| !mail.body.contains(word)));
        }
    }
}
