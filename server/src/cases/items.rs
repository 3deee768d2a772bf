//! The items of ID管理 in their sections, as review, view and comparison show them.

use hersys_shared::age::Age;
use hersys_shared::identity::Identity;
use hersys_shared::symptoms::CaseKind;
use hersys_shared::{PhoneNumber, days};
use maud::{Markup, html};
use serde::Serialize;
use time::Date;

/// One item with its value as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The field's name in form and audit.
    pub field: &'static str,
    pub label: &'static str,
    /// Empty where nothing is known.
    pub value: String,
    /// Where the value leads.
    pub href: Option<String>,
}

/// Items under their heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub title: &'static str,
    pub items: Vec<Item>,
}

/// What stands beside the ID管理 document on the same page.
#[derive(Debug, Clone)]
pub struct Beside<'a> {
    pub kind: CaseKind,
    pub center_name: &'a str,
    pub index_case: String,
    /// `None` where it may not be seen (OBS-09).
    pub period: Option<(Option<Date>, Option<Date>)>,
}

/// All items of §4 in the order of the form. The age is that of `today`.
pub fn sections(identity: &Identity, beside: &Beside<'_>, today: Date) -> Vec<Section> {
    let item = |field, label, value: &str| Item { field, label, value: value.to_owned(), href: None };
    let number = |number: &Option<PhoneNumber>| number.as_ref().map(ToString::to_string).unwrap_or_default();
    let plain_day = |date: Option<Date>| date.map(days::japanese).unwrap_or_default();
    let age = identity.birth_on.and_then(|birth| Age::on(today, birth));
    let notices = match identity.notices {
        None => "保健所の方針のとおり",
        Some(true) => "する",
        Some(false) => "しない",
    };
    let mut sections = vec![
        Section {
            title: "登録区分",
            items: vec![
                item("kind", "区分", beside.kind.label()),
                item("index_hersys_id", "契機となった感染者の方のＩＤ", &beside.index_case),
            ],
        },
        Section {
            title: "本人",
            items: vec![
                item("kana", "フリガナ", &identity.kana),
                item("name", "氏名", &identity.name),
                item("birth_on", "生年月日", &identity.birth_on.map(day_with_era).unwrap_or_default()),
                item("age", "年齢", &age.map(Age::display).unwrap_or_default()),
                item("age_band", "年代", &age.map(|age| age.band().to_string()).unwrap_or_default()),
                item("sex", "性別", identity.sex.map_or("", |sex| sex.label())),
                item("nationality", "国籍", &identity.nationality),
                item("postal_code", "郵便番号", &identity.postal_code),
                item("address", "住所", &identity.address),
                item("responsible_center_id", "担当保健所", beside.center_name),
                item("phone", "連絡先電話番号", &number(&identity.phone)),
                item("mail", "メールアドレス", &identity.mail),
            ],
        },
        Section {
            title: "緊急連絡先",
            items: vec![
                item("emergency_name", "緊急連絡先 氏名", &identity.emergency_name),
                item("emergency_relation", "続柄", &identity.emergency_relation),
                item("emergency_phone_1", "電話番号1", &number(&identity.emergency_phone_1)),
                item("emergency_phone_2", "電話番号2", &number(&identity.emergency_phone_2)),
            ],
        },
        Section {
            title: "受付・職業など",
            items: vec![
                item("received_on", "受付年月日", &plain_day(identity.received_on)),
                item("occupation", "職業", &identity.occupation),
                item("workplace", "勤務先／学校情報", &identity.workplace),
                item("note", "自由記述欄", &identity.note),
                item("local_id", "保健所独自ID", &identity.local_id),
            ],
        },
        Section {
            title: "通知設定", items: vec![item("notices", "My HER-SYSのURLとHER-SYS IDの通知", notices)]
        },
    ];
    let asks_index_case = beside.kind == CaseKind::Contact || !beside.index_case.is_empty();
    for section in &mut sections {
        section.items.retain(|item| match item.field {
            "age" | "age_band" => age.is_some(),
            "index_hersys_id" => asks_index_case,
            _ => true,
        });
    }
    if let Some((from, until)) = beside.period {
        sections.push(Section {
            title: "健康観察",
            items: vec![
                item("observed_from", "開始日", &plain_day(from)),
                item("observed_until", "終了予定日", &plain_day(until)),
            ],
        });
    }
    sections
}

