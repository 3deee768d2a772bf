//! Where a measured database is, and where prepared ones are kept.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;

use crate::Result;

/// Where the database and the server's data folder are.
pub struct Place {
    pub database_url: String,
    pub folder: TempDir,
    /// Where it is a database of a server.
    postgres: Option<Postgres>,
}

/// A database to remove, and the superuser's address by which that is done.
struct Postgres {
    superuser: String,
    name: String,
}

impl Place {
    /// A file on a real disk, which the folder for temporary files need not be.
    pub fn sqlite() -> Result<Self> {
        let folder = folder()?;
        let database_url = format!("sqlite://{}", folder.path().join("hersys.db").display());
        Ok(Self { database_url, folder, postgres: None })
    }

    /// A new database of the server that `superuser` reaches.
    pub async fn postgres(superuser: &str) -> Result<Self> {
        let name = format!("hersys_bench_{}", std::process::id());
        let (server, _) = superuser.rsplit_once('/').ok_or("HERSYS_BENCH_POSTGRES_URL must end in /DATABASE")?;
        let database_url = format!("{server}/{name}");
        let postgres = Postgres { superuser: superuser.to_owned(), name };
        postgres.make_anew("").await?;
        Ok(Self { database_url, folder: folder()?, postgres: Some(postgres) })
    }

    pub async fn remove(self) -> Result<()> {
        if let Some(postgres) = self.postgres {
            postgres.ask(&[format!("drop database if exists {} with (force)", postgres.name)]).await?;
        }
        Ok(self.folder.close()?)
    }
}

impl Postgres {
    async fn ask(&self, statements: &[String]) -> Result<()> {
        let mut connection = sqlx::PgConnection::connect(&self.superuser).await?;
        for statement in statements {
            connection.execute(AssertSqlSafe(statement.clone())).await?;
        }
        Ok(connection.close().await?)
    }

    /// `of`: empty, or what it is a copy of.
    async fn make_anew(&self, of: &str) -> Result<()> {
        let name = &self.name;
        self.ask(&[
            format!("drop database if exists {name} with (force)"),
            format!("create database {name} {of}"),
            // What was copied is on its disk before anything is measured.
            "checkpoint".to_owned(),
        ])
        .await
    }

    async fn has(&self, database: &str) -> Result<bool> {
        let mut connection = sqlx::PgConnection::connect(&self.superuser).await?;
        let found: i64 = sqlx::query_scalar("select count(*) from pg_database where datname = $1")
            .bind(database)
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok(found > 0)
    }
}

/// Where prepared databases are kept, so that the next measurement begins with a copy.
pub struct Kept {
    /// Beside the database or, of PostgreSQL, with the key to it.
    folder: PathBuf,
    /// The name of PostgreSQL's.
    database: String,
}

impl Kept {
    pub fn new(base: &Path, name: &str, cases: u32) -> Self {
        let name = format!("{}_{cases}", name.to_lowercase());
        Self { folder: base.join(&name), database: format!("hersys_bench_kept_{name}") }
    }

    /// Copies what is kept to `place`; `false` where nothing is.
    pub async fn copy_to(&self, place: &Place) -> Result<bool> {
        if !self.folder.is_dir() {
            return Ok(false);
        }
        if let Some(postgres) = &place.postgres {
            if !postgres.has(&self.database).await? {
                return Ok(false);
            }
            postgres.make_anew(&format!("template {} strategy file_copy", self.database)).await?;
        }
        copy_files(&self.folder, place.folder.path())?;
        Ok(true)
    }

    /// Keeps what `place` holds. Nobody may be connected to it.
    pub async fn take(&self, place: &Place) -> Result<()> {
        if let Some(postgres) = &place.postgres {
            let kept = Postgres { superuser: postgres.superuser.clone(), name: self.database.clone() };
            kept.make_anew(&format!("template {} strategy file_copy", postgres.name)).await?;
        }
        fs::create_dir_all(&self.folder)?;
        copy_files(place.folder.path(), &self.folder)
    }
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let copy = to.join(entry.file_name());
            fs::copy(entry.path(), &copy)?;
            // What was copied is on its disk before anything is measured.
            fs::File::open(&copy)?.sync_all()?;
        }
    }
    Ok(())
}

fn folder() -> Result<TempDir> {
    let on_disk = PathBuf::from("/var/tmp");
    let base = if on_disk.is_dir() { on_disk } else { std::env::temp_dir() };
    Ok(tempfile::Builder::new().prefix("hersys-bench-").tempdir_in(base)?)
}
