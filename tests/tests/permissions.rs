//! The permission table: every route × kind of ID, within reach and out of it, and what each sees.
//!
//! What the program does is compared with the policy, and the policy with the approved table in
//! `permissions/approved.txt`. After a deliberate change: `HERSYS_APPROVE=1 cargo xtask test permissions`.

use std::fmt::Write as _;
use std::path::Path;

use axum::body::Body;
use axum::http::Method;
use hersys::access::policy::{self, ItemGroup, Level, OrganizationKind, Relation};
use hersys::db::sql;
use hersys::routes::{Guard, Route};
use hersys_shared::notification::Edition;
use hersys_tests::actors::Answer;
use hersys_tests::fixtures::{Office, Somebody, report};
use hersys_tests::notifications::{file, usual};
use hersys_tests::{Visitor, World, on_both_databases};
use uuid::Uuid;

on_both_databases!(every_route_answers_by_the_policy, pages_show_only_the_item_groups_of_the_policy);

/// How a route meets a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It does its work; what was asked may still be wrong or missing.
    Open,
    SignInFirst,
    Forbidden,
    NotFound,
}

fn verdict(answer: &Answer) -> Verdict {
    let to_sign_in = answer.status.is_redirection() && answer.location().starts_with("/staff/sign-in");
    match answer.status.as_u16() {
        401 => Verdict::SignInFirst,
        _ if to_sign_in => Verdict::SignInFirst,
        403 => Verdict::Forbidden,
        404 => Verdict::NotFound,
        status => {
            assert!(status < 500, "{status}: {}", answer.body);
            Verdict::Open
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Actor {
    Anonymous,
    Patient,
    Staff(OrganizationKind),
}

/// Why each kind's organisation reaches the case. Ministry and information centre get a relation
/// too, to show that none would help them.
fn relation(kind: OrganizationKind) -> Relation {
    match kind {
        OrganizationKind::HealthCenter => Relation::Responsible,
        OrganizationKind::MedicalInstitution => Relation::Entered,
        OrganizationKind::FollowUp => Relation::Linked,
        OrganizationKind::Accommodation => Relation::Guest,
        OrganizationKind::HeadOffice | OrganizationKind::Ministry | OrganizationKind::InformationCenter => {
            Relation::Governing
        }
    }
}

/// What the policy says of a route; `within` tells whether its case is within the actor's reach.
fn expected(guard: Guard, actor: Actor, within: bool) -> Verdict {
    let staff = match (guard, actor) {
        (Guard::Public, _) | (Guard::Patient, Actor::Patient) => return Verdict::Open,
        // A session opens nothing that is for tokens; what tokens open, `filing` tells.
        (Guard::Institution, _) => return Verdict::SignInFirst,
        (Guard::Patient, _) | (_, Actor::Anonymous | Actor::Patient) => return Verdict::SignInFirst,
        (_, Actor::Staff(kind)) => kind,
    };
    let open_if = |allowed| if allowed { Verdict::Open } else { Verdict::Forbidden };
    match guard {
        Guard::Public | Guard::Patient | Guard::Staff | Guard::Institution => Verdict::Open,
        Guard::Inbox(level) => open_if(policy::receives(staff) >= level),
        Guard::Rules(level) => open_if(policy::rules(staff) >= level),
        Guard::Scope => open_if(policy::may_list(staff)),
        // One's own organisation's; `notification_views` tells that those of others are not there.
        Guard::Registrar | Guard::Draft => open_if(policy::may_register(staff)),
        Guard::Kind(group, level) => open_if(policy::may(staff, group) >= level),
        // The fixtures' IDs are issuers where the kind has them; that others are refused, `issuing` tells.
        Guard::Issuer => open_if(policy::may_have_issuers(staff)),
        Guard::CaseRegistrar(group, level) => match expected(Guard::Case(group, level), actor, within) {
            Verdict::Open => open_if(policy::may_register(staff)),
            refused => refused,
        },
        Guard::Case(group, level) => {
            let relations = [relation(staff)];
            if !within || policy::level(staff, ItemGroup::Person, &relations) == Level::None {
                return Verdict::NotFound;
            }
            open_if(policy::level(staff, group, &relations) >= level)
        }
    }
}

/// A case that each kind of organisation in the first prefecture has a relation to, and one far away.
async fn cases(world: &World) -> (Uuid, Uuid) {
    let offices = &world.fixtures;
    let near =
        Somebody::patient("山田 太郎", "ヤマダ タロウ").enter(&world.app, &offices.center, &offices.clinic).await;
    for office in offices.of_each_kind() {
        sql("insert into case_relation (case_id, organization_id, relation, created_at) values ($1, $2, $3, $4)
             on conflict do nothing")
        .bind(near.case_id)
        .bind(office.organization_id)
        .bind(relation(office.kind).code())
        .bind(world.now())
        .run(&world.app.db)
        .await
        .unwrap();
    }
    let far = Somebody::patient("遠山 金四郎", "トオヤマ キンシロウ")
        .enter(&world.app, &offices.far_center, &offices.far_center)
        .await;
    (near.case_id, far.case_id)
}

async fn ask(visitor: &mut Visitor, route: &Route, case_id: Uuid) -> Answer {
    let nobody = Uuid::from_u128(9).to_string();
    let path = route
        .path
        .replace("{case_id}", &case_id.to_string())
        .replace("{ticket}", &nobody)
        .replace("{person_id}", &nobody)
        .replace("{wish}", "stop")
        .replace("{event_id}", &nobody)
        .replace("{request_id}", &nobody)
        .replace("{transfer_id}", &nobody)
        .replace("{organization_id}", &nobody)
        .replace("{account_id}", &nobody)
        .replace("{factor_id}", &nobody)
        .replace("{session_id}", &nobody)
        .replace("{draft_id}", &nobody)
        .replace("{saved_id}", &nobody)
        .replace("{token_id}", &nobody)
        .replace("{notification_id}", &nobody)
        .replace("{report_id}", &nobody)
        .replace("{code}", "1000001")
        .replace("{token_id}", &nobody)
        .replace("{token}", "unknown")
        .replace("{saved_id}", &nobody)
        .replace("{rules_id}", &nobody)
        .replace("{version}", "1")
        .replace("{name}", "staff.css");
    assert!(!path.contains('{'), "{path}: give the place a value here");
    let kind = (route.method != Method::GET).then_some(match route.path.starts_with("/api/") {
        true => "application/json",
        false => "application/x-www-form-urlencoded",
    });
    visitor.send(route.method.clone(), &path, kind, Body::empty()).await
}

/// PERM-01…PERM-04, PERM-07, PERM-10, C-23: default is deny.
async fn every_route_answers_by_the_policy(world: World) {
    let (near, far) = cases(&world).await;
    let mut actors = vec![
        (Actor::Anonymous, world.visitor()),
        (Actor::Patient, world.visitor().as_patient(&world, "taro@example.jp").await),
    ];
    for office in world.fixtures.of_each_kind() {
        actors.push((Actor::Staff(office.kind), world.visitor().as_staff(&world, office).await));
    }
    let mut wrong = Vec::new();
    for route in hersys::App::routes().table {
        for (actor, visitor) in &actors {
            for (within, case_id) in [(true, near), (false, far)] {
                // A copy each: one route's sign-out must not sign the next one out.
                if route.path.ends_with("sign-out")
                    || (route.path.ends_with("/session") && route.method == Method::DELETE)
                {
                    continue;
                }
                let answer = ask(&mut visitor.clone(), &route, case_id).await;
                let (met, meant) = (verdict(&answer), expected(route.guard, *actor, within));
                let other_places = route.path.replace("{case_id}", "").contains('{');
                let fits = met == meant
                    || (met == Verdict::NotFound && meant == Verdict::Open && other_places)
                    || (route.guard == Guard::Public && met != Verdict::Forbidden)
                    // Signed in, but the request itself lacks what it needs to say 'current password wrong'.
                    || (route.guard == Guard::Patient && meant == Verdict::Open && met == Verdict::NotFound);
                if !fits {
                    wrong.push(format!(
                        "{} {} as {actor:?}, within reach: {within}: {met:?} instead of {meant:?}",
                        route.method, route.path
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    compare_with_approved(&table());
}

/// C-19, PERM-04, SEC-04: nothing is handed out as a file; header strip, tabs, lists and prints show nothing of a group that is not granted.
async fn pages_show_only_the_item_groups_of_the_policy(world: World) {
    let (near, _) = cases(&world).await;
    let marks = [
        (ItemGroup::Identity, "しるし町一丁目"),
        (ItemGroup::Observation, "しるしの自由記述"),
        (ItemGroup::Notification, "しるしの届出"),
    ];
    let mut notification = usual(Edition::Full, &world.fixtures.center);
    notification.values.set("remarks", marks[2].1);
    file(&world.app, near, &world.fixtures.clinic, &notification).await;
    sql("update document set body = $2 where case_id = $1 and tab = 'identity'")
        .bind(near)
        .bind(serde_json::json!({ "name": "山田 太郎", "birth_on": "1980-01-02", "address": marks[0].1, "occupation": marks[0].1, "note": marks[0].1 }))
        .run(&world.app.db)
        .await
        .unwrap();
    let hersys_id: String =
        sql("select hersys_id from cases where case_id = $1").bind(near).scalar(&world.app.db).await.unwrap();
    let mut patient = world.visitor().as_patient(&world, "taro@example.jp").await;
    let person = patient.link("太郎", "1980-01-02", &hersys_id).await;
    let mut telling = report(&person);
    telling["note"] = serde_json::json!(marks[1].1);
    patient.post_json("/api/patient/reports", &serde_json::json!({ "reports": [telling] })).await.expect(200);

    let mut seen = 0;
    for office in world.fixtures.of_each_kind() {
        let visitor = world.visitor().as_staff(&world, office).await;
        for route in hersys::App::routes().table {
            if !matches!(
                route.guard,
                Guard::Case(..)
                    | Guard::CaseRegistrar(..)
                    | Guard::Kind(..)
                    | Guard::Scope
                    | Guard::Staff
                    | Guard::Registrar
                    | Guard::Draft
                    | Guard::Issuer
                    | Guard::Inbox(_)
                    | Guard::Rules(_)
            ) || route.path.ends_with("sign-out")
            {
                continue;
            }
            let answer = ask(&mut visitor.clone(), &route, near).await;
            assert!(!answer.headers.contains_key("content-disposition"), "{} is a download", route.path);
            for (group, mark) in marks {
                if answer.body.contains(mark) {
                    seen += 1;
                    let level = policy::level(office.kind, group, &[relation(office.kind)]);
                    assert!(
                        level >= Level::Read,
                        "{} {} shows {group:?} to {:?}",
                        route.method,
                        route.path,
                        office.kind
                    );
                }
            }
        }
        seen += prints(&mut visitor.clone(), office, near, marks).await;
    }
    assert!(seen > 5, "the marks are on the pages of those who may see them");
}

async fn prints(visitor: &mut Visitor, office: &Office, case_id: Uuid, marks: [(ItemGroup, &str); 3]) -> usize {
    let answer = visitor.post_form("/staff/observations/print", &[("case", &case_id.to_string())]).await;
    let mut seen = 0;
    for (group, mark) in marks {
        if answer.body.contains(mark) {
            seen += 1;
            assert!(policy::may(office.kind, group) >= Level::Read, "a print shows {group:?} to {:?}", office.kind);
        }
    }
    seen
}

/// The whole table in words.
fn table() -> String {
    let mut text = String::from("# Item groups (read, write, -)\n");
    for group in ItemGroup::ALL {
        let _ = write!(text, "{:20}", format!("{group:?}"));
        for kind in OrganizationKind::ALL {
            let level = match policy::may(kind, group) {
                Level::None => "-",
                Level::Read => "read",
                Level::Write => "write",
            };
            let _ = write!(text, " {}={level}", kind.code());
        }
        text.push('\n');
    }
    text.push_str("\n# Routes\n");
    let mut routes: Vec<String> = hersys::App::routes()
        .table
        .iter()
        .map(|route| {
            let open: Vec<&str> = OrganizationKind::ALL
                .into_iter()
                .filter(|kind| expected(route.guard, Actor::Staff(*kind), true) == Verdict::Open)
                .map(OrganizationKind::code)
                .collect();
            let open = match route.guard {
                Guard::Public => "everybody".to_owned(),
                Guard::Patient => "patients".to_owned(),
                Guard::Institution => "tokens of medical institutions".to_owned(),
                _ => open.join(" "),
            };
            format!("{} {} [{:?}]: {open}", route.method, route.path, route.guard)
        })
        .collect();
    routes.sort();
    text.push_str(&routes.join("\n"));
    text.push('\n');
    text
}

fn compare_with_approved(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("permissions/approved.txt");
    if std::env::var_os("HERSYS_APPROVE").is_some() {
        std::fs::write(&path, table).unwrap();
    }
    let approved = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(approved == table, "the permission table is not the approved one:\n{table}");
}
