//! Writing rules: the form, the trial, the new version. Nothing that exists is changed.

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::{Problems, days};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::access::grant::Write;
use crate::error::Result;
use crate::monitoring::rules::desk::Desk;
use crate::monitoring::rules::form::{Read, Typed};
use crate::monitoring::rules::store::NewVersion;
use crate::monitoring::rules::{HERE, fields, store, trial, trial_page, words};
use crate::monitoring::watch;
use crate::monitoring::watch::rules::{Chain, InForce, body, in_force};
use crate::ui::{Page, Tone, enter_button, error_summary, notice};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Start {
    /// `above`, `standard`, `return`, or nothing for the rules that count now.
    start: String,
}

/// The form over rules to begin with.
pub async fn begin(desk: Desk<Write>, State(app): State<App>, Query(start): Query<Start>) -> Result<Response> {
    let today = app.clock.today();
    let chain = Chain::on(desk.db(), today).await?;
    let header = match start.start.as_str() {
        "above" | "return" => chain.above(desk.office()),
        "standard" => None,
        _ => chain.of(desk.office()),
    };
    let set = in_force(desk.db(), header).await?.set;
    let base = store::newest(desk.db(), desk.office()).await?;
    let mut typed = Typed::begin(&set, base, today);
    if start.start == "return" {
        (typed.follows, typed.rules) = ("on".to_owned(), Vec::new());
    }
    form(&desk, &app, &typed, &Problems::default(), None).await
}

/// What the buttons of the form do.
pub async fn go_on(
    desk: Desk<Write>,
    client: Client,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let mut typed = Typed::of(fields);
    let verb = typed.step.split('-').next().unwrap_or_default().to_owned();
    if verb != "try" && verb != "save" {
        typed.edit();
        return form(&desk, &app, &typed, &Problems::default(), None).await;
    }
    match typed.read(&app.texts, app.clock.today()) {
        Err(problems) => form(&desk, &app, &typed, &problems, None).await,
        Ok(read) if verb == "save" => save(&desk, &client, &app, &typed, read).await,
        Ok(read) => attempt(&desk, &client, &app, &typed, &read).await,
    }
}

/// The rules that count now and those that would.
pub struct Both {
    pub now: InForce,
    pub then: InForce,
}

async fn both(desk: &Desk<Write>, app: &App, read: &Read) -> Result<Both> {
    let chain = Chain::on(desk.db(), app.clock.today()).await?;
    let now = in_force(desk.db(), chain.of(desk.office())).await?;
    let then = match &read.set {
        Some(set) => InForce { rules_id: None, version: 0, set: set.clone() },
        None => in_force(desk.db(), chain.above(desk.office())).await?,
    };
    Ok(Both { now, then })
}

/// Shows whom it would move; nothing is kept and nobody is moved.
async fn attempt(desk: &Desk<Write>, client: &Client, app: &App, typed: &Typed, read: &Read) -> Result<Response> {
    let both = both(desk, app, read).await?;
    let request = trial::Request { now: &both.now.set, then: &both.then.set, days: typed.trial_days() };
    let tried = trial::run(desk, &app.texts, app.clock.now(), &request).await?;
    let detail = json!({ "days": request.days, "people": tried.people(), "moved": tried.moved.len() });
    Entry::by_staff(desk.staff(), client, app.clock.now(), "rules.trial").with(detail).write(desk.db()).await?;
    Ok(trial_page::page(desk, app, typed, read, &both, &tried))
}

