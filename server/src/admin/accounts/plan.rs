//! What a CSV of IDs would do: judged as a whole, before anything is issued (IDM-11).

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::access::organization::OrganizationState;
use crate::admin::accounts::{Account, sign_in_ids};
use crate::admin::csv_file::{LineProblem, Row};
use crate::admin::line::{self, Right};
use crate::admin::organizations::form::code;
use crate::admin::organizations::plan::{kind_of, with_value, wrong_kind};
use crate::admin::organizations::{Desk, Organization};
use crate::clock::Timestamp;

/// The columns that an ID needs; those of the organisations may stand in the same file.
pub const REQUIRED: usize = 2;

/// Most IDs issued at once: each password takes its time to hash, and a person has to hand them out.
pub const MOST: usize = 200;

/// The user's name where nobody gave one: IDs are an organisation's, not a person's (IDM-03).
pub const USUAL_NAME: &str = "担当者";

pub const LONGEST_NAME: usize = 60;

/// An ID to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToIssue {
    pub organization_id: Uuid,
    pub organization_name: String,
    pub right: Right,
    pub display_name: String,
    pub sign_in_id: String,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Issue(ToIssue),
    /// This organisation has an ID of this name already: (organisation, name, sign-in ID).
    There(String, String, String),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Planned {
    pub line: u64,
    pub outcome: Outcome,
}

/// What is there already.
pub struct There<'a> {
    /// The organisations that have one of the file's codes.
    pub organizations: &'a [Organization],
    /// All their IDs.
    pub accounts: &'a [Account],
    /// Sign-in IDs that exist elsewhere.
    pub taken: &'a HashSet<String>,
    pub domain: &'a str,
    pub now: Timestamp,
}

/// A user's name as typed.
pub fn name(typed: &str) -> Result<String, String> {
    let name = typed.trim();
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(format!("利用者名は、1行{LONGEST_NAME}文字以内にしてください。"));
    }
    Ok(if name.is_empty() { USUAL_NAME.to_owned() } else { name.to_owned() })
}

/// Judges every row; all that is wrong comes at once, by its line.
pub fn plan(rows: &[Row], desk: &Desk, there: &There<'_>) -> Result<Vec<Planned>, Vec<LineProblem>> {
    let mut taken: HashSet<String> = there.taken.clone();
    taken.extend(there.accounts.iter().map(|account| account.sign_in_id.clone()));
    // IDs that the file names itself come before suggestions.
    taken.extend(rows.iter().filter_map(|row| sign_in_ids::check(row.cell("サインインID")).ok()));
    let mut seen: HashMap<(Uuid, String), u64> = HashMap::new();
    let mut named: HashMap<String, u64> = HashMap::new();
    let (mut planned, mut problems) = (Vec::new(), Vec::new());
    for row in rows {
        match judge(row, desk, there, &mut taken) {
            Ok((organization_id, name, outcome)) => {
                if let Some(first) = seen.insert((organization_id, name), row.line) {
                    problems.push(LineProblem::at(
                        row.line,
                        format!("{first}行目と同じ機関・利用者名です。利用者名を変えてください。"),
                    ));
                }
                if let Outcome::Issue(it) = &outcome
                    && let Some(first) = named.insert(it.sign_in_id.clone(), row.line)
                {
                    problems.push(LineProblem::at(row.line, format!("{first}行目と同じサインインIDです。")));
                }
                planned.push(Planned { line: row.line, outcome });
            }
            Err(message) => problems.push(LineProblem::at(row.line, message)),
        }
    }
    let new = planned.iter().filter(|row| matches!(row.outcome, Outcome::Issue(_))).count();
    if new > MOST {
        problems.push(LineProblem::file(format!(
            "一度に発行できるのは{MOST}件までです（このファイルでは{new}件）。ファイルを分けてください。"
        )));
    }
    problems.sort();
    if problems.is_empty() { Ok(planned) } else { Err(problems) }
}

