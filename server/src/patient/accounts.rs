//! Patient accounts: 作成, sign-in, password and address (MY-06…MY-08).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use hersys_shared::api::{ApiError, CodePurpose, NewAccount, NewMail, NewPassword, SignIn};
use hersys_shared::{MailAddress, Problems, password};
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::access::limits::Guessing;
use crate::access::staff::removal;
use crate::error::{Error, Result};
use crate::patient::sessions::{self, COOKIE, Patient};
use crate::patient::{codes, mails, store};
use crate::{messages, secret};

/// 【作成】: the account behind a confirmed code; signs in.
#[utoipa::path(post, path = "/api/patient/account", request_body = NewAccount, responses(
    (status = 201, description = "Made and signed in"),
    (status = 410, body = ApiError, description = "The code was not confirmed, has expired or was used"),
    (status = 422, body = ApiError),
))]
pub async fn create(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Json(request): Json<NewAccount>,
) -> Result<(StatusCode, CookieJar)> {
    app.limits.sign_in(&client)?;
    check_new_password(&request.password, &request.password_repeated)?;
    let code = codes::confirmed(&app, request.ticket, CodePurpose::Registration).await?;
    let password_hash = app.passwords.hash(&request.password).await?;
    let now = app.clock.now();
    let account_id = Uuid::now_v7();

    let mut tx = app.db.begin().await?;
    if !store::use_code(&mut tx, request.ticket, now).await? {
        return Err(Error::CodeExpired);
    }
    store::insert_account(&mut tx, account_id, &code.mail, &password_hash, now).await?;
    match store::give_mail(&mut tx, mail_hash(&code)?, account_id).await {
        // Somebody made an account with this address since the code was sent.
        Err(error) if error.is_unique_violation() => return Err(Error::CodeExpired),
        given => given?,
    }
    let cookie = sessions::begin(&app, &mut tx, account_id).await?;
    Entry::by_patient(Some(account_id), &client, now, "patient.registered").write(&mut tx).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, jar.add(cookie)))
}

/// Sign-in with mail address and password (MY-08).
#[utoipa::path(post, path = "/api/patient/session", request_body = SignIn, responses(
    (status = 204, description = "Signed in"),
    (status = 401, body = ApiError),
    (status = 422, body = ApiError),
    (status = 429, body = ApiError),
))]
pub async fn sign_in(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Json(request): Json<SignIn>,
) -> Result<(StatusCode, CookieJar)> {
    app.limits.sign_in(&client)?;
    let mut problems = Problems::default();
    let mail = problems.check("mail", MailAddress::parse(&request.mail));
    if request.password.is_empty() {
        problems.add("password", "パスワードを入力してください。");
    }
    let Some(mail) = mail.filter(|_| problems.is_empty()) else {
        return Err(problems.into());
    };
    let attempt = Guessing::of(&app, "patient password", &mail.key(), &client).begin().await?;
    let account = match store::account_by_mail(&app.db, app.secret.hash("mail", &mail.key())).await? {
        Some(account_id) => store::account(&app.db, account_id).await?,
        None => None,
    };
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let right = request.password.chars().count() <= password::MAX_CHARACTERS
        && app.passwords.verify(&request.password, hash).await?;
    let now = app.clock.now();
    let Some(account) = account.filter(|_| right) else {
        Entry::by_patient(None, &client, now, "patient.sign_in_refused").write(&app.db).await?;
        return Err(Error::WrongCredentials);
    };
    attempt.right().await?;
    if let Some(cookie) = jar.get(COOKIE) {
        store::end_session(&app.db, secret::hash_token(cookie.value())).await?;
    }
    let cookie = sessions::begin(&app, &app.db, account.account_id).await?;
    Entry::by_patient(Some(account.account_id), &client, now, "patient.signed_in").write(&app.db).await?;
    Ok((StatusCode::NO_CONTENT, jar.add(cookie)))
}

/// サインアウト. Harmless without a session.
#[utoipa::path(delete, path = "/api/patient/session", responses((status = 204, description = "Signed out")))]
pub async fn sign_out(State(app): State<App>, jar: CookieJar) -> Result<(StatusCode, CookieJar)> {
    if let Some(cookie) = jar.get(COOKIE) {
        store::end_session(&app.db, secret::hash_token(cookie.value())).await?;
    }
    Ok((StatusCode::NO_CONTENT, jar.add(removal(COOKIE))))
}

