//! Through a queue of 健康観察一覧 from person to person, without going back: why somebody stands there, 確認済み, and
//! whoever comes next. The queue with its filters is kept with the session, so that addresses say nothing of it.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Action, Group, Read, Write, group};
use crate::access::{Client, Grant, Scope};
use crate::cases;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::monitoring::board::store::{self as board, Person};
use crate::monitoring::board::{Address, Direction, HERE, Moment, why};
use crate::monitoring::reader::Reader;
use crate::monitoring::watch;

/// The row of the reader's board that the person has, if there is one.
pub async fn on_board<G: Group, A: Action>(app: &App, scope: &Scope, grant: &Grant<G, A>) -> Result<Option<Person>> {
    Ok(board::some(scope, Moment::of(app.clock.now()), &[grant.case_id()]).await?.pop())
}

/// The strip above the page of somebody on the board. `newest` is when the last report that is shown came.
pub fn strip(person: &Person, reader: &Reader, newest: Option<Timestamp>, app: &App) -> Markup {
    let here = cases::Tab::Observation.path(person.case_id);
    let is_seen = newest.is_some_and(|newest| person.seen_until >= newest);
    html! {
        div.walk {
            nav.walk-ways aria-label="健康観察一覧" {
                a.button rel="prev" href={ (here) "/previous" } { "◀ 前の方" }
                a.button href={ (here) "/board" } { "一覧に戻る" }
                a.button rel="next" href={ (here) "/next" } { "次の方 ▶" }
            }
            div.walk-why { (why(person, app.clock.today())) }
            @if let Some(newest) = newest.filter(|_| reader.writes_reports) {
                @if is_seen {
                    p.walk-seen { "✓ 確認済み" }
                } @else {
                    form.walk-deed method="post" action={ (here) "/seen" } {
                        input type="hidden" name="until" value=(newest.0);
                        button.button name="then" value="stay" { "確認済みにする" }
                        button.button.primary name="then" value="next" { "確認済みにして次の方へ" }
                    }
                }
            }
        }
    }
}

/// Back to the board as it was looked at last.
pub async fn back(grant: Grant<group::Observation, Read>) -> Redirect {
    Redirect::to(&format!("{HERE}{}", grant.staff().board_address))
}

pub async fn next(grant: Grant<group::Observation, Read>, scope: Scope, State(app): State<App>) -> Result<Redirect> {
    go(&grant, &scope, &app, Direction::Next).await
}

pub async fn previous(
    grant: Grant<group::Observation, Read>,
    scope: Scope,
    State(app): State<App>,
) -> Result<Redirect> {
    go(&grant, &scope, &app, Direction::Previous).await
}

/// To the neighbour, or to the board where the queue ends.
async fn go<G: Group, A: Action>(
    grant: &Grant<G, A>,
    scope: &Scope,
    app: &App,
    direction: Direction,
) -> Result<Redirect> {
    let address = Address::read(&grant.staff().board_address);
    let neighbour = match on_board(app, scope, grant).await? {
        Some(person) => board::neighbour(scope, Moment::of(app.clock.now()), &address, &person, direction).await?,
        None => None,
    };
    Ok(Redirect::to(&match neighbour {
        Some(case_id) => cases::Tab::Observation.path(case_id),
        None => ended(&address),
    }))
}

/// The first page of the queue, with a word that it ended.
fn ended(address: &Address) -> String {
    Address::back(&address.with_page(1)[HERE.len()..], "done=end")
}

#[derive(Deserialize)]
pub struct Seen {
    #[serde(default)]
    until: i64,
    #[serde(default)]
    then: String,
}

/// 確認済み: the reports that were shown were looked at.
pub async fn seen(
    grant: Grant<group::Observation, Write>,
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Form(sent): Form<Seen>,
) -> Result<Response> {
    let now = app.clock.now();
    // Whoever is looked at leaves the queue: who comes next is asked before.
    let way = if sent.then == "next" { Some(go(&grant, &scope, &app, Direction::Next).await?) } else { None };
    let until = Timestamp(sent.until).min(now);
    let staff = grant.staff();
    let by = (staff.organization_id, staff.account_id);
    let mut tx = grant.db().begin().await?;
    board::set_seen(&mut tx, grant.case_id(), by, until, now).await?;
    Entry::by_staff(staff, &client, now, "board.seen")
        .about(grant.case_id())
        .with(json!({ "until": until.second_text() }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    watch::judge_these(&app.db, &app.texts, now, &[grant.case_id()]).await?;
    let stay = || Redirect::to(&format!("{}?done=seen", cases::Tab::Observation.path(grant.case_id())));
    Ok(way.unwrap_or_else(stay).into_response())
}
