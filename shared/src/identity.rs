//! ID管理: who the person is and how to reach them (§4 of the requirements).

use serde::{Deserialize, Serialize};
use time::Date;

use crate::digits::only_digits;
use crate::{MailAddress, PhoneNumber, Problems, days, kana};

/// 男 / 女
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Male,
    Female,
}

impl Sex {
    pub const ALL: [Self; 2] = [Self::Male, Self::Female];

    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sex| sex.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }
}

/// The ID管理 document as it is stored. Only 氏名 and 担当保健所 (kept beside the document) must be
/// there (IDR-02); the other items are empty where unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// フリガナ in full-width katakana.
    pub kana: String,
    /// 氏名
    pub name: String,
    /// 生年月日
    #[serde(with = "days::iso_serde::option")]
    pub birth_on: Option<Date>,
    /// 性別
    pub sex: Option<Sex>,
    /// 国籍
    pub nationality: String,
    /// 郵便番号, seven digits.
    pub postal_code: String,
    /// 住所
    pub address: String,
    /// 緊急連絡先 氏名
    pub emergency_name: String,
    /// 続柄
    pub emergency_relation: String,
    /// 電話番号1 and 電話番号2 of the emergency contact.
    pub emergency_phone_1: Option<PhoneNumber>,
    pub emergency_phone_2: Option<PhoneNumber>,
    /// 連絡先電話番号 of the person: where SMS and calls go.
    pub phone: Option<PhoneNumber>,
    /// メールアドレス
    pub mail: String,
    /// 受付年月日
    #[serde(with = "days::iso_serde::option")]
    pub received_on: Option<Date>,
    /// 職業
    pub occupation: String,
    /// 勤務先／学校情報
    pub workplace: String,
    /// 自由記述欄
    pub note: String,
    /// 保健所独自ID
    pub local_id: String,
    /// 通知設定 (NTF-02, NTF-03): whether the person gets the notice of My HER-SYS's URL and their HER-SYS ID.
    /// `None` leaves it to the policy of 担当保健所 (NTF-08).
    pub notices: Option<bool>,
}

/// The ID管理 form as it was typed, kept to be shown again beside its problems.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityForm {
    pub kana: String,
    pub name: String,
    pub birth_on: String,
    pub sex: String,
    pub nationality: String,
    pub postal_code: String,
    pub address: String,
    pub emergency_name: String,
    pub emergency_relation: String,
    pub emergency_phone_1: String,
    pub emergency_phone_2: String,
    pub phone: String,
    pub mail: String,
    pub received_on: String,
    pub occupation: String,
    pub workplace: String,
    pub note: String,
    pub local_id: String,
    /// [`NOTICES_ON`], [`NOTICES_OFF`] or empty.
    pub notices: String,
}

/// 通知設定 する and しない, as forms send them.
pub const NOTICES_ON: &str = "on";
pub const NOTICES_OFF: &str = "off";

impl IdentityForm {
    /// Reads the form on `today`; each wrong field gets its sentence.
    pub fn check(&self, today: Date) -> Result<Identity, Problems> {
        let mut problems = Problems::default();
        let mut text = |field: &str, value: &str, longest: usize| {
            let value = value.trim().replace('\0', "");
            if value.chars().count() > longest {
                problems.add(field, format!("{longest}文字までで入力してください。"));
            }
            value
        };
        let mut identity = Identity {
            name: one_space(&text("name", &self.name, 80)),
            nationality: text("nationality", &self.nationality, 60),
            address: text("address", &self.address, 200),
            emergency_name: text("emergency_name", &self.emergency_name, 80),
            emergency_relation: text("emergency_relation", &self.emergency_relation, 40),
            occupation: text("occupation", &self.occupation, 80),
            workplace: text("workplace", &self.workplace, 120),
            note: text("note", &self.note, 4000),
            local_id: text("local_id", &self.local_id, 40),
            ..Identity::default()
        };
        if identity.name.is_empty() {
            problems.add("name", "氏名を入力してください（必須）。");
        }
        identity.kana = problems.check("kana", kana::check_furigana(&self.kana)).unwrap_or_default();
        identity.birth_on =
            optional(&self.birth_on, |typed| days::parse_birth_date(typed, today), "birth_on", &mut problems);
        identity.received_on = optional(&self.received_on, days::parse, "received_on", &mut problems);
        if identity.received_on.is_some_and(|day| day > today) {
            problems.add("received_on", "受付年月日が今日より後になっています。年を確かめてください。");
        }
        identity.phone = optional(&self.phone, PhoneNumber::parse, "phone", &mut problems);
        identity.emergency_phone_1 =
            optional(&self.emergency_phone_1, PhoneNumber::parse, "emergency_phone_1", &mut problems);
        identity.emergency_phone_2 =
            optional(&self.emergency_phone_2, PhoneNumber::parse, "emergency_phone_2", &mut problems);
        identity.mail = optional(&self.mail, MailAddress::parse, "mail", &mut problems)
            .map(|mail| mail.as_str().to_owned())
            .unwrap_or_default();
        identity.postal_code =
            optional(&self.postal_code, postal_code, "postal_code", &mut problems).unwrap_or_default();
        identity.notices = match self.notices.as_str() {
            "" => None,
            NOTICES_ON => Some(true),
            NOTICES_OFF => Some(false),
            _ => {
                problems.add("notices", "通知設定は「する」か「しない」を選んでください。");
                None
            }
        };
        match self.sex.as_str() {
            "" => {}
            code => match Sex::from_code(code) {
                Some(sex) => identity.sex = Some(sex),
                None => problems.add("sex", "性別は男か女を選んでください。"),
            },
        }
        if problems.is_empty() { Ok(identity) } else { Err(problems) }
    }
}

