//! Search in 登録情報一覧: what was typed, and what it means (LST-02…LST-05).

use std::collections::BTreeMap;

use hersys_shared::current_status::CurrentStatus;
use hersys_shared::notification::DiagnosisType;
use hersys_shared::{HersysId, PhoneNumber, Problems, days, kana};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::access::{ItemGroup, Scope};
use crate::cases::index::name_key;
use crate::clock::Timestamp;
use crate::db::{Db, sql};
use crate::error::{Error, Result};

/// The search form as it was typed; also what tables `case_search` and `saved_search` keep.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchForm {
    pub kana: String,
    pub name: String,
    pub hersys_id: String,
    pub phone: String,
    pub birth_on: String,
    pub local_id: String,
    /// 都道府県 of 担当保健所, two digits.
    pub prefecture: String,
    /// 診断分類
    pub diagnosis: String,
    /// 現在のステータス
    pub status: String,
    /// 居所: a [`Residence`]'s code.
    pub residence: String,
    pub diagnosed_from: String,
    pub diagnosed_until: String,
    pub reported_from: String,
    pub reported_until: String,
    pub registered_from: String,
    pub registered_until: String,
    /// 移行データ: an [`Origin`]'s code.
    pub origin: String,
    /// 共有: empty for everybody, or a [`Shared`]'s code.
    pub shared: String,
}

/// The item group that a key tells of; `Person` is what every list shows.
pub fn group(key: &str) -> ItemGroup {
    match key {
        "kana" | "name" | "hersys_id" | "shared" => ItemGroup::Person,
        // A status tells of admission and death.
        "diagnosis" | "status" | "diagnosed_from" | "diagnosed_until" | "reported_from" | "reported_until" => {
            ItemGroup::Notification
        }
        "residence" => ItemGroup::Residence,
        _ => ItemGroup::Identity,
    }
}

/// Codes with labels, as a select offers them.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $code:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$of])* $variant,)* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.code() == code)
            }
        }
    };
}

choices! {
    /// People who stand in a centre's list by another centre's word.
    Shared {
        /// 共有された方 (SHR-01)
        Related = "related", "共有";
        /// 引継ぎを依頼されている方
        Offered = "offered", "引継ぎ依頼";
    }
}

choices! {
    /// 居所, as far as it is known before the 居所 tab is there.
    Residence {
        Hospital = "hospital", "医療機関";
        Unknown = "none", "未登録";
    }
}

choices! {
    /// Where a record comes from (C-04).
    Origin {
        Migrated = "nesid", "移行データ（NESID）";
        Entered = "hersys", "HER-SYSで登録";
    }
}

/// Days from … until …, both included; each end may be open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    pub from: Option<Date>,
    pub until: Option<Date>,
}

impl Days {
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// What is searched for; all of it must hold (LST-03).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Criteria {
    /// The beginning of the name's reading.
    pub kana_key: Option<String>,
    /// A part of the name.
    pub name_key: Option<String>,
    pub hersys_id: Option<HersysId>,
    pub phone: Option<PhoneNumber>,
    pub birth_on: Option<Date>,
    pub local_id_key: Option<String>,
    pub prefecture: Option<String>,
    pub diagnosis: Option<DiagnosisType>,
    pub status: Option<CurrentStatus>,
    pub residence: Option<Residence>,
    pub diagnosed: Days,
    pub reported: Days,
    pub registered: Days,
    pub origin: Option<Origin>,
    pub shared: Option<Shared>,
    /// A key was used that people reached by 紐づけ alone must not be found by (C-19).
    pub hides_linked: bool,
}

impl Criteria {
    #[cfg(test)]
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl SearchForm {
    fn fields(&self) -> [(&'static str, &String); 18] {
        [
            ("kana", &self.kana),
            ("name", &self.name),
            ("hersys_id", &self.hersys_id),
            ("phone", &self.phone),
            ("birth_on", &self.birth_on),
            ("local_id", &self.local_id),
            ("prefecture", &self.prefecture),
            ("diagnosis", &self.diagnosis),
            ("status", &self.status),
            ("residence", &self.residence),
            ("diagnosed_from", &self.diagnosed_from),
            ("diagnosed_until", &self.diagnosed_until),
            ("reported_from", &self.reported_from),
            ("reported_until", &self.reported_until),
            ("registered_from", &self.registered_from),
            ("registered_until", &self.registered_until),
            ("origin", &self.origin),
            ("shared", &self.shared),
        ]
    }

    /// The keys that were used.
    pub fn used(&self) -> impl Iterator<Item = &'static str> {
        self.fields().into_iter().filter(|(_, typed)| !typed.trim().is_empty()).map(|(key, _)| key)
    }

    /// What was typed, by key, for the audit, where `status` is what came of a refused request.
    pub fn used_values(&self) -> BTreeMap<&'static str, &str> {
        self.fields()
            .into_iter()
            .filter(|(_, typed)| !typed.trim().is_empty())
            .map(|(key, typed)| (if key == "status" { "current_status" } else { key }, typed.as_str()))
            .collect()
    }

