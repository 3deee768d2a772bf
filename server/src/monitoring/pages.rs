//! 健康観察: several days at a glance, the graph, the reports, and what is written beside a day (OBS-05, OBS-08, OBS-15).
//! Patients have no such page (PERM-05, C-03).

use std::collections::BTreeSet;

use axum::extract::{Query, State};
use axum::response::Response;
use hersys_shared::days;
use hersys_shared::symptoms::CaseKind;
use maud::{Markup, html};
use time::Date;

use crate::App;
use crate::access::Level::{Read, Write};
use crate::access::audit::Entry;
use crate::access::grant::{Action, Group, group};
use crate::access::{Client, Grant, ItemGroup, Scope, grant};
use crate::cases;
use crate::error::Result;
use crate::monitoring::answers::{source_explained, source_letter};
use crate::monitoring::graph::Graph;
use crate::monitoring::intake::Source;
use crate::monitoring::period::{CHOICES, Wanted};
use crate::monitoring::table::Line;
use crate::monitoring::view::View;
use crate::monitoring::{events, glance, household, print, remarks, reminders, reports, table, walk};
use crate::routes::{Guard, Routes};
use crate::ui::chart::{self, Cell, Size};
use crate::ui::table::{Column, dense, empty};
use crate::ui::{Page, Tone, notice, operations};

pub fn routes() -> Routes {
    let reads = Guard::Case(ItemGroup::Observation, Read);
    Routes::default()
        .get("/staff/cases/{case_id}/observation", reads, show)
        .get("/staff/cases/{case_id}/observation/print", reads, print::one)
        .post("/staff/observations/print", Guard::Scope, print::several)
        .get("/staff/cases/{case_id}/observation/household", reads, household::page)
        .get("/staff/cases/{case_id}/observation/board", reads, walk::back)
        .get("/staff/cases/{case_id}/observation/next", reads, walk::next)
        .get("/staff/cases/{case_id}/observation/previous", reads, walk::previous)
        .post("/staff/cases/{case_id}/observation/seen", Guard::Case(ItemGroup::Observation, Write), walk::seen)
        .merge(remarks::routes())
        .merge(reports::routes())
}

/// The tab 健康観察 of a person.
async fn show(
    State(app): State<App>,
    grant: Grant<group::Observation, grant::Read>,
    scope: Scope,
    client: Client,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let view = View::load(&app, &grant, &wanted).await?;
    Entry::by_staff(grant.staff(), &client, app.clock.now(), "observation.view")
        .about(grant.case_id())
        .with(serde_json::json!({ "days": format!("{}～{}", days::iso(view.period.days.first), days::iso(view.period.days.last)) }))
        .write(grant.db())
        .await?;
    let on_board = walk::on_board(&app, &scope, &grant).await?;
    let newest = view.reports.iter().map(|report| report.received_at).max();
    let newest = newest.max(on_board.as_ref().map(|person| person.reported_at).filter(|at| at.0 > 0));
    let kin = household::kin(&grant).await?;
    let strip = html! {
        (cases::header(&grant, &app).await?)
        (cases::tabs(&grant, cases::Tab::Observation))
    };
    let has_any = view.observed.reported.is_some() || !view.remarks.is_empty();
    let main = html! {
        (told(&wanted))
        @if let Some(person) = &on_board { (walk::strip(person, &view.reader, newest, &app)) }
        div.observation-top {
            h1 { "健康観察" }
            @if view.observed.reported.is_some() { (choices(&view, "")) }
            (buttons(&view))
            @if grant.may_write(ItemGroup::Observation) {
                p { a href=(reminders::path(grant.case_id())) { "入力のお願い（送り方・記録）" } }
            }
        }
        (household::link(view.case_id, &kin))
        @if has_any { (observed(&view, &app)) } @else { (nothing(&grant)) }
        (remarks::forms(view.case_id, &view.period, &view.remarks, &view.reader))
    };
    Ok(Page::new("健康観察").staff(grant.staff()).header(strip).wide().response(main))
}

/// What was just done.
fn told(wanted: &Wanted) -> Markup {
    let sentence = match wanted.done.as_deref() {
        Some("reported") => "報告を登録しました。",
        Some("corrected") => "報告を訂正しました。訂正した報告は一覧に残り、数えられません。",
        Some("undone") => "訂正を取り消しました。報告は再び数えられます。",
        Some("written") => "記録しました。",
        Some("seen") => "確認済みにしました。",
        _ => return html! {},
    };
    notice(Tone::Done, html! { p { (sentence) } })
}

