//! One set of queries for two databases: the only file that names SQLite or PostgreSQL.
//!
//! A query is a value: `sql("… where case_id = $1").bind(id).all::<Row>(&db)`. It is dispatched
//! here to the pool or transaction that it is given.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, FromRow, Postgres, Sqlite, Transaction};
use time::Date;
use uuid::Uuid;

use crate::clock::Timestamp;

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
    Sqlite { readers: SqlitePool, writer: SqlitePool },
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
            Some(Engine::Sqlite) => open_sqlite(url).await,
            Some(Engine::Postgres) => open_postgres(url).await,
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
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_sqlite(url: &str) -> Result<Db> {
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
    Ok(Db::Sqlite { readers, writer })
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
    let mut is_long = false;
    loop {
        tokio::select! {
            () = writer.close_event() => {
                let _ = connection.close().await;
                return;
            }
            () = tokio::time::sleep(CHECKPOINT) => {}
        }
        let how = if is_long { "pragma wal_checkpoint(restart)" } else { "pragma wal_checkpoint(passive)" };
        match sqlx::query_as::<_, (i64, i64, i64)>(how).fetch_one(&mut connection).await {
            Ok((_, pages, _)) => is_long = pages > LONGEST_LOG,
            Err(error) => tracing::warn!(%error, "the log of the database was not written back"),
        }
    }
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

async fn open_postgres(url: &str) -> Result<Db> {
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

/// A transaction; dropped without [`Tx::commit`] it is rolled back.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
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

/// A bound value. `None` keeps its type, which PostgreSQL needs.
#[derive(Debug, Clone)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bool(Option<bool>),
    Bytes(Option<Vec<u8>>),
    Uuid(Option<Uuid>),
    Date(Option<Date>),
    Json(Option<serde_json::Value>),
    /// JSON that is written already.
    Written(Box<serde_json::value::RawValue>),
}

impl Value {
    /// JSON, written at once: spares a copy of the tree where many rows are bound.
    pub fn written(value: &serde_json::Value) -> Self {
        match serde_json::value::to_raw_value(value) {
            Ok(written) => Self::Written(written),
            // Only maps with other keys than text fail, which a tree cannot hold.
            Err(_) => Self::Json(Some(value.clone())),
        }
    }
}

macro_rules! value_from {
    ($($source:ty => $variant:ident, $convert:expr;)*) => {$(
        impl From<$source> for Value {
            fn from(value: $source) -> Self {
                let convert: fn($source) -> _ = $convert;
                Self::$variant(Some(convert(value)))
            }
        }
        impl From<Option<$source>> for Value {
            fn from(value: Option<$source>) -> Self {
                let convert: fn($source) -> _ = $convert;
                Self::$variant(value.map(convert))
            }
        }
    )*};
}

value_from! {
    i64 => Int, |v| v;
    Timestamp => Int, |v| v.0;
    String => Text, without_nul;
    &str => Text, |v| without_nul(v.to_owned());
    &String => Text, |v| without_nul(v.clone());
    bool => Bool, |v| v;
    Vec<u8> => Bytes, |v| v;
    [u8; 32] => Bytes, |v| v.to_vec();
    Uuid => Uuid, |v| v;
    Date => Date, |v| v;
    serde_json::Value => Json, json_without_nul;
}

/// PostgreSQL's text holds no NUL, and nobody means one.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

fn json_without_nul(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::String(text) => Json::String(without_nul(text)),
        Json::Array(items) => Json::Array(items.into_iter().map(json_without_nul).collect()),
        Json::Object(entries) => {
            Json::Object(entries.into_iter().map(|(key, value)| (without_nul(key), json_without_nul(value))).collect())
        }
        other => other,
    }
}

/// What a row type must be: readable from both databases, usually by `#[derive(sqlx::FromRow)]`.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A value that can be read from the single column of a row.
pub trait Scalar: Send + Unpin {
    type Row: Row;
    fn of(row: Self::Row) -> Self;
}

impl<T> Scalar for T
where
    T: Send + Unpin,
    (T,): Row,
{
    type Row = (T,);
    fn of(row: (T,)) -> T {
        row.0
    }
}

/// A statement with its values.
pub struct Query {
    text: AssertSqlSafe<String>,
    values: Vec<Value>,
}

/// A statement; `$1`… are its places, the same on both databases.
pub fn sql(text: &str) -> Query {
    Query { text: AssertSqlSafe(text.to_owned()), values: Vec::new() }
}

macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Int(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Bool(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
                Value::Uuid(v) => query.bind(v),
                Value::Date(v) => query.bind(v),
                Value::Json(v) => query.bind(v),
                Value::Written(v) => query.bind(sqlx::types::Json(v)),
            };
        }
        query
    }};
}

macro_rules! dispatch {
    ($self:expr, $handle:expr, $sqlite_pool:ident, $make:expr, $method:ident) => {{
        let Query { text, values } = $self;
        match $handle.into() {
            Handle::Pool(Db::Sqlite { $sqlite_pool: pool, .. }) => {
                bound!($make(without_numbers(text, values.len())), values).$method(pool).await?
            }
            Handle::Pool(Db::Postgres(pool)) => bound!($make(text), values).$method(pool).await?,
            Handle::Tx(Tx::Sqlite(tx)) => {
                bound!($make(without_numbers(text, values.len())), values).$method(&mut **tx).await?
            }
            Handle::Tx(Tx::Postgres(tx)) => bound!($make(text), values).$method(&mut **tx).await?,
        }
    }};
}