    /// Whether nothing was typed: then everybody is listed (LST-05).
    pub fn is_empty(&self) -> bool {
        self.used().next().is_none()
    }

    /// Without the keys that the kind of ID may not read: a search must not tell what a page hides (C-19).
    pub fn within(mut self, scope: &Scope) -> Self {
        let hidden: Vec<&str> = self.used().filter(|key| !scope.may_read(group(key))).collect();
        for key in hidden {
            self.clear(key);
        }
        self
    }

    fn clear(&mut self, key: &str) {
        let field = match key {
            "kana" => &mut self.kana,
            "name" => &mut self.name,
            "hersys_id" => &mut self.hersys_id,
            "phone" => &mut self.phone,
            "birth_on" => &mut self.birth_on,
            "local_id" => &mut self.local_id,
            "prefecture" => &mut self.prefecture,
            "diagnosis" => &mut self.diagnosis,
            "status" => &mut self.status,
            "residence" => &mut self.residence,
            "diagnosed_from" => &mut self.diagnosed_from,
            "diagnosed_until" => &mut self.diagnosed_until,
            "reported_from" => &mut self.reported_from,
            "reported_until" => &mut self.reported_until,
            "registered_from" => &mut self.registered_from,
            "registered_until" => &mut self.registered_until,
            "origin" => &mut self.origin,
            _ => &mut self.shared,
        };
        field.clear();
    }

    /// Reads the form; each wrong field gets its sentence.
    pub fn check(&self) -> Result<Criteria, Problems> {
        let mut problems = Problems::default();
        let given = |typed: &str| !typed.trim().is_empty();
        let kana = given(&self.kana).then(|| problems.check("kana", kana::check_furigana(&self.kana))).flatten();
        // Dots and spaces alone would find everybody.
        if kana.as_ref().is_some_and(|kana| kana::search_key(kana).is_empty()) {
            problems.add("kana", "カタカナを1文字以上入力してください。");
        }
        let hersys_id =
            given(&self.hersys_id).then(|| problems.check("hersys_id", HersysId::parse(&self.hersys_id))).flatten();
        let phone = given(&self.phone).then(|| problems.check("phone", PhoneNumber::parse(&self.phone))).flatten();
        let birth_on = given(&self.birth_on).then(|| problems.check("birth_on", days::parse(&self.birth_on))).flatten();
        for (field, typed) in [("name", &self.name), ("local_id", &self.local_id)] {
            if typed.chars().count() > 80 {
                problems.add(field, "80文字までで入力してください。");
            }
        }
        let mut days = |keys: [&'static str; 2], typed: [&String; 2]| {
            let [from, until] =
                [0, 1].map(|at| given(typed[at]).then(|| problems.check(keys[at], days::parse(typed[at]))).flatten());
            if from.zip(until).is_some_and(|(from, until)| from > until) {
                problems.add(keys[1], "はじめの日より後の日を入力してください。");
            }
            Days { from, until }
        };
        let diagnosed = days(["diagnosed_from", "diagnosed_until"], [&self.diagnosed_from, &self.diagnosed_until]);
        let reported = days(["reported_from", "reported_until"], [&self.reported_from, &self.reported_until]);
        let registered = days(["registered_from", "registered_until"], [&self.registered_from, &self.registered_until]);
        if !problems.is_empty() {
            return Err(problems);
        }
        let key = |key: String| (!key.is_empty()).then_some(key);
        // What no select offers is no criterion, and the form that is shown again says so by its empty field.
        Ok(Criteria {
            kana_key: kana.map(|kana| kana::search_key(&kana)).and_then(key),
            name_key: key(name_key(&self.name.replace('\0', ""))),
            hersys_id,
            phone,
            birth_on,
            local_id_key: key(name_key(&self.local_id.replace('\0', ""))),
            prefecture: key(self.prefecture.clone())
                .filter(|code| code.len() == 2 && code.bytes().all(|digit| digit.is_ascii_digit())),
            diagnosis: DiagnosisType::from_code(&self.diagnosis),
            status: CurrentStatus::from_code(&self.status),
            residence: Residence::from_code(&self.residence),
            diagnosed,
            reported,
            registered,
            origin: Origin::from_code(&self.origin),
            shared: Shared::from_code(&self.shared),
            hides_linked: self.used().any(|key| group(key) != ItemGroup::Person),
        })
    }
}

