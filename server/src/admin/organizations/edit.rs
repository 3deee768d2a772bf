//! Making and changing one organisation.

use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::Issuer;
use crate::access::{Client, OrganizationKind};
use crate::admin::line;
use crate::admin::organizations::form::{Extent, OrganizationForm, fingerprint};
use crate::admin::organizations::{Desk, Organization, fields, store};
use crate::cases;
use crate::error::{Error, Result};
use crate::ui::{Page, error_summary};

#[derive(Deserialize)]
pub struct Kind {
    #[serde(default)]
    kind: String,
}

/// The empty form; first the kind, where there is a choice.
pub async fn new(issuer: Issuer, Query(query): Query<Kind>) -> Result<Response> {
    let desk = Desk::of(&issuer).await?;
    let kinds = line::kinds_to_make(&desk.own);
    let Some(kind) = kinds.iter().copied().find(|kind| kind.code() == query.kind) else {
        let main = html! {
            h1 { "機関の登録" }
            p { "登録する機関の種別を選んでください。" }
            ul.admin-kinds {
                @for kind in kinds {
                    li { a.button.large href={ "/staff/admin/organizations/new?kind=" (kind.code()) } { (kind.label()) } }
                }
            }
            p { "まとめて登録するときは、" a href="/staff/admin/organizations/import" { "CSVで一括登録" } "をお使いください。" }
        };
        return Ok(Page::new("機関の登録").staff(issuer.staff()).response(main));
    };
    Ok(new_page(&issuer, &desk, kind, &OrganizationForm::default(), &Problems::default()))
}

/// 【登録】
pub async fn create(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Form(form): Form<OrganizationForm>,
) -> Result<Response> {
    let desk = Desk::of(&issuer).await?;
    let kind = line::kinds_to_make(&desk.own)
        .into_iter()
        .find(|kind| kind.code() == form.kind)
        .ok_or_else(|| Error::one("", "登録できない種別です。機関の登録の画面を開き直してください。"))?;
    let organization = match form.check_new(kind, &desk.own, &desk.offices) {
        Ok(organization) => organization,
        Err(problems) => return Ok(new_page(&issuer, &desk, kind, &form, &problems)),
    };
    let now = app.clock.now();
    let mut tx = issuer.db().begin().await?;
    match store::insert(&mut tx, &organization, now).await {
        Err(error) if error.is_unique_violation() => {
            return Ok(new_page(&issuer, &desk, kind, &form, &code_is_taken()));
        }
        done => done?,
    }
    Entry::by_staff(issuer.staff(), &client, now, "organization.create")
        .with(created(&organization))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/admin/organizations/{}?done=created", organization.organization_id))
        .into_response())
}

/// What the audit keeps of a new organisation.
pub fn created(organization: &Organization) -> serde_json::Value {
    json!({
        "organization_id": organization.organization_id,
        "kind": organization.kind.code(),
        "name": organization.name,
        "code": organization.code,
    })
}

pub async fn edit(issuer: Issuer, Path(organization_id): Path<Uuid>) -> Result<Response> {
    let desk = Desk::of(&issuer).await?;
    let organization = desk.organization(&issuer, organization_id).await?;
    let extent = extent(&desk, &organization)?;
    Ok(edit_page(&issuer, &desk, &organization, extent, &OrganizationForm::of(&organization), &Problems::default()))
}

/// 【保存】
pub async fn update(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Path(organization_id): Path<Uuid>,
    Form(form): Form<OrganizationForm>,
) -> Result<Response> {
    let desk = Desk::of(&issuer).await?;
    let current = desk.organization(&issuer, organization_id).await?;
    let extent = extent(&desk, &current)?;
    let refused = |problems: &Problems| Ok(edit_page(&issuer, &desk, &current, extent, &form, problems));
    let now_stands = fingerprint(&current);
    if !form.seen.is_empty() && form.seen != now_stands {
        // What is stopped or taken away meanwhile does not come back by an old form.
        let mut problems = Problems::default();
        problems.add("", STALE);
        let form = OrganizationForm { seen: now_stands, ..form.clone() };
        return Ok(edit_page(&issuer, &desk, &current, extent, &form, &problems));
    }
    let changed = match form.check_change(&current, extent, &desk.own, &desk.offices) {
        Ok(changed) => changed,
        Err(problems) => return refused(&problems),
    };
    match save(&app, &issuer, &client, &current, &changed, "organization.update").await {
        Err(Error::Db(error)) if error.is_unique_violation() => refused(&code_is_taken()),
        Err(error) => Err(error),
        Ok(()) => Ok(Redirect::to(&format!("/staff/admin/organizations/{organization_id}?done=saved")).into_response()),
    }
}

const STALE: &str = "この画面を開いたあとに、ほかの人がこの機関の登録を変えました（利用の停止など）。機関の画面で今の内容を確かめてください。\
                     このまま保存すると、この画面の内容になります。";

