//! Graph and reports on paper: each person on one A4 page, in black and white as well.

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::days::japanese;
use maud::{Markup, html};
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Read, group};
use crate::access::{Client, Grant, Scope, Staff};
use crate::cases;
use crate::error::{Error, Result};
use crate::monitoring::pages::{facts, legend};
use crate::monitoring::period::Wanted;
use crate::monitoring::remarks;
use crate::monitoring::table::{Columns, Line, heads};
use crate::monitoring::view::View;
use crate::ui::chart::Size;
use crate::ui::{Page, Tone, notice, operations};

/// Most people who are printed at once.
const MOST: usize = 100;

/// Longest note on paper, in characters.
const NOTE: usize = 100;

/// What fits beside each other in the columns whose widths `chart.css` fixes for paper.
const COLUMNS: Columns = Columns { symptoms: 17, signs: 11, note: Some(18) };
const COLUMNS_WITHOUT_NOTE: Columns = Columns { symptoms: 28, signs: 18, note: None };

/// Pixels of paper: the height of a page, what stands on it beside graph and rows, and a row with
/// each of its lines.
const PAGE: f32 = 1030.0;
const AROUND: f32 = 200.0;
const ROW: f32 = 4.0;
const LINE: f32 = 11.0;

/// Letters of a line across the page, and the most lines of what stands between the graph and the reports.
const ACROSS: usize = 72;
const MOST_BESIDE: u16 = 24;

type Right = Grant<group::Observation, Read>;

/// One person's page.
pub async fn one(
    State(app): State<App>,
    grant: Right,
    client: Client,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let sheet = sheet(&app, &grant, &wanted).await?;
    note(&app, grant.staff(), &client, &[grant.case_id()]).await?;
    let back = format!("{}{}", cases::Tab::Observation.path(grant.case_id()), sheet.query);
    Ok(page(grant.staff(), std::slice::from_ref(&sheet), &back, "健康観察へ戻る"))
}

