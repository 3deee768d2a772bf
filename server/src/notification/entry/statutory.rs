//! The form of a draft in the layout of the paper (FORM-09): the same items under the same keys, so that
//! either layout may be typed into, and switching loses nothing.

use axum::extract::State;
use axum::response::Response;
use hersys_shared::Problems;
use maud::{Markup, html};

use crate::App;
use crate::error::Result;
use crate::notification::entry::draft::{self, Drafting};
use crate::notification::entry::form;
use crate::notification::entry::store::Draft;
use crate::notification::statutory::{Fill, Paper};
use crate::ui::{Page, operations};
use crate::web::staff_asset;

/// 【法令様式】 on.
pub async fn page(drafting: Drafting, State(app): State<App>) -> Result<Response> {
    if let Some(done) = form::reported(&drafting.draft) {
        return Ok(done);
    }
    form::note(&drafting, &app, "notification.draft").await?;
    let draft = &drafting.draft;
    let none = Problems::default();
    let centers = form::centers(drafting.db(), drafting.staff()).await?;
    let paper = Paper { edition: draft.edition, values: &draft.typed, fill: Fill::Typed(&none), centers: &centers };
    let title = form::title(draft);
    let form_id = "statutory-form";
    let main = html! {
        (drafting.back())
        div.form-head {
            h1 { (title) "（法令様式）" }
            (buttons(draft, form_id))
        }
        p.instruction {
            "発生届の提出は法律上の義務です。" strong { "入力できる箇所は必ず入力してください。" }
            " 法令様式を切りかえても、入力した内容は残ります。" span.draft-mark data-draft-mark role="status" {}
        }
        form.statutory-form #(form_id) method="post" action=(draft.path()) novalidate data-warn-leave data-draft {
            // What Enter presses: the first button of the form.
            button.visually-hidden type="submit" name="action" value="confirm" tabindex="-1" aria-hidden="true" { "確認" }
            (draft::page_marks(app.clock.now()))
            (paper.draw())
        }
        (buttons(draft, form_id))
        script src=(staff_asset("notification.js")) defer {}
    };
    let page = form::with_strip(Page::new(title).staff(drafting.staff()).wide(), &drafting, &app).await?;
    Ok(page.response(main))
}

/// FORM-22: at the upper right and at the bottom.
fn buttons(draft: &Draft, form_id: &str) -> Markup {
    operations(html! {
        button.button form=(form_id) name="action" value="later" { "あとで続ける" }
        button.button form=(form_id) name="action" value="plain" { "法令様式 (on)" }
        a.button href={ "/staff/notifications/blank?edition=" (draft.edition.code()) } { "空欄の様式を印刷" }
        button.button.primary form=(form_id) name="action" value="confirm" { "確認" }
    })
}
