//! The pages around the system: who may read what, and whose words they are.

use hersys::App;
use hersys::clock::Clock;
use hersys::config::{Config, Settings};
use hersys_tests::world::START;
use hersys_tests::{Visitor, World, on_both_databases};

on_both_databases!(
    terms_and_privacy_are_linked_where_people_sign_in,
    whoever_is_signed_in_keeps_the_menu,
    public_pages_name_nothing_of_the_staff_system,
    the_manual_and_the_duties_are_for_whoever_is_signed_in,
    the_contacts_are_the_operators_and_the_health_centers,
    an_operators_files_replace_the_texts,
    the_ways_by_telephone_are_those_of_the_installation,
);

const PUBLIC: [(&str, &str); 9] = [
    ("/info/terms", "利用規約"),
    ("/info/privacy", "プライバシーとCookie"),
    ("/info/legal", "情報の収集と共有の法的根拠"),
    ("/info/faq", "よくあるご質問"),
    ("/info/my-hersys", "My HER-SYSの概要"),
    ("/info/how-to", "My HER-SYSの操作"),
    ("/info/auto-call", "自動架電の概要"),
    ("/info/health-call", "健康コールの概要"),
    ("/info/contacts", "問い合わせ先"),
];

const SIGNED_IN: [(&str, &str); 6] = [
    ("/staff/info", "マニュアル・ヘルプ"),
    ("/staff/info/manual", "ユーザー操作マニュアル"),
    ("/staff/info/security", "情報セキュリティの留意事項"),
    ("/staff/info/faq", "よくあるご質問（医療機関向け）"),
    ("/staff/info/glossary", "用語解説"),
    ("/staff/info/contacts", "ヘルプデスク"),
];

