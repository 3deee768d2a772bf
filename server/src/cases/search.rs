//! Search in 登録情報一覧: what was typed, what it means, and the rows it finds (LST-02…LST-05).
//!
//! Every page is reached by the keys of the row before it, so that the last is as quick as the first.

use hersys_shared::{HersysId, PhoneNumber, Problems, days, kana};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::access::{ItemGroup, Scope};
use crate::cases::index::name_key;
use crate::clock::Timestamp;
use crate::db::{Db, Query, Value, sql};
use crate::error::{Error, Result};

/// The search form as it was typed; also what table `case_search` keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchForm {
    pub kana: String,
    pub name: String,
    pub hersys_id: String,
    pub phone: String,
    pub birth_on: String,
    /// 共有: empty for everybody, or a [`Shared`]'s code.
    pub shared: String,
}

/// People who stand in a centre's list by another centre's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// 共有された方 (SHR-01)
    Related,
    /// 引継ぎを依頼されている方
    Offered,
}

impl Shared {
    pub const ALL: [Self; 2] = [Self::Related, Self::Offered];

    pub fn code(self) -> &'static str {
        match self {
            Self::Related => "related",
            Self::Offered => "offered",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Related => "共有",
            Self::Offered => "引継ぎ依頼",
        }
    }

    /// The column of the index that tells.
    fn column(self) -> &'static str {
        match self {
            Self::Related => "is_shared",
            Self::Offered => "is_offered",
        }
    }
}

/// What is searched for; all of it must hold (LST-03).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Criteria {
    /// The beginning of the name's reading.
    kana_key: Option<String>,
    /// The beginning of the name.
    name_key: Option<String>,
    hersys_id: Option<HersysId>,
    phone: Option<PhoneNumber>,
    birth_on: Option<Date>,
    shared: Option<Shared>,
}

impl SearchForm {
    /// Whether nothing was typed: then everybody is listed (LST-05).
    pub fn is_empty(&self) -> bool {
        let fields = [&self.kana, &self.name, &self.hersys_id, &self.phone, &self.birth_on, &self.shared];
        fields.iter().all(|typed| typed.trim().is_empty())
    }

    /// Without the keys that the kind of ID may not read: a search must not tell what a page hides (C-19).
    pub fn within(mut self, scope: &Scope) -> Self {
        if !scope.may_read(ItemGroup::Identity) {
            self.birth_on.clear();
            self.phone.clear();
        }
        self
    }

    /// Reads the form; each wrong field gets its sentence.
    pub fn check(&self) -> Result<Criteria, Problems> {
        let mut problems = Problems::default();
        let given = |typed: &str| !typed.trim().is_empty();
        let kana = given(&self.kana).then(|| problems.check("kana", kana::check_furigana(&self.kana))).flatten();
        let hersys_id =
            given(&self.hersys_id).then(|| problems.check("hersys_id", HersysId::parse(&self.hersys_id))).flatten();
        let phone = given(&self.phone).then(|| problems.check("phone", PhoneNumber::parse(&self.phone))).flatten();
        let birth_on = given(&self.birth_on).then(|| problems.check("birth_on", days::parse(&self.birth_on))).flatten();
        if self.name.chars().count() > 80 {
            problems.add("name", "80文字までで入力してください。");
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let key = |key: String| (!key.is_empty()).then_some(key);
        Ok(Criteria {
            kana_key: kana.map(|kana| kana::search_key(&kana)).and_then(key),
            name_key: key(name_key(&self.name.replace('\0', ""))),
            hersys_id,
            phone,
            birth_on,
            shared: Shared::ALL.into_iter().find(|shared| shared.code() == self.shared),
        })
    }
}

/// How the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// 登録日, newest first.
    #[default]
    Newest,
    /// フリガナ
    Kana,
}

impl Sort {
    pub fn from_code(code: &str) -> Self {
        if code == "kana" { Self::Kana } else { Self::Newest }
    }

    /// The word in addresses; the usual order needs none.
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Newest => None,
            Self::Kana => Some("kana"),
        }
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
}

impl Criteria {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// `organization_id = $1 and …` with the values so far.
    fn condition(&self, organization_id: Uuid) -> (String, Vec<Value>) {
        let mut text = String::from("organization_id = $1");
        let mut values: Vec<Value> = vec![organization_id.into()];
        for (column, key) in [("kana_key", &self.kana_key), ("name_key", &self.name_key)] {
            if let Some(key) = key {
                let at = values.len();
                text.push_str(&format!(" and {column} >= ${} and {column} < ${}", at + 1, at + 2));
                // Both databases compare these columns byte by byte; no text that begins with the
                // key stands behind the key with the last character of all.
                values.extend([key.as_str().into(), format!("{key}\u{10ffff}").into()]);
            }
        }
        if let Some(hersys_id) = &self.hersys_id {
            values.push(hersys_id.as_str().into());
            text.push_str(&format!(" and hersys_id = ${}", values.len()));
        }
        if let Some(birth_on) = self.birth_on {
            values.push(birth_on.into());
            text.push_str(&format!(" and birth_on = ${}", values.len()));
        }
        if let Some(shared) = self.shared {
            text.push_str(" and ");
            text.push_str(shared.column());
        }
        if let Some(phone) = &self.phone {
            values.push(phone.as_str().into());
            text.push_str(&format!(
                " and case_id in (select case_id from case_phone_index where organization_id = $1 and phone = ${})",
                values.len()
            ));
        }
        (text, values)
    }
}

/// How many people the criteria find.
pub async fn count(scope: &Scope, criteria: &Criteria) -> Result<i64> {
    let (condition, values) = criteria.condition(scope.organization_id());
    Ok(sql(&format!("select count(*) from case_index where {condition}")).bind_all(values).scalar(scope.db()).await?)
}

