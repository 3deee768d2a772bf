//! 登録情報一覧: every key of its search, its columns by kind of ID, its order and pages, 過去情報 and kept
//! searches (§13, C-04, C-06, C-19, PST-01, PST-02, TOP-07).

use hersys::cases::create::{CreatedCase, NewCase, create_case};
use hersys::db::sql;
use hersys_shared::PhoneNumber;
use hersys_shared::episode::Episode;
use hersys_shared::identity::{Identity, Sex};
use hersys_shared::symptoms::CaseKind;
use hersys_tests::fixtures::Office;
use hersys_tests::{Visitor, World, on_both_databases};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

on_both_databases!(
    every_key_finds_and_all_add_up,
    a_status_is_that_of_the_day,
    columns_and_keys_are_those_of_the_role,
    linked_people_are_not_found_by_what_is_hidden,
    past_data_show_only_when_wanted,
    every_order_turns_its_pages,
    a_search_gets_a_name,
    the_way_back_leads_to_the_same_page,
    more_than_is_counted_is_listed_all_the_same,
);

struct Person {
    name: &'static str,
    kana: &'static str,
    phone: &'static str,
    local_id: &'static str,
    kind: CaseKind,
    until: Option<Date>,
    episode: &'static [(&'static str, &'static str)],
}

impl Default for Person {
    fn default() -> Self {
        Self {
            name: "山田 太郎",
            kana: "ヤマダ タロウ",
            phone: "09012345678",
            local_id: "",
            kind: CaseKind::Patient,
            until: None,
            episode: &[],
        }
    }
}

impl Person {
    async fn enter(self, world: &World, center: &Office, by: &Office) -> CreatedCase {
        let mut tx = world.app.db.begin().await.unwrap();
        let new = NewCase {
            case_id: Uuid::now_v7(),
            kind: self.kind,
            identity: Identity {
                name: self.name.into(),
                kana: self.kana.into(),
                birth_on: Some(date!(1980 - 01 - 02)),
                sex: Some(Sex::Female),
                phone: PhoneNumber::parse(self.phone).ok(),
                local_id: self.local_id.into(),
                ..Identity::default()
            },
            episode: Episode(self.episode.iter().copied().collect()),
            responsible_center_id: center.organization_id,
            receiving_center_id: None,
            index_case_id: None,
            observed_from: Some(world.now().day()),
            observed_until: self.until,
            account_id: by.account_id,
            organization_id: by.organization_id,
            at: world.now(),
        };
        let created = create_case(&mut tx, new).await.unwrap();
        tx.commit().await.unwrap();
        world.pass(Duration::seconds(1));
        created
    }
}

/// What the search leads to.
async fn search(staff: &mut Visitor, keys: &[(&str, &str)]) -> String {
    let location = staff.post_form("/staff/cases/search", keys).await.location().to_owned();
    // Shorter ones may stand in the search's number by chance.
    for (_, typed) in keys.iter().filter(|(_, typed)| typed.len() > 4) {
        assert!(!location.contains(typed), "no personal data in the address");
    }
    staff.get(&location).await.expect(200).body
}

/// The names of the list in their order.
fn names(page: &str) -> Vec<String> {
    let rows = page.split("<tbody>").nth(1).and_then(|rest| rest.split("</tbody>").next()).unwrap_or_default();
    let link =
        |row: &str| Some(row.split("href=\"/staff/cases/").nth(1)?.split_once('>')?.1.split('<').next()?.to_owned());
    rows.split("<tr>").filter_map(link).collect()
}

