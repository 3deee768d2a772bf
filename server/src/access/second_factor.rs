//! The second step of sign-in: a code by SMS, at every sign-in (AUTH-10, AUTH-20…AUTH-23).
//!
//! Six digits, five minutes, five tries, once, and only in the browser that gave the password.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use hersys_shared::digits::only_digits;
use hersys_shared::{PhoneNumber, Problems};
use maud::{Markup, html};
use serde::Deserialize;
use time::Duration;
use uuid::Uuid;

use crate::App;
use crate::access::sign_in::{entry, entry_page, too_many};
use crate::access::staff::{self, begin_session, host_cookie, removal};
use crate::access::store::{CodesSent, PendingSignIn};
use crate::access::{Client, store};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::messages::{self, Channel, NewMessage};
use crate::secret::{Token, hash_token, same, six_digits};
use crate::ui::{Field, Tone, notice};

/// Ties the browser that gave the password to its second step.
pub const COOKIE: &str = "__Host-hersys-signin";

const SIGN_IN_LASTS: Duration = Duration::minutes(10);
const CODE_LASTS: Duration = Duration::minutes(5);
const TRIES: i64 = 5;
const BETWEEN_SENDINGS: Duration = Duration::minutes(1);
const SENDINGS_AN_HOUR: i64 = 5;

/// Begins the second step for an account whose password was right, and sends the code if one may be
/// sent now; the page of the code says where it may not.
pub async fn begin(app: &App, jar: CookieJar, account_id: Uuid) -> Result<CookieJar> {
    // Somebody who went back and gave the password again still has the code of a moment ago.
    if let Some((_, pending)) = pending(app, &jar).await?
        && pending.account_id == account_id
        && has_valid_code(&pending, app.clock.now())
    {
        return Ok(jar);
    }
    let token = Token::random();
    let now = app.clock.now();
    store::insert_pending(&app.db, token.hash(), account_id, now + SIGN_IN_LASTS).await?;
    match send(app, token.as_str(), account_id).await {
        Ok(()) | Err(Error::TooMany { .. }) => {}
        Err(error) => return Err(error),
    }
    Ok(jar.add(host_cookie(COOKIE, token.as_str().to_owned())))
}

/// The page that asks for the code (AUTH-21).
pub async fn page(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    let Some((_, pending)) = pending(&app, &jar).await? else {
        return Ok(Redirect::to("/staff/sign-in").into_response());
    };
    Ok(code_page(&app, &pending, &Problems::default()).await?.into_response())
}

#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
}

/// 検証: judges the code and begins the session.
pub async fn verify(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    let Some((token, pending)) = pending(&app, &jar).await? else {
        return Ok(expired());
    };
    if let Err(error) = app.limits.sign_in(&client) {
        let page = |problems: Problems| async move { code_page(&app, &pending, &problems).await };
        return refuse_for_now(error, page).await;
    }
    let problem = match judge(&app, &token, &pending, &form.code).await? {
        Judgement::Right => return finish(&app, &client, jar, &token, &pending).await,
        Judgement::Wrong(sentence) => {
            let whose = (pending.account_id, pending.organization_id);
            entry(&app, &client, Some(whose), "staff.code_wrong").write(&app.db).await?;
            sentence
        }
        Judgement::NotTried(sentence) => sentence.to_owned(),
    };
    let mut problems = Problems::default();
    problems.add("code", problem);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, code_page(&app, &pending, &problems).await?).into_response())
}

/// Sends another code; the one before is void from then on.
pub async fn send_again(State(app): State<App>, client: Client, jar: CookieJar) -> Result<Response> {
    let Some((token, pending)) = pending(&app, &jar).await? else {
        return Ok(expired());
    };
    let sent = match app.limits.codes(&client) {
        Ok(()) => send(&app, &token, pending.account_id).await,
        refused => refused,
    };
    match sent {
        Ok(()) => Ok(Redirect::to("/staff/sign-in/code").into_response()),
        Err(error) => {
            let page = |problems: Problems| async move { code_page(&app, &pending, &problems).await };
            refuse_for_now(error, page).await
        }
    }
}

