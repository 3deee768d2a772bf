//! Checks of a notification in three levels (C-08): what cannot be reported so, what is asked about
//! once more, and what may stay empty.

use time::Date;

use crate::digits::half_width;
use crate::identity::{one_space, postal_code};
use crate::notification::items::{ITEMS, Item, Kind};
use crate::notification::{Content, DiagnosisType, Edition, Level};
use crate::values::Values;
use crate::{PhoneNumber, Problems, days, kana};

/// A form as it was typed: raw texts by item key. Also what a draft keeps.
pub type Typed = Values;

/// Why an item is asked about once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningKind {
    /// A legal item is empty: red frame (FORM-17).
    Empty,
    /// Two days contradict each other (FORM-16).
    Order,
    /// Something else that is probably a slip.
    Doubtful,
}

/// Something that does not keep the notification from being reported (【続ける】).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The item's key.
    pub field: &'static str,
    pub kind: WarningKind,
    /// A Japanese sentence; names the two days where they contradict.
    pub message: String,
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What could be read, in normal form. Complete only where there are no problems.
    pub content: Content,
    /// What must be mended: unreadable values, and the few items without which nothing can be routed.
    pub problems: Problems,
    pub warnings: Vec<Warning>,
}

/// Reads a form on `today`. `typed` may hold any text under any key; unknown keys are ignored.
pub fn check(typed: &Typed, edition: Edition, today: Date) -> Checked {
    let mut problems = Problems::default();
    let mut values = Values::default();
    for item in ITEMS {
        let text = typed.get(item.key).replace("\r\n", "\n").replace('\0', "");
        if text.trim().is_empty() {
            continue;
        }
        match normal(item, &text, today) {
            Ok(value) => values.set(item.key, value),
            Err(message) => problems.add(item.key, message),
        }
    }
    copy_current_location(&mut values);
    let mut warnings = Vec::new();
    for (item, level) in edition.items(&values) {
        // What could not be read has its sentence already.
        if !values.get(item.key).is_empty() || problems.of(item.key).is_some() {
            continue;
        }
        match level {
            Level::Block => problems.add(item.key, missing(item)),
            // 無 is an answer.
            Level::Warn if item.kind != Kind::Symptom && item.kind != Kind::Mark => warnings.push(Warning {
                field: item.key,
                kind: WarningKind::Empty,
                message: format!("{}が入力されていません。", item.label),
            }),
            _ => {}
        }
    }
    let content = Content { edition, values };
    warnings.extend(contradictions(&content.values, today));
    warnings.extend(doubts(&content));
    warnings.extend(long_before(&content.values));
    Checked { content, problems, warnings }
}

/// One value in its normal form, or the sentence beside its field.
fn normal(item: &Item, text: &str, today: Date) -> Result<String, String> {
    let text = text.trim();
    let at_most = |longest: usize, text: String| {
        if text.chars().count() > longest {
            Err(format!("{longest}文字までで入力してください。"))
        } else {
            Ok(text)
        }
    };
    match item.kind {
        Kind::Text(longest) => at_most(longest, kana::widened(&text.replace('\n', " "))),
        Kind::LongText(longest) => at_most(longest, kana::widened(text)),
        Kind::Name => at_most(80, one_space(&kana::widened(text))),
        Kind::Kana => Ok(kana::check_furigana(text)?),
        Kind::Date | Kind::AnyDate => Ok(days::iso(days::parse(text)?)),
        Kind::BirthDate => Ok(days::iso(days::parse_birth_date(text, today)?)),
        Kind::Phone => Ok(PhoneNumber::parse(text)?.as_str().to_owned()),
        Kind::PostalCode => Ok(postal_code(text)?),
        Kind::Number(least, most) => half_width(text)
            .trim()
            .parse::<u32>()
            .ok()
            .filter(|number| (least..=most).contains(number))
            .map(|number| number.to_string())
            .ok_or_else(|| format!("{least}から{most}までの数字で入力してください。")),
        Kind::Choice(choices) => choices
            .iter()
            // Files name a choice by its words.
            .find(|(code, words)| *code == text || *words == text)
            .map(|(code, _)| (*code).to_owned())
            .ok_or_else(|| {
                let words: Vec<&str> = choices.iter().map(|(_, words)| *words).collect();
                if words.len() <= 6 {
                    format!("選択肢から選んでください（{}）。", words.join("、"))
                } else {
                    "選択肢から選んでください。".to_owned()
                }
            }),
        Kind::Symptom | Kind::Mark => match text {
            "yes" | "有" | "1" | "該当" | "on" => Ok("yes".to_owned()),
            // 無 is what every symptom is unless said otherwise (FORM-14).
            "no" | "無" | "0" => Ok(String::new()),
            _ => Err("有か無で入力してください。".to_owned()),
        },
        Kind::Center => {
            uuid::Uuid::parse_str(text).map(|id| id.to_string()).map_err(|_| "保健所を選んでください。".to_owned())
        }
    }
}

