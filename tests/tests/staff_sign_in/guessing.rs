//! Guessing is slow, colleagues are not, and those responsible are told.

use hersys::db::sql;
use hersys_tests::fixtures::PASSWORD;
use hersys_tests::{World, on_both_databases};
use time::Duration;

use crate::support::*;

on_both_databases!(
    codes_are_guessed_at_slowly_from_everywhere,
    tries_side_by_side_share_no_free_one,
    sendings_are_bounded,
    issuers_hear_of_guessing,
);

/// One code gives five tries, one account ten free ones an hour, wherever they come from.
async fn codes_are_guessed_at_slowly_from_everywhere(world: World) {
    let center = &world.fixtures.center;
    let mut judged = 0;
    let mut refused = 0;
    for network in 0..4_u8 {
        let mut guesser = world.visitor().from_network([198, 51, 100, network]);
        give_password(&mut guesser, &center.sign_in_id, PASSWORD).await;
        let code = sms_code(&world, &center.phone).await;
        for _ in 0..6 {
            match guesser.post_form("/staff/sign-in/code", &[("code", &wrong(&code))]).await.status.as_u16() {
                422 => judged += 1,
                429 => refused += 1,
                status => panic!("{status}"),
            }
        }
        world.pass(Duration::seconds(61));
    }
    assert!(judged <= 14, "{judged} tries in four minutes");
    assert!(refused >= 10, "{refused}");
}

async fn tries_side_by_side_share_no_free_one(world: World) {
    let center = &world.fixtures.center;
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (mut guesser, id) = (world.visitor(), center.sign_in_id.clone());
        guesses.spawn(async move {
            let fields = [("sign_in_id", id.as_str()), ("password", "Wrong-pass-1")];
            guesser.post_form("/staff/sign-in/password", &fields).await.status.as_u16()
        });
    }
    let answers = guesses.join_all().await;
    let judged = answers.iter().filter(|status| **status == 422).count();
    assert!(judged <= 5, "{judged} of 20 tries were judged");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 20 - judged);
}

async fn sendings_are_bounded(world: World) {
    let center = &world.fixtures.center;
    let mut staff = at_second_factor(&world, center).await;
    for _ in 0..9 {
        world.pass(Duration::minutes(1));
        staff.post_form("/staff/sign-in/code/sendings", &[]).await;
        staff.post_form("/staff/sign-in/methods", &[("method", "1")]).await;
        staff.post_form("/staff/sign-in/methods", &[("method", "0")]).await;
    }
    assert_eq!(count(&world, "select count(*) from message").await, 5, "an hour, by SMS and call together");
    staff.get("/staff/sign-in/code").await.expect(200).shows("続けて送信できる回数を超えました");
}

async fn issuers_hear_of_guessing(world: World) {
    let offices = &world.fixtures;
    for network in 0..4_u8 {
        let mut guesser = world.visitor().from_network([198, 51, 100, network]);
        for _ in 0..4 {
            give_password(&mut guesser, &offices.clinic.sign_in_id, "Wrong-pass-1").await.expect(422);
        }
    }
    let alarm = format!("サインインID {}：サインインの失敗が続いています", offices.clinic.sign_in_id);
    let mut own = world.visitor().as_staff(&world, &offices.clinic).await;
    own.get("/staff/").await.expect(200).shows(&alarm);
    let make_issuer = async |is_issuer: bool| {
        sql("update account set is_issuer = $2 where account_id = $1")
            .bind(offices.center.account_id)
            .bind(is_issuer)
            .run(&world.app.db)
            .await
            .unwrap();
    };
    make_issuer(false).await;
    let mut colleague = world.visitor().as_staff(&world, &offices.center).await;
    colleague.get("/staff/").await.expect(200).hides(&alarm);
    make_issuer(true).await;
    let page = colleague.get("/staff/").await.expect(200).shows(&alarm);
    assert_eq!(page.body.matches(&alarm).count(), 1, "told once");
    let mut far = world.visitor().as_staff(&world, &offices.far_center).await;
    far.get("/staff/").await.expect(200).hides(&alarm);
}
