//! Daily reports: what is asked, and taking the answers in (MY-17, MY-18).

use axum::Json;
use axum::extract::State;
use hersys_shared::api::{ApiError, NewReports, ReportForm, ReportOutcomes};
use hersys_shared::report::MAX_REPORTS;

use crate::App;
use crate::error::{Error, Result};
use crate::patient::sessions::Patient;

/// The symptom sets, emergency signs and texts of the report page.
#[utoipa::path(get, path = "/api/patient/form", responses((status = 200, body = ReportForm)))]
pub async fn form(State(app): State<App>) -> Json<ReportForm> {
    Json(app.texts.form.clone())
}

/// Reports for one or more people of the household. Each report's id is made by the client once;
/// repeating it is harmless and answers the same. Answers when all that was stored is durable.
#[utoipa::path(post, path = "/api/patient/reports", request_body = NewReports, responses(
    (status = 200, body = ReportOutcomes, description = "One outcome for each report, in the order sent"),
    (status = 401, body = ApiError),
    (status = 422, body = ApiError),
    (status = 429, body = ApiError),
    (status = 503, body = ApiError, description = "Nothing was stored; repeat later with the same ids"),
))]
pub async fn submit(
    State(app): State<App>,
    patient: Patient,
    Json(request): Json<NewReports>,
) -> Result<Json<ReportOutcomes>> {
    if request.reports.is_empty() || request.reports.len() > MAX_REPORTS {
        return Err(Error::one("reports", format!("報告は1件から{MAX_REPORTS}件までまとめて送れます。")));
    }
    app.limits.reports(patient.account_id, request.reports.len())?;
    let outcomes = app.intake.submit(patient.account_id, request.reports).await?;
    Ok(Json(ReportOutcomes { outcomes }))
}
