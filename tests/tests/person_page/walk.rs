//! Through a queue from person to person.

use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::Duration;

use crate::support::{Person, desk};

on_both_databases!(a_nurse_walks_through_a_queue_without_going_back, the_way_is_that_of_the_board_in_any_order);

async fn four(world: &World) -> Vec<Person> {
    let mut people = Vec::new();
    for (name, kana) in [
        ("安田 静", "ヤスダ シズカ"),
        ("渡辺 学", "ワタナベ マナブ"),
        ("青木 緑", "アオキ ミドリ"),
        ("森 健", "モリ ケン"),
    ] {
        let mut person = Person::enter(world, name, kana).await;
        world.pass(Duration::minutes(1));
        person.reports(world, json!({ "spo2": 91 })).await;
        people.push(person);
    }
    people
}

/// OBS-14: 確認済み on the page, then the next, to the end; filters stay, addresses say nothing of them.
async fn a_nurse_walks_through_a_queue_without_going_back(world: World) {
    let people = four(&world).await;
    let mut nurse = desk(&world, &world.fixtures.center).await;
    nurse.get("/staff/board?queue=emergency&order=kana").await.expect(200);
    // アオキ, モリ, ヤスダ, ワタナベ
    let order = [2, 3, 0, 1].map(|at| people[at].page());
    let mut here = order[0].clone();
    for (at, page) in order.iter().enumerate() {
        assert_eq!(here, *page);
        let shown = nurse.get(&here).await.expect(200).shows("SpO2 91％（93％以下）").shows("確認済みにして次の方へ");
        let until = shown.field("until").unwrap();
        let seen = nurse.post_form(&format!("{here}/seen"), &[("until", &until), ("then", "next")]).await.expect(303);
        here = seen.location().to_owned();
        if at == 3 {
            assert_eq!(here, "/staff/board?queue=emergency&order=kana&done=end");
        }
    }
    nurse.get(&here).await.expect(200).shows("端まで来ました").shows("あてはまる方はいません");
    nurse.get(&order[0]).await.expect(200).shows("✓ 確認済み");
    let back = nurse.get(&format!("{}/board", order[0])).await.expect(303);
    assert_eq!(back.location(), "/staff/board?queue=emergency&order=kana");
    // A report that comes between looking and pressing is not seen.
    let mut nurse = desk(&world, &world.fixtures.center).await;
    let mut people = people;
    people[0].reports(&world, json!({ "spo2": 90 })).await;
    let until = nurse.get(&people[0].page()).await.expect(200).field("until").unwrap();
    world.pass(Duration::minutes(1));
    people[0].reports(&world, json!({ "spo2": 89 })).await;
    nurse.post_form(&format!("{}/seen", people[0].page()), &[("until", &until), ("then", "stay")]).await.expect(303);
    nurse.get(&people[0].page()).await.expect(200).shows("SpO2 89％").shows("確認済みにする");
    let mut clinic = desk(&world, &world.fixtures.clinic).await;
    clinic.post_form(&format!("{}/seen", people[0].page()), &[("until", &until)]).await.expect(403);
    clinic.get(&people[0].page()).await.expect(200).hides("確認済みにする");
}

async fn the_way_is_that_of_the_board_in_any_order(world: World) {
    let mut people = four(&world).await;
    let mut calm = Person::enter(&world, "平 和", "タイラ カズ").await;
    calm.reports(&world, json!({})).await;
    people.push(calm);
    let mut nurse = desk(&world, &world.fixtures.center).await;
    for address in ["", "?order=oldest", "?order=kana", "?order=age", "?queue=emergency", "?seen=no&order=kana"] {
        let board = nurse.get(&format!("/staff/board{address}")).await.expect(200).body;
        let mut listed: Vec<String> = Vec::new();
        for part in board.split("class=\"board-name\" href=\"").skip(1) {
            listed.push(part.split('"').next().unwrap().to_owned());
        }
        assert!(listed.len() >= 4, "{address}");
        for pair in listed.windows(2) {
            let next = nurse.get(&format!("{}/next", pair[0])).await.expect(303);
            assert_eq!(next.location(), pair[1], "{address}");
            let before = nurse.get(&format!("{}/previous", pair[1])).await.expect(303);
            assert_eq!(before.location(), pair[0], "{address}");
        }
        let last = nurse.get(&format!("{}/next", listed.last().unwrap())).await.expect(303);
        assert!(last.location().starts_with("/staff/board") && last.location().ends_with("done=end"));
    }
}
