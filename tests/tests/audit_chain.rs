//! SEC-12: the chain over the audit, and what it tells when somebody touched it.

use std::path::Path;
use std::process::Command;

use hersys::audit::{self, Fault};
use hersys::db::{Engine, sql};
use hersys_tests::fixtures::{Somebody, report};
use hersys_tests::{World, on_both_databases};
use serde_json::json;
use time::macros::date;
use uuid::Uuid;

on_both_databases!(
    the_database_refuses_to_change_or_remove_entries,
    the_chain_verifies_and_names_what_was_changed,
    the_chain_names_what_was_removed,
    the_chain_names_an_end_that_was_cut_off,
    a_late_commit_is_sealed,
    two_sealers_at_once_make_one_chain,
    the_intake_writes_nothing_to_the_audit,
    the_command_line_verifies_and_prints_the_head,
);

async fn count(world: &World) -> i64 {
    sql("select count(*) from audit").scalar(&world.app.db).await.unwrap()
}

async fn taro(world: &World) -> Uuid {
    let offices = &world.fixtures;
    Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.clinic).await.case_id
}

async fn some_entries(world: &World) -> Uuid {
    let case_id = taro(world).await;
    let mut center = world.visitor().as_staff(world, &world.fixtures.center).await;
    for _ in 0..3 {
        center.get(&format!("/staff/cases/{case_id}/identity")).await.expect(200);
    }
    audit::seal(&world.app.db).await.unwrap();
    case_id
}

