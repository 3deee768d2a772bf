//! The board itself.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use maud::{Markup, PreEscaped, html};
use serde_json::json;
use time::Duration;

use crate::App;
use crate::access::audit::Entry;
use crate::access::staff::{heard_of, is_live, session_key};
use crate::access::{Client, ItemGroup, Level, Scope, policy, store as access};
use crate::error::{Error, Result};
use crate::monitoring::board::actions::{Deed, told};
use crate::monitoring::board::address::{Address, ILLNESS, Order, PARTNER};
use crate::monitoring::board::queue::Moment;
use crate::monitoring::board::store::{self, SIZE, Seen};
use crate::monitoring::board::{HERE, Queue, periods, row};
use crate::monitoring::follow_up;
use crate::ui::Page;
use crate::ui::table::{dense, empty};
use crate::web::staff_asset;

/// How often a board that renews itself is noted as looked at.
const NOTED: Duration = Duration::minutes(5);

/// Everybody under observation today. With scripts it shows changes by itself; without, a reload does.
pub async fn show(
    scope: Scope,
    client: Client,
    jar: CookieJar,
    headers: HeaderMap,
    State(app): State<App>,
    Query(address): Query<Address>,
) -> Result<Response> {
    if !scope.may_read(ItemGroup::Observation) {
        return Err(Error::Forbidden);
    }
    let now = app.clock.now();
    let moment = Moment::of(now);
    let view = store::see(&app, &scope, moment, &address, heard_of(&headers)).await?;
    let more = view.people.len() > SIZE;
    let people = &view.people[..view.people.len().min(SIZE)];
    let (key, is_live) = (session_key(&jar)?, is_live(&headers));
    // Every opening is noted; of what renews itself one in some minutes, which the session counts and not the page.
    let is_due = access::note_board(scope.db(), key, if is_live { NOTED } else { Duration::ZERO }, now).await?;
    if is_due || !is_live {
        let seen = json!({ "queue": address.queue().map(Queue::code), "page": address.page(), "rows": people.len() });
        Entry::by_staff(scope.staff(), &client, now, "board.view").with(seen).write(scope.db()).await?;
    }
    // From a person one goes on to the next of this queue.
    let here = address.behind();
    if !is_live && here != scope.staff().board_address {
        access::keep_board_address(scope.db(), key, &here).await?;
    }
    let offered = Offered { wards: &view.wards, linked: &view.linked, languages: &view.languages };
    let main = html! {
        (told(&address))
        (follow_up::told(&address))
        (periods::told(&address))
        div.list-head { h1 { "健康観察一覧" } p.board-live data-board-live role="status" {} }
        (links(&scope))
        div #board data-board data-changes=(view.changes) {
            (queues(&scope, &address, &view.counts))
            (filters(&scope, &app, &address, &offered))
            (results(&scope, &address, &view, more, || {
                let rows = people.iter().map(|person| row::row(person, &app, now));
                dense("健康観察一覧", &row::heads(), rows)
            }))
        }
        script src=(staff_asset("board.js")) defer {}
    };
    Ok(Page::new("健康観察一覧").staff(scope.staff()).wide().response(main))
}

/// What the filters offer beside words of their own.
struct Offered<'a> {
    wards: &'a [String],
    linked: &'a [(uuid::Uuid, String)],
    languages: &'a [String],
}

/// The pages beside the board, for whoever may see them.
fn links(scope: &Scope) -> Markup {
    let (is_center, has_rules) =
        (scope.may_write(ItemGroup::Sharing), policy::rules(scope.staff().kind) >= Level::Read);
    html! {
        @if is_center || has_rules {
            nav.board-beside aria-label="関連する画面" {
                @if is_center { a href=(follow_up::HERE) { "健康フォローアップ機関の状況" } }
                @if has_rules { a href="/staff/rules" { "判定基準" } }
            }
        }
    }
}

fn queues(scope: &Scope, address: &Address, counts: &[(Queue, i64)]) -> Markup {
    // OBS-09: the last day is part of the period. Wishes are the centre's to settle.
    let is_shown =
        |queue: &Queue| !matches!(queue, Queue::Ending | Queue::Wish) || scope.may_read(ItemGroup::ObservationPeriod);
    let count = |queue: Queue| counts.iter().find(|(of, _)| *of == queue).map_or(0, |(_, count)| *count);
    let all: i64 = counts.iter().map(|(_, count)| count).sum();
    let one = |label: &str, queue: Option<Queue>, count: i64| {
        let current = address.queue() == queue;
        let waits = queue.is_some_and(Queue::needs_work) && count > 0;
        html! {
            li.inbox-waits[waits] .board-urgent[queue == Some(Queue::Emergency) && count > 0] {
                a href=(address.with_queue(queue)) aria-current=[current.then_some("true")] {
                    span { (label) } strong { (count) } span { "人" }
                }
            }
        }
    };
    html! {
        nav.inbox-queues aria-label="状態で絞り込む" {
            ul {
                @for queue in Queue::ALL.into_iter().filter(is_shown) { (one(queue.label(), Some(queue), count(queue))) }
                (one("すべて", None, all))
            }
        }
    }
}

