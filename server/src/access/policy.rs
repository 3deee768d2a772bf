//! The permission matrix (§2.2 of the requirements, as amended) as exhaustive matches.
//! Default is deny: what no line allows is [`Level::None`].

/// The kind of an organisation, and with it of every ID that it holds (IDM-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrganizationKind {
    /// 厚生労働省
    Ministry,
    /// 保健所設置自治体本庁部門・都道府県調整本部
    HeadOffice,
    /// 保健所
    HealthCenter,
    /// 医療機関（外来・入院）
    MedicalInstitution,
    /// 健康フォローアップ機関
    FollowUp,
    /// 宿泊療養施設
    Accommodation,
    /// 感染症情報センター
    InformationCenter,
}

impl OrganizationKind {
    pub const ALL: [Self; 7] = [
        Self::Ministry,
        Self::HeadOffice,
        Self::HealthCenter,
        Self::MedicalInstitution,
        Self::FollowUp,
        Self::Accommodation,
        Self::InformationCenter,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Ministry => "ministry",
            Self::HeadOffice => "head_office",
            Self::HealthCenter => "health_center",
            Self::MedicalInstitution => "medical_institution",
            Self::FollowUp => "follow_up",
            Self::Accommodation => "accommodation",
            Self::InformationCenter => "information_center",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Ministry => "厚生労働省",
            Self::HeadOffice => "本庁・調整本部",
            Self::HealthCenter => "保健所",
            Self::MedicalInstitution => "医療機関",
            Self::FollowUp => "健康フォローアップ機関",
            Self::Accommodation => "宿泊療養施設",
            Self::InformationCenter => "感染症情報センター",
        }
    }
}

/// A group of items that is granted as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemGroup {
    /// Name, kana, age, sex, telephone, HER-SYS ID: what is needed to act for a person.
    Person,
    /// ID管理, all of it
    Identity,
    /// 発生届
    Notification,
    /// 検査
    Test,
    /// 基礎情報
    Basic,
    /// 居所
    Residence,
    /// 健康観察: table and graph
    Observation,
    /// 健康状態一覧の自由記述欄
    ObservationNote,
    /// 医師所見
    PhysicianFinding,
    /// 健康観察期間
    ObservationPeriod,
    /// 医療
    Medical,
    /// 記録（措置判定）
    Record,
    /// 行動歴
    Activity,
    /// 接触者・感染リンク・感染経路情報
    Contact,
    /// 共有・引継ぎ: 関係保健所, hand-over of 担当保健所, 紐づけ
    Sharing,
    /// 閲覧・変更履歴: who looked at and changed the record (SEC-12)
    Audit,
}

impl ItemGroup {
    pub const ALL: [Self; 16] = [
        Self::Person,
        Self::Identity,
        Self::Notification,
        Self::Test,
        Self::Basic,
        Self::Residence,
        Self::Observation,
        Self::ObservationNote,
        Self::PhysicianFinding,
        Self::ObservationPeriod,
        Self::Medical,
        Self::Record,
        Self::Activity,
        Self::Contact,
        Self::Sharing,
        Self::Audit,
    ];
}

/// How far an ID may go with an item group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    None,
    Read,
    Write,
}

/// Why an organisation reaches a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// 担当保健所
    Responsible,
    /// 届出先保健所
    Receiving,
    /// 関係保健所
    Related,
    /// Centre that is asked to take over 担当保健所 and has not answered: it reads enough to decide.
    Offered,
    /// Head office of the prefecture or city of a centre that reaches the case.
    Governing,
    /// Institution that entered the case.
    Entered,
    /// Hospital of an admission.
    Admitted,
    /// Follow-up organisation linked to the person (紐づけ).
    Linked,
    /// Accommodation facility whose guest the person is.
    Guest,
}

impl Relation {
    pub const ALL: [Self; 9] = [
        Self::Responsible,
        Self::Receiving,
        Self::Related,
        Self::Offered,
        Self::Governing,
        Self::Entered,
        Self::Admitted,
        Self::Linked,
        Self::Guest,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Responsible => "responsible",
            Self::Receiving => "receiving",
            Self::Related => "related",
            Self::Offered => "offered",
            Self::Governing => "governing",
            Self::Entered => "entered",
            Self::Admitted => "admitted",
            Self::Linked => "linked",
            Self::Guest => "guest",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.code() == code)
    }

    /// The most that this relation alone allows: a centre that only received the notification
    /// reads (C-02), and so does one that is asked to take over; the others go as far as their kind of ID.
    fn most(self, kind: OrganizationKind) -> Level {
        match self {
            // C-02: a centre that entered somebody for another one is neither 担当 nor 関係; it sees what it did.
            Self::Entered if kind == OrganizationKind::HealthCenter => Level::Read,
            Self::Receiving | Self::Offered => Level::Read,
            Self::Responsible
            | Self::Related
            | Self::Governing
            | Self::Entered
            | Self::Admitted
            | Self::Linked
            | Self::Guest => Level::Write,
        }
    }
}

