//! 確認コード by mail (MY-02…MY-05): six digits, ten minutes, five tries; one sending a minute and
//! ten a day for an address. The answer never tells whether an address has an account.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hersys_shared::MailAddress;
use hersys_shared::api::{ApiError, CodeConfirmation, CodePurpose, CodeRequest, CodeSent};
use hersys_shared::digits::only_digits;
use time::Duration;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::error::{Error, Result};
use crate::messages;
use crate::patient::sessions::Patient;
use crate::patient::{mails, store};
use crate::secret::{same, six_digits};

pub const LASTS: Duration = Duration::minutes(10);
pub const TRIES: i64 = 5;
pub const BETWEEN_SENDINGS: Duration = Duration::minutes(1);
pub const A_DAY: i64 = 10;

/// For how long a confirmed code can be used to go on: time to think of a password.
const CONFIRMED_LASTS: Duration = Duration::minutes(30);

/// Sends a 確認コード, or a mail that says why none is needed.
#[utoipa::path(post, path = "/api/patient/codes", request_body = CodeRequest, responses(
    (status = 202, body = CodeSent, description = "Sent; the same whether or not the address has an account"),
    (status = 401, body = ApiError, description = "mail_change needs a session"),
    (status = 422, body = ApiError),
    (status = 429, body = ApiError, description = "One sending a minute and ten a day for an address"),
))]
pub async fn send(
    State(app): State<App>,
    client: Client,
    patient: Option<Patient>,
    Json(request): Json<CodeRequest>,
) -> Result<(StatusCode, Json<CodeSent>)> {
    app.limits.codes(&client)?;
    let mail = MailAddress::parse(&request.mail).map_err(|message| Error::one("mail", message))?;
    let asking = match request.purpose {
        CodePurpose::MailChange => Some(patient.ok_or(Error::NotSignedIn)?.account_id),
        CodePurpose::Registration | CodePurpose::PasswordReset => None,
    };
    let now = app.clock.now();
    let mail_hash = app.secret.hash("mail", &mail.key());
    let owner = store::account_by_mail(&app.db, mail_hash).await?;
    let ticket = Uuid::new_v4();
    let code = six_digits();

    let mut tx = app.db.begin().await?;
    if !store::take_from_quota(&mut tx, mail_hash, now, BETWEEN_SENDINGS, A_DAY).await? {
        drop(tx);
        let retry_after = store::quota_wait(&app.db, mail_hash, now, BETWEEN_SENDINGS, A_DAY).await?;
        return Err(Error::TooMany { retry_after });
    }
    let account_id = match request.purpose {
        CodePurpose::Registration => None,
        CodePurpose::PasswordReset => owner,
        CodePurpose::MailChange => asking,
    };
    // Where no code is sent, the ticket holds the hash of a code that nobody has seen.
    let mail_text = mails::code(&app.config, request.purpose, owner.is_some(), &code);
    store::insert_code(
        &mut tx,
        &store::NewCode {
            ticket,
            mail_hash,
            purpose: purpose_code(request.purpose),
            mail: mail.as_str(),
            account_id,
            code_hash: code_hash(&app, ticket, &code),
            sent_at: now,
            expires_at: now + LASTS,
        },
    )
    .await?;
    let expires_at = now + LASTS;
    messages::enqueue(&mut tx, now, mail_text.to(mail.as_str(), expires_at)).await?;
    tx.commit().await?;
    app.outbox.wake();
    let sent = CodeSent {
        ticket,
        resend_after: BETWEEN_SENDINGS.whole_seconds().unsigned_abs(),
        expires_in: LASTS.whole_seconds().unsigned_abs(),
    };
    Ok((StatusCode::ACCEPTED, Json(sent)))
}

/// 【コードの確認】
#[utoipa::path(post, path = "/api/patient/codes/{ticket}/confirmation", request_body = CodeConfirmation,
    params(("ticket" = Uuid, Path)), responses(
    (status = 204, description = "Right"),
    (status = 409, body = ApiError, description = "Wrong"),
    (status = 410, body = ApiError, description = "Expired, or tried five times"),
    (status = 422, body = ApiError),
    (status = 429, body = ApiError),
))]
pub async fn confirm(
    State(app): State<App>,
    client: Client,
    Path(ticket): Path<Uuid>,
    Json(request): Json<CodeConfirmation>,
) -> Result<StatusCode> {
    app.limits.sign_in(&client)?;
    let code = only_digits(&request.code)
        .filter(|digits| digits.len() == 6)
        .ok_or_else(|| Error::one("code", "確認コードは6桁の数字です。メールを見て入力してください。"))?;
    let now = app.clock.now();
    // The try is counted before it is judged, so that parallel guesses cannot share one.
    if !store::count_code_try(&app.db, ticket, now, TRIES).await? {
        return Err(Error::CodeExpired);
    }
    let stored = store::code(&app.db, ticket).await?.ok_or(Error::CodeExpired)?;
    if !same(&stored.code_hash, &code_hash(&app, ticket, &code)) {
        return Err(if stored.tries >= TRIES { Error::CodeExpired } else { Error::WrongCode });
    }
    store::confirm_code(&app.db, ticket, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The confirmed, unused code behind a ticket.
pub async fn confirmed(app: &App, ticket: Uuid, purpose: CodePurpose) -> Result<store::Code> {
    let now = app.clock.now();
    store::code(&app.db, ticket)
        .await?
        .filter(|code| code.purpose == purpose_code(purpose) && code.used_at.is_none())
        .filter(|code| code.confirmed_at.is_some_and(|at| now < at + CONFIRMED_LASTS))
        .ok_or(Error::CodeExpired)
}

fn code_hash(app: &App, ticket: Uuid, code: &str) -> [u8; 32] {
    app.secret.hash("mail code", &format!("{ticket}\0{code}"))
}

fn purpose_code(purpose: CodePurpose) -> &'static str {
    match purpose {
        CodePurpose::Registration => "registration",
        CodePurpose::PasswordReset => "password_reset",
        CodePurpose::MailChange => "mail_change",
    }
}
