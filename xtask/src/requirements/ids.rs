//! Finding requirement ids in text: `MY-04`, `FORM-10a`, and ranges such as `MY-01…MY-08`.

/// Marks between the two ends of a range.
const RANGE_MARKS: [&str; 6] = ["…", "...", "..=", "..", "–", "〜"];

/// The longest range that is believed.
const LONGEST_RANGE: u32 = 60;

/// Whether text is exactly one id.
pub fn is_id(text: &str) -> bool {
    id_at(text).is_some_and(|(id, rest)| id == text && rest.is_empty())
}

/// `MY` of `MY-04`.
pub fn prefix(id: &str) -> &str {
    id.split_once('-').map_or(id, |(prefix, _)| prefix)
}

/// All ids in a text, ranges written out, in order of appearance.
pub fn ids_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut before = None;
    while let Some(next) = rest.chars().next() {
        let at_start = before.is_none_or(|before: char| !is_word(before));
        if let Some((id, behind)) = id_at(rest).filter(|_| at_start) {
            let behind = match range_end(id, behind) {
                Some((last, behind)) => {
                    found.extend(between(id, last));
                    behind
                }
                None => {
                    found.push(id.to_owned());
                    behind
                }
            };
            before = Some('0');
            rest = behind;
        } else {
            before = Some(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    found
}

/// Ids in the name of a test function: `my_04_wrong_code` cites `MY-04`.
pub fn ids_in_name(name: &str) -> Vec<String> {
    let parts: Vec<&str> = name.split('_').collect();
    let pairs = parts.windows(2).map(|pair| format!("{}-{}", pair[0].to_ascii_uppercase(), pair[1]));
    pairs.filter(|id| is_id(id)).collect()
}

/// An id at the start of a text, and what follows it.
fn id_at(text: &str) -> Option<(&str, &str)> {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let after_letters = &text[letters..];
    let digits = digits_at(after_letters.strip_prefix('-')?);
    if letters == 0 || digits != 2 {
        return None;
    }
    let mut end = letters + 1 + digits;
    if text[end..].starts_with(|next: char| next.is_ascii_lowercase()) {
        end += 1;
    }
    let (id, rest) = text.split_at(end);
    let ends_here = !rest.starts_with(is_word) && !starts_another_number(rest);
    ends_here.then_some((id, rest))
}

/// `-7` behind `ISO-86` would make it something else than an id.
fn starts_another_number(rest: &str) -> bool {
    rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
}

fn digits_at(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// The number at the far end of a range that began with `first`, and what follows it.
fn range_end<'a>(first: &str, behind: &'a str) -> Option<(u32, &'a str)> {
    let after_mark = RANGE_MARKS.iter().find_map(|mark| behind.trim_start().strip_prefix(mark))?.trim_start();
    let (last, rest) = if let Some((id, rest)) = id_at(after_mark) {
        (prefix(id) == prefix(first)).then_some(())?;
        (number(id)?, rest)
    } else {
        let (digits, rest) = after_mark.split_at(digits_at(after_mark));
        if digits.len() != 2 || rest.starts_with(is_word) {
            return None;
        }
        (digits.parse().ok()?, rest)
    };
    let length = last.checked_sub(number(first)?)?;
    (length <= LONGEST_RANGE).then_some((last, rest))
}

fn number(id: &str) -> Option<u32> {
    let (_, digits) = id.split_once('-')?;
    digits.get(..2)?.parse().ok()
}

fn between(first: &str, last: u32) -> Vec<String> {
    let numbers = number(first).unwrap_or(last)..=last;
    let ids = numbers.map(|number| format!("{}-{number:02}", prefix(first)));
    // The first keeps its letter.
    std::iter::once(first.to_owned()).chain(ids.skip(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_ids_are_found_wherever_they_stand() {
        assert_eq!(ids_in("MY-04"), ["MY-04"]);
        assert_eq!(ids_in("// (FORM-10a, C-01): 「MY-19」は"), ["FORM-10a", "C-01", "MY-19"]);
        assert_eq!(ids_in("MY-04/MY-05; TOP-09."), ["MY-04", "MY-05", "TOP-09"]);
        assert_eq!(ids_in("test('MY-13: the name stays')"), ["MY-13"]);
    }

    #[test]
    fn what_only_looks_like_an_id_is_none() {
        for text in
            ["UTF-8", "SHA-256", "COVID-190", "xMY-04", "A-MY-04", "MY-04b2", "ISO-86-01", "my-04", "-04", "MY-"]
        {
            assert!(ids_in(text).is_empty(), "{text}: {:?}", ids_in(text));
        }
    }

    #[test]
    fn ranges_are_written_out() {
        let three = ["MY-01", "MY-02", "MY-03"];
        for text in
            ["MY-01…MY-03", "MY-01..MY-03", "MY-01..03", "MY-01 … 03", "MY-01–03", "MY-01...MY-03", "MY-01..=03"]
        {
            assert_eq!(ids_in(text), three, "{text}");
        }
        assert_eq!(ids_in("MY-01…MY-02, TOP-05"), ["MY-01", "MY-02", "TOP-05"]);
    }

    #[test]
    fn two_ends_that_make_no_range_are_two_ids() {
        assert_eq!(ids_in("MY-01…TOP-03"), ["MY-01", "TOP-03"]);
        assert_eq!(ids_in("MY-05..MY-01"), ["MY-05", "MY-01"]);
        assert_eq!(ids_in("MY-05 … and so on"), ["MY-05"]);
    }

    #[test]
    fn names_of_tests_cite_too() {
        assert_eq!(ids_in_name("my_04_code_is_wrong"), ["MY-04"]);
        assert_eq!(ids_in_name("form_10a_and_c_01"), ["FORM-10a", "C-01"]);
        assert!(ids_in_name("registers_3_people_in_2026").is_empty());
    }

    #[test]
    fn an_id_is_exactly_that() {
        assert!(is_id("GEN-01") && is_id("FORM-10a"));
        assert!(!is_id("GEN-1") && !is_id("GEN-01 ") && !is_id("gen-01"));
        assert_eq!(prefix("FORM-10a"), "FORM");
    }
}
