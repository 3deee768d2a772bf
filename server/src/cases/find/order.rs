//! By what the list is sorted.

use hersys_shared::current_status::CurrentStatus;

use crate::access::{ItemGroup, Scope};
use crate::cases::search::Criteria;

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

    pub fn column(self) -> &'static str {
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
    pub fn is_nullable(self) -> bool {
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
