//! Rules in words.

use hersys_shared::triage::{Alert, Difference, Rule, RuleSet, differences};
use maud::{Markup, html};

use crate::texts::Texts;
use crate::ui::table::{Column, dense};

/// The label of a symptom.
pub fn symptom(texts: &Texts, key: &str) -> String {
    let mut all = texts.symptom_sets.iter().flat_map(|set| &set.symptoms);
    all.find(|symptom| symptom.key == key).map_or_else(|| key.to_owned(), |found| found.label.clone())
}

/// Every symptom that may be asked for, each once.
pub fn symptoms(texts: &Texts) -> Vec<(&str, &str)> {
    let mut all: Vec<(&str, &str)> = Vec::new();
    for symptom in texts.symptom_sets.iter().flat_map(|set| &set.symptoms) {
        if all.iter().all(|(key, _)| *key != symptom.key) {
            all.push((&symptom.key, &symptom.label));
        }
    }
    all
}

pub fn alert(alert: Option<Alert>) -> Markup {
    match alert {
        Some(alert) => {
            // The colours of the board's queues.
            let class = match alert {
                Alert::Emergency => "emergency",
                Alert::Worse => "worse",
                Alert::NewSymptom => "new_symptom",
            };
            html! { span.mark.board-queue .(class) { (alert.label()) } }
        }
        None => html! { span.board-never { "該当なし" } },
    }
}

/// All rules of a version.
pub fn table(set: &RuleSet, texts: &Texts) -> Markup {
    let rows = set.rules.iter().map(|rule| {
        html! {
            tr {
                td { (alert(Some(rule.alert))) }
                td.wrap { (rule.sentence(|key| symptom(texts, key))) }
                td { (rule.only.map_or("全員", |only| only.label())) }
            }
        }
    });
    html! {
        (dense("判定基準の一覧", &["段階", "基準", "対象"].map(Column::new), rows))
        p { "その日の報告が " strong { (set.report_by) "時" } " までにない方を「未報告」とします。" }
    }
}

/// What one version changes against another.
pub fn changes(before: &RuleSet, after: &RuleSet, texts: &Texts) -> Markup {
    let found = differences(before, after);
    let say = |rule: &Rule| rule.whole_sentence(|key| symptom(texts, key));
    html! {
        @if found.is_empty() {
            p { "内容は同じです。" }
        } @else {
            ul.rules-changes {
                @for change in &found {
                    @match change {
                        Difference::ReportBy { before, after } => {
                            li { b { "変更" } " 未報告とする時刻：" (before) "時 → " (after) "時" }
                        }
                        Difference::Added(rule) => { li { b { "追加" } " " (say(rule)) } }
                        Difference::Removed(rule) => { li { b { "削除" } " " del { (say(rule)) } } }
                        Difference::Changed { before, after } => {
                            li { b { "変更" } " " del { (say(before)) } " → " (say(after)) }
                        }
                        Difference::Reordered => { li { b { "変更" } " 基準の並び順（表示の順番だけです）" } }
                    }
                }
            }
        }
    }
}
