//! One set of queries for two databases: the only folder that names SQLite or PostgreSQL.
//!
//! A query is a value: `sql("… where case_id = $1").bind(id).all::<Row>(&db)`. It is dispatched
//! here to the pool or transaction that it is given.

mod commits;
mod open;
mod query;
mod rows;
mod value;

use sqlx::migrate::Migrator;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Postgres, Sqlite, Transaction};

pub use commits::Commits;
pub use query::{Query, Row, Scalar, sql};
pub use rows::{among, insert_rows, list, places};
pub use value::Value;

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");
/// What only one of the two has or words differently, such as triggers.
static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/postgres");

pub type Result<T> = std::result::Result<T, DbError>;

/// A failure of the database. Its text may quote statements, so it goes to logs only; statements
/// carry no values.
#[derive(Debug, thiserror::Error)]
#[error("database: {0}")]
pub struct DbError(#[from] sqlx::Error);

impl DbError {
    /// Whether a unique key already had this value.
    pub fn is_unique_violation(&self) -> bool {
        self.0.as_database_error().is_some_and(|error| error.kind() == sqlx::error::ErrorKind::UniqueViolation)
    }

    /// Whether a row is there and holds what it should not.
    pub fn is_unreadable(&self) -> bool {
        matches!(self.0, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_))
    }

    /// Whether trying again may help: no connection, no answer in time, the server going down.
    pub fn is_unavailable(&self) -> bool {
        match &self.0 {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
            // 08: connection, 53: resources, 57: operator intervention.
            sqlx::Error::Database(error) => error
                .code()
                .is_some_and(|code| ["08", "53", "57"].iter().any(|class| code.len() == 5 && code.starts_with(class))),
            _ => false,
        }
    }
}

/// A database, by its URL: `sqlite://path` or `postgres://…`. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    Sqlite { readers: SqlitePool, writer: SqlitePool, commits: Commits },
    Postgres(PgPool),
}

/// Which kind a URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn of_url(url: &str) -> Option<Self> {
        if url.starts_with("sqlite:") {
            Some(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Some(Self::Postgres)
        } else {
            None
        }
    }
}

impl Db {
    /// Opens the database; an SQLite file is made where there is none.
    pub async fn open(url: &str) -> Result<Self> {
        match Engine::of_url(url) {
            Some(Engine::Sqlite) => open::sqlite(url).await,
            Some(Engine::Postgres) => open::postgres(url).await,
            None => Err(sqlx::Error::Configuration("neither sqlite: nor postgres:".into()).into()),
        }
    }

    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Brings the schema up to date. Safe to repeat and to run from several processes.
    pub async fn migrate(&self) -> std::result::Result<(), sqlx::migrate::MigrateError> {
        // The sets keep their records in one table, so each must tolerate the other's.
        let tolerant = |migrator: &Migrator| Migrator {
            migrations: migrator.migrations.clone(),
            ignore_missing: true,
            ..Migrator::DEFAULT
        };
        match self {
            Self::Sqlite { writer, .. } => {
                tolerant(&MIGRATIONS).run(writer).await?;
                tolerant(&SQLITE_MIGRATIONS).run(writer).await
            }
            Self::Postgres(pool) => {
                tolerant(&MIGRATIONS).run(pool).await?;
                tolerant(&POSTGRES_MIGRATIONS).run(pool).await
            }
        }
    }

    /// Begins a writing transaction. On SQLite it takes the write lock at once, so that it cannot
    /// fail halfway by meeting another writer.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("begin immediate").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<()> {
        sql("select 1").scalar::<i32>(self).await.map(drop)
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A transaction; dropped without [`Tx::commit`] it is rolled back.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Where a query runs.
pub enum Handle<'a> {
    Pool(&'a Db),
    Tx(&'a mut Tx),
}

impl Handle<'_> {
    /// For a further statement.
    pub fn again(&mut self) -> Handle<'_> {
        match self {
            Self::Pool(db) => Handle::Pool(db),
            Self::Tx(tx) => Handle::Tx(tx),
        }
    }
}

impl<'a> From<&'a Db> for Handle<'a> {
    fn from(db: &'a Db) -> Self {
        Self::Pool(db)
    }
}

impl<'a> From<&'a mut Tx> for Handle<'a> {
    fn from(tx: &'a mut Tx) -> Self {
        Self::Tx(tx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_their_engine() {
        assert_eq!(Engine::of_url("sqlite://x.db"), Some(Engine::Sqlite));
        assert_eq!(Engine::of_url("postgresql://h/d"), Some(Engine::Postgres));
        assert_eq!(Engine::of_url("mysql://h/d"), None);
    }
}
