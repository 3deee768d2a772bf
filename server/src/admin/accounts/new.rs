//! One ID for one organisation.

use std::collections::HashSet;

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::Problems;
use maud::html;
use serde::Deserialize;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::grant::Issuer;
use crate::access::organization::OrganizationState;
use crate::admin::accounts::issue::{Issued, issue};
use crate::admin::accounts::plan::{self, ToIssue};
use crate::admin::accounts::{handout, sign_in_ids, store};
use crate::admin::line::{self, Right};
use crate::admin::organizations::{Desk, Organization};
use crate::error::{Error, Result};
use crate::ui::{Field, Page, Tone, error_summary, notice};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct AccountForm {
    issuing_id: String,
    display_name: String,
    sign_in_id: String,
}

pub async fn form(issuer: Issuer, State(app): State<App>, Path(organization_id): Path<Uuid>) -> Result<Response> {
    let (organization, right) = issuable(&issuer, &app, organization_id).await?;
    let accounts = store::of_organization(issuer.db(), organization_id).await?;
    let taken: HashSet<String> = accounts.into_iter().map(|account| account.sign_in_id).collect();
    let form = AccountForm {
        issuing_id: Uuid::now_v7().to_string(),
        display_name: plan::USUAL_NAME.into(),
        sign_in_id: sign_in_ids::suggest(&organization, &app.config.sign_in_domain, &taken),
    };
    Ok(page(&issuer, &organization, right, &form, &Problems::default()))
}

/// 【発行】: answers with the hand-out.
pub async fn create(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Path(organization_id): Path<Uuid>,
    Form(form): Form<AccountForm>,
) -> Result<Response> {
    let (organization, right) = issuable(&issuer, &app, organization_id).await?;
    let Ok(issuing_id) = Uuid::parse_str(&form.issuing_id) else {
        return Err(Error::one("", "画面が古くなっています。IDの発行の画面を開き直してください。"));
    };
    let mut problems = Problems::default();
    let display_name = problems.check("display_name", plan::name(&form.display_name));
    let sign_in_id = problems.check("sign_in_id", sign_in_ids::check(&form.sign_in_id));
    let (Some(display_name), Some(sign_in_id)) = (display_name, sign_in_id) else {
        return Ok(page(&issuer, &organization, right, &form, &problems));
    };
    let wanted =
        ToIssue { organization_id, organization_name: organization.name.clone(), right, display_name, sign_in_id };
    let issued = issue(&app, &issuer, &client, issuing_id, vec![wanted]).await?;
    if let Issued::Taken = issued {
        problems.add("sign_in_id", "このサインインIDは、すでに使われています。別のIDにしてください。");
        return Ok(page(&issuer, &organization, right, &form, &problems));
    }
    Ok(handout::answer(
        &app,
        issuer.staff(),
        handout::Act::Issue,
        issued,
        &format!("/staff/admin/organizations/{organization_id}"),
    ))
}

/// An organisation for which the issuer issues, and with which right.
async fn issuable(issuer: &Issuer, app: &App, organization_id: Uuid) -> Result<(Organization, Right)> {
    let desk = Desk::of(issuer).await?;
    let organization = desk.organization(issuer, organization_id).await?;
    let right = line::right_to_give(&desk.own, &organization.line(&desk.offices)).ok_or(Error::Forbidden)?;
    if let OrganizationState::Ended(_) = organization.state(app.clock.today()) {
        return Err(Error::one("", "利用を停止した機関です。IDを発行するには、先に利用を再開してください。"));
    }
    Ok((organization, right))
}

fn page(
    issuer: &Issuer,
    organization: &Organization,
    right: Right,
    form: &AccountForm,
    problems: &Problems,
) -> Response {
    let here = format!("/staff/admin/organizations/{}", organization.organization_id);
    let main = html! {
        (error_summary(problems))
        h1 { "IDの発行" }
        p { strong { (organization.name) } "（" (organization.kind_label()) "）の" strong { (right.label()) } "のIDを発行します。" }
        (notice(Tone::Information, html! {
            p { "発行すると、サインインIDと初期パスワードを印刷する画面が一度だけ表示されます。プリンターを用意してください。" }
        }))
        form method="post" action=(format!("{here}/accounts")) novalidate {
            input type="hidden" name="issuing_id" value=(form.issuing_id);
            (Field::new("display_name", "利用者名", &form.display_name, problems)
                .hint("機関で1つのときは「担当者」のままにします。人ごとに発行するときは、氏名や部署名にします。").maxlength(60).input())
            (Field::new("sign_in_id", "サインインID", &form.sign_in_id, problems).required()
                .hint("自動で付けたIDです。変えるときも、xxxxxx@example.jpの形にします。").inputmode("email").maxlength(254).input())
            div.actions {
                button.button.primary type="submit" { "発行" }
                a.button href=(here) { "やめる" }
            }
        }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new("IDの発行").staff(issuer.staff()).response_with(status, main)
}
