//! The rows that a search of 登録情報一覧 finds, and how many they are (LST-03, LST-05, LST-08).
//!
//! Every page is reached by the keys of the row before it, so that the last is as quick as the first. Which
//! index a query walks is decided here and not left to the planner, which knows neither how common a name is
//! nor, on SQLite, how common anything is: where few people are found, the strongest key picks them and they
//! are sorted; where many are, the order picks the index and the page is full after a short walk. [`keys`] says
//! which key that is.
//!
//! [`keys`]: crate::cases::keys

use hersys_shared::current_status::CurrentStatus;
use time::{Date, Duration};
use uuid::Uuid;

use crate::access::{ItemGroup, Scope};
use crate::cases::index::pairs;
use crate::cases::keys::{Condition, Driver};
use crate::cases::search::{Criteria, Origin, Residence, Shared};
use crate::clock::Timestamp;
use crate::db::{Value, sql};
use crate::error::Result;

/// Up to so many are counted. Counting more takes time by their number, and nobody reads on so far; finding so
/// many and sorting them is as quick as walking the order until a page of them is full.
pub const MOST_COUNTED: i64 = 3_000;

/// By what the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortKey {
    /// 登録日
    #[default]
    Registered,
    /// フリガナ
    Kana,
    /// 発病年月日
    Onset,
    /// 確定日
    Confirmed,
    /// 診断年月日
    Diagnosed,
    /// 報告年月日, else 登録日
    Reported,
    /// 終了予定日
    Ended,
}

impl SortKey {
    const ALL: [Self; 7] =
        [Self::Registered, Self::Kana, Self::Onset, Self::Confirmed, Self::Diagnosed, Self::Reported, Self::Ended];

    fn code(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Kana => "kana",
            Self::Onset => "onset",
            Self::Confirmed => "confirmed",
            Self::Diagnosed => "diagnosed",
            Self::Reported => "reported",
            Self::Ended => "ended",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Registered => "登録日",
            Self::Kana => "フリガナ",
            Self::Onset => "発病年月日",
            Self::Confirmed => "確定日",
            Self::Diagnosed => "診断年月日",
            Self::Reported => "報告年月日",
            Self::Ended => "終了予定日",
        }
    }

    fn column(self) -> &'static str {
        match self {
            Self::Registered => "created_at",
            Self::Kana => "kana_key",
            Self::Onset => "onset_on",
            Self::Confirmed => "confirmed_on",
            Self::Diagnosed => "diagnosed_on",
            Self::Reported => "listed_on",
            Self::Ended => "ends_on",
        }
    }

    /// Whether rows may have none.
    fn is_nullable(self) -> bool {
        matches!(self, Self::Onset | Self::Confirmed | Self::Diagnosed)
    }

    /// The item group that the order tells of.
    fn group(self) -> ItemGroup {
        match self {
            Self::Registered | Self::Kana => ItemGroup::Person,
            Self::Onset | Self::Confirmed | Self::Diagnosed | Self::Reported => ItemGroup::Notification,
            // OBS-09
            Self::Ended => ItemGroup::ObservationPeriod,
        }
    }
}

/// How the list is sorted. Rows without a day stand last, whichever way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub key: SortKey,
    pub descending: bool,
}

impl Sort {
    /// The order in which one usually begins: names by the syllabary, days from the newest.
    pub fn by(key: SortKey) -> Self {
        Self { key, descending: key != SortKey::Kana }
    }

    pub fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }

    /// The order of a search for which none was chosen. A search by days is in the order of these days: the
    /// range is then one piece of the order's index.
    pub fn usual(criteria: &Criteria, scope: &Scope) -> Self {
        Self::by(match criteria {
            Criteria { diagnosed, .. } if !diagnosed.is_empty() => SortKey::Diagnosed,
            Criteria { reported, .. } if !reported.is_empty() => SortKey::Reported,
            Criteria { registered, .. } if !registered.is_empty() => SortKey::Registered,
            Criteria { status: Some(CurrentStatus::Released), .. } if scope.may_read(SortKey::Ended.group()) => {
                SortKey::Ended
            }
            _ => SortKey::Registered,
        })
    }

    /// The order that an address names, should `scope` be allowed to know it (C-19).
    pub fn of(code: &str, criteria: &Criteria, scope: &Scope) -> Self {
        let named = SortKey::ALL.into_iter().find(|key| key.code() == code.trim_start_matches('-'));
        named
            .filter(|key| scope.may_read(key.group()))
            .map_or_else(|| Self::usual(criteria, scope), |key| Self { key, descending: code.starts_with('-') })
    }

    /// The word in addresses.
    pub fn code(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.key.code())
    }
}

