//! 届出受付: what a health centre receives, asks about, confirms and reports on.

use hersys::access::OrganizationKind;
use hersys::db::sql;
use hersys_shared::notification::{Content, Edition};
use hersys_tests::fixtures::{Office, Somebody};
use hersys_tests::notifications::{change, file, usual};
use hersys_tests::{Answer, Visitor, World, on_both_databases};
use uuid::Uuid;

on_both_databases!(
    a_new_notification_is_confirmed_assigned_and_reported_on,
    a_question_is_asked_and_answered,
    what_changed_since_the_confirmation_is_shown,
    a_newer_version_is_never_confirmed_by_accident,
    many_are_confirmed_at_once_after_a_preview,
    an_edit_answers_a_question_and_a_deletion_shows,
    the_centers_own_entries_need_no_second_look,
    another_receiving_center_begins_anew,
    only_its_own_inbox_is_open_to_a_center,
    head_office_reads_and_changes_nothing,
    filters_find_and_pages_turn,
    the_list_stays_quick_with_thousands,
);

struct Filed {
    case_id: Uuid,
    id: Uuid,
    content: Content,
}

impl Filed {
    fn item(&self, version: i64) -> String {
        format!("{}:{version}", self.id)
    }

    fn page(&self) -> String {
        format!("/staff/inbox/{}", self.id)
    }

    fn view(&self) -> String {
        format!("/staff/cases/{}/notifications/{}", self.case_id, self.id)
    }
}

/// A notification of a new person, reported by `institution` to `center`.
async fn filed(world: &World, institution: &Office, center: &Office, name: &'static str) -> Filed {
    // A centre writes notifications of its own people.
    let responsible = if institution.kind == OrganizationKind::HealthCenter { institution } else { center };
    let person = Somebody::patient(name, "ヤマダ タロウ").enter(&world.app, responsible, institution).await;
    let mut content = usual(Edition::Full, center);
    content.values.set("name", name);
    let id = file(&world.app, person.case_id, institution, &content).await;
    Filed { case_id: person.case_id, id, content }
}

async fn revised(world: &World, filed: &Filed, by: &Office, key: &str, value: &str) -> Content {
    let mut content = filed.content.clone();
    content.values.set(key, value);
    change(&world.app, filed.case_id, filed.id, by, &content).await;
    content
}

async fn act(center: &mut Visitor, action: &str, items: &[String]) -> Answer {
    let fields: Vec<(&str, &str)> =
        std::iter::once(("action", action)).chain(items.iter().map(|item| ("item", item.as_str()))).collect();
    center.post_form("/staff/inbox/actions", &fields).await
}

async fn state(world: &World, filed: &Filed) -> String {
    sql("select state from notification_inbox where notification_id = $1")
        .bind(filed.id)
        .scalar(&world.app.db)
        .await
        .unwrap()
}

async fn audits(world: &World, action: &str) -> i64 {
    sql("select count(*) from audit where action = $1").bind(action).scalar(&world.app.db).await.unwrap()
}

/// FORM-01, FORM-19, NTF-01, SEC-12: nothing is typed again; each step is noted.
async fn a_new_notification_is_confirmed_assigned_and_reported_on(world: World) {
    let offices = &world.fixtures;
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    center
        .get("/staff/inbox")
        .await
        .expect(200)
        .shows("山田 太郎")
        .shows("新着")
        .shows("さくら診療所")
        .shows("患者（確定例）")
        .shows("軽症")
        .shows("<span class=\"menu-count\">1");
    center.get("/staff/").await.shows("発生届が提出されました");
    let me = offices.center.account_id.to_string();
    let assigned = center
        .post_form("/staff/inbox/actions", &[("action", "assign"), ("item", &taro.item(1)), ("assignee", &me)])
        .await;
    assert!(assigned.location().contains("done=assign&count=1"));
    // Reporting on comes after confirming.
    assert!(act(&mut center, "report", &[taro.item(1)]).await.location().contains("count=0&left=1"));
    assert!(act(&mut center, "confirm", &[taro.item(1)]).await.location().contains("count=1&left=0"));
    assert_eq!(state(&world, &taro).await, "confirmed");
    // What was dealt with is no news any more, and nothing waits.
    center.get("/staff/").await.hides("発生届が提出されました").hides("menu-count");
    assert!(act(&mut center, "report", &[taro.item(1)]).await.location().contains("count=1&left=0"));
    center.get(&taro.page()).await.expect(200).shows("県へ報告済").shows("第1版").shows("担当者");
    for action in ["inbox.assign", "inbox.confirm", "inbox.report"] {
        assert_eq!(audits(&world, action).await, 1, "{action}");
    }
    let own = offices.other_clinic.account_id.to_string();
    center
        .post_form("/staff/inbox/actions", &[("action", "assign"), ("item", &taro.item(1)), ("assignee", &own)])
        .await
        .expect(422);
}

