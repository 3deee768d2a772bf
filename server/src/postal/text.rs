//! The town names of KEN_ALL, and what of them belongs into an address.
//!
//! Shapes and traps: `public-facts.md` §10. Both editions of the file are brought to one writing first:
//! the Shift_JIS one has half-width readings, the UTF-8 one full-width ones, and waves and minus signs
//! differ between decoders.

use hersys_shared::kana;

/// Waves and minus signs in one form, so that both editions of the file give the same table.
pub fn one_writing(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| match c {
            '〜' => '～',
            '−' | '‐' | '–' | '—' => '－',
            _ => c,
        })
        .collect()
}

/// How many brackets `name` leaves open: what goes on in the file's next row.
pub fn open_brackets(name: &str) -> usize {
    name.chars().fold(0, |open: usize, c| match c {
        '（' | '(' => open + 1,
        '）' | ')' => open.saturating_sub(1),
        _ => open,
    })
}

/// The towns that a name stands for, each as it stands in an address; `city` is the municipality's name.
/// An empty one is the municipality itself.
pub fn towns(name: &str, city: &str) -> Vec<String> {
    if name == "以下に掲載がない場合" || (name.contains("の次に") && name.ends_with("がくる場合")) {
        return vec![String::new()];
    }
    // 〇〇村一円 is the whole of 〇〇村, but 一円 is a town of 滋賀県犬上郡多賀町.
    if let Some(whole) = name.strip_suffix("一円")
        && !whole.is_empty()
        && city.ends_with(whole)
    {
        return vec![String::new()];
    }
    let (plain, floor) = without_brackets(name);
    if !plain.contains(['、', '～']) {
        return vec![plain + &floor];
    }
    several(&plain)
}

/// The reading of the one town that [`towns`] leaves of `name`, in full-width katakana; empty where it leaves
/// none or several.
pub fn reading(kana: &str, name: &str, towns: &[String]) -> String {
    let [town] = towns else { return String::new() };
    if town.is_empty() {
        return String::new();
    }
    let (plain, floor) = without_brackets(&kana.replace('(', "（").replace(')', "）"));
    // Cut before it becomes katakana: there a minus sign after kana is a long vowel.
    let is_range = without_brackets(name).0.contains(['、', '～']);
    let plain =
        if is_range { plain.split(['、', '､', '-', '－', '~', '～']).next().unwrap_or_default() } else { &plain };
    let plain = kana::to_katakana(plain);
    let stem = if is_range {
        without_number(&plain, &["チワリ", "チョウメ", "バンチ", "ゴウ"], "ダイ")
    } else {
        plain
    };
    stem + &kana::to_katakana(&floor)
}

/// `name` without its brackets, and the floor if that is all that a bracket says: each floor of a tall
/// building has its code. Everything else in brackets (丁目, 番地, その他, 次のビルを除く) limits the code
/// and is no part of an address.
fn without_brackets(name: &str) -> (String, String) {
    let (mut plain, mut inside) = (String::new(), String::new());
    let mut open = 0_usize;
    for c in name.chars() {
        match c {
            '（' => open += 1,
            '）' => open = open.saturating_sub(1),
            c if open > 0 => inside.push(c),
            c => plain.push(c),
        }
    }
    let written = kana::to_katakana(&inside);
    let number = written.strip_suffix('階').or_else(|| written.strip_suffix("カイ")).unwrap_or_default();
    let is_floor = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let floor = if is_floor { inside } else { String::new() };
    (plain, floor)
}

/// Lists and ranges outside of brackets: 穴明２２地割、穴明２３地割 is 穴明, 種市第１地割～第３地割 is 種市,
/// and 甲、乙 are two towns.
fn several(plain: &str) -> Vec<String> {
    let mut towns: Vec<String> = Vec::new();
    for part in plain.split('、') {
        let first = part.split('～').next().unwrap_or_default();
        let town = without_number(first, &["地割", "丁目", "番地", "号"], "第");
        // From one name to another: which one is meant is not certain.
        let town = if town.len() < part.len() && town == first { String::new() } else { town };
        if !towns.contains(&town) {
            towns.push(town);
        }
    }
    // 第２地割 in a list that began with 種市第１地割 goes on with that town.
    towns.retain({
        let mut is_first = true;
        move |town| std::mem::take(&mut is_first) || !town.is_empty()
    });
    towns
}

