//! Follow-up of many: links in bulk, load, hand-back, and what the centre sees of it.

use hersys::db::sql;
use hersys_tests::sharing::{answer, grant_follow_up, link, offer};
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use crate::support::*;

on_both_databases!(
    several_are_linked_moved_and_unlinked_after_a_look,
    a_whole_list_is_linked_by_its_conditions,
    whoever_follows_gives_back_with_a_reason,
    a_centre_sees_who_leaves_people_unanswered,
    only_a_centre_says_who_follows_whom,
    whoever_follows_lifts_its_own_marks_only,
    hand_backs_wait_for_the_centre_that_is_responsible,
    wishes_are_the_centre_s,
);

async fn three(world: &World) -> Vec<Person> {
    let mut people = Vec::new();
    for (name, kana) in [("安田 静", "ヤスダ シズカ"), ("渡辺 学", "ワタナベ マナブ"), ("平田 和", "ヒラタ カズ")]
    {
        people.push(Person::enter(world, name, kana).await);
    }
    settle(world).await;
    people
}

async fn linked(world: &World) -> i64 {
    count(world, "select count(*) from case_sharing where relation in ('linked', 'guest') and ended_at is null").await
}

/// FUP-02, OBS-11: the right first, then the link; shown before it is done.
async fn several_are_linked_moved_and_unlinked_after_a_look(world: World) {
    let offices = &world.fixtures;
    let people = three(&world).await;
    let items: Vec<String> = people.iter().map(|person| person.item(&world)).collect();
    let (follow_up, hospital) =
        (offices.follow_up.organization_id.to_string(), offices.other_clinic.organization_id.to_string());
    let chosen: Vec<(&str, &str)> = items[..2].iter().map(|item| ("item", item.as_str())).collect();
    let with = |more: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        let ticked = items[..2].iter().map(|item| ("item", item.clone()));
        ticked.chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect()
    };
    let post = async |staff: &mut hersys_tests::Visitor, fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        staff.post_form("/staff/follow-up/links", &fields).await
    };
    let mut nurse = nurse(&world).await;
    nurse.get("/staff/board").await.expect(200).shows("紐づけを変える").hides("保健所に返却する");
    let preview = nurse.post_form("/staff/follow-up/preview", &chosen).await.expect(200);
    let preview = preview.shows("まだ何もしていません").shows("2人").shows("まだどこにも紐づいていない方 <strong>2人");
    preview.shows("みどり県医師会").shows("ホテル療養").hides("もみじ病院").hides("平田 和");
    assert_eq!(linked(&world).await, 0);
    // Without a choice, and without the right: beside the field, with what was ticked.
    let missing = post(&mut nurse, with(&[("operation", "begin")])).await.expect(422);
    missing.shows("紐づける機関を選んでください").shows("安田 静");
    post(&mut nurse, with(&[])).await.expect(422).shows("何をするかを選んでください");
    let without_right = post(&mut nurse, with(&[("operation", "begin"), ("partner_id", &hospital)])).await;
    without_right.expect(422).shows("健康フォローアップ機関の権限がありません");
    assert_eq!(linked(&world).await, 0);
    let begin = [("operation", "begin"), ("partner_id", follow_up.as_str())];
    let done = post(&mut nurse, with(&begin)).await.expect(303);
    assert_eq!(done.location(), "/staff/board?done=linked&count=2");
    nurse.get(done.location()).await.expect(200).shows("2人の紐づけを変えました").shows("紐づけ：みどり県医師会");
    // Again is nothing.
    assert!(post(&mut nurse, with(&begin)).await.expect(303).location().ends_with("count=0"));
    // Told once of both.
    let told = count(&world, "select count(*) from center_event where kind = 'cases_linked'").await;
    assert_eq!(told, 1);
    let mut follower = sign_in(&world, &offices.follow_up).await;
    follower.get("/staff/").await.expect(200).shows("まとめて紐づけられました");
    assert_eq!(shown(&follower.get("/staff/board").await.expect(200)).len(), 2);
    // Who is linked already is told, and how much the organisation has to do.
    let preview = nurse.post_form("/staff/follow-up/preview", &chosen).await.expect(200);
    preview.shows("みどり県医師会に紐づいている方 <strong>2人").shows("まだどこにも紐づいていない方 <strong>0人");
    // Moved: the new one sees them, the former does not.
    grant_follow_up(&world, &offices.other_clinic).await;
    post(&mut nurse, with(&[("operation", "move"), ("partner_id", &hospital)])).await.expect(303);
    assert!(shown(&follower.get("/staff/board").await.expect(200)).is_empty());
    let mut hospital_staff = sign_in(&world, &offices.other_clinic).await;
    assert_eq!(shown(&hospital_staff.get("/staff/board").await.expect(200)).len(), 2);
    // A facility is another sort: both stay.
    let hotel = offices.accommodation.organization_id.to_string();
    post(&mut nurse, with(&[("operation", "move"), ("partner_id", &hotel)])).await.expect(303);
    assert_eq!(linked(&world).await, 4);
    post(&mut nurse, with(&[("operation", "end"), ("from_id", &hotel)])).await.expect(303);
    assert_eq!(linked(&world).await, 2);
    post(&mut nurse, with(&[("operation", "end"), ("from_id", "")])).await.expect(303);
    assert_eq!(linked(&world).await, 0);
    assert!(shown(&hospital_staff.get("/staff/board").await.expect(200)).is_empty());
    let kept = count(&world, "select count(*) from audit where action in ('link.begin', 'link.end')").await;
    assert_eq!(kept, 2 + 2 + 2 + 2 + 2 + 2);
}

