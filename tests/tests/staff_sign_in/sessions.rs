//! Where one is signed in, and ending it (AUTH-30).

use hersys::db::sql;
use hersys_tests::{World, on_both_databases};
use time::Duration;

on_both_databases!(
    sessions_are_listed_and_ended,
    signing_out_everywhere_ends_this_one_too,
    a_board_that_renews_itself_keeps_nobody_signed_in,
);

async fn sessions_are_listed_and_ended(world: World) {
    let center = &world.fixtures.center;
    let mut here = world.visitor().as_staff(&world, center).await;
    world.pass(Duration::minutes(2));
    let mut there = world.visitor().from_network([198, 51, 100, 7]).as_staff(&world, center).await;
    let page = here.get("/staff/security").await.expect(200).shows("198.51.100.7").shows("192.0.2.1").shows("この端末");
    assert_eq!(page.body.matches("この端末").count(), 1);
    let other = page
        .body
        .split("action=\"")
        .find_map(|part| {
            part.strip_prefix("/staff/security/sessions/")?.split_once("/end\"").map(|(id, _)| id.to_owned())
        })
        .expect("the other session can be ended");
    let path = format!("/staff/security/sessions/{other}/end");
    let mut stranger = world.visitor().as_staff(&world, &world.fixtures.other_center).await;
    stranger.post_form(&path, &[]).await.expect(404);
    there.get("/staff/").await.expect(200);
    assert_eq!(here.post_form(&path, &[]).await.location(), "/staff/security?note=ended");
    assert_eq!(there.get("/staff/").await.location(), "/staff/sign-in");
    here.get("/staff/").await.expect(200);
    world.pass(Duration::minutes(31));
    assert_eq!(here.get("/staff/security").await.location(), "/staff/sign-in");
}

/// AUTH-30, SEC-12: what the page does by itself is nobody at work, and is noted now and then.
async fn a_board_that_renews_itself_keeps_nobody_signed_in(world: World) {
    let mut here = world.visitor().as_staff(&world, &world.fixtures.center).await;
    here.get("/staff/board?queue=silent").await.expect(200);
    here.get("/staff/board?queue=silent").await.expect(200);
    let mut by_itself = here.clone().with_header("x-hersys-live", "1");
    let mut streaming = here.clone().with_header("accept", "text/event-stream");
    for _ in 0..29 {
        world.pass(Duration::minutes(1));
        for _ in 0..3 {
            by_itself.get("/staff/board").await.expect(200);
        }
        streaming.get("/staff/board").await.expect(200);
    }
    let noted: i64 = sql("select count(*) from audit where action = 'board.view'").scalar(&world.app.db).await.unwrap();
    assert_eq!(noted, 2 + 29 / 5, "every opening, and one in five minutes");
    // Nor is it where somebody goes on from.
    let address: String = sql("select board_address from staff_session").scalar(&world.app.db).await.unwrap();
    assert_eq!(address, "?queue=silent");
    world.pass(Duration::minutes(1));
    assert_eq!(by_itself.get("/staff/board").await.location(), "/staff/sign-in");
}

async fn signing_out_everywhere_ends_this_one_too(world: World) {
    let center = &world.fixtures.center;
    let mut here = world.visitor().as_staff(&world, center).await;
    world.pass(Duration::minutes(2));
    let mut there = world.visitor().as_staff(&world, center).await;
    let answer = here.post_form("/staff/security/sessions/sign-out", &[]).await;
    assert_eq!(answer.location(), "/staff/sign-in?note=signed-out");
    for visitor in [&mut here, &mut there] {
        assert_eq!(visitor.get("/staff/").await.location(), "/staff/sign-in");
    }
}
