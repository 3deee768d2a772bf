//! 診断（検案）した者（死体）の類型: what kind of notification it is (公表資料 §2.2, row 1).

/// 診断分類
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiagnosisType {
    /// 患者（確定例）
    Confirmed,
    /// 無症状病原体保有者
    Asymptomatic,
    /// 疑似症患者
    Suspected,
    /// 感染症死亡者の死体
    Died,
    /// 感染症死亡疑い者の死体
    DiedSuspected,
}

impl DiagnosisType {
    pub const ALL: [Self; 5] = [Self::Confirmed, Self::Asymptomatic, Self::Suspected, Self::Died, Self::DiedSuspected];

    pub fn code(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Asymptomatic => "asymptomatic",
            Self::Suspected => "suspected",
            Self::Died => "died",
            Self::DiedSuspected => "died_suspected",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|diagnosis| diagnosis.code() == code)
    }

    /// As the screens and the paper form write it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Confirmed => "患者（確定例）",
            Self::Asymptomatic => "無症状病原体保有者",
            Self::Suspected => "疑似症患者",
            Self::Died => "感染症死亡者の死体",
            Self::DiedSuspected => "感染症死亡疑い者の死体",
        }
    }

    /// A body was examined (検案).
    pub fn is_death(self) -> bool {
        matches!(self, Self::Died | Self::DiedSuspected)
    }

    /// No pathogen is proven.
    pub fn is_suspected(self) -> bool {
        matches!(self, Self::Suspected | Self::DiedSuspected)
    }
}
