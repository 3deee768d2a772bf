//! CSV files as people send them: with or without BOM, UTF-8 or Shift_JIS, any order of columns.

use encoding_rs::SHIFT_JIS;

/// Something wrong with a file, where it is, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineProblem {
    /// Counted from 1, the line of the heads included; `None` for the file as a whole.
    pub line: Option<u64>,
    pub message: String,
}

impl LineProblem {
    pub fn file(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }

    pub fn at(line: u64, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }
}

/// One row by the names of its columns.
#[derive(Debug, Clone)]
pub struct Row {
    pub line: u64,
    cells: Vec<(&'static str, String)>,
}

impl Row {
    /// The cell of a column; empty where the file has no such column.
    pub fn cell(&self, column: &str) -> &str {
        self.cells.iter().find(|(name, _)| *name == column).map_or("", |(_, text)| text.as_str())
    }
}

/// The text of a file, whatever its encoding; line ends become `\n`.
pub fn decode(bytes: &[u8]) -> Result<String, LineProblem> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(LineProblem::file(
            "文字コードがUTF-16のファイルです。「CSV UTF-8（コンマ区切り）」で保存し直してください。",
        ));
    }
    let without_mark = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let text = match std::str::from_utf8(without_mark) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let (text, _, broken) = SHIFT_JIS.decode(bytes);
            if broken {
                return Err(LineProblem::file(
                    "文字を読み取れません。CSVの文字コードは、UTF-8かShift_JISにしてください。",
                ));
            }
            text.into_owned()
        }
    };
    if text.contains('\0') {
        return Err(LineProblem::file("CSVではないファイルのようです。CSVで保存したファイルを選んでください。"));
    }
    Ok(text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n"))
}

