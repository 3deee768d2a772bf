//! 健康観察一覧: the one person who is getting worse stands on top, in words; nobody who is silent is overlooked.

use hersys::cases::create::CreatedCase;
use hersys::db::sql;
use hersys::monitoring::watch;
use hersys_tests::fixtures::{Somebody, report};
use hersys_tests::sharing::{grant_follow_up, link};
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::{Value as Json, json};
use time::Duration;
use time::macros::date;

on_both_databases!(
    low_oxygen_stands_on_top_in_words,
    what_was_looked_at_leaves_the_queue_until_something_new_comes,
    whoever_is_silent_is_found_from_the_hour_on,
    nobody_without_a_way_is_overlooked,
    the_last_day_asks_for_a_decision,
    filters_and_orders_hold_together,
    a_colleague_and_a_mark_are_set_for_several_after_a_look,
    an_attempt_to_reach_somebody_is_kept_once,
    follow_up_sees_its_people_and_nothing_else,
    a_report_is_judged_once_whatever_the_order,
    rules_of_a_center_count_for_its_people,
    only_who_observes_has_a_board,
);

struct Person {
    case: CreatedCase,
    phone: Visitor,
    id: String,
}

impl Person {
    /// Somebody of the centre with an account of My HER-SYS.
    async fn enter(world: &World, name: &'static str, kana: &'static str) -> Self {
        let case = Somebody::patient(name, kana)
            .observed(date!(2022 - 07 - 30), Some(date!(2022 - 08 - 09)))
            .enter(&world.app, &world.fixtures.center, &world.fixtures.clinic)
            .await;
        let mut phone = world.visitor().as_patient(world, &format!("{}@example.jp", case.hersys_id.as_str())).await;
        let id = phone.link(name, "1980-01-02", case.hersys_id.as_str()).await;
        Self { case, phone, id }
    }

    async fn reports(&mut self, world: &World, changes: Json) {
        let mut report = report(&self.id);
        for (key, value) in changes.as_object().unwrap() {
            report[key] = value.clone();
        }
        let outcome = self.phone.post_json("/api/patient/reports", &json!({ "reports": [report] })).await.expect(200);
        assert!(outcome.body.contains("received_at"), "{}", outcome.body);
        settle(world).await;
    }

    fn item(&self, world: &World) -> String {
        format!("{}:{}", self.case.case_id, world.now().0)
    }
}

/// What the judge does a few times a second.
async fn settle(world: &World) {
    watch::judge_waiting(&world.app.db, &world.app.texts, world.now()).await.unwrap();
}

async fn write_identity(world: &World, case: &CreatedCase, identity: Json) {
    sql("update document set body = $2, version = version + 1 where case_id = $1 and tab = 'identity'")
        .bind(case.case_id)
        .bind(identity)
        .run(&world.app.db)
        .await
        .unwrap();
}

async fn nurse(world: &World) -> Visitor {
    world.visitor().as_staff(world, &world.fixtures.center).await
}

/// OBS-05, OBS-07, OBS-14: SpO2 92 is an emergency, says so, and comes before everybody else.
async fn low_oxygen_stands_on_top_in_words(world: World) {
    let mut calm = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    let mut ill = Person::enter(&world, "渡辺 学", "ワタナベ マナブ").await;
    calm.reports(&world, json!({ "temperature": 362, "spo2": 98 })).await;
    ill.reports(&world, json!({ "spo2": 97 })).await;
    world.pass(Duration::hours(2));
    ill.reports(&world, json!({ "spo2": 92 })).await;
    let mut nurse = nurse(&world).await;
    let board = nurse.get("/staff/board").await.expect(200);
    let board = board.shows("SpO2 92％（93％以下）").shows("SpO2 97 → 92（24時間以内）").shows("0分前");
    let place = |name: &str| board.body.find(name).unwrap();
    assert!(place("渡辺 学") < place("安田 静"));
    nurse.get("/staff/board?queue=emergency").await.expect(200).shows("渡辺 学").hides("安田 静");
    nurse.get("/staff/board?queue=well").await.expect(200).shows("安田 静").hides("渡辺 学");
}

