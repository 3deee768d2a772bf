//! The form of an organisation: what is typed, and what it means.

use hersys_shared::digits::half_width;
use hersys_shared::{MailAddress, PhoneNumber, Problems, days, prefectures};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use time::Date;
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::admin::line::{self, Line, Offices};
use crate::admin::organizations::Organization;
use crate::admin::organizations::reminders::{ReminderForm, ReminderPolicy};

const LONGEST_NAME: usize = 100;
const LONGEST_ADDRESS: usize = 200;
const LONGEST_CODE: usize = 32;

/// Tells one state of an organisation from another, so that a form of an older one is not saved over what somebody
/// else has decided since.
pub fn fingerprint(organization: &Organization) -> String {
    let state = Sha256::digest(format!("{organization:?}"));
    state.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The form as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct OrganizationForm {
    /// The [`fingerprint`] of what the form was opened with; empty for something new.
    pub seen: String,
    pub kind: String,
    pub code: String,
    pub name: String,
    pub prefecture_code: String,
    pub governing_id: String,
    pub phone: String,
    pub address: String,
    pub mail: String,
    pub is_city: String,
    pub outpatient: String,
    pub inpatient: String,
    pub follow_up: String,
    /// NTF-08, NTF-09: `on` or `off`; a form without them leaves the policy as it is.
    pub sends_url_notice: String,
    pub institutions_may_notify: String,
    #[serde(flatten)]
    pub reminders: ReminderForm,
    pub system_chief: String,
    pub system_manager: String,
    pub active_from: String,
    pub active_until: String,
}

/// How much of an organisation somebody may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Everything: an organisation below.
    All,
    /// How to reach it and who is responsible: one's own.
    Own,
}

/// Whether offices of this kind name the people responsible for the system (IDM-09).
pub fn has_roles(kind: OrganizationKind) -> bool {
    line::may_have_issuers(kind)
}

/// People are reached along these lines, so they stay as they were made.
pub fn governing_is_fixed(kind: OrganizationKind) -> bool {
    line::governing_kind(kind) != Some(OrganizationKind::HealthCenter)
}

impl OrganizationForm {
    pub fn of(organization: &Organization) -> Self {
        let on = |is: bool| if is { "on".to_owned() } else { String::new() };
        let on_off = |is: bool| if is { "on".to_owned() } else { "off".to_owned() };
        let day = |day: Option<Date>| day.map(days::iso).unwrap_or_default();
        Self {
            seen: fingerprint(organization),
            kind: organization.kind.code().into(),
            code: organization.code.clone().unwrap_or_default(),
            name: organization.name.clone(),
            prefecture_code: organization.prefecture_code.clone(),
            governing_id: organization.governing_id.map(|id| id.to_string()).unwrap_or_default(),
            phone: organization.phone.clone(),
            address: organization.address.clone(),
            mail: organization.mail.clone(),
            is_city: on(organization.is_city),
            outpatient: on(organization.outpatient),
            inpatient: on(organization.inpatient),
            follow_up: on(organization.follow_up),
            sends_url_notice: on_off(organization.sends_url_notice),
            institutions_may_notify: on_off(organization.institutions_may_notify),
            reminders: ReminderForm::of(&organization.reminders),
            system_chief: organization.system_chief.clone(),
            system_manager: organization.system_manager.clone(),
            active_from: day(organization.active_from),
            active_until: day(organization.active_until),
        }
    }

    /// The organisation that `manager` means to make.
    pub fn check_new(
        &self,
        kind: OrganizationKind,
        manager: &Line,
        offices: &Offices,
    ) -> Result<Organization, Problems> {
        let blank = Organization {
            organization_id: Uuid::now_v7(),
            kind,
            name: String::new(),
            code: None,
            prefecture_code: String::new(),
            governing_id: None,
            phone: String::new(),
            address: String::new(),
            mail: String::new(),
            is_city: false,
            outpatient: false,
            inpatient: false,
            follow_up: false,
            sends_url_notice: true,
            institutions_may_notify: false,
            reminders: ReminderPolicy::default(),
            system_chief: String::new(),
            system_manager: String::new(),
            active_from: None,
            active_until: None,
        };
        let mut problems = Problems::default();
        let mut organization = blank;
        organization.is_city = kind == OrganizationKind::HeadOffice && !self.is_city.is_empty();
        self.check_place(&mut organization, manager, offices, &mut problems);
        self.check_all(&mut organization, &mut problems);
        if problems.is_empty() { Ok(organization) } else { Err(problems) }
    }