async fn the_database_refuses_to_change_or_remove_entries(world: World) {
    some_entries(&world).await;
    for statement in [
        "update audit set network = ''",
        "delete from audit",
        "update audit_seal set seq = seq + 1000",
        "delete from audit_seal",
    ] {
        let refused = sql(statement).run(&world.app.db).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

/// What somebody with all rights over the database could do.
async fn behind_the_programs_back(world: &World, statement: &str) {
    let guards = match world.app.db.engine() {
        Engine::Sqlite => vec![
            "drop trigger if exists audit_no_update",
            "drop trigger if exists audit_no_delete",
            "drop trigger if exists audit_seal_no_update",
            "drop trigger if exists audit_seal_no_delete",
        ],
        Engine::Postgres => vec![
            "alter table audit disable trigger audit_no_change",
            "alter table audit_seal disable trigger audit_seal_no_change",
        ],
    };
    for guard in guards {
        sql(guard).run(&world.app.db).await.unwrap();
    }
    assert!(sql(statement).run(&world.app.db).await.unwrap() > 0);
}

async fn broken(world: &World) -> (Option<i64>, Fault) {
    let broken = audit::verify(&world.app.db, None).await.unwrap().broken.expect("a broken link");
    (broken.seq, broken.fault)
}

async fn the_chain_verifies_and_names_what_was_changed(world: World) {
    some_entries(&world).await;
    let report = audit::verify(&world.app.db, None).await.unwrap();
    assert_eq!((report.broken, report.waiting, report.head.seq), (None, 0, count(&world).await));
    assert!(report.head.seq >= 4);
    behind_the_programs_back(
        &world,
        "update audit set network = '10.0.0.1' where audit_id in (select audit_id from audit_seal where seq in (3, 4))",
    )
    .await;
    assert_eq!(broken(&world).await, (Some(3), Fault::EntryChanged));
    behind_the_programs_back(&world, "update audit_seal set hash = previous_hash where seq = 2").await;
    assert_eq!(broken(&world).await, (Some(2), Fault::EntryChanged));
    behind_the_programs_back(&world, "update audit_seal set previous_hash = hash where seq = 1").await;
    assert_eq!(broken(&world).await, (Some(1), Fault::LinkChanged));
}

async fn the_chain_names_what_was_removed(world: World) {
    some_entries(&world).await;
    let waiting = "delete from audit where audit_id in (select audit_id from audit_unsealed)";
    world.visitor().as_staff(&world, &world.fixtures.clinic).await;
    behind_the_programs_back(&world, waiting).await;
    assert_eq!(broken(&world).await, (None, Fault::RemovedUnsealed));
    world.visitor().as_staff(&world, &world.fixtures.follow_up).await;
    behind_the_programs_back(&world, "delete from audit_unsealed where audit_id in (select audit_id from audit)").await;
    assert_eq!(broken(&world).await, (None, Fault::LeftOut));
    behind_the_programs_back(
        &world,
        "delete from audit where audit_id = (select audit_id from audit_seal where seq = 3)",
    )
    .await;
    assert_eq!(broken(&world).await, (Some(3), Fault::EntryMissing));
    behind_the_programs_back(&world, "delete from audit_seal where seq = 2").await;
    assert_eq!(broken(&world).await, (Some(2), Fault::LinkMissing));
}

async fn the_chain_names_an_end_that_was_cut_off(world: World) {
    some_entries(&world).await;
    let kept = audit::head(&world.app.db).await.unwrap();
    assert_eq!(audit::verify(&world.app.db, Some(kept)).await.unwrap().broken, None);
    let last = "(select max(seq) from audit_seal)";
    behind_the_programs_back(
        &world,
        &format!("delete from audit where audit_id = (select audit_id from audit_seal where seq = {last})"),
    )
    .await;
    behind_the_programs_back(&world, &format!("delete from audit_seal where seq = {last}")).await;
    assert_eq!(broken(&world).await, (Some(kept.seq), Fault::EndChanged));
    // Whoever moves the end as well is found out only by a head that was kept elsewhere.
    behind_the_programs_back(
        &world,
        &format!("update audit_head set seq = {last}, hash = (select hash from audit_seal where seq = {last})"),
    )
    .await;
    assert_eq!(audit::verify(&world.app.db, None).await.unwrap().broken, None);
    let broken = audit::verify(&world.app.db, Some(kept)).await.unwrap().broken.expect("a broken link");
    assert_eq!((broken.seq, broken.fault), (Some(kept.seq), Fault::NotTheKeptHead));
    // More links than the end knows of.
    behind_the_programs_back(
        &world,
        "update audit_head set seq = 1, hash = (select hash from audit_seal where seq = 1)",
    )
    .await;
    assert_eq!(self::broken(&world).await, (Some(1), Fault::EndChanged));
}

/// An entry whose transaction began before a sealing and ended after it.
async fn a_late_commit_is_sealed(world: World) {
    some_entries(&world).await;
    // SQLite has one writer at a time, so a late commit is an older entry that comes later.
    let early = Uuid::now_v7();
    let insert = |id: Uuid| {
        sql("insert into audit (audit_id, at, actor, action, detail, network) values ($1, 0, 'system', 'test.late', $2, 'x')")
            .bind(id)
            .bind(json!({ "n": 1 }))
    };
    if world.app.db.engine() == Engine::Postgres {
        let mut tx = world.app.db.begin().await.unwrap();
        insert(early).run(&mut tx).await.unwrap();
        insert(Uuid::now_v7()).run(&world.app.db).await.unwrap();
        assert_eq!(audit::seal(&world.app.db).await.unwrap(), 1, "what is not committed is not there");
        tx.commit().await.unwrap();
    } else {
        insert(Uuid::now_v7()).run(&world.app.db).await.unwrap();
        assert_eq!(audit::seal(&world.app.db).await.unwrap(), 1);
        insert(early).run(&world.app.db).await.unwrap();
    }
    assert_eq!(audit::verify(&world.app.db, None).await.unwrap().waiting, 1);
    assert_eq!(audit::seal(&world.app.db).await.unwrap(), 1);
    let report = audit::verify(&world.app.db, None).await.unwrap();
    assert_eq!((report.broken, report.waiting, report.head.seq), (None, 0, count(&world).await));
}

async fn two_sealers_at_once_make_one_chain(world: World) {
    let sealers = 6;
    for round in 0..4 {
        for n in 0..700 {
            sql("insert into audit (audit_id, at, actor, action, detail, network) values ($1, $2, 'system', 'test.many', $3, 'x')")
                .bind(Uuid::now_v7())
                .bind(i64::from(n))
                .bind(json!({ "round": round, "b": n, "a": [1.5, "é"] }))
                .run(&world.app.db)
                .await
                .unwrap();
        }
        let sealing: Vec<_> = (0..sealers)
            .map(|_| {
                let db = world.app.db.clone();
                tokio::spawn(async move { audit::seal(&db).await.unwrap() })
            })
            .collect();
        let mut sealed = 0;
        for sealer in sealing {
            sealed += sealer.await.unwrap();
        }
        assert_eq!(sealed, 700);
    }
    let report = audit::verify(&world.app.db, None).await.unwrap();
    assert_eq!((report.broken, report.waiting, report.head.seq), (None, 0, 2800));
}

/// The chain must not become the bottleneck of the intake.
async fn the_intake_writes_nothing_to_the_audit(world: World) {
    let offices = &world.fixtures;
    let case = Somebody::patient("太郎", "タロウ")
        .born(date!(1980 - 01 - 02))
        .enter(&world.app, &offices.center, &offices.center)
        .await;
    let mut patient = world.visitor().as_patient(&world, "taro@example.jp").await;
    let person = patient.link("太郎", "1980-01-02", &case.hersys_id.to_string()).await;
    let before = count(&world).await;
    for _ in 0..5 {
        patient.post_json("/api/patient/reports", &json!({ "reports": [report(&person)] })).await.expect(200);
    }
    assert_eq!(count(&world).await, before);
}

async fn the_command_line_verifies_and_prints_the_head(world: World) {
    let Some(program) = std::env::var_os("HERSYS_TEST_SERVER").filter(|program| Path::new(program).exists()) else {
        panic!("HERSYS_TEST_SERVER is not set: run the tests by `cargo xtask test`");
    };
    some_entries(&world).await;
    let run = |arguments: &[&str]| {
        let output = Command::new(&program)
            .args(arguments)
            .env("HERSYS_DATABASE_URL", world.database_url())
            .env("HERSYS_DATA_DIR", world.folder())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, head, problem) = run(&["audit", "head"]);
    assert_eq!(code, Some(0), "{problem}");
    let (code, told, _) = run(&["audit", "verify", "--kept", &head]);
    assert!(code == Some(0) && told.contains("The chain is whole"), "{told}");
    behind_the_programs_back(
        &world,
        "update audit set action = 'case.print' where audit_id = (select audit_id from audit_seal where seq = 2)",
    )
    .await;
    let (code, _, problem) = run(&["audit", "verify"]);
    assert!(code == Some(1) && problem.contains("link 2") && problem.contains("not what was sealed"), "{problem}");
}
