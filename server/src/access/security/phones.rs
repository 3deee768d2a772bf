//! Telephone numbers: added, changed, removed (AUTH-25). A new number is proved like any other.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use hersys_shared::{PhoneNumber, Problems};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Change, LAST_FACTOR, REMOVED_PHONE, back_with, refused, removal};
use crate::App;
use crate::access::factors::pages::Place;
use crate::access::factors::steps::{self, Outcome};
use crate::access::factors::{Choice, Factors, Proof, Purpose, proof, store};
use crate::access::registration::PhoneForm;
use crate::access::session::{Fresh, Session};
use crate::access::staff::removal as cookie_removal;
use crate::access::{Client, Staff, store as access_store};
use crate::error::Result;
use crate::ui::{Page, error_summary};

const PLACE: Place = Place {
    area: "/staff/security/check",
    submit: "次へ",
    back: Some("/staff/security/phones/new"),
    other_ways: false,
    is_new: true,
    heading: Some("追加する電話番号の確認"),
};

pub fn list(phones: &[PhoneNumber], only: bool) -> Markup {
    if phones.is_empty() {
        return html! { p { "登録した電話番号はありません。" } };
    }
    html! {
        ul.factors {
            @for (at, phone) in phones.iter().enumerate() {
                @let label = format!("phone-{at}");
                li.factor {
                    p id=(label) {
                        span.factor-name { "+81 " (phone.masked()) }
                        span.quiet-text { @if phone.is_mobile() { "SMS・電話" } @else { "電話" } }
                    }
                    form method="get" action="/staff/security/phones/new" {
                        input type="hidden" name="at" value=(at);
                        button.button type="submit" aria-describedby=(label) { "変更" }
                    }
                    (removal("/staff/security/phones/removal", only, &label, html! {
                        input type="hidden" name="number" value=(phone.as_str());
                    }))
                }
            }
        }
    }
}

/// Which number of the list the new one takes the place of; none where it is added.
#[derive(Deserialize)]
pub struct Replaced {
    #[serde(default)]
    at: String,
}

pub async fn new(State(app): State<App>, Fresh(session): Fresh, Query(replaced): Query<Replaced>) -> Result<Response> {
    let old = number_at(&app, &session, &replaced.at).await?;
    let form = PhoneForm::default();
    Ok(form_page(&session.staff, &form, old.as_ref(), &replaced.at, &Problems::default()).into_response())
}

#[derive(Deserialize)]
pub struct NewPhone {
    #[serde(default)]
    at: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    method: String,
}

/// 次へ: sends the code or calls.
pub async fn add(
    State(app): State<App>,
    client: Client,
    Fresh(session): Fresh,
    jar: CookieJar,
    Form(form): Form<NewPhone>,
) -> Result<Response> {
    let old = number_at(&app, &session, &form.at).await?;
    let typed = PhoneForm { country: form.country, phone: form.phone, method: form.method };
    let mut problems = Problems::default();
    let factors = Factors::of(&app.db, session.staff.account_id).await?;
    let choice = match typed.read() {
        Ok(Choice { phone: Some(phone), .. }) if factors.phones.contains(&phone) => {
            problems.add("phone", "この電話番号は、すでに登録されています。");
            None
        }
        Ok(choice) => Some(choice),
        Err(found) => {
            problems = found;
            None
        }
    };
    let Some(choice) = choice else {
        let page = form_page(&session.staff, &typed, old.as_ref(), &form.at, &problems);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.limits.codes(&client)?;
    let (proof, jar) = match of(&app, &jar, &session).await? {
        Some(proof) => (proof, jar),
        None => {
            let (proof, cookie) = proof::begin(&app, session.staff.account_id, Purpose::Factor).await?;
            (proof, jar.add(cookie))
        }
    };
    store::set_registering(&app.db, proof.token_hash(), old.as_ref().map(PhoneNumber::as_str)).await?;
    let next = steps::turn_to(&app, &proof, PLACE, &choice).await?;
    Ok((jar, next).into_response())
}

pub async fn code_page(State(app): State<App>, session: Session, jar: CookieJar) -> Result<Response> {
    Ok(match of(&app, &jar, &session).await? {
        Some(proof) => steps::code_page(&proof, PLACE, &Problems::default()),
        None => begin_again(),
    })
}

#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
}

pub async fn take_code(
    State(app): State<App>,
    client: Client,
    session: Session,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    let Some(proof) = of(&app, &jar, &session).await? else {
        return Ok(begin_again());
    };
    let outcome = steps::take_code(&app, &client, &proof, PLACE, &form.code).await?;
    finish(&app, &client, &session, jar, &proof, outcome).await
}

pub async fn send_again(State(app): State<App>, client: Client, session: Session, jar: CookieJar) -> Result<Response> {
    match of(&app, &jar, &session).await? {
        Some(proof) => steps::send_again(&app, &client, &proof, PLACE).await,
        None => Ok(begin_again()),
    }
}

pub async fn call_page(State(app): State<App>, session: Session, jar: CookieJar) -> Result<Response> {
    Ok(match of(&app, &jar, &session).await? {
        Some(proof) => steps::call_page(&app, &proof, PLACE, &Problems::default()),
        None => begin_again(),
    })
}

