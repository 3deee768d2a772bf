//! Where one is signed in, and ending it (AUTH-30).

use hersys_tests::{World, on_both_databases};
use time::Duration;

on_both_databases!(sessions_are_listed_and_ended, signing_out_everywhere_ends_this_one_too);

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
