//! SEC-12: a trace of everything, that nobody can change unseen.

use hersys::db::sql;
use hersys_tests::fixtures::Somebody;
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::Value as Json;
use uuid::Uuid;

on_both_databases!(
    everything_of_a_walk_is_recorded_with_who_when_and_where,
    a_change_is_recorded_with_before_and_after,
    a_look_out_of_reach_is_recorded,
    a_persons_tab_shows_who_looked_and_reading_it_is_seen_too,
    the_tab_is_for_centers_and_head_offices,
    issuers_search_their_own_and_what_is_below,
    the_ministry_searches_without_seeing_anybody,
    an_issuers_search_stands_in_no_address_and_belongs_to_one_account,
    long_records_are_paged_to_the_end,
);

struct Written {
    action: String,
    account_id: Option<Uuid>,
    organization_id: Option<Uuid>,
    case_id: Option<Uuid>,
    at: i64,
    network: String,
    detail: Json,
}

async fn written(world: &World) -> Vec<Written> {
    type Row = (String, Option<Uuid>, Option<Uuid>, Option<Uuid>, i64, String, Json);
    let rows: Vec<Row> =
        sql("select action, account_id, organization_id, case_id, at, network, detail from audit order by audit_id")
            .all(&world.app.db)
            .await
            .unwrap();
    rows.into_iter()
        .map(|(action, account_id, organization_id, case_id, at, network, detail)| Written {
            action,
            account_id,
            organization_id,
            case_id,
            at,
            network,
            detail,
        })
        .collect()
}

async fn count(world: &World) -> i64 {
    sql("select count(*) from audit").scalar(&world.app.db).await.unwrap()
}

async fn taro(world: &World) -> Uuid {
    let offices = &world.fixtures;
    Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.clinic).await.case_id
}

