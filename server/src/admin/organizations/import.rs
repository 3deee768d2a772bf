//! Organisations by CSV: a preview that shows everything, then all or nothing (IDM-11).

use std::collections::BTreeSet;

use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::access::grant::Issuer;
use crate::admin::csv_file::{self, LineProblem};
use crate::admin::line;
use crate::admin::organizations::plan::{self, COLUMNS, MOST, Outcome, Planned, REQUIRED};
use crate::admin::organizations::{Desk, Organization, edit, form, store};
pub use crate::admin::upload::with_room;
use crate::admin::upload::{self, Upload};
use crate::db::Tx;
use crate::error::Result;
use crate::ui::{Column, Page, Tone, notice, table};

const HERE: &str = "/staff/admin/organizations/import";

const HELP: [(&str, bool, &str); 15] = [
    (
        "種別",
        true,
        "都道府県本庁・調整本部、市区本庁、保健所、医療機関、健康フォローアップ機関、宿泊療養施設、感染症情報センター",
    ),
    ("コード", true, "保健所コード、医療機関コードなど。同じ種別の中で重ならない半角の英数字"),
    ("名称", true, "機関の名称"),
    ("都道府県コード", false, "本庁・調整本部では必須（01から47）。ほかの種別では、所管する機関と同じになります"),
    (
        "所管コード",
        false,
        "保健所では本庁の、医療機関などでは所管保健所のコード。ご自身の機関だけのときは空欄でかまいません",
    ),
    ("電話番号", false, "保健所では必須"),
    ("住所", false, ""),
    ("メールアドレス", false, "お知らせが届いたことを知らせるあて先"),
    ("外来", false, "医療機関だけ。1（はい）か0（いいえ）"),
    ("入院", false, "医療機関だけ。1か0"),
    ("健康フォローアップ", false, "医療機関に健康フォローアップ機関の権限をつけるとき1"),
    ("システム利用統括責任者", false, "本庁と保健所"),
    ("システム利用管理者", false, "本庁と保健所"),
    ("利用開始日", false, "空欄のときは、すぐに使えます"),
    ("利用停止日", false, "この日から使えません"),
];

const EXAMPLE: &str = "種別,コード,名称,電話番号,住所,外来,入院,利用開始日
医療機関,1310000001,さくら診療所,03-0000-0001,\"桜木町1-2, さくらビル\",1,0,2022/9/26
宿泊療養施設,stay-01,ホテルみどり,03-0000-0002,本町3-4,,,";

pub async fn page(issuer: Issuer) -> Result<Response> {
    Ok(upload_page(&issuer, &[]))
}

/// 【内容を確認】: what the file would do, or everything that is wrong with it. Stores nothing.
pub async fn preview(issuer: Issuer, multipart: Multipart) -> Result<Response> {
    let text = match Upload::read(multipart).await?.text {
        Ok(text) => text,
        Err(problem) => return Ok(upload_page(&issuer, &[problem])),
    };
    let mut tx = issuer.db().begin().await?;
    match judge(&issuer, &mut tx, &text).await? {
        Ok(planned) => {
            let desk = Desk::read(&issuer, &mut tx).await?;
            Ok(preview_page(&issuer, &desk, &text, &planned))
        }
        Err(problems) => Ok(upload_page(&issuer, &problems)),
    }
}

/// 【登録】: judges the file once more, within the transaction that writes all of it.
pub async fn create(issuer: Issuer, client: Client, State(app): State<App>, multipart: Multipart) -> Result<Response> {
    let text = match Upload::read(multipart).await?.text {
        Ok(text) => text,
        Err(problem) => return Ok(upload_page(&issuer, &[problem])),
    };
    let now = app.clock.now();
    let mut tx = issuer.db().begin().await?;
    let planned = match judge(&issuer, &mut tx, &text).await? {
        Ok(planned) => planned,
        Err(problems) => return Ok(upload_page(&issuer, &problems)),
    };
    let mut made = 0;
    for row in &planned {
        let Outcome::New(organization) = &row.outcome else { continue };
        match store::insert(&mut tx, organization, now).await {
            // Somebody else made it between the judgement and now.
            Err(error) if error.is_unique_violation() => {
                let sentence =
                    "ほかの人が同じコードの機関を登録しました。もう一度ファイルを選んで、内容を確認してください。";
                return Ok(upload_page(&issuer, &[LineProblem::at(row.line, sentence)]));
            }
            done => done?,
        }
        Entry::by_staff(issuer.staff(), &client, now, "organization.create")
            .with(edit::created(organization))
            .write(&mut tx)
            .await?;
        made += 1;
    }
    tx.commit().await?;
    let desk = Desk::of(&issuer).await?;
    Ok(done_page(&issuer, &desk, &text, &planned, made))
}

async fn judge(
    issuer: &Issuer,
    tx: &mut Tx,
    text: &str,
) -> Result<std::result::Result<Vec<Planned>, Vec<LineProblem>>> {
    let rows = match csv_file::rows(text, &COLUMNS, REQUIRED, MOST) {
        Ok(rows) => rows,
        Err(problems) => return Ok(Err(problems)),
    };
    let desk = Desk::read(issuer, &mut *tx).await?;
    let mut codes: Vec<String> = rows.iter().filter_map(|row| form::code(row.cell("コード")).ok()).collect();
    codes.sort_unstable();
    codes.dedup();
    let known = store::by_codes(tx, &codes).await?;
    Ok(plan::plan(&rows, &desk.own, &desk.offices, &known))
}