fn buttons(view: &View) -> Markup {
    let path = view.path();
    html! {
        @if view.reader.writes_reports || view.observed.reported.is_some() {
            (operations(html! {
                @if view.reader.writes_reports { a.button href={ (path) "/reports/new" } { "報告を代わりに入力" } }
                @if view.observed.reported.is_some() {
                    a.button href={ (path) "/print" (view.period.query()) } { "印刷する" }
                }
            }))
        }
    }
}

/// OBS-15: nothing was entered yet.
fn nothing<G: Group, A: Action>(grant: &Grant<G, A>) -> Markup {
    empty(
        "まだ報告がありません。",
        html! {
            p { "My HER-SYSの案内が届いているか、電話番号に誤りがないかを確かめてください。" }
            @if grant.may_read(ItemGroup::Identity) {
                p { a.button href=(cases::Tab::Identity.path(grant.case_id())) { "ID管理を開く" } }
            }
        },
    )
}

/// How many days are shown, and the way to older ones, on the page `beneath` the person's.
pub(super) fn choices(view: &View, beneath: &str) -> Markup {
    let (path, period) = (format!("{}{beneath}", view.path()), &view.period);
    html! {
        nav.observation-days aria-label="表示する期間" {
            @if let Some(before) = period.before {
                a href={ (path) (period.until(before)) } rel="prev" { "◀ 前の期間" }
            }
            @for days in CHOICES {
                a href={ (path) (period.with_length(days)) } aria-current=[(days == period.length).then_some("true")] {
                    (days) "日"
                }
            }
            @if let Some(after) = period.after {
                a href={ (path) (period.until(after)) } rel="next" { "次の期間 ▶" }
            }
        }
    }
}

fn observed(view: &View, app: &App) -> Markup {
    let graph = view.graph(app);
    html! {
        (glance::table(view))
        section.observation-graph aria-label="グラフ" {
            (graph.draw("graph", Size::Screen).0)
            div.observation-key {
                (facts(&graph))
                (legend(&graph))
            }
        }
        (happened(view))
        section #remarks aria-label="日ごとの記載" { (remarks::beneath(&view.remarks, &view.reader)) }
        h2 #reports { "報告の一覧" }
        @if view.reports.is_empty() && view.struck.is_empty() {
            (empty("この期間の報告はありません。", html! { p { "上の「前の期間」から、以前の報告を見られます。" } }))
        } @else {
            p.fine {
                "新しい順です。太字は、その日の最後の報告（その日の値）です。"
                "該当しない症状は表示していません。"
            }
            (reports_of(view, app))
        }
    }
}

/// What the letters of the axis stand for.
fn happened(view: &View) -> Markup {
    html! {
        @if !view.events.is_empty() {
            ul.events aria-label="できごと" {
                @for event in &view.events {
                    li { span.event-letter { (event.sort.letter()) } " " b { (days::short(event.day)) } " " (event.words) }
                }
            }
        }
    }
}

fn reports_of(view: &View, app: &App) -> Markup {
    let with_notes = view.reader.reads_notes;
    let mut heads = table::heads(with_notes);
    let beside = match (view.reader.reads_findings, with_notes) {
        (true, true) => Some("医師所見・自由記述欄"),
        (true, false) => Some("医師所見"),
        (false, true) => Some("自由記述欄"),
        (false, false) => None,
    };
    heads.extend(beside);
    if view.reader.writes_reports {
        heads.push("操作");
    }
    let columns: Vec<Column<'_>> = heads
        .iter()
        .map(|head| {
            let column = Column::new(head);
            if matches!(*head, "体温" | "SpO2") { column.number() } else { column }
        })
        .collect();
    let lines = view.all_lines(app);
    let silent: BTreeSet<Date> = view.silent().into_iter().collect();
    let mut days: Vec<Date> = view.period.days.iter().collect();
    days.reverse();
    let rows = days.into_iter().flat_map(|day| day_rows(view, &lines, day, silent.contains(&day), beside.is_some()));
    html! { div.observation-reports { (dense("報告の一覧", &columns, rows)) } }
}

