//! A mail server of our own: real SMTP conversations, mail that can be read, and failures at will.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

/// Longest wait for a mail; one that comes takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// A mail as its reader sees it.
#[derive(Debug, Clone)]
pub struct Mail {
    /// `My HER-SYS <no-reply@example.jp>`
    pub from: String,
    /// The address that the server was told.
    pub to: String,
    pub subject: String,
    pub text: String,
    pub message_id: String,
    pub auto_submitted: Option<String>,
    /// RFC 2369 and RFC 8058.
    pub unsubscribe: Option<String>,
    pub unsubscribe_post: Option<String>,
}

impl Mail {
    /// The six digits in it.
    pub fn code(&self) -> String {
        crate::world::six_digits(&self.text)
    }
}

/// A mail server on a port of this machine. It ends when it is dropped.
pub struct SmtpServer {
    address: SocketAddr,
    desk: Arc<Desk>,
    running: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Desk {
    credentials: Option<(&'static str, &'static str)>,
    arrived: Mutex<VecDeque<Mail>>,
    arrival: Notify,
    refusals: Mutex<BTreeMap<String, &'static str>>,
    recipients_named: Mutex<usize>,
}

impl SmtpServer {
    pub async fn start() -> Self {
        Self::with(Desk::default()).await
    }

    /// A server that takes mail only after AUTH PLAIN.
    pub async fn start_with_password(user: &'static str, password: &'static str) -> Self {
        Self::with(Desk { credentials: Some((user, password)), ..Desk::default() }).await
    }

    async fn with(desk: Desk) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let desk = Arc::new(desk);
        let running = Mutex::new(Some(tokio::spawn(accept(listener, desk.clone()))));
        Self { address, desk, running }
    }

    /// For `HERSYS_SMTP_URL`.
    pub fn url(&self) -> String {
        match self.desk.credentials {
            Some((user, password)) => format!("smtp://{user}:{password}@{}", self.address),
            None => format!("smtp://{}", self.address),
        }
    }

    /// The oldest mail not read yet, waiting for it a while.
    pub async fn next_mail(&self) -> Mail {
        tokio::time::timeout(PATIENCE, async {
            loop {
                let arrival = self.desk.arrival.notified();
                if let Some(mail) = self.arrived().pop_front() {
                    return mail;
                }
                arrival.await;
            }
        })
        .await
        .expect("no mail arrived")
    }

    /// The mails that have arrived and were not read yet.
    pub fn unread(&self) -> usize {
        self.arrived().len()
    }

    /// How often any client has named a recipient: each is a try to send.
    pub fn tries(&self) -> usize {
        *self.desk.recipients_named.lock().expect("not poisoned")
    }

    /// From now on answers mail for `recipient` with `reply`, e.g. `451 4.3.0 Try again later`.
    pub fn refuse(&self, recipient: &str, reply: &'static str) {
        self.desk.refusals.lock().expect("not poisoned").insert(recipient.to_owned(), reply);
    }

    /// Takes mail for everybody again.
    pub fn refuse_nobody(&self) {
        self.desk.refusals.lock().expect("not poisoned").clear();
    }

    /// Closes all connections and refuses new ones.
    pub async fn stop(&self) {
        let running = self.running.lock().expect("not poisoned").take();
        if let Some(running) = running {
            running.abort();
            let _ = running.await;
        }
    }

    /// Listens again on the same port after [`Self::stop`].
    pub async fn restart(&self) {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("a socket option");
        socket.bind(self.address).expect("the same port");
        let listener = socket.listen(64).expect("a listener");
        *self.running.lock().expect("not poisoned") = Some(tokio::spawn(accept(listener, self.desk.clone())));
    }

    fn arrived(&self) -> std::sync::MutexGuard<'_, VecDeque<Mail>> {
        self.desk.arrived.lock().expect("not poisoned")
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        if let Some(running) = self.running.get_mut().expect("not poisoned") {
            running.abort();
        }
    }
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    // Conversations live in here, so that they end with the server.
    let mut conversations = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        conversations.spawn(converse(stream, desk.clone()));
        while conversations.try_join_next().is_some() {}
    }
}

/// What a client has said since MAIL.
#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

