//! Rows 11–17: symptoms, tests, and the days.

use hersys_shared::notification::items::{ITEMS, Kind, METHOD, RESULT, SPECIMEN, Section, TESTS};
use maud::{Markup, html};

use super::{Fill, Paper, row};

/// The items of one test.
const TEST_KEYS: [[&str; 6]; TESTS] = [
    [
        "test1_method",
        "test1_method_text",
        "test1_specimen",
        "test1_specimen_text",
        "test1_collected_on",
        "test1_result",
    ],
    [
        "test2_method",
        "test2_method_text",
        "test2_specimen",
        "test2_specimen_text",
        "test2_collected_on",
        "test2_result",
    ],
    [
        "test3_method",
        "test3_method_text",
        "test3_specimen",
        "test3_specimen_text",
        "test3_collected_on",
        "test3_result",
    ],
    [
        "test4_method",
        "test4_method_text",
        "test4_specimen",
        "test4_specimen_text",
        "test4_collected_on",
        "test4_result",
    ],
];

impl Paper<'_> {
    pub(super) fn illness(&self) -> Markup {
        html! {
            (self.symptoms())
            (self.tests())
            (self.days())
        }
    }

    fn symptoms(&self) -> Markup {
        let symptoms: Vec<_> = ITEMS.iter().filter(|item| item.kind == Kind::Symptom && self.has(item.key)).collect();
        if symptoms.is_empty() && !self.has("symptom_other_text") {
            return html! {};
        }
        let is_written = !self.values.get("symptom_other_text").is_empty();
        let none = !is_written && !symptoms.iter().any(|item| self.values.is_yes(item.key));
        row(
            "11",
            "症状",
            "st-symptoms",
            html! {
                div.st-marks {
                    @for item in symptoms { (self.mark(item.key, item.label)) }
                    // Nobody types it: it follows from the others.
                    @match self.fill {
                        Fill::Typed(_) => {}
                        Fill::Blank => { span.st-tick { "□なし" } }
                        _ => { span.st-tick { (if none { "■" } else { "□" }) "なし" } }
                    }
                }
                div.st-written { span.st-small { "その他の症状" } (self.text("symptom_other_text")) }
            },
        )
    }

    fn tests(&self) -> Markup {
        if !ITEMS.iter().any(|item| item.section == Section::Tests && self.has(item.key)) {
            return html! {};
        }
        let words =
            |choices: &[(&str, &'static str)]| choices.iter().map(|(_, words)| *words).collect::<Vec<_>>().join("、");
        row(
            "12",
            "診断方法",
            "st-tests",
            html! {
                table.st-test-table {
                    thead { tr {
                        th { span.visually-hidden { "検査の番号" } }
                        @for head in ["検査方法", "検体", "検体採取日", "結果"] { th scope="col" { (head) } }
                    } }
                    tbody {
                        @for (at, [method, method_text, specimen, specimen_text, collected_on, result]) in TEST_KEYS.into_iter().enumerate() {
                            tr {
                                th scope="row" { span.visually-hidden { "検査" } (at + 1) }
                                td data-head="検査方法" { (self.chosen_or_written(method, method_text)) }
                                td data-head="検体" { (self.chosen_or_written(specimen, specimen_text)) }
                                td data-head="検体採取日" { (self.text(collected_on)) }
                                td data-head="結果" { (self.chosen(result)) }
                            }
                        }
                    }
                }
                @if !matches!(self.fill, Fill::Typed(_)) {
                    p.st-legend {
                        "検査方法：" (words(METHOD)) br;
                        "検体：" (words(SPECIMEN)) "　結果：" (words(RESULT))
                    }
                }
            },
        )
    }

    fn days(&self) -> Markup {
        let days = [
            ("13", "初診年月日", "first_visit_on"),
            ("14", "診断（検案（※））年月日", "diagnosed_on"),
            ("15", "感染したと推定される年月日", "infected_on"),
            ("16", "発病年月日（＊）", "onset_on"),
            ("17", "死亡年月日（※）", "died_on"),
        ];
        html! {
            @if days.iter().any(|(.., key)| self.has(key)) {
                div.st-days {
                    @for (number, label, key) in days {
                        @if self.has(key) {
                            div.st-day-line {
                                span { span.st-number { (number) } span.st-label { (label) } }
                                span.st-day { (self.text(key)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
