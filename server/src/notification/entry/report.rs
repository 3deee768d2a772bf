//! 【報告】 and what comes after it (FORM-19, FORM-21, TOP-10).

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::notification::Content;
use maud::html;
use uuid::Uuid;

use crate::App;
use crate::access::grant::{Read, group};
use crate::access::{Client, Grant, policy};
use crate::cases::{self, invitation};
use crate::error::{Error, Result};
use crate::notification::entry::draft::Drafting;
use crate::notification::entry::form;
use crate::notification::entry::proxy::PROXY;
use crate::notification::entry::store;
use crate::notification::file::{self, Filer, Filing, Job, Person};
use crate::notification::store as notifications;
use crate::notification::tab::address;
use crate::notification::view;
use crate::ui::{Page, Tone, notice, operations};

/// 【報告】: once, however often it is pressed. What cannot be reported leads back to the form.
pub async fn report(
    drafting: Drafting,
    State(app): State<App>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response> {
    if let Some(done) = form::reported(&drafting.draft) {
        return Ok(done);
    }
    let sends_mail = sent.iter().any(|(name, value)| name == "sends_mail" && value == "yes");
    let checked = form::judge(&drafting, &app).await?;
    if !checked.problems.is_empty() {
        return Ok(Redirect::to(&drafting.draft.path()).into_response());
    }
    let draft = &drafting.draft;
    // Typed into meanwhile, in another window or by a colleague: what will be reported is shown first.
    if sent.iter().any(|(name, value)| name == "seen" && *value != draft.fingerprint()) {
        return Ok(Redirect::to(&format!("{}/confirm", draft.path())).into_response());
    }
    let (case_id, notification_id) = (draft.person_id(), draft.becomes());
    let outcome = if draft.is_edit() {
        revise(&drafting, &app, &checked.content, sends_mail).await
    } else {
        file_new(&drafting, &app, checked.content, sends_mail).await
    };
    match outcome {
        Ok(true) => {
            app.outbox.wake();
            let next = if draft.is_edit() { "?notice=saved" } else { "/reported" };
            Ok(Redirect::to(&format!("{}{next}", address(case_id, notification_id))).into_response())
        }
        // Somebody else has saved: both versions side by side.
        Ok(false) => Ok(Redirect::to(&format!("{}/conflict", draft.path())).into_response()),
        // Pressed twice: the other request was first.
        Err(Error::Db(error)) if error.is_unique_violation() && !draft.is_edit() => {
            Ok(Redirect::to(&format!("{}/reported", address(case_id, notification_id))).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn file_new(drafting: &Drafting, app: &App, content: Content, sends_mail: bool) -> Result<bool> {
    let draft = &drafting.draft;
    let now = app.clock.now();
    let person = match draft.case_id {
        Some(case_id) => Person::Known(case_id),
        None => Person::New(draft.draft_id),
    };
    let proxy_for = PROXY
        .iter()
        .map(|(code, _)| *code)
        .find(|code| !code.is_empty() && *code == draft.typed.get("proxy_for"))
        .filter(|_| drafting.staff().kind == crate::access::OrganizationKind::HealthCenter)
        .map(str::to_owned);
    let filing = Filing { person, notification_id: draft.becomes(), content, proxy_for, sends_mail };
    let doctor = filing.content.values.get("doctor_name").to_owned();
    let job = Job { staff: drafting.staff().clone(), client: *drafting.client(), at: now, filing };
    app.filings.report(app, job).await?;
    // Should the server end here, the draft stays open, and reporting it again is the same report.
    let mut tx = drafting.db().begin().await?;
    if draft.typed.is_yes("save_doctor") && !doctor.is_empty() {
        store::add_doctor(&mut tx, drafting.staff().organization_id, &doctor, now).await?;
    }
    store::close(&mut tx, draft, now).await?;
    tx.commit().await?;
    Ok(true)
}

async fn revise(drafting: &Drafting, app: &App, content: &Content, sends_mail: bool) -> Result<bool> {
    let draft = &drafting.draft;
    let now = app.clock.now();
    let mut tx = drafting.db().begin().await?;
    let filer = Filer { staff: drafting.staff(), client: drafting.client(), at: now };
    let of = (draft.person_id(), draft.becomes());
    if !file::revise(&mut tx, app, filer, of, draft.version.unwrap_or_default(), content, sends_mail).await? {
        return Ok(false);
    }
    store::close(&mut tx, draft, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// 「完了しました」, and the next person of a row (TOP-10).
pub async fn reported(
    grant: Grant<group::Notification, Read>,
    client: Client,
    State(app): State<App>,
    Path((_, notification_id)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let case_id = grant.case_id();
    let stored = notifications::notification(grant.db(), case_id, notification_id).await?.ok_or(Error::NotFound)?;
    if stored.content.is_none() {
        return Ok(view::gone(case_id));
    }
    view::note(&grant, &client, &app, "notification.view", &stored).await?;
    let case = cases::store::case(grant.db(), case_id).await?.ok_or(Error::NotFound)?;
    let invited = invitation::was_sent(&app, case_id, stored.filed_at).await?;
    let main = html! {
        h1 { "完了しました" }
        (notice(Tone::Done, html! {
            p { "発生届を報告しました。" }
            p {
                @if invited { "My HER-SYSのURLとHER-SYS IDのSMSを送信待ちに入れました。まもなく届きます。" }
                @else { "My HER-SYSのSMSは送っていません。ご本人に渡す用紙を印刷できます。" }
            }
        }))
        div.new-id {
            p.new-id-label {
                @if let Some(content) = &stored.content { (content.values.get("name")) " さんの" }
                "スマホ入力ID（HER-SYS ID）"
            }
            p.new-id-number { (case.hersys_id.spaced()) }
        }
        (operations(html! {
            form.inline method="post" action=(format!("/staff/cases/{case_id}/hand-out")) {
                button.button { "スマホ入力ID印字" }
            }
            @if policy::may_register(grant.staff().kind) {
                form.inline method="post" action=(format!("{}/household", address(case_id, notification_id))) {
                    button.button { "同じ世帯の方を続けて登録" }
                }
                form.inline method="post" action="/staff/notifications" {
                    @if let Some(content) = &stored.content {
                        input type="hidden" name="edition" value=(content.edition.code());
                        input type="hidden" name="doctor_name" value=(content.values.get("doctor_name"));
                    }
                    button.button { "続けて新規登録" }
                }
            }
            a.button.primary href=(address(case_id, notification_id)) { "完了" }
        }))
    };
    Ok(Page::new("報告の完了").staff(grant.staff()).response(main))
}
