//! Masking commutes with every output: whatever page shows whatever set of people to whomever, each item
//! stands there only if the policy lets that organisation read it for that person, and what may be read is
//! to be found (PERM-01…PERM-04, PERM-07, PERM-10, C-19, C-23, SEC-04).

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use hersys::access::policy::{self, ItemGroup, Level, Relation};
use hersys::cases::CreatedCase;
use hersys::cases::create::{NewCase, create_case};
use hersys::db::sql;
use hersys::routes::Guard;
use hersys_shared::episode::Episode;
use hersys_shared::identity::{Identity, Sex};
use hersys_shared::notification::items::{ITEMS, Kind};
use hersys_shared::notification::{Content, Edition};
use hersys_shared::symptoms::CaseKind;
use hersys_shared::values::Values;
use hersys_shared::{MailAddress, PhoneNumber, days};
use hersys_tests::fixtures::{Office, report};
use hersys_tests::notifications::file;
use hersys_tests::sharing::{grant_follow_up, link, share};
use hersys_tests::{Visitor, World, on_both_databases};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use time::{Date, Month};
use uuid::Uuid;

on_both_databases!(each_output_shows_exactly_what_may_be_read);

const PEOPLE: usize = 3;

/// Words of the outputs that are behind buttons: each was reached by somebody.
const REACHED: [&str; 8] = [
    "判定基準を試した結果",
    "まだどこにも紐づいていない方",
    "ほかの人が先に保存しました",
    "すでに登録されている可能性があります",
    "選んだ発生届を確認済にする",
    "スマホ入力ID（HER-SYS ID）",
    "法令様式 (on)",
    "違う項目",
];

/// What is drawn of a person: who they have to do with, and which items are filled.
#[derive(Debug, Clone)]
struct Drawn {
    /// 0: the centre, 1: its clinic, 2: another centre's hospital.
    entered_by: usize,
    filed_by: usize,
    shared: bool,
    offered: bool,
    followed: bool,
    followed_by_hospital: bool,
    guest: bool,
    edition: Edition,
    born: (i32, u8),
    /// By number of the item, so that items come and go independently.
    filled: Vec<bool>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let why = (0..3_usize, 0..2_usize, any::<bool>(), any::<bool>());
    let links = (any::<bool>(), any::<bool>(), any::<bool>());
    let edition = prop_oneof![3 => Just(Edition::Full), 1 => Just(Edition::Seven)];
    let filled = proptest::collection::vec(prop::bool::weighted(0.8), ITEMS.len() + 20);
    (why, links, edition, (1930..2000_i32, 1..=28_u8), filled).prop_map(|(why, links, edition, born, filled)| Drawn {
        entered_by: why.0,
        filed_by: why.1,
        shared: why.2,
        offered: why.3,
        followed: links.0,
        followed_by_hospital: links.1,
        guest: links.2,
        edition,
        born,
        filled,
    })
}

/// What tells on a page that an item is shown.
#[derive(Debug, Clone)]
struct Mark {
    what: String,
    /// How pages may write it.
    written: Vec<String>,
    /// Whoever reads one of these groups may see it.
    may: Vec<ItemGroup>,
    /// Whoever reads this group finds it; `None` where a page may shorten it away.
    must: Option<ItemGroup>,
}

struct Person {
    case: CreatedCase,
    notification_id: Uuid,
    /// One that staff entered, and corrected.
    report_id: Uuid,
    born: Date,
    phone: String,
    center_id: Uuid,
    marks: Vec<Mark>,
    relations: BTreeMap<Uuid, Vec<Relation>>,
}

impl Person {
    fn level(&self, office: &Office, group: ItemGroup) -> Level {
        self.relations.get(&office.organization_id).map_or(Level::None, |own| policy::level(office.kind, group, own))
    }

    fn reads(&self, office: &Office, groups: &[ItemGroup]) -> bool {
        groups.iter().any(|group| self.level(office, *group) >= Level::Read)
    }

    /// The numbers of the marks that stand on a page.
    fn found(&self, page: &str) -> BTreeSet<usize> {
        let shown = |mark: &Mark| mark.written.iter().any(|written| page.contains(written.as_str()));
        (0..self.marks.len()).filter(|at| shown(&self.marks[*at])).collect()
    }
}

