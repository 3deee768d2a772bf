//! Whatever happens in whatever order, and whenever somebody judges, the queues are those that come of nothing.

use hersys::access::OrganizationKind;
use hersys::db::sql;
use hersys::monitoring::watch;
use hersys_tests::fixtures::Office;
use hersys_tests::sharing::{end, link};
use hersys_tests::{World, on_both_databases};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use time::{Date, Duration};
use uuid::Uuid;

use crate::support::*;

on_both_databases!(the_queues_are_those_that_come_of_nothing);

const PEOPLE: usize = 2;

#[derive(Debug, Clone)]
enum Step {
    Report {
        who: usize,
        temperature: i64,
        spo2: i64,
        sign: bool,
        symptom: bool,
    },
    /// An earlier report arrives once more.
    Repeat {
        which: usize,
    },
    Correct {
        which: usize,
    },
    Seen {
        who: usize,
        by: usize,
    },
    Flag {
        who: usize,
    },
    Attempt {
        who: usize,
        by: usize,
    },
    /// By the centre, the head office or the ministry; for today or tomorrow.
    Rules {
        by: usize,
        degrees: i64,
        later: i64,
    },
    Back {
        by: usize,
    },
    Link {
        who: usize,
    },
    Unlink {
        who: usize,
    },
    Return {
        who: usize,
    },
    Pass {
        hours: i64,
    },
    /// 0: everything that waits; 1: somebody; 2: several at the same moment.
    Judge {
        how: usize,
        who: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..PEOPLE;
    prop_oneof![
        4 => (who(), 355_i64..400, 88_i64..100, prop::bool::weighted(0.15), any::<bool>()).prop_map(
            |(who, temperature, spo2, sign, symptom)| Step::Report { who, temperature, spo2, sign, symptom }
        ),
        2 => (0..8_usize).prop_map(|which| Step::Repeat { which }),
        2 => (0..8_usize).prop_map(|which| Step::Correct { which }),
        1 => (who(), 0..2_usize).prop_map(|(who, by)| Step::Seen { who, by }),
        1 => who().prop_map(|who| Step::Flag { who }),
        1 => (who(), 0..2_usize).prop_map(|(who, by)| Step::Attempt { who, by }),
        2 => (0..3_usize, 360_i64..400, 0..2_i64).prop_map(|(by, degrees, later)| Step::Rules { by, degrees, later }),
        1 => (0..3_usize).prop_map(|by| Step::Back { by }),
        1 => who().prop_map(|who| Step::Link { who }),
        1 => who().prop_map(|who| Step::Unlink { who }),
        1 => who().prop_map(|who| Step::Return { who }),
        2 => (1_i64..30).prop_map(|hours| Step::Pass { hours }),
        4 => (0..3_usize, who()).prop_map(|(how, who)| Step::Judge { how, who }),
    ]
}

/// OBS-14: reports, repeated reports, corrections, looks, marks, attempts, links, rules of three offices, hours and
/// judgements in any order.
async fn the_queues_are_those_that_come_of_nothing(world: World) {
    let mut runner = TestRunner::deterministic();
    let mut people = Vec::new();
    let mut sent: Vec<(usize, Json)> = Vec::new();
    let mut desks = Desks::new(&world);
    for round in 0..6 {
        let steps = proptest::collection::vec(step(), 16).new_tree(&mut runner).unwrap().current();
        people.clear();
        sent.clear();
        for (name, kana) in [("安田 静", "ヤスダ シズカ"), ("渡辺 学", "ワタナベ マナブ")] {
            people.push(Person::enter(&world, name, kana).await);
        }
        for step in &steps {
            perform(&world, &mut desks, &mut people, &mut sent, step).await;
        }
        settle(&world).await;
        let judged = rows(&world).await;
        assert!(!judged.is_empty());
        assert_eq!(count(&world, "select count(*) from watch_pending").await, 0);
        sql("delete from board_person").run(&world.app.db).await.unwrap();
        let all: Vec<(Uuid,)> = sql("select case_id from cases").all(&world.app.db).await.unwrap();
        let all: Vec<Uuid> = all.into_iter().map(|(case_id,)| case_id).collect();
        watch::judge_these(&world.app.db, &world.app.texts, world.now(), &all).await.unwrap();
        let anew = rows(&world).await;
        assert_eq!(judged, anew, "round {round}: {steps:?}");
    }
}

fn office(world: &World, by: usize) -> &Office {
    [&world.fixtures.center, &world.fixtures.head_office, &world.fixtures.ministry][by]
}

async fn perform(
    world: &World,
    desks: &mut Desks<'_>,
    people: &mut [Person],
    sent: &mut Vec<(usize, Json)>,
    step: &Step,
) {
    match *step {
        Step::Report { who, temperature, spo2, sign, symptom } => {
            let mut report = hersys_tests::fixtures::report(&people[who].id);
            report["temperature"] = json!(temperature);
            report["spo2"] = json!(spo2);
            if sign {
                let key = &world.app.texts.emergency_signs[0].key;
                report["emergency_signs"] = json!([key]);
            }
            if symptom {
                report["symptoms"]["cough"] = json!("yes");
            }
            people[who].send(&report).await;
            sent.push((who, report));
        }
        Step::Repeat { which } => {
            if let Some((who, report)) = sent.get(which).cloned() {
                people[who].send(&report).await;
            }
        }
        Step::Correct { which } => {
            let Some((who, report)) = sent.get(which) else { return };
            sql("insert into observation_correction
                    (case_id, report_id, reason, corrected_at, corrected_by, organization_id)
                 values ($1, $2, '別の方の値', $3, $4, $5) on conflict do nothing")
            .bind(people[*who].case.case_id)
            .bind(Uuid::parse_str(report["report_id"].as_str().unwrap()).unwrap())
            .bind(world.now())
            .bind(world.fixtures.center.account_id)
            .bind(world.fixtures.center.organization_id)
            .run(&world.app.db)
            .await
            .unwrap();
        }
        Step::Seen { who, by } => {
            let office = [&world.fixtures.center, &world.fixtures.follow_up][by];
            let item = people[who].item(world);
            let fields = [("action", "seen"), ("item", item.as_str())];
            desks.of(office).await.post_form("/staff/board/actions", &fields).await;
        }
        Step::Flag { who } => {
            let item = people[who].item(world);
            let fields = [("action", "flag"), ("reason", "独居"), ("item", item.as_str())];
            desks.of(&world.fixtures.center).await.post_form("/staff/board/actions", &fields).await.expect(303);
        }
        Step::Attempt { who, by } => {
            let office = [&world.fixtures.center, &world.fixtures.follow_up][by];
            let path = format!("/staff/cases/{}/contact", people[who].case.case_id);
            let id = Uuid::now_v7().to_string();
            let fields = [("attempt_id", id.as_str()), ("means", "phone"), ("outcome", "no_answer"), ("note", "")];
            desks.of(office).await.post_form(&path, &fields).await;
        }
        Step::Rules { by, degrees, later } => {
            let from_on = world.now().day() + Duration::days(later);
            let office = office(world, by);
            let written = written(world, office).await;
            let degrees = format!("{}.{}", degrees / 10, degrees % 10);
            let form = Form::warm(written, &hersys_shared::days::iso(from_on), &degrees)
                .rule(1, "spo2_fall", "worse", &[("points", "3"), ("hours", "24")])
                .rule(2, "new_symptom", "new_symptom", &[("days", "3")]);
            form.press(desks.of(office).await, "save").await.expect(303);
        }
        Step::Back { by } => {
            let office = office(world, by);
            let written = written(world, office).await;
            let form = Form::from_on(written, &hersys_shared::days::iso(world.now().day())).with("follows", "on");
            form.press(desks.of(office).await, "save").await.expect(303);
        }
        Step::Link { who } => {
            link(desks.of(&world.fixtures.center).await, &people[who].case, &world.fixtures.follow_up)
                .await
                .expect(303);
        }
        Step::Unlink { who } => {
            end(world, desks.of(&world.fixtures.center).await, &people[who].case, &world.fixtures.follow_up).await;
        }
        Step::Return { who } => {
            let item = people[who].item(world);
            let fields = [("reason", "電話に出ない"), ("item", item.as_str())];
            desks.of(&world.fixtures.follow_up).await.post_form("/staff/follow-up/returns", &fields).await;
        }
        Step::Pass { hours } => world.pass(Duration::hours(hours)),
        Step::Judge { how: 0, .. } => settle(world).await,
        Step::Judge { how: 1, who } => {
            let cases = [people[who].case.case_id];
            watch::judge_these(&world.app.db, &world.app.texts, world.now(), &cases).await.unwrap();
        }
        Step::Judge { .. } => {
            tokio::join!(settle(world), settle(world));
        }
    }
}

async fn written(world: &World, office: &Office) -> i64 {
    newest(world, Some(office).filter(|office| office.kind != OrganizationKind::Ministry)).await
}

type Row = (
    (Uuid, Uuid, String, String, String, Uuid, bool, Date, Date, Option<Date>, i64, Json),
    (Uuid, Uuid, Option<Uuid>, i64, i64, Date, i64, Option<i64>, Option<i64>, Json, String, bool),
    (Uuid, Uuid, i64, Option<Uuid>, String, i64, String, String, String, bool, Option<Uuid>),
);

/// All that boards follow from, in a fixed order; when it was judged aside.
async fn rows(world: &World) -> Vec<Row> {
    let db = &world.app.db;
    let order = "from board_person order by organization_id, case_id";
    let people = sql(&format!(
        "select organization_id, case_id, kind, hersys_id, name, responsible_center_id, is_shared, observed_from,
                observed_until, onset_on, alert, hits {order}"
    ));
    let reports = sql(&format!(
        "select organization_id, case_id, rules_id, rules_version, report_by, reported_on, reported_at, temperature,
                spo2, course, reach, has_way {order}"
    ));
    let work = sql(&format!(
        "select organization_id, case_id, seen_until, assignee_id, flag, attempted_at, attempt, ward, language,
                is_at_risk, linked_id {order}"
    ));
    let (people, reports, work) =
        (people.all(db).await.unwrap(), reports.all(db).await.unwrap(), work.all(db).await.unwrap());
    people.into_iter().zip(reports).zip(work).map(|((people, reports), work)| (people, reports, work)).collect()
}
