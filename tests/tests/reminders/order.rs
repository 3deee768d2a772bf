//! However often and by however many the steps run, in whatever order: each person, day and round at most once, and
//! nothing after a report, a stop or the end.

use std::collections::BTreeMap;

use hersys::App;
use hersys::cases::create::CreatedCase;
use hersys::db::sql;
use hersys::monitoring::reminders::{plan, send};
use hersys_tests::{World, on_both_databases};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use time::Duration;
use time::macros::date;

use crate::support::*;

on_both_databases!(each_person_day_and_round_at_most_once);

const PEOPLE: usize = 4;
const CASES: usize = 12;

#[derive(Debug, Clone)]
enum Step {
    Plan(usize),
    Send(usize),
    Both,
    Judge,
    Pass(i64),
    Report(usize),
    Stop(usize),
    Resume(usize),
    Release(usize),
    Prolong(usize),
    Down(bool),
    Hour(usize, i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = 0..PEOPLE;
    let step = prop_oneof![
        3 => (0..2_usize).prop_map(Step::Plan),
        5 => (0..2_usize).prop_map(Step::Send),
        2 => Just(Step::Both),
        2 => Just(Step::Judge),
        6 => (1..400_i64).prop_map(Step::Pass),
        1 => person.clone().prop_map(Step::Report),
        1 => person.clone().prop_map(Step::Stop),
        1 => person.clone().prop_map(Step::Resume),
        1 => person.clone().prop_map(Step::Release),
        1 => person.clone().prop_map(Step::Prolong),
        1 => any::<bool>().prop_map(Step::Down),
        1 => (person, 6..22_i64).prop_map(|(who, hour)| Step::Hour(who, hour)),
    ];
    prop::collection::vec(step, 20..60)
}

/// Who may be asked now, as the steps left it.
#[derive(Debug, Clone)]
struct Model {
    number: String,
    is_stopped: bool,
    is_released: bool,
    reported_on: Option<time::Date>,
}

async fn each_person_day_and_round_at_most_once(world: World) {
    let provider = Provider::start().await;
    let processes = [process(&world, &provider).await, process(&world, &provider).await];
    let mut runner = TestRunner::deterministic();
    for round in 0..CASES {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        play(&world, &provider, &processes, round, &steps).await;
    }
}

async fn play(world: &World, provider: &Provider, processes: &[App; 2], case: usize, steps: &[Step]) {
    let clock = &world.app.clock;
    provider.goes_down(false);
    until(clock, 6, 0);
    let mut people: Vec<(CreatedCase, Model)> = Vec::new();
    for number in 0..PEOPLE {
        let number = format!("0901{case:03}{number:04}");
        let created = observed(world, "無言 一郎", Some(&number), None).await;
        let model = Model { number: international(&number), is_stopped: false, is_released: false, reported_on: None };
        people.push((created, model));
    }
    let mut asked: BTreeMap<(String, time::Date), usize> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Plan(by) => {
                plan::all(&processes[*by].db, clock.now()).await.unwrap();
            }
            Step::Send(by) => {
                send::all(&processes[*by]).await.unwrap();
            }
            Step::Both => {
                let (one, two) = tokio::join!(send::all(&processes[0]), send::all(&processes[1]));
                one.and(two).unwrap();
            }
            Step::Judge => settle(world).await,
            Step::Pass(minutes) => clock.advance(Duration::minutes(*minutes)),
            Step::Report(who) => {
                reports(world, &people[*who].0).await;
                people[*who].1.reported_on = Some(clock.today());
            }
            Step::Stop(who) => {
                stopped(world, &people[*who].0, true).await;
                people[*who].1.is_stopped = true;
            }
            Step::Resume(who) => {
                stopped(world, &people[*who].0, false).await;
                people[*who].1.is_stopped = false;
            }
            Step::Release(who) => {
                ends(world, &people[*who].0, clock.today().previous_day().unwrap()).await;
                people[*who].1.is_released = true;
            }
            Step::Prolong(who) => {
                ends(world, &people[*who].0, date!(2030 - 01 - 01)).await;
                people[*who].1.is_released = false;
            }
            Step::Down(is_down) => provider.goes_down(*is_down),
            Step::Hour(who, hour) => {
                sql("insert into contact_preference (case_id, channel, language, hour, stop_reason, updated_at)
                     values ($1, '', '', $2, '', 0) on conflict (case_id) do update set hour = excluded.hour")
                .bind(people[*who].0.case_id)
                .bind(*hour)
                .run(&world.app.db)
                .await
                .unwrap();
            }
        }
        let hour = clock.now().in_japan().hour();
        for number in provider.numbers() {
            let (_, model) = people.iter().find(|(_, model)| model.number == number).expect("somebody of these");
            assert!((8..20).contains(&hour), "{number} at {hour} after {step:?} of {steps:?}");
            assert!(!model.is_stopped && !model.is_released, "{number} after {step:?} of {steps:?}");
            assert_ne!(model.reported_on, Some(clock.today()), "{number} after {step:?} of {steps:?}");
            *asked.entry((number, clock.today())).or_default() += 1;
        }
    }
    // As many as there are rounds that say so, and no more than two a day.
    for ((number, day), count) in &asked {
        let (created, _) = people.iter().find(|(_, model)| model.number == *number).unwrap();
        let sent: i64 = sql("select count(*) from reminder r join message m on m.message_id = r.message_id
             where r.case_id = $1 and r.day = $2 and m.status = 'sent'")
        .bind(created.case_id)
        .bind(*day)
        .scalar(&world.app.db)
        .await
        .unwrap();
        assert!(*count <= 2 && i64::try_from(*count) == Ok(sent), "{number} on {day}: {count}, {sent} of {steps:?}");
    }
    for (created, _) in &people {
        ends(world, created, date!(2022 - 07 - 31)).await;
    }
    until(clock, 21, 0);
    send::all(&processes[0]).await.unwrap();
}

async fn stopped(world: &World, case: &CreatedCase, stops: bool) {
    sql("insert into contact_preference (case_id, channel, language, stopped_at, stop_reason, updated_at)
         values ($1, '', '', $2, '', 0) on conflict (case_id) do update set stopped_at = excluded.stopped_at")
    .bind(case.case_id)
    .bind(stops.then_some(1_i64))
    .run(&world.app.db)
    .await
    .unwrap();
}
