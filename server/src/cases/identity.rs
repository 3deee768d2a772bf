//! A person's ID管理 tab: view, edit, save (§4).

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::{PhoneNumber, Problems};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use serde_json::json;
use time::Date;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Action, Read, Write, group};
use crate::access::{Client, Grant, ItemGroup};
use crate::cases::form::{CaseForm, CheckError, FormContext};
use crate::cases::items::{self, Beside, Section};
use crate::cases::save::save;
use crate::cases::store::{self, Case, IdentityVersion};
use crate::cases::{Tab, conflict, form_page, header, note_view, notices, tabs};
use crate::error::{Error, Result};
use crate::postal::{Found, Pressed};
use crate::ui::{Page, Tone, error_summary, notice, operations};

/// A case opens with the first tab that the ID may see (IDR-04).
pub async fn first_tab(grant: Grant<group::Person, Read>) -> Result<Redirect> {
    let tab = Tab::first(&grant).ok_or(Error::NotFound)?;
    Ok(Redirect::to(&tab.path(grant.case_id())))
}

/// What was just done, by a word in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    notice: String,
}

impl Done {
    fn show(&self) -> Markup {
        let (tone, sentence) = match self.notice.as_str() {
            "saved" => (Tone::Done, "保存しました。"),
            "unchanged" => (Tone::Information, "変更はありませんでした。"),
            "sms-sent" => (Tone::Done, "SMSを送信待ちに入れました。まもなく届きます。"),
            "sms-limit" => (Tone::Wait, "この方へのSMSは1日5回までです。明日もう一度お試しください。"),
            "notices-off" => (Tone::Wait, "通知設定が「しない」になっているため、SMSを送りませんでした。"),
            "not-agreed" => (Tone::Wait, notices::NOT_AGREED),
            "clinical" => (Tone::Wait, notices::CLINICAL),
            "died" => (Tone::Wait, "亡くなった方には、健康状態の入力のSMSを送れません。"),
            "no-mobile" => (
                Tone::Wait,
                "送り先がありません。連絡先電話番号に携帯電話の番号（070・080・090など）か、メールアドレスを登録してください。",
            ),
            _ => return PreEscaped(String::new()),
        };
        notice(tone, html! { p { (sentence) } })
    }
}

/// The tab.
pub async fn view(
    grant: Grant<group::Identity, Read>,
    client: Client,
    State(app): State<App>,
    Query(done): Query<Done>,
) -> Result<Response> {
    let ((), (context, stored)) = tokio::try_join!(note_view(&grant, &client, &app, Tab::Identity), context(&grant))?;
    let mut sections = stored_sections(&grant, &context, &stored, app.clock.today())?;
    let index_case_id = context.case.as_ref().and_then(|case| case.index_case_id);
    if let Some(index_case_id) = index_case_id.filter(|_| context.index_hersys_id.is_some()) {
        items::link(&mut sections, "index_hersys_id", format!("/staff/cases/{index_case_id}"));
    }
    let writable = grant.may_write(ItemGroup::Identity);
    let has_mobile = stored.identity.phone.as_ref().is_some_and(PhoneNumber::is_mobile);
    let buttons = |top: bool| {
        html! {
            @if writable {
                (operations(html! {
                    a.button.primary[top] href=(edit_path(&grant)) { "編集" }
                    @if has_mobile {
                        a.button href=(format!("/staff/cases/{}/invitation", grant.case_id())) { "SMSでURLとIDを送る" }
                    } @else {
                        button.button disabled { "SMSでURLとIDを送る" }
                        span.hint { "携帯電話の番号を登録すると、SMSを送れます。" }
                    }
                }))
            }
        }
    };
    let by = store::account_name(grant.db(), stored.updated_by).await?;
    let main = html! {
        (done.show())
        // IDR-03
        p.back { a href=(grant.staff().list_href()) { "登録情報一覧" } }
        h1 { "ID管理" }
        (buttons(true))
        (items::show(&sections))
        p.version {
            "第" (stored.version) "版　" (stored.updated_at.minute_text()) "　" (by.unwrap_or_default())
        }
        (buttons(false))
    };
    page(&grant, &app, main, StatusCode::OK).await
}

/// The form of what is stored.
pub async fn edit(grant: Grant<group::Identity, Write>, client: Client, State(app): State<App>) -> Result<Response> {
    note_view(&grant, &client, &app, Tab::Identity).await?;
    let (context, stored) = context(&grant).await?;
    let form = CaseForm::of(&stored.identity, stored.version, &context);
    form_response(&grant, &app, &form, &context, &Problems::default(), None).await
}

/// The form again with what was typed: after a conflict.
pub async fn edit_again(
    grant: Grant<group::Identity, Write>,
    client: Client,
    State(app): State<App>,
    Form(form): Form<CaseForm>,
) -> Result<Response> {
    note_view(&grant, &client, &app, Tab::Identity).await?;
    let (context, _) = context(&grant).await?;
    form_response(&grant, &app, &form, &context, &Problems::default(), None).await
}

