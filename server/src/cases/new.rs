//! 【発生届の提出前に使用】: ID管理 → 【確認】 → 【登録】 or 【再編集】 → 【完了】 (IDR-01).

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::episode::Episode;
use hersys_shared::identity::Identity;
use hersys_shared::kana;
use hersys_shared::symptoms::CaseKind;
use hersys_shared::{HersysId, PhoneNumber, Problems};
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Read, Registrar, group};
use crate::access::{Client, Grant, ItemGroup, Level, policy};
use crate::cases::create::{NewCase, create_case};
use crate::cases::form::{CaseEntry, CaseForm, CheckError, FormContext};
use crate::cases::invitation::{Address, Invitation, invite, was_sent};
use crate::cases::items::{self, Beside};
use crate::cases::store::{self, Lookalike};
use crate::cases::{Tab, form_page, note_view};
use crate::error::{Error, Result};
use crate::postal::{Found, Pressed};
use crate::ui::{Page, Tone, error_summary, notice, operations, table};

const TITLE: &str = "ID管理（新規登録）";

/// The way to an empty form: each has an address of its own, under which Back finds it again.
pub async fn form(_: Registrar) -> Redirect {
    Redirect::to(&form_path(Uuid::now_v7()))
}

fn form_path(draft_id: Uuid) -> String {
    format!("/staff/cases/new/{draft_id}")
}

/// The form under its address: empty, or with what was typed before 【確認】.
pub async fn go_on(registrar: Registrar, State(app): State<App>, Path(draft_id): Path<Uuid>) -> Result<Response> {
    if entered_by(&app, draft_id, registrar.staff().account_id).await?.is_some() {
        return Ok(Redirect::to(&format!("/staff/cases/{draft_id}/registered")).into_response());
    }
    let context = FormContext::for_new(registrar.db(), registrar.staff()).await?;
    let form = match draft(&registrar, draft_id).await? {
        Some(form) => form,
        None => CaseForm {
            case_id: draft_id.to_string(),
            ..CaseForm::empty(registrar.db(), registrar.staff(), &context, app.clock.today()).await?
        },
    };
    Ok(form_response(&registrar, &form, &context, &Problems::default(), None))
}

/// What waits between 【確認】 and 【登録】.
async fn draft(registrar: &Registrar, draft_id: Uuid) -> Result<Option<CaseForm>> {
    let typed = store::draft(registrar.db(), draft_id, registrar.staff().account_id).await?;
    // One that an older program wrote is not worth an error.
    Ok(typed.and_then(|typed| serde_json::from_value(typed).ok()))
}

/// 【再編集】: the form again, with all that was typed.
pub async fn edit_again(registrar: Registrar, Form(form): Form<CaseForm>) -> Result<Response> {
    let context = FormContext::for_new(registrar.db(), registrar.staff()).await?;
    Ok(form_response(&registrar, &form, &context, &Problems::default(), None))
}

/// 【確認】: keeps what was typed on the server, so that neither Back nor reloading loses it, and leads to the
/// review. 【住所検索】 comes here as well, where no script runs.
pub async fn review(registrar: Registrar, State(app): State<App>, Form(mut form): Form<CaseForm>) -> Result<Response> {
    let context = FormContext::for_new(registrar.db(), registrar.staff()).await?;
    if let Some(pressed) = Pressed::read(&form.postal_lookup) {
        let found = pressed.fill(registrar.db(), &form.identity.postal_code, &mut form.identity.address).await?;
        return Ok(form_response(&registrar, &form, &context, &Problems::default(), Some(&found)));
    }
    match form.check(registrar.db(), &context, app.clock.today()).await {
        Ok(_) => {}
        Err(CheckError::Problems(problems)) => return Ok(form_response(&registrar, &form, &context, &problems, None)),
        Err(CheckError::Failed(error)) => return Err(error),
    }
    let draft_id = Uuid::parse_str(&form.case_id).map_err(|_| outdated())?;
    let typed = serde_json::to_value(&form).map_err(|error| Error::Internal(error.to_string()))?;
    store::keep_draft(registrar.db(), draft_id, registrar.staff().account_id, typed, app.clock.now()).await?;
    Ok(Redirect::to(&format!("{}/review", form_path(draft_id))).into_response())
}

fn outdated() -> Error {
    Error::one("", "画面が古くなっています。新規登録の画面を開き直してください。")
}

