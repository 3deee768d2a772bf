//! 照会: the centre asks the institution about a notification, the institution answers by words or by
//! an edit. The words stay in the system; the mails that tell of them name nobody.

pub mod store;

use axum::extract::{Form, Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::events::News;
use crate::access::grant::{self, Action, Write, group};
use crate::access::{Client, Grant, ItemGroup};
use crate::cases::{header, news};
use crate::error::{Error, Result};
use crate::notification::inbox::store as inbox;
use crate::notification::inbox::{Desk, State, item};
use crate::ui::{Field, Page, Tone, error_summary, notice};
use store::NewWord;

/// Letters of a question or an answer.
const LONGEST: usize = 1000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    body: String,
}

/// What was typed as it is kept, or the sentence beside the field.
fn written(typed: &str, what: &str) -> std::result::Result<String, Problems> {
    let body = typed.replace("\r\n", "\n").replace('\0', "").trim().to_owned();
    let mut problems = Problems::default();
    if body.is_empty() {
        problems.add("body", format!("{what}を入力してください（必須）。"));
    } else if body.chars().count() > LONGEST {
        problems.add("body", format!("{LONGEST}文字までで入力してください。"));
    }
    if problems.is_empty() { Ok(body) } else { Err(problems) }
}

/// The centre asks.
pub async fn ask(
    desk: Desk<Write>,
    client: Client,
    Shared(app): Shared<App>,
    Path(notification_id): Path<Uuid>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let row = item::find(&desk, notification_id).await?;
    let grant = desk.scope().grant::<group::Notification, grant::Read>(&app, row.case_id).await?;
    let grant = grant.ok_or(Error::NotFound)?;
    let body = match written(&typed.body, "照会の内容") {
        Ok(body) => body,
        Err(problems) => return item::show(&desk, &app, &row, html! {}, &typed.body, &problems).await,
    };
    let (staff, now) = (desk.staff(), app.clock.now());
    let mut tx = desk.db().begin().await?;
    let standing = inbox::standing(&mut tx, grant.case_id(), notification_id).await?.ok_or(Error::NotFound)?;
    if !standing.state.may_ask() || !inbox::move_on(&mut tx, &standing, State::Asked, now).await? {
        return Ok(Redirect::to(&format!("/staff/inbox/{notification_id}?done=left")).into_response());
    }
    let word = NewWord {
        case_id: row.case_id,
        notification_id,
        kind: "question",
        body: &body,
        account_id: staff.account_id,
        organization_id: staff.organization_id,
    };
    store::add(&mut tx, &word, now).await?;
    news::tell(&mut tx, standing.institution_id, row.case_id, News::Asked, app.config.base_url.as_str(), now).await?;
    Entry::by_staff(staff, &client, now, "inbox.ask")
        .about(row.case_id)
        .with(json!({
            "notification_id": notification_id,
            "version": standing.version,
            "organization_id": standing.institution_id,
            "before": { "inbox": standing.state.code() },
            "after": { "inbox": State::Asked.code() },
        }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(Redirect::to(&format!("/staff/inbox/{notification_id}?done=asked")).into_response())
}

/// The institution answers, or whoever may write the notification.
pub async fn answer(
    grant: Grant<group::Notification, Write>,
    client: Client,
    Shared(app): Shared<App>,
    Path((case_id, notification_id)): Path<(Uuid, Uuid)>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let (staff, now) = (grant.staff(), app.clock.now());
    let mut tx = grant.db().begin().await?;
    let standing = inbox::standing(&mut tx, case_id, notification_id).await?;
    let standing = standing.filter(|standing| standing.state != State::Deleted).ok_or(Error::NotFound)?;
    let body = match written(&typed.body, "回答") {
        Ok(body) => body,
        Err(problems) => {
            drop(tx);
            return answer_again(&grant, &app, notification_id, &typed.body, &problems).await;
        }
    };
    if store::thread(&mut tx, case_id, notification_id).await?.is_empty() {
        return Err(Error::one("", "この発生届への照会はありません。"));
    }
    if standing.state == State::Asked {
        inbox::move_on(&mut tx, &standing, State::Answered, now).await?;
    }
    let word = NewWord {
        case_id,
        notification_id,
        kind: "answer",
        body: &body,
        account_id: staff.account_id,
        organization_id: staff.organization_id,
    };
    store::add(&mut tx, &word, now).await?;
    if standing.center_id != staff.organization_id {
        news::tell(&mut tx, standing.center_id, case_id, News::Answered, app.config.base_url.as_str(), now).await?;
    }
    Entry::by_staff(staff, &client, now, "inbox.answer")
        .about(case_id)
        .with(json!({ "notification_id": notification_id, "version": standing.version }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(Redirect::to(&format!("/staff/cases/{case_id}/notifications/{notification_id}?notice=answered#questions"))
        .into_response())
}

async fn answer_again(
    grant: &Grant<group::Notification, Write>,
    app: &App,
    notification_id: Uuid,
    typed: &str,
    problems: &Problems,
) -> Result<Response> {
    let main = html! {
        (error_summary(problems))
        h1 { "照会への回答" }
        (thread(grant, notification_id).await?)
        (answer_form(grant.case_id(), notification_id, typed, problems))
    };
    let page = Page::new("照会への回答").staff(grant.staff()).header(header(grant, app).await?);
    Ok(page.response_with(StatusCode::UNPROCESSABLE_ENTITY, main))
}

/// What was asked and answered so far.
pub async fn thread<A: Action>(grant: &Grant<group::Notification, A>, notification_id: Uuid) -> Result<Markup> {
    let words = store::thread(grant.db(), grant.case_id(), notification_id).await?;
    Ok(html! {
        @if words.is_empty() {
            p.nothing-open { "照会はありません。" }
        } @else {
            ol.inbox-words {
                @for word in &words {
                    li.inbox-question[word.is_question()] {
                        p.inbox-word-head {
                            span.mark { (if word.is_question() { "照会" } else { "回答" }) }
                            " " (word.organization) " " (word.account.as_deref().unwrap_or_default())
                            " " time datetime=(word.at.rfc3339()) { (word.at.minute_text()) }
                        }
                        p.inbox-word-body { (word.body) }
                    }
                }
            }
        }
    })
}

/// What stands on the page of a notification for whoever reads it there: where it stands with the
/// centre, the thread, and the answer for whoever may give it. Nothing where nothing was asked.
pub async fn panel<A: Action>(grant: &Grant<group::Notification, A>, notification_id: Uuid) -> Result<Markup> {
    let Some(standing) = inbox::standing(grant.db(), grant.case_id(), notification_id).await? else {
        return Ok(PreEscaped(String::new()));
    };
    let words = store::thread(grant.db(), grant.case_id(), notification_id).await?;
    let is_center = standing.center_id == grant.staff().organization_id;
    let state = if is_center { standing.state.label() } else { standing.state.label_for_institution() };
    let is_asked = standing.state == State::Asked && !is_center;
    Ok(html! {
        section.inbox-thread aria-labelledby="questions" {
            h2 #questions { "保健所の受付" }
            p {
                span.mark .waits[is_asked || (is_center && standing.state.is_open())] { (state) }
                @if is_center { " " a href=(format!("/staff/inbox/{notification_id}")) { "確認・照会" } }
            }
            @if is_asked {
                (notice(Tone::Wait, html! { p { "保健所から照会があります。下に回答を書くか、発生届を【編集】してください。" } }))
            }
            @if !words.is_empty() {
                (thread(grant, notification_id).await?)
                @if !is_center && grant.may_write(ItemGroup::Notification) {
                    (answer_form(grant.case_id(), notification_id, "", &Problems::default()))
                }
            }
        }
    })
}

fn answer_form(case_id: Uuid, notification_id: Uuid, typed: &str, problems: &Problems) -> Markup {
    html! {
        form.inbox-say method="post" novalidate data-warn-leave
            action=(format!("/staff/cases/{case_id}/notifications/{notification_id}/answers")) {
            (Field::new("body", "回答", typed, problems).required().textarea(3))
            div.actions { button.button { "回答する" } }
        }
    }
}

/// The form of a question, on the desk's page of a notification.
pub fn ask_form(notification_id: Uuid, typed: &str, problems: &Problems) -> Markup {
    html! {
        form.inbox-say method="post" novalidate data-warn-leave
            action=(format!("/staff/inbox/{notification_id}/questions")) {
            (Field::new("body", "照会の内容", typed, problems).required()
                .hint("届け出た医療機関が読みます。メールには書かれません。").textarea(3))
            div.actions { button.button { "照会する" } }
        }
    }
}
