//! A wrong report: it stays, struck through, with the reason; another one may take its place in the same step; a
//! correction that was a mistake is taken back.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::cases;
use crate::error::{Error, Result};
use crate::monitoring::intake::told::{self, Kept};
use crate::monitoring::reader::Reader;
use crate::monitoring::reports::enter::{Right, check, entry, set_of};
use crate::monitoring::reports::fields::fields;
use crate::monitoring::reports::form::Typed;
use crate::monitoring::reports::store::{self as corrections, Correcting, Undone};
use crate::monitoring::store::{self, Correction, Observation, Observed};
use crate::monitoring::{table, watch};
use crate::ui::field::{Field, error_summary};
use crate::ui::table::{Column, dense};
use crate::ui::{Page, Tone, notice, operations};

/// Letters of a reason.
const LONGEST: usize = 200;

const HOW: &[(&str, &str)] =
    &[("strike", "訂正済みにするだけ（数えない）"), ("replace", "正しい内容の報告に差し替える")];

/// The report of the address, and the questions that are asked of the person.
struct Wrong {
    observed: Observed,
    report: Observation,
}

impl Wrong {
    async fn load(grant: &Right, report_id: Uuid) -> Result<Self> {
        let observed = store::observed(grant.db(), grant.case_id()).await?;
        let report = store::observation(grant.db(), grant.case_id(), report_id).await?.ok_or(Error::NotFound)?;
        Ok(Self { observed, report })
    }
}

