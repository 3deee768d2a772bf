//! What the PWA and the server say to each other under `/api/patient/`.
//!
//! There is deliberately no type that carries observations back to a patient (PERM-05, MY-19).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::problem::Problem;
use crate::symptoms::{CaseKind, EmergencySign, SymptomSet};

pub use crate::report::Report;

/// Every refusal. `message` is a Japanese sentence that can be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ApiError {
    pub code: ErrorCode,
    pub message: String,
    /// What is wrong with which field; empty where no single field is to blame.
    #[serde(default)]
    pub problems: Vec<Problem>,
    /// Seconds after which trying again makes sense.
    #[serde(default)]
    pub retry_after: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum ErrorCode {
    /// 400/422: see `problems`.
    InvalidInput,
    /// 401: not signed in, or the session has ended.
    NotSignedIn,
    /// 401: mail address or password is wrong.
    WrongCredentials,
    /// 403: the request came from another site.
    CrossSite,
    /// 404
    NotFound,
    /// 409: the code is wrong.
    WrongCode,
    /// 410: the code has expired, was used up, or was tried too often.
    CodeExpired,
    /// 409: HER-SYS ID and birth date do not belong together.
    Mismatch,
    /// 409: this person is already on the account.
    AlreadyLinked,
    /// 423: locked for a while.
    Locked,
    /// 413
    TooLarge,
    /// 429
    TooManyRequests,
    /// 503: the server is overloaded or its database is away.
    Unavailable,
    /// 500
    Internal,
}

/// `POST /api/patient/codes`: send a 確認コード.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CodeRequest {
    pub mail: String,
    pub purpose: CodePurpose,
}

/// What a 確認コード is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum CodePurpose {
    /// 新規登録
    Registration,
    /// A forgotten password.
    PasswordReset,
    /// A new mail address for the signed-in account; `mail` is the new one.
    MailChange,
}

/// `202`: the same whether or not the address has an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CodeSent {
    /// Names this sending in the next steps.
    pub ticket: Uuid,
    /// Seconds after which the code can be sent again.
    pub resend_after: u64,
    /// Seconds for which the code is good.
    pub expires_in: u64,
}

/// `POST /api/patient/codes/{ticket}/confirmation`: 【コードの確認】. `204` when right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CodeConfirmation {
    /// Six digits, in any usual writing.
    pub code: String,
}

/// `POST /api/patient/account`: 【作成】 with a confirmed ticket. `201`, signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewAccount {
    pub ticket: Uuid,
    pub password: String,
    pub password_repeated: String,
}

/// `POST /api/patient/session`: sign in. `204` with a cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SignIn {
    pub mail: String,
    pub password: String,
}

/// `PUT /api/patient/account/password`: `204`. Either the current password (signed in) or a confirmed
/// ticket of purpose `password_reset`; every other session of the account ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewPassword {
    #[serde(default)]
    pub current: Option<String>,
    #[serde(default)]
    pub ticket: Option<Uuid>,
    pub password: String,
    pub password_repeated: String,
}

/// `PUT /api/patient/account/mail`: `204` with a confirmed ticket of purpose `mail_change`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewMail {
    pub ticket: Uuid,
    pub current_password: String,
}

/// `GET /api/patient/invitations/{token}`: the ID behind a link of an SMS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Invitation {
    pub hersys_id: String,
}

/// `POST /api/patient/people`: 「属性を保存する」. `201` with the [`Person`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewPerson {
    /// 氏名; cannot be changed later (MY-13).
    pub name: String,
    /// 生年月日 in any usual writing.
    pub birth_date: String,
    /// HER-SYS ID in any usual writing.
    pub hersys_id: String,
}

/// One person of the household, as far as the account may know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Person {
    pub person_id: Uuid,
    /// As the account's owner typed it.
    pub name: String,
    pub kind: CaseKind,
    /// `8:12`, when today's last report arrived; absent when none has. A receipt, not a reading (MY-19).
    pub reported_today_at: Option<String>,
    /// First and last day (`2022-08-01`) of the observation period; `until` may not be known yet.
    pub observed_from: Option<String>,
    pub observed_until: Option<String>,
    /// Whether reports are taken today.
    pub under_observation: bool,
    /// The health centre to call about this person.
    pub center_name: String,
    pub center_phone: String,
    /// What was asked of the health centre and is not settled yet.
    #[serde(default)]
    pub open_wish: Option<Wish>,
    /// How the person is contacted at present, where that differs from the usual: `stop` or `call`.
    #[serde(default)]
    pub in_effect: Option<Wish>,
    /// Whether a 療養証明書 can be shown.
    #[serde(default)]
    pub has_certificate: bool,
}

