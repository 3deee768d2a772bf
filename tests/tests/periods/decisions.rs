//! What a centre decides: with a reason, not over somebody else's change, and nobody else does.

use hersys::db::sql;
use hersys_shared::notification::Edition;
use hersys_tests::notifications::{file, usual};
use hersys_tests::sharing::{grant_follow_up, link};
use hersys_tests::{World, on_both_databases};
use time::macros::date;

use crate::support::*;

on_both_databases!(
    a_period_set_by_hand_stays,
    what_makes_no_sense_is_told_and_kept,
    of_two_at_once_the_second_is_told,
    two_who_write_facts_lose_nothing,
    only_centres_change_and_only_offices_read,
    rules_are_told_in_words,
);

/// OBS-09: changed with a reason, by hand from then on, until the computation is asked for again.
async fn a_period_set_by_hand_stays(world: World) {
    let case = taro(&world).await;
    file(&world.app, case.case_id, &world.fixtures.clinic, &usual(Edition::Full, &world.fixtures.center)).await;
    settle(&world).await;
    let mut nurse = nurse(&world).await;
    let longer = [("from", "2022-07-30"), ("until", "令和4年8月15日"), ("reason", "主治医の指示")];
    press(&mut nurse, case.case_id, "", &longer).await.expect(303);
    let told = nurse.get(&page(case.case_id)).await.expect(200);
    told.shows("主治医の指示").shows("延長").shows("保健所が決めた期間です").shows("計算では8/9まで").shows("担当者");
    write_facts(&mut nurse, case.case_id, &[("onset_on", "2022-08-01")]).await.expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 15)));
    press(&mut nurse, case.case_id, "/proposal", &[("answer", "accept")]).await.expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 11)));
    // And it follows again.
    world.pass(time::Duration::days(1));
    let mut nurse = crate::support::nurse(&world).await;
    write_facts(&mut nurse, case.case_id, &[("onset_on", "2022-08-02")]).await.expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 12)));
    let kinds: Vec<(String, String)> =
        sql("select kind, reason from observation_period_change order by changed_at, change_id")
            .all(&world.app.db)
            .await
            .unwrap();
    let kinds: Vec<(&str, &str)> = kinds.iter().map(|(kind, reason)| (kind.as_str(), reason.as_str())).collect();
    assert_eq!(
        kinds,
        [("computed", ""), ("extended", "主治医の指示"), ("accepted", "計算では8/11まで"), ("computed", "")]
    );
    let audited: i64 =
        sql("select count(*) from audit where action in ('period.extend', 'period.accept', 'period.facts')
                            and account_id is not null and case_id is not null")
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert_eq!(audited, 4);
}

async fn what_makes_no_sense_is_told_and_kept(world: World) {
    let case = taro(&world).await;
    let mut nurse = nurse(&world).await;
    for (fields, says) in [
        ([("from", "2022-08-01"), ("until", "2022-07-31"), ("reason", "x")], "最終日は開始日以降の日付にしてください"),
        ([("from", "2022-08-01"), ("until", "2022-12-31"), ("reason", "x")], "最終日が遠すぎます"),
        ([("from", "2022-08-01"), ("until", "2022-08-09"), ("reason", " ")], "理由を入力してください（必須）"),
        ([("from", "2022-08-01"), ("until", "2022年2月29日"), ("reason", "x")], "カレンダーにない日付です"),
        ([("from", ""), ("until", "2022-08-09"), ("reason", "x")], "開始日を入力してください（必須）"),
        ([("from", "2022-08-01"), ("until", ""), ("reason", "x")], "いまの期間と同じです"),
    ] {
        let answer = press(&mut nurse, case.case_id, "", &fields).await.expect(422).shows(says);
        assert!(fields[1].1.is_empty() || answer.body.contains(fields[1].1), "what was typed is kept");
    }
    // A last day that has passed lets somebody go: asked once more.
    let past = [("from", "2022-07-20"), ("until", "2022-07-31"), ("reason", "入力の漏れ")];
    let asked = press(&mut nurse, case.case_id, "", &past).await.expect(200);
    asked.shows("このあと、連絡・電話は届きません").shows("入力の漏れ");
    assert_eq!(until(&world, case.case_id).await, None);
    let sure = [&past[..], &[("confirmed", "yes")]].concat();
    press(&mut nurse, case.case_id, "", &sure).await.expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 07 - 31)));
    let again = [("from", "2022-07-20"), ("until", "2022-08-05"), ("reason", "症状の再燃")];
    let done = press(&mut nurse, case.case_id, "", &again).await.expect(303);
    nurse.get(done.location()).await.expect(200).shows("健康観察を再開しました").shows("再開").shows("療養解除");
}

