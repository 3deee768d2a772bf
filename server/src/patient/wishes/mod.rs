//! What people ask of their health centre about its messages: no more of them, a call instead, messages again
//! (OBS-12, OBS-13, MY-20, MY-22). The centre settles it; until then it can be taken back.

mod store;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hersys_shared::api::{ApiError, NewWish, Wish};
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::error::{Error, Result};
use crate::patient::sessions::Patient;
use crate::patient::store::case_of_person;

/// Asks the health centre. Of several wishes the last one counts: it takes the place of any other that is open.
#[utoipa::path(post, path = "/api/patient/people/{person_id}/requests", request_body = NewWish,
    params(("person_id" = Uuid, Path)), responses(
    (status = 204, description = "Asked, now or before"),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError, description = "Nobody of this account"),
))]
pub async fn ask(
    State(app): State<App>,
    client: Client,
    patient: Patient,
    Path(person_id): Path<Uuid>,
    Json(request): Json<NewWish>,
) -> Result<StatusCode> {
    let (account_id, now, wish) = (patient.account_id, app.clock.now(), request.wish.code());
    let mut tx = app.db.begin().await?;
    let case_id = case_of_person(&mut tx, account_id, person_id).await?.ok_or(Error::NotFound)?;
    store::withdraw_others(&mut tx, case_id, wish, account_id, now).await?;
    if store::insert(&mut tx, case_id, wish, account_id, now).await? {
        Entry::by_patient(Some(account_id), &client, now, "patient.wish")
            .about(case_id)
            .with(json!({ "wish": wish }))
            .write(&mut tx)
            .await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a wish back. Harmless where it is settled already, or was never asked.
#[utoipa::path(delete, path = "/api/patient/people/{person_id}/requests/{wish}",
    params(("person_id" = Uuid, Path), ("wish" = Wish, Path)), responses(
    (status = 204, description = "Nothing of it is open any more"),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError, description = "Nobody of this account"),
))]
pub async fn withdraw(
    State(app): State<App>,
    client: Client,
    patient: Patient,
    Path((person_id, wish)): Path<(Uuid, Wish)>,
) -> Result<StatusCode> {
    let (account_id, now, wish) = (patient.account_id, app.clock.now(), wish.code());
    let mut tx = app.db.begin().await?;
    let case_id = case_of_person(&mut tx, account_id, person_id).await?.ok_or(Error::NotFound)?;
    if store::withdraw(&mut tx, case_id, wish, account_id, now).await? {
        Entry::by_patient(Some(account_id), &client, now, "patient.wish_withdrawn")
            .about(case_id)
            .with(json!({ "wish": wish }))
            .write(&mut tx)
            .await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
