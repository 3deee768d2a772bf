//! A family registers by mail code and links its people (MY-01…MY-17), with the mistakes they make.

use axum::http::StatusCode;
use hersys_shared::HersysId;
use hersys_shared::api::ErrorCode;
use hersys_tests::fixtures::Somebody;
use hersys_tests::world::six_digits;
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::json;
use time::Duration;
use time::macros::date;

on_both_databases!(
    a_mail_address_becomes_an_account,
    the_answer_never_tells_whether_an_address_has_an_account,
    an_account_needs_the_confirmed_code,
    a_wrong_code_is_refused_and_five_are_enough,
    a_code_expires_after_ten_minutes,
    an_address_gets_one_code_a_minute_and_ten_a_day,
    a_code_serves_once_and_only_its_purpose,
    passwords_follow_the_rules,
    a_forgotten_password_is_replaced_and_ends_other_sessions,
    a_password_is_changed_by_the_current_one,
    an_address_is_changed_by_a_code_to_the_new_one,
    wrong_passwords_are_slowed_down,
    a_person_is_linked_by_id_and_birth_date,
    a_typing_error_is_told_apart_from_a_mismatch,
    five_wrong_pairs_lock_linking_for_an_hour,
    an_id_guessed_at_from_many_accounts_alarms_its_center,
    one_account_links_the_whole_family,
    a_link_in_an_sms_fills_in_the_id,
    a_session_ends_with_sign_out,
);

async fn ask_for_code(visitor: &mut Visitor, mail: &str, purpose: &str) -> String {
    let sent =
        visitor.post_json("/api/patient/codes", &json!({ "mail": mail, "purpose": purpose })).await.expect(202).json();
    assert_eq!((sent["resend_after"].as_u64(), sent["expires_in"].as_u64()), (Some(60), Some(600)));
    sent["ticket"].as_str().unwrap().to_owned()
}

async fn confirm(visitor: &mut Visitor, ticket: &str, code: &str) -> StatusCode {
    visitor.post_json(&format!("/api/patient/codes/{ticket}/confirmation"), &json!({ "code": code })).await.status
}

fn new_account(ticket: &str) -> serde_json::Value {
    json!({ "ticket": ticket, "password": "Patient-1", "password_repeated": "Patient-1" })
}

fn other_than(code: &str) -> String {
    let first = (code.as_bytes()[0] - b'0' + 1) % 10;
    format!("{first}{}", &code[1..])
}

/// MY-02, MY-04, MY-06, MY-08, NTF-06
async fn a_mail_address_becomes_an_account(world: World) {
    let mut visitor = world.visitor();
    let ticket = ask_for_code(&mut visitor, " Taro@Example.JP ", "registration").await;
    let mail = world.next_mail().await;
    assert_eq!(mail.to, "Taro@Example.JP");
    assert!(!mail.text.contains("コロナ") && !mail.subject.contains("感染"), "mail names no illness");
    // Full width, with spaces, as phones type it.
    let typed: String = six_digits(&mail.text).chars().filter_map(|c| char::from_u32(c as u32 + 0xfee0)).collect();
    assert_eq!(confirm(&mut visitor, &ticket, &format!(" {typed} ")).await, 204);
    visitor.post_json("/api/patient/account", &new_account(&ticket)).await.expect(201);
    visitor.get("/api/patient/household").await.expect(200);

    let mut later = world.visitor();
    later.get("/api/patient/household").await.expect(401);
    later
        .post_json("/api/patient/session", &json!({ "mail": "taro@example.jp", "password": "Patient-1" }))
        .await
        .expect(204);
    assert_eq!(later.get("/api/patient/household").await.expect(200).json()["mail"], "Taro@Example.JP");
}

