//! Passwords that expire, and those that are refused (AUTH-14…AUTH-18).

use hersys_tests::fixtures::PASSWORD;
use hersys_tests::{World, on_both_databases};
use time::Duration;

use crate::support::*;

on_both_databases!(
    an_expired_password_is_replaced_before_anything_else,
    refusals_give_the_reason,
    the_last_five_do_not_come_back,
    a_change_ends_the_other_sessions,
    a_change_ends_sign_ins_under_way,
);

/// AUTH-15
async fn an_expired_password_is_replaced_before_anything_else(world: World) {
    let center = &world.fixtures.center;
    world.pass(Duration::days(89));
    world.visitor().as_staff(&world, center).await;
    world.pass(Duration::days(1));
    let mut staff = at_second_factor(&world, center).await;
    let code = sms_code(&world, &center.phone).await;
    let answer = staff.post_form("/staff/sign-in/code", &[("code", &code)]).await;
    assert_eq!(answer.location(), "/staff/sign-in/new-password");
    staff.get("/staff/sign-in/new-password").await.expect(200).shows("有効期限が切れたため");
    assert_eq!(staff.get("/staff/").await.location(), "/staff/sign-in");
    assert_eq!(staff.get("/staff/sign-in/code").await.location(), "/staff/sign-in/new-password");
    let mut without = at_second_factor(&world, &world.fixtures.other_center).await;
    assert_eq!(without.get("/staff/sign-in/new-password").await.location(), "/staff/sign-in", "not before the factor");
    new_password(&mut without, PASSWORD, CHOSEN).await;
    assert_eq!(new_password(&mut staff, PASSWORD, CHOSEN).await.location(), "/staff/");
    world.pass(Duration::days(1));
    let mut later = world.visitor();
    give_password(&mut later, &center.sign_in_id, CHOSEN).await;
    let code = sms_code(&world, &center.phone).await;
    assert_eq!(later.post_form("/staff/sign-in/code", &[("code", &code)]).await.location(), "/staff/");
}

/// AUTH-16, AUTH-17, AUTH-18
async fn refusals_give_the_reason(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    for (new, reason) in [
        ("Kx7;", "8文字以上"),
        ("kxqpwvzmtr", "3種類以上"),
        ("Kx7;q Vm2tz", "空白はパスワードに使えません"),
        ("Kx7;q<Vm2tz", "「&lt;」はパスワードに使えません"),
        ("Password1", "よく使われているパスワード"),
        ("P@ssw0rd", "よく使われているパスワード"),
        ("Staff;Kx7q-Vm2", "サインインIDの一部"),
        (PASSWORD, "サインインIDの一部"),
    ] {
        change_password(&mut staff, PASSWORD, new).await.expect(422).shows(reason);
    }
    let fields = [("current_password", PASSWORD), ("new_password", CHOSEN), ("new_password_repeated", "other")];
    staff.post_form("/staff/security/password", &fields).await.expect(422).shows("一致していません");
    change_password(&mut staff, "", CHOSEN).await.expect(422).shows("現在のパスワードを入力してください");
    let with_bar = "Kx7|q¥Vm2tz";
    assert_eq!(change_password(&mut staff, PASSWORD, with_bar).await.location(), "/staff/security?note=changed");
    world.pass(Duration::minutes(2));
    let answer = give_password(&mut world.visitor(), &world.fixtures.center.sign_in_id, "Kx7|q\\Vm2tz").await;
    assert!(answer.status.is_redirection(), "¥ and \\ are one key");
}

async fn the_last_five_do_not_come_back(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let password = |number: usize| format!("Kx7;q-Vm2tz={number}");
    let mut current = PASSWORD.to_owned();
    for number in 1..=6 {
        let next = password(number);
        assert_eq!(change_password(&mut staff, &current, &next).await.location(), "/staff/security?note=changed");
        current = next;
    }
    for number in 1..=6 {
        let answer = change_password(&mut staff, &current, &password(number)).await;
        answer.expect(422).shows("最近5回のパスワードは使えません");
    }
    let answer = change_password(&mut staff, &current, &password(7)).await;
    assert_eq!(answer.location(), "/staff/security?note=changed");
    let answer = change_password(&mut staff, &password(7), &password(1)).await;
    assert_eq!(answer.location(), "/staff/security?note=changed", "six back is free again");
}

async fn a_change_ends_the_other_sessions(world: World) {
    let center = &world.fixtures.center;
    let mut one = world.visitor().as_staff(&world, center).await;
    world.pass(Duration::minutes(2));
    let mut other = world.visitor().as_staff(&world, center).await;
    change_password(&mut one, PASSWORD, CHOSEN).await;
    one.get("/staff/").await.expect(200);
    assert_eq!(other.get("/staff/").await.location(), "/staff/sign-in");
    assert!(world.newest_sms(&center.phone).await.contains("パスワードの変更"), "its owner is told");
}

/// Whoever has the old password and waits for a code does not get in after the owner has changed it.
async fn a_change_ends_sign_ins_under_way(world: World) {
    let center = &world.fixtures.center;
    let mut owner = world.visitor().as_staff(&world, center).await;
    let mut thief = at_second_factor(&world, center).await;
    let code = sms_code(&world, &center.phone).await;
    let fields = [("current_password", PASSWORD), ("new_password", CHOSEN), ("new_password_repeated", CHOSEN)];
    owner.post_form("/staff/security/password", &fields).await.expect(303);
    let answer = thief.post_form("/staff/sign-in/code", &[("code", &code)]).await;
    assert_ne!(answer.headers.get("location").map(|at| at.as_bytes()), Some(&b"/staff/"[..]));
    thief.get("/staff/cases").await.expect(303);
    owner.get("/staff/cases").await.expect(200);
}
