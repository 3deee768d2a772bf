//! The ID管理 form as it is typed, and what it means once checked (§4).

use hersys_shared::identity::{Identity, IdentityForm, NOTICES_OFF};
use hersys_shared::symptoms::CaseKind;
use hersys_shared::{HersysId, Problems, days};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::access::{ItemGroup, Level, OrganizationKind, Staff, policy};
use crate::cases::store::{self, Case, Organization};
use crate::cases::{notice_policy, notices};
use crate::db::Db;
use crate::error::Result;

/// What was typed, kept as it is until it is right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseForm {
    #[serde(flatten)]
    pub identity: IdentityForm,
    /// The id that a new case will have, drawn with the empty form.
    pub case_id: String,
    /// The version of the document that is being edited.
    pub version: String,
    /// 区分
    pub kind: String,
    /// 担当保健所
    pub responsible_center_id: String,
    /// 契機となった感染者の方のＩＤ
    pub index_hersys_id: String,
    /// 健康観察 開始日 and 終了予定日
    pub observed_from: String,
    pub observed_until: String,
    /// 通知設定: empty where the box is not ticked.
    pub send_sms: String,
    /// What [`CaseForm::beside`] was when an existing case was opened: tells what the writer changed.
    pub beside_was: String,
    /// 【住所検索】, where no script runs.
    #[serde(skip_serializing)]
    pub postal_lookup: String,
}

/// The form's answers, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEntry {
    pub identity: Identity,
    pub kind: CaseKind,
    pub responsible_center_id: Uuid,
    pub index_case_id: Option<Uuid>,
    pub observed_from: Option<Date>,
    pub observed_until: Option<Date>,
    pub send_sms: bool,
}

/// What the writer may choose from and change; for an existing case also what it has now.
#[derive(Debug, Clone)]
pub struct FormContext {
    pub organization_id: Uuid,
    /// The writer's kind of ID.
    pub writer: OrganizationKind,
    pub centers: Vec<Organization>,
    /// The case that is edited.
    pub case: Option<Case>,
    /// OBS-09: of a new case.
    pub may_write_period: bool,
    /// Whether 担当保健所 of `case` is the writer's to hand over.
    pub may_hand_over: bool,
    /// The index case of `case`, as far as the writer reaches it.
    pub index_hersys_id: Option<HersysId>,
}

impl FormContext {
    /// For a new case.
    pub async fn for_new(db: &Db, staff: &Staff) -> Result<Self> {
        let own = store::organization(db, staff.organization_id).await?;
        let prefecture = own.map(|organization| organization.prefecture_code).unwrap_or_default();
        Ok(Self {
            organization_id: staff.organization_id,
            writer: staff.kind,
            centers: store::center_choices(db, &prefecture).await?,
            case: None,
            may_write_period: policy::may(staff.kind, ItemGroup::ObservationPeriod) == Level::Write,
            may_hand_over: false,
            index_hersys_id: None,
        })
    }

    /// For a case that is there.
    pub async fn for_case(db: &Db, staff: &Staff, case: Case) -> Result<Self> {
        let index_hersys_id = match case.index_case_id {
            Some(index_case_id) if store::reaches(db, staff.organization_id, index_case_id).await? => {
                store::case(db, index_case_id).await?.map(|index_case| index_case.hersys_id)
            }
            _ => None,
        };
        Ok(Self {
            may_hand_over: case.responsible_center_id == staff.organization_id
                && policy::may(staff.kind, ItemGroup::Sharing) == Level::Write,
            // OBS-09: of somebody who is there it is changed on its own page, with a reason.
            may_write_period: false,
            index_hersys_id,
            case: Some(case),
            ..Self::for_new(db, staff).await?
        })
    }

    /// Whether 契機となった感染者 is out of the writer's reach, so that it can only be kept.
    pub fn index_case_is_hidden(&self) -> bool {
        self.index_hersys_id.is_none() && self.case.as_ref().is_some_and(|case| case.index_case_id.is_some())
    }

    pub fn center_name(&self, center_id: Uuid) -> &str {
        let center = self.centers.iter().find(|center| center.organization_id == center_id);
        center.map_or("—", |center| &center.name)
    }
}

/// No observation began before the disease, and none is planned for the next century.
const FIRST_DAY: Date = time::macros::date!(2020 - 01 - 01);
const LAST_DAY: Date = time::macros::date!(2099 - 12 - 31);

