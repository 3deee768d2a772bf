//! What institutions' systems send and get.

use hersys_shared::api::ErrorCode;
use hersys_shared::notification::WarningKind;
use hersys_shared::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::notification::api::values::NotificationValues;

/// A notification to be filed (感染症法12条1項).
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNotification {
    /// Made by the sender, once for each notification; without it the `Idempotency-Key` stands for it.
    #[serde(default)]
    pub notification_id: Option<Uuid>,
    /// `2020`, `2022-06` or `2022-07`; without it the rules of the day decide.
    #[serde(default)]
    pub edition: Option<String>,
    /// スマホ入力ID of somebody whom the institution has registered: a further notification (追加登録).
    #[serde(default)]
    pub hersys_id: Option<String>,
    pub values: NotificationValues,
    /// 【続ける】: the warnings of the first answer were seen, and this is to be filed all the same.
    #[serde(default)]
    pub confirmed_warnings: bool,
    /// メール送信 to the receiving centre.
    #[serde(default = "yes")]
    pub send_mail: bool,
}

fn yes() -> bool {
    true
}

/// A notification that was filed, now or before under the same id.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FiledNotification {
    pub notification_id: Uuid,
    pub version: i64,
    /// スマホ入力ID of the person.
    pub hersys_id: String,
}

/// Something that is asked about once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotificationWarning {
    /// The item's key.
    pub field: String,
    /// `empty`, `order`, `doubtful` or `duplicate`.
    pub kind: String,
    /// A Japanese sentence.
    pub message: String,
}

pub fn kind(kind: WarningKind) -> &'static str {
    match kind {
        WarningKind::Empty => "empty",
        WarningKind::Order => "order",
        WarningKind::Doubtful => "doubtful",
    }
}

/// Why nothing was filed: like any refusal, with what is asked about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotificationRefusal {
    pub code: ErrorCode,
    pub message: String,
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// What `"confirmed_warnings": true` accepts.
    pub warnings: Vec<NotificationWarning>,
}

/// Where a notification stands.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotificationState {
    pub notification_id: Uuid,
    pub version: i64,
    /// `new`, `changed`, `asked`, `answered`, `confirmed`, `reported` or `deleted`.
    pub state: String,
    /// The state in words.
    pub state_label: String,
    /// The last version that the health centre has confirmed.
    pub confirmed_version: Option<i64>,
    /// 照会 of the health centre and the answers, the first first.
    pub questions: Vec<NotificationWord>,
}

/// One word of the thread between centre and institution.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotificationWord {
    /// `question` or `answer`
    pub kind: String,
    pub body: String,
    /// RFC 3339
    pub at: String,
}
