//! What stands around every request: static files, health, headers, cross-site protection, and
//! the bodies of errors.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use hersys_shared::api::{ApiError, ErrorCode};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::App;
use crate::access::staff::of_headers;
use crate::audit;
use crate::config::Config;
use crate::error::{Error, Failure};
use crate::routes::{Guard, Routes};
use crate::ui;

/// Largest request body that is read, in bytes; routes with files raise it for themselves.
const MOST_BYTES: usize = 256 * 1024;

/// Longest that a request may take.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(30);

/// The PWA as `cargo xtask pwa` built it: content-hashed files, each with a `.br` beside it.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../pwa/dist"]
struct Pwa;

/// Style and scripts of the staff pages.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../assets/staff"]
struct StaffAssets;

/// Changes with every change of the staff assets, so that browsers may keep them for ever.
static STAFF_VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    for name in StaffAssets::iter() {
        if let Some(file) = StaffAssets::get(&name) {
            hasher.update(&file.data);
        }
    }
    hasher.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

/// The address of a file in `assets/staff`.
pub fn staff_asset(name: &str) -> String {
    format!("/staff/assets/{}/{name}", *STAFF_VERSION)
}

/// The same file for public pages, which name nothing of the staff system (AUTH-03).
pub fn public_asset(name: &str) -> String {
    format!("/info/assets/{}/{name}", *STAFF_VERSION)
}

/// The areas beside the PWA, whose pages and addresses it never takes; the service worker knows the same.
pub const BESIDE_THE_PWA: [&str; 7] =
    ["/api/", "/staff/", "/demo/", "/info/", "/certificate/", "/unsubscribe/", "/webhooks/"];

/// Whether the PWA was built into this program.
pub fn has_pwa() -> bool {
    Pwa::get("index.html").is_some()
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/healthz", Guard::Public, healthz)
        .get("/readyz", Guard::Public, readyz)
        .get("/robots.txt", Guard::Public, robots)
        .get("/staff/assets/{version}/{name}", Guard::Public, staff_file)
        .get("/info/assets/{version}/{name}", Guard::Public, staff_file)
}

/// Wraps the routes in everything that holds for all of them.
pub fn with_layers(router: Router<App>, app: &App) -> Router<App> {
    router
        .fallback(pwa_file)
        .layer(middleware::from_fn_with_state(app.clone(), audit::record_refusals))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(middleware::from_fn_with_state(app.clone(), same_site_only))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Error::Internal("a handler panicked".into()).into_response()
        }))
        .layer(middleware::from_fn_with_state(app.clone(), give_errors_a_body))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), security_headers))
}

/// The process is there.
async fn healthz() -> &'static str {
    "ok"
}

/// The database answers.
async fn readyz(State(app): State<App>) -> Result<&'static str, Error> {
    app.db.ping().await.map_err(|error| {
        tracing::warn!(%error, "not ready");
        Error::Unavailable("database")
    })?;
    Ok("ready")
}

/// AUTH-03: search engines may know the patients' front page and nothing else. No other address is named.
async fn robots() -> &'static str {
    "User-agent: *\nAllow: /$\nDisallow: /\n"
}

/// Only under this program's own version: an older process must not lend its files a newer name.
async fn staff_file(Path((version, name)): Path<(String, String)>) -> Result<Response, Error> {
    if version != *STAFF_VERSION {
        return Err(Error::NotFound);
    }
    let file = StaffAssets::get(&name).ok_or(Error::NotFound)?;
    Ok(file_response(&name, file.data, None, true))
}

/// Files of the PWA; any other address that a browser navigates to is the PWA's own page.
async fn pwa_file(method: Method, uri: Uri, headers: HeaderMap) -> Result<Response, Error> {
    let outside = BESIDE_THE_PWA.iter().any(|area| uri.path().starts_with(area));
    let path = uri.path().trim_start_matches('/');
    if outside || !matches!(method, Method::GET | Method::HEAD) {
        return Err(Error::NotFound);
    }
    if path == "staff" {
        return Ok(Redirect::permanent("/staff/").into_response());
    }
    let name = if path.is_empty() || (Pwa::get(path).is_none() && !path.contains('.')) { "index.html" } else { path };
    if name == "files.json" || name.ends_with(".br") {
        return Err(Error::NotFound);
    }
    let takes_brotli = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(',').any(|coding| coding.trim().starts_with("br")));
    let compressed = takes_brotli.then(|| Pwa::get(&format!("{name}.br"))).flatten();
    let lasting = name.contains('-') && !matches!(name, "index.html" | "sw.js");
    match compressed {
        Some(file) => Ok(file_response(name, file.data, Some("br"), lasting)),
        None => {
            let file = Pwa::get(name).ok_or(Error::NotFound)?;
            Ok(file_response(name, file.data, None, lasting))
        }
    }
}

