//! Browsers that take notifications for an account (NTF-04): Web Push.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hersys_shared::api::{ApiError, GoneDevice, NewDevice, PushOffer};
use sha2::{Digest, Sha256};

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::error::{Error, Result};
use crate::messages::push;
use crate::patient::sessions::Patient;

/// Most devices of one account: a big family's phones, not a list of addresses to be called.
const MOST: usize = 10;

/// With which key browsers subscribe, and which of them have.
#[utoipa::path(get, path = "/api/patient/push", responses(
    (status = 200, body = PushOffer),
    (status = 401, body = ApiError),
))]
pub async fn offer(State(app): State<App>, patient: Patient) -> Result<Json<PushOffer>> {
    let devices = push::store::devices(&app.db, patient.account_id).await?;
    Ok(Json(PushOffer {
        public_key: app.pusher.public_key().map(str::to_owned),
        devices: devices.iter().map(|device| fingerprint(&device.endpoint)).collect(),
    }))
}

/// An endpoint is a key to the device; its hash is enough to know it again.
fn fingerprint(endpoint: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(endpoint.as_bytes()))
}

/// This browser takes notifications. Safe to repeat.
#[utoipa::path(post, path = "/api/patient/push", request_body = NewDevice, responses(
    (status = 204, description = "Kept"),
    (status = 401, body = ApiError),
    (status = 422, body = ApiError, description = "Not a push service of this installation's list, wrong keys, or an eleventh device"),
    (status = 429, body = ApiError),
))]
pub async fn subscribe(
    State(app): State<App>,
    client: Client,
    patient: Patient,
    Json(device): Json<NewDevice>,
) -> Result<StatusCode> {
    if !app.pusher.takes_endpoint(&device.endpoint) {
        return Err(Error::one(
            "endpoint",
            "このブラウザーの通知サービスには、お知らせを送れません。メールでお知らせします。",
        ));
    }
    let keys = &device.keys;
    if !push::are_keys(&keys.p256dh, &keys.auth) {
        return Err(Error::one("keys", "このブラウザーからは、通知を受け取る設定ができませんでした。"));
    }
    let (account_id, now) = (patient.account_id, app.clock.now());
    let mut tx = app.db.begin().await?;
    let kept = push::store::devices(&mut tx, account_id).await?;
    if kept.iter().all(|known| known.endpoint != device.endpoint) && kept.len() >= MOST {
        return Err(Error::one("endpoint", format!("通知を受け取れる端末は{MOST}台までです。")));
    }
    push::store::subscribe(&mut tx, account_id, (&device.endpoint, &keys.p256dh, &keys.auth), now).await?;
    Entry::by_patient(Some(account_id), &client, now, "patient.push_on").write(&mut tx).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// This browser takes none any more. Harmless where it did not.
#[utoipa::path(delete, path = "/api/patient/push", request_body = GoneDevice, responses(
    (status = 204, description = "Forgotten"),
    (status = 401, body = ApiError),
))]
pub async fn unsubscribe(
    State(app): State<App>,
    client: Client,
    patient: Patient,
    Json(device): Json<GoneDevice>,
) -> Result<StatusCode> {
    let (account_id, now) = (patient.account_id, app.clock.now());
    let mut tx = app.db.begin().await?;
    if push::store::unsubscribe(&mut tx, account_id, &device.endpoint).await? {
        Entry::by_patient(Some(account_id), &client, now, "patient.push_off").write(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
