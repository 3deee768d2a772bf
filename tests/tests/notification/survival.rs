//! Whatever a clerk types, it is what is stored in the end: through every edition, both layouts, confirmation,
//! re-editing, report and edit, each page sent back as a browser would send it.

use hersys::db::sql;
use hersys_shared::days;
use hersys_shared::notification::items::{ITEMS, Item, Kind};
use hersys_shared::notification::{Content, Edition, Typed, check};
use hersys_tests::page_form::controls;
use hersys_tests::{Visitor, World, on_both_databases};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use time::Duration;
use time::macros::date;

use crate::support::{begin, case_of};

on_both_databases!(any_form_survives_every_page_it_goes_through);

const TODAY: time::Date = date!(2022 - 08 - 01);

/// Forms for each edition as the last one. Drawn by one seed, so that a failure comes back.
const FORMS: usize = 2;

fn any_value(item: &'static Item) -> BoxedStrategy<String> {
    let written = |day: time::Date, way: usize| match way {
        0 => days::iso(day),
        1 => days::japanese(day),
        2 => days::in_era(day),
        _ => format!("{}/{}/{}", day.year(), u8::from(day.month()), day.day()),
    };
    let value = match item.kind {
        Kind::Text(_) => "[ぁ-んァ-ヶ一-龠ｱ-ﾝA-Za-z0-9\"'<>&=\u{20bb7}-]{1,16}".boxed(),
        Kind::LongText(_) => "[ぁ-ん一-龠\"<>&\n\u{1f637} ]{1,60}".boxed(),
        Kind::Name => "[ぁ-ん一-龠A-Z\"<>&\u{3000} ]{1,16}".boxed(),
        Kind::Kana => "[ぁ-んァ-ヴ ]{1,16}".boxed(),
        Kind::Date | Kind::AnyDate | Kind::BirthDate => (0i64..900, 0usize..4)
            .prop_map(move |(ago, way)| written(date!(2020 - 01 - 01) + Duration::days(ago), way))
            .boxed(),
        Kind::Phone => "0[1-9]0-[0-9]{4}-[0-9]{4}".boxed(),
        Kind::PostalCode => "[0-9]{3}-[0-9]{4}".boxed(),
        Kind::Number(least, most) => (least..=most).prop_map(|n| n.to_string()).boxed(),
        Kind::Choice(choices) => proptest::sample::select(choices).prop_map(|(code, _)| code.to_owned()).boxed(),
        Kind::Symptom | Kind::Mark => proptest::sample::select(&["yes", ""][..]).prop_map(str::to_owned).boxed(),
        Kind::Center => Just(String::new()).boxed(),
    };
    prop_oneof![1 => Just(String::new()), 4 => value].boxed()
}

/// A form that can be reported: what blocks is there.
fn any_form(center: &str) -> impl Strategy<Value = Typed> + use<> {
    let center = center.to_owned();
    ITEMS.iter().map(|item| any_value(item).prop_map(|value| (item.key, value))).collect::<Vec<_>>().prop_map(
        move |items| {
            let mut typed: Typed = items.into_iter().collect();
            typed.set("receiving_center", center.as_str());
            for (key, least) in [("name", "小林 実"), ("diagnosis_type", "suspected"), ("diagnosed_on", "R4.8.1")] {
                if typed.get(key).trim().is_empty() {
                    typed.set(key, least);
                }
            }
            typed
        },
    )
}

/// FORM-09, FORM-18, FORM-25, FORM-27: 法令様式 on and off, 再編集, a new version and the print lose nothing.
async fn any_form_survives_every_page_it_goes_through(world: World) {
    let center = world.fixtures.center.organization_id.to_string();
    let mut clerk = world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    let mut runner = TestRunner::deterministic();
    for edition in Edition::ALL {
        for _ in 0..FORMS {
            let typed = any_form(&center).new_tree(&mut runner).expect("a form").current();
            survives(&world, &mut clerk, &typed, edition).await;
        }
    }
}

