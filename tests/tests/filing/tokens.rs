//! Tokens: who makes them, what they open, and when they open nothing any more.

use hersys::db::sql;
use hersys_tests::{World, on_both_databases};
use time::Duration;
use uuid::Uuid;

use crate::support::{API, count, make_token, request, shown_token, token};

on_both_databases!(
    a_token_is_made_by_the_governing_center_and_shown_once,
    a_token_ends_by_time_by_word_and_with_its_institution,
    a_token_opens_its_own_door_only,
    tokens_are_limited,
);

/// IDM-03, IDM-04: made along the line; only a hash is kept.
async fn a_token_is_made_by_the_governing_center_and_shown_once(world: World) {
    let offices = &world.fixtures;
    let mut issuer = world.visitor().as_staff(&world, &offices.center).await;
    let page = format!("/staff/admin/organizations/{}", offices.clinic.organization_id);
    issuer.get(&page).await.expect(200).shows("トークンはありません");
    make_token(&mut issuer, &offices.clinic, "").await.expect(422).shows("名前を入力してください");

    let id = Uuid::now_v7().to_string();
    let form = [("token_id", id.as_str()), ("name", "電子カルテ"), ("lives", "90")];
    let made = issuer.post_form(&format!("{page}/tokens"), &form).await.expect(200).shows("この画面でだけ表示");
    let secret = shown_token(&made);
    issuer.post_form(&format!("{page}/tokens"), &form).await.expect(409).hides(&secret);
    issuer.get(&page).await.expect(200).shows("電子カルテ").shows("有効").hides(&secret);
    assert_eq!(count(&world, "institution_token").await, 1);
    assert_eq!(count(&world, "audit where action = 'token.create'").await, 1);

    // Neither another centre nor the head office, nor for an organisation of another kind.
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    make_token(&mut other, &offices.clinic, "x").await.expect(404);
    let mut office = world.visitor().as_staff(&world, &offices.head_office).await;
    make_token(&mut office, &offices.clinic, "x").await.expect(403);
    office.get(&page).await.expect(200).shows("電子カルテ").hides("失効させる");
    make_token(&mut issuer, &offices.follow_up, "x").await.expect(403);
}

/// GEN-07, IDM-10: a token lives no longer than it was given, and no longer than its institution takes part.
async fn a_token_ends_by_time_by_word_and_with_its_institution(world: World) {
    let offices = &world.fixtures;
    let mut issuer = world.visitor().as_staff(&world, &offices.center).await;
    let first = shown_token(&make_token(&mut issuer, &offices.clinic, "一台目").await.expect(200));
    let second = shown_token(&make_token(&mut issuer, &offices.clinic, "二台目").await.expect(200));
    let path = format!("{API}/{}", Uuid::now_v7());
    for token in [&first, &second] {
        world.visitor().with_token(token).get(&path).await.expect(404);
    }
    let id: Uuid =
        sql("select token_id from institution_token where name = '一台目'").scalar(&world.app.db).await.unwrap();
    let page = format!("/staff/admin/organizations/{}", offices.clinic.organization_id);
    issuer.get(&page).await.expect(200).shows("2022-08-01 09:00");
    issuer.post_form(&format!("{page}/tokens/{id}/revocation"), &[]).await.expect(303);
    world.visitor().with_token(&first).get(&path).await.expect(401);
    world.visitor().with_token(&second).get(&path).await.expect(404);

    let set_end = async |day: &str| {
        sql(&format!("update organization set active_until = {day} where organization_id = $1"))
            .bind(offices.clinic.organization_id)
            .run(&world.app.db)
            .await
            .unwrap();
    };
    set_end("'2022-08-01'").await;
    world.visitor().with_token(&second).get(&path).await.expect(401);
    set_end("null").await;
    world.visitor().with_token(&second).get(&path).await.expect(404);
    world.pass(Duration::days(90));
    world.visitor().with_token(&second).get(&path).await.expect(401);
    for bad in ["", "x", "Basic abc"] {
        world.visitor().with_header("authorization", bad).get(&path).await.expect(401);
    }
}

/// PERM-03: the token stands for its institution; it opens no page, and a session opens no door of tokens.
async fn a_token_opens_its_own_door_only(world: World) {
    let offices = &world.fixtures;
    let token = token(&world, &offices.center, &offices.clinic).await;
    let mut system = world.visitor().with_token(&token);
    assert!(system.get("/staff/cases").await.location().starts_with("/staff/sign-in"));
    system.get("/api/patient/household").await.expect(401);
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    clinic.post_json(API, &request(&offices.center)).await.expect(401);
}

/// As fast as a clinic works, and no faster.
async fn tokens_are_limited(world: World) {
    let offices = &world.fixtures;
    let token = token(&world, &offices.center, &offices.clinic).await;
    let mut system = world.visitor().with_token(&token);
    let path = format!("{API}/{}", Uuid::now_v7());
    let mut refused = 0;
    for _ in 0..130 {
        refused += usize::from(system.get(&path).await.status.as_u16() == 429);
    }
    assert!(refused > 0);
}