/// LST-02, LST-03, LST-04, LST-05, LST-07
async fn every_key_finds_and_all_add_up(world: World) {
    let offices = &world.fixtures;
    let hanako = Person {
        name: "佐藤 花子",
        kana: "サトウ ハナコ",
        phone: "08011112222",
        local_id: "み-２０２２/7",
        episode: &[
            ("diagnosis_type", "asymptomatic"),
            ("diagnosed_on", "2022-07-20"),
            ("reported_on", "2022-07-21"),
            ("admitted", "yes"),
        ],
        ..Person::default()
    }
    .enter(&world, &offices.center, &offices.center)
    .await;
    world.pass(Duration::days(3));
    Person {
        name: "山田 太郎",
        episode: &[("diagnosis_type", "confirmed"), ("diagnosed_on", "2022-08-01"), ("reported_on", "2022-08-02")],
        ..Person::default()
    }
    .enter(&world, &offices.center, &offices.center)
    .await;
    let mut staff = world.visitor().as_staff(&world, &offices.center).await;
    let all = staff.get("/staff/cases").await.expect(200).body;
    assert_eq!(names(&all), ["山田 太郎", "佐藤 花子"], "newest first, before anything is searched for");
    assert!(all.contains(&format!("href=\"/staff/cases/{}\"", hanako.case_id)), "LST-07");
    let id = hanako.hersys_id.spaced();
    for (key, typed) in [
        ("kana", "さとう"),
        ("kana", "ｻﾄｳ ﾊﾅ"),
        ("name", "佐藤"),
        ("name", "藤花"),
        ("name", "花子"),
        ("name", "佐"),
        ("hersys_id", id.as_str()),
        ("phone", "080-1111-2222"),
        ("phone", "０８０１１１１２２２２"),
        ("local_id", "み-2022/7"),
        ("diagnosis", "asymptomatic"),
        ("status", "admitted"),
        ("residence", "hospital"),
        ("diagnosed_until", "R4.7.31"),
        ("diagnosed_from", "2022/7/20"),
        ("reported_until", "20220721"),
        ("registered_until", "2022/8/1"),
    ] {
        let found = names(&search(&mut staff, &[(key, typed)]).await);
        assert!(found.contains(&"佐藤 花子".to_owned()), "{key} {typed}: {found:?}");
        let both = (key, typed) == ("diagnosed_from", "2022/7/20");
        assert_eq!(found.len(), if both { 2 } else { 1 }, "{key} {typed}: {found:?}");
    }
    for (key, typed) in
        [("birth_on", "S55.1.2"), ("prefecture", "11"), ("kana", "　"), ("shared", ""), ("origin", "hersys")]
    {
        assert_eq!(names(&search(&mut staff, &[(key, typed)]).await).len(), 2, "{key} {typed}");
    }
    for (key, typed) in [
        ("prefecture", "47"),
        ("prefecture", "13"),
        ("name", "郎太"),
        ("name", "%"),
        ("origin", "nesid"),
        ("name", "__"),
    ] {
        assert_eq!(names(&search(&mut staff, &[(key, typed)]).await).len(), 0, "{key} {typed}");
    }
    let together = [
        ("kana", "サ"),
        ("hersys_id", id.as_str()),
        ("phone", "08011112222"),
        ("birth_on", "1980-01-02"),
        ("local_id", "み-2022/7"),
        ("prefecture", "11"),
        ("diagnosis", "asymptomatic"),
        ("status", "admitted"),
        ("residence", "hospital"),
        ("diagnosed_from", "2022-07-20"),
        ("diagnosed_until", "2022-07-20"),
        ("reported_from", "2022-07-21"),
        ("reported_until", "2022-07-21"),
        ("registered_from", "2022-08-01"),
        ("registered_until", "2022-08-01"),
        ("origin", "hersys"),
    ];
    assert_eq!(names(&search(&mut staff, &together).await), ["佐藤 花子"]);
    // One that does not fit is enough to find nobody.
    for (key, other) in [("kana", "ヤ"), ("diagnosis", "confirmed"), ("residence", "none"), ("local_id", "M1")] {
        let keys: Vec<_> =
            together.iter().map(|(known, typed)| (*known, if *known == key { other } else { *typed })).collect();
        assert!(names(&search(&mut staff, &keys).await).is_empty(), "{key}");
    }
    staff.post_form("/staff/cases/search", &[("diagnosed_from", "きのう")]).await.expect(422).shows("きのう");
}

