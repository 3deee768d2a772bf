//! The editions of the form: what each asks, and how firmly (C-08; public facts §2.4).

use time::Date;
use time::macros::date;

use crate::age::Age;
use crate::days;
use crate::notification::DiagnosisType;
use crate::notification::items::{ITEMS, Item, Section};
use crate::values::Values;

/// One definition of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edition {
    /// 2020年: every item.
    Full,
    /// 2022年6月30日: without occupation, route, detailed symptoms, makers of vaccines.
    Short,
    /// 2022年7月22日: seven items, for people at low risk.
    Seven,
}

/// How firmly an item is asked for (C-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not part of this edition, or of this type of diagnosis.
    Absent,
    /// May stay empty without a word.
    Optional,
    /// Empty: red frame and the question whether to go on (FORM-17).
    Warn,
    /// Cannot be reported without it.
    Block,
}

const SEVEN: [&str; 15] = [
    "reported_on",
    "receiving_center",
    "doctor_name",
    "institution_name",
    "institution_address",
    "institution_phone",
    "diagnosis_type",
    "kana",
    "name",
    "sex",
    "birth_on",
    "registered_postal_code",
    "registered_address",
    "phone",
    "url_notice",
];

/// The days from which the shorter editions are in force.
const SHORT_FROM: Date = date!(2022 - 06 - 30);
const SEVEN_FROM: Date = date!(2022 - 07 - 22);

impl Edition {
    pub const ALL: [Self; 3] = [Self::Full, Self::Short, Self::Seven];

