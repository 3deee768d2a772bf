//! The made-up prefecture of demo mode: organisations, accounts, and sixty people with a past.
//!
//! Written once, relative to the day of the first start; later starts leave everything as it is.

use hersys_shared::age::Age;
use hersys_shared::identity::{Identity, Sex};
use hersys_shared::notification::{Content, Edition};
use hersys_shared::shared_items;
use hersys_shared::symptoms::CaseKind;
use hersys_shared::values::Values;
use hersys_shared::{HersysId, MailAddress, PhoneNumber, days, recovery};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use time::{Date, Duration};
use uuid::Uuid;

use crate::App;
use crate::access::{Client, OrganizationKind, Staff};
use crate::admin::{self, NewAccount, NewOrganization, create_account, create_organization};
use crate::cases::NewCase;
use crate::cases::reach;
use crate::cases::store as cases;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::demo::store;
use crate::error::{Error, Result};
use crate::monitoring::intake::Source;
use crate::monitoring::observation_period;
use crate::notification::file::{self, Filer, Filing, Person};
use crate::seed::course::{self, Course, Period, Reporter, ordered_id};
use crate::seed::episodes::{self, Episode};
use crate::seed::notified;
use crate::seed::people::{self, Home};

/// The password of all demo accounts.
pub const PASSWORD: &str = "Demo-2022-hersys";

/// How many people there are, the family included.
const PEOPLE: usize = 60;

/// An account to try, as `serve --demo` prints it.
#[derive(Debug, Clone)]
pub struct DemoAccount {
    pub sign_in_id: &'static str,
    pub password: &'static str,
    pub role: &'static str,
    pub organization: &'static str,
    /// Where the codes of the second factor go: they show at `/demo/outbox`.
    pub phone: &'static str,
}

/// Somebody to register with in My HER-SYS.
#[derive(Debug, Clone)]
pub struct DemoPerson {
    pub name: String,
    pub hersys_id: HersysId,
    pub birth_on: Date,
}

struct Organization {
    id: Uuid,
    kind: OrganizationKind,
    name: &'static str,
    code: &'static str,
    governed_by: Option<Uuid>,
    phone: &'static str,
    address: &'static str,
    account: DemoAccount,
}

/// Ids that are the same in every demo, so that a second start finds what the first one wrote.
const fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0de0_0000_0000_7000_8000_0000_0000_0000 | number)
}

const HEAD_OFFICE: Uuid = id(0x10);
const AOBA: Uuid = id(0x11);
const WAKABA: Uuid = id(0x12);
const AOBA_CLINIC: Uuid = id(0x13);
const WAKABA_CLINIC: Uuid = id(0x14);
const FOLLOW_UP: Uuid = id(0x15);
const MINISTRY: Uuid = id(0x16);

const fn account(
    sign_in_id: &'static str,
    role: &'static str,
    organization: &'static str,
    phone: &'static str,
) -> DemoAccount {
    DemoAccount { sign_in_id, password: PASSWORD, role, organization, phone }
}