/// MY-02: the answers are the same, the mails differ.
async fn the_answer_never_tells_whether_an_address_has_an_account(world: World) {
    world.visitor().as_patient(&world, "taro@example.jp").await;
    world.pass(Duration::minutes(2));
    let mut visitor = world.visitor();
    for purpose in ["registration", "password_reset"] {
        let mut shapes = Vec::new();
        for mail in ["taro@example.jp", "nobody@example.jp"] {
            let answer =
                visitor.post_json("/api/patient/codes", &json!({ "mail": mail, "purpose": purpose })).await.expect(202);
            let mut body = answer.json();
            body["ticket"] = json!("");
            shapes.push((answer.status, body));
            let mail = world.next_mail().await;
            let has_code = mail.text.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() == 6);
            assert_eq!(has_code, (purpose == "registration") == (mail.to == "nobody@example.jp"));
        }
        assert_eq!(shapes[0], shapes[1]);
        world.pass(Duration::minutes(2));
    }
    let wrong = |mail: &str| json!({ "mail": mail, "password": "Wrong-pass-1" });
    let known = visitor.post_json("/api/patient/session", &wrong("taro@example.jp")).await.expect(401);
    let unknown = visitor.post_json("/api/patient/session", &wrong("nobody@example.jp")).await.expect(401);
    assert_eq!(known.body, unknown.body);
}

/// MY-06: 作成 works only after コードの確認.
async fn an_account_needs_the_confirmed_code(world: World) {
    let mut visitor = world.visitor();
    let ticket = ask_for_code(&mut visitor, "taro@example.jp", "registration").await;
    let refusal = visitor.post_json("/api/patient/account", &new_account(&ticket)).await.expect(410).refusal();
    assert_eq!(refusal.code, ErrorCode::CodeExpired);
    visitor.post_json("/api/patient/account", &new_account(&uuid::Uuid::new_v4().to_string())).await.expect(410);
}

/// MY-05: a wrong code is an error; five tries end it.
async fn a_wrong_code_is_refused_and_five_are_enough(world: World) {
    let mut visitor = world.visitor();
    let ticket = ask_for_code(&mut visitor, "taro@example.jp", "registration").await;
    let code = six_digits(&world.next_mail().await.text);
    for not_a_code in ["", "12345", "abcdef", "1234567"] {
        assert_eq!(confirm(&mut visitor, &ticket, not_a_code).await, 422, "costs no try");
    }
    for _ in 0..4 {
        assert_eq!(confirm(&mut visitor, &ticket, &other_than(&code)).await, 409);
    }
    assert_eq!(confirm(&mut visitor, &ticket, &other_than(&code)).await, 410);
    assert_eq!(confirm(&mut visitor, &ticket, &code).await, 410, "the right one comes too late");
    world.pass(Duration::minutes(1));
    let again = ask_for_code(&mut visitor, "taro@example.jp", "registration").await;
    let code = six_digits(&world.next_mail().await.text);
    assert_eq!(confirm(&mut visitor, &again, &code).await, 204, "確認コードを再発行する");
}

/// MY-05: the code expires; a new one helps.
async fn a_code_expires_after_ten_minutes(world: World) {
    let mut visitor = world.visitor();
    let ticket = ask_for_code(&mut visitor, "taro@example.jp", "registration").await;
    let code = six_digits(&world.next_mail().await.text);
    world.pass(Duration::minutes(10));
    assert_eq!(confirm(&mut visitor, &ticket, &code).await, 410);
    let ticket = ask_for_code(&mut visitor, "taro@example.jp", "registration").await;
    let code = six_digits(&world.next_mail().await.text);
    world.pass(Duration::minutes(10) - Duration::milliseconds(1));
    assert_eq!(confirm(&mut visitor, &ticket, &code).await, 204);
}

/// MY-02: one sending a minute and ten a day for an address, from wherever they are asked for.
async fn an_address_gets_one_code_a_minute_and_ten_a_day(world: World) {
    let request = json!({ "mail": "taro@example.jp", "purpose": "registration" });
    for sending in 0..10 {
        let mut visitor = world.visitor().from_network([198, 51, 100, sending]);
        visitor.post_json("/api/patient/codes", &request).await.expect(202);
        let answer = visitor.post_json("/api/patient/codes", &request).await.expect(429);
        if sending < 9 {
            assert_eq!(answer.headers["retry-after"], "60");
            assert_eq!(answer.refusal().retry_after, Some(60));
        }
        world.pass(Duration::minutes(1));
    }
    let mut visitor = world.visitor();
    visitor.post_json("/api/patient/codes", &request).await.expect(429);
    visitor
        .post_json("/api/patient/codes", &json!({ "mail": "TARO@example.jp", "purpose": "password_reset" }))
        .await
        .expect(429);
    visitor
        .post_json("/api/patient/codes", &json!({ "mail": "hanako@example.jp", "purpose": "registration" }))
        .await
        .expect(202);
    world.pass(Duration::days(1));
    visitor.post_json("/api/patient/codes", &request).await.expect(202);
}