/// PERM-08: nobody writes over what they have not seen.
async fn of_two_at_once_the_second_is_told(world: World) {
    let case = taro(&world).await;
    let (mut one, mut other) = (nurse(&world).await, nurse(&world).await);
    let seen = one.get(&page(case.case_id)).await.expect(200).field("seen").unwrap();
    let first = [("from", "2022-08-01"), ("until", "2022-08-09"), ("reason", "先"), ("seen", &seen)];
    let second = [("from", "2022-08-01"), ("until", "2022-08-12"), ("reason", "後から来た"), ("seen", &seen)];
    one.post_form(&page(case.case_id), &first).await.expect(303);
    let told = other.post_form(&page(case.case_id), &second).await.expect(409);
    let told = told.shows("ほかの人が期間を変更したか").shows("2022年08月09日").shows("2022-08-12").shows("後から来た");
    // What was typed stays, also where both days were emptied.
    let now = told.field("seen").unwrap();
    let emptied = [("from", ""), ("until", ""), ("reason", "まちがい"), ("seen", now.as_str())];
    other
        .post_form(&page(case.case_id), &emptied)
        .await
        .expect(422)
        .shows("開始日を入力してください")
        .shows("まちがい");
    let ending = [("end_reason", "満了"), ("seen", seen.as_str()), ("confirmed", "yes")];
    other.post_form(&format!("{}/end", page(case.case_id)), &ending).await.expect(409);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 09)));
    // Having seen it, they may.
    let seen = told.field("seen").unwrap();
    let second = [("from", "2022-08-01"), ("until", "2022-08-12"), ("reason", "後から来た"), ("seen", &seen)];
    other.post_form(&page(case.case_id), &second).await.expect(303);
    // Both at the very same moment: one of them.
    let seen = one.get(&page(case.case_id)).await.expect(200).field("seen").unwrap();
    let fields = |day| [("from", "2022-08-01"), ("until", day), ("reason", "同時"), ("seen", seen.as_str())];
    let (one_fields, other_fields) = (fields("2022-08-13"), fields("2022-08-14"));
    let path = page(case.case_id);
    let (one, other) = tokio::join!(one.post_form(&path, &one_fields), other.post_form(&path, &other_fields));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
}

async fn two_who_write_facts_lose_nothing(world: World) {
    let case = taro(&world).await;
    let (mut one, mut other) = (nurse(&world).await, nurse(&world).await);
    let facts = format!("{}/facts", page(case.case_id));
    let was = one.get(&page(case.case_id)).await.expect(200).field("was").unwrap();
    one.post_form(&facts, &[("onset_on", "2022-07-30"), ("was", &was)]).await.expect(303);
    let told = other.post_form(&facts, &[("onset_on", "2022-07-29"), ("was", &was)]).await.expect(409);
    let told = told.shows("ほかの人が同じ項目を変更しました").shows("2022-07-29");
    told.shows("発症日　ほかの人の入力：2022年07月30日");
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 09)));
    // What one of them did not touch stays as the other wrote it.
    let positive = [("positive_collected_on", "2022-07-31"), ("onset_on", ""), ("was", was.as_str())];
    let told = other.post_form(&facts, &positive).await.expect(409).hides("ほかの人の入力：");
    let told = told.shows("value=\"2022-07-30\"").shows("value=\"2022-07-31\"");
    let was = told.field("was").unwrap();
    let both = [("onset_on", "2022-07-30"), ("positive_collected_on", "2022-07-31"), ("was", was.as_str())];
    other.post_form(&facts, &both).await.expect(303);
    one.get(&page(case.case_id)).await.expect(200).shows("value=\"2022-07-30\"").shows("value=\"2022-07-31\"");
}

/// OBS-09, PERM-01, PERM-02, C-05: centres write, their head office reads, nobody else sees anything of it.
async fn only_centres_change_and_only_offices_read(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    grant_follow_up(&world, &offices.follow_up).await;
    let mut nurse = nurse(&world).await;
    link(&mut nurse, &case, &offices.follow_up).await.expect(303);
    let until_9 = [("from", "2022-08-01"), ("until", "2022-08-09"), ("reason", "x")];
    press(&mut nurse, case.case_id, "", &until_9).await.expect(303);
    nurse.get("/staff/board").await.expect(200).shows("観察は8/9まで");
    let mut office = world.visitor().as_staff(&world, &offices.head_office).await;
    let read = office.get(&page(case.case_id)).await.expect(200).shows("2022年08月09日").shows("計算");
    assert!(read.field("seen").is_none() && !read.body.contains("療養解除の理由"));
    let item = format!("{}:x", case.case_id);
    for (desk, reads) in [
        (&offices.head_office, true),
        (&offices.clinic, false),
        (&offices.follow_up, false),
        (&offices.other_center, false),
    ] {
        let mut desk_visitor = world.visitor().as_staff(&world, desk).await;
        let status = if desk.organization_id == offices.other_center.organization_id { 404 } else { 403 };
        for path in ["", "/end", "/proposal", "/facts"] {
            let path = format!("{}{path}", page(case.case_id));
            desk_visitor.post_form(&path, &until_9).await.expect(status);
        }
        desk_visitor.get(&page(case.case_id)).await.expect(if reads { 200 } else { status });
        let all = [("period", "extend"), ("item", item.as_str()), ("until", "2022-08-20"), ("reason", "x")];
        let bulk = desk_visitor.post_form("/staff/board/periods/actions", &all).await;
        assert!([403, 404].contains(&bulk.status.as_u16()), "{}", desk.name);
    }
    let mut follower = world.visitor().as_staff(&world, &offices.follow_up).await;
    let board = follower.get("/staff/board").await.expect(200).shows("山田 太郎");
    board.hides("8/9").hides("予定どおり終了").hides("健康観察期間");
    // On the last day nothing tells them so.
    go_to(&world, date!(2022 - 08 - 09), 9);
    settle(&world).await;
    let mut follower = world.visitor().as_staff(&world, &offices.follow_up).await;
    follower.get("/staff/board?queue=ending").await.expect(200).hides("山田 太郎");
    follower.get("/staff/board").await.expect(200).shows("山田 太郎").hides("本日まで");
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 08 - 09)));
}

async fn rules_are_told_in_words(world: World) {
    let mut nurse = nurse(&world).await;
    nurse
        .get("/staff/periods/rules")
        .await
        .expect(200)
        .shows("2022年09月07日")
        .shows("これから")
        .shows("7日間、かつ症状軽快から24時間（早くて8日目に解除）")
        .shows("NHK 2022-09-08")
        .shows("濃厚接触者（最終接触日から）");
    world.visitor().as_staff(&world, &world.fixtures.clinic).await.get("/staff/periods/rules").await.expect(403);
}