/// The review: what would be stored, and who may be the same person.
pub async fn review_page(
    registrar: Registrar,
    client: Client,
    State(app): State<App>,
    Path(draft_id): Path<Uuid>,
) -> Result<Response> {
    // Registered already, or of yesterday.
    let Some(form) = draft(&registrar, draft_id).await? else {
        return Ok(Redirect::to(&form_path(draft_id)).into_response());
    };
    let context = FormContext::for_new(registrar.db(), registrar.staff()).await?;
    let today = app.clock.today();
    let entry = match form.check(registrar.db(), &context, today).await {
        Ok(entry) => entry,
        Err(CheckError::Problems(problems)) => return Ok(form_response(&registrar, &form, &context, &problems, None)),
        Err(CheckError::Failed(error)) => return Err(error),
    };
    let lookalikes = store::lookalikes(
        registrar.db(),
        registrar.staff().organization_id,
        &kana::search_key(&entry.identity.kana),
        entry.identity.birth_on,
        entry.identity.phone.as_ref().map(PhoneNumber::as_str),
    )
    .await?;
    note_lookalikes(&app, &registrar, &client, &lookalikes).await?;
    let sections = items::sections(
        &entry.identity,
        &Beside {
            kind: entry.kind,
            center_name: context.center_name(entry.responsible_center_id),
            index_case: entry.index_case_id.map(|_| spaced(&form.index_hersys_id)).unwrap_or_default(),
            period: context.may_write_period.then_some((entry.observed_from.or(Some(today)), entry.observed_until)),
        },
        today,
    );
    let main = html! {
        h1 { "入力内容の確認" }
        p { "まだ登録されていません。内容を確かめて【登録】を押してください。" }
        (lookalike_notice(&lookalikes))
        form method="post" action="/staff/cases" {
            (form_page::hidden(&form))
            (items::show(&sections))
            section.items aria-labelledby="items-sms" {
                h2 #items-sms { "登録したときのSMS" }
                dl { div {
                    dt { "My HER-SYSのURLとHER-SYS IDのSMS" }
                    dd { (if entry.send_sms { "送る" } else { "送らない" }) }
                } }
            }
            (operations(html! {
                button.button formaction="/staff/cases/new" { "再編集" }
                button.button.primary { "登録" }
            }))
        }
    };
    Ok(Page::new("入力内容の確認").staff(registrar.staff()).response(main))
}

/// Whoever enters a person is shown others: that is a look at each of them (SEC-12).
async fn note_lookalikes(app: &App, registrar: &Registrar, client: &Client, people: &[Lookalike]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let mut tx = registrar.db().begin().await?;
    for person in people {
        Entry::by_staff(registrar.staff(), client, app.clock.now(), "case.lookalikes")
            .about(person.case_id)
            .write(&mut tx)
            .await?;
    }
    Ok(tx.commit().await?)
}

/// 【登録】: stores the case once, however often the button is pressed.
pub async fn register(
    registrar: Registrar,
    client: Client,
    State(app): State<App>,
    Form(form): Form<CaseForm>,
) -> Result<Response> {
    let account_id = registrar.staff().account_id;
    let context = FormContext::for_new(registrar.db(), registrar.staff()).await?;
    let entry = match form.check(registrar.db(), &context, app.clock.today()).await {
        Ok(entry) => entry,
        Err(CheckError::Problems(problems)) => return Ok(form_response(&registrar, &form, &context, &problems, None)),
        Err(CheckError::Failed(error)) => return Err(error),
    };
    let Ok(case_id) = Uuid::parse_str(&form.case_id) else {
        return Err(outdated());
    };
    let done = || Ok(Redirect::to(&format!("/staff/cases/{case_id}/registered")).into_response());
    // Sent once more with other contents: another person, who needs a record of their own.
    let another = || {
        let form = CaseForm { case_id: Uuid::now_v7().to_string(), ..form.clone() };
        let mut problems = Problems::default();
        problems.add(
            "",
            "この画面からはすでに1人登録しました。別の方なら、内容を確かめて、もう一度【確認】に進んでください。",
        );
        Ok(form_response(&registrar, &form, &context, &problems, None))
    };
    let typed = (entry.kind, entry.identity.clone());
    match entered_by(&app, case_id, account_id).await? {
        Some(entered) if entered == typed => return done(),
        Some(_) => return another(),
        None => {}
    }
    match store_entry(&app, &registrar, &client, &context, case_id, entry).await {
        Ok(()) => {
            app.outbox.wake();
            done()
        }
        // Pressed twice: the other request was first.
        Err(Error::Db(error)) if error.is_unique_violation() => match entered_by(&app, case_id, account_id).await? {
            Some(entered) if entered == typed => done(),
            Some(_) => another(),
            None => Err(Error::NotFound),
        },
        Err(error) => Err(error),
    }
}

/// Case, SMS and audit in one transaction: all of it or nothing.
async fn store_entry(
    app: &App,
    registrar: &Registrar,
    client: &Client,
    context: &FormContext,
    case_id: Uuid,
    entry: CaseEntry,
) -> Result<()> {
    let staff = registrar.staff();
    let now = app.clock.now();
    let number = entry.identity.phone.clone().filter(|_| entry.send_sms);
    let beside = Beside {
        kind: entry.kind,
        center_name: context.center_name(entry.responsible_center_id),
        index_case: entry.index_case_id.map(|id| id.to_string()).unwrap_or_default(),
        period: Some((entry.observed_from, entry.observed_until)),
    };
    let entered = items::changes(&[], &items::sections(&entry.identity, &beside, now.day()));
    let mut tx = registrar.db().begin().await?;
    let created = create_case(
        &mut tx,
        NewCase {
            case_id,
            kind: entry.kind,
            identity: entry.identity,
            episode: Episode::default(),
            responsible_center_id: entry.responsible_center_id,
            receiving_center_id: None,
            index_case_id: entry.index_case_id,
            observed_from: entry.observed_from,
            observed_until: entry.observed_until,
            account_id: staff.account_id,
            organization_id: staff.organization_id,
            at: now,
        },
    )
    .await?;
    Entry::by_staff(staff, client, now, "case.create")
        .about(case_id)
        .with(json!({ "fields": entered }))
        .write(&mut tx)
        .await?;
    store::delete_draft(&mut tx, case_id, staff.account_id).await?;
    if let Some(number) = &number {
        let invitation = Invitation {
            case_id,
            hersys_id: &created.hersys_id,
            to: Address::Mobile(number),
            center_name: context.center_name(entry.responsible_center_id),
            base_url: app.config.base_url.as_str(),
        };
        invite(&mut tx, &invitation, staff, client, now).await?;
    }
    Ok(tx.commit().await?)
}