/// C-06, LST-02, LST-06: 療養解除 comes with the day, without anybody's writing.
async fn a_status_is_that_of_the_day(world: World) {
    let center = &world.fixtures.center;
    let ends = Some(date!(2022 - 08 - 03));
    Person { name: "療養 一郎", until: ends, ..Person::default() }.enter(&world, center, center).await;
    Person { name: "調整 二郎", ..Person::default() }.enter(&world, center, center).await;
    Person { name: "死亡 三郎", until: ends, episode: &[("died_on", "2022-07-31")], ..Person::default() }
        .enter(&world, center, center)
        .await;
    Person { name: "接触 四郎", kind: CaseKind::Contact, until: ends, ..Person::default() }
        .enter(&world, center, center)
        .await;
    let finds = async |status: &'static str, expected: &[&str]| {
        let mut staff = world.visitor().as_staff(&world, center).await;
        let page = search(&mut staff, &[("status", status)]).await;
        let mut found = names(&page);
        found.sort();
        let mut expected: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
        expected.sort();
        assert_eq!(found, expected, "{status}");
        page
    };
    finds("arranging", &["療養 一郎", "調整 二郎"]).await;
    finds("contact", &["接触 四郎"]).await;
    finds("released", &[]).await;
    world.pass(Duration::days(3));
    let page = finds("released", &["療養 一郎", "接触 四郎"]).await;
    assert_eq!(page.matches("<td>療養解除</td>").count(), 2);
    finds("arranging", &["調整 二郎"]).await;
    finds("contact", &[]).await;
    finds("dead", &["死亡 三郎"]).await;
}

/// LST-06, LST-10, C-19
async fn columns_and_keys_are_those_of_the_role(world: World) {
    let offices = &world.fixtures;
    let case = Person {
        episode: &[
            ("diagnosis_type", "confirmed"),
            ("diagnosed_on", "2022-07-30"),
            ("onset_on", "2022-07-28"),
            ("route_certainty", "estimated"),
        ],
        ..Person::default()
    }
    .enter(&world, &offices.center, &offices.clinic)
    .await;
    list_linked(&world, case.case_id, &offices.follow_up).await;
    let heads = |page: &str| page.split("<thead>").nth(1).unwrap().split("</thead>").next().unwrap().to_owned();
    let mut center = world.visitor().as_staff(&world, &offices.center).await;
    let page = center.get("/staff/cases").await.expect(200).shows("2022/07/28").shows("2022/07/30").shows("推定").body;
    for label in [
        "スマホ入力ID",
        "確定日",
        "発病年月日",
        "患者名",
        "性別",
        "年齢",
        "年代",
        "診断分類",
        "現在のステータス",
        "居所",
        "リンク",
    ] {
        assert!(heads(&page).contains(label), "{label}");
    }
    let mut clinic = world.visitor().as_staff(&world, &offices.clinic).await;
    let page = clinic.get("/staff/cases").await.expect(200).body;
    assert!(!heads(&page).contains("リンク") && heads(&page).contains("居所") && !page.contains("推定"));
    let mut follow_up = world.visitor().as_staff(&world, &offices.follow_up).await;
    let page = follow_up.get("/staff/cases").await.expect(200).shows("山田 太郎").body;
    for label in ["確定日", "発病年月日", "診断分類", "現在のステータス", "居所", "リンク", "登録日", "担当保健所"]
    {
        assert!(!heads(&page).contains(label), "{label}");
    }
    assert!(!page.contains("2022/07"), "no day of the episode");
    for key in
        ["phone", "birth_on", "local_id", "prefecture", "diagnosis", "status", "residence", "origin", "diagnosed_from"]
    {
        assert!(!page.contains(&format!("name=\"{key}\"")), "{key}");
        // What is posted all the same is not searched for: everybody is listed.
        let location = follow_up.post_form("/staff/cases/search", &[(key, "dead")]).await.location().to_owned();
        assert_eq!(location, "/staff/cases", "{key}");
    }
    follow_up.get("/staff/cases?sort=onset").await.expect(200).shows("登録日の").hides("発病年月日");
}

/// Puts a person into the list of an organisation by 紐づけ, as the sharing tab does.
async fn list_linked(world: &World, case_id: Uuid, office: &Office) {
    let mut center = world.visitor().as_staff(world, &world.fixtures.center).await;
    let path = format!("/staff/cases/{case_id}/sharing/links");
    let answer = center.post_form(&path, &[("partner_id", &office.organization_id.to_string())]).await;
    assert!(answer.status.is_redirection(), "{}", answer.body);
}

