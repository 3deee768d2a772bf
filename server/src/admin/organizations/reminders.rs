//! Requests to report (NTF-04, NTF-08): a centre's way with them, as its form asks for it.

use hersys_shared::Problems;
use maud::{Markup, html};
use serde::Deserialize;

use crate::monitoring::reminders::send::choose::Way;
use crate::monitoring::reminders::{FIRST_HOUR, LAST_HOUR};
use crate::ui::Field;

/// What a centre does where nothing is set for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderPolicy {
    pub sends: bool,
    /// Hours of the day; 0 for no second one.
    pub hour: i64,
    pub second_hour: i64,
    pub ways: Vec<Way>,
}

impl Default for ReminderPolicy {
    /// Before the hour by which some centres ask for the entry (8:30), and before silence counts (12).
    fn default() -> Self {
        Self { sends: true, hour: 8, second_hour: 11, ways: Way::ALL.to_vec() }
    }
}

impl ReminderPolicy {
    /// The column of ways.
    pub fn list(&self) -> String {
        self.ways.iter().map(|way| way.code()).collect::<Vec<_>>().join(",")
    }

    /// In words, for the page of the organisation and its history.
    pub fn words(&self) -> String {
        if !self.sends {
            return "送らない".into();
        }
        let ways = self.ways.iter().map(|way| way.label()).collect::<Vec<_>>().join("・");
        let second = if self.second_hour > 0 {
            format!("報告がなければ{}時に再度", self.second_hour)
        } else {
            "1日1回".to_owned()
        };
        format!("{}時、{second}（{ways}）", self.hour)
    }
}

/// The part of the form; without a first hour it leaves the policy as it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReminderForm {
    pub sends_reminders: String,
    pub reminder_hour: String,
    pub reminder_second_hour: String,
    pub reminder_push: String,
    pub reminder_mail: String,
    pub reminder_sms: String,
    pub reminder_call: String,
}

impl ReminderForm {
    pub fn of(policy: &ReminderPolicy) -> Self {
        let on = |way| if policy.ways.contains(&way) { "on".to_owned() } else { String::new() };
        Self {
            sends_reminders: if policy.sends { "on" } else { "off" }.into(),
            reminder_hour: policy.hour.to_string(),
            reminder_second_hour: policy.second_hour.to_string(),
            reminder_push: on(Way::Push),
            reminder_mail: on(Way::Mail),
            reminder_sms: on(Way::Sms),
            reminder_call: on(Way::Call),
        }
    }

    pub fn check(&self, current: &ReminderPolicy, problems: &mut Problems) -> ReminderPolicy {
        if self.reminder_hour.is_empty() {
            return current.clone();
        }
        let within = |typed: &str| typed.parse::<i64>().ok().filter(|hour| (FIRST_HOUR..=LAST_HOUR).contains(hour));
        let hour = within(&self.reminder_hour);
        if hour.is_none() {
            problems.add("reminder_hour", format!("{FIRST_HOUR}時から{LAST_HOUR}時の間で選んでください。"));
        }
        let second_hour = if self.reminder_second_hour == "0" { Some(0) } else { within(&self.reminder_second_hour) };
        if second_hour.is_none() {
            problems.add("reminder_second_hour", "2回目の時刻を選んでください。");
        }
        if let (Some(hour), Some(second @ 1..)) = (hour, second_hour)
            && second <= hour
        {
            problems.add("reminder_second_hour", "2回目は、1回目より後の時刻にしてください。");
        }
        let sends = self.sends_reminders != "off";
        let boxes = [&self.reminder_push, &self.reminder_mail, &self.reminder_sms, &self.reminder_call];
        let ways: Vec<Way> =
            Way::ALL.into_iter().zip(boxes).filter(|(_, ticked)| !ticked.is_empty()).map(|(way, _)| way).collect();
        if sends && ways.is_empty() {
            problems.add("reminder_push", "使う方法を1つ以上選んでください。");
        }
        ReminderPolicy {
            sends,
            hour: hour.unwrap_or(current.hour),
            second_hour: second_hour.unwrap_or(current.second_hour),
            ways,
        }
    }

    /// The fields; those of an empty form are the usual ones.
    pub fn fields(&self, problems: &Problems) -> Markup {
        let usual = Self::of(&ReminderPolicy::default());
        let form = if self.reminder_hour.is_empty() { &usual } else { self };
        let hours = |first: i64| (first..=LAST_HOUR).map(|hour| (hour.to_string(), format!("{hour}時")));
        let first: Vec<(String, String)> = hours(FIRST_HOUR).collect();
        let second: Vec<(String, String)> =
            [("0".to_owned(), "送らない".to_owned())].into_iter().chain(hours(FIRST_HOUR + 1)).collect();
        html! {
            (Field::new("sends_reminders", "健康状態の入力のお願い", &form.sends_reminders, problems)
                .hint("健康観察の期間中の方に、毎日送ります。報告のあった日は送りません。").radios(&[("on", "送る"), ("off", "送らない")]))
            (Field::new("reminder_hour", "1回目の時刻", &form.reminder_hour, problems).required().short()
                .hint("ご本人ごとに時刻を決めたときは、その時刻に送ります。").select(&first))
            (Field::new("reminder_second_hour", "報告がないときの2回目の時刻", &form.reminder_second_hour, problems)
                .required().short().select(&second))
            (Field::new("reminder_push", "プッシュ通知を使う", &form.reminder_push, problems).checkbox())
            (Field::new("reminder_mail", "メールを使う", &form.reminder_mail, problems).checkbox())
            (Field::new("reminder_sms", "SMSを使う", &form.reminder_sms, problems)
                .hint("1通ごとに料金がかかります。").checkbox())
            (Field::new("reminder_call", "自動音声の電話を使う", &form.reminder_call, problems)
                .hint("ご本人ごとに電話を選んだときだけかけます。1回ごとに料金がかかります。").checkbox())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntf_08_a_policy_survives_its_form_and_wrong_hours_have_their_sentence() {
        for policy in [
            ReminderPolicy::default(),
            ReminderPolicy { sends: false, hour: 19, second_hour: 0, ways: vec![Way::Mail] },
        ] {
            let mut problems = Problems::default();
            assert_eq!(ReminderForm::of(&policy).check(&ReminderPolicy::default(), &mut problems), policy);
            assert!(problems.is_empty());
        }
        let wrong = |hour: &str, second: &str| {
            let form = ReminderForm {
                reminder_hour: hour.into(),
                reminder_second_hour: second.into(),
                reminder_mail: "on".into(),
                ..ReminderForm::default()
            };
            let mut problems = Problems::default();
            form.check(&ReminderPolicy::default(), &mut problems);
            !problems.is_empty()
        };
        assert!(wrong("7", "11") && wrong("20", "0") && wrong("9", "9") && wrong("9", "x") && !wrong("9", "10"));
        let mut problems = Problems::default();
        let kept = ReminderForm::default().check(&ReminderPolicy::default(), &mut problems);
        assert_eq!(kept, ReminderPolicy::default(), "a form without the section changes nothing");
    }
}
