//! What a CSV of organisations would do: judged as a whole, before anything is written.

use std::collections::{HashMap, HashSet};

use hersys_shared::Problems;

use crate::access::OrganizationKind;
use crate::admin::csv_file::{LineProblem, Row};
use crate::admin::line::{self, Line, Office, Offices};
use crate::admin::organizations::Organization;
use crate::admin::organizations::form::{self, OrganizationForm};

/// The columns of the file; the first `REQUIRED` must be there. Those of the IDs may stand in the
/// same file and mean nothing here.
pub const COLUMNS: [&str; 17] = [
    "種別",
    "コード",
    "名称",
    "都道府県コード",
    "所管コード",
    "電話番号",
    "住所",
    "メールアドレス",
    "外来",
    "入院",
    "健康フォローアップ",
    "システム利用統括責任者",
    "システム利用管理者",
    "利用開始日",
    "利用停止日",
    "利用者名",
    "サインインID",
];
pub const REQUIRED: usize = 3;

/// Most rows of a file.
pub const MOST: usize = 3000;

/// Where a field of the form stands in the file.
const PLACES: [(&str, &str); 13] = [
    ("code", "コード"),
    ("name", "名称"),
    ("prefecture_code", "都道府県コード"),
    ("governing_id", "所管コード"),
    ("phone", "電話番号"),
    ("address", "住所"),
    ("mail", "メールアドレス"),
    ("follow_up", "健康フォローアップ"),
    ("system_chief", "システム利用統括責任者"),
    ("system_manager", "システム利用管理者"),
    ("active_from", "利用開始日"),
    ("active_until", "利用停止日"),
    ("kind", "種別"),
];

