//! 医師所見 and 自由記述欄 beside each day.

use hersys::db::sql;
use hersys_tests::fixtures::Somebody;
use hersys_tests::sharing::{grant_follow_up, link};
use hersys_tests::{World, on_both_databases};
use time::Duration;
use uuid::Uuid;

use crate::support::{Person, desk};

on_both_databases!(
    each_kind_of_id_writes_and_reads_what_it_may,
    a_correction_keeps_what_was_said_before,
    what_cannot_be_kept_is_said_beside_the_field,
    a_remark_is_kept_once_and_belongs_to_its_organisation,
    findings_and_notes_are_on_graph_table_and_paper,
);

/// OBS-08, OBS-10, C-05, PERM-03, PERM-04: findings by centres and follow-up, notes by institutions and facilities too.
async fn each_kind_of_id_writes_and_reads_what_it_may(world: World) {
    let offices = &world.fixtures;
    let mut person = Person::taro(&world).await;
    person.reports(&world, serde_json::json!({})).await;
    let mut center = desk(&world, &offices.center).await;
    grant_follow_up(&world, &offices.follow_up).await;
    for partner in [&offices.follow_up, &offices.accommodation] {
        link(&mut center, &person.case, partner).await.expect(303);
    }
    let page = person.page();
    let write = |body: &'static str| [("day", "2022-08-01"), ("body", body)];
    center.post_form(&format!("{page}/findings"), &write("聴診で異常なし")).await.expect(303);
    center.post_form(&format!("{page}/notes"), &write("保健所の記述")).await.expect(303);
    let mut clinic = desk(&world, &offices.clinic).await;
    clinic.post_form(&format!("{page}/findings"), &write("書けない所見")).await.expect(403);
    clinic.post_form(&format!("{page}/notes"), &write("クリニックの記述")).await.expect(303);
    let mut follow_up = desk(&world, &offices.follow_up).await;
    follow_up.post_form(&format!("{page}/findings"), &write("電話で呼吸は楽そう")).await.expect(303);
    let mut hotel = desk(&world, &offices.accommodation).await;
    hotel.post_form(&format!("{page}/findings"), &write("書けない所見")).await.expect(403);
    hotel.post_form(&format!("{page}/notes"), &write("ホテルの記述")).await.expect(303);

    // No trace of findings for whoever may not read them.
    for visitor in [&mut clinic, &mut hotel] {
        let shown = visitor.get(&page).await.expect(200);
        let shown = shown.shows("保健所の記述").shows("クリニックの記述").shows("ホテルの記述");
        let shown = shown.hides("医師所見").hides("聴診で異常なし").hides("呼吸は楽そう");
        assert!(!shown.body.contains("findings"));
        visitor.get(&format!("{page}/print")).await.expect(200).shows("保健所の記述").hides("医師所見");
    }
    let mut head_office = desk(&world, &offices.head_office).await;
    let shown = head_office.get(&page).await.expect(200).shows("聴診で異常なし").shows("ホテルの記述");
    shown.hides("remark-form");
    head_office.post_form(&format!("{page}/notes"), &write("書けない")).await.expect(403);
    // C-19: follow-up does not learn who the centre is, nor the centre's people.
    follow_up.get(&page).await.expect(200).shows("聴診で異常なし").shows("保健所").hides(offices.center.name);
    center.get(&page).await.expect(200).shows(offices.follow_up.name);
    let mut stranger = desk(&world, &offices.other_center).await;
    stranger.post_form(&format!("{page}/notes"), &write("他人")).await.expect(404);
    let looked: i64 =
        sql("select count(*) from audit where action = 'observation.remark'").scalar(&world.app.db).await.unwrap();
    assert_eq!(looked, 5);
}

