//! SQL of the board: one organisation's rows of `board_person`.

use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;
use time::{Date, Month};
use uuid::Uuid;

use crate::App;
use crate::access::{ItemGroup, Scope};
use crate::batch::Readings;
use crate::clock::Timestamp;
use crate::db::{Db, Tx, Value, list, sql};
use crate::error::Result;
use crate::monitoring::board::Queue;
use crate::monitoring::board::address::{Address, Direction, Linked};
use crate::monitoring::board::queue::{Moment, place_sql, place_sql_without_period};
use crate::monitoring::watch::NO_END;

/// People of a page.
pub const SIZE: usize = 50;

/// Somebody on the board.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    pub case_id: Uuid,
    pub place: i64,
    pub kind: String,
    pub name: String,
    pub birth_on: Option<Date>,
    pub sex: Option<String>,
    pub is_shared: bool,
    pub observed_until: Date,
    pub onset_on: Option<Date>,
    pub hits: Json,
    pub reported_on: Date,
    pub reported_at: Timestamp,
    pub temperature: Option<i64>,
    pub spo2: Option<i64>,
    pub course: Json,
    pub reach: String,
    pub seen_until: Timestamp,
    pub assignee: Option<String>,
    pub flag: String,
    pub attempted_at: Timestamp,
    pub attempt: String,
    pub ward: String,
    pub is_at_risk: bool,
    pub linked: Option<String>,
    /// Code of the language in which requests are written; empty for Japanese.
    pub language: String,
    pub rules_version: i64,
    /// Who gave the person back to this centre, and why, until somebody has noted it.
    pub returned: Option<String>,
    /// The day from which on the period is to be looked at.
    pub review_from: Date,
    /// Why, beyond that its last day has come.
    pub review: String,
    /// What the person asked for in My HER-SYS, or empty.
    pub wish: String,
    /// How the last request of today went (state:reason), or none.
    pub reminded: Option<String>,
}

impl Person {
    pub fn queue(&self) -> Option<Queue> {
        Queue::from_place(self.place)
    }
}

const COLUMNS: &str = "b.case_id, b.kind, b.name, b.birth_on, b.sex, b.is_shared, b.observed_until, b.onset_on, b.hits,
    b.reported_on, b.reported_at, b.temperature, b.spo2, b.course, b.reach, b.seen_until,
    a.display_name as assignee, b.flag, b.attempted_at, b.attempt, b.ward, b.is_at_risk, o.name as linked,
    b.language, b.rules_version, b.review_from, b.review,
    (select g.name || '：' || lr.reason from link_return lr join organization g on g.organization_id = lr.organization_id
     where lr.case_id = b.case_id and lr.center_id = b.organization_id and lr.settled_at is null
     order by lr.returned_at desc limit 1) as returned, b.wish,
    (select case when m.delivery = 'no_answer' then 'no_answer:' else r.state || ':' || r.reason end
     from reminder r left join message m on m.message_id = r.message_id
     where r.case_id = b.case_id and r.day = $2 and r.state <> 'planned'
     order by r.round desc limit 1) as reminded";

/// Where a row stands, as far as the viewer may know.
fn place_for(scope: &Scope) -> String {
    if scope.may_read(ItemGroup::ObservationPeriod) { place_sql(2, 3) } else { place_sql_without_period(2, 3) }
}

/// OBS-09: without the right to the period nobody's last day leaves the store.
fn masked(scope: &Scope, mut people: Vec<Person>) -> Vec<Person> {
    if !scope.may_read(ItemGroup::ObservationPeriod) {
        for person in &mut people {
            person.observed_until = NO_END;
        }
    }
    people
}

/// `from … where …` of whoever is observed today and passes the filters, with its values; the first three are the
/// organisation, the day and the hour.
struct Board {
    text: String,
    values: Vec<Value>,
}

