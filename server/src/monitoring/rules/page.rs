//! 判定基準: which rules count here, whose they are, what is planned, and the history.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use hersys_shared::days;
use maud::{Markup, html};
use serde::Deserialize;
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::OrganizationKind;
use crate::access::grant::{Action, Read};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::monitoring::rules::desk::Desk;
use crate::monitoring::rules::store::{self, Version};
use crate::monitoring::rules::{HERE, words};
use crate::monitoring::watch::rules::{Chain, Header, body, in_force, names};
use crate::ui::table::{Column, dense, empty};
use crate::ui::{Page, Tone, notice, operations};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    notice: String,
}

pub async fn show(desk: Desk<Read>, State(app): State<App>, Query(address): Query<Address>) -> Result<Response> {
    let today = app.clock.today();
    let chain = Chain::on(desk.db(), today).await?;
    let office = desk.office();
    let counting = chain.of(office);
    let set = in_force(desk.db(), counting).await?.set;
    let versions = store::versions(desk.db(), office).await?;
    let whose = whose(desk.db(), counting, &desk).await?;
    let has_own = chain.own(office).is_some_and(|own| !own.follows_above)
        || versions.iter().any(|version| version.from_on > today && !version.follows_above);
    let main = html! {
        (done(&address.notice))
        h1 { "判定基準" }
        p { "健康観察の報告を「緊急」「悪化」「新しい症状」に分ける基準です。保健所の基準、本庁・調整本部の基準、厚生労働省の基準、標準の基準の順に、先にあるものが使われます。" }
        section aria-labelledby="now" {
            h2 #now { "いま使われている基準" }
            p.rules-whose { strong { (whose) } @if let Some(header) = counting { "　第" (header.version) "版（" (days::japanese(header.from_on)) "から）" } }
            (words::table(&set, &app.texts))
            (operations(html! {
                a.button.primary href="/staff/rules/edit" { "この基準をもとに変える" }
                @if has_own {
                    a.button href="/staff/rules/edit?start=above" { "上位の基準をもとに作り直す" }
                    a.button href="/staff/rules/edit?start=return" { "上位の基準に戻す" }
                }
                @if counting.is_some() { a.button href="/staff/rules/edit?start=standard" { "標準の基準をもとに作り直す" } }
            }))
        }
        (planned(&versions, today))
        (history(&versions, counting, chain.own(office)))
        @if !desk.is_center() { (below(&desk, &chain).await?) }
    };
    Ok(Page::new("判定基準").staff(desk.staff()).response(main))
}

fn done(word: &str) -> Markup {
    match word {
        "saved" => notice(
            Tone::Done,
            html! { p { "新しい基準を使い始めました。健康観察一覧は、数分のうちに新しい基準で判定し直されます。" } },
        ),
        "planned" => notice(Tone::Done, html! { p { "新しい基準を保存しました。適用開始日の0時から使われます。" } }),
        _ => html! {},
    }
}

/// Whose rules count, in words.
async fn whose<A: Action>(db: &Db, counting: Option<&Header>, desk: &Desk<A>) -> Result<String> {
    Ok(match counting {
        None => "標準の基準".to_owned(),
        Some(header) => match header.organization_id {
            None => "厚生労働省の基準".to_owned(),
            Some(id) if id == desk.staff().organization_id => "この機関の基準".to_owned(),
            Some(id) => format!("{}の基準", names(db, &[id]).await?.remove(&id).unwrap_or_default()),
        },
    })
}

/// What is written for a later day.
fn planned(versions: &[Version], today: Date) -> Markup {
    let mut planned: Vec<&Version> = versions.iter().filter(|version| version.from_on > today).collect();
    planned.sort_by_key(|version| (version.from_on, version.version));
    html! {
        @if !planned.is_empty() {
            section aria-labelledby="planned" {
                h2 #planned { "予定されている基準" }
                ul {
                    @for version in planned {
                        li {
                            (days::japanese(version.from_on)) "から：" a href=(path(version.rules_id)) { "第" (version.version) "版" }
                            @if version.follows_above { "（上位の基準に戻す）" }
                        }
                    }
                }
                p.fine { "同じ日から始まる新しい版を保存すると、その版が代わりに使われます。" }
            }
        }
    }
}

