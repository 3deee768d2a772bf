//! What a file would do, row by row: judged as a whole before anything is filed.

use std::collections::HashMap;

use hersys_shared::notification::{Content, WarningKind};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::App;
use crate::access::grant::{Write, group};
use crate::access::{Scope, Staff};
use crate::cases::store::Lookalike;
use crate::error::Result;
use crate::notification::import::columns::{self, HERSYS_ID, NUMBER};
use crate::notification::import::prepare::{self, Desk, Judged, Named, Outcome, Sent};
use crate::notification::import::rows::Row;

/// One row and what becomes of it.
pub struct Planned {
    pub line: u64,
    pub number: String,
    pub notification_id: Uuid,
    pub content: Content,
    pub outcome: Outcome,
    /// What must be mended: the column's head and the sentence.
    pub problems: Vec<Note>,
    /// What is asked about once more.
    pub warnings: Vec<Note>,
    pub lookalikes: Vec<Lookalike>,
    /// 届出先保健所 by its name.
    pub center: String,
    /// Whether it goes to another centre than the institution's own.
    pub is_elsewhere: bool,
}

/// A sentence about a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub column: String,
    pub message: String,
    /// Whether it only says that a legal item is empty: of those there may be many.
    pub is_empty: bool,
}

impl Note {
    fn of(key: &str, message: impl Into<String>) -> Self {
        let column = columns::by_key(key).map_or_else(String::new, |column| column.head.clone());
        Self { column, message: message.into(), is_empty: false }
    }
}

impl Planned {
    pub fn is_new(&self) -> bool {
        matches!(self.outcome, Outcome::New(_))
    }

    pub fn is_changed(&self) -> bool {
        matches!(self.outcome, Outcome::Changed { .. })
    }

    /// Whether it would be filed at all.
    pub fn is_work(&self) -> bool {
        self.is_new() || self.is_changed()
    }
}

/// The whole file.
pub struct Plan {
    pub rows: Vec<Planned>,
}

impl Plan {
    pub fn count(&self, wanted: impl Fn(&Planned) -> bool) -> usize {
        self.rows.iter().filter(|row| wanted(row)).count()
    }

    pub fn has_problems(&self) -> bool {
        self.rows.iter().any(|row| !row.problems.is_empty())
    }

    /// Rows that would be filed though something is asked about them; a change always is.
    pub fn doubtful(&self) -> usize {
        self.count(|row| row.is_changed() || row.is_new() && !(row.warnings.is_empty() && row.lookalikes.is_empty()))
    }

    /// Changes when anything becomes of a row that was not shown.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Sha256::new();
        for row in &self.rows {
            let (what, version) = match &row.outcome {
                Outcome::New(_) => (1_u8, 0),
                Outcome::Same { version, .. } => (2, *version),
                Outcome::Changed { version, .. } => (3, *version),
                Outcome::Deleted | Outcome::Taken | Outcome::NoPerson => (4, 0),
            };
            hasher.update(row.notification_id);
            hasher.update([what]);
            hasher.update(version.to_be_bytes());
        }
        hasher.finalize()[..12].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

pub async fn plan(app: &App, scope: &Scope, rows: &[Row]) -> Result<Plan> {
    let staff = scope.staff();
    let centers = rows.iter().map(|row| row.typed.get("receiving_center"));
    let desk = Desk::read(scope.db(), staff.organization_id, centers, app.clock.today()).await?;
    let mut planned = Vec::with_capacity(rows.len());
    for row in rows {
        planned.push(one(app, scope, &desk, row).await?);
    }
    mark_the_same_person(&mut planned);
    Ok(Plan { rows: planned })
}

async fn one(app: &App, scope: &Scope, desk: &Desk, row: &Row) -> Result<Planned> {
    let mut problems: Vec<Note> = row.problems.iter().map(|(key, message)| Note::of(key, message)).collect();
    let sent = Sent {
        notification_id: notification_id(scope.staff(), row),
        typed: &row.typed,
        keys: Some(&row.keys),
        edition: row.edition,
        named: named(app, scope, row).await?,
        sends_mail: false,
    };
    let Judged { outcome, checked, lookalikes } = prepare::judge(scope.db(), desk, &sent).await?;
    match &outcome {
        Outcome::Deleted => problems.push(Note::of(
            NUMBER,
            "この院内整理番号の発生届は削除されています。新しい届出は、別の院内整理番号にしてください。",
        )),
        Outcome::Taken => problems.push(Note::of(NUMBER, "この院内整理番号は使えません。別の番号にしてください。")),
        Outcome::NoPerson => problems.push(Note::of(
            HERSYS_ID,
            "このスマホ入力IDの方は、貴機関の登録情報に見つからないか、この院内整理番号の方と違います。番号を確かめてください。",
        )),
        Outcome::Changed { case_id, .. } => {
            if scope.grant::<group::Notification, Write>(app, *case_id).await?.is_none() {
                problems.push(Note::of(NUMBER, "この発生届は、いまは変更できません。保健所に問い合わせてください。"));
            }
        }
        Outcome::New(_) | Outcome::Same { .. } => {}
    }
    problems.extend(checked.problems.0.iter().map(|problem| Note::of(&problem.field, &problem.message)));
    // What is filed already was asked about then.
    let is_same = matches!(outcome, Outcome::Same { .. });
    let warnings = checked.warnings.iter().filter(|_| !is_same);
    Ok(Planned {
        line: row.line,
        number: row.number.clone(),
        notification_id: sent.notification_id,
        warnings: warnings
            .map(|warning| Note {
                is_empty: warning.kind == WarningKind::Empty,
                ..Note::of(warning.field, &warning.message)
            })
            .collect(),
        center: desk.center_name(&checked.content).to_owned(),
        is_elsewhere: desk.is_elsewhere(&checked.content),
        content: checked.content,
        outcome,
        problems,
        lookalikes,
    })
}

fn notification_id(staff: &Staff, row: &Row) -> Uuid {
    prepare::numbered(staff.organization_id, &row.number)
}

async fn named(app: &App, scope: &Scope, row: &Row) -> Result<Named> {
    let Some(hersys_id) = &row.hersys_id else { return Ok(Named::Nobody) };
    let Some(case_id) = prepare::listed(scope.db(), scope.organization_id(), hersys_id).await? else {
        return Ok(Named::Unknown);
    };
    let grant = scope.grant::<group::Notification, Write>(app, case_id).await?;
    Ok(grant.map_or(Named::Unknown, |_| Named::Known(case_id)))
}

/// Two rows that would begin a record of what looks like one person.
fn mark_the_same_person(rows: &mut [Planned]) {
    let mut first: HashMap<(String, String), u64> = HashMap::new();
    for row in rows.iter_mut().filter(|row| row.is_new()) {
        let values = &row.content.values;
        let key = (hersys_shared::kana::search_key(values.get("kana")), values.get("birth_on").to_owned());
        if key.0.is_empty() || key.1.is_empty() {
            continue;
        }
        match first.get(&key) {
            Some(line) => row.warnings.push(Note::of(
                "kana",
                format!("{line}行目と、フリガナと生年月日が同じです。同じ方ではありませんか。"),
            )),
            None => {
                first.insert(key, row.line);
            }
        }
    }
}
