//! 現在のステータス (C-06): where a person stands, derived and never typed.

use time::Date;

use crate::episode::Episode;
use crate::symptoms::CaseKind;

/// The label that header strip and list show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CurrentStatus {
    /// 濃厚接触者
    Contact,
    /// 療養先調整中: nothing says yet where the person stays.
    Arranging,
    /// 入院中
    Admitted,
    /// 療養解除
    Released,
    /// 死亡
    Dead,
}

impl CurrentStatus {
    pub const ALL: [Self; 5] = [Self::Contact, Self::Arranging, Self::Admitted, Self::Released, Self::Dead];

    pub fn code(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Arranging => "arranging",
            Self::Admitted => "admitted",
            Self::Released => "released",
            Self::Dead => "dead",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Contact => "濃厚接触者",
            Self::Arranging => "療養先調整中",
            Self::Admitted => "入院中",
            Self::Released => "療養解除",
            Self::Dead => "死亡",
        }
    }

    /// What holds whatever day it is; lists keep this.
    pub fn lasting(kind: CaseKind, episode: &Episode) -> Self {
        if episode.is_dead() {
            Self::Dead
        } else if kind == CaseKind::Contact {
            Self::Contact
        } else if episode.is_admitted() {
            Self::Admitted
        } else {
            Self::Arranging
        }
    }

    /// The status on `today`: whoever's observation has ended is released.
    pub fn on(self, observed_until: Option<Date>, today: Date) -> Self {
        let ended = observed_until.is_some_and(|until| until < today);
        if ended && self != Self::Dead { Self::Released } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn c_06_the_status_follows_from_facts_and_day() {
        let episode = |items: &[(&str, &str)]| Episode(items.iter().copied().collect());
        let of = |kind, items: &[(&str, &str)]| CurrentStatus::lasting(kind, &episode(items));
        assert_eq!(of(CaseKind::Patient, &[]), CurrentStatus::Arranging);
        assert_eq!(of(CaseKind::Patient, &[("admitted", "yes")]), CurrentStatus::Admitted);
        assert_eq!(of(CaseKind::Contact, &[]), CurrentStatus::Contact);
        assert_eq!(of(CaseKind::Patient, &[("diagnosis_type", "died")]), CurrentStatus::Dead);
        let day = date!(2022 - 08 - 10);
        assert_eq!(CurrentStatus::Arranging.on(Some(day), day), CurrentStatus::Arranging);
        assert_eq!(CurrentStatus::Arranging.on(Some(date!(2022 - 08 - 09)), day), CurrentStatus::Released);
        assert_eq!(CurrentStatus::Dead.on(Some(date!(2022 - 08 - 09)), day), CurrentStatus::Dead);
    }
}