/// FORM-03, FORM-05: asked where the notification is, not by telephone; no mail names anybody.
async fn a_question_is_asked_and_answered(world: World) {
    let offices = &world.fixtures;
    for (office, mail) in [(&offices.clinic, "sakura@example.jp"), (&offices.center, "aoba@example.jp")] {
        sql("update organization set mail = $2 where organization_id = $1")
            .bind(office.organization_id)
            .bind(mail)
            .run(&world.app.db)
            .await
            .unwrap();
    }
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    let questions = format!("{}/questions", taro.page());
    center.post_form(&questions, &[("body", " ")]).await.expect(422).shows("照会の内容を入力してください");
    let asked = center.post_form(&questions, &[("body", "発病日は7月30日で正しいですか。")]).await;
    assert!(asked.location().ends_with("done=asked"));
    assert_eq!(state(&world, &taro).await, "asked");

    let mail = world.next_mail().await;
    assert_eq!(mail.to, "sakura@example.jp");
    assert!(!mail.text.contains("山田") && !mail.text.contains("7月30日"), "{}", mail.text);
    clinic.get("/staff/").await.shows("保健所から照会がありました").shows("<span class=\"menu-count\">1");
    clinic.get("/staff/notifications/filed?state=asked").await.expect(200).shows("山田 太郎").shows("回答する");
    clinic.get(&taro.view()).await.expect(200).shows("発病日は7月30日で正しいですか。").shows("回答する");
    let answers = format!("{}/answers", taro.view());
    clinic.post_form(&answers, &[("body", "")]).await.expect(422).shows("回答を入力してください");
    clinic.post_form(&answers, &[("body", "7月29日の夜でした。")]).await.expect(303);
    assert_eq!(state(&world, &taro).await, "answered");
    assert_eq!(world.next_mail().await.to, "aoba@example.jp");
    center.get("/staff/").await.shows("医療機関が回答しました");
    center.get(&taro.page()).await.expect(200).shows("7月29日の夜でした。").shows("回答あり");
    assert!(act(&mut center, "confirm", &[taro.item(1)]).await.location().contains("count=1"));
    // Nobody else of the trade reads it.
    let mut stranger = world.visitor().as_staff(&world, &offices.other_clinic).await;
    stranger.post_form(&answers, &[("body", "x")]).await.expect(404);
    let untouched = filed(&world, &offices.clinic, &offices.center, "山田 花子").await;
    clinic.post_form(&format!("{}/answers", untouched.view()), &[("body", "x")]).await.expect(422);
}

/// C-25: 変更あり, and what changed, one step away.
async fn what_changed_since_the_confirmation_is_shown(world: World) {
    let offices = &world.fixtures;
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    act(&mut center, "confirm", &[taro.item(1)]).await;
    act(&mut center, "report", &[taro.item(1)]).await;
    revised(&world, &taro, &offices.clinic, "onset_on", "2022-07-28").await;
    center.get("/staff/inbox").await.shows("変更あり").shows("県へ報告後");
    center
        .get(&taro.page())
        .await
        .expect(200)
        .shows("第1版 → 第2版")
        .shows("発病年月日")
        .shows("2022年07月30日")
        .shows("2022年07月28日")
        .shows("報告後に変更あり");
    act(&mut center, "confirm", &[taro.item(2)]).await;
    // It is to be reported on again.
    assert_eq!(state(&world, &taro).await, "confirmed");
    center.get(&taro.page()).await.hides("第1版 → 第2版");
}