/// Makes marks that are like no other text of any page.
struct Marks {
    number: usize,
    filled: Vec<bool>,
    drawn: usize,
    marks: Vec<Mark>,
}

impl Marks {
    fn is_filled(&mut self) -> bool {
        self.drawn += 1;
        self.filled[self.drawn % self.filled.len()]
    }

    fn add(&mut self, what: &str, written: Vec<String>, may: &[ItemGroup], must: Option<ItemGroup>) {
        self.marks.push(Mark { what: format!("{what} of {}", self.number), written, may: may.to_vec(), must });
    }

    fn text(&mut self, what: &str, may: &[ItemGroup]) -> String {
        if !self.is_filled() {
            return String::new();
        }
        self.always(what, may)
    }

    fn always(&mut self, what: &str, may: &[ItemGroup]) -> String {
        let text = format!("標{}の{}", self.number, self.marks.len());
        self.add(what, vec![format!("{text}印")], may, may.first().copied());
        format!("{text}印")
    }

    /// May be seen by whoever acts for the person, and is found by whoever reads ID管理.
    fn phone(&mut self, what: &str, may: &[ItemGroup], must: ItemGroup) -> String {
        let number = format!("070{:02}{:02}{:04}", 31 + self.number, self.marks.len(), 7_000 + self.number);
        let hyphened = format!("{}-{}-{}", &number[..3], &number[3..7], &number[7..]);
        self.add(what, vec![number.clone(), hyphened], may, Some(must));
        number
    }

    fn day(&mut self, what: &str, date: Date, may: &[ItemGroup], must: Option<ItemGroup>) {
        let iso = days::iso(date);
        self.add(what, vec![iso.replace('-', "/"), days::japanese(date), iso], may, must);
    }
}

fn day(year: i32, month: Month, day: u8) -> Date {
    Date::from_calendar_date(year, month, day).unwrap()
}

