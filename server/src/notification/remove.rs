//! 削除 (FORM-26, C-07): a page asks first, since it cannot be taken back. The person stays (FORM-30).

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::days;
use hersys_shared::notification::Content;
use maud::html;
use serde::Deserialize;
use uuid::Uuid;

use crate::App;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant};
use crate::cases::{Tab, note_view};
use crate::error::{Error, Result};
use crate::notification::file::{self, Filer};
use crate::notification::store::{self, Notification};
use crate::notification::tab::{self, address};
use crate::notification::view;
use crate::ui::{Tone, notice, operations};

type Right = Grant<group::Notification, Write>;

/// What is about to be deleted, and that it cannot be restored.
pub async fn confirm(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Path((case_id, notification_id)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let found = store::notification(grant.db(), case_id, notification_id).await?;
    let notification = found.ok_or(Error::NotFound)?;
    let Some(content) = &notification.content else { return Ok(view::gone(case_id)) };
    note_view(&grant, &client, &app, Tab::Notification).await?;
    question(&grant, &app, &notification, content, StatusCode::OK).await
}

/// The version that was looked at before it was deleted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Seen {
    version: i64,
}

/// Deletes the version that was looked at. Another one, which somebody saved meanwhile, is shown first.
pub async fn remove(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Path((case_id, notification_id)): Path<(Uuid, Uuid)>,
    Form(seen): Form<Seen>,
) -> Result<Response> {
    let found = store::notification(grant.db(), case_id, notification_id).await?;
    let notification = found.ok_or(Error::NotFound)?;
    let Some(content) = &notification.content else { return Ok(view::gone(case_id)) };
    let filer = Filer { staff: grant.staff(), client: &client, at: app.clock.now() };
    let mut tx = grant.db().begin().await?;
    if !file::remove(&mut tx, &app, filer, (case_id, notification_id), seen.version).await? {
        drop(tx);
        return question(&grant, &app, &notification, content, StatusCode::CONFLICT).await;
    }
    tx.commit().await?;
    app.outbox.wake();
    Ok(Redirect::to(&format!("{}?notice=removed", Tab::Notification.path(case_id))).into_response())
}

async fn question(
    grant: &Right,
    app: &App,
    notification: &Notification,
    content: &Content,
    status: StatusCode,
) -> Result<Response> {
    let own = address(notification.case_id, notification.notification_id);
    let main = html! {
        h1 { "発生届の削除" }
        @if status == StatusCode::CONFLICT {
            (notice(Tone::Wait, html! {
                p { "この画面を開いている間に、ほかの人が発生届を変更しました。まだ削除していません。下の内容を確かめてください。" }
            }))
        }
        (notice(Tone::Danger, html! {
            p { strong { "一度削除した発生届は復元できません" } }
            p { "削除しても、この方の登録情報（ID管理、健康観察など）は残ります。削除したことは記録されます。" }
        }))
        section.items aria-label="削除する発生届" { dl {
            div { dt { "当該者氏名" } dd { (content.values.get("name")) } }
            div { dt { "診断分類" } dd { (content.diagnosis_type().map_or("未入力", |diagnosis| diagnosis.label())) } }
            div { dt { "報告年月日" } dd { (content.values.date("reported_on").map(days::japanese).unwrap_or_default()) } }
            div { dt { "版" } dd { "第" (notification.version) "版　" (notification.updated_at.minute_text()) } }
        } }
        form method="post" action={ (own) "/removal" } {
            input type="hidden" name="version" value=(notification.version);
            (operations(html! {
                a.button href=(own) { "削除しない" }
                button.button.danger { "削除" }
            }))
        }
    };
    tab::page(grant, app, "発生届の削除", main, status).await
}
