//! A new password: forced at the first sign-in and when the old one has expired (AUTH-14, AUTH-15),
//! or whenever its owner likes.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use hersys_shared::{Problems, password};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::accounts::{self, PASSWORDS_REMEMBERED};
use crate::access::limits::Guessing;
use crate::access::password_rules;
use crate::access::second_factor::{self, expired};
use crate::access::sign_in::{entry, entry_page};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ui::{Field, Tone, notice};

/// Why an account must choose a new password before it gets in (AUTH-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// The password is the one of the hand-out.
    Initial,
    Expired,
}

impl Due {
    fn sentence(self) -> &'static str {
        match self {
            Self::Initial => "初期パスワードでのサインインのため、パスワードを更新する必要があります。",
            Self::Expired => "パスワードの有効期限が切れたため、パスワードを更新する必要があります。",
        }
    }
}

async fn due(app: &App, account_id: Uuid) -> Result<Option<Due>> {
    let (must_change, changed_at) = accounts::store::password_age(&app.db, account_id).await?;
    let expired = app.config.password_lasts.is_some_and(|lasts| changed_at + lasts <= app.clock.now());
    Ok(if must_change { Some(Due::Initial) } else { expired.then_some(Due::Expired) })
}

/// Whether an account must choose a new password before it gets in.
pub async fn is_due(app: &App, account_id: Uuid) -> Result<bool> {
    Ok(due(app, account_id).await?.is_some())
}

#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    current_password: String,
    #[serde(default)]
    new_password: String,
    #[serde(default)]
    new_password_repeated: String,
}

/// The forced page.
pub async fn page(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    let Some(proof) = second_factor::proved(&app, &jar).await? else {
        return Ok(Redirect::to("/staff/sign-in").into_response());
    };
    let due = due(&app, proof.pending.account_id).await?;
    Ok(forced_form(due, &Problems::default()).into_response())
}

