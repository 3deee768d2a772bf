//! Sending what is due: each person is looked at once more, gets their text in their language by their way, and the
//! messages leave many at a time.

pub mod choose;
mod store;
mod text;

use std::collections::{BTreeMap, HashMap, HashSet};

use sha2::{Digest, Sha256};
use time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

use crate::App;
use crate::clock::Timestamp;
use crate::db::{Tx, Value};
use crate::error::Result;
use crate::messages::bulk::{self, Bulk, Sent};
use crate::messages::hours::{END_HOUR, at_hour, closed_until};
use crate::messages::{Channel, store::Leased};
use crate::monitoring::reminders::stop::token::{Whose, token};

use choose::{Reason, Way};
use store::{Account, Asked, Due};
use text::{Places, render};

pub use store::{Fact, Facts};

/// Requests of one step.
const TOGETHER: i64 = 500;
/// Between the first request and the second one.
const REST: Duration = Duration::hours(2);

/// How long the second request waits where the first one is leaving at this moment, or just has after an outage.
const AFTER_FIRST: Duration = Duration::hours(1);

/// What a step did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Requests whose time had come, and messages that were tried again.
    pub taken: usize,
    pub sent: Sent,
}

impl Done {
    pub fn is_idle(self) -> bool {
        self.taken == 0
    }

    pub fn is_stuck(self) -> bool {
        self.sent.is_stuck()
    }
}

/// One step: gives up what is too late, tries again what was not taken, and sends some of what is due.
pub async fn step(app: &App) -> Result<Done> {
    let (_running, stopped) = watch::channel(false);
    step_until(app, &stopped).await
}

/// [`step`] of a service: once `stopped` is true nothing more begins.
pub async fn step_until(app: &App, stopped: &watch::Receiver<bool>) -> Result<Done> {
    let now = app.clock.now();
    let too_late = if now >= at_hour(now, END_HOUR) { now } else { Timestamp::start_of(now.day()) };
    store::miss(&app.db, too_late, TOGETHER * 8).await?;
    if closed_until(now).is_some() {
        return Ok(Done::default());
    }
    let again = bulk::take_again(&app.db, app, usize::try_from(TOGETHER).unwrap_or(0), now).await?;
    let mut done = Done { taken: again.len(), ..Done::default() };
    if !again.is_empty() {
        let still = wanted(app, again.iter().map(|message| message.message_id).collect()).await?;
        let again = again.into_iter().filter(|message| still.contains(&message.message_id)).collect();
        done.sent = bulk::hand_over(app, again, stopped, |ids| wanted(app, ids)).await?;
    }
    // That may have taken long: leases begin now, and the day may be over.
    let now = app.clock.now();
    if closed_until(now).is_some() || *stopped.borrow() {
        return Ok(done);
    }
    let (taken, messages) = prepare(app, now).await?;
    done.taken += taken;
    let sent = bulk::hand_over(app, messages, stopped, |ids| wanted(app, ids)).await?;
    done.sent.handed_over += sent.handed_over;
    done.sent.refused += sent.refused;
    done.sent.postponed += sent.postponed;
    done.sent.dropped += sent.dropped;
    Ok(done)
}

/// Sends all that is due at this moment: for tests and rehearsals.
pub async fn all(app: &App) -> Result<usize> {
    let mut handed_over = 0;
    loop {
        let done = step(app).await?;
        handed_over += done.sent.handed_over;
        if done.is_idle() {
            return Ok(handed_over);
        }
    }
}

/// Which of these messages still speak of somebody who is to be asked today, and go where that person is reached. The
/// others are cancelled; whoever has another number or address by now is planned again.
async fn wanted(app: &App, ids: Vec<Uuid>) -> Result<HashSet<Uuid>> {
    let day = app.clock.today();
    let mut tx = app.db.begin().await?;
    let people = store::people_of(&mut tx, &ids, day).await?;
    let cases: Vec<Uuid> = unique(people.iter().map(|asked| asked.case_id));
    let facts = store::facts(&mut tx, &cases, day).await?;
    let accounts = store::accounts(&mut tx, &cases).await?;
    let is_due = |case_id: &Uuid| facts.get(case_id).is_some_and(|fact| fact.person.spared(day).is_none());
    let (right, moved): (Vec<_>, Vec<_>) = people
        .into_iter()
        .filter(|asked| is_due(&asked.case_id))
        .partition(|asked| reaches(asked, facts.get(&asked.case_id), &accounts));
    let still: HashSet<Uuid> = right.iter().map(|asked| asked.message_id).collect();
    let others: Vec<Uuid> = ids.into_iter().filter(|id| !still.contains(id)).collect();
    for asked in &moved {
        store::plan_again(&mut tx, asked, day).await?;
    }
    bulk::cancel(&mut tx, &others).await?;
    tx.commit().await?;
    Ok(still)
}