/// Which page: the first, the last, or the one beside a row that the reader has seen. The row is
/// named by its case, so that no personal data stands in the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    First,
    Last,
    After(Uuid),
    Before(Uuid),
}

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
    /// There are more than [`MOST_COUNTED`]: `count` is that.
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
    /// Several keys were given, and each by itself finds more people than are counted.
    is_broad: bool,
}

/// A key that finds fewer is strong enough, whatever the others find.
const FEW: i64 = 100;
/// Of two broad keys so many people of the one are tried by the other, before they are counted to the end.
const MOST_TRIED: i64 = 6_000;
/// Where so many of them pass, the list is full after a short walk in its order, and a number below is enough.
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
        let given = Driver::given(criteria);
        match given.as_slice() {
            [] => {}
            [first, ..] if first.is_sure() || given.len() == 1 => search.driver = *first,
            _ => {
                let mut fewest = i64::MAX;
                for key in given {
                    let lines = search.lines(key).await?;
                    if lines < fewest {
                        (fewest, search.driver) = (lines, key);
                    }
                    if fewest < FEW {
                        break;
                    }
                }
                search.is_broad = fewest > MOST_COUNTED;
            }
        }
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
        Ok(sql(&text).bind_all(values).scalar(self.scope.db()).await?)
    }

    /// How many people are found, as far as it is worth counting.
    pub async fn count(&self) -> Result<Total> {
        if self.is_broad {
            let passed = self.passed().await?;
            if passed >= ENOUGH {
                return Ok(Total { count: (passed - passed % 100).min(MOST_COUNTED), is_more: true });
            }
        }
        let condition = self.condition(self.driver);
        let select = format!("select 1 as one {}{}", condition.rows(), self.driver.order());
        let count = self.counted(&select, MOST_COUNTED + 1, condition.values).await?;
        Ok(Total { count: count.min(MOST_COUNTED), is_more: count > MOST_COUNTED })
    }

    /// How many of the first lines of the driver's index the other keys find as well.
    async fn passed(&self) -> Result<i64> {
        let Condition { values, picked, picking, trying } = self.condition(self.driver);
        let order = self.driver.order();
        let select = match picked {
            Some(picked) => format!(
                "select 1 as one from (select n.case_id from ({picked}) as n{order} limit {MOST_TRIED}) as n
                 cross join case_index c where c.organization_id = $1 and c.case_id = n.case_id{trying}"
            ),
            None => format!(
                "select 1 as one from (select * from case_index c where c.organization_id = $1{picking}{order}
                                       limit {MOST_TRIED}) as c where 1 = 1{trying}"
            ),
        };
        self.counted(&select, MOST_TRIED, values).await
    }

    /// A page of at most `size` rows, and whether there are rows before and after it.
    pub async fn rows(&self, sort: Sort, position: Position, size: usize, total: Total) -> Result<Rows> {
        let driver = match self.driver {
            Driver::Everybody => Driver::Order(sort.key),
            _ if total.is_more => Driver::Order(sort.key),
            few => few,
        };
        let asked = self.anchored(sort.key, position).await?;
        let rows = self.page(driver, sort, asked, size).await?;
        if rows.rows.is_empty() && position != Position::First {
            // All who stood there have left what was searched for; others may stand before them.
            return self.page(driver, sort, Anchored::First, size).await;
        }
        Ok(rows)
    }

    async fn page(&self, driver: Driver, sort: Sort, position: Anchored, size: usize) -> Result<Rows> {
        let backward = matches!(position, Anchored::Last | Anchored::Before(..));
        let mut rows: Vec<Listed> = Vec::with_capacity(size + 1);
        for segment in segments(sort.key, &position) {
            let wanted = size + 1 - rows.len();
            if wanted == 0 {
                break;
            }
            rows.extend(self.segment(driver, sort, backward, segment, wanted).await?);
        }
        let more = rows.len() > size;
        rows.truncate(size);
        let (before, after) = match position {
            Anchored::First => (false, more),
            Anchored::After(..) => (true, more),
            Anchored::Last => (more, false),
            Anchored::Before(..) => (more, true),
        };
        if backward {
            rows.reverse();
        }
        Ok(Rows { rows, before, after })
    }

    async fn segment(
        &self,
        driver: Driver,
        sort: Sort,
        backward: bool,
        segment: Segment,
        wanted: usize,
    ) -> Result<Vec<Listed>> {
        let mut condition = self.condition(driver);
        let name = sort.key.column();
        let descending = sort.descending != backward;
        let (sign, direction) = if descending { ("<", "desc") } else { (">", "asc") };
        let parts = match segment {
            Segment::Given if sort.key.is_nullable() => vec![condition.compare(name, ">=", FIRST_DAY)],
            Segment::Given => vec![],
            Segment::Missing => vec![format!("c.{name} is null")],
            Segment::MissingBeyond(case_id) => {
                vec![format!("c.{name} is null"), condition.compare("case_id", sign, case_id)]
            }
            Segment::Same(value, case_id) => {
                vec![condition.compare(name, "=", value), condition.compare("case_id", sign, case_id)]
            }
            Segment::Beyond(value) => vec![condition.compare(name, sign, value)],
        };
        let walks = driver == Driver::Order(sort.key);
        for part in parts {
            if walks {
                condition.pick(&part);
            } else {
                condition.try_by(&part);
            }
        }
        // Few rows are sorted; an index in their order would be one with everybody else's between them.
        let key = if walks { format!("c.{name}") } else { format!("coalesce(c.{name}, c.{name})") };
        let text = format!(
            "select {COLUMNS} {} order by {key} {direction}, c.case_id {direction} limit {wanted}",
            condition.rows()
        );
        Ok(sql(&text).bind_all(condition.values).all(self.scope.db()).await?)
    }

    /// The position with the keys of its row. A row that has left the list since leads to the first page.
    async fn anchored(&self, key: SortKey, position: Position) -> Result<Anchored> {
        let (Position::After(case_id) | Position::Before(case_id)) = position else {
            return Ok(if position == Position::Last { Anchored::Last } else { Anchored::First });
        };
        let query =
            sql(&format!("select {} from case_index where organization_id = $1 and case_id = $2", key.column()))
                .bind(self.scope.organization_id())
                .bind(case_id);
        let db = self.scope.db();
        let value: Option<Option<Value>> = match key {
            SortKey::Registered => query.optional_scalar::<Timestamp>(db).await?.map(|at| Some(at.into())),
            SortKey::Kana => query.optional_scalar::<String>(db).await?.map(|kana| Some(kana.into())),
            SortKey::Onset | SortKey::Confirmed | SortKey::Diagnosed | SortKey::Reported | SortKey::Ended => {
                query.optional_scalar::<Option<Date>>(db).await?.map(|day| day.map(Value::from))
            }
        };
        Ok(match (value, position) {
            (None, _) => Anchored::First,
            (Some(value), Position::Before(_)) => Anchored::Before(value, case_id),
            (Some(value), _) => Anchored::After(value, case_id),
        })
    }

    /// All criteria, of which those that `driver` reads by pick and the others try.
    fn condition(&self, driver: Driver) -> Condition {
        let criteria = self.criteria;
        let mut condition = Condition::of(self.scope.organization_id());
        condition.picked = self.picked(driver, &mut condition);
        if let Some(until) = self.view.hidden_until {
            let shown = condition.compare("listed_on", ">", until);
            match driver {
                Driver::Everybody | Driver::Order(SortKey::Reported) => condition.pick(&shown),
                _ => condition.try_by(&shown),
            }
        }
        if criteria.hides_linked {
            condition.trying.push_str(" and not c.is_linked");
        }
        for key in Driver::given(criteria) {
            match key {
                // Its table has picked by it.
                Driver::Phone if driver == key => {}
                // The whole of the part is said once.
                Driver::NamePart(1..) => {}
                _ => {
                    for part in self.says(key, &mut condition) {
                        if driver.reads(key) && key != Driver::NamePart(0) {
                            condition.pick(&part);
                        } else {
                            condition.try_by(&part);
                        }
                    }
                }
            }
        }
        if criteria.status == Some(CurrentStatus::Released) {
            condition.try_by("c.status in ('contact', 'arranging', 'admitted')");
        }
        if !criteria.reported.is_empty() {
            condition.try_by("c.reported_on is not null");
        }
        if criteria.origin == Some(Origin::Entered) {
            condition.try_by("c.origin = 'hersys'");
        }
        if criteria.residence == Some(Residence::Unknown) {
            condition.try_by("c.residence = ''");
        }
        condition
    }

    /// What a key says of a row.
    fn says(&self, key: Driver, condition: &mut Condition) -> Vec<String> {
        let criteria = self.criteria;
        let mut equal = |column: &str, value: Option<Value>| -> Vec<String> {
            value.map(|value| condition.compare(column, "=", value)).into_iter().collect()
        };
        match key {
            Driver::HersysId => equal("hersys_id", criteria.hersys_id.as_ref().map(|id| id.as_str().into())),
            Driver::Birth => equal("birth_on", criteria.birth_on.map(Value::from)),
            Driver::Diagnosis => equal("diagnosis_type", criteria.diagnosis.map(|diagnosis| diagnosis.code().into())),
            Driver::LocalId => {
                let mut parts = equal("local_id_key", criteria.local_id_key.as_ref().map(Value::from));
                // The index holds nobody without one.
                parts.push("c.local_id_key <> ''".to_owned());
                parts
            }
            Driver::Phone => criteria.phone.iter().map(|phone| condition.has_phone(phone.as_str())).collect(),
            Driver::NamePart(_) => criteria.name_key.iter().map(|name| condition.contains("name_key", name)).collect(),
            Driver::NameStart => condition.begins("name_key", criteria.name_key.as_deref().unwrap_or_default()),
            Driver::Kana => condition.begins("kana_key", criteria.kana_key.as_deref().unwrap_or_default()),
            // C-06: as [`CurrentStatus::on`] says it.
            Driver::Status => {
                let mut parts = equal("status", criteria.status.map(|status| status.code().into()));
                if criteria.status != Some(CurrentStatus::Dead) {
                    parts.push(condition.compare("ends_on", ">=", self.view.today));
                }
                parts
            }
            Driver::Released => vec![condition.compare("ends_on", "<", self.view.today)],
            Driver::Diagnosed => condition.days("diagnosed_on", criteria.diagnosed),
            // Where 報告年月日 is there, it is the day by which people are listed.
            Driver::Reported => condition.days("listed_on", criteria.reported),
            Driver::Registered => {
                let days = criteria.registered;
                let from = days.from.map(|from| condition.compare("created_at", ">=", Timestamp::start_of(from)));
                let until = days.until.map(|until| {
                    // Behind the last day of all nothing is registered.
                    let end = Timestamp::start_of(until.saturating_add(Duration::days(1)));
                    condition.compare("created_at", "<", end)
                });
                from.into_iter().chain(until).collect()
            }
            Driver::Shared => match criteria.shared {
                Some(Shared::Related) => vec!["c.is_shared".to_owned()],
                Some(Shared::Offered) => vec!["c.is_offered".to_owned()],
                None => vec![],
            },
            Driver::Migrated => vec!["c.origin <> 'hersys'".to_owned()],
            Driver::Hospital => vec!["c.residence <> ''".to_owned()],
            Driver::Center => {
                vec![condition.one_of("responsible_center_id", self.centers.as_deref().unwrap_or_default())]
            }
            Driver::Everybody | Driver::Order(_) => vec![],
        }
    }

    /// The cases that another table picks, where that is where `driver` looks.
    fn picked(&self, driver: Driver, condition: &mut Condition) -> Option<String> {
        match driver {
            Driver::Phone => {
                let at = condition.place(self.criteria.phone.as_ref()?.as_str());
                Some(format!("select case_id from case_phone_index where organization_id = $1 and phone = ${at}"))
            }
            Driver::NamePart(pair) => {
                let at = condition.place(pairs(self.criteria.name_key.as_ref()?).get(pair)?);
                Some(format!("select case_id from case_name_index where organization_id = $1 and pair = ${at}"))
            }
            _ => None,
        }
    }
}

