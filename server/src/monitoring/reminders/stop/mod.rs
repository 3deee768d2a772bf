//! Stopping and starting by the person's own word: a reply to an SMS, the link of a mail. Each is reversible, says in the
//! record by whom and why, and the centre is told (NTF-10, OBS-13). Only requests to report end: codes and notices go on.

mod page;
mod sms;
pub mod store;
pub mod token;

use uuid::Uuid;

use crate::access::Client;
use crate::access::audit::Entry;
use crate::access::events::News;
use crate::cases::news;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::Result;
use crate::routes::{Guard, Routes};

/// Who stopped the requests of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Staff, with a reason.
    Centre,
    /// A reply to an SMS.
    Sms,
    /// The link of a mail.
    Mail,
    /// A wish in My HER-SYS that staff fulfilled.
    Wish,
}

impl By {
    pub const ALL: [Self; 4] = [Self::Centre, Self::Sms, Self::Mail, Self::Wish];

    pub fn code(self) -> &'static str {
        match self {
            Self::Centre => "center",
            Self::Sms => "sms",
            Self::Mail => "mail",
            Self::Wish => "wish",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Centre => "職員が止めました",
            Self::Sms => "ご本人がSMSの返信で止めました",
            Self::Mail => "ご本人がメールのリンクから止めました",
            Self::Wish => "ご本人の希望で止めました",
        }
    }
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/unsubscribe/{token}", Guard::Public, page::ask)
        .post("/unsubscribe/{token}", Guard::Public, page::stop)
        .post("/unsubscribe/{token}/undo", Guard::Public, page::undo)
        .post(sms::PATH, Guard::Public, sms::receive)
}

/// Stops or resumes the requests to these people by their own word, and tells their centres. What was so before
/// stays, without a word. How many people's changed.
async fn set(
    tx: &mut Tx,
    cases: &[Uuid],
    by: By,
    stops: bool,
    account_id: Option<Uuid>,
    client: &Client,
    now: Timestamp,
) -> Result<usize> {
    let mut all_changed = 0;
    for case_id in cases {
        let changed = if stops {
            store::stop(tx, *case_id, by, "", None, now).await?
        } else {
            store::resume(tx, *case_id, Some(by), None, now).await?
        };
        if !changed {
            continue;
        }
        all_changed += 1;
        if let Some(center_id) = store::center_of(&mut *tx, *case_id).await? {
            let told = if stops { News::RemindersStopped } else { News::RemindersResumed };
            news::tell_quietly(tx, center_id, *case_id, told, now).await?;
        }
        let action = if stops { "reminders.own_stop" } else { "reminders.own_restart" };
        Entry::by_patient(account_id, client, now, action)
            .about(*case_id)
            .with(serde_json::json!({ "by": by.code() }))
            .write(&mut *tx)
            .await?;
    }
    Ok(all_changed)
}

/// What becomes of a word that starts the requests again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Started {
    /// They are sent, again or as before.
    Sent,
    /// Somebody else had stopped them: their centre knows of the wish.
    Told,
}

/// Starts what these people stopped by their own word; what somebody else stopped, their centres are asked for.
async fn start(
    tx: &mut Tx,
    cases: &[Uuid],
    by: By,
    account_id: Option<Uuid>,
    client: &Client,
    now: Timestamp,
) -> Result<Started> {
    if set(tx, cases, by, false, account_id, client, now).await? > 0 {
        return Ok(Started::Sent);
    }
    let stopped = store::stopped(tx, cases).await?;
    for case_id in &stopped {
        if store::wish_to_resume(tx, *case_id, account_id.unwrap_or_default(), now).await? {
            Entry::by_patient(account_id, client, now, "patient.wish")
                .about(*case_id)
                .with(serde_json::json!({ "wish": "resume", "by": by.code() }))
                .write(&mut *tx)
                .await?;
        }
    }
    Ok(if stopped.is_empty() { Started::Sent } else { Started::Told })
}
