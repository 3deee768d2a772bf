//! Addresses of sign-in and sign-out, and the top page (TOP-01…TOP-05).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::events::News;
use crate::access::factors::webhooks;
use crate::access::store::{self, CenterEvent};
use crate::access::{
    Client, ItemGroup, Level, OrganizationKind, Staff, new_password, past, policy, registration, second_factor,
    security, sign_in,
};
use crate::error::{Error, Result};
use crate::routes::{Guard, Routes};
use crate::ui::{Page, Tone, notice};

/// As many events as a top page shows at once; confirming some brings up the next.
const EVENTS_SHOWN: i64 = 20;

pub fn routes() -> Routes {
    Routes::default()
        .get("/staff/sign-in", Guard::Public, sign_in::landing)
        .get("/staff/sign-in/id", Guard::Public, sign_in::id_page)
        .post("/staff/sign-in/id", Guard::Public, sign_in::take_id)
        .get("/staff/sign-in/password", Guard::Public, sign_in::password_page)
        .post("/staff/sign-in/password", Guard::Public, sign_in::take_password)
        .get("/staff/sign-in/code", Guard::Public, second_factor::page)
        .post("/staff/sign-in/code", Guard::Public, second_factor::verify)
        .post("/staff/sign-in/code/sendings", Guard::Public, second_factor::send_again)
        .get("/staff/sign-in/call", Guard::Public, second_factor::call_page)
        .post("/staff/sign-in/call", Guard::Public, second_factor::check_call)
        .get("/staff/sign-in/call/state", Guard::Public, second_factor::call_state)
        .get("/staff/sign-in/passkey", Guard::Public, second_factor::passkey_page)
        .post("/staff/sign-in/passkey", Guard::Public, second_factor::take_passkey)
        .get("/staff/sign-in/methods", Guard::Public, second_factor::methods)
        .post("/staff/sign-in/methods", Guard::Public, second_factor::choose)
        .get("/staff/sign-in/registration", Guard::Public, registration::introduction)
        .get("/staff/sign-in/registration/phone", Guard::Public, registration::phone_page)
        .post("/staff/sign-in/registration/phone", Guard::Public, registration::take_phone)
        .get("/staff/sign-in/registration/done", Guard::Public, registration::done_page)
        .post("/staff/sign-in/registration/done", Guard::Public, registration::leave)
        .get("/staff/sign-in/new-password", Guard::Public, new_password::page)
        .post("/staff/sign-in/new-password", Guard::Public, new_password::take)
        .post("/webhooks/calls/{token}/keys", Guard::Public, webhooks::keys)
        .post("/webhooks/calls/{token}/status", Guard::Public, webhooks::status)
        .merge(security::routes())
        .post("/staff/sign-out", Guard::Public, sign_in::sign_out)
        .post("/staff/past", Guard::Scope, past::switch)
        .get("/staff/", Guard::Staff, top)
        .post("/staff/events/{event_id}/confirmation", Guard::Staff, confirm_event)
}

async fn top(State(app): State<App>, staff: Staff) -> Result<Response> {
    let events = store::unseen_events(&app.db, staff.organization_id, staff.is_issuer, EVENTS_SHOWN).await?;
    let waiting = store::waiting_transfers(&app.db, staff.organization_id).await?;
    let drafts = match policy::may_register(staff.kind) {
        true => store::open_drafts(&app.db, staff.organization_id).await?,
        false => 0,
    };
    Ok(Page::new("トップページ").staff(&staff).response(top_page(
        staff.kind,
        staff.may_issue(),
        drafts,
        waiting,
        &events,
    )))
}

/// 確認済みにする: for everybody of the organisation.
async fn confirm_event(
    State(app): State<App>,
    client: Client,
    staff: Staff,
    Path(event_id): Path<Uuid>,
) -> Result<Response> {
    let now = app.clock.now();
    if !store::confirm_event(&app.db, staff.organization_id, event_id, now).await? {
        return Err(Error::NotFound);
    }
    Entry::by_staff(&staff, &client, now, "event.confirm")
        .with(serde_json::json!({ "event_id": event_id }))
        .write(&app.db)
        .await?;
    Ok(Redirect::to("/staff/").into_response())
}

fn top_page(kind: OrganizationKind, issues: bool, drafts: i64, waiting: i64, events: &[CenterEvent]) -> Markup {
    html! {
        h1 { "トップページ" }
        @if !events.is_empty() { (section_events(events)) }
        (section_work(kind))
        @if policy::may_register(kind) { (section_new(kind, drafts)) }
        @if policy::may_list(kind) { (section_existing(kind)) } @else { (no_single_people(kind)) }
        (section_transfers(kind, waiting))
        @if issues { (section_admin()) }
    }
}