fn history(versions: &[Version], counting: Option<&Header>, own: Option<&Header>) -> Markup {
    if versions.is_empty() {
        return html! {
            section aria-labelledby="history" {
                h2 #history { "この機関の基準の履歴" }
                (empty("この機関の基準は、まだ作られていません。", html! { p { "上の基準が使われています。" } }))
            }
        };
    }
    let columns = ["版", "適用開始", "変更の理由", "書いた人", "書いた日時"].map(Column::new);
    let is_now = |version: &Version| own.is_some_and(|own| own.rules_id == version.rules_id);
    let rows = versions.iter().map(|version| {
        html! {
            tr {
                td {
                    a href=(path(version.rules_id)) { "第" (version.version) "版" }
                    @if counting.is_some_and(|header| header.rules_id == version.rules_id) { " " span.mark { "使用中" } }
                    @else if is_now(version) { " " span.mark { "上位の基準を使用中" } }
                }
                td.tabular { (days::iso(version.from_on)) }
                td.wrap { (what_for(version)) }
                td.wrap { (version.written_by) }
                td.tabular { (version.written_at.minute_text()) }
            }
        }
    });
    html! {
        section aria-labelledby="history" {
            h2 #history { "この機関の基準の履歴" }
            (dense("判定基準の履歴", &columns, rows))
        }
    }
}

fn what_for(version: &Version) -> String {
    match (version.follows_above, version.note.is_empty()) {
        (true, true) => "上位の基準に戻す".to_owned(),
        (true, false) => format!("上位の基準に戻す：{}", version.note),
        (false, _) => version.note.clone(),
    }
}

/// Which offices below have rules of their own.
async fn below<A: Action>(desk: &Desk<A>, chain: &Chain) -> Result<Markup> {
    let office = desk.office();
    let centers = store::centers(desk.db()).await?;
    let within: Vec<_> = centers
        .iter()
        .filter(|center| chain.governs(office, center.organization_id))
        .filter_map(|center| Some((center, chain.of(Some(center.organization_id))?)))
        .filter(|(_, header)| header.organization_id != office)
        .collect();
    let owners: Vec<Uuid> = within.iter().filter_map(|(_, header)| header.organization_id).collect();
    let names = names(desk.db(), &owners).await?;
    let heads = ["保健所", "使われている基準", "適用開始"].map(Column::new);
    let what = if desk.staff().kind == OrganizationKind::Ministry { "全国" } else { "管内" };
    Ok(html! {
        section aria-labelledby="below" {
            h2 #below { (what) "でほかの基準を使っている保健所" }
            @if within.is_empty() {
                p { "ありません。すべての保健所で、上の基準が使われています。" }
            } @else {
                (dense("ほかの基準を使っている保健所", &heads, within.iter().map(|(center, header)| html! {
                    tr {
                        td.wrap { (center.name) }
                        td.wrap {
                            a href=(path(header.rules_id)) {
                                (header.organization_id.and_then(|id| names.get(&id)).map_or("厚生労働省", String::as_str))
                                "　第" (header.version) "版"
                            }
                        }
                        td.tabular { (days::iso(header.from_on)) }
                    }
                })))
            }
        }
    })
}

fn path(rules_id: Uuid) -> String {
    format!("{HERE}/versions/{rules_id}")
}

/// One version: what it says, and what it changed.
pub async fn version(desk: Desk<Read>, State(app): State<App>, Path(rules_id): Path<Uuid>) -> Result<Response> {
    let version = store::version(desk.db(), rules_id).await?.ok_or(Error::NotFound)?;
    let chain = Chain::on(desk.db(), app.clock.today()).await?;
    // Rules name nobody; those of offices that have nothing to do with this one are no business of it all the same.
    let own = desk.staff().organization_id;
    let is_above = chain.governs(version.organization_id, own);
    let is_below = version.organization_id.is_some_and(|office| chain.governs(desk.office(), office));
    if !is_above && !is_below {
        return Err(Error::NotFound);
    }
    let set = body(desk.db(), rules_id).await?;
    let versions = store::versions(desk.db(), version.organization_id).await?;
    let former = versions.iter().find(|other| other.version + 1 == version.version);
    let former_set = match former {
        Some(former) if !former.follows_above => Some(body(desk.db(), former.rules_id).await?),
        _ => None,
    };
    let whose = match version.organization_id {
        None => "厚生労働省".to_owned(),
        Some(id) => names(desk.db(), &[id]).await?.remove(&id).unwrap_or_default(),
    };
    let main = html! {
        p.back { a href=(HERE) { "判定基準" } }
        h1 { (whose) "の判定基準　第" (version.version) "版" }
        dl.rules-facts {
            div { dt { "適用開始" } dd { (days::japanese(version.from_on)) } }
            div { dt { "書いた人" } dd { (version.written_by) } }
            div { dt { "書いた日時" } dd { (version.written_at.minute_text()) } }
            @if !version.note.is_empty() { div { dt { "変更の理由" } dd { (version.note) } } }
        }
        @if version.follows_above {
            p { "この版から、上位の機関の基準が使われます。" }
        } @else {
            @if let Some(former) = &former_set {
                section aria-labelledby="changes" {
                    h2 #changes { "第" (version.version - 1) "版からの変更点" }
                    (words::changes(former, &set, &app.texts))
                }
            }
            section aria-labelledby="rules" {
                h2 #rules { "内容" }
                (words::table(&set, &app.texts))
            }
        }
    };
    Ok(Page::new("判定基準").staff(desk.staff()).response(main))
}
