//! SQLite writes one transaction after the other, and each waits for the disk: small statements that arrive while one
//! is under way share the next.

use std::io;

use sqlx::sqlite::SqlitePool;

use crate::batch::Batcher;
use crate::db::{DbError, Query, Result};

/// Most statements that share a commit, and most that wait for one.
const MOST_TOGETHER: usize = 64;
const MOST_WAITING: usize = 8192;

/// The way in for statements that share commits. Cheap to clone.
#[derive(Clone)]
pub struct Commits {
    queue: Batcher<Query, Result<u64>>,
}

impl Commits {
    pub(super) fn start(writer: SqlitePool) -> Self {
        Self { queue: Batcher::start(MOST_TOGETHER, MOST_WAITING, move |queries| together(writer.clone(), queries)) }
    }

    /// Runs a statement; how many rows it touched, once that is durable.
    pub async fn run(&self, query: Query) -> Result<u64> {
        self.queue.run(query).await.map_err(|_| unavailable("the writer of the database does not answer"))?
    }
}

async fn together(writer: SqlitePool, queries: Vec<Query>) -> Vec<Result<u64>> {
    if queries.len() > 1
        && let Ok(touched) = in_one(&writer, &queries).await
    {
        return touched.into_iter().map(Ok).collect();
    }
    // One of them is the reason; alone, each gets its own answer.
    let mut outcomes = Vec::with_capacity(queries.len());
    for query in queries {
        outcomes.push(query.execute_on_sqlite(&writer).await);
    }
    outcomes
}

async fn in_one(writer: &SqlitePool, queries: &[Query]) -> Result<Vec<u64>> {
    let mut tx = writer.begin_with("begin immediate").await?;
    let mut touched = Vec::with_capacity(queries.len());
    for query in queries {
        touched.push(query.clone().execute_on_sqlite(&mut *tx).await?);
    }
    tx.commit().await?;
    Ok(touched)
}

fn unavailable(why: &'static str) -> DbError {
    DbError(sqlx::Error::Io(io::Error::other(why)))
}
