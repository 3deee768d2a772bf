//! Entries as a list, and the way to older ones.

use maud::{Markup, html};
use serde_json::Value as Json;

use crate::audit::store::Shown;
use crate::audit::words::{self, Names};
use crate::cases::spaced;
use crate::ui::table::{Column, dense};

/// Entries on a page.
pub const SIZE: usize = 50;

/// Whose detail is shown: everybody's, or only what the reader may know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// The list is about one person whom the reader may see.
    OfOnePerson,
    /// Personal details only of people within the reader's reach, to readers who see people at all.
    WithinReach { sees_people: bool },
}

impl Details {
    fn are_shown(self, entry: &Shown) -> bool {
        match self {
            Self::OfOnePerson => true,
            Self::WithinReach { sees_people } => match entry.case_id {
                Some(_) => sees_people && entry.hersys_id.is_some(),
                // What was searched for names people.
                None => sees_people || !words::Kind::Search.actions().contains(&entry.action.as_str()),
            },
        }
    }
}

/// The list.
pub fn list(caption: &str, entries: &[Shown], names: &Names, details: Details) -> Markup {
    let with_person = details != Details::OfOnePerson;
    let mut columns = vec![Column::new("日時"), Column::new("だれが"), Column::new("組織"), Column::new("操作")];
    if with_person {
        columns.push(Column::new("だれの情報"));
    }
    columns.extend([Column::new("内容"), Column::new("接続元")]);
    let rows = entries.iter().map(|entry| {
        html! {
            tr.audit-refused[words::Kind::Refusal.actions().contains(&entry.action.as_str())] {
                td.tabular { time datetime=(entry.at.rfc3339()) { (entry.at.second_text()) } }
                td { (who(entry)) }
                td { (entry.organization_name.as_deref().unwrap_or("—")) }
                td { (words::action(&entry.action)) }
                @if with_person { td.tabular { (person(entry)) } }
                td.wrap {
                    @if details.are_shown(entry) {
                        (words::detail(&entry.detail, names))
                    } @else if entry.detail != Json::Null {
                        span.quiet-text { "担当外の方に関わるため、表示しません" }
                    }
                }
                td.tabular { (entry.network) }
            }
        }
    });
    dense(caption, &columns, rows)
}

fn who(entry: &Shown) -> Markup {
    html! {
        @match (entry.actor.as_str(), &entry.account_name) {
            (_, Some(name)) => {
                (name)
                @if let Some(sign_in_id) = &entry.sign_in_id { br; span.audit-account { (sign_in_id) } }
            }
            ("patient", _) => "ご本人など（My HER-SYS）",
            ("staff", _) => "不明（サインイン前）",
            _ => "システム",
        }
    }
}

fn person(entry: &Shown) -> Markup {
    html! {
        @match (&entry.hersys_id, entry.case_id) {
            (Some(hersys_id), Some(case_id)) => {
                a href=(format!("/staff/cases/{case_id}")) { (spaced(hersys_id)) }
            }
            (_, Some(_)) => span.quiet-text { "担当外の方" },
            _ => "",
        }
    }
}

/// The way to the newest and to older entries; `href` makes an address of a place.
pub fn paging(entries: &[Shown], later: bool, more: bool, href: impl Fn(&[(&str, String)]) -> String) -> Markup {
    let last = entries.last().map(|entry| entry.audit_id.to_string());
    html! {
        @if later || more {
            nav.paging aria-label="ページ" {
                @if later { a.button.small href=(href(&[])) { "最新" } }
                @if let Some(last) = last.filter(|_| more) {
                    a.button.small href=(href(&[("after", last)])) { "次の" (SIZE) "件（古いもの）" }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::clock::Timestamp;

    fn entry(action: &str, case_id: Option<Uuid>, hersys_id: Option<&str>) -> Shown {
        Shown {
            audit_id: Uuid::nil(),
            at: Timestamp(0),
            actor: "staff".into(),
            action: action.into(),
            case_id,
            detail: serde_json::json!({ "name": "山田" }),
            network: "192.0.2.1".into(),
            organization_name: None,
            account_name: Some("担当者".into()),
            sign_in_id: None,
            hersys_id: hersys_id.map(str::to_owned),
        }
    }

    #[test]
    fn perm_10_details_of_people_out_of_reach_are_not_shown() {
        let names = |entry: Shown, sees_people| {
            list("x", &[entry], &Names::new(), Details::WithinReach { sees_people }).into_string().contains("山田")
        };
        let case = Some(Uuid::nil());
        assert!(names(entry("case.change", case, Some("1")), true));
        assert!(!names(entry("case.change", case, None), true));
        assert!(!names(entry("case.change", case, Some("1")), false));
        assert!(names(entry("case.search", None, None), true));
        assert!(!names(entry("case.search", None, None), false));
        assert!(names(entry("account.create", None, None), false));
    }
}
