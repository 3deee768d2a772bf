//! The list of organisations within an issuer's line.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use time::Date;

use crate::App;
use crate::access::OrganizationKind;
use crate::access::grant::Issuer;
use crate::access::organization::OrganizationState;
use crate::admin::line;
use crate::admin::organizations::store::{Listed, Wanted};
use crate::admin::organizations::{Desk, store};
use crate::error::Result;
use crate::ui::{Column, Page, operations, table};

const PAGE: i64 = 100;
const LONGEST_TEXT: usize = 100;

/// Names of organisations are no personal data, so they may stand in the address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Address {
    kind: String,
    q: String,
    page: i64,
}

impl Address {
    fn href(&self, page: i64) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("kind", &self.kind)
            .append_pair("q", &self.q)
            .append_pair("page", &page.to_string())
            .finish();
        format!("/staff/admin/organizations?{query}")
    }
}

pub async fn list(issuer: Issuer, State(app): State<App>, Query(address): Query<Address>) -> Result<Response> {
    let desk = Desk::of(&issuer).await?;
    let wanted = Wanted {
        below: (desk.own.kind != OrganizationKind::Ministry).then_some(desk.own.organization_id),
        kind: OrganizationKind::from_code(&address.kind),
        text: address.q.trim().chars().take(LONGEST_TEXT).filter(|c| !c.is_control()).collect(),
    };
    let count = store::count(issuer.db(), &wanted).await?;
    let pages = count.max(1).div_euclid(PAGE) + i64::from(count.max(1) % PAGE > 0);
    let page = address.page.clamp(1, pages);
    let rows = store::page(issuer.db(), &wanted, PAGE, (page - 1) * PAGE).await?;
    let main = html! {
        h1 { "機関とID" }
        (operations(html! {
            a.button href="/staff/admin/organizations/new" { "機関を登録" }
            a.button href="/staff/admin/organizations/import" { "CSVで機関を一括登録" }
            a.button href="/staff/admin/accounts/import" { "CSVでIDを一括発行" }
        }))
        (search(&address, &desk))
        @if rows.is_empty() {
            (table::empty("条件に合う機関はありません。", html! {
                p { a href="/staff/admin/organizations" { "条件を消してすべて表示" } }
            }))
        } @else {
            (paging(&address, count, page, pages))
            (results(&rows, &desk, app.clock.today()))
            @if pages > 1 { (paging(&address, count, page, pages)) }
        }
    };
    Ok(Page::new("機関とID").staff(issuer.staff()).wide().response(main))
}

fn search(address: &Address, desk: &Desk) -> Markup {
    let mut kinds = vec![desk.own.kind];
    kinds.extend(line::kinds_to_make(&desk.own).into_iter().filter(|kind| *kind != desk.own.kind));
    html! {
        search {
            form.admin-search method="get" action="/staff/admin/organizations" {
                div.field {
                    label.label for="field-q" { "名称かコード" }
                    div.control {
                        input #field-q name="q" type="text" value=(address.q) autocomplete="off" spellcheck="false"
                            maxlength="100" data-search aria-keyshortcuts="/";
                    }
                }
                div.field {
                    label.label for="field-kind" { "種別" }
                    div.control {
                        select #field-kind.short name="kind" {
                            option value="" { "すべて" }
                            @for kind in kinds {
                                option value=(kind.code()) selected[kind.code() == address.kind] { (kind.label()) }
                            }
                        }
                    }
                }
                button.button { "検索" }
            }
        }
    }
}

fn results(rows: &[Listed], desk: &Desk, today: Date) -> Markup {
    let columns = [
        Column::new("名称"),
        Column::new("種別"),
        Column::new("コード"),
        Column::new("所管"),
        Column::new("利用状態"),
        Column::new("ID").number(),
    ];
    let rows = rows.iter().map(|Listed { organization, ids }| {
        html! {
            tr {
                td { a href={ "/staff/admin/organizations/" (organization.organization_id) } { (organization.name) } }
                td {
                    (organization.kind_label())
                    @if organization.follow_up { " " span.admin-mark { "健康フォローアップ" } }
                }
                td.tabular { (organization.code.as_deref().unwrap_or("—")) }
                td { (desk.office_name(organization.governing_id)) }
                td { (state_mark(organization.state(today))) }
                td.number {
                    @if *ids == 0 { span.admin-none { "未発行" } } @else { (ids) "件" }
                }
            }
        }
    });
    table::dense("機関の一覧", &columns, rows)
}

/// The state of an organisation in a word; yellow only for waiting.
pub fn state_mark(state: OrganizationState) -> Markup {
    let day = |day: Date| format!("{}/{}/{}", day.year(), u8::from(day.month()), day.day());
    match state {
        OrganizationState::Active => html! { "利用中" },
        OrganizationState::NotYet(from) => html! { span.admin-wait { (day(from)) "から" } },
        OrganizationState::Ended(until) => html! { span.admin-ended { (day(until)) "に停止" } },
    }
}

fn paging(address: &Address, count: i64, page: i64, pages: i64) -> Markup {
    html! {
        nav.paging aria-label="ページ" {
            p.paging-count { strong { (count) } "件" }
            @if pages > 1 {
                p.paging-page { (page) " / " (pages) "ページ" }
                @if page > 1 { a.button.small href=(address.href(page - 1)) { "前へ" } }
                @if page < pages { a.button.small href=(address.href(page + 1)) { "次へ" } }
            }
        }
    }
}