/// The rows of a text with a line of heads, `columns` in any order; of these the first `required`
/// must be there. All that is wrong comes together.
pub fn rows(text: &str, columns: &[&'static str], required: usize, most: usize) -> Result<Vec<Row>, Vec<LineProblem>> {
    if text.trim().is_empty() {
        return Err(vec![LineProblem::file("中身のないファイルです。1行目に見出し、2行目から内容を入れてください。")]);
    }
    // A quote that is never closed would make all that follows one cell of one person.
    if !text.matches('"').count().is_multiple_of(2) {
        return Err(vec![LineProblem::file(
            "引用符（\"）が閉じられていないところがあります。引用符は2つで1組にし、値の中の引用符は2つ続けて（\"\"）書いてください。",
        )]);
    }
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).has_headers(false).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut records = reader.records();
    let heads = match records.next() {
        Some(Ok(heads)) => heads,
        _ => return Err(vec![LineProblem::file("1行目の見出しを読み取れません。")]),
    };
    let heads = read_heads(&heads, columns, required)?;
    let (mut rows, mut problems, mut records_read) = (Vec::new(), Vec::new(), 0);
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map(csv::Position::line);
                problems.push(LineProblem {
                    line,
                    message: "この行を読み取れません。引用符（\"）の対応を確かめてください。".into(),
                });
                continue;
            }
        };
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = line_of(&record, text);
        records_read += 1;
        if records_read > most {
            problems.push(LineProblem::file(format!("一度に扱えるのは{most}行までです。ファイルを分けてください。")));
            break;
        }
        if record.len() > heads.len() && record.iter().skip(heads.len()).any(|cell| !cell.is_empty()) {
            problems.push(LineProblem::at(
                line,
                format!(
                    "列が多すぎます（見出しは{}列）。住所などのコンマは、引用符（\"）で囲んでください。",
                    heads.len()
                ),
            ));
            continue;
        }
        let cells = heads.iter().zip(&record).filter_map(|(head, cell)| Some(((*head)?, cell.to_owned()))).collect();
        rows.push(Row { line, cells });
    }
    if rows.is_empty() && problems.is_empty() {
        problems.push(LineProblem::file("見出しだけのファイルです。2行目から内容を入れてください。"));
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

/// The column behind each head; a head of nothing is a column to leave out.
fn read_heads(
    heads: &csv::StringRecord,
    columns: &[&'static str],
    required: usize,
) -> Result<Vec<Option<&'static str>>, Vec<LineProblem>> {
    /// Columns to leave out that a file may carry beside the known ones.
    const SPARE: usize = 20;
    if heads.len() > columns.len() + SPARE {
        return Err(vec![LineProblem::at(1, "見出しが多すぎます。見本の見出しに合わせてください。".to_owned())]);
    }
    let mut problems = Vec::new();
    let mut found: Vec<Option<&'static str>> = Vec::new();
    for head in heads {
        let column = columns.iter().copied().find(|column| *column == head);
        if column.is_none() && !head.is_empty() {
            problems.push(LineProblem::at(
                1,
                format!("知らない見出しがあります。使えるのは、{}です。", columns.join("、")),
            ));
        }
        if column.is_some() && found.contains(&column) {
            problems.push(LineProblem::at(1, format!("見出し「{}」が2回あります。", column.unwrap_or_default())));
        }
        found.push(column);
    }
    for column in &columns[..required] {
        if !found.contains(&Some(*column)) {
            problems.push(LineProblem::at(1, format!("見出し「{column}」がありません。")));
        }
    }
    problems.dedup();
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// The line at which a record begins: the reader's own position stands before blank lines.
fn line_of(record: &csv::StringRecord, text: &str) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let blank = text.as_bytes().get(start..).unwrap_or_default().iter().take_while(|byte| **byte == b'\n').count();
    position.line() + blank as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&str; 3] = ["種別", "コード", "名称"];

    fn read(text: &str) -> Result<Vec<Row>, Vec<LineProblem>> {
        rows(text, &COLUMNS, 2, 10)
    }

    #[test]
    fn idm_11_files_of_spreadsheets_are_read_in_any_encoding() {
        let text = "種別,コード,名称\r\n医療機関,1,さくら診療所①\r\n";
        let (shift_jis, ..) = SHIFT_JIS.encode(text);
        let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &with_mark, &shift_jis] {
            let rows = read(&decode(bytes).unwrap()).unwrap();
            assert_eq!((rows[0].line, rows[0].cell("名称")), (2, "さくら診療所①"));
        }
        assert!(decode(&[0xff, 0xfe, b'a', 0]).is_err() && decode(b"\x81").is_err() && decode(b"a\0").is_err());
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let text = decode("種別,コード,名称\r\n\r\na,1,\"二行の\r\n名前\"\r\n,,\r\n\r\nb,2,x\r\n".as_bytes()).unwrap();
        let rows = read(&text).unwrap();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 7]);
    }

    #[test]
    fn columns_stand_in_any_order_and_may_be_left_out() {
        let rows = read("名称,,コード,種別\nx,memo,1,a\n").unwrap();
        assert_eq!((rows[0].cell("種別"), rows[0].cell("コード"), rows[0].cell("名称")), ("a", "1", "x"));
        assert_eq!(read("種別,コード\na,1\n").unwrap()[0].cell("名称"), "");
    }

    #[test]
    fn everything_wrong_with_a_file_is_told() {
        let told = |text: &str| read(text).unwrap_err().into_iter().map(|problem| problem.line).collect::<Vec<_>>();
        assert_eq!(told(""), [None]);
        assert_eq!(told("種別,コード\n"), [None]);
        assert_eq!(told("住居,名称\n"), [Some(1), Some(1), Some(1)]);
        assert_eq!(told("種別,種別,コード\n"), [Some(1)]);
        assert_eq!(told("種別,コード\na,1,余り\nb,2\nc,3,余り\n"), [Some(2), Some(4)]);
        let long = format!("種別,コード\n{}", "a,1\n".repeat(11));
        assert_eq!(told(&long), [None]);
    }
}
