//! How often: by account and by network in memory, by what was aimed at in the database.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use time::Duration;

use crate::App;
use crate::access::{Client, store};
use crate::clock::Timestamp;
use crate::error::{Error, Result};

/// In-memory limits of this process. Networks are shared by the many customers of a mobile
/// carrier, so the limits by network only stop floods; guessing is stopped by [`Guessing`].
#[derive(Clone)]
pub struct Limits {
    sign_in: Arc<DefaultKeyedRateLimiter<String>>,
    codes: Arc<DefaultKeyedRateLimiter<String>>,
    patient: Arc<DefaultKeyedRateLimiter<uuid::Uuid>>,
    reports: Arc<DefaultKeyedRateLimiter<uuid::Uuid>>,
    institutions: Arc<DefaultKeyedRateLimiter<uuid::Uuid>>,
    clock: DefaultClock,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in: Arc::new(DefaultKeyedRateLimiter::keyed(per_minute(120, 60))),
            codes: Arc::new(DefaultKeyedRateLimiter::keyed(per_minute(60, 60))),
            patient: Arc::new(DefaultKeyedRateLimiter::keyed(per_minute(120, 120))),
            reports: Arc::new(DefaultKeyedRateLimiter::keyed(per_minute(10, REPORTS_AT_ONCE))),
            institutions: Arc::new(DefaultKeyedRateLimiter::keyed(per_minute(120, 120))),
            clock: DefaultClock::default(),
        }
    }
}

/// Reports of one account that are taken at once: the biggest family ten times over.
const REPORTS_AT_ONCE: u32 = 300;

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

    /// Requests by one token of an institution.
    pub fn institution(&self, token_id: uuid::Uuid) -> Result<()> {
        self.check(&self.institutions, &token_id)
    }

    /// Reports of one account, so that nobody fills a person's page and the disk.
    pub fn reports(&self, account: uuid::Uuid, count: usize) -> Result<()> {
        let Some(count) = u32::try_from(count).ok().and_then(NonZeroU32::new) else {
            return Ok(());
        };
        match self.reports.check_key_n(&account, count) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(not_until)) => {
                Err(Error::TooMany { retry_after: not_until.wait_time_from(self.clock.now()).as_secs() + 1 })
            }
            Err(_) => Err(Error::TooMany { retry_after: 3600 }),
        }
    }

    /// Forgets keys that have been quiet, so that memory stays bounded. Called now and then.
    pub fn forget_quiet(&self) {
        self.sign_in.retain_recent();
        self.codes.retain_recent();
        self.patient.retain_recent();
        self.reports.retain_recent();
        self.institutions.retain_recent();
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
const FREE_FACTORS_IN_ALL: i64 = 10;

/// Wrong tries within an hour, from everywhere together, of which those responsible are told.
const ALARMING: i64 = 10;

const HOUR: Duration = Duration::hours(1);

impl<'a> Guessing<'a> {
    /// `what` names the kind of secret, `subject` whose it is.
    /// A colleague on another network is slowed only by very many tries.
    pub fn of(app: &'a App, what: &str, subject: &str, client: &Client) -> Self {
        let here = app.secret.hash("guessing here", &format!("{what}\0{subject}\0{}", client.network()));
        let anywhere = app.secret.hash("guessing", &format!("{what}\0{subject}"));
        Self { app, subjects: vec![(here, FREE_FROM_ONE_NETWORK), (anywhere, FREE_IN_ALL)] }
    }

    /// Codes of the second factor of an account. Whoever guesses them has the password already, so
    /// fewer tries are free.
    pub fn of_factor(app: &'a App, account_id: uuid::Uuid, client: &Client) -> Self {
        let mut guessing = Self::of(app, "second factor", &account_id.to_string(), client);
        if let Some((_, free)) = guessing.subjects.last_mut() {
            *free = FREE_FACTORS_IN_ALL;
        }
        guessing
    }

    /// Begins a try, or refuses while the wait after the last wrong one lasts. It counts as wrong
    /// before it is judged, so that any number of them side by side cannot share a free one.
    pub async fn begin(self) -> Result<Try<'a>> {
        let attempt = Try { guessing: self, attempt_id: uuid::Uuid::now_v7() };
        let subjects = attempt.subjects();
        store::note_attempt(&attempt.guessing.app.db, &subjects, attempt.attempt_id, attempt.now()).await?;
        match attempt.wait().await? {
            None => Ok(attempt),
            Some(retry_after) => {
                attempt.withdraw().await?;
                Err(Error::TooMany { retry_after })
            }
        }
    }
}

/// A try under way; dropped, it stays a wrong one.
pub struct Try<'a> {
    guessing: Guessing<'a>,
    attempt_id: uuid::Uuid,
}

impl Try<'_> {
    /// Seconds until another try, going by those before this one.
    async fn wait(&self) -> Result<Option<u64>> {
        let now = self.now();
        for (subject, free) in &self.guessing.subjects {
            let (tries, last) =
                store::other_attempts(&self.guessing.app.db, *subject, self.attempt_id, now - HOUR).await?;
            let Some(last) = last.filter(|_| tries >= *free) else {
                continue;
            };
            let doublings = u32::try_from(tries - free).unwrap_or(10).min(5);
            let until = last + Duration::seconds(30 * 2_i64.pow(doublings));
            if now < until {
                return Ok(Some(u64::try_from(now.seconds_until(until)).unwrap_or(0) + 1));
            }
        }
        Ok(None)
    }

    /// A right answer: this try and those of this network are forgotten; the count of the others stays.
    pub async fn right(self) -> Result<()> {
        if let Some((here, _)) = self.guessing.subjects.first() {
            store::forget_attempts(&self.guessing.app.db, *here).await?;
        }
        self.withdraw().await
    }

    /// Nothing was guessed after all.
    pub async fn withdraw(self) -> Result<()> {
        Ok(store::withdraw_attempt(&self.guessing.app.db, &self.subjects(), self.attempt_id).await?)
    }

    /// A wrong try at an account; where they come often, its organisation and issuer are told.
    /// Without an account the same is done as far as it goes, so that the time taken tells nothing.
    pub async fn wrong_at(self, account_id: impl Into<Option<uuid::Uuid>>) -> Result<()> {
        let (db, now) = (&self.guessing.app.db, self.now());
        let Some((anywhere, _)) = self.guessing.subjects.last() else {
            return Ok(());
        };
        let (others, _) = store::other_attempts(db, *anywhere, self.attempt_id, now - HOUR).await?;
        let Some(account_id) = account_id.into().filter(|_| others + 1 >= ALARMING) else {
            return Ok(());
        };
        if store::tell_of_account(db, account_id, "sign_in_guessing", now).await? {
            tracing::warn!(%account_id, tries = others + 1, "sign-in is being guessed at");
        }
        Ok(())
    }

    fn subjects(&self) -> Vec<[u8; 32]> {
        self.guessing.subjects.iter().map(|(subject, _)| *subject).collect()
    }

    fn now(&self) -> Timestamp {
        self.guessing.app.clock.now()
    }
}