/// Makes the value of an item a link.
pub fn link(sections: &mut [Section], field: &str, href: String) {
    let mut items = sections.iter_mut().flat_map(|section| &mut section.items);
    if let Some(item) = items.find(|item| item.field == field) {
        item.href = Some(href);
    }
}

/// `1980年01月02日（昭和55年）`
pub fn day_with_era(date: Date) -> String {
    let in_era = days::in_era(date);
    let year = in_era.split_once('年').map_or(in_era.as_str(), |(year, _)| year);
    format!("{}（{year}年）", days::japanese(date))
}

/// The fields whose values differ.
pub fn changed(before: &[Section], after: &[Section]) -> Vec<&'static str> {
    let value = |sections: &[Section], field: &str| {
        let items = sections.iter().flat_map(|section| &section.items);
        items.filter(|item| item.field == field).map(|item| item.value.clone()).next().unwrap_or_default()
    };
    let mut fields: Vec<&'static str> =
        before.iter().chain(after).flat_map(|section| &section.items).map(|item| item.field).collect();
    let mut seen = std::collections::HashSet::new();
    // Age and band follow from the birth date.
    fields.retain(|field| !matches!(*field, "age" | "age_band") && seen.insert(*field));
    fields.retain(|field| value(before, field) != value(after, field));
    fields
}

/// What an item was and is, for the audit (SEC-12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub field: &'static str,
    pub label: &'static str,
    pub before: String,
    pub after: String,
}

/// The items whose values differ, with both values.
pub fn changes(before: &[Section], after: &[Section]) -> Vec<Change> {
    let item = |sections: &[Section], field: &str| {
        sections.iter().flat_map(|section| &section.items).find(|item| item.field == field).cloned()
    };
    changed(before, after)
        .into_iter()
        .map(|field| {
            let (was, is) = (item(before, field), item(after, field));
            let label = is.as_ref().or(was.as_ref()).map_or(field, |item| item.label);
            let value = |item: Option<Item>| item.map(|item| item.value).unwrap_or_default();
            Change { field, label, before: value(was), after: value(is) }
        })
        .collect()
}

/// The items as lists of label and value.
pub fn show(sections: &[Section]) -> Markup {
    html! {
        @for (at, section) in sections.iter().enumerate() {
            section.items aria-labelledby=(format!("items-{at}")) {
                h2 id=(format!("items-{at}")) { (section.title) }
                dl {
                    @for item in &section.items {
                        div {
                            dt { (item.label) }
                            @if item.value.is_empty() {
                                dd.nothing { "未入力" }
                            } @else if let Some(href) = &item.href {
                                dd { a href=(href) { (item.value) } }
                            } @else {
                                dd { (item.value) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn of(name: &str, birth_on: Option<Date>) -> Vec<Section> {
        let identity = Identity { name: name.into(), birth_on, ..Identity::default() };
        let beside =
            Beside { kind: CaseKind::Patient, center_name: "中央保健所", index_case: String::new(), period: None };
        sections(&identity, &beside, date!(2022 - 09 - 01))
    }

    #[test]
    fn idr_01_the_review_shows_dates_with_their_era_and_the_age() {
        let shown = show(&of("山田 太郎", Some(date!(1980 - 01 - 02)))).into_string();
        assert!(shown.contains("1980年01月02日（昭和55年）") && shown.contains("42歳7ヶ月"));
    }

    #[test]
    fn only_what_changed_is_named() {
        let birth = Some(date!(1980 - 01 - 02));
        assert_eq!(changed(&of("山田", birth), &of("山本", None)), ["name", "birth_on"]);
        assert!(changed(&of("山田", birth), &of("山田", birth)).is_empty());
        let changes = changes(&of("山田", birth), &of("山本", birth));
        let name = Change { field: "name", label: "氏名", before: "山田".into(), after: "山本".into() };
        assert_eq!(changes, [name]);
    }
}
