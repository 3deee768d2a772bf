//! セキュリティ情報: one's own factors, password and sessions (AUTH-25, AUTH-30).
//!
//! Every change asks for a password given in the last ten minutes, is audited, and is told to the
//! account's mobile telephones.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::{PhoneNumber, Problems};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use time::Duration;

use crate::App;
use crate::access::audit::Entry;
use crate::access::factors::Factors;
use crate::access::factors::store::Device;
use crate::access::new_password::{is_current, shown_again};
use crate::access::session::Session;
use crate::access::staff::IDLE;
use crate::access::{Client, Staff};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::messages::{self, Channel, NewMessage};
use crate::routes::{Guard, Routes};
use crate::ui::{Field, Page, Tone, error_summary, notice};

mod devices;
mod passwords;
mod phones;
mod sessions;
pub mod store;

pub fn routes() -> Routes {
    Routes::default()
        .get("/staff/security", Guard::Staff, page)
        .get("/staff/security/confirmation", Guard::Staff, confirmation)
        .post("/staff/security/confirmation", Guard::Staff, confirm)
        .get("/staff/security/phones/new", Guard::Staff, phones::new)
        .post("/staff/security/phones/new", Guard::Staff, phones::add)
        .post("/staff/security/phones/removal", Guard::Staff, phones::remove)
        .get("/staff/security/check/code", Guard::Staff, phones::code_page)
        .post("/staff/security/check/code", Guard::Staff, phones::take_code)
        .post("/staff/security/check/code/sendings", Guard::Staff, phones::send_again)
        .get("/staff/security/check/call", Guard::Staff, phones::call_page)
        .post("/staff/security/check/call", Guard::Staff, phones::take_call)
        .get("/staff/security/check/call/state", Guard::Staff, phones::call_state)
        .get("/staff/security/passkeys/new", Guard::Staff, devices::new_passkey)
        .post("/staff/security/passkeys", Guard::Staff, devices::add_passkey)
        .get("/staff/security/apps/new", Guard::Staff, devices::new_app)
        .post("/staff/security/apps", Guard::Staff, devices::add_app)
        .post("/staff/security/factors/{factor_id}/name", Guard::Staff, devices::rename)
        .post("/staff/security/factors/{factor_id}/removal", Guard::Staff, devices::remove)
        .get("/staff/security/password", Guard::Staff, passwords::page)
        .post("/staff/security/password", Guard::Staff, passwords::take)
        .post("/staff/security/sessions/{session_id}/end", Guard::Staff, sessions::end)
        .post("/staff/security/sessions/sign-out", Guard::Staff, sessions::end_all)
}

#[derive(Deserialize)]
pub struct Arrival {
    note: Option<String>,
}

async fn page(State(app): State<App>, session: Session, Query(arrival): Query<Arrival>) -> Result<Response> {
    let removed_phone = arrival.note.as_deref().and_then(|note| note.strip_prefix(REMOVED_PHONE));
    let removed_phone = removed_phone.filter(|end| end.len() == 3 && end.bytes().all(|byte| byte.is_ascii_digit()));
    let removed_phone = removed_phone.map(|end| format!("電話番号（末尾{end}）を削除しました。"));
    let done = removed_phone.as_deref().or_else(|| {
        arrival.note.as_deref().and_then(|note| match note {
            "added" => Some("追加しました。"),
            "changed" => Some("変更しました。"),
            "removed-passkey" => Some("セキュリティキー・パスキーを削除しました。"),
            "removed-app" => Some("認証アプリを削除しました。"),
            "ended" => Some("サインアウトさせました。"),
            "confirmed" => Some("パスワードを確認しました。10分間、変更ができます。"),
            _ => None,
        })
    });
    overview(&app, &session, done, &Problems::default()).await
}

/// The page with its lists; the problems of a refused change stand on top.
async fn overview(app: &App, session: &Session, done: Option<&str>, problems: &Problems) -> Result<Response> {
    let now = app.clock.now();
    let staff = &session.staff;
    let factors = Factors::of(&app.db, staff.account_id).await?;
    let sessions = store::sessions(&app.db, staff.account_id, now - IDLE, now).await?;
    let only = factors.count() == 1;
    Ok(Page::new("セキュリティ情報").staff(staff).response(html! {
        h1 { "セキュリティ情報" }
        @if let Some(done) = done { (notice(Tone::Done, html! { p { (done) } })) }
        (error_summary(problems))
        p {
            "サインインのたびに使う確認の方法と、パスワードを管理します。変更の前に、パスワードの入力をお願いすることがあります。"
        }
        section.security aria-labelledby="phones" {
            h2 #phones { "電話番号" }
            (phones::list(&factors.phones, only))
            p { a.button href="/staff/security/phones/new" { "電話番号を追加" } }
        }
        section.security aria-labelledby="passkeys" {
            h2 #passkeys { "セキュリティキー・パスキー" }
            (devices::list(&factors.devices, "passkey", only))
            p { a.button href="/staff/security/passkeys/new" { "セキュリティキー・パスキーを追加" } }
        }
        section.security aria-labelledby="apps" {
            h2 #apps { "認証アプリ" }
            (devices::list(&factors.devices, "app", only))
            p { a.button href="/staff/security/apps/new" { "認証アプリを追加" } }
        }
        section.security aria-labelledby="password" {
            h2 #password { "パスワード" }
            p { a.button href="/staff/security/password" { "パスワードを変更" } }
        }
        section.security aria-labelledby="sessions" {
            h2 #sessions { "サインイン中の端末" }
            (sessions::list(&sessions, &session.token_hash))
        }
    }))
}

