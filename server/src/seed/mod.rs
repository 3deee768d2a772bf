//! Made-up people for demonstrations, tests of speed and trainings: realistic, and never real.

pub mod course;
pub mod episodes;
pub mod notified;
pub mod people;
mod population;
pub mod store;
pub mod tables;

use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::admin::{NewOrganization, create_organization};
use crate::clock::Timestamp;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::monitoring::watch;
use crate::seed::course::random_id;
use crate::seed::population::Population;
use crate::texts::Texts;

/// The flags of `hersys seed`.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// How many cases to make
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub cases: u32,

    /// The same seed makes the same people again, relative to the day (HER-SYS IDs are always
    /// drawn anew)
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// Days of observation of each person
    #[arg(long, value_name = "DAYS", default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..=60))]
    pub days: i64,

    /// Days over which the cases began, up to today
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=1000))]
    pub past_days: i64,

    /// People only, without reports of their health
    #[arg(long)]
    pub no_reports: bool,

    /// Health centres to make where there are none yet
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=500))]
    pub centers: u32,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    pub cases: usize,
    pub reports: usize,
    pub elapsed: Duration,
}

/// A health centre with the clinics of its area.
#[derive(Debug, Clone)]
pub struct Center {
    pub organization_id: Uuid,
    pub city: &'static str,
    /// Who enters the cases, each with an account (or whom the rows name in its place).
    pub enterers: Vec<(Uuid, Uuid)>,
}

/// Cases of one transaction: big enough that the commit does not count, small enough that others
/// wait for moments only.
const CASES_AT_ONCE: usize = 1_000;

/// Makes and writes people; `tell` hears after each transaction.
pub async fn run(
    db: &Db,
    now: Timestamp,
    texts: &Texts,
    options: &Options,
    mut tell: impl FnMut(Progress),
) -> Result<Progress> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(options.seed);
    let mut centers = existing_centers(db).await?;
    if centers.is_empty() {
        make_prefecture(db, options.centers, now, &mut rng).await?;
        centers = existing_centers(db).await?;
    }
    // Drawing people takes as long as writing them, so each has a core.
    let (drawn, mut batches) = mpsc::channel(2);
    let population = Population { options: options.clone(), now, centers, texts: texts.clone(), rng };
    let drawing = tokio::task::spawn_blocking(move || population.draw(CASES_AT_ONCE, &drawn));
    let started = Instant::now();
    let mut progress = Progress::default();
    while let Some(batch) = batches.recv().await {
        progress.cases += batch.len();
        progress.reports += batch.iter().map(|episode| episode.reports.len()).sum::<usize>();
        let mut tx = db.begin().await?;
        episodes::insert(&mut tx, batch).await?;
        tx.commit().await?;
        progress.elapsed = started.elapsed();
        tell(progress);
    }
    drawing.await.map_err(|error| Error::Internal(format!("seed: {error}")))?;
    watch::forget_the_past(db, now.day()).await?;
    Ok(progress)
}

async fn existing_centers(db: &Db) -> Result<Vec<Center>> {
    let organizations = store::organizations(db).await?;
    let centers =
        organizations.iter().filter(|organization| organization.kind == OrganizationKind::HealthCenter.code());
    Ok(centers
        .enumerate()
        .map(|(at, center)| Center {
            organization_id: center.organization_id,
            city: people::city_of(&center.name, at),
            enterers: organizations
                .iter()
                .filter(|other| {
                    let is_own_clinic = other.kind == OrganizationKind::MedicalInstitution.code()
                        && other.governing_id == Some(center.organization_id);
                    is_own_clinic || other.organization_id == center.organization_id
                })
                .map(|other| (other.organization_id, other.account_id.unwrap_or(other.organization_id)))
                .collect(),
        })
        .collect())
}

/// A prefecture with a head office, health centres, and a clinic at each.
async fn make_prefecture(db: &Db, centers: u32, now: Timestamp, rng: &mut Xoshiro256PlusPlus) -> Result<()> {
    let cities = tables::cities();
    let organization = |organization_id, name: String, code: String, governing_id, phone: u32| NewOrganization {
        organization_id,
        name,
        code: Some(code),
        // Beyond the 47 prefectures.
        prefecture_code: "99".into(),
        governing_id,
        phone: format!("050000{phone:05}"),
        address: people::PREFECTURE.into(),
    };
    let mut tx = db.begin().await?;
    let office = random_id(rng);
    let name = format!("{} 調整本部", people::PREFECTURE);
    let new = organization(office, name, "seed-head-office".into(), None, 0);
    create_organization(&mut tx, OrganizationKind::HeadOffice, &new, now).await?;
    for (number, city) in (1..=centers).zip(cities.iter().cycle()) {
        let round = (number as usize - 1) / cities.len() + 1;
        let stem =
            format!("{}{}", city.trim_end_matches('市'), if round > 1 { format!("第{round}") } else { String::new() });
        let center = random_id(rng);
        let new = organization(center, format!("{stem}保健所"), format!("seed-{number:03}"), Some(office), number * 10);
        create_organization(&mut tx, OrganizationKind::HealthCenter, &new, now).await?;
        let clinic = organization(
            random_id(rng),
            format!("{stem}クリニック"),
            format!("seed-clinic-{number:03}"),
            Some(center),
            number * 10 + 1,
        );
        create_organization(&mut tx, OrganizationKind::MedicalInstitution, &clinic, now).await?;
    }
    tx.commit().await?;
    Ok(())
}
