//! The first sign-in (AUTH-06…AUTH-15).

use hersys_tests::{World, on_both_databases};
use time::Duration;

use crate::support::*;

on_both_databases!(
    the_first_sign_in_registers_a_mobile_by_sms,
    the_first_sign_in_registers_a_landline_by_call,
    a_landline_gets_no_sms,
    a_wrong_and_an_expired_code_say_what_to_do,
    whoever_registers_first_is_the_only_one,
    a_reset_account_begins_anew,
);

/// AUTH-05, AUTH-06, AUTH-07, AUTH-09, AUTH-10, AUTH-13, AUTH-14, AUTH-15, AUTH-20
async fn the_first_sign_in_registers_a_mobile_by_sms(world: World) {
    let (account_id, sign_in_id) = newcomer(&world).await;
    let mut staff = world.visitor();
    let answer = give_password(&mut staff, sign_in_id, INITIAL).await;
    assert_eq!(answer.location(), "/staff/sign-in/registration");
    staff.get("/staff/sign-in/registration").await.expect(200).shows("詳細情報が必要").shows(">次へ<");
    staff
        .get("/staff/sign-in/registration/phone")
        .await
        .expect(200)
        .shows("Japan (+81)")
        .shows("電話番号")
        .shows("コードをSMS送信する")
        .shows("電話する")
        .shows("※代表電話番号は、自動応答やフリーコールの場合は認証されない場合があります。");
    assert_eq!(register_phone(&mut staff, "090-1111-2222", "sms").await.location(), "/staff/sign-in/code");
    staff
        .get("/staff/sign-in/code")
        .await
        .expect(200)
        .shows("コードの入力")
        .shows("電話 09011112222 に")
        .shows(">次へ<")
        .shows(">戻る<");
    let code = sms_code(&world, MOBILE).await;
    let answer = staff.post_form("/staff/sign-in/code", &[("code", &code)]).await;
    assert_eq!(answer.location(), "/staff/sign-in/registration/done");
    staff.get("/staff/sign-in/registration/done").await.expect(200).shows("成功").shows(">完了<");
    assert_eq!(staff.get("/staff/").await.location(), "/staff/sign-in", "not signed in yet");
    let answer = staff.post_form("/staff/sign-in/registration/done", &[]).await;
    assert_eq!(answer.location(), "/staff/sign-in/new-password");
    staff
        .get("/staff/sign-in/new-password")
        .await
        .expect(200)
        .shows("初期パスワードでのサインインのため、パスワードを更新する必要があります。");
    new_password(&mut staff, "wrong", CHOSEN).await.expect(422).shows("現在のパスワードが正しくありません");
    assert_eq!(staff.get("/staff/").await.location(), "/staff/sign-in", "not signed in yet");
    assert_eq!(new_password(&mut staff, INITIAL, CHOSEN).await.location(), "/staff/");
    staff.get("/staff/").await.expect(200).shows("さくら診療所");

    world.pass(Duration::minutes(2));
    give_password(&mut world.visitor(), sign_in_id, INITIAL).await.expect(422);
    let mut later = world.visitor();
    assert_eq!(give_password(&mut later, sign_in_id, CHOSEN).await.location(), "/staff/sign-in/code");
    later
        .get("/staff/sign-in/code")
        .await
        .expect(200)
        .shows("電話 +81 XXX-XXXX-X222 に SMS を送信しました。コードを入力してサインインしてください。")
        .shows(">検証<");
    let code = sms_code(&world, MOBILE).await;
    assert_eq!(later.post_form("/staff/sign-in/code", &[("code", &code)]).await.location(), "/staff/");
    for action in ["factor.add", "staff.second_factor", "staff.password_change", "staff.sign_in"] {
        let noted: i64 = hersys::db::sql("select count(*) from audit where account_id = $1 and action = $2")
            .bind(account_id)
            .bind(action)
            .scalar(&world.app.db)
            .await
            .unwrap();
        assert!(noted > 0, "{action} is audited");
    }
}

/// AUTH-08, AUTH-11, AUTH-12
async fn the_first_sign_in_registers_a_landline_by_call(world: World) {
    let (_, sign_in_id) = newcomer(&world).await;
    let mut staff = world.visitor();
    give_password(&mut staff, sign_in_id, INITIAL).await;
    assert_eq!(register_phone(&mut staff, "03-1111-2222", "call").await.location(), "/staff/sign-in/call");
    staff
        .get("/staff/sign-in/call")
        .await
        .expect(200)
        .shows("サインイン要求を承認")
        .shows("お客様の電話にかけています。続行するには、応答してください。")
        .shows("状況を確認");
    assert_eq!(staff.get("/staff/sign-in/call/state").await.json()["state"], "calling");
    assert_eq!(staff.post_form("/staff/sign-in/call", &[]).await.location(), "/staff/sign-in/call", "still ringing");

    world.pass(Duration::minutes(2));
    staff.get("/staff/sign-in/call").await.expect(200).shows("電話に出られなかったか").shows("もう一度電話する");
    answer_call(&world, LANDLINE, "#").await.expect(404);

    assert_eq!(staff.post_form("/staff/sign-in/code/sendings", &[]).await.location(), "/staff/sign-in/call");
    answer_call(&world, LANDLINE, "").await.expect(303);
    staff.get("/staff/sign-in/call").await.expect(200).shows("電話に出られなかったか");
    answer_call(&world, LANDLINE, "#").await.expect(404);

    world.pass(Duration::minutes(1));
    staff.post_form("/staff/sign-in/code/sendings", &[]).await;
    answer_call(&world, LANDLINE, "#").await.expect(303);
    assert_eq!(staff.get("/staff/sign-in/call/state").await.json()["state"], "approved");
    let elsewhere = world.visitor().post_form("/staff/sign-in/call", &[]).await;
    assert_eq!(elsewhere.location(), "/staff/sign-in?note=expired", "bound to the browser");
    assert_eq!(staff.post_form("/staff/sign-in/call", &[]).await.location(), "/staff/sign-in/registration/done");
    staff.post_form("/staff/sign-in/registration/done", &[]).await;
    assert_eq!(new_password(&mut staff, INITIAL, CHOSEN).await.location(), "/staff/");

    world.pass(Duration::minutes(2));
    let mut later = world.visitor();
    assert_eq!(give_password(&mut later, sign_in_id, CHOSEN).await.location(), "/staff/sign-in/call", "every time");
}

