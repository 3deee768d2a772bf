//! One notification at the desk: what changed since it was confirmed, what was asked, what to do next.

use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::Problems;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Action, Read, group};
use crate::access::{Client, Grant, ItemGroup};
use crate::cases::{self, Tab};
use crate::error::{Error, Result};
use crate::notification::inbox::list::{self, store::Listed};
use crate::notification::inbox::{Desk, State, questions};
use crate::notification::{history, items, store as notifications, view};
use crate::ui::{Page, Tone, error_summary, notice};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Arrival {
    done: String,
}

pub async fn page(
    desk: Desk<Read>,
    client: Client,
    Shared(app): Shared<App>,
    Path(notification_id): Path<Uuid>,
    Query(arrival): Query<Arrival>,
) -> Result<Response> {
    let row = find(&desk, notification_id).await?;
    Entry::by_staff(desk.staff(), &client, app.clock.now(), "inbox.view")
        .about(row.case_id)
        .with(json!({ "notification_id": notification_id, "version": row.version }))
        .write(desk.db())
        .await?;
    show(&desk, &app, &row, done(&arrival.done), "", &Problems::default()).await
}

/// The row of a notification, within the reach of the desk.
pub async fn find<A: Action>(desk: &Desk<A>, notification_id: Uuid) -> Result<Listed> {
    let row = list::store::one(desk.db(), desk.staff().organization_id, notification_id).await?;
    let row = row.ok_or(Error::NotFound)?;
    desk.require(row.center_id).await?;
    Ok(row)
}

/// The page, with `question` as it was typed beside what is wrong with it.
pub async fn show<A: Action>(
    desk: &Desk<A>,
    app: &App,
    row: &Listed,
    told: Markup,
    question: &str,
    problems: &Problems,
) -> Result<Response> {
    let grant = desk.scope().grant::<group::Notification, Read>(app, row.case_id).await?;
    let state = row.state().ok_or(Error::NotFound)?;
    let acts = desk.is_center() && state != State::Deleted;
    let accounts = if acts { list::store::accounts(desk.db(), row.center_id).await? } else { Vec::new() };
    let next = if desk.is_center() { list::store::next_open(desk.db(), row).await? } else { None };
    let thread = match &grant {
        Some(grant) => questions::thread(grant, row.notification_id).await?,
        None => html! {},
    };
    let main = html! {
        p.back { a href="/staff/inbox" { "届出受付" } }
        (told)
        (error_summary(problems))
        h1 { "発生届の受付" " " span.mark .waits[state.is_open()] { (state.label()) } }
        (facts(row, state))
        @if let Some(grant) = &grant {
            (links(grant, row, state, next))
            (changes(grant, row).await?)
            (content(grant, row).await?)
        } @else {
            (notice(Tone::Information, html! { p { "この方の登録情報は、いまは閲覧できません（担当や届出先の変更など）。" } }))
        }
        section.inbox-thread aria-labelledby="questions" {
            h2 #questions { "照会" }
            (thread)
            @if acts { (questions::ask_form(row.notification_id, question, problems)) }
        }
        @if acts { (actions(row, state, &accounts)) }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Page::new("発生届の受付").staff(desk.staff()).response_with(status, main))
}

fn done(word: &str) -> Markup {
    let (tone, sentence) = match word {
        "asked" => (
            Tone::Done,
            "照会しました。医療機関のトップページに表示され、メールでも知らせます（メールに患者の情報は書かれません）。",
        ),
        "confirm" => (Tone::Done, "確認済にしました。"),
        "assign" => (Tone::Done, "担当を決めました。"),
        "report" => (Tone::Done, "県へ報告済にしました。"),
        "left" => (Tone::Wait, "その間に内容か状態が変わったため、何もしていません。いまの内容を確かめてください。"),
        _ => return html! {},
    };
    notice(tone, html! { p { (sentence) } })
}

fn facts(row: &Listed, state: State) -> Markup {
    html! {
        section.items aria-label="受付の状況" {
            dl {
                div { dt { "医療機関" } dd { (list::institution(row)) } }
                div { dt { "当該者" } dd { (row.name.as_deref().unwrap_or("（閲覧できません）")) } }
                @if let Some(hersys_id) = &row.hersys_id { div { dt { "スマホ入力ID" } dd { (cases::spaced(hersys_id)) } } }
                div { dt { "届出日時" } dd { (row.arrived_at.minute_text()) } }
                div { dt { "版" } dd {
                    "第" (row.version) "版" @if row.version > 1 { "（" (row.changed_at.minute_text()) "）" }
                    @if let Some(confirmed) = row.confirmed_version { "　確認済：第" (confirmed) "版" }
                } }
                @if state != State::Deleted {
                    div { dt { "診断分類" } dd { (row.diagnosis()) } }
                    div { dt { "注意" } dd { (list::flags(row)) } }
                    div { dt { "担当" } dd { (row.assignee.as_deref().unwrap_or("未定")) } }
                }
                div { dt { "県への報告" } dd {
                    @match (row.reported_at, row.reported_version) {
                        (Some(at), Some(version)) => {
                            (at.minute_text()) "（第" (version) "版）"
                            @if version < row.version { " " span.mark.waits { "報告後に変更あり" } }
                        }
                        _ => { "未報告" }
                    }
                } }
            }
        }
    }
}