/// C-19, C-23: an institution that is linked as follow-up sees and finds no more than follow-up does.
async fn linked_people_are_not_found_by_what_is_hidden(world: World) {
    let offices = &world.fixtures;
    sql("update organization set follow_up = $2 where organization_id = $1")
        .bind(offices.other_clinic.organization_id)
        .bind(true)
        .run(&world.app.db)
        .await
        .unwrap();
    let case = Person {
        episode: &[
            ("diagnosis_type", "confirmed"),
            ("diagnosed_on", "2022-07-30"),
            ("reported_on", "2022-07-30"),
            ("onset_on", "2022-07-28"),
            ("admitted", "yes"),
        ],
        local_id: "M7",
        ..Person::default()
    }
    .enter(&world, &offices.center, &offices.center)
    .await;
    list_linked(&world, case.case_id, &offices.other_clinic).await;
    let mut clinic = world.visitor().as_staff(&world, &offices.other_clinic).await;
    clinic
        .get("/staff/cases")
        .await
        .expect(200)
        .shows("山田 太郎")
        .hides("2022/07")
        .hides("<td>入院中")
        .hides("患者（確定例）</td>");
    for key in ["kana", "name"] {
        assert_eq!(names(&search(&mut clinic, &[(key, if key == "kana" { "ヤマダ" } else { "山田" })]).await).len(), 1);
    }
    for (key, typed) in [
        ("phone", "09012345678"),
        ("birth_on", "1980-01-02"),
        ("local_id", "M7"),
        ("prefecture", "11"),
        ("diagnosis", "confirmed"),
        ("status", "admitted"),
        ("residence", "hospital"),
        ("residence", "none"),
        ("origin", "hersys"),
        ("diagnosed_from", "2022-07-01"),
        ("registered_from", "2022-07-01"),
    ] {
        assert!(names(&search(&mut clinic, &[(key, typed)]).await).is_empty(), "{key}");
    }
    assert_eq!(names(&clinic.get("/staff/cases?sort=-onset").await.expect(200).body).len(), 1);
    // Reported before the other, and before what is past; neither the order nor 過去情報 off tells it.
    let later = Person { name: "鈴木 次郎", episode: &[("reported_on", "2021-09-01")], ..Person::default() }
        .enter(&world, &offices.center, &offices.center)
        .await;
    list_linked(&world, later.case_id, &offices.other_clinic).await;
    for sort in ["-reported", "-registered", "-ended"] {
        let page = clinic.get(&format!("/staff/cases?sort={sort}")).await.expect(200).body;
        assert_eq!(names(&page), ["鈴木 次郎", "山田 太郎"], "{sort}");
    }
}

/// LST-09, PST-01, PST-02, TOP-07, C-04
async fn past_data_show_only_when_wanted(world: World) {
    let center = &world.fixtures.center;
    for (name, reported) in [("過去 一郎", "2021-09-30"), ("今 二郎", "2021-10-01")] {
        let episode: &'static [(&str, &str)] =
            if reported == "2021-09-30" { &[("reported_on", "2021-09-30")] } else { &[("reported_on", "2021-10-01")] };
        Person { name, episode, ..Person::default() }.enter(&world, center, center).await;
    }
    Person { name: "未届 三郎", ..Person::default() }.enter(&world, center, center).await;
    sql("update case_index set origin = 'nesid' where name_key = '過去一郎'").run(&world.app.db).await.unwrap();
    let mut staff = world.visitor().as_staff(&world, center).await;
    staff.get("/staff/cases").await.expect(200).shows("過去情報").shows("<strong>off</strong>");
    assert_eq!(names(&staff.get("/staff/cases").await.body), ["未届 三郎", "今 二郎"]);
    let page = search(&mut staff, &[("name", "過去")]).await;
    assert!(names(&page).is_empty() && page.contains("2021/09/30以前"), "the empty result says why");
    let answer = staff.post_form("/staff/past", &[("past", "on")]).await;
    assert!(answer.location().starts_with("/staff/cases"), "back to the list");
    staff.get(answer.location()).await.expect(200).shows("過去 一郎").shows("<strong>on</strong>");
    assert_eq!(names(&staff.get("/staff/cases").await.body).len(), 3);
    assert_eq!(names(&search(&mut staff, &[("origin", "nesid")]).await), ["過去 一郎"]);
    assert_eq!(names(&search(&mut staff, &[("reported_until", "2021-09-30")]).await), ["過去 一郎"]);
    staff.get("/staff/cases").await.expect(200).shows(">NESID<");
    let mut colleague = world.visitor().as_staff(&world, center).await;
    assert_eq!(names(&colleague.get("/staff/cases").await.body).len(), 2, "another session");
    staff.post_form("/staff/past", &[("past", "off")]).await;
    assert_eq!(names(&staff.get("/staff/cases").await.body).len(), 2);
    let mut ministry = world.visitor().as_staff(&world, &world.fixtures.ministry).await;
    ministry.get("/staff/").await.expect(200).hides("過去情報");
}