/// Shows the page again with one sentence about what was refused.
async fn refused(app: &App, session: &Session, sentence: &str) -> Result<Response> {
    let mut problems = Problems::default();
    problems.add("", sentence);
    let mut response = overview(app, session, None, &problems).await?;
    *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn back_with(note: &str) -> Response {
    Redirect::to(&format!("/staff/security?note={note}")).into_response()
}

/// Before the last three digits of a number that was removed.
const REMOVED_PHONE: &str = "removed-phone-";

const LAST_FACTOR: &str = "確認の方法は、少なくとも1つ必要です。ほかの方法を追加してから削除してください。";

#[derive(Deserialize)]
pub struct Confirmation {
    #[serde(default)]
    next: String,
    #[serde(default)]
    password: String,
}

async fn confirmation(session: Session, Query(form): Query<Confirmation>) -> Response {
    confirmation_form(&session.staff, &form.next, &Problems::default()).into_response()
}

/// 確認: the password opens changes for ten minutes.
async fn confirm(
    State(app): State<App>,
    client: Client,
    session: Session,
    Form(form): Form<Confirmation>,
) -> Result<Response> {
    let staff = &session.staff;
    let form_again = |problems: &Problems| confirmation_form(staff, &form.next, problems).into_response();
    let right = match app.limits.sign_in(&client) {
        Ok(()) => is_current(&app, &client, staff.account_id, &staff.sign_in_id, &form.password).await,
        Err(error) => Err(error),
    };
    match right {
        Ok(true) => {}
        Ok(false) => {
            Entry::by_staff(staff, &client, app.clock.now(), "staff.password_wrong").write(&app.db).await?;
            return shown_again(
                Error::one("password", "パスワードが正しくありません。もう一度入力してください。"),
                form_again,
            );
        }
        Err(error) => return shown_again(error, form_again),
    }
    store::set_proved(&app.db, session.token_hash, app.clock.now()).await?;
    let next = match form.next.as_str() {
        page @ ("/staff/security/phones/new" | "/staff/security/passkeys/new" | "/staff/security/apps/new") => page,
        _ => "/staff/security?note=confirmed",
    };
    Ok(Redirect::to(next).into_response())
}

fn confirmation_form(staff: &Staff, next: &str, problems: &Problems) -> Markup {
    Page::new("パスワードの確認").staff(staff).render(html! {
        h1 { "パスワードの確認" }
        (error_summary(problems))
        p { "セキュリティ情報を変更する前に、もう一度パスワードを入力してください。" }
        form.narrow method="post" action="/staff/security/confirmation" novalidate {
            input type="hidden" name="next" value=(next);
            (Field::new("password", "パスワード", "", problems)
                .required()
                .kind("password")
                .autocomplete("current-password")
                .maxlength(256)
                .autofocus()
                .input())
            div.actions {
                button.button.primary type="submit" { "確認" }
                a.button href="/staff/security" { "戻る" }
            }
        }
    })
}

/// A change of the account's factors or password, as the audit and the owner are told of it.
struct Change<'a> {
    action: &'static str,
    kind: &'a str,
    /// For the owner, e.g. 電話番号の追加.
    told_as: &'a str,
}

impl Change<'_> {
    /// Writes the audit and tells the mobile telephones that the account had before.
    async fn tell(self, app: &App, tx: &mut Tx, staff: &Staff, client: &Client, had: &[PhoneNumber]) -> Result<()> {
        let now = app.clock.now();
        let mut told = 0;
        for phone in had.iter().filter(|phone| phone.is_mobile()) {
            let message = NewMessage {
                channel: Channel::Sms,
                recipient: phone.as_str().to_owned(),
                subject: String::new(),
                body: format!(
                    "HER-SYSのセキュリティ情報が変更されました（{}）。心当たりがないときは、IDの発行者にすぐ連絡してください。",
                    self.told_as
                ),
                case_id: None,
                expires_at: now + Duration::days(1),
            };
            messages::enqueue(&mut *tx, now, message).await?;
            told += 1;
        }
        Entry::by_staff(staff, client, now, self.action)
            .with(json!({ "kind": self.kind, "told": told }))
            .write(tx)
            .await?;
        Ok(())
    }
}

/// Whether a device may be called this; the name as it is kept.
fn name_of_device(typed: &str) -> std::result::Result<String, &'static str> {
    match typed.trim() {
        "" => Err("名前を入力してください。"),
        name if name.chars().count() > 40 => Err("名前は40文字以内にしてください。"),
        name if name.chars().any(char::is_control) => Err("名前に使えない文字があります。"),
        name => Ok(name.to_owned()),
    }
}

/// The last factor cannot be removed; the others can, after a second look.
fn removal(action: &str, only: bool, described_by: &str, fields: Markup) -> Markup {
    html! {
        @if only {
            p.factor-last { "最後の1つなので削除できません" }
        } @else {
            details.factor-removal {
                summary.button aria-describedby=(described_by) { "削除" }
                form method="post" action=(action) {
                    (fields)
                    p { "削除すると、この方法ではサインインを確認できなくなります。" }
                    button.button.danger type="submit" aria-describedby=(described_by) { "削除する" }
                }
            }
        }
    }
}

fn is_kind(device: &Device, kind: &str) -> bool {
    device.kind == kind
}
