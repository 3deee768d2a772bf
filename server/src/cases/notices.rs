//! 通知設定: who may send a person the notice of My HER-SYS's URL and their HER-SYS ID, and whether they want it.

use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::cases::store;
use crate::db::Db;
use crate::error::Result;

/// A health centre's way with notices (NTF-08); its own office sets it among its 機関 data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct NoticePolicy {
    /// The default of 通知設定.
    pub sends_url_notice: bool,
    /// NTF-09: whether institutions may send the notice. Never of みなし陽性 (NTF-03, FORM-33).
    pub institutions_may_notify: bool,
}

/// Why an institution's SMS was not sent, and what to do.
pub const NOT_AGREED: &str =
    "担当保健所が医療機関からの通知を認めていないため、SMSは送れません。保健所が送るか、書面でお渡しください。";

/// Why an institution's SMS to a suspected case without a test was not sent (FORM-33).
pub const CLINICAL: &str = "検査をせずに診断した方（みなし陽性）には、医療機関からSMSを送れません。担当の保健所が送ります。お急ぎのときは、書面（スマホ入力ID印字）でお渡しください。";

impl NoticePolicy {
    /// Whether a person with this 通知設定 gets notices.
    pub fn wanted(self, notices: Option<bool>) -> bool {
        notices.unwrap_or(self.sends_url_notice)
    }

    /// Whether an organisation of this kind may send them.
    pub fn lets(self, kind: OrganizationKind) -> bool {
        kind != OrganizationKind::MedicalInstitution || self.institutions_may_notify
    }
}

/// The policy of a responsible centre; one that is not there lets nobody send anything.
pub async fn notice_policy(db: &Db, center_id: Uuid) -> Result<NoticePolicy> {
    let closed = NoticePolicy { sends_url_notice: false, institutions_may_notify: false };
    Ok(store::notice_policy(db, center_id).await?.unwrap_or(closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntf_08_ntf_09_the_person_before_the_policy_and_institutions_only_after_agreeing() {
        let open = NoticePolicy { sends_url_notice: true, institutions_may_notify: false };
        assert!(open.wanted(None) && !open.wanted(Some(false)));
        assert!(open.lets(OrganizationKind::HealthCenter) && !open.lets(OrganizationKind::MedicalInstitution));
        let agreed = NoticePolicy { sends_url_notice: false, institutions_may_notify: true };
        assert!(agreed.wanted(Some(true)) && !agreed.wanted(None));
        assert!(agreed.lets(OrganizationKind::MedicalInstitution));
    }
}
