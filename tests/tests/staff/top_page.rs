//! The top page (TOP-01…TOP-05).

use hersys_tests::{World, on_both_databases};

on_both_databases!(the_top_page_has_its_two_sections,);

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