/// What an account entered under a case's id, if it did.
async fn entered_by(app: &App, case_id: Uuid, account_id: Uuid) -> Result<Option<(CaseKind, Identity)>> {
    let Some(case) = store::case(&app.db, case_id).await?.filter(|case| case.created_by == account_id) else {
        return Ok(None);
    };
    let first = store::identity_at(&app.db, case_id, 1).await?;
    Ok(first.map(|first| (case.kind, first.identity)))
}

/// 【完了】: the new HER-SYS ID, large, and whether an SMS is on its way.
pub async fn registered(
    grant: Grant<group::Identity, Read>,
    client: Client,
    State(app): State<App>,
) -> Result<Response> {
    note_view(&grant, &client, &app, Tab::Identity).await?;
    let case = store::case(grant.db(), grant.case_id()).await?.ok_or(Error::NotFound)?;
    let sms = was_sent(&app, case.case_id, case.created_at).await?;
    let main = html! {
        h1 { "完了しました" }
        (notice(Tone::Done, html! {
            p {
                "登録しました。"
                @if sms {
                    "My HER-SYSのURLとHER-SYS IDのSMSを送信待ちに入れました。まもなく届きます。"
                } @else {
                    "SMSは送っていません。必要なときは、ID管理の画面から送れます。"
                }
            }
        }))
        div.new-id {
            p.new-id-label { "スマホ入力ID（HER-SYS ID）" }
            p.new-id-number { (case.hersys_id.spaced()) }
            p.hint { "ご本人がMy HER-SYSに登録するときの番号です。書面などで伝えるときは、この番号を写してください。" }
        }
        (operations(html! {
            a.button href="/staff/cases/new" { "続けて新規登録" }
            a.button.primary href=(Tab::Identity.path(case.case_id)) { "完了" }
        }))
    };
    Ok(Page::new("登録完了").staff(grant.staff()).response(main))
}

/// People already in the list who may be the same person.
fn lookalike_notice(lookalikes: &[Lookalike]) -> Markup {
    let columns = ["スマホ入力ID", "患者名", "フリガナ", "生年月日", "登録日"].map(table::Column::new);
    let rows = lookalikes.iter().map(|person| {
        html! {
            tr {
                td { (spaced(&person.hersys_id)) }
                td {
                    a href=(format!("/staff/cases/{}", person.case_id)) target="_blank" rel="noopener" {
                        (person.name) span.visually-hidden { "（新しい画面で開きます）" }
                    }
                }
                td { (person.kana) }
                td { (person.birth_on.map(hersys_shared::days::japanese).unwrap_or_default()) }
                td { (hersys_shared::days::japanese(person.created_at.day())) }
            }
        }
    });
    html! {
        @if !lookalikes.is_empty() {
            (notice(Tone::Wait, html! {
                p {
                    strong { "すでに登録されている可能性があります。" }
                    "フリガナと生年月日、または電話番号が同じ方です（電話番号はご家族で同じことがあります）。登録の前に確かめてください。"
                }
            }))
            (table::dense("同じ方かもしれない登録", &columns, rows))
        }
    }
}

/// `123 4567 890`
pub fn spaced(hersys_id: &str) -> String {
    HersysId::parse(hersys_id).map_or_else(|_| hersys_id.to_owned(), |id| id.spaced())
}

fn form_response(
    registrar: &Registrar,
    form: &CaseForm,
    context: &FormContext,
    problems: &Problems,
    found: Option<&Found>,
) -> Response {
    let list = policy::may(registrar.staff().kind, ItemGroup::Person) >= Level::Read;
    let main = html! {
        @if list { p.back { a href="/staff/cases" { "登録情報一覧" } } }
        h1 { "ID管理" }
        p { span.required { "必須" } "の項目は必ず入力してください。ほかの項目は、わかる範囲で入力してください。" }
        (error_summary(problems))
        form.record-form method="post" action="/staff/cases/new/review" novalidate data-warn-leave {
            (form_page::fields(form, context, problems, found))
            (operations(html! { button.button.primary { "確認" } }))
        }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new(TITLE).staff(registrar.staff()).response_with(status, main)
}
