//! What the address of the board says: queue, order, filters, page; nobody's data.

use serde::Deserialize;
use time::{Date, Duration};
use uuid::Uuid;

use crate::monitoring::board::{HERE, Queue};

/// The order within a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Whoever is at risk first, then the newest report.
    #[default]
    Urgency,
    /// Whoever has been silent for longest first.
    Oldest,
    Kana,
    /// The oldest person first.
    Age,
    /// Whoever has been ill for longest first.
    Illness,
    /// The lowest oxygen, then the highest temperature of the newest report first.
    Values,
}

impl Order {
    pub const ALL: [Self; 6] = [Self::Urgency, Self::Oldest, Self::Kana, Self::Age, Self::Illness, Self::Values];

    pub fn code(self) -> &'static str {
        match self {
            Self::Urgency => "",
            Self::Oldest => "oldest",
            Self::Kana => "kana",
            Self::Age => "age",
            Self::Illness => "illness",
            Self::Values => "values",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Urgency => "リスクのある方・新しい報告から",
            Self::Oldest => "最後の報告が古い方から",
            Self::Kana => "フリガナ順",
            Self::Age => "年齢の高い方から",
            Self::Illness => "発病からの日数が長い方から",
            Self::Values => "SpO2の低い方・体温の高い方から",
        }
    }

    /// The same order as expressions that all ascend.
    pub fn keys(self) -> &'static str {
        match self {
            Self::Urgency => "case when b.is_at_risk then 0 else 1 end, -b.reported_at, b.case_id",
            Self::Oldest => "b.reported_at, b.case_id",
            Self::Kana => "b.kana_key, b.case_id",
            Self::Age => "coalesce(b.birth_on, '9999-12-31'), b.case_id",
            Self::Illness => "coalesce(b.onset_on, '9999-12-31'), b.case_id",
            Self::Values => "coalesce(b.spo2, 1000), coalesce(-b.temperature, 0), b.case_id",
        }
    }

    pub fn sql(self) -> &'static str {
        match self {
            Self::Urgency => "b.is_at_risk desc, b.reported_at desc, b.case_id",
            Self::Oldest => "b.reported_at, b.case_id",
            Self::Kana => "b.kana_key, b.case_id",
            Self::Age => "coalesce(b.birth_on, '9999-12-31'), b.case_id",
            Self::Illness => "coalesce(b.onset_on, '9999-12-31'), b.case_id",
            Self::Values => "coalesce(b.spo2, 1000), coalesce(-b.temperature, 0), b.case_id",
        }
    }
}

/// With whom somebody is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    With(Uuid),
    Nobody,
    /// Given back, and not noted yet.
    Returned,
}

/// Days since the onset, which is day 0: code, words, first and last day.
pub const ILLNESS: [(&str, &str, i64, i64); 4] = [
    ("0-4", "0～4日目", 0, 4),
    ("5-7", "5～7日目", 5, 7),
    ("8-10", "8～10日目", 8, 10),
    ("11-", "11日目以降", 11, 36_500),
];

/// How the centre's own people stand with an organisation that they are linked with: code and words.
pub const PARTNER: [(&str, &str); 4] =
    [("all", "健康観察中"), ("urgent", "緊急・悪化で未確認"), ("silent", "未報告"), ("reported", "本日報告済み")];

/// Which way somebody goes through a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Next,
    Previous,
}

/// The query of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
pub struct Address {
    queue: String,
    order: String,
    /// `yes`
    pub risk: String,
    /// Years, at least.
    pub age: String,
    /// `me`, `none`
    pub assignee: String,
    /// `yes`
    pub flag: String,
    /// `yes`: whoever asked for something.
    pub wish: String,
    /// `yes`, `no`: seen by somebody of this organisation since the newest report.
    pub seen: String,
    pub ward: String,
    /// An organisation, `none`, `returned`.
    pub linked: String,
    /// How the people linked with [`Self::linked`] stand on the board of that organisation: one of [`PARTNER`].
    pub partner: String,
    /// Code of a language.
    pub language: String,
    /// One of [`ILLNESS`].
    pub illness: String,
    page: String,
    /// What was just done, to how many.
    pub done: String,
    pub count: String,
    /// Of how many it was not done.
    pub left: String,
}

impl Address {
    /// The board as it was looked at last (what stood behind [`HERE`] then), with a word of what was `done` since.
    pub fn back(behind: &str, done: &str) -> String {
        let here = Self::read(behind).href();
        let mark = if here.contains('?') { '&' } else { '?' };
        format!("{here}{mark}{done}")
    }

    /// From what stood behind [`HERE`].
    pub fn read(behind: &str) -> Self {
        let uri = format!("{HERE}{behind}").parse().unwrap_or_default();
        axum::extract::Query::try_from_uri(&uri).map(|query| query.0).unwrap_or_default()
    }

    /// What stands behind [`HERE`], without what was just done.
    pub fn behind(&self) -> String {
        self.href().split_off(HERE.len())
    }

    pub fn queue(&self) -> Option<Queue> {
        Queue::from_code(&self.queue)
    }

    pub fn order(&self) -> Order {
        Order::ALL.into_iter().find(|order| order.code() == self.order).unwrap_or_default()
    }

    /// From 1.
    pub fn page(&self) -> usize {
        self.page.parse().unwrap_or(1).clamp(1, 10_000)
    }

