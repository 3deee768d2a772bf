//! The postal code's field, and what answers it.

use axum::Json;
use axum::extract::{Path, State};
use maud::{Markup, html};

use crate::App;
use crate::access::Staff;
use crate::error::{Error, Result};
use crate::postal::{Found, Places, lookup};
use crate::ui::Field;

/// `{"places": [{"prefecture", "city", "town", "kana"}, …], "common": "…"}`; both empty for a code that is
/// not in the table.
///
/// Errors: 422 for anything but seven digits.
pub async fn look_up(_: Staff, State(app): State<App>, Path(code): Path<String>) -> Result<Json<Places>> {
    hersys_shared::identity::postal_code(&code).map_err(|problem| Error::one("code", problem))?;
    Ok(Json(lookup(&app.db, &code).await?))
}

/// The field of a postal code with 【住所検索】 and the place for choices beneath it. `address` is the name of
/// the address's field in the same form; `found` is what [`Pressed::fill`](crate::postal::Pressed::fill) found
/// for whatever field, where the form is shown again.
pub fn field(field: Field<'_>, address: &str, found: Option<&Found>) -> Markup {
    let name = field.name;
    let found = found.filter(|found| found.field == name);
    let search = html! {
        button.button type="submit" name="postal_lookup" value=(name) { "住所検索" }
        div.postal-found id={ "found-" (name) } role="status" {
            @if let Some(found) = found { (choices(name, found)) }
        }
    };
    field.inputmode("numeric").postal_for(address).beside(search).input()
}

/// `input.js` builds the same.
fn choices(name: &str, found: &Found) -> Markup {
    html! {
        p { (sentence(found)) }
        @if !found.open.is_empty() {
            ul.postal-choices {
                @for address in &found.open {
                    li {
                        button.button type="submit" name="postal_lookup" value={ (name) "=" (address) } { (address) }
                    }
                }
            }
        }
    }
}

fn sentence(found: &Found) -> String {
    match (found.places.places.len(), found.open.len()) {
        (0, _) => "この郵便番号の住所は見つかりません。番号を確かめるか、住所を入力してください。".to_owned(),
        (_, 0) => "住所を途中まで入力しました。続きを入力してください。".to_owned(),
        (1, _) => "住所は入力済みです。置き換えるときは選んでください。".to_owned(),
        (count, _) => format!("この郵便番号の住所は{count}件あります。選んでください。"),
    }
}
