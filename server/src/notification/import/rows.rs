//! The rows of an institution's file as they were typed, before anybody judges them.

use std::collections::BTreeSet;
use std::sync::Arc;

use hersys_shared::HersysId;
use hersys_shared::digits::half_width;
use hersys_shared::notification::items::{Item, Kind};
use hersys_shared::notification::{Edition, Typed};

use crate::admin::csv_file::{self, LineProblem};
use crate::notification::import::columns::{self, COLUMNS, Column, EDITION, HERSYS_ID, NUMBER};

/// Most rows of a file.
pub const MOST: usize = 1000;

/// Letters of an 院内整理番号.
const LONGEST_NUMBER: usize = 40;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Counted from 1, the line of the heads included.
    pub line: u64,
    pub number: String,
    pub hersys_id: Option<HersysId>,
    /// `None`: by rule.
    pub edition: Option<Edition>,
    pub typed: Typed,
    /// The items for which the file has a column.
    pub keys: Arc<BTreeSet<&'static str>>,
    /// What is wrong with the columns that are no items: (key, sentence).
    pub problems: Vec<(&'static str, String)>,
}

/// Reads a file; what is wrong with it as a file comes at once, what is wrong with rows in them.
pub fn read(text: &str) -> Result<Vec<Row>, Vec<LineProblem>> {
    let heads = heads(text)?;
    // The reader knows columns by their words; a key in their place is rewritten.
    let text = rewritten(text, &heads);
    let keys: Arc<BTreeSet<&'static str>> = Arc::new(heads.iter().flatten().map(|column| column.key).collect());
    let names: Vec<&'static str> = COLUMNS.iter().map(|column| column.head.as_str()).collect();
    let rows = csv_file::rows(&text, &names, 1, MOST + 1)?;
    let mut read: Vec<Row> =
        rows.iter().filter(|row| row.cell(&COLUMNS[0].head) != NUMBER).map(|one| row(one, &keys)).collect();
    if read.is_empty() {
        return Err(vec![LineProblem::file("見出しだけのファイルです。発生届を1件1行で入れてください。")]);
    }
    if read.len() > MOST {
        return Err(vec![LineProblem::file(format!("一度に扱えるのは{MOST}行までです。ファイルを分けてください。"))]);
    }
    mark_repeated(&mut read);
    Ok(read)
}

