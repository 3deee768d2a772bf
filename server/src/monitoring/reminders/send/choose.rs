//! Whether a person is to be asked, and how: pure.

use std::collections::HashSet;

use time::Date;
use uuid::Uuid;

/// How a request travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    Push,
    Mail,
    Sms,
    Call,
}

impl Way {
    pub const ALL: [Self; 4] = [Self::Push, Self::Mail, Self::Sms, Self::Call];

    /// As messages call it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Mail => "mail",
            Self::Sms => "sms",
            Self::Call => "call",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Push => "プッシュ通知",
            Self::Mail => "メール",
            Self::Sms => "SMS",
            Self::Call => "自動音声の電話",
        }
    }

    /// Those that a centre lets be used, from its column.
    pub fn of_list(list: &str) -> Vec<Self> {
        list.split(',').filter_map(|code| Self::from_code(code.trim())).collect()
    }
}

/// Why nobody was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// There was a report of the day.
    Reported,
    /// Not in the period of observation, or dead.
    Ended,
    /// The requests were stopped.
    Stopped,
    /// 通知設定: しない
    NoticesOff,
    /// The centre sends none.
    Policy,
    /// The centre does not let the only way be used.
    WayOff,
    /// No account, no mobile number, no address.
    NoAddress,
}

impl Reason {
    pub const ALL: [Self; 7] =
        [Self::Reported, Self::Ended, Self::Stopped, Self::NoticesOff, Self::Policy, Self::WayOff, Self::NoAddress];

    pub fn code(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Ended => "ended",
            Self::Stopped => "stopped",
            Self::NoticesOff => "notices_off",
            Self::Policy => "policy",
            Self::WayOff => "way_off",
            Self::NoAddress => "no_address",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// In words, for staff.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Reported => "本日の報告がすでにあるため、送っていません。",
            Self::Ended => "健康観察の期間外のため、送っていません。",
            Self::Stopped => "入力のお願いを止めているため、送っていません。",
            Self::NoticesOff => "通知設定が「しない」のため、送っていません。",
            Self::Policy => "担当保健所の方針で、入力のお願いを送っていません。",
            Self::WayOff => "送れる方法が、担当保健所の方針で使わないことになっています。",
            Self::NoAddress => "携帯電話番号・メールアドレスがなく、My HER-SYSにも登録していないため、送れません。",
        }
    }
}

/// What is known of a person when they are to be asked.
#[derive(Debug, Clone, Default)]
pub struct Person {
    pub observed_from: Option<Date>,
    pub observed_until: Option<Date>,
    pub is_dead: bool,
    pub is_stopped: bool,
    /// 通知設定
    pub notices: Option<bool>,
    pub has_reported: bool,
    pub centre_sends: bool,
    pub allowed: Vec<Way>,
    /// Set for the person.
    pub chosen: Option<Way>,
    /// Accounts of My HER-SYS that report for the person.
    pub accounts: Vec<Uuid>,
    /// Of these, the ones with a browser that takes notifications.
    pub with_push: HashSet<Uuid>,
    /// Domestic numbers and an address of the person's own.
    pub phone: Option<String>,
    pub is_mobile: bool,
    pub mail: String,
    /// Whether the first request of the day failed, and how it went.
    pub failed: Option<Way>,
}

impl Person {
    /// Why the person is not to be asked on `day`, whatever the way.
    pub fn spared(&self, day: Date) -> Option<Reason> {
        let is_observed = self.observed_from.is_some_and(|from| from <= day)
            && self.observed_until.is_none_or(|until| day <= until)
            && !self.is_dead;
        if !is_observed {
            Some(Reason::Ended)
        } else if self.has_reported {
            Some(Reason::Reported)
        } else if self.is_stopped {
            Some(Reason::Stopped)
        } else if self.notices == Some(false) {
            Some(Reason::NoticesOff)
        } else if !self.centre_sends {
            Some(Reason::Policy)
        } else {
            None
        }
    }

