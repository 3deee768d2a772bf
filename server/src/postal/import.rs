//! `hersys import postal FILE`: Japan Post's KEN_ALL, whole, in either of its encodings.
//!
//! The file is read in pieces, so memory stays flat however large it is; all rows go into one transaction, so
//! a broken file changes nothing.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use encoding_rs::{Decoder, DecoderResult, Encoding, SHIFT_JIS, UTF_8};

use crate::db::{Db, DbError, Tx};
use crate::postal::record::{Joiner, Record};
use crate::postal::store;

/// The sample that ships, in the UTF-8 edition's form.
pub const SAMPLE: &[u8] = include_bytes!("../../../assets/tables/postal.csv");

/// What was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Rows of the file.
    pub rows: u64,
    /// Places in the table, which may have one for several rows.
    pub places: u64,
    pub elapsed: Duration,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{0}: {1}")]
    Unreadable(String, io::Error),
    #[error("{0} is a zip file: unpack it first (`unzip {0}`) and import the .csv in it")]
    Zip(String),
    #[error("line {line} {problem}; nothing was changed")]
    Line { line: u64, problem: String },
    #[error("the file has no rows; nothing was changed")]
    Empty,
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Imports `file` in place of what the table holds.
pub async fn import_file(db: &Db, file: &Path) -> Result<Imported, ImportError> {
    let began = Instant::now();
    let name = || file.display().to_string();
    let mut source = File::open(file).map_err(|error| ImportError::Unreadable(name(), error))?;
    let mut head = [0; 4];
    let length = source.read(&mut head).map_err(|error| ImportError::Unreadable(name(), error))?;
    if head[..length].starts_with(b"PK\x03\x04") {
        return Err(ImportError::Zip(name()));
    }
    replace(db, head[..length].chain(source), began).await
}

/// Rows that go into one statement.
const AT_ONCE: usize = 500;

/// Replaces the table by what `source` holds, in one transaction.
pub async fn replace(db: &Db, source: impl Read + Send, began: Instant) -> Result<Imported, ImportError> {
    let mut records = Records::of(source)?;
    let mut tx = db.begin().await?;
    store::clear(&mut tx).await?;
    let mut waiting: Vec<store::Row> = Vec::with_capacity(AT_ONCE);
    let (mut places, mut position) = (0, 0);
    while let Some(record) = records.next()? {
        for place in record.places() {
            waiting.push((record.code.clone(), place, position));
            position += 1;
        }
        if waiting.len() >= AT_ONCE {
            places += flush(&mut tx, &mut waiting).await?;
        }
    }
    places += flush(&mut tx, &mut waiting).await?;
    if places == 0 {
        return Err(ImportError::Empty);
    }
    tx.commit().await?;
    Ok(Imported { rows: records.rows, places, elapsed: began.elapsed() })
}

async fn flush(tx: &mut Tx, waiting: &mut Vec<store::Row>) -> Result<u64, DbError> {
    let added = store::insert(tx, waiting).await?;
    waiting.clear();
    Ok(added)
}

/// The records of a file, one after the other.
struct Records<R: Read> {
    reader: csv::Reader<Decoded<R>>,
    row: csv::StringRecord,
    joiner: Option<Joiner>,
    rows: u64,
}

impl<R: Read> Records<R> {
    fn of(source: R) -> Result<Self, ImportError> {
        let decoded = Decoded::of(source).map_err(|error| ImportError::Line { line: 1, problem: error.to_string() })?;
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(decoded);
        Ok(Self { reader, row: csv::StringRecord::new(), joiner: Some(Joiner::default()), rows: 0 })
    }

    fn next(&mut self) -> Result<Option<Record>, ImportError> {
        let broken = |(line, problem): (u64, String)| ImportError::Line { line, problem };
        while self.reader.read_record(&mut self.row).map_err(|error| self.unreadable(&error))? {
            self.rows += 1;
            let line = self.row.position().map_or(self.rows, csv::Position::line);
            let fields: Vec<&str> = self.row.iter().collect();
            let row = Record::of(&fields, line).map_err(|problem| broken((line, problem)))?;
            let Some(joiner) = &mut self.joiner else { break };
            if let Some(record) = joiner.take(row).map_err(broken)? {
                return Ok(Some(record));
            }
        }
        match self.joiner.take() {
            Some(joiner) => joiner.end().map_err(broken),
            None => Ok(None),
        }
    }