/// Whether a message goes where the person, or an account that reports for them, is reached now.
fn reaches(asked: &Asked, fact: Option<&Fact>, accounts: &[Account]) -> bool {
    let Some(fact) = fact else { return false };
    match Way::from_code(&asked.channel) {
        Some(Way::Sms | Way::Call) => fact.person.phone.as_deref() == Some(asked.recipient.as_str()),
        Some(Way::Mail) => {
            fact.person.mail == asked.recipient
                || accounts.iter().any(|account| account.case_id == asked.case_id && account.mail == asked.recipient)
        }
        // The device itself says whether it is still there.
        Some(Way::Push) | None => true,
    }
}

/// What is known of some people now, with their accounts.
pub async fn known(app: &App, cases: &[Uuid]) -> Result<Facts> {
    let mut tx = app.db.begin().await?;
    let mut facts = store::facts(&mut tx, cases, app.clock.today()).await?;
    let accounts = store::accounts(&mut tx, cases).await?;
    let browsers = store::browsers(&mut tx, &accounts).await?;
    tx.commit().await?;
    add_accounts(&mut facts, &accounts, &browsers);
    Ok(facts)
}

/// The ways that lead somewhere in this installation.
pub fn live_ways(app: &App) -> Vec<Way> {
    ways_of(&bulk::channels(app))
}

fn ways_of(channels: &[Channel]) -> Vec<Way> {
    channels.iter().filter_map(|channel| Way::from_code(channel.code())).collect()
}

fn unique(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Takes some of what is due and puts its messages into the outbox; how many there were, and the messages that this
/// process now holds.
async fn prepare(app: &App, now: Timestamp) -> Result<(usize, Vec<Leased>)> {
    let day = now.day();
    // Looking first keeps an idle sender from taking SQLite's one write lock.
    if !store::is_any_due(&app.db, now).await? {
        return Ok((0, Vec::new()));
    }
    let mut tx = app.db.begin().await?;
    let mut due = store::due(&mut tx, now, TOGETHER).await?;
    if due.is_empty() {
        return Ok((0, Vec::new()));
    }
    let neighbours = store::with_same_number(&mut tx, &due, now).await?;
    due.extend(neighbours);
    let mut accounts = store::accounts(&mut tx, &cases_of(&due)).await?;
    let mates = store::mates(&mut tx, &accounts, &due, now).await?;
    if !mates.is_empty() {
        accounts.extend(store::accounts(&mut tx, &cases_of(&mates)).await?);
        due.extend(mates);
    }
    // The first request of the day never leaves together with the second.
    let late = store::end_first(&mut tx, &due, now - AFTER_FIRST, now).await?;
    if !late.is_empty() {
        store::put_off(&mut tx, &late, day, now + AFTER_FIRST).await?;
        due.retain(|one| one.round == 1 || !late.contains(&one.case_id));
    }
    let mut facts = store::facts(&mut tx, &cases_of(&due), day).await?;
    let channels = bulk::channels(app);
    let browsers = store::browsers(&mut tx, &accounts).await?;
    add_accounts(&mut facts, &accounts, &browsers);
    for (case_id, way) in store::failed_today(&mut tx, &due, day).await? {
        if let Some(fact) = facts.get_mut(&case_id) {
            fact.person.failed = Way::from_code(&way);
        }
    }
    let taken = due.len() + late.len();
    let batch = Batch { app, now, facts, accounts, browsers };
    let messages = batch.write(&mut tx, &due, &channels).await?;
    tx.commit().await?;
    Ok((taken, messages))
}

fn cases_of(due: &[Due]) -> Vec<Uuid> {
    unique(due.iter().map(|one| one.case_id))
}

fn add_accounts(facts: &mut Facts, accounts: &[Account], browsers: &HashMap<Uuid, Vec<Uuid>>) {
    for account in accounts {
        if let Some(fact) = facts.get_mut(&account.case_id) {
            fact.person.accounts.push(account.account_id);
            if browsers.contains_key(&account.account_id) {
                fact.person.with_push.insert(account.account_id);
            }
        }
    }
}

/// Where one message speaks of all who are asked there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Account(Uuid),
    Number(String),
}