/// Enters a person with a mark in every item that was drawn as filled.
async fn enter(world: &World, staff: &mut Staff<'_>, number: usize, drawn: &Drawn) -> Person {
    use ItemGroup as G;
    let offices = &world.fixtures;
    let mut marks = Marks { number, filled: drawn.filled.clone(), drawn: 0, marks: Vec::new() };
    // Days of their own for each person; those of two items are never the same.
    let of_person = u8::try_from(number).unwrap() * 5 + 3;
    let born = day(drawn.born.0 + i32::try_from(number).unwrap(), Month::September, drawn.born.1);
    let (from, until) = (day(2022, Month::May, of_person), day(2022, Month::November, of_person));
    let diagnosed = day(2022, Month::April, of_person);
    let onset = day(2022, Month::March, of_person);
    let own = &[G::Identity];
    marks.day("生年月日", born, &[G::Identity, G::Notification], Some(G::Identity));
    marks.day("健康観察開始日", from, &[G::ObservationPeriod], Some(G::ObservationPeriod));
    marks.day("健康観察終了予定日", until, &[G::ObservationPeriod], Some(G::ObservationPeriod));
    let phone = marks.phone("連絡先電話番号", &[G::Person, G::Identity], G::Identity);
    let emergency = marks.phone("緊急連絡先の電話番号", own, G::Identity);
    let kana: String = format!("シルシ{}", ["アカ", "アオ", "シロ", "クロ", "ミドリ", "キイロ"][number]);
    marks.add("フリガナ", vec![kana.clone()], &[G::Person], Some(G::Person));
    let mail = format!("mark{number}x@person.example");
    marks.add("メールアドレス", vec![mail.clone()], own, Some(G::Identity));
    let both = &[G::Identity, G::Notification];
    let identity = Identity {
        kana,
        name: marks.always("氏名", &[G::Person]),
        birth_on: Some(born),
        sex: Some(Sex::Female),
        nationality: marks.text("国籍", own),
        postal_code: String::new(),
        address: marks.text("住所", both),
        emergency_name: marks.text("緊急連絡先", own),
        emergency_relation: marks.text("続柄", own),
        emergency_phone_1: PhoneNumber::parse(&emergency).ok(),
        emergency_phone_2: None,
        phone: PhoneNumber::parse(&phone).ok(),
        mail: MailAddress::parse(&mail).unwrap().as_str().to_owned(),
        received_on: None,
        occupation: marks.text("職業", both),
        workplace: marks.text("勤務先", own),
        note: marks.text("自由記述欄", own),
        local_id: marks.text("保健所独自ID", own),
        notices: None,
    };
    let entered_by = [&offices.center, &offices.clinic, &offices.other_clinic][drawn.entered_by];
    let case = create(world, entered_by, identity.clone(), (from, until)).await;

    let mut content = Content { edition: drawn.edition, values: Values::default() };
    let values = &mut content.values;
    for (key, value) in [
        ("receiving_center", offices.center.organization_id.to_string()),
        ("diagnosis_type", "confirmed".to_owned()),
        ("reported_on", "2022-08-01".to_owned()),
        ("name", identity.name.clone()),
        ("kana", identity.kana.clone()),
        ("birth_on", days::iso(born)),
        ("phone", phone.clone()),
        ("registered_address", identity.address.clone()),
        ("occupation", identity.occupation.clone()),
        ("diagnosed_on", days::iso(diagnosed)),
        ("onset_on", days::iso(onset)),
    ] {
        values.set(key, value);
    }
    for item in ITEMS.iter().filter(|item| drawn.edition.has(item.key)) {
        if !values.get(item.key).is_empty() || ["registered_address", "occupation"].contains(&item.key) {
            continue;
        }
        let value = match item.kind {
            Kind::Text(_) | Kind::LongText(_) | Kind::Name => marks.text(item.key, &[G::Notification]),
            Kind::Phone => marks.phone(item.key, &[G::Notification], G::Notification),
            _ => String::new(),
        };
        // What only belongs to an answer that was not given is not shown.
        if let Some(mark) = marks.marks.last_mut().filter(|mark| mark.what.starts_with(item.key)) {
            mark.must = mark.must.filter(|_| ["remarks", "current_address", "guardian_name"].contains(&item.key));
        }
        values.set(item.key, value);
    }
    values_of_edition(&mut content);
    for (key, date) in [("diagnosed_on", diagnosed), ("onset_on", onset)] {
        let there = !content.values.get(key).is_empty();
        marks.day(key, date, &[G::Notification], there.then_some(G::Notification));
    }
    let filed_by = match drawn.entered_by {
        1 => &offices.clinic,
        _ => [&offices.center, entered_by][drawn.filed_by],
    };
    let notification_id = file(&world.app, case.case_id, filed_by, &content).await;

    let mut patient = world.visitor().as_patient(world, &format!("family{number}@example.jp")).await;
    let linked = patient.link("本人", &days::iso(born), case.hersys_id.as_str()).await;
    let mut telling = report(&linked);
    telling["note"] = json!(marks.always("健康状態の自由記述", &[G::ObservationNote]));
    telling["temperature"] = json!(401 + number);
    marks.add(
        "体温",
        vec![format!(">40.{}<", 1 + number), format!("40.{}℃", 1 + number)],
        &[G::Observation],
        Some(G::Observation),
    );
    patient.post_json("/api/patient/reports", &json!({ "reports": [telling] })).await.expect(200);
    let household = patient.get("/api/patient/household").await.expect(200).body;

    let center = staff.of(&offices.center);
    if drawn.shared {
        share(center, &case, &offices.other_center).await.expect(303);
    }
    if drawn.offered {
        let note = marks.always("引継ぎの連絡事項", &[G::Sharing]);
        let to = offices.far_center.organization_id.to_string();
        let fields = [("to_center_id", to.as_str()), ("keeps_access", "on"), ("note", note.as_str())];
        center.post_form(&format!("/staff/cases/{}/transfers", case.case_id), &fields).await.expect(303);
    }
    let links = [
        (drawn.followed, &offices.follow_up),
        (drawn.followed_by_hospital, &offices.other_clinic),
        (drawn.guest, &offices.accommodation),
    ];
    for (_, partner) in links.into_iter().filter(|(wanted, _)| *wanted) {
        link(center, &case, partner).await.expect(303);
    }
    let report_id = Uuid::from_u128(7_000 + number as u128);
    beside_the_day(center, &case, report_id, &mut marks).await;
    let question = marks.always("照会", &[G::Notification]);
    center.post_form(&format!("/staff/inbox/{notification_id}/questions"), &[("body", &question)]).await.expect(303);

    let person = Person {
        relations: relations(world, case.case_id).await,
        case,
        notification_id,
        report_id,
        born,
        phone,
        center_id: offices.center.organization_id,
        marks: marks.marks,
    };
    // PERM-05: of what staff keep patients learn how long they are to report, and nothing of what they told.
    let told = person.found(&household).into_iter().map(|at| &person.marks[at]);
    let back: Vec<_> = told.filter(|mark| mark.may != [G::ObservationPeriod]).map(|mark| &mark.what).collect();
    assert!(back.is_empty(), "the household shows {back:?}");
    person
}

