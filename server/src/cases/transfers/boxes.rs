//! 引継ぎ: 受信箱 and 送信箱 of a health centre, and what goes on within the reach of a head office.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::Read;
use crate::access::{Client, OrganizationKind, Scope};
use crate::cases::transfers::Desk;
use crate::cases::transfers::store::{self, End, Transfer, Tray};
use crate::cases::{Tab, spaced};
use crate::error::Result;
use crate::ui::table::{self, Column};
use crate::ui::{Page, Tone, notice};

/// Most open hand-overs that a box shows, and most ended ones.
const OPEN_SHOWN: i64 = 200;
const ENDED_SHOWN: i64 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    notice: String,
}

impl Done {
    fn show(&self) -> Markup {
        let (tone, sentence) = match self.notice.as_str() {
            "returned" => (Tone::Done, "差し戻しました。依頼した保健所に知らせました。"),
            "ended" => {
                (Tone::Wait, "この引継ぎは、先にほかの操作で終わっていました。結果は下の一覧で確かめてください。")
            }
            _ => return PreEscaped(String::new()),
        };
        notice(tone, html! { p { (sentence) } })
    }
}

/// The page 引継ぎ.
pub async fn show(
    desk: Desk<Read>,
    client: Client,
    State(app): State<App>,
    Query(done): Query<Done>,
) -> Result<Response> {
    let scope = &desk.scope;
    // Names and what was written about people are looked at (SEC-12).
    Entry::by_staff(scope.staff(), &client, app.clock.now(), "transfer.list").write(scope.db()).await?;
    let boxes: &[(&str, &str, Tray)] = match scope.staff().kind {
        OrganizationKind::HealthCenter => &[("inbox", "受信箱", Tray::In), ("outbox", "送信箱", Tray::Out)],
        _ => &[("within", "管内の引継ぎ", Tray::Within)],
    };
    let mut sections = Vec::new();
    for (id, title, which) in boxes {
        sections.push(section(scope, id, title, *which).await?);
    }
    let main = html! {
        (done.show())
        h1 { "引継ぎ" }
        p.fine { "担当保健所の引継ぎの依頼です。依頼は、患者の「共有・引継ぎ」のタブから行います。" }
        @for section in sections { (section) }
    };
    Ok(Page::new("引継ぎ").staff(scope.staff()).wide().response(main))
}

async fn section(scope: &Scope, id: &str, title: &str, which: Tray) -> Result<Markup> {
    let own = scope.organization_id();
    let open = store::in_box(scope.db(), own, which, true, OPEN_SHOWN).await?;
    let ended = store::in_box(scope.db(), own, which, false, ENDED_SHOWN).await?;
    Ok(html! {
        section.transfers aria-labelledby=(id) {
            h2 id=(id) { (title) @if !open.is_empty() { " " span.count { (open.len()) "件" } } }
            @if open.is_empty() {
                p.nothing-open { (nothing(which)) }
            } @else {
                (table::dense(&format!("{title}：回答待ち"), &heads(which, true), open.iter().map(|transfer| row(transfer, which))))
                @if open.len() as i64 == OPEN_SHOWN { p.fine { "古い順に" (OPEN_SHOWN) "件を表示しています。" } }
            }
            @if !ended.is_empty() {
                details.ended-transfers {
                    summary { "終わった引継ぎ（新しい順に" (ended.len()) "件）" }
                    (table::dense(&format!("{title}：終わった引継ぎ"), &heads(which, false), ended.iter().map(|transfer| row(transfer, which))))
                }
            }
        }
    })
}

fn nothing(which: Tray) -> &'static str {
    match which {
        Tray::In => "回答を待っている依頼はありません。",
        Tray::Out => "相手の回答を待っている依頼はありません。",
        Tray::Within => "進行中の引継ぎはありません。",
    }
}

fn heads(which: Tray, open: bool) -> Vec<Column<'static>> {
    let mut heads = vec!["患者名", "スマホ入力ID"];
    if which != Tray::Out {
        heads.push("依頼元");
    }
    if which != Tray::In {
        heads.push("引継ぎ先");
    }
    heads.extend(["依頼日時", "連絡事項"]);
    if !open {
        heads.extend(["結果", "理由"]);
    }
    heads.into_iter().map(Column::new).collect()
}

fn row(transfer: &Transfer, which: Tray) -> Markup {
    html! {
        tr {
            // Who has no view any more is told that there was a hand-over, not of whom; a centre knows its own
            // again by the end of the ID and by what it wrote itself.
            @match (&transfer.name, &transfer.hersys_id) {
                (Some(name), Some(hersys_id)) => {
                    td { a href=(Tab::Sharing.path(transfer.case_id)) { (name) } }
                    td.tabular { (spaced(hersys_id)) }
                }
                _ => {
                    td { "（閲覧できません）" }
                    td.tabular { @if which == Tray::Out { "末尾 " (transfer.id_end) } @else { "—" } }
                }
            }
            @if which != Tray::Out { td { (transfer.from_center) } }
            @if which != Tray::In { td { (transfer.to_center) } }
            td { (transfer.offered_at.minute_text()) }
            // What somebody else wrote is about the person: it goes with the view.
            td.wrap { @if transfer.name.is_some() || which == Tray::Out { (transfer.note) } }
            @if !transfer.is_open() {
                td { (result(transfer)) }
                td.wrap { @if transfer.name.is_some() || which == Tray::In { (transfer.reason.as_deref().unwrap_or_default()) } }
            }
        }
    }
}

/// `受入れ 2022年…`
pub fn result(transfer: &Transfer) -> String {
    let end = End::ALL.into_iter().find(|end| end.code() == transfer.status).map_or("回答待ち", End::label);
    let at = transfer.ended_at.map(|at| at.minute_text()).unwrap_or_default();
    format!("{end}　{at}").trim_end().to_owned()
}