/// AUTH-08
async fn a_landline_gets_no_sms(world: World) {
    let (_, sign_in_id) = newcomer(&world).await;
    let mut staff = world.visitor();
    give_password(&mut staff, sign_in_id, INITIAL).await;
    register_phone(&mut staff, LANDLINE, "sms").await.expect(422).shows("固定電話ではSMSを受け取れません。");
    register_phone(&mut staff, "123", "sms").await.expect(422).shows("電話番号は0から始まる");
    register_phone(&mut staff, MOBILE, "").await.expect(422).shows("選んでください");
    assert_eq!(count(&world, "select count(*) from message").await, 0);
}

/// AUTH-10, AUTH-23
async fn a_wrong_and_an_expired_code_say_what_to_do(world: World) {
    let (_, sign_in_id) = newcomer(&world).await;
    let mut staff = world.visitor();
    give_password(&mut staff, sign_in_id, INITIAL).await;
    register_phone(&mut staff, MOBILE, "sms").await;
    let code = sms_code(&world, MOBILE).await;
    let answer = staff.post_form("/staff/sign-in/code", &[("code", &wrong(&code))]).await;
    answer.expect(422).shows("コードが正しくありません").shows("あと4回");
    staff.post_form("/staff/sign-in/code", &[("code", "12")]).await.expect(422).shows("6桁の数字");
    staff.post_form("/staff/sign-in/code/sendings", &[]).await.expect(429).shows("後にもう一度お試しください");
    world.pass(Duration::minutes(5));
    let answer = staff.post_form("/staff/sign-in/code", &[("code", &code)]).await;
    answer.expect(422).shows("有効時間（5分）が過ぎました");
    staff.post_form("/staff/sign-in/code/sendings", &[]).await;
    let second = sms_code(&world, MOBILE).await;
    let answer = staff.post_form("/staff/sign-in/code", &[("code", &second)]).await;
    assert_eq!(answer.location(), "/staff/sign-in/registration/done");
    let again = staff.post_form("/staff/sign-in/code", &[("code", &second)]).await;
    assert_eq!(again.location(), "/staff/sign-in/registration/done", "used once; the way goes on from here only");
}

/// AUTH-06: a second browser with the initial password does not add its number beside the first.
async fn whoever_registers_first_is_the_only_one(world: World) {
    let (account_id, sign_in_id) = newcomer(&world).await;
    let (mut one, mut other) = (world.visitor(), world.visitor().from_network([198, 51, 100, 7]));
    give_password(&mut one, sign_in_id, INITIAL).await;
    give_password(&mut other, sign_in_id, INITIAL).await;
    register_phone(&mut one, MOBILE, "sms").await;
    world.pass(Duration::minutes(1));
    register_phone(&mut other, "090-3333-4444", "sms").await;
    let codes = (sms_code(&world, MOBILE).await, sms_code(&world, "09033334444").await);
    one.post_form("/staff/sign-in/code", &[("code", &codes.0)]).await;
    let answer = other.post_form("/staff/sign-in/code", &[("code", &codes.1)]).await;
    assert_eq!(answer.location(), "/staff/sign-in?note=expired");
    let phones: i64 = hersys::db::sql("select count(*) from account_phone where account_id = $1")
        .bind(account_id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert_eq!(phones, 1);
}

/// An issuer's reset: new initial password, no factor, no session.
async fn a_reset_account_begins_anew(world: World) {
    use hersys::access::accounts;
    let center = &world.fixtures.center;
    let mut staff = world.visitor().as_staff(&world, center).await;
    let hash = world.app.passwords.hash(INITIAL).await.unwrap();
    let mut tx = world.app.db.begin().await.unwrap();
    accounts::set_initial_password(&mut tx, center.account_id, &hash, world.now()).await.unwrap();
    accounts::remove_factors(&mut tx, center.account_id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(staff.get("/staff/").await.location(), "/staff/sign-in");
    let mut again = world.visitor();
    let answer = give_password(&mut again, &center.sign_in_id, INITIAL).await;
    assert_eq!(answer.location(), "/staff/sign-in/registration");
}
