//! Checks the chain from its first link to its end, and what waits for a link.

use std::fmt;

use uuid::Uuid;

use crate::audit::chain::{Head, Link};
use crate::audit::store::{self, Linked};
use crate::clock::Timestamp;
use crate::db::{Db, Result};

/// Links that are read at once.
const PAGE: i64 = 1000;

/// What is wrong with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is no link with this number.
    LinkMissing,
    /// The entry was removed.
    EntryMissing,
    /// The entry is not what was sealed.
    EntryChanged,
    /// The link does not follow from the one before it.
    LinkChanged,
    /// The entry cannot even be read.
    Unreadable,
    /// The chain's end is not the last link, or the chain is shorter than its end says.
    EndChanged,
    /// The chain does not have the link that was kept elsewhere.
    NotTheKeptHead,
    /// The entry has no link and does not wait for one.
    LeftOut,
    /// An entry was removed before it was sealed.
    RemovedUnsealed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LinkMissing => "the link is missing",
            Self::EntryMissing => "the entry was removed",
            Self::EntryChanged => "the entry is not what was sealed",
            Self::LinkChanged => "the link does not follow from the one before it",
            Self::Unreadable => "the entry or its link cannot be read",
            Self::EndChanged => "the end of the chain was cut off or changed",
            Self::NotTheKeptHead => "the chain does not have the head that was kept",
            Self::LeftOut => "the entry has no link and does not wait for one",
            Self::RemovedUnsealed => "the entry was removed before it was sealed",
        })
    }
}

/// The first broken link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// Its number; none for entries without a link.
    pub seq: Option<i64>,
    pub audit_id: Option<Uuid>,
    pub at: Option<Timestamp>,
    pub fault: Fault,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seq {
            Some(seq) => write!(f, "link {seq}")?,
            None => write!(f, "no link")?,
        }
        if let Some(audit_id) = self.audit_id {
            write!(f, ", entry {audit_id}")?;
        }
        if let Some(at) = self.at {
            write!(f, " of {}", at.rfc3339())?;
        }
        write!(f, ": {}", self.fault)
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The last sound link.
    pub head: Head,
    /// Entries that wait for their link: not yet protected.
    pub waiting: i64,
    pub broken: Option<Break>,
}

/// Follows the chain as far as it reached when this began. `kept` is a head that was written down
/// elsewhere; the chain must still have it.
pub async fn verify(db: &Db, kept: Option<Head>) -> Result<Report> {
    let end = store::head(db).await?;
    let waiting = store::count_unsealed(db).await?;
    let mut walk = Walk { head: Head::default(), kept, kept_seen: kept.is_none_or(|kept| kept.seq == 0) };
    let mut broken = None;
    let mut page = PAGE;
    while broken.is_none() && walk.head.seq < end.seq {
        broken = match store::links(db, walk.head.seq, end.seq, page).await {
            Ok(links) if links.is_empty() => Some(walk.fault(None, Fault::EndChanged)),
            Ok(links) => links.iter().find_map(|linked| walk.step(linked)),
            Err(error) if error.is_unavailable() => return Err(error),
            Err(_) if page == 1 => Some(walk.fault(None, Fault::Unreadable)),
            Err(_) => {
                // Somewhere on this page; one by one the link is found.
                page = 1;
                None
            }
        };
    }
    if broken.is_none() && (walk.head != end || store::has_links_behind_the_end(db).await?) {
        broken = Some(Break { seq: Some(end.seq), audit_id: None, at: None, fault: Fault::EndChanged });
    }
    if broken.is_none() && !walk.kept_seen {
        broken = Some(Break { seq: kept.map(|kept| kept.seq), audit_id: None, at: None, fault: Fault::NotTheKeptHead });
    }
    if broken.is_none() {
        broken = store::left_out(db).await?.map(|(audit_id, at)| Break {
            seq: None,
            audit_id: Some(audit_id),
            at: Some(at),
            fault: Fault::LeftOut,
        });
    }
    if broken.is_none() {
        broken = store::removed_unsealed(db).await?.map(|audit_id| Break {
            seq: None,
            audit_id: Some(audit_id),
            at: None,
            fault: Fault::RemovedUnsealed,
        });
    }
    Ok(Report { head: walk.head, waiting, broken })
}

/// How far the chain was followed.
struct Walk {
    head: Head,
    kept: Option<Head>,
    kept_seen: bool,
}

impl Walk {
    fn fault(&self, linked: Option<&Linked>, fault: Fault) -> Break {
        Break {
            seq: Some(self.head.seq + 1),
            audit_id: linked.map(|linked| linked.sealed_id),
            at: linked.and_then(|linked| linked.record.as_ref().map(|record| record.at)),
            fault,
        }
    }

    /// Goes on by one link, or says what is wrong with it.
    fn step(&mut self, linked: &Linked) -> Option<Break> {
        if linked.seq != self.head.seq + 1 {
            return Some(self.fault(None, Fault::LinkMissing));
        }
        let Some(record) = &linked.record else {
            return Some(self.fault(Some(linked), Fault::EntryMissing));
        };
        if linked.previous_hash[..] != self.head.hash {
            return Some(self.fault(Some(linked), Fault::LinkChanged));
        }
        let Link { hash, .. } = self.head.link(record);
        if linked.hash[..] != hash {
            return Some(self.fault(Some(linked), Fault::EntryChanged));
        }
        self.head = Head { seq: linked.seq, hash };
        self.kept_seen |= self.kept == Some(self.head);
        None
    }
}
