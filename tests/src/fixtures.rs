//! An installation's organisations and staff IDs, and people in care.

use hersys::App;
use hersys::access::OrganizationKind;
use hersys::access::policy::may_have_issuers;
use hersys::cases::create::{CreatedCase, NewCase, create_case};
use hersys::db::sql;
use hersys_shared::episode::Episode;
use hersys_shared::identity::Identity;
use hersys_shared::symptoms::CaseKind;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::actors::Visitor;
use crate::world::six_digits;

/// The password of every staff fixture.
pub const PASSWORD: &str = "Staff-pass-1";

/// One organisation with one staff ID, an issuer's where the kind has issuers.
#[derive(Debug, Clone)]
pub struct Office {
    pub organization_id: Uuid,
    pub account_id: Uuid,
    pub kind: OrganizationKind,
    pub name: &'static str,
    pub sign_in_id: String,
    pub phone: String,
}

/// Two prefectures: everything of the first is within reach of its head office, nothing of the second.
pub struct Fixtures {
    pub ministry: Office,
    pub head_office: Office,
    pub center: Office,
    pub other_center: Office,
    pub clinic: Office,
    pub other_clinic: Office,
    pub follow_up: Office,
    pub accommodation: Office,
    pub information_center: Office,
    pub far_head_office: Office,
    pub far_center: Office,
}

impl Fixtures {
    pub async fn insert(app: &App) -> Self {
        let hash = app.passwords.hash(PASSWORD).await.expect("a hash");
        let mut number = 0;
        let mut office = async |kind, name: &'static str, governing: Option<&Office>, prefecture: &str| {
            number += 1;
            let office = Office {
                organization_id: Uuid::from_u128(1000 + number),
                account_id: Uuid::from_u128(2000 + number),
                kind,
                name,
                sign_in_id: format!("staff{number}@hersys.example"),
                phone: format!("0900000{number:04}"),
            };
            insert_office(app, &office, governing, prefecture, &hash).await;
            office
        };
        let ministry = office(OrganizationKind::Ministry, "中央", None, "13").await;
        let head_office = office(OrganizationKind::HeadOffice, "みどり県調整本部", None, "11").await;
        let center = office(OrganizationKind::HealthCenter, "あおば保健所", Some(&head_office), "11").await;
        let other_center = office(OrganizationKind::HealthCenter, "わかば保健所", Some(&head_office), "11").await;
        let clinic = office(OrganizationKind::MedicalInstitution, "さくら診療所", Some(&center), "11").await;
        let other_clinic = office(OrganizationKind::MedicalInstitution, "もみじ病院", Some(&other_center), "11").await;
        let follow_up = office(OrganizationKind::FollowUp, "みどり県医師会", Some(&center), "11").await;
        let accommodation = office(OrganizationKind::Accommodation, "ホテル療養", Some(&center), "11").await;
        let information_center =
            office(OrganizationKind::InformationCenter, "感染症情報センター", Some(&head_office), "11").await;
        let far_head_office = office(OrganizationKind::HeadOffice, "とおい県調整本部", None, "47").await;
        let far_center = office(OrganizationKind::HealthCenter, "とおい保健所", Some(&far_head_office), "47").await;
        Self {
            ministry,
            head_office,
            center,
            other_center,
            clinic,
            other_clinic,
            follow_up,
            accommodation,
            information_center,
            far_head_office,
            far_center,
        }
    }

    /// One staff ID of each kind that works in the first prefecture.
    pub fn of_each_kind(&self) -> [&Office; 7] {
        [
            &self.ministry,
            &self.head_office,
            &self.center,
            &self.clinic,
            &self.follow_up,
            &self.accommodation,
            &self.information_center,
        ]
    }
}