enum Judgement {
    Right,
    Wrong(String),
    /// No try was used.
    NotTried(&'static str),
}

async fn judge(app: &App, token: &str, pending: &PendingSignIn, typed: &str) -> Result<Judgement> {
    let Some(code) = only_digits(typed).filter(|digits| digits.len() == 6) else {
        return Ok(Judgement::NotTried("コードは6桁の数字です。SMSを見て入力してください。"));
    };
    let Some(code_hash) = &pending.code_hash else {
        return Ok(Judgement::NotTried("コードをまだ送信していません。【コードをもう一度送る】を押してください。"));
    };
    if !is_fresh(pending.code_sent_at, app.clock.now()) {
        return Ok(Judgement::NotTried(
            "このコードの有効時間（5分）が過ぎました。【コードをもう一度送る】を押し、新しいコードを入力してください。",
        ));
    }
    // Counted before it is judged, so that parallel guesses cannot share a try.
    if !store::count_pending_try(&app.db, hash_token(token), TRIES).await? {
        return Ok(Judgement::NotTried(USED_UP));
    }
    if same(code_hash, &hash_code(app, token, &code)) {
        return Ok(Judgement::Right);
    }
    Ok(Judgement::Wrong(match TRIES - pending.tries - 1 {
        left @ 1.. => {
            format!("コードが正しくありません。SMSの6桁の数字を確かめてください（あと{left}回入力できます）。")
        }
        _ => USED_UP.to_owned(),
    }))
}

const USED_UP: &str = "まちがいが5回になったため、このコードは使えません。【コードをもう一度送る】を押し、新しいコードを入力してください。";

/// The code was right: whoever takes the pending sign-in away gets the one session for it.
async fn finish(app: &App, client: &Client, jar: CookieJar, token: &str, pending: &PendingSignIn) -> Result<Response> {
    if !store::take_pending(&app.db, hash_token(token)).await? {
        return Ok(expired());
    }
    if let Some(old) = jar.get(staff::COOKIE) {
        store::end_staff_session(&app.db, hash_token(old.value())).await?;
    }
    let whose = (pending.account_id, pending.organization_id);
    entry(app, client, Some(whose), "staff.sign_in").write(&app.db).await?;
    let session = begin_session(app, pending.account_id).await?;
    Ok((jar.add(removal(COOKIE)).add(session), Redirect::to("/staff/")).into_response())
}

/// Sends a code to the account's mobile telephone: one a minute, five an hour. An account without
/// one gets none; its page says so.
async fn send(app: &App, token: &str, account_id: Uuid) -> Result<()> {
    let Some(phone) = mobile_phone(app, account_id).await? else {
        return Ok(());
    };
    let code = six_digits();
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    store::hold_account(&mut tx, account_id).await?;
    let sent = store::codes_sent_since(&mut tx, account_id, now - Duration::hours(1)).await?;
    if let Some(retry_after) = wait_before_next(sent, now) {
        return Err(Error::TooMany { retry_after });
    }
    let expires_at = now + CODE_LASTS;
    store::set_pending_code(&mut tx, hash_token(token), hash_code(app, token, &code), now, expires_at).await?;
    let message = NewMessage {
        channel: Channel::Sms,
        recipient: phone.as_str().to_owned(),
        subject: String::new(),
        body: format!("HER-SYSのサインインコード：{code}（5分間有効）。ほかの人に教えないでください。"),
        case_id: None,
        expires_at,
    };
    messages::enqueue(&mut tx, now, message).await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(())
}

/// Seconds until another code may be sent to an account; `None` where it may be sent now.
fn wait_before_next(sent: CodesSent, now: Timestamp) -> Option<u64> {
    let minute = sent.last_at.map(|last| last + BETWEEN_SENDINGS);
    let hour = sent.first_at.filter(|_| sent.count >= SENDINGS_AN_HOUR).map(|first| first + Duration::hours(1));
    let until = minute.max(hour).filter(|until| now < *until)?;
    // Rounded up: whoever waits as long as told is not refused again.
    u64::try_from((until.0 - now.0 + 999) / 1000).ok()
}

/// The oldest number that SMS can reach (AUTH-08).
async fn mobile_phone(app: &App, account_id: Uuid) -> Result<Option<PhoneNumber>> {
    let numbers = store::account_phones(&app.db, account_id).await?;
    Ok(numbers.iter().filter_map(|number| PhoneNumber::parse(number).ok()).find(PhoneNumber::is_mobile))
}

async fn pending(app: &App, jar: &CookieJar) -> Result<Option<(String, PendingSignIn)>> {
    let Some(token) = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()) else {
        return Ok(None);
    };
    let pending = store::pending(&app.db, hash_token(&token), app.clock.now()).await?;
    Ok(pending.map(|pending| (token, pending)))
}

fn hash_code(app: &App, token: &str, code: &str) -> [u8; 32] {
    app.secret.hash("staff code", &format!("{token}\0{code}"))
}

fn has_valid_code(pending: &PendingSignIn, now: Timestamp) -> bool {
    pending.code_hash.is_some() && pending.tries < TRIES && is_fresh(pending.code_sent_at, now)
}

fn is_fresh(sent_at: Option<Timestamp>, now: Timestamp) -> bool {
    sent_at.is_some_and(|at| now < at + CODE_LASTS)
}

fn expired() -> Response {
    Redirect::to("/staff/sign-in?note=expired").into_response()
}