/// 【当該者所在地と同様】 (FORM-13)
fn copy_current_location(values: &mut Values) {
    if !values.is_yes("registered_is_current") {
        return;
    }
    for (from, to) in [("current_postal_code", "registered_postal_code"), ("current_address", "registered_address")] {
        // Nothing is copied over what was typed.
        let value = values.get(from).to_owned();
        if !value.is_empty() {
            values.set(to, value);
        }
    }
}

fn missing(item: &Item) -> String {
    match item.kind {
        Kind::Choice(_) | Kind::Center => format!("{}を選んでください（必須）。", item.label),
        _ => format!("{}を入力してください（必須）。", item.label),
    }
}

/// Pairs of days of which the first is never after the second.
const ORDER: &[(&str, &str)] = &[
    ("infected_on", "onset_on"),
    ("onset_on", "diagnosed_on"),
    ("onset_on", "reported_on"),
    ("onset_on", "died_on"),
    ("first_visit_on", "diagnosed_on"),
    ("first_visit_on", "reported_on"),
    ("infected_on", "diagnosed_on"),
    ("diagnosed_on", "reported_on"),
    ("died_on", "reported_on"),
    ("departed_on", "entered_on"),
    ("entered_on", "reported_on"),
    ("vaccine1_on", "vaccine2_on"),
    ("vaccine2_on", "vaccine3_on"),
    ("vaccine3_on", "vaccine4_on"),
    ("test1_collected_on", "diagnosed_on"),
    ("test1_collected_on", "reported_on"),
    ("test2_collected_on", "reported_on"),
    ("test3_collected_on", "reported_on"),
    ("test4_collected_on", "reported_on"),
];

/// Days that clearly contradict each other, each pair with both days named.
fn contradictions(values: &Values, today: Date) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut pair = |earlier: &str, later: &str| {
        let (Some(first), Some(second)) = (days_of(values, earlier), days_of(values, later)) else { return };
        if first.1 > second.1 {
            warnings.push(Warning {
                field: first.0.key,
                kind: WarningKind::Order,
                message: format!(
                    "{}（{}）が{}（{}）より後になっています。",
                    first.0.label,
                    days::japanese(first.1),
                    second.0.label,
                    days::japanese(second.1)
                ),
            });
        }
    };
    for (earlier, later) in ORDER {
        pair(earlier, later);
    }
    for item in ITEMS.iter().filter(|item| matches!(item.kind, Kind::Date | Kind::AnyDate)) {
        pair("birth_on", item.key);
    }
    for item in ITEMS.iter().filter(|item| item.kind == Kind::Date) {
        if let Some(day) = values.date(item.key).filter(|day| *day > today) {
            warnings.push(Warning {
                field: item.key,
                kind: WarningKind::Order,
                message: format!(
                    "{}（{}）が今日（{}）より後になっています。",
                    item.label,
                    days::japanese(day),
                    days::japanese(today)
                ),
            });
        }
    }
    warnings
}

/// Days that lie close together in an illness: further apart the year is probably a slip.
const CLOSE: &[(&str, &str)] = &[
    ("onset_on", "diagnosed_on"),
    ("infected_on", "diagnosed_on"),
    ("first_visit_on", "diagnosed_on"),
    ("test1_collected_on", "diagnosed_on"),
    ("died_on", "reported_on"),
    ("diagnosed_on", "reported_on"),
];

fn long_before(values: &Values) -> Vec<Warning> {
    /// Half a year.
    const LONG: i64 = 183;
    CLOSE
        .iter()
        .filter_map(|(earlier, later)| Some((days_of(values, earlier)?, days_of(values, later)?)))
        .filter(|((_, first), (_, second))| (*second - *first).whole_days() >= LONG)
        .map(|((item, first), (other, second))| Warning {
            field: item.key,
            kind: WarningKind::Doubtful,
            message: format!(
                "{}（{}）が{}（{}）の半年以上前になっています。年を確かめてください。",
                item.label,
                days::japanese(first),
                other.label,
                days::japanese(second)
            ),
        })
        .collect()
}

fn days_of(values: &Values, key: &str) -> Option<(&'static Item, Date)> {
    Some((super::items::find(key)?, values.date(key)?))
}

