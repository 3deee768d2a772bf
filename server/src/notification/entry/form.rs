//! The entry page: one long form that is kept on the server with every press.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::notification::items::{Item, find};
use hersys_shared::notification::{Checked, Content, Level, Warning, check, is_minor};
use hersys_shared::{HersysId, Problems};
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::Registrar;
use crate::access::{OrganizationKind, Staff};
use crate::cases;
use crate::db::Db;
use crate::error::Result;
use crate::notification::entry::draft::{self, Drafting};
use crate::notification::entry::fields::Fields;
use crate::notification::entry::store::{self, Draft};
use crate::notification::entry::{editions, proxy};
use crate::notification::tab::address;
use crate::postal::{Found, Pressed};
use crate::ui::{Field, Page, Tone, error_summary, notice, operations};
use crate::web::staff_asset;

/// What the page says beside the draft itself.
#[derive(Default)]
pub struct Shown {
    pub problems: Problems,
    pub warnings: Vec<Warning>,
    pub found: Option<Found>,
    /// What another window kept and this one would overwrite: (key, what was kept).
    pub overwritten: Vec<(&'static str, String)>,
}

/// The form of a draft.
pub async fn page(drafting: Drafting, State(app): State<App>) -> Result<Response> {
    if let Some(done) = reported(&drafting.draft) {
        return Ok(done);
    }
    note(&drafting, &app, "notification.draft").await?;
    render(&drafting, &app, &Shown::default(), StatusCode::OK).await
}

/// Where a draft that was reported leads: whoever presses twice arrives at the same place.
pub fn reported(draft: &Draft) -> Option<Response> {
    let case_id = draft.case_id.filter(|_| draft.reported_at.is_some())?;
    Some(Redirect::to(&address(case_id, draft.becomes())).into_response())
}

/// Every button of the form: what was typed is kept first, then done what was pressed.
pub async fn save(
    mut drafting: Drafting,
    _: Registrar,
    State(app): State<App>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response> {
    if let Some(done) = reported(&drafting.draft) {
        return Ok(done);
    }
    let pressed = |name: &str| sent.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let today = app.clock.today();
    let overwritten = draft::overwrites(&mut drafting.draft, &sent, today);
    draft::take(&mut drafting.draft, &sent, today);
    if !overwritten.is_empty() {
        // What another window kept stays until the writer of this one has seen it.
        if pressed("action") == "save" {
            return Ok((StatusCode::CONFLICT, axum::Json(json!({}))).into_response());
        }
        let shown = Shown { overwritten, ..Shown::default() };
        return render(&drafting, &app, &shown, StatusCode::CONFLICT).await;
    }
    drafting.draft.account_id = drafting.staff().account_id;
    let action = pressed("action");
    if let Some(edition) = editions::chosen(action, pressed("edition")) {
        drafting.draft.edition = edition;
    }
    if action == "clinical" {
        editions::fill_in_clinical(&mut drafting.draft, app.clock.today());
    }
    if drafting.staff().kind == OrganizationKind::HealthCenter && action != "save" {
        let named = drafting.draft.typed.get("institution_name").trim();
        let known = store::institutions_named(drafting.db(), drafting.staff().organization_id, named).await?;
        proxy::fill_in(&mut drafting.draft.typed, &known);
    }
    let mut shown = Shown::default();
    if let Some(lookup) = Pressed::read(pressed("postal_lookup")) {
        let target = lookup.field.replace("postal_code", "address");
        let mut text = drafting.draft.typed.get(&target).to_owned();
        let code = drafting.draft.typed.get(lookup.field).to_owned();
        shown.found = Some(lookup.fill(drafting.db(), &code, &mut text).await?);
        drafting.draft.typed.set(&target, text);
    }
    store::keep(drafting.db(), &drafting.draft, app.clock.now()).await?;
    let path = drafting.draft.path();
    match action {
        "save" => Ok(axum::Json(saved(&drafting.draft, &app)).into_response()),
        "statutory" => Ok(Redirect::to(&format!("{path}/statutory")).into_response()),
        "later" => Ok(Redirect::to("/staff/notifications/new").into_response()),
        "confirm" | "continue" => {
            let checked = judge(&drafting, &app).await?;
            if checked.problems.is_empty() && (checked.warnings.is_empty() || action == "continue") {
                return Ok(Redirect::to(&format!("{path}/confirm")).into_response());
            }
            shown.problems = checked.problems;
            shown.warnings = checked.warnings;
            render(&drafting, &app, &shown, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        _ if shown.found.is_some() => render(&drafting, &app, &shown, StatusCode::OK).await,
        _ => Ok(Redirect::to(&path).into_response()),
    }
}

/// What the page learns of a draft that was kept by itself.
fn saved(draft: &Draft, app: &App) -> Json {
    let today = app.clock.today();
    json!({
        "saved": app.clock.now().hour_minute(),
        "edition_hint": editions::hint(draft, today),
        "minor": is_minor(&check(&draft.typed, draft.edition, today).content.values),
    })
}

/// What the shared check says of a draft, and what depends on who writes it.
pub async fn judge(drafting: &Drafting, app: &App) -> Result<Checked> {
    let draft = &drafting.draft;
    let mut checked = check(&draft.typed, draft.edition, app.clock.today());
    let known = draft.typed.get("known_hersys_id").trim();
    if draft.case_id.is_none()
        && !known.is_empty()
        && let Err(error) = HersysId::parse(known)
    {
        checked.problems.add("known_hersys_id", error.sentence());
    }
    // FORM-33, NTF-09: a notice that is not sent is not said to be. An edit sends none and leaves what was said.
    if !draft.is_edit() && withheld(drafting.db(), drafting.staff(), &checked.content).await? {
        checked.content.values.set("url_notice", "no");
    }
    Ok(checked)
}

async fn render(drafting: &Drafting, app: &App, shown: &Shown, status: StatusCode) -> Result<Response> {
    let draft = &drafting.draft;
    let staff = drafting.staff();
    let centers = centers(drafting.db(), staff).await?;
    let doctors = store::doctors(drafting.db(), staff.organization_id).await?;
    let focus = first_empty(draft, shown);
    let is_proxy = staff.kind == OrganizationKind::HealthCenter && !draft.is_edit();
    let institutions =
        if is_proxy { store::institutions(drafting.db(), staff.organization_id).await? } else { Vec::new() };
    let checked = check(&draft.typed, draft.edition, app.clock.today());
    let fields = Fields {
        edition: draft.edition,
        typed: &draft.typed,
        problems: &shown.problems,
        warnings: &shown.warnings,
        centers: &centers,
        doctors: &doctors,
        has_institutions: !institutions.is_empty(),
        focus: focus.filter(|_| !is_proxy),
        found: shown.found.as_ref(),
        notice_withheld: withheld(drafting.db(), staff, &checked.content).await?,
    };
    let title = title(draft);
    let form_id = "notification-form";
    let main = html! {
        (enter_presses("confirm", form_id))
        (drafting.back())
        div.form-head {
            h1 { (title) }
            (buttons(draft, form_id))
        }
        p.instruction {
            "発生届の提出は法律上の義務です。" strong { "入力できる箇所は必ず入力してください。" }
            " 入力中の内容はサーバーに保存されます。" span.draft-mark data-draft-mark role="status" {}
        }
        @if let Some(writer) = left_by(drafting).await? {
            (notice(Tone::Information, html! {
                p { (writer) "が " (draft.updated_at.minute_text()) " まで入力した下書きです。同時に入力しないでください。" }
            }))
        }
        (error_summary(&named(&shown.problems)))
        (overwriting(shown))
        (dialog(shown, form_id))
        form.record-form.notification-form #(form_id) method="post" action=(draft.path()) novalidate
            data-warn-leave data-draft {
            (draft::page_marks(app.clock.now()))
            (editions::switch(draft, app.clock.today()))
            (fields.anchors())
            @if is_proxy { (proxy::section(draft, &shown.problems, focus.is_some())) (proxy::list(&institutions)) }
            @if draft.case_id.is_none() { (known(draft, &shown.problems)) }
            (fields.sections())
        }
        (buttons(draft, form_id))
        script src=(staff_asset("notification.js")) defer {}
    };
    let page = with_strip(Page::new(title).staff(staff), drafting, app).await?;
    Ok(page.response_with(status, main))
}

/// The page under the strip of the person, so that nothing is written of somebody else.
pub async fn with_strip<'a>(page: Page<'a>, drafting: &Drafting, app: &App) -> Result<Page<'a>> {
    Ok(match drafting.strip(app).await? {
        Some(strip) => page.header(strip),
        None => page,
    })
}

/// Each sentence with the name of its item, where it does not say it itself: a form has a dozen dates.
fn named(problems: &Problems) -> Problems {
    let named = problems.0.iter().map(|problem| match find(&problem.field) {
        Some(item) if !problem.message.contains(item.label) => {
            hersys_shared::Problem { message: format!("{}：{}", item.label, problem.message), ..problem.clone() }
        }
        _ => problem.clone(),
    });
    Problems(named.collect())
}

/// Another window kept something else meanwhile; the form below holds what was typed in this one.
fn overwriting(shown: &Shown) -> Markup {
    html! {
        @if !shown.overwritten.is_empty() {
            (notice(Tone::Danger, html! {
                p {
                    strong { "この下書きは、別の画面でも入力されています。まだ保存していません。" }
                    "下の画面は、この画面で入力した内容です。このまま【確認】や【あとで続ける】を押すと、次の項目がこの画面の内容に置きかわります。"
                }
                ul {
                    @for (key, kept) in &shown.overwritten {
                        @if let Some(item) = find(key) {
                            li { a href={ "#field-" (key) } { (item.label) } "：別の画面では"
                                @if kept.is_empty() { "空欄" } @else { "「" (item.shown(kept)) "」" } }
                        }
                    }
                }
            }))
        }
    }
}

/// Where a new form begins to be filled in. What something is said about, or somebody looked for, keeps its place.
fn first_empty(draft: &Draft, shown: &Shown) -> Option<&'static str> {
    if draft.is_edit() || shown.found.is_some() || !shown.warnings.is_empty() || !shown.overwritten.is_empty() {
        return None;
    }
    let is_open = |(item, level): &(&Item, Level)| *level >= Level::Warn && draft.typed.get(item.key).trim().is_empty();
    draft.edition.items(&draft.typed).find(is_open).map(|(item, _)| item.key)
}

/// Who left the draft, if that was somebody else.
async fn left_by(drafting: &Drafting) -> Result<Option<String>> {
    if drafting.draft.account_id == drafting.staff().account_id {
        return Ok(None);
    }
    cases::store::account_name(drafting.db(), drafting.draft.account_id).await
}

pub fn title(draft: &Draft) -> &'static str {
    match (draft.is_edit(), draft.case_id) {
        (true, _) => "発生届の編集",
        (false, Some(_)) => "発生届の追加登録",
        (false, None) => "発生届の新規登録",
    }
}

