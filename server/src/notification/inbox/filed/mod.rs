//! 報告した発生届: what an organisation has filed itself, where each stands, and what it is asked.

use axum::extract::{Query, State as Shared};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::access::grant::Registrar;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::notification::inbox::State;
use crate::notification::inbox::filed::store::Filed;
use crate::ui::table::{dense, empty};
use crate::ui::{Column, Page, Tone, notice};

pub mod store;

/// Rows of a page.
const SIZE: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    /// `asked` for those that wait for an answer.
    state: String,
    /// The row before the first, `<time>.<notification>`.
    after: String,
}

impl Address {
    fn after(&self) -> Option<(Timestamp, Uuid)> {
        let (at, id) = self.after.split_once('.')?;
        Some((Timestamp(at.parse().ok()?), Uuid::parse_str(id).ok()?))
    }
}

pub async fn page(
    registrar: Registrar,
    client: Client,
    Shared(app): Shared<App>,
    Query(address): Query<Address>,
) -> Result<Response> {
    let (staff, db) = (registrar.staff(), registrar.db());
    let only_asked = address.state == State::Asked.code();
    let asked = store::asked(db, staff.organization_id).await?;
    let (rows, more) = store::filed(db, staff.organization_id, only_asked, address.after(), SIZE).await?;
    Entry::by_staff(staff, &client, app.clock.now(), "inbox.filed")
        .with(json!({ "rows": rows.len() }))
        .write(db)
        .await?;
    let columns = ["届出日時", "当該者", "診断分類", "届出先保健所", "状態"].map(Column::new);
    let state = if only_asked { "state=asked&" } else { "" };
    let next =
        rows.last().filter(|_| more).map(|row| format!("?{state}after={}.{}", row.arrived_at.0, row.notification_id));
    let main = html! {
        div.list-head {
            h1 { "報告した発生届" }
            a.button href="/staff/notifications/import" { "CSVで報告" }
        }
        @if asked > 0 {
            (notice(Tone::Wait, html! {
                p { "保健所からの照会が" strong { (asked) "件" } "、回答を待っています。"
                    @if !only_asked { " " a href="?state=asked" { "照会のあるものだけ表示" } } }
            }))
        }
        @if rows.is_empty() {
            (empty(if only_asked { "照会を受けている発生届はありません。" } else { "報告した発生届はまだありません。" }, html! {
                @if only_asked { p { a href="/staff/notifications/filed" { "すべて表示" } } }
            }))
        } @else {
            @if only_asked { p { a href="/staff/notifications/filed" { "すべて表示" } } }
            (dense("報告した発生届", &columns, rows.iter().map(line)))
            @if let Some(next) = next { nav.paging aria-label="ページ" { a.button.small href=(next) { "次へ（古いもの）" } } }
        }
    };
    Ok(Page::new("報告した発生届").staff(staff).wide().response(main))
}

fn line(row: &Filed) -> Markup {
    let state = State::from_code(&row.state);
    let own = format!("/staff/cases/{}/notifications/{}", row.case_id, row.notification_id);
    html! {
        tr {
            td.tabular { (row.arrived_at.minute_text()) }
            td { @match &row.name {
                Some(name) if state != Some(State::Deleted) => a href=(own) { (name) },
                Some(name) => (name),
                None => "（閲覧できません）",
            } }
            td { (hersys_shared::notification::DiagnosisType::from_code(&row.diagnosis_type).map_or("", |kind| kind.label())) }
            td { (row.center) }
            td {
                @if let Some(state) = state {
                    span.mark .waits[state == State::Asked] { (state.label_for_institution()) }
                    @if state == State::Asked { " " a href=(format!("{own}#questions")) { "回答する" } }
                }
            }
        }
    }
}
