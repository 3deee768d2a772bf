//! The least that is needed of HTTP/1.1 over a kept connection, so that the generator costs little.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Result;

pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer: its status and where in the buffer its body is.
pub struct Answer<'a> {
    pub status: u16,
    /// Where it leads; empty where it leads nowhere.
    pub location: String,
    pub body: &'a [u8],
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a whole request and waits for its whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head_ends = loop {
            self.read_more().await?;
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = std::str::from_utf8(&self.buffer[..head_ends])?.to_ascii_lowercase();
        let status = head.get(9..12).ok_or("no status")?.parse()?;
        let location =
            head.lines().find_map(|line| line.strip_prefix("location:")).unwrap_or_default().trim().to_owned();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        match length {
            Some(length) => {
                let ends = head_ends + length.trim().parse::<usize>()?;
                while self.buffer.len() < ends {
                    self.read_more().await?;
                }
            }
            None if head.contains("transfer-encoding: chunked") => {
                while !self.buffer.ends_with(b"0\r\n\r\n") {
                    self.read_more().await?;
                }
            }
            None => {}
        }
        Ok(Answer { status, location, body: &self.buffer[head_ends..] })
    }

    async fn read_more(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(()),
        }
    }
}

impl Answer<'_> {
    pub fn contains(&self, text: &str) -> bool {
        find(self.body, text.as_bytes()).is_some()
    }

    /// How often `text` stands in the body.
    pub fn count(&self, text: &str) -> usize {
        let mut count = 0;
        let mut rest = self.body;
        while let Some(at) = find(rest, text.as_bytes()) {
            count += 1;
            rest = &rest[at + text.len()..];
        }
        count
    }
}

pub fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}