/// 【法令様式】, 【確認】: at the upper right and at the bottom (FORM-22).
fn buttons(draft: &Draft, form_id: &str) -> Markup {
    operations(html! {
        button.button form=(form_id) name="action" value="later" { "あとで続ける" }
        button.button form=(form_id) name="action" value="statutory" { "法令様式 (off)" }
        @if let (Some(case_id), Some(notification_id)) = (draft.case_id, draft.notification_id) {
            a.button href=(format!("{}/removal", address(case_id, notification_id))) { "削除" }
        }
        button.button.primary form=(form_id) name="action" value="confirm" { "確認" }
    })
}

/// What Enter presses: the form's first button in the order of the page, buttons outside it among them.
fn enter_presses(action: &str, form_id: &str) -> Markup {
    html! {
        button.visually-hidden type="submit" form=(form_id) name="action" value=(action) tabindex="-1"
            aria-hidden="true" {}
    }
}

/// Somebody who has an ID already.
fn known(draft: &Draft, problems: &Problems) -> Markup {
    html! {
        details.known-person open[!draft.typed.get("known_hersys_id").is_empty()] {
            summary { "スマホ入力ID（HER-SYS ID）がわかる方" }
            (Field::new("known_hersys_id", "スマホ入力ID", draft.typed.get("known_hersys_id"), problems)
                .short()
                .inputmode("numeric")
                .hint("登録済みの方の発生届として追加できます。")
                .input())
        }
    }
}

