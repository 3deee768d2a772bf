//! The rows that a search of 登録情報一覧 finds, and how many they are (LST-03, LST-05, LST-08).
//!
//! Every page is reached by the keys of the row before it, so that the last is as quick as the first. Which
//! index a query walks is decided here and not left to the planner, which knows neither how common a name is
//! nor, on SQLite, how common anything is: where few people are found, the strongest key picks them and they
//! are sorted; where many are, the order picks the index and the page is full after a short walk.

use hersys_shared::current_status::CurrentStatus;
use time::{Date, Duration};
use uuid::Uuid;

use crate::access::{ItemGroup, Scope};
use crate::cases::index::pairs;
use crate::cases::search::{Criteria, Days, Origin, Residence, Shared};
use crate::clock::Timestamp;
use crate::db::{Value, places, sql};
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
}

/// The key that picks the rows; the strongest of those that were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Driver {
    HersysId,
    Phone,
    LocalId,
    Birth,
    NamePart,
    NameStart,
    Kana,
    /// Whoever is not released yet, or died: few beside the others.
    Status,
    Diagnosed,
    Reported,
    Registered,
    Shared,
    Migrated,
    Diagnosis,
    Hospital,
    Released,
    Center,
    /// Nothing was given that finds anybody.
    Everybody,
    /// The order of the list.
    Order(SortKey),
}

impl Driver {
    fn of(criteria: &Criteria) -> Self {
        let is_part = criteria.name_key.as_ref().map(|key| key.chars().count() > 1);
        let candidates = [
            (criteria.hersys_id.is_some(), Self::HersysId),
            (criteria.phone.is_some(), Self::Phone),
            (criteria.local_id_key.is_some(), Self::LocalId),
            (criteria.birth_on.is_some(), Self::Birth),
            (is_part == Some(true), Self::NamePart),
            (criteria.kana_key.is_some(), Self::Kana),
            (is_part == Some(false), Self::NameStart),
            (criteria.status.is_some_and(|status| status != CurrentStatus::Released), Self::Status),
            (criteria.shared.is_some(), Self::Shared),
            (criteria.origin == Some(Origin::Migrated), Self::Migrated),
            (!criteria.diagnosed.is_empty(), Self::Diagnosed),
            (!criteria.reported.is_empty(), Self::Reported),
            (!criteria.registered.is_empty(), Self::Registered),
            (criteria.residence == Some(Residence::Hospital), Self::Hospital),
            (criteria.diagnosis.is_some(), Self::Diagnosis),
            (criteria.prefecture.is_some(), Self::Center),
            (criteria.status.is_some(), Self::Released),
        ];
        candidates.into_iter().find(|(given, _)| *given).map_or(Self::Everybody, |(_, driver)| driver)
    }
}

/// `from … where …` with its values.
struct Condition {
    text: String,
    values: Vec<Value>,
}

impl Condition {
    fn place(&mut self, value: impl Into<Value>) -> usize {
        self.values.push(value.into());
        self.values.len()
    }

    fn and(&mut self, condition: &str) {
        self.text.push_str(" and ");
        self.text.push_str(condition);
    }

    fn compare(&mut self, column: &str, sign: &str, value: impl Into<Value>) {
        let at = self.place(value);
        self.and(&format!("{column} {sign} ${at}"));
    }

    fn days(&mut self, column: &str, days: Days) {
        if let Some(from) = days.from {
            self.compare(column, ">=", from);
        }
        if let Some(until) = days.until {
            self.compare(column, "<=", until);
        }
    }

    fn begins(&mut self, column: &str, key: &str) {
        // Both databases compare these columns byte by byte; no text that begins with the key stands behind
        // the key with the last character of all.
        self.compare(column, ">=", key);
        self.compare(column, "<", format!("{key}\u{10ffff}"));
    }
}

/// The column where it may pick the rows; else an expression that no index has.
fn column(name: &str, picks: bool) -> String {
    if picks { format!("c.{name}") } else { format!("coalesce(c.{name}, c.{name})") }
}

