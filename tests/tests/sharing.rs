//! Sharing, hand-over and follow-up: who reaches a person by somebody's word, and no longer than that.

use std::collections::{BTreeMap, BTreeSet};

use hersys::cases::CreatedCase;
use hersys::db::sql;
use hersys_tests::fixtures::{Office, Somebody, report};
use hersys_tests::{Answer, Visitor, World, on_both_databases};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use uuid::Uuid;

on_both_databases!(
    sharing_is_immediate_and_revocable,
    the_mail_tells_the_center_and_names_nobody,
    a_center_of_another_prefecture_is_found_by_name,
    only_the_responsible_center_takes_another_off,
    head_office_reads_and_shares_nothing,
    a_hand_over_is_accepted,
    the_former_center_goes_where_it_was_not_to_stay,
    a_hand_over_is_returned_with_a_reason,
    a_hand_over_is_withdrawn,
    only_one_proposal_is_open,
    of_accepting_and_withdrawing_at_once_one_counts,
    an_edit_under_way_takes_no_hand_over_back,
    follow_up_takes_two_steps_and_ends_at_once,
    a_facility_sees_its_guests,
    a_linked_institution_sees_what_follow_up_sees,
    wrong_input_has_its_sentence,
    reach_is_what_was_agreed_on_after_any_sequence,
);

async fn taro(world: &World) -> CreatedCase {
    let offices = &world.fixtures;
    Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.center).await
}

fn tab(case: &CreatedCase) -> String {
    format!("/staff/cases/{}/sharing", case.case_id)
}

async fn share(staff: &mut Visitor, case: &CreatedCase, with: &Office) -> Answer {
    staff.post_form(&format!("{}/centers", tab(case)), &[("center_id", &with.organization_id.to_string())]).await
}

async fn link(staff: &mut Visitor, case: &CreatedCase, with: &Office) -> Answer {
    staff.post_form(&format!("{}/links", tab(case)), &[("partner_id", &with.organization_id.to_string())]).await
}