    /// `current` with what was typed, as far as `extent` goes.
    pub fn check_change(
        &self,
        current: &Organization,
        extent: Extent,
        manager: &Line,
        offices: &Offices,
    ) -> Result<Organization, Problems> {
        let mut problems = Problems::default();
        let mut organization = current.clone();
        match extent {
            Extent::Own => self.check_own(&mut organization, &mut problems),
            Extent::All => {
                if !governing_is_fixed(current.kind) {
                    self.check_place(&mut organization, manager, offices, &mut problems);
                }
                self.check_all(&mut organization, &mut problems);
            }
        }
        if problems.is_empty() { Ok(organization) } else { Err(problems) }
    }

    /// Prefecture and governing office: within the manager's line, whatever was sent.
    fn check_place(&self, organization: &mut Organization, manager: &Line, offices: &Offices, problems: &mut Problems) {
        let kind = organization.kind;
        let wanted = self.governing_id.trim();
        let chosen = match (Uuid::parse_str(wanted), offices.places(manager, kind).as_slice()) {
            (Ok(id), places) => places.iter().find(|office| office.organization_id == id).copied(),
            // Where there is but one place, it goes without saying.
            (Err(_), [only]) if wanted.is_empty() && kind != OrganizationKind::HeadOffice => Some(*only),
            (Err(_), _) => None,
        };
        if let Some(office) = chosen.filter(|_| kind != OrganizationKind::HeadOffice || organization.is_city) {
            organization.governing_id = Some(office.organization_id);
            organization.prefecture_code.clone_from(&office.prefecture_code);
            return;
        }
        if kind != OrganizationKind::HeadOffice {
            let office = line::governing_kind(kind).map_or("所管", OrganizationKind::label);
            problems.add("governing_id", format!("所管する{office}を選んでください。"));
            return;
        }
        if !wanted.is_empty() {
            problems.add(
                "governing_id",
                "所管する本庁は、市区本庁の場合に、同じ都道府県の本庁・調整本部から選んでください。",
            );
        }
        organization.governing_id = None;
        match prefectures::name(&self.prefecture_code) {
            Some(_) if self.prefecture_code.len() == 2 => {
                organization.prefecture_code.clone_from(&self.prefecture_code)
            }
            _ => problems.add("prefecture_code", "都道府県を選んでください（コードは01から47の2桁です）。"),
        }
    }

    fn check_all(&self, organization: &mut Organization, problems: &mut Problems) {
        if let Some(name) = text(problems, "name", "名称", &self.name, LONGEST_NAME) {
            if name.is_empty() {
                problems.add("name", "名称を入力してください。");
            }
            organization.name = name;
        }
        organization.code = problems.check("code", code(&self.code));
        self.check_own(organization, problems);
        if organization.kind == OrganizationKind::MedicalInstitution {
            organization.outpatient = !self.outpatient.is_empty();
            organization.inpatient = !self.inpatient.is_empty();
            organization.follow_up = !self.follow_up.is_empty();
        }
        organization.active_from = day(problems, "active_from", &self.active_from);
        organization.active_until = day(problems, "active_until", &self.active_until);
        if let (Some(from), Some(until)) = (organization.active_from, organization.active_until)
            && until < from
        {
            problems.add("active_until", "利用停止日は、利用開始日より後の日にしてください。");
        }
    }

    fn check_own(&self, organization: &mut Organization, problems: &mut Problems) {
        match self.phone.trim() {
            "" if organization.kind == OrganizationKind::HealthCenter => {
                problems.add("phone", "電話番号を入力してください。担当する方の画面に、連絡先として表示されます。");
            }
            "" => organization.phone = String::new(),
            typed => {
                if let Some(phone) = problems.check("phone", PhoneNumber::parse(typed)) {
                    organization.phone = phone.as_str().to_owned();
                }
            }
        }
        if let Some(address) = text(problems, "address", "住所", &self.address, LONGEST_ADDRESS) {
            organization.address = address;
        }
        match self.mail.trim() {
            "" => organization.mail = String::new(),
            typed => {
                if let Some(mail) = problems.check("mail", MailAddress::parse(typed)) {
                    organization.mail = mail.as_str().to_owned();
                }
            }
        }
        if organization.kind == OrganizationKind::HealthCenter {
            let policy = |typed: &str, current: bool| match typed {
                "on" => true,
                "off" => false,
                _ => current,
            };
            organization.sends_url_notice = policy(&self.sends_url_notice, organization.sends_url_notice);
            organization.institutions_may_notify =
                policy(&self.institutions_may_notify, organization.institutions_may_notify);
            organization.reminders = self.reminders.check(&organization.reminders, problems);
        }
        if has_roles(organization.kind) {
            if let Some(chief) =
                text(problems, "system_chief", "システム利用統括責任者", &self.system_chief, LONGEST_NAME)
            {
                organization.system_chief = chief;
            }
            if let Some(manager) =
                text(problems, "system_manager", "システム利用管理者", &self.system_manager, LONGEST_NAME)
            {
                organization.system_manager = manager;
            }
        }
    }
}

