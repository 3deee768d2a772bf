//! The rows that a search of 登録情報一覧 finds, and how many they are (LST-03, LST-05, LST-08).
//!
//! Which index a query walks is decided here and not left to the planner, which knows neither how common a name is
//! nor, on SQLite, how common anything is. Where few people are found, the strongest key picks them all ([`keys`]
//! says which that is), and they are sorted here. Where many are, the order picks the index, and the page is full
//! after a short walk ([`walk`]) that begins at the keys of the row before it, so that the last page is as quick as
//! the first. Either way an index holds all that is looked at, and only the people of the page are read.
//!
//! [`keys`]: crate::cases::find::keys
//! [`walk`]: crate::cases::find::walk

mod conditions;
mod keys;
mod order;
mod page;
mod walk;

use time::Date;
use uuid::Uuid;

pub use order::{Sort, SortKey};
pub use page::{Position, Rows};

use crate::access::Scope;
use crate::cases::find::keys::{Condition, Driver};
use crate::cases::find::page::{Anchored, Keyed, Part, keyed};
use crate::cases::search::Criteria;
use crate::clock::Timestamp;
use crate::db::{Value, list, sql};
use crate::error::Result;

/// Up to so many are counted. Counting more takes time by their number, and nobody reads on so far; finding so
/// many and sorting them is as quick as walking the order until a page of them is full.
pub const MOST_COUNTED: i64 = 1_000;

/// What is listed at all, beside what is searched for.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub today: Date,
    /// 過去情報 off: the last day of what is not shown (PST-02).
    pub hidden_until: Option<Date>,
}

/// One row of the list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listed {
    pub case_id: Uuid,
    pub kind: String,
    pub hersys_id: String,
    pub name: String,
    pub kana: String,
    pub birth_on: Option<Date>,
    pub sex: Option<String>,
    pub responsible_center_id: Uuid,
    pub created_at: Timestamp,
    pub is_shared: bool,
    pub is_offered: bool,
    pub is_linked: bool,
    pub diagnosis_type: String,
    pub diagnosed_on: Option<Date>,
    pub onset_on: Option<Date>,
    pub confirmed_on: Option<Date>,
    pub status: String,
    pub ends_on: Date,
    pub residence: String,
    pub route_certainty: String,
    pub origin: String,
}

const COLUMNS: &str = "c.case_id, c.kind, c.hersys_id, c.name, c.kana, c.birth_on, c.sex, c.responsible_center_id,
    c.created_at, c.is_shared, c.is_offered, c.is_linked, c.diagnosis_type, c.diagnosed_on, c.onset_on,
    c.confirmed_on, c.status, c.ends_on, c.residence, c.route_certainty, c.origin";

/// How many people a search finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    pub count: i64,
    /// There are more than these.
    pub is_more: bool,
}

/// A search as the database is asked for it.
pub struct Search<'a> {
    scope: &'a Scope,
    criteria: &'a Criteria,
    view: View,
    /// The centres of the prefecture that is searched for.
    centers: Option<Vec<Uuid>>,
    driver: Driver,
    /// The driver alone finds more people than are counted.
    is_broad: bool,
}

/// A key that finds fewer is strong enough, whatever the others find.
const FEW: i64 = 100;
/// Of a broad key so many people are tried by the other keys, before they are counted to the end.
const MOST_TRIED: i64 = 4_000;
/// Where so many of them pass, the page is full after a short walk in its order, and a number below is enough.
const ENOUGH: i64 = 500;

