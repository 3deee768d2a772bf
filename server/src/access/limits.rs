//! How often: by account and by network in memory, by what was aimed at in the database.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use time::Duration;

use crate::App;
use crate::access::{Client, store};
use crate::error::{Error, Result};

/// In-memory limits of this process. Networks are shared by the many customers of a mobile
/// carrier, so the limits by network only stop floods; guessing is stopped by [`Guessing`].
#[derive(Clone)]
pub struct Limits {
    sign_in: Arc<DefaultKeyedRateLimiter<String>>,
    codes: Arc<DefaultKeyedRateLimiter<String>>,
    patient: Arc<DefaultKeyedRateLimiter<uuid::Uuid>>,
    clock: DefaultClock,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in: Arc::new(DefaultKeyedRateLimiter::keyed(per_minute(120, 60))),
            codes: Arc::new(DefaultKeyedRateLimiter::keyed(per_minute(60, 60))),
            patient: Arc::new(DefaultKeyedRateLimiter::keyed(per_minute(120, 120))),
            clock: DefaultClock::default(),
        }
    }
}

fn per_minute(rate: u32, burst: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN))
        .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
}

impl Limits {
    /// Attempts to sign in or to confirm a code from one network.
    pub fn sign_in(&self, client: &Client) -> Result<()> {
        self.check(&self.sign_in, &client.network())
    }

    /// Sendings of codes asked for from one network.
    pub fn codes(&self, client: &Client) -> Result<()> {
        self.check(&self.codes, &client.network())
    }

    /// Requests of one patient account.
    pub fn patient(&self, account: uuid::Uuid) -> Result<()> {
        self.check(&self.patient, &account)
    }

    /// Forgets keys that have been quiet, so that memory stays bounded. Called now and then.
    pub fn forget_quiet(&self) {
        self.sign_in.retain_recent();
        self.codes.retain_recent();
        self.patient.retain_recent();
    }

    fn check<K: std::hash::Hash + Eq + Clone>(&self, limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<()> {
        limiter.check_key(key).map_err(|not_until| Error::TooMany {
            retry_after: not_until.wait_time_from(self.clock.now()).as_secs() + 1,
        })
    }
}

/// Guessing of one secret: after some free tries each further one has to wait twice as long.
pub struct Guessing<'a> {
    app: &'a App,
    subjects: Vec<([u8; 32], i64)>,
}

/// Tries that do not count against anybody, from one network and from everywhere together.
const FREE_FROM_ONE_NETWORK: i64 = 5;
const FREE_IN_ALL: i64 = 30;

impl<'a> Guessing<'a> {
    /// `what` names the kind of secret, `subject` whose it is.
    /// A colleague on another network is slowed only by very many tries.
    pub fn of(app: &'a App, what: &str, subject: &str, client: &Client) -> Self {
        let here = app.secret.hash("guessing here", &format!("{what}\0{subject}\0{}", client.network()));
        let anywhere = app.secret.hash("guessing", &format!("{what}\0{subject}"));
        Self { app, subjects: vec![(here, FREE_FROM_ONE_NETWORK), (anywhere, FREE_IN_ALL)] }
    }

    /// Refuses while the wait after the last wrong try lasts.
    pub async fn check(&self) -> Result<()> {
        let now = self.app.clock.now();
        for (subject, free) in &self.subjects {
            let (tries, last) = store::failed_attempts(&self.app.db, *subject, now - Duration::hours(1)).await?;
            let Some(last) = last.filter(|_| tries >= *free) else {
                continue;
            };
            let doublings = u32::try_from(tries - free).unwrap_or(10).min(5);
            let until = last + Duration::seconds(30 * 2_i64.pow(doublings));
            if now < until {
                let retry_after = u64::try_from(now.seconds_until(until)).unwrap_or(0) + 1;
                return Err(Error::TooMany { retry_after });
            }
        }
        Ok(())
    }

    /// Notes a wrong try.
    pub async fn failed(&self) -> Result<()> {
        for (subject, _) in &self.subjects {
            store::note_failed_attempt(&self.app.db, *subject, self.app.clock.now()).await?;
        }
        Ok(())
    }

    /// A right answer clears what was noted here; the count over all networks stays.
    pub async fn succeeded(&self) -> Result<()> {
        if let Some((here, _)) = self.subjects.first() {
            store::forget_failed_attempts(&self.app.db, *here).await?;
        }
        Ok(())
    }
}