/// What a kind of ID may do with an item group of a case within its reach.
pub fn may(kind: OrganizationKind, group: ItemGroup) -> Level {
    use ItemGroup as G;
    use Level::{None, Read, Write};
    match kind {
        // PERM-01: everything of its own jurisdiction.
        OrganizationKind::HealthCenter => match group {
            G::Person
            | G::Identity
            | G::Notification
            | G::Test
            | G::Basic
            | G::Residence
            | G::Observation
            | G::ObservationNote
            | G::PhysicianFinding
            | G::ObservationPeriod
            | G::Medical
            | G::Record
            | G::Activity
            | G::Contact
            | G::Sharing => Write,
            // SEC-12: nobody writes it.
            G::Audit => Read,
        },
        // PERM-02: reads everything in the prefecture, writes only 居所.
        OrganizationKind::HeadOffice => match group {
            G::Residence => Write,
            G::Person
            | G::Identity
            | G::Notification
            | G::Test
            | G::Basic
            | G::Observation
            | G::ObservationNote
            | G::PhysicianFinding
            | G::ObservationPeriod
            | G::Medical
            | G::Record
            | G::Activity
            | G::Contact
            | G::Sharing
            | G::Audit => Read,
        },
        // PERM-03, PERM-06, OBS-08, OBS-10, C-05, C-20.
        OrganizationKind::MedicalInstitution => match group {
            G::Person
            | G::Identity
            | G::Notification
            | G::Test
            | G::Basic
            | G::Residence
            | G::ObservationNote
            | G::Medical
            | G::Record => Write,
            G::Observation => Read,
            G::PhysicianFinding | G::ObservationPeriod | G::Activity | G::Contact | G::Sharing | G::Audit => None,
        },
        // PERM-04, FUP-03: health observation of linked people, nothing else.
        OrganizationKind::FollowUp => match group {
            G::Person => Read,
            G::Observation | G::ObservationNote | G::PhysicianFinding => Write,
            G::Identity
            | G::Notification
            | G::Test
            | G::Basic
            | G::Residence
            | G::ObservationPeriod
            | G::Medical
            | G::Record
            | G::Activity
            | G::Contact
            | G::Sharing
            | G::Audit => None,
        },
        // PERM-04, FUP-05: health observation of its guests. Whether it sees findings is open: deny.
        OrganizationKind::Accommodation => match group {
            G::Person => Read,
            G::Observation | G::ObservationNote => Write,
            G::Identity
            | G::Notification
            | G::Test
            | G::Basic
            | G::Residence
            | G::PhysicianFinding
            | G::ObservationPeriod
            | G::Medical
            | G::Record
            | G::Activity
            | G::Contact
            | G::Sharing
            | G::Audit => None,
        },
        // PERM-10, IDM-07: aggregates only; no item of a single person.
        OrganizationKind::Ministry | OrganizationKind::InformationCenter => match group {
            G::Person
            | G::Identity
            | G::Notification
            | G::Test
            | G::Basic
            | G::Residence
            | G::Observation
            | G::ObservationNote
            | G::PhysicianFinding
            | G::ObservationPeriod
            | G::Medical
            | G::Record
            | G::Activity
            | G::Contact
            | G::Sharing
            | G::Audit => None,
        },
    }
}

/// As what kind of ID an organisation acts for a person whom it reaches by `relation`. An institution
/// to which a person was linked (紐づけ) acts as follow-up organisation, with that kind's rights and no
/// others (IDM-08, FUP-03, C-23); only an organisation that has the right is ever linked.
fn acting_as(kind: OrganizationKind, relation: Relation) -> OrganizationKind {
    match (kind, relation) {
        (OrganizationKind::MedicalInstitution, Relation::Linked) => OrganizationKind::FollowUp,
        (kind, _) => kind,
    }
}

/// What an ID of `kind` may do with `group` of a case that it reaches by `relations`: the most that
/// one of them allows.
pub fn level(kind: OrganizationKind, group: ItemGroup, relations: &[Relation]) -> Level {
    relations
        .iter()
        .map(|relation| may(acting_as(kind, *relation), group).min(relation.most(kind)))
        .max()
        .unwrap_or(Level::None)
}

/// Whether an ID of `kind` may begin a record: 【発生届の提出前に使用】 (IDR-01, FORM-03, FORM-05).
pub fn may_register(kind: OrganizationKind) -> bool {
    match kind {
        OrganizationKind::HealthCenter | OrganizationKind::MedicalInstitution => true,
        OrganizationKind::Ministry
        | OrganizationKind::HeadOffice
        | OrganizationKind::FollowUp
        | OrganizationKind::Accommodation
        | OrganizationKind::InformationCenter => false,
    }
}

/// What an ID of `kind` may do with 届出受付: centres receive notifications (FORM-01), head offices see
/// how far their centres have come (PERM-02, PERM-09).
pub fn receives(kind: OrganizationKind) -> Level {
    match kind {
        OrganizationKind::HealthCenter => Level::Write,
        OrganizationKind::HeadOffice => Level::Read,
        OrganizationKind::Ministry
        | OrganizationKind::MedicalInstitution
        | OrganizationKind::FollowUp
        | OrganizationKind::Accommodation
        | OrganizationKind::InformationCenter => Level::None,
    }
}

/// What an ID of `kind` may do with 判定基準, the rules by which reports are judged: whoever answers for people under
/// observation writes those of its own, an office above for whoever has none of their own, the ministry for all.
pub fn rules(kind: OrganizationKind) -> Level {
    match kind {
        OrganizationKind::HealthCenter | OrganizationKind::HeadOffice | OrganizationKind::Ministry => Level::Write,
        OrganizationKind::MedicalInstitution
        | OrganizationKind::FollowUp
        | OrganizationKind::Accommodation
        | OrganizationKind::InformationCenter => Level::None,
    }
}

/// The kinds of organisation that have issuers (利用者認証実施者), §2.2 ID発行.
pub fn may_have_issuers(kind: OrganizationKind) -> bool {
    match kind {
        OrganizationKind::Ministry | OrganizationKind::HeadOffice | OrganizationKind::HealthCenter => true,
        OrganizationKind::MedicalInstitution
        | OrganizationKind::FollowUp
        | OrganizationKind::Accommodation
        | OrganizationKind::InformationCenter => false,
    }
}

/// Whether an ID of `kind` may list single people at all.
pub fn may_list(kind: OrganizationKind) -> bool {
    may(kind, ItemGroup::Person) >= Level::Read
}

#[cfg(test)]
mod tests;