/// Telephone numbers of staff begin like mobile numbers that no operator has assigned.
const ORGANIZATIONS: [Organization; 7] = [
    Organization {
        id: HEAD_OFFICE,
        kind: OrganizationKind::HeadOffice,
        name: "みどり県 調整本部",
        code: "demo-head-office",
        governed_by: None,
        phone: "05000000100",
        address: "みどり県あおば市本町1-1-1",
        account: account("midori-hq@hersys.example", "本庁・調整本部", "みどり県 調整本部", "09000000001"),
    },
    Organization {
        id: AOBA,
        kind: OrganizationKind::HealthCenter,
        name: "あおば保健所",
        code: "demo-aoba",
        governed_by: Some(HEAD_OFFICE),
        phone: "05000000110",
        address: "みどり県あおば市若葉台2-3-4",
        account: account("aoba-hc@hersys.example", "保健所", "あおば保健所", "09000000002"),
    },
    Organization {
        id: WAKABA,
        kind: OrganizationKind::HealthCenter,
        name: "わかば保健所",
        code: "demo-wakaba",
        governed_by: Some(HEAD_OFFICE),
        phone: "05000000120",
        address: "みどり県わかば市中央3-2-1",
        account: account("wakaba-hc@hersys.example", "保健所", "わかば保健所", "09000000003"),
    },
    Organization {
        id: AOBA_CLINIC,
        kind: OrganizationKind::MedicalInstitution,
        name: "あおばクリニック",
        code: "demo-aoba-clinic",
        governed_by: Some(AOBA),
        phone: "05000000130",
        address: "みどり県あおば市桜木町4-5",
        account: account("aoba-clinic@hersys.example", "医療機関", "あおばクリニック", "09000000004"),
    },
    Organization {
        id: WAKABA_CLINIC,
        kind: OrganizationKind::MedicalInstitution,
        name: "わかば内科医院",
        code: "demo-wakaba-clinic",
        governed_by: Some(WAKABA),
        phone: "05000000140",
        address: "みどり県わかば市駅前町6-7",
        account: account("wakaba-clinic@hersys.example", "医療機関", "わかば内科医院", "09000000005"),
    },
    Organization {
        id: FOLLOW_UP,
        kind: OrganizationKind::FollowUp,
        name: "みどり県医師会 健康フォローアップセンター",
        code: "demo-follow-up",
        governed_by: Some(AOBA),
        phone: "05000000150",
        address: "みどり県あおば市青葉通8-9",
        account: account(
            "follow-up@hersys.example",
            "健康フォローアップ機関",
            "みどり県医師会 健康フォローアップセンター",
            "09000000006",
        ),
    },
    Organization {
        id: MINISTRY,
        kind: OrganizationKind::Ministry,
        name: "国の感染症対策本部（デモ）",
        code: "demo-ministry",
        governed_by: None,
        phone: "05000000160",
        address: "",
        account: account("ministry@hersys.example", "国", "国の感染症対策本部（デモ）", "09000000007"),
    },
];

/// The family that a newcomer registers: name, kana, birth date, sex, course, kind.
const FAMILY: [(&str, &str, Date, Sex, Course, CaseKind); 5] = [
    (
        "緑川 健一",
        "ミドリカワ ケンイチ",
        time::macros::date!(1978 - 04 - 12),
        Sex::Male,
        Course::Fever,
        CaseKind::Patient,
    ),
    (
        "緑川 由美子",
        "ミドリカワ ユミコ",
        time::macros::date!(1980 - 09 - 03),
        Sex::Female,
        Course::Mild,
        CaseKind::Patient,
    ),
    ("緑川 陽翔", "ミドリカワ ハルト", time::macros::date!(2007 - 06 - 21), Sex::Male, Course::Mild, CaseKind::Patient),
    (
        "緑川 結菜",
        "ミドリカワ ユイナ",
        time::macros::date!(2012 - 01 - 30),
        Sex::Female,
        Course::Well,
        CaseKind::Contact,
    ),
    (
        "緑川 和子",
        "ミドリカワ カズコ",
        time::macros::date!(1949 - 11 - 15),
        Sex::Female,
        Course::Worsening,
        CaseKind::Patient,
    ),
];

const FAMILY_CASES: [Uuid; 5] = [id(0x101), id(0x102), id(0x103), id(0x104), id(0x105)];

/// Writes the demo data where there is none; the accounts to try.
pub async fn ensure(app: &App) -> Result<Vec<DemoAccount>> {
    let accounts = ORGANIZATIONS.iter().map(|organization| organization.account.clone()).collect();
    if admin::organization_by_code(&app.db, OrganizationKind::HeadOffice, ORGANIZATIONS[0].code).await?.is_some() {
        return Ok(accounts);
    }
    match write(app).await {
        // Another process on the same database was quicker.
        Err(Error::Db(error)) if error.is_unique_violation() => {}
        done => done?,
    }
    Ok(accounts)
}

/// The family with which the patients' side can be tried.
pub async fn family(app: &App) -> Result<Vec<DemoPerson>> {
    let rows = store::people(&app.db, AOBA, &FAMILY_CASES).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(name, hersys_id, birth_on)| {
            Some(DemoPerson { name, hersys_id: HersysId::parse(&hersys_id).ok()?, birth_on: birth_on? })
        })
        .collect())
}

