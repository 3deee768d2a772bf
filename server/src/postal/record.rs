//! KEN_ALL's rows, joined to records, and the places that they name.

use crate::postal::Place;
use crate::postal::text::{one_writing, open_brackets, reading, towns};

/// 団体コード, 旧郵便番号, 郵便番号, three readings, three names, six marks.
const COLUMNS: usize = 15;

/// A name of this many characters was cut at the column's end.
const FULL_NAME: usize = 38;

/// One row, or several that were one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    municipality: String,
    pub code: String,
    prefecture_kana: String,
    city_kana: String,
    town_kana: String,
    prefecture: String,
    city: String,
    town: String,
    /// 更新の表示 is 廃止.
    is_abolished: bool,
    /// The record's first line in the file.
    pub line: u64,
}

impl Record {
    /// Reads one row. An error is what is wrong with it, without its line.
    pub fn of(fields: &[&str], line: u64) -> Result<Self, String> {
        if fields.len() != COLUMNS {
            return Err(format!("has {} columns instead of {COLUMNS}", fields.len()));
        }
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        let (municipality, code) = (fields[0].trim(), fields[2].trim());
        if !digits(municipality, 5) {
            return Err("column 1 is not a municipality's code of five digits".into());
        }
        if !digits(code, 7) {
            return Err("column 3 is not a postal code of seven digits".into());
        }
        let text = |at: usize| one_writing(fields[at]);
        for (at, name) in [(6, "prefecture"), (7, "municipality"), (8, "town")] {
            if text(at).is_empty() {
                return Err(format!("column {} has no name of a {name}", at + 1));
            }
        }
        Ok(Self {
            municipality: municipality.into(),
            code: code.into(),
            prefecture_kana: text(3),
            city_kana: text(4),
            town_kana: text(5),
            prefecture: text(6),
            city: text(7),
            town: text(8),
            is_abolished: fields[13].trim() == "2",
            line,
        })
    }

    /// Whether the name goes on in the next row.
    fn is_open(&self) -> bool {
        open_brackets(&self.town) > 0
    }

    fn is_of_one_place(&self, next: &Self) -> bool {
        (&self.municipality, &self.code, &self.prefecture, &self.city)
            == (&next.municipality, &next.code, &next.prefecture, &next.city)
    }

    /// A name that filled its column before any bracket: only its length tells that it was cut.
    fn was_cut_before_a_bracket(&self, next: &Self) -> bool {
        self.town.chars().count() == FULL_NAME && !self.town.contains('（') && self.is_of_one_place(next)
    }

    fn join(&mut self, next: &Self, was_cut: bool) {
        // Readings that fitted into one row stand in each of a name's rows again.
        if open_brackets(&self.town_kana) > 0 || (was_cut && self.town_kana != next.town_kana) {
            self.town_kana.push_str(&next.town_kana);
        }
        self.town.push_str(&next.town);
    }

    /// The places that the record names.
    pub fn places(&self) -> Vec<Place> {
        if self.is_abolished {
            return Vec::new();
        }
        let towns = towns(&self.town, &self.city);
        let parts = [
            hersys_shared::kana::to_katakana(&self.prefecture_kana),
            hersys_shared::kana::to_katakana(&self.city_kana),
            reading(&self.town_kana, &self.town, &towns),
        ];
        let kana = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        towns
            .into_iter()
            .map(|town| Place {
                prefecture: self.prefecture.clone(),
                city: self.city.clone(),
                town,
                kana: kana.clone(),
            })
            .collect()
    }
}

/// Joins rows to records. Holds one record at a time.
#[derive(Debug, Default)]
pub struct Joiner {
    held: Option<Record>,
}

impl Joiner {
    /// Takes the next row; gives back the record before it once that is complete.
    pub fn take(&mut self, row: Record) -> Result<Option<Record>, (u64, String)> {
        let Some(held) = &mut self.held else {
            self.held = Some(row);
            return Ok(None);
        };
        let was_cut = held.was_cut_before_a_bracket(&row);
        if held.is_open() || was_cut {
            if !held.is_of_one_place(&row) {
                return Err((held.line, NEVER_CLOSED.into()));
            }
            held.join(&row, was_cut);
            return Ok(None);
        }
        Ok(self.held.replace(row))
    }

    /// The last record.
    pub fn end(self) -> Result<Option<Record>, (u64, String)> {
        match self.held {
            Some(held) if held.is_open() => Err((held.line, NEVER_CLOSED.into())),
            held => Ok(held),
        }
    }
}

