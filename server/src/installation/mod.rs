//! What a database belongs to: its secret key, and whether it serves a demo or real people.

mod store;

use crate::StartError;
use crate::config::ConfigError;
use crate::db::Db;
use crate::secret::Secret;

/// Refuses another key than the one this database was begun with: under it nobody's account would be found.
pub async fn check_key(db: &Db, secret: &Secret) -> Result<(), StartError> {
    let mark = secret.hash("installation", "key").to_vec();
    if store::mark(db, "key", &mark).await? == mark {
        return Ok(());
    }
    let problem =
        "is not the key that this database was begun with; without the key, give back secret.key to the data folder";
    Err(ConfigError::new("HERSYS_SECRET_KEY", problem).into())
}

/// Keeps demo mode and real people apart: what served the one never serves the other.
pub async fn check_mode(db: &Db, demo: bool) -> Result<(), StartError> {
    let mode: &[u8] = if demo { b"demo" } else { b"real" };
    let problem = match (demo, store::mark(db, "mode", mode).await? == mode) {
        (_, true) => return Ok(()),
        (true, false) => {
            "is a real installation's database: demo mode would show its messages and open it to everybody"
        }
        (false, false) => "is a demo's database, whose accounts have a published password: begin with another one",
    };
    Err(ConfigError::new("HERSYS_DATABASE_URL", problem).into())
}
