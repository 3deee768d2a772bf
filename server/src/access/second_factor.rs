//! The second step of sign-in: at every sign-in, with no device remembered (AUTH-10…AUTH-24).

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use hersys_shared::{PhoneNumber, Problems};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::factors::pages::{self, Place};
use crate::access::factors::proof::{self, LASTS};
use crate::access::factors::steps::{self, Outcome};
use crate::access::factors::{Choice, Factors, Method, Proof, Purpose, passkey, store as factor_store};
use crate::access::limits::Guessing;
use crate::access::sign_in::{entry, entry_page};
use crate::access::staff::{self, begin_session, removal};
use crate::access::{Client, new_password, store};
use crate::error::Result;
use crate::secret::hash_token;
use crate::ui::Field;

const AREA: &str = "/staff/sign-in";

/// Begins the second step for an account whose password was right: sends a code or calls if that
/// may be done now, and leads on. An account without a factor registers one first (AUTH-06).
pub async fn begin(app: &App, jar: CookieJar, account_id: Uuid) -> Result<(CookieJar, Response)> {
    // Somebody who went back and gave the password again still has the code of a moment ago.
    if let Some(proof) = under_way(app, &jar).await?
        && proof.pending.account_id == account_id
        && proof.waits_for_answer(app.clock.now())
        && let Some(choice) = proof.choice()
    {
        return Ok((jar, to(steps::step_of(choice.method))));
    }
    let factors = Factors::of(&app.db, account_id).await?;
    let preferred = factors.preferred(app, account_id).await?;
    let (proof, cookie) = proof::begin(app, account_id, Purpose::SignIn).await?;
    let next = match preferred {
        Some(choice) => steps::turn_to(app, &proof, place(&proof), &choice).await?,
        None => to("registration"),
    };
    Ok((jar.add(cookie), next))
}

/// The page that asks for the code (AUTH-21).
pub async fn page(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    let Some(proof) = unproved(&app, &jar).await? else {
        return Ok(over(&app, &jar).await?.unwrap_or_else(|| Redirect::to("/staff/sign-in").into_response()));
    };
    Ok(steps::code_page(&proof, place(&proof), &Problems::default()))
}

#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
}

/// 検証: judges the code and goes on.
pub async fn verify(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    let Some(proof) = unproved(&app, &jar).await? else {
        return Ok(over(&app, &jar).await?.unwrap_or_else(expired));
    };
    let outcome = steps::take_code(&app, &client, &proof, place(&proof), &form.code).await?;
    go_on(&app, &client, jar, &proof, outcome).await
}

/// Sends another code, or calls again.
pub async fn send_again(State(app): State<App>, client: Client, jar: CookieJar) -> Result<Response> {
    let Some(proof) = unproved(&app, &jar).await? else {
        return Ok(over(&app, &jar).await?.unwrap_or_else(expired));
    };
    steps::send_again(&app, &client, &proof, place(&proof)).await
}

/// サインイン要求を承認 (AUTH-11)
pub async fn call_page(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    let Some(proof) = unproved(&app, &jar).await? else {
        return Ok(over(&app, &jar).await?.unwrap_or_else(|| Redirect::to("/staff/sign-in").into_response()));
    };
    Ok(steps::call_page(&app, &proof, place(&proof), &Problems::default()))
}

/// 状況を確認
pub async fn check_call(State(app): State<App>, client: Client, jar: CookieJar) -> Result<Response> {
    let Some(proof) = unproved(&app, &jar).await? else {
        return Ok(over(&app, &jar).await?.unwrap_or_else(expired));
    };
    let outcome = steps::take_call(&app, &proof, place(&proof));
    go_on(&app, &client, jar, &proof, outcome).await
}

/// How the call stands, for the page's script.
pub async fn call_state(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    Ok(steps::call_state(&app, unproved(&app, &jar).await?.as_ref()))
}

/// The page that asks for a key (AUTH-24).
pub async fn passkey_page(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    let Some(proof) = unproved(&app, &jar).await? else {
        return Ok(over(&app, &jar).await?.unwrap_or_else(|| Redirect::to("/staff/sign-in").into_response()));
    };
    key_page(&app, &proof, &Problems::default()).await
}

#[derive(Deserialize)]
pub struct KeyForm {
    #[serde(default)]
    credential: String,
}