impl Board {
    fn of(scope: &Scope, moment: Moment, address: &Address) -> Self {
        let mut board = Self {
            text: "where b.organization_id = $1 and b.observed_from <= $2 and b.shown_until >= $2 and $3 = $3".into(),
            values: vec![scope.organization_id().into(), moment.today.into(), moment.hour.into()],
        };
        if address.risk == "yes" {
            board.text.push_str(" and b.is_at_risk");
        }
        if address.flag == "yes" {
            board.text.push_str(" and b.flag <> ''");
        }
        if address.wish == "yes" {
            board.text.push_str(" and b.wish <> ''");
        }
        match address.seen.as_str() {
            "yes" => board.text.push_str(" and b.reported_at > 0 and b.seen_until >= b.reported_at"),
            "no" => board.text.push_str(" and b.seen_until < b.reported_at"),
            _ => {}
        }
        if let Some(years) = address.years() {
            board.and("b.birth_on <=", born_at_most(moment.today, years));
        }
        match address.assignee.as_str() {
            "me" => board.and("b.assignee_id =", scope.staff().account_id),
            "none" => board.text.push_str(" and b.assignee_id is null"),
            _ => {}
        }
        if !address.ward.is_empty() {
            board.and("b.ward =", address.ward.as_str());
        }
        if !address.language.is_empty() {
            board.and("b.language =", address.language.as_str());
        }
        if let Some((from, until)) = address.illness_on(moment.today) {
            board.and("b.onset_on >=", from);
            board.and("b.onset_on <=", until);
        }
        // Whom others follow is for whoever may know of sharing: for the rest these find nobody.
        match address.linked() {
            Some(_) if !scope.may_read(ItemGroup::Sharing) => board.text.push_str(" and 1 = 0"),
            Some(Linked::With(organization_id)) => {
                board.values.push(organization_id.into());
                let place = board.values.len();
                // As 健康フォローアップ機関の状況 counts them, or whoever is linked at all.
                let standing = address.partner().map(|partner| match partner {
                    "urgent" => " and u.alert >= 2",
                    "silent" => " and u.reported_on < $2 and u.report_by <= $3",
                    "reported" => " and u.reported_on >= $2",
                    _ => "",
                });
                board.text.push_str(&match standing {
                    Some(standing) => format!(
                        " and b.responsible_center_id = $1
                          and exists (select 1 from board_person u where u.organization_id = ${place}
                                      and u.case_id = b.case_id and u.observed_from <= $2
                                      and u.observed_until >= $2{standing})"
                    ),
                    None => format!(
                        " and exists (select 1 from case_relation l where l.case_id = b.case_id
                                      and l.organization_id = ${place} and l.relation in ('linked', 'guest'))"
                    ),
                });
            }
            Some(Linked::Nobody) => board.text.push_str(
                " and not exists (select 1 from case_relation l where l.case_id = b.case_id
                                  and l.relation in ('linked', 'guest'))",
            ),
            Some(Linked::Returned) => board.text.push_str(
                " and exists (select 1 from link_return lr where lr.center_id = b.organization_id
                              and lr.case_id = b.case_id and lr.settled_at is null)",
            ),
            None => {}
        }
        board
    }

    fn and(&mut self, condition: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.text.push_str(&format!(" and {condition} ${}", self.values.len()));
    }
}

/// Whoever was born until then is so many years old.
fn born_at_most(today: Date, years: i32) -> Date {
    let year = today.year() - years;
    let birthday = Date::from_calendar_date(year, today.month(), today.day());
    // 29 February in a common year: completed the day before.
    birthday.or(Date::from_calendar_date(year, Month::February, 28)).unwrap_or(today)
}

/// How many people stand in each queue.
pub async fn counts(scope: &Scope, moment: Moment, address: &Address) -> Result<Vec<(Queue, i64)>> {
    let board = Board::of(scope, moment, address);
    let rows: Vec<(i64, i64)> = sql(&format!(
        "select place, count(*) from (select {} as place from board_person b {}) as placed group by place",
        place_for(scope),
        board.text
    ))
    .bind_all(board.values)
    .all(scope.db())
    .await?;
    Ok(rows.into_iter().filter_map(|(place, count)| Some((Queue::from_place(place)?, count))).collect())
}

