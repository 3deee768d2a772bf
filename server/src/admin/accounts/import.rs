//! IDs by CSV: a preview, then all of them or none, and the hand-out (IDM-11).

use std::collections::HashSet;

use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::grant::Issuer;
use crate::admin::accounts::plan::{self, MOST, Outcome, Planned, REQUIRED, There};
use crate::admin::accounts::{handout, issue, store};
use crate::admin::csv_file::{self, LineProblem};
use crate::admin::organizations::plan::{COLUMNS, MOST as MOST_ROWS};
use crate::admin::organizations::{self, Desk};
use crate::admin::upload::{self, Upload};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ui::{Column, Page, Tone, notice, table};

const HERE: &str = "/staff/admin/accounts/import";

const HELP: [(&str, bool, &str); 4] = [
    ("種別", true, "医療機関、健康フォローアップ機関、宿泊療養施設、保健所、感染症情報センター、本庁・調整本部"),
    ("コード", true, "登録済みの機関のコード"),
    ("利用者名", false, "空欄のときは「担当者」。1つの機関に複数のIDを発行するときは、行を分け、違う利用者名にします"),
    ("サインインID", false, "空欄のときは自動で付けます。例：sakura@hersys.example"),
];

const EXAMPLE: &str = "種別,コード,利用者名,サインインID
医療機関,1310000001,,
医療機関,1310000002,外来,
医療機関,1310000002,病棟,";

pub async fn page(issuer: Issuer) -> Result<Response> {
    Ok(upload_page(&issuer, &[]))
}

/// 【内容を確認】: what the file would issue, or everything that is wrong with it. Issues nothing.
pub async fn preview(issuer: Issuer, State(app): State<App>, multipart: Multipart) -> Result<Response> {
    let text = match Upload::read(multipart).await?.text {
        Ok(text) => text,
        Err(problem) => return Ok(upload_page(&issuer, &[problem])),
    };
    let mut tx = issuer.db().begin().await?;
    match judge(&app, &issuer, &mut tx, &text).await? {
        Ok(planned) => Ok(preview_page(&issuer, &text, &planned)),
        Err(problems) => Ok(upload_page(&issuer, &problems)),
    }
}

/// 【発行】: answers with the hand-out of everything that was issued.
pub async fn create(issuer: Issuer, client: Client, State(app): State<App>, multipart: Multipart) -> Result<Response> {
    let upload = Upload::read(multipart).await?;
    let text = match upload.text {
        Ok(text) => text,
        Err(problem) => return Ok(upload_page(&issuer, &[problem])),
    };
    let Some(issuing_id) = upload.issuing_id else {
        return Err(Error::one("", "画面が古くなっています。ファイルを選ぶところからやり直してください。"));
    };
    let mut tx = issuer.db().begin().await?;
    let planned = match judge(&app, &issuer, &mut tx, &text).await? {
        Ok(planned) => planned,
        Err(problems) => return Ok(upload_page(&issuer, &problems)),
    };
    // Hashing takes seconds: nothing may wait for it.
    drop(tx);
    let wanted: Vec<_> = planned
        .into_iter()
        .filter_map(|row| match row.outcome {
            Outcome::Issue(it) => Some(it),
            Outcome::There(..) => None,
        })
        .collect();
    let issued = if wanted.is_empty() {
        issue::Issued::Before
    } else {
        issue::issue(&app, &issuer, &client, issuing_id, wanted).await?
    };
    Ok(handout::answer(&app, issuer.staff(), handout::Act::Issue, issued, "/staff/admin/organizations"))
}

