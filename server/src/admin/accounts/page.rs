//! One ID: what it is, and how it is reset, suspended, resumed and ended.

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::days;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::Issuer;
use crate::access::{Client, accounts};
use crate::admin::accounts::{Account, AccountState, handout, issue, store};
use crate::admin::line;
use crate::admin::organizations::{Desk, Organization};
use crate::error::{Error, Result};
use crate::ui::{Page, Tone, notice};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Arrival {
    done: String,
}

/// An ID within sight, and whether the issuer may act on it.
struct Found {
    account: Account,
    organization: Organization,
    may_act: bool,
}

async fn find(issuer: &Issuer, account_id: Uuid) -> Result<Found> {
    let account = store::account(issuer.db(), account_id).await?.ok_or(Error::NotFound)?;
    let desk = Desk::of(issuer).await?;
    let organization = desk.organization(issuer, account.organization_id).await?;
    // Who gives a right may take it away; nobody acts on themselves or on their fellow issuers.
    let gives = line::right_to_give(&desk.own, &organization.line(&desk.offices));
    let may_act = gives == Some(account.right()) && account.account_id != issuer.staff().account_id;
    Ok(Found { account, organization, may_act })
}

/// An ID that the issuer may act on and that has not ended.
async fn actable(issuer: &Issuer, account_id: Uuid) -> Result<Found> {
    let found = find(issuer, account_id).await?;
    if !found.may_act {
        return Err(Error::Forbidden);
    }
    if found.account.ended_at.is_some() {
        return Err(Error::one("", "終了したIDです。必要なときは、新しいIDを発行してください。"));
    }
    Ok(found)
}

pub async fn page(issuer: Issuer, Path(account_id): Path<Uuid>, Query(arrival): Query<Arrival>) -> Result<Response> {
    let Found { account, organization, may_act } = find(&issuer, account_id).await?;
    let day = |at: crate::clock::Timestamp| days::japanese(at.day());
    let main = html! {
        p.admin-back { a href={ "/staff/admin/organizations/" (organization.organization_id) } { (organization.name) } }
        h1 { (account.sign_in_id) }
        (done(&arrival.done))
        section.items.admin-facts aria-label="IDの内容" {
            dl {
                div { dt { "機関" } dd { (organization.name) } }
                div { dt { "利用者名" } dd { (account.display_name) } }
                div { dt { "権限" } dd { (account.right().label()) } }
                div { dt { "状態" } dd { (account.state().mark()) } }
                div { dt { "発行日" } dd { (day(account.created_at)) } }
                @if let Some(ended_at) = account.ended_at { div { dt { "終了日" } dd { (day(ended_at)) } } }
            }
        }
        @if may_act && account.ended_at.is_none() {
            (actions(&account))
        } @else if account.ended_at.is_none() {
            p.quiet-text { "このIDの再発行・停止・終了は、発行した機関の利用者認証実施者が行います。" }
        }
    };
    Ok(Page::new("ID").staff(issuer.staff()).response(main))
}

fn done(what: &str) -> Markup {
    let sentence = match what {
        "suspended" => "IDを停止しました。サインイン中の画面も、次の操作からサインアウトになります。",
        "resumed" => "IDの停止を解除しました。これまでのパスワードでサインインできます。",
        "ended" => "IDを終了しました。",
        _ => return html! {},
    };
    notice(Tone::Done, html! { p { (sentence) } })
}

