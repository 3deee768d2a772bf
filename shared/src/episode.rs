//! The facts of a person's episode that several tabs share and that are no part of ID管理: their one
//! home (REF-01). Which item it is home to is said by [`crate::shared_items`].

use serde::{Deserialize, Serialize};
use time::Date;

use crate::notification::DiagnosisType;
use crate::values::Values;

/// The document `episode` of a case: values under the keys of the notification's items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Episode(pub Values);

impl Episode {
    /// 診断分類: the type of diagnosis of the latest notification.
    pub fn diagnosis_type(&self) -> Option<DiagnosisType> {
        DiagnosisType::from_code(self.0.get("diagnosis_type"))
    }

    /// 報告年月日
    pub fn reported_on(&self) -> Option<Date> {
        self.0.date("reported_on")
    }

    /// 診断年月日
    pub fn diagnosed_on(&self) -> Option<Date> {
        self.0.date("diagnosed_on")
    }

    /// 発病年月日
    pub fn onset_on(&self) -> Option<Date> {
        self.0.date("onset_on")
    }

    /// 確定日: the day of the diagnosis where it is no mere suspicion.
    pub fn confirmed_on(&self) -> Option<Date> {
        let is_confirmed = self.diagnosis_type().is_some_and(|diagnosis| !diagnosis.is_suspected());
        self.diagnosed_on().or(self.reported_on()).filter(|_| is_confirmed)
    }

    /// 死亡年月日
    pub fn died_on(&self) -> Option<Date> {
        self.0.date("died_on")
    }

    /// Whether the person died, by date or by the type of diagnosis.
    pub fn is_dead(&self) -> bool {
        self.died_on().is_some() || self.diagnosis_type().is_some_and(DiagnosisType::is_death)
    }

    /// 届出時点の入院の有無
    pub fn is_admitted(&self) -> bool {
        self.0.is_yes("admitted")
    }

    /// 入院先の医療機関
    pub fn hospital(&self) -> &str {
        self.0.get("hospital")
    }

    /// リンク: `confirmed`, `estimated`, `unknown`, or empty.
    pub fn route_certainty(&self) -> &str {
        self.0.get("route_certainty")
    }
}
