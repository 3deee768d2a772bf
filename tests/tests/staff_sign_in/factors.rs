//! Second factors after the first sign-in: another way, apps, and セキュリティ情報.

use hersys_tests::{Visitor, World, on_both_databases};
use time::Duration;

use crate::support::*;

on_both_databases!(
    another_way_is_chosen_among_the_registered_ones,
    an_authenticator_app_proves_and_no_code_counts_twice,
    numbers_are_added_changed_and_removed,
    the_last_factor_stays,
    changes_ask_for_a_recent_password,
    a_key_that_was_not_asked_for_is_refused,
);

async fn add_phone(world: &World, staff: &mut Visitor, number: &str, at: &str) {
    let fields = [("country", "81"), ("phone", number), ("method", "sms"), ("at", at)];
    let answer = staff.post_form("/staff/security/phones/new", &fields).await;
    assert_eq!(answer.location(), "/staff/security/check/code");
    staff.get("/staff/security/check/code").await.expect(200).shows("コードの入力").shows(">次へ<");
    let code = sms_code(world, number).await;
    let answer = staff.post_form("/staff/security/check/code", &[("code", &code)]).await;
    assert!(answer.location().starts_with("/staff/security?note="), "{}", answer.location());
}

async fn add_app(world: &World, staff: &mut Visitor) -> Authenticator {
    let page = staff.get("/staff/security/apps/new").await.expect(200).shows("<svg class=\"qr\"");
    let app = Authenticator::from_page(&page.body);
    let answer = staff.post_form("/staff/security/apps", &[("name", "業務用"), ("code", "000")]).await;
    answer.expect(422).shows("コードが正しくありません").shows("<svg class=\"qr\"");
    let code = app.code(world.now());
    let answer = staff.post_form("/staff/security/apps", &[("name", "業務用"), ("code", &code)]).await;
    assert_eq!(answer.location(), "/staff/security?note=added");
    app
}

/// AUTH-22
async fn another_way_is_chosen_among_the_registered_ones(world: World) {
    let center = &world.fixtures.center;
    let mut staff = at_second_factor(&world, center).await;
    staff
        .get("/staff/sign-in/code")
        .await
        .expect(200)
        .shows("問題がありますか？別の方法でサインインする")
        .shows("詳細情報");
    let page = staff.get("/staff/sign-in/methods").await.expect(200).shows("電話する（+81").hides("認証アプリのコード");
    assert!(!page.body.contains(&center.phone), "numbers are masked");
    staff.post_form("/staff/sign-in/methods", &[("method", "9")]).await.expect(422).shows("選んでください");
    let answer = staff.post_form("/staff/sign-in/methods", &[("method", "1")]).await;
    assert_eq!(answer.location(), "/staff/sign-in/call");
    let old = sms_code(&world, &center.phone).await;
    let answer = staff.post_form("/staff/sign-in/code", &[("code", &old)]).await;
    assert_eq!(answer.location(), "/staff/sign-in/call", "the code of the way that was left is void");
    answer_call(&world, &center.phone, "#").await.expect(303);
    assert_eq!(staff.post_form("/staff/sign-in/call", &[]).await.location(), "/staff/");
    world.pass(Duration::minutes(2));
    let mut next = world.visitor();
    let answer = give_password(&mut next, &center.sign_in_id, hersys_tests::fixtures::PASSWORD).await;
    assert_eq!(answer.location(), "/staff/sign-in/call", "what was used last comes first");
}

async fn an_authenticator_app_proves_and_no_code_counts_twice(world: World) {
    let center = &world.fixtures.center;
    let mut staff = world.visitor().as_staff(&world, center).await;
    let app = add_app(&world, &mut staff).await;
    let by_app = async |code: String| {
        let mut visitor = at_second_factor(&world, center).await;
        // SMS, call, app.
        visitor.post_form("/staff/sign-in/methods", &[("method", "2")]).await;
        visitor.get("/staff/sign-in/code").await.expect(200).shows("認証アプリに表示されている");
        visitor.post_form("/staff/sign-in/code", &[("code", &code)]).await
    };
    by_app(app.code(world.now())).await.expect(422).shows("もう使われています");
    world.pass(Duration::seconds(30));
    let next = app.code(world.now());
    assert_eq!(by_app(next.clone()).await.location(), "/staff/");
    by_app(next).await.expect(422).shows("もう使われています");
    world.pass(Duration::minutes(2));
    let fast = app.code(world.now() + Duration::seconds(30));
    assert_eq!(by_app(fast).await.location(), "/staff/", "one step ahead");
    let slow = app.code(world.now() - Duration::seconds(30));
    by_app(slow).await.expect(422);
    world.pass(Duration::minutes(5));
    by_app(app.code(world.now() - Duration::seconds(60))).await.expect(422);
}

