//! A fresh database for each test.

use sqlx::postgres::{PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;
use uuid::Uuid;

/// A database that nobody else uses.
pub struct TestDatabase {
    pub url: String,
    /// Kept until the test ends.
    pub folder: TempDir,
}

pub fn sqlite() -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("hersys.db").display());
    TestDatabase { url, folder }
}

/// `HERSYS_TEST_POSTGRES_URL` names a server whose user may create databases; `cargo xtask test` starts one.
pub async fn postgres() -> TestDatabase {
    let server = std::env::var("HERSYS_TEST_POSTGRES_URL")
        .expect("HERSYS_TEST_POSTGRES_URL is not set: run the tests by `cargo xtask test`");
    let name = format!("test_{}", Uuid::new_v4().simple());
    let mut connection = PgConnection::connect(&server).await.expect("a connection to PostgreSQL");
    connection
        .execute(AssertSqlSafe(format!("create database {name} template {}", template(&server).await)))
        .await
        .expect("a new database");
    let folder = tempfile::tempdir().expect("a temporary folder");
    TestDatabase { url: on_server(&server, &name), folder }
}

fn on_server(server: &str, database: &str) -> String {
    let (before, query) = server.split_once('?').map_or((server, String::new()), |(b, q)| (b, format!("?{q}")));
    let authority_end = before[11..].find('/').map_or(before.len(), |at| at + 11);
    format!("{}/{database}{query}", &before[..authority_end])
}

/// A migrated database to copy from, made once in a process: faster than migrating for each test.
async fn template(server: &str) -> &'static str {
    static TEMPLATE: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("template_{}", Uuid::new_v4().simple());
            let pool = PgPoolOptions::new().max_connections(1).connect(server).await.expect("PostgreSQL");
            pool.execute(AssertSqlSafe(format!("create database {name}"))).await.expect("a new database");
            let db = hersys::db::Db::open(&on_server(server, &name)).await.expect("the template");
            db.migrate().await.expect("migrations");
            db.close().await;
            name
        })
        .await
}