/// 医師所見, 自由記述欄, a report that staff entered, and its correction.
async fn beside_the_day(center: &mut Visitor, case: &CreatedCase, report_id: Uuid, marks: &mut Marks) {
    use ItemGroup as G;
    let page = format!("/staff/cases/{}/observation", case.case_id);
    for (path, what, group) in
        [("findings", "医師所見", G::PhysicianFinding), ("notes", "健康状態一覧の自由記述欄", G::ObservationNote)]
    {
        let body = marks.always(what, &[group]);
        let written = [("day", "2022-08-01"), ("body", body.as_str())];
        center.post_form(&format!("{page}/{path}"), &written).await.expect(303);
    }
    let (id, note) = (report_id.to_string(), marks.always("代わりに入力した報告の自由記述", &[G::ObservationNote]));
    let told = [
        ("report_id", id.as_str()),
        ("set_version", "1"),
        ("day", "2022-08-01"),
        ("time", "0:00"),
        ("means", "phone"),
        ("temperature", "36.5"),
        ("all_no", "on"),
        ("note", note.as_str()),
    ];
    center.post_form(&format!("{page}/reports"), &told).await.expect(303);
    let reason = marks.always("訂正の理由", &[G::Observation]);
    let corrected = [("reason", reason.as_str()), ("how", "strike")];
    center.post_form(&format!("{page}/reports/{report_id}/correction"), &corrected).await.expect(303);
}

/// Makes one household of all.
async fn tie(world: &World, people: &[Person]) {
    for one in people {
        for other in people.iter().filter(|other| other.case.case_id != one.case.case_id) {
            sql("insert into case_household (case_id, other_case_id, since) values ($1, $2, 0)")
                .bind(one.case.case_id)
                .bind(other.case.case_id)
                .run(&world.app.db)
                .await
                .unwrap();
        }
    }
}

/// Takes away what the edition does not ask.
fn values_of_edition(content: &mut Content) {
    for item in ITEMS.iter().filter(|item| !content.edition.has(item.key)) {
        content.values.set(item.key, "");
    }
}

async fn create(world: &World, by: &Office, identity: Identity, (from, until): (Date, Date)) -> CreatedCase {
    let mut tx = world.app.db.begin().await.unwrap();
    let new = NewCase {
        case_id: Uuid::now_v7(),
        kind: CaseKind::Patient,
        identity,
        episode: Episode::default(),
        responsible_center_id: world.fixtures.center.organization_id,
        receiving_center_id: None,
        index_case_id: None,
        observed_from: Some(from),
        observed_until: Some(until),
        account_id: by.account_id,
        organization_id: by.organization_id,
        at: world.now(),
    };
    let created = create_case(&mut tx, new).await.unwrap();
    tx.commit().await.unwrap();
    created
}

async fn relations(world: &World, case_id: Uuid) -> BTreeMap<Uuid, Vec<Relation>> {
    let rows: Vec<(Uuid, String)> = sql("select organization_id, relation from case_relation where case_id = $1")
        .bind(case_id)
        .all(&world.app.db)
        .await
        .unwrap();
    let mut relations: BTreeMap<Uuid, Vec<Relation>> = BTreeMap::new();
    for (organization_id, code) in rows {
        relations.entry(organization_id).or_default().push(Relation::from_code(&code).unwrap());
    }
    relations
}

