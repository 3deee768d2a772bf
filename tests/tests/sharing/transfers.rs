//! The hand-over of 担当保健所: proposed, accepted, returned, withdrawn (C-02).

use hersys::db::sql;
use hersys_tests::sharing::*;
use hersys_tests::{World, on_both_databases};

on_both_databases!(
    a_hand_over_is_accepted,
    the_former_center_goes_where_it_was_not_to_stay,
    a_hand_over_is_returned_with_a_reason,
    a_hand_over_is_withdrawn,
    only_one_proposal_is_open,
    of_accepting_and_withdrawing_at_once_one_counts,
    an_edit_under_way_takes_no_hand_over_back,
);

/// C-02
async fn a_hand_over_is_accepted(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut far = world.visitor().as_staff(&world, &offices.far_center).await;
    let mut above = world.visitor().as_staff(&world, &offices.far_head_office).await;
    let edit = format!("/staff/cases/{}/identity/edit", case.case_id);
    center.get(&edit).await.expect(200).shows("ほかの保健所に引き継ぐ").hides("name=\"responsible_center_id\" ");
    assert!(offer(&mut center, &case, &offices.far_center, true).await.location().ends_with("?notice=offered"));
    center.get("/staff/transfers").await.expect(200).shows("送信箱").shows("山田 太郎");

    far.get("/staff/").await.expect(200).shows("引継ぎの依頼が届きました").shows("受信箱").shows("1件");
    far.get("/staff/transfers").await.expect(200).shows("受信箱").shows("山田 太郎").shows("転居先の管轄です。");
    far.get("/staff/cases").await.expect(200).shows("引継ぎ依頼</span>");
    far.get(&format!("/staff/cases/{}/identity", case.case_id)).await.expect(200).shows("山田 太郎");
    far.get(&edit).await.expect(403);
    share(&mut far, &case, &offices.other_center).await.expect(403);
    above.get(&tab(&case)).await.expect(404);

    assert!(answer(&world, &mut far, &case, "acceptance").await.location().ends_with("?notice=accepted"));
    assert_eq!(responsible(&world, &case).await, offices.far_center.organization_id);
    far.get(&edit).await.expect(200);
    far.get("/staff/cases").await.expect(200).shows("山田 太郎").hides("引継ぎ依頼</span>");
    above.get(&tab(&case)).await.expect(200).shows("引継ぎの受入れ：あおば保健所 → とおい保健所");
    center.get("/staff/").await.expect(200).shows("受け入れられました");
    center.get("/staff/cases").await.expect(200).shows(r#"<span class="mark">共有</span>"#);
    center.get(&edit).await.expect(200).hides("ほかの保健所に引き継ぐ");
    center.get("/staff/transfers").await.expect(200).shows("受入れ");
}

/// C-02: having entered somebody is no reason to keep a view after handing them over.
async fn the_former_center_goes_where_it_was_not_to_stay(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut far = world.visitor().as_staff(&world, &offices.far_center).await;
    offer(&mut center, &case, &offices.far_center, false).await;
    answer(&world, &mut far, &case, "acceptance").await;
    center.get(&tab(&case)).await.expect(404);
    center.get("/staff/cases").await.expect(200).hides("山田 太郎");
    center.get("/staff/transfers").await.expect(200).shows("受入れ").shows("（閲覧できません）").hides("山田 太郎");
    // What it wrote itself, and enough of the ID to know its own hand-over again.
    let end = &case.hersys_id.as_str()[case.hersys_id.as_str().len() - 3..];
    center
        .get("/staff/transfers")
        .await
        .shows("転居先の管轄です。")
        .shows(&format!("末尾 {end}"))
        .hides(&case.hersys_id.spaced());
    center.get("/staff/").await.expect(200).shows("引継ぎの一覧を開く").hides(&case.case_id.to_string());
    let mut office = world.visitor().as_staff(&world, &offices.head_office).await;
    office.get(&tab(&case)).await.expect(404);
}

async fn a_hand_over_is_returned_with_a_reason(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut far = world.visitor().as_staff(&world, &offices.far_center).await;
    offer(&mut center, &case, &offices.far_center, true).await;
    let transfer = newest_transfer(&world, &case).await.unwrap();
    let path = format!("/staff/cases/{}/transfers/{transfer}/return", case.case_id);
    far.post_form(&path, &[("reason", " ")]).await.expect(422).shows("差し戻す理由を入力してください");
    assert_eq!(answer(&world, &mut far, &case, "return").await.location(), "/staff/transfers?notice=returned");
    far.get(&tab(&case)).await.expect(404);
    far.get("/staff/transfers").await.expect(200).shows("差戻し").hides("山田 太郎");
    center.get("/staff/").await.expect(200).shows("差し戻されました").shows("差し戻しの理由を見る");
    center.get(&tab(&case)).await.expect(200).shows("すでに入院先の県で対応しています。").shows("転居先の管轄です。");
    assert_eq!(responsible(&world, &case).await, offices.center.organization_id);
}

async fn a_hand_over_is_withdrawn(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut far = world.visitor().as_staff(&world, &offices.far_center).await;
    offer(&mut center, &case, &offices.far_center, true).await;
    answer(&world, &mut far, &case, "withdrawal").await.expect(404);
    answer(&world, &mut center, &case, "acceptance").await.expect(404);
    answer(&world, &mut center, &case, "withdrawal").await.expect(303);
    far.get(&tab(&case)).await.expect(404);
    far.get("/staff/").await.expect(200).shows("取り下げられました").hides(&case.case_id.to_string());
    assert_eq!(answer(&world, &mut far, &case, "acceptance").await.location(), "/staff/transfers?notice=ended");
    far.get("/staff/transfers?notice=ended").await.expect(200).shows("先にほかの操作で終わっていました");
    assert_eq!(responsible(&world, &case).await, offices.center.organization_id);
}

async fn only_one_proposal_is_open(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    offer(&mut center, &case, &offices.far_center, true).await;
    assert!(offer(&mut center, &case, &offices.other_center, true).await.location().ends_with("already-offered"));
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    other.get(&tab(&case)).await.expect(404);
}

/// PERM-08
async fn of_accepting_and_withdrawing_at_once_one_counts(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    for _ in 0..8 {
        let (mut from, mut to) = match responsible(&world, &case).await == offices.center.organization_id {
            true => (center.clone(), other.clone()),
            false => (other.clone(), center.clone()),
        };
        let (giver, taker) = match responsible(&world, &case).await == offices.center.organization_id {
            true => (&offices.center, &offices.other_center),
            false => (&offices.other_center, &offices.center),
        };
        offer(&mut from, &case, taker, true).await.expect(303);
        let (accepted, withdrawn) =
            tokio::join!(answer(&world, &mut to, &case, "acceptance"), answer(&world, &mut from, &case, "withdrawal"));
        let won = [accepted.location(), withdrawn.location()].map(|location| !location.ends_with("=ended"));
        assert_ne!(won[0], won[1], "exactly one counts");
        let now = responsible(&world, &case).await;
        assert_eq!(now, if won[0] { taker.organization_id } else { giver.organization_id });
        let relations: i64 =
            sql("select count(*) from case_relation where case_id = $1 and relation in ('responsible', 'offered')")
                .bind(case.case_id)
                .scalar(&world.app.db)
                .await
                .unwrap();
        assert_eq!(relations, 1);
    }
    center.get(&tab(&case)).await.expect(200);
    other.get("/staff/transfers").await.expect(200);
}

/// PERM-08: whoever saves ID管理 read before the hand-over leaves it as it is.
async fn an_edit_under_way_takes_no_hand_over_back(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    let edit = format!("/staff/cases/{}/identity/edit", case.case_id);
    center.get(&edit).await.expect(200);
    offer(&mut center, &case, &offices.other_center, true).await;
    answer(&world, &mut other, &case, "acceptance").await;
    share(&mut other, &case, &offices.far_center).await;
    let own = offices.center.organization_id.to_string();
    let typed = [
        ("version", "1"),
        ("name", "山田 太郎"),
        ("kind", "patient"),
        ("address", "みどり市1丁目"),
        ("responsible_center_id", own.as_str()),
    ];
    center.post_form(&edit, &typed).await.expect(303);
    assert_eq!(responsible(&world, &case).await, offices.other_center.organization_id);
    let mut far = world.visitor().as_staff(&world, &offices.far_center).await;
    far.get(&format!("/staff/cases/{}/identity", case.case_id)).await.expect(200).shows("みどり市1丁目");
}
