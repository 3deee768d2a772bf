//! 関係保健所: shared at once, told of, and taken off (SHR-01…SHR-05).

use hersys::db::sql;
use hersys_tests::sharing::*;
use hersys_tests::{World, on_both_databases};

on_both_databases!(
    sharing_is_immediate_and_revocable,
    the_mail_tells_the_center_and_names_nobody,
    a_center_of_another_prefecture_is_found_by_name,
    only_the_responsible_center_takes_another_off,
    head_office_reads_and_shares_nothing,
    wrong_input_has_its_sentence,
);

/// SHR-01, SHR-05, NTF-07
async fn sharing_is_immediate_and_revocable(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    other.get(&tab(&case)).await.expect(404);
    assert!(share(&mut center, &case, &offices.other_center).await.location().ends_with("?notice=shared"));
    center.get(&tab(&case)).await.expect(200).shows("わかば保健所").shows("共有をやめる");
    other
        .get("/staff/")
        .await
        .expect(200)
        .shows("関係保健所に設定され")
        .shows(&format!("/staff/cases/{}", case.case_id));
    other.get("/staff/cases").await.expect(200).shows("山田 太郎").shows(r#"<span class="mark">共有</span>"#);
    center.get("/staff/cases").await.expect(200).shows("山田 太郎").hides(r#"<span class="mark">共有</span>"#);
    other.get(&format!("/staff/cases/{}/identity/edit", case.case_id)).await.expect(200);
    let only_shared = other.post_form("/staff/cases/search", &[("shared", "related")]).await.location().to_owned();
    other.get(&only_shared).await.expect(200).shows("山田 太郎");
    let only_offered = other.post_form("/staff/cases/search", &[("shared", "offered")]).await.location().to_owned();
    other.get(&only_offered).await.expect(200).hides("山田 太郎");

    assert!(share(&mut center, &case, &offices.other_center).await.location().ends_with("already-shared"));
    assert!(end(&world, &mut center, &case, &offices.other_center).await.location().ends_with("?notice=unshared"));
    other.get(&tab(&case)).await.expect(404);
    other.get(&format!("/staff/cases/{}/identity", case.case_id)).await.expect(404);
    other.get("/staff/cases").await.expect(200).hides("山田 太郎");
    // What led to the person is gone with the view.
    other.get("/staff/").await.expect(200).shows("共有が終わりました").hides(&case.case_id.to_string());
    center.get(&tab(&case)).await.expect(200).shows("共有の終了：わかば保健所");
    let noted: i64 =
        sql("select count(*) from audit where case_id = $1 and action in ('sharing.begin', 'sharing.end')")
            .bind(case.case_id)
            .scalar(&world.app.db)
            .await
            .unwrap();
    assert_eq!(noted, 2);
}

/// SHR-05, NTF-07
async fn the_mail_tells_the_center_and_names_nobody(world: World) {
    let offices = &world.fixtures;
    sql("update organization set mail = 'wakaba@example.jp' where organization_id = $1")
        .bind(offices.other_center.organization_id)
        .run(&world.app.db)
        .await
        .unwrap();
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    share(&mut center, &case, &offices.other_center).await;
    let mail = world.next_mail().await;
    assert_eq!(mail.to, "wakaba@example.jp");
    assert!(mail.text.contains("/staff/"));
    for secret in ["山田", "ヤマダ", case.hersys_id.as_str(), &case.hersys_id.spaced(), &case.case_id.to_string()]
    {
        assert!(!mail.text.contains(secret) && !mail.subject.contains(secret), "{secret}");
    }
}

/// SHR-02: 広域調整
async fn a_center_of_another_prefecture_is_found_by_name(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let far_id = offices.far_center.organization_id.to_string();
    center.get(&tab(&case)).await.expect(200).shows("わかば保健所").hides(&far_id);
    let to_centers = format!("{}/centers", tab(&case));
    center.post_form(&to_centers, &[("step", "find"), ("find", "とおい")]).await.expect(200).shows(&far_id);
    let found = center.post_form(&to_centers, &[("step", "find"), ("find", "沖縄")]).await.expect(200);
    // One search fills its own form.
    assert_eq!(found.body.matches("とおい保健所（沖縄県）").count(), 1);
    let to_transfers = format!("/staff/cases/{}/transfers", case.case_id);
    let typed = [("step", "find"), ("find_to", "沖縄"), ("note", "転居先の管轄です。")];
    center.post_form(&to_transfers, &typed).await.expect(200).shows("転居先の管轄です。</textarea>").shows(&far_id);
    share(&mut center, &case, &offices.far_center).await;
    let mut far = world.visitor().as_staff(&world, &offices.far_center).await;
    far.get("/staff/cases").await.expect(200).shows("山田 太郎");
    // PERM-02, PERM-09: the head office above it sees the person as well, and no longer than the centre.
    let mut above = world.visitor().as_staff(&world, &offices.far_head_office).await;
    above.get("/staff/cases").await.expect(200).shows("山田 太郎");
    end(&world, &mut center, &case, &offices.far_center).await;
    above.get("/staff/cases").await.expect(200).hides("山田 太郎");
    above.get(&tab(&case)).await.expect(404);
}

async fn only_the_responsible_center_takes_another_off(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    share(&mut center, &case, &offices.other_center).await;
    share(&mut center, &case, &offices.far_center).await;
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    end(&world, &mut other, &case, &offices.far_center).await.expect(403);
    offer(&mut other, &case, &offices.far_center, true).await.expect(403);
    // Itself it may take off.
    assert_eq!(end(&world, &mut other, &case, &offices.other_center).await.location(), "/staff/cases");
    other.get(&tab(&case)).await.expect(404);
}

/// PERM-02
async fn head_office_reads_and_shares_nothing(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    offer(&mut center, &case, &offices.other_center, true).await;
    let mut office = world.visitor().as_staff(&world, &offices.head_office).await;
    office
        .get(&tab(&case))
        .await
        .expect(200)
        .shows("引継ぎを依頼中")
        .hides("共有する")
        .hides("取り下げる")
        .hides("<form method=\"post\" action=\"/staff/cases");
    office.get("/staff/transfers").await.expect(200).shows("山田 太郎").shows("わかば保健所");
    share(&mut office, &case, &offices.other_center).await.expect(403);
    link(&mut office, &case, &offices.follow_up).await.expect(403);
    end(&world, &mut office, &case, &offices.other_center).await.expect(403);
    offer(&mut office, &case, &offices.other_center, true).await.expect(403);
    answer(&world, &mut office, &case, "acceptance").await.expect(403);
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    clinic.get("/staff/transfers").await.expect(403);
}

async fn wrong_input_has_its_sentence(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    share(&mut center, &case, &offices.center).await.expect(422).shows("ほかの保健所を選んでください");
    share(&mut center, &case, &offices.clinic).await.expect(422).shows("共有する保健所を選んでください");
    offer(&mut center, &case, &offices.center, true).await.expect(422).shows("引継ぎ先の保健所を選んでください");
    link(&mut center, &case, &offices.other_center)
        .await
        .expect(422)
        .shows("健康フォローアップ機関、その権限のある医療機関");
    link(&mut center, &case, &offices.far_center).await.expect(422).shows("同じ都道府県の機関から");
    let long = "あ".repeat(501);
    let to = offices.other_center.organization_id.to_string();
    let path = format!("/staff/cases/{}/transfers", case.case_id);
    center
        .post_form(&path, &[("to_center_id", &to), ("note", &long)])
        .await
        .expect(422)
        .shows("500文字まで")
        .shows(&long);
    center.post_form(&format!("{}/removal", tab(&case)), &[("sharing_id", "x")]).await.expect(303);
    for nobody in ["centers", "links"] {
        center.post_form(&format!("{}/{nobody}", tab(&case)), &[]).await.expect(422);
    }
}