impl From<&Identity> for IdentityForm {
    fn from(identity: &Identity) -> Self {
        let phone = |number: &Option<PhoneNumber>| number.as_ref().map(ToString::to_string).unwrap_or_default();
        let day = |date: Option<Date>| date.map(days::iso).unwrap_or_default();
        Self {
            kana: identity.kana.clone(),
            name: identity.name.clone(),
            birth_on: day(identity.birth_on),
            sex: identity.sex.map(|sex| sex.code().to_owned()).unwrap_or_default(),
            nationality: identity.nationality.clone(),
            postal_code: identity.postal_code.clone(),
            address: identity.address.clone(),
            emergency_name: identity.emergency_name.clone(),
            emergency_relation: identity.emergency_relation.clone(),
            emergency_phone_1: phone(&identity.emergency_phone_1),
            emergency_phone_2: phone(&identity.emergency_phone_2),
            phone: phone(&identity.phone),
            mail: identity.mail.clone(),
            received_on: day(identity.received_on),
            occupation: identity.occupation.clone(),
            workplace: identity.workplace.clone(),
            note: identity.note.clone(),
            local_id: identity.local_id.clone(),
            notices: match identity.notices {
                None => String::new(),
                Some(true) => NOTICES_ON.into(),
                Some(false) => NOTICES_OFF.into(),
            },
        }
    }
}

/// A name with single half-width spaces, however it was typed.
pub fn one_space(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Seven digits, typed with or without a hyphen or 〒.
pub fn postal_code(typed: &str) -> Result<String, &'static str> {
    only_digits(&typed.replace('〒', ""))
        .filter(|digits| digits.len() == 7)
        .ok_or("郵便番号は7桁の数字で入力してください。例：1234567")
}

fn optional<T, E: Into<String>>(
    typed: &str,
    parse: impl Fn(&str) -> Result<T, E>,
    field: &str,
    problems: &mut Problems,
) -> Option<T> {
    if typed.trim().is_empty() {
        return None;
    }
    problems.check(field, parse(typed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    const TODAY: Date = date!(2022 - 08 - 01);

    #[test]
    fn idr_02_a_name_is_enough() {
        let form = IdentityForm { name: "山田 太郎".into(), ..Default::default() };
        assert_eq!(form.check(TODAY).unwrap().name, "山田 太郎");
        assert!(IdentityForm::default().check(TODAY).unwrap_err().of("name").is_some());
    }

    #[test]
    fn each_wrong_field_gets_its_own_sentence() {
        let form = IdentityForm {
            name: "山".repeat(81),
            kana: "山田".into(),
            birth_on: "2023-01-01".into(),
            phone: "12".into(),
            postal_code: "123".into(),
            mail: "x".into(),
            sex: "?".into(),
            ..Default::default()
        };
        let problems = form.check(TODAY).unwrap_err();
        for field in ["name", "kana", "birth_on", "phone", "postal_code", "mail", "sex"] {
            assert!(problems.of(field).is_some(), "{field}");
        }
    }

    proptest! {
        #[test]
        fn what_was_stored_is_shown_and_reads_back(name in "[ぁ-ん一-龠]{1,20}", kana in "[ァ-ヶ]{0,20}", days in 0i64..40_000) {
            let form = IdentityForm {
                name, kana, birth_on: days::japanese(date!(1910 - 01 - 01) + time::Duration::days(days)),
                postal_code: "〒123-4567".into(), phone: "090-1234-5678".into(), sex: "female".into(), notices: "off".into(),
                ..Default::default()
            };
            let identity = form.check(TODAY).unwrap();
            prop_assert_eq!(IdentityForm::from(&identity).check(TODAY).unwrap(), identity);
        }

        #[test]
        fn checking_never_panics(text in "\\PC*") {
            let form = IdentityForm { name: text.clone(), kana: text.clone(), birth_on: text.clone(), phone: text.clone(), mail: text.clone(), postal_code: text.clone(), ..Default::default() };
            let _ = form.check(TODAY);
        }
    }
}
