//! SQL of very many messages.

use std::collections::HashMap;
use std::time::Duration;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Query, Tx, Value, list, places, sql};
use crate::error::Result;
use crate::messages::Channel;
use crate::messages::bulk::{Bulk, REMINDER};
use crate::messages::delivery::Outcome;
use crate::messages::store::{Leased, wipe};

/// Rows of one statement: a few sizes only, so that each is prepared once.
const SIZES: [usize; 4] = [250, 50, 10, 1];

/// `items` in pieces of [`SIZES`].
fn pieces<T>(mut items: &[T]) -> Vec<&[T]> {
    let mut pieces = Vec::new();
    for size in SIZES {
        while items.len() >= size {
            let (piece, rest) = items.split_at(size);
            pieces.push(piece);
            items = rest;
        }
    }
    pieces
}

pub async fn put(
    tx: &mut Tx,
    mut messages: Vec<Bulk>,
    channels: &[Channel],
    now: Timestamp,
    leased_until: Timestamp,
) -> Result<Vec<Leased>> {
    // In one order, so that two processes never wait for each other.
    messages.sort_by_key(|message| message.message_id);
    let leads = |message: &Bulk| Channel::of_code(message.channel).is_some_and(|channel| channels.contains(&channel));
    // With their attempts: one that is taken again is another try, which nobody who held it before goes on with.
    let mut new: HashMap<Uuid, i64> = HashMap::with_capacity(messages.len());
    for piece in pieces(&messages) {
        let rows: Vec<(Uuid, i64)> = sql(&format!(
            "insert into message (message_id, channel, recipient, subject, body, unsubscribe, case_id, created_at, due_at,
                                  expires_at, leased_until, attempts, status, purpose) values {}
             on conflict (message_id) do update set status = 'waiting', subject = excluded.subject, body = excluded.body,
                 unsubscribe = excluded.unsubscribe, leased_until = excluded.leased_until, due_at = excluded.due_at,
                 recipient = excluded.recipient, case_id = excluded.case_id, expires_at = excluded.expires_at,
                 attempts = message.attempts + excluded.attempts, finished_at = null
             where message.status = 'cancelled' returning message_id, attempts",
            places(1, piece.len(), 14)
        ))
        .bind_all(piece.iter().flat_map(|message| -> [Value; 14] {
            let is_held = leads(message);
            [
                message.message_id.into(),
                message.channel.into(),
                message.recipient.as_str().into(),
                message.subject.as_str().into(),
                message.body.as_str().into(),
                message.unsubscribe.as_str().into(),
                message.case_id.into(),
                now.into(),
                now.into(),
                message.expires_at.into(),
                is_held.then_some(leased_until).into(),
                i64::from(is_held).into(),
                "waiting".into(),
                REMINDER.into(),
            ]
        }))
        .all(&mut *tx)
        .await?;
        new.extend(rows);
    }
    Ok(messages
        .into_iter()
        .filter(|message| leads(message))
        .filter_map(|message| new.get(&message.message_id).map(|attempts| (message, *attempts)))
        .map(|(message, attempts)| Leased {
            message_id: message.message_id,
            channel: message.channel.to_owned(),
            recipient: message.recipient,
            subject: message.subject,
            body: message.body,
            created_at: now,
            expires_at: message.expires_at,
            attempts,
            case_id: message.case_id,
            purpose: REMINDER.to_owned(),
            unsubscribe: message.unsubscribe,
        })
        .collect())
}

