//! 登録情報一覧: found by any writing, within reach, page by page (LST-01…LST-11).

use hersys_tests::fixtures::Somebody;
use hersys_tests::{Visitor, World, on_both_databases};
use time::Duration;
use time::macros::date;

on_both_databases!(
    the_list_finds_people_by_any_writing,
    the_list_holds_only_what_is_within_reach,
    the_list_turns_its_pages,
    head_office_sees_entries_at_once,
);

async fn search(staff: &mut Visitor, fields: &[(&str, &str)]) -> String {
    let answer = staff.post_form("/staff/cases/search", fields).await;
    let location = answer.location().to_owned();
    for (_, typed) in fields.iter().filter(|(_, typed)| !typed.is_empty()) {
        assert!(!location.contains(typed), "no personal data in the address");
    }
    staff.get(&location).await.expect(200).body
}

/// LST-01, LST-03, LST-04, LST-05, LST-07, LST-11
async fn the_list_finds_people_by_any_writing(world: World) {
    let offices = &world.fixtures;
    let taro =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.center).await;
    Somebody::patient("佐藤 ジョン", "サトウ ジョン")
        .born(date!(1990 - 03 - 04))
        .enter(&world.app, &offices.center, &offices.center)
        .await;
    let mut staff = world.visitor().as_staff(&world, &offices.center).await;
    staff.get("/staff/cases").await.expect(200).shows("山田 太郎").shows("佐藤 ジョン");
    let spaced = taro.hersys_id.spaced();
    for (field, typed) in [
        ("kana", "やまだ"),
        ("kana", "ﾔﾏﾀﾞ ﾀﾛｳ"),
        ("kana", "ヤマ"),
        ("name", "山田太郎"),
        ("name", "山田　太郎"),
        ("hersys_id", spaced.as_str()),
        ("birth_on", "昭和55年1月2日"),
    ] {
        let page = search(&mut staff, &[(field, typed)]).await;
        assert!(page.contains("山田 太郎") && !page.contains("佐藤 ジョン"), "{field} {typed}");
    }
    let page = search(&mut staff, &[("kana", "さとう じよん"), ("birth_on", "1990/3/4")]).await;
    assert!(page.contains("佐藤 ジョン"), "small kana do not hide anybody");
    let page = search(&mut staff, &[("kana", "やまだ"), ("birth_on", "1990/3/4")]).await;
    assert!(!page.contains("山田 太郎"), "all keys must fit");
    assert!(search(&mut staff, &[("kana", "")]).await.contains("佐藤 ジョン"), "an empty search lists all");
    staff.post_form("/staff/cases/search", &[("hersys_id", "1234567891")]).await.expect(422).shows("1234567891");
    let location = staff.post_form("/staff/cases/search", &[("kana", "やまだ")]).await.location().to_owned();
    let mut colleague = world.visitor().as_staff(&world, &offices.other_center).await;
    colleague.get(&location).await.expect(404);
}

/// LST-10, PERM-01, PERM-07, SHR-04
async fn the_list_holds_only_what_is_within_reach(world: World) {
    let offices = &world.fixtures;
    let near = Somebody::patient("山田 太郎", "ヤマダ").enter(&world.app, &offices.center, &offices.clinic).await;
    for (office, sees) in [
        (&offices.center, true),
        (&offices.clinic, true),
        (&offices.head_office, true),
        (&offices.other_center, false),
        (&offices.other_clinic, false),
        (&offices.follow_up, false),
        (&offices.accommodation, false),
        (&offices.far_head_office, false),
        (&offices.far_center, false),
    ] {
        let mut staff = world.visitor().as_staff(&world, office).await;
        assert_eq!(staff.get("/staff/cases").await.expect(200).body.contains("山田 太郎"), sees, "{}", office.name);
        let page = staff.get(&format!("/staff/cases/{}/observation", near.case_id)).await;
        assert_eq!(page.status == 200, sees, "{}", office.name);
        assert!(sees || page.status == 404);
    }
}

/// LST-08
async fn the_list_turns_its_pages(world: World) {
    let offices = &world.fixtures;
    let names = ["一郎", "二郎", "三郎", "四郎", "五郎", "六郎", "七郎", "八郎", "九郎", "十郎", "十一郎", "十二郎"];
    for name in names {
        Somebody::patient(name, "ヤマダ").enter(&world.app, &offices.center, &offices.center).await;
        world.pass(Duration::seconds(1));
    }
    let mut staff = world.visitor().as_staff(&world, &offices.center).await;
    let first = staff.get("/staff/cases?size=10").await.expect(200).shows("12").shows("十二郎").hides(">一郎<");
    let next = first
        .body
        .split("href=\"")
        .map(|rest| rest.split('"').next().unwrap())
        .find(|href| href.contains("after") || href.contains("next") || href.contains("page"));
    let next = next.expect("a link to the next page").replace("&amp;", "&");
    staff.get(&next).await.expect(200).shows(">一郎<").shows(">二郎<").hides("十二郎");
}

/// PERM-02, PERM-09, GEN-04, GEN-08
async fn head_office_sees_entries_at_once(world: World) {
    let offices = &world.fixtures;
    let mut head_office = world.visitor().as_staff(&world, &offices.head_office).await;
    head_office.get("/staff/cases").await.expect(200).hides("山田 太郎");
    let case = Somebody::patient("山田 太郎", "ヤマダ").enter(&world.app, &offices.center, &offices.clinic).await;
    head_office.get("/staff/cases").await.expect(200).shows("山田 太郎");
    head_office.get(&format!("/staff/cases/{}/identity", case.case_id)).await.expect(200).shows("山田 太郎");
    head_office.get(&format!("/staff/cases/{}/identity/edit", case.case_id)).await.expect(403);
}
