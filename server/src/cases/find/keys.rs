//! Which key of a search picks its rows, and what each key says of a row.

use hersys_shared::current_status::CurrentStatus;
use uuid::Uuid;

use crate::cases::find::SortKey;
use crate::cases::index::pairs;
use crate::cases::search::{Criteria, Days, Origin, Residence};
use crate::db::{Value, list};

/// The key that picks the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    HersysId,
    Phone,
    LocalId,
    Birth,
    /// A pair of neighbouring characters of the name, by its place among the pairs.
    NamePart(usize),
    NameStart,
    Kana,
    /// Whoever is not released yet, or died.
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
    /// The keys of `criteria` that may pick the rows, usually the strongest first.
    pub fn given(criteria: &Criteria) -> Vec<Self> {
        let name = criteria.name_key.as_deref().unwrap_or_default();
        let is_part = name.chars().count() > 1;
        let parts = (0..if is_part { pairs(name).len() } else { 0 }).map(|pair| (true, Self::NamePart(pair)));
        let strong = [
            (criteria.hersys_id.is_some(), Self::HersysId),
            (criteria.phone.is_some(), Self::Phone),
            (criteria.local_id_key.is_some(), Self::LocalId),
            (criteria.birth_on.is_some(), Self::Birth),
        ];
        let weak = [
            (criteria.kana_key.is_some(), Self::Kana),
            (!name.is_empty() && !is_part, Self::NameStart),
            // Of keys that find as many, that of the usual order: its index holds what is tried.
            (!criteria.diagnosed.is_empty(), Self::Diagnosed),
            (!criteria.reported.is_empty(), Self::Reported),
            (!criteria.registered.is_empty(), Self::Registered),
            (criteria.status.is_some_and(|status| status != CurrentStatus::Released), Self::Status),
            (criteria.shared.is_some(), Self::Shared),
            (criteria.origin == Some(Origin::Migrated), Self::Migrated),
            (criteria.residence == Some(Residence::Hospital), Self::Hospital),
            (criteria.diagnosis.is_some(), Self::Diagnosis),
            (criteria.prefecture.is_some(), Self::Center),
            (criteria.status == Some(CurrentStatus::Released), Self::Released),
        ];
        strong.into_iter().chain(parts).chain(weak).filter(|(given, _)| *given).map(|(_, driver)| driver).collect()
    }

    /// Whether it finds so few people that no other key needs to be looked at.
    pub fn is_sure(self) -> bool {
        matches!(self, Self::HersysId | Self::Phone | Self::LocalId)
    }

    /// Whether the rows come from an index in which `key` is one range.
    pub fn reads(self, key: Self) -> bool {
        self == key
            || matches!(
                (self, key),
                (Self::Order(SortKey::Kana), Self::Kana)
                    | (Self::Order(SortKey::Diagnosed), Self::Diagnosed)
                    | (Self::Order(SortKey::Reported), Self::Reported)
                    | (Self::Order(SortKey::Registered), Self::Registered)
                    | (Self::Order(SortKey::Ended), Self::Released)
            )
    }

    /// The order of its index. Asked for the first rows in this order, no database sorts, or reads the whole table.
    pub fn order(self) -> &'static str {
        match self {
            Self::Birth => " order by c.birth_on, c.case_id",
            Self::NamePart(_) => " order by n.case_id",
            Self::NameStart => " order by c.name_key, c.case_id",
            Self::Kana => " order by c.kana_key, c.case_id",
            Self::Status | Self::Released => " order by c.ends_on, c.case_id",
            Self::Diagnosed => " order by c.diagnosed_on, c.case_id",
            Self::Reported | Self::Everybody => " order by c.listed_on, c.case_id",
            Self::Registered | Self::Diagnosis => " order by c.created_at, c.case_id",
            Self::Shared | Self::Migrated | Self::Hospital => " order by c.created_at",
            Self::HersysId | Self::Phone | Self::LocalId | Self::Center | Self::Order(_) => "",
        }
    }
}

/// Conditions on rows `c` of a list, with their values; `$1` is the organisation whose list it is.
pub struct Condition {
    pub values: Vec<Value>,
    /// `select case_id …` from the small index that picks them, where that is another table.
    pub picked: Option<String>,
    /// What that index says of its lines `n` by itself: those that fail lead to no row.
    pub narrowing: String,
    /// Those by which an index of the list is read.
    pub picking: String,
    /// Those that each row is tried by.
    pub trying: String,
}

impl Condition {
    pub fn of(organization_id: Uuid) -> Self {
        Self {
            values: vec![organization_id.into()],
            picked: None,
            narrowing: String::new(),
            picking: String::new(),
            trying: String::new(),
        }
    }

    /// `from … where …`
    pub fn rows(&self) -> String {
        match &self.picked {
            // SQLite keeps the order of a cross join: few lines of the small index lead to few rows.
            Some(picked) => {
                format!(
                    "from ({picked}) as n cross join case_index c
                     where c.organization_id = $1 and c.case_id = n.case_id{}{}{}",
                    self.narrowing, self.picking, self.trying
                )
            }
            None => format!("from case_index c where c.organization_id = $1{}{}", self.picking, self.trying),
        }
    }

    pub fn place(&mut self, value: impl Into<Value>) -> usize {
        self.values.push(value.into());
        self.values.len()
    }

    pub fn compare(&mut self, column: &str, sign: &str, value: impl Into<Value>) -> String {
        format!("c.{column} {sign} ${}", self.place(value))
    }

    pub fn days(&mut self, column: &str, days: Days) -> Vec<String> {
        let from = days.from.map(|from| self.compare(column, ">=", from));
        let until = days.until.map(|until| self.compare(column, "<=", until));
        from.into_iter().chain(until).collect()
    }

    pub fn begins(&mut self, column: &str, key: &str) -> Vec<String> {
        // Both databases compare these columns byte by byte; no text that begins with the key stands behind
        // the key with the last character of all.
        vec![self.compare(column, ">=", key), self.compare(column, "<", format!("{key}\u{10ffff}"))]
    }

    pub fn contains(&mut self, column: &str, part: &str) -> String {
        let escaped = part.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let at = self.place(format!("%{escaped}%"));
        format!("c.{column} like ${at} escape '!'")
    }

    pub fn one_of(&mut self, column: &str, ids: &[Uuid]) -> String {
        if ids.is_empty() {
            return "1 = 0".to_owned();
        }
        let first = self.values.len() + 1;
        self.values.extend(ids.iter().map(|id| Value::from(*id)));
        format!("c.{column} in ({})", list(first, ids.len()))
    }

    pub fn has_phone(&mut self, phone: &str) -> String {
        let at = self.place(phone);
        format!(
            "exists (select 1 from case_phone_index p
                     where p.organization_id = $1 and p.phone = ${at} and p.case_id = c.case_id)"
        )
    }

    pub fn pick(&mut self, condition: &str) {
        self.picking.push_str(" and ");
        self.picking.push_str(condition);
    }

    /// No index has such an expression, and PostgreSQL takes half of all rows to pass it: it then walks an index
    /// until a page is full, where a guess of few rows would have it read the whole table.
    pub fn try_by(&mut self, condition: &str) {
        self.trying.push_str(&format!(" and coalesce({condition}, false)"));
    }
}
