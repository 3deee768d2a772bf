//! Security keys, passkeys and authenticator apps: added, renamed, removed.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use hersys_shared::Problems;
use hersys_shared::digits::only_digits;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Change, LAST_FACTOR, back_with, is_kind, name_of_device, refused, removal};
use crate::App;
use crate::access::audit::Entry;
use crate::access::factors::app::Seed;
use crate::access::factors::pages::{KeyForm, key_form};
use crate::access::factors::store::{self, Device, NewDevice};
use crate::access::factors::{Factors, Method, Proof, Purpose, passkey, proof};
use crate::access::session::{Fresh, Session};
use crate::access::staff::removal as cookie_removal;
use crate::access::{Client, Staff, store as access_store};
use crate::error::{Error, Result};
use crate::ui::{Field, Page, Tone, error_summary, notice};

pub fn list(devices: &[Device], kind: &str, only: bool) -> Markup {
    let devices: Vec<&Device> = devices.iter().filter(|device| is_kind(device, kind)).collect();
    if devices.is_empty() {
        return html! { p { "登録したものはありません。" } };
    }
    html! {
        ul.factors {
            @for device in devices {
                @let label = format!("factor-{}", device.factor_id);
                @let field = format!("name-{}", device.factor_id);
                li.factor {
                    p id=(label) {
                        span.factor-name { (device.name) }
                        span.quiet-text {
                            (device.created_at.minute_text()) " 登録"
                            @if let Some(used) = device.last_used_at { "、" (used.minute_text()) " 使用" }
                        }
                    }
                    form.rename method="post" action={ "/staff/security/factors/" (device.factor_id) "/name" } {
                        label.visually-hidden for=(field) { (device.name) "の新しい名前" }
                        input id=(field) name="name" value=(device.name) maxlength="40" autocomplete="off";
                        button.button type="submit" { "名前を変更" }
                    }
                    (removal(&format!("/staff/security/factors/{}/removal", device.factor_id), only, &label, html! {}))
                }
            }
        }
    }
}

/// The page on which a key is added.
pub async fn new_passkey(State(app): State<App>, Fresh(session): Fresh, jar: CookieJar) -> Result<Response> {
    passkey_form(&app, &session, jar, "", &Problems::default()).await
}

async fn passkey_form(
    app: &App,
    session: &Session,
    jar: CookieJar,
    name: &str,
    problems: &Problems,
) -> Result<Response> {
    let title = "セキュリティキー・パスキーの追加";
    let Some(party) = passkey::relying_party(&app.config.base_url) else {
        return Ok(Page::new(title).staff(&session.staff).response(html! {
            h1 { (title) }
            (notice(Tone::Wait, html! { p { "このシステムのアドレスでは、セキュリティキーを使えません。" } }))
            p { a.button href="/staff/security" { "戻る" } }
        }));
    };
    let (proof, cookie) = proof::begin(app, session.staff.account_id, Purpose::Factor).await?;
    let devices = store::devices(&app.db, session.staff.account_id).await?;
    let challenge = passkey::ask_for_new(&party, &proof.pending, &devices)?;
    store::set_method(&app.db, proof.token_hash(), Method::Passkey.code(), None, Some(challenge.state)).await?;
    let page = Page::new(title).staff(&session.staff).response(html! {
        h1 { (title) }
        (error_summary(problems))
        p { "名前を付けて【追加する】を押し、画面の案内に従ってキーに触れるか、端末の画面ロックを解除してください。" }
        div.narrow {
            (key_form(KeyForm {
                action: "/staff/security/passkeys",
                options: &challenge.options.to_string(),
                ask: "create",
                button: "追加する",
                more: name_field(name, "例：黒いUSBキー、業務用スマートフォン", problems),
            }))
        }
        p { a href="/staff/security" { "セキュリティ情報に戻る" } }
    });
    Ok((jar.add(cookie), page).into_response())
}

fn name_field(name: &str, hint: &str, problems: &Problems) -> Markup {
    Field::new("name", "名前", name, problems).required().hint(hint).maxlength(40).autofocus().input()
}

#[derive(Deserialize)]
pub struct PasskeyForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    credential: String,
}

