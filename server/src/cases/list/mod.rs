//! 登録情報一覧: everybody within reach, paged, sorted and searched (§13).

mod address;
mod paging;
mod table;

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use hersys_shared::Problems;
use maud::{Markup, html};
use serde_json::json;
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::staff::session_key;
use crate::access::{Client, Scope, policy, store as access};
use crate::cases::find::{Rows, Search, Sort, Total, View};
use crate::cases::list::address::Address;
use crate::cases::list::paging::{paging, sizes};
use crate::cases::list::table::{Shown, slashed};
use crate::cases::search::{self, Criteria, SearchForm};
use crate::cases::{saved_searches, search_form, store};
use crate::error::Result;
use crate::ui::{Page, error_summary, operations, table as tables};

/// The list, all of it or what a search found.
pub async fn list(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    jar: CookieJar,
    Query(address): Query<Address>,
) -> Result<Response> {
    let form = match address.search {
        Some(search_id) => search::kept(scope.db(), search_id, scope.staff().account_id).await?,
        None => SearchForm::default(),
    };
    let form = form.within(&scope);
    // Only searches that were right are kept.
    let criteria = form.check()?;
    let found = Found::read(&scope, &app, &criteria, &address).await?;
    let seen = json!({
        "search_id": address.search,
        "sort": found.sort.code(),
        "page": address.page,
        "rows": found.rows.rows.len(),
        "found": found.total.count,
    });
    let entry = Entry::by_staff(scope.staff(), &client, app.clock.now(), "case.list").with(seen);
    let here = address.here(&found);
    let session = session_key(&jar)?;
    // Side by side, so that the reader waits for the disk once.
    let ((), (), saved) = tokio::try_join!(
        async { Ok(entry.write(scope.db()).await?) },
        async {
            if here != scope.staff().list_address {
                access::keep_list_address(scope.db(), session, &here).await?;
            }
            Ok(())
        },
        saved_searches::bar(&scope, address.search),
    )?;
    let main = html! {
        (head(&scope))
        (saved)
        (search_form::show(&scope, &form, &Problems::default()))
        (saved_searches::name_form(&form, address.search))
        (results(&scope, &app, &address, &form, &found))
    };
    Ok(Page::new("登録情報一覧").staff(scope.staff()).wide().response(main))
}

/// Takes a search in a form, so that it stands in no address, and leads to what it finds.
pub async fn search(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Form(form): Form<SearchForm>,
) -> Result<Response> {
    let form = form.within(&scope);
    if form.is_empty() {
        return Ok(Redirect::to("/staff/cases").into_response());
    }
    if let Err(problems) = form.check() {
        let main = html! {
            (head(&scope))
            (error_summary(&problems))
            (search_form::show(&scope, &form, &problems))
        };
        let page = Page::new("登録情報一覧").staff(scope.staff()).wide();
        return Ok(page.response_with(StatusCode::UNPROCESSABLE_ENTITY, main));
    }
    let now = app.clock.now();
    let search_id = Uuid::now_v7();
    let mut sought = serde_json::to_value(form.used_values()).unwrap_or_default();
    sought["search_id"] = search_id.to_string().into();
    let entry = Entry::by_staff(scope.staff(), &client, now, "case.search").with(sought);
    tokio::try_join!(search::keep(&scope, search_id, &form, now), async { Ok(entry.write(scope.db()).await?) })?;
    Ok(Redirect::to(&format!("/staff/cases?search={search_id}")).into_response())
}

/// What a page of the list shows.
pub struct Found {
    total: Total,
    sort: Sort,
    /// The order that the search has where none is chosen.
    usual: Sort,
    rows: Rows,
    centers: std::collections::HashMap<Uuid, String>,
}

impl Found {
    async fn read(scope: &Scope, app: &App, criteria: &Criteria, address: &Address) -> Result<Self> {
        let hidden_until = (!scope.staff().shows_past).then_some(app.config.past_until);
        let search = Search::new(scope, criteria, View { today: app.clock.today(), hidden_until }).await?;
        let sort = Sort::of(&address.sort, criteria, scope);
        let (total, rows) = search.page(sort, address.position(), address.size()).await?;
        let ids: Vec<Uuid> = rows.rows.iter().map(|row| row.responsible_center_id).collect();
        let centers = store::organization_names(scope.db(), &ids).await?;
        Ok(Self { total, sort, usual: Sort::usual(criteria, scope), rows, centers })
    }
}

fn head(scope: &Scope) -> Markup {
    html! {
        div.list-head {
            h1 { "登録情報一覧" }
            @if policy::may_register(scope.staff().kind) {
                a.button href="/staff/cases/new" { "新規登録" }
            }
        }
    }
}

fn results(scope: &Scope, app: &App, address: &Address, form: &SearchForm, found: &Found) -> Markup {
    if found.rows.rows.is_empty() {
        return nobody(scope, form, app.config.past_until);
    }
    let shown = Shown::to(scope);
    let columns = shown.columns(address, found);
    let today = app.clock.today();
    let rows = found.rows.rows.iter().map(|row| shown.row(row, found, today));
    let table = tables::dense("登録情報一覧", &columns, rows);
    html! {
        (paging(address, found, "ページ（表の上）"))
        @if shown.pick {
            form method="post" action="/staff/observations/print" {
                (table)
                (operations(html! { button.button { "健康観察を印刷" } }))
            }
        } @else {
            (table)
        }
        @if found.rows.before || found.rows.after { (paging(address, found, "ページ（表の下）")) }
        (sizes(address, found))
    }
}

/// Why the list is empty, and what to do.
fn nobody(scope: &Scope, form: &SearchForm, past_until: Date) -> Markup {
    let past = html! {
        @if !scope.staff().shows_past {
            p { "過去情報（" (slashed(past_until)) "以前）は含まれていません。含めるには、メニューの右の「過去情報 off」を押してonにしてください。" }
        }
    };
    if form.is_empty() {
        return tables::empty(
            if scope.staff().shows_past {
                "登録された方はまだいません。"
            } else {
                "表示する方はいません。"
            },
            html! {
                (past)
                @if policy::may_register(scope.staff().kind) {
                    p { a href="/staff/cases/new" { "新規登録" } "から登録できます。" }
                }
            },
        );
    }
    tables::empty(
        "条件に合う方はいません。",
        html! {
            (past)
            p { "条件を減らすか、フリガナのはじめの数文字だけで探してください。スマホ入力IDか電話番号で探すのが確実です。" }
            p { a href="/staff/cases" { "条件を消して全員を表示" } }
        },
    )
}
