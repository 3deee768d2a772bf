//! `GET /api/institution/notifications/{notification_id}`

use axum::Json;
use axum::extract::{Path, State as Shared};
use hersys_shared::api::ApiError;
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Institution;
use crate::access::audit::Entry;
use crate::access::grant::{Read, group};
use crate::error::{Error, Result};
use crate::notification::api::body::{NotificationState, NotificationWord};
use crate::notification::inbox::{questions, store};

/// Where a notification of the institution stands, and what the health centre asks. Other institutions' are not found.
#[utoipa::path(
    get,
    path = "/api/institution/notifications/{notification_id}",
    params(("notification_id" = Uuid, Path)),
    responses(
        (status = 200, body = NotificationState),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError),
        (status = 429, body = ApiError),
    ),
    security(("institution_token" = []))
)]
pub async fn read(
    institution: Institution,
    Shared(app): Shared<App>,
    Path(notification_id): Path<Uuid>,
) -> Result<Json<NotificationState>> {
    let standing = store::by_id(institution.db(), notification_id).await?;
    let standing = standing.filter(|standing| standing.institution_id == institution.staff().organization_id);
    let standing = standing.ok_or(Error::NotFound)?;
    let grant = institution.grant::<group::Notification, Read>(&app, standing.case_id).await?;
    let grant = grant.ok_or(Error::NotFound)?;
    let words = questions::store::thread(grant.db(), standing.case_id, notification_id).await?;
    Entry::by_staff(institution.staff(), institution.client(), app.clock.now(), "inbox.view")
        .about(standing.case_id)
        .with(json!({ "notification_id": notification_id, "version": standing.version }))
        .write(institution.db())
        .await?;
    Ok(Json(NotificationState {
        notification_id,
        version: standing.version,
        state: standing.state.code().to_owned(),
        state_label: standing.state.label_for_institution().to_owned(),
        confirmed_version: standing.confirmed_version,
        questions: words
            .into_iter()
            .map(|word| NotificationWord { kind: word.kind, body: word.body, at: word.at.rfc3339() })
            .collect(),
    }))
}
