//! 自動反映 (REF-01…REF-06): the table of shared items, walked. Each item, entered on any tab that exists, is shown on
//! every other, and a notification that was submitted never changes by itself.

use hersys::db::sql;
use hersys_shared::notification::Edition;
use hersys_shared::notification::items::{Kind, find};
use hersys_shared::shared_items::{Home, OF_ONE_NOTIFICATION, SHARED_ITEMS, SharedItem, Tab};
use hersys_shared::values::Values;
use hersys_tests::page_form::controls;
use hersys_tests::{Visitor, World, on_both_databases};
use serde_json::Value as Json;

use crate::support::{LEAST, begin, case_of, press, report};

on_both_databases!(what_a_notification_says_every_tab_shows, what_id_management_says_the_next_notification_begins_with);

/// Whether a tab is there yet. Whoever adds one says here how it is entered and read, and the walk goes over it.
fn exists(tab: Tab) -> bool {
    match tab {
        Tab::Notification | Tab::Identity => true,
        // 健康観察期間 shows facts and fills none: the stories of periods walk it.
        Tab::Period => false,
        Tab::Test | Tab::Basic | Tab::Residence | Tab::Medical | Tab::Record | Tab::Contact => false,
    }
}

/// A value of the item's kind, another for each `seed`, as it is stored.
fn sample(item: &SharedItem, seed: usize) -> String {
    match find(item.key).expect("an item of the form").kind {
        Kind::Choice(choices) => choices[seed % choices.len()].0.to_owned(),
        Kind::Date | Kind::AnyDate => format!("2022-07-{:02}", seed % 28 + 1),
        Kind::BirthDate => format!("1980-01-{:02}", seed % 28 + 1),
        Kind::Phone => format!("0901234567{}", seed % 10),
        Kind::PostalCode => format!("123456{}", seed % 10),
        Kind::Kana => ["ヤマダ タロウ", "タナカ ハナコ"][seed % 2].to_owned(),
        Kind::Name => ["山田 太郎", "田中 花子"][seed % 2].to_owned(),
        _ => format!("{}の値{seed}", item.key),
    }
}

fn all(seed: usize) -> Values {
    SHARED_ITEMS.iter().map(|item| (item.key, sample(item, seed))).collect()
}

/// The value of an item on a page's form, in the notification's normal form.
fn on_form(controls: &[(String, String)], key: &str) -> String {
    controls.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// What the pages that begin the person's next notification hold, in either layout.
async fn next_begins(clerk: &mut Visitor, case_id: &str) -> [Vec<(String, String)>; 2] {
    let entry = format!("/staff/cases/{case_id}/notifications/new");
    let draft = clerk.post_form(&entry, &[]).await.expect(303).location().to_owned();
    press(clerk, &draft, "edition:2020", &[]).await.expect(303);
    let plain = clerk.get(&draft).await.expect(200);
    let statutory = clerk.get(&format!("{draft}/statutory")).await.expect(200);
    [controls(&plain.body, "notification-form"), controls(&statutory.body, "statutory-form")]
}

/// ID管理's form; its keys are the fields of the homes.
async fn identity(clerk: &mut Visitor, case_id: &str) -> Vec<(String, String)> {
    let page = clerk.get(&format!("/staff/cases/{case_id}/identity/edit")).await.expect(200);
    controls(&page.body, "identity-form")
}

async fn file(clerk: &mut Visitor, draft: &str, values: &Values) -> String {
    let typed: Vec<(&str, &str)> = values.iter().collect();
    press(clerk, draft, "edition:2020", &[]).await.expect(303);
    press(clerk, draft, "continue", &[LEAST, typed.as_slice()].concat()).await.expect(303);
    report(clerk, draft, false).await
}

async fn stored(world: &World, at: &str) -> Json {
    sql("select content from notification where notification_id = $1")
        .bind(uuid::Uuid::parse_str(at.rsplit('/').next().expect("an id")).expect("an id"))
        .scalar(&world.app.db)
        .await
        .expect("a notification")
}

/// REF-01, REF-02, REF-04, REF-05, REF-06: from the notification to ID管理 and to the next notification; a second one
/// says something else, and the first stays as it was.
async fn what_a_notification_says_every_tab_shows(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    let first = file(&mut clerk, &draft, &all(0)).await;
    let said = stored(&world, &first).await;
    let case_id = case_of(&first).to_owned();
    for seed in 0..2 {
        if seed == 1 {
            let entry = format!("/staff/cases/{case_id}/notifications/new");
            let draft = clerk.post_form(&entry, &[]).await.expect(303).location().to_owned();
            file(&mut clerk, &draft, &all(1)).await;
        }
        let at_home = identity(&mut clerk, &case_id).await;
        let begun = next_begins(&mut clerk, &case_id).await;
        for item in SHARED_ITEMS {
            let value = sample(item, seed);
            for tab in item.tabs.iter().filter(|tab| exists(**tab)) {
                match (tab, item.home) {
                    (Tab::Identity, Home::Identity(field)) => {
                        assert_eq!(on_form(&at_home, field), value, "{} in ID管理", item.key);
                    }
                    (Tab::Notification, _) if OF_ONE_NOTIFICATION.contains(&item.key) => {}
                    // The writer's own institution comes before that of an earlier notification.
                    (Tab::Notification, _) if item.key == "institution_name" => {}
                    (Tab::Notification, _) => {
                        for page in &begun {
                            let shown = hersys_shared::days::parse(&on_form(page, item.key))
                                .map_or_else(|_| on_form(page, item.key), hersys_shared::days::iso);
                            assert_eq!(shown, value, "{} in the next notification", item.key);
                        }
                    }
                    (other, _) => panic!("{other:?} exists and nobody says how {} is read there", item.key),
                }
            }
        }
    }
    assert_eq!(stored(&world, &first).await, said, "the first notification is as it was submitted");
}

/// REF-01, REF-03, REF-05, REF-06, FORM-07: from ID管理 to the next notification, and never to one that was submitted:
/// beside that stands what has changed.
async fn what_id_management_says_the_next_notification_begins_with(world: World) {
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let draft = begin(&mut clerk).await;
    let first = file(&mut clerk, &draft, &all(0)).await;
    let said = stored(&world, &first).await;
    let case_id = case_of(&first).to_owned();
    let mut form = identity(&mut clerk, &case_id).await;
    let in_id_management = || SHARED_ITEMS.iter().filter(|item| item.tabs.contains(&Tab::Identity));
    for item in in_id_management() {
        let Home::Identity(field) = item.home else { panic!("{} is at home elsewhere", item.key) };
        form.retain(|(name, _)| name != field);
        form.push((field.to_owned(), sample(item, 1)));
    }
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    clerk.post_form(&format!("/staff/cases/{case_id}/identity/edit"), &form).await.expect(303);

    for page in next_begins(&mut clerk, &case_id).await {
        for item in in_id_management() {
            let shown = on_form(&page, item.key);
            let shown = hersys_shared::days::parse(&shown).map_or(shown, hersys_shared::days::iso);
            assert_eq!(shown, sample(item, 1), "{}", item.key);
        }
    }
    assert_eq!(stored(&world, &first).await, said);
    for layout in ["", "?layout=statutory"] {
        let page = clerk.get(&format!("{first}{layout}")).await.expect(200);
        for item in in_id_management() {
            let words = find(item.key).expect("an item").shown(&sample(item, 1));
            assert!(page.body.contains(&format!("ID管理では「{words}」に変更されています")), "{} {layout}", item.key);
        }
    }
    let edition = said["edition"].as_str().and_then(Edition::from_code);
    assert_eq!(edition, Some(Edition::Full));
}
