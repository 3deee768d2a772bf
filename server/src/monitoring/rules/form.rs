//! What the form of rules sends: kept as it was typed, and read into rules with a sentence for each field that is wrong.

use hersys_shared::digits::half_width;
use hersys_shared::symptoms::CaseKind;
use hersys_shared::triage::{Alert, Condition, Kind, Rule, RuleSet};
use hersys_shared::{Problems, days};
use time::{Date, Duration};

use crate::texts::Texts;

/// More rules than this are not even looked at; the check allows fewer.
const MOST_READ: usize = 60;
/// Letters of a note.
pub const LONGEST_NOTE: usize = 200;
/// Days of a trial.
pub const MOST_DAYS: i64 = 14;
const USUAL_DAYS: i64 = 7;

/// One rule as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedRule {
    pub key: String,
    pub kind: String,
    pub alert: String,
    /// `patient`, `contact`, or empty for everybody.
    pub only: String,
    pub percent: String,
    pub points: String,
    pub hours: String,
    /// Degrees, `38.5`.
    pub tenths: String,
    pub days: String,
    pub count: String,
    pub of: Vec<String>,
}

/// The whole form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// The button.
    pub step: String,
    /// The newest version of the office when the form was opened.
    pub base: String,
    /// `on`: those of the office above are to count again.
    pub follows: String,
    pub from_on: String,
    pub note: String,
    pub report_by: String,
    pub trial_days: String,
    pub add_kind: String,
    pub rules: Vec<TypedRule>,
}

/// What was read without a problem.
pub struct Read {
    pub from_on: Date,
    pub note: String,
    /// None: those of the office above.
    pub set: Option<RuleSet>,
}

impl Typed {
    pub fn of(fields: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields {
            if let Some((at, field)) = name.strip_prefix("rules.").and_then(|rest| rest.split_once('.')) {
                let Some(at) = at.parse::<usize>().ok().filter(|at| *at < MOST_READ) else { continue };
                if typed.rules.len() <= at {
                    typed.rules.resize(at + 1, TypedRule::default());
                }
                if let Some(rule) = typed.rules.get_mut(at) {
                    rule.set(field, value);
                }
                continue;
            }
            match name.as_str() {
                "step" => typed.step = value,
                "base" => typed.base = value,
                "follows" => typed.follows = value,
                "from_on" => typed.from_on = value,
                "note" => typed.note = value,
                "report_by" => typed.report_by = value,
                "trial_days" => typed.trial_days = value,
                "add_kind" => typed.add_kind = value,
                _ => {}
            }
        }
        // A number that was left out is nobody's rule.
        typed.rules.retain(|rule| Kind::from_code(&rule.kind).is_some());
        typed
    }

    /// The form over rules that exist.
    pub fn begin(set: &RuleSet, base: i64, today: Date) -> Self {
        Self {
            base: base.to_string(),
            from_on: days::iso(today),
            report_by: set.report_by.to_string(),
            trial_days: USUAL_DAYS.to_string(),
            rules: set.rules.iter().map(TypedRule::begin).collect(),
            ..Self::default()
        }
    }

    pub fn follows(&self) -> bool {
        !self.follows.is_empty()
    }

    pub fn trial_days(&self) -> i64 {
        half_width(self.trial_days.trim())
            .parse()
            .ok()
            .filter(|days| (1..=MOST_DAYS).contains(days))
            .unwrap_or(USUAL_DAYS)
    }