/// `name` without a number and its unit at the end.
fn without_number(name: &str, units: &[&str], ordinal: &str) -> String {
    let Some(number) = units.iter().find_map(|unit| name.strip_suffix(unit)) else {
        return name.to_owned();
    };
    let stem = number.trim_end_matches(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c));
    if stem.len() == number.len() {
        return name.to_owned();
    }
    stem.strip_suffix(ordinal).unwrap_or(stem).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_12_what_is_no_part_of_an_address_is_left_out() {
        for (name, city, expected) in [
            ("以下に掲載がない場合", "千代田区", ""),
            ("境町の次に番地がくる場合", "猿島郡境町", ""),
            ("小菅村の次に１～６６３番地がくる場合", "北都留郡小菅村", ""),
            ("利島村一円", "利島村", ""),
            ("一円", "犬上郡多賀町", "一円"),
            ("大通西（１～１９丁目）", "札幌市中央区", "大通西"),
            ("丸の内（次のビルを除く）", "千代田区", "丸の内"),
            ("丸の内丸の内ビルディング（１２階）", "千代田区", "丸の内丸の内ビルディング１２階"),
            ("丸の内丸の内ビルディング（地階・階層不明）", "千代田区", "丸の内丸の内ビルディング"),
            ("協和（８８－２、２７１－１０、３４３－２）", "千歳市", "協和"),
            ("折茂（今熊「２１３～２３４を除く」、大原、沖山）", "上北郡六戸町", "折茂"),
            ("種市第１地割～第３地割（鹿糠）", "九戸郡洋野町", "種市"),
            ("穴明２２地割、穴明２３地割", "和賀郡西和賀町", "穴明"),
            ("種市第１地割、第２地割", "九戸郡洋野町", "種市"),
        ] {
            assert_eq!(towns(name, city), [expected], "{name}");
        }
        assert_eq!(towns("甲、乙", "丙市"), ["甲", "乙"]);
        assert_eq!(towns("甲～乙", "丙市"), [""]);
    }

    #[test]
    fn readings_are_the_same_from_half_and_full_width() {
        for (half, full, town, name, expected) in [
            (
                "ｵｵﾄﾞｵﾘﾆｼ(1-19ﾁｮｳﾒ)",
                "オオドオリニシ（１－１９チョウメ）",
                "大通西",
                "大通西（１～１９丁目）",
                "オオドオリニシ",
            ),
            (
                "ﾏﾙﾉｳﾁﾏﾙﾉｳﾁﾋﾞﾙﾃﾞｨﾝｸﾞ(12ｶｲ)",
                "マルノウチマルノウチビルディング（１２カイ）",
                "丸の内丸の内ビルディング１２階",
                "丸の内丸の内ビルディング（１２階）",
                "マルノウチマルノウチビルディング12カイ",
            ),
            ("ﾀﾈｲﾁﾀﾞｲ1ﾁﾜﾘ-ﾀﾞｲ3ﾁﾜﾘ", "タネイチダイ１チワリ－ダイ３チワリ", "種市", "種市第１地割～第３地割", "タネイチ"),
            ("ｲｶﾆｹｲｻｲｶﾞﾅｲﾊﾞｱｲ", "イカニケイサイガナイバアイ", "", "以下に掲載がない場合", ""),
        ] {
            assert_eq!(reading(half, name, &[town.to_owned()]), expected);
            assert_eq!(reading(full, name, &[town.to_owned()]), expected);
        }
    }

    #[test]
    fn brackets_are_counted_over_rows() {
        assert_eq!(open_brackets("協和（８８－２、"), 1);
        assert_eq!(open_brackets("協和（８８－２）"), 0);
        assert_eq!(open_brackets("）"), 0);
    }
}