async fn judge(
    app: &App,
    issuer: &Issuer,
    tx: &mut Tx,
    text: &str,
) -> Result<std::result::Result<Vec<Planned>, Vec<LineProblem>>> {
    let rows = match csv_file::rows(text, &COLUMNS, REQUIRED, MOST_ROWS) {
        Ok(rows) => rows,
        Err(problems) => return Ok(Err(problems)),
    };
    let desk = Desk::read(issuer, &mut *tx).await?;
    let mut codes: Vec<String> =
        rows.iter().filter_map(|row| organizations::form::code(row.cell("コード")).ok()).collect();
    codes.sort_unstable();
    codes.dedup();
    let organizations = organizations::store::by_codes(tx, &codes).await?;
    let ids: Vec<Uuid> = organizations.iter().map(|it| it.organization_id).collect();
    let accounts = store::of_organizations(tx, &ids).await?;
    let typed: Vec<String> =
        rows.iter().map(|row| crate::access::sign_in::normal_id(row.cell("サインインID"))).collect();
    let mut taken: HashSet<String> = store::existing(tx, &typed).await?.into_iter().collect();
    // A suggestion may be somebody's own choice elsewhere; then the next number is tried.
    for _ in 0..10 {
        let there = There {
            organizations: &organizations,
            accounts: &accounts,
            taken: &taken,
            domain: &app.config.sign_in_domain,
            now: app.clock.now(),
        };
        let planned = match plan::plan(&rows, &desk, &there) {
            Ok(planned) => planned,
            Err(problems) => return Ok(Err(problems)),
        };
        let suggested: Vec<String> = planned
            .iter()
            .filter_map(|row| match &row.outcome {
                Outcome::Issue(it) => Some(it.sign_in_id.clone()),
                Outcome::There(..) => None,
            })
            .collect();
        let in_the_way = store::existing(tx, &suggested).await?;
        if in_the_way.is_empty() {
            return Ok(Ok(planned));
        }
        taken.extend(in_the_way);
    }
    Ok(Err(vec![LineProblem::file("サインインIDを自動で付けられませんでした。「サインインID」の列に入れてください。")]))
}

fn upload_page(issuer: &Issuer, problems: &[LineProblem]) -> Response {
    let main = html! {
        p.admin-back { a href="/staff/admin/organizations" { "機関とIDの一覧" } }
        @if !problems.is_empty() { (upload::problems_table(problems)) }
        h1 { "CSVでIDを一括発行" }
        (upload::file_form(&format!("{HERE}/preview"), "内容を確認"))
        h2 { "ファイルの作り方" }
        (upload::columns_help(&HELP, EXAMPLE))
        p.fine { "機関の一括登録に使ったファイルも、そのまま使えます。一度に" (MOST) "件まで発行できます。同じファイルを繰り返し送っても、IDが二重に発行されることはありません。" }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new("CSVでIDを一括発行").staff(issuer.staff()).response_with(status, main)
}

fn preview_page(issuer: &Issuer, text: &str, planned: &[Planned]) -> Response {
    let new = planned.iter().filter(|row| matches!(row.outcome, Outcome::Issue(_))).count();
    let there = planned.len() - new;
    let columns = [
        Column::new("行").number(),
        Column::new("扱い"),
        Column::new("機関"),
        Column::new("利用者名"),
        Column::new("サインインID"),
        Column::new("権限"),
    ];
    let rows = planned.iter().map(|row| match &row.outcome {
        Outcome::Issue(it) => html! {
            tr { td.number { (row.line) } td { strong { "発行" } } td { (it.organization_name) } td { (it.display_name) } td { (it.sign_in_id) } td { (it.right.label()) } }
        },
        Outcome::There(organization, name, sign_in_id) => html! {
            tr { td.number { (row.line) } td { "発行済み" } td { (organization) } td { (name) } td { (sign_in_id) } td { "—" } }
        },
    });
    let main = html! {
        h1 { "一括発行の内容の確認" }
        p { "まだ発行していません。" strong { "発行 " (new) "件" } "、発行済み " (there) "件（何もしません）。" }
        (table::dense("一括発行の内容", &columns, rows))
        @if new > 0 {
            (notice(Tone::Information, html! {
                p { "発行すると、サインインIDと初期パスワードを印刷する画面が一度だけ表示されます。プリンターを用意してください。" }
            }))
        }
        form method="post" action=(HERE) enctype="multipart/form-data" {
            input type="hidden" name="issuing_id" value=(Uuid::now_v7());
            (upload::carried(text))
            div.actions {
                @if new > 0 { button.button.primary type="submit" { (new) "件を発行" } }
                a.button href=(HERE) { "ファイルを選び直す" }
            }
        }
    };
    Page::new("一括発行の内容の確認").staff(issuer.staff()).wide().response(main)
}