    /// The fields for a form that only carries them on.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = [
            ("base", &self.base),
            ("follows", &self.follows),
            ("from_on", &self.from_on),
            ("note", &self.note),
            ("report_by", &self.report_by),
            ("trial_days", &self.trial_days),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
        for (at, rule) in self.rules.iter().enumerate() {
            let name = |field: &str| format!("rules.{at}.{field}");
            pairs.extend(rule.fields().into_iter().map(|(field, value)| (name(field), value.to_owned())));
            pairs.extend(rule.of.iter().map(|key| (name("of"), key.clone())));
        }
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }

    /// Does what a button of the form asks for: `add`, `remove-2`, `up-2`, `down-2`. Others change nothing.
    pub fn edit(&mut self) {
        let (verb, at) = self.step.split_once('-').unwrap_or((&self.step, ""));
        let at = at.parse::<usize>().ok().filter(|at| *at < self.rules.len());
        match (verb, at) {
            ("add", _) => {
                if let Some(kind) = Kind::from_code(&self.add_kind) {
                    self.rules.push(TypedRule { key: self.free_key(kind), ..TypedRule::usual(kind) });
                }
            }
            ("remove", Some(at)) => {
                self.rules.remove(at);
            }
            ("up", Some(at)) if at > 0 => self.rules.swap(at, at - 1),
            ("down", Some(at)) if at + 1 < self.rules.len() => self.rules.swap(at, at + 1),
            _ => {}
        }
    }

    /// A name that no rule of the form has.
    fn free_key(&self, kind: Kind) -> String {
        let taken = |key: &str| self.rules.iter().any(|rule| rule.key == key);
        let numbered = (1..=MOST_READ + 1).map(|number| format!("{}_{number}", kind.code()));
        numbered.into_iter().find(|key| !taken(key)).unwrap_or_else(|| kind.code().to_owned())
    }

    pub fn read(&self, texts: &Texts, today: Date) -> Result<Read, Problems> {
        let mut problems = Problems::default();
        let from_on = problems.check("from_on", from_on(&self.from_on, today));
        let note = self.note.trim().replace('\0', "").replace("\r\n", "\n");
        if note.chars().count() > LONGEST_NOTE {
            problems.add("note", format!("変更の理由は{LONGEST_NOTE}文字までで入力してください。"));
        }
        let set = if self.follows() { None } else { Some(self.read_set(texts, &mut problems)) };
        match from_on.filter(|_| problems.is_empty()) {
            Some(from_on) => Ok(Read { from_on, note, set }),
            None => Err(problems),
        }
    }

    fn read_set(&self, texts: &Texts, problems: &mut Problems) -> RuleSet {
        let report_by = problems
            .check("report_by", whole(&self.report_by, "未報告とする時刻"))
            .and_then(|hour| u8::try_from(hour).ok())
            .unwrap_or_default();
        let rules = self.rules.iter().enumerate().map(|(at, rule)| rule.read(at, problems)).collect();
        let set = RuleSet { report_by, rules };
        let is_symptom =
            |key: &str| texts.symptom_sets.iter().flat_map(|set| &set.symptoms).any(|symptom| symptom.key == key);
        for problem in set.check(is_symptom).0 {
            // What could not be read has its sentence already.
            if problems.of(&problem.field).is_none() {
                problems.add(&problem.field, problem.message);
            }
        }
        set
    }
}

impl TypedRule {
    fn set(&mut self, field: &str, value: String) {
        match field {
            "key" => self.key = value,
            "kind" => self.kind = value,
            "alert" => self.alert = value,
            "only" => self.only = value,
            "percent" => self.percent = value,
            "points" => self.points = value,
            "hours" => self.hours = value,
            "tenths" => self.tenths = value,
            "days" => self.days = value,
            "count" => self.count = value,
            "of" if self.of.len() < MOST_READ => self.of.push(value),
            _ => {}
        }
    }

