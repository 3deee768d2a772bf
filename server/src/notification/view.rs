//! One notification as it was reported: by section, or as the paper form (FORM-10), with what can be
//! done with it (FORM-22, FORM-25…29).

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::notification::Content;
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::Action;
use crate::access::grant::group;
use crate::access::{Client, Grant, ItemGroup};
use crate::cases::{self, Tab};
use crate::error::{Error, Result};
use crate::notification::homes::differences;
use crate::notification::inbox;
use crate::notification::items;
use crate::notification::statutory::{Fill, Paper};
use crate::notification::store::{self, Notification};
use crate::notification::tab::{self, Right, Wanted, address};
use crate::ui::operations;

/// The page of one notification. A deleted one leads back to the tab.
pub async fn view(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Path((case_id, notification_id)): Path<(Uuid, Uuid)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let all = store::of_case(grant.db(), case_id).await?;
    let found = all.iter().find(|notification| notification.notification_id == notification_id);
    let notification = found.ok_or(Error::NotFound)?;
    if notification.content.is_none() {
        return Ok(gone(case_id));
    }
    show(&grant, &client, &app, notification, &all, &wanted).await
}

/// Where a notification led that was deleted.
pub fn gone(case_id: Uuid) -> Response {
    Redirect::to(&format!("{}?notice=gone", Tab::Notification.path(case_id))).into_response()
}

/// A notification that was not deleted, above the list of all.
pub async fn show(
    grant: &Right,
    client: &Client,
    app: &App,
    notification: &Notification,
    all: &[Notification],
    wanted: &Wanted,
) -> Result<Response> {
    let content = notification.content.as_ref().ok_or(Error::NotFound)?;
    note(grant, client, app, "notification.view", notification).await?;
    let centers = center(grant, content).await?;
    let differences = moved_on(grant, content).await?;
    let statutory = wanted.is_statutory();
    let operations = |class: &str| buttons(grant, notification, statutory, class);
    let main = html! {
        (wanted.done())
        // TOP-12
        details.operation-menu {
            summary {
                span.when-closed { "操作メニューを開く" }
                span.when-open { "操作メニュー閉じる▲" }
            }
            (operations("menu"))
        }
        h1 { "発生届 " (marks(notification, content)) }
        (filed(grant, notification).await?)
        (inbox::questions::panel(grant, notification.notification_id).await?)
        @if statutory {
            @if !differences.is_empty() { (told(&differences)) }
            section.st-scroll tabindex="0" aria-label="法令様式" {
                (Paper { edition: content.edition, values: &content.values, fill: Fill::Screen, centers: &centers }.draw())
            }
        } @else {
            (items::show(content, centers.first().map_or("", |(_, name)| name), &differences))
        }
        (operations("bottom"))
        (tab::list(grant, all, Some(notification.notification_id)).await?)
    };
    tab::page(grant, app, "発生届", main, StatusCode::OK).await
}

/// FORM-22: the same operations at the upper right and at the bottom. Who only reads gets no more.
fn buttons(grant: &Right, notification: &Notification, statutory: bool, place: &str) -> Markup {
    let own = address(grant.case_id(), notification.notification_id);
    let writes = grant.may_write(ItemGroup::Notification);
    let switch = if statutory {
        (own.clone(), "法令様式 (on)")
    } else {
        (format!("{own}?layout=statutory"), "法令様式 (off)")
    };
    html! {
        div.notification-operations .(place) {
            (operations(html! {
                @if writes {
                    form.inline method="post" action={ (own) "/edit" } { button.button.primary[place == "bottom"] { "編集" } }
                    a.button.danger href={ (own) "/removal" } { "削除" }
                }
                a.button href={ (own) "/print" } { "印刷画面表示" }
                @if grant.may_write(ItemGroup::Identity) {
                    form.inline method="post" action=(format!("/staff/cases/{}/hand-out", grant.case_id())) {
                        button.button { "スマホ入力ID印字" }
                    }
                }
                @if writes { (tab::further(grant.case_id(), "追加登録", "")) }
                a.button href=(switch.0) role="switch" aria-checked=(if statutory { "true" } else { "false" }) { (switch.1) }
                @if notification.version > 1 { a.button href={ (own) "/history" } { "変更履歴" } }
            }))
        }
    }
}

