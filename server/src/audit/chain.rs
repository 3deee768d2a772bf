//! The chain: each link is a hash over an entry and the link before it, so that no entry can be
//! changed, removed or put in between without breaking every link behind it.
//!
//! Links are made after the entries were committed. A late commit is only linked later; nothing
//! depends on clocks or on the order in which transactions end.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::watch;
use uuid::Uuid;

use crate::App;
use crate::audit::store;
use crate::clock::Timestamp;
use crate::db::{Db, Result};

/// Entries that are linked in one transaction.
const BATCH: i64 = 500;

/// How long an entry may wait for its link while a service runs.
const EVERY: Duration = Duration::from_secs(5);

/// Says which encoding the hashes are over.
const ENCODING: &[u8] = b"hersys audit 1";

/// An entry as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Record {
    pub audit_id: Uuid,
    pub at: Timestamp,
    pub actor: String,
    pub account_id: Option<Uuid>,
    pub organization_id: Option<Uuid>,
    pub action: String,
    pub case_id: Option<Uuid>,
    /// JSON
    pub detail: String,
    pub network: String,
}

/// An entry's place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub seq: i64,
    pub audit_id: Uuid,
    pub previous_hash: [u8; 32],
    pub hash: [u8; 32],
}

/// The last link: who keeps it elsewhere can later tell that nothing before it was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// How many entries the chain has.
    pub seq: i64,
    pub hash: [u8; 32],
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.seq)?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Not `NUMBER:64 hexadecimal digits`.
#[derive(Debug, thiserror::Error)]
#[error("must be NUMBER:HASH as `hersys audit head` prints it")]
pub struct NoHead;

impl FromStr for Head {
    type Err = NoHead;

    fn from_str(text: &str) -> std::result::Result<Self, NoHead> {
        let (seq, hex) = text.trim().split_once(':').ok_or(NoHead)?;
        if hex.len() != 64 || !hex.is_ascii() {
            return Err(NoHead);
        }
        let mut hash = [0; 32];
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).map_err(|_| NoHead)?;
        }
        Ok(Self { seq: seq.parse().map_err(|_| NoHead)?, hash })
    }
}

impl Head {
    /// The link of the next entry.
    pub fn link(&self, entry: &Record) -> Link {
        let seq = self.seq + 1;
        Link { seq, audit_id: entry.audit_id, previous_hash: self.hash, hash: hash(&self.hash, seq, entry) }
    }

    pub fn after(link: &Link) -> Self {
        Self { seq: link.seq, hash: link.hash }
    }
}

/// Every field with its length, so that no two entries have the same bytes.
fn hash(previous: &[u8; 32], seq: i64, entry: &Record) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(bytes);
    };
    let id = |id: &Option<Uuid>| id.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
    add(ENCODING);
    add(previous);
    add(&seq.to_be_bytes());
    add(entry.audit_id.as_bytes());
    add(&entry.at.0.to_be_bytes());
    add(entry.actor.as_bytes());
    add(&id(&entry.account_id));
    add(&id(&entry.organization_id));
    add(entry.action.as_bytes());
    add(&id(&entry.case_id));
    add(canonical(&entry.detail).as_bytes());
    add(entry.network.as_bytes());
    hasher.finalize().into()
}

/// The databases keep JSON in ways of their own; what it says is written in one way here. A map of
/// [`serde_json`] is sorted by its keys.
fn canonical(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json).map_or_else(|_| json.to_owned(), |value| value.to_string())
}

/// Links all entries that have none yet; how many there were. However many processes do this at
/// once, there is one chain: whoever seals holds its end.
pub async fn seal(db: &Db) -> Result<u64> {
    let mut linked = 0;
    loop {
        match seal_batch(db).await? {
            0 => return Ok(linked),
            some => linked += some,
        }
    }
}

