//! The top page and the menu (TOP-01…TOP-06), and the name of it all (C-24).

use hersys_tests::{World, on_both_databases};

on_both_databases!(the_top_page_has_its_two_sections, the_menu_leads_everywhere, the_system_has_its_name);

/// TOP-01, TOP-02, TOP-03, TOP-04, TOP-05
async fn the_top_page_has_its_two_sections(world: World) {
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center
        .get("/staff/")
        .await
        .expect(200)
        .shows("新たに発生届を提出する場合、発生届の提出前に使用する場合")
        .shows("発生届の提出前に使用")
        .shows("※複数人分の発生届を連続して新規登録することができます。")
        .shows("入力済の情報を閲覧・編集する場合")
        .shows("既に入力済の情報については、こちらから閲覧・編集を行ってください。")
        .shows("登録情報一覧");
    let mut follow_up = world.visitor().as_staff(&world, &world.fixtures.follow_up).await;
    follow_up.get("/staff/").await.expect(200).hides("href=\"/staff/cases/new\"");
}

/// TOP-05, TOP-06: three bars at the top left open the menu at the left, without scripts too.
async fn the_menu_leads_everywhere(world: World) {
    let menu = |page: &str| {
        page.split_once("<details class=\"menu\"").unwrap().1.split_once("</details>").unwrap().0.to_owned()
    };
    let mut clinic = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let page = clinic.get("/staff/").await.expect(200).body;
    let own = menu(&page);
    assert!(own.find("<summary><svg").is_some_and(|at| at < own.find("<nav").unwrap()), "{own}");
    for (address, label) in [
        ("/staff/", "トップページ"),
        ("/staff/cases", "登録情報一覧"),
        ("/staff/notifications/new", "新たに発生届を提出"),
        ("/staff/cases/new", "発生届の提出前に使用（新規登録）"),
        ("/staff/notifications/blank", "発生届の様式（空欄）"),
    ] {
        assert!(own.contains(&format!("<a href=\"{address}\">{label}</a>")), "{label}: {own}");
        let answer = clinic.get(address).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{address}: {}", answer.status);
    }
    // Nothing leads where the kind of ID may not go.
    let mut ministry = world.visitor().as_staff(&world, &world.fixtures.ministry).await;
    let own = menu(&ministry.get("/staff/").await.expect(200).body);
    assert!(!own.contains("/staff/cases") && !own.contains("/staff/notifications"), "{own}");
}

/// C-24: the staff's name of the system, which patients do not see.
async fn the_system_has_its_name(world: World) {
    const NAME: &str = "新型コロナウイルス感染者等情報把握・管理支援システム";
    world.visitor().get("/staff/sign-in").await.expect(200).shows(NAME);
    world.visitor().get("/info/faq").await.expect(200).hides(NAME);
}