/// Fields of the edit form as the page has them, with some changed.
fn form_of(page: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let form = page.split("id=\"identity-form\"").nth(1).unwrap().split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    let mut fields: Vec<(String, String)> = Vec::new();
    for tag in form.split('<').filter(|tag| tag.starts_with("input")) {
        let radio = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
        if let Some(name) = attribute(tag, "name").filter(|_| !radio || tag.contains(" checked")) {
            fields.push((name, attribute(tag, "value").unwrap_or_default()));
        }
    }
    for select in form.split("<select").skip(1) {
        let select = select.split("</select>").next().unwrap();
        let chosen = select.split("<option").find(|option| option.contains(" selected"));
        fields.push((
            attribute(select, "name").unwrap(),
            chosen.and_then(|option| attribute(option, "value")).unwrap_or_default(),
        ));
    }
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

async fn change_phone(visitor: &mut Visitor, case_id: Uuid, phone: &str) {
    let path = format!("/staff/cases/{case_id}/identity/edit");
    let page = visitor.get(&path).await.expect(200).body;
    let fields = form_of(&page, &[("phone", phone)]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(visitor.post_form(&path, &fields).await.location().contains("notice=saved"));
}

async fn everything_of_a_walk_is_recorded_with_who_when_and_where(world: World) {
    let case_id = taro(&world).await;
    let office = &world.fixtures.center;
    let mut center = world.visitor().from_network([198, 51, 100, 7]).as_staff(&world, office).await;
    let signed_in = count(&world).await;
    world.pass(time::Duration::minutes(3));
    center.get("/staff/cases").await.expect(200);
    let found = center.post_form("/staff/cases/search", &[("kana", "ヤマダ")]).await.location().to_owned();
    center.get(&found).await.expect(200);
    center.get(&format!("/staff/cases/{case_id}/identity")).await.expect(200);
    change_phone(&mut center, case_id, "09012345678").await;
    center.post_form(&format!("/staff/cases/{case_id}/invitation"), &[]).await;
    center.get(&format!("/staff/cases/{case_id}/observation")).await.expect(200);
    center.get(&format!("/staff/cases/{case_id}/observation/print")).await;
    center.get(&format!("/staff/cases/{case_id}/audit")).await.expect(200);
    center.post_form("/staff/sign-out", &[]).await;

    let all = written(&world).await;
    assert!(all[..usize::try_from(signed_in).unwrap()].iter().any(|entry| entry.action == "staff.sign_in"));
    let actions: Vec<&str> =
        all[usize::try_from(signed_in).unwrap()..].iter().map(|entry| entry.action.as_str()).collect();
    let expected = [
        "case.list",
        "case.search",
        "case.list",
        "case.view",
        "case.view",
        "case.change",
        "case.invite",
        "observation.view",
        "observation.print",
        "audit.view",
        "staff.sign_out",
    ];
    assert_eq!(actions, expected);
    for entry in &all[usize::try_from(signed_in).unwrap()..] {
        assert_eq!(entry.account_id, Some(office.account_id), "{}", entry.action);
        assert_eq!(entry.organization_id, Some(office.organization_id), "{}", entry.action);
        assert_eq!(entry.network, "198.51.100.7", "{}", entry.action);
        assert_eq!(entry.at, world.now().0, "{}", entry.action);
        let about_somebody = !matches!(entry.action.as_str(), "case.list" | "case.search" | "staff.sign_out");
        assert_eq!(entry.case_id.is_some(), about_somebody, "{}", entry.action);
    }
    let sought = all.iter().find(|entry| entry.action == "case.search").unwrap();
    assert_eq!(sought.detail["kana"], "ヤマダ");
}

async fn a_change_is_recorded_with_before_and_after(world: World) {
    let case_id = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    change_phone(&mut center, case_id, "09012345678").await;
    change_phone(&mut center, case_id, "0312345678").await;
    let all = written(&world).await;
    let change = all.iter().rfind(|entry| entry.action == "case.change").unwrap();
    let field = &change.detail["fields"][0];
    assert_eq!(field["field"], "phone");
    assert!(field["before"].as_str().unwrap().contains("090") && field["after"].as_str().unwrap().contains("03"));
    center
        .get(&format!("/staff/cases/{case_id}/audit"))
        .await
        .expect(200)
        .shows("内容を変更した")
        .shows("連絡先電話番号")
        .shows("担当者")
        .shows("あおば保健所")
        .hides("その他の操作");
}

/// PERM-07: the answer is 404, and the centre in charge can see who asked.
async fn a_look_out_of_reach_is_recorded(world: World) {
    let case_id = taro(&world).await;
    let stranger = &world.fixtures.other_clinic;
    let mut elsewhere = world.visitor().as_staff(&world, stranger).await;
    elsewhere.get(&format!("/staff/cases/{case_id}/identity")).await.expect(404);
    elsewhere.post_form("/staff/observations/print", &[("case", &case_id.to_string())]).await;
    elsewhere.get("/staff/admin/audit").await.expect(403);
    elsewhere.get("/staff/nothing-here").await.expect(404);
    elsewhere.get("/staff/cases/search").await;
    let refused: Vec<Written> =
        written(&world).await.into_iter().filter(|entry| entry.action == "access.refused").collect();
    assert_eq!(refused.len(), 3);
    assert!(refused.iter().all(|entry| entry.account_id == Some(stranger.account_id)));
    assert_eq!((refused[0].case_id, refused[1].case_id, refused[2].case_id), (Some(case_id), Some(case_id), None));
    assert_eq!(refused[0].detail["route"], "GET /staff/cases/{case_id}/identity");
    assert_eq!(refused[2].detail["status"], 403);
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center
        .get(&format!("/staff/cases/{case_id}/audit?only=refusal"))
        .await
        .expect(200)
        .shows("もみじ病院")
        .shows("見る権限がなく断られた");
    world.visitor().get(&format!("/staff/cases/{case_id}/identity")).await;
    assert_eq!(
        written(&world).await.iter().filter(|entry| entry.action == "access.refused").count(),
        3,
        "nobody is signed in"
    );
}

async fn a_persons_tab_shows_who_looked_and_reading_it_is_seen_too(world: World) {
    let case_id = taro(&world).await;
    let other = Somebody::patient("鈴木 花", "スズキ ハナ")
        .enter(&world.app, &world.fixtures.center, &world.fixtures.center)
        .await;
    let mut clinic = world.visitor().from_network([203, 0, 113, 9]).as_staff(&world, &world.fixtures.clinic).await;
    clinic.get(&format!("/staff/cases/{case_id}/identity")).await.expect(200);
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    let tab = format!("/staff/cases/{case_id}/audit");
    center
        .get(&tab)
        .await
        .expect(200)
        .shows("さくら診療所")
        .shows("203.0.113.9")
        .shows("登録情報を見た")
        .shows("2022-08-01 09:00:00")
        .hides("操作の記録を見た");
    center.get(&tab).await.expect(200).shows("操作の記録を見た");
    center.get(&format!("{tab}?only=change")).await.expect(200).shows("記録はまだありません").hides("さくら診療所");
    center.get(&format!("/staff/cases/{}/audit", other.case_id)).await.expect(200).hides("さくら診療所");
}

async fn the_tab_is_for_centers_and_head_offices(world: World) {
    let case_id = taro(&world).await;
    let tab = format!("/staff/cases/{case_id}/audit");
    let offices = &world.fixtures;
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    clinic.get(&tab).await.expect(403);
    clinic.get(&format!("/staff/cases/{case_id}/identity")).await.expect(200).hides("閲覧・変更履歴");
    let mut head_office = world.visitor().as_staff(&world, &offices.head_office).await;
    head_office.get(&tab).await.expect(200).shows("閲覧・変更履歴");
    let mut far = world.visitor().as_staff(&world, &offices.far_head_office).await;
    far.get(&tab).await.expect(404);
}

async fn search(visitor: &mut Visitor, fields: &[(&str, &str)]) -> String {
    let mut all = vec![("from", "2022-08-01"), ("until", "2022-08-01")];
    all.retain(|(name, _)| fields.iter().all(|(given, _)| given != name));
    all.extend(fields);
    let found = visitor.post_form("/staff/admin/audit/search", &all).await.location().to_owned();
    visitor.get(&found).await.expect(200).body
}

fn results(page: &str) -> &str {
    page.split("検索の結果").nth(1).unwrap_or_default()
}

async fn issuers_search_their_own_and_what_is_below(world: World) {
    let case_id = taro(&world).await;
    let offices = &world.fixtures;
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    clinic.get(&format!("/staff/cases/{case_id}/identity")).await.expect(200);
    world.visitor().as_staff(&world, &offices.other_center).await;
    world.visitor().as_staff(&world, &offices.far_center).await;

    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let page = search(&mut center, &[]).await;
    let found = results(&page);
    assert!(found.contains("さくら診療所") && found.contains("あおば保健所"), "its own and those below");
    assert!(!found.contains("わかば保健所") && !found.contains("とおい保健所"));
    let mut head_office = world.visitor().as_staff(&world, &offices.head_office).await;
    let page = search(&mut head_office, &[]).await;
    assert!(["さくら診療所", "わかば保健所", "みどり県調整本部"].iter().all(|name| results(&page).contains(name)));
    assert!(!results(&page).contains("とおい保健所"));

    let only = |page: &str, name: &str, others: &[&str]| {
        let found = results(page);
        assert!(found.contains(name), "{found}");
        assert!(others.iter().all(|other| !found.contains(other)), "{found}");
    };
    let page = search(&mut center, &[("sign_in_id", &offices.clinic.sign_in_id)]).await;
    only(&page, "さくら診療所", &["あおば保健所"]);
    let page = search(&mut center, &[("organization", "診療"), ("kind", "view")]).await;
    only(&page, "登録情報を見た", &["あおば保健所", "サインインした"]);
    let page = search(&mut center, &[("organization", "%")]).await;
    only(&page, "条件に合う記録はありません", &["さくら診療所"]);
    let hersys_id: String =
        sql("select hersys_id from cases where case_id = $1").bind(case_id).scalar(&world.app.db).await.unwrap();
    let page = search(&mut center, &[("hersys_id", &hersys_id)]).await;
    only(&page, "登録情報を見た", &["サインインした"]);
    let page = search(&mut center, &[("from", "2022-07-01"), ("until", "2022-07-31")]).await;
    only(&page, "条件に合う記録はありません", &["さくら診療所"]);
    let far = Somebody::patient("遠山", "トオヤマ").enter(&world.app, &offices.far_center, &offices.far_center).await;
    let page = search(&mut center, &[("hersys_id", &far.hersys_id.to_string())]).await;
    only(&page, "条件に合う記録はありません", &["さくら診療所"]);

    let last = written(&world).await;
    let kinds: Vec<&str> = last.iter().rev().take(2).map(|entry| entry.action.as_str()).collect();
    assert_eq!(kinds, ["audit.view", "audit.search"], "reading the audit is audited");
    center.post_form("/staff/admin/audit/search", &[("from", "x"), ("until", "2022-08-01")]).await.expect(422);
    clinic.get("/staff/admin/audit").await.expect(403);
    clinic.post_form("/staff/admin/audit/search", &[("from", "2022-08-01"), ("until", "2022-08-01")]).await.expect(403);
}

/// PERM-10
async fn the_ministry_searches_without_seeing_anybody(world: World) {
    let case_id = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    center.post_form("/staff/cases/search", &[("name", "山田")]).await;
    change_phone(&mut center, case_id, "09012345678").await;
    let mut ministry = world.visitor().as_staff(&world, &world.fixtures.ministry).await;
    let page = search(&mut ministry, &[]).await;
    assert!(results(&page).contains("あおば保健所") && results(&page).contains("担当外の方"));
    assert!(
        !page.contains("山田") && !page.contains("090-1234-5678") && !page.contains(&case_id.to_string()),
        "{page}"
    );
    assert!(!page.contains("スマホ入力ID（HER-SYS ID）"), "no search by person");
}

async fn an_issuers_search_stands_in_no_address_and_belongs_to_one_account(world: World) {
    let offices = &world.fixtures;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let address = center
        .post_form(
            "/staff/admin/audit/search",
            &[("from", "2022-08-01"), ("until", "2022-08-01"), ("sign_in_id", &offices.clinic.sign_in_id)],
        )
        .await
        .location()
        .to_owned();
    assert!(!address.contains("staff5") && address.starts_with("/staff/admin/audit?search="));
    let mut head_office = world.visitor().as_staff(&world, &offices.head_office).await;
    head_office.get(&address).await.expect(404);
}

async fn long_records_are_paged_to_the_end(world: World) {
    let case_id = taro(&world).await;
    let mut center = world.visitor().as_staff(&world, &world.fixtures.center).await;
    for _ in 0..60 {
        center.get(&format!("/staff/cases/{case_id}/identity")).await.expect(200);
    }
    let page = center.get(&format!("/staff/cases/{case_id}/audit")).await.expect(200).body;
    assert_eq!(page.matches("登録情報を見た").count(), 50);
    let next =
        page.split("href=\"").find(|rest| rest.contains("?after=")).unwrap().split('"').next().unwrap().to_owned();
    let page = center.get(&next).await.expect(200).body;
    assert_eq!(page.matches("登録情報を見た").count(), 10);
    assert!(!page.contains("?after=") && page.contains("最新"));
}