async fn survives(world: &World, clerk: &mut Visitor, typed: &Typed, edition: Edition) {
    let draft = begin(clerk).await;
    // What a new form begins with is written over, emptied where nothing was drawn.
    let first = ITEMS.iter().map(|item| (item.key.to_owned(), as_sent(typed.get(item.key)))).collect();
    send(clerk, &draft, first, "plain").await;
    for other in Edition::ALL.into_iter().filter(|other| *other != edition).chain([edition]) {
        let page = Page::Plain;
        page.press(clerk, &draft, &format!("edition:{}", other.code())).await;
        page.press(clerk, &draft, "statutory").await;
        Page::Statutory.press(clerk, &draft, "plain").await;
    }
    Page::Plain.press(clerk, &draft, "continue").await;
    let seen = clerk.get(&format!("{draft}/confirm")).await.expect(200).field("seen").expect("a mark");
    // 再編集, in either layout, and nothing changed.
    for page in [Page::Plain, Page::Statutory] {
        page.press(clerk, &draft, "continue").await;
        let again = clerk.get(&format!("{draft}/confirm")).await.expect(200).field("seen");
        assert_eq!(again.as_ref(), Some(&seen), "{typed:?}");
    }
    let done = clerk.post_form(&format!("{draft}/report"), &[("seen", &seen)]).await.expect(303);
    let at = done.location().trim_end_matches("/reported").to_owned();

    let mut expected = check(typed, edition, TODAY).content;
    // The centre of these fixtures lets no institution notify (NTF-09).
    expected.values.set("url_notice", "no");
    assert_eq!(stored(world, &at).await, (1, expected.clone()));
    let print = clerk.get(&format!("{at}/print")).await.expect(200);
    assert!(words(&print.body).contains(&words(&escaped(expected.values.get("name")))));

    // An edit that changes nothing stores no version, whichever layout it went through.
    let edit = clerk.post_form(&format!("{at}/edit"), &[]).await.expect(303).location().to_owned();
    Page::Plain.press(clerk, &edit, "statutory").await;
    Page::Statutory.press(clerk, &edit, "continue").await;
    clerk.post_form(&format!("{edit}/report"), &[]).await.expect(303);
    assert_eq!(stored(world, &at).await, (1, expected.clone()));
    // One word more is one item more, in a new version.
    let edit = clerk.post_form(&format!("{at}/edit"), &[]).await.expect(303).location().to_owned();
    send(clerk, &edit, vec![("occupation".to_owned(), "教員".to_owned())], "continue").await;
    clerk.post_form(&format!("{edit}/report"), &[]).await.expect(303);
    expected.values.set("occupation", "教員");
    let version = if typed.get("occupation") == "教員" { 1 } else { 2 };
    assert_eq!(stored(world, &at).await, (version, expected));
}

/// One of the two layouts.
#[derive(Clone, Copy)]
enum Page {
    Plain,
    Statutory,
}

impl Page {
    /// Looks at the page and presses a button: everything on it is sent as it stands there.
    async fn press(self, clerk: &mut Visitor, draft: &str, action: &str) {
        let (path, form) = match self {
            Self::Plain => (draft.to_owned(), "notification-form"),
            Self::Statutory => (format!("{draft}/statutory"), "statutory-form"),
        };
        let page = clerk.get(&path).await.expect(200);
        let fields = controls(&page.body, form).into_iter().map(|(name, value)| (name, as_sent(&value))).collect();
        send(clerk, draft, fields, action).await;
    }
}

async fn send(clerk: &mut Visitor, draft: &str, fields: Vec<(String, String)>, action: &str) {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    clerk.post_form(draft, &[fields.as_slice(), &[("action", action)]].concat()).await.expect(303);
}

/// Browsers end lines with CRLF.
fn as_sent(value: &str) -> String {
    value.replace("\r\n", "\n").replace('\n', "\r\n")
}

async fn stored(world: &World, at: &str) -> (i64, Content) {
    let (version, content): (i64, serde_json::Value) =
        sql("select version, content from notification where case_id = $1")
            .bind(uuid::Uuid::parse_str(case_of(at)).expect("an id"))
            .one(&world.app.db)
            .await
            .expect("a notification");
    (version, serde_json::from_value(content).expect("a content"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The words of a page without tags and white space.
fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, words)| words));
    }
    text.split_whitespace().collect()
}