/// Fewer places than this are bound as quickly with numbers as without.
const MANY_PLACES: usize = 64;

/// SQLite searches a list for the name of each numbered place, each time one is bound, which takes
/// time by the square of their number. Where they stand in order, as in inserts of many rows, they
/// need no numbers.
fn without_numbers(text: AssertSqlSafe<String>, count: usize) -> AssertSqlSafe<String> {
    if count < MANY_PLACES {
        return text;
    }
    let mut short = String::with_capacity(text.0.len());
    let mut rest = text.0.as_str();
    for number in 1..=count {
        let Some((before, after)) = rest.split_once('$') else {
            return text;
        };
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if after[..digits].parse() != Ok(number) {
            return text;
        }
        short.push_str(before);
        short.push('?');
        rest = &after[digits..];
    }
    if rest.contains('$') {
        return text;
    }
    short.push_str(rest);
    AssertSqlSafe(short)
}

impl Query {
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Binds many values in their order.
    pub fn bind_all(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.values.extend(values);
        self
    }

    /// All rows.
    pub async fn all<R: Row>(self, on: impl Into<Handle<'_>>) -> Result<Vec<R>> {
        Ok(dispatch!(self, on, readers, sqlx::query_as, fetch_all))
    }

    /// The first row, if there is one.
    pub async fn optional<R: Row>(self, on: impl Into<Handle<'_>>) -> Result<Option<R>> {
        Ok(dispatch!(self, on, readers, sqlx::query_as, fetch_optional))
    }

    /// The first row; having none is an error.
    pub async fn one<R: Row>(self, on: impl Into<Handle<'_>>) -> Result<R> {
        Ok(dispatch!(self, on, readers, sqlx::query_as, fetch_one))
    }

    /// The single column of the first row.
    pub async fn scalar<T: Scalar>(self, on: impl Into<Handle<'_>>) -> Result<T> {
        self.one::<T::Row>(on).await.map(T::of)
    }

    /// The single column of the first row, if there is one.
    pub async fn optional_scalar<T: Scalar>(self, on: impl Into<Handle<'_>>) -> Result<Option<T>> {
        Ok(self.optional::<T::Row>(on).await?.map(T::of))
    }

    /// Runs a statement that changes data; the number of rows that it touched.
    pub async fn run(self, on: impl Into<Handle<'_>>) -> Result<u64> {
        let Query { text, values } = self;
        Ok(match on.into() {
            Handle::Pool(Db::Sqlite { writer, .. }) => {
                bound!(sqlx::query(without_numbers(text, values.len())), values).execute(writer).await?.rows_affected()
            }
            Handle::Pool(Db::Postgres(pool)) => bound!(sqlx::query(text), values).execute(pool).await?.rows_affected(),
            Handle::Tx(Tx::Sqlite(tx)) => bound!(sqlx::query(without_numbers(text, values.len())), values)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Handle::Tx(Tx::Postgres(tx)) => bound!(sqlx::query(text), values).execute(&mut **tx).await?.rows_affected(),
        })
    }
}

/// `($1,$2),($3,$4)`: the places of `rows` rows of `columns` columns, beginning at `first`.
pub fn places(first: usize, rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            text.push('$');
            text.push_str(&(first + row * columns + column).to_string());
        }
        text.push(')');
    }
    text
}

/// Rows of one statement: a few sizes only, so that each is prepared once, and the largest far from SQLite's
/// 32,766 places.
const SIZES: [usize; 5] = [250, 64, 16, 4, 1];

/// Runs `insert into … values ` for all `rows`, which are of one length, in as few statements as are prepared well.
pub async fn insert_rows(tx: &mut Tx, insert: &str, rows: Vec<Vec<Value>>) -> Result<()> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    for size in SIZES {
        while left >= size {
            let values = rows.by_ref().take(size).flatten();
            sql(&format!("{insert}{}", places(1, size, columns))).bind_all(values).run(&mut *tx).await?;
            left -= size;
        }
    }
    Ok(())
}

/// `$2,$3,$4`: `count` places for an `in (…)`, beginning at `first`.
pub fn list(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|place| format!("${place}")).collect();
    places.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_on() {
        assert_eq!(places(2, 2, 3), "($2,$3,$4),($5,$6,$7)");
    }

    #[test]
    fn many_places_in_order_need_no_numbers() {
        let short = |text: String| without_numbers(AssertSqlSafe(text), MANY_PLACES).0;
        let rows = places(1, MANY_PLACES / 2, 2);
        let expected = format!("values {} on conflict", vec!["(?,?)"; MANY_PLACES / 2].join(","));
        assert_eq!(short(format!("values {rows} on conflict")), expected);
        for kept in [format!("select $1 where x in {rows}"), format!("{rows}, $1"), rows.replace("$7,", "7,")] {
            assert_eq!(short(kept.clone()), kept);
        }
    }

    #[test]
    fn urls_name_their_engine() {
        assert_eq!(Engine::of_url("sqlite://x.db"), Some(Engine::Sqlite));
        assert_eq!(Engine::of_url("postgresql://h/d"), Some(Engine::Postgres));
        assert_eq!(Engine::of_url("mysql://h/d"), None);
    }
}