/// Everybody at their desks.
struct Staff<'a>(Vec<(&'a Office, Visitor)>);

impl<'a> Staff<'a> {
    async fn arrive(world: &'a World) -> Self {
        let offices = &world.fixtures;
        let mut all = Vec::new();
        for office in offices.of_each_kind().into_iter().chain([
            &offices.other_center,
            &offices.other_clinic,
            &offices.far_head_office,
            &offices.far_center,
        ]) {
            all.push((office, world.visitor().as_staff(world, office).await));
        }
        Self(all)
    }

    fn of(&mut self, office: &Office) -> &mut Visitor {
        let at = self.0.iter().position(|(own, _)| own.organization_id == office.organization_id);
        &mut self.0[at.expect("a desk")].1
    }
}

/// A page as somebody saw it.
struct Page {
    what: String,
    body: String,
}

/// PERM-01, PERM-02, PERM-03, PERM-04, PERM-05, PERM-07, PERM-10, C-19, C-23, SEC-04, OBS-09, FUP-03
async fn each_output_shows_exactly_what_may_be_read(world: World) {
    let offices = &world.fixtures;
    let (center, hospital) = (&offices.center, &offices.other_clinic);
    let involved = [center.name, offices.clinic.name, hospital.name];
    grant_follow_up(&world, hospital).await;
    let mut staff = Staff::arrive(&world).await;
    let mut runner = TestRunner::deterministic();
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let drawn = drawn().new_tree(&mut runner).unwrap().current();
        people.push(enter(&world, &mut staff, number, &drawn).await);
    }
    tie(&world, &people).await;
    hersys::monitoring::watch::judge_waiting(&world.app.db, &world.app.texts, world.now()).await.unwrap();
    let mut wrong = Vec::new();
    let mut unreached = BTreeSet::from(REACHED);
    let mut lists = BTreeMap::new();
    for (office, visitor) in &mut staff.0 {
        let mut seen: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); people.len()];
        for page in outputs(visitor, office, &people).await {
            unreached.retain(|words| !page.body.contains(words));
            for (person, seen) in people.iter().zip(&mut seen) {
                // Names of organisations stand on many pages; on those of one person, who is responsible for
                // the person and who entered them is told with ID管理.
                let of_person = page.what.contains(&person.case.case_id.to_string());
                let tells = involved.iter().any(|other| *other != office.name && page.body.contains(other));
                if of_person && tells && !person.reads(office, &[ItemGroup::Identity]) {
                    wrong.push(format!("{} tells {} whose the person is", page.what, office.name));
                }
                for at in person.found(&page.body) {
                    seen.insert(at);
                    let mark = &person.marks[at];
                    if !person.reads(office, &mark.may) {
                        wrong.push(format!("{} shows {} to {}", page.what, mark.what, office.name));
                    }
                }
            }
        }
        for (person, seen) in people.iter().zip(&seen) {
            for (at, mark) in person.marks.iter().enumerate() {
                if mark.must.is_some_and(|group| person.reads(office, &[group])) && !seen.contains(&at) {
                    wrong.push(format!("{} is nowhere for {}", mark.what, office.name));
                }
            }
        }
        lists.insert(office.organization_id, visitor.get("/staff/cases?size=100").await.body);
        wrong.extend(searches(visitor, office, &people).await);
    }
    // 担当保健所 reads everything of everybody: what others see in their rows is that, masked.
    let whole = &lists[&center.organization_id];
    for (office, _) in &staff.0 {
        let own = &lists[&office.organization_id];
        for person in &people {
            let all = person.found(row(whole, person).expect("a row of one's own"));
            let masked: BTreeSet<usize> =
                all.into_iter().filter(|at| person.reads(office, &person.marks[*at].may)).collect();
            let listed = row(own, person).map(|row| person.found(row)).unwrap_or_default();
            if listed != masked {
                wrong.push(format!("the row of {} for {} is not the masked one", person.marks[0].what, office.name));
            }
            let reaches = person.reads(office, &[ItemGroup::Person]);
            if reaches != row(own, person).is_some() {
                wrong.push(format!("{} has a list of other people than it reaches", office.name));
            }
        }
    }
    assert!(unreached.is_empty(), "nobody saw {unreached:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The row of a person in a list.
fn row<'a>(list: &'a str, person: &Person) -> Option<&'a str> {
    let link = format!("/staff/cases/{}\"", person.case.case_id);
    list.split("<tr>").skip(1).find(|row| row.contains(&link))
}

