//! The period of one person.

use time::Date;

use crate::days;
use crate::recovery::negative_tests::{after, begun_days};
use crate::recovery::{ByTests, NegativeTests, RecoverySets, Rule};
use crate::symptoms::CaseKind;

/// What is known of a person. Days are those of Asia/Tokyo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub kind: CaseKind,
    /// 発症日
    pub onset_on: Option<Date>,
    /// Whether there are or were symptoms in this episode; none where nobody said.
    pub has_symptoms: Option<bool>,
    /// 検体採取日, of the positive specimen.
    pub collected_on: Option<Date>,
    /// 症状軽快: the day from which there was no fever without antipyretics and breathing was improving.
    pub relieved_on: Option<Date>,
    /// The days on which negative specimens were collected, in any order.
    pub negative_tests_on: Vec<Date>,
    /// 診断日: stands in for a missing day 0.
    pub diagnosed_on: Option<Date>,
    /// 報告日 of the notification: stands in where not even the day of the diagnosis was asked for (7項目).
    pub reported_on: Option<Date>,
    /// 最終接触日; for a household contact the later of the patient's onset and the start of precautions.
    pub last_contact_on: Option<Date>,
    /// 同居
    pub is_household_contact: bool,
    /// In hospital, or living in a facility for the elderly.
    pub in_facility: bool,
}

impl Facts {
    /// Facts of somebody of whom nothing is known yet.
    pub fn new(kind: CaseKind) -> Self {
        Self {
            kind,
            onset_on: None,
            has_symptoms: None,
            collected_on: None,
            relieved_on: None,
            negative_tests_on: Vec::new(),
            diagnosed_on: None,
            reported_on: None,
            last_contact_on: None,
            is_household_contact: false,
            in_facility: false,
        }
    }
}

/// The period, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computed {
    /// Day 0; none where no day is known.
    pub from: Option<Date>,
    /// The last day of observation, included: the person is free from the next day. Negative tests shorten it only
    /// where the rule knows no other end. None: people decide.
    pub last_day: Option<Date>,
    /// The end by negative tests, where the rule allows it and it comes before the end by days, if there is one.
    pub earliest_by_tests: Option<ByTests>,
    /// Care against infection (感染予防行動の徹底) goes on through this day, where the rule says so.
    pub care_until: Option<Date>,
    /// The first day on which the rule counts that was used; `on` where there is none.
    pub rule_from: Date,
    /// The computation in Japanese, line by line.
    pub words: Vec<String>,
    /// The end depends on what only people can judge: relief of symptoms that is not recorded, tests, a day 0 that
    /// another day stands in for, facts that do not fit together, or no legal period.
    pub needs_review: bool,
    /// The lines of `words` because of which people have to look; some where and only where `needs_review`.
    pub reasons: Vec<String>,
}

/// Which rule a person goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    Symptomatic,
    Asymptomatic,
    Contact,
}

impl Course {
    fn label(self) -> &'static str {
        match self {
            Self::Symptomatic => "有症状",
            Self::Asymptomatic => "無症状",
            Self::Contact => "濃厚接触者",
        }
    }

    /// What the person does until the end.
    fn stay(self) -> &'static str {
        if self == Self::Contact { "待機" } else { "療養" }
    }

    /// The days that can be day 0, the proper one first.
    fn bases(self, facts: &Facts) -> Vec<(&'static str, Option<Date>)> {
        let diagnosed = ("診断日", facts.diagnosed_on);
        let collected = ("検体採取日", facts.collected_on);
        let reported = ("報告日", facts.reported_on);
        match self {
            Self::Symptomatic => vec![("発症日", facts.onset_on), diagnosed, collected, reported],
            Self::Asymptomatic => vec![collected, diagnosed, reported],
            Self::Contact => vec![("最終接触日", facts.last_contact_on), diagnosed],
        }
    }

    /// The rule in force on `on`, its first day, and the words for those for whom it is.
    fn rule(self, sets: &RecoverySets, facts: &Facts, on: Date) -> Option<(Date, Rule, String)> {
        let (from, (rule, is_special)) = match self {
            Self::Symptomatic => sets.in_force(on, |set| Some(set.patients.symptomatic?.of(facts.in_facility))),
            Self::Asymptomatic => sets.in_force(on, |set| Some(set.patients.asymptomatic?.of(facts.in_facility))),
            Self::Contact => sets.in_force(on, |set| Some(set.contacts?.of(facts.is_household_contact))),
        }?;
        let special = match self {
            _ if !is_special => "",
            Self::Contact => "・同居",
            Self::Symptomatic | Self::Asymptomatic => "・入院中または施設入所中",
        };
        Some((from, rule, format!("{}{special}", self.label())))
    }
}