/// AUTH-19
async fn terms_and_privacy_are_linked_where_people_sign_in(world: World) {
    let mut visitor = world.visitor();
    visitor.post_form("/staff/sign-in/id", &[("sign_in_id", &world.fixtures.center.sign_in_id)]).await;
    for page in ["/staff/sign-in", "/staff/sign-in/id", "/staff/sign-in/password"] {
        let page = visitor.get(page).await.expect(200);
        let page = page.shows(r#"href="/info/terms""#).shows(r#"href="/info/privacy""#);
        page.shows(r#"href="/staff/sign-in/contacts""#);
    }
    // Whom to ask, for whoever cannot sign in.
    visitor.get("/staff/sign-in/contacts").await.expect(200).shows("サインインで困ったとき").shows("あおば保健所");
}

/// TOP-05: nobody who is signed in comes to a page without the way back.
async fn whoever_is_signed_in_keeps_the_menu(world: World) {
    let mut staff = world.visitor().as_staff(&world, &world.fixtures.center).await;
    for page in ["/info/terms", "/info/privacy"] {
        staff.get(page).await.expect(200).shows("サインアウト").shows(r#"href="/staff/""#);
    }
    staff.get("/staff/nowhere").await.expect(404).shows("ページが見つかりません").shows("サインアウト");
    world.visitor().get("/staff/nowhere").await.expect(404).hides("サインアウト");
}

/// AUTH-03, SEC-11, SHR-03, SEC-09
async fn public_pages_name_nothing_of_the_staff_system(world: World) {
    let mut visitor = world.visitor();
    for (path, title) in PUBLIC {
        let answer = visitor.get(path).await.expect(200).shows(&format!("<h1>{title}</h1>"));
        assert!(!leads_to_staff(&answer.body), "{path}: {}", answer.body);
        assert_eq!(answer.headers["x-robots-tag"], "noindex, nofollow");
        let style = answer
            .body
            .split("href=\"")
            .find(|rest| rest.contains("staff.css"))
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        visitor.get(&style).await.expect(200);
    }
    for article in ["第12条", "第15条", "第19条", "第20条"] {
        visitor.get("/info/legal").await.shows(article);
    }
    assert!(!leads_to_staff(&visitor.get("/info/nothing").await.expect(404).body));
}

/// An address of the staff system; the style sheet's name alone is none.
fn leads_to_staff(page: &str) -> bool {
    page.replace("/staff.css", "").replace("/staff.js", "").contains("/staff")
}

/// TOP-11, SEC-07, SEC-11
async fn the_manual_and_the_duties_are_for_whoever_is_signed_in(world: World) {
    let mut anybody = world.visitor();
    let mut patient = world.visitor().as_patient(&world, "taro@example.jp").await;
    for (path, title) in SIGNED_IN {
        for visitor in [&mut anybody, &mut patient] {
            let answer = visitor.get(path).await;
            assert_eq!(answer.location(), "/staff/sign-in", "{path}");
            answer.hides(title);
        }
    }
    for office in world.fixtures.of_each_kind() {
        let mut staff = world.visitor().as_staff(&world, office).await;
        for (path, title) in SIGNED_IN {
            staff.get(path).await.expect(200).shows(title);
        }
        staff.get("/staff/").await.expect(200).shows(r#"href="/staff/info/security""#);
    }
}

/// SUP-01…SUP-03, C-17, SEC-08
async fn the_contacts_are_the_operators_and_the_health_centers(world: World) {
    let mut visitor = world.visitor();
    visitor
        .get("/info/contacts")
        .await
        .expect(200)
        .shows("HER-SYS 運営事務局")
        .shows("埼玉県")
        .shows("あおば保健所")
        .shows("tel:0312345678")
        .hides("さくら診療所")
        .hides("6812-7818")
        .hides("6877-5154");
    let mut staff = visitor.as_staff(&world, &world.fixtures.center).await;
    staff.get("/staff/info/contacts").await.expect(200).shows("疑いの段階で、すぐに連絡");
}

/// MY-22, MY-23
async fn the_ways_by_telephone_are_those_of_the_installation(world: World) {
    for (path, name) in [("/info/auto-call", "自動架電"), ("/info/health-call", "健康コール")] {
        let page = world.visitor().get(path).await.expect(200);
        page.shows(&format!("この窓口では、{name}を行っていません")).shows(r#"href="/info/contacts""#);
    }
    let faq = world.visitor().get("/info/faq").await.expect(200).shows("保健所から、電話で健康状態を確かめます");
    faq.hides("自動架電").hides("健康コール").hides("{{");
    let settings = Settings {
        data_dir: Some(world.folder().to_owned()),
        database_url: Some(world.database_url().to_owned()),
        auto_call_phone: Some("０５０－１１１１－２２２２".into()),
        health_call_phone: Some("050-3333-4444".into()),
        ..Settings::default()
    };
    let app = App::open(Config::from_settings(settings, false).unwrap(), Clock::fixed(START)).await.unwrap();
    let mut visitor = Visitor::new(&app);
    visitor.get("/info/auto-call").await.expect(200).shows("tel:05011112222").hides("行っていません");
    visitor.get("/info/health-call").await.expect(200).shows("tel:05033334444").hides("行っていません");
    let faq = visitor.get("/info/faq").await.expect(200).shows(r#"href="/info/auto-call""#);
    faq.shows("健康コール").hides("保健所から、電話で健康状態を確かめます").hides("{{");
}

async fn an_operators_files_replace_the_texts(world: World) {
    let folder = world.folder().join("texts");
    std::fs::create_dir(&folder).unwrap();
    let own =
        "\u{feff}# みどり県の問い合わせ先\n\n{{operator}} 電話 <b>03-1111-2222</b>\n\n<script>alert(1)</script>\n";
    std::fs::write(folder.join("contacts.md"), own).unwrap();
    let settings = Settings {
        data_dir: Some(world.folder().to_owned()),
        database_url: Some(world.database_url().to_owned()),
        texts_dir: Some(folder.clone()),
        operator_name: Some("みどり県".into()),
        ..Settings::default()
    };
    let open = || App::open(Config::from_settings(settings.clone(), false).unwrap(), Clock::fixed(START));
    let mut visitor = Visitor::new(&open().await.unwrap());
    visitor
        .get("/info/contacts")
        .await
        .expect(200)
        .shows("<h1>みどり県の問い合わせ先</h1>")
        .shows("みどり県 電話")
        .hides("<script>alert")
        .hides("<b>")
        .hides("担当の保健所にお問い合わせください");
    visitor.get("/info/terms").await.expect(200).shows("みどり県（以下「運営者」といいます。）");

    std::fs::write(folder.join("terms.md"), [0xff, 0xfe]).unwrap();
    let refused = open().await.err().unwrap().to_string();
    assert!(refused.starts_with("HERSYS_TEXTS_DIR: terms.md"), "{refused}");
}