    fn fields(&self) -> [(&'static str, &str); 10] {
        [
            ("key", self.key.as_str()),
            ("kind", self.kind.as_str()),
            ("alert", self.alert.as_str()),
            ("only", self.only.as_str()),
            ("percent", self.percent.as_str()),
            ("points", self.points.as_str()),
            ("hours", self.hours.as_str()),
            ("tenths", self.tenths.as_str()),
            ("days", self.days.as_str()),
            ("count", self.count.as_str()),
        ]
    }

    pub fn kind(&self) -> Kind {
        Kind::from_code(&self.kind).unwrap_or(Kind::EmergencySign)
    }

    fn begin(rule: &Rule) -> Self {
        let mut typed = Self {
            key: rule.key.clone(),
            kind: Kind::of(&rule.when).code().to_owned(),
            alert: rule.alert.code().to_owned(),
            only: rule.only.map(|only| only.code().to_owned()).unwrap_or_default(),
            ..Self::default()
        };
        match &rule.when {
            Condition::EmergencySign {} => {}
            Condition::Spo2AtMost { percent } => typed.percent = percent.to_string(),
            Condition::Spo2Fall { points, hours } => {
                (typed.points, typed.hours) = (points.to_string(), hours.to_string());
            }
            Condition::TemperatureAtLeast { tenths } => typed.tenths = degrees(*tenths),
            Condition::TemperatureLasting { tenths, days } | Condition::TemperatureRise { tenths, days } => {
                (typed.tenths, typed.days) = (degrees(*tenths), days.to_string());
            }
            Condition::SymptomsAtLeast { of, count } => (typed.of, typed.count) = (of.clone(), count.to_string()),
            Condition::NewSymptom { of, days } => (typed.of, typed.days) = (of.clone(), days.to_string()),
        }
        typed
    }

    /// A new rule of a kind, with values that make sense to begin with.
    fn usual(kind: Kind) -> Self {
        let (alert, when) = match kind {
            Kind::EmergencySign => (Alert::Emergency, Condition::EmergencySign {}),
            Kind::Spo2AtMost => (Alert::Worse, Condition::Spo2AtMost { percent: 95 }),
            Kind::Spo2Fall => (Alert::Worse, Condition::Spo2Fall { points: 3, hours: 24 }),
            Kind::TemperatureAtLeast => (Alert::Worse, Condition::TemperatureAtLeast { tenths: 385 }),
            Kind::TemperatureLasting => (Alert::Worse, Condition::TemperatureLasting { tenths: 375, days: 4 }),
            Kind::TemperatureRise => (Alert::Worse, Condition::TemperatureRise { tenths: 10, days: 2 }),
            Kind::SymptomsAtLeast => (Alert::Worse, Condition::SymptomsAtLeast { of: Vec::new(), count: 1 }),
            Kind::NewSymptom => (Alert::NewSymptom, Condition::NewSymptom { of: Vec::new(), days: 3 }),
        };
        Self::begin(&Rule { key: String::new(), alert, only: None, when })
    }

    fn read(&self, at: usize, problems: &mut Problems) -> Rule {
        let name = |field: &str| format!("rules.{at}.{field}");
        let alert = problems.check(
            &name("alert"),
            Alert::from_code(&self.alert).ok_or("段階を「緊急」「悪化」「新しい症状」から選んでください。"),
        );
        let mut number =
            |field: &str, typed: &str, what: &str| problems.check(&name(field), whole(typed, what)).unwrap_or_default();
        let when = match self.kind() {
            Kind::EmergencySign => Condition::EmergencySign {},
            Kind::Spo2AtMost => Condition::Spo2AtMost { percent: number("percent", &self.percent, "SpO2（％）") },
            Kind::Spo2Fall => Condition::Spo2Fall {
                points: number("points", &self.points, "ポイント"),
                hours: number("hours", &self.hours, "時間"),
            },
            Kind::SymptomsAtLeast => Condition::SymptomsAtLeast {
                of: self.of.clone(),
                count: usize::try_from(number("count", &self.count, "症状の数")).unwrap_or_default(),
            },
            Kind::NewSymptom => {
                Condition::NewSymptom { of: self.of.clone(), days: number("days", &self.days, "日数") }
            }
            Kind::TemperatureAtLeast => Condition::TemperatureAtLeast {
                tenths: warm(problems, &name("tenths"), &self.tenths, "体温（℃）"),
            },
            Kind::TemperatureLasting => {
                let days = number("days", &self.days, "日数");
                let tenths = warm(problems, &name("tenths"), &self.tenths, "体温（℃）");
                Condition::TemperatureLasting { tenths, days }
            }
            Kind::TemperatureRise => {
                let days = number("days", &self.days, "日数");
                let tenths = warm(problems, &name("tenths"), &self.tenths, "上がり幅（℃）");
                Condition::TemperatureRise { tenths, days }
            }
        };
        let only = CaseKind::from_code(&self.only);
        Rule { key: self.key.clone(), alert: alert.unwrap_or(Alert::NewSymptom), only, when }
    }
}

/// `38.5`
fn degrees(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths.rem_euclid(10))
}

fn warm(problems: &mut Problems, name: &str, typed: &str, what: &str) -> i64 {
    problems.check(name, tenths(typed, what)).unwrap_or_default()
}

/// Tenths of `38.5`, `38` or `３８．５`.
fn tenths(typed: &str, what: &str) -> Result<i64, String> {
    let text = half_width(typed.trim());
    let wrong = || format!("{what}は「38.5」のように、小数点以下1桁までの数字で入力してください。");
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() != 1 || !is_number(whole) || !is_number(part) {
        return Err(wrong());
    }
    let number = |digits: &str| digits.parse::<i64>().map_err(|_| wrong());
    Ok(number(whole)? * 10 + number(part)?)
}

