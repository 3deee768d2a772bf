//! The table of the list: its columns by right, its rows.

use hersys_shared::age::Age;
use hersys_shared::current_status::CurrentStatus;
use hersys_shared::days;
use hersys_shared::identity::Sex;
use hersys_shared::notification::DiagnosisType;
use hersys_shared::symptoms::CaseKind;
use maud::{Markup, html};
use time::Date;

use crate::access::{ItemGroup, OrganizationKind, Scope};
use crate::cases::find::{Listed, Sort, SortKey};
use crate::cases::list::Found;
use crate::cases::list::address::Address;
use crate::cases::new::spaced;
use crate::cases::search::{self, Origin, Shared};
use crate::ui::Direction;
use crate::ui::table::Column;

/// What stands where the reader may not see anything.
const HIDDEN: &str = "—";

/// The columns that the kind of ID may see (LST-06, C-19).
pub struct Shown {
    pub pick: bool,
    identity: bool,
    notification: bool,
    residence: bool,
    contact: bool,
    marks: bool,
}

impl Shown {
    pub fn to(scope: &Scope) -> Self {
        Self {
            pick: scope.may_read(ItemGroup::Observation),
            identity: scope.may_read(ItemGroup::Identity),
            notification: scope.may_read(ItemGroup::Notification),
            residence: scope.may_read(ItemGroup::Residence),
            contact: scope.may_read(ItemGroup::Contact),
            marks: has_marks(scope),
        }
    }

    pub fn columns(&self, address: &Address, found: &Found) -> Vec<Column<'static>> {
        let sorted = |label, key| {
            let now = found.sort.key == key;
            let next = if now { found.sort.reversed() } else { Sort::by(key) };
            let direction = if found.sort.descending { Direction::Descending } else { Direction::Ascending };
            Column::new(label).sortable(address.href(found, next, address.size(), &[]), now.then_some(direction))
        };
        [
            (self.pick, Column::new("選択")),
            (true, Column::new("スマホ入力ID")),
            (self.notification, sorted("確定日", SortKey::Confirmed)),
            (self.notification, sorted("発病年月日", SortKey::Onset)),
            (true, Column::new("患者名")),
            (true, sorted("フリガナ", SortKey::Kana)),
            (true, Column::new("性別")),
            (true, Column::new("年齢").number()),
            (true, Column::new("年代")),
            (self.notification, Column::new("診断分類")),
            (self.notification, sorted("診断年月日", SortKey::Diagnosed)),
            (true, Column::new("区分")),
            (self.notification, Column::new("現在のステータス")),
            (self.residence, Column::new("居所")),
            (self.contact, Column::new("リンク")),
            (self.marks, Column::new("共有")),
            (self.identity, sorted("登録日", SortKey::Registered)),
            (self.identity, Column::new("担当保健所")),
        ]
        .into_iter()
        .filter_map(|(shown, column)| shown.then_some(column))
        .collect()
    }

    pub fn row(&self, row: &Listed, found: &Found, today: Date) -> Markup {
        let age = row.birth_on.and_then(|birth| Age::on(today, birth));
        let sex = row.sex.as_deref().and_then(Sex::from_code);
        // C-19: of people reached by a link alone an institution sees what follow-up sees.
        let own = |text: String| if row.is_linked { HIDDEN.to_owned() } else { text };
        let day = |date: Option<Date>| own(date.map(slashed).unwrap_or_default());
        html! {
            tr {
                @if self.pick {
                    td.pick {
                        label {
                            input type="checkbox" name="case" value=(row.case_id);
                            span.visually-hidden { (row.name) "を選択" }
                        }
                    }
                }
                td.tabular { (spaced(&row.hersys_id)) }
                @if self.notification {
                    td { (day(row.confirmed_on)) }
                    td { (day(row.onset_on)) }
                }
                td {
                    a href=(format!("/staff/cases/{}", row.case_id)) { (row.name) }
                    @if self.identity && !row.is_linked && row.origin == Origin::Migrated.code() {
                        " " span.mark title=(Origin::Migrated.label()) { "NESID" }
                    }
                }
                td { (row.kana) }
                td { (sex.map_or("", |sex| sex.label())) }
                td.number { (age.map(|age| format!("{}歳", age.years)).unwrap_or_default()) }
                td { (age.map(Age::band).unwrap_or_default()) }
                @if self.notification {
                    td { (own(DiagnosisType::from_code(&row.diagnosis_type).map_or("", DiagnosisType::label).to_owned())) }
                    td { (day(row.diagnosed_on)) }
                }
                td { (CaseKind::from_code(&row.kind).map_or("", CaseKind::label)) }
                @if self.notification { td { (own(status(row, today).to_owned())) } }
                @if self.residence { td { (own(residence(&row.residence).to_owned())) } }
                @if self.contact { td { (own(link(&row.route_certainty).to_owned())) } }
                @if self.marks { td { (mark(row)) } }
                @if self.identity {
                    td { (day(Some(row.created_at.day()))) }
                    td { (own(found.centers.get(&row.responsible_center_id).cloned().unwrap_or_default())) }
                }
            }
        }
    }
}

/// `2022/08/01`
pub fn slashed(date: Date) -> String {
    days::iso(date).replace('-', "/")
}

/// 現在のステータス (C-06)
fn status(row: &Listed, today: Date) -> &'static str {
    CurrentStatus::from_code(&row.status).map_or("", |status| status.on(Some(row.ends_on), today).label())
}

fn residence(code: &str) -> &'static str {
    match code {
        "hospital" => search::Residence::Hospital.label(),
        _ => search::Residence::Unknown.label(),
    }
}

/// リンク: how sure the way of infection is.
fn link(certainty: &str) -> &'static str {
    match certainty {
        "confirmed" => "確定",
        "estimated" => "推定",
        "unknown" => "不明",
        _ => "",
    }
}

/// Whether people may stand in the list for other reasons than that they are the reader's own.
fn has_marks(scope: &Scope) -> bool {
    matches!(scope.staff().kind, OrganizationKind::HealthCenter | OrganizationKind::MedicalInstitution)
}

/// Why somebody who is another's stands in the list: a word, not a colour alone.
fn mark(row: &Listed) -> Markup {
    html! {
        @if row.is_offered { span.mark.waits { (Shared::Offered.label()) } }
        @if row.is_shared { span.mark { (Shared::Related.label()) } }
        @if row.is_linked { span.mark { "紐づけ" } }
    }
}