/// キーで確認する: judges what the key has signed.
pub async fn take_passkey(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Form(form): Form<KeyForm>,
) -> Result<Response> {
    let Some(proof) = unproved(&app, &jar).await? else {
        return Ok(over(&app, &jar).await?.unwrap_or_else(expired));
    };
    app.limits.sign_in(&client)?;
    let attempt = Guessing::of_factor(&app, proof.pending.account_id, &client).begin().await?;
    let devices = factor_store::devices(&app.db, proof.pending.account_id).await?;
    let accepted = passkey::relying_party(&app.config.base_url)
        .zip(proof.pending.challenge.as_ref())
        .and_then(|(party, state)| passkey::accept_proof(&party, &devices, state, &form.credential));
    let Some((factor_id, changed)) = accepted else {
        attempt.wrong_at(proof.pending.account_id).await?;
        entry(&app, &client, Some(proof.whose()), "staff.code_wrong")
            .with(json!({ "by": Method::Passkey.code() }))
            .write(&app.db)
            .await?;
        let mut problems = Problems::default();
        problems.add("", "セキュリティキーで確認できませんでした。もう一度お試しになるか、別の方法を選んでください。");
        let mut page = key_page(&app, &proof, &problems).await?;
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(page);
    };
    attempt.right().await?;
    factor_store::note_passkey_use(&app.db, proof.pending.account_id, factor_id, changed, app.clock.now()).await?;
    let choice = Choice { method: Method::Passkey, phone: None };
    go_on(&app, &client, jar, &proof, Outcome::Proved(choice)).await
}

/// Each look at the page asks the key for something new.
async fn key_page(app: &App, proof: &Proof, problems: &Problems) -> Result<Response> {
    let devices = factor_store::devices(&app.db, proof.pending.account_id).await?;
    let has_key = devices.iter().any(|device| device.kind == Method::Passkey.code());
    if !has_key || proof.pending.registers {
        return Ok(to("methods"));
    }
    let options = match passkey::relying_party(&app.config.base_url) {
        Some(party) => {
            let challenge = passkey::ask_for_proof(&party, &devices)?;
            let method = Method::Passkey.code();
            factor_store::set_method(&app.db, proof.token_hash(), method, None, Some(challenge.state)).await?;
            Some(challenge.options.to_string())
        }
        None => None,
    };
    Ok(pages::passkey(place(proof), options.as_deref(), problems).into_response())
}

/// 別の方法でサインインする (AUTH-22): the account's own ways.
pub async fn methods(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    let Some(proof) = unproved(&app, &jar).await? else {
        return Ok(over(&app, &jar).await?.unwrap_or_else(|| Redirect::to("/staff/sign-in").into_response()));
    };
    let choices = Factors::of(&app.db, proof.pending.account_id).await?.choices();
    if choices.is_empty() {
        return Ok(to("registration"));
    }
    Ok(methods_form(&choices, &Problems::default()).into_response())
}

#[derive(Deserialize)]
pub struct MethodForm {
    #[serde(default)]
    method: String,
}

/// 次へ: turns to the chosen way.
pub async fn choose(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Form(form): Form<MethodForm>,
) -> Result<Response> {
    let Some(proof) = unproved(&app, &jar).await? else {
        return Ok(over(&app, &jar).await?.unwrap_or_else(expired));
    };
    app.limits.codes(&client)?;
    let choices = Factors::of(&app.db, proof.pending.account_id).await?.choices();
    let chosen = form.method.parse::<usize>().ok().and_then(|at| choices.get(at));
    let Some(choice) = chosen else {
        let mut problems = Problems::default();
        problems.add("method", "サインインの方法を選んでください。");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, methods_form(&choices, &problems)).into_response());
    };
    steps::turn_to(&app, &proof, place(&proof), choice).await
}

fn methods_form(choices: &[Choice], problems: &Problems) -> Markup {
    let number = |choice: &Choice| choice.phone.as_ref().map(PhoneNumber::masked).unwrap_or_default();
    let options: Vec<(String, String)> = choices
        .iter()
        .enumerate()
        .map(|(at, choice)| {
            let label = match choice.method {
                Method::Sms => format!("コードをSMS送信する（+81 {}）", number(choice)),
                Method::Call => format!("電話する（+81 {}）", number(choice)),
                Method::App => "認証アプリのコードを入力する".to_owned(),
                Method::Passkey => "セキュリティキー・パスキーを使う".to_owned(),
            };
            (at.to_string(), label)
        })
        .collect();
    let options: Vec<(&str, &str)> = options.iter().map(|(value, label)| (value.as_str(), label.as_str())).collect();
    entry_page(
        "別の方法でサインインする",
        problems,
        html! {
            form method="post" action="/staff/sign-in/methods" novalidate {
                (Field::new("method", "サインインの方法", "", problems).required().radios(&options))
                div.actions {
                    button.button.primary type="submit" { "次へ" }
                    a.button href="/staff/sign-in/code" { "戻る" }
                }
            }
            p.entry-help.fine {
                "登録した方法がどれも使えないときは、IDを発行した担当者（利用者認証実施者）に登録のやり直しを依頼してください。"
            }
        },
    )
}