/// PERM-08, C-25: whoever confirms confirms what was seen.
async fn a_newer_version_is_never_confirmed_by_accident(world: World) {
    let offices = &world.fixtures;
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    revised(&world, &taro, &offices.clinic, "remarks", "訂正しました").await;
    assert!(act(&mut center, "confirm", &[taro.item(1)]).await.location().contains("count=0&left=1"));
    assert_eq!(state(&world, &taro).await, "new");
    let from = taro.id.to_string();
    let fields = [("action", "confirm"), ("item", &*taro.item(1)), ("from", &from)];
    let one = center.post_form("/staff/inbox/actions", &fields).await;
    let next = one.location().to_owned();
    center.get(&next).await.expect(200).shows("その間に内容か状態が変わった");
    act(&mut center, "confirm", &[taro.item(2)]).await;
    assert_eq!(state(&world, &taro).await, "confirmed");
    assert!(act(&mut center, "confirm", &[taro.item(2)]).await.location().contains("count=0&left=1"));
}

async fn many_are_confirmed_at_once_after_a_preview(world: World) {
    let offices = &world.fixtures;
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    let hanako = filed(&world, &offices.other_clinic, &offices.center, "山田 花子").await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    center.get("/staff/inbox").await.shows("重複の疑い");
    // One after the other: what is to be confirmed stands on its page, and the next is one step away.
    let page = center.get(&taro.page()).await.expect(200).shows("発生届の内容（第1版").shows("鼻咽頭拭い液");
    page.shows(&format!("href=\"{}\">次の確認待ちへ", hanako.page()));
    world
        .visitor()
        .as_staff(&world, &offices.head_office)
        .await
        .get(&taro.page())
        .await
        .expect(200)
        .shows("鼻咽頭拭い液")
        .hides("次の確認待ちへ");
    revised(&world, &hanako, &offices.other_clinic, "remarks", "訂正").await;
    let items = [taro.item(1), hanako.item(1)];
    let fields = [("action", "confirm"), ("item", &*items[0]), ("item", &*items[1])];
    center
        .post_form("/staff/inbox/preview", &fields)
        .await
        .expect(200)
        .shows("確認済にする 1件")
        .shows("一覧を開いた後に内容が変わりました");
    assert_eq!((state(&world, &taro).await, state(&world, &hanako).await), ("new".into(), "new".into()));
    assert!(act(&mut center, "confirm", &items).await.location().contains("count=1&left=1"));
    center.post_form("/staff/inbox/preview", &[("action", "confirm")]).await.expect(200).shows("選ばれていません");
    let done = center.get("/staff/inbox?done=confirm&count=1&left=1").await.expect(200);
    done.shows("発生届1件を確認済にしました").shows("1件は、その間に");
}

async fn an_edit_answers_a_question_and_a_deletion_shows(world: World) {
    let offices = &world.fixtures;
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    center.post_form(&format!("{}/questions", taro.page()), &[("body", "住所を確かめてください。")]).await.expect(303);
    revised(&world, &taro, &offices.clinic, "registered_address", "みどり県みどり市常盤1-1").await;
    assert_eq!(state(&world, &taro).await, "answered");

    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    let removal = clinic.get(&format!("{}/removal", taro.view())).await.expect(200);
    let version = removal.body.contains("name=\"version\"");
    assert!(version, "the removal is bound to a version");
    clinic.post_form(&format!("{}/removal", taro.view()), &[("version", "2")]).await.expect(303);
    assert_eq!(state(&world, &taro).await, "deleted");
    center.get("/staff/inbox").await.expect(200).shows("削除済み");
    let page = center.get(&taro.page()).await.expect(200).hides("確認済にする").hides("患者（確定例）");
    page.hides("発生届の内容");
    assert!(act(&mut center, "confirm", &[taro.item(2)]).await.location().contains("count=0&left=1"));
}

/// FORM-03: what came by fax was looked at when it was typed in.
async fn the_centers_own_entries_need_no_second_look(world: World) {
    let offices = &world.fixtures;
    let own = filed(&world, &offices.center, &offices.center, "山田 太郎").await;
    let others = filed(&world, &offices.other_center, &offices.center, "山田 花子").await;
    sql("update notification_inbox set proxy_for = 'fax' where notification_id = $1")
        .bind(own.id)
        .run(&world.app.db)
        .await
        .unwrap();
    assert_eq!((state(&world, &own).await, state(&world, &others).await), ("confirmed".into(), "new".into()));
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    center.get("/staff/inbox").await.shows("代理入力（FAX）");
    revised(&world, &own, &offices.center, "remarks", "FAXの2枚目を追記").await;
    assert_eq!(state(&world, &own).await, "confirmed");
    let confirmed: i64 = sql("select confirmed_version from notification_inbox where notification_id = $1")
        .bind(own.id)
        .scalar(&world.app.db)
        .await
        .unwrap();
    assert_eq!(confirmed, 2);
}