/// 【利用を停止する】: at once, with every session of its IDs (IDM-10).
pub async fn deactivate(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Path(organization_id): Path<Uuid>,
) -> Result<Response> {
    let desk = Desk::of(&issuer).await?;
    let current = managed(&issuer, &desk, organization_id).await?;
    let changed = Organization { active_until: Some(app.clock.today()), ..current.clone() };
    save(&app, &issuer, &client, &current, &changed, "organization.deactivate").await?;
    Ok(Redirect::to(&format!("/staff/admin/organizations/{organization_id}?done=stopped")).into_response())
}

/// 【利用を再開する】: at once.
pub async fn activate(
    issuer: Issuer,
    client: Client,
    State(app): State<App>,
    Path(organization_id): Path<Uuid>,
) -> Result<Response> {
    let desk = Desk::of(&issuer).await?;
    let current = managed(&issuer, &desk, organization_id).await?;
    let today = app.clock.today();
    let changed = Organization {
        active_from: current.active_from.filter(|from| *from <= today),
        active_until: current.active_until.filter(|until| *until > today),
        ..current.clone()
    };
    save(&app, &issuer, &client, &current, &changed, "organization.activate").await?;
    Ok(Redirect::to(&format!("/staff/admin/organizations/{organization_id}?done=started")).into_response())
}

/// An organisation that the issuer may change wholly.
pub async fn managed(issuer: &Issuer, desk: &Desk, organization_id: Uuid) -> Result<Organization> {
    let organization = desk.organization(issuer, organization_id).await?;
    match extent(desk, &organization)? {
        Extent::All => Ok(organization),
        Extent::Own => Err(Error::Forbidden),
    }
}

/// How much of an organisation the issuer may change.
pub fn extent(desk: &Desk, organization: &Organization) -> Result<Extent> {
    if organization.organization_id == desk.own.organization_id {
        Ok(Extent::Own)
    } else if line::may_manage(&desk.own, &organization.line(&desk.offices)) {
        Ok(Extent::All)
    } else {
        Err(Error::Forbidden)
    }
}

async fn save(
    app: &App,
    issuer: &Issuer,
    client: &Client,
    before: &Organization,
    after: &Organization,
    action: &'static str,
) -> Result<()> {
    if before == after {
        return Ok(());
    }
    let now = app.clock.now();
    let mut tx = issuer.db().begin().await?;
    store::update(&mut tx, after).await?;
    Entry::by_staff(issuer.staff(), client, now, action).with(before.change_to(after)).write(&mut tx).await?;
    if before.follow_up && !after.follow_up {
        cases::end_links(&mut tx, app, after.organization_id, issuer.staff(), client, now).await?;
    }
    tx.commit().await?;
    app.outbox.wake();
    Ok(())
}

fn code_is_taken() -> Problems {
    let mut problems = Problems::default();
    problems.add("code", "このコードは、同じ種別の別の機関に使われています。コードを確かめてください。");
    problems
}

fn new_page(
    issuer: &Issuer,
    desk: &Desk,
    kind: OrganizationKind,
    form: &OrganizationForm,
    problems: &Problems,
) -> Response {
    let title = format!("機関の登録（{}）", kind.label());
    let fields = fields::fields(form, kind, &desk.own, &desk.offices, None, problems);
    let main = html! {
        (error_summary(problems))
        h1 { (title) }
        form method="post" action="/staff/admin/organizations" novalidate data-warn-leave {
            input type="hidden" name="kind" value=(kind.code());
            (fields)
            (end("/staff/admin/organizations", "登録"))
        }
    };
    answer(issuer, &title, problems, main)
}

fn edit_page(
    issuer: &Issuer,
    desk: &Desk,
    current: &Organization,
    extent: Extent,
    form: &OrganizationForm,
    problems: &Problems,
) -> Response {
    let here = format!("/staff/admin/organizations/{}", current.organization_id);
    let fields = match extent {
        Extent::All => fields::fields(form, current.kind, &desk.own, &desk.offices, Some(current), problems),
        Extent::Own => fields::own_fields(form, current.kind, problems),
    };
    let main = html! {
        (error_summary(problems))
        h1 { (current.name) "の編集" }
        @if extent == Extent::Own {
            p { "ご自身の機関では、連絡先と責任者を変更できます。名称などの変更は、上位の機関の発行者に依頼してください。" }
        }
        form method="post" action=(format!("{here}/edit")) novalidate data-warn-leave {
            input type="hidden" name="seen" value=(form.seen);
            (fields)
            (end(&here, "保存"))
        }
    };
    answer(issuer, "機関の編集", problems, main)
}

fn end(back: &str, primary: &str) -> Markup {
    html! {
        div.actions {
            button.button.primary type="submit" { (primary) }
            a.button href=(back) { "やめる" }
        }
    }
}

fn answer(issuer: &Issuer, title: &str, problems: &Problems, main: Markup) -> Response {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new(title).staff(issuer.staff()).response_with(status, main)
}