/// FORM-17: what is empty or contradicts, and whether to go on all the same. Where scripts run it opens over the page.
fn dialog(shown: &Shown, form_id: &str) -> Markup {
    html! {
        @if shown.problems.is_empty() && !shown.warnings.is_empty() {
            dialog.continue-dialog open data-modal aria-labelledby="continue-title" {
                h2 #continue-title { "入力内容の確認" }
                p { "入力されていない項目、または確かめていただきたい項目があります（" (shown.warnings.len()) "件）。" }
                ul {
                    @for warning in &shown.warnings {
                        li { a href={ "#field-" (warning.field) } data-close { (warning.message) } }
                    }
                }
                p { "渡航歴など、あてはまらない項目は空欄のままでかまいません。このまま続けますか。" }
                div.operations {
                    form method="dialog" { button.button.primary { "戻る" } }
                    button.button.grey form=(form_id) name="action" value="continue" { "続ける" }
                }
            }
        }
    }
}

/// Whether the notice to the person is not the writer's to send: of a body never; of an institution where the centre
/// has not agreed, or where no test is named.
async fn withheld(db: &Db, staff: &Staff, content: &Content) -> Result<bool> {
    if content.is_of_a_body() {
        return Ok(true);
    }
    if staff.kind != OrganizationKind::MedicalInstitution {
        return Ok(false);
    }
    let Ok(center_id) = uuid::Uuid::parse_str(content.values.get("receiving_center")) else {
        return Ok(false);
    };
    let policy = cases::notice_policy(db, center_id).await?;
    Ok(!policy.lets(staff.kind) || content.names_no_test())
}

/// The health centres to choose from; those of the own prefecture first.
pub async fn centers(db: &Db, staff: &Staff) -> Result<Vec<(String, String)>> {
    let own = cases::store::organization(db, staff.organization_id).await?;
    let prefecture = own.map(|own| own.prefecture_code).unwrap_or_default();
    let centers = cases::store::center_choices(db, &prefecture).await?;
    Ok(centers.into_iter().map(|center| (center.organization_id.to_string(), center.name)).collect())
}

/// Looking at a draft is looking at a person (SEC-12).
pub async fn note(drafting: &Drafting, app: &App, action: &'static str) -> Result<()> {
    let entry = Entry::by_staff(drafting.staff(), drafting.client(), app.clock.now(), action)
        .with(json!({ "draft_id": drafting.draft.draft_id }));
    let entry = match drafting.draft.case_id {
        Some(case_id) => entry.about(case_id),
        None => entry,
    };
    Ok(entry.write(drafting.db()).await?)
}
