//! Filing by CSV (FORM-05): a file of an institution's own system, judged as a whole, shown with all
//! that is wrong or doubtful, then filed all or nothing. A row's 院内整理番号 makes it the same notification
//! however often it is sent; what changed under it is a new version.

pub mod columns;
mod pages;
pub mod plan;
pub mod prepare;
pub mod rows;
mod store;
mod upload;

use std::collections::HashSet;

use axum::extract::{Multipart, State as Shared};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::Registrar;
use crate::access::{Client, Scope};
use crate::admin::csv_file::LineProblem;
use crate::admin::upload::with_room;
use crate::error::{Error, Result};
use crate::notification::file::{self, Filer};
use crate::routes::{Guard, Routes};
use plan::Plan;
use prepare::Outcome;
use upload::Upload;

const HERE: &str = "/staff/notifications/import";

pub fn routes() -> Routes {
    Routes::default()
        .get(HERE, Guard::Registrar, page)
        .post(HERE, Guard::Registrar, with_room(import))
        .get("/staff/notifications/import/template", Guard::Registrar, template)
        .post("/staff/notifications/import/preview", Guard::Registrar, with_room(preview))
        .post("/staff/notifications/import/problems", Guard::Registrar, with_room(problems))
}

async fn page(registrar: Registrar) -> Response {
    pages::upload(registrar.staff(), &[])
}

/// The empty file. It holds nobody's data; the page that links here gives it its name.
async fn template(_: Registrar) -> Response {
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], columns::template()).into_response()
}

/// 【内容を確認】: what the file would do, or all that is wrong with it. Stores nothing.
async fn preview(
    registrar: Registrar,
    scope: Scope,
    Shared(app): Shared<App>,
    multipart: Multipart,
) -> Result<Response> {
    let upload = Upload::read(multipart).await?;
    Ok(match judge(&app, &scope, &upload).await? {
        Ok((text, plan)) => pages::preview(registrar.staff(), text, &plan, None),
        Err(problems) => pages::upload(registrar.staff(), &problems),
    })
}

/// All that is wrong or doubtful, as a file beside the one that is to be mended. It names lines, columns
/// and sentences, never what was typed.
async fn problems(
    registrar: Registrar,
    scope: Scope,
    Shared(app): Shared<App>,
    multipart: Multipart,
) -> Result<Response> {
    let upload = Upload::read(multipart).await?;
    let plan = match judge(&app, &scope, &upload).await? {
        Ok((_, plan)) => plan,
        Err(problems) => return Ok(pages::upload(registrar.staff(), &problems)),
    };
    let heads = ["行", "院内整理番号", "区分", "列", "内容"].map(str::to_owned).to_vec();
    let lines = plan.rows.iter().flat_map(|row| {
        let line = |kind: &str, note: &plan::Note| {
            vec![row.line.to_string(), row.number.clone(), kind.to_owned(), note.column.clone(), note.message.clone()]
        };
        let problems = row.problems.iter().map(move |note| line("エラー", note));
        problems.chain(row.warnings.iter().map(move |note| line("注意", note))).collect::<Vec<_>>()
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"hersys-import-problems.csv\""),
    ];
    Ok((headers, columns::file(std::iter::once(heads).chain(lines))).into_response())
}

/// 【報告】: judges the file once more and files all of it in one transaction.
async fn import(
    registrar: Registrar,
    scope: Scope,
    client: Client,
    Shared(app): Shared<App>,
    multipart: Multipart,
) -> Result<Response> {
    let staff = registrar.staff();
    let upload = Upload::read(multipart).await?;
    let (text, plan) = match judge(&app, &scope, &upload).await? {
        Ok(judged) => judged,
        Err(problems) => return Ok(pages::upload(staff, &problems)),
    };
    if plan.has_problems() {
        return Ok(pages::preview(staff, text, &plan, None));
    }
    if plan.doubtful() > 0 && !upload.goes_on {
        return Ok(pages::preview(
            staff,
            text,
            &plan,
            Some("注意のある行を確かめて、【続ける】にチェックを入れてください。"),
        ));
    }
    // What was filed or changed since is shown before anything is done about it.
    if plan.rows.iter().any(plan::Planned::is_work) && upload.seen != plan.fingerprint() {
        let sentence = "確認の画面を開いたあとに、発生届が報告または変更されました。内容をもう一度確かめてください。";
        return Ok(pages::preview(staff, text, &plan, Some(sentence)));
    }
    let now = app.clock.now();
    let filer = Filer { staff, client: &client, at: now };
    let mut tx = registrar.db().begin().await?;
    let mut told = HashSet::new();
    let (mut filed, mut changed) = (0, 0);
    for row in &plan.rows {
        // One mail a centre and file, not one a row.
        let sends_mail = upload.sends_mail && row.is_work() && told.insert(row.content.values.get("receiving_center"));
        let done = match &row.outcome {
            Outcome::New(filing) => {
                let filing = file::Filing { sends_mail, ..(**filing).clone() };
                filed += 1;
                file::report(&mut tx, &app, filer, &filing).await.map(|_| true)
            }
            Outcome::Changed { case_id, version, .. } => {
                changed += 1;
                let which = (*case_id, row.notification_id);
                file::revise(&mut tx, &app, filer, which, *version, &row.content, sends_mail).await
            }
            _ => Ok(true),
        };
        match done {
            Ok(true) => {}
            // Somebody else filed or changed it since the file was judged.
            Ok(false) | Err(Error::NotFound | Error::Invalid(_)) => {
                let sentence = "この発生届は、確認の間にほかの操作で変わりました。もう一度ファイルを選んでください。";
                return Ok(pages::upload(staff, &[LineProblem::at(row.line, sentence)]));
            }
            Err(Error::Db(error)) if error.is_unique_violation() => {
                let sentence = "同じファイルが、ほかの操作でいま報告されました。もう一度ファイルを選ぶと、報告済みかどうかを確かめられます。";
                return Ok(pages::upload(staff, &[LineProblem::at(row.line, sentence)]));
            }
            Err(error) => return Err(error),
        }
    }
    Entry::by_staff(staff, &client, now, "notification.import")
        .with(json!({ "rows": plan.rows.len(), "filed": filed, "changed": changed }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(pages::done(staff, filed, changed, plan.rows.len() - filed - changed))
}

async fn judge<'a>(
    app: &App,
    scope: &Scope,
    upload: &'a Upload,
) -> Result<std::result::Result<(&'a str, Plan), Vec<LineProblem>>> {
    let text = match &upload.text {
        Ok(text) => text,
        Err(problem) => return Ok(Err(vec![problem.clone()])),
    };
    match rows::read(text) {
        Ok(rows) => Ok(Ok((text, plan::plan(app, scope, &rows).await?))),
        Err(problems) => Ok(Err(problems)),
    }
}