/// LST-08: forwards and backwards, rows without a day at the end, the same rows once.
async fn every_order_turns_its_pages(world: World) {
    const DAYS: [&[(&str, &str)]; 4] = [
        &[("onset_on", "2022-07-01"), ("diagnosed_on", "2022-07-03"), ("diagnosis_type", "confirmed")],
        &[("onset_on", "2022-07-01"), ("diagnosed_on", "2022-07-02"), ("diagnosis_type", "suspected")],
        &[("onset_on", "2022-07-09"), ("diagnosis_type", "confirmed")],
        &[],
    ];
    let center = &world.fixtures.center;
    for at in 0..26 {
        let kana = ["ヤマダ", "サトウ", "アベ"][at % 3];
        Person { kana, episode: DAYS[at % 4], ..Person::default() }.enter(&world, center, center).await;
    }
    let mut staff = world.visitor().as_staff(&world, center).await;
    for sort in ["registered", "-registered", "kana", "-kana", "onset", "-onset", "confirmed", "-diagnosed"] {
        let (mut seen, mut pages) = (Vec::new(), Vec::new());
        let mut path = format!("/staff/cases?sort={sort}&size=10");
        for number in 1..=3 {
            let page = staff.get(&path).await.expect(200).shows(&format!("{number} / 3ページ")).body;
            pages.push(ids(&page));
            seen.extend(ids(&page));
            match link(&page, "次へ") {
                Some(next) => path = next,
                None => assert_eq!(number, 3, "{sort}"),
            }
        }
        assert_eq!(seen.len(), 26, "{sort}");
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), 26, "{sort}: nobody twice");
        let page = staff.get(&path).await.body;
        let before = staff.get(&link(&page, "前へ").unwrap()).await.expect(200).body;
        assert_eq!(ids(&before), pages[1], "{sort}");
        let first = staff.get(&link(&before, "前へ").unwrap()).await.expect(200).body;
        assert_eq!(ids(&first), pages[0], "{sort}");
        let last = staff.get(&link(&first, "最後").unwrap()).await.expect(200).body;
        assert_eq!(ids(&last), pages[2], "{sort}");
        if sort.ends_with("onset") {
            let last_day: Vec<bool> = last.split("<tr>").skip(2).map(|row| row.contains("2022/07")).collect();
            assert_eq!(last_day, [false; 6], "{sort}: rows without a day stand last");
        }
    }
    // A search that finds many is sorted as well.
    let location = staff.post_form("/staff/cases/search", &[("kana", "サ")]).await.location().to_owned();
    let page =
        staff.get(&format!("{location}&sort=onset&size=10")).await.expect(200).shows("<strong>9</strong>件").body;
    assert_eq!(ids(&page).len(), 9);
}

fn ids(page: &str) -> Vec<String> {
    let rows = page.split("<tbody>").nth(1).and_then(|rest| rest.split("</tbody>").next()).unwrap_or_default();
    rows.split("href=\"/staff/cases/").skip(1).map(|rest| rest[..36].to_owned()).collect()
}

/// Where the first link with a label leads.
fn link(page: &str, label: &str) -> Option<String> {
    let (before, _) = page.split_once(&format!("\">{label}</a>"))?;
    Some(before.rsplit_once("href=\"")?.1.replace("&amp;", "&"))
}

