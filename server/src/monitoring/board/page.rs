//! The board itself.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;

use crate::App;
use crate::access::audit::Entry;
use crate::access::{Client, ItemGroup, Scope};
use crate::error::{Error, Result};
use crate::monitoring::board::actions::{Deed, told};
use crate::monitoring::board::address::{Address, Order};
use crate::monitoring::board::queue::Moment;
use crate::monitoring::board::store::{self, Person, SIZE};
use crate::monitoring::board::{HERE, Queue, row};
use crate::ui::Page;
use crate::ui::table::{dense, empty};
use crate::web::staff_asset;

/// Everybody under observation today. With scripts it shows changes by itself; without, a reload does.
pub async fn show(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Query(address): Query<Address>,
) -> Result<Response> {
    if !scope.may_read(ItemGroup::Observation) {
        return Err(Error::Forbidden);
    }
    let now = app.clock.now();
    let moment = Moment::of(now);
    let changes = store::changes(scope.db(), scope.organization_id()).await?;
    let counts = store::counts(&scope, moment, &address).await?;
    let mut people = store::people(&scope, moment, &address).await?;
    let more = people.len() > SIZE;
    people.truncate(SIZE);
    let seen = json!({ "queue": address.queue().map(Queue::code), "page": address.page(), "rows": people.len() });
    Entry::by_staff(scope.staff(), &client, now, "board.view").with(seen).write(scope.db()).await?;
    let wards = store::wards(&scope, moment.today).await?;
    let linked = store::linked(&scope, moment.today).await?;
    let main = html! {
        (told(&address))
        div.list-head { h1 { "健康観察一覧" } p.board-live data-board-live role="status" {} }
        div #board data-board data-changes=(changes) {
            (queues(&address, &counts))
            (filters(&address, &wards, &linked))
            (results(&address, &people, more, &counts, now))
        }
        script src=(staff_asset("board.js")) defer {}
    };
    Ok(Page::new("健康観察一覧").staff(scope.staff()).wide().response(main))
}

fn queues(address: &Address, counts: &[(Queue, i64)]) -> Markup {
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
                @for queue in Queue::ALL { (one(queue.label(), Some(queue), count(queue))) }
                (one("すべて", None, all))
            }
        }
    }
}

fn filters(address: &Address, wards: &[String], linked: &[(uuid::Uuid, String)]) -> Markup {
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
        [("", "すべて")].into_iter().chain(wards.iter().map(|ward| (ward.as_str(), ward.as_str()))).collect();
    let linked: Vec<(String, &str)> = linked.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect();
    let linked: Vec<(&str, &str)> =
        [("", "すべて")].into_iter().chain(linked.iter().map(|(id, name)| (id.as_str(), *name))).collect();
    html! {
        details.board-filters open[address.is_filtered()] {
            summary { "絞り込み・並び順" @if address.is_filtered() { "（絞り込み中）" } }
            search {
                form.inbox-filters method="get" action=(HERE) {
                    @if let Some(queue) = address.queue() { input type="hidden" name="queue" value=(queue.code()); }
                    (select("order", "並び順", address.order().code(), &Order::ALL.map(|order| (order.code(), order.label()))))
                    (select("risk", "リスク", &address.risk, &[("", "すべて"), ("yes", "リスク因子か65歳以上")]))
                    div.field {
                        label.label for="field-age" { "年齢（歳以上）" }
                        div.control { input #field-age.short name="age" type="text" inputmode="numeric" value=(address.age) autocomplete="off"; }
                    }
                    (select("seen", "確認", &address.seen, &[("", "すべて"), ("no", "未確認の報告あり"), ("yes", "確認済み")]))
                    (select("assignee", "担当", &address.assignee, &[("", "すべて"), ("me", "自分"), ("none", "未定")]))
                    (select("flag", "注意", &address.flag, &[("", "すべて"), ("yes", "注意あり")]))
                    @if wards.len() > 1 { (select("ward", "市区町村", &address.ward, &wards)) }
                    @if linked.len() > 1 { (select("linked", "紐づけ先", &address.linked, &linked)) }
                    div.inbox-filter-buttons {
                        button.button { "絞り込む" }
                        @if address.is_filtered() { a.button.quiet href=(address.bare()) { "条件を消す" } }
                    }
                }
            }
        }
    }
}

fn results(
    address: &Address,
    people: &[Person],
    more: bool,
    counts: &[(Queue, i64)],
    now: crate::clock::Timestamp,
) -> Markup {
    if people.is_empty() {
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
    html! {
        form method="post" action="/staff/board/preview" data-board-form {
            (dense("健康観察一覧", &row::heads(), people.iter().map(|person| row::row(person, now))))
            div.board-actions {
                span { "選択した方を" }
                @for deed in Deed::ALL { button.button name="action" value=(deed.code()) { (deed.label()) } }
            }
        }
        nav.paging aria-label="ページ" {
            @if address.page() > 1 { a.button rel="prev" href=(address.with_page(address.page() - 1)) { "前の" (SIZE) "人" } }
            @if more { a.button rel="next" href=(address.with_page(address.page() + 1)) { "次の" (SIZE) "人" } }
        }
    }
}
