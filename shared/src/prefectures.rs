//! JIS X 0401.

/// The 47 prefectures in the order of their codes: the first is 01.
pub const NAMES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// The name behind a code of two digits; codes beyond the 47 have none.
pub fn name(code: &str) -> Option<&'static str> {
    let number: usize = code.parse().ok()?;
    NAMES.get(number.checked_sub(1)?).copied()
}

/// (code, `01 北海道`), for a field of choices.
pub fn choices() -> Vec<(String, String)> {
    NAMES.iter().enumerate().map(|(at, name)| (format!("{:02}", at + 1), format!("{:02} {name}", at + 1))).collect()
}

/// 市区町村 at the head of an address, with the ward of a large city: `みどり市`, `横浜市西区`, `箱根町`. Empty where the
/// address does not tell it. Names that hold such a character themselves (四日市市, 町田市, 市川市) are kept whole.
pub fn municipality(address: &str) -> &str {
    let address = address.trim_start();
    let named = NAMES.iter().find_map(|name| address.strip_prefix(name));
    // An invented prefecture of a demonstration, too.
    let rest = named.or_else(|| address.split_once('県').map(|(_, rest)| rest)).unwrap_or(address).trim_start();
    let mut end = 0;
    for (at, character) in rest.char_indices().take(12) {
        let next = rest[at + character.len_utf8()..].chars().next();
        match character {
            // 市 at the beginning, or before another 市, is part of the name.
            '市' if at > 0 && next != Some('市') => {
                end = at + character.len_utf8();
                let ward = &rest[end..];
                let is_ward = |(_, one): &(usize, char)| *one == '区';
                let before_digits = |(_, one): &(usize, char)| !one.is_numeric();
                if let Some((length, _)) = ward
                    .char_indices()
                    .take(5)
                    .take_while(before_digits)
                    .find(is_ward)
                    .filter(|(length, _)| *length > 0)
                {
                    end += length + '区'.len_utf8();
                }
                break;
            }
            '区' if at > 0 => {
                end = at + character.len_utf8();
                break;
            }
            '町' | '村' if at > 0 && !rest.chars().take(12).any(|later| later == '市') => {
                end = at + character.len_utf8();
                break;
            }
            _ => {}
        }
    }
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_jis_x_0401() {
        assert_eq!((name("01"), name("13"), name("47")), (Some("北海道"), Some("東京都"), Some("沖縄県")));
        assert_eq!((name("00"), name("48"), name("x"), name("99")), (None, None, None, None));
        assert_eq!(choices()[12], ("13".to_owned(), "13 東京都".to_owned()));
    }

    #[test]
    fn the_municipality_stands_behind_the_prefecture() {
        for (address, expected) in [
            ("東京都千代田区霞が関1-2-2", "千代田区"),
            ("神奈川県横浜市西区みなとみらい1", "横浜市西区"),
            ("三重県四日市市諏訪町1-5", "四日市市"),
            ("千葉県市川市八幡1", "市川市"),
            ("東京都町田市森野2", "町田市"),
            ("神奈川県足柄下郡箱根町湯本256", "足柄下郡箱根町"),
            ("みどり県みどり市常盤6-4-4", "みどり市"),
            ("京都府京都市中京区上本能寺前町", "京都市中京区"),
            ("", ""),
            ("住所不定", ""),
        ] {
            assert_eq!(municipality(address), expected, "{address}");
        }
    }
}