impl<'a> Search<'a> {
    /// Looks up what the search needs to know, among it which key picks the rows: that of which its index holds
    /// the fewest lines. Which one that is differs from name to name, so it is counted and not guessed.
    pub async fn new(scope: &'a Scope, criteria: &'a Criteria, view: View) -> Result<Self> {
        let centers = match &criteria.prefecture {
            Some(code) => Some(
                sql("select organization_id from organization where prefecture_code = $1 and kind = 'health_center'
                     order by organization_id")
                .bind(code)
                .all::<(Uuid,)>(scope.db())
                .await?
                .into_iter()
                .map(|(center,)| center)
                .collect(),
            ),
            None => None,
        };
        let mut search = Self { scope, criteria, view, centers, driver: Driver::Everybody, is_broad: false };
        let mut fewest = i64::MAX;
        for key in Driver::given(criteria) {
            if key.is_sure() {
                search.driver = key;
                return Ok(search);
            }
            let lines = search.lines(key).await?;
            if lines < fewest {
                (fewest, search.driver) = (lines, key);
            }
            if fewest < FEW {
                break;
            }
        }
        search.is_broad = fewest > MOST_COUNTED;
        Ok(search)
    }

    /// How many lines the index of a key holds for it, as far as it matters.
    async fn lines(&self, key: Driver) -> Result<i64> {
        let mut condition = Condition::of(self.scope.organization_id());
        condition.picked = self.picked(key, &mut condition);
        let lines = match condition.picked {
            Some(picked) => format!("select 1 as one from ({picked}) as n"),
            None => {
                for part in self.says(key, &mut condition) {
                    condition.pick(&part);
                }
                format!("select 1 as one {}{}", condition.rows(), key.order())
            }
        };
        self.counted(&lines, MOST_COUNTED + 1, condition.values).await
    }

    /// How many rows `select` finds, up to `limit`.
    async fn counted(&self, select: &str, limit: i64, values: Vec<Value>) -> Result<i64> {
        // The limit is a word of the statement: PostgreSQL plans for it, but for no value that it is given later.
        let text = format!("select count(*) from ({select} limit {limit}) as counted");
        Ok(sql(&text).bind_all(values).planned_anew().scalar(self.scope.db()).await?)
    }

    /// A page of at most `size` people, and how many there are in all.
    pub async fn page(&self, sort: Sort, position: Position, size: usize) -> Result<(Total, Rows)> {
        let position = self.anchored(sort.key, position).await?;
        let (total, part) = match self.look(sort.key).await? {
            Looked::Few(found) => {
                let total = Total { count: i64::try_from(found.len()).unwrap_or(i64::MAX), is_more: false };
                (total, Part::of(found, sort, &position, size))
            }
            Looked::Many(count) => (Total { count, is_more: true }, self.walked(sort, position, size).await?),
        };
        let rows = self.people(&part.people).await?;
        Ok((total, Rows { rows, before: part.before, after: part.after }))
    }

    async fn look(&self, key: SortKey) -> Result<Looked> {
        if self.is_broad {
            let passed = self.passed().await?;
            let nothing_else_is_asked = self.driver == Driver::Everybody;
            if passed > MOST_COUNTED || passed >= ENOUGH && !nothing_else_is_asked {
                return Ok(Looked::Many((passed - passed % 100).min(MOST_COUNTED)));
            }
        }
        let mut condition = self.condition(self.driver);
        if let Some(picked) = condition.picked.as_mut().filter(|_| !self.is_broad) {
            // Says how few they are: PostgreSQL would take the lists of all people into account where it guesses more.
            picked.push_str(&format!(" limit {}", MOST_COUNTED + 1));
        }
        let text = format!(
            "select c.case_id, c.{} {}{} limit {}",
            key.column(),
            condition.rows(),
            self.driver.order(),
            MOST_COUNTED + 1
        );
        let found = keyed(sql(&text).bind_all(condition.values).planned_anew(), key, self.scope.db()).await?;
        let is_more = i64::try_from(found.len()).is_ok_and(|count| count > MOST_COUNTED);
        Ok(if is_more { Looked::Many(MOST_COUNTED) } else { Looked::Few(found) })
    }

    /// How many of the first lines of the driver's index the other keys find as well.
    async fn passed(&self) -> Result<i64> {
        let Condition { values, picked, narrowing, picking, trying } = self.condition(self.driver);
        let order = self.driver.order();
        // Another table's lines lead to the list's one by one.
        let most = if picked.is_some() { ENOUGH } else { MOST_COUNTED + 1 };
        let select = match picked {
            Some(picked) => format!(
                "select 1 as one from (select n.case_id from ({picked}) as n{order} limit {MOST_TRIED}) as n
                 cross join case_index c where c.organization_id = $1 and c.case_id = n.case_id{narrowing}{trying}"
            ),
            None => format!(
                "select 1 as one from (select case when 1 = 1{trying} then 1 else 0 end as passes
                                       from case_index c where c.organization_id = $1{picking}{order}
                                       limit {MOST_TRIED}) as tried where passes = 1"
            ),
        };
        self.counted(&select, most, values).await
    }

    /// The position with the keys of its row. A row that has left the list since leads to the first page.
    async fn anchored(&self, key: SortKey, position: Position) -> Result<Anchored> {
        let (Position::After(case_id) | Position::Before(case_id)) = position else {
            return Ok(if position == Position::Last { Anchored::Last } else { Anchored::First });
        };
        let query = sql(&format!(
            "select case_id, {} from case_index where organization_id = $1 and case_id = $2",
            key.column()
        ))
        .bind(self.scope.organization_id())
        .bind(case_id);
        let row = keyed(query, key, self.scope.db()).await?.pop();
        Ok(match (row, position) {
            (None, _) => Anchored::First,
            (Some(row), Position::Before(_)) => Anchored::Before(row),
            (Some(row), _) => Anchored::After(row),
        })
    }

    /// Some people of the list, in the order given.
    async fn people(&self, ids: &[Uuid]) -> Result<Vec<Listed>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut people: Vec<Listed> = sql(&format!(
            "select {COLUMNS} from case_index c where c.organization_id = $1 and c.case_id in ({})",
            list(2, ids.len())
        ))
        .bind(self.scope.organization_id())
        .bind_all(ids.iter().map(|id| Value::from(*id)))
        .all(self.scope.db())
        .await?;
        people.sort_by_key(|person| ids.iter().position(|id| *id == person.case_id));
        Ok(people)
    }
}

enum Looked {
    /// All of them.
    Few(Vec<Keyed>),
    /// At least so many.
    Many(i64),
}