/// What a person may ask of the health centre about its messages (OBS-12, OBS-13, MY-22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum Wish {
    /// お知らせを止めたい
    Stop,
    /// 電話での確認にしたい
    Call,
    /// お知らせを再開したい
    Resume,
}

impl Wish {
    pub const ALL: [Self; 3] = [Self::Stop, Self::Call, Self::Resume];

    /// As the tables keep it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Call => "call",
            Self::Resume => "resume",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wish| wish.code() == code)
    }
}

/// `POST /api/patient/people/{person_id}/requests`: asks the health centre. `204`; asking twice is asking once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewWish {
    pub wish: Wish,
}

/// `GET /api/patient/push`: notifications to browsers (Web Push).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PushOffer {
    /// The installation's key (`applicationServerKey`), base64url; absent where none are sent.
    pub public_key: Option<String>,
    /// For each device of the account the SHA-256 of its endpoint, base64url: by it a browser knows itself.
    pub devices: Vec<String>,
}

/// `POST /api/patient/push`: this browser takes notifications. `204`. As `PushSubscription.toJSON()` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewDevice {
    pub endpoint: String,
    pub keys: DeviceKeys,
}

/// By which messages to a browser are encrypted (RFC 8291).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DeviceKeys {
    /// 65 bytes, base64url.
    pub p256dh: String,
    /// 16 bytes, base64url.
    pub auth: String,
}

/// `DELETE /api/patient/push`: this browser takes none any more. `204`, whether or not it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct GoneDevice {
    pub endpoint: String,
}

/// `GET /api/patient/household`: home after sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Household {
    /// Today in Japan, `2022-08-01`.
    pub today: String,
    /// The account's own mail address, for the settings page.
    pub mail: String,
    /// Whoever is due comes first.
    pub people: Vec<Person>,
}

/// `GET /api/patient/form`: what is asked, as data, and the texts around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReportForm {
    /// One set for each kind.
    pub symptom_sets: Vec<SymptomSet>,
    pub emergency_signs: Vec<EmergencySign>,
    pub emergency: EmergencyText,
    /// What happens after a report, paragraph by paragraph.
    pub after_report: Vec<String>,
    /// Whom to call, by how bad it is; the worst first.
    pub help: Vec<HelpText>,
}

/// When to call whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HelpText {
    /// すぐに助けが必要なとき
    pub title: String,
    /// By what to tell it.
    pub when: String,
    /// Whether the person's own health centre is to be called: the page adds its number.
    #[serde(default)]
    pub center: bool,
    #[serde(default)]
    pub calls: Vec<EmergencyCall>,
}

/// Shown as soon as an emergency sign is ticked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EmergencyText {
    /// 今すぐ助けが必要な症状がありますか
    pub question: String,
    pub title: String,
    pub paragraphs: Vec<String>,
    /// Whom to call, the most urgent first. The person's own health centre is added by the page.
    pub calls: Vec<EmergencyCall>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EmergencyCall {
    pub label: String,
    pub phone: String,
}

/// `POST /api/patient/reports`: reports for one or more people. Safe to repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewReports {
    /// 1…50 reports.
    pub reports: Vec<Report>,
}

/// `200`, once everything stored is durable: one outcome for each report, in the order sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReportOutcomes {
    pub outcomes: Vec<ReportOutcome>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReportOutcome {
    pub report_id: Uuid,
    pub person_id: Uuid,
    #[serde(flatten)]
    pub result: ReportResult,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum ReportResult {
    /// Durable. `received_at` is the time of the first arrival, `2022-08-01T08:12:34+09:00`.
    Stored { received_at: String },
    /// Not stored; `message` says why.
    Refused { reason: RefusalReason, message: String, problems: Vec<Problem> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum RefusalReason {
    InvalidInput,
    /// The person is not on this account.
    UnknownPerson,
    /// The observation period is over or has not begun.
    NotUnderObservation,
    /// It was asked for on an earlier day.
    AnotherDay,
    /// The report's id was used before with other contents.
    IdReused,
}
