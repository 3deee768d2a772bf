//! Sign-in in two steps (AUTH-02…AUTH-24). Here the first: sign-in ID, then password. The second is
//! in [`super::second_factor`].
//!
//! No answer tells whether an ID exists, is suspended or has a wrong password.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hersys_shared::Problems;
use hersys_shared::digits::half_width;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value as Json;
use time::Duration;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::factors::Purpose;
use crate::access::limits::Guessing;
use crate::access::organization::organization_state;
use crate::access::staff::{self, host_cookie, removal};
use crate::access::{Client, password_rules, second_factor, store};
use crate::error::{Error, Result};
use crate::secret::hash_token;
use crate::ui::layout::SYSTEM_NAME;
use crate::ui::{Field, Page, Tone, error_summary, notice};

/// Carries the ID from its page to the password's page: in no address, no history, no storage.
const ID_COOKIE: &str = "__Host-hersys-sign-in-id";
const ID_LASTS: Duration = Duration::minutes(10);

/// Longer ones are never issued.
const LONGEST_ID: usize = 254;
const LONGEST_PASSWORD: usize = 256;

/// The form in which a sign-in ID is stored and looked up: half width, lower case, no space around.
pub fn normal_id(typed: &str) -> String {
    half_width(typed).trim().to_ascii_lowercase()
}

#[derive(Deserialize)]
pub struct Arrival {
    note: Option<String>,
}

/// The landing page with one button (AUTH-02). Anybody may see it, also as a test of the
/// connection (AUTH-29).
pub async fn landing(Query(arrival): Query<Arrival>) -> Response {
    let note = arrival.note.as_deref().and_then(|note| match note {
        "signed-out" => Some((Tone::Done, "サインアウトしました。")),
        "expired" => Some((Tone::Wait, "サインインの有効時間が過ぎました。はじめからサインインしてください。")),
        _ => None,
    });
    Page::new("サインイン").plain().response(html! {
        div.entry {
            @if let Some((tone, sentence)) = note {
                (notice(tone, html! { p { (sentence) } }))
            }
            // AUTH-31
            h1.entry-brand { strong { "HER-SYS" } span { (SYSTEM_NAME) } }
            a.button.primary.large.wide-button href="/staff/sign-in/id" lang="en" { "Sign in" }
            div.entry-help {
                ul {
                    li { "サインインIDと初期パスワードは、管轄の保健所などの発行者がお渡しします。" }
                    li { "共用の端末では、InPrivateウィンドウやシークレットウィンドウでお使いください。" }
                    li { "席を離れるときと業務を終えるときは、サインアウトしてください。" }
                }
            }
        }
    })
}

/// The page that asks for the sign-in ID (AUTH-05).
pub async fn id_page() -> Response {
    id_form("", &Problems::default()).into_response()
}

#[derive(Deserialize)]
pub struct IdForm {
    #[serde(default)]
    sign_in_id: String,
}

/// 【次へ】: on to the password, whatever the ID.
pub async fn take_id(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Form(form): Form<IdForm>,
) -> Result<Response> {
    app.limits.sign_in(&client)?;
    let id = normal_id(&form.sign_in_id);
    if let Some(sentence) = problem_of_id(&id) {
        let mut problems = Problems::default();
        problems.add("sign_in_id", sentence);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, id_form(&form.sign_in_id, &problems)).into_response());
    }
    let mut cookie = host_cookie(ID_COOKIE, URL_SAFE_NO_PAD.encode(&id));
    cookie.set_max_age(ID_LASTS);
    Ok((jar.add(cookie), Redirect::to("/staff/sign-in/password")).into_response())
}

/// The page that asks for the password.
pub async fn password_page(jar: CookieJar) -> Response {
    match carried_id(&jar) {
        Some(id) => password_form(&id, &Problems::default()).into_response(),
        None => Redirect::to("/staff/sign-in/id").into_response(),
    }
}

#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    sign_in_id: String,
    #[serde(default)]
    password: String,
}

/// 【サインイン】: judges ID and password together and begins the second step.
pub async fn take_password(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    let id = normal_id(&form.sign_in_id);
    if problem_of_id(&id).is_some() {
        return Ok(Redirect::to("/staff/sign-in/id").into_response());
    }
    let mut problems = Problems::default();
    if form.password.is_empty() {
        problems.add("password", "パスワードを入力してください。");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, password_form(&id, &problems)).into_response());
    }
    let begun = match app.limits.sign_in(&client) {
        Ok(()) => Guessing::of(&app, "staff password", &id, &client).begin().await,
        Err(error) => Err(error),
    };
    let attempt = match begun {
        Ok(attempt) => attempt,
        Err(error) => return too_many(error, |problems| password_form(&id, problems)),
    };
    let account = store::account_by_sign_in_id(&app.db, &id).await?;
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let right = form.password.len() <= LONGEST_PASSWORD && {
        app.passwords.verify(&password_rules::normal(&form.password), hash).await?
    };
    let Some(account) = account.as_ref().filter(|account| right && account.is_open()) else {
        attempt.wrong_at(account.as_ref().map(|account| account.account_id)).await?;
        let whose = account.as_ref().map(|account| (account.account_id, account.organization_id));
        entry(&app, &client, whose, "staff.password_wrong").write(&app.db).await?;
        problems.add(
            "password",
            "サインインIDかパスワードが正しくありません。大文字と小文字、全角と半角を確かめて、もう一度入力してください。",
        );
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, password_form(&id, &problems)).into_response());
    };
    attempt.right().await?;
    let organization = organization_state(account.active_from, account.active_until, app.clock.today());
    if let Some(sentence) = organization.refusal() {
        let whose = Some((account.account_id, account.organization_id));
        entry(&app, &client, whose, "staff.organization_inactive").write(&app.db).await?;
        problems.add("", sentence);
        return Ok((StatusCode::FORBIDDEN, password_form(&id, &problems)).into_response());
    }
    let (jar, next) = second_factor::begin(&app, jar, account.account_id).await?;
    Ok((jar.add(removal(ID_COOKIE)), next).into_response())
}

