//! Writing many people with their reports at once.

use crate::cases::{CreatedCase, NewCase, create_cases};
use crate::db::Tx;
use crate::error::Result;
use crate::monitoring::intake::store::{NewObservation, insert_rows};

/// A case to be, with all its reports.
pub struct Episode {
    pub case: NewCase,
    pub reports: Vec<NewObservation>,
}

/// Writes `episodes`; the cases that came of them, in order.
pub async fn insert(tx: &mut Tx, episodes: Vec<Episode>) -> Result<Vec<CreatedCase>> {
    let (cases, reports): (Vec<_>, Vec<_>) =
        episodes.into_iter().map(|episode| (episode.case, episode.reports)).unzip();
    let created = create_cases(tx, &cases).await?;
    let reports: Vec<&NewObservation> = reports.iter().flatten().collect();
    insert_rows(tx, &reports).await?;
    Ok(created)
}