/// Shows the page again with the time to wait.
async fn refuse_for_now<F>(error: Error, page: impl FnOnce(Problems) -> F) -> Result<Response>
where
    F: Future<Output = Result<Markup>>,
{
    let Error::TooMany { .. } = error else {
        return Err(error);
    };
    let mut problems = Problems::default();
    problems.add("", error.failure().message);
    let markup = page(problems).await?;
    too_many(error, |_| markup)
}

async fn code_page(app: &App, pending: &PendingSignIn, problems: &Problems) -> Result<Markup> {
    let Some(phone) = mobile_phone(app, pending.account_id).await? else {
        return Ok(no_phone_page());
    };
    let sent_at = pending.code_hash.as_ref().and(pending.code_sent_at);
    Ok(code_form(&phone, sent_at, problems))
}

fn code_form(phone: &PhoneNumber, sent_at: Option<Timestamp>, problems: &Problems) -> Markup {
    entry_page(
        "コードの入力",
        problems,
        html! {
            @match sent_at {
                Some(at) => {
                    p {
                        "電話 +81 " (phone.masked()) " に SMS を送信しました。コードを入力してサインインしてください。"
                        br;
                        span.fine { (at.hour_minute()) " に送信" }
                    }
                }
                None => {
                    (notice(Tone::Wait, html! {
                        p {
                            "続けて送信できる回数を超えたため、コードをまだ送信していません。"
                            "少し待ってから【コードをもう一度送る】を押してください。"
                        }
                    }))
                }
            }
            form.code-entry method="post" action="/staff/sign-in/code" novalidate {
                (Field::new("code", "コードの入力", "", problems)
                    .hint("6桁の数字（5分間有効）")
                    .inputmode("numeric")
                    .autocomplete("one-time-code")
                    // Room for the spaces of a copied code.
                    .maxlength(12)
                    .autofocus()
                    .input())
                div.actions { button.button.primary type="submit" { "検証" } }
            }
            div.entry-help {
                p { "SMSが届かないときは、電波の状態と、SMSの受信拒否の設定を確かめてください。送信元の番号は変わることがあります。" }
                form method="post" action="/staff/sign-in/code/sendings" {
                    button.button type="submit" { "コードをもう一度送る" }
                }
            }
        },
    )
}

/// Only a mobile telephone can receive the code.
fn no_phone_page() -> Markup {
    entry_page(
        "電話番号が登録されていません",
        &Problems::default(),
        html! {
            p { "サインインには、SMSを受け取れる携帯電話の番号が必要です。このIDにはまだ登録されていません。" }
            p { "IDを発行した担当者（利用者認証実施者）に、番号の登録を依頼してください。登録が済んだら、はじめからサインインしてください。" }
            div.actions { a.button.primary href="/staff/sign-in" { "サインインの最初に戻る" } }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_660_000_000_000;

    fn sent(count: i64, first: i64, last: i64) -> CodesSent {
        CodesSent { count, first_at: Some(Timestamp(START + first)), last_at: Some(Timestamp(START + last)) }
    }

    #[test]
    fn a_code_a_minute_and_five_an_hour() {
        let now = Timestamp(START + 600_000);
        let never = CodesSent { count: 0, first_at: None, last_at: None };
        assert_eq!(wait_before_next(never, now), None);
        assert_eq!(wait_before_next(sent(1, 599_000, 599_000), now), Some(59));
        assert_eq!(wait_before_next(sent(1, 540_000, 540_000), now), None);
        assert_eq!(wait_before_next(sent(4, 0, 500_000), now), None);
        assert_eq!(wait_before_next(sent(5, 0, 500_000), now), Some(3000));
        assert_eq!(wait_before_next(sent(5, 0, 599_500), now), Some(3000));
    }

    #[test]
    fn a_wait_is_rounded_up() {
        let now = Timestamp(START + 59_999);
        assert_eq!(wait_before_next(sent(1, 0, 0), now), Some(1));
        assert_eq!(wait_before_next(sent(1, 0, 0), Timestamp(START + 60_000)), None);
    }

    #[test]
    fn auth_23_a_code_is_void_after_five_minutes() {
        let at = Some(Timestamp(START));
        assert!(is_fresh(at, Timestamp(START + 299_999)));
        assert!(!is_fresh(at, Timestamp(START + 300_000)));
        assert!(!is_fresh(None, Timestamp(START)));
    }

    #[test]
    fn auth_21_the_page_shows_the_number_masked() {
        let phone = PhoneNumber::parse("090-1234-5678").unwrap();
        let html = code_form(&phone, Some(Timestamp(START)), &Problems::default()).into_string();
        assert!(
            html.contains("電話 +81 XXX-XXXX-X678 に SMS を送信しました。コードを入力してサインインしてください。")
        );
        assert!(!html.contains("1234"));
    }
}