/// A calmer report hides nothing that nobody has seen; what was seen is done with.
async fn what_was_looked_at_leaves_the_queue_until_something_new_comes(world: World) {
    let mut ill = Person::enter(&world, "渡辺 学", "ワタナベ マナブ").await;
    ill.reports(&world, json!({ "emergency_signs": ["chest_pain"] })).await;
    world.pass(Duration::minutes(10));
    ill.reports(&world, json!({ "spo2": 98 })).await;
    let mut nurse = nurse(&world).await;
    nurse.get("/staff/board?queue=emergency").await.expect(200).shows("緊急性の高い症状：胸の痛みがある");
    let shown = ill.item(&world);
    nurse.post_form("/staff/board/preview", &[("action", "seen"), ("item", &shown)]).await.expect(200).shows("渡辺 学");
    // What comes between looking and pressing is not seen.
    world.pass(Duration::minutes(1));
    ill.reports(&world, json!({ "spo2": 91 })).await;
    let done = nurse.post_form("/staff/board/actions", &[("action", "seen"), ("item", &shown)]).await.expect(303);
    nurse.get(done.location()).await.expect(200).shows("1人を確認済みにしました").shows("SpO2 91％").hides("胸の痛み");
    let all = ill.item(&world);
    nurse.post_form("/staff/board/actions", &[("action", "seen"), ("item", &all)]).await.expect(303);
    nurse.get("/staff/board?queue=emergency").await.expect(200).hides("渡辺 学");
    nurse.get("/staff/board?queue=well").await.expect(200).shows("渡辺 学").shows("確認済み");
    let seen: i64 = sql("select count(*) from audit where action = 'board.seen'").scalar(&world.app.db).await.unwrap();
    assert_eq!(seen, 2);
}

/// OBS-14: with the reason, from the hour of the rules on and not before; midnight begins anew.
async fn whoever_is_silent_is_found_from_the_hour_on(world: World) {
    let mut reporting = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    let silent = Somebody::patient("未登録 人", "ミトウロク ヒト")
        .observed(date!(2022 - 07 - 30), Some(date!(2022 - 08 - 09)))
        .enter(&world.app, &world.fixtures.center, &world.fixtures.clinic)
        .await;
    let with_phone = json!({ "name": "未登録 人", "kana": "ミトウロク ヒト", "phone": "09011112222" });
    write_identity(&world, &silent, with_phone).await;
    reporting.reports(&world, json!({})).await;
    let mut nurse = nurse(&world).await;
    // 9:00
    nurse.get("/staff/board?queue=silent").await.expect(200).hides("未登録 人");
    nurse.get("/staff/board?queue=waiting").await.expect(200).shows("未登録 人");
    world.pass(Duration::hours(3));
    let mut nurse = self::nurse(&world).await;
    nurse
        .get("/staff/board?queue=silent")
        .await
        .expect(200)
        .shows("未登録 人")
        .shows("まだ登録していません")
        .hides("安田 静");
    // 23:59:59 and one second more.
    world.pass(Duration::hours(11) + Duration::minutes(59) + Duration::seconds(59));
    let mut nurse = self::nurse(&world).await;
    nurse.get("/staff/board?queue=well").await.expect(200).shows("安田 静");
    world.pass(Duration::seconds(1));
    // Yesterday's session goes on.
    nurse.get("/staff/board?queue=well").await.expect(200).hides("安田 静");
    nurse.get("/staff/board?queue=waiting").await.expect(200).shows("安田 静").shows("未登録 人");
}

async fn nobody_without_a_way_is_overlooked(world: World) {
    Somebody::patient("手紙 太郎", "テガミ タロウ")
        .observed(date!(2022 - 07 - 30), None)
        .enter(&world.app, &world.fixtures.center, &world.fixtures.clinic)
        .await;
    settle(&world).await;
    nurse(&world).await.get("/staff/board?queue=unreachable").await.expect(200).shows("手紙 太郎");
}