/// AUTH-25
async fn numbers_are_added_changed_and_removed(world: World) {
    let center = &world.fixtures.center;
    let mut staff = world.visitor().as_staff(&world, center).await;
    staff.get("/staff/").await.expect(200).shows("href=\"/staff/security\"");
    add_phone(&world, &mut staff, MOBILE, "").await;
    let told = world.newest_sms(&center.phone).await;
    assert!(told.contains("電話番号の追加"), "{told}");
    let twice = [("country", "81"), ("phone", MOBILE), ("method", "sms")];
    staff.post_form("/staff/security/phones/new", &twice).await.expect(422).shows("すでに登録されています");

    world.pass(Duration::minutes(2));
    add_phone(&world, &mut staff, "08055556666", "1").await;
    staff.get("/staff/security").await.expect(200).shows("XXX-XXXX-X666").hides("XXX-XXXX-X222");
    let answer = staff.post_form("/staff/security/phones/removal", &[("number", &center.phone)]).await;
    let end = &center.phone[center.phone.len() - 3..];
    assert_eq!(answer.location(), format!("/staff/security?note=removed-phone-{end}"));
    let removed = staff.get(answer.location()).await.expect(200);
    removed.shows(&format!("電話番号（末尾{end}）を削除しました。")).shows("最後の1つなので削除できません");

    world.pass(Duration::minutes(2));
    let mut later = world.visitor();
    give_password(&mut later, &center.sign_in_id, hersys_tests::fixtures::PASSWORD).await;
    let code = sms_code(&world, "08055556666").await;
    assert_eq!(later.post_form("/staff/sign-in/code", &[("code", &code)]).await.location(), "/staff/");
    for action in ["factor.add", "factor.change", "factor.remove"] {
        assert_eq!(
            count(&world, &format!("select count(*) from audit where action = '{action}'")).await,
            1,
            "{action}"
        );
    }
}

async fn the_last_factor_stays(world: World) {
    let center = &world.fixtures.center;
    let mut staff = world.visitor().as_staff(&world, center).await;
    let answer = staff.post_form("/staff/security/phones/removal", &[("number", &center.phone)]).await;
    answer.expect(422).shows("少なくとも1つ必要です");
    staff.post_form("/staff/security/phones/removal", &[("number", "09099999999")]).await.expect(422);
    add_app(&world, &mut staff).await;
    let page = staff.get("/staff/security").await.expect(200).shows("業務用").body;
    let path = page.split("action=\"").find(|part| part.starts_with("/staff/security/factors/")).unwrap();
    let device = path.split('"').next().unwrap().trim_end_matches("/name").to_owned();
    staff.post_form(&format!("{device}/name"), &[("name", " ")]).await.expect(422).shows("名前を入力してください");
    staff.post_form(&format!("{device}/name"), &[("name", "机の引き出し")]).await;
    staff.get("/staff/security").await.expect(200).shows("机の引き出し");
    let answer = staff.post_form("/staff/security/phones/removal", &[("number", &center.phone)]).await;
    let end = &center.phone[center.phone.len() - 3..];
    assert_eq!(answer.location(), format!("/staff/security?note=removed-phone-{end}"));
    let removed = staff.get(answer.location()).await.expect(200);
    removed.shows(&format!("電話番号（末尾{end}）を削除しました。")).shows("最後の1つなので削除できません");
    staff.post_form(&format!("{device}/removal"), &[]).await.expect(422).shows("少なくとも1つ必要です");
    let mut stranger = world.visitor().as_staff(&world, &world.fixtures.other_center).await;
    stranger.post_form(&format!("{device}/name"), &[("name", "x")]).await.expect(404);
    stranger.post_form(&format!("{device}/removal"), &[]).await.expect(404);
}

async fn changes_ask_for_a_recent_password(world: World) {
    let center = &world.fixtures.center;
    let mut staff = world.visitor().as_staff(&world, center).await;
    world.pass(Duration::minutes(10));
    let asked = "/staff/security/confirmation?next=/staff/security/apps/new";
    assert_eq!(staff.get("/staff/security/apps/new").await.location(), asked);
    let answer = staff.post_form("/staff/security/phones/removal", &[("number", &center.phone)]).await;
    assert_eq!(answer.location(), "/staff/security/confirmation?next=/staff/security");
    staff.get(asked).await.expect(200).shows("もう一度パスワード");
    let confirm = async |staff: &mut Visitor, password: &str, next: &str| {
        staff.post_form("/staff/security/confirmation", &[("password", password), ("next", next)]).await
    };
    confirm(&mut staff, "wrong", "").await.expect(422).shows("パスワードが正しくありません");
    let password = hersys_tests::fixtures::PASSWORD;
    let answer = confirm(&mut staff, password, "https://evil.example/").await;
    assert_eq!(answer.location(), "/staff/security?note=confirmed", "leads nowhere else");
    let answer = confirm(&mut staff, password, "/staff/security/apps/new").await;
    assert_eq!(answer.location(), "/staff/security/apps/new");
    staff.get("/staff/security/apps/new").await.expect(200);
}

/// AUTH-24
async fn a_key_that_was_not_asked_for_is_refused(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let forged = [("name", "キー"), ("credential", "{\"id\":\"x\"}")];
    staff.post_form("/staff/security/passkeys", &forged).await.expect(422).shows("追加できませんでした");
    staff.get("/staff/security/passkeys/new").await.expect(200).shows("data-passkey=\"create\"");
    staff.post_form("/staff/security/passkeys", &forged).await.expect(422).shows("追加できませんでした");
    let mut other = at_second_factor(&world, &world.fixtures.other_center).await;
    assert_eq!(other.get("/staff/sign-in/passkey").await.location(), "/staff/sign-in/methods", "it has none");
    other.post_form("/staff/sign-in/passkey", &[("credential", "{}")]).await.expect(422);
}
