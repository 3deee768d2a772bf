//! Open boards: each listens to the stream of changes and, when it hears of one, asks for its page anew, as the
//! script of the page does.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::LocalSet;
use tokio::time::timeout_at;

use crate::client::Client;
use crate::load::Found;
use crate::{Error, Result};

/// As in `board.js`: no more often than this, however fast reports come.
const PAUSE: Duration = Duration::from_millis(500);

/// Opens `boards` of the one who has `token`, for `lasts`; the pages that they asked for.
pub async fn boards(address: SocketAddr, token: &str, boards: usize, lasts: Duration) -> Result<Found> {
    let found: Rc<RefCell<Found>> = Rc::default();
    let ends = Instant::now() + lasts;
    let tasks = LocalSet::new();
    for _ in 0..boards {
        let (found, token) = (found.clone(), token.to_owned());
        tasks.spawn_local(async move {
            let changed = Rc::new(Changed::default());
            let done = tokio::try_join!(
                listen(address, &token, ends, changed.clone()),
                show(address, &token, ends, changed, &found)
            );
            if let Err(error) = done {
                let mut found = found.borrow_mut();
                found.errors += 1;
                found.first_error.get_or_insert(error.to_string());
            }
        });
    }
    tasks.await;
    let mut found = found.take();
    found.lasted = lasts;
    found.latencies.sort_unstable();
    Ok(found)
}

/// What a board was told of.
#[derive(Default)]
struct Changed {
    told: Notify,
    /// The number of the last change.
    number: Cell<i64>,
}

async fn listen(address: SocketAddr, token: &str, ends: Instant, changed: Rc<Changed>) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request(address, token, "/staff/board/events", 0).as_bytes()).await?;
    let mut heard = Vec::with_capacity(4096);
    while let Ok(read) = timeout_at(ends.into(), stream.read_buf(&mut heard)).await {
        if read? == 0 {
            return Err("the stream of changes ended".into());
        }
        let text = String::from_utf8_lossy(&heard);
        let number = text.rsplit_once("event: changes\ndata: ").and_then(|(_, data)| data.lines().next()?.parse().ok());
        if let Some(number) = number {
            changed.number.set(number);
            changed.told.notify_one();
            heard.clear();
        }
    }
    Ok(())
}

async fn show(
    address: SocketAddr,
    token: &str,
    ends: Instant,
    changed: Rc<Changed>,
    found: &RefCell<Found>,
) -> Result<()> {
    let mut client = Client::connect(address).await?;
    while timeout_at(ends.into(), changed.told.notified()).await.is_ok() {
        let request = request(address, token, "/staff/board", changed.number.get());
        let sent = Instant::now();
        let answer = client.ask(request.as_bytes()).await?;
        let took = sent.elapsed();
        if answer.status != 200 || !answer.contains("data-board") {
            return Err(format!("a board answered {}", answer.status).into());
        }
        {
            let mut found = found.borrow_mut();
            found.done += 1;
            found.latencies.push(took);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok::<(), Error>(())
}

fn request(address: SocketAddr, token: &str, path: &str, heard_of: i64) -> String {
    let cookie = hersys::access::staff::COOKIE;
    format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}={token}\r\nx-hersys-live: {heard_of}\r\n\r\n")
}