/// MY-06
async fn a_code_serves_once_and_only_its_purpose(world: World) {
    let mut visitor = world.visitor();
    let ticket = ask_for_code(&mut visitor, "taro@example.jp", "registration").await;
    let code = six_digits(&world.next_mail().await.text);
    assert_eq!(confirm(&mut visitor, &ticket, &code).await, 204);
    let reset = json!({ "ticket": ticket, "password": "Other-pass-1", "password_repeated": "Other-pass-1" });
    visitor.put_json("/api/patient/account/password", &reset).await.expect(410);
    visitor.post_json("/api/patient/account", &new_account(&ticket)).await.expect(201);
    world.visitor().post_json("/api/patient/account", &new_account(&ticket)).await.expect(410);
}

/// MY-07
async fn passwords_follow_the_rules(world: World) {
    let mut visitor = world.visitor();
    let ticket = ask_for_code(&mut visitor, "taro@example.jp", "registration").await;
    let code = six_digits(&world.next_mail().await.text);
    assert_eq!(confirm(&mut visitor, &ticket, &code).await, 204);
    for (password, repeated, field) in [
        ("", "", "password"),
        ("Short1!", "Short1!", "password"),
        ("onlysmallletters", "onlysmallletters", "password"),
        ("Patient-1", "Patient-2", "password_repeated"),
    ] {
        let refusal = visitor
            .post_json(
                "/api/patient/account",
                &json!({ "ticket": ticket, "password": password, "password_repeated": repeated }),
            )
            .await
            .expect(422)
            .refusal();
        assert!(refusal.problems.iter().any(|problem| problem.field == field), "{refusal:?}");
    }
    visitor.post_json("/api/patient/account", &new_account(&ticket)).await.expect(201);
}

async fn a_forgotten_password_is_replaced_and_ends_other_sessions(world: World) {
    let mut elsewhere = world.visitor().as_patient(&world, "taro@example.jp").await;
    world.pass(Duration::minutes(1));
    let mut visitor = world.visitor();
    let ticket = ask_for_code(&mut visitor, "taro@example.jp", "password_reset").await;
    let code = six_digits(&world.next_mail().await.text);
    assert_eq!(confirm(&mut visitor, &ticket, &code).await, 204);
    let reset = json!({ "ticket": ticket, "password": "Brand-new-1", "password_repeated": "Brand-new-1" });
    visitor.put_json("/api/patient/account/password", &reset).await.expect(204);
    visitor.get("/api/patient/household").await.expect(200);
    elsewhere.get("/api/patient/household").await.expect(401);
    assert!(world.next_mail().await.text.contains("パスワードが変更されました"));
    let sign_in = |password: &str| json!({ "mail": "taro@example.jp", "password": password });
    elsewhere.post_json("/api/patient/session", &sign_in("Patient-1")).await.expect(401);
    elsewhere.post_json("/api/patient/session", &sign_in("Brand-new-1")).await.expect(204);
}

async fn a_password_is_changed_by_the_current_one(world: World) {
    let mut visitor = world.visitor().as_patient(&world, "taro@example.jp").await;
    let change =
        |current: &str| json!({ "current": current, "password": "Brand-new-1", "password_repeated": "Brand-new-1" });
    let refusal =
        visitor.put_json("/api/patient/account/password", &change("Wrong-pass-1")).await.expect(422).refusal();
    assert_eq!(refusal.problems[0].field, "current");
    visitor.put_json("/api/patient/account/password", &change("Patient-1")).await.expect(204);
    world.visitor().put_json("/api/patient/account/password", &change("Patient-1")).await.expect(401);
}