fn whole(typed: &str, what: &str) -> Result<i64, String> {
    let text = half_width(typed.trim());
    let number = text.parse::<i64>().ok().filter(|_| text.len() <= 6);
    number.ok_or_else(|| format!("{what}を数字で入力してください（必須）。"))
}

/// Today or later: what counted yesterday has counted.
fn from_on(typed: &str, today: Date) -> Result<Date, String> {
    let day = days::parse(typed).map_err(str::to_owned)?;
    if day < today {
        return Err("適用開始日は、今日以降の日にしてください。".into());
    }
    if day > today.saturating_add(Duration::days(366)) {
        return Err("適用開始日は、1年以内の日にしてください。".into());
    }
    Ok(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    const TODAY: Date = date!(2022 - 08 - 01);

    fn texts() -> Texts {
        Texts::load(std::path::Path::new("no such folder")).unwrap()
    }

    #[test]
    fn what_is_shown_is_what_is_read() {
        let standard = RuleSet::standard();
        let typed = Typed::begin(&standard, 3, TODAY);
        let again = Typed::of(typed.pairs());
        assert_eq!(again, typed);
        let read = again.read(&texts(), TODAY).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert_eq!((read.set, read.from_on), (Some(standard), TODAY));
    }

    #[test]
    fn buttons_add_move_and_remove() {
        let mut typed = Typed::begin(&RuleSet::standard(), 0, TODAY);
        let keys = |typed: &Typed| typed.rules.iter().map(|rule| rule.key.clone()).collect::<Vec<_>>();
        let before = keys(&typed);
        let mut press = |step: &str| {
            typed.step = step.to_owned();
            typed.add_kind = "spo2_at_most".into();
            typed.edit();
            keys(&typed)
        };
        assert_eq!(press("up-0"), before);
        let moved = press("down-0");
        assert_eq!((&moved[0], &moved[1]), (&before[1], &before[0]));
        assert_eq!(press("up-1"), before);
        assert_eq!(press("add").last().map(String::as_str), Some("spo2_at_most_1"));
        assert_eq!(press("add").last().map(String::as_str), Some("spo2_at_most_2"));
        let last = before.len() + 1;
        press(&format!("remove-{last}"));
        press(&format!("remove-{}", last - 1));
        assert_eq!(press("remove-999"), before);
    }

    #[test]
    fn every_wrong_field_has_its_sentence() {
        let mut typed = Typed::begin(&RuleSet::standard(), 0, TODAY);
        typed.from_on = "2022-07-31".into();
        typed.rules[1].percent = "たくさん".into();
        typed.rules[6].tenths = "99.5".into();
        typed.rules[8].tenths = "1.05".into();
        let Err(problems) = typed.read(&texts(), TODAY) else { panic!("it was read") };
        for field in ["from_on", "rules.1.percent", "rules.6.tenths", "rules.8.tenths"] {
            assert!(problems.of(field).is_some(), "{field}: {problems:?}");
        }
        assert_eq!(problems.0.len(), 4, "{problems:?}");
        assert!(problems.of("rules.6.tenths").is_some_and(|sentence| sentence.contains("34.0から43.0")));
    }

    #[test]
    fn degrees_are_read_as_people_type_them() {
        let read = |typed| tenths(typed, "体温").ok();
        assert_eq!(
            [read("38.5"), read("38"), read("３８．５"), read(" 1.0 ")],
            [Some(385), Some(380), Some(385), Some(10)]
        );
        assert_eq!([read(""), read("38.55"), read("x"), read("-1"), read("38.")], [None; 5]);
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_breaks_the_form(fields in proptest::collection::vec(("(step|base|from_on|report_by|add_kind|rules\\.[0-9]{1,4}\\.(kind|key|percent|of|days|tenths|alert))", "(up-[0-9]{1,3}|add|remove-0|spo2_at_most|symptoms_at_least|new_symptom|[0-9０-９.\\-]{0,12}|.{0,6})"), 0..24)) {
            let mut typed = Typed::of(fields);
            typed.edit();
            let _ = typed.read(&texts(), TODAY);
            let again = Typed::of(typed.pairs());
            prop_assert_eq!(again.rules.len(), typed.rules.len());
        }
    }
}