async fn write(app: &App) -> Result<()> {
    let now = app.clock.now();
    let password_hash = app.passwords.hash(PASSWORD).await?;
    let mut tx = app.db.begin().await?;
    for organization in &ORGANIZATIONS {
        write_organization(&mut tx, organization, &password_hash, now).await?;
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(2022);
    let mut draft = Draft { app, now, rng: &mut rng, episodes: vec![], notified: vec![] };
    draft.add_others();
    draft.add_family();
    let Draft { episodes, notified, .. } = draft;
    let people: Vec<Uuid> = episodes.iter().map(|episode| episode.case.case_id).collect();
    let linked: Vec<Uuid> = episodes
        .iter()
        .map(|episode| &episode.case)
        .filter(|case| case.responsible_center_id == AOBA)
        .step_by(4)
        .map(|case| case.case_id)
        .collect();
    episodes::insert(&mut tx, episodes).await?;
    store::link(&mut tx, &linked, FOLLOW_UP, AOBA, account_of(AOBA), now).await?;
    for case_id in linked {
        reach::rewrite_stored(&mut tx, case_id, now).await?;
    }
    for reported in notified {
        notify(&mut tx, app, reported).await?;
    }
    observation_period::ask_for(&mut tx, &people).await?;
    tx.commit().await?;
    observation_period::compute_waiting(&app.db, &app.texts.recovery, now).await?;
    Ok(())
}

/// Reports a notification as the clinic's ID would have, so that 届出受付 and the tabs are filled.
async fn notify(tx: &mut Tx, app: &App, reported: Notified) -> Result<()> {
    let Notified { case_id, clinic, center, at, facts } = reported;
    let Some(institution) = ORGANIZATIONS.iter().find(|organization| organization.id == clinic) else {
        return Ok(());
    };
    let identity = cases::identity(&mut *tx, case_id).await?.identity;
    let mut values = shared_items::prefill(&identity, &notified::episode(&facts));
    for (key, value) in facts.iter() {
        values.set(key, value);
    }
    for (key, value) in [
        ("receiving_center", center.to_string().as_str()),
        ("doctor_name", "出茂 医師"),
        ("institution_name", institution.name),
        ("institution_address", institution.address),
        ("institution_phone", institution.phone),
        ("current_postal_code", &identity.postal_code),
        ("current_address", &identity.address),
        ("registered_is_current", "yes"),
        // Nobody of a demo is sent anything.
        ("url_notice", "no"),
    ] {
        values.set(key, value);
    }
    let staff = Staff {
        account_id: account_of(clinic),
        organization_id: clinic,
        kind: institution.kind,
        organization_name: institution.name.into(),
        display_name: "デモ担当者".into(),
        sign_in_id: institution.account.sign_in_id.into(),
        is_issuer: false,
        waiting: 0,
        shows_past: false,
        list_address: String::new(),
        board_address: String::new(),
    };
    let client = Client { address: std::net::Ipv4Addr::LOCALHOST.into() };
    let filing = Filing {
        person: Person::Known(case_id),
        notification_id: Uuid::now_v7(),
        content: Content { edition: Edition::Full, values },
        proxy_for: None,
        sends_mail: false,
    };
    file::report(tx, app, Filer { staff: &staff, client: &client, at }, &filing).await.map(drop)
}

async fn write_organization(
    tx: &mut Tx,
    organization: &Organization,
    password_hash: &str,
    now: Timestamp,
) -> Result<()> {
    let wrong = |what: &str| Error::Internal(format!("demo data: {what} of {}", organization.code));
    let new = NewOrganization {
        organization_id: organization.id,
        name: organization.name.into(),
        code: Some(organization.code.into()),
        // Beyond the 47 prefectures.
        prefecture_code: "99".into(),
        governing_id: organization.governed_by,
        phone: organization.phone.into(),
        address: organization.address.into(),
    };
    create_organization(tx, organization.kind, &new, now).await?;
    let account = NewAccount {
        account_id: account_of(organization.id),
        organization_id: organization.id,
        sign_in_id: &MailAddress::parse(organization.account.sign_in_id).map_err(|_| wrong("sign-in ID"))?,
        display_name: "デモ担当者",
        password_hash,
        is_issuer: matches!(
            organization.kind,
            OrganizationKind::Ministry | OrganizationKind::HeadOffice | OrganizationKind::HealthCenter
        ),
        phone: &PhoneNumber::parse(organization.account.phone).map_err(|_| wrong("telephone number"))?,
    };
    create_account(tx, &account, now).await
}

fn account_of(organization_id: Uuid) -> Uuid {
    Uuid::from_u128(organization_id.as_u128() | 0x1000)
}

/// The people of the demo while they are drawn.
struct Draft<'a> {
    app: &'a App,
    now: Timestamp,
    rng: &'a mut Xoshiro256PlusPlus,
    episodes: Vec<Episode>,
    notified: Vec<Notified>,
}