/// サインイン: sets the new password, ends every session of the old one, and begins a new one.
pub async fn take(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    let Some(proof) = second_factor::proved(&app, &jar).await? else {
        return Ok(expired());
    };
    let (account_id, sign_in_id) = (proof.pending.account_id, proof.pending.sign_in_id.clone());
    let accepted = match judge(&app, &client, account_id, &sign_in_id, &form).await {
        Ok(accepted) => accepted,
        Err(error) => {
            let due = due(&app, account_id).await?;
            return shown_again(error, |problems| forced_form(due, problems).into_response());
        }
    };
    let mut tx = app.db.begin().await?;
    if !set(&app, &mut tx, account_id, &accepted).await? {
        return Ok(expired());
    }
    accounts::store::end_other_sessions(&mut tx, account_id, proof.token_hash()).await?;
    entry(&app, &client, Some(proof.whose()), "staff.password_change")
        .with(json!({ "forced": true }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    second_factor::finish(&app, &client, jar, &proof).await
}

/// A new password about which everything is right.
pub struct Accepted {
    /// What the account's password was when the new one was judged.
    judged_hash: String,
    hash: String,
}

/// Sets a password that [`judge`] has accepted. `false`: the password was replaced in the meantime, and that stays.
pub async fn set(app: &App, tx: &mut Tx, account_id: Uuid, accepted: &Accepted) -> Result<bool> {
    accounts::set_own_password(tx, account_id, &accepted.judged_hash, &accepted.hash, app.clock.now()).await
}

/// The new password where everything about it is right.
pub async fn judge(
    app: &App,
    client: &Client,
    account_id: Uuid,
    sign_in_id: &str,
    form: &PasswordForm,
) -> Result<Accepted> {
    app.limits.sign_in(client)?;
    let current_hash = accounts::store::password_hash(&app.db, account_id).await?;
    let mut problems = Problems::default();
    if form.current_password.is_empty() {
        problems.add("current_password", "現在のパスワードを入力してください。");
    } else if !is_current(app, client, account_id, sign_in_id, &form.current_password).await? {
        problems.add("current_password", "現在のパスワードが正しくありません。もう一度入力してください。");
    }
    if let Err(sentence) = password_rules::judge(&form.new_password, sign_in_id) {
        problems.add("new_password", sentence);
    } else if let Err(sentence) = password::check_repeated(&form.new_password, &form.new_password_repeated) {
        problems.add("new_password_repeated", sentence);
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let new = password_rules::normal(&form.new_password);
    let earlier = accounts::store::old_passwords(&app.db, account_id, PASSWORDS_REMEMBERED).await?;
    for hash in std::iter::once(&current_hash).chain(&earlier) {
        if app.passwords.verify(&new, Some(hash)).await? {
            return Err(Error::one(
                "new_password",
                "今のパスワードと最近5回のパスワードは使えません。別のパスワードにしてください。",
            ));
        }
    }
    Ok(Accepted { hash: app.passwords.hash(&new).await?, judged_hash: current_hash })
}

/// Whether somebody knows the account's password; wrong ones count as at a sign-in.
pub async fn is_current(app: &App, client: &Client, account_id: Uuid, sign_in_id: &str, typed: &str) -> Result<bool> {
    let attempt = Guessing::of(app, "staff password", sign_in_id, client).begin().await?;
    let hash = accounts::store::password_hash(&app.db, account_id).await?;
    let short = typed.len() <= 4 * password::MAX_CHARACTERS;
    if short && app.passwords.verify(&password_rules::normal(typed), Some(&hash)).await? {
        attempt.right().await?;
        return Ok(true);
    }
    attempt.wrong_at(account_id).await?;
    Ok(false)
}

/// Shows a form again beside its problems; other errors pass on.
pub fn shown_again(error: Error, form: impl FnOnce(&Problems) -> Response) -> Result<Response> {
    let (problems, status) = match error {
        Error::Invalid(problems) => (problems, StatusCode::UNPROCESSABLE_ENTITY),
        Error::TooMany { .. } => {
            let mut problems = Problems::default();
            problems.add("", error.failure().message);
            (problems, StatusCode::TOO_MANY_REQUESTS)
        }
        error => return Err(error),
    };
    let mut response = form(&problems);
    *response.status_mut() = status;
    Ok(response)
}

/// The three fields with the rules beside them.
pub fn fields(problems: &Problems) -> Markup {
    let field = |name, label| Field::new(name, label, "", problems).required().kind("password").maxlength(128);
    html! {
        (field("current_password", "現在のパスワード").autocomplete("current-password").autofocus().input())
        (field("new_password", "新しいパスワード")
            .hint("8文字以上。英大文字・英小文字・数字・記号のうち3種類以上")
            .autocomplete("new-password")
            .input())
        (field("new_password_repeated", "パスワードの確認入力").autocomplete("new-password").input())
        details.more {
            summary { "パスワードの決まり" }
            ul {
                li { "8文字以上128文字以内で、英大文字・英小文字・数字・記号のうち3種類以上を使います。" }
                li { "使える記号：@ # $ % ^ & * - _ ! + = [ ] { } | ¥ : ' , . ? / ` ~ \" ( ) ;" }
                li { "よく使われているもの、推測されやすいもの、サインインIDの一部を含むものは使えません。" }
                li { "今のパスワードと最近5回のパスワードは使えません。" }
            }
        }
    }
}

fn forced_form(due: Option<Due>, problems: &Problems) -> Markup {
    entry_page(
        "パスワードの更新",
        problems,
        html! {
            @if let Some(due) = due { (notice(Tone::Wait, html! { p { (due.sentence()) } })) }
            form method="post" action="/staff/sign-in/new-password" novalidate {
                (fields(problems))
                div.actions { button.button.primary type="submit" { "サインイン" } }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auth_14_auth_15_labels_are_to_the_letter_and_the_reason_is_the_one_that_holds() {
        let html = forced_form(Some(Due::Initial), &Problems::default()).into_string();
        assert!(!html.contains("有効期限"));
        let html = forced_form(Some(Due::Expired), &Problems::default()).into_string();
        for text in [
            "パスワードの有効期限が切れたため、パスワードを更新する必要があります。",
            "現在のパスワード",
            "新しいパスワード",
            "パスワードの確認入力",
            ">サインイン</button>",
        ] {
            assert!(html.contains(text), "{text}");
        }
    }
}
