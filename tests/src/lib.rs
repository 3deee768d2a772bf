//! Support for stories through the public interface, each told on SQLite and on PostgreSQL.

pub mod actors;
pub mod database;
pub mod fixtures;
pub mod notifications;
pub mod page_form;
pub mod sharing;
pub mod silent;
pub mod smtp;
pub mod stage;
pub mod world;

pub use actors::{Answer, Visitor};
pub use world::World;

/// Makes of each story `async fn story(world: World)` two tests: `sqlite::story` and `postgres::story`.
#[macro_export]
macro_rules! on_both_databases {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                super::$story($crate::World::on_sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                super::$story($crate::World::on_postgres().await).await;
            })*
        }
    };
}