/// A 発生届 that a clinic reported.
struct Notified {
    case_id: Uuid,
    clinic: Uuid,
    center: Uuid,
    at: Timestamp,
    facts: Values,
}

/// Who enters a case, and for whom.
#[derive(Clone, Copy)]
struct Entry {
    center: Uuid,
    city: &'static str,
    clinic: Option<Uuid>,
}

/// Somebody whose episode began some days ago.
struct Who {
    /// The family's cases have ids that later starts know.
    fixed_id: Option<Uuid>,
    days_ago: i64,
    kind: CaseKind,
    /// 契機となった感染者, should this be a contact.
    index: Option<Uuid>,
    identity: Identity,
}

impl Draft<'_> {
    /// Households whose episodes began over the past twelve days: some are over, most are not.
    fn add_others(&mut self) {
        let others = PEOPLE - FAMILY.len();
        while self.episodes.len() < others {
            let done = self.episodes.len();
            let (center, city, clinic) = match self.rng.random_range(0..10) {
                0..6 => (AOBA, "あおば市", AOBA_CLINIC),
                _ => (WAKABA, "わかば市", WAKABA_CLINIC),
            };
            let entry = Entry { center, city, clinic: self.rng.random_bool(0.4).then_some(clinic) };
            let days_ago = 12 - 12 * i64::try_from(done).unwrap_or(0) / i64::try_from(others).unwrap_or(1);
            let people = people::household(entry.city, self.now.day(), self.rng);
            let mut first = None;
            for person in people.into_iter().take(others - done) {
                let kind = if person.is_contact { CaseKind::Contact } else { CaseKind::Patient };
                let reporter = Reporter::draw(kind, person.age, account_of(center), self.rng);
                let identity = person.identity;
                let case_id =
                    self.add(entry, Who { fixed_id: None, days_ago, kind, index: first, identity }, &reporter);
                first = first.or(Some(case_id));
            }
        }
    }

    /// The family: reached by telephone so far, and still to report today.
    fn add_family(&mut self) {
        let today = self.now.day();
        let entry = Entry { center: AOBA, city: "あおば市", clinic: Some(AOBA_CLINIC) };
        let home = Home::draw(entry.city, self.rng);
        for ((name, kana, birth_on, sex, course, kind), case_id) in FAMILY.into_iter().zip(FAMILY_CASES) {
            let age = today.year() - birth_on.year();
            let identity = Identity {
                name: name.into(),
                kana: kana.into(),
                birth_on: Some(birth_on),
                sex: Some(sex),
                nationality: "日本".into(),
                phone: people::mobile_number(self.rng),
                ..home.identity(age, today, self.rng)
            };
            let reporter = Reporter {
                course,
                usual: Source::CallOut,
                has_oximeter: true,
                misses: 0.0,
                ..Reporter::draw(kind, age, account_of(AOBA), self.rng)
            };
            let index = (case_id != FAMILY_CASES[0]).then_some(FAMILY_CASES[0]);
            self.add(entry, Who { fixed_id: Some(case_id), days_ago: 4, kind, index, identity }, &reporter);
        }
    }

    /// What the record keeps: of patients what was notified and, for most, since when they are better; of contacts the
    /// last contact.
    fn episode(&mut self, kind: CaseKind, facts: &Values, began: Date) -> hersys_shared::episode::Episode {
        let mut episode = notified::episode(facts);
        match kind {
            CaseKind::Contact => {
                episode.0.set("last_contact_on", days::iso(began));
                episode.0.set("is_household", "yes");
            }
            CaseKind::Patient => {
                let better = began + Duration::days(self.rng.random_range(3..7));
                if self.rng.random_bool(0.6) && better <= self.now.day() && episode.onset_on().is_some() {
                    episode.0.set("relieved_on", days::iso(better));
                }
            }
        }
        episode
    }

    /// The last day of observation by the rules of today.
    fn last_day(&self, kind: CaseKind, episode: &hersys_shared::episode::Episode, facts: &Values) -> Option<Date> {
        let content = Content { edition: Edition::Full, values: facts.clone() };
        let known = recovery::known(kind, episode, Some(&content));
        recovery::compute(&self.app.texts.recovery, &known, self.now.day()).last_day
    }

    fn add(&mut self, entry: Entry, who: Who, reporter: &Reporter) -> Uuid {
        let Who { fixed_id, days_ago, kind, index, mut identity } = who;
        let today = self.now.day();
        let began = today - Duration::days(days_ago);
        let at = (Timestamp::start_of(began) + Duration::minutes(self.rng.random_range(540..1020))).min(self.now);
        identity.received_on = Some(began);
        let case_id = fixed_id.unwrap_or_else(|| ordered_id(at, self.rng));
        let age = identity.birth_on.and_then(|birth| Age::on(today, birth)).map_or(40, |age| age.years);
        // A contact has a record without a notification.
        let facts = match kind {
            CaseKind::Patient => notified::facts(age, began, self.rng),
            CaseKind::Contact => Values::default(),
        };
        let episode = self.episode(kind, &facts, began);
        let last_day = self.last_day(kind, &episode, &facts).unwrap_or(began + Duration::days(9));
        let until = last_day + Duration::days(1);
        // A third has yet to report today, and so has the family.
        let waits = fixed_id.is_some() || self.episodes.len().is_multiple_of(3);
        let period = Period {
            case_id,
            kind,
            from: began,
            until: until.min(if waits { today } else { today + Duration::days(1) }),
            now: self.now,
        };
        let reports = course::reports(&period, reporter, &self.app.texts, self.rng);
        if let Some(clinic) = entry.clinic.filter(|_| kind == CaseKind::Patient) {
            self.notified.push(Notified { case_id, clinic, center: entry.center, at, facts: facts.clone() });
        }
        let entered_by = entry.clinic.unwrap_or(entry.center);
        self.episodes.push(Episode {
            case: NewCase {
                case_id,
                kind,
                identity,
                episode,
                responsible_center_id: entry.center,
                receiving_center_id: entry.clinic.map(|_| entry.center),
                index_case_id: index.filter(|_| kind == CaseKind::Contact),
                observed_from: Some(began),
                // Most follow the computation; of some a centre has set the end, and what is over was let go.
                observed_until: if last_day < today {
                    Some(last_day)
                } else {
                    self.episodes.len().is_multiple_of(11).then_some(last_day + Duration::days(2))
                },
                account_id: account_of(entered_by),
                organization_id: entered_by,
                at,
            },
            reports,
        });
        case_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::config::{Config, Settings};
    use crate::seed::people::PREFECTURE;

    #[tokio::test]
    async fn a_second_start_changes_nothing() {
        let folder = std::env::temp_dir().join(format!("hersys-demo-{}", Uuid::now_v7()));
        let settings = Settings { data_dir: Some(folder.clone()), ..Settings::default() };
        let config = Config::from_settings(settings, true).unwrap();
        let clock = Clock::fixed(Timestamp::start_of(time::macros::date!(2022 - 08 - 01)) + Duration::hours(15));
        let app = App::open(config, clock).await.unwrap();
        let accounts = ensure(&app).await.unwrap();
        let family_at_first: Vec<_> = family(&app).await.unwrap().into_iter().map(|person| person.hersys_id).collect();
        app.clock.advance(Duration::days(1));
        ensure(&app).await.unwrap();
        let family_later: Vec<_> = family(&app).await.unwrap().into_iter().map(|person| person.hersys_id).collect();
        assert_eq!(family_at_first, family_later);
        assert_eq!((accounts.len(), family_later.len()), (7, 5));
        app.db.close().await;
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn organisations_named_with_the_accounts_are_those_written() {
        for organization in &ORGANIZATIONS {
            assert_eq!(organization.name, organization.account.organization);
            assert!(organization.address.is_empty() || organization.address.starts_with(PREFECTURE));
        }
    }
}
