//! The pages of filing by CSV.

use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::notification::Content;
use hersys_shared::notification::items::{Item, Kind};
use maud::{Markup, html};

use crate::access::Staff;
use crate::admin::csv_file::LineProblem;
use crate::admin::upload::{carried, file_form, problems_table};
use crate::cases::spaced;
use crate::notification::import::HERE;
use crate::notification::import::columns::{self, COLUMNS};
use crate::notification::import::plan::{Note, Plan, Planned};
use crate::notification::import::prepare::Outcome;
use crate::notification::import::rows::MOST;
use crate::ui::table::dense;
use crate::ui::{Column, Page, Tone, notice};

const TITLE: &str = "CSVで発生届を報告";

pub fn upload(staff: &Staff, problems: &[LineProblem]) -> Response {
    let main = html! {
        p.back { a href="/staff/notifications/filed" { "報告した発生届" } }
        @if !problems.is_empty() { (problems_table(problems)) }
        h1 { (TITLE) }
        p { "電子カルテなどから書き出した発生届を、まとめて報告できます。感染症法第12条第1項の届出です。" }
        (file_form(&format!("{HERE}/preview"), "内容を確認"))
        h2 { "ファイルの作り方" }
        ul {
            li { a href=(format!("{HERE}/template")) download="hersys-notification.csv" { "ひな形（CSV）をダウンロード" }
                "して、3行目から発生届を1件1行で入れます（" (MOST) "件まで）。使わない列は消してかまいません。列の順は自由です。" }
            li { "「院内整理番号」は、医療機関の中でその発生届だけの番号です。同じファイルを繰り返し送っても、二重に報告されることはありません。同じ番号で内容が変わっているときは、発生届の変更になります。" }
            li { "報告年月日、届出先保健所、医療機関の名称・所在地・電話番号の列が空欄のときは、今日の日付と、貴機関の登録内容を使います。" }
        }
        details.admin-example {
            summary { "列の一覧（" (COLUMNS.len()) "列）" }
            (dense("CSVの列", &["見出し", "キー", "内容"].map(Column::new), COLUMNS.iter().map(|column| html! {
                tr { td { (column.head) } td { code { (column.key) } } td.wrap { (columns::help(column)) } }
            })))
        }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new(TITLE).staff(staff).response_with(status, main)
}

/// Every row with what becomes of it; `missing` is what keeps 【報告】 from being done.
pub fn preview(staff: &Staff, text: &str, plan: &Plan, missing: Option<&str>) -> Response {
    let (new, changed) = (plan.count(Planned::is_new), plan.count(Planned::is_changed));
    let wrong = plan.count(|row| !row.problems.is_empty());
    let columns = [
        Column::new("行").number(),
        Column::new("院内整理番号"),
        Column::new("扱い"),
        Column::new("エラー・注意"),
        Column::new("当該者"),
        Column::new("診断分類"),
        Column::new("届出先保健所"),
    ];
    let main = html! {
        @if let Some(sentence) = missing {
            div.error-summary role="alert" tabindex="-1" data-error-summary {
                h2 { span.error-mark { "エラー" } " まだ報告していません" }
                p { (sentence) }
            }
        }
        h1 { "報告する内容の確認" }
        @if wrong > 0 {
            (notice(Tone::Danger, html! {
                p { strong { (wrong) "件の行にエラーがあります。" } "ファイルを直して、選び直してください。1件も報告していません。" }
            }))
        } @else {
            p { "まだ報告していません。" strong { "新規 " (new) "件" } "、変更 " (changed) "件、報告済みで変わらないもの "
                (plan.rows.len() - new - changed) "件。" }
        }
        div.import-rows { (dense("ファイルの行", &columns, plan.rows.iter().map(row))) }
        @if wrong == 0 && new + changed > 0 {
            form method="post" action=(HERE) enctype="multipart/form-data" {
                (carried(text))
                input type="hidden" name="seen" value=(plan.fingerprint());
                @if plan.doubtful() > 0 {
                    div.import-continue {
                        label.choice {
                            input type="checkbox" name="continue" value="on";
                            span { "【続ける】 注意や変更のある" (plan.doubtful()) "件を確かめました。このまま報告します" }
                        }
                    }
                }
                div.field.choices {
                    label.choice {
                        input type="checkbox" name="mail" value="on" checked;
                        span { "メール送信（届出先保健所に知らせる。外さないでください）" }
                    }
                }
                div.actions {
                    button.button.primary { (new + changed) "件を報告" }
                    a.button href=(HERE) { "ファイルを選び直す" }
                }
            }
        }
        div.actions {
            @if wrong > 0 || new + changed == 0 { a.button.primary href=(HERE) { "ファイルを選び直す" } }
            @if plan.rows.iter().any(|row| !(row.problems.is_empty() && row.warnings.is_empty())) {
                form.inline method="post" action=(format!("{HERE}/problems")) enctype="multipart/form-data" {
                    (carried(text))
                    button.button { "エラー・注意の一覧（CSV）" }
                }
            }
        }
    };
    let status = if wrong > 0 || missing.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Page::new("報告する内容の確認").staff(staff).wide().response_with(status, main)
}

fn row(row: &Planned) -> Markup {
    let diagnosis = row.content.diagnosis_type().map_or("", |diagnosis| diagnosis.label());
    html! {
        tr {
            td.number { (row.line) }
            td { (row.number) }
            td.import-outcome { (outcome(row)) }
            td.wrap { (notes(row)) }
            td { (row.content.values.get("name")) }
            td { (diagnosis) }
            td.wrap { @if row.is_elsewhere { strong { (row.center) } } @else { (row.center) } }
        }
    }
}

fn outcome(row: &Planned) -> Markup {
    if !row.problems.is_empty() {
        return html! { span.mark.waits { "エラー" } };
    }
    match &row.outcome {
        Outcome::New(_) => html! { strong { "新規" } },
        Outcome::Same { .. } => html! { "報告済み" },
        Outcome::Changed { before, .. } => html! { strong { "変更" } " " (changes(before, &row.content)) },
        Outcome::Deleted | Outcome::Taken | Outcome::NoPerson => html! { "—" },
    }
}

/// Which items a new version changes.
fn changes(before: &Content, after: &Content) -> Markup {
    let shown = |item: &Item, value: &str| match item.kind {
        Kind::Center => "変更".to_owned(),
        _ if value.is_empty() => "空欄".to_owned(),
        _ => item.shown(value),
    };
    html! {
        ul.import-notes {
            @for (item, old, new) in Content::changes(before, after) {
                li { (item.label) "：" del { (shown(item, old)) } " → " ins { (shown(item, new)) } }
            }
        }
    }
}

fn notes(row: &Planned) -> Markup {
    let line = |mark: Markup, note: &Note| {
        let column =
            Some(&note.column).filter(|column| !column.is_empty() && !note.message.starts_with(column.as_str()));
        html! { li { (mark) " " @if let Some(column) = column { "「" (column) "」" } (note.message) } }
    };
    let warning = || html! { span.mark.waits { "注意" } };
    let (empty, slips): (Vec<&Note>, Vec<&Note>) = row.warnings.iter().partition(|note| note.is_empty);
    html! {
        @if !(row.problems.is_empty() && row.lookalikes.is_empty() && row.warnings.is_empty()) {
            ul.import-notes {
                @for note in &row.problems { (line(html! { span.error-mark { "エラー" } }, note)) }
                @for other in &row.lookalikes {
                    li { (warning()) " 登録済みの "
                        a href=(format!("/staff/cases/{}", other.case_id)) { (other.name) "（" (spaced(&other.hersys_id)) "）" }
                        " と同じ方かもしれません。同じ方の発生届なら、スマホ入力IDの列に番号を入れてください。" }
                }
                @for note in slips { (line(warning(), note)) }
                @if !empty.is_empty() { li { (warning()) " " (left_out(&empty)) } }
            }
        }
    }
}

/// The legal items that are empty, by name; many of them open on request.
fn left_out(empty: &[&Note]) -> Markup {
    const SHOWN: usize = 4;
    let names = |notes: &[&Note]| notes.iter().map(|note| note.column.as_str()).collect::<Vec<_>>().join("、");
    html! {
        "未入力 " (empty.len()) "項目："
        @if empty.len() <= SHOWN { (names(empty)) } @else {
            (names(&empty[..SHOWN]))
            details.import-more { summary { "ほか" (empty.len() - SHOWN) "項目" } (names(&empty[SHOWN..])) }
        }
    }
}

pub fn done(staff: &Staff, filed: usize, changed: usize, same: usize) -> Response {
    let main = html! {
        h1 { (TITLE) }
        (notice(Tone::Done, html! {
            p { "完了しました。発生届を" strong { (filed) "件報告" } "し、" (changed) "件変更しました。"
                @if same > 0 { "報告済みの" (same) "件は変わっていません。" } }
        }))
        div.actions {
            a.button.primary href="/staff/notifications/filed" { "報告した発生届を見る" }
            a.button href=(HERE) { "次のファイルを選ぶ" }
        }
    };
    Page::new(TITLE).staff(staff).response(main)
}
