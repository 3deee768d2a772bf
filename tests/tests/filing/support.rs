//! Files, tokens and notifications of these stories.

use axum::body::Body;
use axum::http::Method;
use hersys::db::sql;
use hersys::notification::api::values::NotificationValues;
use hersys_shared::notification::{Content, Edition};
use hersys_tests::fixtures::Office;
use hersys_tests::notifications::usual;
use hersys_tests::{Answer, Visitor, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

pub const IMPORT: &str = "/staff/notifications/import";
pub const API: &str = "/api/institution/notifications";

/// Sends parts of a form as `multipart/form-data`; a part `file` comes as a file.
pub async fn send_parts(visitor: &mut Visitor, path: &str, parts: &[(&str, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, content) in parts {
        let file = if *name == "file" { "; filename=\"list.csv\"\r\nContent-Type: text/csv" } else { "" };
        body.extend(format!("--parts\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").into_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--parts--\r\n");
    visitor.send(Method::POST, path, Some("multipart/form-data; boundary=parts"), Body::from(body)).await
}

pub async fn preview(visitor: &mut Visitor, file: &[u8]) -> Answer {
    send_parts(visitor, &format!("{IMPORT}/preview"), &[("file", file)]).await
}

/// The sign-in of an institution's system: a token made on its page by its health centre.
pub async fn token(world: &World, center: &Office, institution: &Office) -> String {
    let mut issuer = world.visitor().as_staff(world, center).await;
    let made = make_token(&mut issuer, institution, "電子カルテ").await.expect(200);
    shown_token(&made)
}

pub async fn make_token(issuer: &mut Visitor, institution: &Office, name: &str) -> Answer {
    let id = Uuid::now_v7().to_string();
    let path = format!("/staff/admin/organizations/{}/tokens", institution.organization_id);
    issuer.post_form(&path, &[("token_id", &id), ("name", name), ("lives", "90")]).await
}

pub fn shown_token(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("<p class=\"token-shown\" aria-labelledby=\"token-label\">").expect("a token");
    rest.split('<').next().unwrap_or_default().to_owned()
}

/// A notification of 山田 太郎 about which nothing is asked.
pub fn complete(center: &Office) -> Content {
    let mut content = usual(Edition::Full, center);
    content.values.set("area_facility", "home");
    content
}

/// What the system of a clinic sends about him.
pub fn usual_values(center: &Office) -> Json {
    serde_json::to_value(NotificationValues::of(&complete(center))).unwrap()
}

pub fn request(center: &Office) -> Json {
    json!({ "notification_id": Uuid::now_v7(), "edition": "2020", "values": usual_values(center) })
}

pub async fn count(world: &World, what: &str) -> i64 {
    sql(&format!("select count(*) from {what}")).scalar(&world.app.db).await.unwrap()
}