async fn a_correction_keeps_what_was_said_before(world: World) {
    let mut person = Person::taro(&world).await;
    person.reports(&world, serde_json::json!({})).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    let (page, id) = (person.page(), Uuid::now_v7().to_string());
    let path = format!("{page}/findings?days=14");
    let write = |version: &'static str, body: &'static str| {
        [
            ("remark_id", id.clone()),
            ("version", version.to_owned()),
            ("day", "2022-08-01".into()),
            ("body", body.into()),
        ]
    };
    let post = async |center: &mut hersys_tests::Visitor, fields: [(&str, String); 4]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        center.post_form(&path, &fields).await
    };
    post(&mut center, write("", "軽い咳")).await.expect(303);
    world.pass(Duration::minutes(3));
    let changed = post(&mut center, write("1", "強い咳")).await.expect(303);
    assert!(changed.location().contains("?days=14&done=written"), "{}", changed.location());
    center.get(&page).await.expect(200).shows("強い咳").shows("第2版").shows("前の内容").shows("軽い咳");
    // Who began with the first version is told.
    post(&mut center, write("1", "咳なし")).await.expect(422).shows("先に書き直しました").shows("咳なし");
    post(&mut center, write("2", "")).await.expect(303);
    center.get(&page).await.expect(200).shows("取り消されました").shows("強い咳").shows("軽い咳");
    let versions: i64 = sql("select count(*) from day_remark_history").scalar(&world.app.db).await.unwrap();
    assert_eq!(versions, 3);
}

async fn what_cannot_be_kept_is_said_beside_the_field(world: World) {
    let person = Person::taro(&world).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    let path = format!("{}/notes", person.page());
    center.post_form(&path, &[("day", "2022-08-01"), ("body", " ")]).await.expect(422).shows("内容を入力してください");
    let long = "長".repeat(1001);
    center.post_form(&path, &[("day", "2022-08-01"), ("body", &long)]).await.expect(422).shows("1000文字").shows(&long);
    center.post_form(&path, &[("day", "2022-08-02"), ("body", "明日")]).await.expect(422).shows("今日より後");
    center.post_form(&path, &[("day", "いつか"), ("body", "いつか")]).await.expect(422).shows("日付を読み取れません");
    center.post_form(&path, &[]).await.expect(422);
    let kept: i64 = sql("select count(*) from day_remark").scalar(&world.app.db).await.unwrap();
    assert_eq!(kept, 0);
}

/// Sent twice it is one; another organisation's is not to be changed.
async fn a_remark_is_kept_once_and_belongs_to_its_organisation(world: World) {
    let person = Person::taro(&world).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    let path = format!("{}/notes", person.page());
    let id = Uuid::now_v7().to_string();
    let fields = [("remark_id", id.as_str()), ("day", "2022-08-01"), ("body", "一度だけ")];
    for _ in 0..2 {
        center.post_form(&path, &fields).await.expect(303);
    }
    let kept: i64 = sql("select count(*) from day_remark").scalar(&world.app.db).await.unwrap();
    assert_eq!(kept, 1);
    let mut clinic = desk(&world, &world.fixtures.clinic).await;
    let stolen = [("remark_id", id.as_str()), ("version", "1"), ("day", "2022-08-01"), ("body", "書き換え")];
    clinic.post_form(&path, &stolen).await.expect(404);
    center.get(&person.page()).await.expect(200).shows("一度だけ").hides("書き換え");
    // Nor through the address of another person.
    let other =
        Somebody::patient("別人", "ベツジン").enter(&world.app, &world.fixtures.center, &world.fixtures.center).await;
    let elsewhere = format!("/staff/cases/{}/observation/notes", other.case_id);
    center.post_form(&elsewhere, &stolen).await.expect(422);
    center.get(&person.page()).await.expect(200).hides("書き換え");
}

/// OBS-08: beneath the day of the graph, beside the day in the table, on the A4 page; a day without a report as well.
async fn findings_and_notes_are_on_graph_table_and_paper(world: World) {
    let mut person = Person::taro(&world).await;
    person.reports(&world, serde_json::json!({})).await;
    let mut center = desk(&world, &world.fixtures.center).await;
    let page = person.page();
    for (path, day, body) in [("findings", "2022-07-31", "前日の所見 <b>"), ("notes", "2022-08-01", "当日の記述")]
    {
        center.post_form(&format!("{page}/{path}"), &[("day", day), ("body", body)]).await.expect(303);
    }
    let shown = center.get(&page).await.expect(200).shows("①").shows("②").hides("所見 <b>").shows("所見 &lt;b&gt;");
    let table = crate::support::part(&shown.body, "id=\"reports\"", "</table>");
    assert!(table.contains("前日の所見") && table.contains("報告なし") && table.contains("当日の記述"), "{table}");
    let chart = crate::support::part(&shown.body, "class=\"chart-plot\"", "</svg>");
    assert!(chart.contains("①") && chart.contains("②"));
    let paper = center.get(&format!("{page}/print")).await.expect(200);
    paper.shows("① 7/31 医師所見：前日の所見").shows("② 8/1 自由記述欄：当日の記述");
}
