//! 連絡の記録: attempts to reach a person, with what came of them.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant, ItemGroup};
use crate::cases;
use crate::error::Result;
use crate::monitoring::board::HERE;
use crate::monitoring::board::store::{self, Attempt, Attempted};
use crate::monitoring::{reminders, watch};
use crate::ui::field::{Field, error_summary};
use crate::ui::table::{Column, dense};
use crate::ui::{Page, operations};

type Right = Grant<group::Observation, Write>;

const MEANS: &[(&str, &str)] = &[("phone", "電話"), ("visit", "訪問"), ("other", "その他")];
const OUTCOMES: &[(&str, &str)] = &[
    ("reached", "話せた"),
    ("no_answer", "電話に出ない"),
    ("wrong_number", "番号が違う"),
    ("refused", "話したくないと言われた"),
    ("other", "その他"),
];
/// Letters of a note.
const LONGEST: usize = 500;

pub fn means_label(code: &str) -> &'static str {
    label(MEANS, code)
}

pub fn outcome_label(code: &str) -> &'static str {
    label(OUTCOMES, code)
}

fn label(choices: &'static [(&'static str, &'static str)], code: &str) -> &'static str {
    choices.iter().find(|(other, _)| *other == code).map_or("", |(_, label)| label)
}

/// The form as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    attempt_id: String,
    means: String,
    outcome: String,
    note: String,
}

pub async fn page(grant: Right, client: Client, State(app): State<App>) -> Result<Response> {
    Entry::by_staff(grant.staff(), &client, app.clock.now(), "contact.view")
        .about(grant.case_id())
        .write(grant.db())
        .await?;
    let typed = Typed { attempt_id: Uuid::now_v7().to_string(), means: "phone".into(), ..Typed::default() };
    render(&grant, &app, &typed, &Problems::default()).await
}

async fn render(grant: &Right, app: &App, typed: &Typed, problems: &Problems) -> Result<Response> {
    let header = cases::header::header(grant, app).await?;
    // FUP-03, FUP-05: what a centre wrote is not for whoever follows for it.
    let own = (!grant.may_read(ItemGroup::ObservationPeriod)).then_some(grant.staff().organization_id);
    let attempts = store::attempts(grant.db(), grant.case_id(), own).await?;
    let main = html! {
        p.back {
            a href={ (HERE) (grant.staff().board_address) } { "健康観察一覧" }
            " ・ " a href=(reminders::path(grant.case_id())) { "入力のお願い" }
        }
        (error_summary(problems))
        h1 { "連絡の記録" }
        form.record-form method="post" action=(format!("/staff/cases/{}/contact", grant.case_id())) novalidate data-warn-leave {
            input type="hidden" name="attempt_id" value=(typed.attempt_id);
            (Field::new("means", "手段", &typed.means, problems).required().radios(MEANS))
            (Field::new("outcome", "結果", &typed.outcome, problems).required().radios(OUTCOMES))
            (Field::new("note", "メモ", &typed.note, problems).hint("500文字まで").textarea(3))
            (operations(html! { button.button.primary { "記録する" } }))
        }
        h2 { "これまでの連絡" }
        (history(&attempts))
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Page::new("連絡の記録").staff(grant.staff()).header(header).response_with(status, main))
}

fn history(attempts: &[Attempted]) -> Markup {
    if attempts.is_empty() {
        return html! { p { "まだありません。" } };
    }
    let columns = ["日時", "手段", "結果", "メモ", "記録した人"].map(Column::new);
    dense(
        "これまでの連絡",
        &columns,
        attempts.iter().map(|attempt| {
            html! {
                tr {
                    td.tabular { (attempt.attempted_at.minute_text()) }
                    td { (label(MEANS, &attempt.means)) }
                    td { (outcome_label(&attempt.outcome)) }
                    td.wrap { (attempt.note) }
                    td.wrap { (attempt.who) }
                }
            }
        }),
    )
}

pub async fn keep(grant: Right, client: Client, State(app): State<App>, Form(typed): Form<Typed>) -> Result<Response> {
    let mut problems = Problems::default();
    if label(MEANS, &typed.means).is_empty() {
        problems.add("means", "手段を選んでください（必須）。");
    }
    if label(OUTCOMES, &typed.outcome).is_empty() {
        problems.add("outcome", "結果を選んでください（必須）。");
    }
    let note = typed.note.trim().replace("\r\n", "\n").replace('\0', "");
    if note.chars().count() > LONGEST {
        problems.add("note", format!("{LONGEST}文字までで入力してください。"));
    }
    let attempt_id = Uuid::parse_str(&typed.attempt_id).unwrap_or_else(|_| Uuid::now_v7());
    if !problems.is_empty() {
        return render(&grant, &app, &Typed { attempt_id: attempt_id.to_string(), ..typed }, &problems).await;
    }
    let (staff, now) = (grant.staff(), app.clock.now());
    let attempt = Attempt {
        case_id: grant.case_id(),
        attempt_id,
        organization_id: staff.organization_id,
        means: &typed.means,
        outcome: &typed.outcome,
        note: &note,
        account_id: staff.account_id,
    };
    let mut tx = grant.db().begin().await?;
    if store::add_attempt(&mut tx, &attempt, now).await? {
        Entry::by_staff(staff, &client, now, "contact.add")
            .about(grant.case_id())
            .with(json!({ "means": typed.means, "outcome": typed.outcome }))
            .write(&mut tx)
            .await?;
    }
    tx.commit().await?;
    watch::judge_these(&app.db, &app.texts, now, &[grant.case_id()]).await?;
    Ok(Redirect::to(&format!("/staff/cases/{}/contact", grant.case_id())).into_response())
}
