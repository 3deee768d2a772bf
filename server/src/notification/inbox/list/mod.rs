//! 届出受付 as a list: what waits longest on top.

mod address;
mod centers;
pub mod store;
mod table;

use axum::extract::{Query, State as Shared};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::access::grant::Read;
use crate::error::Result;
use crate::notification::inbox::{Desk, State};
use crate::ui::{Page, Tone, notice};

pub use address::Address;
pub use table::{cells, flags, heads, institution};

/// Rows of a page.
const SIZE: usize = 50;

/// The inbox of a centre; a head office first chooses one of its centres.
pub async fn page(
    desk: Desk<Read>,
    client: Client,
    Shared(app): Shared<App>,
    Query(address): Query<Address>,
) -> Result<Response> {
    let center_id = match (desk.is_center(), address.center) {
        (true, _) => desk.staff().organization_id,
        (false, Some(center_id)) => {
            desk.require(center_id).await?;
            center_id
        }
        (false, None) => return centers::page(&desk, &app).await,
    };
    let view = View::read(&desk, center_id, &address).await?;
    let seen =
        json!({ "center_id": center_id, "state": address.state, "rows": view.rows.rows.len(), "found": view.found });
    Entry::by_staff(desk.staff(), &client, app.clock.now(), "inbox.list").with(seen).write(desk.db()).await?;
    let main = html! {
        (address.done())
        div.list-head {
            h1 { "届出受付" @if let Some(name) = &view.center { "　" (name) } }
            @if !desk.is_center() { a.button href="/staff/inbox" { "管内の状況" } }
        }
        (view.queues(&address))
        (view.filters(&desk, &address))
        (view.results(&desk, &address))
    };
    Ok(Page::new("届出受付").staff(desk.staff()).wide().response(main))
}

/// What the page shows.
struct View {
    /// The centre's name, for whoever reads another's inbox.
    center: Option<String>,
    counts: Vec<(State, i64)>,
    institutions: Vec<(Uuid, String)>,
    accounts: Vec<(Uuid, String)>,
    rows: store::Rows,
    found: i64,
}

impl View {
    async fn read(desk: &Desk<Read>, center_id: Uuid, address: &Address) -> Result<Self> {
        let db = desk.db();
        let filter = address.filter(desk.staff());
        let center = match desk.is_center() {
            true => None,
            false => crate::cases::store::organization(db, center_id).await?.map(|center| center.name),
        };
        Ok(Self {
            center,
            counts: store::counts(db, center_id).await?,
            institutions: store::institutions(db, center_id).await?,
            accounts: store::accounts(db, center_id).await?,
            rows: store::rows(db, desk.staff().organization_id, center_id, &filter, address.position(), SIZE).await?,
            found: store::count(db, center_id, &filter).await?,
        })
    }

    fn count(&self, state: State) -> i64 {
        self.counts.iter().find(|(of, _)| *of == state).map_or(0, |(_, count)| *count)
    }

    /// The queues with their numbers: what waits for the centre first, and larger.
    fn queues(&self, address: &Address) -> Markup {
        let all: i64 = self.counts.iter().map(|(_, count)| count).sum();
        let one = |label: &str, state: Option<State>, count: i64| {
            let current = address.state() == state;
            html! {
                li.inbox-waits[state.is_some_and(State::is_open) && count > 0] {
                    a href=(address.with_state(state)) aria-current=[current.then_some("true")] {
                        span { (label) } strong { (count) } span { "件" }
                    }
                }
            }
        };
        html! {
            nav.inbox-queues aria-label="状態で絞り込む" {
                ul {
                    @for state in State::ALL { (one(state.label(), Some(state), self.count(state))) }
                    (one("すべて", None, all))
                }
            }
        }
    }

