//! What is written beside a day: 医師所見 by health centres and follow-up organisations, 健康状態一覧の自由記述欄 by
//! institutions too (OBS-08, OBS-10, C-05). Whoever may not read one sees no trace of it.

mod show;
mod store;
mod write;

pub use show::{beneath, cell, forms, number, signed};
pub use store::{Remark, remarks};

use crate::access::{ItemGroup, Level};
use crate::monitoring::reader::Reader;
use crate::routes::{Guard, Routes};

/// Letters of a remark.
pub const LONGEST: usize = 1000;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// 医師所見
    Finding,
    /// 自由記述欄
    Note,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Finding, Self::Note];

    pub fn code(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Note => "note",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Finding => "医師所見",
            Self::Note => "自由記述欄",
        }
    }

    /// The last part of its address.
    fn path(self) -> &'static str {
        match self {
            Self::Finding => "findings",
            Self::Note => "notes",
        }
    }

    pub fn is_read_by(self, reader: &Reader) -> bool {
        match self {
            Self::Finding => reader.reads_findings,
            Self::Note => reader.reads_notes,
        }
    }

    pub fn is_written_by(self, reader: &Reader) -> bool {
        match self {
            Self::Finding => reader.writes_findings,
            Self::Note => reader.writes_notes,
        }
    }
}

pub fn routes() -> Routes {
    let findings = Guard::Case(ItemGroup::PhysicianFinding, Level::Write);
    let notes = Guard::Case(ItemGroup::ObservationNote, Level::Write);
    Routes::default().post("/staff/cases/{case_id}/observation/findings", findings, write::finding).post(
        "/staff/cases/{case_id}/observation/notes",
        notes,
        write::note,
    )
}
