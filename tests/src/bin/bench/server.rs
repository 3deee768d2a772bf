//! The server under measurement, as a process of its own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::client::Client;
use crate::place::Place;

/// Longest to wait for it.
const LONGEST_START: Duration = Duration::from_secs(30);

pub struct Server {
    process: Child,
    pub address: SocketAddr,
    /// From the start of the process until `/readyz` said yes.
    pub started_in: Duration,
}

impl Server {
    pub async fn start(program: &str, place: &Place) -> Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = command(program, place, &["serve", "--listen", &address.to_string()]);
        let log = std::fs::File::create(place.folder.path().join("server.log"))?;
        let started = Instant::now();
        let process = command.stdout(Stdio::null()).stderr(log).spawn()?;
        let mut server = Self { process, address, started_in: Duration::ZERO };
        while !server.is_ready().await {
            if let Some(status) = server.process.try_wait()? {
                let log = std::fs::read_to_string(place.folder.path().join("server.log")).unwrap_or_default();
                return Err(format!("the server ended with {status}:\n{log}").into());
            }
            if started.elapsed() > LONGEST_START {
                return Err("the server was not ready in time".into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        server.started_in = started.elapsed();
        Ok(server)
    }

    async fn is_ready(&self) -> bool {
        let request = format!("GET /readyz HTTP/1.1\r\nhost: {}\r\n\r\n", self.address);
        match Client::connect(self.address).await {
            Ok(mut client) => client.ask(request.as_bytes()).await.is_ok_and(|answer| answer.status == 200),
            Err(_) => false,
        }
    }

    /// Time of the processor that it has used so far, where the system tells (Linux).
    pub fn processor_time(&self) -> Option<Duration> {
        let status = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?;
        // Behind the name in brackets: user and system time are the 12th and 13th figures, in
        // hundredths of a second on every Linux of today.
        let figures: Vec<&str> = status.rsplit_once(')')?.1.split_whitespace().collect();
        let hundredths: u64 = figures.get(11)?.parse::<u64>().ok()? + figures.get(12)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(hundredths * 10))
    }

    /// Memory in MiB a second after the start.
    pub async fn memory_at_rest(&self) -> Option<f64> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.memory()
    }

    /// Memory now in MiB, where the system tells (Linux).
    pub fn memory(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
        Some(kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs a subcommand to its end.
pub async fn run(program: &str, place: &Place, arguments: &[&str]) -> Result<()> {
    let output = command(program, place, arguments).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("hersys {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)).into())
}

/// The program on the measured database; what the environment sets for others does not count.
fn command(program: &str, place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    for (key, _) in std::env::vars_os() {
        if key.to_string_lossy().starts_with("HERSYS_") {
            command.env_remove(key);
        }
    }
    command
        .args(arguments)
        .arg("--data-dir")
        .arg(place.folder.path())
        .args(["--database-url", &place.database_url])
        .env("HERSYS_LOG", "error")
        .stdin(Stdio::null());
    command
}
