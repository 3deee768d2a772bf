//! A report that staff enter for a person: by telephone, at a visit, from paper.

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::symptoms::SymptomSet;
use hersys_shared::{Problems, days};
use maud::html;
use serde::Deserialize;
use serde_json::json;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant};
use crate::cases;
use crate::error::{Error, Result};
use crate::monitoring::intake::told::{self, Entering, Kept, Told};
use crate::monitoring::reports::fields::fields;
use crate::monitoring::reports::form::Typed;
use crate::monitoring::reports::source_of;
use crate::monitoring::store::{self, Observed};
use crate::monitoring::watch;
use crate::ui::field::error_summary;
use crate::ui::{Page, operations};

pub type Right = Grant<group::Observation, Write>;

/// The day that the form begins with, where it is not today.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    day: String,
}

/// The set of questions for a person, the one that was answered where it is known.
pub fn set_of<'a>(app: &'a App, observed: &Observed, version: &str) -> Result<&'a SymptomSet> {
    let answered = app.texts.sets_of(observed.kind).find(|set| set.version.to_string() == version);
    answered
        .or_else(|| app.texts.current_set(observed.kind))
        .ok_or_else(|| Error::Internal("no symptom set for a kind of person".to_owned()))
}

pub async fn page(grant: Right, State(app): State<App>, Query(wanted): Query<Wanted>) -> Result<Response> {
    let observed = store::observed(grant.db(), grant.case_id()).await?;
    let set = set_of(&app, &observed, "")?;
    let mut typed = Typed::empty(app.clock.now(), set);
    if let Ok(day) = days::parse(&wanted.day) {
        if day != app.clock.today() {
            typed.time.clear();
        }
        typed.day = days::iso(day);
    }
    render(&grant, &app, &typed, set, &Problems::default()).await
}

async fn render(grant: &Right, app: &App, typed: &Typed, set: &SymptomSet, problems: &Problems) -> Result<Response> {
    let header = html! {
        (cases::header(grant, app).await?)
        (cases::tabs(grant, cases::Tab::Observation))
    };
    let here = cases::Tab::Observation.path(grant.case_id());
    let main = html! {
        p.back { a href=(here) { "健康観察" } }
        (error_summary(problems))
        h1 { "報告を代わりに入力" }
        p { "電話や訪問で聞き取った内容を入力します。入力した人と方法が記録に残り、本人の報告と同じように判定されます。" }
        form.record-form.report-form method="post" action={ (here) "/reports" } novalidate data-warn-leave {
            (fields(typed, set, &app.texts, problems))
            (operations(html! { button.button.primary { "登録する" } }))
        }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Page::new("報告を代わりに入力").staff(grant.staff()).header(header).response_with(status, main))
}

/// What was typed, if it may be kept.
pub async fn check(grant: &Right, app: &App, typed: &Typed, observed: &Observed) -> Result<Told, Problems> {
    let mut problems = Problems::default();
    let set = match set_of(app, observed, &typed.set_version) {
        Ok(set) => set,
        Err(_) => {
            problems.add("", "症状の一覧が新しくなりました。画面を読み込み直してください。");
            return Err(problems);
        }
    };
    let telling = typed.read(grant.case_id(), set, &mut problems);
    let entering = Entering {
        case_id: grant.case_id(),
        account_id: grant.staff().account_id,
        organization_id: grant.staff().organization_id,
        source: source_of(grant.staff().kind),
    };
    let told = match telling {
        Some(telling) => told::check(telling, entering, observed, &app.texts, app.clock.now()),
        None => return Err(problems),
    };
    match told {
        Ok(told) if problems.is_empty() => Ok(told),
        Ok(_) => Err(problems),
        Err(others) => {
            // What was named by its own field already is not said twice.
            let is_said = !problems.is_empty();
            problems.0.extend(others.0.into_iter().filter(|other| !is_said || other.field != "symptoms"));
            Err(problems)
        }
    }
}

/// The audit's line of a report that was entered for somebody; nothing of what it says.
pub fn entry(grant: &Right, client: &Client, told: &Told) -> Entry {
    Entry::by_staff(grant.staff(), client, told.observation.received_at, "observation.report")
        .about(grant.case_id())
        .with(json!({
            "report_id": told.observation.report_id,
            "day": days::iso(told.observation.observed_on),
            "means": told.means.code(),
        }))
}

pub async fn keep(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let mut typed = Typed::of(sent);
    let observed = store::observed(grant.db(), grant.case_id()).await?;
    let set = set_of(&app, &observed, &typed.set_version)?;
    let told = match check(&grant, &app, &typed, &observed).await {
        Ok(told) => told,
        Err(problems) => return render(&grant, &app, &typed, set, &problems).await,
    };
    let mut tx = grant.db().begin().await?;
    match told::keep(&mut tx, &told).await? {
        Kept::New => entry(&grant, &client, &told).write(&mut tx).await?,
        Kept::Before => {}
        Kept::Otherwise => {
            drop(tx);
            typed.report_id = uuid::Uuid::now_v7().to_string();
            let mut problems = Problems::default();
            problems.add("", "この画面の報告は、別の内容ですでに登録されています。内容を確かめ、別の報告として登録するときは、もう一度押してください。");
            return render(&grant, &app, &typed, set, &problems).await;
        }
    }
    tx.commit().await?;
    watch::judge_these(&app.db, &app.texts, app.clock.now(), &[grant.case_id()]).await?;
    Ok(Redirect::to(&format!("{}?done=reported", cases::Tab::Observation.path(grant.case_id()))).into_response())
}