/// OBS-13, OBS-09: who is released is on no board any more, at once.
async fn the_last_day_asks_for_a_decision(world: World) {
    let mut person = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    person.reports(&world, json!({})).await;
    let until = |day| sql("update cases set observed_until = $1").bind(day).run(&world.app.db);
    until(date!(2022 - 08 - 01)).await.unwrap();
    settle(&world).await;
    let mut nurse = nurse(&world).await;
    nurse.get("/staff/board?queue=ending").await.expect(200).shows("安田 静").shows("本日まで");
    until(date!(2022 - 07 - 31)).await.unwrap();
    settle(&world).await;
    nurse.get("/staff/board").await.expect(200).hides("安田 静").shows("健康観察の期間中の方はいません");
}

async fn filters_and_orders_hold_together(world: World) {
    let mut old = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    let mut young = Person::enter(&world, "渡辺 学", "ワタナベ マナブ").await;
    for (person, birth_on) in [(&old, "1950-08-01"), (&young, "1999-08-02")] {
        let name = if birth_on < "1960" { "安田 静" } else { "渡辺 学" };
        let identity = json!({ "name": name, "birth_on": birth_on, "address": "みどり県みどり市西区1-1" });
        write_identity(&world, &person.case, identity).await;
    }
    old.reports(&world, json!({})).await;
    young.reports(&world, json!({})).await;
    let mut nurse = nurse(&world).await;
    nurse.get("/staff/board?age=65").await.expect(200).shows("安田 静").hides("渡辺 学");
    nurse.get("/staff/board?age=73").await.expect(200).hides("安田 静");
    nurse.get("/staff/board?risk=yes").await.expect(200).shows("安田 静").hides("渡辺 学");
    nurse
        .get("/staff/board?ward=%E3%81%BF%E3%81%A9%E3%82%8A%E5%B8%82%E8%A5%BF%E5%8C%BA")
        .await
        .expect(200)
        .shows("渡辺 学");
    nurse.get("/staff/board?ward=nowhere").await.expect(200).hides("渡辺 学").shows("条件を消す");
    for odd in ["page=0", "page=-1", "page=99999999999999999999", "age=x", "queue=nonsense", "order='", "linked=1"] {
        nurse.get(&format!("/staff/board?{odd}")).await.expect(200);
    }
    nurse.get("/staff/board?page=2").await.expect(200).shows("もう誰もいません");
    for order in ["oldest", "kana", "age"] {
        nurse.get(&format!("/staff/board?order={order}&seen=no&assignee=none")).await.expect(200).shows("安田 静");
    }
}

async fn a_colleague_and_a_mark_are_set_for_several_after_a_look(world: World) {
    let mut people = Vec::new();
    for (name, kana) in [("安田 静", "ヤスダ シズカ"), ("渡辺 学", "ワタナベ マナブ")] {
        let mut person = Person::enter(&world, name, kana).await;
        person.reports(&world, json!({})).await;
        people.push(person.item(&world));
    }
    let mut nurse = nurse(&world).await;
    let items = [("item", people[0].as_str()), ("item", people[1].as_str())];
    let with = |more: &[(&'static str, &'static str)]| [&items[..], more].concat();
    nurse
        .post_form("/staff/board/preview", &with(&[("action", "assign")]))
        .await
        .expect(200)
        .shows("2人")
        .shows("未定");
    nurse.get("/staff/board").await.expect(200).hides("担当：");
    nurse.post_form("/staff/board/actions", &with(&[("action", "assign"), ("assignee", "-")])).await.expect(422);
    let me = world.fixtures.center.account_id.to_string();
    let chosen = [&items[..], &[("action", "assign"), ("assignee", me.as_str())]].concat();
    nurse.post_form("/staff/board/actions", &chosen).await.expect(303);
    nurse.get("/staff/board?assignee=me").await.expect(200).shows("担当：").shows("渡辺 学");
    let long = "長".repeat(101);
    let flagged = |reason| [&items[..1], &[("action", "flag"), ("reason", reason)]].concat();
    nurse.post_form("/staff/board/actions", &flagged(long.as_str())).await.expect(422).shows("100文字まで");
    nurse.post_form("/staff/board/actions", &flagged("独居")).await.expect(303);
    nurse.get("/staff/board?flag=yes").await.expect(200).shows("独居").shows("安田 静").hides("渡辺 学");
    nurse.post_form("/staff/board/actions", &flagged("")).await.expect(303);
    nurse.get("/staff/board?flag=yes").await.expect(200).hides("安田 静");
    // Nobody acts for another centre's people.
    let mut stranger = world.visitor().as_staff(&world, &world.fixtures.other_center).await;
    stranger.post_form("/staff/board/actions", &with(&[("action", "seen")])).await.expect(404);
    stranger.post_form("/staff/board/preview", &with(&[("action", "seen")])).await.expect(200).hides("安田 静");
}