fn text(problems: &mut Problems, field: &str, label: &str, typed: &str, longest: usize) -> Option<String> {
    let typed = typed.trim();
    if typed.chars().count() > longest {
        problems.add(field, format!("{label}は{longest}文字以内で入力してください。"));
        return None;
    }
    if typed.chars().any(char::is_control) {
        problems.add(field, format!("{label}に改行などの使えない文字があります。1行で入力してください。"));
        return None;
    }
    Some(typed.to_owned())
}

/// A code as it is stored: half width, letters, digits, hyphen and underscore.
pub fn code(typed: &str) -> Result<String, String> {
    let code = half_width(typed).trim().to_owned();
    if code.is_empty() {
        return Err(
            "コードを入力してください。保健所コードや医療機関コードなど、同じ種別の中で重ならない番号です。".into()
        );
    }
    let fits =
        code.len() <= LONGEST_CODE && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if fits {
        Ok(code)
    } else {
        Err(format!("コードは半角の英数字とハイフンで、{LONGEST_CODE}文字以内にしてください。"))
    }
}

fn day(problems: &mut Problems, field: &str, typed: &str) -> Option<Date> {
    let typed = typed.trim();
    if typed.is_empty() { None } else { problems.check(field, days::parse(typed)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::OrganizationKind as K;
    use crate::admin::line::Office;

    fn office(number: u128, kind: K, governing: Option<u128>) -> Office {
        Office {
            organization_id: Uuid::from_u128(number),
            kind,
            name: format!("office {number}"),
            code: Some(number.to_string()),
            prefecture_code: "13".into(),
            governing_id: governing.map(Uuid::from_u128),
        }
    }

    fn offices() -> Offices {
        Offices::new([
            office(1, K::HeadOffice, None),
            office(2, K::HealthCenter, Some(1)),
            office(3, K::HealthCenter, Some(1)),
        ])
    }

    fn manager(offices: &Offices, number: u128) -> Line {
        offices.line_of(offices.get(Uuid::from_u128(number)).unwrap())
    }

    fn clinic() -> OrganizationForm {
        OrganizationForm {
            name: "さくら診療所".into(),
            code: "１３－１".into(),
            follow_up: "on".into(),
            ..OrganizationForm::default()
        }
    }

    #[test]
    fn a_centers_clinic_is_governed_by_it_without_asking() {
        let offices = offices();
        let made = clinic().check_new(K::MedicalInstitution, &manager(&offices, 2), &offices).unwrap();
        assert_eq!((made.governing_id, made.prefecture_code.as_str()), (Some(Uuid::from_u128(2)), "13"));
        assert_eq!(made.code.as_deref(), Some("13-1"));
        assert!(made.follow_up && !made.inpatient);
    }

    #[test]
    fn nobody_places_an_organization_outside_their_line() {
        let offices = offices();
        let sent = OrganizationForm { governing_id: Uuid::from_u128(3).to_string(), ..clinic() };
        let refused = sent.check_new(K::MedicalInstitution, &manager(&offices, 2), &offices).unwrap_err();
        assert!(refused.of("governing_id").is_some());
        assert!(sent.check_new(K::MedicalInstitution, &manager(&offices, 1), &offices).is_ok(), "the head office may");
    }

    #[test]
    fn idm_09_ones_own_office_changes_contact_and_roles_only() {
        let offices = offices();
        let center = Organization {
            name: "あおば保健所".into(),
            kind: K::HealthCenter,
            ..clinic().check_new(K::MedicalInstitution, &manager(&offices, 2), &offices).unwrap()
        };
        let sent = OrganizationForm {
            name: "よその保健所".into(),
            active_until: "2022-01-01".into(),
            phone: "03-1234-5678".into(),
            system_chief: "所長 青葉 花子".into(),
            ..OrganizationForm::default()
        };
        let changed = sent.check_change(&center, Extent::Own, &manager(&offices, 2), &offices).unwrap();
        assert_eq!((changed.name.as_str(), changed.active_until), ("あおば保健所", None));
        assert_eq!((changed.phone.as_str(), changed.system_chief.as_str()), ("0312345678", "所長 青葉 花子"));
        assert_eq!(center.differences(&changed), ["電話番号", "システム利用統括責任者"]);
    }

    #[test]
    fn wrong_input_has_its_sentence_beside_its_field() {
        let offices = offices();
        let sent = OrganizationForm {
            name: "あ".repeat(101),
            code: "番号".into(),
            phone: "12".into(),
            mail: "kansen@".into(),
            active_from: "2022/9/26".into(),
            active_until: "2022/9/25".into(),
            ..OrganizationForm::default()
        };
        let problems = sent.check_new(K::MedicalInstitution, &manager(&offices, 1), &offices).unwrap_err();
        for field in ["name", "code", "phone", "mail", "active_until", "governing_id"] {
            assert!(problems.of(field).is_some(), "{field}");
        }
    }
}