/// サインアウト (AUTH-30). Works, and says so, whether or not the session still lives.
pub async fn sign_out(State(app): State<App>, client: Client, jar: CookieJar) -> Result<Response> {
    if let Some(cookie) = jar.get(staff::COOKIE) {
        let token_hash = hash_token(cookie.value());
        let now = app.clock.now();
        if let Some(session) = store::staff_session(&app.db, token_hash, now).await? {
            let whose = (session.account_id, session.organization_id);
            entry(&app, &client, Some(whose), "staff.sign_out").write(&app.db).await?;
        }
        store::end_staff_session(&app.db, token_hash).await?;
    }
    let jar = jar.add(removal(staff::COOKIE)).add(removal(Purpose::SignIn.cookie())).add(removal(ID_COOKIE));
    Ok((jar, Redirect::to("/staff/sign-in?note=signed-out")).into_response())
}

/// An audit line of somebody who is not signed in (yet, or any more).
pub(super) fn entry(app: &App, client: &Client, whose: Option<(Uuid, Uuid)>, action: &'static str) -> Entry {
    Entry {
        at: app.clock.now(),
        actor: "staff",
        account_id: whose.map(|(account_id, _)| account_id),
        organization_id: whose.map(|(_, organization_id)| organization_id),
        action,
        case_id: None,
        detail: Json::Null,
        network: client.network(),
    }
}

/// Shows a form again with the time to wait; other errors pass on.
pub(super) fn too_many(error: Error, form: impl FnOnce(&Problems) -> Markup) -> Result<Response> {
    let Error::TooMany { retry_after } = error else {
        return Err(error);
    };
    let mut problems = Problems::default();
    problems.add("", error.failure().message);
    let mut response = (StatusCode::TOO_MANY_REQUESTS, form(&problems)).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    Ok(response)
}

fn problem_of_id(id: &str) -> Option<&'static str> {
    if id.is_empty() {
        Some("サインインIDを入力してください。")
    } else if id.len() > LONGEST_ID || id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Some("サインインIDの形が正しくありません。発行時にお渡しした書面のとおりに入力してください。")
    } else {
        None
    }
}

fn carried_id(jar: &CookieJar) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(jar.get(ID_COOKIE)?.value()).ok()?;
    let id = normal_id(&String::from_utf8(bytes).ok()?);
    problem_of_id(&id).is_none().then_some(id)
}

/// A page of the sign-in: the brand small, and one question.
pub(super) fn entry_page(title: &str, problems: &Problems, main: Markup) -> Markup {
    Page::new(title).plain().render(html! {
        div.entry {
            p.entry-brand { strong { "HER-SYS" } span { (SYSTEM_NAME) } }
            (error_summary(problems))
            h1 { (title) }
            (main)
        }
    })
}

fn id_form(typed: &str, problems: &Problems) -> Markup {
    entry_page(
        "サインイン",
        problems,
        html! {
            form method="post" action="/staff/sign-in/id" novalidate {
                (Field::new("sign_in_id", "サインインID", typed, problems)
                    .hint("例：xxxxxx@example.jp の形です")
                    .inputmode("email")
                    .autocomplete("username")
                    .maxlength(254)
                    .autofocus()
                    .input())
                div.actions { button.button.primary type="submit" { "次へ" } }
            }
        },
    )
}

fn password_form(id: &str, problems: &Problems) -> Markup {
    entry_page(
        "パスワードの入力",
        problems,
        html! {
            p.signing-in-as {
                span { (id) }
                a href="/staff/sign-in/id" { "別のIDを使う" }
            }
            form method="post" action="/staff/sign-in/password" novalidate {
                input type="hidden" name="sign_in_id" value=(id) autocomplete="username";
                (Field::new("password", "パスワード", "", problems)
                    .kind("password")
                    .autocomplete("current-password")
                    .maxlength(256)
                    .autofocus()
                    .input())
                div.actions { button.button.primary type="submit" { "サインイン" } }
            }
            p.entry-help.fine {
                "パスワードを忘れたときは、IDを発行した担当者（利用者認証実施者）に再発行を依頼してください。"
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auth_04_an_id_is_found_however_it_is_typed() {
        assert_eq!(normal_id(" Hokenjo01＠Example.JP　"), "hokenjo01@example.jp");
        assert!(problem_of_id("hokenjo01@example.jp").is_none());
        assert!(problem_of_id("").is_some() && problem_of_id("a b").is_some());
        assert!(problem_of_id(&"a".repeat(255)).is_some());
    }

    #[test]
    fn the_id_travels_in_a_cookie_that_survives_any_character() {
        let jar = CookieJar::new().add(host_cookie(ID_COOKIE, URL_SAFE_NO_PAD.encode("保健所;a=b")));
        assert_eq!(carried_id(&jar).as_deref(), Some("保健所;a=b"));
        assert_eq!(carried_id(&CookieJar::new()), None);
    }

    #[test]
    fn a_password_is_never_written_into_a_page() {
        let html = password_form("a@example.jp", &Problems::default()).into_string();
        assert!(html.contains(r#"type="password" value="""#));
    }
}
