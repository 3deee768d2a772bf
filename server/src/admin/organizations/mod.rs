//! Organisations: what they are, since when they take part, and who looks after them
//! (IDM-06…IDM-10, GEN-07).

mod edit;
mod fields;
pub mod form;
mod import;
mod pages;
pub mod plan;
mod reminders;
mod show;
pub mod store;

use hersys_shared::days;
use serde_json::{Map, Value as Json, json};
use time::Date;
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::access::grant::Issuer;
use crate::access::organization::{OrganizationState, organization_state};
use crate::admin::line::{self, Line, Offices};
use crate::admin::organizations::reminders::ReminderPolicy;
use crate::db::Handle;
use crate::error::{Error, Result};
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .get("/staff/admin/organizations", Guard::Issuer, pages::list)
        .get("/staff/admin/organizations/new", Guard::Issuer, edit::new)
        .post("/staff/admin/organizations", Guard::Issuer, edit::create)
        .get("/staff/admin/organizations/import", Guard::Issuer, import::page)
        .post("/staff/admin/organizations/import/preview", Guard::Issuer, import::with_room(import::preview))
        .post("/staff/admin/organizations/import", Guard::Issuer, import::with_room(import::create))
        .get("/staff/admin/organizations/{organization_id}", Guard::Issuer, show::page)
        .get("/staff/admin/organizations/{organization_id}/edit", Guard::Issuer, edit::edit)
        .post("/staff/admin/organizations/{organization_id}/edit", Guard::Issuer, edit::update)
        .get("/staff/admin/organizations/{organization_id}/deactivation", Guard::Issuer, show::deactivation)
        .post("/staff/admin/organizations/{organization_id}/deactivation", Guard::Issuer, edit::deactivate)
        .post("/staff/admin/organizations/{organization_id}/activation", Guard::Issuer, edit::activate)
}

/// An organisation with all that administrators keep of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    pub organization_id: Uuid,
    pub kind: OrganizationKind,
    pub name: String,
    pub code: Option<String>,
    pub prefecture_code: String,
    pub governing_id: Option<Uuid>,
    pub phone: String,
    pub address: String,
    /// Where it is told that something waits for it (SHR-05, NTF-07); empty: on its top page alone.
    pub mail: String,
    /// A city's head office, not the prefecture's.
    pub is_city: bool,
    pub outpatient: bool,
    pub inpatient: bool,
    /// IDM-08: 健康フォローアップ機関の権限 on top of an institution's own.
    pub follow_up: bool,
    /// NTF-08: a health centre's default of 通知設定.
    pub sends_url_notice: bool,
    /// NTF-09: a health centre has agreed that institutions send the notice of URL and ID.
    pub institutions_may_notify: bool,
    /// NTF-04, NTF-08: a health centre's way with requests to report.
    pub reminders: ReminderPolicy,
    /// IDM-09: システム利用統括責任者
    pub system_chief: String,
    /// IDM-09: システム利用管理者
    pub system_manager: String,
    /// GEN-07, IDM-10: the first day.
    pub active_from: Option<Date>,
    /// The first day no more.
    pub active_until: Option<Date>,
}

impl Organization {
    pub fn line(&self, offices: &Offices) -> Line {
        offices.line(self.organization_id, self.kind, self.governing_id)
    }

    pub fn state(&self, today: Date) -> OrganizationState {
        organization_state(self.active_from, self.active_until, today)
    }

    /// The kind as people name it: which head office, which institution.
    pub fn kind_label(&self) -> String {
        match self.kind {
            OrganizationKind::HeadOffice if self.is_city => "市区本庁".into(),
            OrganizationKind::HeadOffice => "都道府県本庁・調整本部".into(),
            OrganizationKind::MedicalInstitution => match (self.outpatient, self.inpatient) {
                (true, true) => "医療機関（外来・入院）".into(),
                (true, false) => "医療機関（外来）".into(),
                (false, true) => "医療機関（入院）".into(),
                (false, false) => "医療機関".into(),
            },
            kind => kind.label().into(),
        }
    }

    /// Every field that an edit may change, with its label and its value in words.
    fn fields(&self) -> [(&'static str, String); 18] {
        let yes = |is: bool| if is { "はい".to_owned() } else { String::new() };
        let day = |day: Option<Date>| day.map(days::iso).unwrap_or_default();
        [
            ("名称", self.name.clone()),
            ("コード", self.code.clone().unwrap_or_default()),
            ("都道府県", self.prefecture_code.clone()),
            ("所管", self.governing_id.map(|id| id.to_string()).unwrap_or_default()),
            ("電話番号", self.phone.clone()),
            ("住所", self.address.clone()),
            ("メールアドレス", self.mail.clone()),
            ("市区本庁", yes(self.is_city)),
            ("外来", yes(self.outpatient)),
            ("入院", yes(self.inpatient)),
            ("健康フォローアップ", yes(self.follow_up)),
            ("URL・IDの通知", yes(self.sends_url_notice)),
            ("医療機関からの通知", yes(self.institutions_may_notify)),
            ("入力のお願い", self.reminders.words()),
            ("システム利用統括責任者", self.system_chief.clone()),
            ("システム利用管理者", self.system_manager.clone()),
            ("利用開始日", day(self.active_from)),
            ("利用停止日", day(self.active_until)),
        ]
    }

    /// What is different in `other`: labels of fields.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let pairs = self.fields().into_iter().zip(other.fields());
        pairs.filter(|((_, one), (_, two))| one != two).map(|((label, _), _)| label).collect()
    }

    /// Before and after of what an edit changed, for the audit.
    fn change_to(&self, other: &Self) -> Json {
        let (mut before, mut after) = (Map::new(), Map::new());
        for ((label, old), (_, new)) in self.fields().into_iter().zip(other.fields()) {
            if old != new {
                before.insert(label.into(), old.into());
                after.insert(label.into(), new.into());
            }
        }
        json!({ "organization_id": self.organization_id, "before": before, "after": after })
    }
}

/// What an issuer's administration goes by: its own place in the line, and the offices around it.
pub struct Desk {
    pub own: Line,
    pub offices: Offices,
}

impl Desk {
    pub async fn of(issuer: &Issuer) -> Result<Self> {
        Self::read(issuer, issuer.db()).await
    }

    pub async fn read(issuer: &Issuer, on: impl Into<Handle<'_>>) -> Result<Self> {
        let offices = Offices::new(store::offices(on).await?);
        let staff = issuer.staff();
        let governing_id = offices.get(staff.organization_id).and_then(|own| own.governing_id);
        Ok(Self { own: offices.line(staff.organization_id, staff.kind, governing_id), offices })
    }

    /// An organisation that the issuer oversees; any other is as good as absent.
    pub async fn organization(&self, issuer: &Issuer, organization_id: Uuid) -> Result<Organization> {
        store::organization(issuer.db(), organization_id)
            .await?
            .filter(|organization| line::oversees(&self.own, &organization.line(&self.offices)))
            .ok_or(Error::NotFound)
    }

    /// Whose issuers issue the IDs of an organisation, in words.
    pub fn issuer_of(&self, organization: &Organization) -> String {
        let office = match organization.kind {
            OrganizationKind::Ministry | OrganizationKind::HeadOffice => OrganizationKind::Ministry.label(),
            _ => self.office_name(organization.governing_id),
        };
        format!("{office}の利用者認証実施者")
    }

    pub fn office_name(&self, organization_id: Option<Uuid>) -> &str {
        organization_id.and_then(|id| self.offices.get(id)).map_or("", |office| office.name.as_str())
    }
}