/// What waits every day: notifications to be confirmed, people to be looked after.
fn section_work(kind: OrganizationKind) -> Markup {
    let (receives, observes) = (policy::receives(kind), policy::may(kind, ItemGroup::Observation));
    if receives < Level::Read && observes < Level::Write {
        return html! {};
    }
    html! {
        section.tasks aria-labelledby="tasks-work" {
            h2 #tasks-work { "毎日の業務" }
            @if observes == Level::Write {
                div.task {
                    a.button.large href="/staff/board" { "健康観察一覧" }
                    p { "健康観察中の方を、緊急・悪化・未報告などに分けて表示します。" }
                }
            }
            @if receives >= Level::Read {
                div.task {
                    a.button.large href="/staff/inbox" { "届出受付" }
                    p { "提出された発生届を確認し、医療機関への照会や県への報告を記録します。" }
                }
            }
        }
    }
}

/// TOP-01…TOP-03
fn section_new(kind: OrganizationKind, drafts: i64) -> Markup {
    html! {
        section.tasks aria-labelledby="tasks-new" {
            h2 #tasks-new { "新たに発生届を提出する場合、発生届の提出前に使用する場合" }
            div.task {
                form method="post" action="/staff/notifications" {
                    button.button.large .primary[registers_first(kind)] aria-describedby="help-notification" {
                        "新たに発生届を提出"
                    }
                }
                div #help-notification {
                    ul {
                        li { "発生届を新規登録できます。" }
                        li { "発生届に登録された情報を基に、他のタブの同一項目にも自動反映されます。" }
                        li { "※複数人分の発生届を連続して新規登録することができます。" }
                    }
                    @if drafts > 0 {
                        p { a href="/staff/notifications/new" { "書きかけの発生届" } "が" strong { (drafts) "件" } "あります。" }
                    }
                    p { a href="/staff/notifications/import" { "CSVで報告する" } }
                }
            }
            div.task {
                a.button.large href="/staff/cases/new" { "発生届の提出前に使用" }
                p { "ID管理情報から登録を始めます。" }
            }
        }
    }
}

/// TOP-04
fn section_existing(kind: OrganizationKind) -> Markup {
    html! {
        section.tasks aria-labelledby="tasks-existing" {
            h2 #tasks-existing { "入力済の情報を閲覧・編集する場合" }
            div.task {
                a.button.large .primary[!registers_first(kind)] href="/staff/cases" { "閲覧・編集" }
                p { "既に入力済の情報については、こちらから閲覧・編集を行ってください。" }
            }
        }
    }
}

/// A page has one primary button: what this kind of ID does most.
fn registers_first(kind: OrganizationKind) -> bool {
    kind == OrganizationKind::MedicalInstitution
}

/// PERM-10: some kinds of ID see figures only.
fn no_single_people(kind: OrganizationKind) -> Markup {
    notice(
        Tone::Information,
        html! {
            p { (kind.label()) "のIDでは、感染者等一人ひとりの情報は表示されません。見られるのは集計した情報だけです。" }
            p { "集計の画面は準備中です。" }
        },
    )
}

/// 引継ぎ: how many wait for this centre's answer.
fn section_transfers(kind: OrganizationKind, waiting: i64) -> Markup {
    if policy::may(kind, ItemGroup::Sharing) < Level::Read {
        return html! {};
    }
    html! {
        section.tasks aria-labelledby="tasks-transfers" {
            h2 #tasks-transfers { "担当保健所の引継ぎ" }
            div.task {
                a.button.large href="/staff/transfers" { "引継ぎ" }
                @if policy::may(kind, ItemGroup::Sharing) == Level::Write {
                    p {
                        "受信箱："
                        @if waiting == 0 { "回答を待っている依頼はありません。" }
                        @else { strong { (waiting) "件" } "の依頼が回答を待っています。" }
                    }
                } @else {
                    p { "管内の引継ぎの状況を見られます。" }
                }
            }
        }
    }
}

