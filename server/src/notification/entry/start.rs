//! Where a notification begins: empty, for somebody with a record, for the next of a household, as an edit, or
//! with a draft that was left.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::days;
use hersys_shared::notification::Edition;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Read, Registrar, Write, group};
use crate::access::{Client, Grant};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::monitoring::tie_household;
use crate::notification::entry::draft::{self, Drafting, KEPT};
use crate::notification::entry::store::{self, Draft, OpenDraft};
use crate::notification::store as notifications;
use crate::ui::table::{self, Column};
use crate::ui::{Page, operations};

/// The button, and what was left half written.
pub async fn page(registrar: Registrar, client: Client, State(app): State<App>) -> Result<Response> {
    let now = app.clock.now();
    store::purge(registrar.db(), now - KEPT).await?;
    let drafts = store::open_drafts(registrar.db(), registrar.staff().organization_id).await?;
    Entry::by_staff(registrar.staff(), &client, now, "notification.drafts")
        .with(serde_json::json!({ "rows": drafts.len() }))
        .write(registrar.db())
        .await?;
    let main = html! {
        h1 { "発生届の新規登録" }
        ul {
            li { "発生届を新規登録できます。" }
            li { "発生届に登録された情報を基に、他のタブの同一項目にも自動反映されます。" }
            li { "※複数人分の発生届を連続して新規登録することができます。" }
        }
        (operations(html! {
            a.button href="/staff/notifications/import" { "CSVで取り込む" }
            a.button href="/staff/notifications/blank" { "空欄の様式を印刷" }
            form.inline method="post" action="/staff/notifications" {
                button.button.primary { "新たに発生届を提出" }
            }
        }))
        h2 { "書きかけの発生届" }
        (list(&drafts))
    };
    Ok(Page::new("発生届の新規登録").staff(registrar.staff()).response(main))
}

fn list(drafts: &[OpenDraft]) -> Markup {
    if drafts.is_empty() {
        return table::empty(
            "書きかけの発生届はありません。",
            html! {
                p { "入力中の内容はサーバーに保存され、7日のあいだ続きから書けます。端末には残りません。" }
            },
        );
    }
    let columns = ["当該者氏名", "診断分類", "内容", "保存した人", "保存した日時", "操作"].map(Column::new);
    let rows = drafts.iter().map(|OpenDraft { draft, writer }| {
        let name = draft.typed.get("name");
        let diagnosis = hersys_shared::notification::items::find("diagnosis_type")
            .map(|item| item.shown(draft.typed.get("diagnosis_type")))
            .unwrap_or_default();
        html! {
            tr {
                td { a href=(draft.path()) { @if name.trim().is_empty() { "（氏名は未入力）" } @else { (name) } } }
                td { (diagnosis) }
                td { (what(draft)) }
                td { (writer) }
                td { (days::short(draft.updated_at.day())) " " (draft.updated_at.hour_minute()) }
                td {
                    details.inline-confirm {
                        summary { "破棄" }
                        form.inline method="post" action=(format!("{}/discard", draft.path())) {
                            button.button.danger { "破棄する（元に戻せません）" }
                        }
                    }
                }
            }
        }
    });
    table::dense("書きかけの発生届", &columns, rows)
}

fn what(draft: &Draft) -> &'static str {
    match (draft.is_edit(), draft.case_id) {
        (true, _) => "編集",
        (false, Some(_)) => "追加登録",
        (false, None) => "新規登録",
    }
}

/// What somebody else in a row of people has in common with the one before (TOP-10); empty at the first.
#[derive(Deserialize)]
pub struct After {
    #[serde(default)]
    edition: String,
    #[serde(default)]
    doctor_name: String,
}

/// 【新たに発生届を提出】, 【続けて新規登録】 (FORM-06, TOP-10)
pub async fn begin(registrar: Registrar, State(app): State<App>, Form(after): Form<After>) -> Result<Response> {
    let mut draft = draft::begin(registrar.db(), registrar.staff(), app.clock.now()).await?;
    if let Some(edition) = Edition::from_code(&after.edition) {
        draft.edition = edition;
    }
    if !after.doctor_name.is_empty() {
        draft.typed.set("doctor_name", after.doctor_name.chars().take(80).collect::<String>());
    }
    open(registrar.db(), &draft).await
}

/// 【新規入力】, 【追加登録】 (FORM-07, FORM-08)
pub async fn begin_for(grant: Grant<group::Notification, Write>, State(app): State<App>) -> Result<Response> {
    let draft = draft::begin_for(grant.db(), grant.staff(), grant.case_id(), app.clock.now()).await?;
    open(grant.db(), &draft).await
}

/// 【編集】 (FORM-25)
pub async fn begin_edit(
    grant: Grant<group::Notification, Write>,
    State(app): State<App>,
    Path((_, notification_id)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let case_id = grant.case_id();
    let stored = notifications::notification(grant.db(), case_id, notification_id).await?.ok_or(Error::NotFound)?;
    let content = stored.content.ok_or(Error::NotFound)?;
    let draft = draft::begin_edit(grant.staff(), (case_id, notification_id), stored.version, &content, app.clock.now());
    open(grant.db(), &draft).await
}

/// 【同じ世帯の方を続けて登録】 (TOP-10)
pub async fn begin_household(
    // It copies what may be read; the next person is the writer's own.
    grant: Grant<group::Notification, Read>,
    _: Registrar,
    State(app): State<App>,
    Path((_, notification_id)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let stored = notifications::notification(grant.db(), grant.case_id(), notification_id).await?;
    let before = stored.and_then(|stored| stored.content).ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let draft = draft::begin_household(grant.db(), grant.staff(), &before, now).await?;
    // The draft's id becomes the person's.
    let mut tx = grant.db().begin().await?;
    tie_household(&mut tx, draft.person_id(), grant.case_id(), now).await?;
    tx.commit().await?;
    open(grant.db(), &draft).await
}

async fn open(db: &Db, draft: &Draft) -> Result<Response> {
    store::insert(db, draft).await?;
    Ok(Redirect::to(&draft.path()).into_response())
}

/// A draft is thrown away; what was reported is not touched.
pub async fn discard(drafting: Drafting, State(app): State<App>) -> Result<Response> {
    let mut tx = drafting.db().begin().await?;
    store::discard(&mut tx, drafting.draft.draft_id).await?;
    let entry = Entry::by_staff(drafting.staff(), drafting.client(), app.clock.now(), "notification.discard");
    let entry = match drafting.draft.case_id {
        Some(case_id) => entry.about(case_id),
        None => entry,
    };
    entry.write(&mut tx).await?;
    tx.commit().await?;
    Ok(Redirect::to("/staff/notifications/new").into_response())
}