/// 追加する: keeps the key whose answer fits.
pub async fn add_passkey(
    State(app): State<App>,
    client: Client,
    Fresh(session): Fresh,
    jar: CookieJar,
    Form(form): Form<PasskeyForm>,
) -> Result<Response> {
    let mut problems = Problems::default();
    let name = name_of_device(&form.name).map_err(|sentence| problems.add("name", sentence)).unwrap_or_default();
    let proof = of(&app, &jar, &session, Method::Passkey).await?;
    let key = proof
        .as_ref()
        .and_then(|proof| proof.pending.challenge.as_ref())
        .zip(passkey::relying_party(&app.config.base_url))
        .and_then(|(state, party)| passkey::accept_new(&party, state, &form.credential));
    if key.is_none() {
        problems.add("", "セキュリティキーを追加できませんでした。もう一度お試しください。");
    }
    let (Some(proof), Some(key), true) = (proof, key, problems.is_empty()) else {
        let mut page = passkey_form(&app, &session, jar, &form.name, &problems).await?;
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(page);
    };
    let credential = serde_json::to_value(&key).map_err(|error| Error::Internal(format!("passkey: {error}")))?;
    let device = NewDevice {
        account_id: session.staff.account_id,
        factor_id: Uuid::now_v7(),
        kind: Method::Passkey.code(),
        name: &name,
        credential: Some(credential),
        credential_id: Some(key.cred_id().as_slice().to_vec()),
        last_step: None,
        at: app.clock.now(),
    };
    match keep(&app, &client, &session, &proof, device, "セキュリティキーの追加").await {
        Ok(()) => Ok((jar.add(cookie_removal(Purpose::Factor.cookie())), back_with("added")).into_response()),
        Err(Error::Db(error)) if error.is_unique_violation() => {
            refused(&app, &session, "このセキュリティキーは、すでに登録されています。").await
        }
        Err(error) => Err(error),
    }
}

/// The page on which an app is added: its picture, its text, and the first code.
pub async fn new_app(State(app): State<App>, Fresh(session): Fresh, jar: CookieJar) -> Result<Response> {
    let (proof, cookie) = proof::begin(&app, session.staff.account_id, Purpose::Factor).await?;
    let factor_id = Uuid::new_v4();
    let challenge = json!({ "factor_id": factor_id });
    store::set_method(&app.db, proof.token_hash(), Method::App.code(), None, Some(challenge)).await?;
    let page = app_form(&app, &session.staff, factor_id, "認証アプリ", &Problems::default());
    Ok((jar.add(cookie), page).into_response())
}

fn app_form(app: &App, staff: &Staff, factor_id: Uuid, name: &str, problems: &Problems) -> Markup {
    let seed = Seed::of(app, factor_id);
    Page::new("認証アプリの追加").staff(staff).render(html! {
        h1 { "認証アプリの追加" }
        (error_summary(problems))
        ol.steps {
            li {
                p { "認証アプリでQRコードを読み取ります。" }
                @if let Some(picture) = seed.picture(&staff.sign_in_id) { (picture) }
                p { "読み取れないときは、次の文字をアプリに入力してください。" br; code.seed { (seed.text()) } }
            }
            li {
                p { "アプリに表示された6桁のコードを入力します。" }
                form.narrow method="post" action="/staff/security/apps" novalidate {
                    (name_field(name, "例：業務用スマートフォン", problems))
                    (Field::new("code", "コードの入力", "", problems)
                        .required()
                        .hint("6桁の数字")
                        .inputmode("numeric")
                        .autocomplete("one-time-code")
                        .maxlength(12)
                        .short()
                        .input())
                    div.actions {
                        button.button.primary type="submit" { "追加する" }
                        a.button href="/staff/security" { "戻る" }
                    }
                }
            }
        }
    })
}

#[derive(Deserialize)]
pub struct AppForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
}