async fn insert_office(app: &App, office: &Office, governing: Option<&Office>, prefecture: &str, hash: &str) {
    sql("insert into organization (organization_id, kind, name, code, prefecture_code, governing_id, phone, address, created_at)
         values ($1, $2, $3, $4, $5, $6, '0312345678', '埼玉県さいたま市緑町1-1', $7)")
    .bind(office.organization_id)
    .bind(office.kind.code())
    .bind(office.name)
    .bind(office.sign_in_id.as_str())
    .bind(prefecture)
    .bind(governing.map(|office| office.organization_id))
    .bind(app.clock.now())
    .run(&app.db)
    .await
    .expect("an organisation");
    sql("insert into account (account_id, organization_id, sign_in_id, display_name, password_hash, is_issuer, created_at)
         values ($1, $2, $3, '担当者', $4, $5, $6)")
    .bind(office.account_id)
    .bind(office.organization_id)
    .bind(office.sign_in_id.as_str())
    .bind(hash)
    .bind(may_have_issuers(office.kind))
    .bind(app.clock.now())
    .run(&app.db)
    .await
    .expect("an account");
    sql("insert into account_phone (account_id, number, created_at) values ($1, $2, $3)")
        .bind(office.account_id)
        .bind(office.phone.as_str())
        .bind(app.clock.now())
        .run(&app.db)
        .await
        .expect("a telephone number");
}

/// A person to be entered.
#[derive(Debug, Clone)]
pub struct Somebody {
    pub name: &'static str,
    pub kana: &'static str,
    pub birth_on: Date,
    pub kind: CaseKind,
    pub observed_from: Option<Date>,
    pub observed_until: Option<Date>,
}

impl Somebody {
    pub fn patient(name: &'static str, kana: &'static str) -> Self {
        Self {
            name,
            kana,
            birth_on: date!(1980 - 01 - 02),
            kind: CaseKind::Patient,
            observed_from: None,
            observed_until: None,
        }
    }

    pub fn contact(name: &'static str, kana: &'static str) -> Self {
        Self { kind: CaseKind::Contact, ..Self::patient(name, kana) }
    }

    pub fn born(mut self, birth_on: Date) -> Self {
        self.birth_on = birth_on;
        self
    }

    pub fn observed(mut self, from: Date, until: Option<Date>) -> Self {
        self.observed_from = Some(from);
        self.observed_until = until;
        self
    }

    /// Enters the person at `center`, by an ID of `entered_by`.
    pub async fn enter(self, app: &App, center: &Office, entered_by: &Office) -> CreatedCase {
        let mut tx = app.db.begin().await.expect("a transaction");
        let created = create_case(
            &mut tx,
            NewCase {
                case_id: Uuid::now_v7(),
                kind: self.kind,
                identity: Identity {
                    name: self.name.into(),
                    kana: self.kana.into(),
                    birth_on: Some(self.birth_on),
                    ..Identity::default()
                },
                episode: Episode::default(),
                responsible_center_id: center.organization_id,
                receiving_center_id: None,
                index_case_id: None,
                observed_from: self.observed_from,
                observed_until: self.observed_until,
                account_id: entered_by.account_id,
                organization_id: entered_by.organization_id,
                at: app.clock.now(),
            },
        )
        .await
        .expect("a case");
        tx.commit().await.expect("a commit");
        created
    }
}

impl Visitor {
    /// Signs in as a staff ID with password and SMS code.
    pub async fn as_staff(mut self, world: &crate::World, office: &Office) -> Self {
        self.post_form("/staff/sign-in/id", &[("sign_in_id", &office.sign_in_id)]).await;
        self.post_form("/staff/sign-in/password", &[("sign_in_id", &office.sign_in_id), ("password", PASSWORD)]).await;
        let code = six_digits(&world.newest_sms(&office.phone).await);
        let answer = self.post_form("/staff/sign-in/code", &[("code", &code)]).await;
        assert_eq!(answer.location(), "/staff/");
        self
    }

    /// Registers a patient account by the code of a real mail.
    pub async fn as_patient(mut self, world: &crate::World, mail: &str) -> Self {
        let sent = self
            .post_json("/api/patient/codes", &serde_json::json!({ "mail": mail, "purpose": "registration" }))
            .await
            .expect(202)
            .json();
        let ticket = sent["ticket"].as_str().expect("a ticket").to_owned();
        let code = six_digits(&world.next_mail().await.text);
        self.post_json(&format!("/api/patient/codes/{ticket}/confirmation"), &serde_json::json!({ "code": code }))
            .await
            .expect(204);
        self.post_json(
            "/api/patient/account",
            &serde_json::json!({ "ticket": ticket, "password": "Patient-1", "password_repeated": "Patient-1" }),
        )
        .await
        .expect(201);
        self
    }

    /// Links a person and returns the person's id in the household.
    pub async fn link(&mut self, name: &str, birth_date: &str, hersys_id: &str) -> String {
        self.post_json(
            "/api/patient/people",
            &serde_json::json!({ "name": name, "birth_date": birth_date, "hersys_id": hersys_id }),
        )
        .await
        .expect(201)
        .json()["person_id"]
            .as_str()
            .expect("a person")
            .to_owned()
    }
}

/// A well-formed report of a patient with nothing wrong, as JSON to be changed.
pub fn report(person_id: &str) -> serde_json::Value {
    let symptoms = [
        "cough",
        "runny_nose",
        "fatigue",
        "breathlessness",
        "nausea",
        "diarrhea",
        "consciousness",
        "no_appetite",
        "no_urine",
    ];
    serde_json::json!({
        "report_id": Uuid::new_v4(),
        "person_id": person_id,
        "temperature": 365,
        "spo2": 98,
        "symptom_set_version": 1,
        "symptoms": symptoms.iter().map(|key| (*key, "no")).collect::<std::collections::BTreeMap<_, _>>(),
        "emergency_signs": [],
        "note": "",
    })
}