    fn unreadable(&self, error: &csv::Error) -> ImportError {
        let (line, problem) = match error.kind() {
            // The decoder read on ahead of the rows, and knows where it stopped.
            csv::ErrorKind::Io(error) => (self.reader.get_ref().line, error.to_string()),
            _ => (error.position().map_or(self.rows + 1, csv::Position::line), error.to_string()),
        };
        ImportError::Line { line, problem }
    }
}

const CHUNK: usize = 64 * 1024;

/// Reads UTF-8 out of a file in either encoding.
struct Decoded<R> {
    source: R,
    encoding: &'static Encoding,
    decoder: Decoder,
    raw: Vec<u8>,
    /// How much of `raw` was decoded.
    used: usize,
    is_at_end: bool,
    text: String,
    /// How much of `text` was given away.
    given: usize,
    /// The line that the decoder has come to.
    line: u64,
}

impl<R: Read> Decoded<R> {
    fn of(mut source: R) -> io::Result<Self> {
        let mut raw = Vec::with_capacity(CHUNK);
        source.by_ref().take(CHUNK as u64).read_to_end(&mut raw)?;
        let encoding = encoding_of(&raw);
        Ok(Self {
            source,
            encoding,
            // Takes a byte order mark away.
            decoder: encoding.new_decoder_with_bom_removal(),
            raw,
            used: 0,
            is_at_end: false,
            text: String::with_capacity(2 * CHUNK),
            given: 0,
            line: 1,
        })
    }