async fn an_address_is_changed_by_a_code_to_the_new_one(world: World) {
    let mut visitor = world.visitor().as_patient(&world, "old@example.jp").await;
    world
        .visitor()
        .post_json("/api/patient/codes", &json!({ "mail": "new@example.jp", "purpose": "mail_change" }))
        .await
        .expect(401);
    let ticket = ask_for_code(&mut visitor, "new@example.jp", "mail_change").await;
    let mail = world.next_mail().await;
    assert_eq!(mail.to, "new@example.jp");
    assert_eq!(confirm(&mut visitor, &ticket, &six_digits(&mail.text)).await, 204);
    let change = |password: &str| json!({ "ticket": ticket, "current_password": password });
    let mut thief = world.visitor().as_patient(&world, "thief@example.jp").await;
    thief.put_json("/api/patient/account/mail", &change("Patient-1")).await.expect(410);
    visitor.put_json("/api/patient/account/mail", &change("Wrong-pass-1")).await.expect(422);
    visitor.put_json("/api/patient/account/mail", &change("Patient-1")).await.expect(204);
    let notice = world.next_mail().await;
    assert_eq!(notice.to, "old@example.jp", "the old address is told");
    let sign_in = |mail: &str| json!({ "mail": mail, "password": "Patient-1" });
    let mut later = world.visitor();
    later.post_json("/api/patient/session", &sign_in("old@example.jp")).await.expect(401);
    later.post_json("/api/patient/session", &sign_in("new@example.jp")).await.expect(204);
}

async fn wrong_passwords_are_slowed_down(world: World) {
    world.visitor().as_patient(&world, "taro@example.jp").await;
    let mut guesser = world.visitor().from_network([198, 51, 100, 1]);
    let sign_in = |password: &str| json!({ "mail": "taro@example.jp", "password": password });
    for _ in 0..5 {
        guesser.post_json("/api/patient/session", &sign_in("Wrong-pass-1")).await.expect(401);
    }
    let answer = guesser.post_json("/api/patient/session", &sign_in("Patient-1")).await.expect(429);
    assert!(answer.headers.contains_key("retry-after"));
    // The owner at home is not locked out by a stranger elsewhere.
    world.visitor().post_json("/api/patient/session", &sign_in("Patient-1")).await.expect(204);
    world.pass(Duration::minutes(1));
    guesser.post_json("/api/patient/session", &sign_in("Patient-1")).await.expect(204);
}

/// MY-09, MY-10, MY-12, MY-13: forgiving input; the name stays as it was typed.
async fn a_person_is_linked_by_id_and_birth_date(world: World) {
    let offices = &world.fixtures;
    let taro =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.center).await;
    let mut visitor = world.visitor().as_patient(&world, "taro@example.jp").await;
    let typed = format!(" {} ", taro.hersys_id.spaced());
    visitor.link("やまだ たろう", "昭和５５年１月２日", &typed).await;
    let household = visitor.get("/api/patient/household").await.json();
    assert_eq!(household["people"][0]["name"], "やまだ たろう");
    assert_eq!(household["people"][0]["center_name"], "あおば保健所");
    let again = json!({ "name": "別の名", "birth_date": "1980-01-02", "hersys_id": taro.hersys_id });
    let refusal = visitor.post_json("/api/patient/people", &again).await.expect(409).refusal();
    assert_eq!(refusal.code, ErrorCode::AlreadyLinked);
    assert_eq!(visitor.get("/api/patient/household").await.json()["people"][0]["name"], "やまだ たろう");
}

/// MY-09, MY-11
async fn a_typing_error_is_told_apart_from_a_mismatch(world: World) {
    let offices = &world.fixtures;
    let taro =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.center).await;
    let mut visitor = world.visitor().as_patient(&world, "taro@example.jp").await;
    let mistyped = other_than(taro.hersys_id.as_str());
    let person =
        |birth_date: &str, hersys_id: &str| json!({ "name": "山田", "birth_date": birth_date, "hersys_id": hersys_id });
    for _ in 0..8 {
        let refusal =
            visitor.post_json("/api/patient/people", &person("1980-01-02", &mistyped)).await.expect(422).refusal();
        assert_eq!(refusal.problems[0].field, "hersys_id", "a typing error never counts as a wrong pair");
    }
    let refusal = visitor
        .post_json("/api/patient/people", &person("1980-02-01", taro.hersys_id.as_str()))
        .await
        .expect(409)
        .refusal();
    assert_eq!(refusal.code, ErrorCode::Mismatch);
    assert!(refusal.message.contains("保健所"));
    let nobody = HersysId::from_number(5);
    let refusal =
        visitor.post_json("/api/patient/people", &person("1980-01-02", nobody.as_str())).await.expect(409).refusal();
    assert_eq!(refusal.code, ErrorCode::Mismatch, "an unknown ID looks the same as a wrong birth date");
    let refusal = visitor
        .post_json("/api/patient/people", &json!({ "name": " ", "birth_date": "55年", "hersys_id": "" }))
        .await
        .expect(422)
        .refusal();
    assert_eq!(refusal.problems.len(), 3);
}

