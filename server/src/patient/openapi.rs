//! `/api/openapi.json`

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

use crate::notification;

/// The patient API. Signing in sets the HttpOnly cookie `__Host-hersys-patient`.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "My HER-SYS API",
        description = "What the PWA uses; no endpoint reads observations back (PERM-05). Under /api/institution: how the system of a medical institution files notifications, with a token of the institution.",
        license(identifier = "MIT OR Apache-2.0")
    ),
    paths(
        super::codes::send,
        super::codes::confirm,
        super::accounts::create,
        super::accounts::sign_in,
        super::accounts::sign_out,
        super::accounts::change_password,
        super::accounts::change_mail,
        super::people::invitation,
        super::people::household,
        super::people::link,
        super::wishes::ask,
        super::wishes::withdraw,
        super::devices::offer,
        super::devices::subscribe,
        super::devices::unsubscribe,
        super::reports::form,
        super::reports::submit,
    )
)]
struct Api;

pub async fn document() -> Json<Document> {
    Json(Api::openapi().merge_from(notification::api::openapi::document()))
}