/// A page of people, one more than [`SIZE`] where another page follows.
pub async fn people(scope: &Scope, moment: Moment, address: &Address) -> Result<Vec<Person>> {
    let mut board = Board::of(scope, moment, address);
    let place = place_for(scope);
    if let Some(queue) = address.queue() {
        board.and(&format!("{place} ="), queue.place());
    }
    let skipped = (address.page() - 1) * SIZE;
    let order = address.order().sql();
    // Who stands on the page follows from an index of few columns; the rest is read of these alone.
    let people = sql(&format!(
        "select {COLUMNS}, placed.place from (
             select b.case_id, {place} as place from board_person b {}
             order by place, {order} limit {} offset {skipped}) as placed
         join board_person b on b.organization_id = $1 and b.case_id = placed.case_id
         left join account a on a.account_id = b.assignee_id
         left join organization o on o.organization_id = b.linked_id
         where exists (select 1 from case_relation r where r.case_id = b.case_id and r.organization_id = $1)
         order by placed.place, {order}",
        board.text,
        SIZE + 1
    ))
    .bind_all(board.values)
    .all(scope.db())
    .await?;
    Ok(masked(scope, people))
}

/// The people whom an address shows on all its pages, in its order, at most so many.
pub async fn whole(scope: &Scope, moment: Moment, address: &Address, most: usize) -> Result<Vec<Uuid>> {
    let mut board = Board::of(scope, moment, address);
    let place = place_for(scope);
    if let Some(queue) = address.queue() {
        board.and(&format!("{place} ="), queue.place());
    }
    let rows: Vec<(Uuid,)> = sql(&format!(
        "select b.case_id from board_person b
         {} and exists (select 1 from case_relation r where r.case_id = b.case_id and r.organization_id = $1)
         order by {place}, {} limit {most}",
        board.text,
        address.order().sql(),
    ))
    .bind_all(board.values)
    .all(scope.db())
    .await?;
    Ok(rows.into_iter().map(|(case_id,)| case_id).collect())
}

/// What a page of the board shows.
pub struct Seen {
    /// As [`changes`] counts them: what is shown is not older.
    pub changes: i64,
    pub counts: Vec<(Queue, i64)>,
    pub people: Vec<Person>,
    pub wards: Vec<String>,
    pub linked: Vec<(Uuid, String)>,
    pub languages: Vec<String>,
    /// The rows as they are shown, once somebody has drawn them.
    pub drawn: OnceLock<String>,
}

/// Reads a page of the board. Those who look at the same page at the same moment, as all do when something has
/// changed, read it once; whoever was told of a change gets what somebody else has read since that change.
pub async fn see(
    app: &App,
    scope: &Scope,
    moment: Moment,
    address: &Address,
    heard_of: Option<i64>,
) -> Result<Arc<Seen>> {
    let mine = (address.assignee == "me").then_some(scope.staff().account_id);
    let page = (scope.organization_id(), mine, moment, address.clone());
    app.boards
        .of(
            page,
            |seen: &Seen| heard_of.is_some_and(|change| change <= seen.changes),
            async || {
                let changes = changes(scope.db(), scope.organization_id()).await?;
                let (counts, people, wards, linked, languages) = tokio::try_join!(
                    counts(scope, moment, address),
                    people(scope, moment, address),
                    wards(scope, moment.today),
                    linked(scope, moment.today),
                    languages(scope, moment.today),
                )?;
                Ok(Seen { changes, counts, people, wards, linked, languages, drawn: OnceLock::new() })
            },
        )
        .await
}

/// Of the boards that are open now: organisation, 担当者 where only theirs are shown, moment and page.
pub type Boards = Readings<(Uuid, Option<Uuid>, Moment, Address), Seen>;

/// Whoever comes after or before somebody in the queue that the address shows; `of` need not stand in it any more.
pub async fn neighbour(
    scope: &Scope,
    moment: Moment,
    address: &Address,
    of: &Person,
    direction: Direction,
) -> Result<Option<Uuid>> {
    let mut board = Board::of(scope, moment, address);
    let place = place_for(scope);
    let keys = address.order().keys();
    let own = keys.replace("b.", "c.");
    // Through all queues the place comes before everything else.
    let (keys, own) = match address.queue() {
        Some(queue) => {
            board.and(&format!("{place} ="), queue.place());
            (keys.to_owned(), own)
        }
        None => {
            board.values.push(of.place.into());
            (format!("{place}, {keys}"), format!("cast(${} as bigint), {own}", board.values.len()))
        }
    };
    board.values.push(of.case_id.into());
    let (compared, order) = match direction {
        Direction::Next => (">", keys.clone()),
        Direction::Previous => ("<", descending(&keys)),
    };
    Ok(sql(&format!(
        "select b.case_id from board_person b
         join board_person c on c.organization_id = $1 and c.case_id = ${}
         {} and ({keys}) {compared} ({own})
           and exists (select 1 from case_relation r where r.case_id = b.case_id and r.organization_id = $1)
         order by {order} limit 1",
        board.values.len(),
        board.text
    ))
    .bind_all(board.values)
    .optional_scalar(scope.db())
    .await?)
}