/// What makes a diagnosis without a test of a test whose result is その他.
const CLINICAL: &str = "検査をせずに診断した場合（みなし陽性）は、検体も「その他」、検体採取日は診断年月日と同じ日にし、自由記述欄に「臨床診断」と書いてください。";

/// What is probably a slip.
fn doubts(content: &Content) -> Vec<Warning> {
    let values = &content.values;
    let mut warnings = Vec::new();
    let mut doubt = |field, message: &str| {
        warnings.push(Warning { field, kind: WarningKind::Doubtful, message: message.to_owned() });
    };
    let has_symptom = values.iter().any(|(key, value)| key.starts_with("symptom_") && value == "yes");
    if has_symptom && content.diagnosis_type() == Some(DiagnosisType::Asymptomatic) {
        doubt("diagnosis_type", "診断分類が無症状病原体保有者ですが、症状に「有」があります。");
    }
    let has_factor = values.iter().any(|(key, value)| key.starts_with("risk_") && value == "yes");
    if has_factor && values.get("risk") == "no" {
        doubt("risk", "リスク因子が「無」ですが、該当する疾病等が選ばれています。");
    }
    if values.get("admitted") == "no" && !(values.get("admitted_on").is_empty() && values.get("hospital").is_empty()) {
        doubt("admitted", "入院が「無」ですが、入院年月日か入院先が入力されています。");
    }
    if !values.get("died_on").is_empty() && !content.diagnosis_type().is_some_and(DiagnosisType::is_death) {
        doubt("died_on", "死亡年月日が入力されていますが、診断分類が死体の類型ではありません。");
    }
    // FORM-31: the pattern of a diagnosis without a test was begun.
    let is_begun = ["test1_method", "test1_result"].iter().all(|key| values.get(key) == "other");
    if is_begun && content.names_no_test() && !content.is_clinical_diagnosis() {
        doubt("remarks", CLINICAL);
    }
    let tests = (1..=super::items::TESTS).map(|n| values.get(&format!("test{n}_result")));
    let confirmed = matches!(content.diagnosis_type(), Some(DiagnosisType::Confirmed | DiagnosisType::Asymptomatic));
    let results: Vec<&str> = tests.filter(|result| !result.is_empty()).collect();
    if confirmed && !results.is_empty() && results.iter().all(|result| *result == "negative") {
        doubt("test1_result", "検査の結果がすべて陰性ですが、診断分類は確定例です。");
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    const TODAY: Date = date!(2022 - 08 - 10);
    const CENTER: &str = "00000000-0000-0000-0000-0000000003e9";

    fn typed(values: &[(&str, &str)]) -> Typed {
        let least = [
            ("diagnosis_type", "confirmed"),
            ("diagnosed_on", "2022-08-09"),
            ("name", "山田 太郎"),
            ("receiving_center", CENTER),
        ];
        least.into_iter().chain(values.iter().copied()).collect()
    }

    #[test]
    fn c_08_four_items_block_and_the_others_are_asked_about() {
        let empty = check(&Typed::default(), Edition::Full, TODAY);
        let mut fields: Vec<&str> = empty.problems.0.iter().map(|problem| problem.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["diagnosed_on", "diagnosis_type", "name", "receiving_center"]);
        let least = check(&typed(&[]), Edition::Full, TODAY);
        assert!(least.problems.is_empty());
        assert!(least.warnings.iter().any(|warning| warning.field == "doctor_name"));
    }

    #[test]
    fn form_16_contradicting_days_are_named() {
        let checked = check(&typed(&[("onset_on", "令和4年8月10日"), ("birth_on", "S55.1.2")]), Edition::Full, TODAY);
        let order = checked.warnings.iter().find(|warning| warning.kind == WarningKind::Order).unwrap();
        assert_eq!(order.message, "発病年月日（2022年08月10日）が診断年月日（2022年08月09日）より後になっています。");
        let future = check(&typed(&[("first_visit_on", "2022-08-11")]), Edition::Full, TODAY);
        assert!(future.warnings.iter().any(|warning| warning.message.contains("今日（2022年08月10日）")));
    }

    #[test]
    fn form_15_days_half_a_year_apart_are_asked_about() {
        let asks = |onset: &str| {
            let checked = check(&typed(&[("onset_on", onset)]), Edition::Full, TODAY);
            checked.warnings.into_iter().find(|warning| warning.field == "onset_on").map(|warning| warning.message)
        };
        let sentence = "発病年月日（2021年08月09日）が診断年月日（2022年08月09日）の半年以上前になっています。年を確かめてください。";
        assert_eq!(asks("2021-08-09").as_deref(), Some(sentence));
        assert_eq!(asks("2022-07-20"), None);
    }

    #[test]
    fn form_31_a_pattern_that_is_short_of_something_is_asked_about() {
        let begun = [("diagnosis_type", "suspected"), ("test1_method", "other"), ("test1_result", "other")];
        let asks = |more: &[(&str, &str)]| {
            let typed: Typed = typed(&begun).iter().chain(more.iter().copied()).collect();
            check(&typed, Edition::Full, TODAY).warnings.iter().any(|warning| warning.message == CLINICAL)
        };
        assert!(asks(&[]) && asks(&[("remarks", "臨床診断")]));
        let rest = [("test1_specimen", "other"), ("test1_collected_on", "R4.8.9"), ("remarks", "臨床診断")];
        assert!(!asks(&rest));
        assert!(!asks(&[("test1_method", "pcr")]));
    }

    #[test]
    fn form_13_the_current_location_is_copied() {
        let checked = check(
            &typed(&[
                ("current_postal_code", "〒330-0061"),
                ("current_address", "埼玉県"),
                ("registered_is_current", "yes"),
            ]),
            Edition::Full,
            TODAY,
        );
        assert_eq!(checked.content.values.get("registered_address"), "埼玉県");
        assert_eq!(checked.content.values.get("registered_postal_code"), "3300061");
    }

    #[test]
    fn form_14_symptoms_are_absent_unless_said_otherwise() {
        let checked = check(&typed(&[("symptom_fever", "yes"), ("symptom_cough", "no")]), Edition::Full, TODAY);
        assert!(checked.content.values.is_yes("symptom_fever"));
        assert_eq!(checked.content.values.get("symptom_cough"), "");
        assert!(!checked.warnings.iter().any(|warning| warning.field.starts_with("symptom_")));
    }

    fn any_value(item: &'static Item) -> BoxedStrategy<String> {
        match item.kind {
            Kind::Text(_) | Kind::Name => "[ぁ-ん一-龠A-Za-z0-9]{0,20}".boxed(),
            Kind::LongText(_) => "[ぁ-ん一-龠\n]{0,40}".boxed(),
            Kind::Kana => "[ァ-ヴ]{0,20}".boxed(),
            Kind::Date | Kind::AnyDate | Kind::BirthDate => (0i64..900)
                .prop_map(|days| crate::days::in_era(date!(2020 - 01 - 01) + time::Duration::days(days)))
                .boxed(),
            Kind::Phone => "0[1-9]0-[0-9]{4}-[0-9]{4}".boxed(),
            Kind::PostalCode => "[0-9]{3}-[0-9]{4}".boxed(),
            Kind::Number(least, most) => (least..=most).prop_map(|n| n.to_string()).boxed(),
            Kind::Choice(choices) => proptest::sample::select(choices).prop_map(|(code, _)| code.to_owned()).boxed(),
            Kind::Symptom | Kind::Mark => proptest::sample::select(&["yes", ""][..]).prop_map(str::to_owned).boxed(),
            Kind::Center => Just(CENTER.to_owned()).boxed(),
        }
    }

    fn any_form() -> impl Strategy<Value = Typed> {
        ITEMS
            .iter()
            .map(|item| any_value(item).prop_map(|value| (item.key, value)))
            .collect::<Vec<_>>()
            .prop_map(|items| items.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn form_09_any_content_survives_editions_confirmation_and_versions(form in any_form()) {
            let first = check(&form, Edition::Full, TODAY);
            prop_assert!(first.problems.of("remarks").is_none());
            for edition in Edition::ALL {
                // Confirming carries the normal form; re-editing checks it again.
                let again = check(&first.content.values, edition, TODAY);
                prop_assert_eq!(&again.content.values, &first.content.values);
                let shown: Vec<&str> = edition.items(&again.content.values).map(|(item, _)| item.key).collect();
                for (key, _) in again.content.values.iter() {
                    prop_assert!(shown.contains(&key), "{} is out of sight", key);
                }
            }
            let stored = serde_json::to_value(&first.content).unwrap();
            prop_assert_eq!(serde_json::from_value::<Content>(stored).unwrap(), first.content);
        }

        #[test]
        fn checking_never_panics(text in "\\PC{0,40}") {
            let form: Typed = ITEMS.iter().map(|item| (item.key, text.clone())).collect();
            for edition in Edition::ALL {
                let _ = check(&form, edition, TODAY);
            }
        }
    }
}
