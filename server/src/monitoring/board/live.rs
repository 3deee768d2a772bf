//! Server-sent events: an open board is told when its organisation's rows have changed, and asks for itself anew.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::App;
use crate::access::{ItemGroup, Scope};
use crate::error::{Error, Result};
use crate::monitoring::board::store;

/// How often changes are looked for.
const EVERY: Duration = Duration::from_millis(300);
/// After so long the browser connects anew, which asks for its right once more.
const LASTS: Duration = Duration::from_secs(120);

/// Ends open streams when the service stops. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    ended: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self { ended: watch::channel(false).0 }
    }
}

impl Live {
    pub fn end(&self) {
        self.ended.send_replace(true);
    }
}

struct Watching {
    app: App,
    scope: Scope,
    known: Option<i64>,
    until: Instant,
    ended: watch::Receiver<bool>,
}

/// `changes`: how often the board has changed, at once and whenever it does.
pub async fn events(
    scope: Scope,
    State(app): State<App>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    if !scope.may_read(ItemGroup::Observation) {
        return Err(Error::Forbidden);
    }
    let ended = app.live.ended.subscribe();
    let watching = Watching { app, scope, known: None, until: Instant::now() + LASTS, ended };
    let events = stream::unfold(watching, |mut watching| async move {
        let event = watching.next().await?;
        Some((Ok(event), watching))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

impl Watching {
    /// The next change; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if *self.ended.borrow() || Instant::now() >= self.until {
                return None;
            }
            let changes = store::changes(&self.app.db, self.scope.organization_id()).await.ok()?;
            if self.known != Some(changes) {
                self.known = Some(changes);
                return Some(Event::default().event("changes").data(changes.to_string()));
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = self.ended.changed() => return None,
            }
        }
    }
}
