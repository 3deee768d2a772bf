//! Searches that their writer gave a name: in a line above the search form, opened by one click. Each ID has
//! its own; what stands in one is as personal as a search.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::{Client, Scope};
use crate::cases::search::{self, SearchForm};
use crate::db::{Result as DbResult, sql};
use crate::error::{Error, Result};
use crate::ui::{Field, Page, error_summary, operations};

/// More names in a line nobody reads.
const MOST: usize = 20;
const LONGEST_NAME: usize = 30;

/// The name that a search is to get.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NameForm {
    name: String,
    search: Option<Uuid>,
}

/// The saved searches of the reader, with the one that is open marked.
pub async fn bar(scope: &Scope, open: Option<Uuid>) -> Result<Markup> {
    let saved = all(scope).await?;
    Ok(html! {
        @if !saved.is_empty() {
            nav.saved-searches aria-label="保存した検索" {
                span.label { "保存した検索" }
                ul {
                    @for (saved_id, name) in &saved {
                        li {
                            a href=(format!("/staff/cases?search={saved_id}"))
                                aria-current=[(open == Some(*saved_id)).then_some("true")] { (name) }
                            a.remove href=(format!("/staff/cases/saved/{saved_id}/delete")) {
                                "削除" span.visually-hidden { "：" (name) }
                            }
                        }
                    }
                }
            }
        }
    })
}

/// Gives the search that is shown a name.
pub fn name_form(form: &SearchForm, search_id: Option<Uuid>) -> Markup {
    html! {
        @if let Some(search_id) = search_id.filter(|_| !form.is_empty()) {
            details.save-search {
                summary { "この検索に名前を付けて保存" }
                (form_fields(search_id, "", &Problems::default()))
            }
        }
    }
}

fn form_fields(search_id: Uuid, name: &str, problems: &Problems) -> Markup {
    html! {
        form method="post" action="/staff/cases/saved" novalidate {
            input type="hidden" name="search" value=(search_id);
            (Field::new("name", "検索の名前", name, problems)
                .hint("あなたのIDだけに表示されます。患者の氏名は書かないでください。")
                .maxlength(30)
                .beside(html! { button.button { "保存" } })
                .input())
        }
    }
}

/// 保存
pub async fn save(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Form(form): Form<NameForm>,
) -> Result<Response> {
    let Some(search_id) = form.search else {
        // Sent by hand, or by a browser that lost what was hidden.
        return Ok(Redirect::to("/staff/cases").into_response());
    };
    let criteria = search::kept(scope.db(), search_id, scope.staff().account_id).await?.within(&scope);
    let name = form.name.trim();
    let mut problems = Problems::default();
    let saved = all(&scope).await?;
    match name.chars().count() {
        0 => problems.add("name", "検索の名前を入力してください。"),
        1..=LONGEST_NAME if saved.iter().any(|(_, known)| known == name) => {
            problems.add("name", "同じ名前の検索があります。別の名前を入力してください。");
        }
        1..=LONGEST_NAME if saved.len() >= MOST => {
            problems.add("", "保存できる検索は20件までです。使わない検索を削除してください。");
        }
        1..=LONGEST_NAME => {}
        _ => problems.add("name", "30文字までで入力してください。"),
    }
    if !problems.is_empty() {
        let main = html! {
            p.back { a href=(format!("/staff/cases?search={search_id}")) { "登録情報一覧" } }
            h1 { "検索の保存" }
            (error_summary(&problems))
            (form_fields(search_id, &form.name, &problems))
        };
        let page = Page::new("検索の保存").staff(scope.staff());
        return Ok(page.response_with(StatusCode::UNPROCESSABLE_ENTITY, main));
    }
    let now = app.clock.now();
    let saved_id = Uuid::now_v7();
    let body = serde_json::to_value(&criteria).map_err(|error| Error::Internal(error.to_string()))?;
    sql("insert into saved_search (account_id, saved_id, name, criteria, created_at) values ($1, $2, $3, $4, $5)")
        .bind(scope.staff().account_id)
        .bind(saved_id)
        .bind(name)
        .bind(body)
        .bind(now)
        .run(scope.db())
        .await?;
    let detail = json!({ "search_id": saved_id });
    Entry::by_staff(scope.staff(), &client, now, "search.save").with(detail).write(scope.db()).await?;
    Ok(Redirect::to(&format!("/staff/cases?search={saved_id}")).into_response())
}

/// Asks before a saved search is deleted.
pub async fn confirm_delete(scope: Scope, Path(saved_id): Path<Uuid>) -> Result<Response> {
    let name = named(&scope, saved_id).await?;
    let main = html! {
        h1 { "保存した検索を削除しますか" }
        p { "「" (name) "」を削除します。患者の情報は削除されません。" }
        (operations(html! {
            a.button href=(scope.staff().list_href()) { "削除しない" }
            form.inline method="post" action=(format!("/staff/cases/saved/{saved_id}/delete")) {
                button.button.danger { "削除" }
            }
        }))
    };
    Ok(Page::new("保存した検索の削除").staff(scope.staff()).response(main))
}

/// 削除
pub async fn delete(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Path(saved_id): Path<Uuid>,
) -> Result<Response> {
    named(&scope, saved_id).await?;
    sql("delete from saved_search where account_id = $1 and saved_id = $2")
        .bind(scope.staff().account_id)
        .bind(saved_id)
        .run(scope.db())
        .await?;
    let detail = json!({ "search_id": saved_id });
    Entry::by_staff(scope.staff(), &client, app.clock.now(), "search.delete").with(detail).write(scope.db()).await?;
    Ok(Redirect::to("/staff/cases").into_response())
}

async fn all(scope: &Scope) -> DbResult<Vec<(Uuid, String)>> {
    sql("select saved_id, name from saved_search where account_id = $1 order by created_at, saved_id")
        .bind(scope.staff().account_id)
        .all(scope.db())
        .await
}

/// The name of one of the reader's own.
async fn named(scope: &Scope, saved_id: Uuid) -> Result<String> {
    sql("select name from saved_search where account_id = $1 and saved_id = $2")
        .bind(scope.staff().account_id)
        .bind(saved_id)
        .optional_scalar(scope.db())
        .await?
        .ok_or(Error::NotFound)
}
