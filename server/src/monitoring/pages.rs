//! 健康観察: the graph and the table of reports (OBS-05, OBS-15). Patients have no such page
//! (PERM-05); medical institutions look without changing anything (OBS-10).

use axum::extract::{Query, State};
use axum::response::Response;
use hersys_shared::days;
use hersys_shared::symptoms::CaseKind;
use maud::{Markup, html};
use uuid::Uuid;

use crate::App;
use crate::access::Level::Read;
use crate::access::audit::Entry;
use crate::access::grant::{Action, Group, group};
use crate::access::{Client, Grant, ItemGroup, grant};
use crate::cases;
use crate::error::Result;
use crate::monitoring::answers::{source_explained, source_letter};
use crate::monitoring::graph::Graph;
use crate::monitoring::intake::Source;
use crate::monitoring::period::{CHOICES, Period, Wanted};
use crate::monitoring::store::{self, Observation, Observed};
use crate::monitoring::{print, table};
use crate::routes::{Guard, Routes};
use crate::ui::chart::{self, Cell, Size};
use crate::ui::table::{Column, dense, empty};
use crate::ui::{Page, operations};

pub fn routes() -> Routes {
    let guard = Guard::Case(ItemGroup::Observation, Read);
    Routes::default()
        .get("/staff/cases/{case_id}/observation", guard, show)
        .get("/staff/cases/{case_id}/observation/print", guard, print::one)
        .post("/staff/observations/print", Guard::Scope, print::several)
}

/// A person's observation as far as a grant shows it.
pub(super) struct View {
    pub case_id: Uuid,
    pub observed: Observed,
    pub period: Period,
    /// Oldest first.
    pub reports: Vec<Observation>,
    /// Whether 自由記述 may be read.
    pub with_notes: bool,
}

impl View {
    pub async fn load<G: Group, A: Action>(app: &App, grant: &Grant<G, A>, wanted: &Wanted) -> Result<Self> {
        let mut observed = store::observed(grant.db(), grant.case_id()).await?;
        // OBS-09: the period is a group of items of its own; without it, nothing may betray it.
        if !grant.may_read(ItemGroup::ObservationPeriod) {
            (observed.from, observed.until) = (None, None);
        }
        let period = Period::of(wanted, &observed, app.clock.today());
        let reports = if observed.reported.is_some() {
            store::observations(grant.db(), grant.case_id(), period.days).await?
        } else {
            Vec::new()
        };
        let with_notes = grant.may_read(ItemGroup::ObservationNote);
        Ok(Self { case_id: grant.case_id(), observed, period, reports, with_notes })
    }

    pub fn graph<'a>(&'a self, app: &'a App) -> Graph<'a> {
        Graph {
            texts: &app.texts,
            observed: &self.observed,
            days: self.period.days,
            reports: &self.reports,
            today: app.clock.today(),
        }
    }

    pub fn lines<'a>(&'a self, app: &'a App) -> Vec<table::Line<'a>> {
        table::lines(&app.texts, self.observed.kind, &self.reports)
    }

    fn path(&self) -> String {
        format!("/staff/cases/{}/observation", self.case_id)
    }
}

/// The tab 健康観察 of a person.
async fn show(
    State(app): State<App>,
    grant: Grant<group::Observation, grant::Read>,
    client: Client,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let view = View::load(&app, &grant, &wanted).await?;
    Entry::by_staff(grant.staff(), &client, app.clock.now(), "observation.view")
        .about(grant.case_id())
        .with(serde_json::json!({ "days": format!("{}～{}", days::iso(view.period.days.first), days::iso(view.period.days.last)) }))
        .write(grant.db())
        .await?;
    let strip = html! {
        (cases::header(&grant, &app).await?)
        (cases::tabs(&grant, cases::Tab::Observation))
    };
    let main = html! {
        div.observation-top {
            h1 { "健康観察" }
            @if view.observed.reported.is_some() {
                (choices(&view))
                (operations(html! { a.button href={ (view.path()) "/print" (view.period.query()) } { "印刷する" } }))
            }
        }
        @if view.observed.reported.is_some() { (graph_and_table(&view, &app)) } @else { (nothing(&grant)) }
    };
    Ok(Page::new("健康観察").staff(grant.staff()).header(strip).wide().response(main))
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

/// How many days are shown, and the way to older ones.
fn choices(view: &View) -> Markup {
    let (path, period) = (view.path(), &view.period);
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

fn graph_and_table(view: &View, app: &App) -> Markup {
    let graph = view.graph(app);
    html! {
        section.observation-graph aria-label="グラフ" {
            (graph.draw("graph", Size::Screen).0)
            div.observation-key {
                (facts(&graph))
                (legend(&graph))
            }
        }
        h2 #reports { "報告の一覧" }
        @if view.reports.is_empty() {
            (empty("この期間の報告はありません。", html! { p { "上の「前の期間」から、以前の報告を見られます。" } }))
        } @else {
            p.fine {
                "新しい順です。太字は、その日の最後の報告（その日の値）です。"
                "該当しない症状は表示していません。"
            }
            (reports(view, app))
        }
    }
}

fn reports(view: &View, app: &App) -> Markup {
    let columns: Vec<Column<'_>> = table::heads(view.with_notes)
        .into_iter()
        .map(|head| {
            let column = Column::new(head);
            if matches!(head, "体温" | "SpO2") { column.number() } else { column }
        })
        .collect();
    let rows = view.lines(app).into_iter().map(|line| line.row(view.with_notes, usize::MAX));
    html! { div.observation-reports { (dense("報告の一覧", &columns, rows)) } }
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
        }
    }
}
