//! Links of many people at once (紐づけ), and giving people back (返却). Few people a transaction, so that whoever else
//! writes gets their turn; what was done stays done where a later one fails, and doing it again does nothing twice. Each
//! organisation is told once, however many people it is about.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::events::News;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant, Relation, Staff};
use crate::cases::sharing::{Change, link_of, store};
use crate::cases::{news, reach};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{Error, Result};

/// People of one transaction.
const TOGETHER: usize = 20;

/// What is done about the links of some people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// This organisation as well.
    Begin(Uuid),
    /// This organisation instead of others of its sort.
    Move(Uuid),
    /// This organisation no more; all where none is named.
    End(Option<Uuid>),
    /// What was given back was noted.
    Settle,
}

/// Whoever changes links.
pub struct By {
    pub app: App,
    pub staff: Staff,
    pub client: Client,
    pub now: Timestamp,
}

/// Why nothing was done: a sentence for the field of the organisation.
pub type Refused = &'static str;

/// Changes the links of some people; of how many it did. It goes on to its end, with whom it tells, where the request
/// that began it is given up: a thousand people may take longer than one may wait.
pub async fn change_links(
    by: By,
    grants: Vec<Grant<group::Sharing, Write>>,
    links: Links,
) -> Result<Result<usize, Refused>> {
    to_its_end(async move {
        let mut told = Told::default();
        let changed = change(&by, &grants, links, &mut told).await;
        told.tell(&by).await?;
        changed
    })
    .await
}

async fn to_its_end<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work).await.map_err(|error| Error::Internal(format!("links of many people: {error}")))?
}

async fn change(
    by: &By,
    grants: &[Grant<group::Sharing, Write>],
    links: Links,
    told: &mut Told,
) -> Result<Result<usize, Refused>> {
    let own = crate::cases::store::organization(&by.app.db, by.staff.organization_id).await?.ok_or(Error::NotFound)?;
    let mut changed = 0;
    for some in grants.chunks(TOGETHER) {
        let mut tx = by.app.db.begin().await?;
        // The organisation before the people, as whoever takes its right away does.
        let partner = match links {
            Links::Begin(id) | Links::Move(id) => match partner(&mut tx, &own.prefecture_code, id, by.now).await? {
                Ok(partner) => Some(partner),
                Err(sentence) => return Ok(Err(sentence)),
            },
            Links::End(_) | Links::Settle => None,
        };
        for grant in some {
            let case = match reach::hold_for(&mut tx, grant).await {
                Ok(case) => case,
                // Out of reach since the list was shown.
                Err(Error::NotFound) => continue,
                Err(error) => return Err(error),
            };
            let done = match (links, partner) {
                (Links::Settle, _) => store::settle_returns(&mut tx, case.case_id, None, &by.staff, by.now).await?,
                (Links::End(of), _) => end(&mut tx, by, case.case_id, of, None, told).await?,
                (_, Some((relation, organization_id))) => {
                    let change = Change { case_id: case.case_id, relation, organization_id };
                    let begun = change.begin_untold(&mut tx, &by.staff, &by.client, by.now).await?;
                    if begun {
                        told.add(organization_id, News::Linked, case.case_id);
                    }
                    let is_move = matches!(links, Links::Move(_));
                    let others = Some((relation, organization_id)).filter(|_| is_move);
                    let ended = match others {
                        Some(kept) => end(&mut tx, by, case.case_id, None, Some(kept), told).await?,
                        None => false,
                    };
                    begun || ended
                }
                (Links::Begin(_) | Links::Move(_), None) => false,
            };
            if done && links == Links::Settle {
                Entry::by_staff(&by.staff, &by.client, by.now, "link.return_noted")
                    .about(case.case_id)
                    .write(&mut tx)
                    .await?;
            }
            changed += usize::from(done);
        }
        tx.commit().await?;
    }
    Ok(Ok(changed))
}

/// An organisation that may be linked by the staff's, and as what.
async fn partner(
    tx: &mut Tx,
    prefecture_code: &str,
    organization_id: Uuid,
    now: Timestamp,
) -> Result<Result<(Relation, Uuid), Refused>> {
    let chosen = store::choice(tx, organization_id, now.day()).await?;
    Ok(match chosen.filter(|chosen| chosen.prefecture_code == prefecture_code) {
        Some(chosen) => link_of(&chosen).map(|relation| (relation, organization_id)),
        None => Err("紐づける機関を、同じ都道府県の機関から選んでください（必須）。"),
    })
}