/// A page of at most `size` rows, and whether there are rows before and after it.
pub struct Rows {
    pub rows: Vec<Listed>,
    pub before: bool,
    pub after: bool,
}

/// [`Position`] with the key of its row; `None` where the row has none.
enum Anchored {
    First,
    Last,
    After(Option<Value>, Uuid),
    Before(Option<Value>, Uuid),
}

/// A piece of the list in which one range of the order's index lies. Where some rows have no key, the two
/// databases would put them at different ends; so they are asked for by themselves.
enum Segment {
    /// All rows with a key.
    Given,
    /// Rows with this key, behind this one.
    Same(Value, Uuid),
    /// Rows with a key behind this one.
    Beyond(Value),
    /// All rows without a key.
    Missing,
    /// Those behind this one.
    MissingBeyond(Uuid),
}

/// Before it nobody fell ill.
const FIRST_DAY: Date = time::macros::date!(0001 - 01 - 01);

/// The pieces to read for a page, in the order in which it is filled.
fn segments(key: SortKey, position: &Anchored) -> Vec<Segment> {
    let missing = key.is_nullable().then_some(Segment::Missing);
    match position {
        Anchored::First => [Segment::Given].into_iter().chain(missing).collect(),
        Anchored::Last => missing.into_iter().chain([Segment::Given]).collect(),
        Anchored::After(Some(value), case_id) => {
            [Segment::Same(value.clone(), *case_id), Segment::Beyond(value.clone())]
                .into_iter()
                .chain(missing)
                .collect()
        }
        Anchored::After(None, case_id) => vec![Segment::MissingBeyond(*case_id)],
        Anchored::Before(Some(value), case_id) => {
            vec![Segment::Same(value.clone(), *case_id), Segment::Beyond(value.clone())]
        }
        Anchored::Before(None, case_id) => vec![Segment::MissingBeyond(*case_id), Segment::Given],
    }
}