fn actions(account: &Account) -> Markup {
    let action = |what: &str| format!("/staff/admin/accounts/{}/{what}", account.account_id);
    html! {
        section.admin-action aria-labelledby="action-reset" {
            h2 #action-reset { "パスワードの再発行" }
            p { "新しい初期パスワードを作り、一度だけ表示します。これまでのパスワードは使えなくなり、サインイン中の画面はサインアウトになります。" }
            form method="post" action=(action("password")) {
                input type="hidden" name="issuing_id" value=(Uuid::now_v7());
                div.field.choices {
                    label.choice {
                        input type="checkbox" name="forget_factors" value="on";
                        span { "登録した電話番号なども消す（電話をなくした・番号が変わったとき）" }
                    }
                }
                button.button { "パスワードを再発行" }
            }
        }
        @if account.state() == AccountState::Suspended {
            section.admin-action aria-labelledby="action-resume" {
                h2 #action-resume { "停止の解除" }
                p { "これまでのパスワードで、またサインインできるようになります。" }
                form method="post" action=(action("resumption")) { button.button { "停止を解除" } }
            }
        } @else {
            section.admin-action aria-labelledby="action-suspend" {
                h2 #action-suspend { "停止" }
                p { "解除するまでサインインできなくなります。サインイン中の画面は、すぐにサインアウトになります。" }
                form method="post" action=(action("suspension")) { button.button { "IDを停止" } }
            }
        }
        section.admin-action aria-labelledby="action-end" {
            h2 #action-end { "終了" }
            p { strong { "元に戻せません。" } "異動や閉院などで使わなくなったIDを終了します。同じサインインIDは、二度と発行されません。入力した情報は残ります。" }
            details {
                summary { "終了の手続きを開く" }
                form method="post" action=(action("end")) { button.button.danger { "このIDを終了する" } }
            }
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ResetForm {
    issuing_id: String,
    forget_factors: String,
}

/// 【パスワードを再発行】: answers with the hand-out.
pub async fn reset_password(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Path(account_id): Path<Uuid>,
    Form(form): Form<ResetForm>,
) -> Result<Response> {
    let Found { account, organization, .. } = actable(&issuer, account_id).await?;
    let Ok(issuing_id) = Uuid::parse_str(&form.issuing_id) else {
        return Err(Error::one("", "画面が古くなっています。IDの画面を開き直してください。"));
    };
    let whose = (&account, organization.name.as_str());
    let issued = issue::reset(&app, &issuer, &client, issuing_id, whose, !form.forget_factors.is_empty()).await?;
    Ok(handout::answer(
        &app,
        issuer.staff(),
        handout::Act::Reset,
        issued,
        &format!("/staff/admin/accounts/{account_id}"),
    ))
}

pub async fn suspend(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Path(account_id): Path<Uuid>,
) -> Result<Response> {
    let account = actable(&issuer, account_id).await?.account;
    let now = app.clock.now();
    let mut tx = issuer.db().begin().await?;
    store::set_suspended(&mut tx, account_id, Some(now)).await?;
    accounts::end_sessions(&mut tx, account_id).await?;
    told(&issuer, &client, &account, now, "account.suspend").write(&mut tx).await?;
    tx.commit().await?;
    Ok(back(account_id, "suspended"))
}

pub async fn resume(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Path(account_id): Path<Uuid>,
) -> Result<Response> {
    let account = actable(&issuer, account_id).await?.account;
    let mut tx = issuer.db().begin().await?;
    store::set_suspended(&mut tx, account_id, None).await?;
    told(&issuer, &client, &account, app.clock.now(), "account.resume").write(&mut tx).await?;
    tx.commit().await?;
    Ok(back(account_id, "resumed"))
}

pub async fn end(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Path(account_id): Path<Uuid>,
) -> Result<Response> {
    let account = actable(&issuer, account_id).await?.account;
    let now = app.clock.now();
    let mut tx = issuer.db().begin().await?;
    store::end(&mut tx, account_id, now).await?;
    accounts::end_sessions(&mut tx, account_id).await?;
    told(&issuer, &client, &account, now, "account.end").write(&mut tx).await?;
    tx.commit().await?;
    Ok(back(account_id, "ended"))
}

fn told(
    issuer: &Issuer,
    client: &Client,
    account: &Account,
    now: crate::clock::Timestamp,
    action: &'static str,
) -> Entry {
    Entry::by_staff(issuer.staff(), client, now, action).with(serde_json::json!({
        "account_id": account.account_id,
        "organization_id": account.organization_id,
        "sign_in_id": account.sign_in_id,
    }))
}

fn back(account_id: Uuid, done: &str) -> Response {
    Redirect::to(&format!("/staff/admin/accounts/{account_id}?done={done}")).into_response()
}
