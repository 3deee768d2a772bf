//! Whatever is written in whatever order, the computation is that of what stands.

use hersys_tests::fixtures::Somebody;
use hersys_tests::{Visitor, World, on_both_databases};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use crate::support::*;

on_both_databases!(any_order_of_edits_gives_the_same_computation,);

type Edit = (&'static str, String);

/// One value of each item, in two orders.
fn edits() -> impl Strategy<Value = (Vec<Edit>, Vec<Edit>)> {
    let day = || (1u8..=31).prop_map(|day| format!("2022-07-{day:02}"));
    let items = ["onset_on", "positive_collected_on", "relieved_on", "negative1_on", "negative2_on"];
    let days = proptest::collection::vec(proptest::option::weighted(0.8, day()), items.len());
    (days, proptest::option::of(any::<bool>()), any::<bool>()).prop_flat_map(move |(days, symptoms, facility)| {
        let mut edits: Vec<Edit> = items.into_iter().zip(days).filter_map(|(key, day)| Some((key, day?))).collect();
        edits.extend(symptoms.map(|has| ("has_symptoms", if has { "yes" } else { "no" }.to_owned())));
        if facility {
            edits.push(("in_care_facility", "on".to_owned()));
        }
        (Just(edits.clone()).prop_shuffle(), Just(edits).prop_shuffle())
    })
}

/// Writes one item after the other, as different people might.
async fn write(nurse: &mut Visitor, case_id: Uuid, edits: &[Edit]) -> String {
    for at in 1..=edits.len() {
        let facts: Vec<(&str, &str)> = edits[..at].iter().map(|(key, value)| (*key, value.as_str())).collect();
        write_facts(nurse, case_id, &facts).await.expect(303);
    }
    let page = nurse.get(&page(case_id)).await.expect(200).body;
    let computed = page.split("id=\"computed\"").nth(1).unwrap().split("</section>").next().unwrap();
    computed.to_owned()
}

async fn any_order_of_edits_gives_the_same_computation(world: World) {
    let mut nurse = nurse(&world).await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..8 {
        let (one, other) = edits().new_tree(&mut runner).unwrap().current();
        let mut computed = Vec::new();
        for edits in [&one, &other] {
            let case = enter(&world, Somebody::patient("山田 太郎", "ヤマダ タロウ")).await;
            computed.push(write(&mut nurse, case.case_id, edits).await);
        }
        assert_eq!(computed[0], computed[1], "{one:?}");
    }
}