pub async fn page(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Path((_, report_id)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let wrong = Wrong::load(&grant, report_id).await?;
    Entry::by_staff(grant.staff(), &client, app.clock.now(), "observation.view")
        .about(grant.case_id())
        .with(json!({ "report_id": report_id }))
        .write(grant.db())
        .await?;
    let typed = Typed::instead_of(&wrong.report, set_of(&app, &wrong.observed, "")?);
    render(&grant, &app, &wrong, &typed, &Problems::default()).await
}

async fn render(grant: &Right, app: &App, wrong: &Wrong, typed: &Typed, problems: &Problems) -> Result<Response> {
    let reader = Reader::of(grant);
    let undone = corrections::undone(grant.db(), grant.case_id(), wrong.report.report_id).await?;
    let header = html! {
        (cases::header(grant, app).await?)
        (cases::tabs(grant, cases::Tab::Observation))
    };
    let here = cases::Tab::Observation.path(grant.case_id());
    let address = format!("{here}/reports/{}/correction", wrong.report.report_id);
    let main = html! {
        p.back { a href=(here) { "健康観察" } }
        (error_summary(problems))
        h1 { "報告の訂正" }
        (shown(app, wrong, &reader))
        @match &wrong.report.correction {
            Some(correction) => {
                (corrected(correction, &reader, &address))
                @if typed.how == "replace" { (further(app, wrong, typed, problems, &here)?) }
            }
            None => { (correction_form(app, wrong, typed, problems, &address)?) }
        }
        (history(&undone, &reader))
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Page::new("報告の訂正").staff(grant.staff()).header(header).response_with(status, main))
}

fn shown(app: &App, wrong: &Wrong, reader: &Reader) -> Markup {
    let lines = table::lines(&app.texts, wrong.observed.kind, std::slice::from_ref(&wrong.report));
    let columns: Vec<Column<'_>> = table::heads(reader.reads_notes).into_iter().map(Column::new).collect();
    let rows = lines.iter().map(|line| line.row(reader.reads_notes, usize::MAX));
    html! { div.observation-reports { (dense("訂正する報告", &columns, rows)) } }
}

fn correction_form(app: &App, wrong: &Wrong, typed: &Typed, problems: &Problems, address: &str) -> Result<Markup> {
    let set = set_of(app, &wrong.observed, &typed.set_version)?;
    Ok(html! {
        form.record-form.report-form method="post" action=(address) novalidate data-warn-leave {
            p { "訂正しても報告は消えず、取り消し線を引いて残ります。グラフ、症状の表示、健康観察一覧では数えません。" }
            (Field::new("reason", "訂正の理由", &typed.reason, problems).required()
                .hint("例：別の家族の報告だった、体温の入力まちがい").input())
            (Field::new("how", "訂正のしかた", &typed.how, problems).required().radios(HOW))
            details.report-replacement open[typed.how == "replace"] {
                summary { "差し替える報告の内容（差し替えるときだけ）" }
                (fields(typed, set, &app.texts, problems))
            }
            (operations(html! { button.button.primary { "訂正する" } }))
        }
    })
}

fn corrected(correction: &Correction, reader: &Reader, address: &str) -> Markup {
    html! {
        (notice(Tone::Wait, html! { p { (told_of(correction, reader)) } }))
        form method="post" action={ (address) "/undo" } {
            p { "訂正がまちがいだったときは、元に戻せます。訂正の記録は残ります。" }
            @if correction.replacement_id.is_some() {
                label.choice {
                    input type="checkbox" name="with_replacement" value="on" checked;
                    span { "差し替えた報告を訂正済みにする（両方が数えられるのを防ぎます）" }
                }
            }
            (operations(html! { button.button { "訂正を取り消す" } }))
        }
    }
}

/// What was typed to take the report's place before it was known that somebody else has corrected it.
fn further(app: &App, wrong: &Wrong, typed: &Typed, problems: &Problems, here: &str) -> Result<Markup> {
    let set = set_of(app, &wrong.observed, &typed.set_version)?;
    Ok(html! {
        h2 { "入力した内容を、別の報告として登録する" }
        p { "入力した内容はまだ登録していません。ほかの人の訂正で足りていれば、登録は要りません。" }
        form.record-form.report-form method="post" action={ (here) "/reports" } novalidate data-warn-leave {
            (fields(typed, set, &app.texts, problems))
            (operations(html! { button.button { "別の報告として登録する" } }))
        }
    })
}

/// `訂正済み：別の方の報告（8/3 9:05 佐藤）`
pub fn told_of(correction: &Correction, reader: &Reader) -> String {
    let by = correction.by.as_ref().map(|by| by.shown(reader)).unwrap_or_default();
    format!("訂正済み：{}（{} {by}）", correction.reason, correction.at.minute_text())
}

fn history(undone: &[Undone], reader: &Reader) -> Markup {
    if undone.is_empty() {
        return html! {};
    }
    let by = |writer: &Option<crate::monitoring::reader::Writer>| {
        writer.as_ref().map(|writer| writer.shown(reader)).unwrap_or_default()
    };
    let columns = ["訂正した日時・人", "理由", "取り消した日時・人"].map(Column::new);
    let rows = undone.iter().map(|one| {
        html! {
            tr {
                td { (one.corrected_at.minute_text()) " " (by(&one.corrected_by)) }
                td.wrap { (one.reason) }
                td { (one.undone_at.minute_text()) " " (by(&one.undone_by)) }
            }
        }
    });
    html! {
        h2 { "取り消された訂正" }
        (dense("取り消された訂正", &columns, rows))
    }
}

pub async fn correct(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Path((_, report_id)): Path<(Uuid, Uuid)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let wrong = Wrong::load(&grant, report_id).await?;
    let mut typed = Typed::of(sent);
    let mut problems = Problems::default();
    if typed.reason.is_empty() {
        problems.add("reason", "訂正の理由を入力してください（必須）。");
    }
    if typed.reason.chars().count() > LONGEST {
        problems.add("reason", format!("{LONGEST}文字までで入力してください。"));
    }
    if HOW.iter().all(|(code, _)| *code != typed.how) {
        problems.add("how", "訂正のしかたを選んでください（必須）。");
    }
    let mut replacement = None;
    if typed.how == "replace" {
        match check(&grant, &app, &typed, &wrong.observed).await {
            Ok(told) => replacement = Some(told),
            Err(others) => problems.0.extend(others.0),
        }
    }
    if !problems.is_empty() {
        return render(&grant, &app, &wrong, &typed, &problems).await;
    }
    let now = app.clock.now();
    let replacement_id = replacement.as_ref().map(|told| told.observation.report_id);
    let correcting = Correcting {
        case_id: grant.case_id(),
        report_id,
        reason: &typed.reason,
        replacement_id,
        at: now,
        by: grant.staff().account_id,
        organization_id: grant.staff().organization_id,
    };
    let mut tx = grant.db().begin().await?;
    if corrections::correct(&mut tx, &correcting).await? {
        if let Some(told) = &replacement {
            if told::keep(&mut tx, told).await? != Kept::New {
                drop(tx);
                // Under the id of this form something is kept: pressed again, it is another report.
                typed.report_id = Uuid::now_v7().to_string();
                problems.add(
                    "",
                    "この画面の差し替える報告は、別の内容ですでに登録されています。内容を確かめ、差し替えるときは、もう一度押してください。",
                );
                return render(&grant, &app, &wrong, &typed, &problems).await;
            }
            entry(&grant, &client, told).write(&mut tx).await?;
        }
        Entry::by_staff(grant.staff(), &client, now, "observation.correct")
            .about(grant.case_id())
            .with(json!({ "report_id": report_id, "reason": typed.reason, "replacement_id": replacement_id }))
            .write(&mut tx)
            .await?;
        tx.commit().await?;
    } else {
        // Corrected meanwhile: pressed twice, or by a colleague. A replacement of theirs stays.
        drop(tx);
        let before = Wrong::load(&grant, report_id).await?;
        let same = before.report.correction.as_ref().is_some_and(|one| one.replacement_id == replacement_id);
        if !same {
            typed.report_id = Uuid::now_v7().to_string();
            problems.add("", "ほかの人がすでに訂正しています。下の内容を確かめてください。");
            return render(&grant, &app, &before, &typed, &problems).await;
        }
    }
    done(&grant, &app, "corrected").await
}

pub async fn undo(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Path((_, report_id)): Path<(Uuid, Uuid)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let wrong = Wrong::load(&grant, report_id).await?;
    let Some(correction) = wrong.report.correction else {
        return done(&grant, &app, "undone").await;
    };
    let now = app.clock.now();
    let staff = grant.staff();
    let by = (staff.organization_id, staff.account_id);
    let with_replacement = sent.iter().any(|(name, _)| name == "with_replacement");
    let mut tx = grant.db().begin().await?;
    if corrections::undo(&mut tx, (grant.case_id(), report_id), by, now).await? {
        Entry::by_staff(staff, &client, now, "observation.correct_undo")
            .about(grant.case_id())
            .with(json!({ "report_id": report_id }))
            .write(&mut tx)
            .await?;
        if let Some(replacement_id) = correction.replacement_id.filter(|_| with_replacement) {
            let reason = "元の報告の訂正を取り消したため";
            let correcting = Correcting {
                case_id: grant.case_id(),
                report_id: replacement_id,
                reason,
                replacement_id: None,
                at: now,
                by: staff.account_id,
                organization_id: staff.organization_id,
            };
            if corrections::correct(&mut tx, &correcting).await? {
                Entry::by_staff(staff, &client, now, "observation.correct")
                    .about(grant.case_id())
                    .with(json!({ "report_id": replacement_id, "reason": reason }))
                    .write(&mut tx)
                    .await?;
            }
        }
    }
    tx.commit().await?;
    done(&grant, &app, "undone").await
}

async fn done(grant: &Right, app: &App, what: &str) -> Result<Response> {
    watch::judge_these(&app.db, &app.texts, app.clock.now(), &[grant.case_id()]).await?;
    let here = cases::Tab::Observation.path(grant.case_id());
    Ok(Redirect::to(&format!("{here}?done={what}#reports")).into_response())
}
