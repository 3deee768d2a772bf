//! `POST /api/institution/notifications`

use axum::Json;
use axum::extract::State as Shared;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hersys_shared::api::{ApiError, ErrorCode};
use hersys_shared::notification::Edition;
use hersys_shared::{HersysId, Problems};
use uuid::Uuid;

use crate::App;
use crate::access::Institution;
use crate::access::grant::{Write, group};
use crate::cases::spaced;
use crate::cases::store as cases;
use crate::error::{Error, Result};
use crate::notification::api::body::{
    self, FiledNotification, NewNotification, NotificationRefusal, NotificationWarning,
};
use crate::notification::file::Job;
use crate::notification::import::prepare::{self, Desk, Judged, Named, Outcome, Sent};

/// Letters of an `Idempotency-Key`.
const LONGEST_KEY: usize = 200;

/// Files a notification. Sending it again with the same id or key is harmless and answers the same; the same
/// id with other content is refused, because a change is made where the first one is seen.
#[utoipa::path(
    post,
    path = "/api/institution/notifications",
    request_body = NewNotification,
    params(("Idempotency-Key" = Option<String>, Header, description = "Stands for `notification_id` where that is left out")),
    responses(
        (status = 201, body = FiledNotification, description = "Filed; the receiving centre is told"),
        (status = 200, body = FiledNotification, description = "It was filed before, just so"),
        (status = 401, body = ApiError, description = "No valid token, or the institution does not take part"),
        (status = 409, body = NotificationRefusal, description = "Warnings to be confirmed, or the id was used for something else"),
        (status = 422, body = NotificationRefusal, description = "What must be mended, by item"),
        (status = 429, body = ApiError),
        (status = 503, body = ApiError, description = "Nothing was filed; repeat later with the same id"),
    ),
    security(("institution_token" = []))
)]
pub async fn file(
    institution: Institution,
    Shared(app): Shared<App>,
    headers: HeaderMap,
    new: std::result::Result<Json<NewNotification>, JsonRejection>,
) -> Result<Response> {
    let Json(new) = match new {
        Ok(new) => new,
        Err(rejection) => return Ok(unreadable(rejection)),
    };
    match try_to_file(&institution, &app, &headers, &new).await {
        // The same id at the same moment: whoever comes second finds it filed.
        Err(Error::Db(error)) if error.is_unique_violation() => try_to_file(&institution, &app, &headers, &new).await,
        done => done,
    }
}

async fn try_to_file(
    institution: &Institution,
    app: &App,
    headers: &HeaderMap,
    new: &NewNotification,
) -> Result<Response> {
    let organization_id = institution.staff().organization_id;
    let (typed, mut problems) = new.values.typed();
    let notification_id = id(organization_id, headers, new, &mut problems);
    let edition = new.edition.as_deref().filter(|code| !code.is_empty()).map(Edition::from_code);
    if edition == Some(None) {
        problems.add("edition", "2020、2022-06、2022-07のどれかを送るか、省いてください。");
    }
    let named = named(institution, app, new, &mut problems).await?;
    let centers = std::iter::once(typed.get("receiving_center"));
    let desk = Desk::read(institution.db(), organization_id, centers, app.clock.today()).await?;
    let sent = Sent {
        notification_id: notification_id.unwrap_or_default(),
        typed: &typed,
        keys: None,
        edition: edition.flatten(),
        named,
        sends_mail: new.send_mail,
    };
    let Judged { outcome, checked, lookalikes } = prepare::judge(institution.db(), &desk, &sent).await?;
    problems.0.extend(checked.problems.0);
    match &outcome {
        Outcome::NoPerson => problems.add("hersys_id", "このスマホ入力IDの方は、貴機関の登録情報に見つかりません。"),
        Outcome::Taken | Outcome::Deleted => {
            return Ok(refusal(
                StatusCode::CONFLICT,
                one("notification_id", "このIDは使えません。別のIDを作ってください。"),
                Vec::new(),
            ));
        }
        _ => {}
    }
    let mut warnings: Vec<NotificationWarning> = checked
        .warnings
        .iter()
        .map(|warning| NotificationWarning {
            field: warning.field.to_owned(),
            kind: body::kind(warning.kind).to_owned(),
            message: warning.message.clone(),
        })
        .collect();
    warnings.extend(lookalikes.iter().map(|other| NotificationWarning {
        field: "name".to_owned(),
        kind: "duplicate".to_owned(),
        message: format!(
            "登録済みの方（スマホ入力ID {}）と同じ方かもしれません。同じ方のときは、hersys_idにその番号を送ってください。",
            spaced(&other.hersys_id)
        ),
    }));
    if !problems.is_empty() {
        return Ok(refusal(StatusCode::UNPROCESSABLE_ENTITY, problems, warnings));
    }
    let filing = match outcome {
        Outcome::Same { case_id, version } => {
            let case = cases::case(institution.db(), case_id).await?.ok_or(Error::NotFound)?;
            return Ok(filed(StatusCode::OK, &case.hersys_id, sent.notification_id, version));
        }
        Outcome::New(filing) => filing,
        _ => {
            let sentence =
                "同じIDで、別の内容の発生届が報告済みです。変更は、HER-SYSの画面の【編集】で行ってください。";
            return Ok(refusal(StatusCode::CONFLICT, one("notification_id", sentence), Vec::new()));
        }
    };
    if !warnings.is_empty() && !new.confirmed_warnings {
        return Ok(refusal(StatusCode::CONFLICT, Problems::default(), warnings));
    }
    let job =
        Job { staff: institution.staff().clone(), client: *institution.client(), at: app.clock.now(), filing: *filing };
    let reported = app.filings.report(app, job).await?;
    Ok(filed(StatusCode::CREATED, &reported.hersys_id, reported.notification_id, 1))
}

