//! 健康フォローアップ機関の状況: at a glance, which organisation has people unanswered (FUP-03, OBS-07, OBS-14).

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::{Client, OrganizationKind};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::monitoring::board::{HERE as BOARD, Moment};
use crate::monitoring::follow_up::store::Standing;
use crate::monitoring::follow_up::{Desk, store};
use crate::ui::Page;
use crate::ui::table::{Column, dense, empty};

pub async fn show(Desk(scope): Desk, client: Client, State(app): State<App>) -> Result<Response> {
    let now = app.clock.now();
    let standings = store::standings(&scope, Moment::of(now)).await?;
    let ids: Vec<Uuid> = standings.iter().map(|standing| standing.organization_id).collect();
    let worked = store::last_work(scope.db(), &ids).await?;
    let unfollowed = store::unfollowed(&scope, now.day()).await?;
    let seen = json!({ "rows": standings.len() });
    Entry::by_staff(scope.staff(), &client, now, "link.load").with(seen).write(scope.db()).await?;
    let heads = [
        Column::new("機関"),
        Column::new("緊急・悪化で未確認").number(),
        Column::new("未報告").number(),
        Column::new("本日報告済み").number(),
        Column::new("健康観察中").number(),
        Column::new("最後に確認・連絡した時刻"),
    ];
    let main = html! {
        p.back { a href=(BOARD) { "健康観察一覧" } }
        h1 { "健康フォローアップ機関の状況" }
        p { "担当している方のうち、ほかの機関に紐づけている方の様子です。人数を押すと、その方々の一覧を開きます。" }
        @if standings.is_empty() {
            (empty("紐づけている方はいません。", html! {
                p { "健康観察一覧で方を選び、「紐づけを変える」で機関に紐づけられます。" }
            }))
        } @else {
            (dense("健康フォローアップ機関の状況", &heads, standings.iter().map(|standing| {
                row(standing, worked.get(&standing.organization_id).copied(), now)
            })))
            p.fine { "「緊急・悪化で未確認」は、その機関がまだ確認していない報告によるものです。「最後に確認・連絡した時刻」は、ほかの保健所の方についてのものを含みます。" }
        }
        p {
            "どこにも紐づけていない方：" a href={ (BOARD) "?linked=none" } { (unfollowed) "人" }
        }
    };
    Ok(Page::new("健康フォローアップ機関の状況").staff(scope.staff()).wide().response(main))
}

fn row(standing: &Standing, worked: Option<Timestamp>, now: Timestamp) -> Markup {
    // Whom the organisation's board counts, wherever they stand on the centre's own.
    let of = |partner: &str, count: i64| {
        html! {
            @if count > 0 {
                a href=(format!("{BOARD}?linked={}&partner={partner}", standing.organization_id)) { (count) "人" }
            } @else { "0人" }
        }
    };
    let is_late = standing.urgent > 0 || standing.silent > 0;
    html! {
        tr .board-emergency[standing.urgent > 0] .board-worse[standing.urgent == 0 && standing.silent > 0] {
            th scope="row" .wrap {
                (standing.name)
                span.board-facts { (OrganizationKind::from_code(&standing.kind).map_or("", OrganizationKind::label)) }
            }
            td.number { @if standing.urgent > 0 { strong { (of("urgent", standing.urgent)) } } @else { "0人" } }
            td.number { (of("silent", standing.silent)) }
            td.number { (of("reported", standing.reported)) }
            td.number { (of("all", standing.linked)) }
            td {
                @match worked {
                    Some(at) => {
                        (at.minute_text())
                        @if is_late && at.day() < now.day() { " " span.mark.waits { "本日まだ" } }
                    }
                    None => { span.board-never { "まだありません" } }
                }
            }
        }
    }
}