/// Ends the links of a held case with one organisation, or with all; with `kept`, those of its sort but itself.
async fn end(
    tx: &mut Tx,
    by: &By,
    case_id: Uuid,
    of: Option<Uuid>,
    kept: Option<(Relation, Uuid)>,
    told: &mut Told,
) -> Result<bool> {
    let mut ended = false;
    for (relation, organization_id) in store::links(&mut *tx, case_id).await? {
        let is_wanted = of.is_none_or(|of| of == organization_id)
            && kept.is_none_or(|(sort, id)| sort == relation && id != organization_id);
        if !is_wanted {
            continue;
        }
        let change = Change { case_id, relation, organization_id };
        change.end_untold(&mut *tx, &by.staff, &by.client, by.now).await?;
        told.add(organization_id, News::Unlinked, case_id);
        ended = true;
    }
    Ok(ended)
}

/// 返却: the staff's organisation gives some people back to their 担当保健所, with a reason; of how many it did.
pub async fn give_back(by: By, grants: Vec<Grant<group::Observation, Write>>, reason: String) -> Result<usize> {
    to_its_end(async move {
        let mut told = Told::default();
        let given = give(&by, &grants, &reason, &mut told).await;
        told.tell(&by).await?;
        given
    })
    .await
}

async fn give(by: &By, grants: &[Grant<group::Observation, Write>], reason: &str, told: &mut Told) -> Result<usize> {
    let own = by.staff.organization_id;
    let mut given = 0;
    for some in grants.chunks(TOGETHER) {
        let mut tx = by.app.db.begin().await?;
        for grant in some {
            let case = match reach::hold_for(&mut tx, grant).await {
                Ok(case) => case,
                Err(Error::NotFound) => continue,
                Err(error) => return Err(error),
            };
            let links = store::links(&mut tx, case.case_id).await?;
            let mut own_links = links.into_iter().filter(|(_, organization_id)| *organization_id == own).peekable();
            if own_links.peek().is_none() {
                continue;
            }
            for (relation, organization_id) in own_links {
                let change = Change { case_id: case.case_id, relation, organization_id };
                change.end_untold(&mut tx, &by.staff, &by.client, by.now).await?;
            }
            news::settle_unreached(&mut tx, own, case.case_id, by.now).await?;
            store::add_return(&mut tx, &case, &by.staff, reason, by.now).await?;
            told.add(case.responsible_center_id, News::HandedBack, case.case_id);
            Entry::by_staff(&by.staff, &by.client, by.now, "link.return")
                .about(case.case_id)
                .with(json!({ "reason": reason }))
                .write(&mut tx)
                .await?;
            given += 1;
        }
        tx.commit().await?;
    }
    Ok(given)
}

/// Whom to tell of what, about whom.
#[derive(Default)]
struct Told(BTreeMap<(Uuid, &'static str), (News, Vec<Uuid>)>);

impl Told {
    fn add(&mut self, organization_id: Uuid, news: News, case_id: Uuid) {
        self.0.entry((organization_id, news.code())).or_insert_with(|| (news, Vec::new())).1.push(case_id);
    }

    /// One word to each organisation: about the person where it is one, else about many.
    async fn tell(self, by: &By) -> Result<()> {
        let base_url = by.app.config.base_url.as_str();
        for ((organization_id, _), (news, cases)) in self.0 {
            let mut tx = by.app.db.begin().await?;
            match cases.as_slice() {
                [case_id] => news::tell(&mut tx, organization_id, *case_id, news, base_url, by.now).await?,
                _ => {
                    if news == News::Unlinked {
                        for case_id in &cases {
                            news::settle_unreached(&mut tx, organization_id, *case_id, by.now).await?;
                        }
                    }
                    let news = match news {
                        News::Linked => News::LinkedTogether,
                        News::Unlinked => News::UnlinkedTogether,
                        other => other,
                    };
                    news::tell_of_many(&mut tx, organization_id, news, base_url, by.now).await?;
                }
            }
            tx.commit().await?;
        }
        by.app.outbox.wake();
        Ok(())
    }
}
