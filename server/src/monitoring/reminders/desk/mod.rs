//! 入力のお願い of one person (NTF-10, OBS-12, OBS-13): how, in which language and when they are asked, what went out,
//! why nothing did, and what they wish.

mod history;
mod page;
pub mod store;
mod wish;

pub use wish::label as wish_label;

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use serde::Deserialize;
use serde_json::json;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant, ItemGroup, Level};
use crate::error::Result;
use crate::monitoring::reminders::send::choose::Way;
use crate::monitoring::reminders::stop::{self, By};
use crate::monitoring::reminders::{FIRST_HOUR, LAST_HOUR};
use crate::monitoring::watch;
use crate::routes::{Guard, Routes};

/// Whoever follows the person sees how they are asked; only their health centre changes it (OBS-12, OBS-13, CALL-08).
type Sees = Grant<group::Observation, Write>;
type Right = Grant<group::ObservationPeriod, Write>;

/// Letters of a reason.
const LONGEST: usize = 200;

pub fn routes() -> Routes {
    let sees = Guard::Case(ItemGroup::Observation, Level::Write);
    let writes = Guard::Case(ItemGroup::ObservationPeriod, Level::Write);
    Routes::default()
        .get("/staff/cases/{case_id}/reminders", sees, show)
        .post("/staff/cases/{case_id}/reminders", writes, save)
        .post("/staff/cases/{case_id}/reminders/stop", writes, stop_them)
        .post("/staff/cases/{case_id}/reminders/restart", writes, restart)
        .post("/staff/cases/{case_id}/reminders/wishes/{request_id}", writes, wish::settle)
}

pub fn path(case_id: uuid::Uuid) -> String {
    format!("/staff/cases/{case_id}/reminders")
}

/// The forms of the page as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    channel: String,
    language: String,
    hour: String,
    reason: String,
    /// `done` or `declined`, of a wish.
    answer: String,
}

async fn show(grant: Sees, client: Client, State(app): State<App>) -> Result<Response> {
    Entry::by_staff(grant.staff(), &client, app.clock.now(), "reminders.view")
        .about(grant.case_id())
        .write(grant.db())
        .await?;
    page::render(&grant, &app, None, &Problems::default()).await
}

/// 【保存する】: channel, language, hour.
async fn save(grant: Right, client: Client, State(app): State<App>, Form(typed): Form<Typed>) -> Result<Response> {
    let mut problems = Problems::default();
    if !typed.channel.is_empty() && Way::from_code(&typed.channel).is_none() {
        problems.add("channel", "方法を選んでください。");
    }
    if !typed.language.is_empty() && !app.texts.messages.knows(&typed.language) {
        problems.add("language", "言語を一覧から選んでください。");
    }
    let hour = match typed.hour.as_str() {
        "" => None,
        hour => match hour.parse::<i64>() {
            Ok(hour) if (FIRST_HOUR..=LAST_HOUR).contains(&hour) => Some(hour),
            _ => {
                problems.add("hour", format!("時刻は{FIRST_HOUR}時から{LAST_HOUR}時の間で選んでください。"));
                None
            }
        },
    };
    if !problems.is_empty() {
        return page::render(&grant, &app, Some(&typed), &problems).await;
    }
    let (staff, now) = (grant.staff(), app.clock.now());
    let mut tx = grant.db().begin().await?;
    store::set(&mut tx, grant.case_id(), (&typed.channel, &typed.language, hour), staff.account_id, now).await?;
    Entry::by_staff(staff, &client, now, "reminders.set")
        .about(grant.case_id())
        .with(json!({ "channel": typed.channel, "language": typed.language, "hour": hour }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    done(&grant, &app).await
}

/// 【止める】, with a reason.
async fn stop_them(grant: Right, client: Client, State(app): State<App>, Form(typed): Form<Typed>) -> Result<Response> {
    let reason = match reason(&typed) {
        Ok(reason) => reason,
        Err(problems) => return page::render(&grant, &app, Some(&typed), &problems).await,
    };
    let (staff, now) = (grant.staff(), app.clock.now());
    let mut tx = grant.db().begin().await?;
    if stop::store::stop(&mut tx, grant.case_id(), By::Centre, &reason, Some(staff.account_id), now).await? {
        Entry::by_staff(staff, &client, now, "reminders.stop")
            .about(grant.case_id())
            .with(json!({ "reason": reason }))
            .write(&mut tx)
            .await?;
    }
    tx.commit().await?;
    done(&grant, &app).await
}

/// 【再開する】, with a reason.
async fn restart(grant: Right, client: Client, State(app): State<App>, Form(typed): Form<Typed>) -> Result<Response> {
    let reason = match reason(&typed) {
        Ok(reason) => reason,
        Err(problems) => return page::render(&grant, &app, Some(&typed), &problems).await,
    };
    let (staff, now) = (grant.staff(), app.clock.now());
    let mut tx = grant.db().begin().await?;
    if stop::store::resume(&mut tx, grant.case_id(), None, Some(staff.account_id), now).await? {
        Entry::by_staff(staff, &client, now, "reminders.restart")
            .about(grant.case_id())
            .with(json!({ "reason": reason }))
            .write(&mut tx)
            .await?;
    }
    tx.commit().await?;
    done(&grant, &app).await
}

fn reason(typed: &Typed) -> std::result::Result<String, Problems> {
    let reason = typed.reason.trim().replace('\0', "");
    let mut problems = Problems::default();
    if reason.is_empty() {
        problems.add("reason", "理由を入力してください（必須）。");
    } else if reason.chars().count() > LONGEST {
        problems.add("reason", format!("{LONGEST}文字までで入力してください。"));
    }
    if problems.is_empty() { Ok(reason) } else { Err(problems) }
}

/// The board shows it at once.
async fn done(grant: &Right, app: &App) -> Result<Response> {
    watch::judge_these(&app.db, &app.texts, app.clock.now(), &[grant.case_id()]).await?;
    Ok(Redirect::to(&path(grant.case_id())).into_response())
}