fn filters(scope: &Scope, app: &App, address: &Address, offered: &Offered<'_>) -> Markup {
    let select = |name: &str, label: &str, now: &str, choices: &[(&str, &str)]| {
        html! {
            div.field {
                label.label for={ "field-" (name) } { (label) }
                div.control { select id={ "field-" (name) } name=(name) {
                    @for (code, words) in choices { option value=(code) selected[*code == now] { (words) } }
                } }
            }
        }
    };
    let wards: Vec<(&str, &str)> =
        [("", "すべて")].into_iter().chain(offered.wards.iter().map(|ward| (ward.as_str(), ward.as_str()))).collect();
    let linked: Vec<(String, &str)> = offered.linked.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect();
    let linked: Vec<(&str, &str)> = [("", "すべて"), ("none", "紐づけなし"), ("returned", "返却あり")]
        .into_iter()
        .chain(linked.iter().map(|(id, name)| (id.as_str(), *name)))
        .collect();
    let languages: Vec<(&str, &str)> = [("", "すべて")]
        .into_iter()
        .chain(offered.languages.iter().map(|code| (code.as_str(), app.texts.messages.label(code))))
        .collect();
    let illness: Vec<(&str, &str)> =
        [("", "すべて")].into_iter().chain(ILLNESS.map(|(code, words, ..)| (code, words))).collect();
    let partner: Vec<(&str, &str)> = [("", "すべて")].into_iter().chain(PARTNER).collect();
    // What a viewer may not read of anybody is not offered as a filter, which would find nobody.
    let is_own = scope.may_read(ItemGroup::ObservationPeriod);
    let orders: Vec<(&str, &str)> = Order::ALL
        .into_iter()
        .filter(|order| is_own || *order != Order::Illness)
        .map(|order| (order.code(), order.label()))
        .collect();
    html! {
        details.board-filters open[address.is_filtered()] {
            summary { "絞り込み・並び順" @if address.is_filtered() { "（絞り込み中）" } }
            search {
                form.inbox-filters method="get" action=(HERE) {
                    @if let Some(queue) = address.queue() { input type="hidden" name="queue" value=(queue.code()); }
                    (select("order", "並び順", address.order().code(), &orders))
                    @if is_own { (select("risk", "リスク", &address.risk, &[("", "すべて"), ("yes", "リスク因子か65歳以上")])) }
                    div.field {
                        label.label for="field-age" { "年齢（歳以上）" }
                        div.control { input #field-age.short name="age" type="text" inputmode="numeric" value=(address.age) autocomplete="off"; }
                    }
                    (select("seen", "確認", &address.seen, &[("", "すべて"), ("no", "未確認の報告あり"), ("yes", "確認済み")]))
                    (select("assignee", "担当", &address.assignee, &[("", "すべて"), ("me", "自分"), ("none", "未定")]))
                    @if is_own { (select("wish", "ご希望", &address.wish, &[("", "すべて"), ("yes", "未対応の希望あり")])) }
                    (select("flag", "注意", &address.flag, &[("", "すべて"), ("yes", "注意あり")]))
                    @if wards.len() > 1 { (select("ward", "市区町村", &address.ward, &wards)) }
                    @if is_own { (select("illness", "発病から", &address.illness, &illness)) }
                    @if languages.len() > 1 { (select("language", "言語", &address.language, &languages)) }
                    @if scope.may_read(ItemGroup::Sharing) {
                        (select("linked", "紐づけ先", &address.linked, &linked))
                        @if address.partner().is_some() { (select("partner", "紐づけ先での状態", &address.partner, &partner)) }
                    }
                    div.inbox-filter-buttons {
                        button.button { "絞り込む" }
                        @if address.is_filtered() { a.button.quiet href=(address.bare()) { "条件を消す" } }
                    }
                }
            }
        }
    }
}

/// The people, whom `draw` draws where nobody has drawn them of this reading.
fn results(scope: &Scope, address: &Address, view: &Seen, more: bool, draw: impl FnOnce() -> Markup) -> Markup {
    let counts = &view.counts;
    if view.people.is_empty() {
        let all: i64 = counts.iter().map(|(_, count)| count).sum();
        let sentence = if address.page() > 1 {
            "このページには、もう誰もいません。"
        } else if all == 0 && !address.is_filtered() {
            "健康観察の期間中の方はいません。"
        } else {
            "この条件にあてはまる方はいません。"
        };
        return empty(sentence, html! { p { a.button href=(address.with_queue(None)) { "すべて表示" } } });
    }
    let standing: i64 = counts
        .iter()
        .filter(|(queue, _)| address.queue().is_none_or(|asked| asked == *queue))
        .map(|(_, count)| count)
        .sum();
    html! {
        form method="post" action="/staff/board/preview" data-board-form {
            (PreEscaped(view.drawn.get_or_init(|| draw().into_string())))
            div.board-actions {
                span { "選択した方を" }
                @for deed in Deed::ALL { button.button name="action" value=(deed.code()) { (deed.label()) } }
                (follow_up::buttons(scope))
                @if policy::may(scope.staff().kind, ItemGroup::ObservationPeriod) == Level::Write { (periods::buttons()) }
            }
        }
        (follow_up::whole_list(scope, address, standing))
        nav.paging aria-label="ページ" {
            @if address.page() > 1 { a.button rel="prev" href=(address.with_page(address.page() - 1)) { "前の" (SIZE) "人" } }
            @if more { a.button rel="next" href=(address.with_page(address.page() + 1)) { "次の" (SIZE) "人" } }
        }
    }
}