/// OBS-12, OBS-14
async fn an_attempt_to_reach_somebody_is_kept_once(world: World) {
    let person = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    settle(&world).await;
    world.pass(Duration::hours(4));
    let mut nurse = nurse(&world).await;
    let path = format!("/staff/cases/{}/contact", person.case.case_id);
    let form = nurse.get(&path).await.expect(200);
    let id = form.field("attempt_id").unwrap();
    let typed = [("attempt_id", id.as_str()), ("means", "phone"), ("outcome", ""), ("note", "3回鳴らした")];
    nurse.post_form(&path, &typed).await.expect(422).shows("結果を選んでください").shows("3回鳴らした");
    let typed = [("attempt_id", id.as_str()), ("means", "phone"), ("outcome", "no_answer"), ("note", "3回鳴らした")];
    for _ in 0..2 {
        nurse.post_form(&path, &typed).await.expect(303);
    }
    nurse.get(&path).await.expect(200).shows("電話に出ない").shows("3回鳴らした");
    let kept: i64 = sql("select count(*) from contact_attempt").scalar(&world.app.db).await.unwrap();
    assert_eq!(kept, 1);
    nurse.get("/staff/board?queue=silent").await.expect(200).shows("電話に出ていません").shows("安田 静");
}

/// FUP-02, FUP-03, PERM-04: linked people with their reports; neither onset nor risk nor address.
async fn follow_up_sees_its_people_and_nothing_else(world: World) {
    let offices = &world.fixtures;
    let mut linked = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    Person::enter(&world, "渡辺 学", "ワタナベ マナブ").await;
    let identity = json!({ "name": "安田 静", "birth_on": "1950-01-02", "address": "みどり県秘密市1-1" });
    write_identity(&world, &linked.case, identity).await;
    grant_follow_up(&world, &offices.follow_up).await;
    let mut nurse = nurse(&world).await;
    link(&mut nurse, &linked.case, &offices.follow_up).await.expect(303);
    linked.reports(&world, json!({ "spo2": 90 })).await;
    let mut follower = world.visitor().as_staff(&world, &offices.follow_up).await;
    let board = follower.get("/staff/board").await.expect(200);
    board.shows("安田 静").shows("SpO2 90％").hides("渡辺 学").hides("秘密市").hides("リスク</span>").hides("日目");
    nurse.get("/staff/board").await.expect(200).shows("秘密市").shows("リスク</span>").shows("紐づけ：");
    // What the centre notes for itself stays there.
    let item = linked.item(&world);
    nurse
        .post_form("/staff/board/actions", &[("action", "flag"), ("reason", "内輪の話"), ("item", &item)])
        .await
        .expect(303);
    let path = format!("/staff/cases/{}/contact", linked.case.case_id);
    let said = [("means", "phone"), ("outcome", "refused"), ("note", "秘密のメモ")];
    nurse.post_form(&path, &said).await.expect(303);
    nurse.get("/staff/board").await.expect(200).shows("内輪の話").shows("話したくない");
    follower.get("/staff/board").await.expect(200).hides("内輪の話").hides("話したくない").shows("安田 静");
    follower.get(&path).await.expect(200).hides("秘密のメモ");
    // Each organisation looks for itself.
    follower.post_form("/staff/board/actions", &[("action", "seen"), ("item", &linked.item(&world))]).await.expect(303);
    follower.get("/staff/board?queue=emergency").await.expect(200).hides("安田 静");
    nurse.get("/staff/board?queue=emergency").await.expect(200).shows("安田 静");
    hersys_tests::sharing::end(&world, &mut nurse, &linked.case, &offices.follow_up).await.expect(303);
    follower.get("/staff/board").await.expect(200).hides("安田 静");
}