    pub fn years(&self) -> Option<i32> {
        self.age.trim().parse().ok().filter(|years| (1..=120).contains(years))
    }

    pub fn linked(&self) -> Option<Linked> {
        match self.linked.as_str() {
            "none" => Some(Linked::Nobody),
            "returned" => Some(Linked::Returned),
            id => Uuid::parse_str(id).ok().map(Linked::With),
        }
    }

    /// One of [`PARTNER`], where an organisation is named.
    pub fn partner(&self) -> Option<&'static str> {
        let Some(Linked::With(_)) = self.linked() else { return None };
        PARTNER.into_iter().map(|(code, _)| code).find(|code| *code == self.partner)
    }

    /// The first and the last day on which the illness of whoever is wanted began.
    pub fn illness_on(&self, today: Date) -> Option<(Date, Date)> {
        let (.., first, last) = ILLNESS.into_iter().find(|(code, ..)| *code == self.illness)?;
        let back = |days: i64| today.checked_sub(Duration::days(days)).unwrap_or(Date::MIN);
        Some((back(last), back(first)))
    }

    pub fn is_filtered(&self) -> bool {
        [
            &self.risk,
            &self.age,
            &self.assignee,
            &self.flag,
            &self.wish,
            &self.seen,
            &self.ward,
            &self.linked,
            &self.language,
            &self.illness,
        ]
        .into_iter()
        .any(|filter| !filter.is_empty())
    }

    pub fn with_queue(&self, queue: Option<Queue>) -> String {
        Self { queue: queue.map(Queue::code).unwrap_or_default().to_owned(), page: String::new(), ..self.clone() }
            .href()
    }

    pub fn with_page(&self, page: usize) -> String {
        Self { page: page.to_string(), ..self.clone() }.href()
    }

    /// The same without filters.
    pub fn bare(&self) -> String {
        Self { queue: self.queue.clone(), order: self.order.clone(), ..Self::default() }.href()
    }

    pub fn href(&self) -> String {
        let page = if self.page() > 1 { self.page().to_string() } else { String::new() };
        let pairs = [
            ("queue", self.queue().map(Queue::code).unwrap_or_default().to_owned()),
            ("order", self.order().code().to_owned()),
            ("risk", word(&self.risk, &["yes"])),
            ("age", self.years().map(|years| years.to_string()).unwrap_or_default()),
            ("assignee", word(&self.assignee, &["me", "none"])),
            ("flag", word(&self.flag, &["yes"])),
            ("wish", word(&self.wish, &["yes"])),
            ("seen", word(&self.seen, &["yes", "no"])),
            ("ward", encoded(&self.ward)),
            ("linked", self.linked().map(|_| encoded(&self.linked)).unwrap_or_default()),
            ("partner", self.partner().unwrap_or_default().to_owned()),
            ("language", encoded(&self.language)),
            ("illness", word(&self.illness, &ILLNESS.map(|(code, ..)| code))),
            ("page", page),
        ];
        let query: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if query.is_empty() { HERE.to_owned() } else { format!("{HERE}?{}", query.join("&")) }
    }
}

fn word(typed: &str, known: &[&str]) -> String {
    known.iter().find(|known| **known == typed).map(|known| (*known).to_owned()).unwrap_or_default()
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_illness_are_counted_from_the_onset() {
        let on = |illness: &str| {
            let address = Address { illness: illness.into(), ..Address::default() };
            address.illness_on(time::macros::date!(2022 - 08 - 10))
        };
        let day = |day| Date::from_calendar_date(2022, time::Month::August, day).unwrap();
        assert_eq!(on("0-4"), Some((day(6), day(10))));
        assert_eq!(on("5-7"), Some((day(3), day(5))));
        assert_eq!(on("x"), None);
    }

    #[test]
    fn an_address_keeps_what_it_knows_and_nothing_else() {
        let address = Address {
            queue: "silent".into(),
            age: "65".into(),
            ward: "西区".into(),
            assignee: "\"><script>".into(),
            page: "3".into(),
            ..Address::default()
        };
        assert_eq!(address.href(), "/staff/board?queue=silent&age=65&ward=%E8%A5%BF%E5%8C%BA&page=3");
        assert_eq!(address.with_queue(None), "/staff/board?age=65&ward=%E8%A5%BF%E5%8C%BA");
        assert_eq!(address.bare(), "/staff/board?queue=silent");
        assert_eq!(Address::read(&address.behind()).href(), address.href());
        assert_eq!(Address::read("?queue=%zz&&&").href(), Address::default().href());
        assert_eq!(Address::back(&address.behind(), "done=seen"), format!("{}&done=seen", address.href()));
        assert_eq!(Address::back("", "done=seen"), "/staff/board?done=seen");
    }

    #[test]
    fn how_people_stand_with_a_partner_is_said_of_one_organisation() {
        let of = |linked: &str, partner: &str| {
            Address { linked: linked.into(), partner: partner.into(), ..Address::default() }.href()
        };
        let id = Uuid::from_u128(7).to_string();
        assert!(of(&id, "silent").ends_with("&partner=silent"));
        for (linked, partner) in [(id.as_str(), "x"), ("none", "silent"), ("", "silent")] {
            assert!(!of(linked, partner).contains("partner"), "{linked} {partner}");
        }
    }
}