impl CaseForm {
    /// An empty form for `staff`: today's dates, and the centre that is theirs (C-02).
    pub async fn empty(db: &Db, staff: &Staff, context: &FormContext, today: Date) -> Result<Self> {
        let center_id = match staff.kind {
            OrganizationKind::HealthCenter => Some(staff.organization_id),
            _ => store::organization(db, staff.organization_id).await?.and_then(|own| own.governing_id),
        };
        let known = center_id.filter(|id| context.centers.iter().any(|center| center.organization_id == *id));
        Ok(Self {
            identity: IdentityForm { received_on: days::iso(today), ..IdentityForm::default() },
            case_id: Uuid::now_v7().to_string(),
            kind: CaseKind::Patient.code().to_owned(),
            responsible_center_id: known.map(|id| id.to_string()).unwrap_or_default(),
            observed_from: if context.may_write_period { days::iso(today) } else { String::new() },
            ..Self::default()
        })
    }

    /// The form of what is stored.
    pub fn of(identity: &Identity, version: i64, context: &FormContext) -> Self {
        let day = |date: Option<Date>| date.map(days::iso).unwrap_or_default();
        let mut form = Self { identity: IdentityForm::from(identity), version: version.to_string(), ..Self::default() };
        if let Some(case) = &context.case {
            form.kind = case.kind.code().to_owned();
            form.responsible_center_id = case.responsible_center_id.to_string();
            // OBS-09: nor hidden in the form.
            if context.may_write_period {
                form.observed_from = day(case.observed_from);
                form.observed_until = day(case.observed_until);
            }
            form.index_hersys_id = context.index_hersys_id.as_ref().map(HersysId::spaced).unwrap_or_default();
        }
        form.beside_was = form.beside();
        form
    }

    /// What stands beside the ID管理 document, in one line: 区分, 契機となった感染者, 健康観察.
    fn beside(&self) -> String {
        [&self.kind, &self.index_hersys_id, &self.observed_from, &self.observed_until].map(|item| item.trim()).join("|")
    }

    /// `stored` with each item beside the document that this form's writer changed (PERM-08).
    pub fn beside_over(&self, stored: Self) -> Self {
        let was: Vec<&str> = self.beside_was.split('|').collect();
        let keep = |at: usize, mine: &String, theirs: String| {
            if was.get(at).is_none_or(|was| *was != mine.trim()) { mine.clone() } else { theirs }
        };
        Self {
            kind: keep(0, &self.kind, stored.kind),
            index_hersys_id: keep(1, &self.index_hersys_id, stored.index_hersys_id),
            observed_from: keep(2, &self.observed_from, stored.observed_from),
            observed_until: keep(3, &self.observed_until, stored.observed_until),
            ..stored
        }
    }

    /// Reads the form on `today`. What the writer may not change stays as it is.
    pub async fn check(&self, db: &Db, context: &FormContext, today: Date) -> Result<CaseEntry, CheckError> {
        let mut typed = self.identity.clone();
        // Browsers send line ends as CRLF; stored texts and comparisons know LF only.
        typed.note = typed.note.replace("\r\n", "\n");
        let (identity, mut problems) = match typed.check(today) {
            Ok(identity) => (identity, Problems::default()),
            Err(problems) => (Identity::default(), problems),
        };
        let kind = CaseKind::from_code(&self.kind);
        if kind.is_none() {
            problems.add("kind", "区分を選んでください（必須）。");
        }
        let responsible_center_id = self.center(context, &mut problems);
        let (observed_from, observed_until) = self.period(context, &mut problems);
        let index_case_id = self.index_case(db, context, kind, &mut problems).await?;
        let send_sms = !self.send_sms.is_empty();
        let phone_is_readable = problems.of("phone").is_none();
        if send_sms && phone_is_readable && !identity_phone_is_mobile(&typed) {
            problems
                .add("phone", "SMSを送るには、連絡先電話番号に携帯電話の番号（070・080・090など）を入力してください。");
        }
        if let (true, Some(center_id)) = (send_sms, responsible_center_id) {
            self.check_notice(db, context, center_id, &mut problems).await?;
        }
        match (kind, responsible_center_id) {
            (Some(kind), Some(responsible_center_id)) if problems.is_empty() => Ok(CaseEntry {
                identity,
                kind,
                responsible_center_id,
                index_case_id,
                observed_from,
                observed_until,
                send_sms,
            }),
            _ => Err(CheckError::Problems(problems)),
        }
    }

    fn center(&self, context: &FormContext, problems: &mut Problems) -> Option<Uuid> {
        // Of somebody who is there it changes by hand-over alone.
        if let Some(case) = &context.case {
            return Some(case.responsible_center_id);
        }
        let chosen = Uuid::parse_str(&self.responsible_center_id)
            .ok()
            .filter(|id| context.centers.iter().any(|center| center.organization_id == *id));
        if chosen.is_none() {
            problems.add("responsible_center_id", "担当保健所を選んでください（必須）。");
        }
        chosen
    }

