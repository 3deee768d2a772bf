//! 印刷画面表示 (FORM-27): the paper form on A4, and the blank form for the day on which nothing works
//! (FORM-03).

use axum::extract::{Path, Query, State};
use axum::response::Response;
use hersys_shared::notification::Edition;
use hersys_shared::values::Values;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use crate::App;
use crate::access::grant::Registrar;
use crate::access::{Client, Staff};
use crate::error::{Error, Result};
use crate::notification::statutory::{Fill, Paper};
use crate::notification::store;
use crate::notification::tab::{Right, address};
use crate::notification::view;
use crate::ui::{Page, operations};

/// A notification as the paper form.
pub async fn print(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Path((case_id, notification_id)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let found = store::notification(grant.db(), case_id, notification_id).await?;
    let notification = found.ok_or(Error::NotFound)?;
    let Some(content) = &notification.content else { return Ok(view::gone(case_id)) };
    view::note(&grant, &client, &app, "notification.print", &notification).await?;
    let centers = view::center(&grant, content).await?;
    let paper = Paper { edition: content.edition, values: &content.values, fill: Fill::Paper, centers: &centers };
    let introduction = html! {
        h1 { "発生届の印刷" }
        p { "A4用紙に、法令様式で印刷されます。印刷物には個人情報が含まれます。取り扱いにご注意ください。" }
    };
    let back = address(case_id, notification_id);
    Ok(page("発生届の印刷", grant.staff(), introduction, &paper, (&back, "発生届へ戻る"), html! {}))
}

/// Which blank form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    edition: String,
}

/// The form to be filled in by hand. Says nothing of anybody.
pub async fn blank(registrar: Registrar, Query(wanted): Query<Wanted>) -> Response {
    let edition = Edition::from_code(&wanted.edition).unwrap_or(Edition::Full);
    let values = Values::default();
    let paper = Paper { edition, values: &values, fill: Fill::Blank, centers: &[] };
    let introduction = html! {
        h1 { "発生届の様式（空欄）" }
        p { "システムが使えないときは、この用紙に記入し、保健所にFAXなどで届け出てください。" }
        nav.sizes aria-label="様式" {
            @for other in Edition::ALL {
                a href={ "/staff/notifications/blank?edition=" (other.code()) }
                    aria-current=[(other == edition).then_some("true")] { (other.label()) }
            }
        }
    };
    page("発生届の様式（空欄）", registrar.staff(), introduction, &paper, ("/staff/", "トップページへ戻る"), html! {})
}

/// A page whose paper part fills A4 pages of its own; `back` is where it leads and its words.
pub fn page(
    title: &str,
    staff: &Staff,
    introduction: Markup,
    paper: &Paper<'_>,
    back: (&str, &str),
    further: Markup,
) -> Response {
    let main = html! {
        div.sheet-screen {
            (introduction)
            (operations(html! {
                button.button.primary type="button" data-print { "印刷する" }
                a.button href=(back.0) { (back.1) }
                (further)
            }))
            p.fine { "ボタンで印刷が始まらないときは、ブラウザーの印刷（Ctrl＋P）をお使いください。" }
        }
        // Narrow screens scroll it sideways.
        section.st-scroll.st-sheet tabindex="0" aria-label="法令様式" { (paper.draw()) }
    };
    Page::new(title).staff(staff).wide().response(main)
}
