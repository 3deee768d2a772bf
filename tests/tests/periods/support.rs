//! A nurse at the page of the period, and the work that a service does in the background.

use hersys::cases::CreatedCase;
use hersys::clock::Timestamp;
use hersys::db::sql;
use hersys::monitoring::{observation_period, watch};
use hersys_tests::fixtures::Somebody;
use hersys_tests::{Answer, Visitor, World};
use time::{Date, Duration};
use uuid::Uuid;

/// What the keeper of periods and the judge do a few times a second.
pub async fn settle(world: &World) {
    let app = &world.app;
    observation_period::compute_waiting(&app.db, &app.texts.recovery, world.now()).await.unwrap();
    watch::judge_waiting(&app.db, &app.texts, world.now()).await.unwrap();
}

/// Moves the clock to an hour of a day in Japan.
pub fn go_to(world: &World, day: Date, hour: i64) {
    let then = Timestamp::start_of(day) + Duration::hours(hour);
    world.pass(Duration::milliseconds(then.0 - world.now().0));
}

/// A nurse of the centre, signed in now.
pub async fn nurse(world: &World) -> Visitor {
    // Passwords run out, and these days lie years apart.
    sql("update account set password_changed_at = $1").bind(world.now()).run(&world.app.db).await.unwrap();
    world.visitor().as_staff(world, &world.fixtures.center).await
}

/// Somebody of the centre whom its clinic entered today.
pub async fn enter(world: &World, somebody: Somebody) -> CreatedCase {
    let entered = somebody.enter(&world.app, &world.fixtures.center, &world.fixtures.clinic).await;
    settle(world).await;
    entered
}

pub async fn taro(world: &World) -> CreatedCase {
    enter(world, Somebody::patient("山田 太郎", "ヤマダ タロウ")).await
}

pub fn page(case_id: Uuid) -> String {
    format!("/staff/cases/{case_id}/period")
}

/// Writes the facts of the page, all others empty.
pub async fn write_facts(nurse: &mut Visitor, case_id: Uuid, facts: &[(&str, &str)]) -> Answer {
    let was = nurse.get(&page(case_id)).await.expect(200).field("was").unwrap();
    let fields: Vec<(&str, &str)> = facts.iter().copied().chain([("was", was.as_str())]).collect();
    nurse.post_form(&format!("{}/facts", page(case_id)), &fields).await
}

/// Presses a button of the page, as it stands now.
pub async fn press(nurse: &mut Visitor, case_id: Uuid, path: &str, fields: &[(&str, &str)]) -> Answer {
    let seen = nurse.get(&page(case_id)).await.expect(200).field("seen").unwrap();
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("seen", seen.as_str())]).collect();
    nurse.post_form(&format!("{}{path}", page(case_id)), &fields).await
}

/// The days that stand.
pub async fn days(world: &World, case_id: Uuid) -> (Option<Date>, Option<Date>) {
    sql("select observed_from, observed_until from cases where case_id = $1")
        .bind(case_id)
        .one(&world.app.db)
        .await
        .unwrap()
}

pub async fn until(world: &World, case_id: Uuid) -> Option<Date> {
    days(world, case_id).await.1
}