/// The rows are those that would come of nothing, whatever happened in between.
async fn a_report_is_judged_once_whatever_the_order(world: World) {
    let mut person = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    for (hours, spo2) in [(0, 97), (5, 93), (20, 99), (3, 95)] {
        world.pass(Duration::hours(hours));
        person.reports(&world, json!({ "spo2": spo2 })).await;
        if spo2 == 93 {
            let mut nurse = nurse(&world).await;
            nurse
                .post_form("/staff/board/actions", &[("action", "seen"), ("item", &person.item(&world))])
                .await
                .expect(303);
        }
    }
    let rows = || async {
        sql("select organization_id, case_id, alert, hits, reported_at, course, seen_until from board_person order by 1, 2")
            .all::<(uuid::Uuid, uuid::Uuid, i64, Json, i64, Json, i64)>(&world.app.db)
            .await
            .unwrap()
    };
    let before = rows().await;
    assert!(!before.is_empty());
    sql("delete from board_person").run(&world.app.db).await.unwrap();
    watch::judge_these(&world.app.db, &world.app.texts, world.now(), &[person.case.case_id]).await.unwrap();
    assert_eq!(rows().await, before);
    // A report that was wrong counts no more.
    let (report_id,): (uuid::Uuid,) =
        sql("select report_id from observation order by received_at desc limit 1").one(&world.app.db).await.unwrap();
    sql("insert into observation_correction (case_id, report_id, reason, corrected_at, corrected_by, organization_id)
         values ($1, $2, '別の方の値', 0, $3, $3)")
    .bind(person.case.case_id)
    .bind(report_id)
    .bind(world.fixtures.center.account_id)
    .run(&world.app.db)
    .await
    .unwrap();
    settle(&world).await;
    let (spo2,): (i64,) = sql("select spo2 from board_person limit 1").one(&world.app.db).await.unwrap();
    assert_eq!(spo2, 99);
}

/// Rules count from their day on, for whose they are.
async fn rules_of_a_center_count_for_its_people(world: World) {
    let mut person = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    let strict = json!({ "report_by": 8, "rules": [
        { "key": "any_fever", "alert": "emergency", "when": { "kind": "temperature_at_least", "tenths": 370 } } ] });
    sql("insert into watch_rules (rules_id, organization_id, version, from_on, body, written_at, written_by)
         values ($1, $2, 1, $3, $4, 0, $1)")
    .bind(uuid::Uuid::now_v7())
    .bind(world.fixtures.center.organization_id)
    .bind(date!(2022 - 08 - 02))
    .bind(strict)
    .run(&world.app.db)
    .await
    .unwrap();
    person.reports(&world, json!({ "temperature": 371, "spo2": 98 })).await;
    nurse(&world).await.get("/staff/board?queue=emergency").await.expect(200).hides("安田 静");
    world.pass(Duration::days(1));
    person.reports(&world, json!({ "temperature": 371, "spo2": 98 })).await;
    nurse(&world).await.get("/staff/board?queue=emergency").await.expect(200).shows("体温 37.1℃（37.0℃以上）");
}

/// PERM-10, OBS-10
async fn only_who_observes_has_a_board(world: World) {
    let offices = &world.fixtures;
    for (office, status) in
        [(&offices.center, 200), (&offices.follow_up, 200), (&offices.accommodation, 200), (&offices.ministry, 403)]
    {
        let mut staff = world.visitor().as_staff(&world, office).await;
        staff.get("/staff/board").await.expect(status);
    }
    world.visitor().get("/staff/board").await.expect(303);
}