/// The period of a person by the sets in force on `on`.
pub fn compute(sets: &RecoverySets, facts: &Facts, on: Date) -> Computed {
    let mut computed = Computed {
        from: None,
        last_day: None,
        earliest_by_tests: None,
        care_until: None,
        rule_from: on,
        words: Vec::new(),
        needs_review: false,
        reasons: Vec::new(),
    };
    let course = computed.course(facts);
    let bases = course.bases(facts);
    let proper = bases.first().map_or("", |(name, _)| name);
    let base = bases.iter().find_map(|(name, day)| day.map(|day| (*name, day)));
    computed.from = base.map(|(_, day)| day);
    let notes = (std::mem::take(&mut computed.words), std::mem::take(&mut computed.reasons));
    let Some((rule_from, rule, whom)) = course.rule(sets, facts, on) else {
        computed.review(format!("基準が登録されていません。保健所が{}期間を決めてください。", course.stay()));
        return computed;
    };
    computed.rule_from = rule_from;
    let since = days::iso(rule_from);
    let substitute = base.filter(|(name, _)| *name != proper).map(|(name, day)| {
        let day = days::iso(day);
        format!("{proper}が記録されていないため、{name} {day} を使いました。")
    });
    if rule == Rule::NoPeriod {
        let stay = course.stay();
        computed.review(format!("{since}から、法律上の{stay}期間の定めはありません。保健所が期間を決めてください。"));
        computed.words.extend(substitute);
        return computed;
    }
    computed.words.push(format!("{since}からの基準（{whom}）"));
    if on < rule_from {
        computed.review("基準がまだない日です。最初の基準で計算しました。".into());
    }
    computed.words.extend(notes.0);
    computed.reasons.extend(notes.1);
    let Some((name, base)) = base else {
        computed.review(format!("{proper}が記録されていません。日付を入力すると計算します。"));
        return computed;
    };
    if let Some(words) = substitute {
        computed.review(words);
    }
    let relieved_on = facts.relieved_on.filter(|_| course == Course::Symptomatic);
    if let Some(day) = relieved_on.filter(|day| *day < base) {
        computed.review(format!("症状軽快 {} が{name}より前です。日付を確かめてください。", days::iso(day)));
    }
    match rule {
        Rule::NoPeriod => {}
        Rule::Days { days: length, relief_hours, care_days, tests } => {
            computed.by_days((name, base), length, relief_hours, relieved_on);
            computed.care_until = care_days.map(|days| after(base, i64::from(days)));
            if let Some(tests) = tests {
                computed.shorten(&tests, tests.end(base, relieved_on, &facts.negative_tests_on));
            }
        }
        Rule::Tests { tests } => {
            computed.words.push(format!("{name} {} が0日目（日数だけでは終わりません）", days::iso(base)));
            let end = tests.end(base, relieved_on, &facts.negative_tests_on);
            computed.review(tests.words(end));
            computed.earliest_by_tests = end;
            computed.last_day = end.filter(|end| end.missing == 0).map(|end| end.last_day);
        }
    }
    let stay = course.stay();
    computed.words.push(match computed.last_day {
        Some(day) => format!("{stay}の最終日 {}（{} に解除）", days::iso(day), days::iso(after(day, 1))),
        None => format!("{stay}の最終日は、検査の結果で決まります。"),
    });
    computed
}

impl Computed {
    /// Adds a line that people have to look at.
    fn review(&mut self, words: String) {
        self.words.push(words.clone());
        self.reasons.push(words);
        self.needs_review = true;
    }

    /// The rule by which the person goes, with notes where the facts do not speak for themselves.
    fn course(&mut self, facts: &Facts) -> Course {
        if facts.kind == CaseKind::Contact {
            if facts.has_symptoms == Some(true) || facts.onset_on.is_some() {
                self.review("症状があります。感染していないか確かめてください。".into());
            }
            return Course::Contact;
        }
        match (facts.onset_on, facts.has_symptoms) {
            (Some(onset), has_symptoms) => {
                if let Some(collected) = facts.collected_on.filter(|collected| *collected < onset) {
                    let collected = days::iso(collected);
                    self.words.push(format!("検体採取日 {collected} の後に発症したため、発症日から数え直します。"));
                } else if has_symptoms == Some(false) {
                    self.review("無症状とありますが、発症日があるので、有症状の基準で計算しました。".into());
                }
                Course::Symptomatic
            }
            (None, Some(true)) => Course::Symptomatic,
            (None, Some(false)) => {
                if facts.relieved_on.is_some() {
                    self.review("無症状とありますが、症状軽快の日があります。症状の有無を確かめてください。".into());
                }
                Course::Asymptomatic
            }
            (None, None) => {
                if facts.relieved_on.is_none() {
                    self.review("症状の有無が記録されていないため、有症状の基準で計算しました。".into());
                }
                Course::Symptomatic
            }
        }
    }

    /// The end by days since day 0, and by hours since relief of symptoms.
    fn by_days(&mut self, (name, base): (&str, Date), length: u16, relief: Option<u16>, relieved_on: Option<Date>) {
        let mut last = after(base, i64::from(length));
        self.words.push(format!("{name} {} を0日目として{length}日間：{} まで", days::iso(base), days::iso(last)));
        match (relief, relieved_on) {
            (None, _) => {}
            (Some(hours), Some(day)) => {
                let enough = after(day, begun_days(hours));
                self.words.push(format!("症状軽快 {} から{hours}時間：{} まで", days::iso(day), days::iso(enough)));
                last = last.max(enough);
            }
            (Some(hours), None) => self.review(format!(
                "症状軽快の日が記録されていないため、日数だけで計算しました。軽快から{hours}時間たったか確かめてください。"
            )),
        }
        self.last_day = Some(last);
    }

    /// The earlier end by negative tests; whether it counts is left to people.
    fn shorten(&mut self, tests: &NegativeTests, end: Option<ByTests>) {
        if end.is_some_and(|end| Some(end.last_day) >= self.last_day) {
            return;
        }
        self.earliest_by_tests = end;
        if end.is_some_and(|end| end.missing == 0) {
            self.review(tests.words(end));
        } else {
            self.words.push(tests.words(end));
        }
    }
}

#[cfg(all(test, feature = "server"))]
mod properties;
#[cfg(all(test, feature = "server"))]
mod tests;
