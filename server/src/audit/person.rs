//! A person's tab 閲覧・変更履歴: who looked at and changed the record (SEC-12).

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Read, group};
use crate::access::{Client, Grant};
use crate::audit::store::{self, Filter};
use crate::audit::table::{self, Details};
use crate::audit::words::Kind;
use crate::cases::{Tab, header, tabs};
use crate::error::Result;
use crate::ui::Page;
use crate::ui::table::empty;

/// What the tab can be narrowed to.
const CHOICES: [Kind; 5] = [Kind::View, Kind::Change, Kind::Print, Kind::Message, Kind::Refusal];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    only: String,
    /// The last entry of the page before.
    after: Option<Uuid>,
}

/// The tab. Looking at it is noted, and seen there the next time.
pub async fn view(
    grant: Grant<group::Audit, Read>,
    client: Client,
    State(app): State<App>,
    Query(address): Query<Address>,
) -> Result<Response> {
    let only = Kind::of_code(&address.only).filter(|kind| CHOICES.contains(kind));
    let filter = Filter { case_id: Some(grant.case_id()), actions: only.map(Kind::actions), ..Filter::default() };
    let (entries, more) =
        store::page(grant.db(), grant.staff().organization_id, &filter, address.after, table::SIZE).await?;
    let names = store::organization_names(grant.db(), &entries).await?;
    Entry::by_staff(grant.staff(), &client, app.clock.now(), "audit.view")
        .about(grant.case_id())
        .with(json!({ "tab": "audit", "shown": only.map(Kind::label), "rows": entries.len() }))
        .write(grant.db())
        .await?;
    let path = Tab::Audit.path(grant.case_id());
    let href = |place: &[(&str, String)]| address_of(&path, only, place);
    let main = html! {
        h1 { "閲覧・変更履歴" }
        p { "この方の登録情報をだれが見て、何を変えたかの記録です。この画面を開いたことも記録されます。" }
        (choices(&path, only))
        @if entries.is_empty() {
            (empty("記録はまだありません。", html! {
                @if only.is_some() { p { a href=(path) { "すべての記録を見る" } } }
            }))
        } @else {
            (table::list("閲覧・変更履歴", &entries, &names, Details::OfOnePerson))
            (table::paging(&entries, address.after.is_some(), more, href))
        }
    };
    let strip = html! { (header(&grant, &app).await?) (tabs(&grant, Tab::Audit)) };
    Ok(Page::new("閲覧・変更履歴").staff(grant.staff()).header(strip).wide().response(main))
}

fn address_of(path: &str, only: Option<Kind>, place: &[(&str, String)]) -> String {
    let mut pairs: Vec<String> = only.map(|kind| format!("only={}", kind.code())).into_iter().collect();
    pairs.extend(place.iter().map(|(name, value)| format!("{name}={value}")));
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

fn choices(path: &str, only: Option<Kind>) -> Markup {
    let choice = |kind: Option<Kind>, label: &str| {
        html! {
            a href=(address_of(path, kind, &[])) aria-current=[(kind == only).then_some("true")] { (label) }
        }
    };
    html! {
        nav.sizes aria-label="表示する記録" {
            (choice(None, "すべて"))
            @for kind in CHOICES { (choice(Some(kind), kind.label())) }
        }
    }
}