/// C-02: 届出先保健所 is the notification's word.
async fn another_receiving_center_begins_anew(world: World) {
    let offices = &world.fixtures;
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    act(&mut center, "confirm", &[taro.item(1)]).await;
    let other = offices.other_center.organization_id.to_string();
    revised(&world, &taro, &offices.clinic, "receiving_center", &other).await;
    center.get(&taro.page()).await.expect(404);
    center.get("/staff/").await.shows("提出された発生届が変更されました");
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    other.get("/staff/inbox").await.expect(200).shows("山田 太郎").shows("新着");
    act(&mut other, "confirm", &[taro.item(2)]).await;
    assert_eq!(state(&world, &taro).await, "confirmed");
}

/// PERM-01, PERM-03, PERM-04, SHR-04: whose inbox it is decides, not who may read the person.
async fn only_its_own_inbox_is_open_to_a_center(world: World) {
    let offices = &world.fixtures;
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    let mut other = world.visitor().as_staff(&world, &offices.other_center).await;
    let center_id = offices.center.organization_id;
    other.get(&format!("/staff/inbox?center={center_id}")).await.expect(200).hides("山田 太郎");
    other.get(&taro.page()).await.expect(404);
    act(&mut other, "confirm", &[taro.item(1)]).await.expect(404);
    other.post_form(&format!("{}/questions", taro.page()), &[("body", "x")]).await.expect(404);
    // SHR-01: also as 関係保健所 it reads the person, not the desk of another.
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let sharing = format!("/staff/cases/{}/sharing/centers", taro.case_id);
    center.post_form(&sharing, &[("center_id", &offices.other_center.organization_id.to_string())]).await.expect(303);
    other.get(&taro.view()).await.expect(200);
    other.get(&taro.page()).await.expect(404);
    for office in [&offices.clinic, &offices.follow_up, &offices.accommodation, &offices.ministry] {
        world.visitor().as_staff(&world, office).await.get("/staff/inbox").await.expect(403);
    }
    assert_eq!(state(&world, &taro).await, "new");
}

/// PERM-02, PERM-09: how far each centre has come; no act.
async fn head_office_reads_and_changes_nothing(world: World) {
    let offices = &world.fixtures;
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    let hanako = filed(&world, &offices.clinic, &offices.center, "山田 花子").await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    act(&mut center, "confirm", &[taro.item(1)]).await;
    act(&mut center, "report", &[taro.item(1)]).await;
    let mut office = world.visitor().as_staff(&world, &offices.head_office).await;
    let table =
        office.get("/staff/inbox").await.expect(200).shows("あおば保健所").shows("わかば保健所").hides("とおい保健所");
    table.shows("<td class=\"number\">2</td><td class=\"number\">1</td><td class=\"number\">1</td><td class=\"number\">0</td><td class=\"number\">1</td>");
    let inbox = format!("/staff/inbox?center={}", offices.center.organization_id);
    office.get(&inbox).await.expect(200).shows("山田 花子").hides("type=\"checkbox\"");
    office.get(&hanako.page()).await.expect(200).hides("照会する</button>").hides("確認済にする");
    act(&mut office, "confirm", &[hanako.item(1)]).await.expect(403);
    office.get(&format!("/staff/inbox?center={}", offices.far_center.organization_id)).await.expect(404);
    let mut far = world.visitor().as_staff(&world, &offices.far_head_office).await;
    far.get(&inbox).await.expect(404);
    far.get(&hanako.page()).await.expect(404);
}

