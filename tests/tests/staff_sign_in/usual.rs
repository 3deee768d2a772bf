//! The usual sign-in: ID, password and code every time (AUTH-01…AUTH-31).

use hersys_tests::fixtures::PASSWORD;
use hersys_tests::world::six_digits;
use hersys_tests::{Visitor, World, on_both_databases};
use time::Duration;

on_both_databases!(
    sign_in_takes_id_password_and_code_every_time,
    a_wrong_password_tells_nothing_about_the_id,
    a_code_by_sms_is_bound_to_its_sign_in,
    a_session_ends_when_idle_and_in_any_case,
);

/// AUTH-01, AUTH-02, AUTH-05, AUTH-10, AUTH-20, AUTH-21, AUTH-29, AUTH-31, SEC-03, NTF-05
async fn sign_in_takes_id_password_and_code_every_time(world: World) {
    let center = &world.fixtures.center;
    for _ in 0..2 {
        let mut staff = world.visitor();
        assert_eq!(staff.get("/staff/").await.location(), "/staff/sign-in");
        staff
            .get("/staff/sign-in")
            .await
            .expect(200)
            .shows("Sign in")
            .shows("新型コロナウイルス感染者等情報把握・管理支援システム");
        staff.post_form("/staff/sign-in/id", &[("sign_in_id", &center.sign_in_id.to_uppercase())]).await;
        staff.post_form("/staff/sign-in/password", &[("sign_in_id", &center.sign_in_id), ("password", PASSWORD)]).await;
        assert_eq!(staff.get("/staff/").await.location(), "/staff/sign-in", "the password alone is not enough");
        staff.get("/staff/sign-in/code").await.expect(200).shows("SMS を送信しました").hides(&center.phone);
        let code = six_digits(&world.newest_sms(&center.phone).await);
        assert_eq!(staff.post_form("/staff/sign-in/code", &[("code", &code)]).await.location(), "/staff/");
        staff.get("/staff/").await.expect(200).shows("あおば保健所");
        staff.post_form("/staff/sign-out", &[]).await;
        assert_eq!(staff.get("/staff/").await.location(), "/staff/sign-in");
        world.pass(Duration::minutes(2));
    }
}

async fn a_wrong_password_tells_nothing_about_the_id(world: World) {
    let known = world.fixtures.center.sign_in_id.as_str();
    let mut answers = Vec::new();
    for sign_in_id in [known, "nobody@hersys.example"] {
        let mut staff = world.visitor();
        staff.post_form("/staff/sign-in/id", &[("sign_in_id", sign_in_id)]).await;
        let answer = staff
            .post_form("/staff/sign-in/password", &[("sign_in_id", sign_in_id), ("password", "Wrong-pass-1")])
            .await;
        answers.push((answer.status, answer.body.replace(sign_in_id, "")));
    }
    assert_eq!(answers[0], answers[1]);
    let mut guesser = world.visitor().from_network([198, 51, 100, 7]);
    let mut last = 0;
    for _ in 0..7 {
        let answer =
            guesser.post_form("/staff/sign-in/password", &[("sign_in_id", known), ("password", "Wrong-pass-1")]).await;
        last = answer.status.as_u16();
    }
    assert_eq!(last, 429);
    world.visitor().as_staff(&world, &world.fixtures.center).await.get("/staff/").await.expect(200);
}

/// AUTH-23: six digits, five minutes, once, bound to the sign-in.
async fn a_code_by_sms_is_bound_to_its_sign_in(world: World) {
    let center = &world.fixtures.center;
    let begin = async |visitor: &mut Visitor| {
        visitor
            .post_form("/staff/sign-in/password", &[("sign_in_id", &center.sign_in_id), ("password", PASSWORD)])
            .await;
        six_digits(&world.newest_sms(&center.phone).await)
    };
    let mut one = world.visitor();
    let first = begin(&mut one).await;
    world.pass(Duration::minutes(2));
    let mut other = world.visitor();
    let second = begin(&mut other).await;
    if first != second {
        assert_eq!(other.post_form("/staff/sign-in/code", &[("code", &first)]).await.status, 422);
    }
    world.visitor().post_form("/staff/sign-in/code", &[("code", &second)]).await;
    world.pass(Duration::minutes(5));
    assert!(!other.post_form("/staff/sign-in/code", &[("code", &second)]).await.status.is_success());
    assert_eq!(other.get("/staff/").await.location(), "/staff/sign-in", "too late");
}

/// AUTH-30
async fn a_session_ends_when_idle_and_in_any_case(world: World) {
    let mut idle = world.visitor().as_staff(&world, &world.fixtures.center).await;
    world.pass(Duration::minutes(30));
    assert_eq!(idle.get("/staff/").await.location(), "/staff/sign-in");
    let mut busy = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let mut signed_in = Duration::ZERO;
    while busy.get("/staff/").await.status == 200 {
        world.pass(Duration::minutes(20));
        signed_in += Duration::minutes(20);
        assert!(signed_in <= Duration::hours(12));
    }
    assert_eq!(signed_in, Duration::hours(12));
}
