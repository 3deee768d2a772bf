//! Since when, and until when, an organisation's IDs work (GEN-07, IDM-10).

use hersys_shared::days;
use time::Date;

/// Where an organisation stands between its first day and the day it stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganizationState {
    /// It starts on this day.
    NotYet(Date),
    Active,
    /// It stopped with the beginning of this day.
    Ended(Date),
}

/// The state on a day; `until` is the first day no more, and open bounds do not bind.
pub fn organization_state(from: Option<Date>, until: Option<Date>, today: Date) -> OrganizationState {
    match (from, until) {
        (_, Some(until)) if until <= today => OrganizationState::Ended(until),
        (Some(from), _) if today < from => OrganizationState::NotYet(from),
        _ => OrganizationState::Active,
    }
}

impl OrganizationState {
    pub fn is_active(self) -> bool {
        self == Self::Active
    }

    /// What whoever signs in with the right password is told.
    pub fn refusal(self) -> Option<String> {
        match self {
            Self::Active => None,
            Self::NotYet(from) => Some(format!(
                "所属する機関の利用は{}に始まります。その日になってから、同じIDとパスワードでサインインしてください。",
                days::japanese(from)
            )),
            Self::Ended(until) => Some(format!(
                "所属する機関の利用は{}に停止しました。引き続き使うときは、IDを発行した担当者（利用者認証実施者）にご連絡ください。",
                days::japanese(until)
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn gen_07_idm_10_an_organization_is_active_from_its_first_day_until_the_day_it_stops() {
        let today = date!(2022 - 08 - 01);
        let state = |from, until| organization_state(from, until, today);
        assert_eq!(state(None, None), OrganizationState::Active);
        assert_eq!(state(Some(today), None), OrganizationState::Active);
        assert_eq!(state(Some(date!(2022 - 08 - 02)), None), OrganizationState::NotYet(date!(2022 - 08 - 02)));
        assert_eq!(state(None, Some(date!(2022 - 08 - 02))), OrganizationState::Active);
        assert_eq!(state(None, Some(today)), OrganizationState::Ended(today));
        assert_eq!(state(Some(today), Some(today)), OrganizationState::Ended(today));
    }

    #[test]
    fn idm_10_a_refusal_names_the_day() {
        let refusal = organization_state(Some(date!(2022 - 09 - 26)), None, date!(2022 - 08 - 01)).refusal();
        assert!(refusal.is_some_and(|sentence| sentence.contains("2022年09月26日に始まります")));
        assert_eq!(OrganizationState::Active.refusal(), None);
    }
}
