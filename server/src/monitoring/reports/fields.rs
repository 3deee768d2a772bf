//! The fields of a report that staff enter.

use hersys_shared::symptoms::{Answer, SymptomSet};
use hersys_shared::{Problems, report};
use maud::{Markup, html};

use crate::monitoring::intake::Means;
use crate::monitoring::reports::form::{SYMPTOM, Typed};
use crate::texts::Texts;
use crate::ui::field::Field;
use crate::web::staff_asset;

/// All fields; without scripts they work the same.
pub fn fields(typed: &Typed, set: &SymptomSet, texts: &Texts, problems: &Problems) -> Markup {
    let means = Means::ALL.map(|means| (means.code(), means.label()));
    let asks_back = typed.sure || problems.of("sure").is_some();
    html! {
        input type="hidden" name="report_id" value=(typed.report_id);
        input type="hidden" name="set_version" value=(set.version);
        div.report-when {
            (Field::new("day", "いつの状態か（日付）", &typed.day, problems).required().hint("今日か、それより前の日").date().short().input())
            (Field::new("time", "時刻", &typed.time, problems).required().hint("例：14:30").short().input())
        }
        (Field::new("means", "連絡の方法", &typed.means, problems).required().radios(&means))
        div.report-when data-report-values {
            (Field::new("temperature", "体温", &typed.temperature, problems).required().hint("365と入力すると36.5になります。")
                .unit("℃").inputmode("decimal").short().input())
            (Field::new("spo2", "酸素飽和度（SpO2）", &typed.spo2, problems).hint("測っていないときは空欄").unit("％")
                .inputmode("numeric").short().input())
        }
        @if asks_back {
            (Field::new("sure", "上の値でまちがいありません", if typed.sure { "on" } else { "" }, problems).checkbox())
        }
        section.report-symptoms data-report-symptoms aria-labelledby="symptoms" {
            h2 #symptoms { "症状" }
            (Field::new("all_no", "すべて無", if typed.all_no { "on" } else { "" }, problems).checkbox())
            div.report-symptom-grid {
                @for symptom in &set.symptoms { (symptom_field(&symptom.key, &symptom.label, typed, problems)) }
            }
        }
        (signs(typed, texts, problems))
        (Field::new("note", "報告の自由記述", &typed.note, problems)
            .hint(&format!("本人や家族が話したこと。{}文字まで", report::MAX_NOTE)).textarea(3))
        script src=(staff_asset("observation.js")) defer {}
    }
}

fn symptom_field(key: &str, label: &str, typed: &Typed, problems: &Problems) -> Markup {
    let given = typed.symptoms.get(key).map_or("", String::as_str);
    let answers = Answer::ALL.map(|answer| (answer.code(), answer.label()));
    Field::new(&format!("{SYMPTOM}{key}"), label, given, problems).radios(&answers)
}

/// Behind one plain question that opens the list.
fn signs(typed: &Typed, texts: &Texts, problems: &Problems) -> Markup {
    let error = problems.of("emergency_signs");
    let mut groups: Vec<&str> = Vec::new();
    for sign in &texts.emergency_signs {
        if !groups.contains(&sign.group.as_str()) {
            groups.push(&sign.group);
        }
    }
    html! {
        details.report-signs-list #field-emergency_signs open[!typed.signs.is_empty() || error.is_some()] {
            summary { (texts.form.emergency.question) "（緊急性の高い症状）" }
            @if let Some(error) = error { p.error { span.error-mark { "エラー" } span { (error) } } }
            @for group in groups {
                fieldset.field.choices {
                    legend.label { (group) }
                    div.control {
                        @for sign in texts.emergency_signs.iter().filter(|sign| sign.group == group) {
                            label.choice {
                                input type="checkbox" name="sign" value=(sign.key) checked[typed.signs.contains(&sign.key)];
                                span { (sign.label) }
                            }
                        }
                    }
                }
            }
        }
    }
}