/// The columns behind the heads of the first line.
fn heads(text: &str) -> Result<Vec<Option<&'static Column>>, Vec<LineProblem>> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).has_headers(false).trim(csv::Trim::All).from_reader(text.as_bytes());
    let Some(Ok(record)) = reader.records().next() else {
        return Err(vec![LineProblem::file("中身のないファイルです。ひな形に発生届を1件1行で入れてください。")]);
    };
    let mut problems = Vec::new();
    let mut found = Vec::new();
    for (at, head) in record.iter().enumerate() {
        let column = columns::by_head(columns::unsafe_again(head));
        if column.is_none() && !head.is_empty() {
            problems.push(LineProblem::at(
                1,
                format!("{}列目の見出しが、ひな形にありません。ひな形の見出しに直してください。", at + 1),
            ));
        }
        found.push(column);
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// The text with its first line in words.
fn rewritten(text: &str, heads: &[Option<&'static Column>]) -> String {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut first = csv::StringRecord::new();
    let read = reader.read_record(&mut first).unwrap_or(false);
    let end = if read { usize::try_from(reader.position().byte()).unwrap_or(0).min(text.len()) } else { 0 };
    let words: Vec<String> =
        heads.iter().map(|head| head.map(|column| format!("\"{}\"", column.head)).unwrap_or_default()).collect();
    // A head of several lines keeps its lines, so that the others keep their numbers.
    let lines = text[..end].matches('\n').count().saturating_sub(1);
    format!("{}{}\n{}", "\n".repeat(lines), words.join(","), &text[end..])
}

fn row(row: &csv_file::Row, keys: &Arc<BTreeSet<&'static str>>) -> Row {
    let cell = |column: &Column| columns::unsafe_again(row.cell(&column.head)).to_owned();
    let items = COLUMNS.iter().filter_map(|column| Some((column, column.item?)));
    let typed = items.map(|(column, item)| (column.key, with_zeros(item, cell(column)))).collect();
    let own = |key: &str| columns::by_key(key).map(cell).unwrap_or_default();
    let mut problems = Vec::new();
    let number = half_width(&own(NUMBER)).trim().to_owned();
    if number.is_empty() {
        problems.push((NUMBER, "院内整理番号を入れてください（必須）。".to_owned()));
    } else if number.chars().count() > LONGEST_NUMBER {
        problems.push((NUMBER, format!("{LONGEST_NUMBER}文字までで入力してください。")));
    }
    let hersys_id = match own(HERSYS_ID) {
        empty if empty.is_empty() => None,
        typed => match HersysId::parse(&typed) {
            Ok(id) => Some(id),
            Err(message) => {
                problems.push((HERSYS_ID, message.sentence()));
                None
            }
        },
    };
    let edition = match own(EDITION) {
        empty if empty.is_empty() => None,
        typed => {
            let edition = edition(&typed);
            if edition.is_none() {
                problems.push((EDITION, "2020、2022-06、2022-07のどれかを入れるか、空欄にしてください。".to_owned()));
            }
            edition
        }
    };
    Row { line: row.line, number, hersys_id, edition, typed, keys: keys.clone(), problems }
}

/// A telephone number or postal code with the zeros that a spreadsheet took from its front: none of the former begins
/// otherwise, and a shorter one of the latter is none.
fn with_zeros(item: &Item, typed: String) -> String {
    let is_number = !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
    match (item.kind, typed.len()) {
        (Kind::Phone, 9 | 10) if is_number && !typed.starts_with('0') => format!("0{typed}"),
        (Kind::PostalCode, 5 | 6) if is_number => format!("{typed:0>7}"),
        _ => typed,
    }
}

/// An edition by its code, its label, or as a spreadsheet mangles it.
fn edition(typed: &str) -> Option<Edition> {
    let typed = half_width(typed);
    Edition::ALL.into_iter().find(|edition| {
        let (year, month) = edition.code().split_once('-').unwrap_or((edition.code(), ""));
        let month = month.trim_start_matches('0');
        typed == edition.code()
            || typed == edition.label()
            || (!month.is_empty() && (typed == format!("{year}/{month}/1") || typed == format!("{year}年{month}月")))
    })
}

/// The same number twice in a file means two things at once.
fn mark_repeated(rows: &mut [Row]) {
    let mut first: std::collections::HashMap<String, u64> = std::collections::HashMap::new();
    for row in rows.iter_mut().filter(|row| !row.number.is_empty()) {
        match first.get(&row.number) {
            Some(line) => {
                row.problems.push((NUMBER, format!("{line}行目と同じ院内整理番号です。どちらかを直してください。")));
            }
            None => {
                first.insert(row.number.clone(), row.line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::notification::items::ITEMS;
    use hersys_shared::notification::{Content, check};
    use hersys_shared::values::Values;
    use proptest::prelude::*;
    use time::macros::date;

    fn one(text: &str) -> Row {
        read(text).unwrap().remove(0)
    }

    #[test]
    fn heads_are_words_or_keys_in_any_order() {
        let row = one("当該者氏名,local_id,症状 発熱\n\"山田, 太郎\",１２,有\n");
        assert_eq!((row.number.as_str(), row.line), ("12", 2));
        assert_eq!((row.typed.get("name"), row.typed.get("symptom_fever")), ("山田, 太郎", "有"));
    }

    #[test]
    fn form_05_zeros_that_a_spreadsheet_took_are_put_back() {
        let row = one("院内整理番号,電話番号,電話番号（所在地）,当該者住所の郵便番号\n1,9012345678,312345678,10005\n");
        let values = ["phone", "current_phone", "registered_postal_code"].map(|key| row.typed.get(key));
        assert_eq!(values, ["09012345678", "0312345678", "0010005"]);
        let row = one("院内整理番号,電話番号,当該者住所の郵便番号\n1,090-1234-5678,330-0061\n");
        assert_eq!((row.typed.get("phone"), row.typed.get("registered_postal_code")), ("090-1234-5678", "330-0061"));
    }

    #[test]
    fn the_template_holds_no_row_and_takes_rows() {
        let template = csv_file::decode(&columns::template()).unwrap();
        assert!(read(&template).is_err());
        let row = one(&format!("{template}A-1\n"));
        assert_eq!((row.number.as_str(), row.line), ("A-1", 3));
    }

    #[test]
    fn what_is_wrong_is_told_by_line_and_column() {
        assert_eq!(read("院内整理番号,天気\n1,晴\n").unwrap_err()[0].line, Some(1));
        let rows = read("院内整理番号,スマホ入力ID,様式\n1,123,\n1,,2021\n,,\n2,,2022-07\n").unwrap();
        let keys: Vec<Vec<&str>> = rows.iter().map(|row| row.problems.iter().map(|(key, _)| *key).collect()).collect();
        assert_eq!(keys, [vec![HERSYS_ID], vec![EDITION, NUMBER], vec![]]);
        assert_eq!(rows[2].edition, Some(Edition::Seven));
    }

    fn any_content() -> impl Strategy<Value = Content> {
        let value = |item: &'static hersys_shared::notification::items::Item| -> BoxedStrategy<String> {
            match item.kind {
                Kind::Text(_) | Kind::Name => "[=+@'ぁ-ん一-龠A-Z,\"-]{0,12}".boxed(),
                Kind::LongText(_) => "[=ぁ-ん一-龠,\"\n']{0,30}".boxed(),
                Kind::Kana => "[ァ-ヴ]{0,12}".boxed(),
                Kind::Date | Kind::AnyDate | Kind::BirthDate => {
                    (1u8..29).prop_map(|day| format!("2021/3/{day}")).boxed()
                }
                Kind::Phone => "0[1-9]0-[0-9]{4}-[0-9]{4}".boxed(),
                Kind::PostalCode => "[0-9]{7}".boxed(),
                Kind::Number(least, most) => (least..=most).prop_map(|n| n.to_string()).boxed(),
                Kind::Choice(choices) => {
                    proptest::sample::select(choices).prop_map(|(code, _)| code.to_owned()).boxed()
                }
                Kind::Symptom | Kind::Mark => {
                    proptest::sample::select(&["yes", ""][..]).prop_map(str::to_owned).boxed()
                }
                Kind::Center => Just(uuid::Uuid::from_u128(1003).to_string()).boxed(),
            }
        };
        let items: Vec<_> = ITEMS.iter().map(|item| value(item).prop_map(|value| (item.key, value))).collect();
        (items, proptest::sample::select(&Edition::ALL[..])).prop_map(|(items, edition)| {
            let typed: Values = items.into_iter().collect();
            check(&typed, edition, date!(2022 - 08 - 01)).content
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn form_05_what_a_file_writes_reads_back_to_the_same_content(contents in proptest::collection::vec(any_content(), 1..4)) {
            let numbers: Vec<String> = (0..contents.len()).map(|n| format!("={n}")).collect();
            let file = columns::write(numbers.iter().map(String::as_str).zip(&contents));
            let rows = read(&csv_file::decode(&file).unwrap()).unwrap();
            prop_assert_eq!(rows.len(), contents.len());
            for ((row, content), number) in rows.iter().zip(&contents).zip(&numbers) {
                prop_assert_eq!(&row.number, number);
                let edition = row.edition.unwrap();
                let again = check(&row.typed, edition, date!(2022 - 08 - 01));
                prop_assert_eq!(&again.content, content);
            }
        }
    }
}