async fn converse(stream: TcpStream, desk: Arc<Desk>) -> std::io::Result<()> {
    let mut stream = BufStream::new(stream);
    let mut envelope = Envelope::default();
    let mut trusted = desk.credentials.is_none();
    say(&mut stream, "220 mail.test ESMTP").await?;
    loop {
        let mut line = String::new();
        if (&mut stream).take(4096).read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        match command.to_ascii_uppercase().as_str() {
            "EHLO" => {
                let auth = if desk.credentials.is_some() { "250-AUTH PLAIN\r\n" } else { "" };
                say(&mut stream, &format!("250-mail.test\r\n{auth}250-8BITMIME\r\n250 SMTPUTF8")).await?;
            }
            "HELO" | "NOOP" => say(&mut stream, "250 2.0.0 OK").await?,
            "RSET" => {
                envelope = Envelope::default();
                say(&mut stream, "250 2.0.0 OK").await?;
            }
            "QUIT" => return say(&mut stream, "221 2.0.0 Bye").await,
            "AUTH" => {
                trusted = desk.credentials.is_some_and(|expected| proves(rest, expected));
                let reply = if trusted { "235 2.7.0 Welcome" } else { "535 5.7.8 Authentication credentials invalid" };
                say(&mut stream, reply).await?;
            }
            "MAIL" if !trusted => say(&mut stream, "530 5.7.0 Authentication required").await?,
            "MAIL" => {
                envelope = Envelope { from: address(rest), to: Vec::new() };
                say(&mut stream, "250 2.1.0 OK").await?;
            }
            "RCPT" if envelope.from.is_none() => say(&mut stream, "503 5.5.1 MAIL first").await?,
            "RCPT" => {
                *desk.recipients_named.lock().expect("not poisoned") += 1;
                let to = address(rest).unwrap_or_default();
                let refusal = desk.refusals.lock().expect("not poisoned").get(&to).copied();
                if refusal.is_none() {
                    envelope.to.push(to);
                }
                say(&mut stream, refusal.unwrap_or("250 2.1.5 OK")).await?;
            }
            "DATA" if envelope.to.is_empty() => say(&mut stream, "503 5.5.1 RCPT first").await?,
            "DATA" => {
                say(&mut stream, "354 Go ahead").await?;
                let content = read_content(&mut stream).await?;
                for to in std::mem::take(&mut envelope).to {
                    desk.arrived.lock().expect("not poisoned").push_back(read(&content, to));
                }
                desk.arrival.notify_waiters();
                say(&mut stream, "250 2.0.0 Queued").await?;
            }
            _ => say(&mut stream, "500 5.5.2 Unknown command").await?,
        }
    }
}

async fn say(stream: &mut BufStream<TcpStream>, reply: &str) -> std::io::Result<()> {
    stream.write_all(reply.as_bytes()).await?;
    stream.write_all(b"\r\n").await?;
    stream.flush().await
}

/// All lines up to a lone dot, without the dots that protect lines beginning with one.
async fn read_content(stream: &mut BufStream<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.as_slice() {
            b".\r\n" => return Ok(content),
            [b'.', rest @ ..] => content.extend_from_slice(rest),
            whole => content.extend_from_slice(whole),
        }
    }
}

/// `FROM:<taro@example.jp> BODY=8BITMIME` → `taro@example.jp`
fn address(rest: &str) -> Option<String> {
    let (_, after) = rest.split_once('<')?;
    after.rsplit_once('>').map(|(address, _)| address.to_owned())
}

/// `PLAIN AHVzZXIAcGFzc3dvcmQ=`
fn proves(rest: &str, (user, password): (&str, &str)) -> bool {
    let initial = rest.split_once(' ').map(|(_, initial)| initial).unwrap_or_default();
    STANDARD.decode(initial).is_ok_and(|said| said == format!("\0{user}\0{password}").into_bytes())
}

/// A header as it was written, unfolded.
fn raw_header(content: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(content).replace("\r\n ", " ").replace("\r\n\t", " ");
    let head = text.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(|value| value.trim().to_owned())
}

fn read(content: &[u8], to: String) -> Mail {
    let message = MessageParser::default().parse(content).expect("a mail");
    let from = message.from().and_then(|from| from.first()).expect("a sender");
    let address = from.address().unwrap_or_default();
    Mail {
        from: from.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>")),
        to,
        subject: message.subject().unwrap_or_default().to_owned(),
        text: message.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        message_id: message.message_id().unwrap_or_default().to_owned(),
        auto_submitted: message.header("Auto-Submitted").and_then(|value| value.as_text()).map(str::to_owned),
        unsubscribe: raw_header(content, "List-Unsubscribe"),
        unsubscribe_post: raw_header(content, "List-Unsubscribe-Post"),
    }
}