/// Notes a right answer, once, and goes on: to the success page where a number was registered,
/// to a new password where one is due, else into the system.
async fn go_on(app: &App, client: &Client, jar: CookieJar, proof: &Proof, outcome: Outcome) -> Result<Response> {
    let choice = match outcome {
        Outcome::Proved(choice) => choice,
        Outcome::Shown(page) => return Ok(page),
    };
    let (account_id, now) = (proof.pending.account_id, app.clock.now());
    let mut tx = app.db.begin().await?;
    store::hold_account(&mut tx, account_id).await?;
    if !factor_store::set_proved(&mut tx, proof.token_hash(), now, now + LASTS).await? {
        return Ok(expired());
    }
    let number = choice.phone.as_ref().map(PhoneNumber::as_str);
    if proof.pending.registers {
        // Whoever knows the initial password registers first; nobody adds a number beside that one.
        let Some(number) = number else { return Ok(expired()) };
        if !Factors::of(&mut tx, account_id).await?.is_empty() {
            return Ok(expired());
        }
        factor_store::insert_phone(&mut tx, account_id, number, now).await?;
        entry(app, client, Some(proof.whose()), "factor.add")
            .with(json!({ "kind": "phone", "by": choice.method.code(), "first": true }))
            .write(&mut tx)
            .await?;
    }
    factor_store::set_last_method(&mut tx, account_id, choice.method.code(), number).await?;
    entry(app, client, Some(proof.whose()), "staff.second_factor")
        .with(json!({ "by": choice.method.code() }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    if proof.pending.registers {
        return Ok(to("registration/done"));
    }
    into_the_system(app, client, jar, proof).await
}

/// Begins the session, unless a new password is due first (AUTH-14).
pub async fn into_the_system(app: &App, client: &Client, jar: CookieJar, proof: &Proof) -> Result<Response> {
    if new_password::is_due(app, proof.pending.account_id).await? {
        return Ok(to("new-password"));
    }
    finish(app, client, jar, proof).await
}

/// Whoever takes the proof away gets the one session for it.
pub async fn finish(app: &App, client: &Client, jar: CookieJar, proof: &Proof) -> Result<Response> {
    let account_id = proof.pending.account_id;
    let mut tx = app.db.begin().await?;
    // A reset or 「すべての端末でサインアウト」 comes before it and takes the proof, or after it and takes the session.
    store::hold_account(&mut tx, account_id).await?;
    if !factor_store::take_pending(&mut tx, proof.token_hash()).await? {
        return Ok(expired());
    }
    if let Some(old) = jar.get(staff::COOKIE) {
        store::end_staff_session(&mut tx, hash_token(old.value())).await?;
    }
    entry(app, client, Some(proof.whose()), "staff.sign_in").write(&mut tx).await?;
    let session = begin_session(&mut tx, app, client, account_id).await?;
    tx.commit().await?;
    Ok((jar.add(removal(Purpose::SignIn.cookie())).add(session), Redirect::to("/staff/")).into_response())
}

/// The proof of this browser's sign-in.
pub async fn under_way(app: &App, jar: &CookieJar) -> Result<Option<Proof>> {
    proof::find(app, jar, Purpose::SignIn).await
}

/// The same while the factor is still to be proved.
pub async fn unproved(app: &App, jar: &CookieJar) -> Result<Option<Proof>> {
    Ok(under_way(app, jar).await?.filter(|proof| proof.pending.proved_at.is_none()))
}

/// The same once the factor is proved, while something else is still to be done.
pub async fn proved(app: &App, jar: &CookieJar) -> Result<Option<Proof>> {
    Ok(under_way(app, jar).await?.filter(|proof| proof.pending.proved_at.is_some()))
}

/// Where somebody belongs whose factor is proved already.
async fn over(app: &App, jar: &CookieJar) -> Result<Option<Response>> {
    let proof = proved(app, jar).await?;
    Ok(proof.map(|proof| to(if proof.pending.registers { "registration/done" } else { "new-password" })))
}

/// How the steps look: a first number is registered (AUTH-10, AUTH-13), later ones are checked.
pub fn place(proof: &Proof) -> Place {
    if proof.pending.registers {
        Place {
            area: AREA,
            submit: "次へ",
            back: Some("/staff/sign-in/registration/phone"),
            other_ways: false,
            is_new: true,
            heading: None,
        }
    } else {
        Place { area: AREA, submit: "検証", back: None, other_ways: true, is_new: false, heading: None }
    }
}

pub fn to(step: &str) -> Response {
    Redirect::to(&format!("{AREA}/{step}")).into_response()
}

pub fn expired() -> Response {
    Redirect::to("/staff/sign-in?note=expired").into_response()
}