/// MY-09: five wrong pairs lock linking for the account for an hour.
async fn five_wrong_pairs_lock_linking_for_an_hour(world: World) {
    let offices = &world.fixtures;
    let taro =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.center).await;
    let mut visitor = world.visitor().as_patient(&world, "taro@example.jp").await;
    let person = |birth_date: &str| json!({ "name": "山田", "birth_date": birth_date, "hersys_id": taro.hersys_id });
    for _ in 0..4 {
        visitor.post_json("/api/patient/people", &person("1981-01-02")).await.expect(409);
    }
    visitor.post_json("/api/patient/people", &person("1981-01-02")).await.expect(423);
    let locked = visitor.post_json("/api/patient/people", &person("1980-01-02")).await.expect(423);
    assert_eq!(locked.refusal().code, ErrorCode::Locked);
    world.pass(Duration::hours(1));
    visitor.post_json("/api/patient/people", &person("1980-01-02")).await.expect(201);
}

/// C-01: the number is no secret, so guessing at it is noticed by the health centre.
async fn an_id_guessed_at_from_many_accounts_alarms_its_center(world: World) {
    let offices = &world.fixtures;
    let taro =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.center).await;
    let mut staff = world.visitor().as_staff(&world, &offices.center).await;
    for account in 0..3 {
        staff.get("/staff/").await.expect(200).hides("照合");
        let mut visitor = world.visitor().as_patient(&world, &format!("guesser{account}@example.jp")).await;
        let person = json!({ "name": "山田", "birth_date": "1981-01-02", "hersys_id": taro.hersys_id });
        visitor.post_json("/api/patient/people", &person).await.expect(409);
    }
    staff.get("/staff/").await.expect(200).shows("照合");
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    other.get("/staff/").await.expect(200).hides("照合");
}

/// MY-14, MY-15, MY-16, MY-17
async fn one_account_links_the_whole_family(world: World) {
    let offices = &world.fixtures;
    let mut visitor = world.visitor().as_patient(&world, "family@example.jp").await;
    for (name, born) in [("父", date!(1980 - 01 - 02)), ("母", date!(1982 - 03 - 04)), ("子", date!(2015 - 05 - 06))]
    {
        let case =
            Somebody::patient(name, "ヤマダ").born(born).enter(&world.app, &offices.center, &offices.clinic).await;
        visitor.link(name, &hersys_shared::days::iso(born), case.hersys_id.as_str()).await;
    }
    let household = visitor.get("/api/patient/household").await.json();
    let names: Vec<_> = household["people"].as_array().unwrap().iter().map(|person| person["name"].clone()).collect();
    assert_eq!(names, ["父", "母", "子"]);
    let stranger =
        world.visitor().as_patient(&world, "stranger@example.jp").await.get("/api/patient/household").await.json();
    assert_eq!(stranger["people"].as_array().map(Vec::len), Some(0));
}

/// NTF-02, NTF-03: the link opens registration with the ID filled in, until it expires.
async fn a_link_in_an_sms_fills_in_the_id(world: World) {
    let offices = &world.fixtures;
    let taro =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.center).await;
    let token = hersys::secret::Token::short();
    hersys::db::sql("insert into invitation (token_hash, case_id, expires_at) values ($1, $2, $3)")
        .bind(token.hash())
        .bind(taro.case_id)
        .bind(world.now() + Duration::days(14))
        .run(&world.app.db)
        .await
        .unwrap();
    let mut visitor = world.visitor();
    let path = format!("/api/patient/invitations/{}", token.as_str());
    assert_eq!(visitor.get(&path).await.expect(200).json()["hersys_id"], taro.hersys_id.as_str());
    visitor.get("/api/patient/invitations/unknown").await.expect(404);
    world.pass(Duration::days(15));
    visitor.get(&path).await.expect(404);
}

async fn a_session_ends_with_sign_out(world: World) {
    let mut visitor = world.visitor().as_patient(&world, "taro@example.jp").await;
    let mut copy = visitor.clone();
    visitor.delete("/api/patient/session").await.expect(204);
    assert!(!visitor.has_cookie("__Host-hersys-patient"));
    copy.get("/api/patient/household").await.expect(401);
    let mut idle = world.visitor().as_patient(&world, "idle@example.jp").await;
    world.pass(Duration::days(8));
    idle.get("/api/patient/household").await.expect(401);
}