/// A page of at most `size` rows, and whether there are rows before and after it.
pub struct Rows {
    pub rows: Vec<Listed>,
    pub before: bool,
    pub after: bool,
}

/// The rows of a page.
pub async fn rows(scope: &Scope, criteria: &Criteria, sort: Sort, position: Position, size: usize) -> Result<Rows> {
    let limit = i64::try_from(size).unwrap_or(100) + 1;
    let position = match position {
        Position::After(case_id) | Position::Before(case_id) if anchor(scope, case_id).await?.is_none() => {
            // The row has left the list since.
            Position::First
        }
        known => known,
    };
    let backward = matches!(position, Position::Last | Position::Before(_));
    let mut rows: Vec<Listed> = page_query(scope, criteria, sort, position, limit).await?.all(scope.db()).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let (before, after) = match position {
        Position::First => (false, more),
        Position::After(_) => (true, more),
        Position::Last => (more, false),
        Position::Before(_) => (more, true),
    };
    if backward {
        rows.reverse();
    }
    Ok(Rows { rows, before, after })
}

/// The keys of the row beside which a page stands.
async fn anchor(scope: &Scope, case_id: Uuid) -> Result<Option<(String, Timestamp)>> {
    Ok(sql("select kana_key, created_at from case_index where organization_id = $1 and case_id = $2")
        .bind(scope.organization_id())
        .bind(case_id)
        .optional(scope.db())
        .await?)
}

async fn page_query(scope: &Scope, criteria: &Criteria, sort: Sort, position: Position, limit: i64) -> Result<Query> {
    let (mut condition, mut values) = criteria.condition(scope.organization_id());
    // What was searched for picks the index; without this the order would, and a search that finds
    // few would walk through all.
    let created = if criteria.is_empty() { "created_at" } else { "created_at + 0" };
    let column = match sort {
        Sort::Newest => created,
        Sort::Kana => "kana_key",
    };
    let descending = (sort == Sort::Newest) != matches!(position, Position::Last | Position::Before(_));
    if let Position::After(case_id) | Position::Before(case_id) = position {
        let (kana_key, created_at) = anchor(scope, case_id).await?.ok_or(Error::NotFound)?;
        let at = values.len();
        let sign = if descending { '<' } else { '>' };
        condition.push_str(&format!(" and ({column}, case_id) {sign} (${}, ${})", at + 1, at + 2));
        values.push(match sort {
            Sort::Newest => created_at.into(),
            Sort::Kana => kana_key.into(),
        });
        values.push(case_id.into());
    }
    let direction = if descending { "desc" } else { "asc" };
    let text = format!(
        "select case_id, kind, hersys_id, name, kana, birth_on, sex, responsible_center_id, created_at,
                is_shared, is_offered, is_linked
         from case_index where {condition}
         order by {column} {direction}, case_id {direction} limit ${}",
        values.len() + 1
    );
    Ok(sql(&text).bind_all(values).bind(limit))
}

/// Keeps a search for the account that made it (no personal data in addresses).
pub async fn keep(scope: &Scope, search_id: Uuid, form: &SearchForm, now: Timestamp) -> Result<()> {
    let criteria = serde_json::to_value(form).map_err(|error| Error::Internal(error.to_string()))?;
    sql("insert into case_search (search_id, account_id, criteria, created_at) values ($1, $2, $3, $4)")
        .bind(search_id)
        .bind(scope.staff().account_id)
        .bind(criteria)
        .bind(now)
        .run(scope.db())
        .await?;
    Ok(())
}

/// A search of `account_id`; those of others are not found.
pub async fn kept(db: &Db, search_id: Uuid, account_id: Uuid) -> Result<SearchForm> {
    let criteria: Option<serde_json::Value> =
        sql("select criteria from case_search where search_id = $1 and account_id = $2")
            .bind(search_id)
            .bind(account_id)
            .optional_scalar(db)
            .await?;
    serde_json::from_value(criteria.ok_or(Error::NotFound)?).map_err(|_| Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lst_04_any_writing_of_kana_is_searched_in_one() {
        let of = |kana: &str| SearchForm { kana: kana.into(), ..SearchForm::default() }.check().unwrap();
        assert_eq!(of("やまだ　た"), of("ﾔﾏﾀﾞﾀ"));
        assert_eq!(of("ヤマダタ").kana_key.as_deref(), Some("ヤマダタ"));
    }

    #[test]
    fn lst_05_nothing_typed_means_everybody() {
        let blank = SearchForm { kana: "　".into(), ..SearchForm::default() };
        assert!(blank.is_empty() && blank.check().unwrap().is_empty());
    }

    #[test]
    fn a_mistyped_id_gets_a_sentence_beside_its_field() {
        let form = SearchForm { hersys_id: "1234567890".into(), phone: "12".into(), ..SearchForm::default() };
        let problems = form.check().unwrap_err();
        assert!(problems.of("hersys_id").is_some() && problems.of("phone").is_some());
    }

    #[test]
    fn lst_03_criteria_add_up() {
        let form = SearchForm {
            kana: "や".into(),
            name: "山 田".into(),
            hersys_id: HersysId::from_number(3).spaced(),
            phone: "090-1234-5678".into(),
            birth_on: "S55.1.2".into(),
            shared: "offered".into(),
        };
        let (condition, values) = form.check().unwrap().condition(Uuid::nil());
        assert_eq!(values.len(), 8);
        assert!(condition.ends_with("phone = $8)") && condition.contains("birth_on = $7 and is_offered"));
    }
}