/// Every page that shows people: all addresses that there are for reading, and what is behind buttons.
async fn outputs(visitor: &mut Visitor, office: &Office, people: &[Person]) -> Vec<Page> {
    let mut pages = Vec::new();
    let mut once = BTreeSet::new();
    for person in people {
        let (case_id, notification_id) = (person.case.case_id.to_string(), person.notification_id.to_string());
        for route in hersys::App::routes().table {
            if route.method != Method::GET || matches!(route.guard, Guard::Public | Guard::Patient | Guard::Institution)
            {
                continue;
            }
            let nobody = Uuid::from_u128(9).to_string();
            let path = route
                .path
                .replace("{case_id}", &case_id)
                .replace("{notification_id}", &notification_id)
                .replace("{report_id}", &person.report_id.to_string())
                .replace("{organization_id}", &office.organization_id.to_string())
                .replace("{account_id}", &office.account_id.to_string());
            let (before, rest) = path.split_once('{').unwrap_or((&path, ""));
            let path = match rest.split_once('}') {
                Some((_, rest)) => format!("{before}{nobody}{rest}"),
                None => path.clone(),
            };
            if !once.insert(path.clone()) {
                continue;
            }
            pages.push(Page { body: visitor.get(&path).await.body, what: path });
        }
        for path in [
            format!("/staff/cases/{case_id}/notifications/{notification_id}?layout=statutory"),
            format!("/staff/cases/{case_id}/observation?days=28"),
        ] {
            pages.push(Page { body: visitor.get(&path).await.body, what: path });
        }
        pages.extend(behind_buttons(visitor, person).await);
    }
    let days = [("from", "2022-08-01"), ("until", "2022-08-01")];
    let searched = visitor.post_form("/staff/admin/audit/search", &days).await;
    if searched.status.is_redirection() {
        let path = searched.location().to_owned();
        pages.push(Page { body: visitor.get(&path).await.expect(200).body, what: "操作の記録".to_owned() });
    }
    let all: Vec<String> = people.iter().map(|person| person.case.case_id.to_string()).collect();
    let fields: Vec<(&str, &str)> = all.iter().map(|case| ("case", case.as_str())).collect();
    let what = "the print of several people".to_owned();
    pages.push(Page { body: visitor.post_form("/staff/observations/print", &fields).await.body, what });
    pages
}