/// Where to go from here: the notification, and whom the person belongs to (SHR-01, C-02).
fn links<A: Action>(grant: &Grant<group::Notification, A>, row: &Listed, state: State, next: Option<Uuid>) -> Markup {
    let own = format!("/staff/cases/{}/notifications/{}", row.case_id, row.notification_id);
    html! {
        div.operations role="group" aria-label="操作メニュー" {
            @if state != State::Deleted { a.button href=(own) { "発生届を開く" } }
            @if grant.may_read(ItemGroup::Sharing) {
                a.button href=(Tab::Sharing.path(row.case_id)) {
                    @if grant.may_write(ItemGroup::Sharing) { "関係保健所の設定・引継ぎ" } @else { "共有・引継ぎ" }
                }
            }
            @if let (Some(case_id), Some(_)) = (row.lookalike_id, &row.lookalike) {
                a.button href=(format!("/staff/cases/{case_id}")) { "重複の疑いのある方" }
            }
            @if let Some(next) = next { a.button href=(format!("/staff/inbox/{next}")) { "次の確認待ちへ" } }
        }
    }
}

/// What is to be confirmed, on the page where it is.
async fn content<A: Action>(grant: &Grant<group::Notification, A>, row: &Listed) -> Result<Markup> {
    let stored = notifications::notification(grant.db(), row.case_id, row.notification_id).await?;
    let Some((version, content)) = stored.and_then(|stored| Some((stored.version, stored.content?))) else {
        return Ok(html! {});
    };
    let centers = view::center(grant, &content).await?;
    let center = centers.first().map_or("", |(_, name)| name);
    Ok(html! {
        details.inbox-content open {
            summary { "発生届の内容（第" (version) "版　" (content.edition.label()) "）" }
            (items::show(&content, center, &Default::default()))
        }
    })
}

/// C-25: what differs from the version that was confirmed.
async fn changes<A: Action>(grant: &Grant<group::Notification, A>, row: &Listed) -> Result<Markup> {
    let Some(confirmed) = row.confirmed_version.filter(|confirmed| *confirmed < row.version) else {
        return Ok(html! {});
    };
    let versions = notifications::versions(grant.db(), row.case_id, row.notification_id).await?;
    let at = |number: i64| versions.iter().find(|version| version.version == number);
    let (Some(before), Some(after)) = (at(confirmed), at(row.version)) else {
        return Ok(html! {});
    };
    let names = history::center_names(grant, [&before.content, &after.content].into_iter()).await?;
    let writer = cases::store::account_name(grant.db(), after.written_by).await?.unwrap_or_default();
    Ok(html! {
        section aria-labelledby="changes" {
            h2 #changes { "確認した後の変更（第" (confirmed) "版 → 第" (row.version) "版）" }
            p.fine { (after.written_at.minute_text()) "　" (writer) }
            (history::changes(&before.content, &after.content, &names, ["確認した内容", "いまの内容"]))
        }
    })
}

fn actions(row: &Listed, state: State, accounts: &[(Uuid, String)]) -> Markup {
    let item = format!("{}:{}", row.notification_id, row.version);
    let form = |action: &str, content: Markup| {
        html! {
            form.inbox-action method="post" action="/staff/inbox/actions" {
                input type="hidden" name="item" value=(item);
                input type="hidden" name="from" value=(row.notification_id);
                input type="hidden" name="action" value=(action);
                (content)
            }
        }
    };
    html! {
        section.inbox-actions aria-labelledby="actions" {
            h2 #actions { "受付" }
            (form("assign", html! {
                (assignee_field(accounts, row.assignee_id, false))
                button.button { "担当を決める" }
            }))
            @if state.may_report() {
                (form("report", html! { button.button.primary { "県へ報告済にする" } }))
            }
            @if state.may_confirm() {
                (form("confirm", html! {
                    button.button.primary { "第" (row.version) "版を確認済にする" }
                }))
            }
        }
    }
}

/// The choice of 担当 among the centre's own accounts.
/// What the field sends before anything was chosen.
pub const NOT_CHOSEN: &str = "-";

/// `asks`: nobody is chosen beforehand, so that no colleague is taken away by an oversight.
pub fn assignee_field(accounts: &[(Uuid, String)], current: Option<Uuid>, asks: bool) -> Markup {
    html! {
        div.field {
            label.label for="field-assignee" { "担当" }
            div.control { select #field-assignee name="assignee" {
                @if asks { option value=(NOT_CHOSEN) selected { "選んでください" } }
                option value="" { "未定" }
                @for (id, name) in accounts { option value=(id) selected[current == Some(*id)] { (name) } }
            } }
        }
    }
}