/// C-25 and C-26, and which form it is.
fn marks(notification: &Notification, content: &Content) -> Markup {
    html! {
        span.mark { (content.edition.label()) }
        @if notification.version > 1 { " " (changed_mark()) }
        @if content.is_clinical_diagnosis() { " " span.mark.waits { "みなし陽性" } }
        @if notification.proxy_for.is_some() { " " span.mark { "代理入力" } }
    }
}

/// C-25: it was changed after it was reported.
pub fn changed_mark() -> Markup {
    html! { span.mark.waits { "変更あり" } }
}

/// Who reported it and when, and who changed it last.
async fn filed<A: Action>(grant: &Grant<group::Notification, A>, notification: &Notification) -> Result<Markup> {
    let name = async |account_id| {
        Ok::<_, Error>(
            cases::store::account_name(grant.db(), account_id).await?.unwrap_or_else(|| "（不明）".to_owned()),
        )
    };
    let came = notification.proxy_for.as_deref().map(|way| match way {
        "fax" => "FAXで届いた発生届を保健所が入力",
        "phone" => "電話で受けた発生届を保健所が入力",
        _ => "紙の発生届を保健所が入力",
    });
    Ok(html! {
        p.version {
            "報告 " (notification.filed_at.minute_text()) "　" (name(notification.filed_by).await?)
            @if let Some(came) = came { "（" (came) "）" }
            @if notification.version > 1 {
                br;
                "変更 " (notification.updated_at.minute_text()) "　" (name(notification.updated_by).await?)
                "　第" (notification.version) "版　"
                a href={ (address(notification.case_id, notification.notification_id)) "/history" } { "変更された項目を見る" }
            }
        }
    })
}

/// The paper form shows what was reported and nothing else: what changed elsewhere stands above it.
fn told(differences: &HashMap<&'static str, String>) -> Markup {
    let lines = hersys_shared::notification::items::ITEMS
        .iter()
        .filter_map(|item| Some((item.label, differences.get(item.key)?)));
    html! {
        ul.moved-on-list {
            @for (label, sentence) in lines { li { (label) "：" span.moved-on { span.moved-on-mark { "相違" } " " (sentence) } } }
        }
    }
}

/// What ID管理 and the other tabs say otherwise today (REF-06), as far as they may be read.
async fn moved_on(grant: &Right, content: &Content) -> Result<HashMap<&'static str, String>> {
    if !grant.may_read(ItemGroup::Identity) {
        return Ok(HashMap::new());
    }
    let identity = cases::store::identity(grant.db(), grant.case_id()).await?.identity;
    let episode = cases::store::episode(grant.db(), grant.case_id()).await?;
    Ok(differences(content, &identity, &episode))
}

/// 届出先保健所 by its name, as [`Paper`] takes it.
pub async fn center<A: Action>(
    grant: &Grant<group::Notification, A>,
    content: &Content,
) -> Result<Vec<(String, String)>> {
    let Ok(center_id) = Uuid::parse_str(content.values.get("receiving_center")) else {
        return Ok(Vec::new());
    };
    let names = cases::store::organization_names(grant.db(), &[center_id]).await?;
    Ok(names.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

/// SEC-12: who looked at, printed or compared which version.
pub async fn note<A: Action>(
    grant: &Grant<group::Notification, A>,
    client: &Client,
    app: &App,
    action: &'static str,
    notification: &Notification,
) -> Result<()> {
    Ok(Entry::by_staff(grant.staff(), client, app.clock.now(), action)
        .about(grant.case_id())
        .with(json!({ "notification_id": notification.notification_id, "version": notification.version }))
        .write(grant.db())
        .await?)
}