fn judge(
    row: &Row,
    desk: &Desk,
    there: &There<'_>,
    taken: &mut HashSet<String>,
) -> Result<(Uuid, String, Outcome), String> {
    let kind = kind_of(row.cell("種別")).map(|(kind, _)| kind).ok_or_else(|| {
        let labels: Vec<&str> = OrganizationKind::ALL.into_iter().map(OrganizationKind::label).collect();
        wrong_kind(row, &labels)
    })?;
    let code = code(row.cell("コード")).map_err(|sentence| with_value("コード", row, &sentence))?;
    let organization =
        there.organizations.iter().find(|it| it.kind == kind && it.code.as_deref() == Some(code.as_str())).ok_or_else(
            || format!("コード「{code}」の{}は、登録されていません。先に機関を登録してください。", kind.label()),
        )?;
    // That there is one, and no more: neither its name nor whose it is.
    if !line::oversees(&desk.own, &organization.line(&desk.offices)) {
        let governing = line::governing_kind(kind).map_or("機関", OrganizationKind::label);
        return Err(format!(
            "コード「{code}」の{}は、所管がほかの{governing}です。IDは、所管する{governing}が発行します。",
            kind.label()
        ));
    }
    let right = line::right_to_give(&desk.own, &organization.line(&desk.offices)).ok_or_else(|| {
        format!("{}のIDは、ここでは発行できません。{}が発行します。", kind.label(), desk.issuer_of(organization))
    })?;
    if let OrganizationState::Ended(_) = organization.state(there.now.day()) {
        return Err("利用を停止した機関です。IDを発行するには、先に利用を再開してください。".into());
    }
    let name = name(row.cell("利用者名")).map_err(|sentence| format!("「利用者名」{sentence}"))?;
    let typed = match row.cell("サインインID") {
        "" => None,
        typed => Some(sign_in_ids::check(typed)?),
    };
    let own = || there.accounts.iter().filter(|it| it.organization_id == organization.organization_id);
    let known = own().find(|it| match &typed {
        Some(typed) => it.sign_in_id == *typed,
        None => it.display_name == name && it.ended_at.is_none(),
    });
    if let Some(known) = known {
        if known.ended_at.is_some() {
            return Err("このサインインIDは終了しています。別のサインインIDにしてください。".into());
        }
        let outcome = Outcome::There(organization.name.clone(), known.display_name.clone(), known.sign_in_id.clone());
        return Ok((organization.organization_id, name, outcome));
    }
    let sign_in_id = match typed {
        Some(typed) => {
            let elsewhere = there.accounts.iter().any(|it| it.sign_in_id == typed) || there.taken.contains(&typed);
            if elsewhere {
                return Err(
                    "このサインインIDは、すでに使われています。別のサインインIDにするか、空欄にしてください。".into()
                );
            }
            typed
        }
        None => {
            let suggested = sign_in_ids::suggest(organization, there.domain, taken);
            taken.insert(suggested.clone());
            suggested
        }
    };
    let to_issue = ToIssue {
        organization_id: organization.organization_id,
        organization_name: organization.name.clone(),
        right,
        display_name: name.clone(),
        sign_in_id,
    };
    Ok((organization.organization_id, name, Outcome::Issue(to_issue)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::access::OrganizationKind as K;
    use crate::admin::csv_file;
    use crate::admin::line::{Office, Offices};
    use crate::admin::organizations::plan::COLUMNS;

    pub fn organization(number: u128, kind: K, code: &str, governing: Option<u128>) -> Organization {
        Organization {
            organization_id: Uuid::from_u128(number),
            kind,
            name: format!("機関{number}"),
            code: Some(code.into()),
            prefecture_code: "11".into(),
            governing_id: governing.map(Uuid::from_u128),
            phone: String::new(),
            address: String::new(),
            mail: String::new(),
            is_city: false,
            outpatient: false,
            inpatient: false,
            follow_up: false,
            sends_url_notice: true,
            institutions_may_notify: false,
            reminders: Default::default(),
            system_chief: String::new(),
            system_manager: String::new(),
            active_from: None,
            active_until: None,
        }
    }

    fn account(organization: u128, sign_in_id: &str, name: &str, ended: bool) -> Account {
        Account {
            account_id: Uuid::now_v7(),
            organization_id: Uuid::from_u128(organization),
            sign_in_id: sign_in_id.into(),
            display_name: name.into(),
            is_issuer: false,
            must_change_password: true,
            suspended_at: ended.then_some(Timestamp(1)),
            ended_at: ended.then_some(Timestamp(1)),
            created_at: Timestamp(0),
        }
    }

    fn desk() -> Desk {
        let office = |number: u128, kind, governing: Option<u128>| Office {
            organization_id: Uuid::from_u128(number),
            kind,
            name: format!("機関{number}"),
            code: Some(format!("c{number}")),
            prefecture_code: "11".into(),
            governing_id: governing.map(Uuid::from_u128),
        };
        let offices = Offices::new([
            office(1, K::HeadOffice, None),
            office(2, K::HealthCenter, Some(1)),
            office(3, K::HealthCenter, Some(1)),
        ]);
        Desk { own: offices.line(Uuid::from_u128(2), K::HealthCenter, Some(Uuid::from_u128(1))), offices }
    }

    fn planned(text: &str, accounts: &[Account]) -> Result<Vec<Planned>, Vec<LineProblem>> {
        let organizations = [
            organization(2, K::HealthCenter, "c2", Some(1)),
            organization(5, K::MedicalInstitution, "m5", Some(2)),
            organization(6, K::MedicalInstitution, "m6", Some(3)),
            Organization {
                active_until: Some(time::macros::date!(2022 - 01 - 01)),
                ..organization(7, K::MedicalInstitution, "m7", Some(2))
            },
        ];
        let there = There {
            organizations: &organizations,
            accounts,
            taken: &HashSet::from(["other@hersys.example".to_owned()]),
            domain: "hersys.example",
            now: crate::clock::Timestamp::start_of(time::macros::date!(2022 - 08 - 01)),
        };
        plan(&csv_file::rows(text, &COLUMNS, REQUIRED, 1000).unwrap(), &desk(), &there)
    }

    fn ids(planned: &[Planned]) -> Vec<&str> {
        planned
            .iter()
            .map(|row| match &row.outcome {
                Outcome::Issue(it) => it.sign_in_id.as_str(),
                Outcome::There(..) => "there",
            })
            .collect()
    }

    #[test]
    fn c_21_an_organization_gets_several_ids_with_names_of_their_own() {
        let text = "種別,コード,利用者名,サインインID\n医療機関,m5,,\n医療機関,m5,外来,\n医療機関,m5,病棟,Ward@hersys.example\n保健所,c2,感染症係,\n";
        let planned = planned(text, &[]).unwrap();
        assert_eq!(
            ids(&planned),
            ["mi-m5-01@hersys.example", "mi-m5-02@hersys.example", "ward@hersys.example", "hc-c2-01@hersys.example"]
        );
        assert!(planned.iter().all(|row| matches!(&row.outcome, Outcome::Issue(it) if it.right == Right::User)));
    }

    #[test]
    fn a_repeated_file_issues_nothing() {
        let text = "種別,コード,利用者名,サインインID\n医療機関,m5,,\n医療機関,m5,病棟,ward@hersys.example\n";
        let there = [
            account(5, "mi-m5-01@hersys.example", USUAL_NAME, false),
            account(5, "ward@hersys.example", "病棟", false),
        ];
        assert_eq!(ids(&planned(text, &there).unwrap()), ["there", "there"]);
    }

    #[test]
    fn an_ended_id_is_never_given_again() {
        let ended = [account(5, "mi-m5-01@hersys.example", USUAL_NAME, true)];
        assert_eq!(ids(&planned("種別,コード\n医療機関,m5\n", &ended).unwrap()), ["mi-m5-02@hersys.example"]);
        assert!(planned("種別,コード,サインインID\n医療機関,m5,mi-m5-01@hersys.example\n", &ended).is_err());
    }

    #[test]
    fn idm_11_every_mistake_is_told_with_its_line() {
        let text = "種別,コード,利用者名,サインインID\n\
            薬局,m5,,\n医療機関,m6,,\n医療機関,m9,,\n医療機関,m7,,\n医療機関,m5,,other@hersys.example\n医療機関,m5,a,短い\n医療機関,m5,b,\n医療機関,m5,b,\n";
        let problems = planned(text, &[]).unwrap_err();
        assert_eq!(
            problems.iter().filter_map(|problem| problem.line).collect::<Vec<_>>(),
            [2, 3, 4, 5, 6, 7, 9],
            "{problems:?}"
        );
        assert!(problems[0].message.contains("「薬局」"));
        // Of another centre's institution no more is told than that it is another's.
        assert!(problems[1].message.contains("所管がほかの保健所です") && !problems[1].message.contains("機関6"));
        assert!(problems[2].message.contains("「m9」の医療機関は、登録されていません"));
    }

    #[test]
    fn too_many_at_once_are_refused_as_a_whole() {
        let text = format!(
            "種別,コード,利用者名\n{}",
            (0..=MOST).map(|n| format!("医療機関,m5,利用者{n}\n")).collect::<String>()
        );
        assert_eq!(planned(&text, &[]).unwrap_err()[0].line, None);
    }
}