/// What is written of a request.
struct Outcome {
    state: &'static str,
    reason: &'static str,
    way: Option<Way>,
    message_id: Option<Uuid>,
}

/// What was taken, with all that is known of the people.
struct Batch<'a> {
    app: &'a App,
    now: Timestamp,
    facts: Facts,
    accounts: Vec<Account>,
    /// Those that take notifications, by account.
    browsers: HashMap<Uuid, Vec<Uuid>>,
}

impl Batch<'_> {
    async fn write(&self, tx: &mut Tx, due: &[Due], channels: &[Channel]) -> Result<Vec<Leased>> {
        let live = ways_of(channels);
        let mut messages: Vec<Bulk> = Vec::new();
        let mut links: Vec<(usize, Uuid)> = Vec::new();
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(due.len());
        // People who are due at the same moment, by account or number.
        let mut together: BTreeMap<(Target, Way, Timestamp, i64), Vec<usize>> = BTreeMap::new();
        for (at, one) in due.iter().enumerate() {
            let way = self.way_of(one, &live);
            let (state, reason) = match way {
                Ok(_) => ("queued", ""),
                Err(reason) => ("skipped", reason.code()),
            };
            let mut outcome = Outcome { state, reason, way: way.ok(), message_id: None };
            if let (Ok(way), Some(fact)) = (way, self.facts.get(&one.case_id)) {
                let targets = self.targets_for(fact, way);
                if targets.is_empty() {
                    let message = self.to_address(one, fact, way);
                    outcome.message_id = Some(message.message_id);
                    messages.push(message);
                }
                for target in targets {
                    together.entry((target, way, one.due_at, one.round)).or_default().push(at);
                }
            }
            outcomes.push(outcome);
        }
        for ((target, way, due_at, round), members) in together {
            for message in self.to_target(&target, way, (due_at, round), due, &members) {
                for at in &members {
                    outcomes[*at].message_id.get_or_insert(message.message_id);
                    // Of an SMS to one person the row itself says it.
                    if matches!(target, Target::Account(_)) || message.case_id.is_none() {
                        links.push((*at, message.message_id));
                    }
                }
                messages.push(message);
            }
        }
        let held = bulk::put(tx, messages, channels, self.now).await?;
        store::link(tx, links.iter().map(|(at, message_id)| (&due[*at], *message_id))).await?;
        store::end(tx, self.now.day(), due.iter().zip(outcomes.iter()).map(|(one, outcome)| values(one, outcome)))
            .await?;
        let second = due.iter().zip(&outcomes).filter_map(|(one, outcome)| self.second_of(one, outcome));
        store::plan_second(tx, second).await?;
        Ok(held)
    }

    fn way_of(&self, one: &Due, live: &[Way]) -> std::result::Result<Way, Reason> {
        let fact = self.facts.get(&one.case_id).ok_or(Reason::Ended)?;
        match fact.person.spared(one.day) {
            Some(reason) => Err(reason),
            None => fact.person.way(live),
        }
    }

    /// The accounts that are written to, or the number that is; none where it is the address of the record.
    fn targets_for(&self, fact: &Fact, way: Way) -> Vec<Target> {
        let accounts = match way {
            Way::Push => fact.person.accounts.iter().filter(|id| fact.person.with_push.contains(id)).copied().collect(),
            Way::Mail => fact.person.accounts.clone(),
            Way::Sms | Way::Call => return fact.person.phone.clone().map(Target::Number).into_iter().collect(),
        };
        unique(accounts.into_iter()).into_iter().map(Target::Account).collect()
    }

    fn to_address(&self, one: &Due, fact: &Fact, way: Way) -> Bulk {
        // By the clock of the rest: what is forgotten is found by the time in it.
        let millis = u64::try_from(self.now.0).unwrap_or(0);
        let message_id = uuid::Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid();
        let unsubscribe = token(&self.app.secret, Whose::Person(one.case_id));
        let recipient = fact.person.mail.clone();
        self.message(message_id, way, recipient, (&[fact], 1), unsubscribe, Some(one.case_id))
    }

    /// One mail, SMS or call for all, or a notification for each browser.
    fn to_target(
        &self,
        target: &Target,
        way: Way,
        when: (Timestamp, i64),
        due: &[Due],
        members: &[usize],
    ) -> Vec<Bulk> {
        let people: Vec<Uuid> = unique(members.iter().map(|at| due[*at].case_id));
        let facts: Vec<&Fact> = people.iter().filter_map(|case_id| self.facts.get(case_id)).collect();
        let alone = match &people[..] {
            [only] => Some(*only),
            _ => None,
        };
        // What tells the messages of one target apart, and where each goes.
        let recipients: Vec<(Uuid, String)> = match target {
            Target::Number(number) => vec![(Uuid::nil(), number.clone())],
            Target::Account(account_id) if way == Way::Push => self
                .browsers
                .get(account_id)
                .map(|browsers| browsers.iter().map(|id| (*id, id.to_string())).collect())
                .unwrap_or_default(),
            Target::Account(account_id) => self
                .accounts
                .iter()
                .find(|account| account.account_id == *account_id)
                .map(|account| (*account_id, account.mail.clone()))
                .into_iter()
                .collect(),
        };
        let unsubscribe = match target {
            Target::Account(account_id) if way == Way::Mail => token(&self.app.secret, Whose::Account(*account_id)),
            _ => String::new(),
        };
        recipients
            .into_iter()
            .map(|(which, recipient)| {
                let id = shared_message_id(target, which, way, when);
                self.message(id, way, recipient, (&facts, people.len()), unsubscribe.clone(), alone)
            })
            .collect()
    }

    fn message(
        &self,
        message_id: Uuid,
        way: Way,
        recipient: String,
        (facts, count): (&[&Fact], usize),
        unsubscribe: String,
        case_id: Option<Uuid>,
    ) -> Bulk {
        let url = self.app.config.base_url.as_str();
        let stop = if unsubscribe.is_empty() { String::new() } else { format!("{url}unsubscribe/{unsubscribe}") };
        let phone = facts.first().map_or("", |fact| fact.centre_phone.as_str());
        // Whoever set one for somebody of a family reads for all.
        let language = facts.iter().map(|fact| fact.language.as_str()).find(|language| !language.is_empty());
        let places = Places { url, phone, count, stop: &stop, takes_replies: bulk::takes_replies(self.app) };
        let text = render(&self.app.texts.messages, language.unwrap_or_default(), way, &places);
        Bulk {
            message_id,
            channel: way.code(),
            recipient,
            subject: text.subject,
            body: text.body,
            unsubscribe,
            case_id,
            expires_at: at_hour(self.now, END_HOUR),
        }
    }

    /// When the second request is due, after a first one that reached for somebody.
    fn second_of(&self, one: &Due, outcome: &Outcome) -> Option<(Uuid, time::Date, Timestamp)> {
        let went_on = outcome.state == "queued" || outcome.reason == Reason::NoAddress.code();
        let hour = self.facts.get(&one.case_id)?.second_hour;
        if one.round != 1 || !went_on || hour <= 0 {
            return None;
        }
        let minute = Timestamp(self.now.0 - self.now.0.rem_euclid(60_000));
        let due_at = at_hour(self.now, hour).max(minute + REST);
        (due_at < at_hour(self.now, END_HOUR)).then_some((one.case_id, one.day, due_at))
    }
}

fn values(one: &Due, outcome: &Outcome) -> [Value; 6] {
    [
        one.case_id.into(),
        one.round.into(),
        outcome.state.into(),
        outcome.reason.into(),
        outcome.way.map_or("", Way::code).into(),
        outcome.message_id.into(),
    ]
}

/// The id of a message for several follows from what it is, so that however many processes write it, it is one.
/// It begins with the time, as other ids do, so that rows lie in the order of time.
fn shared_message_id(target: &Target, which: Uuid, way: Way, (due_at, round): (Timestamp, i64)) -> Uuid {
    let mut hash = Sha256::new();
    match target {
        Target::Account(account_id) => hash.update(account_id.as_bytes()),
        Target::Number(number) => hash.update(number.as_bytes()),
    }
    hash.update(which.as_bytes());
    hash.update(way.code().as_bytes());
    hash.update(due_at.0.to_be_bytes());
    hash.update(round.to_be_bytes());
    let hash = hash.finalize();
    let mut bytes = [0_u8; 16];
    bytes[..6].copy_from_slice(&due_at.0.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&hash[..10]);
    // Version 8 (one's own making), variant of RFC 9562.
    bytes[6] = 0x80 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    Uuid::from_bytes(bytes)
}
