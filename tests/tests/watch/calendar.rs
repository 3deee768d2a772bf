//! What the calendar moves: rules from their day on, last days, at midnight in Japan, whoever is awake.

use hersys::clock::Timestamp;
use hersys::db::sql;
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::macros::date;
use time::{Date, Duration};

use crate::support::*;

on_both_databases!(
    a_version_counts_from_the_first_second_of_its_day,
    a_version_for_today_counts_at_once_for_everybody_who_follows,
    a_server_that_slept_over_midnight_catches_up,
    a_day_takes_away_whoever_has_passed_the_last_one,
    two_processes_begin_a_day_once,
);

/// The clock at so many seconds before the midnight at which `day` begins.
fn before(world: &World, day: Date, seconds: i64) {
    let until = Timestamp::start_of(day) - Duration::seconds(seconds);
    world.pass(Duration::milliseconds(until.0 - world.now().0));
}

async fn is_emergency(world: &World) -> bool {
    settle(world).await;
    count(world, "select count(*) from board_person where alert = 3").await > 0
}

/// Midnight, the end of a month and of a year: 23:59:59 is the day before.
async fn a_version_counts_from_the_first_second_of_its_day(world: World) {
    let mut person = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    for (version, day, hot) in [
        (0, date!(2022 - 08 - 02), true),
        (1, date!(2022 - 09 - 01), false),
        (2, date!(2023 - 01 - 01), true),
        (3, date!(2023 - 03 - 01), false),
        (4, date!(2024 - 02 - 29), true),
    ] {
        before(&world, day, 10 * 3600);
        person.reports(&world, json!({ "temperature": 371, "spo2": 98 })).await;
        assert_eq!(is_emergency(&world).await, !hot, "{day} has not begun");
        // Passwords run out sooner than this story.
        sql("update account set password_changed_at = $1").bind(world.now()).run(&world.app.db).await.unwrap();
        let mut nurse = nurse(&world).await;
        let degrees = if hot { "37.0" } else { "40.0" };
        let saved = Form::warm(version, &hersys_shared::days::iso(day), degrees).press(&mut nurse, "save").await;
        assert_eq!(saved.expect(303).location(), "/staff/rules?notice=planned");
        nurse.get("/staff/rules").await.expect(200).shows("予定されている基準");
        before(&world, day, 1);
        assert_eq!(is_emergency(&world).await, !hot, "one second before {day}");
        before(&world, day, 0);
        assert_eq!(is_emergency(&world).await, hot, "{day}");
        let (kept,): (i64,) = sql("select rules_version from board_person").one(&world.app.db).await.unwrap();
        assert_eq!(kept, version + 1);
    }
}

async fn a_version_for_today_counts_at_once_for_everybody_who_follows(world: World) {
    let offices = &world.fixtures;
    let mut person = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    let mut nurse = nurse(&world).await;
    hersys_tests::sharing::link(&mut nurse, &person.case, &offices.follow_up).await.expect(303);
    person.reports(&world, json!({ "temperature": 371, "spo2": 98 })).await;
    before(&world, date!(2022 - 08 - 02), 1);
    let mut nurse = crate::support::nurse(&world).await;
    Form::warm(0, "2022-08-01", "37.0").press(&mut nurse, "save").await.expect(303);
    settle(&world).await;
    let rows = count(&world, "select count(*) from board_person where alert = 3 and rules_version = 1").await;
    assert_eq!(rows, 2, "the centre's row and that of whoever follows");
    // Saved in the last second for the day that begins then.
    Form::warm(1, "2022-08-02", "40.0").press(&mut nurse, "save").await.expect(303);
    settle(&world).await;
    assert_eq!(count(&world, "select count(*) from board_person where alert = 3").await, 2);
    world.pass(Duration::seconds(1));
    assert!(!is_emergency(&world).await);
}

async fn a_server_that_slept_over_midnight_catches_up(world: World) {
    let mut person = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    person.reports(&world, json!({ "temperature": 371, "spo2": 98 })).await;
    let mut nurse = nurse(&world).await;
    Form::warm(0, "2022-08-03", "37.0").press(&mut nurse, "save").await.expect(303);
    Form::warm(1, "2022-08-04", "36.0").press(&mut nurse, "save").await.expect(303);
    world.pass(Duration::days(1));
    assert!(!is_emergency(&world).await);
    // Nobody judged on the third, nor on the fourth.
    world.pass(Duration::days(3));
    assert!(is_emergency(&world).await);
    let (kept,): (i64,) = sql("select rules_version from board_person").one(&world.app.db).await.unwrap();
    assert_eq!(kept, 2);
    assert_eq!(count(&world, "select count(*) from watch_due").await, 0);
}

/// OBS-09, NTF-11: whose last day was yesterday is on no board, and in no row behind it.
async fn a_day_takes_away_whoever_has_passed_the_last_one(world: World) {
    let center = &world.fixtures.center;
    let last = Some(date!(2022 - 08 - 31));
    let mut person = Person::of(&world, "安田 静", "ヤスダ シズカ", center, last).await;
    before(&world, date!(2022 - 09 - 01), 3600);
    person.reports(&world, json!({})).await;
    before(&world, date!(2022 - 09 - 01), 1);
    settle(&world).await;
    let mut nurse = nurse(&world).await;
    nurse.get("/staff/board?queue=ending").await.expect(200).shows("安田 静");
    world.pass(Duration::seconds(1));
    // Before anybody has judged, the board knows the day itself.
    nurse.get("/staff/board").await.expect(200).hides("安田 静");
    settle(&world).await;
    assert_eq!(count(&world, "select count(*) from board_person").await, 0);
}

async fn two_processes_begin_a_day_once(world: World) {
    let mut person = Person::enter(&world, "安田 静", "ヤスダ シズカ").await;
    person.reports(&world, json!({ "temperature": 371 })).await;
    world.pass(Duration::days(1));
    let judge = || settle(&world);
    tokio::join!(judge(), judge(), judge());
    assert_eq!(count(&world, "select count(*) from watch_due").await, 0);
    let day: Option<Date> =
        sql("select day from watch_judge where judge = 1").optional_scalar(&world.app.db).await.unwrap();
    assert_eq!(day, Some(date!(2022 - 08 - 02)));
}