pub async fn take_call(State(app): State<App>, client: Client, session: Session, jar: CookieJar) -> Result<Response> {
    let Some(proof) = of(&app, &jar, &session).await? else {
        return Ok(begin_again());
    };
    let outcome = steps::take_call(&app, &proof, PLACE);
    finish(&app, &client, &session, jar, &proof, outcome).await
}

pub async fn call_state(State(app): State<App>, session: Session, jar: CookieJar) -> Result<Response> {
    Ok(steps::call_state(&app, of(&app, &jar, &session).await?.as_ref()))
}

/// The number was proved: it becomes the account's own, and the one it replaces goes.
async fn finish(
    app: &App,
    client: &Client,
    session: &Session,
    jar: CookieJar,
    proof: &Proof,
    outcome: Outcome,
) -> Result<Response> {
    let choice = match outcome {
        Outcome::Proved(choice) => choice,
        Outcome::Shown(page) => return Ok(page),
    };
    let Some(number) = choice.phone.as_ref().map(PhoneNumber::as_str) else {
        return Ok(begin_again());
    };
    let (account_id, now) = (session.staff.account_id, app.clock.now());
    let mut tx = app.db.begin().await?;
    access_store::hold_account(&mut tx, account_id).await?;
    let had = Factors::of(&mut tx, account_id).await?.phones;
    if !store::take_pending(&mut tx, proof.token_hash()).await? {
        return Ok(begin_again());
    }
    store::insert_phone(&mut tx, account_id, number, now).await?;
    let changes = proof.pending.replaces.as_deref().filter(|old| *old != number);
    if let Some(old) = changes {
        store::delete_phone(&mut tx, account_id, old).await?;
        store::set_last_method(&mut tx, account_id, choice.method.code(), Some(number)).await?;
    }
    let change = if changes.is_some() {
        Change { action: "factor.change", kind: "phone", told_as: "電話番号の変更" }
    } else {
        Change { action: "factor.add", kind: "phone", told_as: "電話番号の追加" }
    };
    change.tell(app, &mut tx, &session.staff, client, &had).await?;
    tx.commit().await?;
    app.outbox.wake();
    let note = if changes.is_some() { "changed" } else { "added" };
    Ok((jar.add(cookie_removal(Purpose::Factor.cookie())), back_with(note)).into_response())
}

#[derive(Deserialize)]
pub struct Removed {
    #[serde(default)]
    number: String,
}

/// 削除: never the last factor.
pub async fn remove(
    State(app): State<App>,
    client: Client,
    Fresh(session): Fresh,
    Form(form): Form<Removed>,
) -> Result<Response> {
    let account_id = session.staff.account_id;
    let mut tx = app.db.begin().await?;
    access_store::hold_account(&mut tx, account_id).await?;
    let factors = Factors::of(&mut tx, account_id).await?;
    if !factors.phones.iter().any(|phone| phone.as_str() == form.number) {
        drop(tx);
        return refused(&app, &session, "この電話番号は、もう登録されていません。").await;
    }
    if factors.count() == 1 {
        drop(tx);
        return refused(&app, &session, LAST_FACTOR).await;
    }
    store::delete_phone(&mut tx, account_id, &form.number).await?;
    let change = Change { action: "factor.remove", kind: "phone", told_as: "電話番号の削除" };
    change.tell(&app, &mut tx, &session.staff, &client, &factors.phones).await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(back_with(&format!("{REMOVED_PHONE}{}", &form.number[form.number.len() - 3..])))
}

/// The proof under way in this browser, for this account.
async fn of(app: &App, jar: &CookieJar, session: &Session) -> Result<Option<Proof>> {
    let proof = proof::find(app, jar, Purpose::Factor).await?;
    Ok(proof.filter(|proof| proof.pending.account_id == session.staff.account_id))
}

async fn number_at(app: &App, session: &Session, at: &str) -> Result<Option<PhoneNumber>> {
    let Ok(at) = at.parse::<usize>() else {
        return Ok(None);
    };
    Ok(Factors::of(&app.db, session.staff.account_id).await?.phones.get(at).cloned())
}

fn begin_again() -> Response {
    Redirect::to("/staff/security/phones/new").into_response()
}

fn form_page(staff: &Staff, form: &PhoneForm, old: Option<&PhoneNumber>, at: &str, problems: &Problems) -> Markup {
    let title = if old.is_some() { "電話番号の変更" } else { "電話番号の追加" };
    Page::new(title).staff(staff).render(html! {
        h1 { (title) }
        (error_summary(problems))
        @if let Some(old) = old {
            p { "+81 " (old.masked()) " を、次の番号に変えます。確認が済むまでは、今の番号のままです。" }
        }
        form.narrow method="post" action="/staff/security/phones/new" novalidate {
            @if old.is_some() { input type="hidden" name="at" value=(at); }
            (form.fields(problems))
            div.actions {
                button.button.primary type="submit" { "次へ" }
                a.button href="/staff/security" { "戻る" }
            }
        }
    })
}
