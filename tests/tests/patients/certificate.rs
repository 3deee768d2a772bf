//! 療養証明書 (public-facts §6): only where it is offered, only to its person, only of a proven illness.

use hersys_shared::notification::{Content, Edition};
use hersys_tests::notifications::{change, file, usual};
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::json;

use crate::support::{audited, first_person, process, taro};

on_both_databases!(
    it_shows_six_items_and_the_time,
    switched_off_there_is_none,
    only_a_proven_and_notified_illness_has_one,
    nobody_sees_that_of_others,
);

/// The same account at a process that offers the certificate.
async fn offering(world: &World, visitor: &Visitor) -> Visitor {
    let app = process(world, |settings| settings.certificate = Some("on".into())).await;
    visitor.clone().at(&app)
}

async fn it_shows_six_items_and_the_time(world: World) {
    let taro = taro(&world).await;
    file(&world.app, taro.case_id, &world.fixtures.center, &usual(Edition::Full, &world.fixtures.center)).await;
    let mut visitor = offering(&world, &taro.visitor).await;
    assert_eq!(first_person(&mut visitor).await["has_certificate"], true);
    let page = visitor.get(&format!("/certificate/{}", taro.person_id)).await.expect(200);
    assert_eq!(page.headers["cache-control"], "no-store");
    let page = page
        .shows("療養証明書")
        .shows("山田 太郎")
        .shows("1980年")
        .shows("新型コロナウイルス感染症")
        .shows("2022年08月01日")
        .shows("あおば保健所")
        .shows("2022-08-01 09:00:00");
    // Nothing else of what the notification tells.
    for more in
        ["さくら診療所", "医師 花子", "会社員", "常盤", "09012345678", "男性", "pcr", "糖尿病", "ヤマダ", "/staff/"]
    {
        let hidden = page.body.replace("/staff.", "").contains(more);
        assert!(!hidden, "{more}");
    }
    assert_eq!(audited(&world, "patient.certificate").await, [(Some(taro.case_id), json!(null))]);
}

async fn switched_off_there_is_none(world: World) {
    let mut taro = taro(&world).await;
    file(&world.app, taro.case_id, &world.fixtures.center, &usual(Edition::Full, &world.fixtures.center)).await;
    assert_eq!(first_person(&mut taro.visitor).await["has_certificate"], false);
    taro.visitor.get(&format!("/certificate/{}", taro.person_id)).await.expect(404).hides("太郎");
    assert!(audited(&world, "patient.certificate").await.is_empty());
}

async fn only_a_proven_and_notified_illness_has_one(world: World) {
    let taro = taro(&world).await;
    let mut visitor = offering(&world, &taro.visitor).await;
    let path = format!("/certificate/{}", taro.person_id);
    visitor.get(&path).await.expect(404);
    let office = &world.fixtures.center;
    let mut content = usual(Edition::Full, &world.fixtures.center);
    // みなし陽性
    Content::fill_in_clinical_diagnosis(&mut content.values);
    let notification_id = file(&world.app, taro.case_id, office, &content).await;
    visitor.get(&path).await.expect(404);
    for (diagnosis, status) in [("suspected", 404), ("asymptomatic", 200), ("died", 404), ("confirmed", 200)] {
        let mut content = usual(Edition::Full, &world.fixtures.center);
        content.values.set("diagnosis_type", diagnosis);
        change(&world.app, taro.case_id, notification_id, office, &content).await;
        visitor.get(&path).await.expect(status);
        assert_eq!(first_person(&mut visitor).await["has_certificate"], status == 200, "{diagnosis}");
    }
}

async fn nobody_sees_that_of_others(world: World) {
    let taro = taro(&world).await;
    file(&world.app, taro.case_id, &world.fixtures.center, &usual(Edition::Full, &world.fixtures.center)).await;
    let path = format!("/certificate/{}", taro.person_id);
    let mut other = world.visitor().as_patient(&world, "other@example.jp").await;
    offering(&world, &other).await.get(&path).await.expect(404);
    other.get(&path).await.expect(404);
    offering(&world, &world.visitor()).await.get(&path).await.expect(401).hides("太郎");
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    staff.get(&path).await.expect(401);
}