/// Several people's pages, chosen in a list. Who is out of reach is left out without a word: that
/// there is such a person is not to be learnt here.
pub async fn several(
    State(app): State<App>,
    scope: Scope,
    client: Client,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let mut chosen: Vec<Uuid> = Vec::new();
    for case_id in fields.iter().filter(|(name, _)| name == "case").filter_map(|(_, value)| Uuid::parse_str(value).ok())
    {
        if !chosen.contains(&case_id) {
            chosen.push(case_id);
        }
        if chosen.len() > MOST {
            return Ok(refusal(&scope, &format!("一度に印刷できるのは{MOST}人までです。人数を減らしてください。")));
        }
    }
    if chosen.is_empty() {
        return Ok(refusal(&scope, "印刷する人が選ばれていません。一覧で選んでから、もう一度お試しください。"));
    }
    let wanted = Wanted::default();
    let (mut sheets, mut printed) = (Vec::new(), Vec::new());
    for case_id in chosen {
        let Some(grant) = scope.grant::<group::Observation, Read>(&app, case_id).await? else {
            continue;
        };
        match sheet(&app, &grant, &wanted).await {
            Ok(sheet) => {
                sheets.push(sheet);
                printed.push(case_id);
            }
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    if sheets.is_empty() {
        return Ok(refusal(&scope, "選ばれた人の健康観察は表示できません。一覧から選び直してください。"));
    }
    note(&app, scope.staff(), &client, &printed).await?;
    Ok(page(scope.staff(), &sheets, "/staff/cases", "登録情報一覧へ戻る"))
}

/// Audits what is about to leave the system on paper (SEC-12).
async fn note(app: &App, staff: &Staff, client: &Client, printed: &[Uuid]) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    for case_id in printed {
        Entry::by_staff(staff, client, now, "observation.print").about(*case_id).write(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn refusal(scope: &Scope, sentence: &str) -> Response {
    let main = html! {
        h1 { "健康観察の印刷" }
        (notice(Tone::Wait, html! { p { (sentence) } }))
        p { a.button.primary href="/staff/cases" { "登録情報一覧へ戻る" } }
    };
    Page::new("健康観察の印刷").staff(scope.staff()).response_with(StatusCode::UNPROCESSABLE_ENTITY, main)
}

/// A person's page and the query that leads back to it.
struct Sheet {
    markup: Markup,
    query: String,
}

async fn sheet(app: &App, grant: &Right, wanted: &Wanted) -> Result<Sheet> {
    let view = View::load(app, grant, wanted).await?;
    let header = cases::header(grant, app).await?;
    let graph = view.graph(app);
    let (drawing, height) = graph.draw(&format!("graph-{}", view.case_id), Size::Paper);
    let lines = view.lines(app);
    let with_notes = view.reader.reads_notes;
    let told = beside(&view);
    let room = PAGE - AROUND - height - LINE * f32::from(told.lines);
    let fitted = fit(&lines, with_notes, room);
    let days = view.period.days;
    let markup = html! {
        div.sheet-head {
            h2 { "健康観察" }
            p { (japanese(days.first)) "～" (japanese(days.last)) }
        }
        (header)
        (facts(&graph))
        (drawing)
        (legend(&graph))
        (told.markup)
        @if view.observed.reported.is_none() {
            p { "まだ報告がありません。" }
        } @else if lines.is_empty() {
            p { "この期間の報告はありません。" }
        } @else {
            (table(&fitted.lines, with_notes))
            @if let Some(sentence) = fitted.sentence() { p.sheet-left-out { (sentence) } }
            @if !view.struck.is_empty() {
                p.sheet-left-out { "訂正済みの報告" (view.struck.len()) "件は数えていません。画面の一覧にあります。" }
            }
        }
        p.sheet-foot {
            "印刷 " (app.clock.now().minute_text()) "　" (grant.staff().organization_name)
            "　太字：その日の最後の報告　下線：37.5℃以上、SpO2 93％以下　該当しない症状は表示していません。"
        }
    };
    Ok(Sheet { markup, query: view.period.query() })
}

/// What stands between the graph and the reports, and how many lines it takes.
struct Beside {
    markup: Markup,
    lines: u16,
}

/// Events and remarks, as many as a third of the page takes; the rest is on the screen, which is said.
fn beside(view: &View) -> Beside {
    let events: Vec<String> = view
        .events
        .iter()
        .map(|event| format!("{}/{} {}", u8::from(event.day.month()), event.day.day(), event.words))
        .collect();
    let events = events.join("　");
    let height = |text: &str| u16::try_from(text.chars().count().div_ceil(ACROSS)).unwrap_or(u16::MAX).max(1);
    let mut lines = if events.is_empty() { 0 } else { height(&events) };
    let mut shown = Vec::new();
    let mut left_out = 0;
    for (index, remark) in view.remarks.iter().enumerate().filter(|(_, remark)| !remark.is_withdrawn()) {
        let text = format!(
            "{} {}/{} {}：{}（{}）",
            remarks::number(index),
            u8::from(remark.told_on.month()),
            remark.told_on.day(),
            remark.kind.label(),
            remark.body.replace('\n', " "),
            remarks::signed(remark, &view.reader)
        );
        if lines + height(&text) > MOST_BESIDE {
            left_out += 1;
            continue;
        }
        lines += height(&text);
        shown.push(text);
    }
    lines += u16::from(left_out > 0);
    let markup = html! {
        @if lines > 0 {
            div.sheet-beside {
                @if !events.is_empty() { p { (events) } }
                @for text in &shown { p { (text) } }
                @if left_out > 0 { p { "ほかの記載" (left_out) "件は、画面にあります。" } }
            }
        }
    };
    Beside { markup, lines }
}

fn table(lines: &[&Line<'_>], with_notes: bool) -> Markup {
    html! {
        table.sheet-table.sheet-table-notes[with_notes] {
            caption.visually-hidden { "報告の一覧" }
            thead { tr { @for head in heads(with_notes) { th scope="col" { (head) } } } }
            tbody { @for line in lines { (line.row(with_notes, NOTE)) } }
        }
    }
}

/// The rows that one page has room for.
struct Fitted<'a> {
    lines: Vec<&'a Line<'a>>,
    /// Reports of the same day that a later one replaced.
    earlier: usize,
    /// Reports of older days.
    older: usize,
}

impl Fitted<'_> {
    /// What is not on the page; nothing may be missing unsaid.
    fn sentence(&self) -> Option<String> {
        match (self.earlier, self.older) {
            (0, 0) => None,
            (earlier, 0) => Some(format!("同じ日の前の報告{earlier}件は、画面の一覧にあります。")),
            (0, older) => Some(format!("これより古い報告{older}件は、画面の一覧にあります。")),
            (earlier, older) => {
                Some(format!("同じ日の前の報告{earlier}件と、これより古い報告{older}件は、画面の一覧にあります。"))
            }
        }
    }
}

/// Everything if there is room; else the days' reports; else the newest of them.
fn fit<'a>(lines: &'a [Line<'a>], with_notes: bool, room: f32) -> Fitted<'a> {
    let columns = if with_notes { &COLUMNS } else { &COLUMNS_WITHOUT_NOTE };
    let height = |line: &Line<'_>| {
        let count = u16::try_from(line.height(columns, NOTE)).unwrap_or(u16::MAX);
        ROW + LINE * f32::from(count)
    };
    if lines.iter().map(height).sum::<f32>() <= room {
        return Fitted { lines: lines.iter().collect(), earlier: 0, older: 0 };
    }
    let of_day: Vec<&Line<'_>> = lines.iter().filter(|line| line.of_day).collect();
    let earlier = lines.len() - of_day.len();
    let mut left = room;
    let shown: Vec<&Line<'_>> = of_day
        .iter()
        .copied()
        .take_while(|line| {
            left -= height(line);
            left >= 0.0
        })
        .collect();
    let older = of_day.len() - shown.len();
    Fitted { lines: shown, earlier, older }
}

fn page(staff: &Staff, sheets: &[Sheet], back: &str, back_label: &str) -> Response {
    let main = html! {
        div.sheet-screen {
            h1 { "健康観察の印刷" }
            p {
                (sheets.len()) "人分です。A4用紙1枚に1人ずつ印刷されます。"
                "印刷物には個人情報が含まれます。取り扱いにご注意ください。"
            }
            (operations(html! {
                button.button.primary type="button" data-print { "印刷する" }
                a.button href=(back) { (back_label) }
            }))
            p.fine { "ボタンで印刷が始まらないときは、ブラウザーの印刷（Ctrl＋P）をお使いください。" }
        }
        @for (index, sheet) in sheets.iter().enumerate() {
            // Narrow screens scroll it sideways.
            section.sheet tabindex="0" aria-label={ "健康観察 " (index + 1) "人目" } { (sheet.markup) }
        }
    };
    Page::new("健康観察の印刷").staff(staff).wide().response(main)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::samples::{report, texts};
    use crate::monitoring::table::lines;
    use hersys_shared::symptoms::CaseKind;

    #[test]
    fn a_person_fits_on_one_page_and_what_is_missing_is_said() {
        let texts = texts();
        let reports: Vec<_> = (0..30).flat_map(|day| [report(day, 8, |_| {}), report(day, 20, |_| {})]).collect();
        let lines = lines(&texts, CaseKind::Patient, &reports);
        let count = |room| {
            let fitted = fit(&lines, true, room);
            (fitted.lines.len(), fitted.earlier, fitted.older, fitted.sentence().is_some())
        };
        assert_eq!(count(60.0 * 15.0), (60, 0, 0, false));
        assert_eq!(count(30.0 * 15.0), (30, 30, 0, true));
        assert_eq!(count(10.0 * 15.0), (10, 30, 20, true));
        assert_eq!(count(-5.0), (0, 30, 30, true));
    }

    #[test]
    fn long_notes_take_their_room() {
        let texts = texts();
        let reports = [report(0, 8, |report| report.note = "息が苦しい。".repeat(100))];
        let lines = lines(&texts, CaseKind::Patient, &reports);
        assert_eq!(lines[0].height(&COLUMNS, NOTE), 6);
        assert_eq!(lines[0].height(&COLUMNS_WITHOUT_NOTE, NOTE), 1);
    }
}