    /// Decodes the next piece; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        self.text.clear();
        self.given = 0;
        while self.text.is_empty() {
            if self.used == self.raw.len() {
                if self.is_at_end {
                    return Ok(false);
                }
                self.raw.clear();
                self.used = 0;
                self.source.by_ref().take(CHUNK as u64).read_to_end(&mut self.raw)?;
                self.is_at_end = self.raw.is_empty();
            }
            let (result, read) = self.decoder.decode_to_string_without_replacement(
                &self.raw[self.used..],
                &mut self.text,
                self.is_at_end,
            );
            self.used += read;
            // At CRLF the reader of rows is a line behind.
            self.text.retain(|c| c != '\r');
            self.line += self.text.bytes().filter(|byte| *byte == b'\n').count() as u64;
            if let DecoderResult::Malformed(..) = result {
                let problem = format!("has bytes that are not {}", self.encoding.name());
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            }
            if self.is_at_end && self.text.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// UTF-8 where the first line is; such a line is never Shift_JIS, for it has kanji and kana.
fn encoding_of(head: &[u8]) -> &'static Encoding {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if std::str::from_utf8(line).is_ok() { UTF_8 } else { SHIFT_JIS }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() && !self.fill()? {
            return Ok(0);
        }
        let count = into.len().min(self.text.len() - self.given);
        into[..count].copy_from_slice(&self.text.as_bytes()[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postal::record::tests::{any_town, split};
    use hersys_shared::kana::to_katakana;
    use proptest::prelude::*;

    fn row(code: usize, kana: &str, town: &str, ending: &str) -> String {
        format!(
            "01224,\"066  \",\"{code:07}\",\"ﾎｯｶｲﾄﾞｳ\",\"ﾁﾄｾｼ\",\"{kana}\",\"北海道\",\"千歳市\",\"{town}\",0,0,0,0,0,0{ending}"
        )
    }

    /// KEN_ALL.CSV as Japan Post writes it: Shift_JIS, half-width readings, long names over several rows.
    fn shift_jis(towns: &[(String, String)], sizes: &[usize]) -> Vec<u8> {
        let mut text = String::new();
        for (at, (town, kana)) in towns.iter().enumerate() {
            let kanas = split(kana, '(', sizes);
            for (part, town) in split(town, '（', sizes).iter().enumerate() {
                text += &row(at, kanas.get(part).map_or("", String::as_str), town, "\r\n");
            }
        }
        let (bytes, _, lossy) = SHIFT_JIS.encode(&text);
        assert!(!lossy);
        bytes.into_owned()
    }

    /// utf_ken_all.csv: UTF-8, full-width readings, a row a record.
    fn utf_8(towns: &[(String, String)]) -> Vec<u8> {
        let wide = |kana: &str| -> String {
            let kana = kana.replace('-', "－").replace('､', "、");
            let widen = |c: char| if c.is_ascii() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c };
            kana.split_inclusive(['(', ')', '－', '、'])
                .map(|part| match part.strip_suffix('－') {
                    Some(part) => to_katakana(part) + "－",
                    None => to_katakana(part),
                })
                .collect::<String>()
                .chars()
                .map(widen)
                .collect()
        };
        let rows = towns.iter().enumerate().map(|(at, (town, kana))| {
            row(at, &wide(kana), town, "\n").replace("ﾎｯｶｲﾄﾞｳ", "ホッカイドウ").replace("ﾁﾄｾｼ", "チトセシ")
        });
        rows.collect::<String>().into_bytes()
    }

    fn table(bytes: &[u8]) -> Result<Vec<(String, crate::postal::Place)>, ImportError> {
        let mut records = Records::of(bytes)?;
        let mut table = Vec::new();
        while let Some(record) = records.next()? {
            table.extend(record.places().into_iter().map(|place| (record.code.clone(), place)));
        }
        Ok(table)
    }

    proptest! {
        #[test]
        fn both_encodings_give_the_same_table(towns in prop::collection::vec(any_town(), 1..20), sizes in prop::collection::vec(1usize..38, 0..12), mark in any::<bool>()) {
            let mut utf_8 = utf_8(&towns);
            if mark {
                utf_8.splice(0..0, *b"\xef\xbb\xbf");
            }
            let from_shift_jis = table(&shift_jis(&towns, &sizes)).unwrap();
            prop_assert_eq!(from_shift_jis.len(), towns.len());
            prop_assert_eq!(from_shift_jis, table(&utf_8).unwrap());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = table(&bytes);
        }
    }

    #[test]
    fn a_file_of_many_pieces_is_read_whole_and_its_broken_line_named() {
        let towns: Vec<(String, String)> = (0..3000).map(|_| ("旭町".to_owned(), "ｱｻﾋﾏﾁ".to_owned())).collect();
        let whole = shift_jis(&towns, &[]);
        assert!(whole.len() > 3 * CHUNK && table(&whole).unwrap().len() == 3000);
        let line_of = |bytes: &[u8]| match table(bytes).unwrap_err() {
            ImportError::Line { line, problem } => (line, problem),
            other => panic!("{other}"),
        };
        let start =
            |line: usize| whole.split_inclusive(|byte| *byte == b'\n').take(line - 1).map(<[u8]>::len).sum::<usize>();
        let mut broken = whole.clone();
        broken[start(2500) + 60] = 0xff;
        assert_eq!(line_of(&broken), (2500, "has bytes that are not Shift_JIS".into()));
        let cut = &whole[..start(2900) + 40];
        assert_eq!(line_of(cut).0, 2900);
        let mut letter = whole.clone();
        letter[start(77) + 15] = b'x';
        assert_eq!(line_of(&letter), (77, "column 3 is not a postal code of seven digits".into()));
    }

    #[test]
    fn form_12_the_sample_has_every_trap() {
        let table = table(SAMPLE).unwrap();
        let of = |code: &str| -> Vec<String> {
            table.iter().filter(|(of, _)| of == code).map(|(_, place)| place.address()).collect()
        };
        assert_eq!(of("4980000"), ["愛知県弥富市", "三重県桑名郡木曽岬町"]);
        assert_eq!(of("4520961").len(), 4);
        assert_eq!(of("0600042"), ["北海道札幌市中央区大通西"]);
        assert_eq!(of("1000301"), ["東京都利島村"]);
        assert_eq!(of("5220317"), ["滋賀県犬上郡多賀町一円"]);
        assert_eq!(of("1006001"), ["東京都千代田区霞が関霞が関ビル１階"]);
        assert_eq!(of("0660005"), ["北海道千歳市協和"]);
        assert!(table.iter().all(|(_, place)| place.kana.contains(' ')), "each has its reading");
    }
}