async fn seal_batch(db: &Db) -> Result<u64> {
    // A look without a lock: most of the time there is nothing to do.
    if !store::is_any_unsealed(db).await? {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    let mut head = store::hold_head(&mut tx).await?;
    let entries = store::unsealed(&mut tx, BATCH).await?;
    let mut links = Vec::with_capacity(entries.len());
    for entry in &entries {
        let link = head.link(entry);
        head = Head::after(&link);
        links.push(link);
    }
    if !links.is_empty() {
        store::insert_links(&mut tx, &links).await?;
        store::move_head(&mut tx, &head).await?;
    }
    tx.commit().await?;
    Ok(links.len() as u64)
}

/// Seals every few seconds, and once more at the end.
pub async fn seal_from_time_to_time(app: App, mut stopped: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(EVERY);
    loop {
        let last = tokio::select! {
            _ = tick.tick() => false,
            () = crate::serve::stopping(&mut stopped) => true,
        };
        if let Err(error) = seal(&app.db).await {
            tracing::warn!(%error, "the audit could not be sealed; its entries wait");
        }
        if last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id() -> impl Strategy<Value = Uuid> {
        any::<u128>().prop_map(Uuid::from_u128)
    }

    prop_compose! {
        fn record()(
            audit_id in id(), at in any::<i64>(), actor in ".{0,8}", account_id in proptest::option::of(id()),
            organization_id in proptest::option::of(id()), action in ".{0,8}", case_id in proptest::option::of(id()),
            name in ".{0,8}", network in ".{0,8}",
        ) -> Record {
            let detail = serde_json::json!({ "name": name }).to_string();
            Record { audit_id, at: Timestamp(at), actor, account_id, organization_id, action, case_id, detail, network }
        }
    }

    fn links(entries: &[Record]) -> Vec<Link> {
        let mut head = Head::default();
        entries
            .iter()
            .map(|entry| {
                let link = head.link(entry);
                head = Head::after(&link);
                link
            })
            .collect()
    }

    fn change(entry: &mut Record, field: usize, with: &Record) {
        match field {
            0 => entry.audit_id = with.audit_id,
            1 => entry.at = with.at,
            2 => entry.actor.clone_from(&with.actor),
            3 => entry.account_id = with.account_id,
            4 => entry.organization_id = with.organization_id,
            5 => entry.action.clone_from(&with.action),
            6 => entry.case_id = with.case_id,
            7 => entry.detail.clone_from(&with.detail),
            _ => entry.network.clone_from(&with.network),
        }
    }

    proptest! {
        /// SEC-12: what was linked verifies; any one change breaks its link and every later one.
        #[test]
        fn any_single_change_breaks_the_chain_from_there(
            entries in proptest::collection::vec(record(), 1..12),
            at in any::<prop::sample::Index>(), field in 0..9_usize, with in record(),
        ) {
            let at = at.index(entries.len());
            let honest = links(&entries);
            prop_assert_eq!(&honest, &links(&entries));
            let mut changed = entries.clone();
            change(&mut changed[at], field, &with);
            prop_assume!(changed != entries);
            for (n, (before, after)) in honest.iter().zip(links(&changed)).enumerate() {
                prop_assert_eq!(before.hash == after.hash, n < at);
            }
        }

        #[test]
        fn an_entry_taken_out_or_swapped_breaks_the_chain(
            entries in proptest::collection::vec(record(), 2..12), at in any::<prop::sample::Index>(),
        ) {
            let at = at.index(entries.len() - 1);
            prop_assume!(entries[at] != entries[at + 1]);
            let honest = links(&entries);
            let mut swapped = entries.clone();
            swapped.swap(at, at + 1);
            prop_assert_ne!(honest[at].hash, links(&swapped)[at].hash);
            let mut shorter = entries.clone();
            shorter.remove(at);
            prop_assert_ne!(honest[at].hash, links(&shorter)[at].hash);
        }
    }

    #[test]
    fn text_does_not_wander_from_one_field_to_the_next() {
        let of = |actor: &str, action: &str| Record {
            audit_id: Uuid::nil(),
            at: Timestamp(0),
            actor: actor.into(),
            account_id: None,
            organization_id: None,
            action: action.into(),
            case_id: None,
            detail: "null".into(),
            network: String::new(),
        };
        assert_ne!(hash(&[0; 32], 1, &of("ab", "c")), hash(&[0; 32], 1, &of("a", "bc")));
    }

    #[test]
    fn the_way_a_database_writes_json_does_not_matter() {
        assert_eq!(canonical(r#"{ "b":1,  "a": [true] }"#), canonical(r#"{"a":[true],"b":1}"#));
        assert_ne!(canonical(r#"{"a":1}"#), canonical(r#"{"a":2}"#));
        assert_eq!(canonical("no json"), "no json");
    }

    #[test]
    fn a_head_is_read_as_it_is_printed() {
        let head = Head { seq: 12, hash: [0xab; 32] };
        assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
        assert!("12".parse::<Head>().is_err() && "1:xyz".parse::<Head>().is_err());
    }
}
