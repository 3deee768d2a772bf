//! Writing beside a day, and correcting what one's own organisation wrote.

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::{Problems, days};
use maud::html;
use serde::Deserialize;
use serde_json::json;
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Action, Group, Write, group};
use crate::access::{Client, Grant};
use crate::cases;
use crate::error::{Error, Result};
use crate::monitoring::period::Wanted;
use crate::monitoring::remarks::store::{self, Remark, Written};
use crate::monitoring::remarks::{Kind, LONGEST};
use crate::ui::field::{Field, error_summary};
use crate::ui::{Page, operations};

/// The form as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    remark_id: String,
    /// The version that was shown; empty at the first.
    version: String,
    day: String,
    body: String,
}

/// 医師所見
pub async fn finding(
    grant: Grant<group::PhysicianFinding, Write>,
    client: Client,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    write(&grant, &client, &app, Kind::Finding, &wanted, typed).await
}

/// 自由記述欄
pub async fn note(
    grant: Grant<group::ObservationNote, Write>,
    client: Client,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    write(&grant, &client, &app, Kind::Note, &wanted, typed).await
}

async fn write<G: Group, A: Action>(
    grant: &Grant<G, A>,
    client: &Client,
    app: &App,
    kind: Kind,
    wanted: &Wanted,
    typed: Typed,
) -> Result<Response> {
    let remark_id = Uuid::parse_str(&typed.remark_id).ok().filter(|id| !id.is_nil()).unwrap_or_else(Uuid::now_v7);
    let before = store::remark(grant.db(), grant.case_id(), remark_id).await?;
    let own = |remark: &Remark| remark.kind == kind && remark.organization_id == grant.staff().organization_id;
    if before.as_ref().is_some_and(|remark| !own(remark)) {
        return Err(Error::NotFound);
    }
    let (told_on, mut problems) = check(&typed, before.as_ref(), app);
    let body = typed.body.trim().replace("\r\n", "\n").replace('\0', "");
    let Some(told_on) = told_on.filter(|_| problems.is_empty()) else {
        return again(grant, app, kind, remark_id, &typed, &problems).await;
    };
    if before.as_ref().is_some_and(|remark| remark.body == body) {
        return Ok(back(grant.case_id(), wanted));
    }
    let now = app.clock.now();
    let written = Written {
        case_id: grant.case_id(),
        remark_id,
        kind,
        told_on,
        body: &body,
        at: now,
        by: grant.staff().account_id,
        organization_id: grant.staff().organization_id,
    };
    let version: Option<i64> = typed.version.parse().ok();
    let mut tx = grant.db().begin().await?;
    let kept = match version {
        Some(version) => store::change(&mut tx, &written, version).await?,
        None => store::begin(&mut tx, &written).await?,
    };
    if !kept {
        problems.add("body", "ほかの人が先に書き直しました。今の内容を画面で確かめてから、もう一度書いてください。");
        return again(grant, app, kind, remark_id, &typed, &problems).await;
    }
    let deed = match (version, body.is_empty()) {
        (None, _) => "observation.remark",
        (Some(_), false) => "observation.remark_change",
        (Some(_), true) => "observation.remark_withdraw",
    };
    Entry::by_staff(grant.staff(), client, now, deed)
        .about(grant.case_id())
        .with(json!({ "kind": kind.code(), "day": days::iso(told_on), "remark_id": remark_id }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(back(grant.case_id(), wanted))
}

/// The day, and what is wrong. The day of a remark never changes; only what was written once can be emptied.
fn check(typed: &Typed, before: Option<&Remark>, app: &App) -> (Option<Date>, Problems) {
    let mut problems = Problems::default();
    let told_on = match before {
        Some(remark) => Some(remark.told_on),
        None => problems.check("day", days::parse(&typed.day)),
    };
    if told_on.is_some_and(|day| day > app.clock.today()) {
        problems.add("day", "今日より後の日には書けません。");
    }
    if typed.body.trim().is_empty() && before.is_none() {
        problems.add("body", "内容を入力してください。");
    }
    if typed.body.trim().chars().count() > LONGEST {
        problems.add("body", format!("{LONGEST}文字までで入力してください。"));
    }
    (told_on, problems)
}

fn back(case_id: Uuid, wanted: &Wanted) -> Response {
    let address = format!("{}{}&done=written#remarks", cases::Tab::Observation.path(case_id), wanted.query());
    Redirect::to(&address).into_response()
}

/// The form by itself, with what was typed.
async fn again<G: Group, A: Action>(
    grant: &Grant<G, A>,
    app: &App,
    kind: Kind,
    remark_id: Uuid,
    typed: &Typed,
    problems: &Problems,
) -> Result<Response> {
    let here = cases::Tab::Observation.path(grant.case_id());
    let stale = problems.of("body").is_some_and(|problem| problem.starts_with("ほかの人"));
    let main = html! {
        p.back { a href=(here) { "健康観察" } }
        (error_summary(problems))
        h1 { (kind.label()) }
        form.record-form method="post" action={ (here) "/" (kind.path()) } novalidate data-warn-leave {
            // What somebody else has changed meanwhile becomes a remark of its own.
            input type="hidden" name="remark_id" value=(if stale { Uuid::now_v7() } else { remark_id });
            input type="hidden" name="version" value=(if stale { "" } else { typed.version.as_str() });
            (Field::new("day", "日付", &typed.day, problems).required().date().short().input())
            (Field::new("body", kind.label(), &typed.body, problems).required().textarea(5))
            (operations(html! { button.button.primary { "記録する" } }))
        }
    };
    let header = cases::header(grant, app).await?;
    Ok(Page::new(kind.label())
        .staff(grant.staff())
        .header(header)
        .response_with(StatusCode::UNPROCESSABLE_ENTITY, main))
}
