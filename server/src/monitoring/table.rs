//! 健康状態一覧: the reports as rows, newest first, with everything that the graph shows.

use std::collections::BTreeMap;

use hersys_shared::Temperature;
use hersys_shared::days::short;
use hersys_shared::symptoms::{Answer, CaseKind};
use maud::{Markup, html};
use time::Date;

use crate::monitoring::answers::{Severity, degrees, labels_of, set_of, sign_labels, source_label};
use crate::monitoring::store::Observation;
use crate::texts::Texts;

/// One report with what its keys mean.
pub struct Line<'a> {
    pub report: &'a Observation,
    /// The last of its day: the day's values (several a day are allowed).
    pub of_day: bool,
    /// Whether its day has others.
    pub one_of_several: bool,
    pub present: Vec<&'a str>,
    pub unknown: Vec<&'a str>,
    pub signs: Vec<&'a str>,
    /// Which of the two colours applicable symptoms have (OBS-02, OBS-03).
    pub kind: CaseKind,
}

/// The reports (oldest first) as lines, newest first.
pub fn lines<'a>(texts: &'a Texts, kind: CaseKind, reports: &'a [Observation]) -> Vec<Line<'a>> {
    let mut last: BTreeMap<Date, (usize, usize)> = BTreeMap::new();
    for (index, report) in reports.iter().enumerate() {
        let (latest, count) = last.entry(report.observed_on).or_default();
        *latest = index;
        *count += 1;
    }
    let line = |(index, report): (usize, &'a Observation)| {
        let set = set_of(texts, kind, report);
        let (latest, count) = last.get(&report.observed_on).copied().unwrap_or((index, 1));
        Line {
            report,
            of_day: report.is_valid() && latest == index,
            one_of_several: count > 1,
            present: labels_of(set, report, Answer::Yes),
            unknown: labels_of(set, report, Answer::Unknown),
            signs: sign_labels(texts, report),
            kind: set.map_or(kind, |set| set.kind),
        }
    };
    reports.iter().enumerate().rev().map(line).collect()
}

/// The head of each column; what was written in reports only for those who may read it.
pub fn heads(with_notes: bool) -> Vec<&'static str> {
    let mut heads = vec!["日付・時刻", "体温", "SpO2", "症状", "緊急の症状"];
    if with_notes {
        heads.push("報告の自由記述");
    }
    heads.push("入力元");
    heads
}

impl Line<'_> {
    /// A row with the source as its last cell; a note longer than `longest` characters is cut.
    pub fn row(&self, with_notes: bool, longest: usize) -> Markup {
        self.row_with(with_notes, longest, &html! { td { (source(self.report)) } })
    }

    /// A row; `behind` are its cells from that of the source on.
    pub fn row_with(&self, with_notes: bool, longest: usize, behind: &Markup) -> Markup {
        let report = self.report;
        let struck = |cell: Markup| {
            if report.is_valid() {
                cell
            } else {
                html! { del { (cell) } }
            }
        };
        let class = match (report.is_valid(), self.of_day) {
            (false, _) => "report-struck",
            (true, true) => "report-of-day",
            (true, false) => "report-earlier",
        };
        html! {
            tr class=(class) {
                th scope="row" {
                    (struck(html! {
                        span.report-date { (short(report.observed_on)) } " " span.report-time { (report.moment().hour_minute()) }
                    }))
                    @if self.of_day {
                        span.report-tag.visually-hidden[!self.one_of_several] { "この日の最終" }
                    }
                    @if !report.is_valid() { span.report-tag { "訂正済み" } }
                }
                td.number { (struck(temperature(report.temperature))) }
                td.number { (struck(spo2(report.spo2))) }
                td.wrap { (struck(self.symptoms())) }
                td.wrap {
                    @if !self.signs.is_empty() {
                        (struck(html! {
                            span.report-signs { span aria-hidden="true" { "⚠ " } (self.signs.join("、")) }
                        }))
                    }
                }
                @if with_notes { td.wrap.report-note { (struck(html! { (cut(&report.note, longest)) })) } }
                (behind)
            }
        }
    }

    /// 有 and 不明 with their marks; what is not applicable is not shown.
    fn symptoms(&self) -> Markup {
        let color = match self.kind {
            CaseKind::Patient => "report-red",
            CaseKind::Contact => "report-blue",
        };
        html! {
            @if !self.present.is_empty() {
                span.report-present {
                    span.(color) aria-hidden="true" { "●" } span.visually-hidden { "有：" }
                    " " (self.present.join("、"))
                }
            }
            @if !self.unknown.is_empty() {
                span.report-unknown {
                    span.report-ask aria-hidden="true" { "？" } span.visually-hidden { "不明：" }
                    " " (self.unknown.join("、"))
                }
            }
            @if self.present.is_empty() && self.unknown.is_empty() { span.quiet-text { "症状なし" } }
        }
    }

    /// About how many lines the row takes in columns of those widths.
    pub fn height(&self, columns: &Columns, longest: usize) -> usize {
        let of = |length: usize, width: usize| length.div_ceil(width.max(1)).max(1);
        // The mark in front takes about a character.
        let joined = |labels: &[&str]| labels.iter().map(|label| label.chars().count() + 1).sum::<usize>() + 1;
        let answers = [&self.present, &self.unknown].into_iter().filter(|labels| !labels.is_empty());
        let symptoms: usize = answers.map(|labels| of(joined(labels), columns.symptoms)).sum();
        // A line break of the writer is one on paper.
        let note = |width| cut(&self.report.note, longest).lines().map(|line| of(line.chars().count(), width)).sum();
        symptoms.max(of(joined(&self.signs), columns.signs)).max(columns.note.map_or(1, note)).max(1)
    }
}

