//! Stories that need a database: entering, listing, handing over.

use hersys_shared::episode::Episode;
use hersys_shared::identity::Identity;
use hersys_shared::symptoms::CaseKind;
use hersys_shared::{HersysId, PhoneNumber};
use time::macros::date;
use uuid::Uuid;

use crate::access::{OrganizationKind, Staff};
use crate::cases::create::{NewCase, create_case, create_cases};
use crate::cases::form::CaseEntry;
use crate::cases::save::save;
use crate::cases::store;
use crate::clock::Timestamp;
use crate::db::{Db, Value, sql};

const OFFICE: Uuid = Uuid::from_u128(1);
const CENTER: Uuid = Uuid::from_u128(2);
const OTHER_CENTER: Uuid = Uuid::from_u128(3);
const CLINIC: Uuid = Uuid::from_u128(4);
const ACCOUNT: Uuid = Uuid::from_u128(9);

async fn database() -> Db {
    let path = std::env::temp_dir().join(format!("hersys-cases-{}.db", Uuid::now_v7()));
    let db = Db::open(&format!("sqlite://{}", path.display())).await.unwrap();
    db.migrate().await.unwrap();
    let organizations: [(Uuid, OrganizationKind, Option<Uuid>); 4] = [
        (OFFICE, OrganizationKind::HeadOffice, None),
        (CENTER, OrganizationKind::HealthCenter, Some(OFFICE)),
        (OTHER_CENTER, OrganizationKind::HealthCenter, Some(OFFICE)),
        (CLINIC, OrganizationKind::MedicalInstitution, Some(CENTER)),
    ];
    for (organization_id, kind, governing_id) in organizations {
        sql("insert into organization (organization_id, kind, name, prefecture_code, governing_id, phone, address, created_at)
             values ($1, $2, 'x', '11', $3, '', '', 0)")
        .bind(organization_id)
        .bind(kind.code())
        .bind(governing_id)
        .run(&db)
        .await
        .unwrap();
    }
    db
}

fn somebody(name: &str) -> NewCase {
    NewCase {
        case_id: Uuid::now_v7(),
        kind: CaseKind::Patient,
        identity: Identity {
            name: name.into(),
            kana: "ヤマダ タロウ".into(),
            birth_on: Some(date!(1980 - 01 - 02)),
            phone: PhoneNumber::parse("09012345678").ok(),
            ..Identity::default()
        },
        episode: Episode::default(),
        responsible_center_id: CENTER,
        receiving_center_id: None,
        index_case_id: None,
        observed_from: None,
        observed_until: None,
        account_id: ACCOUNT,
        organization_id: CLINIC,
        at: Timestamp::start_of(date!(2022 - 08 - 01)),
    }
}

async fn listed_by(db: &Db, case_id: Uuid) -> Vec<Uuid> {
    let rows: Vec<(Uuid,)> = sql("select organization_id from case_index where case_id = $1 order by organization_id")
        .bind(case_id)
        .all(db)
        .await
        .unwrap();
    rows.into_iter().map(|(organization_id,)| organization_id).collect()
}

fn staff() -> Staff {
    Staff {
        account_id: ACCOUNT,
        organization_id: CENTER,
        kind: OrganizationKind::HealthCenter,
        organization_name: String::new(),
        display_name: String::new(),
        sign_in_id: String::new(),
        is_issuer: false,
        waiting: 0,
        shows_past: false,
        list_address: String::new(),
        board_address: String::new(),
    }
}

#[tokio::test]
async fn perm_09_a_new_case_is_listed_at_once_by_center_office_and_whoever_entered_it() {
    let db = database().await;
    let case = somebody("山田 太郎");
    let mut tx = db.begin().await.unwrap();
    let created = create_case(&mut tx, case.clone()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(listed_by(&db, created.case_id).await, [OFFICE, CENTER, CLINIC]);
    let stored = store::case(&db, created.case_id).await.unwrap().unwrap();
    assert_eq!(stored.observed_from, Some(date!(2022 - 08 - 01)));
    assert_eq!(store::identity(&db, created.case_id).await.unwrap().identity, case.identity);
    let found = store::reachable_by_hersys_id(&db, CENTER, &created.hersys_id).await.unwrap();
    assert_eq!(found, Some(created.case_id));
    assert_eq!(store::reachable_by_hersys_id(&db, OTHER_CENTER, &created.hersys_id).await.unwrap(), None);
}

#[tokio::test]
async fn idr_01_the_same_form_sent_twice_makes_one_case() {
    let db = database().await;
    let case = somebody("山田 太郎");
    let mut tx = db.begin().await.unwrap();
    create_case(&mut tx, case.clone()).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let again = create_case(&mut tx, case).await.unwrap_err();
    assert!(matches!(again, crate::error::Error::Db(error) if error.is_unique_violation()));
    drop(tx);
    let ids: i64 = sql("select count(*) from case_by_hersys_id").scalar(&db).await.unwrap();
    assert_eq!(ids, 1);
}

#[tokio::test]
async fn many_cases_get_an_id_each() {
    let db = database().await;
    let cases: Vec<NewCase> = (0..600).map(|n| somebody(&format!("山田 {n}"))).collect();
    let mut tx = db.begin().await.unwrap();
    let created = create_cases(&mut tx, &cases).await.unwrap();
    tx.commit().await.unwrap();
    let ids: std::collections::HashSet<HersysId> = created.iter().map(|case| case.hersys_id.clone()).collect();
    assert_eq!(ids.len(), 600);
    let listed: i64 = sql("select count(*) from case_index where organization_id = $1")
        .bind(Value::from(OFFICE))
        .scalar(&db)
        .await
        .unwrap();
    assert_eq!(listed, 600);
}

#[tokio::test]
async fn perm_08_the_second_of_two_writers_overwrites_nothing() {
    let db = database().await;
    let mut tx = db.begin().await.unwrap();
    let created = create_case(&mut tx, somebody("山田 太郎")).await.unwrap();
    tx.commit().await.unwrap();
    let entry = |name: &str, center| CaseEntry {
        identity: Identity { name: name.into(), ..Identity::default() },
        kind: CaseKind::Contact,
        responsible_center_id: center,
        index_case_id: None,
        observed_from: None,
        observed_until: None,
        send_sms: false,
    };
    let mut tx = db.begin().await.unwrap();
    assert!(save(&mut tx, created.case_id, 1, &entry("山本", OTHER_CENTER), &staff(), Timestamp(1)).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    assert!(!save(&mut tx, created.case_id, 1, &entry("山内", CENTER), &staff(), Timestamp(2)).await.unwrap());
    drop(tx);
    let stored = store::identity(&db, created.case_id).await.unwrap();
    assert_eq!((stored.identity.name.as_str(), stored.version), ("山本", 2));
    let before = store::identity_at(&db, created.case_id, 1).await.unwrap().unwrap();
    assert_eq!(before.identity.name, "山田 太郎");
}
