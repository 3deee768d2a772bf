//! Boards of whoever follows for a centre: their matrix and not a field more (FUP-03, FUP-05, PERM-04, OBS-09, C-19).

use hersys::db::sql;
use hersys_tests::sharing::{grant_follow_up, link};
use hersys_tests::{Answer, Visitor, World, on_both_databases};
use serde_json::json;
use time::macros::date;
use uuid::Uuid;

use crate::support::*;

on_both_databases!(whoever_follows_sees_the_matrix_and_not_a_field_more);

/// What stands in the record and on the centre's board, and nowhere else.
const SECRETS: [&str; 11] = [
    "秘密市",
    "リスク</span>",
    "日目",
    "観察は",
    "健康観察は本日まで",
    "नेपाली",
    "内輪の話",
    "話したくない",
    "秘密のメモ",
    "もみじ病院",
    "共有</span>",
];

async fn one(world: &World) -> Person {
    let until = Some(date!(2022 - 08 - 20));
    let mut person = Person::of(world, "安田 静", "ヤスダ シズカ", &world.fixtures.center, until).await;
    let id = person.case.case_id;
    let identity = json!({ "name": "安田 静", "kana": "ヤスダ シズカ", "birth_on": "1950-01-02",
                           "address": "みどり県秘密市1-1" });
    write_identity(world, id, identity).await;
    sql("insert into document (case_id, tab, version, body, updated_at, updated_by)
         values ($1, 'episode', 2, $2, 0, $1)
         on conflict (case_id, tab) do update set body = excluded.body, version = document.version + 1")
    .bind(id)
    .bind(json!({ "onset_on": "2022-07-28", "risk": "yes" }))
    .run(&world.app.db)
    .await
    .unwrap();
    sql("insert into contact_preference (case_id, channel, language, stop_reason, updated_at)
         values ($1, '', 'ne', '', 0)")
    .bind(id)
    .run(&world.app.db)
    .await
    .unwrap();
    person.reports(world, json!({ "temperature": 381, "spo2": 92 })).await;
    person
}

async fn whoever_follows_sees_the_matrix_and_not_a_field_more(world: World) {
    let offices = &world.fixtures;
    let person = one(&world).await;
    grant_follow_up(&world, &offices.other_clinic).await;
    let mut nurse = nurse(&world).await;
    for partner in [&offices.follow_up, &offices.accommodation, &offices.other_clinic] {
        link(&mut nurse, &person.case, partner).await.expect(303);
    }
    let item = person.item(&world);
    let flagged = [("action", "flag"), ("reason", "内輪の話"), ("item", item.as_str())];
    nurse.post_form("/staff/board/actions", &flagged).await.expect(303);
    let contact = format!("/staff/cases/{}/contact", person.case.case_id);
    let said = [("means", "phone"), ("outcome", "refused"), ("note", "秘密のメモ")];
    nurse.post_form(&contact, &said).await.expect(303);
    settle(&world).await;
    let board = nurse.get("/staff/board").await.expect(200);
    for secret in ["秘密市", "リスク</span>", "日目", "観察は", "नेपाली", "内輪の話", "話したくない", "紐づけ："]
    {
        assert!(board.body.contains(secret), "the centre does not see {secret}");
    }
    for office in [&offices.follow_up, &offices.accommodation, &offices.other_clinic] {
        let mut staff = sign_in(&world, office).await;
        // FUP-03: what they act by is there.
        let board = staff.get("/staff/board").await.expect(200).shows("安田 静").shows("SpO2 92％").shows("72歳");
        let own_name = if office.name == "もみじ病院" { "もみじ病院" } else { "" };
        hides(&board, own_name);
        pages(&mut staff, &person, &contact, own_name).await;
        filters(&mut staff, &person, office.organization_id).await;
    }
    rows_hold_no_secret(&world).await;
    last_day(&world, &person).await;
}

fn hides(page: &Answer, own_name: &str) {
    for secret in SECRETS.iter().filter(|secret| **secret != own_name) {
        assert!(!page.body.contains(secret), "{secret} is in: {}", page.body);
    }
}

/// Previews, the contact page, the stream: everything that is behind the board.
async fn pages(staff: &mut Visitor, person: &Person, contact: &str, own_name: &str) {
    let item = format!("{}:0", person.case.case_id);
    for action in ["seen", "assign", "flag"] {
        let fields = [("action", action), ("item", item.as_str())];
        hides(&staff.post_form("/staff/board/preview", &fields).await.expect(200).shows("安田 静"), own_name);
    }
    let fields = [("item", item.as_str())];
    hides(&staff.post_form("/staff/follow-up/returns/preview", &fields).await.expect(200).shows("安田 静"), own_name);
    hides(&staff.post_form("/staff/follow-up/returns", &fields).await.expect(422).shows("安田 静"), own_name);
    // The form there names every outcome that there is.
    for mut page in [staff.get(contact).await.expect(200), staff.post_form(contact, &[("note", "x")]).await.expect(422)]
    {
        page.body = page.body.replacen("話したくないと言われた", "", 1);
        hides(&page, own_name);
    }
    let stream = staff.get("/staff/board/events").await.expect(200);
    assert!(!stream.body.contains("安田"));
    hides(&stream, own_name);
}

/// A filter by what may not be read finds as many as one by what nobody has, and is not offered.
async fn filters(staff: &mut Visitor, person: &Person, own: Uuid) {
    let all = [person.case.case_id];
    for (fitting, other) in [
        ("ward=%E7%A7%98%E5%AF%86%E5%B8%82", "ward=nowhere"),
        ("language=ne", "language=th"),
        ("linked=", "linked=x"),
        ("illness=0-4", "illness=11-"),
        ("linked=none", "linked=returned"),
        ("queue=ending", "queue=waiting"),
    ] {
        let fits = shown(&staff.get(&format!("/staff/board?{fitting}")).await.expect(200));
        let fails = shown(&staff.get(&format!("/staff/board?{other}")).await.expect(200));
        assert_eq!(fits, fails, "{fitting} tells something");
    }
    for id in [own, Uuid::from_u128(1006), Uuid::from_u128(1007), Uuid::from_u128(1)] {
        assert!(shown(&staff.get(&format!("/staff/board?linked={id}")).await.expect(200)).is_empty());
    }
    assert!(shown(&staff.get("/staff/board?risk=yes").await.expect(200)).is_empty());
    for order in ["", "oldest", "kana", "age", "illness", "values"] {
        assert_eq!(shown(&staff.get(&format!("/staff/board?order={order}")).await.expect(200)), all);
    }
    let page = staff.get("/staff/board").await.expect(200);
    for name in ["risk", "illness", "language", "linked", "ward"] {
        assert!(!page.body.contains(&format!("name=\"{name}\"")), "{name} is offered");
    }
    page.hides("終了の確認").hides("/staff/rules").hides("/staff/follow-up\"");
}

/// C-19: what may not be read stands in no row that their boards are made of.
async fn rows_hold_no_secret(world: &World) {
    let masked: i64 = sql("select count(*) from board_person
         where organization_id <> $1 and onset_on is null and ward = '' and language = '' and not is_at_risk
           and linked_id is null and flag = '' and attempt = '' and attempted_at = 0 and not is_shared")
    .bind(world.fixtures.center.organization_id)
    .scalar(&world.app.db)
    .await
    .unwrap();
    assert_eq!(masked, 3);
}

/// OBS-09: nobody's last day is told.
async fn last_day(world: &World, person: &Person) {
    sql("update cases set observed_until = $2 where case_id = $1")
        .bind(person.case.case_id)
        .bind(world.now().day())
        .run(&world.app.db)
        .await
        .unwrap();
    let seen = [("action", "seen"), ("item", &*person.item(world))];
    for office in [&world.fixtures.center, &world.fixtures.follow_up] {
        sign_in(world, office).await.post_form("/staff/board/actions", &seen).await.expect(303);
    }
    settle(world).await;
    let mut nurse = nurse(world).await;
    nurse.get("/staff/board?queue=ending").await.expect(200).shows("安田 静").shows("健康観察は本日まで");
    let mut follower = sign_in(world, &world.fixtures.follow_up).await;
    let board = follower.get("/staff/board?queue=well").await.expect(200).shows("安田 静");
    hides(&board, "");
}