async fn filters_find_and_pages_turn(world: World) {
    let offices = &world.fixtures;
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    world.pass(time::Duration::days(1));
    let hanako = filed(&world, &offices.other_clinic, &offices.center, "山田 花子").await;
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    act(&mut center, "confirm", &[taro.item(1)]).await;
    let clinic = offices.clinic.organization_id;
    for (query, who, other) in [
        ("state=new".to_owned(), "山田 花子", "山田 太郎"),
        ("state=confirmed".to_owned(), "山田 太郎", "山田 花子"),
        ("day=2022/8/1".to_owned(), "山田 太郎", "山田 花子"),
        (format!("institution={clinic}"), "山田 太郎", "山田 花子"),
    ] {
        center.get(&format!("/staff/inbox?{query}")).await.expect(200).shows(who).hides(other);
    }
    center.get("/staff/inbox?assignee=me").await.expect(200).shows("該当する発生届はありません");
    center.get("/staff/inbox?assignee=none").await.expect(200).shows("山田 太郎");
    // What waits stands on top, what is done below.
    let page = center.get("/staff/inbox").await;
    assert!(page.body.find("山田 花子") < page.body.find("山田 太郎"));
    assert_eq!(state(&world, &hanako).await, "new");

    for n in 0..120_i64 {
        copy(&world, &taro, n).await;
    }
    let first = center.get("/staff/inbox").await.expect(200).shows("<strong>122</strong>");
    let mut next = Some(first);
    let mut seen = std::collections::BTreeSet::new();
    while let Some(page) = next {
        for item in page.body.split("href=\"/staff/inbox/").skip(1) {
            assert!(seen.insert(item[..36].to_owned()), "twice");
        }
        next = match link(&page.body, "次へ") {
            Some(href) => Some(center.get(&href).await.expect(200)),
            None => {
                // And back again.
                let back = link(&page.body, "前へ").expect("a page before");
                center.get(&back).await.expect(200).shows("次へ");
                None
            }
        };
    }
    assert_eq!(seen.len(), 122);
}

fn link(page: &str, label: &str) -> Option<String> {
    let (before, _) = page.split_once(&format!("\">{label}</a>"))?;
    let (_, href) = before.rsplit_once("href=\"")?;
    Some(href.replace("&amp;", "&"))
}

/// One more row like another, for lists that are long.
async fn copy(world: &World, of: &Filed, n: i64) {
    sql("insert into notification_inbox (case_id, notification_id, center_id, institution_id, institution_name, state,
            place, version, arrived_at, changed_at, diagnosis_type, age, is_clinical, is_admitted, severity, missing)
         select case_id, $2, center_id, institution_id, institution_name, 'new', arrived_at + $3, 1, arrived_at + $3,
            arrived_at + $3, diagnosis_type, age, is_clinical, is_admitted, severity, missing
         from notification_inbox where notification_id = $1")
    .bind(of.id)
    .bind(Uuid::now_v7())
    .bind(n)
    .run(&world.app.db)
    .await
    .unwrap();
}

/// No page of the list takes longer the longer the list is; and what waits is counted no further than it matters.
async fn the_list_stays_quick_with_thousands(world: World) {
    let offices = &world.fixtures;
    let taro = filed(&world, &offices.clinic, &offices.center, "山田 太郎").await;
    sql(&format!(
        "insert into notification_inbox (case_id, notification_id, center_id, institution_id, institution_name, state,
            place, version, arrived_at, changed_at, diagnosis_type, age, is_clinical, is_admitted, severity, missing)
         select i.case_id, {id}, i.center_id, i.institution_id, i.institution_name, 'new', i.arrived_at + n.n, 1,
            i.arrived_at + n.n, i.arrived_at + n.n, i.diagnosis_type, i.age, i.is_clinical, i.is_admitted, i.severity,
            i.missing
         from notification_inbox i cross join
            (with recursive n(n) as (select 1 union all select n + 1 from n where n < 5000) select n from n) n
         where i.notification_id = $1",
        id = match world.app.db.engine() {
            hersys::db::Engine::Sqlite => "randomblob(16)",
            hersys::db::Engine::Postgres => "gen_random_uuid()",
        }
    ))
    .bind(taro.id)
    .run(&world.app.db)
    .await
    .unwrap();
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let begun = std::time::Instant::now();
    let page = center.get("/staff/inbox").await.expect(200).shows("5001").shows("100以上");
    let last = link(&page.body, "次へ").expect("a next page");
    center.get(&last).await.expect(200);
    assert!(begun.elapsed() < std::time::Duration::from_secs(3), "{:?}", begun.elapsed());
}
