//! Tokens of medical institutions: made, shown once and taken back by the 利用者認証実施者 of the
//! institution's 所管保健所. With one an institution's own system files notifications (FORM-05).

use axum::extract::{Form, Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::{Problems, days};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::Issuer;
use crate::access::institution::store::{self, NewToken};
use crate::access::{Client, OrganizationKind};
use crate::admin::organizations::{Desk, Organization};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::routes::{Guard, Routes};
use crate::secret::Token;
use crate::ui::{Column, Field, Page, Tone, error_summary, notice, table};

/// How long a token may live, in days.
const LIVES: [(&str, i64, &str); 3] = [("90", 90, "90日"), ("180", 180, "180日"), ("365", 365, "1年")];

/// Letters of a token's name.
const LONGEST_NAME: usize = 40;

/// Valid tokens of one institution.
const MOST: usize = 5;

pub fn routes() -> Routes {
    Routes::default().post("/staff/admin/organizations/{organization_id}/tokens", Guard::Issuer, create).post(
        "/staff/admin/organizations/{organization_id}/tokens/{token_id}/revocation",
        Guard::Issuer,
        revoke,
    )
}

/// Whether the issuer's office is the 所管保健所 of the institution, whose matter its tokens are.
fn may_give(issuer: &Issuer, organization: &Organization) -> bool {
    organization.kind == OrganizationKind::MedicalInstitution
        && organization.governing_id == Some(issuer.staff().organization_id)
}

async fn institution(issuer: &Issuer, organization_id: Uuid) -> Result<Organization> {
    let organization = Desk::of(issuer).await?.organization(issuer, organization_id).await?;
    if may_give(issuer, &organization) { Ok(organization) } else { Err(Error::Forbidden) }
}

/// The institution's tokens, on its page of the administration; nothing for other kinds.
pub async fn section(issuer: &Issuer, organization: &Organization, now: Timestamp) -> Result<Markup> {
    if organization.kind != OrganizationKind::MedicalInstitution {
        return Ok(html! {});
    }
    let tokens = store::of_organization(issuer.db(), organization.organization_id).await?;
    let gives = may_give(issuer, organization);
    Ok(html! {
        h2 #tokens { "システム連携（トークン）" }
        p.fine { "この医療機関の電子カルテなどから、発生届を送れるようにします。トークンを持つシステムは、この医療機関として発生届を報告できます。" }
        (list(&tokens, organization, gives, now))
        @if gives { (form(organization, &Typed::default(), &Problems::default())) }
        @else { p.quiet-text { "トークンは、所管保健所の利用者認証実施者が作ります。" } }
    })
}

fn list(tokens: &[store::Token], organization: &Organization, gives: bool, now: Timestamp) -> Markup {
    if tokens.is_empty() {
        return table::empty("トークンはありません。", html! {});
    }
    let columns = ["名前", "状態", "作成", "有効期限", "最後に使われた日時", "操作"].map(Column::new);
    table::dense("この医療機関のトークン", &columns, tokens.iter().map(|token| {
        html! {
            tr {
                td { (token.name) }
                td { @match (token.revoked_at, now < token.expires_at) {
                    (Some(at), _) => span.admin-ended { "失効（" (at.minute_text()) "）" },
                    (None, true) => "有効",
                    (None, false) => span.admin-ended { "期限切れ" },
                } }
                td { (token.created_at.minute_text()) " " (token.created_by.as_deref().unwrap_or_default()) }
                td { (days::japanese(token.expires_at.day())) }
                td { (token.last_used_at.map_or("—".to_owned(), |at| at.minute_text())) }
                td {
                    @if gives && token.is_valid(now) {
                        form.inline method="post" action=(format!("/staff/admin/organizations/{}/tokens/{}/revocation", organization.organization_id, token.token_id)) {
                            button.button.small.danger { "失効させる" span.visually-hidden { "：" (token.name) } }
                        }
                    }
                }
            }
        }
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Made with the form, so that sending it twice makes one token.
    token_id: String,
    name: String,
    lives: String,
}

fn form(organization: &Organization, typed: &Typed, problems: &Problems) -> Markup {
    let lives = if typed.lives.is_empty() { "365" } else { &typed.lives };
    let choices = LIVES.map(|(code, _, label)| (code, label));
    html! {
        section.admin-action aria-labelledby="new-token" {
            h3 #new-token { "トークンを作る" }
            form method="post" novalidate action=(format!("/staff/admin/organizations/{}/tokens", organization.organization_id)) {
                input type="hidden" name="token_id" value=(Uuid::now_v7());
                (Field::new("name", "名前", &typed.name, problems).required()
                    .hint("どのシステムのトークンか。例：電子カルテ").input())
                (Field::new("lives", "有効期間", lives, problems).required().radios(&choices))
                button.button { "トークンを作る" }
            }
        }
    }
}

/// Makes a token and shows it, this once.
async fn create(
    issuer: Issuer,
    client: Client,
    Shared(app): Shared<App>,
    Path(organization_id): Path<Uuid>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let organization = institution(&issuer, organization_id).await?;
    let now = app.clock.now();
    let mut problems = Problems::default();
    let name = typed.name.replace('\0', "").trim().to_owned();
    if name.is_empty() {
        problems.add("name", "名前を入力してください（必須）。");
    } else if name.chars().count() > LONGEST_NAME {
        problems.add("name", format!("{LONGEST_NAME}文字までで入力してください。"));
    }
    let lives = LIVES.iter().find(|(code, ..)| *code == typed.lives).map(|(_, lives, _)| Duration::days(*lives));
    if lives.is_none() {
        problems.add("lives", "有効期間を選んでください（必須）。");
    }
    let tokens = store::of_organization(issuer.db(), organization_id).await?;
    if tokens.iter().filter(|token| token.is_valid(now)).count() >= MOST {
        problems.add("", format!("有効なトークンは{MOST}つまでです。使っていないものを失効させてください。"));
    }
    let (Ok(token_id), Some(lives)) = (Uuid::parse_str(&typed.token_id), lives.filter(|_| problems.is_empty())) else {
        if problems.is_empty() {
            problems.add("", "画面が古くなっています。機関の画面を開き直してください。");
        }
        let main = html! {
            (error_summary(&problems))
            h1 { (organization.name) "のトークン" }
            (form(&organization, &typed, &problems))
            p { a href=(format!("/staff/admin/organizations/{organization_id}")) { "機関の画面に戻る" } }
        };
        let page = Page::new("トークン").staff(issuer.staff());
        return Ok(page.response_with(StatusCode::UNPROCESSABLE_ENTITY, main));
    };
    let secret = Token::random();
    let token = NewToken {
        token_id,
        organization_id,
        name: &name,
        token_hash: secret.hash(),
        created_by: issuer.staff().account_id,
        expires_at: now + lives,
    };
    let mut tx = issuer.db().begin().await?;
    match store::insert(&mut tx, &token, now).await {
        Err(error) if error.is_unique_violation() => return Ok(made_before(&issuer, organization_id)),
        done => done?,
    }
    Entry::by_staff(issuer.staff(), &client, now, "token.create")
        .with(json!({
            "token_id": token_id,
            "organization_id": organization_id,
            "name": name,
            "until": days::iso(token.expires_at.day()),
        }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(shown_once(&app, &issuer, &organization, &token, &secret))
}

fn made_before(issuer: &Issuer, organization_id: Uuid) -> Response {
    let main = html! {
        h1 { "このトークンは作成済みです" }
        (notice(Tone::Wait, html! {
            p { "トークンは、作った直後に一度だけ表示されます。控えられなかったときは失効させて、新しく作ってください。" }
        }))
        p { a.button href=(format!("/staff/admin/organizations/{organization_id}")) { "戻る" } }
    };
    Page::new("トークン").staff(issuer.staff()).response_with(StatusCode::CONFLICT, main)
}

fn shown_once(
    app: &App,
    issuer: &Issuer,
    organization: &Organization,
    token: &NewToken<'_>,
    secret: &Token,
) -> Response {
    let address = format!("{}/api/institution/notifications", app.config.base_url.as_str().trim_end_matches('/'));
    let main = html! {
        h1 { "トークンを作りました" }
        (notice(Tone::Danger, html! {
            p { strong { "トークンは、この画面でだけ表示されます。" } "医療機関のシステム担当者に、書面か対面で渡してください。メールやFAXで送らないでください。" }
        }))
        section.items.admin-facts aria-label="トークンの内容" {
            dl {
                div { dt { "医療機関" } dd { (organization.name) } }
                div { dt { "名前" } dd { (token.name) } }
                div { dt { "有効期限" } dd { (days::japanese(token.expires_at.day())) } }
                div { dt { "送り先（URL）" } dd { (address) } }
            }
        }
        p #token-label { "トークン" }
        p.token-shown aria-labelledby="token-label" { (secret.as_str()) }
        p.fine { "使い方（Authorization: Bearer トークン）は " a href="/api/openapi.json" { "/api/openapi.json" } " にあります。" }
        p { a.button href=(format!("/staff/admin/organizations/{}", organization.organization_id)) { "控えたので閉じる" } }
    };
    Page::new("トークン").staff(issuer.staff()).response(main)
}

/// Takes a token back: it opens nothing from the next request on.
async fn revoke(
    issuer: Issuer,
    client: Client,
    Shared(app): Shared<App>,
    Path((organization_id, token_id)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    institution(&issuer, organization_id).await?;
    let now = app.clock.now();
    let mut tx = issuer.db().begin().await?;
    if store::revoke(&mut tx, organization_id, token_id, issuer.staff().account_id, now).await? {
        Entry::by_staff(issuer.staff(), &client, now, "token.revoke")
            .with(json!({ "token_id": token_id, "organization_id": organization_id }))
            .write(&mut tx)
            .await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/staff/admin/organizations/{organization_id}?done=token-revoked#tokens")).into_response())
}