/// The same expressions, each from the last to the first.
fn descending(keys: &str) -> String {
    let mut depth = 0;
    let mut text = String::with_capacity(keys.len() + 20);
    for c in keys.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            // A comma within a function parts its arguments.
            ',' if depth == 0 => text.push_str(" desc"),
            _ => {}
        }
        text.push(c);
    }
    text.push_str(" desc");
    text
}

/// Some people of the board by their ids.
pub async fn some(scope: &Scope, moment: Moment, ids: &[Uuid]) -> Result<Vec<Person>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let people = sql(&format!(
        "select {COLUMNS}, {} as place from board_person b
         left join account a on a.account_id = b.assignee_id
         left join organization o on o.organization_id = b.linked_id
         where b.organization_id = $1 and b.case_id in ({})
           and exists (select 1 from case_relation r where r.case_id = b.case_id and r.organization_id = $1)
         order by place, b.kana_key, b.case_id",
        place_for(scope),
        list(4, ids.len())
    ))
    .bind(scope.organization_id())
    .bind(moment.today)
    .bind(moment.hour)
    .bind_all(ids.iter().map(|id| Value::from(*id)))
    .all(scope.db())
    .await?;
    Ok(masked(scope, people))
}

/// The languages on the board, beside Japanese.
pub async fn languages(scope: &Scope, today: Date) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sql("select distinct language from board_person
         where organization_id = $1 and shown_until >= $2 and language not in ('', 'ja') order by language limit 50")
    .bind(scope.organization_id())
    .bind(today)
    .all(scope.db())
    .await?;
    Ok(rows.into_iter().map(|(language,)| language).collect())
}

/// The municipalities on the board, and the organisations that people are linked to: what filters offer.
pub async fn wards(scope: &Scope, today: Date) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sql("select distinct ward from board_person
         where organization_id = $1 and shown_until >= $2 and ward <> '' order by ward limit 200")
    .bind(scope.organization_id())
    .bind(today)
    .all(scope.db())
    .await?;
    Ok(rows.into_iter().map(|(ward,)| ward).collect())
}