async fn save(desk: &Desk<Write>, client: &Client, app: &App, typed: &Typed, read: Read) -> Result<Response> {
    let (now, staff) = (app.clock.now(), desk.staff());
    let mut tx = desk.db().begin().await?;
    watch::hold(&mut tx, now).await?;
    let newest = store::newest(&mut tx, desk.office()).await?;
    if typed.base.parse() != Ok(newest) {
        drop(tx);
        return form(desk, app, typed, &Problems::default(), Some(newest)).await;
    }
    let version = NewVersion {
        rules_id: Uuid::now_v7(),
        office: desk.office(),
        version: newest + 1,
        from_on: read.from_on,
        set: read.set.as_ref(),
        note: &read.note,
        written_by: staff.account_id,
    };
    store::insert(&mut tx, &version, now).await?;
    watch::rules_written(&mut tx, desk.office(), read.from_on, now).await?;
    let detail = json!({
        "rules_id": version.rules_id,
        "version": version.version,
        "from_on": days::iso(read.from_on),
        "follows_above": read.set.is_none(),
    });
    Entry::by_staff(staff, client, now, "rules.write").with(detail).write(&mut tx).await?;
    tx.commit().await?;
    let word = if read.from_on > now.day() { "planned" } else { "saved" };
    Ok(Redirect::to(&format!("{HERE}?notice={word}")).into_response())
}

/// The form: as it begins, after a button, beside what is wrong, or beside a version that somebody else wrote
/// meanwhile (`conflict`, the number of the newest).
async fn form(
    desk: &Desk<Write>,
    app: &App,
    typed: &Typed,
    problems: &Problems,
    conflict: Option<i64>,
) -> Result<Response> {
    let base = conflict.map_or_else(|| typed.base.clone(), |newest| newest.to_string());
    let title = if typed.follows() { "上位の基準に戻す" } else { "判定基準を変える" };
    let main = html! {
        p.back { a href=(HERE) { "判定基準" } }
        (error_summary(problems))
        h1 { (title) }
        @if let Some(newest) = conflict { (overtaken(desk, app, typed, newest).await?) }
        form.rules-form method="post" action="/staff/rules/edit" novalidate data-warn-leave {
            (enter_button())
            input type="hidden" name="base" value=(base);
            input type="hidden" name="follows" value=(typed.follows);
            (fields::head(typed, problems))
            @if typed.follows() {
                (above(desk, app).await?)
            } @else {
                (fields::rules(typed, problems, &app.texts))
            }
            div.actions.rules-try {
                (fields::trial_days(typed))
                button.button.primary name="step" value="try" { "試す" }
                button.button name="step" value="save" { "試さずに保存する" }
                a.button.quiet href=(HERE) data-keeps { "やめる" }
            }
            p.fine { "試すだけでは、何も保存されず、誰も動きません。" }
        }
    };
    let status = match (problems.is_empty(), conflict) {
        (_, Some(_)) => StatusCode::CONFLICT,
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, None) => StatusCode::OK,
    };
    Ok(Page::new(title).staff(desk.staff()).response_with(status, main))
}

/// What will count after going back to the office above.
async fn above(desk: &Desk<Write>, app: &App) -> Result<Markup> {
    let chain = Chain::on(desk.db(), app.clock.today()).await?;
    let set = in_force(desk.db(), chain.above(desk.office())).await?.set;
    Ok(html! {
        h2 { "使われるようになる基準" }
        (words::table(&set, &app.texts))
    })
}

/// Somebody else wrote a version in between: what it says beside what was typed, which is kept.
async fn overtaken(desk: &Desk<Write>, app: &App, typed: &Typed, newest: i64) -> Result<Markup> {
    let versions = store::versions(desk.db(), desk.office()).await?;
    let Some(theirs) = versions.into_iter().find(|version| version.version == newest) else { return Ok(html! {}) };
    let mine = typed.read(&app.texts, app.clock.today()).ok().and_then(|read| read.set);
    let set = body(desk.db(), theirs.rules_id).await?;
    Ok(notice(
        Tone::Wait,
        html! {
            p {
                "編集している間に、" (theirs.written_by) "が " (theirs.written_at.minute_text()) " に第" (theirs.version)
                "版（" (days::japanese(theirs.from_on)) "から）を保存しました。あなたの入力はまだ保存されていません。"
                "ちがいを確かめて、もう一度保存してください。"
            }
            @if theirs.follows_above {
                p { "その版は、上位の基準に戻すものです。" }
            } @else if let Some(mine) = &mine {
                p { "第" (theirs.version) "版に対する、あなたの入力のちがい：" }
                (words::changes(&set, mine, &app.texts))
            }
        },
    ))
}