/// 追加する: the first code shows that the app has the seed; it is used up by that.
pub async fn add_app(
    State(app): State<App>,
    client: Client,
    Fresh(session): Fresh,
    jar: CookieJar,
    Form(form): Form<AppForm>,
) -> Result<Response> {
    let proof = of(&app, &jar, &session, Method::App).await?;
    let offered = proof.and_then(|proof| {
        let id = proof.pending.challenge.as_ref()?.get("factor_id")?.as_str()?.parse::<Uuid>().ok()?;
        Some((proof, id))
    });
    let Some((proof, factor_id)) = offered else {
        return refused(&app, &session, "有効時間が過ぎました。もう一度はじめから認証アプリを追加してください。").await;
    };
    let mut problems = Problems::default();
    let name = name_of_device(&form.name).map_err(|sentence| problems.add("name", sentence)).unwrap_or_default();
    let code = only_digits(&form.code).unwrap_or_default();
    let step = Seed::of(&app, factor_id).step_of(&code, app.clock.now());
    if step.is_none() {
        problems.add("code", "コードが正しくありません。認証アプリの新しいコードを入力してください。");
    }
    let (Some(step), true) = (step, problems.is_empty()) else {
        let page = app_form(&app, &session.staff, factor_id, &form.name, &problems);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let device = NewDevice {
        account_id: session.staff.account_id,
        factor_id,
        kind: Method::App.code(),
        name: &name,
        credential: None::<Json>,
        credential_id: None,
        last_step: Some(step),
        at: app.clock.now(),
    };
    keep(&app, &client, &session, &proof, device, "認証アプリの追加").await?;
    Ok((jar.add(cookie_removal(Purpose::Factor.cookie())), back_with("added")).into_response())
}

/// Writes a device with its audit, once for each proof.
async fn keep(
    app: &App,
    client: &Client,
    session: &Session,
    proof: &Proof,
    device: NewDevice<'_>,
    told_as: &str,
) -> Result<()> {
    let mut tx = app.db.begin().await?;
    access_store::hold_account(&mut tx, device.account_id).await?;
    if !store::take_pending(&mut tx, proof.token_hash()).await? {
        return Err(Error::NotFound);
    }
    let had = Factors::of(&mut tx, device.account_id).await?.phones;
    let kind = device.kind;
    store::insert_device(&mut tx, device).await?;
    let change = Change { action: "factor.add", kind, told_as };
    change.tell(app, &mut tx, &session.staff, client, &had).await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(())
}

#[derive(Deserialize)]
pub struct NameForm {
    #[serde(default)]
    name: String,
}

/// 名前を変更
pub async fn rename(
    State(app): State<App>,
    client: Client,
    Fresh(session): Fresh,
    Path(factor_id): Path<Uuid>,
    Form(form): Form<NameForm>,
) -> Result<Response> {
    let name = match name_of_device(&form.name) {
        Ok(name) => name,
        Err(sentence) => return refused(&app, &session, sentence).await,
    };
    if !store::rename_device(&app.db, session.staff.account_id, factor_id, &name).await? {
        return Err(Error::NotFound);
    }
    Entry::by_staff(&session.staff, &client, app.clock.now(), "factor.rename")
        .with(json!({ "factor_id": factor_id }))
        .write(&app.db)
        .await?;
    Ok(back_with("changed"))
}

/// 削除: never the last factor.
pub async fn remove(
    State(app): State<App>,
    client: Client,
    Fresh(session): Fresh,
    Path(factor_id): Path<Uuid>,
) -> Result<Response> {
    let account_id = session.staff.account_id;
    let mut tx = app.db.begin().await?;
    access_store::hold_account(&mut tx, account_id).await?;
    let factors = Factors::of(&mut tx, account_id).await?;
    let Some(device) = factors.devices.iter().find(|device| device.factor_id == factor_id) else {
        return Err(Error::NotFound);
    };
    if factors.count() == 1 {
        drop(tx);
        return refused(&app, &session, LAST_FACTOR).await;
    }
    store::delete_device(&mut tx, account_id, factor_id).await?;
    let told_as = if is_kind(device, Method::App.code()) {
        "認証アプリの削除"
    } else {
        "セキュリティキーの削除"
    };
    let change = Change { action: "factor.remove", kind: &device.kind, told_as };
    change.tell(&app, &mut tx, &session.staff, &client, &factors.phones).await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(back_with(if is_kind(device, Method::App.code()) { "removed-app" } else { "removed-passkey" }))
}

/// The proof of this browser for this account, by this method.
async fn of(app: &App, jar: &CookieJar, session: &Session, method: Method) -> Result<Option<Proof>> {
    let proof = proof::find(app, jar, Purpose::Factor).await?;
    Ok(proof.filter(|proof| {
        proof.pending.account_id == session.staff.account_id && proof.pending.method.as_deref() == Some(method.code())
    }))
}
