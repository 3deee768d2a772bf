//! Opening a database, with what each of the two needs to be durable and quick.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Executor};

use crate::db::{Commits, Db, Result};

/// A file, made where there is none.
pub async fn sqlite(url: &str) -> Result<Db> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-8192")
        .pragma("wal_autocheckpoint", "16000")
        .pragma("temp_store", "memory")
        .statement_cache_capacity(256)
        .disable_statement_logging();
    keep_private(options.get_filename()).map_err(sqlx::Error::Io)?;
    // A connection to a file does not break, so none is tested before it is used. Each write of a list touches some
    // twenty indexes: their upper pages stay in the writer's cache.
    let writer_options = options.clone().pragma("cache_size", "-65536").pragma("wal_autocheckpoint", "0");
    let writer = SqlitePoolOptions::new()
        .test_before_acquire(false)
        .min_connections(1)
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(20))
        .connect_with(writer_options)
        .await?;
    tokio::spawn(checkpoint(options.clone(), writer.clone()));
    let readers = SqlitePoolOptions::new()
        .test_before_acquire(false)
        .min_connections(1)
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options.pragma("query_only", "on"))
        .await?;
    let commits = Commits::start(writer.clone());
    Ok(Db::Sqlite { readers, writer, commits })
}

/// How often the log is written back into the file.
const CHECKPOINT: Duration = Duration::from_millis(500);
/// Pages (4 KiB) of a log that is begun anew: until then writers do not wait for it.
const LONGEST_LOG: i64 = 64_000;

/// Writes the log back into the file beside the writers, which would otherwise do it within some unlucky commit.
/// Ends with the pool. A log that grows long in spite of it is written back once with the writers waiting.
async fn checkpoint(options: SqliteConnectOptions, writer: SqlitePool) {
    let Ok(mut connection) = options.pragma("wal_autocheckpoint", "0").connect().await else {
        tracing::warn!("the log of the database is not written back in the background");
        return;
    };
    loop {
        tokio::select! {
            () = writer.close_event() => {
                let _ = connection.close().await;
                return;
            }
            () = tokio::time::sleep(CHECKPOINT) => {}
        }
        if let Err(error) = write_back(&mut connection).await {
            tracing::warn!(%error, "the log of the database was not written back");
        }
    }
}

async fn write_back(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let passive = "pragma wal_checkpoint(passive)";
    let (_, pages, _): (i64, i64, i64) = sqlx::query_as(passive).fetch_one(&mut *connection).await?;
    if pages > LONGEST_LOG {
        // Once more, so that hardly anything is left to do while the writers wait.
        for how in [passive, "pragma wal_checkpoint(restart)"] {
            sqlx::query_as::<_, (i64, i64, i64)>(how).fetch_one(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Makes the file and its folder where they are missing, readable by their owner only; SQLite gives
/// its side files the same rights.
fn keep_private(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| *folder != Path::new("") && !folder.exists()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// Longer than a busy connection rests between two queries.
const RESTED: Duration = Duration::from_millis(500);

/// A database of a server.
pub async fn postgres(url: &str) -> Result<Db> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("hersys")
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        // Testing costs a way there and back, so only connections that rested are tested.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > RESTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move {
                // All statements are short walks along an index: compiling one, or waiting for other processes to
                // help with it, takes longer than running it; and a page is read as quickly out of order.
                let settings = "set jit = off; set max_parallel_workers_per_gather = 0; set random_page_cost = 1.1";
                connection.execute(settings).await.map(drop)
            })
        })
        .min_connections(1)
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await?;
    let durability: String = sqlx::query_scalar("show synchronous_commit").fetch_one(&pool).await?;
    if durability == "off" {
        let problem =
            format!("synchronous_commit is {durability}: a report would be acknowledged before it is durable");
        return Err(sqlx::Error::Configuration(problem.into()).into());
    }
    Ok(Db::Postgres(pool))
}