/// What was sent is no notification: which kind of mistake it is and where, for whoever writes the sending system. No
/// value is quoted.
fn unreadable(rejection: JsonRejection) -> Response {
    let status = rejection.status();
    let text = rejection.body_text();
    let place = text.rsplit_once(" at line ").and_then(|(_, place)| place.split_once(" column "));
    let place = place.map(|(line, column)| format!("{line}行{column}列")).unwrap_or_default();
    let sentence = match &rejection {
        JsonRejection::JsonDataError(_) => {
            let is_key =
                |key: &&str| key.len() <= 60 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.[]".contains(&b));
            let key = text.split(": ").nth(1).filter(is_key).unwrap_or_default();
            let at: Vec<&str> = [key, &place].into_iter().filter(|part| !part.is_empty()).collect();
            format!("JSONの形が /api/openapi.json と違います（{}）。", at.join("、"))
        }
        JsonRejection::JsonSyntaxError(_) => format!("JSONとして読み取れません（{place}）。"),
        JsonRejection::MissingJsonContentType(_) => "Content-Type: application/json で送ってください。".to_owned(),
        // Too large, or broken off: as everywhere.
        _ => return rejection.into_response(),
    };
    refusal(status, one("", &sentence), Vec::new())
}

/// The notification's id: as the sender made it, or as follows from its key.
fn id(organization_id: Uuid, headers: &HeaderMap, new: &NewNotification, problems: &mut Problems) -> Option<Uuid> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::trim);
    match (new.notification_id, key.filter(|key| !key.is_empty())) {
        (Some(id), _) if !id.is_nil() => Some(id),
        (_, Some(key)) if key.len() <= LONGEST_KEY => {
            Some(prepare::stable_id("notification by key", organization_id, key))
        }
        _ => {
            problems.add("notification_id", "notification_id（UUID）かIdempotency-Keyを送ってください。");
            None
        }
    }
}

async fn named(institution: &Institution, app: &App, new: &NewNotification, problems: &mut Problems) -> Result<Named> {
    let Some(typed) = new.hersys_id.as_deref().filter(|typed| !typed.trim().is_empty()) else {
        return Ok(Named::Nobody);
    };
    let Some(hersys_id) = problems.check("hersys_id", HersysId::parse(typed)) else {
        return Ok(Named::Nobody);
    };
    let listed = prepare::listed(institution.db(), institution.staff().organization_id, &hersys_id).await?;
    let Some(case_id) = listed else { return Ok(Named::Unknown) };
    let grant = institution.grant::<group::Notification, Write>(app, case_id).await?;
    Ok(grant.map_or(Named::Unknown, |_| Named::Known(case_id)))
}

fn filed(status: StatusCode, hersys_id: &HersysId, notification_id: Uuid, version: i64) -> Response {
    let body = FiledNotification { notification_id, version, hersys_id: hersys_id.as_str().to_owned() };
    (status, Json(body)).into_response()
}

fn one(field: &str, message: &str) -> Problems {
    let mut problems = Problems::default();
    problems.add(field, message);
    problems
}

fn refusal(status: StatusCode, problems: Problems, warnings: Vec<NotificationWarning>) -> Response {
    let message = if problems.is_empty() {
        "確かめてほしいところがあります。このまま報告するときは、confirmed_warningsをtrueにして、同じIDで送ってください。"
    } else {
        "報告できませんでした。内容を確かめてください。"
    };
    let body = NotificationRefusal {
        code: ErrorCode::InvalidInput,
        message: message.to_owned(),
        problems: problems.0,
        warnings,
    };
    (status, Json(body)).into_response()
}