/// Ends what runs with an office; the id stands in its form on the page.
async fn end(world: &World, staff: &mut Visitor, case: &CreatedCase, with: &Office) -> Answer {
    let id: Option<Uuid> = sql("select sharing_id from case_sharing
         where case_id = $1 and organization_id = $2 and ended_at is null")
    .bind(case.case_id)
    .bind(with.organization_id)
    .optional_scalar(&world.app.db)
    .await
    .unwrap();
    let id = id.unwrap_or_default().to_string();
    staff.post_form(&format!("{}/removal", tab(case)), &[("sharing_id", &id)]).await
}

async fn offer(staff: &mut Visitor, case: &CreatedCase, to: &Office, stays: bool) -> Answer {
    let to = to.organization_id.to_string();
    let mut fields = vec![("to_center_id", to.as_str()), ("note", "転居先の管轄です。")];
    if stays {
        fields.push(("keeps_access", "on"));
    }
    staff.post_form(&format!("/staff/cases/{}/transfers", case.case_id), &fields).await
}

async fn newest_transfer(world: &World, case: &CreatedCase) -> Option<Uuid> {
    sql("select transfer_id from case_transfer where case_id = $1 order by offered_at desc, transfer_id desc limit 1")
        .bind(case.case_id)
        .optional_scalar(&world.app.db)
        .await
        .unwrap()
}

async fn answer(world: &World, staff: &mut Visitor, case: &CreatedCase, how: &str) -> Answer {
    let transfer = newest_transfer(world, case).await.unwrap_or_default();
    let path = format!("/staff/cases/{}/transfers/{transfer}/{how}", case.case_id);
    staff.post_form(&path, &[("reason", "すでに入院先の県で対応しています。")]).await
}

async fn responsible(world: &World, case: &CreatedCase) -> Uuid {
    sql("select responsible_center_id from cases where case_id = $1")
        .bind(case.case_id)
        .scalar(&world.app.db)
        .await
        .unwrap()
}

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
    center
        .get(&format!("{}?find=とおい", tab(&case)).replace("とおい", "%E3%81%A8%E3%81%8A%E3%81%84"))
        .await
        .expect(200)
        .shows(&far_id);
    center.get(&format!("{}?find=%E6%B2%96%E7%B8%84", tab(&case))).await.expect(200).shows("とおい保健所（沖縄県）");
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
    center.get("/staff/").await.expect(200).shows("差し戻されました");
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

/// FUP-01, FUP-02, FUP-03, OBS-11, IDM-08: the right first, then the link.
async fn follow_up_takes_two_steps_and_ends_at_once(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut hospital = world.visitor().as_staff(&world, &offices.other_clinic).await;
    center.get(&tab(&case)).await.expect(200).shows("みどり県医師会").hides("もみじ病院");
    link(&mut center, &case, &offices.other_clinic).await.expect(422).shows("先に権限を付与してから");
    let observation = format!("/staff/cases/{}/observation", case.case_id);
    hospital.get(&observation).await.expect(404);
    grant_follow_up(&world, &offices.other_clinic).await;
    assert!(link(&mut center, &case, &offices.other_clinic).await.location().ends_with("?notice=linked"));
    hospital.get("/staff/").await.expect(200).shows("紐づけられました");
    hospital.get("/staff/cases").await.expect(200).shows("山田 太郎").shows("紐づけ</span>");
    hospital.get(&observation).await.expect(200);
    end(&world, &mut center, &case, &offices.other_clinic).await.expect(303);
    hospital.get(&observation).await.expect(404);
    hospital.get("/staff/cases").await.expect(200).hides("山田 太郎");

    assert!(link(&mut center, &case, &offices.follow_up).await.location().ends_with("?notice=linked"));
    let mut follow_up = world.visitor().as_staff(&world, &offices.follow_up).await;
    let page = follow_up.get(&observation).await.expect(200).shows("山田 太郎");
    // C-19, FUP-03
    page.hides("居所").hides("共有・引継ぎ").hides("ID管理");
    follow_up.get(&tab(&case)).await.expect(403);
    follow_up.get("/staff/cases").await.expect(200).shows("山田 太郎").hides("担当保健所").hides("あおば保健所");
}

async fn grant_follow_up(world: &World, office: &Office) {
    sql("update organization set follow_up = true where organization_id = $1")
        .bind(office.organization_id)
        .run(&world.app.db)
        .await
        .unwrap();
}

/// FUP-05, PERM-04
async fn a_facility_sees_its_guests(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut facility = world.visitor().as_staff(&world, &offices.accommodation).await;
    let observation = format!("/staff/cases/{}/observation", case.case_id);
    facility.get(&observation).await.expect(404);
    link(&mut center, &case, &offices.accommodation).await.expect(303);
    center.get(&tab(&case)).await.expect(200).shows("宿泊療養の紐づけ");
    facility.get(&observation).await.expect(200).shows("山田 太郎").hides("居所");
    facility.get("/staff/cases").await.expect(200).shows("山田 太郎");
    end(&world, &mut center, &case, &offices.accommodation).await;
    facility.get(&observation).await.expect(404);
}

/// SHR-06, C-19, C-23: header, tabs, list, print and observation of a linked institution are those of follow-up.
async fn a_linked_institution_sees_what_follow_up_sees(world: World) {
    let offices = &world.fixtures;
    let case = taro(&world).await;
    sql("update document set body = $2 where case_id = $1 and tab = 'identity'")
        .bind(case.case_id)
        .bind(json!({ "name": "山田 太郎", "birth_on": "1980-01-02", "address": "しるし町一丁目", "note": "しるし町一丁目" }))
        .run(&world.app.db)
        .await
        .unwrap();
    let mut patient = world.visitor().as_patient(&world, "taro@example.jp").await;
    let person = patient.link("太郎", "1980-01-02", case.hersys_id.as_str()).await;
    let mut telling = report(&person);
    telling["note"] = json!("せきがつらい");
    patient.post_json("/api/patient/reports", &json!({ "reports": [telling] })).await.expect(200);
    grant_follow_up(&world, &offices.other_clinic).await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    link(&mut center, &case, &offices.other_clinic).await;
    let mut own = Somebody::patient("鈴木 花子", "スズキ ハナコ")
        .enter(&world.app, &offices.other_center, &offices.other_clinic)
        .await;
    let mut hospital = world.visitor().as_staff(&world, &offices.other_clinic).await;
    for path in ["", "/identity", "/identity/edit", "/observation", "/observation/print", "/sharing"] {
        let page = hospital.get(&format!("/staff/cases/{}{path}", case.case_id)).await;
        assert!(!page.body.contains("しるし町") && !page.body.contains("あおば保健所"), "{path}");
        assert_eq!(
            page.status == 403,
            ["/identity", "/identity/edit", "/sharing"].contains(&path),
            "{path}: {}",
            page.status
        );
    }
    hospital
        .get(&format!("/staff/cases/{}/observation", case.case_id))
        .await
        .expect(200)
        .shows("せきがつらい")
        .hides("居所");
    hospital.get(&format!("/staff/cases/{}/identity", own.case_id)).await.expect(200).shows("鈴木 花子");
    // The responsible centre of its own people it sees, of linked ones not.
    hospital.get("/staff/cases").await.expect(200).shows("わかば保健所").hides("あおば保健所");
    let print =
        hospital.post_form("/staff/observations/print", &[("case", &case.case_id.to_string())]).await.expect(200);
    print.shows("せきがつらい").hides("しるし町").hides("居所");
    own.case_id = case.case_id;
    end(&world, &mut center, &own, &offices.other_clinic).await;
    let print = hospital.post_form("/staff/observations/print", &[("case", &case.case_id.to_string())]).await;
    assert!(!print.body.contains("せきがつらい"));
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

/// What somebody may try next. Offices are numbered: three centres, two follow-up partners.
#[derive(Debug, Clone)]
enum Step {
    Share { by: usize, with: usize },
    Unshare { by: usize, with: usize },
    Offer { by: usize, to: usize, stays: bool },
    Accept { by: usize },
    Return { by: usize },
    Withdraw { by: usize },
    Link { by: usize, with: usize },
    Unlink { by: usize, with: usize },
    Edit { by: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let center = 0..3_usize;
    let pair = (center.clone(), center.clone());
    let link = (center.clone(), 0..2_usize);
    prop_oneof![
        pair.clone().prop_map(|(by, with)| Step::Share { by, with }),
        pair.clone().prop_map(|(by, with)| Step::Unshare { by, with }),
        (pair, any::<bool>()).prop_map(|((by, to), stays)| Step::Offer { by, to, stays }),
        center.clone().prop_map(|by| Step::Accept { by }),
        center.clone().prop_map(|by| Step::Return { by }),
        center.clone().prop_map(|by| Step::Withdraw { by }),
        link.clone().prop_map(|(by, with)| Step::Link { by, with }),
        link.prop_map(|(by, with)| Step::Unlink { by, with }),
        center.prop_map(|by| Step::Edit { by }),
    ]
}

/// What was agreed on, kept beside the program in the plainest way.
#[derive(Debug, Default)]
struct Agreed {
    responsible: usize,
    related: BTreeSet<usize>,
    offered: Option<(usize, bool)>,
    linked: BTreeSet<usize>,
    entered_by_first: bool,
}

impl Agreed {
    fn writes(&self, center: usize) -> bool {
        self.responsible == center || self.related.contains(&center) || (center == 0 && self.entered_by_first)
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Share { by, with } if self.writes(by) && with != self.responsible => {
                self.related.insert(with);
            }
            Step::Unshare { by, with } if self.writes(by) && (by == self.responsible || by == with) => {
                self.related.remove(&with);
            }
            Step::Offer { by, to, stays } if by == self.responsible && to != by && self.offered.is_none() => {
                self.offered = Some((to, stays));
            }
            Step::Accept { by } => {
                if let Some((_, stays)) = self.offered.filter(|(to, _)| *to == by) {
                    self.related.remove(&by);
                    if stays {
                        self.related.insert(self.responsible);
                    }
                    self.entered_by_first &= self.responsible != 0;
                    (self.responsible, self.offered) = (by, None);
                }
            }
            Step::Return { by } => self.offered = self.offered.filter(|(to, _)| *to != by),
            Step::Withdraw { by } if by == self.responsible => self.offered = None,
            Step::Link { by, with } if self.writes(by) && by != 2 => {
                self.linked.insert(with);
            }
            Step::Unlink { by, with } if self.writes(by) => {
                self.linked.remove(&with);
            }
            _ => {}
        }
    }

    /// Relations of all offices, computed from nothing.
    fn relations(
        &self,
        centers: &[&Office; 3],
        above: &[&Office; 3],
        partners: &[&Office; 2],
    ) -> BTreeSet<(Uuid, String)> {
        let mut relations = BTreeSet::new();
        let mut add = |office: &Office, relation: &str| relations.insert((office.organization_id, relation.to_owned()));
        add(centers[self.responsible], "responsible");
        add(above[self.responsible], "governing");
        for center in &self.related {
            add(centers[*center], "related");
            add(above[*center], "governing");
        }
        if self.entered_by_first {
            add(centers[0], "entered");
        }
        if let Some((to, _)) = self.offered {
            add(centers[to], "offered");
        }
        for partner in &self.linked {
            add(partners[*partner], if *partner == 0 { "linked" } else { "guest" });
        }
        relations
    }
}

/// SHR-01, FUP-02, C-02, PERM-08: whatever is tried by whomever in whatever order, relations and
/// lists are what the agreements say, and nobody else reaches the person.
async fn reach_is_what_was_agreed_on_after_any_sequence(world: World) {
    let offices = &world.fixtures;
    let centers = [&offices.center, &offices.other_center, &offices.far_center];
    let above = [&offices.head_office, &offices.head_office, &offices.far_head_office];
    let partners = [&offices.follow_up, &offices.accommodation];
    let mut staff = Vec::new();
    for center in centers {
        staff.push(world.visitor().as_staff(&world, center).await);
    }
    let mut runner = TestRunner::deterministic();
    for _ in 0..10 {
        let steps = proptest::collection::vec(step(), 14).new_tree(&mut runner).unwrap().current();
        let case = taro(&world).await;
        let mut agreed = Agreed { entered_by_first: true, ..Agreed::default() };
        for (at, step) in steps.iter().enumerate() {
            let told = perform(&world, &mut staff, &case, &centers, &partners, step).await;
            assert!(told.status.as_u16() < 500, "{step:?}: {}", told.body);
            agreed.take(step);
            let wanted = agreed.relations(&centers, &above, &partners);
            compare(&world, &case, &wanted, &format!("{:?}", &steps[..=at])).await;
        }
        for (at, visitor) in staff.iter_mut().enumerate() {
            let reaches = agreed.writes(at) || agreed.offered.is_some_and(|(to, _)| to == at);
            let page = visitor.get(&format!("/staff/cases/{}/identity", case.case_id)).await;
            assert_eq!(page.status == 200, reaches, "{steps:?}");
            assert!(reaches || page.status == 404);
        }
    }
}

async fn perform(
    world: &World,
    staff: &mut [Visitor],
    case: &CreatedCase,
    centers: &[&Office; 3],
    partners: &[&Office; 2],
    step: &Step,
) -> Answer {
    match *step {
        Step::Share { by, with } => share(&mut staff[by], case, centers[with]).await,
        Step::Unshare { by, with } => end(world, &mut staff[by], case, centers[with]).await,
        Step::Offer { by, to, stays } => offer(&mut staff[by], case, centers[to], stays).await,
        Step::Accept { by } => answer(world, &mut staff[by], case, "acceptance").await,
        Step::Return { by } => answer(world, &mut staff[by], case, "return").await,
        Step::Withdraw { by } => answer(world, &mut staff[by], case, "withdrawal").await,
        Step::Link { by, with } => link(&mut staff[by], case, partners[with]).await,
        Step::Unlink { by, with } => end(world, &mut staff[by], case, partners[with]).await,
        Step::Edit { by } => {
            let version: i64 = sql("select version from document where case_id = $1")
                .bind(case.case_id)
                .scalar(&world.app.db)
                .await
                .unwrap();
            let (version, address) = (version.to_string(), format!("{version}丁目"));
            let typed =
                [("version", version.as_str()), ("name", "山田 太郎"), ("kind", "patient"), ("address", &address)];
            staff[by].post_form(&format!("/staff/cases/{}/identity/edit", case.case_id), &typed).await
        }
    }
}

async fn compare(world: &World, case: &CreatedCase, wanted: &BTreeSet<(Uuid, String)>, steps: &str) {
    let relations: Vec<(Uuid, String)> = sql("select organization_id, relation from case_relation where case_id = $1")
        .bind(case.case_id)
        .all(&world.app.db)
        .await
        .unwrap();
    assert_eq!(&relations.into_iter().collect::<BTreeSet<_>>(), wanted, "{steps}");
    let listed: Vec<(Uuid, bool, bool, bool)> =
        sql("select organization_id, is_shared, is_offered, is_linked from case_index where case_id = $1")
            .bind(case.case_id)
            .all(&world.app.db)
            .await
            .unwrap();
    let mut own: BTreeMap<Uuid, Vec<&str>> = BTreeMap::new();
    for (organization_id, relation) in wanted {
        own.entry(*organization_id).or_default().push(relation);
    }
    let expected: BTreeSet<_> = own
        .iter()
        .map(|(organization_id, relations)| {
            let shared = relations.contains(&"related") && !relations.contains(&"responsible");
            (*organization_id, shared, relations.contains(&"offered"), *relations == ["linked"])
        })
        .collect();
    assert_eq!(listed.len(), expected.len(), "{steps}");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), expected, "{steps}");
}
