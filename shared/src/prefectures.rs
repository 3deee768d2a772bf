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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_jis_x_0401() {
        assert_eq!((name("01"), name("13"), name("47")), (Some("北海道"), Some("東京都"), Some("沖縄県")));
        assert_eq!((name("00"), name("48"), name("x"), name("99")), (None, None, None, None));
        assert_eq!(choices()[12], ("13".to_owned(), "13 東京都".to_owned()));
    }
}