pub async fn linked(scope: &Scope, today: Date) -> Result<Vec<(Uuid, String)>> {
    Ok(sql("select o.organization_id, o.name from organization o
         where o.organization_id in (select distinct linked_id from board_person
                                     where organization_id = $1 and shown_until >= $2 and linked_id is not null
                                     union
                                     select distinct organization_id from board_person
                                     where responsible_center_id = $1 and shown_until >= $2)
           and o.kind <> 'health_center'
         order by o.name, o.organization_id")
    .bind(scope.organization_id())
    .bind(today)
    .all(scope.db())
    .await?)
}

/// The colleagues who may be 担当者.
pub async fn accounts(db: &Db, organization_id: Uuid) -> Result<Vec<(Uuid, String)>> {
    Ok(sql("select account_id, display_name from account where organization_id = $1 and ended_at is null and suspended_at is null
         order by display_name, account_id")
    .bind(organization_id)
    .all(db)
    .await?)
}

/// How often the organisation's board has changed.
pub async fn changes(db: &Db, organization_id: Uuid) -> Result<i64> {
    let changes: Option<i64> = sql("select changes from board_change where organization_id = $1")
        .bind(organization_id)
        .optional_scalar(db)
        .await?;
    Ok(changes.unwrap_or(0))
}

/// 確認済み: all reports up to `until` were looked at. What was seen stays seen.
pub async fn set_seen(tx: &mut Tx, case_id: Uuid, by: (Uuid, Uuid), until: Timestamp, now: Timestamp) -> Result<()> {
    sql("insert into watch_seen (case_id, organization_id, seen_until, seen_at, seen_by) values ($1, $2, $3, $4, $5)
         on conflict (case_id, organization_id) do update
         set seen_until = excluded.seen_until, seen_at = excluded.seen_at, seen_by = excluded.seen_by
         where watch_seen.seen_until < excluded.seen_until")
    .bind(case_id)
    .bind(by.0)
    .bind(until)
    .bind(now)
    .bind(by.1)
    .run(tx)
    .await?;
    Ok(())
}

/// 担当者, or nobody.
pub async fn assign(tx: &mut Tx, case_id: Uuid, by: (Uuid, Uuid), to: Option<Uuid>, now: Timestamp) -> Result<()> {
    sql("delete from watch_assignment where case_id = $1 and organization_id = $2")
        .bind(case_id)
        .bind(by.0)
        .run(&mut *tx)
        .await?;
    if let Some(account_id) = to {
        sql("insert into watch_assignment (case_id, organization_id, account_id, assigned_at, assigned_by)
             values ($1, $2, $3, $4, $5)")
        .bind(case_id)
        .bind(by.0)
        .bind(account_id)
        .bind(now)
        .bind(by.1)
        .run(tx)
        .await?;
    }
    Ok(())
}

/// 注意: a mark with a reason; an empty one lifts those that stand, as far as they are shown to whoever lifts: all to
/// a centre, to others their own.
pub async fn set_flag(
    tx: &mut Tx,
    case_id: Uuid,
    by: (Uuid, Uuid),
    sees_all: bool,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    sql("update watch_flag set lifted_at = $2, lifted_by = $3
         where case_id = $1 and lifted_at is null and ($4 or organization_id = $5)")
    .bind(case_id)
    .bind(now)
    .bind(by.1)
    .bind(sees_all)
    .bind(by.0)
    .run(&mut *tx)
    .await?;
    if !reason.is_empty() {
        sql("insert into watch_flag (case_id, flag_id, organization_id, reason, set_at, set_by)
             values ($1, $2, $3, $4, $5, $6)")
        .bind(case_id)
        .bind(Uuid::now_v7())
        .bind(by.0)
        .bind(reason)
        .bind(now)
        .bind(by.1)
        .run(tx)
        .await?;
    }
    Ok(())
}

/// An attempt to reach a person. The id was made with the form: sent twice it is one.
pub struct Attempt<'a> {
    pub case_id: Uuid,
    pub attempt_id: Uuid,
    pub organization_id: Uuid,
    pub means: &'a str,
    pub outcome: &'a str,
    pub note: &'a str,
    pub account_id: Uuid,
}

/// `false` where it was kept before.
pub async fn add_attempt(tx: &mut Tx, attempt: &Attempt<'_>, now: Timestamp) -> Result<bool> {
    let added = sql("insert into contact_attempt (case_id, attempt_id, organization_id, means, outcome, note,
                                                  attempted_at, attempted_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (case_id, attempt_id) do nothing")
    .bind(attempt.case_id)
    .bind(attempt.attempt_id)
    .bind(attempt.organization_id)
    .bind(attempt.means)
    .bind(attempt.outcome)
    .bind(attempt.note)
    .bind(now)
    .bind(attempt.account_id)
    .run(tx)
    .await?;
    Ok(added == 1)
}

/// An attempt as it is shown.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Attempted {
    pub means: String,
    pub outcome: String,
    pub note: String,
    pub attempted_at: Timestamp,
    pub who: String,
}

/// The attempts to reach a person, the newest first; only those of `own` where it is given.
pub async fn attempts(db: &Db, case_id: Uuid, own: Option<Uuid>) -> Result<Vec<Attempted>> {
    Ok(sql("select c.means, c.outcome, c.note, c.attempted_at, o.name || ' ' || a.display_name as who
         from contact_attempt c
         join account a on a.account_id = c.attempted_by
         join organization o on o.organization_id = c.organization_id
         where c.case_id = $1 and ($2 or c.organization_id = $3) order by c.attempted_at desc, c.attempt_id desc limit 100")
    .bind(case_id)
    .bind(own.is_none())
    .bind(own)
    .all(db)
    .await?)
}
