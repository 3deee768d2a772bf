//! A provider that takes what it is sent and hangs up without a word.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

pub struct Silent {
    address: SocketAddr,
    taken: Arc<AtomicUsize>,
}

impl Silent {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = taken.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                let mut piece = [0; 4096];
                while let Ok(read) = stream.read(&mut piece).await {
                    request.extend_from_slice(&piece[..read]);
                    if read == 0 || is_whole(&request) {
                        break;
                    }
                }
                counted.fetch_add(usize::from(is_whole(&request)), Ordering::SeqCst);
            }
        });
        Self { address, taken }
    }

    /// For `HERSYS_SMS_URL`.
    pub fn url(&self) -> String {
        format!("http://AC0123:token@{}/?from=%2B815012345678", self.address)
    }

    /// Requests that came whole.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }
}

/// Whether the body is as long as the head says.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    length.is_some_and(|length| body.len() >= length)
}