    fn filters(&self, desk: &Desk<Read>, address: &Address) -> Markup {
        html! {
            search {
                form.inbox-filters method="get" action="/staff/inbox" {
                    @if let Some(center_id) = address.center { input type="hidden" name="center" value=(center_id); }
                    @if let Some(state) = address.state() { input type="hidden" name="state" value=(state.code()); }
                    div.field {
                        label.label for="field-day" { "届出日" }
                        div.control { input #field-day.short name="day" type="text" value=(address.day) data-search autocomplete="off" aria-describedby="hint-day"; }
                        p.hint #hint-day { "例：2022/8/1" }
                    }
                    div.field {
                        label.label for="field-institution" { "医療機関" }
                        div.control { select #field-institution name="institution" {
                            option value="" { "すべて" }
                            @for (id, name) in &self.institutions {
                                option value=(id) selected[address.institution == id.to_string()] { (name) }
                            }
                        } }
                    }
                    div.field {
                        label.label for="field-assignee" { "担当" }
                        div.control { select #field-assignee name="assignee" {
                            option value="" { "すべて" }
                            @if desk.is_center() { option value="me" selected[address.assignee == "me"] { "自分" } }
                            option value="none" selected[address.assignee == "none"] { "未定" }
                            @for (id, name) in &self.accounts {
                                option value=(id) selected[address.assignee == id.to_string()] { (name) }
                            }
                        } }
                    }
                    div.inbox-filter-buttons {
                        button.button { "絞り込む" }
                        @if address.is_filtered() { a.button.quiet href=(address.bare()) { "条件を消す" } }
                    }
                }
            }
        }
    }

    fn results(&self, desk: &Desk<Read>, address: &Address) -> Markup {
        if self.rows.rows.is_empty() {
            return crate::ui::table::empty(
                "該当する発生届はありません。",
                html! {
                    @if address.is_filtered() || address.state().is_some() {
                        p { a href=(address.bare()) { "条件を消してすべてを表示" } }
                    } @else {
                        p { "医療機関が【報告】すると、ここに届きます。FAXなどで届いた発生届は、代理入力するとここに並びます。" }
                    }
                },
            );
        }
        let table = table::table(&self.rows.rows, desk.is_center());
        html! {
            (self.paging(address, "ページ（表の上）"))
            @if desk.is_center() {
                form method="post" action="/staff/inbox/preview" {
                    (table)
                    (crate::ui::operations(html! {
                        span.inbox-with { "選んだ発生届を" }
                        button.button.primary name="action" value="confirm" { "確認" }
                        button.button name="action" value="assign" { "担当を決める" }
                        button.button name="action" value="report" { "県へ報告" }
                    }))
                }
            } @else { (table) }
            @if self.rows.before || self.rows.after { (self.paging(address, "ページ（表の下）")) }
        }
    }

    fn paging(&self, address: &Address, name: &str) -> Markup {
        let place = |row: Option<&store::Listed>| row.map(|row| (row.place, row.notification_id));
        html! {
            nav.paging aria-label=(name) {
                p.paging-count { strong { (self.found) } "件" }
                @if self.rows.before {
                    a.button.small href=(address.first()) { "最初" }
                    @if let Some(place) = place(self.rows.rows.first()) { a.button.small href=(address.before(place)) { "前へ" } }
                }
                @if self.rows.after {
                    @if let Some(place) = place(self.rows.rows.last()) { a.button.small href=(address.after(place)) { "次へ" } }
                }
            }
        }
    }
}

/// What was done, by the words of the address.
fn told(done: &str, count: usize, left: usize) -> Markup {
    let sentence = match done {
        "confirm" => "を確認済にしました",
        "assign" => "の担当を決めました",
        "report" => "を県へ報告済にしました",
        _ => return html! {},
    };
    html! {
        @if count > 0 { (notice(Tone::Done, html! { p { "発生届" (count) "件" (sentence) "。" } })) }
        @if left > 0 {
            (notice(Tone::Wait, html! {
                p { (left) "件は、その間に内容か状態が変わったため、何もしていません。開いて確かめてください。" }
            }))
        }
    }
}