/// By ward, by queue: everybody whom the conditions show, whatever the page.
async fn a_whole_list_is_linked_by_its_conditions(world: World) {
    let offices = &world.fixtures;
    let people = three(&world).await;
    for (person, ward) in people.iter().zip(["西区", "西区", "東区"]) {
        let identity =
            json!({ "name": "誰か", "birth_on": "1950-01-02", "address": format!("みどり県みどり市{ward}1-1") });
        write_identity(&world, person.case.case_id, identity).await;
    }
    settle(&world).await;
    let mut nurse = nurse(&world).await;
    let ward = "/staff/board?ward=%E3%81%BF%E3%81%A9%E3%82%8A%E5%B8%82%E8%A5%BF%E5%8C%BA";
    let board = nurse.get(ward).await.expect(200).shows("表示の条件にあてはまる2人全員の紐づけを変える");
    let whole = board.field("whole").unwrap();
    let preview = nurse.post_form("/staff/follow-up/preview", &[("whole", &whole)]).await.expect(200).shows("2人");
    let items: Vec<String> = preview
        .body
        .split("name=\"item\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(items.len(), 2);
    let partner = offices.follow_up.organization_id.to_string();
    let mut fields: Vec<(&str, &str)> = items.iter().map(|item| ("item", item.as_str())).collect();
    fields.extend([("operation", "begin"), ("partner_id", partner.as_str())]);
    nurse.post_form("/staff/follow-up/links", &fields).await.expect(303);
    settle(&world).await;
    // What the links say is a condition, too.
    let by = format!("/staff/board?linked={partner}");
    assert_eq!(shown(&nurse.get(&by).await.expect(200)).len(), 2);
    let nobody = shown(&nurse.get("/staff/board?linked=none").await.expect(200));
    assert_eq!(nobody, [people[2].case.case_id]);
    // Any other address of the board, and what is none.
    for (whole, all) in [("/staff/board", 3), ("/staff/board?queue=silent", 0), ("/staff/board?risk=yes", 3)] {
        let preview = nurse.post_form("/staff/follow-up/preview", &[("whole", whole)]).await.expect(200);
        assert_eq!(preview.body.matches("name=\"item\"").count(), all, "{whole}");
    }
    for odd in ["https://evil.example/", "/staff/cases", "\u{0}"] {
        nurse.post_form("/staff/follow-up/preview", &[("whole", odd)]).await.expect(200).hides("name=\"item\"");
    }
}

/// FUP-03, FUP-05
async fn whoever_follows_gives_back_with_a_reason(world: World) {
    let offices = &world.fixtures;
    let people = three(&world).await;
    let mut nurse = nurse(&world).await;
    for person in &people[..2] {
        link(&mut nurse, &person.case, &offices.follow_up).await.expect(303);
    }
    link(&mut nurse, &people[0].case, &offices.accommodation).await.expect(303);
    settle(&world).await;
    let mut follower = sign_in(&world, &offices.follow_up).await;
    follower.get("/staff/board").await.expect(200).shows("保健所に返却する").hides("紐づけを変える");
    let items: Vec<String> = people.iter().map(|person| person.item(&world)).collect();
    let ticked: Vec<(&str, &str)> = items.iter().map(|item| ("item", item.as_str())).collect();
    // Whoever is not one's own is not there.
    let preview = follower.post_form("/staff/follow-up/returns/preview", &ticked).await.expect(200);
    preview.shows("2人").shows("安田 静").hides("平田 和");
    follower.post_form("/staff/follow-up/returns", &ticked).await.expect(422).shows("返却の理由を入力してください");
    let long = "長".repeat(201);
    let with = |reason: &'static str| [&ticked[..], &[("reason", reason)]].concat();
    let too_long = [&ticked[..], &[("reason", long.as_str())]].concat();
    follower.post_form("/staff/follow-up/returns", &too_long).await.expect(422).shows("200文字まで");
    let done = follower.post_form("/staff/follow-up/returns", &with("電話に出ません")).await.expect(303);
    assert_eq!(done.location(), "/staff/board?done=returned&count=2");
    assert!(shown(&follower.get("/staff/board").await.expect(200)).is_empty());
    let path = format!("/staff/cases/{}/observation", people[0].case.case_id);
    follower.get(&path).await.expect(404);
    // The facility keeps its guest, and reads nothing of it.
    let mut hotel = sign_in(&world, &offices.accommodation).await;
    hotel.get("/staff/board").await.expect(200).shows("安田 静").hides("返却</span>").hides("電話に出ません");
    // The centre is told, and sees whom and why.
    nurse.get("/staff/").await.expect(200).shows("返却されました");
    let board = nurse.get("/staff/board?linked=returned").await.expect(200);
    assert_eq!(shown(&board).len(), 2);
    board.shows("返却</span>").shows("みどり県医師会：電話に出ません");
    // Noted, or linked again: the mark is gone.
    let settle_one = [("item", items[0].as_str()), ("operation", "settle")];
    nurse.post_form("/staff/follow-up/links", &settle_one).await.expect(303);
    assert_eq!(shown(&nurse.get("/staff/board?linked=returned").await.expect(200)), [people[1].case.case_id]);
    link(&mut nurse, &people[1].case, &offices.follow_up).await.expect(303);
    assert!(shown(&nurse.get("/staff/board?linked=returned").await.expect(200)).is_empty());
    assert_eq!(count(&world, "select count(*) from audit where action = 'link.return'").await, 2);
    // A second window of the follower does nothing twice.
    follower.post_form("/staff/follow-up/returns", &with("もう一度")).await.expect(303);
    let open = count(&world, "select count(*) from link_return where settled_at is null").await;
    assert_eq!(open, 1, "the person who was linked again");
    let kept = count(&world, "select count(*) from link_return").await;
    assert_eq!(kept, 3);
}

/// OBS-07, OBS-14
async fn a_centre_sees_who_leaves_people_unanswered(world: World) {
    let offices = &world.fixtures;
    let mut people = three(&world).await;
    let mut nurse = nurse(&world).await;
    nurse.get("/staff/follow-up").await.expect(200).shows("紐づけている方はいません").shows("3人");
    for person in &people[..2] {
        link(&mut nurse, &person.case, &offices.follow_up).await.expect(303);
    }
    link(&mut nurse, &people[2].case, &offices.accommodation).await.expect(303);
    people[0].reports(&world, json!({ "spo2": 90 })).await;
    world.pass(Duration::hours(4));
    settle(&world).await;
    let mut nurse = crate::support::nurse(&world).await;
    let page = nurse.get("/staff/follow-up").await.expect(200).shows("みどり県医師会").shows("ホテル療養");
    let row = |page: &str, name: &str| page.split("<tr").find(|row| row.contains(name)).unwrap().to_owned();
    let numbers = |row: &str| -> Vec<i64> {
        let cells = row.split("class=\"number\">").skip(1);
        cells
            .map(|cell| {
                let text: String = cell
                    .split("</td>")
                    .next()
                    .unwrap()
                    .split('>')
                    .map(|part| part.split('<').next().unwrap())
                    .collect();
                text.trim_end_matches('人').parse().unwrap()
            })
            .collect()
    };
    // Unseen emergency, silent, reported, linked.
    assert_eq!(numbers(&row(&page.body, "みどり県医師会")), [1, 1, 1, 2]);
    assert_eq!(numbers(&row(&page.body, "ホテル療養")), [0, 1, 0, 1]);
    assert!(row(&page.body, "みどり県医師会").contains("まだありません"));
    // Each number leads to whom it counts, wherever they stand on the centre's own board.
    let silent = format!("/staff/board?linked={}&partner=silent", offices.follow_up.organization_id);
    assert_eq!(shown(&nurse.get(&silent).await.expect(200)), [people[1].case.case_id]);
    each_number_is_what_its_link_shows(&mut nurse, 7).await;
    // The centre has looked, the organisation has not; somebody waits after the last day; nobody follows another.
    let item = people[0].item(&world);
    nurse.post_form("/staff/board/actions", &[("action", "seen"), ("item", &item)]).await.expect(303);
    let mut ended = Person::enter(&world, "長井 久", "ナガイ ヒサシ").await;
    ended.reports(&world, json!({ "spo2": 90 })).await;
    link(&mut nurse, &ended.case, &offices.follow_up).await.expect(303);
    hersys_tests::sharing::end(&world, &mut nurse, &people[2].case, &offices.accommodation).await.expect(303);
    let yesterday = world.now().day().previous_day();
    for (case_id, until) in [(ended.case.case_id, yesterday), (people[2].case.case_id, yesterday)] {
        sql("update cases set observed_until = $2 where case_id = $1")
            .bind(case_id)
            .bind(until)
            .run(&world.app.db)
            .await
            .unwrap();
    }
    settle(&world).await;
    each_number_is_what_its_link_shows(&mut nurse, 5).await;
    // The organisation looks: its emergency is seen, the centre's is not.
    let mut follower = sign_in(&world, &offices.follow_up).await;
    let item = people[0].item(&world);
    follower.post_form("/staff/board/actions", &[("action", "seen"), ("item", &item)]).await.expect(303);
    let page = nurse.get("/staff/follow-up").await.expect(200);
    assert_eq!(numbers(&row(&page.body, "みどり県医師会")), [0, 1, 1, 2]);
    assert!(row(&page.body, "みどり県医師会").contains("2022-08-01 13:00"));
    // Another centre's people are no business of this one.
    let mut other = sign_in(&world, &offices.other_center).await;
    other.get("/staff/follow-up").await.expect(200).hides("みどり県医師会").shows("紐づけている方はいません");
    let all: i64 = sql("select count(*) from audit where action = 'link.load'").scalar(&world.app.db).await.unwrap();
    assert_eq!(all, 6);
}

/// `links` numbers of 健康フォローアップ機関の状況, followed one by one.
async fn each_number_is_what_its_link_shows(nurse: &mut hersys_tests::Visitor, links: usize) {
    let page = nurse.get("/staff/follow-up").await.expect(200);
    let mut followed = 0;
    for part in page.body.split("href=\"/staff/board?").skip(1) {
        let (href, rest) = part.split_once("\">").unwrap();
        let number: usize = rest.split('人').next().unwrap().parse().unwrap();
        let href = format!("/staff/board?{}", href.replace("&amp;", "&"));
        assert_eq!(shown(&nurse.get(&href).await.expect(200)).len(), number, "{href}");
        followed += 1;
    }
    assert_eq!(followed, links, "{}", page.body);
}

/// What one may not see one does not take away.
async fn whoever_follows_lifts_its_own_marks_only(world: World) {
    let offices = &world.fixtures;
    let people = three(&world).await;
    let mut nurse = nurse(&world).await;
    link(&mut nurse, &people[0].case, &offices.follow_up).await.expect(303);
    settle(&world).await;
    let item = people[0].item(&world);
    let mut follower = sign_in(&world, &offices.follow_up).await;
    let flag = |reason: &'static str| [("action", "flag"), ("reason", reason), ("item", item.as_str())];
    nurse.post_form("/staff/board/actions", &flag("独居")).await.expect(303);
    for reason in ["耳が遠い", ""] {
        follower.post_form("/staff/board/actions", &flag(reason)).await.expect(303);
    }
    follower.get("/staff/board").await.expect(200).shows("安田 静").hides("独居").hides("耳が遠い");
    nurse.get("/staff/board?flag=yes").await.expect(200).shows("独居");
    // A centre sees all, and lifts all.
    follower.post_form("/staff/board/actions", &flag("耳が遠い")).await.expect(303);
    nurse.post_form("/staff/board/actions", &flag("")).await.expect(303);
    nurse.get("/staff/board?flag=yes").await.expect(200).hides("安田 静");
    follower.get("/staff/board").await.expect(200).hides("耳が遠い");
}

/// One of two hand-backs does not settle the other, and both go with 担当保健所.
async fn hand_backs_wait_for_the_centre_that_is_responsible(world: World) {
    let offices = &world.fixtures;
    let people = three(&world).await;
    let mut nurse = nurse(&world).await;
    link(&mut nurse, &people[0].case, &offices.follow_up).await.expect(303);
    link(&mut nurse, &people[0].case, &offices.accommodation).await.expect(303);
    settle(&world).await;
    let item = people[0].item(&world);
    for (office, reason) in [(&offices.follow_up, "電話に出ません"), (&offices.accommodation, "退所しました")]
    {
        let mut staff = sign_in(&world, office).await;
        let given = [("item", item.as_str()), ("reason", reason)];
        staff.post_form("/staff/follow-up/returns", &given).await.expect(303);
        world.pass(Duration::minutes(1));
    }
    let open = async || count(&world, "select count(*) from link_return where settled_at is null").await;
    assert_eq!(open().await, 2);
    let mut far = sign_in(&world, &offices.far_center).await;
    offer(&mut nurse, &people[0].case, &offices.far_center, false).await;
    answer(&world, &mut far, &people[0].case, "acceptance").await;
    settle(&world).await;
    let board = far.get("/staff/board?linked=returned").await.expect(200);
    assert_eq!(shown(&board), [people[0].case.case_id]);
    board.shows("退所しました");
    let settled = [("item", item.as_str()), ("operation", "settle")];
    let done = far.post_form("/staff/follow-up/links", &settled).await.expect(303);
    // Back to the queue that was looked at.
    assert_eq!(done.location(), "/staff/board?linked=returned&done=linked&count=1");
    assert_eq!(open().await, 0);
}

/// What a person asks of the centre is on no other board.
async fn wishes_are_the_centre_s(world: World) {
    let offices = &world.fixtures;
    let mut people = three(&world).await;
    let mut nurse = nurse(&world).await;
    link(&mut nurse, &people[0].case, &offices.follow_up).await.expect(303);
    let path = format!("/api/patient/people/{}/requests", people[0].id);
    people[0].phone.post_json(&path, &json!({ "wish": "call" })).await;
    settle(&world).await;
    assert_eq!(count(&world, "select count(*) from patient_request").await, 1);
    nurse.get("/staff/board?wish=yes").await.expect(200).shows("安田 静").shows("希望</span>");
    let mut follower = sign_in(&world, &offices.follow_up).await;
    follower.get("/staff/board").await.expect(200).shows("安田 静").hides("希望").hides("name=\"wish\"");
    assert!(shown(&follower.get("/staff/board?wish=yes").await.expect(200)).is_empty());
}

async fn only_a_centre_says_who_follows_whom(world: World) {
    let offices = &world.fixtures;
    let people = three(&world).await;
    let item = people[0].item(&world);
    let partner = offices.follow_up.organization_id.to_string();
    let fields = [("item", item.as_str()), ("operation", "begin"), ("partner_id", partner.as_str())];
    for office in [&offices.follow_up, &offices.accommodation, &offices.clinic, &offices.head_office, &offices.ministry]
    {
        let mut staff = sign_in(&world, office).await;
        staff.get("/staff/follow-up").await.expect(403);
        staff.post_form("/staff/follow-up/preview", &fields).await.expect(403);
        staff.post_form("/staff/follow-up/links", &fields).await.expect(403);
    }
    // Another centre does not reach them.
    let mut stranger = sign_in(&world, &offices.other_center).await;
    stranger.post_form("/staff/follow-up/preview", &fields).await.expect(200).hides("安田 静");
    stranger.post_form("/staff/follow-up/links", &fields).await.expect(404);
    assert_eq!(linked(&world).await, 0);
    // A centre has nobody to whom it could give back.
    let mut nurse = nurse(&world).await;
    nurse.post_form("/staff/follow-up/returns/preview", &fields).await.expect(303);
    nurse.post_form("/staff/follow-up/returns", &fields).await.expect(303);
    assert_eq!(count(&world, "select count(*) from link_return").await, 0);
    // An organisation far away is none to choose.
    let far = Uuid::from_u128(9).to_string();
    let fields = [("item", item.as_str()), ("operation", "begin"), ("partner_id", far.as_str())];
    nurse.post_form("/staff/follow-up/links", &fields).await.expect(422).shows("同じ都道府県の機関から");
}
