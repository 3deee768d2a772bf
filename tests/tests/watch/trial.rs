//! Rules tried before they count.

use hersys::db::sql;
use hersys_tests::fixtures::Somebody;
use hersys_tests::{World, on_both_databases};
use serde_json::{Value as Json, json};
use time::Duration;
use time::macros::date;
use uuid::Uuid;

use crate::support::*;

on_both_databases!(
    a_trial_shows_whom_the_rules_would_move_and_moves_nobody,
    a_trial_looks_back_and_counts_everybody_once,
    offices_above_see_numbers_and_nobody,
    a_trial_of_many_is_told_in_pages,
);

async fn board(world: &World) -> Vec<(Uuid, Uuid, i64, Json, i64)> {
    sql("select organization_id, case_id, alert, hits, judged_at from board_person order by 1, 2")
        .all(&world.app.db)
        .await
        .unwrap()
}

/// OBS-05
async fn a_trial_shows_whom_the_rules_would_move_and_moves_nobody(world: World) {
    let mut warm = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    let mut low = Person::enter(&world, "渡辺 学", "ワタナベ マナブ").await;
    let mut calm = Person::enter(&world, "平田 和", "ヒラタ カズ").await;
    warm.reports(&world, json!({ "temperature": 371, "spo2": 98 })).await;
    low.reports(&world, json!({ "temperature": 365, "spo2": 93 })).await;
    calm.reports(&world, json!({ "temperature": 365, "spo2": 99 })).await;
    let before = board(&world).await;
    let mut nurse = nurse(&world).await;
    let tried = Form::warm(0, "2022-08-01", "37.0").press(&mut nurse, "try").await.expect(200);
    let tried =
        tried.shows("まだ何も保存されていません").shows("体温 37.1℃（37.0℃以上）").shows("SpO2 93％（93％以下）");
    let tried = tried.shows("安田 静").shows("渡辺 学").hides("平田 和");
    let tried = tried.shows("段階が上がる方 <strong>1人").shows("下がる方 <strong>1人");
    // Whoever rises comes first.
    assert!(tried.body.find("安田 静") < tried.body.find("渡辺 学"));
    assert_eq!(board(&world).await, before);
    assert_eq!(count(&world, "select count(*) from watch_rules").await, 0);
    assert_eq!(count(&world, "select count(*) from watch_pending").await, 0);
    assert_eq!(count(&world, "select count(*) from audit where action = 'rules.trial'").await, 1);
    // What was typed is carried on: back to the form, or on to a version.
    let back = Form::warm(0, "2022-08-01", "37.0").press(&mut nurse, "back").await.expect(200);
    back.shows("value=\"37.0\"");
    let same = nurse.get("/staff/rules/edit").await.expect(200);
    assert!(same.body.contains("試す"));
}

/// Each report of the days counts as the newest of its time; what was looked at counts in the days, not on the board.
async fn a_trial_looks_back_and_counts_everybody_once(world: World) {
    let mut person = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    person.reports(&world, json!({ "temperature": 380, "spo2": 98 })).await;
    let mut nurse = nurse(&world).await;
    let item = person.item(&world);
    nurse.post_form("/staff/board/actions", &[("action", "seen"), ("item", &item)]).await.expect(303);
    world.pass(Duration::days(3));
    person.reports(&world, json!({ "temperature": 365, "spo2": 98 })).await;
    let mut nurse = crate::support::nurse(&world).await;
    let with_days = |days| Form::warm(0, "2022-08-04", "37.9").with("trial_days", days);
    // Three days ago is beyond three days.
    let short = with_days("3").press(&mut nurse, "try").await.expect(200);
    short.shows("この基準で段階が変わる方はいません").hides("安田 静");
    let long = with_days("4").press(&mut nurse, "try").await.expect(200);
    long.shows("安田 静").shows("体温 38.0℃（37.9℃以上）").shows("動きません");
    // Nobody is asked for days that there are not.
    with_days("99").press(&mut nurse, "try").await.expect(200).shows("過去7日間");
    with_days("x").press(&mut nurse, "try").await.expect(200).shows("過去7日間");
}

/// PERM-10: the ministry sees no single person; a head office's trial tells numbers of its centres.
async fn offices_above_see_numbers_and_nobody(world: World) {
    let offices = &world.fixtures;
    let mut near = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    let mut far = Person::of(&world, "遠山 進", "トオヤマ ススム", &offices.far_center, None).await;
    for person in [&mut near, &mut far] {
        person.reports(&world, json!({ "temperature": 371, "spo2": 98 })).await;
    }
    let form = Form::warm(0, "2022-08-01", "37.0");
    let mut ministry = sign_in(&world, &offices.ministry).await;
    let tried = form.press(&mut ministry, "try").await.expect(200);
    let tried = tried.shows("あおば保健所").shows("とおい保健所").shows("0 → 1");
    tried.hides("安田").hides("遠山").hides(&near.case.case_id.to_string()).hides("/staff/cases/");
    let mut head = sign_in(&world, &offices.head_office).await;
    let tried = form.press(&mut head, "try").await.expect(200);
    tried.shows("あおば保健所").hides("とおい保健所").hides("安田").hides("/staff/cases/");
    // A centre with rules of its own is not concerned.
    let mut nurse = nurse(&world).await;
    form.press(&mut nurse, "save").await.expect(303);
    form.press(&mut head, "try").await.expect(200).hides("あおば保健所").shows("わかば保健所");
    form.press(&mut ministry, "try").await.expect(200).hides("あおば保健所").shows("とおい保健所");
}

async fn a_trial_of_many_is_told_in_pages(world: World) {
    let mut cases = Vec::new();
    for _ in 0..61 {
        let case = Somebody::patient("大勢 一人", "オオゼイ ヒトリ")
            .observed(date!(2022 - 07 - 30), None)
            .enter(&world.app, &world.fixtures.center, &world.fixtures.center)
            .await;
        cases.push(case.case_id);
        sql("insert into observation (case_id, report_id, source, observed_on, received_at, temperature, spo2,
                                      symptom_set_version, symptoms, emergency_signs, note, entered_by)
             values ($1, $2, 'patient', $3, $4, 372, 98, 1, $5, $6, '', $2)")
        .bind(case.case_id)
        .bind(Uuid::now_v7())
        .bind(date!(2022 - 08 - 01))
        .bind(world.now())
        .bind(json!({}))
        .bind(json!([]))
        .run(&world.app.db)
        .await
        .unwrap();
    }
    settle(&world).await;
    let mut nurse = nurse(&world).await;
    let form = Form::warm(0, "2022-08-01", "37.0");
    let first = form.press(&mut nurse, "try").await.expect(200).shows("1 / 2").shows("次の50人");
    let second = form.press(&mut nurse, "try-2").await.expect(200).shows("2 / 2").shows("前の50人");
    let rows = |page: &str| page.matches("board-name").count();
    assert_eq!((rows(&first.body), rows(&second.body)), (50, 11));
    form.press(&mut nurse, "try-99").await.expect(200).shows("2 / 2");
    // Switched on, everybody moves.
    form.press(&mut nurse, "save").await.expect(303);
    settle(&world).await;
    let moved = count(&world, "select count(*) from board_person where alert = 3 and rules_version = 1").await;
    assert_eq!(moved, 61);
}