    fn period(&self, context: &FormContext, problems: &mut Problems) -> (Option<Date>, Option<Date>) {
        if !context.may_write_period {
            let case = context.case.as_ref();
            return (case.and_then(|case| case.observed_from), case.and_then(|case| case.observed_until));
        }
        let mut day = |field: &str, typed: &str| {
            if typed.trim().is_empty() { None } else { problems.check(field, days::parse(typed)) }
        };
        let from = day("observed_from", &self.observed_from);
        let until = day("observed_until", &self.observed_until);
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            problems.add("observed_until", "終了予定日は開始日以降の日付にしてください。");
        }
        for (field, day) in [("observed_from", from), ("observed_until", until)] {
            if day.is_some_and(|day| day < FIRST_DAY || day > LAST_DAY) {
                problems.add(field, "年を確かめてください（2020年から2099年まで）。");
            }
        }
        (from, until)
    }

    /// NTF-08, NTF-09: an SMS goes neither against the person's 通知設定 nor against the centre's policy.
    async fn check_notice(
        &self,
        db: &Db,
        context: &FormContext,
        center_id: Uuid,
        problems: &mut Problems,
    ) -> Result<()> {
        if self.identity.notices == NOTICES_OFF {
            problems.add("send_sms", "通知設定が「しない」になっています。SMSを送るときは「する」にしてください。");
        } else if !notice_policy(db, center_id).await?.lets(context.writer) {
            problems.add("send_sms", notices::NOT_AGREED);
        }
        Ok(())
    }

    /// IDR-06: the index case of a contact, named by an ID within the writer's reach.
    async fn index_case(
        &self,
        db: &Db,
        context: &FormContext,
        kind: Option<CaseKind>,
        problems: &mut Problems,
    ) -> Result<Option<Uuid>> {
        const FIELD: &str = "index_hersys_id";
        if self.index_hersys_id.trim().is_empty() {
            let hidden = context.case.as_ref().filter(|_| context.index_case_is_hidden());
            return Ok(hidden.and_then(|case| case.index_case_id));
        }
        if kind == Some(CaseKind::Patient) && context.case.as_ref().is_none_or(|case| case.index_case_id.is_none()) {
            problems.add(FIELD, "契機となった感染者の方のＩＤは、区分が濃厚接触者のときだけ入力してください。");
            return Ok(None);
        }
        let Some(hersys_id) = problems.check(FIELD, HersysId::parse(&self.index_hersys_id)) else {
            return Ok(None);
        };
        let found = store::reachable_by_hersys_id(db, context.organization_id, &hersys_id).await?;
        let own = context.case.as_ref().map(|case| case.case_id);
        if found.is_none() {
            problems.add(FIELD, "このIDの方は見つかりません。番号を確かめるか、担当の保健所にお問い合わせください。");
        } else if found == own {
            problems.add(FIELD, "本人のIDです。契機となった感染者の方のＩＤを入力してください。");
        }
        Ok(found)
    }

    /// Every field by its name, to be carried from page to page.
    pub fn fields(&self) -> [(&'static str, &str); 28] {
        let identity = &self.identity;
        [
            ("case_id", &self.case_id),
            ("version", &self.version),
            ("kind", &self.kind),
            ("kana", &identity.kana),
            ("name", &identity.name),
            ("birth_on", &identity.birth_on),
            ("sex", &identity.sex),
            ("nationality", &identity.nationality),
            ("postal_code", &identity.postal_code),
            ("address", &identity.address),
            ("responsible_center_id", &self.responsible_center_id),
            ("emergency_name", &identity.emergency_name),
            ("emergency_relation", &identity.emergency_relation),
            ("emergency_phone_1", &identity.emergency_phone_1),
            ("emergency_phone_2", &identity.emergency_phone_2),
            ("phone", &identity.phone),
            ("mail", &identity.mail),
            ("received_on", &identity.received_on),
            ("occupation", &identity.occupation),
            ("workplace", &identity.workplace),
            ("note", &identity.note),
            ("local_id", &identity.local_id),
            ("notices", &identity.notices),
            ("index_hersys_id", &self.index_hersys_id),
            ("observed_from", &self.observed_from),
            ("observed_until", &self.observed_until),
            ("send_sms", &self.send_sms),
            ("beside_was", &self.beside_was),
        ]
    }
}

/// Why a form is no entry.
#[derive(Debug)]
pub enum CheckError {
    Problems(Problems),
    Failed(crate::error::Error),
}

impl From<crate::error::Error> for CheckError {
    fn from(error: crate::error::Error) -> Self {
        Self::Failed(error)
    }
}

fn identity_phone_is_mobile(form: &IdentityForm) -> bool {
    hersys_shared::PhoneNumber::parse(&form.phone).is_ok_and(|number| number.is_mobile())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_carried_from_page_to_page() {
        let form = CaseForm::default();
        let mut fields: Vec<&str> = form.fields().iter().map(|(name, _)| *name).collect();
        let count = fields.len();
        fields.sort_unstable();
        fields.dedup();
        assert_eq!(fields.len(), count);
    }
}