/// The reports of a day, newest first, with what is written beside the day; a day without one says so.
fn day_rows(view: &View, lines: &[Line<'_>], day: Date, is_silent: bool, has_beside: bool) -> Vec<Markup> {
    let of_day: Vec<&Line<'_>> = lines.iter().filter(|line| line.report.observed_on == day).collect();
    let remarks = remarks::cell(&view.remarks, &view.reader, day);
    let is_told = view.remarks.iter().any(|remark| remark.told_on == day && !remark.is_withdrawn());
    if of_day.is_empty() {
        let across = 5 + usize::from(view.reader.reads_notes);
        return (is_silent || is_told)
            .then(|| {
                html! {
                    tr.report-missing {
                        th scope="row" { span.report-date { (days::short(day)) } }
                        td colspan=(across) { @if day == view.today { "本日の報告はまだありません" } @else { "報告なし" } }
                        @if has_beside { td.wrap { (remarks) } }
                        @if view.reader.writes_reports {
                            td { a href={ (view.path()) "/reports/new?day=" (days::iso(day)) } {
                                "代わりに入力" span.visually-hidden { " " (days::short(day)) }
                            } }
                        }
                    }
                }
            })
            .into_iter()
            .collect();
    }
    of_day
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let beside = html! {
                @if has_beside && index == 0 { td.wrap rowspan=(of_day.len()) { (remarks) } }
                @if view.reader.writes_reports { td { (deed(view, line)) } }
            };
            line.row_with(view.reader.reads_notes, usize::MAX, &html! { (entered(view, line)) (beside) })
        })
        .collect()
}

/// Who entered a report for the person and when, and why it does not count: within the cell of its source.
fn entered(view: &View, line: &Line<'_>) -> Markup {
    let report = line.report;
    html! {
        td.wrap {
            (table::source(report))
            @if report.told_at.is_some() {
                span.report-entered {
                    (report.received_at.minute_text()) "入力"
                    @if let Some(writer) = &report.writer { " " (writer.shown(&view.reader)) }
                }
            }
            @if let Some(correction) = &report.correction {
                span.report-correction { (reports::told_of(correction, &view.reader)) }
            }
        }
    }
}

fn deed(view: &View, line: &Line<'_>) -> Markup {
    let report = line.report;
    html! {
        a href={ (view.path()) "/reports/" (report.report_id) "/correction" } {
            @if report.is_valid() { "訂正" } @else { "訂正の取消" }
            span.visually-hidden { " " (days::short(report.observed_on)) " " (report.moment().hour_minute()) "の報告" }
        }
    }
}

/// The key figures beside the graph.
pub(super) fn facts(graph: &Graph<'_>) -> Markup {
    html! {
        dl.observation-facts {
            @for fact in graph.facts() {
                div {
                    dt { (fact.label) }
                    dd { (fact.value) @if let Some(when) = fact.when { " " span.observation-when { (when) } } }
                }
            }
        }
    }
}

/// What marks, letters and patterns mean: never colour alone.
pub(super) fn legend(graph: &Graph<'_>) -> Markup {
    let both = graph.has_answers_of(CaseKind::Patient) && graph.has_answers_of(CaseKind::Contact);
    let present = |kind: CaseKind| if both { format!("有（{}）", kind.label()) } else { "有".to_owned() };
    let happened: BTreeSet<events::Sort> = graph.events.iter().map(|event| event.sort).collect();
    html! {
        div.chart-legend {
            p.chart-legend-head { "凡例" }
            ul {
                @for (kind, cell) in [(CaseKind::Patient, Cell::Red), (CaseKind::Contact, Cell::Blue)] {
                    @if graph.has_answers_of(kind) { li { (chart::swatch(&cell)) (present(kind)) } }
                }
                li { (chart::swatch(&Cell::Unknown)) "不明" }
                li { (chart::swatch(&Cell::Danger)) "緊急の症状あり" }
            }
            ul {
                @for source in Source::ALL { li { b { (source_letter(source)) } (source_explained(source)) } }
                li { b { "○" } "同じ日の前の報告" }
                li { b { "―" } "報告なし" }
                li { b { "未" } "今日はまだ" }
            }
            @if !happened.is_empty() {
                ul { @for sort in happened { li { b { (sort.letter()) } (sort.label()) } } }
            }
        }
    }
}