/// Keeps a search for the account that made it (no personal data in addresses).
pub async fn keep(scope: &Scope, search_id: Uuid, form: &SearchForm, now: Timestamp) -> Result<()> {
    let criteria = serde_json::to_value(form).map_err(|error| Error::Internal(error.to_string()))?;
    sql("insert into case_search (search_id, account_id, criteria, created_at) values ($1, $2, $3, $4)")
        .bind(search_id)
        .bind(scope.staff().account_id)
        .bind(criteria)
        .bind(now)
        .run_shared(scope.db())
        .await?;
    Ok(())
}

/// A search of `account_id`, kept for a day or saved under a name; those of others are not found.
pub async fn kept(db: &Db, search_id: Uuid, account_id: Uuid) -> Result<SearchForm> {
    let criteria: Option<serde_json::Value> =
        sql("select criteria from case_search where search_id = $1 and account_id = $2
             union all select criteria from saved_search where saved_id = $1 and account_id = $2")
        .bind(search_id)
        .bind(account_id)
        .optional_scalar(db)
        .await?;
    serde_json::from_value(criteria.ok_or(Error::NotFound)?).map_err(|_| Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    fn lst_02_days_end_after_they_begin() {
        let days = |from: &str, until: &str| SearchForm {
            diagnosed_from: from.into(),
            diagnosed_until: until.into(),
            ..SearchForm::default()
        };
        assert!(days("R4.8.2", "2022/8/1").check().unwrap_err().of("diagnosed_until").is_some());
        assert_eq!(
            days("R4.8.1", "2022/8/1").check().unwrap().diagnosed.from,
            Some(time::macros::date!(2022 - 08 - 01))
        );
        assert!(days("", "").check().unwrap().diagnosed.is_empty());
    }

    #[test]
    fn lst_02_each_key_can_be_cleared_and_is_one_of_the_form() {
        let keys: Vec<&str> = SearchForm::default().fields().iter().map(|(key, _)| *key).collect();
        let all: SearchForm = serde_json::from_value(
            keys.iter().map(|key| ((*key).to_owned(), "1".into())).collect::<serde_json::Map<_, _>>().into(),
        )
        .unwrap();
        assert_eq!(all.used().collect::<Vec<_>>(), keys);
        for key in keys {
            let mut one = all.clone();
            one.clear(key);
            assert!(!one.used().any(|used| used == key) && one.used().count() == 17, "{key}");
        }
    }

    proptest! {
        /// LST-04: what is searched by a part of a reading is the part of what is indexed.
        #[test]
        fn lst_04_a_beginning_in_any_writing_is_a_beginning_of_the_key(reading in "[ぁ-ん]{1,12}", letters in 1usize..12) {
            let part: String = reading.chars().take(letters).collect();
            let form = SearchForm { kana: part, ..SearchForm::default() };
            let whole = kana::search_key(&reading);
            prop_assert!(whole.starts_with(&form.check().unwrap().kana_key.unwrap()));
        }

        /// LST-03: whatever was typed, nothing breaks, and what was kept reads back as it was.
        #[test]
        fn lst_03_anything_may_be_typed(name in ".{0,90}", phone in ".{0,20}", day in ".{0,12}", code in ".{0,9}") {
            let form = SearchForm {
                name, phone, diagnosed_from: day.clone(), registered_until: day,
                status: code.clone(), prefecture: code.clone(), local_id: code, ..SearchForm::default()
            };
            let kept: SearchForm = serde_json::from_value(serde_json::to_value(&form).unwrap()).unwrap();
            prop_assert_eq!(&kept, &form);
            let _ = form.check();
        }
    }
}