/// Ends messages that are not wanted any more.
pub async fn cancel(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    // In one order, so that two processes never wait for each other.
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    for piece in pieces(&ids) {
        sql(&format!(
            "update message set status = 'cancelled', leased_until = null, subject = '', body = '', unsubscribe = ''
             where status || '' = 'waiting' and message_id in ({})",
            list(1, piece.len())
        ))
        .bind_all(piece.iter().map(|id| Value::from(*id)))
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}

/// The attempts of those messages whose lease lasts long enough for one more.
pub async fn held(db: &Db, ids: &[Uuid], now: Timestamp, longest: Duration) -> Result<HashMap<Uuid, i64>> {
    let mut held = HashMap::with_capacity(ids.len());
    let until = Timestamp(now.0 + i64::try_from(longest.as_millis()).unwrap_or(i64::MAX));
    for piece in ids.chunks(SIZES[0]) {
        let Some(last) = piece.last() else { continue };
        // Filled up to one of few sizes, so that each is prepared once.
        let size = [1, 4, 16, 64, SIZES[0]].into_iter().find(|size| *size >= piece.len()).unwrap_or(piece.len());
        let filled = piece.iter().chain(std::iter::repeat_n(last, size - piece.len()));
        let rows: Vec<(Uuid, i64)> = sql(&format!(
            "with w(id) as (values {}) select m.message_id, m.attempts from w join message m on m.message_id = w.id
             where m.status || '' = 'waiting' and m.expires_at > ${} and m.leased_until > ${}",
            places(1, size, 1),
            size + 1,
            size + 2
        ))
        .bind_all(filled.map(|id| Value::from(*id)))
        .bind(now)
        .bind(until)
        .all(db)
        .await?;
        held.extend(rows);
    }
    Ok(held)
}

/// Gives messages back that nobody has tried, unless somebody else holds them by now.
pub async fn give_back(db: &Db, messages: &[Leased]) -> Result<()> {
    let rows: Vec<[Value; 2]> =
        messages.iter().map(|message| [message.message_id.into(), message.attempts.into()]).collect();
    for piece in pieces(&rows) {
        with_values(
            piece,
            "update message set leased_until = null from v
             where message.message_id = v.message_id and message.attempts = v.attempts
               and message.status || '' = 'waiting'",
            "message_id, attempts",
        )
        .run(db)
        .await?;
    }
    Ok(())
}

/// Notes how messages ended. What was handed over while somebody cancelled it went out, and says so.
pub async fn note(db: &Db, ended: &[(Leased, Outcome)], now: Timestamp, is_demo: bool) -> Result<()> {
    let mut finished: Vec<[Value; 4]> = Vec::with_capacity(ended.len());
    let mut postponed: Vec<[Value; 4]> = Vec::new();
    for (message, outcome) in ended {
        let id: Value = message.message_id.into();
        match outcome {
            Outcome::Sent(provider_id) => {
                let status = if is_demo { "kept" } else { "sent" };
                finished.push([id, status.into(), provider_id.clone().into(), None::<String>.into()]);
            }
            Outcome::Unsure(code) => finished.push([id, "sent".into(), None::<String>.into(), code.clone().into()]),
            Outcome::Never(code) => finished.push([id, "failed".into(), None::<String>.into(), code.clone().into()]),
            Outcome::Later(code, due_at) => {
                let due_at = (*due_at).min(message.expires_at);
                postponed.push([id, message.attempts.into(), due_at.into(), code.clone().into()]);
            }
        }
    }
    let mut tx = db.begin().await?;
    for piece in pieces(&finished) {
        with_values(
            piece,
            &format!(
            "update message set status = v.status, provider_id = v.provider_id, last_error = v.error, finished_at = ${},
                    leased_until = null {}
             from v where message.message_id = v.message_id
                      and (message.status = 'waiting' or (message.status = 'cancelled' and v.status <> 'failed'))",
            piece.len() * 4 + 1,
            wipe(is_demo)
        ),
            "message_id, status, provider_id, error",
        )
        .bind(now)
        .run(&mut tx)
        .await?;
    }
    for piece in pieces(&postponed) {
        with_values(
            piece,
            "update message set due_at = v.due_at, last_error = v.error, leased_until = null
             from v where message.message_id = v.message_id and message.status || '' = 'waiting'
                      and message.attempts = v.attempts",
            "message_id, attempts, due_at, error",
        )
        .run(&mut tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A statement that reads rows of values as `v`.
fn with_values<const N: usize>(rows: &[[Value; N]], statement: &str, columns: &str) -> Query {
    sql(&format!("with v({columns}) as (values {}) {statement}", places(1, rows.len(), N)))
        .bind_all(rows.iter().flatten().cloned())
}
