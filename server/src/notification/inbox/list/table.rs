//! The rows of 届出受付.

use hersys_shared::notification::items::find;
use maud::{Markup, html};

use crate::cases::{Tab, spaced};
use crate::notification::inbox::State;
use crate::notification::inbox::list::store::Listed;
use crate::ui::table::{Column, dense};

/// How a proxy entry came (FORM-03), in words.
pub fn way(code: &str) -> &'static str {
    match code {
        "fax" => "FAX",
        "phone" => "電話",
        "paper" => "書面",
        _ => "その他",
    }
}

pub fn heads() -> Vec<Column<'static>> {
    ["状態", "届出日時", "医療機関", "当該者", "診断分類"]
        .map(Column::new)
        .into_iter()
        .chain([Column::new("年齢").number(), Column::new("注意"), Column::new("担当")])
        .collect()
}

/// The list; with a box to tick before each row for whoever may act.
pub fn table(rows: &[Listed], with_picks: bool) -> Markup {
    let mut columns = heads();
    if with_picks {
        columns.insert(0, Column::new("選択"));
    }
    dense("届出受付", &columns, rows.iter().map(|row| {
        html! {
            tr.inbox-open[row.state().is_some_and(State::is_open)] {
                @if with_picks {
                    td.pick {
                        @if row.state() != Some(State::Deleted) {
                            label {
                                input type="checkbox" name="item" value=(format!("{}:{}", row.notification_id, row.version));
                                span.visually-hidden { (row.name.as_deref().unwrap_or("閲覧できない方")) "の発生届を選択" }
                            }
                        }
                    }
                }
                (cells(row))
            }
        }
    }))
}

/// The cells behind the box.
pub fn cells(row: &Listed) -> Markup {
    html! {
        td { a.inbox-state href=(format!("/staff/inbox/{}", row.notification_id)) { (state(row)) } }
        td.tabular { time datetime=(row.arrived_at.rfc3339()) { (row.arrived_at.minute_text()) } }
        td.wrap { (institution(row)) }
        td { (person(row)) }
        td { (row.diagnosis()) }
        td.number { @if let Some(age) = row.age { (age) "歳" } }
        td.wrap { (flags(row)) }
        td { (row.assignee.as_deref().unwrap_or("—")) }
    }
}

fn state(row: &Listed) -> Markup {
    let Some(state) = row.state() else { return html! {} };
    html! {
        span.mark .waits[state.is_open()] { (state.label()) }
        @if state == State::Changed && row.reported_version.is_some() { " " span.inbox-note { "県へ報告後" } }
    }
}

pub fn institution(row: &Listed) -> Markup {
    html! {
        (row.institution_name)
        @if let Some(proxy) = &row.proxy_for { " " span.mark { "代理入力（" (way(proxy)) "）" } }
    }
}

fn person(row: &Listed) -> Markup {
    html! {
        @match &row.name {
            // Who has no view is told that there was a notification, not of whom.
            None => { "（閲覧できません）" }
            Some(name) if row.state() == Some(State::Deleted) => {
                a href=(Tab::Identity.path(row.case_id)) { (name) }
            }
            Some(name) => {
                a href=(format!("/staff/cases/{}/notifications/{}", row.case_id, row.notification_id)) { (name) }
            }
        }
    }
}

/// What to look at first, each as a word.
pub fn flags(row: &Listed) -> Markup {
    let severity = find("severity").map(|item| item.shown(&row.severity)).unwrap_or_default();
    html! {
        @if row.is_clinical { span.mark { "みなし陽性" } }
        @if row.is_admitted { span.mark { "入院" } }
        @if !row.severity.is_empty() { span.mark.waits[row.severity == "severe" || row.severity == "moderate_2"] { (severity) } }
        @if row.missing > 0 { span.mark { "未入力 " (row.missing) } }
        @if let (Some(case_id), Some(hersys_id)) = (row.lookalike_id, &row.lookalike) {
            a.mark.waits href=(format!("/staff/cases/{case_id}")) { "重複の疑い" span.visually-hidden { "：スマホ入力ID " (spaced(hersys_id)) } }
        }
    }
}
