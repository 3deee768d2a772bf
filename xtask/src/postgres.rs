//! A PostgreSQL of our own for tests and measurements, gone when we are.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, geteuid, test_kill_process};
use tempfile::TempDir;

use crate::{process, setup};

const FOLDER_PREFIX: &str = "hersys-postgres-";

/// How much a crash of the machine may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was acknowledged, as in production: for measurements.
    Full,
    /// Everything, which makes the many databases of a test run cheap.
    None,
}

/// A running cluster with the superuser `postgres`; stopped and removed when dropped.
pub struct Postgres {
    server: Child,
    port: u16,
    _folder: TempDir,
}

impl Postgres {
    pub fn start(durability: Durability) -> Result<Self> {
        sweep(&base(durability));
        let binaries = binaries()?;
        let owner = Owner::of_cluster()?;
        let folder = tempfile::Builder::new()
            .prefix(&format!("{FOLDER_PREFIX}{}-", std::process::id()))
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(base(durability))?;
        owner.give(folder.path())?;
        let data = folder.path().join("data");

        let mut initdb = owner.command(&binaries.join("initdb"));
        initdb
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .arg(&data)
            .current_dir(folder.path());
        process::run_quietly(&mut initdb, Duration::from_secs(60)).context("initdb failed")?;

        let log = folder.path().join("log");
        let port = free_port()?;
        let mut command = owner.command(&binaries.join("postgres"));
        command.arg("-D").arg(&data).current_dir(folder.path());
        for setting in settings(durability, port, folder.path()) {
            command.arg("-c").arg(setting);
        }
        let output = fs::File::create(&log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let server = process::spawn(&mut command)?;

        let mut postgres = Self { server, port, _folder: folder };
        postgres.wait_until_ready(&binaries, &log)?;
        Ok(postgres)
    }

    /// A superuser's address; tests create databases of their own in it.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self, binaries: &Path, log: &Path) -> Result<()> {
        let pg_isready = binaries.join("pg_isready").to_string_lossy().into_owned();
        let port = self.port.to_string();
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            process::check_interruption()?;
            if process::succeeds(&pg_isready, &["-q", "-h", "127.0.0.1", "-p", &port]) {
                return Ok(());
            }
            if self.server.try_wait()?.is_some() {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL did not start:\n{}", fs::read_to_string(log).unwrap_or_default().trim_end());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGQUIT is the immediate shutdown; nothing in there is needed any more.
        process::end(&mut self.server, Signal::QUIT, Duration::from_secs(10));
    }
}

/// The folder with `initdb` and `postgres`: the newest of Debian's, else what the path offers.
pub fn binaries() -> Result<PathBuf> {
    if let Some(folder) = setup::newest_version(Path::new("/usr/lib/postgresql"), "bin") {
        return Ok(folder);
    }
    let initdb = which::which("initdb").context("PostgreSQL's initdb is nowhere to be found")?;
    Ok(initdb.parent().unwrap_or(Path::new("/")).to_owned())
}

fn settings(durability: Durability, port: u16, sockets: &Path) -> Vec<String> {
    let switch = if durability == Durability::Full { "on" } else { "off" };
    let mut settings: Vec<String> = ["fsync", "full_page_writes"].map(|name| format!("{name}={switch}")).into();
    settings.extend([
        // The program refuses a server that acknowledges before it has written.
        "synchronous_commit=on".to_owned(),
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        format!("unix_socket_directories={}", sockets.display()),
        "max_connections=200".to_owned(),
        "shared_buffers=256MB".to_owned(),
    ]);
    settings
}

/// Measurements need a real disk, which the folder for temporary files need not be.
fn base(durability: Durability) -> PathBuf {
    let on_disk = PathBuf::from("/var/tmp");
    if durability == Durability::Full && on_disk.is_dir() { on_disk } else { std::env::temp_dir() }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Removes what a process that was killed outright has left.
fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(pid) = name.strip_prefix(FOLDER_PREFIX).and_then(|rest| rest.split('-').next()) else {
            continue;
        };
        let process = pid.parse().ok().and_then(Pid::from_raw);
        if process.is_some_and(|process| test_kill_process(process).is_err()) {
            // Another process may be sweeping as well.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Who runs the cluster; PostgreSQL refuses to be run by root.
enum Owner {
    Ourselves,
    User { name: &'static str, uid: u32 },
}

impl Owner {
    fn of_cluster() -> Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        if which::which("setpriv").is_err() {
            bail!("PostgreSQL may not run as root, and there is no setpriv (package util-linux) to change the user");
        }
        for name in ["postgres", "nobody"] {
            if let Some(uid) = process::answer("id", &["-u", name]).and_then(|uid| uid.parse().ok()) {
                return Ok(Self::User { name, uid });
            }
        }
        bail!("PostgreSQL may not run as root, and there is no user `postgres` or `nobody`")
    }

    fn give(&self, folder: &Path) -> Result<()> {
        if let Self::User { uid, .. } = self {
            chown(folder, Some(*uid), None)?;
        }
        Ok(())
    }

    /// A program run as the owner, ended by the kernel should we be killed outright.
    fn command(&self, program: &Path) -> Command {
        if which::which("setpriv").is_err() {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.arg("--pdeathsig=QUIT");
        if let Self::User { name, uid } = self {
            command.arg(format!("--reuid={uid}")).arg("--clear-groups");
            command.env("HOME", "/nonexistent").env("USER", name);
        }
        command.arg(program);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_of_dead_processes_are_swept_and_the_living_are_left_alone() {
        let base = tempfile::tempdir().unwrap();
        let mut gone = Command::new("true").spawn().unwrap();
        let dead = base.path().join(format!("{FOLDER_PREFIX}{}-abc", gone.id()));
        gone.wait().unwrap();
        let living = base.path().join(format!("{FOLDER_PREFIX}{}-abc", std::process::id()));
        let other = base.path().join("something-else");
        for folder in [&dead, &living, &other] {
            fs::create_dir(folder).unwrap();
        }
        sweep(base.path());
        assert_eq!((dead.exists(), living.exists(), other.exists()), (false, true, true));
    }

    #[test]
    fn a_cluster_serves_its_superuser_and_leaves_nothing_behind() {
        // `cargo test` alone must not depend on what is installed.
        let Ok(binaries) = binaries() else { return };
        let postgres = Postgres::start(Durability::None).unwrap();
        let folder = postgres._folder.path().to_owned();
        let psql = binaries.join("psql").to_string_lossy().into_owned();
        let ask = |sql: &str| process::answer(&psql, &[&postgres.url(), "-Atc", sql]);
        assert_eq!(ask("create database a_test").as_deref(), Some("CREATE DATABASE"));
        let settings = "select current_setting('max_connections'), current_setting('lc_collate')";
        assert_eq!(ask(settings).as_deref(), Some("200|C.UTF-8"));
        let url = postgres.url();
        drop(postgres);
        assert!(!folder.exists());
        assert_eq!(process::answer(&psql, &[&url, "-Atc", "select 1"]), None);
    }

    #[test]
    fn measurements_are_durable() {
        let settings = settings(Durability::Full, 5432, Path::new("/tmp"));
        assert!(settings.contains(&"fsync=on".to_owned()));
        assert!(settings.contains(&"synchronous_commit=on".to_owned()));
    }
}
