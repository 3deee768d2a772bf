//! Every row of the rules over time, on a day on which it counts.

use hersys_shared::days;
use hersys_tests::fixtures::Somebody;
use hersys_tests::{World, on_both_databases};
use time::Date;
use time::macros::date;

use crate::support::*;

on_both_databases!(every_row_counts_on_its_day, a_rule_that_begins_reaches_whoever_is_observed,);

/// On which day, whose facts, and what the page says of them.
struct Row {
    on: Date,
    is_contact: bool,
    facts: &'static [(&'static str, &'static str)],
    says: &'static [&'static str],
}

const fn sick(on: Date, facts: &'static [(&'static str, &'static str)], says: &'static [&'static str]) -> Row {
    Row { on, is_contact: false, facts, says }
}

const fn contact(on: Date, facts: &'static [(&'static str, &'static str)], says: &'static [&'static str]) -> Row {
    Row { on, is_contact: true, facts, says }
}

const ROWS: &[Row] = &[
    // 2020-02-03: relief, 48 hours, two negative tests; a leap day.
    sick(
        date!(2020 - 02 - 29),
        &[
            ("onset_on", "2020-02-10"),
            ("relieved_on", "2020-02-26"),
            ("negative1_on", "2020-02-28"),
            ("negative2_on", "2020-02-29"),
        ],
        &["2020-02-03からの基準（有症状）", "療養の最終日 2020-02-29（2020-03-01 に解除）"],
    ),
    sick(
        date!(2020 - 02 - 29),
        &[
            ("has_symptoms", "no"),
            ("positive_collected_on", "2020-02-10"),
            ("negative1_on", "2020-02-24"),
            ("negative2_on", "2020-02-21"),
        ],
        &["療養の最終日 2020-02-24"],
    ),
    contact(
        date!(2020 - 02 - 29),
        &[("last_contact_on", "2020-02-16")],
        &["待機の最終日 2020-03-01（2020-03-02 に解除）"],
    ),
    // 2020-05-29: 14 days and 72 hours.
    sick(
        date!(2020 - 06 - 05),
        &[("onset_on", "2020-05-20"), ("relieved_on", "2020-06-04")],
        &["2020-05-29からの基準（有症状）", "療養の最終日 2020-06-07"],
    ),
    sick(
        date!(2020 - 06 - 05),
        &[("has_symptoms", "no"), ("positive_collected_on", "2020-05-25")],
        &["療養の最終日 2020-06-08"],
    ),
    // 2020-06-12: 10 days and 72 hours, or tests; over the end of the year.
    sick(
        date!(2020 - 12 - 31),
        &[("onset_on", "2020-12-25"), ("relieved_on", "2020-12-28")],
        &["2020-06-12からの基準（有症状）", "療養の最終日 2021-01-04（2021-01-05 に解除）"],
    ),
    sick(
        date!(2021 - 01 - 02),
        &[
            ("has_symptoms", "no"),
            ("positive_collected_on", "2020-12-25"),
            ("negative1_on", "2021-01-01"),
            ("negative2_on", "2021-01-02"),
        ],
        &["療養の最終日 2021-01-04", "がそろいました：2021-01-02 まで", "陰性の検査により1/2まで"],
    ),
    // 2022-01-14 and 28, 02-02: contacts wait 10 days, then 7, of the same household from 02-02.
    contact(
        date!(2022 - 01 - 20),
        &[("last_contact_on", "2022-01-17")],
        &["2022-01-14からの基準", "待機の最終日 2022-01-27"],
    ),
    sick(
        date!(2022 - 01 - 30),
        &[("onset_on", "2022-01-22"), ("relieved_on", "2022-01-29")],
        &["2022-01-28からの基準（有症状）", "療養の最終日 2022-02-01"],
    ),
    sick(
        date!(2022 - 01 - 30),
        &[("has_symptoms", "no"), ("positive_collected_on", "2022-01-25")],
        &["2022-01-28からの基準（無症状）", "療養の最終日 2022-02-01（2022-02-02 に解除）"],
    ),
    contact(date!(2022 - 01 - 30), &[("last_contact_on", "2022-01-25")], &["待機の最終日 2022-02-01"]),
    contact(
        date!(2022 - 01 - 30),
        &[("last_contact_on", "2022-01-25"), ("is_household", "on")],
        &["（濃厚接触者・同居）", "待機の最終日 2022-02-04"],
    ),
    contact(
        date!(2022 - 02 - 02),
        &[("last_contact_on", "2022-01-28"), ("is_household", "on")],
        &["2022-02-02からの基準", "待機の最終日 2022-02-04"],
    ),
    // 2022-07-22: contacts wait 5 days, or test twice.
    contact(
        date!(2022 - 08 - 01),
        &[("last_contact_on", "2022-07-29"), ("negative1_on", "2022-07-31"), ("negative2_on", "2022-08-01")],
        &["2022-07-22からの基準（濃厚接触者）", "待機の最終日 2022-08-03", "がそろいました：2022-07-31 まで"],
    ),
    // 2022-09-07: 7 days and 24 hours, 10 and 72 in hospitals and facilities; one negative test on day 5.
    sick(
        date!(2022 - 09 - 16),
        &[("onset_on", "2022-09-10"), ("relieved_on", "2022-09-16")],
        &["2022-09-07からの基準（有症状）", "療養の最終日 2022-09-17", "感染予防行動の徹底：2022年09月20日まで"],
    ),
    sick(
        date!(2022 - 09 - 16),
        &[("onset_on", "2022-09-10"), ("relieved_on", "2022-09-16"), ("in_care_facility", "on")],
        &["入院中または施設入所中", "療養の最終日 2022-09-20（2022-09-21 に解除）"],
    ),
    sick(
        date!(2022 - 09 - 16),
        &[("has_symptoms", "no"), ("positive_collected_on", "2022-09-10"), ("negative1_on", "2022-09-15")],
        &["療養の最終日 2022-09-17", "がそろいました：2022-09-15 まで"],
    ),
    // 2023-05-08: no period by law.
    sick(
        date!(2023 - 05 - 08),
        &[("onset_on", "2023-05-06")],
        &["法律上の療養期間の定めはありません。保健所が期間を決めてください。"],
    ),
    contact(date!(2023 - 05 - 08), &[("last_contact_on", "2023-05-06")], &["法律上の待機期間の定めはありません"]),
];

/// OBS-09: onset or collection, symptoms or none, contact and household, hospital and facility.
async fn every_row_counts_on_its_day(world: World) {
    let mut nurse = world.visitor();
    let mut today = None;
    for row in ROWS {
        if today != Some(row.on) {
            go_to(&world, row.on, 9);
            nurse = crate::support::nurse(&world).await;
            today = Some(row.on);
        }
        let somebody = if row.is_contact {
            Somebody::contact("佐藤 次郎", "サトウ ジロウ")
        } else {
            Somebody::patient("山田 太郎", "ヤマダ タロウ")
        };
        let case = enter(&world, somebody).await;
        write_facts(&mut nurse, case.case_id, row.facts).await.expect(303);
        let mut page = nurse.get(&page(case.case_id)).await.expect(200);
        for words in row.says {
            page = page.shows(words);
        }
        // An end that has not passed stands by itself.
        let last = row.says.iter().find_map(|words| words.split("の最終日 ").nth(1));
        let last = last.map(|words| days::parse(&words[..10]).unwrap());
        let expected = last.filter(|last| *last >= row.on);
        assert_eq!(until(&world, case.case_id).await, expected, "{:?}", row.facts);
    }
}

/// A shorter rule lets nobody go by itself: to the second on which it begins, and after it.
async fn a_rule_that_begins_reaches_whoever_is_observed(world: World) {
    go_to(&world, date!(2022 - 09 - 03), 9);
    let mut nurse = nurse(&world).await;
    let case = taro(&world).await;
    write_facts(&mut nurse, case.case_id, &[("onset_on", "2022-09-02"), ("relieved_on", "2022-09-03")])
        .await
        .expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 09 - 12)));
    // 2022-09-06 23:59:59
    go_to(&world, date!(2022 - 09 - 07), 0);
    world.pass(time::Duration::seconds(-1));
    settle(&world).await;
    let mut nurse = crate::support::nurse(&world).await;
    nurse.get("/staff/board").await.expect(200).shows("山田 太郎").hides("計算では");
    world.pass(time::Duration::seconds(1));
    settle(&world).await;
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 09 - 12)), "nothing is shortened by itself");
    nurse
        .get(&page(case.case_id))
        .await
        .expect(200)
        .shows("計算では9/9まで")
        .shows("3日早い")
        .shows("2022-09-07からの基準");
    press(&mut nurse, case.case_id, "/proposal", &[("answer", "accept")]).await.expect(303);
    assert_eq!(until(&world, case.case_id).await, Some(date!(2022 - 09 - 09)));
    nurse.get(&page(case.case_id)).await.expect(200).shows("計算のとおりにした").hides("計算では9/9まで。");
}