/// What an issuer does (IDM-01…IDM-08).
fn section_admin() -> Markup {
    html! {
        section.tasks aria-labelledby="tasks-admin" {
            h2 #tasks-admin { "機関とIDの管理" }
            div.task {
                a.button.large href="/staff/admin/organizations" { "機関とID" }
                p { "機関の登録、IDの発行・再発行・停止ができます。CSVでまとめて行うこともできます。" }
            }
            div.task {
                a.button.large href="/staff/admin/audit" { "操作の記録" }
                p { "所属する組織と所管する組織のIDで行われた操作を探せます。" }
            }
        }
    }
}

/// The newest, and the others one step away: what there is to do stays in sight.
fn section_events(events: &[CenterEvent]) -> Markup {
    const SHOWN: usize = 3;
    let (first, others) = events.split_at(events.len().min(SHOWN));
    html! {
        section.events aria-labelledby="events" {
            h2 #events { "お知らせ" }
            ul { @for event in first { (event_item(event)) } }
            @if !others.is_empty() {
                details {
                    summary { "ほかのお知らせ（" (others.len()) "件）" }
                    ul { @for event in others { (event_item(event)) } }
                }
            }
        }
    }
}

fn event_item(event: &CenterEvent) -> Markup {
    let sentence = format!("event-{}", event.event_id);
    html! {
        li.event {
            time datetime=(event.at.rfc3339()) { (event.at.minute_text()) }
            p id=(sentence) {
                @if let Some(id) = &event.sign_in_id { "サインインID " (id) "：" }
                (event_sentence(&event.kind))
                @if let Some(case_id) = event.case_id {
                    @if event.kind == News::Returned.code() {
                        " " a href={ "/staff/cases/" (case_id) "/sharing#history" } { "差し戻しの理由を見る" }
                    } @else if [News::Asked, News::Notified, News::NotificationChanged].iter().any(|news| news.code() == event.kind) {
                        " " a href={ "/staff/cases/" (case_id) "/notifications" } { "該当の方の発生届を開く" }
                    } @else {
                        " " a href={ "/staff/cases/" (case_id) } { "該当の方を開く" }
                    }
                } @else if [News::LinkedTogether, News::HandedBack].iter().any(|news| news.code() == event.kind) {
                    " " a href="/staff/board" { "健康観察一覧を開く" }
                } @else if event.kind == News::Accepted.code() {
                    " " a href="/staff/transfers" { "引継ぎの一覧を開く" }
                }
            }
            form method="post" action={ "/staff/events/" (event.event_id) "/confirmation" } {
                button.button type="submit" aria-describedby=(sentence) { "確認済みにする" }
            }
        }
    }
}

fn event_sentence(kind: &str) -> &'static str {
    match kind {
        "id_guessing" => "スマホ入力ID（HER-SYS ID）の照合に、複数のアカウントから失敗が続いています。",
        "sign_in_guessing" => {
            "サインインの失敗が続いています。本人に心当たりがあるか確かめ、ないときはパスワードの再発行やIDの停止を検討してください。"
        }
        // Said where it is told.
        kind if News::sentence_of(kind).is_some() => News::sentence_of(kind).unwrap_or_default(),
        _ => "登録情報について、確認が必要なことが起きています。",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_01_to_top_04_sections_and_help_texts_are_to_the_letter() {
        let html = top_page(OrganizationKind::HealthCenter, false, 0, 0, &[]).into_string();
        for text in [
            "新たに発生届を提出する場合、発生届の提出前に使用する場合",
            "発生届を新規登録できます。",
            "発生届に登録された情報を基に、他のタブの同一項目にも自動反映されます。",
            "※複数人分の発生届を連続して新規登録することができます。",
            "入力済の情報を閲覧・編集する場合",
            "既に入力済の情報については、こちらから閲覧・編集を行ってください。",
        ] {
            assert!(html.contains(text), "{text}");
        }
    }

    #[test]
    fn each_kind_of_id_gets_the_buttons_that_it_may_use_and_one_primary_at_most() {
        for kind in OrganizationKind::ALL {
            let html = top_page(kind, true, 0, 0, &[]).into_string();
            assert!(html.contains("/staff/admin/organizations") && html.contains("/staff/admin/audit"), "{kind:?}");
            let html = top_page(kind, false, 0, 0, &[]).into_string();
            assert!(!html.contains("/staff/admin/"), "{kind:?}");
            assert_eq!(html.contains("/staff/cases/new"), policy::may_register(kind), "{kind:?}");
            assert_eq!(html.contains(r#"href="/staff/cases""#), policy::may_list(kind), "{kind:?}");
            assert_eq!(html.matches("button large primary").count(), usize::from(policy::may_list(kind)), "{kind:?}");
        }
    }
}
