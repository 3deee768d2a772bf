//! The household beneath each other.

use hersys::db::sql;
use hersys_tests::fixtures::Somebody;
use hersys_tests::sharing::{grant_follow_up, link};
use hersys_tests::{World, on_both_databases};
use serde_json::json;

use crate::support::{Person, desk};

on_both_databases!(a_family_stands_on_one_axis, nobody_out_of_reach_leaves_a_trace);

async fn a_family_stands_on_one_axis(world: World) {
    let offices = &world.fixtures;
    let mut taro = Person::taro(&world).await;
    taro.reports(&world, json!({ "temperature": 388 })).await;
    // On the same account of My HER-SYS.
    let hanako =
        Somebody::patient("山田 花子", "ヤマダ ハナコ").enter(&world.app, &offices.center, &offices.center).await;
    let hanako_id = taro.phone.link("山田 花子", "1980-01-02", hanako.hersys_id.as_str()).await;
    let mut report = hersys_tests::fixtures::report(&hanako_id);
    report["temperature"] = json!(391);
    taro.phone.post_json("/api/patient/reports", &json!({ "reports": [report] })).await.expect(200);
    // A contact of his.
    let jiro =
        Somebody::contact("佐藤 次郎", "サトウ ジロウ").enter(&world.app, &offices.center, &offices.center).await;
    sql("update cases set index_case_id = $2 where case_id = $1")
        .bind(jiro.case_id)
        .bind(taro.case.case_id)
        .run(&world.app.db)
        .await
        .unwrap();
    // Filed as the same household.
    let sakura =
        Somebody::patient("山田 さくら", "ヤマダ サクラ").enter(&world.app, &offices.center, &offices.center).await;
    for (one, other) in [(taro.case.case_id, sakura.case_id), (sakura.case_id, taro.case.case_id)] {
        sql("insert into case_household (case_id, other_case_id, since) values ($1, $2, 0)")
            .bind(one)
            .bind(other)
            .run(&world.app.db)
            .await
            .unwrap();
    }
    let mut center = desk(&world, &offices.center).await;
    let page = center.get(&taro.page()).await.expect(200);
    page.shows("山田 花子").shows("佐藤 次郎").shows("（接触者）").shows("山田 さくら").shows("並べて見る");
    let page = center.get(&format!("{}/household", taro.page())).await.expect(200);
    let page = page.shows("38.8").shows("39.1").shows("佐藤 次郎").shows("まだ報告がありません");
    assert_eq!(page.body.matches("class=\"chart-plot\"").count(), 2);
    center.get(&format!("/staff/cases/{}/observation", jiro.case_id)).await.expect(200).shows("山田 太郎");
    let viewed: i64 =
        sql("select count(*) from audit where action = 'observation.household'").scalar(&world.app.db).await.unwrap();
    assert_eq!(viewed, 4, "each of them was looked at");
}

/// C-19: only whom the reader reaches; whose contact somebody is only for whoever may know.
async fn nobody_out_of_reach_leaves_a_trace(world: World) {
    let offices = &world.fixtures;
    let mut taro = Person::taro(&world).await;
    taro.reports(&world, json!({})).await;
    let far =
        Somebody::patient("遠山 金四郎", "トオヤマ").enter(&world.app, &offices.far_center, &offices.far_center).await;
    taro.phone.link("遠山 金四郎", "1980-01-02", far.hersys_id.as_str()).await;
    let jiro =
        Somebody::contact("佐藤 次郎", "サトウ ジロウ").enter(&world.app, &offices.center, &offices.center).await;
    sql("update cases set index_case_id = $2 where case_id = $1")
        .bind(jiro.case_id)
        .bind(taro.case.case_id)
        .run(&world.app.db)
        .await
        .unwrap();
    let mut center = desk(&world, &offices.center).await;
    for path in [taro.page(), format!("{}/household", taro.page())] {
        center.get(&path).await.expect(200).hides("遠山").hides(&far.case_id.to_string());
    }
    grant_follow_up(&world, &offices.follow_up).await;
    for case in [&taro.case, &jiro] {
        link(&mut center, case, &offices.follow_up).await.expect(303);
    }
    let mut follow_up = desk(&world, &offices.follow_up).await;
    for path in [taro.page(), format!("{}/household", taro.page())] {
        follow_up.get(&path).await.expect(200).hides("佐藤 次郎").hides("遠山");
    }
    let refused: i64 =
        sql("select count(*) from audit where action = 'access.refused'").scalar(&world.app.db).await.unwrap();
    assert_eq!(refused, 0, "nobody asked for them");
}