const NEVER_CLOSED: &str = "opens a bracket that is never closed";

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a record of the real file looks like before it is split: town, reading.
    pub fn any_town() -> impl Strategy<Value = (String, String)> {
        let name = ("[亜哀愛悪握旭葦圧扱宛]{1,12}", "[ｱ-ｺ]{1,12}");
        let plain = name.prop_map(|pair: (String, String)| pair);
        let listed =
            (name, prop::collection::vec((1u16..2000, 1u16..99), 1..40)).prop_map(|((name, kana), numbers)| {
                let full = |number: u16| -> String {
                    number.to_string().chars().filter_map(|c| char::from_u32(u32::from(c) + 0xfee0)).collect()
                };
                let names: Vec<String> = numbers.iter().map(|(a, b)| format!("{}－{}", full(*a), full(*b))).collect();
                let kanas: Vec<String> = numbers.iter().map(|(a, b)| format!("{a}-{b}")).collect();
                (format!("{name}（{}番地）", names.join("、")), format!("{kana}({}ﾊﾞﾝﾁ)", kanas.join("､")))
            });
        let other =
            name.prop_map(|(name, kana): (String, String)| (format!("{name}（その他）"), format!("{kana}(ｿﾉﾀ)")));
        prop_oneof![plain, listed, other]
    }

    fn row(town: &str, kana: &str) -> Record {
        let fields = [
            "01224",
            "066  ",
            "0660005",
            "ﾎｯｶｲﾄﾞｳ",
            "ﾁﾄｾｼ",
            kana,
            "北海道",
            "千歳市",
            town,
            "1",
            "0",
            "0",
            "0",
            "0",
            "0",
        ];
        Record::of(&fields, 1).unwrap()
    }

    fn joined(rows: impl IntoIterator<Item = Record>) -> Vec<Record> {
        let mut joiner = Joiner::default();
        let mut records: Vec<Record> = rows.into_iter().filter_map(|row| joiner.take(row).unwrap()).collect();
        records.extend(joiner.end().unwrap());
        records
    }

    /// Splits `text` after each of `sizes` characters, but not before the bracket opens.
    pub fn split(text: &str, open: char, sizes: &[usize]) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut at = chars.iter().position(|c| *c == open).map_or(chars.len(), |at| at + 1);
        let (mut parts, mut from) = (Vec::new(), 0);
        for size in sizes {
            at += size;
            if at >= chars.len() {
                break;
            }
            parts.push(chars[from..at].iter().collect());
            from = at;
        }
        parts.push(chars[from..].iter().collect());
        parts
    }

    proptest! {
        #[test]
        fn a_name_split_anywhere_is_one_record((town, kana) in any_town(), sizes in prop::collection::vec(1usize..38, 0..12), repeats in any::<bool>()) {
            let towns = split(&town, '（', &sizes);
            // Readings are cut at other places, or stand whole in every row.
            let stem = kana.split('(').next().unwrap().to_owned();
            let whole = if repeats { stem } else { kana };
            let kanas = split(&whole, '(', &sizes);
            let rows = towns.iter().enumerate().map(|(at, town)| {
                let part = if repeats { whole.clone() } else { kanas.get(at).cloned().unwrap_or_default() };
                row(town, &part)
            });
            let records = joined(rows);
            prop_assert_eq!(records.len(), 1);
            prop_assert_eq!(records[0].places(), row(&town, &whole).places());
        }

        #[test]
        fn no_row_makes_it_panic(fields in prop::collection::vec("\\PC{0,12}", 0..17), town in "[一（）、～０-９第地割丁目円階]{0,20}") {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let _ = Record::of(&fields, 1);
            let _ = reading(&town, &town, &towns(&town, "千歳市"));
        }
    }

    #[test]
    fn a_name_cut_before_its_bracket_goes_on() {
        let first = "甲".repeat(FULL_NAME);
        let records = joined([row(&first, "ｺｳ"), row("乙（１丁目）", "ｺｳ")]);
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].places()[0].town, format!("{first}乙"));
    }

    #[test]
    fn a_bracket_that_never_closes_is_named_by_its_line() {
        let mut joiner = Joiner::default();
        assert!(joiner.take(row("協和（８８", "ｷｮｳﾜ(88")).unwrap().is_none());
        let other = Record { code: "0660001".into(), line: 2, ..row("錦町", "ﾆｼｷﾁｮｳ") };
        assert_eq!(joiner.take(other).unwrap_err().0, 1);
    }
}
