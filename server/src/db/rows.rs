//! Statements of many places.

use uuid::Uuid;

use crate::db::{Result, Tx, Value, sql};

/// `($1,$2),($3,$4)`: the places of `rows` rows of `columns` columns, beginning at `first`.
pub fn places(first: usize, rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            text.push('$');
            text.push_str(&(first + row * columns + column).to_string());
        }
        text.push(')');
    }
    text
}

/// Rows of one statement: a few sizes only, so that each is prepared once, and the largest far from SQLite's
/// 32,766 places.
const SIZES: [usize; 9] = [256, 128, 64, 32, 16, 8, 4, 2, 1];

/// Runs `insert into … values ` for all `rows`, which are of one length, in as few statements as are prepared well:
/// where one row in four or fewer is lacking to the next size, the last row is repeated, which changes nothing.
pub async fn insert_rows(tx: &mut Tx, insert: &str, rows: Vec<Vec<Value>>) -> Result<()> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut rest = rows.as_slice();
    while !rest.is_empty() {
        let size = size_of(rest.len());
        let (some, others) = rest.split_at(size.min(rest.len()));
        let text = format!("{insert}{}", places(1, size, columns));
        let values = || some.iter().chain(some.last().into_iter().cycle()).take(size).flatten().cloned();
        if size == some.len() {
            sql(&text).bind_all(values()).run(&mut *tx).await?;
        } else {
            let inserted = sql(&format!("{text} on conflict do nothing")).bind_all(values()).run(&mut *tx).await?;
            if inserted != some.len() as u64 {
                // One was there before: this is the violation that the caller is to hear of.
                sql(&text).bind_all(values()).run(&mut *tx).await?;
            }
        }
        rest = others;
    }
    Ok(())
}

/// Of the sizes the one by which `rows` rows are begun.
fn size_of(rows: usize) -> usize {
    let next = SIZES.into_iter().rev().find(|size| *size >= rows);
    let within = SIZES.into_iter().find(|size| *size <= rows).unwrap_or(1);
    next.filter(|next| (next - rows) * 4 <= *next).unwrap_or(within)
}

/// `$2,$3,$4`: `count` places for an `in (…)`, beginning at `first`.
pub fn list(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|place| format!("${place}")).collect();
    places.join(",")
}

/// The places and the values of an `in (…)` for some people: a few sizes only, so that each statement is prepared once.
/// Those that are left over name the last one again, which finds nobody twice.
pub fn among(first: usize, ids: &[Uuid]) -> (String, impl Iterator<Item = Value> + use<'_>) {
    let size = ids.len().next_power_of_two();
    let values = ids.iter().chain(ids.last().into_iter().cycle()).take(size);
    (list(first, if ids.is_empty() { 0 } else { size }), values.map(|id| Value::from(*id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_on() {
        assert_eq!(places(2, 2, 3), "($2,$3,$4),($5,$6,$7)");
    }

    #[test]
    fn a_list_of_people_has_few_sizes() {
        let ids: Vec<Uuid> = (1..=3).map(Uuid::from_u128).collect();
        let (places, values) = among(2, &ids);
        assert_eq!(places, "$2,$3,$4,$5");
        let values: Vec<Value> = values.collect();
        assert!(matches!(&values[..], [.., Value::Uuid(third), Value::Uuid(last)] if third == last), "{values:?}");
        let (places, values) = among(1, &[]);
        assert_eq!((places.as_str(), values.count()), ("", 0));
    }

    #[test]
    fn few_sizes_serve_any_number_of_rows() {
        let statements = |mut rows: usize| {
            let mut sizes = Vec::new();
            while rows > 0 {
                let size = size_of(rows);
                rows -= size.min(rows);
                sizes.push(size);
            }
            sizes
        };
        assert_eq!(statements(1), [1]);
        assert_eq!(statements(3), [4]);
        assert_eq!(statements(13), [16]);
        assert_eq!(statements(17), [16, 1]);
        assert_eq!(statements(39), [32, 8]);
        assert_eq!(statements(600), [256, 256, 64, 32]);
    }
}
