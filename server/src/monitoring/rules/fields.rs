//! The form of rules in HTML: plain fields and buttons, each rule with the few fields of its kind.

use hersys_shared::Problems;
use hersys_shared::symptoms::CaseKind;
use hersys_shared::triage::{Alert, Kind};
use maud::{Markup, html};

use crate::monitoring::rules::form::{LONGEST_NOTE, MOST_DAYS, Typed, TypedRule};
use crate::monitoring::rules::words;
use crate::texts::Texts;
use crate::ui::Field;

/// From-date, why, and the hour of silence.
pub fn head(typed: &Typed, problems: &Problems) -> Markup {
    let hours: Vec<(String, String)> = (6..=22).map(|hour| (hour.to_string(), format!("{hour}時"))).collect();
    html! {
        (Field::new("from_on", "適用開始日", &typed.from_on, problems).required().short().date()
            .hint("今日以降の日。今日にすると、保存してすぐに使われます。").input())
        (Field::new("note", "変更の理由", &typed.note, problems)
            .hint("履歴に残ります。個人の情報は書かないでください。").maxlength(u32::try_from(LONGEST_NOTE).unwrap_or(u32::MAX)).input())
        @if !typed.follows() {
            (Field::new("report_by", "未報告とする時刻", &typed.report_by, problems).required()
                .hint("この時刻までにその日の報告がない方を「未報告」に並べます。").select(&hours))
        }
    }
}

/// All rules with their buttons, and the way to a further one.
pub fn rules(typed: &Typed, problems: &Problems, texts: &Texts) -> Markup {
    let last = typed.rules.len().saturating_sub(1);
    html! {
        h2 #field-rules tabindex="-1" { "基準" }
        @if let Some(sentence) = problems.of("rules") { p.error { span.error-mark { "エラー" } span { (sentence) } } }
        ol.rules-edit {
            @for (at, one) in typed.rules.iter().enumerate() {
                li {
                    fieldset.rules-one {
                        legend { (at + 1) ". " (one.kind().label()) }
                        (rule(at, one, problems, texts))
                        div.rules-buttons {
                            @if at > 0 { (step("up", at, "上へ")) }
                            @if at < last { (step("down", at, "下へ")) }
                            (step("remove", at, "外す"))
                        }
                    }
                }
            }
        }
        div.rules-add {
            div.field {
                label.label for="field-add_kind" { "基準を加える" }
                div.control {
                    select #field-add_kind name="add_kind" autocomplete="off" {
                        @for kind in Kind::ALL { option value=(kind.code()) selected[kind.code() == typed.add_kind] { (kind.label()) } }
                    }
                    button.button name="step" value="add" { "加える" }
                }
            }
        }
    }
}

fn step(verb: &str, at: usize, label: &str) -> Markup {
    html! {
        button.button.small.quiet name="step" value=(format!("{verb}-{at}")) aria-label=(format!("{}番目の基準を{label}", at + 1)) { (label) }
    }
}

fn rule(at: usize, rule: &TypedRule, problems: &Problems, texts: &Texts) -> Markup {
    let name = |field: &str| format!("rules.{at}.{field}");
    let number = |field: &str, label: &str, value: &str, unit: &str, mode: &str| {
        Field::new(&name(field), label, value, problems).required().short().unit(unit).inputmode(mode).input()
    };
    let kind = rule.kind();
    html! {
        input type="hidden" name=(name("key")) value=(rule.key);
        input type="hidden" name=(name("kind")) value=(kind.code());
        @if let Some(sentence) = problems.of(&name("key")) { p.error id={ "field-" (name("key")) } { span.error-mark { "エラー" } span { (sentence) } } }
        div.rules-fields {
            (Field::new(&name("alert"), "段階", &rule.alert, problems).required().select(&alerts()))
            @match kind {
                Kind::EmergencySign => {}
                Kind::Spo2AtMost => { (number("percent", "SpO2", &rule.percent, "％以下", "numeric")) }
                Kind::Spo2Fall => {
                    (number("points", "下がり幅", &rule.points, "ポイント以上", "numeric"))
                    (number("hours", "何時間以内の最高から", &rule.hours, "時間以内", "numeric"))
                }
                Kind::TemperatureAtLeast => { (number("tenths", "体温", &rule.tenths, "℃以上", "decimal")) }
                Kind::TemperatureLasting => {
                    (number("tenths", "体温", &rule.tenths, "℃以上", "decimal"))
                    (number("days", "続いた日数", &rule.days, "日", "numeric"))
                }
                Kind::TemperatureRise => {
                    (number("tenths", "上がり幅", &rule.tenths, "℃以上", "decimal"))
                    (number("days", "何日以内の最低から", &rule.days, "日以内", "numeric"))
                }
                Kind::SymptomsAtLeast => { (number("count", "いくつ以上", &rule.count, "つ以上", "numeric")) }
                Kind::NewSymptom => { (number("days", "何日以内になかった", &rule.days, "日以内", "numeric")) }
            }
            (Field::new(&name("only"), "対象", &rule.only, problems).select(&people()))
        }
        @match kind {
            Kind::SymptomsAtLeast => (symptoms(&name("of"), rule, problems, texts, "次の症状のうち")),
            Kind::NewSymptom => (symptoms(&name("of"), rule, problems, texts, "次の症状（選ばなければ、すべての症状）")),
            _ => {}
        }
    }
}

fn symptoms(name: &str, rule: &TypedRule, problems: &Problems, texts: &Texts, legend: &str) -> Markup {
    let error = problems.of(name);
    html! {
        fieldset.field.choices.rules-symptoms .wrong[error.is_some()] {
            legend.label { (legend) }
            div.control {
                @for (index, (key, label)) in words::symptoms(texts).into_iter().enumerate() {
                    label.choice {
                        input type="checkbox" name=(name) value=(key) checked[rule.of.iter().any(|of| of == key)]
                            id=[(index == 0).then(|| format!("field-{name}"))];
                        span { (label) }
                    }
                }
            }
            @if let Some(error) = error { p.error { span.error-mark { "エラー" } span { (error) } } }
        }
    }
}

/// How many days a trial looks back.
pub fn trial_days(typed: &Typed) -> Markup {
    let chosen = typed.trial_days();
    html! {
        label.rules-days {
            "過去"
            select name="trial_days" autocomplete="off" {
                @for days in 1..=MOST_DAYS { option value=(days) selected[days == chosen] { (days) } }
            }
            "日間の報告で"
        }
    }
}

fn alerts() -> Vec<(String, String)> {
    Alert::ALL.into_iter().rev().map(|alert| (alert.code().to_owned(), alert.label().to_owned())).collect()
}

fn people() -> Vec<(String, String)> {
    let kinds = [CaseKind::Patient, CaseKind::Contact];
    let everybody = [(String::new(), "全員".to_owned())];
    let only = kinds.into_iter().map(|kind| (kind.code().to_owned(), format!("{}のみ", kind.label())));
    everybody.into_iter().chain(only).collect()
}