/// How many characters fit beside each other in the columns of texts.
pub struct Columns {
    pub symptoms: usize,
    pub signs: usize,
    pub note: Option<usize>,
}

/// Where a report came from, and how.
pub fn source(report: &Observation) -> Markup {
    html! { (source_label(report.source)) @if let Some(means) = report.means { "（" (means.label()) "）" } }
}

fn temperature(tenths: Option<i64>) -> Markup {
    html! {
        @match tenths {
            Some(tenths) if tenths >= Temperature::FEVER => { strong.report-alert { (degrees(tenths)) } }
            Some(tenths) => { (degrees(tenths)) }
            None => { span.quiet-text { "―" } }
        }
    }
}

/// The figure, with its severity where it is not 軽症.
fn spo2(percent: Option<i64>) -> Markup {
    html! {
        @match percent.map(|percent| (percent, Severity::of_spo2(percent))) {
            Some((percent, Severity::Mild)) => { (percent) }
            Some((percent, severity)) => {
                span.report-severity { (severity.label()) } " "
                strong class=[(severity == Severity::ModerateTwo).then_some("report-alert")] { (percent) }
            }
            None => { span.quiet-text { "―" } }
        }
    }
}

/// A text of at most `longest` characters.
fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::samples::{report, texts};

    fn html_of(report: Observation) -> String {
        let (texts, reports) = (texts(), [report]);
        lines(&texts, CaseKind::Patient, &reports)[0].row(true, usize::MAX).into_string()
    }

    #[test]
    fn the_last_report_of_a_day_is_marked_as_the_day_s() {
        let texts = texts();
        let reports = [report(0, 8, |_| {}), report(0, 20, |_| {}), report(1, 8, |_| {})];
        let lines = lines(&texts, CaseKind::Patient, &reports);
        let marks: Vec<(bool, bool)> = lines.iter().map(|line| (line.of_day, line.one_of_several)).collect();
        assert_eq!(marks, [(true, false), (true, true), (false, true)], "newest first");
        assert!(lines[1].row(true, 10).into_string().contains("この日の最終"));
        assert!(!lines[2].row(true, 10).into_string().contains("この日の最終"));
    }

    #[test]
    fn obs_03_applicable_and_unknown_symptoms_are_named_others_not() {
        let html = html_of(report(0, 8, |report| {
            report.symptoms.insert("cough".into(), Answer::Yes);
            report.symptoms.insert("diarrhea".into(), Answer::Unknown);
        }));
        assert!(html.contains("● ") || html.contains("●</span>"));
        assert!(html.contains("咳") && html.contains("下痢") && !html.contains("倦怠感"));
    }

    #[test]
    fn what_people_wrote_is_text() {
        let html = html_of(report(0, 8, |report| report.note = "<script>alert(1)</script>".into()));
        assert!(html.contains("&lt;script&gt;"));
    }

    #[test]
    fn severity_stands_beside_a_low_saturation() {
        assert!(html_of(report(0, 8, |report| report.spo2 = Some(93))).contains("中等症II"));
        assert!(html_of(report(0, 8, |report| report.spo2 = Some(94))).contains("中等症I<"));
        assert!(!html_of(report(0, 8, |report| report.spo2 = Some(96))).contains("症I"));
    }

    #[test]
    fn notes_are_cut_between_characters() {
        assert_eq!(cut("熱が下がった", 3), "熱が下…");
        assert_eq!(cut("熱", 3), "熱");
    }
}