/// Saves a new version, unless somebody else was first (PERM-08).
pub async fn update(
    grant: Grant<group::Identity, Write>,
    client: Client,
    State(app): State<App>,
    Form(mut form): Form<CaseForm>,
) -> Result<Response> {
    let today = app.clock.today();
    let now = app.clock.now();
    let (context, stored) = context(&grant).await?;
    if let Some(pressed) = Pressed::read(&form.postal_lookup) {
        note_view(&grant, &client, &app, Tab::Identity).await?;
        let found = pressed.fill(grant.db(), &form.identity.postal_code, &mut form.identity.address).await?;
        return form_response(&grant, &app, &form, &context, &Problems::default(), Some(&found)).await;
    }
    let entry = match form.check(grant.db(), &context, today).await {
        Ok(entry) => entry,
        Err(CheckError::Problems(problems)) => {
            note_view(&grant, &client, &app, Tab::Identity).await?;
            return form_response(&grant, &app, &form, &context, &problems, None).await;
        }
        Err(CheckError::Failed(error)) => return Err(error),
    };
    let version: i64 =
        form.version.parse().map_err(|_| Error::one("", "画面が古くなっています。開き直してください。"))?;
    let before = stored_sections(&grant, &context, &stored, today)?;
    let after = items::sections(
        &entry.identity,
        &Beside {
            kind: entry.kind,
            center_name: context.center_name(entry.responsible_center_id),
            index_case: index_case_text(&context, entry.index_case_id.is_some(), &form.index_hersys_id),
            period: grant.may_read(ItemGroup::ObservationPeriod).then_some((entry.observed_from, entry.observed_until)),
        },
        today,
    );
    let changed = items::changes(&before, &after);
    let tab = Tab::Identity.path(grant.case_id());
    if changed.is_empty() {
        return Ok(Redirect::to(&format!("{tab}?notice=unchanged")).into_response());
    }
    let mut tx = grant.db().begin().await?;
    if !save(&mut tx, grant.case_id(), version, &entry, grant.staff(), now).await? {
        drop(tx);
        return conflict::response(&grant, &app, &client, &form, &entry, version).await;
    }
    Entry::by_staff(grant.staff(), &client, now, "case.change")
        .about(grant.case_id())
        .with(json!({ "tab": "identity", "version": version + 1, "fields": changed }))
        .write(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{tab}?notice=saved")).into_response())
}

/// The case with its choices, and its stored document.
pub async fn context<A: Action>(grant: &Grant<group::Identity, A>) -> Result<(FormContext, IdentityVersion)> {
    let case = store::case(grant.db(), grant.case_id()).await?.ok_or(Error::NotFound)?;
    let stored = store::identity(grant.db(), grant.case_id()).await?;
    let context = FormContext::for_case(grant.db(), grant.staff(), case).await?;
    Ok((context, stored))
}

/// The stored items as they are shown.
pub fn stored_sections<A: Action>(
    grant: &Grant<group::Identity, A>,
    context: &FormContext,
    stored: &IdentityVersion,
    today: Date,
) -> Result<Vec<Section>> {
    let case: &Case = context.case.as_ref().ok_or(Error::NotFound)?;
    let index_hersys_id = context.index_hersys_id.as_ref().map(|id| id.spaced()).unwrap_or_default();
    let beside = Beside {
        kind: case.kind,
        center_name: context.center_name(case.responsible_center_id),
        index_case: index_case_text(context, case.index_case_id.is_some(), &index_hersys_id),
        period: grant.may_read(ItemGroup::ObservationPeriod).then_some((case.observed_from, case.observed_until)),
    };
    Ok(items::sections(&stored.identity, &beside, today))
}

/// 契機となった感染者: the ID, or that there is one out of reach.
pub fn index_case_text(context: &FormContext, there: bool, hersys_id: &str) -> String {
    if !there {
        return String::new();
    }
    if hersys_id.trim().is_empty() && context.index_case_is_hidden() {
        return "登録あり（ほかの保健所の方）".to_owned();
    }
    super::new::spaced(hersys_id)
}

fn edit_path<A: Action>(grant: &Grant<group::Identity, A>) -> String {
    format!("/staff/cases/{}/identity/edit", grant.case_id())
}

async fn form_response(
    grant: &Grant<group::Identity, Write>,
    app: &App,
    form: &CaseForm,
    context: &FormContext,
    problems: &Problems,
    found: Option<&Found>,
) -> Result<Response> {
    let buttons = || {
        operations(html! {
            a.button href=(Tab::Identity.path(grant.case_id())) { "編集をやめる" }
            button.button.primary form="identity-form" { "保存" }
        })
    };
    let main = html! {
        h1 { "ID管理の編集" }
        (error_summary(problems))
        (buttons())
        form.record-form #identity-form method="post" action=(edit_path(grant)) novalidate data-warn-leave {
            (form_page::fields(form, context, problems, found))
        }
        (buttons())
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(grant, app, main, status).await
}

/// A page of this tab under the person's strip.
pub async fn page<A: Action>(
    grant: &Grant<group::Identity, A>,
    app: &App,
    main: Markup,
    status: StatusCode,
) -> Result<Response> {
    let strip = html! { (header(grant, app).await?) (tabs(grant, Tab::Identity)) };
    Ok(Page::new("ID管理").staff(grant.staff()).header(strip).response_with(status, main))
}