async fn behind_buttons(visitor: &mut Visitor, person: &Person) -> Vec<Page> {
    let case = format!("/staff/cases/{}", person.case.case_id);
    let notification = format!("{case}/notifications/{}", person.notification_id);
    let mut pages = Vec::new();
    let mut keep = |what: &str, body: String| pages.push(Page { what: what.to_owned(), body });
    let center = person.center_id.to_string();
    let stale = [("version", "0"), ("name", "別の名前"), ("kind", "patient"), ("responsible_center_id", &center)];
    keep("the conflict page", visitor.post_form(&format!("{case}/identity/edit"), &stale).await.body);
    keep("the hand-out", visitor.post_form(&format!("{case}/hand-out"), &[]).await.body);
    let picked = format!("{}:1", person.notification_id);
    let chosen = [("action", "confirm"), ("notification", picked.as_str())];
    keep("the preview of the inbox", visitor.post_form("/staff/inbox/preview", &chosen).await.body);
    let looked_at = format!("{}:0", person.case.case_id);
    let chosen = [("action", "assign"), ("item", looked_at.as_str())];
    keep("the preview of the board", visitor.post_form("/staff/board/preview", &chosen).await.body);
    for step in ["settle", "extend", "accept"] {
        let chosen = [("period", step), ("item", looked_at.as_str())];
        keep("the preview of periods", visitor.post_form("/staff/board/periods/preview", &chosen).await.body);
    }
    keep("the end of a period", visitor.post_form(&format!("{case}/period/end"), &[("end_reason", "x")]).await.body);
    let ticked = [("item", looked_at.as_str()), ("whole", "/staff/board")];
    keep("the preview of links", visitor.post_form("/staff/follow-up/preview", &ticked[..1]).await.body);
    keep("the preview of links of all", visitor.post_form("/staff/follow-up/preview", &ticked[1..]).await.body);
    keep("the preview of returns", visitor.post_form("/staff/follow-up/returns/preview", &ticked[..1]).await.body);
    let cool = [
        ("step", "try"),
        ("base", "0"),
        ("from_on", "2022-08-10"),
        ("report_by", "12"),
        ("rules.0.key", "any"),
        ("rules.0.kind", "temperature_at_least"),
        ("rules.0.alert", "new_symptom"),
        ("rules.0.tenths", "34.0"),
    ];
    keep("rules that are tried", visitor.post_form("/staff/rules/edit", &cool).await.body);
    // Drafts: of a change, of a further notification, of somebody who may be the same person.
    for path in [format!("{notification}/edit"), format!("{case}/notifications/new")] {
        let answer = visitor.post_form(&path, &[]).await;
        if answer.status.is_redirection() && answer.location().contains("/drafts/") {
            let draft = answer.location().to_owned();
            for part in ["", "/statutory", "/confirm"] {
                keep(&format!("{path}{part}"), visitor.get(&format!("{draft}{part}")).await.body);
            }
        } else {
            keep(&path, answer.body);
        }
    }
    let begun = visitor.post_form("/staff/notifications", &[]).await;
    if begun.status.is_redirection() && begun.location().contains("/drafts/") {
        let draft = begun.location().to_owned();
        let typed = [
            ("action", "continue"),
            ("diagnosis_type", "confirmed"),
            ("diagnosed_on", "2022-08-01"),
            ("name", "別の名前"),
            ("phone", person.phone.as_str()),
            ("registered_address", "別の住所"),
            ("current_address", "別の所在地"),
            ("occupation", "別の職業"),
            ("onset_on", "2022-07-31"),
        ];
        visitor.post_form(&draft, &typed).await;
        let body = visitor.get(&format!("{draft}/confirm")).await.body;
        keep("who may be the same person", body.replace(&person.phone, ""));
    }
    pages
}

/// A search finds by an item whom the same item would be shown of: one that is masked finds as many
/// people as one that nobody has.
async fn searches(visitor: &mut Visitor, office: &Office, people: &[Person]) -> Vec<String> {
    use ItemGroup as G;
    let mut wrong = Vec::new();
    if !policy::may_list(office.kind) {
        return wrong;
    }
    let listed = |page: &str| -> Vec<bool> { people.iter().map(|person| row(page, person).is_some()).collect() };
    for (key, nobody) in [("phone", "09099999999"), ("birth_on", "1901-02-03"), ("local_id", "誰のでもない")] {
        let without = listed(&search(visitor, key, nobody).await);
        for (at, person) in people.iter().enumerate() {
            let local_id = person.marks.iter().find(|mark| mark.what.starts_with("保健所独自ID"));
            let value = match key {
                "phone" => person.phone.clone(),
                "birth_on" => days::iso(person.born),
                _ => match local_id {
                    Some(mark) => mark.written[0].clone(),
                    None => continue,
                },
            };
            let mut wanted = without.clone();
            wanted[at] = person.reads(office, &[G::Identity]) || wanted[at];
            let found = listed(&search(visitor, key, &value).await);
            if found != wanted {
                wrong.push(format!("{} finds {found:?} and not {wanted:?} by {key} of {at}", office.name));
            }
        }
    }
    wrong
}

async fn search(visitor: &mut Visitor, key: &str, typed: &str) -> String {
    let location = visitor.post_form("/staff/cases/search", &[(key, typed)]).await.location().to_owned();
    visitor.get(&location).await.expect(200).body
}