    pub fn code(self) -> &'static str {
        match self {
            Self::Full => "2020",
            Self::Short => "2022-06",
            Self::Seven => "2022-07",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Full => "全項目（2020年様式）",
            Self::Short => "簡略（2022年6月様式）",
            Self::Seven => "7項目（2022年7月様式）",
        }
    }

    /// The edition that the rules provide for a notification of `day`: what the person's risk is,
    /// is read from what is known so far. Unknown risk is no low risk.
    pub fn by_rule(day: Date, values: &Values) -> Self {
        if day < SHORT_FROM {
            Self::Full
        } else if day >= SEVEN_FROM && is_low_risk(day, values) {
            Self::Seven
        } else {
            Self::Short
        }
    }

    /// Why the rules provide the edition of [`Edition::by_rule`]: a sentence for the writer.
    pub fn reason(day: Date, values: &Values) -> String {
        match Self::by_rule(day, values) {
            Self::Full => format!("{}より前の届出に使う様式です。", days::japanese(SHORT_FROM)),
            Self::Short if day < SEVEN_FROM => {
                format!(
                    "{}から{}より前までの届出に使う様式です。",
                    days::japanese(SHORT_FROM),
                    days::japanese(SEVEN_FROM)
                )
            }
            Self::Short => format!(
                "7項目の様式は、65歳未満で、リスク因子がなく、入院などの必要がない方に使います（この方：{}）。",
                no_low_risk(day, values).join("、")
            ),
            Self::Seven => "65歳未満で、リスク因子がなく、入院などの必要がない方に使う様式です。".to_owned(),
        }
    }

    /// How firmly `item` is asked for, given what is known of the person.
    pub fn level(self, item: &Item, values: &Values) -> Level {
        let diagnosis = DiagnosisType::from_code(values.get("diagnosis_type"));
        if !self.has(item.key) {
            return Level::Absent;
        }
        let when = |asked: bool| if asked { Level::Warn } else { Level::Optional };
        let died = diagnosis.is_some_and(DiagnosisType::is_death);
        match item.key {
            "diagnosis_type" | "name" | "receiving_center" | "diagnosed_on" => Level::Block,
            // 9, 10: only of minors.
            "guardian_name" | "guardian_address" => when(is_minor(values)),
            "guardian_phone" => Level::Optional,
            "died_on" if !died => Level::Absent,
            // 16: somebody without symptoms has no onset; 15: only of them.
            "onset_on" => when(!matches!(diagnosis, Some(DiagnosisType::Asymptomatic))),
            "infected_on" => when(matches!(diagnosis, Some(DiagnosisType::Asymptomatic))),
            "symptom_other_text" => when(values.is_yes("symptom_other")),
            "test1_method" | "test1_specimen" | "test1_collected_on" | "test1_result" => Level::Warn,
            key if key.starts_with("test") => self.test_level(key, values),
            "route_certainty" | "route" | "area_certainty" | "area" => Level::Warn,
            "area_prefecture" | "area_facility" => when(values.get("area") == "domestic"),
            "area_country" | "departed_on" | "entered_on" => when(values.get("area") == "abroad"),
            "vaccinated" | "risk" => Level::Warn,
            "vaccine_doses" => when(values.is_yes("vaccinated")),
            key if key.starts_with("vaccine") => self.dose_level(key, values),
            "risk_other_text" => when(values.is_yes("risk_other")),
            // Of a body nobody asks how ill it is.
            "severity" | "needs_admission" | "treatment_needed" | "oxygen_needed" | "admitted" if died => Level::Absent,
            "severity" => when(!matches!(diagnosis, Some(DiagnosisType::Asymptomatic))),
            "needs_admission" | "admitted" => Level::Warn,
            "treatment_needed" | "oxygen_needed" => Level::Optional,
            "admitted_on" | "hospital" => when(values.is_yes("admitted")),
            "current_phone"
            | "remarks"
            | "url_notice"
            | "registered_is_current"
            | "route_text"
            | "area_city"
            | "area_place"
            | "area_detail" => Level::Optional,
            key if key.starts_with("symptom_") || key.starts_with("risk_") => Level::Optional,
            _ => Level::Warn,
        }
    }

    /// The items of this edition in reading order, for what is known of the person. What was filled in
    /// before another edition or type was chosen stays in sight, so that nothing is filed unseen or lost.
    pub fn items(self, values: &Values) -> impl Iterator<Item = (&'static Item, Level)> {
        ITEMS.iter().filter_map(move |item| match self.level(item, values) {
            Level::Absent if values.get(item.key).is_empty() => None,
            Level::Absent => Some((item, Level::Optional)),
            level => Some((item, level)),
        })
    }

    /// Whether this edition has an item, whatever the type of diagnosis.
    pub fn has(self, key: &str) -> bool {
        let section = crate::notification::items::find(key).map(|item| item.section);
        match self {
            Self::Full => true,
            Self::Short => {
                !matches!(section, Some(Section::Infection | Section::Symptoms))
                    && key != "occupation"
                    && !key.ends_with("_maker")
            }
            Self::Seven => SEVEN.contains(&key),
        }
    }

    /// The further tests are asked for once one of their items is filled in.
    fn test_level(self, key: &str, values: &Values) -> Level {
        let (test, part) = key.split_at(5);
        let begun = values.iter().any(|(other, _)| other.starts_with(test));
        match part {
            "_method_text" => when_other(values.get(&format!("{test}_method"))),
            "_specimen_text" => when_other(values.get(&format!("{test}_specimen"))),
            _ if begun => Level::Warn,
            _ => Level::Optional,
        }
    }

    /// A dose's day and kind are asked for as far as the number of doses goes.
    fn dose_level(self, key: &str, values: &Values) -> Level {
        let dose: u32 = key["vaccine".len()..].chars().next().and_then(|c| c.to_digit(10)).unwrap_or(0);
        let given: u32 = values.get("vaccine_doses").parse().unwrap_or(0);
        if dose <= given && key.ends_with("_on") { Level::Warn } else { Level::Optional }
    }
}

fn when_other(code: &str) -> Level {
    // FORM-31: 検査方法=その他 without words is the way in which a clinical diagnosis is entered.
    if code == "other" { Level::Optional } else { Level::Absent }
}

/// Whether the person was no adult on the day of the diagnosis (民法4条: 18 since 2022-04-01, 20 before).
pub fn is_minor(values: &Values) -> bool {
    let day = values.date("diagnosed_on").or(values.date("reported_on"));
    let (Some(day), Some(birth)) = (day, values.date("birth_on")) else {
        return false;
    };
    let adult = if day < date!(2022 - 04 - 01) { 20 } else { 18 };
    Age::on(day, birth).is_some_and(|age| age.years < adult)
}

