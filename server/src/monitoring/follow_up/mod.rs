//! Follow-up by others for a centre (FUP-01…FUP-05, OBS-07, OBS-11): linking many people at once, how much each
//! organisation has to do and whom it has left unanswered, and giving people back (返却).

mod links;
mod returns;
mod status;
mod store;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use maud::{Markup, html};
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::{ItemGroup, Level, Scope};
use crate::error::{Error, Result};
use crate::monitoring::board::Address;
use crate::routes::{Guard, Routes};
use crate::ui::{Tone, notice};

/// 健康フォローアップ機関の状況
pub const HERE: &str = "/staff/follow-up";

/// Most people of one action.
const MOST: usize = 1_000;
/// As many are shown by name before it is done.
const NAMED: usize = 200;
/// Letters of a reason.
const LONGEST: usize = 200;

pub fn routes() -> Routes {
    let centers = Guard::Kind(ItemGroup::Sharing, Level::Write);
    Routes::default()
        .get(HERE, centers, status::show)
        .post("/staff/follow-up/preview", centers, links::preview)
        .post("/staff/follow-up/links", centers, links::act)
        .post("/staff/follow-up/returns/preview", Guard::Scope, returns::preview)
        .post("/staff/follow-up/returns", Guard::Scope, returns::act)
}

/// Whoever says who follows whom: health centres. Other kinds of ID get 403.
pub struct Desk(Scope);

impl FromRequestParts<App> for Desk {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let scope = Scope::from_request_parts(parts, app).await?;
        if scope.may_write(ItemGroup::Sharing) { Ok(Self(scope)) } else { Err(Error::Forbidden) }
    }
}

/// The buttons below the rows of the board: for whoever was ticked.
pub fn buttons(scope: &Scope) -> Markup {
    html! {
        @if scope.may_write(ItemGroup::Sharing) {
            button.button formaction="/staff/follow-up/preview" { "紐づけを変える" }
        } @else if !scope.may_read(ItemGroup::Sharing) {
            button.button formaction="/staff/follow-up/returns/preview" { "保健所に返却する" }
        }
    }
}

/// The same for everybody whom the board's address shows, whatever the page; `standing` counts them.
pub fn whole_list(scope: &Scope, address: &Address, standing: i64) -> Markup {
    html! {
        @if scope.may_write(ItemGroup::Sharing) && standing > 0 {
            form.board-whole method="post" action="/staff/follow-up/preview" {
                input type="hidden" name="whole" value=(address.href());
                button.button.quiet { "表示の条件にあてはまる" (standing) "人全員の紐づけを変える" }
            }
        }
    }
}

/// What was just done.
pub fn told(address: &Address) -> Markup {
    let count: usize = address.count.parse().unwrap_or(0);
    let sentence = match address.done.as_str() {
        "linked" => "の紐づけを変えました。",
        "returned" => "を保健所に返却しました。",
        _ => return html! {},
    };
    notice(Tone::Done, html! { p { (count) "人" (sentence) } })
}

/// Somebody under observation, as previews name them.
struct Named<'a> {
    name: &'a str,
    birth_on: Option<Date>,
    ward: &'a str,
}

impl Named<'_> {
    fn who(&self, today: Date) -> Markup {
        let age = self.birth_on.and_then(|birth_on| hersys_shared::age::Age::on(today, birth_on));
        html! { td.wrap { (self.name) @if let Some(age) = age { " " span.board-facts { (age.years) "歳" } } } }
    }

    fn cells(&self, today: Date) -> Markup {
        html! { (self.who(today)) td.wrap { (self.ward) } }
    }
}

/// What the board sends of whoever was ticked: `id:report`.
fn item(value: &str) -> Option<Uuid> {
    Uuid::parse_str(value.split(':').next().unwrap_or_default()).ok()
}