fn upload_page(issuer: &Issuer, problems: &[LineProblem]) -> Response {
    let main = html! {
        p.admin-back { a href="/staff/admin/organizations" { "機関とIDの一覧" } }
        @if !problems.is_empty() { (upload::problems_table(problems)) }
        h1 { "CSVで機関を一括登録" }
        (upload::file_form(&format!("{HERE}/preview"), "内容を確認"))
        h2 { "ファイルの作り方" }
        (upload::columns_help(&HELP, EXAMPLE))
        p.fine { "登録済みの機関（同じ種別とコード）は変更しません。同じファイルを繰り返し送っても、機関が二重に登録されることはありません。" }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new("CSVで機関を一括登録").staff(issuer.staff()).response_with(status, main)
}

fn preview_page(issuer: &Issuer, desk: &Desk, text: &str, planned: &[Planned]) -> Response {
    let count = |wanted: fn(&Outcome) -> bool| planned.iter().filter(|row| wanted(&row.outcome)).count();
    let new = count(|outcome| matches!(outcome, Outcome::New(_)));
    let same = count(|outcome| matches!(outcome, Outcome::Same(_)));
    let differs = planned.len() - new - same;
    let columns = [
        Column::new("行").number(),
        Column::new("扱い"),
        Column::new("種別"),
        Column::new("コード"),
        Column::new("名称"),
        Column::new("所管"),
        Column::new("電話番号"),
        Column::new("メールアドレス"),
        Column::new("健康フォローアップ"),
    ];
    // Offices of the same file govern others before they are registered.
    let governing = |it: &Organization| {
        let of_file = planned.iter().map(|row| row.outcome.organization());
        let of_file =
            of_file.filter(|office| Some(office.organization_id) == it.governing_id).map(|it| it.name.as_str());
        of_file.chain([desk.office_name(it.governing_id)]).next().unwrap_or_default().to_owned()
    };
    let rows = planned.iter().map(|row| {
        let it = row.outcome.organization();
        html! {
            tr {
                td.number { (row.line) }
                td { (outcome_mark(&row.outcome)) }
                td { (it.kind_label()) }
                td.tabular { (it.code.as_deref().unwrap_or_default()) }
                td { (it.name) }
                td { (governing(it)) }
                td.tabular { (it.phone) }
                td { (it.mail) }
                td { @if it.follow_up { "権限あり" } }
            }
        }
    });
    let main = html! {
        h1 { "一括登録の内容の確認" }
        p { "まだ登録していません。" strong { "新しく登録 " (new) "件" } "、登録済み " (same) "件"
            @if differs > 0 { "、登録済みで内容が違うもの " (differs) "件（変更しません）" } "。" }
        (table::dense("一括登録の内容", &columns, rows))
        form method="post" action=(HERE) enctype="multipart/form-data" {
            (upload::carried(text))
            div.actions {
                @if new > 0 { button.button.primary type="submit" { (new) "件を登録" } }
                a.button href=(HERE) { "ファイルを選び直す" }
            }
        }
        @if new == 0 { (issue_next(desk, text, planned)) }
    };
    Page::new("一括登録の内容の確認").staff(issuer.staff()).wide().response(main)
}

fn outcome_mark(outcome: &Outcome) -> Markup {
    match outcome {
        Outcome::New(_) => html! { strong { "新規" } },
        Outcome::Same(_) => html! { "登録済み" },
        Outcome::Differs(_, fields) => html! { span.admin-wait { "登録済み（" (fields.join("、")) "が違います）" } },
    }
}

fn done_page(issuer: &Issuer, desk: &Desk, text: &str, planned: &[Planned], made: usize) -> Response {
    let there = planned.len() - made;
    let main = html! {
        h1 { "CSVで機関を一括登録" }
        (notice(Tone::Done, html! {
            p { "機関を" (made) "件登録しました。" @if there > 0 { "登録済みの" (there) "件は変更していません。" } }
        }))
        (issue_next(desk, text, planned))
        p { a href="/staff/admin/organizations" { "機関とIDの一覧へ" } }
    };
    Page::new("CSVで機関を一括登録").staff(issuer.staff()).response(main)
}

/// The same file names the organisations that get IDs next: for whoever may issue for all of them. Others learn
/// who does.
fn issue_next(desk: &Desk, text: &str, planned: &[Planned]) -> Markup {
    let others: BTreeSet<String> = planned
        .iter()
        .map(|row| row.outcome.organization())
        .filter(|it| !line::may_issue(&desk.own, &it.line(&desk.offices)))
        .map(|it| desk.issuer_of(it))
        .collect();
    if !others.is_empty() {
        return html! {
            section.admin-next aria-labelledby="next-title" {
                h2 #next-title { "IDの発行" }
                p { "このファイルの機関には、ここではまとめて発行できません。所管する機関が、機関ごとに発行します。" }
                ul { @for office in others { li { (office) } } }
            }
        };
    }
    html! {
        section.admin-next aria-labelledby="next-title" {
            h2 #next-title { "続けてIDを発行" }
            p { "このファイルの機関に、IDをまとめて発行できます。IDのある機関には発行しません。" }
            form method="post" action="/staff/admin/accounts/import/preview" enctype="multipart/form-data" {
                (upload::carried(text))
                button.button type="submit" { "この一覧の機関にIDを発行" }
            }
        }
    }
}
