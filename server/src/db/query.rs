//! A statement with its values, and where it runs.

use sqlx::postgres::{PgExecutor, PgRow};
use sqlx::sqlite::{SqliteExecutor, SqliteRow};
use sqlx::{AssertSqlSafe, FromRow};

use crate::db::{Db, Handle, Result, Tx, Value};

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
    is_kept: bool,
}

impl Clone for Query {
    fn clone(&self) -> Self {
        Self { text: AssertSqlSafe(self.text.0.clone()), values: self.values.clone(), is_kept: self.is_kept }
    }
}

/// A statement; `$1`… are its places, the same on both databases.
pub fn sql(text: &str) -> Query {
    Query { text: AssertSqlSafe(text.to_owned()), values: Vec::new(), is_kept: true }
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
        let Query { text, values, is_kept } = $self;
        match $handle.into() {
            Handle::Pool(Db::Sqlite { $sqlite_pool: pool, .. }) => {
                bound!($make(without_numbers(text, values.len())), values).persistent(is_kept).$method(pool).await?
            }
            Handle::Pool(Db::Postgres(pool)) => bound!($make(text), values).persistent(is_kept).$method(pool).await?,
            Handle::Tx(Tx::Sqlite(tx)) => {
                bound!($make(without_numbers(text, values.len())), values)
                    .persistent(is_kept)
                    .$method(&mut **tx)
                    .await?
            }
            Handle::Tx(Tx::Postgres(tx)) => bound!($make(text), values).persistent(is_kept).$method(&mut **tx).await?,
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

    /// For a statement whose best way depends on its values: PostgreSQL would settle for one way for all organisations,
    /// of whom one reaches a hundred people and another a million.
    pub fn planned_anew(mut self) -> Self {
        self.is_kept = false;
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
        match on.into() {
            Handle::Pool(Db::Sqlite { writer, .. }) => self.execute_on_sqlite(writer).await,
            Handle::Pool(Db::Postgres(pool)) => self.execute_on_postgres(pool).await,
            Handle::Tx(Tx::Sqlite(tx)) => self.execute_on_sqlite(&mut **tx).await,
            Handle::Tx(Tx::Postgres(tx)) => self.execute_on_postgres(&mut **tx).await,
        }
    }

    /// [`Query::run`] for a small statement that stands by itself: on SQLite it shares its commit with others that
    /// arrive meanwhile (PostgreSQL's server does so anyway). Answered once it is durable.
    pub async fn run_shared(self, on: impl Into<Handle<'_>>) -> Result<u64> {
        match on.into() {
            Handle::Pool(Db::Sqlite { commits, .. }) => commits.run(self).await,
            other => self.run(other).await,
        }
    }

    pub(super) async fn execute_on_sqlite<'e>(self, on: impl SqliteExecutor<'e>) -> Result<u64> {
        let Self { text, values, is_kept } = self;
        let text = without_numbers(text, values.len());
        Ok(bound!(sqlx::query(text), values).persistent(is_kept).execute(on).await?.rows_affected())
    }

    async fn execute_on_postgres<'e>(self, on: impl PgExecutor<'e>) -> Result<u64> {
        let Self { text, values, is_kept } = self;
        Ok(bound!(sqlx::query(text), values).persistent(is_kept).execute(on).await?.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::places;

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
}