impl<'a> Search<'a> {
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
        Ok(Self { scope, criteria, view, centers })
    }

    /// How many people are found, as far as it is worth counting.
    pub async fn count(&self) -> Result<Total> {
        let mut condition = self.condition(Driver::of(self.criteria));
        let limit = condition.place(MOST_COUNTED + 1);
        let count: i64 =
            sql(&format!("select count(*) from (select 1 as one {} limit ${limit}) as counted", condition.text))
                .bind_all(condition.values)
                .scalar(self.scope.db())
                .await?;
        Ok(Total { count: count.min(MOST_COUNTED), is_more: count > MOST_COUNTED })
    }

    /// A page of at most `size` rows, and whether there are rows before and after it.
    pub async fn rows(&self, sort: Sort, position: Position, size: usize, total: Total) -> Result<Rows> {
        let driver = match Driver::of(self.criteria) {
            Driver::Everybody => Driver::Order(sort.key),
            _ if total.is_more => Driver::Order(sort.key),
            few => few,
        };
        let position = self.anchored(sort.key, position).await?;
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
        let key = column(sort.key.column(), driver == Driver::Order(sort.key));
        let descending = sort.descending != backward;
        let (sign, direction) = if descending { ("<", "desc") } else { (">", "asc") };
        match segment {
            Segment::Given if sort.key.is_nullable() => condition.compare(&key, ">=", FIRST_DAY),
            Segment::Given => {}
            Segment::Missing => condition.and(&format!("{key} is null")),
            Segment::MissingBeyond(case_id) => {
                condition.and(&format!("{key} is null"));
                condition.compare("c.case_id", sign, case_id);
            }
            Segment::Same(value, case_id) => {
                condition.compare(&key, "=", value);
                condition.compare("c.case_id", sign, case_id);
            }
            Segment::Beyond(value) => condition.compare(&key, sign, value),
        }
        let limit = condition.place(i64::try_from(wanted).unwrap_or(101));
        let text = format!(
            "select {COLUMNS} {} order by {key} {direction}, c.case_id {direction} limit ${limit}",
            condition.text
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

    /// `from … where …` of all criteria, of which `driver` alone may pick an index.
    fn condition(&self, driver: Driver) -> Condition {
        let criteria = self.criteria;
        let mut condition = Condition { text: String::new(), values: vec![self.scope.organization_id().into()] };
        let by = |name: &str, wanted: Driver| column(name, driver == wanted);
        self.from(driver, &mut condition);
        let listed = driver == Driver::Everybody || driver == Driver::Order(SortKey::Reported);
        if let Some(until) = self.view.hidden_until {
            condition.compare(&column("listed_on", listed), ">", until);
        }
        if criteria.hides_linked {
            condition.and("not c.is_linked");
        }
        if let Some(hersys_id) = &criteria.hersys_id {
            condition.compare(&by("hersys_id", Driver::HersysId), "=", hersys_id.as_str());
        }
        if let Some(phone) = criteria.phone.as_ref().filter(|_| driver != Driver::Phone) {
            let at = condition.place(phone.as_str());
            condition.and(&format!(
                "exists (select 1 from case_phone_index p
                         where p.organization_id = $1 and p.phone = ${at} and p.case_id = c.case_id)"
            ));
        }
        if let Some(key) = &criteria.local_id_key {
            condition.compare(&by("local_id_key", Driver::LocalId), "=", key);
            if driver == Driver::LocalId {
                // The index holds nobody without one.
                condition.and("c.local_id_key <> ''");
            }
        }
        if let Some(birth_on) = criteria.birth_on {
            condition.compare(&by("birth_on", Driver::Birth), "=", birth_on);
        }
        match &criteria.name_key {
            // A single character is no pair: it begins the name.
            Some(key) if key.chars().count() == 1 => condition.begins(&by("name_key", Driver::NameStart), key),
            Some(key) => {
                let escaped = key.replace('!', "!!").replace('%', "!%").replace('_', "!_");
                let at = condition.place(format!("%{escaped}%"));
                condition.and(&format!("c.name_key like ${at} escape '!'"));
            }
            None => {}
        }
        if let Some(key) = &criteria.kana_key {
            let picks = driver == Driver::Kana || driver == Driver::Order(SortKey::Kana);
            condition.begins(&column("kana_key", picks), key);
        }
        if let Some(status) = criteria.status {
            self.status(status, driver, &mut condition);
        }
        for (name, days, picking) in [
            ("diagnosed_on", criteria.diagnosed, [Driver::Diagnosed, Driver::Order(SortKey::Diagnosed)]),
            // Where 報告年月日 is there, it is the day by which people are listed.
            ("listed_on", criteria.reported, [Driver::Reported, Driver::Order(SortKey::Reported)]),
        ] {
            condition.days(&column(name, picking.contains(&driver)), days);
        }
        if !criteria.reported.is_empty() {
            condition.and("c.reported_on is not null");
        }
        self.registered(driver, &mut condition);
        if let Some(shared) = criteria.shared {
            condition.and(match shared {
                Shared::Related => "c.is_shared",
                Shared::Offered => "c.is_offered",
            });
        }
        match criteria.origin {
            Some(Origin::Migrated) => condition.and("c.origin <> 'hersys'"),
            Some(Origin::Entered) => condition.and("c.origin = 'hersys'"),
            None => {}
        }
        if let Some(diagnosis) = criteria.diagnosis {
            condition.compare(&by("diagnosis_type", Driver::Diagnosis), "=", diagnosis.code());
        }
        match criteria.residence {
            Some(Residence::Hospital) => condition.and("c.residence <> ''"),
            Some(Residence::Unknown) => condition.and("c.residence = ''"),
            None => {}
        }
        if let Some(centers) = &self.centers {
            if centers.is_empty() {
                condition.and("1 = 0");
            } else {
                let list = places(condition.values.len() + 1, 1, centers.len());
                condition.values.extend(centers.iter().map(|center| Value::from(*center)));
                condition.and(&format!("{} in {list}", by("responsible_center_id", Driver::Center)));
            }
        }
        condition
    }

    /// The table of the rows, behind the index that picks them where that is another table.
    fn from(&self, driver: Driver, condition: &mut Condition) {
        let picked = match driver {
            Driver::Phone => self.criteria.phone.as_ref().map(|phone| {
                let at = condition.place(phone.as_str());
                format!("select case_id from case_phone_index where organization_id = $1 and phone = ${at}")
            }),
            Driver::NamePart => self.criteria.name_key.as_ref().map(|key| {
                let of_pair: Vec<String> = pairs(key)
                    .into_iter()
                    .map(|pair| {
                        let at = condition.place(pair);
                        format!("select case_id from case_name_index where organization_id = $1 and pair = ${at}")
                    })
                    .collect();
                of_pair.join(" intersect ")
            }),
            _ => None,
        };
        condition.text = match picked {
            // SQLite keeps the order of a cross join: few lines of the small index lead to few rows.
            Some(picked) => {
                format!(
                    "from ({picked}) as n cross join case_index c where c.organization_id = $1 and c.case_id = n.case_id"
                )
            }
            None => "from case_index c where c.organization_id = $1".to_owned(),
        };
    }

    /// C-06: as [`CurrentStatus::on`] says it.
    fn status(&self, status: CurrentStatus, driver: Driver, condition: &mut Condition) {
        let ends_on =
            column("ends_on", matches!(driver, Driver::Status | Driver::Released | Driver::Order(SortKey::Ended)));
        let kept = column("status", matches!(driver, Driver::Status | Driver::Released));
        match status {
            CurrentStatus::Released => {
                let living: Vec<String> = [CurrentStatus::Contact, CurrentStatus::Arranging, CurrentStatus::Admitted]
                    .map(|status| format!("'{}'", status.code()))
                    .to_vec();
                condition.and(&format!("{kept} in ({})", living.join(", ")));
                condition.compare(&ends_on, "<", self.view.today);
            }
            CurrentStatus::Dead => condition.compare(&kept, "=", status.code()),
            CurrentStatus::Contact | CurrentStatus::Arranging | CurrentStatus::Admitted => {
                condition.compare(&kept, "=", status.code());
                condition.compare(&ends_on, ">=", self.view.today);
            }
        }
    }

    fn registered(&self, driver: Driver, condition: &mut Condition) {
        let picks = matches!(driver, Driver::Registered | Driver::Order(SortKey::Registered));
        let created_at = column("created_at", picks);
        if let Some(from) = self.criteria.registered.from {
            condition.compare(&created_at, ">=", Timestamp::start_of(from));
        }
        if let Some(until) = self.criteria.registered.until {
            // Behind the last day of all nothing is registered.
            condition.compare(&created_at, "<", Timestamp::start_of(until.saturating_add(Duration::days(1))));
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
