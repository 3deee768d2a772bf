//! What holds for every answer: headers, cross-site protection, and calm in the face of nonsense.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Method;
use hersys::App;
use hersys::web::BESIDE_THE_PWA;
use hersys_tests::fixtures::{Somebody, report};
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use uuid::Uuid;

on_both_databases!(
    every_answer_carries_the_security_headers,
    other_sites_cannot_act_for_a_patient,
    nonsense_never_breaks_the_server,
    errors_repeat_nothing_of_the_request,
    the_process_and_its_database_tell_how_they_are,
    the_api_describes_itself,
    demo_pages_are_gone_outside_demo_mode,
);

/// No link in a mail and no page of the staff may end in the PWA's shell.
#[test]
fn whatever_is_not_the_pwa_s_is_known_to_its_service_worker_and_its_server() {
    let worker = include_str!("../../assets/pwa/sw.js");
    let listed = worker.split_once(r"const NOT_OURS = /^\/(").unwrap().1.split_once(')').unwrap().0;
    let listed: BTreeSet<String> = listed.split('|').map(|area| format!("/{area}/")).collect();
    assert_eq!(listed, BESIDE_THE_PWA.map(str::to_owned).into());
    for route in App::routes().table {
        // For machines, which have no service worker; each is an address of its own.
        if ["/healthz", "/readyz", "/robots.txt"].contains(&route.path) {
            continue;
        }
        let area = route.path.split('/').nth(1).unwrap();
        assert!(listed.contains(&format!("/{area}/")), "{}", route.path);
    }
}

/// AUTH-03, AUTH-27, SEC-10, SEC-11
async fn every_answer_carries_the_security_headers(world: World) {
    let mut visitor = world.visitor();
    for path in [
        "/",
        "/staff/sign-in",
        "/staff/",
        "/api/patient/form",
        "/api/patient/household",
        "/api/nothing",
        "/nothing.png",
        "/healthz",
    ] {
        let answer = visitor.get(path).await;
        let header =
            |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        assert!(header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!header("content-security-policy").contains("unsafe-inline"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        // Only the patients' front page may be found by a search engine.
        assert_eq!(header("x-robots-tag") == "noindex, nofollow", path != "/", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        if path != "/" {
            assert_eq!(header("cache-control"), "no-store", "{path}");
        }
    }
    visitor.get("/robots.txt").await.expect(200).shows("Disallow: /");
}

async fn other_sites_cannot_act_for_a_patient(world: World) {
    let visitor = world.visitor().as_patient(&world, "taro@example.jp").await;
    for site in ["cross-site", "same-site"] {
        let mut attacked = visitor.clone().from_site(Some(site));
        attacked.delete("/api/patient/session").await.expect(403);
        attacked.post_form("/staff/sign-out", &[]).await.expect(403);
        attacked.post_json("/api/patient/reports", &json!({ "reports": [] })).await.expect(403);
    }
    let mut old_browser = visitor.clone().from_site(None);
    old_browser.get("/api/patient/household").await.expect(200);
}

async fn nonsense_never_breaks_the_server(world: World) {
    let offices = &world.fixtures;
    let case = Somebody::patient("太郎", "タロウ").enter(&world.app, &offices.center, &offices.center).await;
    let mut patient = world.visitor().as_patient(&world, "taro@example.jp").await;
    let mut staff = world.visitor().as_staff(&world, &offices.center).await;
    let bodies = [
        ("application/json", "".to_owned()),
        ("application/json", "{".to_owned()),
        ("application/json", "null".to_owned()),
        ("application/json", "[".repeat(5000)),
        (
            "application/json",
            format!("{{\"reports\":[{}]}}", report(&Uuid::new_v4().to_string()).to_string().replace("365", "1e999")),
        ),
        ("application/json", "{\"mail\":\"\\u0000\",\"purpose\":\"registration\",\"password\":\"\\u0000\"}".to_owned()),
        ("application/x-www-form-urlencoded", "%00=%ff&name=%00&sign_in_id=%00&password=%00&code=%00".to_owned()),
        (
            "application/x-www-form-urlencoded",
            "kana=%00&name=%00a&hersys_id=&phone=&birth_on=&note=%00&case=%00".to_owned(),
        ),
        ("application/x-www-form-urlencoded", "a=b&".repeat(20_000)),
        ("text/plain", "x".repeat(300_000)),
        ("multipart/form-data; boundary=x", "--x".to_owned()),
    ];
    // Signing out would spare the routes that follow.
    let table = hersys::App::routes().table;
    for route in
        table.into_iter().filter(|route| !route.path.ends_with("sign-out") && !route.path.ends_with("/session"))
    {
        let path = route
            .path
            .replace("{case_id}", &case.case_id.to_string())
            .replace("{ticket}", "not-a-ticket")
            .replace("{token}", "%00")
            .replace("{version}", "1")
            .replace("{name}", "..%2f..%2fCargo.toml");
        let path = path.split('{').next().unwrap_or_default().to_owned();
        for (kind, body) in &bodies {
            for visitor in [&mut patient.clone(), &mut staff.clone()] {
                let answer = visitor.send(route.method.clone(), &path, Some(kind), Body::from(body.clone())).await;
                assert_ne!(answer.status.as_u16(), 500, "{} {path} {kind}: {}", route.method, answer.body);
            }
        }
    }
    for path in [
        "/staff/cases/not-a-uuid/identity",
        "/staff/cases?page=-1&search=x&size=99999999999999999999",
        "/%00",
        "/%ff",
        "/staff/cases/%00",
        "/api/%2e%2e/x",
    ] {
        for visitor in [&mut patient, &mut staff] {
            let answer = visitor.get(path).await;
            assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
        }
    }
    let answer = patient.send(Method::PATCH, "/api/patient/reports", None, Body::empty()).await;
    assert!(answer.status.is_client_error());
}

async fn errors_repeat_nothing_of_the_request(world: World) {
    let mut visitor = world.visitor();
    for (path, body) in [
        ("/api/patient/session", json!({ "mail": "himitsu@example", "password": 7 })),
        ("/api/patient/session", json!({ "mail": "himitsu@@example.jp", "password": "himitsu" })),
        ("/api/patient/codes", json!({ "mail": "himitsu", "purpose": "himitsu" })),
        ("/api/patient/codes/himitsu/confirmation", json!({ "code": "himitsu" })),
    ] {
        visitor.post_json(path, &body).await.hides("himitsu");
    }
}

async fn the_process_and_its_database_tell_how_they_are(world: World) {
    let mut visitor = world.visitor();
    visitor.get("/healthz").await.expect(200);
    visitor.get("/readyz").await.expect(200);
    world.app.db.close().await;
    visitor.get("/healthz").await.expect(200);
    let answer = visitor.get("/readyz").await.expect(503);
    assert!(answer.headers.contains_key("retry-after"));
    visitor.get("/api/patient/invitations/x").await.expect(503);
}

async fn the_api_describes_itself(world: World) {
    let document = world.visitor().get("/api/openapi.json").await.expect(200).json();
    for route in hersys::App::routes().table {
        if route.path.starts_with("/api/patient/") {
            let method = route.method.as_str().to_lowercase();
            assert!(document["paths"][route.path][&method].is_object(), "{method} {} is not described", route.path);
        }
    }
}

async fn demo_pages_are_gone_outside_demo_mode(world: World) {
    let mut visitor = world.visitor();
    visitor.get("/demo/outbox").await.expect(404);
    visitor.get("/demo/outbox.json").await.expect(404);
}
