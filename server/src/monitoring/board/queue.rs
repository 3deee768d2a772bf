//! The queues, and how the database tells in which of them somebody stands at a moment.

use time::Date;

use crate::clock::Timestamp;

/// Each person stands in the first that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    /// Emergency sign, SpO2 ≤ 93 and the like: whatever the rules call an emergency.
    Emergency,
    Worse,
    NewSymptom,
    /// Not reported by the hour, though there is a way to the person.
    Silent,
    /// Not reported, and no telephone, mail or account.
    Unreachable,
    /// The last day of observation, or one that has passed and needs a look, or another end is proposed: to be released
    /// or prolonged.
    Ending,
    /// Something was asked for in My HER-SYS, and nobody has settled it.
    Wish,
    /// Reported today, and nothing that the rules speak of.
    Well,
    /// The hour has not come yet.
    Waiting,
}

impl Queue {
    pub const ALL: [Self; 9] = [
        Self::Emergency,
        Self::Worse,
        Self::NewSymptom,
        Self::Silent,
        Self::Unreachable,
        Self::Ending,
        Self::Wish,
        Self::Well,
        Self::Waiting,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Worse => "worse",
            Self::NewSymptom => "new_symptom",
            Self::Silent => "silent",
            Self::Unreachable => "unreachable",
            Self::Ending => "ending",
            Self::Wish => "wish",
            Self::Well => "well",
            Self::Waiting => "waiting",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Emergency => "緊急",
            Self::Worse => "悪化",
            Self::NewSymptom => "新しい症状",
            Self::Silent => "未報告",
            Self::Unreachable => "連絡手段なし",
            Self::Ending => "終了の確認",
            Self::Wish => "ご希望",
            Self::Well => "報告済み",
            Self::Waiting => "報告待ち",
        }
    }

    /// Whether somebody has to do something.
    pub fn needs_work(self) -> bool {
        !matches!(self, Self::Well | Self::Waiting)
    }

    /// 1 for the most urgent.
    pub fn place(self) -> i64 {
        Self::ALL.iter().position(|queue| *queue == self).map_or(0, |place| i64::try_from(place + 1).unwrap_or(0))
    }

    pub fn from_place(place: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.place() == place)
    }
}

/// A moment as queues look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    pub today: Date,
    /// 0…23
    pub hour: i64,
}

impl Moment {
    pub fn of(now: Timestamp) -> Self {
        Self { today: now.day(), hour: now.in_japan().hour().into() }
    }
}

/// The place of a row `b` of `board_person`, where `today` and `hour` are the places of a [`Moment`] in a statement.
pub fn place_sql(today: usize, hour: usize) -> String {
    let ended = format!("when b.observed_until < ${today} then 6");
    place(today, hour, &ended, &format!("when b.review_from <= ${today} then 6"))
}

/// [`place_sql`] for whoever may not know the period (OBS-09): nobody's last day is told.
pub fn place_sql_without_period(today: usize, hour: usize) -> String {
    place(today, hour, "", "")
}

fn place(today: usize, hour: usize, ended: &str, ending: &str) -> String {
    format!(
        "cast(case when b.alert >= 3 then 1 when b.alert = 2 then 2 when b.alert = 1 then 3
              {ended}
              when b.reported_on < ${today} and not b.has_way then 5
              when b.reported_on < ${today} and b.report_by <= ${hour} then 4
              {ending}
              when b.wish <> '' then 7
              when b.reported_on >= ${today} then 8
              else 9 end as bigint)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_has_its_own_code_and_place() {
        for (at, queue) in Queue::ALL.into_iter().enumerate() {
            assert_eq!(Queue::from_code(queue.code()), Some(queue));
            assert_eq!(Queue::from_place(queue.place()), Some(queue));
            assert_eq!(queue.place(), at as i64 + 1);
        }
    }

    #[test]
    fn the_day_and_the_hour_are_those_of_japan() {
        // 2022-08-01 23:59:59 and one second later
        let late = Timestamp(1_659_365_999_000);
        assert_eq!((Moment::of(late).today, Moment::of(late).hour), (time::macros::date!(2022 - 08 - 01), 23));
        let next = Timestamp(late.0 + 1000);
        assert_eq!((Moment::of(next).today, Moment::of(next).hour), (time::macros::date!(2022 - 08 - 02), 0));
    }
}