/// Low risk: younger than 65, no risk factor, no need of hospital, medicine or oxygen (public facts §9).
fn is_low_risk(day: Date, values: &Values) -> bool {
    no_low_risk(day, values).is_empty()
}

/// What speaks against a low risk, or is not known.
fn no_low_risk(day: Date, values: &Values) -> Vec<&'static str> {
    let age = values.date("birth_on").and_then(|birth| Age::on(day, birth));
    let has_factor = values.iter().any(|(key, value)| key.starts_with("risk_") && value == "yes");
    let needs = ["needs_admission", "admitted", "treatment_needed", "oxygen_needed"];
    let died = DiagnosisType::from_code(values.get("diagnosis_type")).is_some_and(DiagnosisType::is_death);
    [
        (age.is_none(), "生年月日が未入力"),
        (age.is_some_and(|age| age.years >= 65), "65歳以上"),
        (has_factor || values.is_yes("risk"), "リスク因子あり"),
        (!has_factor && !["yes", "no"].contains(&values.get("risk")), "リスク因子の有無が未入力か不明"),
        (needs.iter().any(|key| values.is_yes(key)), "入院、治療薬または酸素投与が必要"),
        (died, "死体の検案"),
    ]
    .into_iter()
    .filter_map(|(applies, words)| applies.then_some(words))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[(&str, &str)]) -> Values {
        values.iter().copied().collect()
    }

    #[test]
    fn form_05_the_edition_follows_from_day_and_risk() {
        let young = of(&[("birth_on", "1990-01-01"), ("risk", "no")]);
        let old = of(&[("birth_on", "1940-01-01"), ("risk", "no")]);
        assert_eq!(Edition::by_rule(date!(2021 - 01 - 01), &young), Edition::Full);
        assert_eq!(Edition::by_rule(date!(2022 - 06 - 30), &young), Edition::Short);
        assert_eq!(Edition::by_rule(date!(2022 - 07 - 22), &young), Edition::Seven);
        assert_eq!(Edition::by_rule(date!(2022 - 07 - 22), &old), Edition::Short);
        assert_eq!(Edition::by_rule(date!(2022 - 07 - 22), &Values::default()), Edition::Short);
        let why = Edition::reason(date!(2022 - 07 - 22), &of(&[("birth_on", "1940-01-01"), ("risk_diabetes", "yes")]));
        assert!(why.ends_with("（この方：65歳以上、リスク因子あり）。"), "{why}");
        assert!(Edition::reason(date!(2021 - 01 - 01), &young).starts_with("2022年06月30日より前"));
    }

    #[test]
    fn form_17_what_does_not_apply_is_not_asked_for() {
        let level = |key, values: &[(&str, &str)]| {
            Edition::Full.level(crate::notification::items::find(key).unwrap(), &of(values))
        };
        assert_eq!(level("died_on", &[("diagnosis_type", "confirmed")]), Level::Absent);
        assert_eq!(level("died_on", &[("diagnosis_type", "died")]), Level::Warn);
        assert_eq!(level("onset_on", &[("diagnosis_type", "asymptomatic")]), Level::Optional);
        assert_eq!(level("departed_on", &[("area", "domestic")]), Level::Optional);
        assert_eq!(level("guardian_name", &[("birth_on", "2010-01-01"), ("reported_on", "2022-08-01")]), Level::Warn);
        assert_eq!(
            level("guardian_name", &[("birth_on", "2004-01-01"), ("reported_on", "2022-08-01")]),
            Level::Optional
        );
        assert_eq!(level("test2_result", &[("test2_method", "pcr")]), Level::Warn);
        assert_eq!(level("test2_result", &[]), Level::Optional);
    }

    #[test]
    fn each_edition_asks_less_than_the_one_before() {
        let values = Values::default();
        let count = |edition: Edition| edition.items(&values).count();
        assert!(count(Edition::Full) > count(Edition::Short) && count(Edition::Short) > count(Edition::Seven));
    }
}
