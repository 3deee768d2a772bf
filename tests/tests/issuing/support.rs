//! Files sent by a browser, and hand-outs as they are read.

use axum::body::Body;
use axum::http::Method;
use hersys::db::sql;
use hersys_tests::world::six_digits;
use hersys_tests::{Answer, Visitor, World};
use serde_json::Value as Json;
use uuid::Uuid;

pub const ORGANIZATIONS: &str = "/staff/admin/organizations/import";
pub const IDS: &str = "/staff/admin/accounts/import";

/// The password that people of these stories choose for themselves.
pub const OWN_PASSWORD: &str = "Kaede-no-4-hasira";

/// Sends parts of a form as `multipart/form-data`.
pub async fn send_parts(visitor: &mut Visitor, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: text/csv")).unwrap_or_default();
        body.extend(format!("--parts\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").into_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--parts--\r\n");
    visitor.send(Method::POST, path, Some("multipart/form-data; boundary=parts"), Body::from(body)).await
}

/// Chooses a file and asks for the preview.
pub async fn preview(visitor: &mut Visitor, path: &str, file: &[u8]) -> Answer {
    send_parts(visitor, &format!("{path}/preview"), &[("file", Some("list.csv"), file)]).await
}

/// Presses the button of a preview: what it carries unseen goes back.
pub async fn confirm(visitor: &mut Visitor, path: &str, preview: &Answer) -> Answer {
    let text = hidden(&preview.body, "text").expect("the carried text");
    let issuing_id = hidden(&preview.body, "issuing_id").unwrap_or_default();
    send_parts(visitor, path, &[("issuing_id", None, issuing_id.as_bytes()), ("text", None, text.as_bytes())]).await
}

/// The value of a hidden field.
pub fn hidden(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// Sign-in IDs and initial passwords as the hand-out shows them.
pub fn handouts(page: &str) -> Vec<(String, String)> {
    let after = |text: &str, mark: &str| {
        let (_, rest) = text.split_once(mark).expect(mark);
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    page.split("<section class=\"handout\"")
        .skip(1)
        .map(|one| (after(one, "<dt>サインインID</dt><dd>"), after(one, "<dd class=\"handout-password\">")))
        .collect()
}

/// How many organisations and IDs there are.
pub async fn counts(world: &World) -> (i64, i64) {
    let organizations = sql("select count(*) from organization").scalar(&world.app.db).await.unwrap();
    let accounts = sql("select count(*) from account").scalar(&world.app.db).await.unwrap();
    (organizations, accounts)
}

pub async fn organization_id(world: &World, kind: &str, code: &str) -> Uuid {
    sql("select organization_id from organization where kind = $1 and code = $2")
        .bind(kind)
        .bind(code)
        .scalar(&world.app.db)
        .await
        .unwrap()
}

pub async fn account_id(world: &World, sign_in_id: &str) -> Uuid {
    sql("select account_id from account where sign_in_id = $1").bind(sign_in_id).scalar(&world.app.db).await.unwrap()
}

/// The details of the audit's lines of an action, the oldest first.
pub async fn audited(world: &World, action: &str) -> Vec<Json> {
    let rows: Vec<(Json,)> = sql("select detail from audit where action = $1 order by at, audit_id")
        .bind(action)
        .all(&world.app.db)
        .await
        .unwrap();
    rows.into_iter().map(|(detail,)| detail).collect()
}

/// ID and password: where the sign-in leads next.
pub async fn knock(visitor: &mut Visitor, sign_in_id: &str, password: &str) -> Answer {
    visitor.post_form("/staff/sign-in/id", &[("sign_in_id", sign_in_id)]).await;
    visitor.post_form("/staff/sign-in/password", &[("sign_in_id", sign_in_id), ("password", password)]).await
}

/// The first sign-in with an initial password: a telephone number, then a password of one's own (AUTH-06…AUTH-14).
pub async fn first_sign_in(world: &World, sign_in_id: &str, initial_password: &str, phone: &str) -> Visitor {
    let mut visitor = world.visitor();
    assert_eq!(knock(&mut visitor, sign_in_id, initial_password).await.location(), "/staff/sign-in/registration");
    visitor
        .post_form("/staff/sign-in/registration/phone", &[("country", "81"), ("phone", phone), ("method", "sms")])
        .await;
    let code = six_digits(&world.newest_sms(phone).await);
    visitor.post_form("/staff/sign-in/code", &[("code", &code)]).await;
    visitor.post_form("/staff/sign-in/registration/done", &[]).await;
    let changed = [
        ("current_password", initial_password),
        ("new_password", OWN_PASSWORD),
        ("new_password_repeated", OWN_PASSWORD),
    ];
    assert_eq!(visitor.post_form("/staff/sign-in/new-password", &changed).await.location(), "/staff/");
    visitor
}

/// Issues one ID for an organisation: its sign-in ID and initial password.
pub async fn issue(visitor: &mut Visitor, organization_id: Uuid, name: &str) -> (String, String) {
    let path = format!("/staff/admin/organizations/{organization_id}/accounts");
    let form = visitor.get(&format!("{path}/new")).await.expect(200);
    let issuing_id = hidden(&form.body, "issuing_id").expect("an act of issuing");
    let (_, rest) = form.body.split_once("id=\"field-sign_in_id\"").expect("the field");
    let (_, rest) = rest.split_once("value=\"").expect("a suggestion");
    let sign_in_id = rest.split('"').next().unwrap_or_default();
    let fields = [("issuing_id", issuing_id.as_str()), ("display_name", name), ("sign_in_id", sign_in_id)];
    let page = visitor.post_form(&path, &fields).await.expect(200);
    handouts(&page.body).remove(0)
}
