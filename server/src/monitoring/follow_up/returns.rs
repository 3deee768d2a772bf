//! 返却: whoever follows for a centre gives people back, with a reason that the centre sees.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use maud::html;
use uuid::Uuid;

use crate::App;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant, ItemGroup, Scope};
use crate::cases::{self, By};
use crate::error::{Error, Result};
use crate::monitoring::board::{self, Address, HERE as BOARD, Moment};
use crate::monitoring::follow_up::{LONGEST, NAMED, Named, item};
use crate::monitoring::watch;
use crate::ui::field::error_summary;
use crate::ui::table::{Column, dense};
use crate::ui::{Field, Page, Tone, notice};

/// People of one page of the board, and some more.
const MOST: usize = 200;

#[derive(Debug, Default)]
struct Wanted {
    cases: Vec<Uuid>,
    reason: String,
}

impl Wanted {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut wanted = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "item" => wanted.cases.extend(item(&value)),
                "reason" => wanted.reason = value.trim().replace('\0', ""),
                _ => {}
            }
        }
        wanted.cases.sort_unstable();
        wanted.cases.dedup();
        wanted.cases.truncate(MOST);
        wanted
    }
}

/// Who would be given back, before anybody is.
pub async fn preview(
    scope: Scope,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    show(&scope, &app, &Wanted::of(fields), &Problems::default()).await
}

async fn show(scope: &Scope, app: &App, wanted: &Wanted, problems: &Problems) -> Result<Response> {
    // A centre has nobody to whom it could give back.
    if scope.may_read(ItemGroup::Sharing) {
        return Ok(Redirect::to(BOARD).into_response());
    }
    let moment = Moment::of(app.clock.now());
    let back = format!("{BOARD}{}", scope.staff().board_address);
    let people = board::some(scope, moment, &wanted.cases).await?;
    let heads = [Column::new("氏名")];
    let main = html! {
        p.back { a href=(back) { "健康観察一覧" } }
        (error_summary(problems))
        h1 { "保健所に返却する" }
        @if people.is_empty() {
            (notice(Tone::Information, html! { p { "選ばれている方がいません。一覧で選んでください。" } }))
            p { a.button href=(back) { "一覧に戻る" } }
        } @else {
            p { "まだ何もしていません。" strong { (people.len()) "人" } "が対象です。返却すると、この方々の情報を見られなくなります。" }
            form.follow-up-form method="post" action="/staff/follow-up/returns" novalidate data-warn-leave {
                @for person in &people { input type="hidden" name="item" value=(person.case_id); }
                (Field::new("reason", "返却の理由", &wanted.reason, problems).required()
                    .hint("担当の保健所に伝わります。200文字まで。例：電話に出ないため、訪問が必要").textarea(3))
                div.actions {
                    button.button.primary { (people.len()) "人を返却する" }
                    a.button href=(back) data-keeps { "やめる" }
                }
            }
            h2 { "対象の方" }
            (dense("対象の方", &heads, people.iter().take(NAMED).map(|person| {
                let named = Named { name: &person.name, birth_on: person.birth_on, ward: "" };
                html! { tr { (named.who(moment.today)) } }
            })))
        }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Page::new("保健所に返却する").staff(scope.staff()).response_with(status, main))
}

/// Gives back. Whoever is not linked any more is left.
pub async fn act(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let wanted = Wanted::of(fields);
    if wanted.cases.is_empty() || scope.may_read(ItemGroup::Sharing) {
        return Ok(Redirect::to(BOARD).into_response());
    }
    let mut problems = Problems::default();
    if wanted.reason.is_empty() {
        problems.add("reason", "返却の理由を入力してください（必須）。");
    } else if wanted.reason.chars().count() > LONGEST {
        problems.add("reason", format!("返却の理由は{LONGEST}文字までで入力してください。"));
    }
    if !problems.is_empty() {
        return show(&scope, &app, &wanted, &problems).await;
    }
    let mut grants: Vec<Grant<group::Observation, Write>> = Vec::new();
    for case_id in &wanted.cases {
        grants.extend(scope.grant(&app, *case_id).await?);
    }
    if grants.is_empty() {
        return Err(Error::NotFound);
    }
    let now = app.clock.now();
    let by = By { app: app.clone(), staff: scope.staff().clone(), client, now };
    let given = cases::give_back(by, grants, wanted.reason.clone()).await?;
    watch::judge_these(&app.db, &app.texts, now, &wanted.cases).await?;
    let done = format!("done=returned&count={given}");
    Ok(Redirect::to(&Address::back(&scope.staff().board_address, &done)).into_response())
}