    /// The way of the next request: the one that was chosen, else push, mail, SMS, as far as there is something to send
    /// to, the centre lets it be used and it is `live`. A way that failed today comes last. Nobody is called who
    /// is not to be called.
    pub fn way(&self, live: &[Way]) -> Result<Way, Reason> {
        let usual = [Way::Push, Way::Mail, Way::Sms];
        let possible: Vec<Way> = self
            .chosen
            .into_iter()
            .chain(usual.into_iter().filter(|way| Some(*way) != self.chosen))
            .filter(|way| self.can(*way))
            .collect();
        if possible.is_empty() {
            return Err(Reason::NoAddress);
        }
        let allowed: Vec<Way> = possible.into_iter().filter(|way| self.allowed.contains(way)).collect();
        let best = allowed.iter().min_by_key(|way| (!live.contains(way), self.failed == Some(**way)));
        // Of equals the first stays.
        best.copied().ok_or(Reason::WayOff)
    }

    fn can(&self, way: Way) -> bool {
        match way {
            Way::Push => !self.with_push.is_empty(),
            Way::Mail => !self.accounts.is_empty() || !self.mail.is_empty(),
            Way::Sms => self.phone.is_some() && self.is_mobile,
            Way::Call => self.phone.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const DAY: Date = date!(2022 - 08 - 01);

    fn person() -> Person {
        Person {
            observed_from: Some(date!(2022 - 07 - 30)),
            observed_until: Some(date!(2022 - 08 - 02)),
            centre_sends: true,
            allowed: Way::ALL.to_vec(),
            phone: Some("09011112222".into()),
            is_mobile: true,
            ..Person::default()
        }
    }

    #[test]
    fn ntf_11_nobody_is_asked_outside_the_period_or_after_a_report() {
        assert_eq!(person().spared(DAY), None);
        assert_eq!(person().spared(date!(2022 - 07 - 29)), Some(Reason::Ended));
        assert_eq!(person().spared(date!(2022 - 08 - 02)), None, "the last day counts");
        assert_eq!(person().spared(date!(2022 - 08 - 03)), Some(Reason::Ended));
        assert_eq!(Person { is_dead: true, ..person() }.spared(DAY), Some(Reason::Ended));
        assert_eq!(Person { has_reported: true, ..person() }.spared(DAY), Some(Reason::Reported));
        assert_eq!(Person { is_stopped: true, ..person() }.spared(DAY), Some(Reason::Stopped));
        assert_eq!(Person { notices: Some(false), ..person() }.spared(DAY), Some(Reason::NoticesOff));
        assert_eq!(Person { centre_sends: false, ..person() }.spared(DAY), Some(Reason::Policy));
        assert_eq!(Person { observed_until: None, ..person() }.spared(date!(2023 - 01 - 01)), None);
    }

    #[test]
    fn obs_12_the_way_is_the_chosen_one_then_what_there_is() {
        let all = Way::ALL;
        assert_eq!(person().way(&all), Ok(Way::Sms));
        let account = Uuid::from_u128(1);
        let registered = Person { accounts: vec![account], ..person() };
        assert_eq!(registered.way(&all), Ok(Way::Mail));
        let with_push = Person { with_push: [account].into(), ..registered.clone() };
        assert_eq!(with_push.way(&all), Ok(Way::Push));
        assert_eq!(Person { chosen: Some(Way::Sms), ..with_push.clone() }.way(&all), Ok(Way::Sms));
        assert_eq!(Person { chosen: Some(Way::Call), ..with_push.clone() }.way(&all), Ok(Way::Call));
        assert_eq!(Person { failed: Some(Way::Push), ..with_push.clone() }.way(&all), Ok(Way::Mail));
        // A chosen way with nothing to send to gives way; a landline gets no SMS and no call unasked.
        let landline = Person { is_mobile: false, ..person() };
        assert_eq!(landline.way(&all), Err(Reason::NoAddress));
        assert_eq!(Person { chosen: Some(Way::Call), ..landline }.way(&all), Ok(Way::Call));
        assert_eq!(Person { allowed: vec![Way::Mail], ..person() }.way(&all), Err(Reason::WayOff));
        assert_eq!(registered.way(&[Way::Sms]), Ok(Way::Sms), "what leads somewhere first");
        assert_eq!(registered.way(&[]), Ok(Way::Mail), "else it waits");
        assert_eq!(Person { phone: None, mail: "a@example.jp".into(), ..person() }.way(&all), Ok(Way::Mail));
    }
}
