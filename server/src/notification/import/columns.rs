//! The columns of the file by which an institution files: one for each item of the form, and three more.

use std::sync::LazyLock;

use hersys_shared::notification::Content;
use hersys_shared::notification::items::{ITEMS, Item, Kind, Section};

/// 院内整理番号: what keeps a row the same notification however often it is sent.
pub const NUMBER: &str = "local_id";
/// スマホ入力ID of somebody who is registered already (追加登録).
pub const HERSYS_ID: &str = "hersys_id";
/// 様式, as [`hersys_shared::notification::Edition`] names it; by rule where it is empty.
pub const EDITION: &str = "edition";

/// One column: its key in code and JSON, its head in the file, and what goes into it.
#[derive(Debug, Clone)]
pub struct Column {
    pub key: &'static str,
    pub head: String,
    pub item: Option<&'static Item>,
}

/// Every column in the template's order. Heads are unique; a key may stand in a head's place.
pub static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let own = [(NUMBER, "院内整理番号"), (HERSYS_ID, "スマホ入力ID"), (EDITION, "様式")];
    let own = own.map(|(key, head)| Column { key, head: head.to_owned(), item: None });
    let items = ITEMS.iter().map(|item| Column { key: item.key, head: head(item), item: Some(item) });
    own.into_iter().chain(items).collect()
});

/// Labels that mean something only under their section's heading carry it.
fn head(item: &Item) -> String {
    match item.section {
        Section::Symptoms if item.kind == Kind::Symptom => format!("症状 {}", item.label),
        Section::Risk if item.kind == Kind::Mark => format!("リスク因子 {}", item.label),
        _ if item.key.starts_with("area_") && !item.label.starts_with("感染") => format!("感染地域 {}", item.label),
        _ => item.label.to_owned(),
    }
}

/// The column under a head: by its words or its key.
pub fn by_head(head: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.head == head || column.key == head)
}

pub fn by_key(key: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.key == key)
}

/// What goes into a column, in a few words.
pub fn help(column: &Column) -> String {
    let Some(item) = column.item else {
        return match column.key {
            NUMBER => {
                "医療機関の中でこの発生届だけの番号（40文字まで）。同じ番号の行は、同じ発生届として扱います".into()
            }
            HERSYS_ID => "登録済みの方の追加の発生届のときだけ".into(),
            _ => "2020、2022-06、2022-07。空欄のときは、日付とリスク因子から決めます".into(),
        };
    };
    match item.kind {
        Kind::Choice(choices) => choices.iter().map(|(_, words)| *words).collect::<Vec<_>>().join("、"),
        Kind::Symptom => "有、無（空欄は無）".into(),
        Kind::Mark => "該当するとき、該当か1".into(),
        Kind::Date | Kind::AnyDate | Kind::BirthDate => "年月日。2022/8/1、R4.8.1など".into(),
        Kind::Phone => "電話番号".into(),
        Kind::PostalCode => "7桁".into(),
        Kind::Number(least, most) => format!("{least}から{most}まで"),
        Kind::Kana => "カタカナ".into(),
        Kind::Name => "氏名".into(),
        Kind::Text(longest) | Kind::LongText(longest) => format!("{longest}文字まで"),
        Kind::Center => "保健所の名称かコード。空欄のときは、所管保健所".into(),
    }
}

/// A value of the content as the file writes it: words for codes.
pub fn cell(item: &Item, value: &str) -> String {
    match item.kind {
        Kind::Choice(_) | Kind::Symptom | Kind::Mark if !value.is_empty() => item.shown(value),
        _ => value.to_owned(),
    }
}

/// Characters with which a spreadsheet begins a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell that no spreadsheet takes for a formula: an apostrophe goes before it.
pub fn safe(text: &str) -> String {
    if begins_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The cell as it was before [`safe`].
pub fn unsafe_again(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if begins_formula(rest) => rest,
        _ => text,
    }
}

fn begins_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// A file: rows of cells, with the mark by which spreadsheets know UTF-8.
pub fn file<R: AsRef<str>>(rows: impl IntoIterator<Item = Vec<R>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        // Writing into memory does not fail.
        let _ = writer.write_record(row.iter().map(|cell| safe(cell.as_ref())));
    }
    writer.into_inner().unwrap_or_default()
}

/// The empty file: heads in words, and under them the keys.
pub fn template() -> Vec<u8> {
    let heads: Vec<&str> = COLUMNS.iter().map(|column| column.head.as_str()).collect();
    let keys: Vec<&str> = COLUMNS.iter().map(|column| column.key).collect();
    file([heads, keys])
}

/// Notifications as a file that reads back to the same: (院内整理番号, content).
pub fn write<'a>(notifications: impl IntoIterator<Item = (&'a str, &'a Content)>) -> Vec<u8> {
    let heads = COLUMNS.iter().map(|column| column.head.clone()).collect();
    let rows = notifications.into_iter().map(|(number, content)| {
        COLUMNS
            .iter()
            .map(|column| match (column.item, column.key) {
                (Some(item), key) => cell(item, content.values.get(key)),
                (None, NUMBER) => number.to_owned(),
                (None, EDITION) => content.edition.code().to_owned(),
                _ => String::new(),
            })
            .collect::<Vec<String>>()
    });
    file(std::iter::once(heads).chain(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_head_is_there_once() {
        let mut heads: Vec<&str> = COLUMNS.iter().flat_map(|column| [column.head.as_str(), column.key]).collect();
        let count = heads.len();
        heads.sort_unstable();
        heads.dedup();
        assert_eq!(heads.len(), count);
    }

    #[test]
    fn no_cell_is_taken_for_a_formula_and_each_comes_back() {
        for text in ["=1+1", "'=1", "''@x", "'山田", "-", "", "+81", "山田"] {
            assert!(!safe(text).starts_with(['=', '+', '-', '@']), "{text}");
            assert_eq!(unsafe_again(&safe(text)), text);
        }
    }
}