/// What becomes of one row.
#[derive(Debug)]
pub enum Outcome {
    New(Organization),
    /// It is there already, just so.
    Same(Organization),
    /// It is there already and stays as it is; these fields differ.
    Differs(Organization, Vec<&'static str>),
}

impl Outcome {
    pub fn organization(&self) -> &Organization {
        let (Self::New(it) | Self::Same(it) | Self::Differs(it, _)) = self;
        it
    }
}

#[derive(Debug)]
pub struct Planned {
    pub line: u64,
    pub outcome: Outcome,
}

/// A kind as files name it, and whether it is a city's head office.
pub fn kind_of(text: &str) -> Option<(OrganizationKind, bool)> {
    let kind = match text {
        "都道府県本庁・調整本部" | "都道府県本庁" | "調整本部" | "本庁・調整本部" => {
            OrganizationKind::HeadOffice
        }
        "市区本庁" => return Some((OrganizationKind::HeadOffice, true)),
        other => OrganizationKind::ALL.into_iter().find(|kind| kind.label() == other || kind.code() == other)?,
    };
    Some((kind, false))
}

/// Judges every row: `known` are the organisations that have one of the file's codes. All that is
/// wrong comes at once, by its line.
pub fn plan(
    rows: &[Row],
    manager: &Line,
    offices: &Offices,
    known: &[Organization],
) -> Result<Vec<Planned>, Vec<LineProblem>> {
    let known: HashMap<(OrganizationKind, &str), &Organization> =
        known.iter().filter_map(|there| Some(((there.kind, there.code.as_deref()?), there))).collect();
    // Offices that earlier rows make can govern what later rows make.
    let mut offices = offices.clone();
    let mut first_lines: HashMap<(OrganizationKind, String), u64> = HashMap::new();
    let (mut planned, mut problems) = (Vec::new(), Vec::new());
    for row in rows {
        match judge(row, manager, &offices, &known) {
            Ok(outcome) => {
                let it = outcome.organization();
                let key = (it.kind, it.code.clone().unwrap_or_default());
                if let Some(first) = first_lines.get(&key) {
                    problems.push(LineProblem::at(
                        row.line,
                        format!("{first}行目と同じ種別とコードです。どちらかを除いてください。"),
                    ));
                    continue;
                }
                first_lines.insert(key, row.line);
                if let Outcome::New(it) = &outcome {
                    offices.add(office(it));
                }
                planned.push(Planned { line: row.line, outcome });
            }
            Err(wrong) => problems.extend(wrong.into_iter().map(|message| LineProblem::at(row.line, message))),
        }
    }
    problems.sort();
    if problems.is_empty() { Ok(planned) } else { Err(problems) }
}

fn office(organization: &Organization) -> Office {
    Office {
        organization_id: organization.organization_id,
        kind: organization.kind,
        name: organization.name.clone(),
        code: organization.code.clone(),
        prefecture_code: organization.prefecture_code.clone(),
        governing_id: organization.governing_id,
    }
}

fn judge(
    row: &Row,
    manager: &Line,
    offices: &Offices,
    known: &HashMap<(OrganizationKind, &str), &Organization>,
) -> Result<Outcome, Vec<String>> {
    let kinds = line::kinds_to_make(manager);
    let Some((kind, is_city)) = kind_of(row.cell("種別")).filter(|(kind, _)| kinds.contains(kind)) else {
        let labels: Vec<&str> = kinds.into_iter().map(OrganizationKind::label).collect();
        return Err(vec![wrong_kind(row, &labels)]);
    };
    let mut wrong = Vec::new();
    let mut form = OrganizationForm {
        kind: kind.code().into(),
        code: row.cell("コード").into(),
        name: row.cell("名称").into(),
        prefecture_code: prefecture(row.cell("都道府県コード")),
        governing_id: governing(row.cell("所管コード"), kind, offices, &mut wrong),
        phone: row.cell("電話番号").into(),
        address: row.cell("住所").into(),
        mail: row.cell("メールアドレス").into(),
        is_city: if is_city { "on".into() } else { String::new() },
        system_chief: row.cell("システム利用統括責任者").into(),
        system_manager: row.cell("システム利用管理者").into(),
        active_from: row.cell("利用開始日").into(),
        active_until: row.cell("利用停止日").into(),
        ..OrganizationForm::default()
    };
    for (field, column) in
        [(&mut form.outpatient, "外来"), (&mut form.inpatient, "入院"), (&mut form.follow_up, "健康フォローアップ")]
    {
        match yes_or_no(row.cell(column)) {
            Some(true) => *field = "on".into(),
            Some(false) => {}
            None => wrong.push(format!("「{column}」は、1（はい）か0（いいえ）にしてください。")),
        }
    }
    let checked = form.check_new(kind, manager, offices);
    let there = form::code(&form.code).ok().and_then(|code| known.get(&(kind, code.as_str())).copied());
    if let Some(there) = there.filter(|there| !line::may_manage(manager, &there.line(offices))) {
        return Err(vec![format!(
            "このコードの{}は、管轄の外ですでに登録されています。コードを確かめてください。",
            there.kind.label()
        )]);
    }
    match checked {
        Err(problems) => {
            wrong.extend(sentences(row, &problems));
            Err(wrong)
        }
        Ok(_) if !wrong.is_empty() => Err(wrong),
        Ok(new) => Ok(match there {
            None => Outcome::New(new),
            Some(there) => compare(row, there, &new),
        }),
    }
}

/// Only what the file says can differ: an empty cell says nothing.
fn compare(row: &Row, there: &Organization, new: &Organization) -> Outcome {
    let said: HashSet<&str> = COLUMNS.into_iter().filter(|column| !row.cell(column).is_empty()).collect();
    let differs: Vec<&'static str> = there
        .differences(new)
        .into_iter()
        .filter(|label| said.contains(label) || said.contains(format!("{label}コード").as_str()))
        .collect();
    if differs.is_empty() { Outcome::Same(there.clone()) } else { Outcome::Differs(there.clone(), differs) }
}

/// The office behind 所管コード; an unknown code is wrong here, one out of the line is so in the form.
fn governing(code: &str, kind: OrganizationKind, offices: &Offices, wrong: &mut Vec<String>) -> String {
    if code.is_empty() {
        return String::new();
    }
    let office =
        line::governing_kind(kind).and_then(|kind| offices.by_code(kind, &form::code(code).unwrap_or_default()));
    if office.is_none() {
        wrong.push(format!(
            "所管コード「{code}」の機関が見つかりません。先の行か、登録済みの機関のコードにしてください。"
        ));
    }
    office.map(|office| office.organization_id.to_string()).unwrap_or_default()
}

/// Spreadsheets take the 0 of `01` away.
fn prefecture(text: &str) -> String {
    let text = hersys_shared::digits::half_width(text);
    if text.len() == 1 { format!("0{text}") } else { text }
}

fn yes_or_no(text: &str) -> Option<bool> {
    match hersys_shared::digits::half_width(text).to_lowercase().as_str() {
        "" | "0" | "いいえ" | "なし" | "無" | "×" | "-" | "no" | "false" => Some(false),
        "1" | "はい" | "あり" | "有" | "○" | "〇" | "yes" | "true" => Some(true),
        _ => None,
    }
}

/// Values that name nobody: a sentence about them quotes what stands in the file.
const CODES: [&str; 3] = ["コード", "都道府県コード", "所管コード"];

/// A sentence with its column before it, unless it names the column itself.
pub fn with_value(column: &str, row: &Row, sentence: &str) -> String {
    match row.cell(column) {
        value if CODES.contains(&column) && !value.is_empty() => format!("{column}「{value}」：{sentence}"),
        _ if sentence.starts_with(column) => sentence.to_owned(),
        _ => format!("「{column}」：{sentence}"),
    }
}

/// What a kind may be, and what the file says instead.
pub fn wrong_kind(row: &Row, labels: &[&str]) -> String {
    let typed = row.cell("種別");
    let typed = if typed.is_empty() { String::new() } else { format!("種別「{typed}」は使えません。") };
    format!("{typed}「種別」は、{}のどれかにしてください。", labels.join("、"))
}

fn sentences(row: &Row, problems: &Problems) -> Vec<String> {
    let column = |field: &str| PLACES.iter().find(|(name, _)| *name == field).map(|(_, column)| *column);
    problems
        .0
        .iter()
        .map(|problem| match column(&problem.field) {
            Some(column) => with_value(column, row, &problem.message),
            None => problem.message.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::access::OrganizationKind as K;
    use crate::admin::csv_file;

    fn country() -> Offices {
        let office = |number: u128, kind, name: &str, governing: Option<u128>| Office {
            organization_id: Uuid::from_u128(number),
            kind,
            name: name.into(),
            code: Some(format!("c{number}")),
            prefecture_code: "11".into(),
            governing_id: governing.map(Uuid::from_u128),
        };
        Offices::new([
            office(1, K::HeadOffice, "調整本部", None),
            office(2, K::HealthCenter, "あおば保健所", Some(1)),
            office(3, K::HealthCenter, "わかば保健所", Some(1)),
        ])
    }

    fn planned(by: u128, text: &str, known: &[Organization]) -> Result<Vec<Planned>, Vec<LineProblem>> {
        let offices = country();
        let manager = offices.line_of(offices.get(Uuid::from_u128(by)).unwrap());
        let rows = csv_file::rows(text, &COLUMNS, REQUIRED, MOST).unwrap();
        plan(&rows, &manager, &offices, known)
    }

    const HEADS: &str = "種別,コード,名称,所管コード,電話番号,外来,利用開始日\n";

    #[test]
    fn idm_11_a_centers_file_makes_its_institutions() {
        let text = format!("{HEADS}医療機関,1,さくら診療所,,048-000-0001,○,R4.9.26\n宿泊療養施設,1,ホテル,c2,,,\n");
        let planned = planned(2, &text, &[]).unwrap();
        assert!(
            planned
                .iter()
                .all(|row| matches!(&row.outcome, Outcome::New(it) if it.governing_id == Some(Uuid::from_u128(2))))
        );
        let Outcome::New(clinic) = &planned[0].outcome else { panic!("new") };
        assert!(clinic.outpatient && clinic.active_from.is_some());
    }

    #[test]
    fn idm_11_an_address_for_news_has_its_column() {
        let text = |mail: &str| format!("種別,コード,名称,メールアドレス\n宿泊療養施設,1,ホテル,{mail}\n");
        let Outcome::New(there) = planned(2, &text("front@hotel.example"), &[]).unwrap().remove(0).outcome else {
            panic!("new")
        };
        assert_eq!(there.mail, "front@hotel.example");
        assert!(planned(2, &text("front"), &[]).unwrap_err()[0].message.starts_with("メールアドレス"));
        let other = planned(2, &text("desk@hotel.example"), std::slice::from_ref(&there)).unwrap();
        assert!(matches!(&other[0].outcome, Outcome::Differs(_, fields) if fields == &["メールアドレス"]));
    }

    #[test]
    fn earlier_rows_govern_later_ones() {
        let text = format!("{HEADS}保健所,n1,新保健所,c1,048-000-0001,,\n医療機関,9,新診療所,n1,,,\n");
        let planned = planned(1, &text, &[]).unwrap();
        let (Outcome::New(center), Outcome::New(clinic)) = (&planned[0].outcome, &planned[1].outcome) else {
            panic!("new")
        };
        assert_eq!(clinic.governing_id, Some(center.organization_id));
    }

    #[test]
    fn idm_11_every_mistake_is_told_with_its_line() {
        let text = format!(
            "{HEADS}医療機関,1,,,12,たぶん,\n保健所,2,よその保健所,,,,\n医療機関,3,診療所,c3,,,\n医療機関,4,あ,c9,,,\n\n医療機関,5,い,,,,\n医療機関,5,う,,,,\n"
        );
        let problems = planned(2, &text, &[]).unwrap_err();
        let lines: Vec<u64> = problems.iter().filter_map(|problem| problem.line).collect();
        assert_eq!(lines, [2, 2, 2, 3, 4, 5, 8], "{problems:?}");
        assert!(problems.iter().any(|problem| problem.message == "名称を入力してください。"), "{problems:?}");
        assert!(problems[5].message.contains("「c9」"), "{problems:?}");
    }

    #[test]
    fn a_repeated_file_makes_nothing_and_says_what_differs() {
        let text = format!("{HEADS}医療機関,1,さくら診療所,,0480000001,○,\n");
        let Outcome::New(there) = planned(2, &text, &[]).unwrap().remove(0).outcome else { panic!("new") };
        assert!(matches!(planned(2, &text, std::slice::from_ref(&there)).unwrap()[0].outcome, Outcome::Same(_)));
        let other = text.replace("さくら診療所", "さくら医院").replace('○', "");
        let planned = planned(2, &other, &[there]).unwrap();
        assert!(
            matches!(&planned[0].outcome, Outcome::Differs(_, fields) if fields == &["名称"]),
            "an empty cell says nothing"
        );
    }

    #[test]
    fn nobody_learns_or_changes_anything_beyond_their_line_but_that_a_code_is_taken() {
        let text = format!("{HEADS}医療機関,1,さくら診療所,,,,\n");
        let Outcome::New(there) = planned(3, &text, &[]).unwrap().remove(0).outcome else { panic!("new") };
        let problems = planned(2, &text, &[Organization { name: "もみじ病院".into(), ..there }]).unwrap_err();
        assert!(problems[0].message.contains("管轄の外") && !problems[0].message.contains("もみじ"));
    }
}