/// LST-03: a search under a name, one's own, until it is deleted.
async fn a_search_gets_a_name(world: World) {
    let center = &world.fixtures.center;
    Person::default().enter(&world, center, center).await;
    Person { name: "佐藤 花子", kana: "サトウ ハナコ", ..Person::default() }.enter(&world, center, center).await;
    let mut staff = world.visitor().as_staff(&world, center).await;
    let location = staff.post_form("/staff/cases/search", &[("kana", "サト")]).await.location().to_owned();
    let search_id = location.split("search=").nth(1).unwrap().to_owned();
    staff.get(&location).await.expect(200).shows("名前を付けて保存");
    staff.post_form("/staff/cases/saved", &[("search", &search_id), ("name", " ")]).await.expect(422);
    let named = [("search", search_id.as_str()), ("name", "今週の確認")];
    let saved = staff.post_form("/staff/cases/saved", &named).await.location().to_owned();
    staff.post_form("/staff/cases/saved", &named).await.expect(422).shows("同じ名前");
    // Searches without a name are forgotten after a day; those with one stay.
    sql("delete from case_search").run(&world.app.db).await.unwrap();
    staff.get(&location).await.expect(404);
    let list = staff.get("/staff/cases").await.expect(200).shows("今週の確認").body;
    assert_eq!(names(&list).len(), 2);
    assert_eq!(names(&staff.get(&saved).await.expect(200).body), ["佐藤 花子"]);
    let saved_id = saved.split("search=").nth(1).unwrap();
    let delete = format!("/staff/cases/saved/{saved_id}/delete");
    let mut colleague = world.visitor().as_staff(&world, &world.fixtures.other_center).await;
    colleague.get("/staff/cases").await.expect(200).hides("今週の確認");
    colleague.get(&saved).await.expect(404);
    colleague.post_form(&delete, &[]).await.expect(404);
    staff.get(&delete).await.expect(200).shows("削除しますか").shows("今週の確認");
    staff.post_form(&delete, &[]).await.location();
    staff.get("/staff/cases").await.expect(200).hides("今週の確認");
}

/// LST-01, LST-07: from a person back to the page one came from.
async fn the_way_back_leads_to_the_same_page(world: World) {
    let center = &world.fixtures.center;
    for _ in 0..12 {
        Person::default().enter(&world, center, center).await;
    }
    let mut staff = world.visitor().as_staff(&world, center).await;
    let location = staff.post_form("/staff/cases/search", &[("kana", "ヤマ")]).await.location().to_owned();
    let page = staff.get(&format!("{location}&size=10")).await.expect(200).body;
    let second = link(&page, "次へ").unwrap();
    let page = staff.get(&second).await.expect(200).body;
    let person = format!("/staff/cases/{}/identity", ids(&page)[0]);
    let page = staff.get(&person).await.expect(200).body;
    let back = format!("<p class=\"back\"><a href=\"{}\">登録情報一覧</a>", second.replace('&', "&amp;"));
    assert!(page.contains(&back), "{back}");
    // The menu leads to the list from its beginning.
    assert!(page.contains("<a href=\"/staff/cases\">登録情報一覧</a>"));
}

/// LST-05, LST-08: beyond what is counted, the pages and the last of them are there as before.
async fn more_than_is_counted_is_listed_all_the_same(world: World) {
    let center = &world.fixtures.center;
    let first = Person { kana: "ワダ", ..Person::default() }.enter(&world, center, center).await;
    // Copies of one row: enough for the list, quicker than people.
    let columns = "kind, hersys_id, name, name_key, kana, kana_key, birth_on, sex, responsible_center_id, created_at, listed_on, status";
    let numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3100)";
    let id = match world.app.db.engine() {
        hersys::db::Engine::Sqlite => "randomblob(16)",
        hersys::db::Engine::Postgres => "gen_random_uuid()",
    };
    sql(&format!(
        "insert into case_index (organization_id, case_id, {columns})
         {numbers} select organization_id, {id}, {} from case_index, n where case_id = $1",
        columns.replace("created_at", "created_at + n.i")
    ))
    .bind(first.case_id)
    .run(&world.app.db)
    .await
    .unwrap();
    let mut staff = world.visitor().as_staff(&world, center).await;
    let page = staff.get("/staff/cases").await.expect(200).shows("<strong>1,000</strong>件以上").body;
    let last = staff.get(&link(&page, "最後").unwrap()).await.expect(200).body;
    assert!(last.contains(&first.case_id.to_string()), "the last page ends with the first of all");
    assert_eq!(ids(&last).len(), 25);
    let found = search(&mut staff, &[("kana", "わだ"), ("status", "arranging")]).await;
    assert!(found.contains("件以上") && ids(&found).len() == 25);
    staff.get(&link(&page, "次へ").unwrap()).await.expect(200).shows("2ページ目");
}