/// A new password, by the current one or by a confirmed code; all other sessions end.
#[utoipa::path(put, path = "/api/patient/account/password", request_body = NewPassword, responses(
    (status = 204, description = "Changed; signed in anew, every other session has ended"),
    (status = 401, body = ApiError),
    (status = 410, body = ApiError),
    (status = 422, body = ApiError),
    (status = 429, body = ApiError),
))]
pub async fn change_password(
    State(app): State<App>,
    client: Client,
    patient: Option<Patient>,
    jar: CookieJar,
    Json(request): Json<NewPassword>,
) -> Result<(StatusCode, CookieJar)> {
    app.limits.sign_in(&client)?;
    check_new_password(&request.password, &request.password_repeated)?;
    let account_id = match request.ticket {
        Some(ticket) => {
            let code = codes::confirmed(&app, ticket, CodePurpose::PasswordReset).await?;
            code.account_id.ok_or(Error::CodeExpired)?
        }
        None => {
            let account_id = patient.ok_or(Error::NotSignedIn)?.account_id;
            check_current(&app, &client, account_id, request.current.as_deref(), "current").await?;
            account_id
        }
    };
    let account = store::account(&app.db, account_id).await?.ok_or(Error::NotSignedIn)?;
    let password_hash = app.passwords.hash(&request.password).await?;
    let now = app.clock.now();

    let mut tx = app.db.begin().await?;
    if let Some(ticket) = request.ticket
        && !store::use_code(&mut tx, ticket, now).await?
    {
        return Err(Error::CodeExpired);
    }
    store::void_codes(&mut tx, account_id, now).await?;
    store::set_password(&mut tx, account_id, &password_hash).await?;
    store::end_sessions(&mut tx, account_id).await?;
    let cookie = sessions::begin(&app, &mut tx, account_id).await?;
    let notice = mails::password_changed(&app.config).to(&account.mail, now + Duration::days(3));
    messages::enqueue(&mut tx, now, notice).await?;
    Entry::by_patient(Some(account_id), &client, now, "patient.password_changed")
        .with(json!({ "by_code": request.ticket.is_some() }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok((StatusCode::NO_CONTENT, jar.add(cookie)))
}

/// A new mail address, proved by a code sent to it; the old address is told, other sessions end.
#[utoipa::path(put, path = "/api/patient/account/mail", request_body = NewMail, responses(
    (status = 204, description = "Changed"),
    (status = 401, body = ApiError),
    (status = 410, body = ApiError),
    (status = 422, body = ApiError),
))]
pub async fn change_mail(
    State(app): State<App>,
    client: Client,
    patient: Patient,
    Json(request): Json<NewMail>,
) -> Result<StatusCode> {
    app.limits.sign_in(&client)?;
    let account_id = patient.account_id;
    let code = codes::confirmed(&app, request.ticket, CodePurpose::MailChange).await?;
    if code.account_id != Some(account_id) {
        return Err(Error::CodeExpired);
    }
    check_current(&app, &client, account_id, Some(&request.current_password), "current_password").await?;
    let account = store::account(&app.db, account_id).await?.ok_or(Error::NotSignedIn)?;
    let now = app.clock.now();

    let mut tx = app.db.begin().await?;
    if !store::use_code(&mut tx, request.ticket, now).await? {
        return Err(Error::CodeExpired);
    }
    store::void_codes(&mut tx, account_id, now).await?;
    store::drop_mails(&mut tx, account_id, &account.mail, |mail| app.secret.hash("mail", mail)).await?;
    match store::give_mail(&mut tx, mail_hash(&code)?, account_id).await {
        Err(error) if error.is_unique_violation() => return Err(Error::CodeExpired),
        given => given?,
    }
    store::set_mail(&mut tx, account_id, &code.mail).await?;
    store::end_other_sessions(&mut tx, account_id, patient.token_hash).await?;
    let notice = mails::address_changed(&app.config).to(&account.mail, now + Duration::days(3));
    messages::enqueue(&mut tx, now, notice).await?;
    Entry::by_patient(Some(account_id), &client, now, "patient.mail_changed").write(&mut tx).await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(StatusCode::NO_CONTENT)
}

fn check_new_password(new: &str, repeated: &str) -> Result<()> {
    let mut problems = Problems::default();
    problems.check("password", password::check(new));
    problems.check("password_repeated", password::check_repeated(new, repeated));
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

async fn check_current(app: &App, client: &Client, account_id: Uuid, current: Option<&str>, field: &str) -> Result<()> {
    let current = current
        .filter(|current| !current.is_empty() && current.chars().count() <= password::MAX_CHARACTERS)
        .ok_or_else(|| Error::one(field, "現在のパスワードを入力してください。"))?;
    let attempt = Guessing::of(app, "patient current password", &account_id.to_string(), client).begin().await?;
    let account = store::account(&app.db, account_id).await?;
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    if !app.passwords.verify(current, hash).await? {
        return Err(Error::one(field, "現在のパスワードが正しくありません。"));
    }
    attempt.right().await
}

fn mail_hash(code: &store::Code) -> Result<[u8; 32]> {
    code.mail_hash.clone().try_into().map_err(|_| Error::Internal("mail hash of a wrong length".into()))
}
