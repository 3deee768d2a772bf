//! Households, and processes configured in their own way.

use hersys::App;
use hersys::config::{Config, Settings};
use hersys::db::sql;
use hersys_tests::fixtures::Somebody;
use hersys_tests::{Visitor, World};
use serde_json::Value as Json;
use uuid::Uuid;

/// A signed-in account with one person.
pub struct Household {
    pub visitor: Visitor,
    pub person_id: String,
    pub case_id: Uuid,
}

/// 山田 太郎 of あおば保健所, on an account of his own.
pub async fn taro(world: &World) -> Household {
    let office = &world.fixtures.center;
    let case = Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, office, office).await;
    let mut visitor = world.visitor().as_patient(world, "taro@example.jp").await;
    let person_id = visitor.link("たろう", "1980-01-02", case.hersys_id.as_str()).await;
    Household { visitor, person_id, case_id: case.case_id }
}

/// Another process of the same installation, configured in its own way.
pub async fn process(world: &World, change: impl FnOnce(&mut Settings)) -> App {
    let mut settings = Settings {
        data_dir: Some(world.folder().to_owned()),
        database_url: Some(world.database_url().to_owned()),
        base_url: Some("https://her-sys.example.jp".into()),
        ..Settings::default()
    };
    change(&mut settings);
    App::open(Config::from_settings(settings, false).unwrap(), world.app.clock.clone()).await.unwrap()
}

/// The first person of the household as the account knows them.
pub async fn first_person(visitor: &mut Visitor) -> Json {
    visitor.get("/api/patient/household").await.expect(200).json()["people"][0].clone()
}

/// What the audit holds of an action, with the details.
pub async fn audited(world: &World, action: &str) -> Vec<(Option<Uuid>, Json)> {
    sql("select case_id, detail from audit where action = $1 order by at, audit_id")
        .bind(action)
        .all(&world.app.db)
        .await
        .unwrap()
}