fn file_response(name: &str, data: Cow<'static, [u8]>, coding: Option<&'static str>, lasting: bool) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("webmanifest") => "application/manifest+json".to_owned(),
        Some("html") => "text/html; charset=utf-8".to_owned(),
        Some("css") => "text/css; charset=utf-8".to_owned(),
        Some("js") => "text/javascript; charset=utf-8".to_owned(),
        _ => mime_guess::from_path(name).first_or_octet_stream().to_string(),
    };
    let cache = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::new(match data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    });
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

/// Refuses changes that another site's page asks for. Browsers say where a request comes from by
/// `Sec-Fetch-Site`, older ones by `Origin`; what sends neither is no browser and carries no
/// cookie against its owner's will.
async fn same_site_only(State(app): State<App>, request: Request, next: Next) -> Response {
    // The telephone and SMS providers' webhooks come from elsewhere and prove themselves by signature.
    let webhook = request.uri().path().starts_with("/webhooks/");
    let reading = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if webhook || reading || is_from_own_site(request.headers(), &app.config) {
        next.run(request).await
    } else {
        Error::CrossSite.into_response()
    }
}

fn is_from_own_site(headers: &HeaderMap, config: &Config) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
        (None, Some(origin)) => {
            let same_host = origin.split_once("://").map(|(_, host)| host) == text("host");
            same_host || origin == config.base_url.origin().ascii_serialization()
        }
    }
}

/// Gives refusals their body: JSON under `/api`, a page elsewhere. Nothing of the request is repeated.
async fn give_errors_a_body(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let headers = path.starts_with("/staff").then(|| request.headers().clone());
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let failure = match response.extensions().get::<Failure>() {
        Some(failure) => failure.clone(),
        // A handler's own page, e.g. a form shown again beside its problems.
        None if is_page(&response) => return response,
        None => failure_of(status),
    };
    let retry_after = response.headers().get(header::RETRY_AFTER).cloned();
    let mut answer = if path.starts_with("/api/") {
        let body = ApiError {
            code: failure.code,
            message: failure.message,
            problems: failure.problems.0,
            retry_after: failure.retry_after,
        };
        (status, axum::Json(body)).into_response()
    } else if path.starts_with("/staff") && failure.code == ErrorCode::NotSignedIn && reading {
        Redirect::to("/staff/sign-in").into_response()
    } else {
        let page = match headers {
            None => ui::error_page::render_public(status, &failure),
            // Whoever is signed in keeps the menu; trouble of our own asks the database for nothing more.
            Some(headers) => {
                let asks = matches!(status.as_u16(), 403..=405);
                let staff = if asks { of_headers(&app, &headers).await } else { None };
                ui::error_page::render(status, &failure, staff.as_ref())
            }
        };
        (status, page).into_response()
    };
    if let Some(retry_after) = retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, retry_after);
    }
    answer
}

fn is_page(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/json"))
}

/// A refusal of the framework itself: unreadable JSON, wrong method, too large a body, …
fn failure_of(status: StatusCode) -> Failure {
    let (code, message) = match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            (ErrorCode::NotFound, "お探しのものは見つかりませんでした。")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            (ErrorCode::TooLarge, "送られた内容が大きすぎます。短くしてもう一度お試しください。")
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            (ErrorCode::Unavailable, "ただいま混み合っています。少し待ってからもう一度お試しください。")
        }
        status if status.is_server_error() => {
            (ErrorCode::Internal, "システムの不具合で処理できませんでした。時間をおいてもう一度お試しください。")
        }
        _ => (
            ErrorCode::InvalidInput,
            "送られた内容を読み取れませんでした。画面を読み込み直して、もう一度お試しください。",
        ),
    };
    Failure { code, message: message.to_owned(), problems: Problems::default(), retry_after: None }
}

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

async fn security_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_front_page = request.uri().path() == "/";
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if !is_front_page {
        headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    }
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Only content-hashed files say otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if app.config.is_https() {
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    response
}

/// The router as a server wants it: with the peer's address.
pub fn service(app: &App) -> axum::extract::connect_info::IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    app.router().into_make_service_with_connect_info::<SocketAddr>()
}

/// Lets tests call the router without a socket.
pub fn with_peer(router: Router, peer: SocketAddr) -> Router {
    router.layer(middleware::from_fn(move |mut request: Request, next: Next| async move {
        request.extensions_mut().insert(ConnectInfo(peer));
        next.run(request).await
    }))
}
